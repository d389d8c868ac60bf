/* SPDX-License-Identifier: Apache-2.0 */
/* VARIANTs: clearing, copying, references, and the conversions, from tables of expectations. */
#include "helpers.h"

#include <math.h>
#include <stdio.h>

/* ---- an object that counts ---- */

static HRESULT value_get(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT("42"));
}

static const struct automation_member counted_members[] = {
	{ "Value", DISPID_VALUE, AUTOMATION_GET, 0, 0, value_get },
};
static void counted_free(struct automation_object *object)
{
}
static const struct automation_class counted_class = {
	.name = "Counted", .members = counted_members, .member_count = 1, .free = counted_free
};

/* ---- clear and copy ---- */

static void test_clear(void **state)
{
	struct automation_object object;
	VARIANT v = { .vt = VT_DISPATCH, .pdispVal = &object.dispatch };

	automation_init(&object, &counted_class);
	object.refs = 2;
	assert_int_equal(VariantClear(&v), S_OK);
	assert_int_equal(object.refs, 1);
	assert_int_equal(v.vt, VT_EMPTY);
	v = (VARIANT){ .vt = VT_BYREF | VT_DISPATCH, .byref = &object };
	assert_int_equal(VariantClear(&v), S_OK);
	assert_int_equal(object.refs, 1);
	v = (VARIANT){ .vt = 15 };
	assert_int_equal(VariantClear(&v), DISP_E_BADVARTYPE);
	v = (VARIANT){ .vt = VT_ARRAY | VT_I4, .parray = SafeArrayCreateVector(VT_I4, 0, 3) };
	SafeArrayLock(v.parray);
	assert_int_equal(VariantClear(&v), DISP_E_ARRAYISLOCKED);
	SafeArrayUnlock(v.parray);
	assert_int_equal(VariantClear(&v), S_OK);
}

static void test_copy(void **state)
{
	VARIANT a = v_text("abc"), b = { 0 }, c = { 0 };

	assert_int_equal(VariantCopy(&b, &a), S_OK);
	assert_ptr_not_equal(a.bstrVal, b.bstrVal); /* the owner may write into it */
	assert_int_equal(variant_share(&c, &a), S_OK);
	assert_ptr_equal(a.bstrVal, c.bstrVal);
	assert_int_equal(VariantCopy(&a, &a), S_OK);
	assert_shows(&a, "abc");
	assert_shows(&b, "abc");
	assert_shows(&c, "abc");
}

static void test_references(void **state)
{
	VARIANT inner = v_text("in"), ref = { .vt = VT_BYREF | VT_VARIANT, .pvarVal = &inner };
	VARIANT twice = { .vt = VT_BYREF | VT_VARIANT, .pvarVal = &ref }, out = { 0 }, room;
	SHORT n = -7;
	VARIANT number = { .vt = VT_BYREF | VT_I2, .piVal = &n };
	VARIANT null = { .vt = VT_BYREF | VT_I2 };

	assert_ptr_equal(variant_view(&ref, &room), &inner);
	assert_null(variant_view(&twice, &room));
	assert_null(variant_view(&null, &room));
	assert_int_equal(VariantCopyInd(&out, &ref), S_OK);
	assert_shows(&out, "in");
	assert_int_equal(VariantCopyInd(&out, &number), S_OK);
	assert_int_equal(out.vt, VT_I2);
	assert_int_equal(out.iVal, -7);
	assert_int_equal(VariantCopyInd(&out, &twice), E_INVALIDARG);
	assert_int_equal(VariantChangeType(&out, &number, 0, VT_BSTR), S_OK);
	assert_shows(&out, "-7");
	assert_int_equal(VariantChangeType(&out, &null, 0, VT_BSTR), E_INVALIDARG);
	VariantClear(&inner);
}

/* ---- conversions ---- */

/* From text or from a double; the wanted text, or an HRESULT when it is NULL. */
struct case_of_text {
	const char *from;
	VARTYPE to;
	const char *want;
	HRESULT hr;
};

#define OVERFLOW NULL, DISP_E_OVERFLOW
#define MISMATCH NULL, DISP_E_TYPEMISMATCH

