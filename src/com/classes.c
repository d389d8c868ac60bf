/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See classes.h: the table and the lines it is made of. Pure functions. A table is one arena with
 * two sorted arrays; texts point into a copy of the file.
 */
#include "com/classes.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "com/class.h"

#include <errno.h>
#include <stdlib.h>

#define HEAD "surrogate-classes 2"
#define ARENA_MAX (4 * (size_t)CLASSES_BYTES_MAX)

struct name {
	const char *progid;
	CLSID clsid;
};

struct classes {
	uint32_t refs;
	struct arena arena;
	struct classes_class *classes;
	struct name *names;
	size_t class_count, name_count;
};

/* ---- order ---- */

static int compare_classes(const void *a, const void *b)
{
	return memcmp(&((const struct classes_class *)a)->clsid,
		      &((const struct classes_class *)b)->clsid, sizeof(CLSID));
}

static int compare_names(const void *a, const void *b)
{
	return text_compare_nocase(text_of(((const struct name *)a)->progid),
				   text_of(((const struct name *)b)->progid));
}

const struct classes_class *classes_find(const struct classes *classes, REFCLSID clsid)
{
	struct classes_class key = { .clsid = *clsid };

	return classes->class_count ? bsearch(&key, classes->classes, classes->class_count,
					      sizeof(key), compare_classes)
				    : NULL;
}

const struct classes_class *classes_find_name(const struct classes *classes, struct text progid)
{
	size_t low = 0, high = classes->name_count;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		int order = text_compare_nocase(progid, text_of(classes->names[at].progid));

		if (!order)
			return classes_find(classes, &classes->names[at].clsid);
		if (order < 0)
			high = at;
		else
			low = at + 1;
	}
	return NULL;
}

const struct classes_class *classes_at(const struct classes *classes, size_t index)
{
	return index < classes->class_count ? &classes->classes[index] : NULL;
}

/* ---- reading ---- */

/* The next field of a line, with its end made a NUL: the text is our copy. */
static const char *next_field(struct text *line)
{
	struct text field = text_cut(line, '\t');

	if (!field.data)
		return NULL;
	((char *)(uintptr_t)field.data)[field.length] = '\0';
	return field.length ? field.data : NULL;
}

static const char *optional(const char *field)
{
	return strcmp(field, "-") == 0 ? NULL : field;
}

static int read_class(struct text line, struct classes_class *ret)
{
	const char *fields[8];

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		fields[i] = next_field(&line);
		if (!fields[i])
			return -EBADMSG;
	}
	*ret = (struct classes_class){
		.progid = optional(fields[1]),
		.server = optional(fields[2]),
		.threading = optional(fields[3]),
		.process = optional(fields[5]),
		.remote = optional(fields[6]),
		.description = optional(fields[7]),
	};
	if (ret->process && strcmp(ret->process, ".") == 0) /* our own host */
		ret->process = "";
	if (guid_parse(text_of(fields[0]), &ret->clsid) ||
	    (optional(fields[4]) && guid_parse(text_of(fields[4]), &ret->appid)))
		return -EBADMSG;
	return line.data ? -EBADMSG : 0;
}

static int read_name(struct text line, struct name *ret)
{
	const char *clsid;

	ret->progid = next_field(&line);
	clsid = next_field(&line);
	if (!ret->progid || !clsid || line.data)
		return -EBADMSG;
	return guid_parse(text_of(clsid), &ret->clsid) ? -EBADMSG : 0;
}

static int read_line(struct classes *classes, struct text line)
{
	struct text kind = text_cut(&line, '\t');

	if (text_equal(kind, TEXT("class")))
		return read_class(line, &classes->classes[classes->class_count++]);
	if (text_equal(kind, TEXT("name")))
		return read_name(line, &classes->names[classes->name_count++]);
	return -EBADMSG;
}

/* No class and no name twice: which of two would count? */
static bool all_different(const struct classes *classes)
{
	for (size_t i = 1; i < classes->class_count; i++)
		if (!compare_classes(&classes->classes[i - 1], &classes->classes[i]))
			return false;
	for (size_t i = 1; i < classes->name_count; i++)
		if (!compare_names(&classes->names[i - 1], &classes->names[i]))
			return false;
	return true;
}

static bool clean(struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7F)
			return false;
	}
	return utf8_valid(text);
}

