/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions, as in C: of constants, bounds, size_is and its like. A name that is a constant is
 * replaced at once; others are members of the struct or parameters of the method around, which
 * lower.c looks up.
 */
#include "parser.h"

#include "ndr/expr.h"

#include "base/mem.h"

struct operator
{
	int punct;
	enum ndr_opcode op;
	int strength;
};

static const struct operator operators[] = {
	{ PUNCT2('|', '|'), NDR_OP_EITHER, 1 },
	{ PUNCT2('&', '&'), NDR_OP_BOTH, 2 },
	{ '|', NDR_OP_OR, 3 },
	{ '^', NDR_OP_XOR, 4 },
	{ '&', NDR_OP_AND, 5 },
	{ PUNCT2('=', '='), NDR_OP_EQUAL, 6 },
	{ PUNCT2('!', '='), NDR_OP_UNEQUAL, 6 },
	{ '<', NDR_OP_LESS, 7 },
	{ '>', NDR_OP_GREATER, 7 },
	{ PUNCT2('<', '='), NDR_OP_LESS_EQUAL, 7 },
	{ PUNCT2('>', '='), NDR_OP_GREATER_EQUAL, 7 },
	{ PUNCT2('<', '<'), NDR_OP_SHIFT_LEFT, 8 },
	{ PUNCT2('>', '>'), NDR_OP_SHIFT_RIGHT, 8 },
	{ '+', NDR_OP_ADD, 9 },
	{ '-', NDR_OP_SUBTRACT, 9 },
	{ '*', NDR_OP_MULTIPLY, 10 },
	{ '/', NDR_OP_DIVIDE, 10 },
	{ '%', NDR_OP_MODULO, 10 },
};

static struct idl_expr *node(struct parser *p, enum ndr_opcode op, struct idl_expr *a,
			     struct idl_expr *b)
{
	struct idl_expr *e = idl_new(p->idl, struct idl_expr);

	if (e)
		*e = (struct idl_expr){ .op = op, .a = a, .b = b, .place = p->lexer.now.place };
	return e;
}

static struct idl_expr *constant(struct parser *p, int64_t value)
{
	struct idl_expr *e = node(p, NDR_OP_CONST, NULL, NULL);

	if (e)
		e->value = value;
	return e;
}

/* sizeof(type) is only there for scalars, which is all that published IDL asks for. */
static struct idl_expr *size_of(struct parser *p)
{
	static const uint8_t bytes[] = {
#define X(name, wire, memory, is_signed) [NDR_##name] = memory,
		NDR_SCALARS(X)
#undef X
			[NDR_POINTER] = 8,
	};
	struct idl_place place = p->lexer.now.place;

	parser_expect(p, '(');
	struct idl_type *type = parser_specifier(p);
	const char *name = NULL;
	type = type ? parser_declarator(p, type, &name, NULL) : NULL;
	parser_expect(p, ')');
	if (!type || parser_failed(p))
		return NULL;
	type = idl_strip(type);
	if (type->kind == IDL_POINTER)
		return constant(p, 8);
	if (type->kind != IDL_BASE || type->base == NDR_NONE)
		return idl_fail(p->idl, &place, "sizeof of a type that is no scalar");
	return constant(p, bytes[type->base]);
}

static struct idl_expr *named(struct parser *p)
{
	struct token t = p->lexer.now;

	lexer_next(&p->lexer);
	if (!strcmp(t.text, "sizeof"))
		return size_of(p);
	if (!strcmp(t.text, "TRUE") || !strcmp(t.text, "FALSE"))
		return constant(p, t.text[0] == 'T');
	const struct idl_constant *c = parser_find(p, 'c', t.text);
	if (c)
		return constant(p, c->value);
	struct idl_expr *e = node(p, NDR_OP_LOAD, NULL, NULL);
	if (e) {
		e->name = t.text;
		e->place = t.place;
	}
	return e;
}

static struct idl_expr *unary(struct parser *p);

static struct idl_expr *primary(struct parser *p)
{
	struct idl_expr *e = NULL;

