/* SPDX-License-Identifier: Apache-2.0 */
/* Output of appcmd; see appcmd.h. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "config/engine/locks.h"
#include "config/secret.h"
#include "tools/client.h"

#include <stdio.h>

/* ---- errors ---- */

int appcmd_error(int status, const char *format, ...)
{
	va_list args;

	fputs("ERROR ( message:", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	puts(" )");
	return status;
}

int appcmd_failure(const struct appcmd *a)
{
	const struct error *err = &a->err;
	uint32_t code = err->hresult ? err->hresult : XML_BAD_DATA;

	printf("ERROR ( hresult:%08x, message:Command execution failed.\n", code);
	if (err->file[0])
		printf("Filename: %s\n", err->file);
	if (err->line)
		printf("Line number: %d\n", err->line);
	printf("%s%s\n )\n", err->file[0] ? "Error: " : "", err->text);
	return client_exit_status(code & 0xffff);
}

int appcmd_unknown(const char *property, size_t length)
{
	return appcmd_error(APPCMD_BAD_ARGUMENT,
			    "Unknown attribute \"%.*s\".  Replace with -? for help.", (int)length,
			    property);
}

int appcmd_missing(const struct appcmd_kind *kind, const char *identifier)
{
	return appcmd_error(APPCMD_NOT_FOUND, "Cannot find %s object with identifier \"%s\".",
			    kind->name, identifier);
}

int appcmd_unnamed(const struct appcmd_kind *kind)
{
	return appcmd_error(APPCMD_BAD_ARGUMENT, "Must specify the %s object with identifier.",
			    kind->name);
}

/* ---- configuration as XML ---- */

static void indent(struct buf *out, const char *unit, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_puts(out, unit);
}

static bool shown(const struct effective *e, size_t i, bool all)
{
	return e->values[i].text && (all || e->values[i].by);
}

static void put_attribute(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " %s=\"", name);
	buf_put_html(out, text_of(value));
	buf_putc(out, '"');
}

/* Locks that hold for an element, and the file, line and path that say something of it last: names
 * are those that GetMetadata of [MC-IISA] knows. */
static void put_metadata(struct buf *out, const struct effective *e)
{
	static const char *const names[] = { "lockAttributes", "lockAllAttributesExcept",
					     "lockElements", "lockAllElementsExcept", "lockItem" };
	const struct xml_element *location = e->by;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = NULL;
		for (const struct lock *lock = e->locks; lock && !value; lock = lock->next)
			value = xml_get(lock->by, names[i]);
		if (value)
			put_attribute(out, names[i], value);
	}
	if (!e->by)
		return;
	while (location && strcmp(location->name, "location") != 0)
		location = location->parent;
	struct text below = location ? section_location(location).path : TEXT("");
	const char *path = e->by->document->path ? e->by->document->path : "";
	buf_puts(out, " deepestPathSet=\"" CONFIG_PATH_APPHOST);
	buf_puts(out, *path ? "/" : "");
	buf_put_html(out, text_of(path));
	buf_puts(out, below.length ? "/" : "");
	buf_put_html(out, below);
	buf_putc(out, '"');
	put_attribute(out, "deepestFileNameSet", e->by->document->file);
	buf_printf(out, " deepestFileLineNumberSet=\"%d\"", e->by->line);
}

struct xml_list {
	struct buf *out;
	const struct appcmd_style *style;
	const char *more; /* attributes of the first element */
};

static bool is_empty(const struct effective *e)
{
	return !e->schema->child_count && !e->entries->count;
}

static void open_xml(void *ctx, const struct effective *e, const char *name, int depth)
{
	struct xml_list *list = ctx;

	indent(list->out, list->style->indent, depth);
	buf_printf(list->out, "<%s%s", name, list->more);
	list->more = "";
	if (list->style->metadata)
		put_metadata(list->out, e);
	for (size_t i = 0; i < e->schema->attribute_count; i++) {
		if (shown(e, i, list->style->all))
			put_attribute(list->out, e->schema->attributes[i].name, e->values[i].text);
	}
	buf_puts(list->out, is_empty(e) ? " />\n" : ">\n");
}

static void close_xml(void *ctx, const struct effective *e, const char *name, int depth)
{
	struct xml_list *list = ctx;

	if (is_empty(e))
		return;
	indent(list->out, list->style->indent, depth);
	buf_printf(list->out, "</%s>\n", name);
}

void appcmd_print_element(struct buf *out, const struct effective *e, const char *name,
			  const struct appcmd_style *style, int depth, const char *more)
{
	struct xml_list list = { out, style, more };
	const struct effective_lister lister = { open_xml, close_xml, &list };
	effective_list(&lister, e, name, depth);
}

