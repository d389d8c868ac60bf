/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling statements. Blocks that need state while they run (loops, With, Select) keep it in
 * registers below those of the statements inside.
 */
#include "script/vbs/compile.h"

#define LABEL ((struct label){ -1, -1 })

static void compile_stmt(struct compiler *c, struct vbs_stmt *s);

void vbs_compile_block(struct compiler *c, struct vbs_stmt *s)
{
	for (; s && !compile_failed(c); s = s->next) {
		if (s->kind == S_CONST)
			continue;
		vbs_emit_place(c, s->place);
		compile_stmt(c, s);
		vbs_emit_clean(c);
	}
}

/* Closes a block statement: the code that follows belongs to its last line. */
static void at_end(struct compiler *c, const struct vbs_stmt *s)
{
	vbs_emit_place(c, s->end);
}

/* ---- declarations ---- */

/* Dim a(2, 3) and ReDim a(x): the variable's reference, then the upper bounds. */
static void compile_bounds(struct compiler *c, struct vbs_expr *name, struct vbs_var *v,
			   unsigned flags)
{
	unsigned saved = c->fn->temp, window = vbs_temp(c);

	vbs_compile_reference(c, name, window);
	for (unsigned i = 0; i < v->dims; i++)
		vbs_compile_expr(c, v->bounds[i], vbs_temp(c));
	vbs_emit(c, VBS_REDIM, window, v->dims, flags);
	c->fn->temp = saved;
}

void vbs_compile_dim(struct compiler *c, struct vbs_expr *name, struct vbs_var *v)
{
	if (!v->array)
		return;
	vbs_emit_line(c, v->place);
	compile_bounds(c, name, v, v->dims ? 2 : 0);
}

static void compile_redim(struct compiler *c, struct vbs_stmt *s)
{
	for (struct vbs_var *v = s->vars; v; v = v->next) {
		struct vbs_expr name = { .kind = E_NAME, .symbol = v->symbol, .place = v->place };

		compile_bounds(c, &name, v, s->flags ? 1 : 0);
		vbs_emit_clean(c);
	}
}

static void compile_erase(struct compiler *c, struct vbs_stmt *s)
{
	unsigned saved = c->fn->temp, reg = vbs_temp(c);

	vbs_compile_reference(c, s->target, reg);
	vbs_emit(c, VBS_ERASE, reg, 0, 0);
	c->fn->temp = saved;
}

/* ---- If and Select ---- */

/* The end of a branch. It is a place to go on at: after an error in the last statement of a branch
 * On Error Resume Next must not fall into the next branch. */
static void leave_branch(struct compiler *c, struct vbs_place place, struct label *end)
{
	vbs_emit_place(c, place);
	vbs_emit_jump(c, VBS_JMP, 0, 0, 0, end);
}

static void compile_if(struct compiler *c, struct vbs_stmt *s)
{
	struct label other = LABEL, end = LABEL;

	/* An ElseIf chain is walked, not recursed into. */
	for (;;) {
		unsigned low, high;

		other = LABEL;
		vbs_compile_condition(c, s->expr, false, &other);
		low = c->fn->dirty_low;
		high = c->fn->dirty_high;
		vbs_emit_clean(c);
		vbs_compile_block(c, s->body);
		if (s->other || low <= high)
			leave_branch(c, s->place, &end);
		vbs_label_place(c, &other);
		c->fn->dirty_low = low;
		c->fn->dirty_high = high;
		vbs_emit_clean(c);
		if (!s->other)
			break;
		if (!vbs_else_if(s)) {
			vbs_compile_block(c, s->other);
			break;
		}
		s = vbs_else_if(s);
		vbs_emit_place(c, s->place);
	}
	vbs_label_place(c, &end);
}

/* An error in the head goes on behind End Select, one in a test with the statements of its Case;
 * both are reported at the Select (known from the published tests of Wine's engine). */
static void compile_select(struct compiler *c, struct vbs_stmt *s)
{
	unsigned saved = c->fn->temp, subject = vbs_temp(c);
	struct label end = LABEL, first = LABEL;

	/* The subject is a value from here on: its object is asked for its default once. */
	vbs_compile_expr(c, s->expr, subject);
	vbs_emit(c, VBS_LET, subject, subject, 0);
	vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &first);
	leave_branch(c, s->place, &end);
	vbs_label_place(c, &first);
	for (struct vbs_case *k = s->cases; k && !compile_failed(c); k = k->next) {
		struct label body = LABEL, next = LABEL;

		vbs_emit_line(c, s->place);
		for (unsigned i = 0; i < k->count; i++) {
			unsigned mark = c->fn->temp;
			unsigned test = vbs_compile_operand(c, k->tests[i], true);

			/* 2: the subject stays for the next test. */
			vbs_emit_jump(c, VBS_JEQ, subject, test, 1 | 2, &body);
			c->fn->temp = mark;
		}
		if (k->count)
			vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &next);
		vbs_label_place(c, &body);
		vbs_compile_block(c, k->body);
		leave_branch(c, k->place, &end);
		vbs_label_place(c, &next);
	}
	vbs_label_place(c, &end);
	at_end(c, s);
	vbs_emit(c, VBS_CLEAR, subject, 0, 0);
	c->fn->temp = saved;
}

