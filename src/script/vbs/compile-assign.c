/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling assignments: to variables of every kind, elements, properties; and the special form
 * x = x & y, which appends in place.
 */
#include "script/vbs/compile.h"

/* The value to assign: an expression, or a register that has it already. */
struct source {
	struct vbs_expr *expr;
	unsigned reg;
};

static unsigned source_operand(struct compiler *c, struct source *s)
{
	if (s->expr)
		return vbs_compile_operand(c, s->expr, true);
	return s->reg;
}

static void source_to(struct compiler *c, struct source *s, unsigned reg)
{
	if (s->expr)
		vbs_compile_expr(c, s->expr, reg);
	else
		vbs_emit(c, VBS_MOVE, reg, s->reg, 0);
	vbs_mark_dirty(c, reg);
}

/* Operators and literals never give objects: they may write into a variable directly. */
static bool plain(const struct source *s)
{
	return s->expr &&
	       (s->expr->kind == E_CONST || s->expr->kind == E_UNARY ||
		s->expr->kind == E_BINARY) &&
	       !(s->expr->kind == E_CONST && s->expr->value.type == VT_DISPATCH) &&
	       !(s->expr->kind == E_UNARY && s->expr->op == OP_PLUS);
}

/* Whether both are the same number or the same variable, or sums and the like of such. */
static bool same_index(struct compiler *c, const struct vbs_expr *a, const struct vbs_expr *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case E_CONST:
		return a->value.type == b->value.type && a->value.type != VT_BSTR &&
		       a->value.i == b->value.i;
	case E_NAME:
		return a->symbol == b->symbol && vbs_is_variable(c, a);
	case E_BINARY:
		return a->op == b->op && same_index(c, a->left, b->left) &&
		       same_index(c, a->right, b->right);
	default:
		return false;
	}
}

/* Whether both are the same variable, or the same element of one. */
static bool same_place(struct compiler *c, const struct vbs_expr *a, const struct vbs_expr *b)
{
	if (a->kind == E_NAME)
		return b->kind == E_NAME && a->symbol == b->symbol;
	if (a->kind != E_CALL || b->kind != E_CALL || a->argc != b->argc || !a->argc ||
	    !vbs_is_variable(c, a->left) || b->left->kind != E_NAME ||
	    a->left->symbol != b->left->symbol)
		return false;
	for (unsigned i = 0; i < a->argc; i++)
		if (!same_index(c, a->args[i], b->args[i]))
			return false;
	return true;
}

/* x = x & a & b: the tail is a & b; NULL when the expression has not this form. */
static struct vbs_expr *append_tail(struct compiler *c, const struct vbs_expr *target,
				    struct vbs_expr *e)
{
	struct vbs_expr *tail, *first = e, *copy;

	if (e->kind != E_BINARY || e->op != OP_CAT)
		return NULL;
	while (first->left->kind == E_BINARY && first->left->op == OP_CAT && !first->left->paren)
		first = first->left;
	if (!same_place(c, target, first->left))
		return NULL;
	if (first == e)
		return e->right;
	/* Rebuild without the first operand: ((x & a) & b) & c becomes (a & b) & c. */
	tail = NULL;
	for (struct vbs_expr *at = e; at != first; at = at->left) {
		copy = arena_dup(c->arena, at, sizeof *at);
		if (!copy)
			return NULL;
		if (tail)
			tail->left = copy;
		else
			e = copy;
		tail = copy;
	}
	if (tail) /* always: e is not first */
		tail->left = first->right;
	return e;
}

/* Whether the variable can be appended to without a snapshot: nothing else can change it. */
static void compile_append(struct compiler *c, struct vbs_expr *target, struct vbs_expr *tail)
{
	const struct vbs_local *l = target->kind == E_NAME ? target->symbol->local : NULL;
	unsigned ref, snapshot, operand;

	if (l && !l->ref && !l->far && !vbs_expr_calls(c, tail)) {
		operand = vbs_compile_reader(c, tail, true);
		vbs_emit(c, VBS_CAT, l->reg, l->reg, operand);
		vbs_used_up(c, operand);
		return;
	}
	snapshot = REGISTER_NONE;
	if (target->kind != E_NAME || vbs_expr_calls(c, tail)) {
		snapshot = vbs_temp(c);
		vbs_compile_expr(c, target, snapshot);
		vbs_mark_dirty(c, snapshot);
	}
	operand = vbs_compile_reader(c, tail, true);
	ref = vbs_temp(c);
	vbs_compile_reference(c, target, ref);
	vbs_emit(c, VBS_APPEND, ref, snapshot == REGISTER_NONE ? ref : snapshot, operand);
}

static void assign_element(struct compiler *c, struct vbs_expr *target, struct source *s,
			   unsigned set);

