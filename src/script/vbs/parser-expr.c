/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of expressions: precedence climbing over the table of binary operators. Runs as part
 * of vbs_compile; recursion is bounded by PARSE_DEPTH_MAX, the height of what it builds by
 * PARSE_HEIGHT_MAX, so that later passes may recurse over the tree.
 */
#include "script/vbs/parser.h"

#include "base/mem.h"
#include "script/vbs/date.h"

#include <math.h>
#include <stdlib.h>

#define ARGUMENTS_MAX 16384 /* elements of Array: other calls have the registers as their limit */
#define LEVEL_NOT 6
#define LEVEL_POW 13
/* -3 ^ 2 is 9, whatever the documentation's table says (the published tests of Wine's engine, which
 * also run on Windows). */
#define LEVEL_NEG 14

static const struct {
	uint8_t token, op, level;
} binary_operators[] = {
	{ T_IMP, OP_IMP, 1 },         { T_EQV, OP_EQV, 2 },
	{ T_XOR, OP_XOR, 3 },         { T_OR, OP_OR, 4 },
	{ T_AND, OP_AND, 5 },         { T_EQ, OP_EQ, 7 },
	{ T_NE, OP_NE, 7 },           { T_LT, OP_LT, 7 },
	{ T_GT, OP_GT, 7 },           { T_LE, OP_LE, 7 },
	{ T_GE, OP_GE, 7 },           { T_IS, OP_IS, 7 },
	{ T_AMP, OP_CAT, 8 },         { T_PLUS, OP_ADD, 9 },
	{ T_MINUS, OP_SUB, 9 },       { T_MOD, OP_MOD, 10 },
	{ T_BACKSLASH, OP_IDIV, 11 }, { T_STAR, OP_MUL, 12 },
	{ T_SLASH, OP_DIV, 12 },      { T_CARET, OP_POW, LEVEL_POW },
};

int vbs_parser_fail_at(struct parser *p, int number, struct vbs_place place)
{
	if (!p->fault->number) {
		p->fault->number = number;
		p->fault->place = place;
	}
	return p->fault->number;
}

int vbs_parser_limit(struct parser *p, struct vbs_place place)
{
	if (!p->fault->number)
		p->fault->limit = true;
	return vbs_parser_fail_at(p, 1001, place);
}

int vbs_parser_fail(struct parser *p, int number)
{
	return vbs_parser_fail_at(p, number, p->at->place);
}

bool vbs_parser_enter(struct parser *p)
{
	if (p->fault->number)
		return false;
	if (p->depth >= PARSE_DEPTH_MAX) {
		vbs_parser_limit(p, p->at->place);
		return false;
	}
	p->depth++;
	return true;
}

struct vbs_expr *vbs_expr_new(struct parser *p, uint8_t kind, struct vbs_place place)
{
	struct vbs_expr *e = arena_new(p->arena, struct vbs_expr);

	if (!e) {
		vbs_parser_fail(p, 1001);
		return NULL;
	}
	e->kind = kind;
	e->place = place;
	e->height = 1;
	return e;
}

/* Sets the height from the operands; too tall is an error. */
static struct vbs_expr *expr_grow(struct parser *p, struct vbs_expr *e,
				  const struct vbs_expr *child)
{
	if (child->height + 1 > e->height)
		e->height = child->height + 1;
	if (e->height <= PARSE_HEIGHT_MAX)
		return e;
	vbs_parser_limit(p, e->place);
	return NULL;
}

/* ---- literals ---- */

static bool number_radix(struct text t, struct value *ret)
{
	bool hex = (t.data[1] | 32) == 'h', is_long = false;
	uint64_t n = 0;

	for (size_t i = 2; i < t.length; i++) {
		char c = t.data[i];

		if (c == '&') {
			is_long = true;
			break;
		}
		n = hex ? n * 16 + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10) : n * 8 + (c - '0');
		if (n > UINT32_MAX)
			return false;
	}
	/* &HFFFF is -1 and &HFFFF& is 65535; what fits an Integer is one, even &H10&. */
	if (n <= 0xFFFF && !is_long)
		*ret = VALUE_I2((int16_t)n);
	else if ((int32_t)n >= INT16_MIN && (int32_t)n <= INT16_MAX)
		*ret = VALUE_I2((int32_t)n);
	else
		*ret = VALUE_I4((int32_t)n);
	return true;
}