static const struct case_of_text text_cases[] = {
	{ "12", VT_I2, "12" },
	{ " \t-12 ", VT_I4, "-12" },
	{ "12-", VT_I4, "-12" },
	{ "(12)", VT_I4, "-12" },
	{ "(12", VT_I4, MISMATCH },
	{ "12)", VT_I4, MISMATCH },
	{ "-(12)", VT_I4, MISMATCH },
	{ "--12", VT_I4, MISMATCH },
	{ "- 12", VT_I4, "-12" },
	{ "$1,234.50", VT_CY, "1234.5" },
	{ "-$5", VT_R8, "-5" },
	{ "5 $", VT_R8, "5" },
	{ "$$5", VT_R8, MISMATCH },
	{ "1,2,3", VT_I4, "123" },
	{ ",5", VT_I4, MISMATCH },
	{ "1.5,0", VT_R8, MISMATCH },
	{ "2.5", VT_I4, "2" },
	{ "3.5", VT_I4, "4" },
	{ "-2.5", VT_I4, "-2" },
	{ "2.5000000000000000000000000000000000000000000000000001", VT_I4, "3" },
	{ "1e3", VT_I2, "1000" },
	{ "1E+3", VT_I2, "1000" },
	{ "15e-1", VT_I2, "2" },
	{ "1e", VT_I2, MISMATCH },
	{ "1e400", VT_R8, OVERFLOW },
	{ "1e39", VT_R4, OVERFLOW },
	{ "1e-400", VT_R8, "0" },
	{ "", VT_I4, MISMATCH },
	{ " ", VT_R8, MISMATCH },
	{ ".", VT_R8, MISMATCH },
	{ "-", VT_R8, MISMATCH },
	{ ".5", VT_R8, "0.5" },
	{ "5.", VT_R8, "5" },
	{ "1 2", VT_I4, MISMATCH },
	{ "12a", VT_I4, MISMATCH },
	{ "nan", VT_R8, MISMATCH },
	{ "inf", VT_R8, MISMATCH },
	{ "&HFF", VT_I4, "255" },
	{ "&HFFFF", VT_I2, "-1" },
	{ "&HFFFF", VT_I4, "65535" },
	{ "&hFFFFFFFF", VT_I4, "-1" },
	{ "&H1FFFF", VT_I2, OVERFLOW },
	{ "&HFFFFFFFFFFFFFFFF", VT_I8, "-1" },
	{ "&H10000000000000000", VT_I8, MISMATCH },
	{ "&O17", VT_I4, "15" },
	{ "&O18", VT_I4, MISMATCH },
	{ "&H", VT_I4, MISMATCH },
	{ "&HFF", VT_R8, "255" },
	{ "32767", VT_I2, "32767" },
	{ "32767.4", VT_I2, "32767" },
	{ "32767.5", VT_I2, OVERFLOW },
	{ "-32768.5", VT_I2, "-32768" },
	{ "-32769", VT_I2, OVERFLOW },
	{ "255", VT_UI1, "255" },
	{ "256", VT_UI1, OVERFLOW },
	{ "-1", VT_UI1, OVERFLOW },
	{ "-0.5", VT_UI1, "0" },
	{ "2147483647", VT_I4, "2147483647" },
	{ "2147483648", VT_I4, OVERFLOW },
	{ "-2147483648", VT_I4, "-2147483648" },
	{ "9223372036854775807", VT_I8, "9223372036854775807" },
	{ "9223372036854775808", VT_I8, OVERFLOW },
	{ "18446744073709551615", VT_UI8, "18446744073709551615" },
	{ "18446744073709551616", VT_UI8, OVERFLOW },
	{ "922337203685477.5807", VT_CY, "922337203685477.5807" },
	{ "922337203685477.5808", VT_CY, OVERFLOW },
	{ "-922337203685477.5808", VT_CY, "-922337203685477.5808" },
	{ "1.00005", VT_CY, "1" },
	{ "1.00015", VT_CY, "1.0002" },
	{ "79228162514264337593543950335", VT_DECIMAL, "79228162514264337593543950335" },
	{ "79228162514264337593543950336", VT_DECIMAL, OVERFLOW },
	{ "0.0000000000000000000000000001", VT_DECIMAL, "0.0000000000000000000000000001" },
	{ "0.00000000000000000000000000005", VT_DECIMAL, "0" },
	{ "-1.50", VT_DECIMAL, "-1.5" },
	{ "7.9228162514264337593543950335", VT_DECIMAL, "7.9228162514264337593543950335" },
	{ "True", VT_BOOL, "True" },
	{ "fALSE", VT_BOOL, "False" },
	{ "#TRUE#", VT_BOOL, "True" },
	{ "0", VT_BOOL, "False" },
	{ "0.1", VT_BOOL, "True" },
	{ "yes", VT_BOOL, MISMATCH },
	{ "True", VT_I4, MISMATCH },
	{ "1/31/2026 2:05:09 PM", VT_DATE, "1/31/2026 2:05:09 PM" },
	{ "hello", VT_DATE, MISMATCH },
	{ "45000", VT_DATE, "3/15/2023" },
	{ "-0.5", VT_DATE, "12:00:00 PM" },
	{ "1e300", VT_DATE, OVERFLOW },
	{ "1e400", VT_DATE, MISMATCH },
	{ "abc", VT_BSTR, "abc" },
	{ "abc", VT_NULL, MISMATCH },
	{ "abc", VT_DISPATCH, MISMATCH },
	{ "1", VT_VARIANT, NULL, DISP_E_BADVARTYPE },
	{ "1", VT_I4 | VT_BYREF, NULL, DISP_E_BADVARTYPE },
	{ "1", VT_ARRAY | VT_I4, MISMATCH },
};