static void raise_illegal(struct compiler *c, const struct vbs_expr *target)
{
	vbs_emit_x(c, VBS_RAISE, 0, 501 & 0xFF, 501 >> 8,
		   vbs_text_constant(c, target->symbol->text));
}

static void assign_local(struct compiler *c, const struct vbs_local *l, struct source *s,
			 unsigned set)
{
	unsigned value;

	if (set) {
		value = source_operand(c, s);
		vbs_emit(c, set == ASSIGN_RAW ? VBS_MOVE : VBS_SETO, l->reg, value, 0);
	} else if (plain(s)) {
		vbs_compile_expr(c, s->expr, l->reg);
	} else {
		value = source_operand(c, s);
		vbs_emit(c, VBS_LET, l->reg, value, value >= c->fn->first_temp && s->expr);
		if (value >= c->fn->first_temp && s->expr)
			vbs_mark_clean(c, value, value);
	}
}

/* A property of the class whose code this is, by its bare name. */
static void assign_own(struct compiler *c, struct vbs_expr *target, struct vbs_expr *call,
		       struct source *s, unsigned set)
{
	const struct vbs_member *m = &compile_class_here(c)->members[target->symbol->member->index];
	uint32_t proc = set ? m->set : m->let;
	unsigned window, argc = call ? call->argc : 0;

	if (m->kind != MEMBER_PROPERTY || proc == PROC_NONE) {
		raise_illegal(c, target);
		return;
	}
	window = vbs_temp(c);
	if (!c->class)
		vbs_emit(c, VBS_ME, window, 0, 0);
	if (call)
		vbs_compile_args(c, call, true);
	source_to(c, s, vbs_temp(c));
	if (c->class)
		vbs_emit_x(c, VBS_CALLP, window, argc + 1, CALL_STATEMENT, proc);
	else
		vbs_emit_x(c, VBS_PUTM, window, argc, set, vbs_site_of(c, target));
	vbs_mark_clean(c, window, window + argc + 1);
}

static void assign_name(struct compiler *c, struct vbs_expr *target, struct source *s, unsigned set)
{
	struct vbs_symbol *symbol = target->symbol;
	struct vbs_local *l = symbol->local;
	struct vbs_expr *tail = NULL;
	unsigned value, ref;

	if (l && l->value) {
		raise_illegal(c, target);
		return;
	}
	if (!set && s->expr && vbs_is_variable(c, target) &&
	    vbs_compile_join_onto(c, target, s->expr))
		return;
	if (!set && s->expr && vbs_is_variable(c, target))
		tail = append_tail(c, target, s->expr);
	if (tail) {
		compile_append(c, target, tail);
	} else if (l && !l->unsure && !l->ref && !l->far) {
		assign_local(c, l, s, set);
	} else if (l && !l->unsure && !l->far) {
		value = source_operand(c, s);
		vbs_emit(c, VBS_SETR, l->reg, value, set);
		if (s->expr)
			vbs_used_up(c, value);
	} else if (l && !l->unsure) {
		value = source_operand(c, s);
		ref = vbs_temp(c);
		vbs_compile_reference(c, target, ref);
		vbs_emit(c, VBS_SETR, ref, value, set);
	} else if (l) {
		value = vbs_temp(c);
		source_to(c, s, value);
		vbs_emit_x(c, VBS_SETX, value, l->far ? REGISTER_NONE : l->reg, set,
			   vbs_global_of(c, symbol, 0));
	} else if (symbol->member && symbol->member->kind == DECL_FIELD && set == ASSIGN_LET) {
		unsigned field = compile_class_here(c)->members[symbol->member->index].field;

		value = source_operand(c, s);
		vbs_emit(c, VBS_SETM, value, field & 0xFF, field >> 8);
		if (s->expr)
			vbs_used_up(c, value);
	} else if (symbol->member && symbol->member->kind == DECL_FIELD) {
		value = source_operand(c, s);
		ref = vbs_temp(c);
		vbs_compile_reference(c, target, ref);
		vbs_emit(c, VBS_SETR, ref, value, set);
	} else if (symbol->member) {
		assign_own(c, target, NULL, s, set);
	} else if (symbol->decl ? symbol->decl->kind >= DECL_CONST
				: symbol->builtin >= 0 &&
					  !(c->scope && c->scope->is_global &&
					    c->scope->is_global(c->scope->ctx, symbol->text))) {
		raise_illegal(c, target);
	} else if (vbs_name_register(c, target) != REGISTER_NONE) {
		value = source_operand(c, s);
		vbs_emit(c, VBS_SETR, vbs_name_register(c, target), value, set);
		if (s->expr)
			vbs_used_up(c, value);
	} else {
		value = vbs_temp(c);
		source_to(c, s, value);
		vbs_emit_x(c, VBS_SETG, value, set, 0, vbs_global_of(c, symbol, 0));
		vbs_mark_clean(c, value, value);
	}
}

