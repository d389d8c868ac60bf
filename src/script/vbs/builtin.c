/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of built-in functions and constants, from builtin-table.h.
 */
#include "script/vbs/builtin-args.h"

static const struct vbs_builtin table[] = {
#define X(name, fn, least, most) { name, least, most, vbs_fn_##fn, { .type = VT_EMPTY }, NULL, 0 },
	VBS_FUNCTIONS(X)
#undef X
#define X(name, n)                                                                                 \
	{ name,                                                                                    \
	  0,                                                                                       \
	  0,                                                                                       \
	  NULL,                                                                                    \
	  { .type = (n) >= INT16_MIN && (n) <= INT16_MAX ? VT_I2 : VT_I4, .i = (n) },              \
	  NULL,                                                                                    \
	  0 },
		VBS_CONSTANTS(X)
#undef X
#define X(name, text) { name, 0, 0, NULL, { .type = VT_BSTR }, text, sizeof(text) - 1 },
			VBS_TEXT_CONSTANTS(X)
#undef X
};

int vbs_builtin_find(struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (text_equal_nocase(text_of(table[i].name), name))
			return i;
	return -1;
}

unsigned vbs_builtin_count(void)
{
	return ARRAY_LEN(table);
}

const struct vbs_builtin *vbs_builtin_at(unsigned index)
{
	return &table[index];
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