static void check(const VARIANT *from, VARTYPE to, const char *want, HRESULT hr, const char *what)
{
	VARIANT v = { 0 };
	HRESULT got = VariantChangeType(&v, from, VARIANT_ALPHABOOL, to);

	if (got != (want ? S_OK : hr))
		fail_msg("%s to %d: 0x%08X", what, to, (unsigned)got);
	if (!want)
		return;
	assert_int_equal(v.vt, to);
	char *z = v_show(&v);

	if (strcmp(z, want) != 0)
		fail_msg("%s to %d: \"%s\", not \"%s\"", what, to, z, want);
	mem_free(z);
	VariantClear(&v);
}

static void test_from_text(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(text_cases); i++) {
		const struct case_of_text *c = &text_cases[i];
		VARIANT v = v_text(c->from);

		check(&v, c->to, c->want, c->hr, c->from);
		VariantClear(&v);
	}
}

static const struct {
	double from;
	VARTYPE to;
	const char *want;
	HRESULT hr;
} real_cases[] = {
	{ 0.1, VT_BSTR, "0.1" },
	{ 0.1 + 0.2, VT_BSTR, "0.3" },
	{ -0.0, VT_BSTR, "0" },
	{ 1.0 / 3, VT_BSTR, "0.333333333333333" },
	{ 2.0 / 3, VT_BSTR, "0.666666666666667" },
	{ 1.0 / 30, VT_BSTR, "3.33333333333333E-02" },
	{ 1.234567e-9, VT_BSTR, "0.000000001234567" },
	{ 1.2345678e-9, VT_BSTR, "1.2345678E-09" },
	{ 5e-15, VT_BSTR, "0.000000000000005" },
	{ 5e-16, VT_BSTR, "5E-16" },
	{ 999999999999999, VT_BSTR, "999999999999999" },
	{ 1e15, VT_BSTR, "1E+15" },
	{ 999999999999999.9, VT_BSTR, "1E+15" },
	{ 123456789012345.6, VT_BSTR, "123456789012346" },
	{ 1234567890123456, VT_BSTR, "1.23456789012346E+15" },
	{ -2.5e100, VT_BSTR, "-2.5E+100" },
	{ 1.7976931348623157e308, VT_BSTR, "1.79769313486232E+308" },
	{ 4.9406564584124654e-324, VT_BSTR, "4.94065645841247E-324" },
	{ 920.0000000000001, VT_BSTR, "920" },
	{ INFINITY, VT_BSTR, "1.#INF" },
	{ -INFINITY, VT_BSTR, "-1.#INF" },
	{ 0.5, VT_I4, "0" },
	{ 1.5, VT_I4, "2" },
	{ -0.5, VT_UI1, "0" },
	{ 255.5, VT_UI1, OVERFLOW },
	{ 2147483647.5, VT_I4, OVERFLOW },
	{ -2147483648.5, VT_I4, "-2147483648" },
	{ INFINITY, VT_I8, OVERFLOW },
	{ NAN, VT_I4, OVERFLOW },
	{ NAN, VT_DATE, OVERFLOW },
	{ NAN, VT_CY, OVERFLOW },
	{ NAN, VT_DECIMAL, OVERFLOW },
	{ 1e300, VT_R4, OVERFLOW },
	{ 1e300, VT_CY, OVERFLOW },
	{ 1e300, VT_DECIMAL, OVERFLOW },
	{ 0.00005, VT_CY, "0" },
	{ 0.00015, VT_CY, "0.0001" }, /* the nearest double is a little below */
	{ 0.1, VT_DECIMAL, "0.1" },
	{ 0, VT_BOOL, "False" },
	{ 1e-300, VT_BOOL, "True" },
	{ 46053.5, VT_DATE, "1/31/2026 12:00:00 PM" },
	{ 2958466, VT_DATE, OVERFLOW },
	{ -657435, VT_DATE, OVERFLOW },
	{ -657434, VT_DATE, "1/1/100" },
};

