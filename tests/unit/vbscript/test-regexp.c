/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VBScript.RegExp as a component: with and without machine code, from many threads, and with
 * each allocation failing. What patterns mean is in tests/conformance/vbs/13-regexp.
 */
#include "../com/helpers.h"

#include "library/vbscript/regexp-program.h"
#include "library/vbscript/vbscript.h"

#include <pthread.h>

static IDispatch *new_regexp(const char *pattern)
{
	CLSID clsid;
	IDispatch *d;

	assert_int_equal(CLSIDFromProgID(u"VBScript.RegExp", &clsid), S_OK);
	assert_int_equal(CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch,
					  (void **)&d),
			 S_OK);
	assert_int_equal(call_put(d, "Pattern", v_text(pattern)), S_OK);
	return d;
}

static void drop(IDispatch *d)
{
	d->lpVtbl->Release(d);
}

static bool matches(IDispatch *d, const char *text)
{
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "Test", &r, v_text(text)), S_OK);
	assert_int_equal(r.vt, VT_BOOL);
	return r.boolVal;
}

static void test_registered(void **state)
{
	CLSID clsid;
	const CLSID want = {
		0x3F4DACA4, 0x160D, 0x11D2, { 0xA8, 0xE9, 0x00, 0x10, 0x4B, 0x36, 0x5C, 0x9F }
	};

	(void)state;
	assert_int_equal(CLSIDFromProgID(u"vbscript.regexp", &clsid), S_OK);
	assert_true(IsEqualGUID(&clsid, &want));
}

/* Many searches, so that machine code takes over on the way, give what the interpreter gives. */
static void compare_ways(bool jit)
{
	static const struct {
		const char *pattern, *text, *want;
	} rows[] = {
		{ "(\\w+)-(\\d+)", "ab-12 c-3", "<12:ab> <3:c>" },
		{ "(\\w+)-(\\d+)x", "ab-12 c-3", "ab-12 c-3" },
		{ "(a)|(b)", "ab", "<:a><b:>" },
		{ "(b*)(?=(c))", "abbc", "a<c:bb><c:>c" },
		{ "^(.*?),(.*)$", "1,2,3", "<2,3:1>" },
	};

	regexp_program_use_jit(jit);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		IDispatch *d = new_regexp(rows[i].pattern);

		assert_int_equal(call_put(d, "Global", v_bool(true)), S_OK);
		for (int n = 0; n < 20; n++) {
			VARIANT r = { 0 };

			assert_int_equal(call_method(d, "Replace", &r, v_text(rows[i].text),
						     v_text("<$2:$1>")),
					 S_OK);
			assert_shows(&r, rows[i].want);
		}
		drop(d);
	}
	regexp_program_use_jit(true);
}

static void test_interpreter(void **state)
{
	(void)state;
	compare_ways(false);
}

static void test_machine_code(void **state)
{
	(void)state;
	compare_ways(true);
}

/* A search that needs more than PCRE2's small stack, or more than there may be. */
static void test_deep(void **state)
{
	BSTR text = SysAllocStringLen(NULL, 2000000);
	VARIANT v = { .vt = VT_BSTR, .bstrVal = text }, r = { 0 };
	IDispatch *d = new_regexp("^(?:(a)|b)*$");

	(void)state;
	for (UINT i = 0; i < 2000000; i++)
		text[i] = u'a';
	/* For short texts first, so that machine code is made. */
	for (int i = 0; i < 20; i++)
		assert_true(matches(d, "aabb"));
	for (UINT length = 1000; length <= 100000; length *= 10) {
		VARIANT some = { .vt = VT_BSTR, .bstrVal = SysAllocStringLen(text, length) };

		assert_int_equal(call_method(d, "Test", &r, some), S_OK);
		assert_true(r.boolVal);
	}
	assert_int_equal(call_method(d, "Test", &r, v), MAKE_SCRIPT_HRESULT(28));
	/* The object is as good as before. */
	assert_true(matches(d, "aabb"));
	drop(d);
}

