/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compiled page: the program, the literal text between the code, the directives, and the files
 * it was made of. Immutable once compiled, counted, shared by threads.
 *
 * How a page becomes a program: code stays as it is, every piece of literal text becomes the
 * statement `Response.WriteBlock n`, `<%= x %>` becomes `Response.Write(x)`. Each piece carries
 * the place it came from, so that errors name file, line and column of what the author wrote.
 */
#pragma once

#include "asp/error.h"
#include "asp/files.h"
#include "base/arena.h"

#define ASP_INCLUDE_DEPTH 64
#define ASP_PAGE_FILES 1024
#define ASP_PAGE_MAX ((size_t)32 << 20) /* bytes of a page with all it includes */

enum asp_scope { ASP_SCOPE_PAGE, ASP_SCOPE_SESSION, ASP_SCOPE_APPLICATION };

/* <object runat="server" id="..." progid="..."> */
struct asp_declared_object {
	struct text id;
	CLSID clsid;
	enum asp_scope scope;
};

struct asp_page_file {
	const char *url, *path;
	struct asp_stamp stamp;
};

struct asp_page {
	uint32_t refs;
	struct arena arena; /* owns what follows */
	struct vbs_program *program;
	struct text *blocks; /* literal text, ready to be sent */
	size_t block_count;
	const struct asp_page_file *files; /* the page itself first */
	size_t file_count;
	const struct asp_declared_object *objects;
	size_t object_count;
	uint32_t codepage; /* never 0: of its literal text, and of its output until it says other */
	uint32_t lcid;     /* 0: not said */
	bool session;      /* ENABLESESSIONSTATE */
	bool global;       /* it is a global.asa */
	size_t size;       /* bytes held, for the cache's limit */
};

struct vbs_source;

struct asp_page_options {
	struct asp_loader loader;
	const char *language; /* the application's default */
	uint32_t codepage;    /* of files that do not say; 0: UTF-8 */
	bool parent_paths;
	bool global; /* compile as global.asa */
	/* For those who read pages (cscript --lint); may be NULL. Called with the script of a page
	 * that compiled; the files are URL paths. Valid during the call only. */
	void (*on_source)(void *ctx, const struct vbs_source *source);
	void *source_ctx;
};

/* Compiles the page at a normalised URL path. -EINVAL with `error` filled; -ENOMEM; what the
 * loader said when the page itself cannot be read. */
int asp_page_compile(const struct asp_page_options *options, struct text url, struct asp_page **ret,
		     struct asp_error *error);
struct asp_page *asp_page_ref(struct asp_page *page);
struct asp_page *asp_page_unref(struct asp_page *page);
/* True when none of its files has changed: one stat per file. */
bool asp_page_current(const struct asp_page *page);
