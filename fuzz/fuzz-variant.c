/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to values (com/number.h, com/date.h, VariantChangeType): any text converts or is refused,
 * and what was converted prints as text that converts to the same value again.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/date.h"
#include "com/decimal.h"
#include "com/number.h"
#include "com/variant.h"

/* Types whose values print exactly. */
static const VARTYPE exact_types[] = { VT_I1,  VT_UI1, VT_I2,   VT_UI2, VT_I4,      VT_UI4, VT_I8,
				       VT_UI8, VT_INT, VT_UINT, VT_CY,  VT_DECIMAL, VT_BOOL };

static void require_known(HRESULT hr)
{
	FUZZ_REQUIRE(hr == S_OK || hr == DISP_E_TYPEMISMATCH || hr == DISP_E_OVERFLOW);
}

static void exact(const VARIANT *text, VARTYPE vt)
{
	VARIANT a = { 0 }, b = { 0 }, printed = { 0 };
	HRESULT hr = VariantChangeType(&a, text, 0, vt);

	require_known(hr);
	if (FAILED(hr))
		return;
	FUZZ_REQUIRE(a.vt == vt);
	FUZZ_REQUIRE(VariantChangeType(&printed, &a, VARIANT_ALPHABOOL, VT_BSTR) == S_OK);
	FUZZ_REQUIRE(VariantChangeType(&b, &printed, 0, vt) == S_OK);
	/* A DECIMAL keeps zeros behind the point that its text does not show. */
	FUZZ_REQUIRE(vt == VT_DECIMAL || a.llVal == b.llVal);
	FUZZ_REQUIRE(VariantChangeType(&b, &b, VARIANT_ALPHABOOL, VT_BSTR) == S_OK);
	FUZZ_REQUIRE(bstr_compare(b.bstrVal, printed.bstrVal) == 0);
	VariantClear(&b);
	VariantClear(&printed);
}

/* A real prints with fewer digits than it has, but that text stands for itself. */
static void rounded(const VARIANT *text, VARTYPE vt)
{
	VARIANT a = { 0 }, printed = { 0 }, again = { 0 };
	HRESULT hr = VariantChangeType(&a, text, 0, vt);

	require_known(hr);
	if (FAILED(hr))
		return;
	FUZZ_REQUIRE(VariantChangeType(&printed, &a, 0, VT_BSTR) == S_OK);
	FUZZ_REQUIRE(SysStringLen(printed.bstrVal) < NUMBER_TEXT_SIZE);
	hr = VariantChangeType(&a, &printed, 0, vt);
	/* The largest reals round up, out of range. */
	FUZZ_REQUIRE(hr == S_OK || (vt != VT_DATE && hr == DISP_E_OVERFLOW));
	/* DBL_DIG is 15, but FLT_DIG only 6. */
	if (SUCCEEDED(hr) && vt != VT_R4) {
		FUZZ_REQUIRE(VariantChangeType(&again, &a, 0, VT_BSTR) == S_OK);
		FUZZ_REQUIRE(bstr_compare(printed.bstrVal, again.bstrVal) == 0);
	}
	VariantClear(&printed);
	VariantClear(&again);
}

/* The bytes of a double: every conversion from it is defined too. */
static void real(const uint8_t *data, size_t size)
{
	VARIANT v = { .vt = VT_R8 }, out = { 0 };

	if (size < sizeof v.dblVal)
		return;
	memcpy(&v.dblVal, data, sizeof v.dblVal);
	for (VARTYPE vt = VT_EMPTY; vt <= VT_UINT; vt++) {
		HRESULT hr = VariantChangeType(&out, &v, 0, vt);

		FUZZ_REQUIRE(hr == DISP_E_BADVARTYPE || hr == S_OK || FAILED(hr));
		VariantClear(&out);
	}
}

/* Two DECIMALs: the laws of arithmetic hold wherever nothing was lost. */
static void decimals(const uint8_t *data, size_t size)
{
	DECIMAL d[2] = { 0 }, sum, back, product, other, quotient;

	if (size < 26)
		return;
	for (int i = 0; i < 2; i++, data += 13) {
		memcpy(&d[i].Hi32, data, 4);
		memcpy(&d[i].Lo64, data + 4, 8);
		d[i].scale = data[12] & 31;
		d[i].sign = data[12] & 0x80;
	}
	FUZZ_REQUIRE(decimal_compare(&d[0], &d[1]) == -decimal_compare(&d[1], &d[0]));
	if (decimal_add(&d[0], &d[1], &sum) == S_OK && sum.scale >= d[0].scale &&
	    sum.scale >= d[1].scale && sum.scale > 0)
		FUZZ_REQUIRE(decimal_subtract(&sum, &d[1], &back) != S_OK ||
			     decimal_compare(&back, &d[0]) == 0);
	HRESULT hr = decimal_multiply(&d[0], &d[1], &product);

	FUZZ_REQUIRE(hr == decimal_multiply(&d[1], &d[0], &other));
	FUZZ_REQUIRE(hr != S_OK || decimal_compare(&product, &other) == 0);
	hr = decimal_divide(&d[0], &d[1], &quotient);
	FUZZ_REQUIRE((hr == DISP_E_DIVBYZERO) == decimal_is_zero(&d[1]));
	FUZZ_REQUIRE(hr != S_OK || quotient.scale <= 28);
	FUZZ_REQUIRE(decimal_round(&d[0], 3, DECIMAL_DOWN, &back) == S_OK && back.scale <= 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };
	VARIANT text = { .vt = VT_BSTR, .bstrVal = bstr_from_text(in) };
	DATE d;

	FUZZ_REQUIRE(text.bstrVal);
	for (size_t i = 0; i < ARRAY_LEN(exact_types); i++)
		exact(&text, exact_types[i]);
	rounded(&text, VT_R8);
	rounded(&text, VT_R4);
	rounded(&text, VT_DATE);
	for (size_t i = 0; locale_at(i); i++) {
		char out[DATE_TEXT_SIZE];
		struct number n;

		(void)number_parse(text.bstrVal, SysStringLen(text.bstrVal), locale_at(i), &n);
		if (date_parse(text.bstrVal, SysStringLen(text.bstrVal), locale_at(i), &d))
			FUZZ_REQUIRE(date_valid(d) &&
				     date_format(d, DATE_GENERAL, locale_at(i), out) > 0);
	}
	real(data, size);
	decimals(data, size);
	VariantClear(&text);
	return 0;
}
