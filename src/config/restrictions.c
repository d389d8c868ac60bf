/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections that keep people out, and that nothing enforces yet. What they forbid must not be served
 * as if they were not there: a file that restricts by them is refused where it would apply. What
 * an IIS has installed in them, which is to let everybody in, passes. Judged is a section as it
 * holds, not what one file says of it: a list that allows somebody instead of everybody restricts.
 * Called by level.c and down.c.
 */
#include "config/snapshot.h"

#include "config/engine/value.h"

#define HRESULT_NOT_SUPPORTED 0x80070032u

/* What an attribute stands for; it was checked. */
static int64_t number(const struct effective *e, const char *name)
{
	const struct schema_attribute *a = NULL;
	const struct effective_value *value = effective_value(e, name, &a);
	char why[ERROR_TEXT_MAX];
	int64_t ret = 0;

	if (value && value->text)
		value_check(a, value->text, &ret, why);
	return ret;
}

#define ALLOW 0 /* the schema's number */

static bool is_everybody(const struct effective *rule)
{
	return !strcmp(effective_text(rule, "users"), "*") && !*effective_text(rule, "roles") &&
	       !*effective_text(rule, "verbs");
}

/* Anything but "everybody may, and nobody is denied". Without a rule nobody may. */
static bool authorization(const struct effective *held)
{
	bool everybody = false;
	for (size_t i = 0; i < held->entries->count; i++) {
		const struct effective *rule = held->entries->items[i];
		if (number(rule, "accessType") != ALLOW)
			return true;
		everybody |= is_everybody(rule);
	}
	return !everybody;
}

static bool addresses(const struct effective *held)
{
	if (!number(held, "allowUnlisted"))
		return true;
	for (size_t i = 0; i < held->entries->count; i++) {
		if (!number(held->entries->items[i], "allowed"))
			return true;
	}
	return false;
}

static bool transport(const struct effective *held)
{
	return number(held, "sslFlags") != 0;
}

static bool anonymous(const struct effective *held)
{
	return !number(held, "enabled");
}

static const struct {
	const char *path;
	bool (*restricts)(const struct effective *held);
} restrictions[] = {
	{ "system.webServer/security/authorization", authorization },
	{ "system.webServer/security/ipSecurity", addresses },
	{ "system.webServer/security/access", transport },
	{ "system.webServer/security/authentication/anonymousAuthentication", anonymous },
};

bool config_restrictions_concern(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(restrictions); i++) {
		if (!strcmp(restrictions[i].path, path))
			return true;
	}
	return false;
}

int config_restrictions_check(const char *path, const struct effective *held,
			      const struct xml_element *section, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(restrictions); i++) {
		if (strcmp(restrictions[i].path, path) != 0 || !restrictions[i].restricts(held))
			continue;
		return xml_fail(section, HRESULT_NOT_SUPPORTED, err,
				"The section '%s' restricts access here, which this server cannot "
				"enforce yet, so nothing is served. Remove the restriction if the "
				"content may be public",
				path);
	}
	return 0;
}
