/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier: checks a program against the opcode table, so that a mistake of the compiler is
 * found before the machine trips over it. Pure.
 */
#include "script/vbs/builtin.h"
#include "script/vbs/program.h"

#include "base/mem.h"

struct verifier {
	const struct vbs_program *program;
	const struct vbs_proc *proc;
	uint8_t *starts; /* 1 where an instruction begins */
};

static const char *check_operand(const struct verifier *v, char kind, uint32_t word, unsigned n)
{
	switch (kind) {
	case 'R':
	case 'W':
	case 'M':
		/* 255 is the documented "none" of the instructions that look a name up. */
		return n < v->proc->registers ? NULL : "register out of range";
	case 'D':
		return n + OP_B(word) < v->proc->registers ? NULL : "window out of range";
	case 'V':
		return n + OP_B(word) + 1 < v->proc->registers ? NULL : "window out of range";
	case 'K':
		return n < v->proc->constant_count ? NULL : "constant out of range";
	default:
		return NULL;
	}
}

static const char *check_x(const struct verifier *v, char kind, uint32_t at)
{
	uint32_t x = v->proc->code[at];

	switch (kind) {
	case 'J':
		x += at;
		return x < v->proc->code_count && v->starts[x] ? NULL : "jump into nowhere";
	case 'K':
		return x < v->proc->constant_count ? NULL : "constant out of range";
	case 'G':
		return x < v->program->global_count ? NULL : "global out of range";
	case 'F':
		return x < vbs_builtin_count() ? NULL : "built-in out of range";
	case 'T':
		return x < v->program->site_count ? NULL : "site out of range";
	case 'P':
		return x < v->program->proc_count ? NULL : "procedure out of range";
	default:
		return NULL;
	}
}

static const char *find_starts(struct verifier *v, uint32_t *ret_pc)
{
	uint32_t pc = 0, op = VBS_NOP;

	while (pc < v->proc->code_count) {
		*ret_pc = pc;
		op = v->proc->code[pc] & 0xFF;
		if (op >= VBS_OPCODE_COUNT)
			return "unknown instruction";
		v->starts[pc] = 1;
		pc += vbs_ops[op].x != '_' ? 2 : 1;
	}
	if (pc != v->proc->code_count)
		return "instruction cut short";
	return op == VBS_RET ? NULL : "code runs over its end";
}

static const char *check_code(struct verifier *v, uint32_t *ret_pc)
{
	const char *wrong = find_starts(v, ret_pc);

	for (uint32_t pc = 0; pc < v->proc->code_count && !wrong; pc++) {
		uint32_t word = v->proc->code[pc];
		const struct vbs_op_info *op;

		if (!v->starts[pc])
			continue;
		*ret_pc = pc;
		op = &vbs_ops[word & 0xFF];
		wrong = check_operand(v, op->a, word, OP_A(word));
		if (!wrong)
			wrong = check_operand(v, op->b, word, OP_B(word));
		if (!wrong)
			wrong = check_operand(v, op->c, word, OP_C(word));
		if (!wrong && op->x != '_')
			wrong = check_x(v, op->x, pc + 1);
		/* Instructions with conditions of their own. */
		if (!wrong && ((word & 0xFF) == VBS_FORLOOP || (word & 0xFF) == VBS_FORINC) &&
		    OP_B(word) + 2u >= v->proc->registers)
			wrong = "loop registers out of range";
		if (!wrong && (word & 0xFF) == VBS_JOIN && OP_B(word) >= JOIN_MAX)
			wrong = "too many operands";
	}
	return wrong;
}

static const char *check_lines(const struct verifier *v, uint32_t *ret_pc)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < v->proc->line_count; i++) {
		const struct vbs_line *l = &v->proc->lines[i];

		*ret_pc = l->pc;
		if (l->pc < last || l->pc > v->proc->code_count)
			return "line table out of order";
		if (l->live > v->proc->registers)
			return "line table: registers out of range";
		if (l->stmt && l->pc < v->proc->code_count && !v->starts[l->pc])
			return "statement inside an instruction";
		last = l->pc;
	}
	return NULL;
}

const char *vbs_verify(const struct vbs_program *program, uint32_t *ret_proc, uint32_t *ret_pc)
{
	struct verifier v = { .program = program };
	const char *wrong = NULL;
	uint32_t pc = 0;

	for (uint32_t i = 0; i < program->proc_count && !wrong; i++) {
		v.proc = &program->procs[i];
		if (!v.proc->code_count || v.proc->param_count >= v.proc->registers) {
			wrong = "empty procedure";
		} else {
			v.starts = mem_zalloc(v.proc->code_count, 1);
			if (!v.starts)
				return NULL; /* nothing can be said */
			wrong = check_code(&v, &pc);
			if (!wrong)
				wrong = check_lines(&v, &pc);
			mem_free(v.starts);
		}
		if (wrong && ret_proc)
			*ret_proc = i;
		if (wrong && ret_pc)
			*ret_pc = pc;
	}
	return wrong;
}
