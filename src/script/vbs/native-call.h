/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What native code calls: the machine's steps in one form, and calls of procedures. For
 * native-*.c alone; running code is on the engine's thread.
 */
#pragma once

#include "script/vbs/native.h"

/* The machine's step for an instruction, as a function of engine, frame and the instruction's
 * words that gives an HRESULT; NULL: there is none. S_FALSE from one that can jump: it does; from
 * INDEX: it may call a procedure, and nothing happened yet. */
const void *vbs_native_step(unsigned op);

/* Part of native code: an instruction that calls, and four places, each as its distance from
 * behind the number itself. */
struct native_site {
	int32_t back;    /* where the procedure goes on when the callee is done */
	int32_t leave;   /* where the machine takes over this instruction */
	int32_t entered; /* where it takes over in the callee's frame */
	int32_t failed;  /* with the error in the engine's native_hr */
	uint32_t w, x;
};
/* The function that does a call: it takes engine, frame and site, and gives the place where to go
 * on; NULL: there is none for this instruction. */
const void *vbs_native_call(unsigned op);

void vbs_native_copy(struct value *to, const struct value *from);
void vbs_native_clear(struct value *v);
void vbs_native_leave_instance(struct vbs_instance *i);
void vbs_native_load_constant(struct value *to, const struct value *from);
