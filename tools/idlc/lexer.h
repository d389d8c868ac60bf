/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of an IDL file, after the little preprocessing that published IDL needs: #define with and
 * without arguments, #undef, #ifdef and its kin; #pragma is skipped. A macro holds to the end of
 * its file and is not seen by those who import it.
 */
#pragma once

#include "idl.h"

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING, TOKEN_PUNCT };

struct token {
	enum token_kind kind;
	int punct;        /* the character, or two of them: PUNCT2('<', '<') */
	const char *text; /* NUL-terminated: a name, a string without quotes, a number as written */
	int64_t value;
	struct idl_place place;
};
#define PUNCT2(a, b) ((a) << 8 | (b))

struct lexer {
	struct idl *idl;
	struct idl_file *file; /* gets an item for each number with a name */
	const char *at, *end, *line_start;
	struct idl_place place;
	struct map *macros;
	struct expansion *expansions; /* macros being replaced, innermost first */
	unsigned expansion_depth;
	unsigned conditions, skipping; /* open #if; the level from which on text is skipped, or 0 */
	struct token now;              /* the token to look at */
	bool fresh;                    /* at the beginning of a line */
};

/* Reads the first token. The text must stay. */
int lexer_init(struct lexer *lexer, struct idl *idl, struct idl_file *file, const char *path,
	       const char *text, size_t size);
void lexer_done(struct lexer *lexer);
void lexer_next(struct lexer *lexer);
/* While `now` is "(": the bytes up to the next ")", trimmed, which becomes `now`. */
const char *lexer_raw(struct lexer *lexer);