/* ---- objects ---- */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* MODULE "X" ( native, preCondition: ) */
static void put_module(struct buf *out, const struct appcmd_object *o)
{
	const char *type = or_empty(o->values[1]);
	bool native = !strcmp(type, "native");
	buf_printf(out, "MODULE \"%s\" ( %s%s, preCondition:%s )\n", or_empty(o->values[0]),
		   native ? "" : "type:", type, or_empty(o->values[2]));
}

static void put_line(struct buf *out, const struct appcmd_object *o)
{
	bool first = true;

	if (!strcmp(o->kind->name, "MODULE")) {
		put_module(out, o);
		return;
	}
	buf_printf(out, "%s \"%s\"", o->kind->name, or_empty(o->values[0]));
	for (size_t i = 1; o->kind->properties[i]; i++) {
		if (!*o->kind->labels[i])
			continue;
		buf_printf(out, "%s%s:%s", first ? " (" : ",", o->kind->labels[i],
			   or_empty(o->values[i]));
		first = false;
	}
	buf_puts(out, first ? "\n" : ")\n");
}

static void open_details(void *ctx, const struct effective *e, const char *name, int depth)
{
	struct buf *out = ctx;

	indent(out, "  ", depth);
	buf_printf(out, "[%s]\n", name);
	for (size_t i = 0; i < e->schema->attribute_count; i++) {
		indent(out, "  ", depth + 1);
		buf_printf(out, "%s:\"%s\"\n", e->schema->attributes[i].name,
			   or_empty(e->values[i].text));
	}
}

static void put_everything(struct buf *out, const struct appcmd_object *o)
{
	const struct effective_lister details = { open_details, NULL, out };

	buf_printf(out, "%s\n", o->kind->name);
	for (size_t i = 0; o->kind->properties[i]; i++)
		buf_printf(out, "  %s:\"%s\"\n", o->kind->properties[i], or_empty(o->values[i]));
	if (o->element)
		effective_list(&details, o->element, o->kind->entry, 1);
	buf_putc(out, '\n');
}

static void put_xml(struct buf *out, const struct appcmd *a, const struct appcmd_object *o)
{
	const struct appcmd_style style = { a->config_all, a->metadata, "    " };
	bool inner = o->element && a->config;

	buf_printf(out, "    <%s", o->kind->name);
	for (size_t i = 0; o->kind->properties[i]; i++)
		put_attribute(out, o->kind->properties[i], or_empty(o->values[i]));
	buf_puts(out, inner ? ">\n" : " />\n");
	if (!inner)
		return;
	appcmd_print_element(out, o->element, o->kind->entry, &style, 2, "");
	buf_printf(out, "    </%s>\n", o->kind->name);
}

static void put_json(struct buf *out, const struct appcmd_object *o, bool first)
{
	buf_puts(out, first ? "\n  {" : ",\n  {");
	for (size_t i = 0; o->kind->properties[i]; i++) {
		buf_printf(out, "%s\"%s\": \"", i ? ", " : "", o->kind->properties[i]);
		buf_put_json(out, text_of(or_empty(o->values[i])));
		buf_putc(out, '"');
	}
	buf_putc(out, '}');
}

/* Who asks for a secret by its name gets it, as from IIS; elsewhere it is as in the file. */
static int put_property(struct appcmd *a, const struct appcmd_object *o)
{
	const char *value = appcmd_value(o, a->text);
	const struct schema_attribute *attribute = NULL;
	const struct effective_value *written = appcmd_written(o, a->text, &attribute);

	if (!value)
		return appcmd_unknown(a->text, strlen(a->text));
	if (written && attribute->flags & SCHEMA_ENCRYPTED &&
	    config_secret_reveal(a->state, attribute, written, &a->arena, &value, &a->err) < 0)
		return appcmd_failure(a);
	buf_printf(&a->out, "%s\n", value);
	return 0;
}

static int put_object(struct appcmd *a, const struct appcmd_object *o, bool first)
{
	const struct appcmd_style style = { a->config_all, a->metadata, "  " };

	if (a->json) {
		put_json(&a->out, o, first);
	} else if (a->xml) {
		put_xml(&a->out, a, o);
	} else if (a->text && !strcmp(a->text, "*")) {
		put_everything(&a->out, o);
	} else if (a->text) {
		return put_property(a, o);
	} else if (a->config && o->element) {
		appcmd_print_element(&a->out, o->element, o->kind->entry, &style, 0, "");
	} else {
		put_line(&a->out, o);
	}
	return 0;
}

int appcmd_print(struct appcmd *a, const struct appcmd_objects *objects)
{
	int status = 0;

	if (a->json)
		buf_putc(&a->out, '[');
	else if (a->xml)
		buf_puts(&a->out, APPCMD_XML_BEGIN);
	for (size_t i = 0; i < objects->count && status == 0; i++)
		status = put_object(a, &objects->items[i], i == 0);
	if (a->json)
		buf_puts(&a->out, "\n]\n");
	else if (a->xml)
		buf_puts(&a->out, APPCMD_XML_END);
	return status;
}