static bool number_decimal(struct text t, struct value *ret)
{
	char digits[64], *copy = digits, *big = NULL;
	double d;

	if (t.length >= sizeof digits) {
		copy = big = mem_alloc(t.length + 1);
		if (!big)
			return false;
	}
	memcpy(copy, t.data, t.length);
	copy[t.length] = 0;
	d = strtod(copy, NULL);
	if (strpbrk(copy, ".eE") || d > INT32_MAX)
		*ret = VALUE_R8(d);
	else if (d > INT16_MAX)
		*ret = VALUE_I4((int64_t)d);
	else
		*ret = VALUE_I2((int64_t)d);
	mem_free(big);
	return !isinf(d);
}

/* Text of a string literal with "" made one quote. */
static bool string_value(struct parser *p, struct text t, struct value *ret)
{
	char *out = arena_alloc(p->arena, t.length + 1);
	OLECHAR *units;
	size_t n = 0;

	if (!out)
		return false;
	for (size_t i = 0; i < t.length; i++) {
		out[n++] = t.data[i];
		if (t.data[i] == '"')
			i++;
	}
	/* The constant pool makes the BSTR; until then the text stays UTF-8 in the arena: see
	 * struct vbs_constant_text. */
	units = (OLECHAR *)(void *)out;
	*ret = (struct value){ .type = VT_BSTR, .spare = n, .str = units };
	return true;
}

static bool date_value(struct text t, struct value *ret)
{
	OLECHAR units[64];
	double d;

	if (t.length > ARRAY_LEN(units))
		return false;
	for (size_t i = 0; i < t.length; i++)
		units[i] = (unsigned char)t.data[i];
	if (!date_parse(units, t.length, locale_default(), &d))
		return false;
	*ret = VALUE_DATE(d);
	return true;
}

static bool literal_value(struct parser *p, const struct vbs_token *t, struct value *ret)
{
	switch (t->type) {
	case T_NUMBER:
		if (t->text.data[0] == '&' ? number_radix(t->text, ret)
					   : number_decimal(t->text, ret))
			return true;
		vbs_parser_fail(p, 1031);
		return false;
	case T_STRING:
		if (string_value(p, t->text, ret))
			return true;
		vbs_parser_fail(p, 1001);
		return false;
	case T_DATE:
		if (date_value(t->text, ret))
			return true;
		vbs_parser_fail(p, 1002);
		return false;
	case T_TRUE:
	case T_FALSE:
		*ret = VALUE_BOOL(t->type == T_TRUE);
		return true;
	case T_EMPTY:
		*ret = VALUE_EMPTY;
		return true;
	case T_NULL:
		*ret = VALUE_NULL;
		return true;
	case T_NOTHING:
		*ret = VALUE_OBJ(NULL);
		return true;
	default:
		return false;
	}
}

static struct vbs_expr *parse_literal(struct parser *p)
{
	struct vbs_expr *e = vbs_expr_new(p, E_CONST, p->at->place);

	if (!e)
		return NULL;
	if (!literal_value(p, p->at, &e->value)) {
		vbs_parser_fail(p, 1002);
		return NULL;
	}
	p->at++;
	return e;
}

/* -1 and -1.5 are constants; what is too small to negate in its subtype is left to the machine. */
static struct vbs_expr *fold_negation(struct vbs_expr *e)
{
	if (e->kind != E_CONST || e->paren)
		return NULL;
	if ((e->value.type == VT_I2 && e->value.i != INT16_MIN) ||
	    (e->value.type == VT_I4 && e->value.i != INT32_MIN))
		e->value.i = -e->value.i;
	else if (e->value.type == VT_R8)
		e->value.d = -e->value.d;
	else
		return NULL;
	e->folded = true;
	return e;
}

