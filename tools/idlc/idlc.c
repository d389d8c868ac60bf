/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idlc: IDL to a C header and C tables; see docs/idl.md. The build runs it.
 */
#include "idl.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
	"usage: idlc [--import FOLDER]... [--native HEADER]... [--whole] --output FOLDER FILE.idl\n"
	"Writes FOLDER/FILE.h (C types, vtables, frames) and FOLDER/FILE.c (tables for ndr/).\n"
	"  --import FOLDER  look there for imported files too\n"
	"  --native HEADER  do not declare again what this C header, and those of its folder that "
	"it\n"
	"                   includes, declare\n"
	"  --whole          for a component: FILE.c needs no tables of other files, and the "
	"headers "
	"of\n"
	"                   those that are imported are written, too\n";

/* The whole of a file, in the arena, with a NUL behind it. NULL with errno. */
static char *read_file(struct idl *idl, const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "re");
	char *text = f ? arena_alloc(&idl->arena, IDL_FILE_MAX + 1) : NULL;

	if (text)
		*ret_size = fread(text, 1, IDL_FILE_MAX, f);
	else if (f)
		errno = ENOMEM;
	if (text && (ferror(f) || !feof(f))) {
		errno = ferror(f) ? EIO : EFBIG;
		text = NULL;
	}
	if (text)
		text[*ret_size] = '\0';
	int saved = errno;
	if (f)
		fclose(f);
	errno = saved;
	return text;
}

static const char *open_import(struct idl *idl, const char *name, const char **ret_path,
			       size_t *ret_size)
{
	for (unsigned i = 0; i < idl->folder_count; i++) {
		const char *path = idl_text(idl, "%s/%s", idl->folders[i], name);
		const char *text = path ? read_file(idl, path, ret_size) : NULL;

		if (text) {
			*ret_path = path;
			return text;
		}
	}
	return NULL;
}

static int write_file(const char *folder, const char *name, const char *suffix, struct buf *out)
{
	_cleanup_mem_ char *path = NULL;
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "%s/%s.%s", folder, name, suffix);
	path = buf_take(&b, NULL);
	FILE *f = path ? fopen(path, "we") : NULL;
	bool ok = f && fwrite(out->data, 1, out->length, f) == out->length;
	ok = f && fclose(f) == 0 && ok;
	if (!ok)
		fprintf(stderr, "idlc: cannot write %s: %s\n", path ? path : name, strerror(errno));
	return ok ? 0 : -EIO;
}

/* Of the file; with --whole of all that it imports, which come first, so that what they declare is
 * not declared again. */
static int write_headers(struct idl *idl, struct idl_file *file, const char *output,
			 struct buf *out)
{
	if (file->written)
		return idl->result;
	file->written = true;
	for (unsigned i = 0; idl->whole && i < file->import_count && !idl->result; i++)
		write_headers(idl, file->imports[i], output, out);
	if (idl->result)
		return idl->result;
	buf_clear(out);
	if (idl_emit_header(idl, file, out) == 0)
		idl->result = write_file(output, file->name, "h", out);
	return idl->result;
}

static int compile(struct idl *idl, const char *path, const char *output)
{
	struct buf out;
	size_t size;
	const char *text = read_file(idl, path, &size);

	if (!text)
		return error_set(idl->err, -errno, "cannot read %s: %s", path, strerror(errno));
	struct idl_file *file = idl_parse(idl, path, path, text, size);
	buf_init(&out, 64 << 20);
	if (file && write_headers(idl, file, output, &out) == 0) {
		buf_clear(&out);
		if (idl_emit_tables(idl, file, &out) == 0)
			idl->result = write_file(output, file->name, "c", &out);
	}
	buf_done(&out);
	return idl->result;
}

static int add_native(struct idl *idl, const char *path, unsigned depth);

/* A header's #include <folder/name.h> of its own folder. */
static int add_included(struct idl *idl, const char *path, const char *text, const char *end,
			unsigned depth)
{
	const char *slash = strrchr(path, '/');
	const char *line = text;

	for (; slash && line < end && !idl->result; line++) {
		char name[128];
		int folder = 0, whole = 0;

		if (sscanf(line, " #include <%*[a-z]/%n%127[a-z-].h>%n", &folder, name, &whole) ==
			    1 &&
		    whole) {
			const char *other =
				idl_text(idl, "%.*s/%s.h", (int)(slash - path), path, name);
			int r = other ? add_native(idl, other, depth + 1) : idl->result;

			if (r)
				return r;
		}
		line = memchr(line, '\n', (size_t)(end - line));
		if (!line)
			break;
	}
	return idl->result;
}

static int add_native(struct idl *idl, const char *path, unsigned depth)
{
	size_t size;
	if (depth > 8)
		return error_set(idl->err, -ELOOP, "%s: includes are nested too deep", path);
	const char *text = read_file(idl, path, &size);
	if (!text)
		return error_set(idl->err, -errno, "cannot read %s: %s", path, strerror(errno));
	if (idl_add_native(idl, text, size))
		return idl->result;
	return add_included(idl, path, text, text + size, depth);
}

static void print_error(const struct error *err)
{
	if (err->file[0])
		fprintf(stderr, "%s(%d,%d): error: %s\n", err->file, err->line, err->column,
			err->text);
	else
		fprintf(stderr, "idlc: error: %s\n", err->text);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "import", required_argument, NULL, 'i' },
						 { "native", required_argument, NULL, 'n' },
						 { "output", required_argument, NULL, 'o' },
						 { "whole", no_argument, NULL, 'w' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	struct error err = { 0 };
	struct idl idl;
	const char *output = NULL;
	int r = idl_init(&idl, &err), c;

	while (r == 0 && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'i' && idl.folder_count < ARRAY_LEN(idl.folders)) {
			idl.folders[idl.folder_count++] = optarg;
		} else if (c == 'n') {
			r = add_native(&idl, optarg, 0);
		} else if (c == 'o') {
			output = optarg;
		} else if (c == 'w') {
			idl.whole = true;
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (r == 0 && (!output || optind != argc - 1)) {
		fputs(usage, stderr);
		return 2;
	}
	idl.open = open_import;
	if (r == 0)
		r = compile(&idl, argv[optind], output);
	if (r && err.text[0])
		print_error(&err);
	idl_done(&idl);
	return r ? 1 : 0;
}