/* ---- loops ---- */

static void loop_enter(struct compiler *c, struct loop *loop, uint8_t word)
{
	*loop = (struct loop){
		.word = word, .exit = LABEL, .temp = c->fn->temp, .up = c->fn->loops
	};
	c->fn->loops = loop;
}

static void loop_leave(struct compiler *c, struct loop *loop)
{
	c->fn->loops = loop->up;
	vbs_label_place(c, &loop->exit);
}

/* After an error in the head the body runs once and Next is error 92 (known from the published
 * tests of Wine's engine): its registers are emptied. */
static void compile_for(struct compiler *c, struct vbs_stmt *s)
{
	struct vbs_expr one = { .kind = E_CONST, .value = VALUE_I2(1), .place = s->place };
	unsigned saved = c->fn->temp, base = vbs_temp(c), count;
	struct label body = LABEL, store = LABEL, last = LABEL;
	enum vbs_opcode turn = s->step ? VBS_FORLOOP : VBS_FORINC;
	struct loop loop;

	vbs_temp(c);
	vbs_temp(c);
	vbs_compile_expr(c, s->expr, base);
	vbs_compile_expr(c, s->limit, base + 1);
	vbs_compile_expr(c, s->step ? s->step : &one, base + 2);
	loop_enter(c, &loop, T_FOR);
	vbs_emit_clean(c);
	vbs_emit_jump(c, VBS_FORPREP, base, 1, 0, &last);
	vbs_label_place(c, &store);
	vbs_compile_assign(c, s->target, NULL, base, false);
	vbs_emit_clean(c);
	vbs_label_place(c, &body);
	vbs_compile_block(c, s->body);
	at_end(c, s);
	if (vbs_name_register(c, s->target) != REGISTER_NONE) {
		vbs_emit_jump(c, turn, vbs_name_register(c, s->target), base, 0, &body);
	} else if (vbs_is_variable(c, s->target)) {
		/* Counts in the variable itself, wherever it is. */
		count = vbs_temp(c);
		vbs_compile_reference(c, s->target, count);
		vbs_emit_jump(c, turn, count, base, 0, &body);
		c->fn->temp = count;
	} else {
		count = vbs_temp(c);
		vbs_compile_expr(c, s->target, count);
		vbs_emit(c, VBS_TAKE, base, count, 0);
		vbs_emit_jump(c, turn, base, base, 0, &store);
		c->fn->temp = count;
	}
	if (vbs_is_variable(c, s->target))
		vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &loop.exit);
	/* The variable gets its start, or one step beyond the limit, without the body. */
	vbs_label_place(c, &last);
	vbs_compile_assign(c, s->target, NULL, base, ASSIGN_LET);
	vbs_emit_clean(c);
	loop_leave(c, &loop);
	c->fn->temp = saved;
}

/* The step to the next element stands at Next: an error in the head lets the body run once and is
 * then error 451 there, and the loop is over (known from the published tests of Wine's engine).
 * After the last element the variable is Empty. */
static void compile_each(struct compiler *c, struct vbs_stmt *s)
{
	unsigned saved = c->fn->temp, iter = vbs_temp(c), item = vbs_temp(c);
	struct label top = LABEL, next = LABEL, done = LABEL;
	struct loop loop;

	if (vbs_is_variable(c, s->expr) && !s->expr->paren)
		vbs_compile_reference(c, s->expr, iter);
	else
		vbs_compile_expr(c, s->expr, iter);
	vbs_emit(c, VBS_EACH, iter, 0, 0);
	vbs_emit_clean(c);
	loop_enter(c, &loop, T_FOR);
	vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &next);
	vbs_label_place(c, &top);
	/* Elements that are objects stay objects, whatever the variable is. */
	vbs_compile_assign(c, s->target, NULL, item, ASSIGN_RAW);
	vbs_emit_clean(c);
	vbs_compile_block(c, s->body);
	at_end(c, s);
	vbs_label_place(c, &next);
	vbs_emit_jump(c, VBS_NEXT, item, iter, 0, &done);
	vbs_emit_jump(c, VBS_BACK, 0, 0, 0, &top);
	vbs_label_place(c, &done);
	vbs_emit(c, VBS_CLEAR, item, 0, 0);
	vbs_compile_assign(c, s->target, NULL, item, ASSIGN_RAW);
	vbs_emit_clean(c);
	loop_leave(c, &loop);
	vbs_emit(c, VBS_CLEAR, iter, 1, 0);
	c->fn->temp = saved;
}

