/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a file, byte range by byte range; see edit.h. */
#include "config/engine/edit.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

#define INDENT "    " /* where the file shows none: as IIS writes it */
#define SPACE " \t\r\n"

struct edit {
	char *file;
	struct xml_document *document;
	enum xml_encoding encoding; /* of the file: steps are made on its text in UTF-8 */
};

static int no_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "out of memory");
}

/* Values are written in UTF-8 or in UTF-16, so the file must be taken for that. */
static int check_encoding(struct text source, const char *file, struct error *err)
{
	struct text encoding = xml_declared_encoding(source);
	bool wide =
		xml_encoding(source) != XML_UTF8; /* and then it is checked when it is decoded */
	bool other = encoding.length && !text_equal_nocase(encoding, TEXT("UTF-8")) &&
		     !text_equal_nocase(encoding, TEXT("US-ASCII"));

	if (!wide && other)
		return error_set_at(
			err, -EINVAL, file, 1, 0,
			"only a file in UTF-8 or UTF-16 can be changed, and this one says that it "
			"is in '" TEXT_FMT "'; save it as UTF-8",
			TEXT_ARG(encoding));
	if (!wide && (!utf8_valid(source) || memchr(source.data, '\0', source.length)))
		return error_set_at(err, -EINVAL, file, 0, 0,
				    "only a file in UTF-8 can be changed; save it as UTF-8");
	return 0;
}

int edit_begin(struct text source, const char *file, struct edit **ret, struct error *err)
{
	struct edit *edit = mem_new(struct edit);
	int r = 0;

	if (!edit || !(edit->file = mem_strdup(file)))
		r = no_memory(err);
	else
		r = check_encoding(source, file, err);
	if (r == 0)
		r = xml_parse(source, file, &edit->document, err);
	if (r < 0) {
		edit_free(edit);
		return r;
	}
	edit->encoding = edit->document->encoding;
	*ret = edit;
	return 0;
}

struct edit *edit_free(struct edit *edit)
{
	if (!edit)
		return NULL;
	xml_free(edit->document);
	mem_free(edit->file);
	return mem_free(edit);
}

const struct xml_document *edit_document(const struct edit *edit)
{
	return edit->document;
}

struct text edit_text(const struct edit *edit)
{
	return edit->document->source;
}

void edit_bytes(const struct edit *edit, struct buf *out)
{
	xml_encode(edit->document->source, edit->encoding, out);
}

/* The element that begins at this byte. */
static const struct xml_element *element_at(const struct xml_document *document, size_t start)
{
	const struct xml_element *e = document->root;
	while (e && e->start != start) {
		if (start < e->end)
			e = e->first;
		else
			e = e->next;
	}
	return e;
}

const struct xml_element *edit_at(const struct edit *edit, size_t start)
{
	return element_at(edit->document, start);
}

/* Replaces the bytes from..to and reads what they make, or all of it, again. */
static int replace_bytes(struct edit *edit, size_t from, size_t to, struct text with,
			 struct error *err)
{
	struct text old = edit->document->source;
	struct xml_document *document;
	struct buf out;

	int r = xml_replace(edit->document, from, to, with);
	if (r <= 0)
		return r < 0 ? no_memory(err) : 0;
	buf_init(&out, XML_SIZE_MAX + 1);
	buf_put(&out, old.data, from);
	buf_put_text(&out, with);
	buf_put(&out, old.data + to, old.length - to);
	r = buf_failed(&out) ? no_memory(err)
			     : xml_parse(buf_text(&out), edit->file, &document, err);
	buf_done(&out);
	if (r < 0)
		return r;
	xml_free(edit->document);
	edit->document = document;
	return 0;
}

/* The same for a change that leaves or makes an element at `start`: `*ret` becomes that. */
static int replace(struct edit *edit, size_t from, size_t to, struct text with, size_t start,
		   const struct xml_element **ret, struct error *err)
{
	int r = replace_bytes(edit, from, to, with, err);
	if (r < 0)
		return r;
	*ret = element_at(edit->document, start);
	ASSERT(*ret);
	return 0;
}

int edit_replace_all(struct edit *edit, struct text text, struct error *err)
{
	int r = replace_bytes(edit, 0, edit->document->source.length, text, err);
	if (r == 0)
		edit->encoding = edit->document->encoding;
	return r;
}

/* ---- attributes ---- */

static void put_value(struct buf *out, const char *value)
{
	for (; *value; value++) {
		switch (*value) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		case '\'':
			buf_puts(out, "&#39;");
			break;
		case '\t':
		case '\n':
		case '\r':
			buf_printf(out, "&#%d;", *value);
			break;
		default:
			buf_putc(out, *value);
		}
	}
}

/* Behind the last attribute, or behind the name. */
static size_t attributes_end(const struct xml_element *e)
{
	size_t end = e->start + 1 + strlen(e->name);
	for (size_t i = 0; i < e->attribute_count; i++) {
		struct xml_range range;
		if (xml_value_range(e, e->attributes[i].name, &range) && range.end + 1 > end)
			end = range.end + 1;
	}
	return end;
}

