/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the steps of the machine's loop are written with: macros, since a step ends by going to the
 * next one's address, which no function can. They use the loop's variables and labels by name. For
 * vm.c alone.
 */
#pragma once

#include "script/vbs/native.h"
#include "script/vbs/vm.h"
#include "script/vbs/vm-fast.h"

#include <math.h>

#define STEP(name) step_##name:
#define NEXT                                                                                       \
	do {                                                                                       \
		w = *pc++;                                                                         \
		goto *go[w & 0xFF];                                                                \
	} while (0)

/* Registers and constants by their number in the instruction. They are of 16 bytes: shifted by 4
 * bits less, the number is an offset. */
#define AT(base, shift) ((struct value *)(void *)((char *)(base) + (w >> (shift)&0xFF0)))
#define RA AT(r, 4)
#define RB AT(r, 12)
#define RC AT(r, 20)
#define KB AT(k, 12)
#define KC AT(k, 20)

#define TRY(call)                                                                                  \
	do {                                                                                       \
		f->pc = pc;                                                                        \
		hr = (call);                                                                       \
		if (UNLIKELY(FAILED(hr)))                                                          \
			goto failed;                                                               \
	} while (0)

/* Takes X, a jump target, and goes there when `taken`. */
#define JUMP(taken)                                                                                \
	do {                                                                                       \
		if (taken)                                                                         \
			pc += (int32_t)*pc;                                                        \
		else                                                                               \
			pc++;                                                                      \
	} while (0)

#define GLOBAL() (f->binding->globals[*pc++])

#define ARITHMETIC(step, name, op, right)                                                          \
	STEP(step)                                                                                 \
	{                                                                                          \
		struct value *x = RB, *y = (right);                                                \
		do {                                                                               \
			if (LIKELY(both_int(x, y))) {                                              \
				put_int(RA, x->type | y->type, x->i op y->i);                      \
				NEXT;                                                              \
			}                                                                          \
			if (both_double(x, y) && LIKELY(isfinite(x->d op y->d))) {                 \
				put_double(RA, x->d op y->d);                                      \
				NEXT;                                                              \
			}                                                                          \
		} while (follow(&x, &y));                                                          \
		TRY(vbs_step_operate(e, f, OP_##name, w, right));                                  \
		NEXT;                                                                              \
	}

/* Small Integers have ADDI: other constants are often Double. */
#define ARITHMETIC_CONSTANT(step, name, op)                                                        \
	STEP(step)                                                                                 \
	{                                                                                          \
		struct value *x = value_deref(RB), *y = KC;                                        \
		if (LIKELY(both_double(x, y) && isfinite(x->d op y->d)))                           \
			put_double(RA, x->d op y->d);                                              \
		else if (both_int(x, y))                                                           \
			put_int(RA, x->type | y->type, x->i op y->i);                              \
		else                                                                               \
			TRY(vbs_step_operate(e, f, OP_##name, w, y));                              \
		NEXT;                                                                              \
	}

/* Both fit 32 bits, whose division is much faster. The quotient and the rest always fit. */
#define INTEGER_DIVISION(step, name, op, right)                                                    \
	STEP(step)                                                                                 \
	{                                                                                          \
		struct value *x = value_deref(RB), *y = (right);                                   \
		if (LIKELY(both_int(x, y) && y->i > 0)) {                                          \
			int32_t p = (int32_t)x->i, q = (int32_t)y->i;                              \
			put(RA, (struct value){ .type = x->type | y->type, .i = p op q });         \
			NEXT;                                                                      \
		}                                                                                  \
		TRY(vbs_step_operate(e, f, OP_##name, w, right));                                  \
		NEXT;                                                                              \
	}

#define COMPARE(name, op)                                                                          \
	STEP(name)                                                                                 \
	{                                                                                          \
		struct value *x = RB, *y = RC;                                                     \
		if (both_int(x, y)) {                                                              \
			put(RA, VALUE_BOOL(x->i op y->i));                                         \
			NEXT;                                                                      \
		}                                                                                  \
		TRY(vbs_step_operate(e, f, OP_##name, w, y));                                      \
		NEXT;                                                                              \
	}

#define COMPARE_JUMP(step, name, op, right)                                                        \
	STEP(step)                                                                                 \
	{                                                                                          \
		struct value *x = RA, *y = (right);                                                \
		do {                                                                               \
			if (LIKELY(both_int(x, y))) {                                              \
				JUMP((x->i op y->i) == (OP_C(w) & 1));                             \
				NEXT;                                                              \
			}                                                                          \
			if (both_double(x, y)) {                                                   \
				JUMP((x->d op y->d) == (OP_C(w) & 1));                             \
				NEXT;                                                              \
			}                                                                          \
		} while (follow(&x, &y));                                                          \
		pc++;                                                                              \
		TRY(vbs_step_compare(e, f, OP_##name, w, right));                                  \
		pc--;                                                                              \
		JUMP((hr == 1) == (OP_C(w) & 1));                                                  \
		NEXT;                                                                              \
	}

#define COMPARE_JUMP_INTEGER(step, name, op)                                                       \
	STEP(step)                                                                                 \
	{                                                                                          \
		struct value *x = value_deref(RA);                                                 \
		bool is;                                                                           \
		if (LIKELY(is_int(x))) {                                                           \
			is = x->i op OP_IB(w);                                                     \
		} else {                                                                           \
			struct value y = VALUE_I2(OP_IB(w));                                       \
			y.flags = y.i < 0 ? 0 : VBS_HARD;                                          \
			pc++;                                                                      \
			TRY(vbs_step_compare(e, f, OP_##name, w, &y));                             \
			pc--;                                                                      \
			is = hr == 1;                                                              \
		}                                                                                  \
		JUMP(is == (OP_C(w) & 1));                                                         \
		NEXT;                                                                              \
	}

#define OPERATE(name)                                                                              \
	STEP(name)                                                                                 \
	{                                                                                          \
		TRY(vbs_step_operate(e, f, OP_##name, w, RC));                                     \
		NEXT;                                                                              \
	}

/* Goes on in `frame`: what the loop keeps of it. */
#define RELOAD(frame)                                                                              \
	do {                                                                                       \
		f = (frame);                                                                       \
		pc = f->pc;                                                                        \
		r = f->base;                                                                       \
		k = f->proc->constants;                                                            \
		CHOOSE_STEPS();                                                                    \
	} while (0)
/* In a procedure that has native code each step leads to where it can be entered. */
#define CHOOSE_STEPS() (go = vbs_native_of(f->proc) ? by_native : steps)
#define NEWEST() (&e->frames[e->depth - 1])

#define CHECK_LIMITS()                                                                             \
	do {                                                                                       \
		if (UNLIKELY(--e->budget < 0)) {                                                   \
			TRY(vbs_vm_poll(e));                                                       \
			CHOOSE_STEPS();                                                            \
		}                                                                                  \
	} while (0)

/* Enters the procedure with `count` arguments in the window at `at`. */
#define ENTER(in, to, on, at, count, how)                                                          \
	do {                                                                                       \
		binding = (in);                                                                    \
		proc = (to);                                                                       \
		me = (on);                                                                         \
		window = (at);                                                                     \
		argc = (count);                                                                    \
		leave = (how);                                                                     \
		goto enter;                                                                        \
	} while (0)
#define ENTER_CALLEE(at, count, how) ENTER(callee.binding, callee.proc, callee.me, at, count, how)
