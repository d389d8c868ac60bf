/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling a & b & c: one instruction for the whole chain, which then makes one text instead of
 * one for each operator. All operands but the first two are at hand: nothing that could run or fail
 * between the joins moves in front of one. Called by the compiler for operators and assignments.
 */
#include "script/vbs/compile.h"

/* Whether evaluating it neither runs anything nor fails. */
static bool is_at_hand(struct compiler *c, const struct vbs_expr *e)
{
	struct value v;

	return vbs_literal_of(c, e, &v) || vbs_is_variable(c, e);
}

static bool is_join(const struct vbs_expr *e)
{
	return e->kind == E_BINARY && e->op == OP_CAT;
}

/* The operands that one instruction joins, into `ret`. Where it cannot take all of a chain, the
 * first is the rest of it. */
static unsigned find_operands(struct compiler *c, struct vbs_expr *e, struct vbs_expr **ret)
{
	struct vbs_expr *found[JOIN_MAX];
	unsigned n = 0;

	while (is_join(e) && n < JOIN_MAX - 2 && is_at_hand(c, e->right)) {
		found[n++] = e->right;
		e = e->left;
	}
	/* The second may do more: nothing was joined before it. */
	if (n && is_join(e) && !vbs_expr_calls(c, e->right)) {
		found[n++] = e->right;
		e = e->left;
	}
	found[n++] = e;
	for (unsigned i = 0; i < n; i++)
		ret[i] = found[n - 1 - i];
	return n;
}

/* The operands from `first` on into the next registers, and the instruction. */
static void join(struct compiler *c, struct vbs_expr **operands, unsigned first, unsigned n,
		 unsigned window)
{
	for (unsigned i = first; i < n; i++)
		vbs_compile_reading_arg(c, operands[i]);
	vbs_emit(c, VBS_JOIN, window, n - 1, first);
	vbs_mark_clean(c, window, window + n - 1);
}

bool vbs_compile_join(struct compiler *c, struct vbs_expr *e, unsigned reg)
{
	unsigned saved = c->fn->temp, window = vbs_is_newest(c, reg) ? reg : saved, n;
	struct vbs_expr *operands[JOIN_MAX];

	n = find_operands(c, e, operands);
	if (n < 3)
		return false;
	c->fn->temp = window;
	join(c, operands, 0, n, window);
	c->fn->temp = saved;
	if (window != reg)
		vbs_emit(c, VBS_TAKE, reg, window, 0);
	vbs_mark_dirty(c, reg);
	return true;
}

bool vbs_compile_join_onto(struct compiler *c, struct vbs_expr *target, struct vbs_expr *e)
{
	struct vbs_expr *operands[JOIN_MAX];
	unsigned saved = c->fn->temp, n;

	if (!is_join(e))
		return false;
	n = find_operands(c, e, operands);
	if (n < 3 || operands[0]->kind != E_NAME || operands[0]->symbol != target->symbol)
		return false;
	vbs_compile_reference(c, target, vbs_temp(c));
	join(c, operands, 1, n, saved);
	c->fn->temp = saved;
	return true;
}
