/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in functions and constants: one table of names, arities and functions. The compiler
 * binds them by index; they are ordinary C functions over values and return HRESULTs.
 */
#pragma once

#include "base/text.h"
#include "script/vbs/value.h"

/* `args` may be references or left out (value_missing); `ret` is Empty on entry and the caller's
 * whatever happens. */
typedef HRESULT (*vbs_builtin_fn)(struct vbs_engine *engine, struct value *args, unsigned argc,
				  struct value *ret);

struct vbs_builtin {
	const char *name;
	uint8_t min_args, max_args;
	vbs_builtin_fn fn;     /* NULL: a constant */
	struct value constant; /* text constants: type VT_BSTR, `text` */
	const char *text;
	size_t text_length;
};

#define BUILTIN_ARGS_MAX 64
/* Array takes any number of elements: so many at first, then as many more by this function, whose
 * first argument is the array so far. The name is none that a script can write without brackets. */
#define ARRAY_PIECE 60
#define ARRAY_MORE "Array+"
/* Index of a name, -1. */
int vbs_builtin_find(struct text name);
unsigned vbs_builtin_count(void);
const struct vbs_builtin *vbs_builtin_at(unsigned index);
/* All of them, for calls of what has been compiled. */
extern const struct vbs_builtin vbs_builtins[];
