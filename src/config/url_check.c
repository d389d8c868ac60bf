/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a view may not say, though the schema allows it: files from outside the site in a web.config
 * of it, and header fields that no answer can have. Called by url_make.c.
 */
#include "config/snapshot.h"

#define HTTP_ERRORS "system.webServer/httpErrors"

struct checker {
	struct view *view;
	const struct down *down;
};

static const struct effective *section_of(const struct checker *c, const char *section)
{
	return level_section(&c->down->level, section);
}

/* ---- files ---- */

/* Written in a file of the site, whose owner need not be who administrates the server. */
static bool is_of_site(const struct checker *c, const struct xml_element *by)
{
	return by && by->document != c->down->config->document &&
	       by->document != c->down->level.schema->installed;
}

/* A file of the site may not show a file from outside the site, unless that was allowed. */
static int check_error_page(struct checker *c, const struct effective *e, const char *path)
{
	bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');

	if (!absolute || !is_of_site(c, e->by) ||
	    !strcmp(effective_text(section_of(c, HTTP_ERRORS), "allowAbsolutePathsWhenDelegated"),
		    "true"))
		return 0;
	return xml_fail(e->by, XML_BAD_DATA, c->down->err,
			"Absolute physical path \"%.200s\" is not allowed in "
			"system.webServer/httpErrors section in web.config file. Use relative path "
			"instead.",
			path);
}

static int check_error_pages(struct checker *c)
{
	const struct config_url *url = &c->view->url;
	const struct effective_entries *entries = section_of(c, HTTP_ERRORS)->entries;
	int r = 0;

	for (size_t i = 0; i < entries->count && r == 0; i++) {
		if (url->error_pages[i].mode != CONFIG_ERROR_FILE)
			continue;
		r = check_error_page(c, entries->items[i], url->error_pages[i].language_folder);
		if (r == 0 && !*url->error_pages[i].language_folder)
			r = check_error_page(c, entries->items[i], url->error_pages[i].path);
	}
	return r;
}

/* The front end reads the file, and sees what the owner of the site does not. */
static int check_footer(struct checker *c)
{
	const struct config_url *url = &c->view->url;
	const struct schema_attribute *a;
	const struct effective_value *value =
		effective_value(section_of(c, "system.webServer/staticContent"), "defaultDocFooter",
				&a);

	if (!url->footer || !url->footer_is_file || !value || !is_of_site(c, value->by))
		return 0;
	return xml_fail(
		value->by, XML_BAD_DATA, c->down->err,
		"The 'defaultDocFooter' attribute is invalid.  A web.config file cannot name "
		"the file '%.200s' as a footer; applicationHost.config can, in a location",
		url->footer_text);
}

/* ---- header fields ---- */

bool config_header_reserved(struct text name)
{
	static const char *const reserved[] = { "Content-Length", "Transfer-Encoding",
						"Connection",     "Date",
						"Server",         "Keep-Alive" };

	for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
		if (text_equal_nocase(name, text_of(reserved[i])))
			return true;
	}
	return false;
}

/* A token of RFC 9110: letters, digits and some signs. */
static bool is_token(const char *name)
{
	for (const char *at = name; *at; at++) {
		if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", *at))
			return false;
	}
	return *name;
}

/* A line break in a value would begin another field, or a whole answer. */
static bool is_field_value(const char *value)
{
	for (const char *at = value; *at; at++) {
		if (((unsigned char)*at < ' ' && *at != '\t') || *at == 0x7f)
			return false;
	}
	return true;
}

/* What the server says itself is left out. */
static int make_headers(struct checker *c, const char *collection, struct config_headers *headers)
{
	const struct effective_entries *entries =
		effective_find(section_of(c, "system.webServer/httpProtocol"), collection)->entries;
	/* Ours until the view is done. */
	struct config_header *items = (struct config_header *)(uintptr_t)headers->items;
	size_t kept = 0;

	for (size_t i = 0; i < headers->count; i++) {
		if (!is_token(items[i].name) || !is_field_value(items[i].value))
			return xml_fail(
				entries->items[i]->by, XML_BAD_DATA, c->down->err,
				"The header '%.100s' of %s cannot be sent: its name must be "
				"a token, and its value without control characters",
				items[i].name, collection);
		if (!config_header_reserved(text_of(items[i].name)))
			items[kept++] = items[i];
	}
	headers->count = kept;
	return 0;
}

int config_view_check(struct view *view, const struct down *down)
{
	struct checker c = { view, down };
	int r = check_error_pages(&c);

	if (r == 0)
		r = check_footer(&c);
	if (r == 0)
		r = make_headers(&c, "customHeaders", &view->url.custom_headers);
	if (r == 0)
		r = make_headers(&c, "redirectHeaders", &view->url.redirect_headers);
	return r;
}
