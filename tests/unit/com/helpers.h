/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of automation code share: making VARIANTs from C values, calling members by
 * name, and running a piece of code once for every allocation it makes, with that one failing.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "com/variant.h"

static inline VARIANT v_text(const char *z)
{
	VARIANT v = { .vt = VT_BSTR, .bstrVal = bstr_from_text(text_of(z)) };

	assert_non_null(v.bstrVal);
	return v;
}

static inline VARIANT v_long(LONG n)
{
	return (VARIANT){ .vt = VT_I4, .lVal = n };
}

static inline VARIANT v_double(double d)
{
	return (VARIANT){ .vt = VT_R8, .dblVal = d };
}

static inline VARIANT v_bool(bool b)
{
	return (VARIANT){ .vt = VT_BOOL, .boolVal = b ? VARIANT_TRUE : VARIANT_FALSE };
}

static inline VARIANT v_missing(void)
{
	return (VARIANT){ .vt = VT_ERROR, .scode = DISP_E_PARAMNOTFOUND };
}

/* The text of a value, as Response.Write shows it; the caller's, for mem_free. */
static inline char *v_show(const VARIANT *v)
{
	BSTR s = NULL;

	if (v->vt == VT_EMPTY)
		return mem_strdup("(empty)");
	if (v->vt == VT_NULL)
		return mem_strdup("(null)");
	assert_int_equal(variant_to_bstr(v, 0, &s), S_OK);
	char *z = bstr_to_utf8(s, NULL);

	SysFreeString(s);
	return z;
}

/* Clears `v` after comparing. */
static inline void assert_shows(VARIANT *v, const char *want)
{
	char *got = v_show(v);

	assert_string_equal(got, want);
	mem_free(got);
	VariantClear(v);
}

/* Calls a member; arguments are cleared. The script's error number (the low word of the scode) is
 * given as a negative HRESULT made by MAKE_SCRIPT_HRESULT. */
static inline HRESULT call_member(IDispatch *object, const char *name, WORD kind, VARIANT *argv,
				  UINT argc, VARIANT *result)
{
	EXCEPINFO e = { 0 };
	DISPID dispid;
	HRESULT hr = automation_dispid(object, text_of(name), &dispid);

	if (SUCCEEDED(hr))
		hr = automation_invoke(object, dispid, kind, argv, argc, result, &e);
	if (hr == DISP_E_EXCEPTION)
		hr = e.scode;
	automation_exception_clear(&e);
	for (UINT i = 0; i < argc; i++)
		VariantClear(&argv[i]);
	return hr;
}

#define ARGS(...) ((VARIANT[]){ __VA_ARGS__ }), ARRAY_LEN(((VARIANT[]){ __VA_ARGS__ }))
#define call_method(object, name, result, ...)                                                     \
	call_variadic(object, name, DISPATCH_METHOD | DISPATCH_PROPERTYGET, result, ##__VA_ARGS__, \
		      END_OF_ARGS)
#define END_OF_ARGS ((VARIANT){ .vt = 0x7FFF })

static inline HRESULT call_variadic(IDispatch *object, const char *name, WORD kind, VARIANT *result,
				    ...)
{
	VARIANT argv[16], v;
	UINT argc = 0;
	va_list args;

	va_start(args, result);
	while ((v = va_arg(args, VARIANT)).vt != 0x7FFF)
		argv[argc++] = v;
	va_end(args);
	return call_member(object, name, kind, argv, argc, result);
}

#define call_put(object, name, ...)                                                                \
	call_variadic(object, name, DISPATCH_PROPERTYPUT, NULL, ##__VA_ARGS__, END_OF_ARGS)

/* Runs `fn` with the 1st, 2nd, ... allocation failing until it succeeds without a failure. `fn`
 * returns true when it succeeded; on failure it must have left everything as it was, and leak
 * nothing (the sanitizer build looks). */
static inline void with_every_allocation_failing(bool (*fn)(void *ctx), void *ctx)
{
#ifdef SURROGATE_FAULTS
	for (uint64_t n = 1; n < 10000; n++) {
		fault_arm(FAULT_ALLOC, n, false);
		bool ok = fn(ctx);
		bool reached = fault_count(FAULT_ALLOC) >= n;

		fault_arm(FAULT_ALLOC, 0, false);
		if (!reached) {
			assert_true(ok);
			return;
		}
	}
	fail_msg("never without a failure");
#else
	assert_true(fn(ctx));
#endif
}