static void test_from_real(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(real_cases); i++) {
		VARIANT v = v_double(real_cases[i].from);
		char what[32];

		snprintf(what, sizeof what, "%.17g", real_cases[i].from);
		check(&v, real_cases[i].to, real_cases[i].want, real_cases[i].hr, what);
	}
}

static void test_from_others(void **state)
{
	VARIANT v = { 0 };

	check(&v, VT_I4, "0", 0, "Empty");
	check(&v, VT_BSTR, "", 0, "Empty");
	check(&v, VT_BOOL, "False", 0, "Empty");
	check(&v, VT_DATE, "12:00:00 AM", 0, "Empty");
	check(&v, VT_NULL, MISMATCH, "Empty");
	v.vt = VT_NULL;
	check(&v, VT_I4, MISMATCH, "Null");
	check(&v, VT_BSTR, MISMATCH, "Null");
	v = v_bool(true);
	check(&v, VT_I4, "-1", 0, "True");
	check(&v, VT_UI1, "255", S_OK, "True");
	check(&v, VT_BSTR, "True", 0, "True");
	assert_int_equal(VariantChangeType(&v, &v, 0, VT_BSTR), S_OK);
	assert_shows(&v, "-1"); /* without VARIANT_ALPHABOOL */
	v = (VARIANT){ .vt = VT_R4, .fltVal = 1.0f / 3 };
	check(&v, VT_BSTR, "0.3333333", 0, "third");
	v.fltVal = 1.0f / 30;
	check(&v, VT_BSTR, "3.333334E-02", 0, "thirtieth");
	v.fltVal = 0.1f;
	check(&v, VT_DECIMAL, "0.1", 0, "float");
	v = (VARIANT){ .vt = VT_CY, .cyVal = { -15000 } };
	check(&v, VT_I4, "-2", 0, "-1.5");
	check(&v, VT_R8, "-1.5", 0, "-1.5");
	v = (VARIANT){ .vt = VT_UI8, .ullVal = UINT64_MAX };
	check(&v, VT_I8, OVERFLOW, "2^64-1");
	check(&v, VT_BSTR, "18446744073709551615", 0, "2^64-1");
	v = (VARIANT){ .vt = VT_I8, .llVal = INT64_MIN };
	check(&v, VT_BSTR, "-9223372036854775808", 0, "-2^63");
	v = (VARIANT){ .vt = VT_DATE, .date = -1.25 };
	check(&v, VT_BSTR, "12/29/1899 6:00:00 AM", 0, "-1.25");
	check(&v, VT_I4, "-1", 0, "-1.25");
	v.date = 1e9;
	check(&v, VT_BSTR, OVERFLOW, "late");
	v = (VARIANT){ .vt = VT_ERROR, .scode = DISP_E_PARAMNOTFOUND };
	check(&v, VT_I4, MISMATCH, "error");
	check(&v, VT_BSTR, MISMATCH, "error");
}

