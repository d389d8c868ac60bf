/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An assembler for x86-64, as much of it as native code of procedures needs: instructions between
 * a register and memory at base + offset, between two registers, with an immediate; jumps to
 * labels. It writes into a buffer of the caller; code that does not fit is cut, and `full` says
 * so. Encodings: Intel's Software Developer's Manual, volume 2.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum x64_reg {
	RAX,
	RCX,
	RDX,
	RBX,
	RSP,
	RBP,
	RSI,
	RDI,
	R8,
	R9,
	R10,
	R11,
	R12,
	R13,
	R14,
	R15,
	/* In the place of a register where an instruction has SSE operands. */
	XMM0 = 0,
	XMM1,
	XMM2,
};

struct x64 {
	uint8_t *code;
	size_t size, limit;
	bool full;
};

/* A place to jump to. Until it is bound, the jumps to it hang together in their own operands. */
struct x64_label {
	int32_t at, uses; /* offsets, -1: none */
};
#define X64_LABEL ((struct x64_label){ -1, -1 })

/* Instructions: the opcode, a mandatory prefix in bits 24-31, and whether the operand has 64 bits.
 * The first operand is written, but for stores and compares. */
#define X64_WIDE 0x10000u
#define X64_PREFIX(byte) ((uint32_t)(byte) << 24)
enum x64_op {
	X64_LOAD = X64_WIDE | 0x8B, /* also from register to register */
	X64_LOAD32 = 0x8B,
	X64_LOAD16 = 0x0FB7, /* zero-extended */
	X64_LOAD8 = 0x0FB6,
	X64_SIGN16 = X64_WIDE | 0x0FBF,
	X64_SIGN32 = X64_WIDE | 0x63,
	X64_STORE = X64_WIDE | 0x89,
	X64_STORE32 = 0x89,
	X64_LEA = X64_WIDE | 0x8D,
	X64_LEA32 = 0x8D,
	X64_ADD = X64_WIDE | 0x03,
	X64_SUB = X64_WIDE | 0x2B,
	X64_MUL = X64_WIDE | 0x0FAF,
	X64_AND = X64_WIDE | 0x23,
	X64_OR = X64_WIDE | 0x0B,
	X64_OR32 = 0x0B,
	X64_XOR32 = 0x33,
	X64_CMP = X64_WIDE | 0x3B,
	X64_CMP32 = 0x3B,
	X64_TEST = X64_WIDE | 0x85,
	X64_TEST32 = 0x85,
	X64_MOVSD = X64_PREFIX(0xF2) | 0x0F10,
	X64_MOVSD_STORE = X64_PREFIX(0xF2) | 0x0F11,
	X64_ADDSD = X64_PREFIX(0xF2) | 0x0F58,
	X64_MULSD = X64_PREFIX(0xF2) | 0x0F59,
	X64_SUBSD = X64_PREFIX(0xF2) | 0x0F5C,
	X64_DIVSD = X64_PREFIX(0xF2) | 0x0F5E,
	X64_UCOMISD = X64_PREFIX(0x66) | 0x0F2E,
	X64_XORPD = X64_PREFIX(0x66) | 0x0F57,
	X64_CVTSI2SD = X64_PREFIX(0xF2) | X64_WIDE | 0x0F2A,
	X64_MOVQ_TO_REG = X64_PREFIX(0x66) | X64_WIDE | 0x0F7E, /* x64_reg(xmm, reg) */
};

/* Instructions of one operand, or of one and an immediate: opcode, and bits 16-18: the digit of
 * the manual ("/5"), bit 24: 64 bits, bits 26 and 27: bytes of the immediate (1, 2: two, 3: four),
 * bit 28: operands of 16 bits. */
