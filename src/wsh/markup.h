/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The markup of .wsf files, token by token. Windows Script Host reads such a file in two ways, and
 * so do we: with an XML declaration at its beginning it is XML (attribute values in quotes, the
 * five entities, what is no markup must be escaped or in CDATA); without one, the text of a
 * <script> is taken as it stands up to its end tag, values need no quotes, and a stray '&' or '<'
 * is itself. Names of elements and attributes are compared without case in both.
 *
 * Tokens are slices of the text, or of the arena where entities were resolved. Pure functions over
 * bytes that may be anything.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define WSH_ATTRIBUTES_MAX 32
#define WSH_MARKUP_FMT "Windows Script Host: "

struct wsh_place {
	uint32_t line, column; /* 1-based, in characters */
};

enum wsh_token_kind {
	WSH_TOKEN_END,
	WSH_TOKEN_OPEN, /* <name a="b">, or <name/> with `empty` */
	WSH_TOKEN_CLOSE,
	WSH_TOKEN_TEXT,        /* entities resolved */
	WSH_TOKEN_CDATA,       /* <![CDATA[text]]> */
	WSH_TOKEN_INSTRUCTION, /* <?name ... ?> */
};

struct wsh_attribute {
	struct text name;
	const char *value; /* in the arena */
};

struct wsh_token {
	enum wsh_token_kind kind;
	struct wsh_place place;         /* of its first character */
	struct wsh_place content_place; /* text and CDATA: of the first character of `text` */
	struct text name;
	struct text text;
	bool empty;
	struct wsh_attribute attributes[WSH_ATTRIBUTES_MAX];
	size_t attribute_count;
};

struct wsh_markup {
	struct text t;
	size_t at;
	struct wsh_place place; /* of t.data[at] */
	bool strict;
	const char *file; /* for errors */
	struct arena *arena;
};

/* `first_line` is the line of the file that `t` begins with. */
void wsh_markup_init(struct wsh_markup *m, struct text t, uint32_t first_line, const char *file,
		     struct arena *arena);
/* The next token; comments are left out. -EINVAL with `err` filled, -ENOMEM. */
int wsh_markup_next(struct wsh_markup *m, struct wsh_token *ret, struct error *err);
/* Behind the start tag of an element of a loose file: all up to its end tag, which is taken, as a
 * token of text (or of CDATA, when the whole is a CDATA section). */
int wsh_markup_raw(struct wsh_markup *m, struct text name, struct wsh_token *ret,
		   struct error *err);
/* NULL when there is no such attribute. */
const char *wsh_token_get(const struct wsh_token *token, const char *name);
/* Fills `err` with the file and the place; returns -EINVAL. */
int wsh_markup_fail(const struct wsh_markup *m, struct wsh_place place, struct error *err,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
