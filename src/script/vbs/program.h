/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compiled program: immutable, counted, shared by the threads that run it. All of it lies in
 * one arena; only the strings of constants and names are counted on their own.
 */
#pragma once

#include "base/arena.h"
#include "script/vbs/ast.h"
#include "script/vbs/opcodes.h"

#define REGISTERS_MAX 250 /* of one procedure; what is above 255 has a meaning of its own */
#define REGISTER_NONE 255

struct vbs_name {
	struct text text;
	BSTR bstr;
};

enum vbs_global_flags {
	GLOBAL_CREATE = 1, /* make a variable of that name when nothing has it */
};
struct vbs_global_use {
	uint32_t name;
	uint32_t flags;
};

/* A member call: the member's name, and that of the object for error texts (NAME_NONE). */
struct vbs_site {
	uint32_t name, object;
};

/* From `pc` on, the code is of this place. `stmt`: a statement starts here, with the registers
 * from `live` on free: On Error Resume Next goes on at such places. */
struct vbs_line {
	uint32_t pc, line;
	uint16_t column, file;
	uint8_t stmt, live;
};

/* A Const of the procedure, or of the global code: what evaluated code and later programs find. */
struct vbs_const {
	uint32_t name, constant; /* in the procedure's table of constants */
};

struct vbs_proc {
	uint32_t *code;
	struct value *constants;
	struct vbs_line *lines;
	uint32_t code_count, constant_count, line_count;
	uint32_t name; /* NAME_NONE: global code */
	uint16_t registers;
	uint8_t param_count, kind;
	bool is_private, has_byval;
	bool *byval; /* per parameter */
	/* For Eval and Execute: the names of R[0...] and of the elements of the hidden array in
	 * R[far_reg]; NAME_NONE: hidden. `unsure` registers count when nothing global has the
	 * name. Names that Execute makes hang on R[extra], 0: no Execute here. */
	uint32_t *locals, *far_locals;
	uint8_t *unsure;
	struct vbs_const *consts;
	uint32_t const_count;
	uint16_t local_count, far_count;
	uint8_t far_reg, extra;
	struct vbs_native *native; /* NULL: none yet; see native.h */
	bool no_native;            /* it was tried in vain */
	bool scoped; /* code of Execute or Eval inside a procedure: its parameters are the names */
};
#define NAME_NONE UINT32_MAX
#define PROC_NONE UINT32_MAX

enum vbs_member_kind { MEMBER_FIELD = 1, MEMBER_METHOD, MEMBER_PROPERTY };
struct vbs_member {
	uint32_t name;
	uint8_t kind;
	bool is_private; /* of the field, the method, or the Get */
	bool private_let, private_set;
	uint16_t indices; /* arguments of a property, but for the value */
	uint32_t field;
	uint32_t get, let, set; /* procedures (a method is in `get`), PROC_NONE */
};

struct vbs_class {
	struct vbs_program *program;
	uint32_t name;
	struct vbs_member *members;
	uint32_t member_count, field_count;
	int32_t default_member; /* -1 */
	uint32_t prepare;       /* hidden procedure that makes array fields, PROC_NONE */
	uint32_t initialize, terminate;
};

struct vbs_program {
	uint32_t refs;
	struct arena arena;
	struct vbs_proc *procs;                 /* [0] is the global code */
	uint32_t proc_count, global_proc_count; /* procs 1..global_proc_count-1 are global names */
	struct vbs_class *classes;
	uint32_t class_count;
	struct vbs_name *names;
	uint32_t name_count;
	struct vbs_global_use *globals;
	uint32_t global_count;
	struct vbs_site *sites; /* member calls; the index is that of the engine's cache */
	uint32_t site_count;
	const char **files;
	size_t file_count;
	struct vbs_segment *segments; /* with copies of the text, for error lines */
	size_t segment_count;
	bool explicit;
};

/* What compiles beyond vbs_compile's face: an expression, or code that sees the locals of a
 * running procedure as its parameters. */
struct vbs_scope {
	bool expression;
	/* The running procedure's variable of that name, NULL: global scope. Its index, -1 when
	 * there is none, LOCAL_NO_MEMORY. With `declare` it is made. */
	int (*local_of)(void *ctx, struct text name, bool declare);
	void *local_ctx;
	uint16_t *
		params; /* for each parameter of the code, at most 255, the index of the variable */
	/* True when the engine knows this global name: it then hides a built-in. */
	bool (*is_global)(void *ctx, struct text name);
	void *ctx;
	const struct vbs_class *class; /* of the instance, NULL: none */
};
#define LOCAL_NO_MEMORY (-2)
HRESULT vbs_compile_in(const struct vbs_source *source, const struct vbs_scope *scope,
		       struct vbs_program **ret, struct vbs_error *error);

/* The place of `pc` in `proc`; NULL when it has none. */
const struct vbs_line *vbs_line_at(const struct vbs_proc *proc, uint32_t pc);
/* The text of a source line, NULL when unknown; mem_free. */
char *vbs_program_line_text(const struct vbs_program *program, uint16_t file, uint32_t line);
/* Checks that every operand, jump, window and table index is within bounds. NULL when it is
 * well formed, else what is wrong (a constant text) with `*ret_pc`. Tests, the fuzzer and builds
 * with faults run it on every program. */
const char *vbs_verify(const struct vbs_program *program, uint32_t *ret_proc, uint32_t *ret_pc);
