/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of built-in functions: what they use up, what they cost when it comes to looking at the
 * clock, and what they fail with. Windows are as in opcodes.h; on success the arguments are gone.
 * Called by the machine and by native code.
 */
#include "script/vbs/builtin-args.h"

/* Bytes that count as much as a turn of a loop when it comes to looking at the clock. */
#define CHARGE_BYTES 16384

static __attribute__((noinline)) void charge_much(struct vbs_engine *e, const struct value *v)
{
	size_t cost = 0;

	if (v->type == VT_BSTR || v->type == VBS_BYTES)
		cost = bstr_bytes(v->str) / CHARGE_BYTES;
	else if (v->type == VBS_ARRAY)
		cost = v->array->count * sizeof *v / CHARGE_BYTES;
	if (cost)
		e->budget = e->budget > (int64_t)cost ? e->budget - (int32_t)cost : 0;
}

/* A call that goes through much text or a large array, or makes it, brings the next look at the
 * clock nearer, so that a time-out is kept whatever a loop calls. */
static inline void charge_work(struct vbs_engine *e, const struct value *v)
{
	if (v->type == VT_BSTR) {
		if (__builtin_expect(bstr_bytes(v->str) >= CHARGE_BYTES, 0))
			charge_much(e, v);
	} else if (__builtin_expect(v->type & VT_ARRAY, 0)) {
		charge_much(e, v);
	}
}

/* Clears an argument, mostly a variable's or a number. */
static inline void use_up(struct vbs_engine *e, struct value *v)
{
	if (v->type == VBS_REF) {
		charge_work(e, v->ref);
		v->head = VT_EMPTY;
	} else if (v->type & VBS_COUNTED) {
		charge_work(e, v);
		value_clear(v);
	} else {
		v->head = VT_EMPTY;
	}
}

/* Its arguments are as they were. VBScript names the function: "Type mismatch: 'CInt'". */
static __attribute__((noinline)) HRESULT fail_builtin(struct vbs_engine *e,
						      const struct vbs_builtin *b,
						      struct value *args, unsigned argc,
						      struct value *result, HRESULT hr)
{
	for (unsigned i = 0; i < argc; i++)
		charge_work(e, value_deref(&args[i]));
	charge_work(e, result);
	value_clear(result);
	if (!e->raised.hr && ((uint32_t)hr & 0xFFFF0000u) == 0x800A0000u && (hr & 0xFFFF) != 7 &&
	    (hr & 0xFFFF) != 28)
		return vbs_throw(e, hr & 0xFFFF, "%s", b->name);
	return hr;
}

static inline __attribute__((always_inline)) HRESULT
call_builtin(struct vbs_engine *e, const struct vbs_builtin *b, struct value *window, unsigned argc)
{
	/* Not in its register yet: that may be the variable that an argument refers to. */
	struct value result = VALUE_EMPTY;
	HRESULT hr;

	hr = b->fn(e, window + 1, argc, &result);
	if (FAILED(hr))
		return fail_builtin(e, b, window + 1, argc, &result, hr);
	charge_work(e, &result);
	for (unsigned i = 1; i <= argc; i++)
		use_up(e, &window[i]);
	value_set(&window[0], result);
	return S_OK;
}

HRESULT vbs_call_builtin(struct vbs_engine *e, unsigned index, struct value *window, unsigned argc)
{
	return call_builtin(e, &vbs_builtins[index], window, argc);
}

/* ---- for native code, which knows what it calls ---- */

#define CALLER(n)                                                                                  \
	static HRESULT call_builtin_##n(struct vbs_engine *e, const struct vbs_builtin *b,         \
					struct value *window)                                      \
	{                                                                                          \
		return call_builtin(e, b, window, n);                                              \
	}
CALLER(1)
CALLER(2)
CALLER(3)

/* The commonest of all: of a text, it only looks. */
static HRESULT call_len(struct vbs_engine *e, const struct vbs_builtin *b, struct value *window)
{
	const struct value *v = value_deref(&window[1]);
	uint32_t bytes = v->type == VT_BSTR ? bstr_bytes(v->str) : CHARGE_BYTES;

	if (bytes >= CHARGE_BYTES)
		return call_builtin_1(e, b, window);
	value_clear(&window[1]);
	value_set(&window[0], VALUE_I4(bytes / sizeof(OLECHAR)));
	return S_OK;
}

vbs_builtin_caller *vbs_builtin_caller_of(const struct vbs_builtin *b, unsigned argc)
{
	static vbs_builtin_caller *const callers[] = { NULL, call_builtin_1, call_builtin_2,
						       call_builtin_3 };

	if (b->fn == vbs_fn_len)
		return call_len;
	return argc < ARRAY_LEN(callers) ? callers[argc] : NULL;
}