/* Every integer type keeps its extremes on the way through text and through a double. */
static void test_integer_extremes(void **state)
{
	static const struct {
		VARTYPE vt;
		const char *low, *high;
	} types[] = {
		{ VT_I1, "-128", "127" },
		{ VT_UI1, "0", "255" },
		{ VT_I2, "-32768", "32767" },
		{ VT_UI2, "0", "65535" },
		{ VT_I4, "-2147483648", "2147483647" },
		{ VT_UI4, "0", "4294967295" },
		{ VT_INT, "-2147483648", "2147483647" },
		{ VT_UINT, "0", "4294967295" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const char *ends[] = { types[i].low, types[i].high };

		for (int k = 0; k < 2; k++) {
			VARIANT v = v_text(ends[k]), n = { 0 };

			assert_int_equal(VariantChangeType(&n, &v, 0, types[i].vt), S_OK);
			check(&n, VT_BSTR, ends[k], 0, ends[k]);
			assert_int_equal(VariantChangeType(&n, &n, 0, VT_R8), S_OK);
			check(&n, types[i].vt, ends[k], 0, ends[k]);
			n.dblVal += k ? 1 : -1;
			check(&n, types[i].vt, OVERFLOW, ends[k]);
			VariantClear(&v);
		}
	}
}

static void test_objects(void **state)
{
	struct automation_object object;
	VARIANT v = { .vt = VT_DISPATCH, .pdispVal = &object.dispatch }, out = { 0 };

	automation_init(&object, &counted_class);
	check(&v, VT_I4, "42", 0, "object");
	check(&v, VT_BSTR, "42", 0, "object");
	assert_int_equal(VariantChangeType(&out, &v, VARIANT_NOVALUEPROP, VT_I4),
			 DISP_E_TYPEMISMATCH);
	assert_int_equal(VariantChangeType(&out, &v, 0, VT_UNKNOWN), S_OK);
	assert_int_equal(object.refs, 2);
	assert_int_equal(VariantChangeType(&out, &out, 0, VT_DISPATCH), S_OK);
	assert_int_equal(object.refs, 2);
	VariantClear(&out);
	assert_int_equal(object.refs, 1);
	v.pdispVal = NULL;
	check(&v, VT_I4, MISMATCH, "Nothing");
}

static void test_bytes(void **state)
{
	VARIANT v = { .vt = VT_BSTR, .bstrVal = SysAllocStringByteLen("abc", 3) }, out = { 0 };

	assert_int_equal(VariantChangeType(&out, &v, 0, VT_ARRAY | VT_UI1), S_OK);
	assert_int_equal(out.parray->rgsabound[0].cElements, 3);
	assert_memory_equal(out.parray->pvData, "abc", 3);
	VariantClear(&v);
	assert_int_equal(VariantChangeType(&v, &out, 0, VT_BSTR), S_OK);
	assert_int_equal(SysStringByteLen(v.bstrVal), 3);
	VariantClear(&v);
	VariantClear(&out);
}

/* ---- without memory ---- */

struct values {
	VARIANT text, array, number;
};

static bool copy_and_convert(void *ctx)
{
	struct values *in = ctx;
	VARIANT a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	bool ok = SUCCEEDED(VariantCopy(&a, &in->text));

	ok = SUCCEEDED(VariantCopy(&b, &in->array)) && ok;
	ok = SUCCEEDED(variant_share(&c, &in->array)) && ok;
	ok = SUCCEEDED(VariantChangeType(&d, &in->number, 0, VT_BSTR)) && ok;
	/* In place: on failure the old value is still there. */
	if (SUCCEEDED(VariantCopy(&a, &in->number)) &&
	    FAILED(VariantChangeType(&a, &a, 0, VT_BSTR))) {
		assert_int_equal(a.vt, VT_R8);
		ok = false;
	}
	VariantClear(&a);
	VariantClear(&b);
	VariantClear(&c);
	VariantClear(&d);
	return ok;
}

static void test_no_memory(void **state)
{
	struct values in = { .text = v_text("some text"), .number = v_double(1.5) };
	VARIANT *items;

	in.array = (VARIANT){ .vt = VT_ARRAY | VT_VARIANT,
			      .parray = SafeArrayCreateVector(VT_VARIANT, 0, 3) };
	items = in.array.parray->pvData;
	items[0] = v_text("one");
	items[2] = v_text("three");
	with_every_allocation_failing(copy_and_convert, &in);
	VariantClear(&in.text);
	VariantClear(&in.array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_from_text),
		cmocka_unit_test(test_from_real),
		cmocka_unit_test(test_from_others),
		cmocka_unit_test(test_integer_extremes),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
