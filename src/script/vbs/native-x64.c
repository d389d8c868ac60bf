/* SPDX-License-Identifier: Apache-2.0 */
/* The assembler of native-x64.h. Called by native-emit.c and its siblings. */
#include "script/vbs/native-x64.h"

#include <string.h>

#define INSTRUCTION_MAX 15

static void put(struct x64 *a, uint64_t bytes, unsigned count)
{
	if (a->full || a->limit - a->size < INSTRUCTION_MAX) {
		a->full = true;
		return;
	}
	memcpy(&a->code[a->size], &bytes,
	       count); /* this code runs on little-endian machines only */
	a->size += count;
}

/* ---- one instruction ---- */

static void put_opcode(struct x64 *a, unsigned prefix, bool wide, unsigned opcode, unsigned reg,
		       unsigned rm)
{
	unsigned rex = 0x40 | (unsigned)wide << 3 | (reg >> 3) << 2 | rm >> 3;

	if (prefix)
		put(a, prefix, 1);
	if (rex != 0x40)
		put(a, rex, 1);
	if (opcode > 0xFF)
		put(a, opcode >> 8, 1);
	put(a, opcode & 0xFF, 1);
}

static void put_mem(struct x64 *a, unsigned reg, enum x64_reg base, int32_t offset)
{
	bool near = offset == (int8_t)offset;

	put(a, (near ? 0x40 : 0x80) | (reg & 7) << 3 | (base & 7), 1);
	if ((base & 7) == RSP)
		put(a, 0x24, 1); /* no index */
	put(a, (uint32_t)offset, near ? 1 : 4);
}

static void put_reg(struct x64 *a, unsigned reg, unsigned rm)
{
	put(a, 0xC0 | (reg & 7) << 3 | (rm & 7), 1);
}

void x64_mem(struct x64 *a, enum x64_op op, unsigned reg, enum x64_reg base, int32_t offset)
{
	put_opcode(a, (uint32_t)op >> 24, op & X64_WIDE, op & 0xFFFF, reg, base);
	put_mem(a, reg, base, offset);
}

void x64_reg(struct x64 *a, enum x64_op op, unsigned reg, unsigned rm)
{
	put_opcode(a, (uint32_t)op >> 24, op & X64_WIDE, op & 0xFFFF, reg, rm);
	put_reg(a, reg, rm);
}

static void put_immediate(struct x64 *a, enum x64_op1 op, int32_t imm)
{
	static const uint8_t bytes[] = { 0, 1, 2, 4 };

	put(a, (uint32_t)imm, bytes[op >> 26 & 3]);
}

static void put_opcode1(struct x64 *a, enum x64_op1 op, enum x64_reg rm)
{
	put_opcode(a, op & X64_WORD ? 0x66 : 0, op & X64_WIDE1, op & 0xFF, 0, rm);
}

void x64_mem1(struct x64 *a, enum x64_op1 op, enum x64_reg base, int32_t offset, int32_t imm)
{
	put_opcode1(a, op, base);
	put_mem(a, op >> 16 & 7, base, offset);
	put_immediate(a, op, imm);
}

void x64_reg1(struct x64 *a, enum x64_op1 op, enum x64_reg rm, int32_t imm)
{
	put_opcode1(a, op, rm);
	put_reg(a, op >> 16 & 7, rm);
	put_immediate(a, op, imm);
}

void x64_imm64(struct x64 *a, enum x64_reg reg, uint64_t imm)
{
	if (imm == (uint32_t)imm) { /* the upper half becomes 0 */
		x64_reg1(a, X64_MOV_IMM32, reg, (int32_t)imm);
		return;
	}
	put_opcode(a, 0, true, 0xB8 | (reg & 7), 0, reg);
	put(a, imm, 8);
}

void x64_set(struct x64 *a, enum x64_condition condition, enum x64_reg reg)
{
	put_opcode(a, 0, false, 0x0F90 | condition, 0, reg);
	put_reg(a, 0, reg);
}

void x64_push(struct x64 *a, enum x64_reg reg)
{
	put_opcode(a, 0, false, 0x50 | (reg & 7), 0, reg);
}

void x64_pop(struct x64 *a, enum x64_reg reg)
{
	put_opcode(a, 0, false, 0x58 | (reg & 7), 0, reg);
}

void x64_ret(struct x64 *a)
{
	put(a, 0xC3, 1);
}

void x64_cdq(struct x64 *a)
{
	put(a, 0x99, 1);
}

/* ---- labels ---- */

/* The operand of a jump is counted from its end. */
static void put_use(struct x64 *a, struct x64_label *label)
{
	int32_t at = (int32_t)a->size;

	put(a, (uint32_t)(label->at >= 0 ? label->at - (at + 4) : label->uses), 4);
	if (label->at < 0 && !a->full)
		label->uses = at;
}

void x64_bind(struct x64 *a, struct x64_label *label)
{
	int32_t use = label->uses, next, distance;

	label->at = (int32_t)a->size;
	for (; use >= 0 && !a->full; use = next) {
		memcpy(&next, &a->code[use], 4);
		distance = label->at - (use + 4);
		memcpy(&a->code[use], &distance, 4);
	}
}

void x64_jump(struct x64 *a, struct x64_label *label)
{
	put(a, 0xE9, 1);
	put_use(a, label);
}

void x64_jump_if(struct x64 *a, enum x64_condition condition, struct x64_label *label)
{
	put(a, 0x0F | (0x80 | condition) << 8, 2);
	put_use(a, label);
}

void x64_address(struct x64 *a, enum x64_reg reg, struct x64_label *label)
{
	put_opcode(a, 0, true, 0x8D, reg, 0);
	put(a, 0x05 | (reg & 7) << 3, 1); /* relative to the instruction's end */
	put_use(a, label);
}

void x64_align(struct x64 *a, unsigned alignment)
{
	while (a->size % alignment && !a->full)
		put(a, 0xCC, 1);
}

void x64_place(struct x64 *a, struct x64_label *label)
{
	put_use(a, label);
}

void x64_word(struct x64 *a, uint32_t word)
{
	put(a, word, 4);
}