static int read_lines(struct classes *classes, struct text text, struct error *err)
{
	int line = 1;

	if (!clean(text) || !text_equal(text_cut(&text, '\n'), TEXT(HEAD)))
		return error_set(err, -EBADMSG, "it does not begin with '" HEAD "', or is no text");
	while (text.length) {
		line++;
		if (classes->class_count + classes->name_count == CLASSES_MAX)
			return error_set(err, -ENOBUFS, "more than %d classes and names",
					 CLASSES_MAX);
		if (read_line(classes, text_cut(&text, '\n')) < 0)
			return error_set(err, -EBADMSG, "line %d is neither class nor name", line);
	}
	if (classes->class_count)
		qsort(classes->classes, classes->class_count, sizeof(*classes->classes),
		      compare_classes);
	if (classes->name_count)
		qsort(classes->names, classes->name_count, sizeof(*classes->names), compare_names);
	if (!all_different(classes))
		return error_set(err, -EBADMSG, "a class or a name is there twice");
	return 0;
}

static size_t count_lines(struct text text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.length && count < CLASSES_MAX; i++)
		count += text.data[i] == '\n';
	return count;
}

int classes_parse(struct text text, struct classes **ret, struct error *err)
{
	struct classes *classes = mem_new(struct classes);
	size_t lines = count_lines(text);
	char *copy;
	int r;

	if (!classes)
		return error_set(err, -ENOMEM, "out of memory");
	classes->refs = 1;
	arena_init(&classes->arena, ARENA_MAX);
	copy = text.length > CLASSES_BYTES_MAX
		       ? NULL
		       : arena_strndup(&classes->arena, text.data, text.length);
	classes->classes = arena_zalloc(&classes->arena, lines, sizeof(*classes->classes));
	classes->names = arena_zalloc(&classes->arena, lines, sizeof(*classes->names));
	if (!copy || !classes->classes || !classes->names)
		r = text.length > CLASSES_BYTES_MAX
			    ? error_set(err, -ENOBUFS, "it is larger than %u bytes",
					CLASSES_BYTES_MAX)
			    : error_set(err, -ENOMEM, "out of memory");
	else
		r = read_lines(classes, (struct text){ copy, text.length }, err);
	if (r < 0)
		classes_unref(classes);
	else
		*ret = classes;
	return r;
}

struct classes *classes_ref(struct classes *classes)
{
	if (classes)
		__atomic_add_fetch(&classes->refs, 1, __ATOMIC_RELAXED);
	return classes;
}

struct classes *classes_unref(struct classes *classes)
{
	if (classes && !__atomic_sub_fetch(&classes->refs, 1, __ATOMIC_ACQ_REL)) {
		arena_done(&classes->arena);
		mem_free(classes);
	}
	return NULL;
}

/* ---- writing ---- */

static bool plain(const char *field)
{
	struct text t = text_of(field);

	return !t.length ||
	       (clean(t) && !memchr(t.data, '\t', t.length) && !memchr(t.data, '\n', t.length));
}

static void put_field(struct buf *out, const char *field)
{
	buf_putc(out, '\t');
	buf_puts(out, field && *field ? field : "-");
}

void classes_put_head(struct buf *out)
{
	buf_puts(out, HEAD "\n");
}

int classes_put_class(struct buf *out, const struct classes_class *class)
{
	char clsid[GUID_TEXT_SIZE], appid[GUID_TEXT_SIZE];

	if (!plain(class->progid) || !plain(class->server) || !plain(class->threading) ||
	    !plain(class->process) || !plain(class->remote) || !plain(class->description))
		return -EINVAL;
	guid_format(&class->clsid, clsid);
	guid_format(&class->appid, appid);
	buf_puts(out, "class");
	put_field(out, clsid);
	put_field(out, class->progid);
	put_field(out, class->server);
	put_field(out, class->threading);
	put_field(out, IsEqualGUID(&class->appid, &GUID_NULL) ? NULL : appid);
	put_field(out, class->process && !*class->process ? "." : class->process);
	put_field(out, class->remote);
	put_field(out, class->description);
	buf_putc(out, '\n');
	return 0;
}

int classes_put_name(struct buf *out, const char *progid, REFCLSID clsid)
{
	char text[GUID_TEXT_SIZE];

	if (!*progid || !plain(progid))
		return -EINVAL;
	guid_format(clsid, text);
	buf_printf(out, "name\t%s\t%s\n", progid, text);
	return 0;
}
