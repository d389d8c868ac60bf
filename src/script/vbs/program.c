/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs: lifetime, look-ups, the disassembler and the verifier, all driven by the opcode table.
 */
#include "script/vbs/program.h"
#include "script/vbs/native.h"

#include "base/buf.h"
#include "base/mem.h"
#include "script/vbs/builtin.h"
#include "script/vbs/convert.h"

const struct vbs_op_info vbs_ops[VBS_OPCODE_COUNT] = {
#define KIND(k) #k[0]
#define X(name, a, b, c, x, text) { #name, KIND(a), KIND(b), KIND(c), KIND(x), text },
	VBS_OPCODES(X)
#undef X
};

/* ---- lifetime ---- */

struct vbs_program *vbs_program_ref(struct vbs_program *program)
{
	__atomic_add_fetch(&program->refs, 1, __ATOMIC_RELAXED);
	return program;
}

struct vbs_program *vbs_program_unref(struct vbs_program *p)
{
	if (!p || __atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	for (uint32_t i = 0; i < p->proc_count; i++) {
		vbs_native_free(p->procs[i].native);
		for (uint32_t k = 0; k < p->procs[i].constant_count; k++)
			value_clear(&p->procs[i].constants[k]);
	}
	for (uint32_t i = 0; i < p->name_count; i++)
		SysFreeString(p->names[i].bstr);
	arena_done(&p->arena);
	mem_free(p);
	return NULL;
}

size_t vbs_program_size(const struct vbs_program *p)
{
	size_t size = sizeof *p + p->arena.used;

	for (uint32_t i = 0; i < p->proc_count; i++) {
		size += vbs_native_size(vbs_native_of(&p->procs[i]));
		for (uint32_t k = 0; k < p->procs[i].constant_count; k++)
			if (p->procs[i].constants[k].type == VT_BSTR)
				size += SysStringByteLen(p->procs[i].constants[k].str) + 24;
	}
	return size;
}

bool vbs_program_has_procedure(const struct vbs_program *p, struct text name)
{
	for (uint32_t i = 1; i < p->global_proc_count; i++)
		if (text_equal_nocase(p->names[p->procs[i].name].text, name))
			return true;
	return false;
}

const struct vbs_line *vbs_line_at(const struct vbs_proc *proc, uint32_t pc)
{
	size_t low = 0, high = proc->line_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (proc->lines[mid].pc <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &proc->lines[low - 1] : NULL;
}

char *vbs_program_line_text(const struct vbs_program *p, uint16_t file, uint32_t line)
{
	for (size_t i = 0; i < p->segment_count; i++) {
		const struct vbs_segment *s = &p->segments[i];
		struct text rest = s->code;
		uint32_t at = s->line ? s->line : 1;

		if (s->file != file || at > line)
			continue;
		for (; rest.data; at++) {
			struct text here = text_cut(&rest, '\n');
			char *copy;

			if (at != line)
				continue;
			if (here.length && here.data[here.length - 1] == '\r')
				here.length--;
			if (!here.length)
				break;
			copy = mem_alloc(here.length + 1);
			if (copy) {
				memcpy(copy, here.data, here.length);
				copy[here.length] = 0;
			}
			return copy;
		}
	}
	return NULL;
}

/* ---- disassembly ---- */

static void dump_value(const struct value *v, struct buf *out)
{
	char text[VBS_NUMBER_SIZE];

	switch (v->type) {
	case VT_BSTR:
		buf_putc(out, '"');
		buf_put_utf16(out, v->str, value_str_length(v));
		buf_putc(out, '"');
		break;
	case VT_R8:
	case VT_DATE:
		vbs_number_format(v->d, 15, text);
		buf_puts(out, text);
		break;
	default:
		buf_printf(out, "%lld", (long long)v->i);
	}
}

static void dump_x(const struct vbs_program *p, const struct vbs_proc *proc, char kind, uint32_t x,
		   struct buf *out)
{
	switch (kind) {
	case 'J':
		buf_printf(out, " -> %u", x);
		break;
	case 'K':
		buf_putc(out, ' ');
		dump_value(&proc->constants[x], out);
		break;
	case 'G':
		buf_putc(out, ' ');
		buf_put_text(out, p->names[p->globals[x].name].text);
		break;
	case 'F':
		buf_printf(out, " %s", vbs_builtin_at(x)->name);
		break;
	case 'T':
		buf_puts(out, " .");
		buf_put_text(out, p->names[p->sites[x].name].text);
		break;
	case 'P':
	case 'N':
		buf_printf(out, " #%u", x);
		break;
	default:
		break;
	}
}

static void dump_operand(const struct vbs_proc *proc, char kind, uint32_t word, unsigned n,
			 struct buf *out)
{
	switch (kind) {
	case 'R':
	case 'W':
	case 'M':
	case 'D':
	case 'V':
		buf_printf(out, " r%u", n);
		break;
	case 'N':
		buf_printf(out, " %u", n);
		break;
	case 'I':
		buf_printf(out, " %d", (int8_t)n);
		break;
	case 'K':
		buf_putc(out, ' ');
		dump_value(&proc->constants[n], out);
		break;
	case 'B':
		buf_printf(out, " %u", OP_BX(word));
		break;
	case 'S':
		buf_printf(out, " %d", OP_SBX(word));
		break;
	default:
		break;
	}
}

static void dump_proc(const struct vbs_program *p, const struct vbs_proc *proc, struct buf *out)
{
	size_t line = 0;

	buf_puts(out, "\nproc ");
	if (proc->name == NAME_NONE)
		buf_puts(out, "(global)");
	else
		buf_put_text(out, p->names[proc->name].text);
	buf_printf(out, " params=%u registers=%u\n", proc->param_count, proc->registers);
	for (uint32_t pc = 0; pc < proc->code_count;) {
		uint32_t word = proc->code[pc];
		const struct vbs_op_info *op = &vbs_ops[word & 0xFF];

		for (; line < proc->line_count && proc->lines[line].pc <= pc; line++)
			if (proc->lines[line].stmt)
				buf_printf(out, "; line %u\n", proc->lines[line].line);
		buf_printf(out, "%5u %-8s", pc, op->name);
		dump_operand(proc, op->a, word, OP_A(word), out);
		dump_operand(proc, op->b, word, OP_B(word), out);
		dump_operand(proc, op->c, word, OP_C(word), out);
		if (op->x != '_')
			dump_x(p, proc, op->x, proc->code[pc + 1] + (op->x == 'J' ? pc + 1 : 0),
			       out);
		buf_putc(out, '\n');
		pc += op->x != '_' ? 2 : 1;
	}
}

void vbs_program_dump(const struct vbs_program *p, struct buf *out)
{
	for (uint32_t i = 0; i < p->proc_count; i++)
		dump_proc(p, &p->procs[i], out);
}
