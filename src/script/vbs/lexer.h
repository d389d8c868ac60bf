/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer: the segments of a source become one array of tokens in an arena. Names are interned
 * (case-insensitively) as symbols; literals are kept as text and converted by the parser.
 */
#pragma once

#include "base/arena.h"
#include "script/vbs/value.h"
#include "script/vbs/vbs.h"

/* Reserved words: token, spelling. A word after a dot is a name, whatever it is. */
/* clang-format off */
#define VBS_KEYWORDS(X) \
	X(AND, "and") X(BYREF, "byref") X(BYVAL, "byval") X(CALL, "call") X(CASE, "case") \
	X(CLASS, "class") X(CONST, "const") X(DIM, "dim") X(DO, "do") X(EACH, "each") \
	X(ELSE, "else") X(ELSEIF, "elseif") X(EMPTY, "empty") X(END, "end") X(EQV, "eqv") \
	X(EXIT, "exit") X(FALSE, "false") X(FOR, "for") X(FUNCTION, "function") X(GET, "get") \
	X(GOTO, "goto") X(IF, "if") X(IMP, "imp") X(IN, "in") X(IS, "is") X(LET, "let") \
	X(LOOP, "loop") X(ME, "me") X(MOD, "mod") X(NEW, "new") X(NEXT, "next") X(NOT, "not") \
	X(NOTHING, "nothing") X(NULL, "null") X(ON, "on") X(OPTION, "option") X(OR, "or") \
	X(PRESERVE, "preserve") X(PRIVATE, "private") X(PUBLIC, "public") X(REDIM, "redim") \
	X(RESUME, "resume") X(SELECT, "select") X(SET, "set") X(SUB, "sub") X(THEN, "then") \
	X(TO, "to") X(TRUE, "true") X(UNTIL, "until") X(WEND, "wend") X(WHILE, "while") \
	X(WITH, "with") X(XOR, "xor")
/* clang-format on */

enum vbs_token_type {
	T_EOF,
	T_EOL, /* end of line, or of a segment */
	T_COLON,
	T_NAME,
	T_NUMBER,
	T_STRING,
	T_DATE,
	T_LPAREN,
	T_RPAREN,
	T_COMMA,
	T_DOT,
	T_PLUS,
	T_MINUS,
	T_STAR,
	T_SLASH,
	T_BACKSLASH,
	T_CARET,
	T_AMP,
	T_EQ,
	T_NE,
	T_LT,
	T_GT,
	T_LE,
	T_GE,
	T_FIRST_WORD,
#define X(name, text) T_##name,
	VBS_KEYWORDS(X)
#undef X
};

/* An identifier of the source, once. The parser and the compiler hang their facts on it. */
struct vbs_symbol {
	struct text text;        /* as spelled first */
	uint32_t name, global;   /* index in the program's tables + 1, 0: not there */
	int16_t builtin;         /* index in the table of built-ins, -1 */
	uint8_t word;            /* T_ of a keyword, else T_NAME */
	bool scoped;             /* a variable of the procedure in which the code is evaluated */
	struct vbs_decl *decl;   /* of the global scope */
	struct vbs_decl *member; /* of the class being compiled */
	struct vbs_local *local; /* of the procedure being compiled */
	struct vbs_symbol *next; /* in its hash chain */
};

struct vbs_place {
	uint16_t file;
	uint16_t column;
	uint32_t line;
};

struct vbs_token {
	uint8_t type;
	bool space;  /* blank in front */
	bool joined; /* the blank was a line continuation */
	struct vbs_place place;
	struct text text;          /* literals: what stands between the marks */
	struct vbs_symbol *symbol; /* names, and words (which may follow a dot) */
};

#define SYMBOL_BUCKETS 1024
struct vbs_symbols {
	struct arena *arena;
	struct vbs_symbol *buckets[SYMBOL_BUCKETS];
};
/* NULL when out of memory. */
struct vbs_symbol *vbs_symbol_intern(struct vbs_symbols *symbols, struct text name);

/* The failure of a compile: where and which number; -ENOMEM is number 0. */
struct vbs_fault {
	int number;
	bool limit; /* 1001 because the source is too much, not because memory ran out */
	struct vbs_place place;
};

/* 0, or a script number with `fault` filled. Tokens live in the symbols' arena and end with
 * T_EOL, T_EOF. */
int vbs_lex(const struct vbs_source *source, struct vbs_symbols *symbols,
	    struct vbs_token **ret_tokens, size_t *ret_count, struct vbs_fault *fault);