/* a(i) = a(i) & tail: in place when `a` is an array; an object is asked and told as usual. */
static void append_element(struct compiler *c, struct vbs_expr *target, struct vbs_expr *tail,
			   struct source *s)
{
	struct label other = { -1, -1 }, end = { -1, -1 };
	unsigned saved = c->fn->temp, low, high;
	unsigned base = vbs_compile_operand(c, target->left, true);

	vbs_emit_jump(c, VBS_JNARR, base, 0, 0, &other);
	c->fn->temp = saved;
	compile_append(c, target, tail);
	low = c->fn->dirty_low;
	high = c->fn->dirty_high;
	vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &end);
	vbs_label_place(c, &other);
	c->fn->temp = saved;
	assign_element(c, target, s, ASSIGN_LET);
	vbs_label_place(c, &end);
	/* What either way leaves is released. */
	if (low <= high) {
		vbs_mark_dirty(c, low);
		vbs_mark_dirty(c, high);
	}
}

/* x(i) = v, o(i) = v, a(i)(j) = v */
static void assign_element(struct compiler *c, struct vbs_expr *target, struct source *s,
			   unsigned set)
{
	unsigned window, base, index, value, saved = c->fn->temp;

	if (target->left->kind == E_NAME && target->left->symbol->member &&
	    target->left->symbol->member->kind == DECL_MEMBER && !target->left->symbol->local) {
		assign_own(c, target->left, target, s, set);
		return;
	}
	if (!set && target->argc == 1 && target->args[0]->kind != E_MISSING &&
	    vbs_is_variable(c, target->left)) {
		index = vbs_compile_operand(c, target->args[0],
					    !s->expr || !vbs_expr_calls(c, s->expr));
		value = source_operand(c, s);
		base = vbs_compile_operand(c, target->left, true);
		vbs_emit(c, VBS_SETI, base, index, value);
		vbs_used_up(c, saved);
		return;
	}
	window = vbs_temp(c);
	vbs_compile_reference(c, target->left, window);
	if (c->fn->temp > window + 1) {
		/* The locks of outer arrays live above: the window moves behind them. */
		base = window;
		window = vbs_temp(c);
		vbs_emit(c, VBS_TAKE, window, base, 0);
	}
	vbs_mark_dirty(c, window);
	vbs_compile_args(c, target, true);
	source_to(c, s, vbs_temp(c));
	vbs_emit(c, VBS_PUTV, window, target->argc, set);
	vbs_mark_clean(c, window, window + target->argc + 1);
}

/* obj.prop = v, obj.prop(args) = v, .prop = v */
static void assign_member(struct compiler *c, struct vbs_expr *member, struct vbs_expr *call,
			  struct source *s, unsigned set)
{
	unsigned window = vbs_temp(c);
	bool borrow = !s->expr || !vbs_expr_calls(c, s->expr);

	for (unsigned i = 0; call && i < call->argc; i++)
		borrow &= !vbs_expr_calls(c, call->args[i]);
	if (member->left) {
		vbs_compile_object(c, member->left, window, borrow);
	} else if (c->fn->with == REGISTER_NONE) {
		vbs_emit_x(c, VBS_RAISE, 0, 505 & 0xFF, 505 >> 8,
			   vbs_text_constant(c, member->symbol->text));
		return;
	} else {
		vbs_emit(c, VBS_MOVE, window, c->fn->with, 0);
	}
	vbs_mark_dirty(c, window);
	if (call)
		vbs_compile_args(c, call, true);
	source_to(c, s, vbs_temp(c));
	vbs_emit_x(c, VBS_PUTM, window, call ? call->argc : 0, set, vbs_site_of(c, member));
	vbs_mark_clean(c, window, window + (call ? call->argc : 0) + 1);
}

void vbs_compile_assign(struct compiler *c, struct vbs_expr *target, struct vbs_expr *value,
			unsigned from, unsigned set)
{
	struct source s = { value, from };
	unsigned saved = c->fn->temp;
	struct vbs_expr *tail;

	if (compile_failed(c))
		return;
	if (target->kind == E_NAME)
		assign_name(c, target, &s, set);
	else if (target->kind == E_MEMBER)
		assign_member(c, target, NULL, &s, set);
	else if (target->kind == E_CALL && target->left->kind == E_MEMBER)
		assign_member(c, target->left, target, &s, set);
	else if (target->kind == E_CALL && set == ASSIGN_LET && value &&
		 !vbs_expr_calls(c, value) && (tail = append_tail(c, target, value)))
		append_element(c, target, tail, &s);
	else if (target->kind == E_CALL)
		assign_element(c, target, &s, set);
	else
		vbs_emit_fail(c, 1002, target->place);
	c->fn->temp = saved;
}