	if (p->lexer.now.kind == TOKEN_NUMBER) {
		e = constant(p, p->lexer.now.value);
		lexer_next(&p->lexer);
	} else if (p->lexer.now.kind == TOKEN_NAME) {
		e = named(p);
	} else if (parser_accept(p, '(')) {
		/* A cast to a type's name changes nothing: all is 64 bits wide. */
		if (p->lexer.now.kind == TOKEN_NAME && parser_find(p, 't', p->lexer.now.text)) {
			lexer_next(&p->lexer);
			parser_expect(p, ')');
			return unary(p);
		}
		e = parser_expr(p);
		parser_expect(p, ')');
	} else {
		return idl_fail(p->idl, &p->lexer.now.place, "expected an expression here");
	}
	while (e && !parser_failed(p) && (parser_at(p, PUNCT2('-', '>')) || parser_at(p, '.'))) {
		bool arrow = parser_at(p, PUNCT2('-', '>'));

		lexer_next(&p->lexer);
		e = node(p, NDR_OP_FOLLOW, e, NULL);
		if (e) {
			e->name = parser_expect_name(p, "a member's name");
			e->value = arrow;
		}
	}
	return e;
}

static struct idl_expr *unary(struct parser *p)
{
	static const struct operator unaries[] = {
		{ '-', NDR_OP_NEGATE, 0 },
		{ '!', NDR_OP_NOT, 0 },
		{ '~', NDR_OP_INVERT, 0 },
		{ '*', NDR_OP_FOLLOW, 0 },
	};

	if (parser_at(p, '+')) {
		lexer_next(&p->lexer);
		return primary(p);
	}
	for (size_t i = 0; i < ARRAY_LEN(unaries); i++) {
		if (!parser_at(p, unaries[i].punct))
			continue;
		if (!parser_enter(p))
			return NULL;
		lexer_next(&p->lexer);
		struct idl_expr *a = unary(p);
		parser_leave(p);
		return a ? node(p, unaries[i].op, a, NULL) : NULL;
	}
	return primary(p);
}

static struct idl_expr *binary(struct parser *p, int strength)
{
	struct idl_expr *a = unary(p);

	while (a && !parser_failed(p)) {
		const struct operator* found = NULL;

		for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
			if (parser_at(p, operators[i].punct) && operators[i].strength >= strength)
				found = &operators[i];
		}
		if (!found)
			break;
		lexer_next(&p->lexer);
		struct idl_expr *b = binary(p, found->strength + 1);
		a = b ? node(p, found->op, a, b) : NULL;
	}
	return a;
}

struct idl_expr *parser_expr(struct parser *p)
{
	if (!parser_enter(p))
		return NULL;
	struct idl_expr *e = binary(p, 1);
	if (e && parser_accept(p, '?')) {
		struct idl_expr *yes = parser_expr(p);

		parser_expect(p, ':');
		struct idl_expr *no = parser_expr(p);
		e = node(p, NDR_OP_CHOOSE, e, yes);
		if (e)
			e->c = no;
	}
	parser_leave(p);
	return parser_failed(p) ? NULL : e;
}

/* The table's own machine, so that a constant means what it means at run time. */
static unsigned flatten(const struct idl_expr *e, struct ndr_op *out, unsigned room)
{
	unsigned n = 0;

	if (e->op == NDR_OP_LOAD || e->op == NDR_OP_FOLLOW)
		return room + 1;
	const struct idl_expr *parts[] = { e->a, e->b, e->c };
	for (size_t i = 0; i < ARRAY_LEN(parts) && n <= room; i++) {
		if (parts[i])
			n += flatten(parts[i], out + n, room - n);
	}
	if (n < room)
		out[n] = (struct ndr_op){ .op = (uint8_t)e->op, .value = e->value };
	return n + 1;
}

bool idl_expr_constant(const struct idl_expr *e, int64_t *ret)
{
	struct ndr_op ops[64];
	unsigned depth = 0, deepest = 0, n = flatten(e, ops, ARRAY_LEN(ops) - 1);

	if (n >= ARRAY_LEN(ops))
		return false;
	ops[n] = (struct ndr_op){ .op = NDR_OP_END };
	for (unsigned i = 0; i < n; i++) {
		depth += ops[i].op == NDR_OP_CONST;
		depth -= ops[i].op >= NDR_OP_ADD ? 1 + (ops[i].op == NDR_OP_CHOOSE) : 0;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest <= NDR_EXPR_DEPTH && ndr_eval(ops, NULL, ret);
}

int64_t parser_constant(struct parser *p)
{
	struct idl_place place = p->lexer.now.place;
	struct idl_expr *e = parser_expr(p);
	int64_t value = 0;

	if (e && !idl_expr_constant(e, &value))
		idl_fail(p->idl, &place, "this is not a constant%s%.60s", e->name ? ": " : "",
			 e->name ? e->name : "");
	return value;
}
