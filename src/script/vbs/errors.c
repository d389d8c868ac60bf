/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error texts, the translation of HRESULTs to script numbers, and struct vbs_error's end. Called
 * from any thread; no state.
 */
#include "script/vbs/errors.h"

#include "base/mem.h"
#include "script/vbs/vbs.h"

static const struct {
	int number;
	const char *text;
} error_table[] = {
#define X(number, text) { number, text },
	VBS_ERRORS(X)
#undef X
};

const char *vbs_error_text(int n)
{
	for (size_t i = 0; i < ARRAY_LEN(error_table); i++)
		if (error_table[i].number == n)
			return error_table[i].text;
	return NULL;
}

/* Automation codes as VBScript reports them. */
#define HRESULT_NUMBERS(X)                                                                         \
	X(E_NOTIMPL, 445)                                                                          \
	X(E_NOINTERFACE, 430)                                                                      \
	X(E_ACCESSDENIED, 70)                                                                      \
	X(E_OUTOFMEMORY, 7)                                                                        \
	X(E_INVALIDARG, 5)                                                                         \
	X(DISP_E_UNKNOWNINTERFACE, 438)                                                            \
	X(DISP_E_MEMBERNOTFOUND, 438)                                                              \
	X(DISP_E_PARAMNOTFOUND, 448)                                                               \
	X(DISP_E_TYPEMISMATCH, 13)                                                                 \
	X(DISP_E_UNKNOWNNAME, 438)                                                                 \
	X(DISP_E_NONAMEDARGS, 446)                                                                 \
	X(DISP_E_BADVARTYPE, 458)                                                                  \
	X(DISP_E_OVERFLOW, 6)                                                                      \
	X(DISP_E_BADINDEX, 9)                                                                      \
	X(DISP_E_UNKNOWNLCID, 447)                                                                 \
	X(DISP_E_ARRAYISLOCKED, 10)                                                                \
	X(DISP_E_BADPARAMCOUNT, 450)                                                               \
	X(DISP_E_PARAMNOTOPTIONAL, 449)                                                            \
	X(DISP_E_DIVBYZERO, 11)                                                                    \
	X(CLASS_E_CLASSNOTAVAILABLE, 429)                                                          \
	X(REGDB_E_CLASSNOTREG, 429)                                                                \
	X(CO_E_CLASSSTRING, 429)                                                                   \
	X(CO_E_SERVER_EXEC_FAILURE, 429)

int vbs_error_of_hresult(HRESULT hr)
{
	static const struct {
		HRESULT hr;
		int number;
	} table[] = {
#define X(hr, number) { hr, number },
		HRESULT_NUMBERS(X)
#undef X
	};

	if (((uint32_t)hr & 0xFFFF0000u) == 0x800A0000u)
		return hr & 0xFFFF;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].hr == hr)
			return table[i].number;
	return 0;
}

void vbs_error_done(struct vbs_error *error)
{
	if (!error)
		return;
	mem_free(error->source);
	mem_free(error->description);
	mem_free(error->file);
	mem_free(error->line_text);
	mem_free(error->stack);
	*error = (struct vbs_error){ 0 };
}
