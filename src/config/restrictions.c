/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections that keep people out, and that nothing enforces yet. What they forbid must not be served
 * as if they were not there: a file that restricts by them is refused where it would apply. What
 * an IIS has installed in them, which is to let everybody in, passes. Called by level.c.
 */
#include "config/snapshot.h"

#define HRESULT_NOT_SUPPORTED 0x80070032u

static bool is_value(const struct xml_element *e, const char *name, const char *value)
{
	const char *written = xml_get(e, name);
	return written && text_equal_nocase(text_of(written), text_of(value));
}

/* Everything but "everybody may": a rule that denies, or the removal of the one that allows. */
static bool authorization(const struct xml_element *section)
{
	for (const struct xml_element *e = section->first; e; e = e->next) {
		if (strcmp(e->name, "add") != 0 || !is_value(e, "accessType", "Allow"))
			return true;
	}
	return false;
}

static bool addresses(const struct xml_element *section)
{
	if (is_value(section, "allowUnlisted", "false"))
		return true;
	for (const struct xml_element *e = section->first; e; e = e->next) {
		if (!strcmp(e->name, "add") && !is_value(e, "allowed", "true"))
			return true;
	}
	return false;
}

static bool transport(const struct xml_element *section)
{
	const char *flags = xml_get(section, "sslFlags");
	return flags && *flags && !text_equal_nocase(text_of(flags), TEXT("None"));
}

static bool anonymous(const struct xml_element *section)
{
	return is_value(section, "enabled", "false");
}

static const struct {
	const char *path;
	bool (*restricts)(const struct xml_element *section);
} restrictions[] = {
	{ "system.webServer/security/authorization", authorization },
	{ "system.webServer/security/ipSecurity", addresses },
	{ "system.webServer/security/access", transport },
	{ "system.webServer/security/authentication/anonymousAuthentication", anonymous },
};

int config_restrictions_check(const char *path, const struct xml_element *section,
			      struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(restrictions); i++) {
		if (strcmp(restrictions[i].path, path) != 0 || !restrictions[i].restricts(section))
			continue;
		return xml_fail(section, HRESULT_NOT_SUPPORTED, err,
				"The section '%s' restricts access here, which this server cannot "
				"enforce yet, so nothing is served. Remove the restriction if the "
				"content may be public",
				path);
	}
	return 0;
}
