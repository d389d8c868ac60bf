/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions of attributes, in postfix order, their names looked up in the struct or among the
 * parameters around.
 */
#include "lower.h"

#include <stdio.h>

struct ops {
	struct lowering *l;
	const struct scope *scope;
	struct buf text;
	unsigned depth;
};

/* A place in memory: where, and of which type. */
struct place {
	const char *path; /* for offsetof in `c_name` */
	const char *c_name;
	struct idl_type *type;
	bool loaded; /* behind a pointer that is on the stack */
};

static void push_op(struct ops *o, const char *op, const char *kind, const char *value, int grows)
{
	buf_printf(&o->text, " { NDR_OP_%s, %s, %s },", op, kind, value);
	o->depth += (unsigned)grows;
	if (o->depth > NDR_EXPR_DEPTH && o->depth < 1000)
		idl_fail(o->l->idl, NULL, "an expression needs more than %d places",
			 NDR_EXPR_DEPTH);
}

static const char *kind_text(struct ops *o, struct idl_type *type, const struct idl_place *where)
{
	static const char *const names[] = {
#define X(name, wire, memory, is_signed) [NDR_##name] = "NDR_" #name,
		NDR_SCALARS(X)
#undef X
	};

	type = idl_strip(type);
	if (type->kind == IDL_POINTER || type->kind == IDL_ARRAY)
		return "NDR_POINTER";
	if (type->kind == IDL_ENUM)
		return "NDR_ENUM32";
	if (type->kind == IDL_BASE && type->base != NDR_NONE && type->base != NDR_FLOAT &&
	    type->base != NDR_DOUBLE)
		return names[type->base];
	return idl_fail(o->l->idl, where, "an expression can only use whole numbers");
}

static struct idl_member *member(struct ops *o, struct idl_member *list, const struct idl_expr *e)
{
	for (; list; list = list->next) {
		if (list->name && e->name && !strcmp(list->name, e->name))
			return list;
	}
	return idl_fail(o->l->idl, &e->place, "there is no %.60s here", e->name ? e->name : "name");
}

static bool locate(struct ops *o, const struct idl_expr *e, struct place *ret);
static bool value(struct ops *o, const struct idl_expr *e, unsigned depth);

/* Pushes what is at a place. */
static bool load(struct ops *o, const struct place *p, const struct idl_place *where)
{
	const char *kind = kind_text(o, p->type, where);
	const char *offset =
		p->path ? idl_text(o->l->idl, "offsetof(%s, %s)", p->c_name, p->path) : "0";

	if (!kind || !offset)
		return false;
	push_op(o, p->loaded ? "FOLLOW" : "LOAD", kind, offset, !p->loaded);
	return true;
}

/* *a, a->b, a.b */
static bool locate_follow(struct ops *o, const struct idl_expr *e, struct place *ret)
{
	struct place p;

	if (!locate(o, e->a, &p))
		return false;
	struct idl_type *type = idl_strip(p.type);
	if (!e->name || e->value) {
		if (type->kind != IDL_POINTER && type->kind != IDL_ARRAY)
			return idl_fail(o->l->idl, &e->place, "this is not a pointer");
		if (!load(o, &p, &e->place))
			return false;
		p = (struct place){ .type = type->of, .loaded = true };
		type = idl_strip(p.type);
		if (!e->name) {
			*ret = p;
			return true;
		}
	}
	if (type->kind != IDL_STRUCT)
		return idl_fail(o->l->idl, &e->place, "%.60s is no member of a struct", e->name);
	struct idl_member *m = member(o, type->members, e);
	if (!m)
		return false;
	if (!p.path)
		p.c_name = emit_type_name(o->l->idl, type);
	p.path = p.path ? idl_text(o->l->idl, "%s.%s", p.path, m->name) : m->name;
	p.type = m->type;
	*ret = p;
	return p.path && p.c_name;
}

static bool locate(struct ops *o, const struct idl_expr *e, struct place *ret)
{
	if (e->op == NDR_OP_FOLLOW)
		return locate_follow(o, e, ret);
	if (e->op != NDR_OP_LOAD)
		return idl_fail(o->l->idl, &e->place, "only a name can be followed");
	struct idl_member *m = member(o, o->scope->members, e);
	if (!m)
		return false;
	*ret = (struct place){ .path = m->name, .c_name = o->scope->c_name, .type = m->type };
	return true;
}