int edit_set(struct edit *edit, const struct xml_element **element, const char *name,
	     const char *value, struct error *err)
{
	struct xml_range at;
	struct buf out;
	bool written = xml_value_range(*element, name, &at);

	if (!utf8_valid(text_of(value)))
		return error_set(err, -EINVAL, "the value of '%s' is no UTF-8", name);
	buf_init(&out, XML_SIZE_MAX);
	if (!written) {
		at.start = at.end = attributes_end(*element);
		buf_printf(&out, " %s=\"", name);
	}
	put_value(&out, value);
	if (!written)
		buf_putc(&out, '"');
	int r = buf_failed(&out) ? no_memory(err)
				 : replace(edit, at.start, at.end, buf_text(&out),
					   (*element)->start, element, err);
	buf_done(&out);
	return r;
}

int edit_unset(struct edit *edit, const struct xml_element **element, const char *name,
	       struct error *err)
{
	const char *source = edit->document->source.data;
	struct xml_range at;

	if (!xml_value_range(*element, name, &at))
		return 0;
	/* Back over the quote, '=' and the name to the white space before it. */
	at.start--;
	while (source[at.start - 1] == '=' || strchr(SPACE, source[at.start - 1]))
		at.start--;
	at.start -= strlen(name);
	while (strchr(SPACE, source[at.start - 1]))
		at.start--;
	return replace(edit, at.start, at.end + 1, TEXT(""), (*element)->start, element, err);
}

/* ---- elements ---- */

static const char *line_end(const struct edit *edit)
{
	struct text source = edit->document->source;
	const char *end = memchr(source.data, '\n', source.length);
	return end && end > source.data && end[-1] == '\r' ? "\r\n" : "\n";
}

/* The white space in front of an element on its line; false when something else is there. */
static bool indent_of(const struct xml_element *e, struct text *ret)
{
	const char *source = e->document->source.data;
	size_t at = e->start;
	while (at > 0 && (source[at - 1] == ' ' || source[at - 1] == '\t'))
		at--;
	*ret = (struct text){ source + at, e->start - at };
	return at == 0 || source[at - 1] == '\n';
}

/* How much deeper a child is than its parent: by the file's first example. */
static struct text indent_unit(const struct xml_element *parent)
{
	for (const struct xml_element *e = parent; e; e = e->parent) {
		struct text outer, inner;
		if (e->first && indent_of(e, &outer) && indent_of(e->first, &inner) &&
		    inner.length > outer.length)
			return (struct text){ inner.data + outer.length,
					      inner.length - outer.length };
		if (e->parent && indent_of(e->parent, &outer) && indent_of(e, &inner) &&
		    inner.length > outer.length)
			return (struct text){ inner.data + outer.length,
					      inner.length - outer.length };
	}
	return TEXT(INDENT);
}

static void put_indent(struct buf *out, const struct xml_element *parent)
{
	struct text own;
	if (parent->last && indent_of(parent->last, &own)) {
		buf_put_text(out, own);
		return;
	}
	if (indent_of(parent, &own))
		buf_put_text(out, own);
	buf_put_text(out, indent_unit(parent));
}

/* Into <parent/>, which becomes <parent> with an end tag of its own. */
static int add_first(struct edit *edit, const struct xml_element **parent, const char *name,
		     struct error *err)
{
	const struct xml_element *p = *parent;
	const char *source = edit->document->source.data;
	bool empty = p->close == p->open_end && p->end == p->open_end;
	size_t from = p->open_end, to = p->close;
	struct text own = { 0 };
	struct buf out;

	if (empty) {
		from -= 2; /* the slash and the '>' */
		while (strchr(SPACE, source[from - 1]))
			from--;
		to = p->end;
	} else {
		/* What is there besides elements stays: comments. */
		while (to > from && strchr(SPACE, source[to - 1]))
			to--;
		from = to;
		to = p->close;
	}
	buf_init(&out, XML_SIZE_MAX);
	if (empty)
		buf_putc(&out, '>');
	buf_puts(&out, line_end(edit));
	put_indent(&out, p);
	size_t start = from + out.length;
	buf_printf(&out, "<%s />", name);
	buf_puts(&out, line_end(edit));
	if (indent_of(p, &own))
		buf_put_text(&out, own);
	if (empty)
		buf_printf(&out, "</%s>", p->name);
	int r = buf_failed(&out) ? no_memory(err)
				 : replace(edit, from, to, buf_text(&out), start, parent, err);
	buf_done(&out);
	return r;
}

/* Behind the comments that follow an element on its line; false when something else does. The text
 * ends with a zero byte. */
static bool line_of(const struct xml_element *e, size_t *ret)
{
	struct text source = e->document->source;
	size_t at = e->end;

	for (;;) {
		while (at < source.length && (source.data[at] == ' ' || source.data[at] == '\t'))
			at++;
		if (strncmp(source.data + at, "<!--", 4) != 0)
			break;
		const char *end = strstr(source.data + at, "-->");
		if (!end || memchr(source.data + at, '\n', (size_t)(end - source.data) - at))
			return false;
		at = (size_t)(end - source.data) + 3;
	}
	*ret = at;
	return source.data[at] == '\n' || (source.data[at] == '\r' && source.data[at + 1] == '\n');
}

