/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code of hot procedures, on x86-64. It has only fast paths: what an instruction of the
 * machine does with numbers, variables, elements of arrays, calls of procedures; where a step of
 * the machine is a call, it calls. Whatever else turns up (another subtype, an error, an object) is
 * left to the machine: native code ends at that instruction, vm.c does it and comes back. So there
 * is one meaning of every instruction, in vm.c and its siblings.
 *
 *   native.c         life of the code, and when it is made
 *   native-emit.c    from instructions to code: labels, what is known of registers
 *   native-number.c  arithmetic
 *   native-branch.c  comparisons, jumps, counting loops
 *   native-operand.c numbers read from registers and written to them
 *   native-move.c    variables, references, elements of arrays
 *   native-enter.c   calls of procedures it knows
 *   native-call.c    other calls, and what running native code calls
 *   native-x64.c     the assembler
 *   native-none.c    for other processors: there is no native code
 *
 * Memory is the truth: native code keeps no value in a processor's register from one instruction
 * to the next. It uses the machine's frames and not the C stack. What it knows of a register's
 * subtype it knows between two places where control comes together.
 */
#pragma once

#include "script/vbs/engine.h"

/* Bytes of native code in this process; beyond it no more is made. */
#define NATIVE_MEMORY (64u << 20)
/* Longer procedures have none: in words. */
#define NATIVE_CODE_MAX 16000

struct vbs_native {
	uint8_t *code;
	size_t size;       /* as mapped */
	size_t words;      /* of the procedure */
	uint32_t *entries; /* for each word of the procedure's code: offset of its native code where
			      the machine may enter it, 0: it may not */
	const void *begin; /* where a call enters: the frame is the next one */
};

/* Makes the native code of a procedure of the bound program, if it can: immutable, shared like the
 * program, which owns it. Any thread; the machine sees it when it next looks. */
void vbs_native_make(const struct vbs_binding *binding, const struct vbs_proc *proc);
/* Of all procedures of the program, when the engine's limits say so. */
void vbs_native_make_all(const struct vbs_engine *e, const struct vbs_binding *binding);
/* Bytes of code and tables; 0 for NULL. */
size_t vbs_native_size(const struct vbs_native *native);
/* Takes NULL. */
void vbs_native_free(struct vbs_native *native);

static inline const struct vbs_native *vbs_native_of(const struct vbs_proc *proc)
{
	return __atomic_load_n(&proc->native, __ATOMIC_ACQUIRE);
}

/* Runs native code from the instruction at `pc` of the newest frame, when it can be entered there:
 * true. Then the machine goes on in the newest frame, or with the error in `*ret_hr`. */
bool vbs_native_run(struct vbs_engine *e, const uint32_t *pc, HRESULT *ret_hr);