static void compile_do(struct compiler *c, struct vbs_stmt *s)
{
	struct label top = LABEL, body = LABEL;
	bool until = s->flags & DO_UNTIL;
	unsigned low = 1, high = 0;
	struct loop loop;

	/* Exit Do does not see a While: it has no loop of its own. */
	loop_enter(c, &loop, s->flags & DO_WEND ? T_WEND : T_DO);
	vbs_label_place(c, &top);
	if (!(s->flags & (DO_AFTER | DO_FOREVER))) {
		vbs_compile_condition(c, s->expr, until, &loop.exit);
		low = c->fn->dirty_low;
		high = c->fn->dirty_high;
		vbs_emit_clean(c);
	}
	vbs_compile_block(c, s->body);
	at_end(c, s);
	if (s->flags & DO_AFTER) {
		vbs_compile_condition(c, s->expr, !until, &body);
		low = c->fn->dirty_low;
		high = c->fn->dirty_high;
		vbs_emit_clean(c);
		vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &loop.exit);
		vbs_label_place(c, &body);
		c->fn->dirty_low = low;
		c->fn->dirty_high = high;
		vbs_emit_clean(c);
	}
	vbs_emit_jump(c, VBS_BACK, 0, 0, 0, &top);
	loop_leave(c, &loop);
	/* What the condition used is released on both ways. */
	c->fn->dirty_low = low;
	c->fn->dirty_high = high;
	vbs_emit_clean(c);
}

/* ---- the rest ---- */

static void compile_exit(struct compiler *c, struct vbs_stmt *s)
{
	struct fn *f = c->fn;
	struct loop *loop;
	bool fits;

	if (s->flags == T_FOR || s->flags == T_DO) {
		for (loop = f->loops; loop && loop->word != s->flags; loop = loop->up)
			;
		if (!loop) {
			vbs_emit_fail(c, 1039, s->place);
			return;
		}
		if (f->temp > loop->temp)
			vbs_emit(c, VBS_CLEAR, loop->temp, f->temp - loop->temp - 1, 0);
		vbs_emit_jump(c, VBS_JMP, 0, 0, 0, &loop->exit);
		return;
	}
	fits = s->flags == T_SUB        ? f->def->kind == PROC_SUB
	       : s->flags == T_FUNCTION ? f->def->kind == PROC_FUNCTION
					: f->def->kind >= PROC_GET;
	if (!fits)
		vbs_emit_fail(c, 1039, s->place);
	vbs_emit_return(c);
}

static void compile_with(struct compiler *c, struct vbs_stmt *s)
{
	struct fn *f = c->fn;
	unsigned saved = f->temp, object = vbs_temp(c), up = f->with;

	vbs_compile_expr(c, s->expr, object);
	vbs_emit(c, VBS_SETO, object, object, 0);
	vbs_emit_clean(c);
	f->with = object;
	vbs_compile_block(c, s->body);
	at_end(c, s);
	f->with = up;
	vbs_emit(c, VBS_CLEAR, object, 0, 0);
	f->temp = saved;
}

static void compile_call_stmt(struct compiler *c, struct vbs_stmt *s)
{
	unsigned saved = c->fn->temp, window;

	/* Keepers of lent elements go below the window: see vbs_compile_call. */
	if (s->expr->kind == E_CALL)
		for (unsigned i = 0; i < s->expr->argc; i++)
			if (s->expr->args[i]->kind == E_CALL)
				vbs_temp(c);
	window = vbs_temp(c);
	if (s->expr->kind == E_NAME && vbs_is_variable(c, s->expr)) {
		vbs_compile_reference(c, s->expr, window);
		vbs_emit(c, VBS_CALLV, window, 0, CALL_STATEMENT);
	} else if (s->expr->kind == E_NAME || s->expr->kind == E_MEMBER ||
		   s->expr->kind == E_CALL) {
		vbs_compile_call(c, s->expr, window, CALL_STATEMENT);
	} else {
		vbs_emit_fail(c, 1024, s->place);
	}
	c->fn->temp = saved;
}

static void compile_stmt(struct compiler *c, struct vbs_stmt *s)
{
	switch (s->kind) {
	case S_CALL:
		compile_call_stmt(c, s);
		break;
	case S_LET:
	case S_SET:
		vbs_compile_assign(c, s->target, s->expr, 0, s->kind == S_SET);
		break;
	case S_REDIM:
		compile_redim(c, s);
		break;
	case S_ERASE:
		compile_erase(c, s);
		break;
	case S_IF:
		compile_if(c, s);
		break;
	case S_SELECT:
		compile_select(c, s);
		break;
	case S_FOR:
		compile_for(c, s);
		break;
	case S_EACH:
		compile_each(c, s);
		break;
	case S_DO:
		compile_do(c, s);
		break;
	case S_EXIT:
		compile_exit(c, s);
		break;
	case S_WITH:
		compile_with(c, s);
		break;
	case S_ERROR:
		vbs_emit(c, VBS_ONERR, 0, s->flags, 0);
		break;
	default: /* S_DIM: done at the start of the procedure */
		break;
	}
}
