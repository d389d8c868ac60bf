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

/* Automation codes as VBScript reports them; behind them, by number, those of storage, type
 * libraries, monikers and activation (winerror.h), which only components return. */
/* clang-format off */
#define HRESULT_NUMBERS(X) \
	X(E_NOTIMPL, 445) X(E_NOINTERFACE, 430) X(E_ACCESSDENIED, 70) X(E_OUTOFMEMORY, 7) \
	X(E_INVALIDARG, 5) X(DISP_E_UNKNOWNINTERFACE, 438) X(DISP_E_MEMBERNOTFOUND, 438) \
	X(DISP_E_PARAMNOTFOUND, 448) X(DISP_E_TYPEMISMATCH, 13) X(DISP_E_UNKNOWNNAME, 438) \
	X(DISP_E_NONAMEDARGS, 446) X(DISP_E_BADVARTYPE, 458) X(DISP_E_OVERFLOW, 6) \
	X(DISP_E_BADINDEX, 9) X(DISP_E_UNKNOWNLCID, 447) X(DISP_E_ARRAYISLOCKED, 10) \
	X(DISP_E_BADPARAMCOUNT, 450) X(DISP_E_PARAMNOTOPTIONAL, 449) X(DISP_E_DIVBYZERO, 11) \
	X(CLASS_E_CLASSNOTAVAILABLE, 429) X(REGDB_E_CLASSNOTREG, 429) X(CO_E_CLASSSTRING, 429) \
	X(CO_E_SERVER_EXEC_FAILURE, 429) \
	/* DISP_E_NOTACOLLECTION; TYPE_E_DLLFUNCTIONNOTFOUND, _TYPEMISMATCH, _OUTOFBOUNDS, _IOERROR,
	 * _CANTCREATETMPFILE */ \
	X((HRESULT)0x80020011, 451) X((HRESULT)0x8002802F, 453) X((HRESULT)0x80028CA0, 13) \
	X((HRESULT)0x80028CA1, 9) X((HRESULT)0x80028CA2, 57) X((HRESULT)0x80028CA3, 322) \
	/* STG_E_FILENOTFOUND, _PATHNOTFOUND, _TOOMANYOPENFILES, _ACCESSDENIED, _INSUFFICIENTMEMORY,
	 * _NOMOREFILES, _DISKISWRITEPROTECTED, _WRITEFAULT, _READFAULT, _SHAREVIOLATION */ \
	X((HRESULT)0x80030002, 432) X((HRESULT)0x80030003, 76) X((HRESULT)0x80030004, 67) \
	X((HRESULT)0x80030005, 70) X((HRESULT)0x80030008, 7) X((HRESULT)0x80030012, 67) \
	X((HRESULT)0x80030013, 70) X((HRESULT)0x8003001D, 57) X((HRESULT)0x8003001E, 57) \
	X((HRESULT)0x80030020, 75) \
	/* STG_E_LOCKVIOLATION, _FILEALREADYEXISTS, _MEDIUMFULL, _INVALIDNAME, _INUSE, _NOTCURRENT,
	 * _CANTSAVE */ \
	X((HRESULT)0x80030021, 70) X((HRESULT)0x80030050, 58) X((HRESULT)0x80030070, 61) \
	X((HRESULT)0x800300FC, 53) X((HRESULT)0x80030100, 70) X((HRESULT)0x80030101, 70) \
	X((HRESULT)0x80030103, 57) \
	/* MK_E_UNAVAILABLE, _SYNTAX, _INVALIDEXTENSION, _CANTOPENFILE; CO_E_APPNOTFOUND, _APPDIDNTREG;
	 * RPC_S_SERVER_UNAVAILABLE as an HRESULT */ \
	X(MK_E_UNAVAILABLE, 429) X(MK_E_SYNTAX, 432) X((HRESULT)0x800401E6, 432) X((HRESULT)0x800401EA, 432) \
	X((HRESULT)0x800401F5, 429) X((HRESULT)0x800401FE, 429) X((HRESULT)0x800706BA, 462)
/* clang-format on */

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