#define X64_DIGIT(n) ((uint32_t)(n) << 16)
#define X64_WIDE1 (1u << 24)
#define X64_IMM8 (1u << 26)
#define X64_IMM16 (2u << 26)
#define X64_IMM32 (3u << 26)
#define X64_WORD (1u << 28)
enum x64_op1 {
	X64_STORE_IMM = X64_WIDE1 | X64_IMM32 | X64_DIGIT(0) | 0xC7, /* sign-extended */
	X64_STORE32_IMM = X64_IMM32 | X64_DIGIT(0) | 0xC7,
	X64_MOV_IMM32 = X64_IMM32 | X64_DIGIT(0) | 0xC7,
	X64_ADD_IMM = X64_WIDE1 | X64_IMM32 | X64_DIGIT(0) | 0x81,
	X64_OR32_IMM = X64_IMM32 | X64_DIGIT(1) | 0x81,
	X64_AND32_IMM = X64_IMM32 | X64_DIGIT(4) | 0x81,
	X64_SUB_IMM = X64_WIDE1 | X64_IMM32 | X64_DIGIT(5) | 0x81,
	X64_CMP_IMM = X64_WIDE1 | X64_IMM32 | X64_DIGIT(7) | 0x81,
	X64_CMP32_IMM = X64_IMM32 | X64_DIGIT(7) | 0x81,
	X64_CMP32_IMM8 = X64_IMM8 | X64_DIGIT(7) | 0x83,
	X64_SUB32_IMM8 = X64_IMM8 | X64_DIGIT(5) | 0x83,
	X64_ADD32_IMM8 = X64_IMM8 | X64_DIGIT(0) | 0x83,
	X64_CMP16_IMM = X64_WORD | X64_IMM16 | X64_DIGIT(7) | 0x81,
	X64_TEST8_IMM = X64_IMM8 | X64_DIGIT(0) | 0xF6, /* memory only */
	X64_SHL_IMM8 = X64_WIDE1 | X64_IMM8 | X64_DIGIT(4) | 0xC1,
	X64_SAR_IMM8 = X64_WIDE1 | X64_IMM8 | X64_DIGIT(7) | 0xC1,
	X64_SHR32_IMM8 = X64_IMM8 | X64_DIGIT(5) | 0xC1,
	X64_NOT = X64_WIDE1 | X64_DIGIT(2) | 0xF7,
	X64_NEG = X64_WIDE1 | X64_DIGIT(3) | 0xF7,
	X64_IDIV32 = X64_DIGIT(7) | 0xF7,
	X64_CALL = X64_DIGIT(2) | 0xFF,
	X64_JUMP = X64_DIGIT(4) | 0xFF,
};

/* Conditions of jumps; the last bit negates. */
enum x64_condition {
	X64_BELOW = 2,
	X64_NOT_BELOW,
	X64_EQUAL,
	X64_NOT_EQUAL,
	X64_NOT_ABOVE,
	X64_ABOVE,
	X64_NEGATIVE,
	X64_NOT_NEGATIVE,
	X64_PARITY,
	X64_NOT_PARITY,
	X64_LESS,
	X64_NOT_LESS,
	X64_NOT_GREATER,
	X64_GREATER,
};

void x64_mem(struct x64 *a, enum x64_op op, unsigned reg, enum x64_reg base, int32_t offset);
void x64_reg(struct x64 *a, enum x64_op op, unsigned reg, unsigned rm);
void x64_mem1(struct x64 *a, enum x64_op1 op, enum x64_reg base, int32_t offset, int32_t imm);
void x64_reg1(struct x64 *a, enum x64_op1 op, enum x64_reg rm, int32_t imm);
void x64_imm64(struct x64 *a, enum x64_reg reg, uint64_t imm);
/* reg := its lowest byte is 1 when the condition holds, else 0; RAX to RBX only. */
void x64_set(struct x64 *a, enum x64_condition condition, enum x64_reg reg);
void x64_push(struct x64 *a, enum x64_reg reg);
void x64_pop(struct x64 *a, enum x64_reg reg);
void x64_ret(struct x64 *a);
void x64_cdq(struct x64 *a); /* EDX:EAX := EAX */

void x64_bind(struct x64 *a, struct x64_label *label);
void x64_jump(struct x64 *a, struct x64_label *label);
void x64_jump_if(struct x64 *a, enum x64_condition condition, struct x64_label *label);
/* reg := the label's address */
void x64_address(struct x64 *a, enum x64_reg reg, struct x64_label *label);
/* Fills up to a multiple of `alignment`. */
void x64_align(struct x64 *a, unsigned alignment);
/* Data: the distance to the label from behind the number, and a plain number. */
void x64_place(struct x64 *a, struct x64_label *label);
void x64_word(struct x64 *a, uint32_t word);