/* ---- designators ---- */

static struct vbs_expr *parse_member(struct parser *p, struct vbs_expr *left)
{
	struct vbs_expr *e;

	p->at++;
	e = vbs_expr_new(p, E_MEMBER, p->at->place);
	if (!e)
		return NULL;
	if (!p->at->symbol) {
		vbs_parser_fail(p, 1010);
		return NULL;
	}
	e->symbol = p->at->symbol;
	e->left = left;
	p->at++;
	return left ? expr_grow(p, e, left) : e;
}

static bool at_statement_end(const struct parser *p)
{
	return p->at->type <= T_COLON || parser_is(p, T_ELSE) || parser_is(p, T_END);
}

bool vbs_parse_args(struct parser *p, struct vbs_expr *call, bool closed)
{
	struct vbs_expr **args = NULL, *arg;
	size_t count = 0, capacity = 0;

	if (closed ? parser_is(p, T_RPAREN) : at_statement_end(p))
		return true;
	for (;;) {
		if (parser_is(p, T_COMMA) ||
		    (closed ? parser_is(p, T_RPAREN) : at_statement_end(p)))
			arg = vbs_expr_new(p, E_MISSING, p->at->place);
		else
			arg = vbs_parse_expr(p);
		if (!arg || !expr_grow(p, call, arg))
			return false;
		if (count == capacity) {
			struct vbs_expr **grown;

			capacity = capacity ? capacity * 2 : 4;
			if (capacity > ARGUMENTS_MAX) {
				vbs_parser_limit(p, p->at->place);
				return false;
			}
			grown = arena_alloc(p->arena, capacity * sizeof *args);
			if (!grown) {
				vbs_parser_fail(p, 1001);
				return false;
			}
			if (count)
				memcpy(grown, args, count * sizeof *args);
			args = grown;
		}
		args[count++] = arg;
		if (!parser_skip(p, T_COMMA))
			break;
	}
	call->args = args;
	call->argc = count;
	return true;
}

static struct vbs_expr *parse_call(struct parser *p, struct vbs_expr *left)
{
	struct vbs_expr *e = vbs_expr_new(p, E_CALL, left->place);

	if (!e || !expr_grow(p, e, left))
		return NULL;
	p->at++;
	e->left = left;
	e->called = true;
	if (!vbs_parse_args(p, e, true))
		return NULL;
	if (!parser_skip(p, T_RPAREN)) {
		vbs_parser_fail(p, 1006);
		return NULL;
	}
	return e;
}

static struct vbs_expr *parse_chain(struct parser *p, struct vbs_expr *e, bool command)
{
	while (e) {
		struct vbs_token *mark = p->at;

		if (parser_is(p, T_DOT)) {
			/* "Response.Write .Name" in a With block; not "x _" and ".Name" below */
			if (command && mark->space && !mark->joined && e->kind != E_CALL)
				return e;
			e = parse_member(p, e);
		} else if (parser_is(p, T_LPAREN)) {
			struct vbs_expr *call = parse_call(p, e);

			if (!call)
				return NULL;
			if (command && !at_statement_end(p) && !parser_is(p, T_EQ) &&
			    !parser_is(p, T_DOT) && !parser_is(p, T_LPAREN)) {
				p->at = mark;
				return e;
			}
			e = call;
		} else {
			return e;
		}
	}
	return NULL;
}

static struct vbs_expr *parse_root(struct parser *p)
{
	struct vbs_expr *e;

	switch (p->at->type) {
	case T_NAME:
		e = vbs_expr_new(p, E_NAME, p->at->place);
		if (e)
			e->symbol = p->at->symbol;
		p->at++;
		return e;
	case T_ME:
		if (!p->in_class && !p->tree->has_me) {
			vbs_parser_fail(p, 1037);
			return NULL;
		}
		e = vbs_expr_new(p, E_ME, p->at->place);
		p->at++;
		return e;
	case T_DOT:
		return parse_member(p, NULL);
	default:
		return NULL;
	}
}

