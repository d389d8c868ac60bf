/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the parser share: parser.c (declarations, interfaces), parser-type.c
 * (specifiers, declarators, attributes), parser-expr.c.
 */
#pragma once

#include "lexer.h"

struct parser {
	struct lexer lexer;
	struct idl *idl;
	struct idl_file *file;
	unsigned depth;
	bool ms_union;
	const struct idl_type *just_defined; /* whose body was read last */
};

/* ---- tokens ---- */
static inline bool parser_at(const struct parser *p, int punct)
{
	return p->lexer.now.kind == TOKEN_PUNCT && p->lexer.now.punct == punct;
}
static inline bool parser_at_name(const struct parser *p, const char *name)
{
	return p->lexer.now.kind == TOKEN_NAME && !strcmp(p->lexer.now.text, name);
}
/* Takes the token when it is there. */
bool parser_accept(struct parser *p, int punct);
bool parser_accept_name(struct parser *p, const char *name);
/* Takes it or fails. */
void parser_expect(struct parser *p, int punct);
const char *parser_expect_name(struct parser *p, const char *what);
static inline bool parser_failed(const struct parser *p)
{
	return p->idl->result != 0;
}
/* False, and failed: too deep. Every true is given back with parser_leave. */
bool parser_enter(struct parser *p);
static inline void parser_leave(struct parser *p)
{
	p->depth--;
}

/* ---- names: spaces 't' typedefs, 's' tags, 'c' constants, 'i' interfaces ---- */
void *parser_find(struct parser *p, char space, const char *name);
void parser_add(struct parser *p, char space, const char *name, void *what);

/* ---- parts ---- */
struct idl_expr *parser_expr(struct parser *p);
/* An expression that has a value at once. */
int64_t parser_constant(struct parser *p);

/* Where an attribute stands. */
enum attribute_place {
	ON_INTERFACE = 1,
	ON_TYPE = 2,
	ON_FIELD = 4,
	ON_ARM = 8,
	ON_PARAM = 16,
	ON_METHOD = 32,
	ON_LIBRARY = 64,
	ON_COCLASS = 128,
};
/* All the [..] that are here; NULL when there are none. */
struct idl_attribute *parser_attributes(struct parser *p, enum attribute_place place);
/* A type without its declarator; NULL with failure. */
struct idl_type *parser_specifier(struct parser *p);
/* "*name[n]": the type made of `base`, and the name, NULL when there is none. */
struct idl_type *parser_declarator(struct parser *p, struct idl_type *base, const char **ret_name,
				   struct idl_place *ret_place);
void parser_typedef(struct parser *p, struct idl_attribute *before);
struct idl_item *parser_item(struct parser *p, enum idl_item_kind kind);
