/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration and the user's schema files as one text, so that what the SCM read and validated
 * is what every other process gets: the text of applicationHost.config (in UTF-8, when the file is
 * in UTF-16), then for each file of the
 * folder `schema` beside it a zero byte, its name, a zero byte and its text. Neither can hold a
 * zero byte. Called by the SCM and tools to make one, by everybody to read one.
 */
#include "config/snapshot.h"

#include "base/buf.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define SCHEMA_FILES_MAX 64
#define BUNDLE_MAX (2 * XML_SIZE_MAX)

static int is_schema(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       text_ends_with_nocase(text_of(entry->d_name), TEXT(".xml"));
}

static int cannot_read(const char *path, int code, struct error *err)
{
	error_set_at(err, code, path, 0, 0, "Cannot read configuration file: %s",
		     error_errno_text(code));
	return code == -EFBIG ? -EINVAL : code;
}

/* A zero byte in a file would end it for whoever takes the bundle apart. */
static int put_file(struct buf *out, const char *path, struct text text, struct error *err)
{
	size_t start = out->length;
	int r = xml_decode(text, path, out, err);

	if (r == 0 && out->length > start && memchr(out->data + start, '\0', out->length - start)) {
		r = error_set_at(err, -EINVAL, path, 0, 0,
				 "Configuration file is not well-formed XML (it has zero bytes)");
		if (err)
			err->hresult = XML_BAD_DATA;
	}
	return r;
}

static int put_schema(struct buf *out, const char *folder, const char *name, struct error *err)
{
	_cleanup_mem_ char *data = NULL;
	char path[PATH_MAX];
	size_t length = 0;
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	int r = n > 0 && n < PATH_MAX ? sys_read_file(path, XML_SIZE_MAX, &data, &length)
				      : -ENAMETOOLONG;

	if (r < 0)
		return cannot_read(path, r, err);
	buf_putc(out, '\0');
	buf_puts(out, name);
	buf_putc(out, '\0');
	return put_file(out, path, (struct text){ data, length }, err);
}

static int put_schemas(struct buf *out, const char *config, struct error *err)
{
	const char *slash = strrchr(config, '/');
	struct dirent **entries = NULL;
	char folder[PATH_MAX];
	int r = 0;
	int n = snprintf(folder, sizeof(folder), "%.*s/schema", slash ? (int)(slash - config) : 1,
			 slash ? config : ".");
	int count = n > 0 && n < PATH_MAX ? scandir(folder, &entries, is_schema, alphasort) : 0;

	if (count > SCHEMA_FILES_MAX)
		r = error_set(err, -EINVAL, "there are more than %d schema files in %s",
			      SCHEMA_FILES_MAX, folder);
	for (int i = 0; i < count; i++) {
		if (r == 0)
			r = put_schema(out, folder, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return r;
}

int config_bundle(const char *path, struct text text, char **ret, size_t *ret_length,
		  struct error *err)
{
	struct buf out;

	buf_init(&out, BUNDLE_MAX);
	int r = put_file(&out, path, text, err);
	if (r == 0)
		r = put_schemas(&out, path, err);
	if (r == 0 && buf_failed(&out))
		r = error_set(err, -ENOMEM, "out of memory");
	if (r == 0) {
		*ret_length = out.length;
		*ret = buf_take(&out, NULL);
		r = *ret ? 0 : error_set(err, -ENOMEM, "out of memory");
	}
	buf_done(&out);
	return r;
}

int config_read(const char *path, char **ret, size_t *ret_length, struct error *err)
{
	_cleanup_mem_ char *data = NULL;
	size_t length;

	int r = sys_read_file(path, XML_SIZE_MAX, &data, &length);
	if (r < 0)
		return cannot_read(path, r, err);
	return config_bundle(path, (struct text){ data, length }, ret, ret_length, err);
}

static struct text cut(struct text *rest)
{
	const char *end = rest->length ? memchr(rest->data, '\0', rest->length) : NULL;
	struct text part = { rest->data, end ? (size_t)(end - rest->data) : rest->length };
	*rest = end ? (struct text){ end + 1, rest->length - part.length - 1 } : (struct text){ 0 };
	return part;
}

int config_bundle_schema(struct text *bundle, const struct schema **ret, struct error *err)
{
	struct text files[SCHEMA_FILES_MAX];
	const char *names[SCHEMA_FILES_MAX]; /* each ends with the zero byte before its text */
	struct text rest = *bundle;
	size_t count = 0;

	/* A file in UTF-16 that somebody parses as it is has zero bytes of its own. */
	if (text_starts_with(rest, TEXT("\xff\xfe")) || text_starts_with(rest, TEXT("\xfe\xff")))
		rest = (struct text){ 0 };
	else
		*bundle = cut(&rest);
	while (rest.data && count < SCHEMA_FILES_MAX) {
		names[count] = cut(&rest).data;
		if (!rest.data)
			break;
		files[count++] = cut(&rest);
	}
	if (count)
		return schema_with(files, names, count, ret, err);
	*ret = &schema_builtin;
	return 0;
}