static bool value(struct ops *o, const struct idl_expr *e, unsigned depth)
{
	static const char *const names[] = {
		[NDR_OP_NEGATE] = "NEGATE",
		[NDR_OP_NOT] = "NOT",
		[NDR_OP_INVERT] = "INVERT",
		[NDR_OP_ADD] = "ADD",
		[NDR_OP_SUBTRACT] = "SUBTRACT",
		[NDR_OP_MULTIPLY] = "MULTIPLY",
		[NDR_OP_DIVIDE] = "DIVIDE",
		[NDR_OP_MODULO] = "MODULO",
		[NDR_OP_SHIFT_LEFT] = "SHIFT_LEFT",
		[NDR_OP_SHIFT_RIGHT] = "SHIFT_RIGHT",
		[NDR_OP_AND] = "AND",
		[NDR_OP_OR] = "OR",
		[NDR_OP_XOR] = "XOR",
		[NDR_OP_EQUAL] = "EQUAL",
		[NDR_OP_UNEQUAL] = "UNEQUAL",
		[NDR_OP_LESS] = "LESS",
		[NDR_OP_LESS_EQUAL] = "LESS_EQUAL",
		[NDR_OP_GREATER] = "GREATER",
		[NDR_OP_GREATER_EQUAL] = "GREATER_EQUAL",
		[NDR_OP_BOTH] = "BOTH",
		[NDR_OP_EITHER] = "EITHER",
		[NDR_OP_CHOOSE] = "CHOOSE",
	};
	struct place p;

	if (depth > IDL_DEPTH_MAX)
		return idl_fail(o->l->idl, &e->place, "an expression is nested too deep");
	if (e->op == NDR_OP_CONST) {
		push_op(o, "CONST", "0", idl_text(o->l->idl, "%lld", (long long)e->value), 1);
		return true;
	}
	if (e->op == NDR_OP_LOAD || e->op == NDR_OP_FOLLOW)
		return locate(o, e, &p) && load(o, &p, &e->place);
	if (!value(o, e->a, depth + 1) || (e->b && !value(o, e->b, depth + 1)) ||
	    (e->c && !value(o, e->c, depth + 1)))
		return false;
	push_op(o, names[e->op], "0", "0", -((e->b != NULL) + (e->c != NULL)));
	return true;
}

const char *lower_expr(struct lowering *l, struct idl_expr *e, const struct scope *scope, int plus)
{
	struct ops o = { .l = l, .scope = scope };
	const char *name = NULL;

	if (!scope)
		return idl_fail(l->idl, &e->place,
				"an expression of fields cannot stand in a typedef");
	buf_init(&o.text, 65536);
	if (value(&o, e, 0)) {
		if (plus) {
			push_op(&o, "CONST", "0", plus > 0 ? "1" : "-1", 1);
			push_op(&o, "ADD", "0", "0", -1);
		}
		buf_puts(&o.text, " { NDR_OP_END, 0, 0 },");
		if (buf_failed(&o.text))
			idl_fail(l->idl, NULL, "out of memory");
		else
			name = lower_define(l, "const struct ndr_op %s[] =", 'e',
					    buf_cstr(&o.text));
	}
	buf_done(&o.text);
	return name;
}

/* iid_is(riid) gives the address of an IID: what a pointer holds, or where one is embedded. */
const char *lower_iid(struct lowering *l, struct idl_expr *e, const struct scope *scope)
{
	struct ops o = { .l = l, .scope = scope };
	struct place p;
	const char *name = NULL;

	if (!scope)
		return idl_fail(l->idl, &e->place, "iid_is cannot stand in a typedef");
	buf_init(&o.text, 65536);
	if (locate(&o, e, &p)) {
		struct idl_type *type = idl_strip(p.type);

		if (type->kind == IDL_STRUCT && !p.loaded)
			push_op(&o, "ADDRESS", "0",
				idl_text(l->idl, "offsetof(%s, %s)", p.c_name, p.path), 1);
		else if (type->kind != IDL_POINTER || !load(&o, &p, &e->place))
			idl_fail(l->idl, &e->place, "iid_is needs an IID or a pointer to one");
		buf_puts(&o.text, " { NDR_OP_END, 0, 0 },");
		if (buf_failed(&o.text))
			idl_fail(l->idl, NULL, "out of memory");
		if (!l->idl->result)
			name = lower_define(l, "const struct ndr_op %s[] =", 'e',
					    buf_cstr(&o.text));
	}
	buf_done(&o.text);
	return name;
}