int edit_add(struct edit *edit, const struct xml_element **parent, const char *name,
	     const struct xml_element *before, struct error *err)
{
	const struct xml_element *p = *parent;
	struct text own;
	struct buf out;

	if (!p->first)
		return add_first(edit, parent, name, err);
	const struct xml_element *beside = before ? before : p->last;
	size_t at = 0;
	bool alone = indent_of(beside, &own) && (before || line_of(beside, &at));

	if (before)
		at = before->start;
	else if (!alone)
		at = p->last->end;
	size_t start = at;

	buf_init(&out, XML_SIZE_MAX);
	if (!before && alone) {
		/* As the line it comes behind ends, in a file that has both ends. */
		buf_puts(&out, edit->document->source.data[at] == '\r' ? "\r\n" : "\n");
		buf_put_text(&out, own);
		start += out.length;
	}
	buf_printf(&out, "<%s />", name);
	if (before && alone) {
		buf_puts(&out, line_end(edit));
		buf_put_text(&out, own);
	}
	int r = buf_failed(&out) ? no_memory(err)
				 : replace(edit, at, at, buf_text(&out), start, parent, err);
	buf_done(&out);
	return r;
}

int edit_remove(struct edit *edit, const struct xml_element **element, struct error *err)
{
	const struct xml_element *e = *element, *parent = e->parent;
	struct text source = edit->document->source, own;
	size_t from = e->start, end = e->end, to;

	if (!parent)
		return error_set(err, -EINVAL, "the root of a file cannot be taken away");
	while (end < source.length && (source.data[end] == ' ' || source.data[end] == '\t'))
		end++;
	end += end < source.length && source.data[end] == '\r';
	to = e->end;
	if (indent_of(e, &own) && end < source.length && source.data[end] == '\n') {
		from -= own.length;
		to = end + 1;
	}
	return replace(edit, from, to, TEXT(""), parent->start, element, err);
}

int edit_put(struct edit *edit, const struct xml_element **element, struct text bytes,
	     struct error *err)
{
	const struct xml_element *e = *element;
	return replace(edit, e->start, e->end, bytes, e->start, element, err);
}

int edit_paste(struct edit *edit, const struct xml_element **parent, struct text bytes,
	       struct error *err)
{
	_cleanup_mem_ char *copy = mem_dup(bytes.data, bytes.length);
	const struct xml_element *e = *parent;

	int r = copy ? edit_add(edit, &e, "paste", NULL, err) : no_memory(err);
	if (r == 0)
		r = edit_put(edit, &e, (struct text){ copy, bytes.length }, err);
	if (r == 0)
		*parent = e;
	return r;
}

int edit_child(struct edit *edit, const struct xml_element **element, const char *name,
	       struct error *err)
{
	const struct xml_element *child = xml_child(*element, name);
	if (!child)
		return edit_add(edit, element, name, NULL, err);
	*element = child;
	return 0;
}

/* ---- sections ---- */

static bool is_place(const struct xml_element *e, struct text location)
{
	return !strcmp(e->name, "location") &&
	       text_equal_nocase(section_location(e).path, location);
}

const struct xml_element *edit_find_section(const struct xml_document *document,
					    struct text location, const char *section)
{
	const struct xml_element *found =
		location.length ? NULL : xml_find(document->root, section);
	for (const struct xml_element *e = document->root->first; e && !found; e = e->next) {
		if (is_place(e, location))
			found = xml_find(e, section);
	}
	return found;
}

/* The first <location> of this path that neither locks nor unlocks: what is put into one that does
 * would be locked or unlocked with the rest. */
static const struct xml_element *find_location(const struct xml_document *document,
					       struct text location)
{
	const struct xml_element *e = document->root->first;
	while (e && !(is_place(e, location) && section_location(e).mode == LOCATION_INHERIT &&
		      section_location(e).children))
		e = e->next;
	return e;
}

int edit_section(struct edit *edit, struct text location, const char *section,
		 const struct xml_element **ret, struct error *err)
{
	const struct xml_element *e = edit_find_section(edit->document, location, section);
	struct text rest = text_of(section);
	int r = 0;

	if (e) {
		*ret = e;
		return 0;
	}
	e = location.length ? find_location(edit->document, location) : edit->document->root;
	if (!e) {
		_cleanup_mem_ char *path = mem_dup(location.data, location.length + 1);
		if (!path)
			return no_memory(err);
		path[location.length] = '\0';
		e = edit->document->root;
		r = edit_add(edit, &e, "location", NULL, err);
		if (r == 0)
			r = edit_set(edit, &e, "path", path, err);
	}
	while (rest.data && r == 0) {
		char name[128];
		struct text part = text_cut(&rest, '/');
		snprintf(name, sizeof(name), TEXT_FMT, TEXT_ARG(part));
		r = edit_child(edit, &e, name, err);
	}
	if (r == 0)
		*ret = e;
	return r;
}