struct vbs_expr *vbs_parse_designator(struct parser *p, bool command)
{
	struct vbs_expr *e = parse_root(p);

	if (!e) {
		vbs_parser_fail(p, 1010);
		return NULL;
	}
	return parse_chain(p, e, command);
}

/* ---- operators ---- */

static struct vbs_expr *parse_binary(struct parser *p, unsigned level);

static struct vbs_expr *parse_parenthesis(struct parser *p)
{
	struct vbs_expr *e;

	p->at++;
	e = vbs_parse_expr(p);
	if (!e)
		return NULL;
	if (!parser_skip(p, T_RPAREN)) {
		vbs_parser_fail(p, 1006);
		return NULL;
	}
	e->paren = true;
	return parser_is(p, T_DOT) || parser_is(p, T_LPAREN) ? parse_chain(p, e, false) : e;
}

struct vbs_expr *vbs_parse_callee(struct parser *p)
{
	return parser_is(p, T_LPAREN) ? parse_parenthesis(p) : vbs_parse_designator(p, false);
}

static struct vbs_expr *parse_new(struct parser *p)
{
	struct vbs_expr *e = vbs_expr_new(p, E_NEW, p->at->place);

	p->at++;
	if (!e)
		return NULL;
	if (!parser_is(p, T_NAME)) {
		vbs_parser_fail(p, 1010);
		return NULL;
	}
	e->symbol = p->at->symbol;
	p->at++;
	/* "New Class.Method(1)" calls a method of the new object. */
	return parser_is(p, T_DOT) ? parse_chain(p, e, false) : e;
}

static struct vbs_expr *parse_unary(struct parser *p, uint8_t op, unsigned level)
{
	struct vbs_place place = p->at->place;
	struct vbs_expr *e, *operand;

	p->at++;
	operand = parse_binary(p, level);
	if (!operand)
		return NULL;
	if (op == OP_NEG && fold_negation(operand))
		return operand;
	e = vbs_expr_new(p, E_UNARY, place);
	if (!e)
		return NULL;
	e->op = op;
	e->left = operand;
	return expr_grow(p, e, operand);
}

static struct vbs_expr *parse_primary(struct parser *p)
{
	struct vbs_expr *e;

	switch (p->at->type) {
	case T_NOT:
		return parse_unary(p, OP_NOT, LEVEL_NOT);
	case T_MINUS:
		return parse_unary(p, OP_NEG, LEVEL_NEG);
	case T_PLUS:
		return parse_unary(p, OP_PLUS, LEVEL_NEG);
	case T_LPAREN:
		return parse_parenthesis(p);
	case T_NEW:
		return parse_new(p);
	case T_NAME:
	case T_ME:
	case T_DOT:
		e = parse_root(p);
		return e ? parse_chain(p, e, false) : NULL;
	default:
		return parse_literal(p);
	}
}

static int find_binary(const struct parser *p)
{
	for (size_t i = 0; i < ARRAY_LEN(binary_operators); i++)
		if (binary_operators[i].token == p->at->type)
			return i;
	return -1;
}

static struct vbs_expr *parse_binary(struct parser *p, unsigned level)
{
	struct vbs_expr *left, *right, *e;

	if (!vbs_parser_enter(p))
		return NULL;
	left = parse_primary(p);
	while (left) {
		int i = find_binary(p);
		struct vbs_place place = p->at->place;

		if (i < 0 || binary_operators[i].level < level)
			break;
		p->at++;
		right = parse_binary(p, binary_operators[i].level + 1);
		if (!right)
			return NULL;
		e = vbs_expr_new(p, E_BINARY, place);
		if (!e || !expr_grow(p, e, left) || !expr_grow(p, e, right))
			return NULL;
		e->op = binary_operators[i].op;
		e->left = left;
		e->right = right;
		left = e;
	}
	p->depth--;
	return left;
}

struct vbs_expr *vbs_parse_expr(struct parser *p)
{
	return parse_binary(p, 0);
}
