/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot globals: the variables that the loops of global code use most get registers that hold
 * references to them, so that a loop on a page runs as fast as one in a procedure.
 *
 * What a global name is shows only when the program is bound: another program, or the host, may
 * have taken it. So the code is made twice. The plain code asks every time; making it counts what
 * loops use. Behind it comes the code with registers, which is entered when all of them are
 * variables (BINDG, BOUND). A program that uses Execute could make names something else while it
 * runs: it has the plain code alone.
 */
#include "script/vbs/compile.h"

void vbs_hot_reserve(struct compiler *c)
{
	struct fn *f = c->fn;

	if (!f->global || c->scope || c->dynamic || f->temp + HOT_GLOBALS >= REGISTERS_MAX / 2)
		return;
	f->hot_reg = f->temp;
	for (unsigned i = 0; i < HOT_GLOBALS; i++)
		vbs_temp(c);
}

unsigned vbs_hot_register(struct compiler *c, struct vbs_symbol *symbol)
{
	struct fn *f = c->fn;
	unsigned i = 0;

	if (!f->hot_reg || (!f->bound && !f->loops))
		return REGISTER_NONE;
	while (i < f->hot_count && f->hot[i].symbol != symbol)
		i++;
	if (f->bound)
		return i < f->hot_count ? f->hot_reg + i : REGISTER_NONE;
	if (i < HOT_CANDIDATES) {
		if (i == f->hot_count)
			f->hot[f->hot_count++] = (struct hot){ symbol, 0 };
		f->hot[i].uses++;
	}
	return REGISTER_NONE;
}

/* The most used to the front; the others are forgotten. */
static void choose(struct fn *f)
{
	for (unsigned i = 0; i < f->hot_count && i < HOT_GLOBALS; i++)
		for (unsigned k = i + 1; k < f->hot_count; k++)
			if (f->hot[k].uses > f->hot[i].uses) {
				struct hot swap = f->hot[i];

				f->hot[i] = f->hot[k];
				f->hot[k] = swap;
			}
	if (f->hot_count > HOT_GLOBALS)
		f->hot_count = HOT_GLOBALS;
}

/* A jump in front of the plain code. Jumps are relative, so that code can be moved. */
static void insert_jump(struct fn *f, size_t begin, size_t line)
{
	memmove(&f->code[begin + 2], &f->code[begin],
		(f->code_count - 2 - begin) * sizeof *f->code);
	f->code[begin] = OP_MAKE(VBS_JMP, 0, 0, 0);
	f->code[begin + 1] = f->code_count - (begin + 1);
	for (size_t i = line; i < f->line_count; i++)
		f->lines[i].pc += 2;
}

bool vbs_hot_begin(struct compiler *c, size_t begin, size_t line)
{
	struct fn *f = c->fn;
	struct label plain = { .pc = (int64_t)begin + 2, .patches = -1 };

	if (!f->hot_count || compile_failed(c))
		return false;
	choose(f);
	/* Two words more, wherever they come from. */
	vbs_emit_x(c, VBS_JMP, 0, 0, 0, 0);
	if (compile_failed(c))
		return false;
	insert_jump(f, begin, line);
	for (unsigned i = 0; i < f->hot_count; i++)
		vbs_emit_x(c, VBS_BINDG, f->hot_reg + i, 0, 0,
			   vbs_global_of(c, f->hot[i].symbol, 0));
	vbs_emit_jump(c, VBS_BOUND, f->hot_reg, f->hot_count - 1, 0, &plain);
	f->bound = true;
	return true;
}
