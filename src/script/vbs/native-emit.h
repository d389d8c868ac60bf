/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code while it is made: for native-*.c alone.
 *
 * Registers of the processor: RBX the frame's registers, R12 the engine, R14 the frame, R13 a
 * constant; everything else is free at the start of an instruction.
 */
#pragma once

#include "base/arena.h"
#include "script/vbs/native-x64.h"
#include "script/vbs/native.h"

/* What is known of a register of the machine. All but ANYTHING have no count. */
enum known {
	ANYTHING,
	UNCOUNTED, /* maybe a reference */
	REFERENCE,
	BOOLEAN,
	INTEGER, /* VT_I2 or VT_I4 */
	DOUBLE,
};

/* An operand: an integer of the instruction, or a value at base + at, whose type is in a register
 * when it had to be asked for. */
struct operand {
	bool immediate;
	int32_t number;
	enum x64_reg base, type;
	int32_t at;
	enum known known; /* ANYTHING: it may be a reference as well */
};

struct emit;

/* Code aside of the straight road. `emit` writes it, with the instruction's place set again. */
struct cold {
	void (*emit)(struct emit *e, struct cold *c);
	struct x64_label in, back, again, done;
	uint32_t pc;
	struct operand x, y;
	unsigned number;
	struct cold *next;
};

struct emit {
	struct x64 a;
	const struct vbs_proc *proc;
	const struct vbs_program *program;
	const struct vbs_binding *binding; /* of who made it: for guesses */
	uint32_t pc, next;                 /* words: the instruction, the one behind it */
	uint32_t w, x;                     /* its words */
	struct x64_label *at,
		*leave; /* for each word: native code, and the way out to the machine */
	bool *target;   /* jumps come here */
	uint32_t *entries;
	uint8_t known[256];
	/* References to the register may exist from one instruction to the next, so that anybody
	 * may write it: nothing is ever known of it. An instruction that lends a register for its
	 * own time only, as INDEX lends an index to a default property, forgets it afterwards. */
	bool aliased[256];
	/* Behind BOUND these registers are references to globals, and stay it (compile-hot.c). */
	unsigned bound, bound_count;
	uint32_t bound_from;
	struct x64_label leave_at, entered, failed, failing, begin;
	struct cold *cold, **cold_end;
	struct cold nowhere; /* when there is no memory for one */
	struct arena arena;
	bool no_memory;
};

#define SLOT(reg) ((int32_t)((reg) * sizeof(struct value)))
#define PAYLOAD ((int32_t)offsetof(struct value, i))
#define OF_ENGINE(member) ((int32_t)offsetof(struct vbs_engine, member))
#define OF_FRAME(member) ((int32_t)offsetof(struct vbs_frame, member))

/* ---- native-emit.c ---- */

/* Where the machine takes over this instruction. */
struct x64_label *emit_leave(struct emit *e);
/* It does so always: there is nothing here for what is known of the operands. */
void emit_give_up(struct emit *e);
/* Makes a piece of code aside; jump to its `in`, and bind its `back`. Never NULL: when there is no
 * memory left, nothing of the code will be used. */
struct cold *emit_cold(struct emit *e, void (*emit)(struct emit *e, struct cold *c));
void emit_know(struct emit *e, unsigned reg, enum known known);
/* For the registers from `reg` to `last`. */
void emit_forget(struct emit *e, unsigned reg, unsigned last);
/* The register may be overwritten: nothing is lost by it. Leaves to the machine otherwise. */
void emit_free(struct emit *e, unsigned reg);
/* What the register holds is given back; it is not written. */
void emit_release(struct emit *e, unsigned reg);
/* What is known of a value of this type. */
enum known emit_known_type(unsigned type);

struct operand emit_register(struct emit *e, unsigned reg, enum x64_reg base, enum x64_reg type);
struct operand emit_constant(struct emit *e, unsigned constant, enum x64_reg base,
			     enum x64_reg type);
struct operand emit_immediate(int32_t number);
void emit_load_type(struct emit *e, const struct operand *o);
/* In code aside: when it is a reference, goes to what it refers to, and to `again`. */
void emit_follow(struct emit *e, const struct operand *o, struct x64_label *again);

/* The frame's pc, for whoever looks from outside: behind this instruction. */
void emit_store_pc(struct emit *e);
/* Calls with the arguments that are in their registers. */
void emit_call(struct emit *e, const void *function);
/* The same for one that returns an HRESULT: its error is the instruction's. The frame's pc is
 * stored before. */
void emit_try(struct emit *e, const void *function);
/* Puts engine, frame and the instruction's words into the first arguments. */
void emit_step_arguments(struct emit *e);
/* RAX := global X */
void emit_global(struct emit *e, enum x64_reg reg);
/* One backward jump or call less until limits are looked at; leaves when it is time. */
void emit_budget(struct emit *e);

/* ---- native-operand.c ---- */

bool emit_maybe_integer(const struct operand *o);
bool emit_is_number(const struct operand *o);
/* The types of those that are asked for, or of both, into their registers. */
void emit_load_types(struct emit *e, const struct operand *x, const struct operand *y,
		     bool also_known);
/* Unless the type in the register is that of an integer, goes to `other`. */
void emit_check_integer(struct emit *e, enum x64_reg type, struct x64_label *other);
void emit_check_integers(struct emit *e, const struct operand *x, const struct operand *y,
			 struct x64_label *other);
/* Goes on when both are integers, followed where they are references, else leaves. Their types are
 * in their registers then, unless immediate. */
void emit_want_integers(struct emit *e, const struct operand *x, const struct operand *y);
/* The number as a Double: on the straight road, where it likely is one; and in code aside,
 * whatever its type, which is in its register. */
void emit_load_double(struct emit *e, const struct operand *o, unsigned xmm);
void emit_load_any(struct emit *e, const struct operand *o, unsigned xmm, struct x64_label *again);
/* RDX is a number and EAX its type, which becomes Long when the number wants it; leaves when even
 * that is not enough. */
void emit_widen(struct emit *e);
void emit_store_integer(struct emit *e, enum x64_reg base, int32_t at);

/* ---- native-enter.c ---- */

/* A call whose procedure can be guessed: enters it, or goes to `other`, as does any other call. */
void emit_enter_global(struct emit *e, struct x64_label *other);
void emit_enter_member(struct emit *e, struct x64_label *other);

/* The whole procedure. False: it did not fit, or there is no memory. */
bool vbs_native_emit(struct emit *e);

typedef void emit_template(struct emit *e);
/* The template of an instruction; NULL: there is none. */
emit_template *emit_number_template(unsigned op);
emit_template *emit_branch_template(unsigned op);
emit_template *emit_move_template(unsigned op);
emit_template *emit_call_template(unsigned op);
