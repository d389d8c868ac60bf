/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of built-in functions and constants, from builtin-table.h.
 */
#include "script/vbs/builtin-args.h"
#include "script/vbs/coverage.h"

#ifdef SURROGATE_FAULTS
/* Test builds record which functions are called, and how they fail. */
enum {
#define X(name, fn, least, most) INDEX_##fn,
	VBS_FUNCTIONS(X)
#undef X
};
#define X(name, fn, least, most)                                                                   \
	static HRESULT recorded_##fn(struct vbs_engine *e, struct value *args, unsigned argc,      \
				     struct value *ret)                                            \
	{                                                                                          \
		HRESULT hr = vbs_fn_##fn(e, args, argc, ret);                                      \
                                                                                                   \
		vbs_cover_builtin(INDEX_##fn, hr);                                                 \
		return hr;                                                                         \
	}
VBS_FUNCTIONS(X)
#undef X
#define FUNCTION(fn) recorded_##fn
#else
#define FUNCTION(fn) vbs_fn_##fn
#endif

const struct vbs_builtin vbs_builtins[] = {
#define X(name, fn, least, most) { name, least, most, FUNCTION(fn), { .type = VT_EMPTY }, NULL, 0 },
	VBS_FUNCTIONS(X)
#undef X
#define CONSTANT(name, subtype, n) { name, 0, 0, NULL, { .type = subtype, .i = (n) }, NULL, 0 },
#define X(name, n) CONSTANT(name, VT_I2, n)
		VBS_CONSTANTS(X)
#undef X
#define X(name, n) CONSTANT(name, VT_I4, n)
			VBS_LONG_CONSTANTS(X)
#undef X
#define X(name, text) { name, 0, 0, NULL, { .type = VT_BSTR }, text, sizeof(text) - 1 },
				VBS_TEXT_CONSTANTS(X)
#undef X
};

/* Most names are none of these: their lengths and first letters tell so at once. */
static const uint8_t lengths[] = {
#define X(name, ...) sizeof(name) - 1,
	VBS_FUNCTIONS(X) VBS_CONSTANTS(X) VBS_LONG_CONSTANTS(X) VBS_TEXT_CONSTANTS(X)
#undef X
};
_Static_assert(ARRAY_LEN(lengths) == ARRAY_LEN(vbs_builtins), "one length for each name");

int vbs_builtin_find(struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(vbs_builtins); i++)
		if (lengths[i] == name.length &&
		    ((vbs_builtins[i].name[0] ^ name.data[0]) & 0xDF) == 0 &&
		    text_equal_nocase((struct text){ vbs_builtins[i].name, lengths[i] }, name))
			return i;
	return -1;
}

unsigned vbs_builtin_count(void)
{
	return ARRAY_LEN(vbs_builtins);
}

const struct vbs_builtin *vbs_builtin_at(unsigned index)
{
	if (!vbs_builtins[index].fn)
		vbs_cover_builtin(index, S_OK);
	return &vbs_builtins[index];
}

/* The machine never gets here: these are instructions. */
#define INSTRUCTION(name)                                                                          \
	BUILTIN(name)                                                                              \
	{                                                                                          \
		(void)e, (void)args, (void)argc, (void)ret;                                        \
		return VBS_HR(51);                                                                 \
	}
INSTRUCTION(eval)
INSTRUCTION(execute)
INSTRUCTION(executeglobal)