static HRESULT refuse_third(void *ctx)
{
	return ++*(int *)ctx < 3 ? S_OK : E_ABORT;
}

/* What would take minutes ends when the caller does not wait any longer. */
static void test_impatient(void **state)
{
	BSTR text = SysAllocStringLen(NULL, 1000000);
	VARIANT v = { .vt = VT_BSTR, .bstrVal = text };
	IDispatch *d = new_regexp("(?:a+)[bc]");
	int asked = 0;
	struct automation_poll before =
		automation_poll_set((struct automation_poll){ refuse_third, &asked });

	(void)state;
	for (UINT i = 0; i < 1000000; i++)
		text[i] = u'a';
	assert_int_equal(call_method(d, "Test", NULL, v), E_ABORT);
	assert_int_equal(asked, 3);
	automation_poll_set(before);
	drop(d);
}

static void test_changes(void **state)
{
	IDispatch *d = new_regexp("a");

	(void)state;
	assert_true(matches(d, "a"));
	assert_int_equal(call_put(d, "Pattern", v_text("b")), S_OK);
	assert_false(matches(d, "a"));
	assert_int_equal(call_put(d, "Pattern", v_text("(")), S_OK);
	assert_int_equal(call_method(d, "Test", NULL, v_text("x")), MAKE_SCRIPT_HRESULT(5020));
	assert_int_equal(call_method(d, "Test", NULL, v_text("x")), MAKE_SCRIPT_HRESULT(5020));
	assert_int_equal(call_put(d, "Pattern", v_text("(A)")), S_OK);
	assert_false(matches(d, "a"));
	assert_int_equal(call_put(d, "IgnoreCase", v_bool(true)), S_OK);
	assert_true(matches(d, "a"));
	drop(d);
}

static void *use(void *ctx)
{
	char pattern[16] = "x*(.)y";

	for (int i = 0; i < 300; i++) {
		IDispatch *own;

		assert_true(matches(ctx, "aaab"));
		pattern[0] = (char)('a' + i % 26);
		own = new_regexp(pattern);
		assert_true(matches(own, "xxzy"));
		drop(own);
	}
	return NULL;
}

static void test_threads(void **state)
{
	IDispatch *d = new_regexp("^a+b$");
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, d), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	drop(d);
}

static bool run(void *ctx)
{
	IDispatch *d = NULL;
	VARIANT r = { 0 }, replaced = { 0 }, list[] = { { .vt = VT_BSTR, .bstrVal = ctx } };
	EXCEPINFO x = { 0 };
	IUnknown *object;
	bool ok = SUCCEEDED(regexp_new(&object));

	if (!ok)
		return false;
	d = (IDispatch *)(void *)object;
	/* Pattern, Global, Execute, Replace by their numbers: names need memory of their own. */
	ok = SUCCEEDED(automation_invoke(d, 10001, DISPATCH_PROPERTYPUT, list, 1, NULL, &x)) &&
	     SUCCEEDED(automation_invoke(d, 10004, DISPATCH_METHOD, list, 1, &r, &x));
	if (ok) {
		VARIANT two[] = { list[0], list[0] };

		ok = SUCCEEDED(automation_invoke(d, 10006, DISPATCH_METHOD, two, 2, &replaced, &x));
	}
	automation_exception_clear(&x);
	VariantClear(&r);
	VariantClear(&replaced);
	drop(d);
	return ok;
}

static void test_memory(void **state)
{
	/* Too long for the cache, which would keep memory between the attempts. */
	char16_t *pattern = SysAllocStringLen(NULL, 5000);

	(void)state;
	for (int i = 0; i < 5000; i++)
		pattern[i] = (char16_t)(u'a' + i % 26);
	with_every_allocation_failing(run, pattern);
	SysFreeString(pattern);
}

static int setup(void **state)
{
	(void)state;
	return vbscript_register();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registered),   cmocka_unit_test(test_interpreter),
		cmocka_unit_test(test_machine_code), cmocka_unit_test(test_deep),
		cmocka_unit_test(test_impatient),    cmocka_unit_test(test_changes),
		cmocka_unit_test(test_threads),      cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
