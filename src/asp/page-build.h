/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of the page compiler share: page-parse.c reads files and calls the functions
 * below in the order of the text; page.c keeps the pieces and makes a program of them.
 */
#pragma once

#include "asp/page.h"
#include "asp/tags.h"
#include "script/vbs/vbs.h"

struct asp_place {
	uint16_t file;
	uint32_t line, column;
};

/* A file that the page is made of, as UTF-8, while it is compiled. */
struct asp_source {
	struct text url, text;
	const char *path;
	struct asp_stamp stamp;
};

/* What stands on either side of a piece of literal text; see asp_build_flush. */
enum asp_piece { ASP_PIECE_CODE, ASP_PIECE_OUTPUT, ASP_PIECE_END };

struct asp_segments {
	struct vbs_segment *items;
	size_t count, capacity;
};

struct asp_build {
	const struct asp_page_options *options;
	struct asp_error *error;
	struct asp_page *page;
	struct arena work;
	struct asp_source *files;
	size_t file_count, file_capacity;
	size_t expanded; /* bytes of text, counted as often as included */
	uint16_t stack[ASP_INCLUDE_DEPTH];
	size_t depth;
	struct asp_segments code, scripts; /* scripts: <script runat=server>, they run last */
	struct buf literal;                /* bytes of all blocks, one behind the other */
	struct block {
		size_t start, length;
	} * blocks;
	size_t block_count, block_capacity;
	struct asp_declared_object *objects;
	size_t object_count, object_capacity;
	bool pending; /* literal text from pending_start on is not yet a block */
	size_t pending_start;
	struct asp_place pending_place;
	enum asp_piece before;                     /* what was in front of the pending text */
	bool directive_seen, code_seen, text_seen; /* text: more than blanks and comments */
};

/* Makes room for one more item; -ENOMEM, or -ENOBUFS at `max`. */
int asp_build_grow(void **items, size_t *capacity, size_t count, size_t size, size_t max);
/* The index of the file at `url`, loaded at most once. -ENOENT ..., what the loader said. */
int asp_build_file(struct asp_build *b, struct text url, uint16_t *ret);
int asp_build_literal(struct asp_build *b, struct text t, struct asp_place place);
/* Ends the pending literal text. White space with a line end between two pieces of code is
 * dropped, so that lines which hold only code leave no empty lines. */
int asp_build_flush(struct asp_build *b, enum asp_piece after);
int asp_build_code(struct asp_build *b, struct text t, struct asp_place place);
int asp_build_output(struct asp_build *b, struct text t, struct asp_place place);
int asp_build_script(struct asp_build *b, struct text t, struct asp_place place);
int asp_build_object(struct asp_build *b, const struct asp_declared_object *object);
/* Records error `number` and returns -EINVAL. */
int asp_build_fail(struct asp_build *b, unsigned number, struct text parameter,
		   struct asp_place place);

/* Reads file `index` and all it includes. */
int asp_parse_file(struct asp_build *b, uint16_t index);
/* The CODEPAGE of a page's directive, before the page can be decoded; 0: it says none. */
uint32_t asp_parse_codepage(struct text bytes);
/* Line `line` (1-based) of `t` without its end; empty when there is none. */
struct text asp_parse_line(struct text t, uint32_t line);
