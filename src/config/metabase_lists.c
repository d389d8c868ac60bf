/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of the metabase whose strings are more than a pattern: ScriptMaps, which are handlers with
 * a script processor, and HttpErrors. Entries of the section that the metabase has no string for
 * (other handlers, errors that redirect) are kept beside them. Called by metabase.c and
 * metabase_set.c.
 */
#include "config/metabase_internal.h"

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>

enum { SCRIPT = 1, CHECK_PATH_INFO = 4 }; /* flags of a script map */

static bool is_script_map(const struct effective *e)
{
	const char *path = effective_text(e, "path");
	return *effective_text(e, "scriptProcessor") &&
	       (!strcmp(path, "*") ||
		(path[0] == '*' && path[1] == '.' && !strpbrk(path + 2, "*/")));
}

static bool is_error(const struct effective *e)
{
	return !text_equal_nocase(text_of(effective_text(e, "responseMode")), TEXT("Redirect"));
}

bool config_metabase_coded(const struct metabase_row *row)
{
	return row->form == FORM_LIST && row->pattern[0] == '@';
}

static bool is_scripts(const struct metabase_row *row)
{
	return !strcmp(row->pattern, "@script");
}

bool config_metabase_list_has(const struct metabase_row *row, const struct effective *e)
{
	return is_scripts(row) ? is_script_map(e) : is_error(e);
}

static bool value_is(const struct effective *e, const char *name, const char *value)
{
	return text_equal_nocase(text_of(effective_text(e, name)), text_of(value));
}

/* ".asp,asp.dll,5,GET,HEAD": the extension, what runs it, flags, verbs (none: all). */
static void put_script_map(struct buf *out, const struct effective *e)
{
	const char *path = effective_text(e, "path"), *verbs = effective_text(e, "verb");
	bool checked = !value_is(e, "resourceType", "Unspecified");

	buf_printf(out, "%s,%s,%d%s%s", path[1] ? path + 1 : path,
		   effective_text(e, "scriptProcessor"),
		   (value_is(e, "requireAccess", "Script") ? SCRIPT : 0) |
			   (checked ? CHECK_PATH_INFO : 0),
		   strcmp(verbs, "*") ? "," : "", strcmp(verbs, "*") ? verbs : "");
}

/* "404,*,FILE,path": status, sub-status or any, FILE or URL, where it is. */
static void put_error(struct buf *out, const struct effective *e)
{
	const char *sub = effective_text(e, "subStatusCode");
	const char *front = effective_text(e, "prefixLanguageFilePath");
	bool url = value_is(e, "responseMode", "ExecuteURL");

	buf_printf(out, "%s,%s,%s,%s%s%s", effective_text(e, "statusCode"),
		   strcmp(sub, "-1") ? sub : "*", url ? "URL" : "FILE", url ? "" : front,
		   !url && *front ? "\\" : "", effective_text(e, "path"));
}

void config_metabase_list_put(struct buf *out, const struct metabase_row *row,
			      const struct effective *e)
{
	if (is_scripts(row))
		put_script_map(out, e);
	else
		put_error(out, e);
}

/* ---- writing ---- */

struct pair {
	const char *name, *value;
};

static int set_pairs(struct edit *edit, const struct xml_element *entry, const struct pair *pairs,
		     size_t count, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		if (pairs[i].value)
			r = edit_set(edit, &entry, pairs[i].name, pairs[i].value, err);
	}
	return r;
}

static const char *copy_of(struct arena *arena, struct text t)
{
	return arena_strndup(arena, t.data ? t.data : "", t.data ? t.length : 0);
}

static int wrong(const char *what, struct text value, struct error *err)
{
	return error_set(err, -EINVAL, "'" TEXT_FMT "' is no %s", TEXT_ARG(value), what);
}

static int set_script_map(struct edit *edit, const struct xml_element *entry, size_t number,
			  struct text value, struct arena *arena, struct error *err)
{
	struct text rest = value, extension = text_trim(text_cut(&rest, ','));
	struct text processor = text_trim(rest.data ? text_cut(&rest, ',') : TEXT(""));
	struct text flags = text_trim(rest.data ? text_cut(&rest, ',') : TEXT(""));
	bool any = text_equal(extension, TEXT("*"));
	uint64_t bits = 0;
	char name[64];

	if (!processor.length || !text_to_u64(flags, &bits) ||
	    (!any && !text_starts_with(extension, TEXT("."))) ||
	    memchr(extension.data + any, '*', extension.length - any))
		return wrong("script map, such as '.asp,asp.dll,5,GET,HEAD'", value, err);
	snprintf(name, sizeof(name), "AboMapperCustom-%zu", number);
	bool program = text_ends_with_nocase(processor, TEXT(".exe"));
	const struct pair pairs[] = {
		{ "name", name },
		{ "path", arena_printf(arena, "%s" TEXT_FMT, any ? "" : "*", TEXT_ARG(extension)) },
		{ "verb", rest.length ? copy_of(arena, rest) : "*" },
		{ "modules", program ? "CgiModule" : "IsapiModule" },
		{ "scriptProcessor", copy_of(arena, processor) },
		{ "resourceType", bits & CHECK_PATH_INFO ? "File" : "Unspecified" },
		{ "requireAccess", bits & SCRIPT ? "Script" : "Execute" },
	};
	return set_pairs(edit, entry, pairs, ARRAY_LEN(pairs), err);
}

static int set_error(struct edit *edit, const struct xml_element *entry, struct text value,
		     struct arena *arena, struct error *err)
{
	struct text rest = value, status = text_trim(text_cut(&rest, ','));
	struct text sub = text_trim(rest.data ? text_cut(&rest, ',') : TEXT(""));
	struct text mode = text_trim(rest.data ? text_cut(&rest, ',') : TEXT(""));
	bool url = text_equal_nocase(mode, TEXT("URL"));
	struct text path = text_trim(rest.data ? rest : TEXT(""));

	if (!path.length || (!url && !text_equal_nocase(mode, TEXT("FILE"))))
		return wrong("custom error, such as '404,*,FILE,/srv/404.htm'", value, err);
	const struct pair pairs[] = {
		{ "statusCode", copy_of(arena, status) },
		{ "subStatusCode", text_equal(sub, TEXT("*")) ? "-1" : copy_of(arena, sub) },
		{ "path", copy_of(arena, path) },
		{ "responseMode", url ? "ExecuteURL" : "File" },
	};
	return set_pairs(edit, entry, pairs, ARRAY_LEN(pairs), err);
}

int config_metabase_list_set(struct edit *edit, const struct xml_element *entry,
			     const struct metabase_row *row, size_t number, struct text value,
			     struct arena *arena, struct error *err)
{
	return is_scripts(row) ? set_script_map(edit, entry, number, value, arena, err)
			       : set_error(edit, entry, value, arena, err);
}

int config_metabase_list_keep(struct edit *edit, const struct xml_element *entry,
			      const struct effective *e, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < e->schema->attribute_count && r == 0; i++) {
		if (e->values[i].by && e->values[i].text)
			r = edit_set(edit, &entry, e->schema->attributes[i].name, e->values[i].text,
				     err);
	}
	return r;
}
