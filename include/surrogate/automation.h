/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values and basic interfaces of COM: the binary interface that components, the script engines and
 * the hosts share. Included by <surrogate/com.h>. Layouts follow [MS-OAUT] and [MS-DTYP]; types
 * keep their Windows widths (LONG and ULONG are 32 bits), pointers are the machine's.
 *
 * An interface is a struct whose first member points to a table of functions, the first three of
 * which are those of IUnknown. Rules of ownership are COM's: [in] arguments belong to the caller,
 * [out] results to the caller once returned, an interface pointer that is stored is AddRef'ed.
 * Every function may be called from any thread unless its object says otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SURROGATE_API __attribute__((visibility("default")))

/* ---- plain types ([MS-DTYP] 2.2) ---- */
typedef int32_t HRESULT, LONG, BOOL, SCODE, DISPID;
typedef uint32_t ULONG, DWORD, LCID, UINT;
typedef uint16_t WORD, USHORT, VARTYPE;
typedef int16_t SHORT, VARIANT_BOOL;
typedef uint8_t BYTE;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG;
typedef char16_t OLECHAR, *LPOLESTR;
typedef const char16_t *LPCOLESTR;
typedef double DATE; /* days since 1899-12-30, [MS-OAUT] 2.2.25 */

#define VARIANT_TRUE ((VARIANT_BOOL)-1)
#define VARIANT_FALSE ((VARIANT_BOOL)0)
#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif
#define SUCCEEDED(hr) ((HRESULT)(hr) >= 0)
#define FAILED(hr) ((HRESULT)(hr) < 0)
/* The HRESULT of a Win32 code, and of an automation facility (script error) number. */
#define HRESULT_FROM_WIN32(x) ((HRESULT)((x) ? ((uint32_t)(x)&0xFFFF) | 0x80070000u : 0))
#define MAKE_SCRIPT_HRESULT(n) ((HRESULT)(0x800A0000u | ((uint32_t)(n)&0xFFFF)))

typedef struct GUID {
	uint32_t Data1;
	uint16_t Data2, Data3;
	uint8_t Data4[8];
} GUID, IID, CLSID;
typedef const GUID *REFGUID, *REFIID, *REFCLSID;

static inline bool IsEqualGUID(REFGUID a, REFGUID b)
{
	return __builtin_memcmp(a, b, sizeof *a) == 0;
}

/* ---- HRESULT values: name, value, text ([MS-ERREF] 2.1). One table for enum, text and tests. */
#define HRESULT_TABLE(X)                                                                           \
	X(S_OK, 0x00000000, "Operation successful")                                                \
	X(S_FALSE, 0x00000001, "Operation successful, the answer is no")                           \
	X(E_PENDING, 0x8000000A,                                                                   \
	  "The data necessary to complete this operation is not yet available")                    \
	X(E_NOTIMPL, 0x80004001, "Not implemented")                                                \
	X(E_NOINTERFACE, 0x80004002, "No such interface supported")                                \
	X(E_POINTER, 0x80004003, "Invalid pointer")                                                \
	X(E_ABORT, 0x80004004, "Operation aborted")                                                \
	X(E_FAIL, 0x80004005, "Unspecified error")                                                 \
	X(E_UNEXPECTED, 0x8000FFFF, "Catastrophic failure")                                        \
	X(E_ACCESSDENIED, 0x80070005, "General access denied error")                               \
	X(E_HANDLE, 0x80070006, "Invalid handle")                                                  \
	X(E_OUTOFMEMORY, 0x8007000E, "Ran out of memory")                                          \
	X(E_INVALIDARG, 0x80070057, "One or more arguments are invalid")                           \
	X(DISP_E_UNKNOWNINTERFACE, 0x80020001, "Unknown interface")                                \
	X(DISP_E_MEMBERNOTFOUND, 0x80020003, "Member not found")                                   \
	X(DISP_E_PARAMNOTFOUND, 0x80020004, "Parameter not found")                                 \
	X(DISP_E_TYPEMISMATCH, 0x80020005, "Type mismatch")                                        \
	X(DISP_E_UNKNOWNNAME, 0x80020006, "Unknown name")                                          \
	X(DISP_E_NONAMEDARGS, 0x80020007, "No named arguments")                                    \
	X(DISP_E_BADVARTYPE, 0x80020008, "Bad variable type")                                      \
	X(DISP_E_EXCEPTION, 0x80020009, "Exception occurred")                                      \
	X(DISP_E_OVERFLOW, 0x8002000A, "Out of present range")                                     \
	X(DISP_E_BADINDEX, 0x8002000B, "Invalid index")                                            \
	X(DISP_E_UNKNOWNLCID, 0x8002000C, "Unknown language")                                      \
	X(DISP_E_ARRAYISLOCKED, 0x8002000D, "Memory is locked")                                    \
	X(DISP_E_BADPARAMCOUNT, 0x8002000E, "Invalid number of parameters")                        \
	X(DISP_E_PARAMNOTOPTIONAL, 0x8002000F, "Parameter not optional")                           \
	X(DISP_E_DIVBYZERO, 0x80020012, "Division by zero")                                        \
	X(TYPE_E_UNSUPFORMAT, 0x80028019, "Old format or invalid type library")                    \
	X(TYPE_E_ELEMENTNOTFOUND, 0x8002802B, "Element not found")                                 \
	X(TYPE_E_BADMODULEKIND, 0x800288BD, "Wrong module kind for the operation")                 \
	X(CLASS_E_NOAGGREGATION, 0x80040110, "Class does not support aggregation")                 \
	X(CLASS_E_CLASSNOTAVAILABLE, 0x80040111, "ClassFactory cannot supply requested class")     \
	X(CONNECT_E_NOCONNECTION, 0x80040200, "There is no connection for this connection ID")     \
	X(CONNECT_E_ADVISELIMIT, 0x80040201, "This object cannot accept any more connections")     \
	X(CONNECT_E_CANNOTCONNECT, 0x80040202,                                                     \
	  "The sink does not support the interface required by the connection point")              \
	X(REGDB_E_READREGDB, 0x80040150, "Could not read key from registry")                       \
	X(REGDB_E_WRITEREGDB, 0x80040151, "Could not write key to registry")                       \
	X(REGDB_E_INVALIDVALUE, 0x80040153, "Invalid value for registry")                          \
	X(REGDB_E_CLASSNOTREG, 0x80040154, "Class not registered")                                 \
	X(CO_S_NOTALLINTERFACES, 0x00080012, "Not all the requested interfaces were available")    \
	X(MK_E_UNAVAILABLE, 0x800401E3, "Operation unavailable")                                   \
	X(MK_E_SYNTAX, 0x800401E4, "Invalid syntax")                                               \
	X(CO_E_NOTINITIALIZED, 0x800401F0, "CoInitialize has not been called")                     \
	X(CO_E_CLASSSTRING, 0x800401F3, "Invalid class string")                                    \
	X(CO_E_IIDSTRING, 0x800401F4, "Invalid interface string")                                  \
	X(CO_E_DLLNOTFOUND, 0x800401F8, "DLL for class not found")                                 \
	X(CO_E_ERRORINDLL, 0x800401F9, "Error in the DLL")                                         \
	X(CO_E_OBJNOTCONNECTED, 0x800401FD, "Object is not connected to server")                   \
	X(CO_E_SERVER_STOPPING, 0x80080008,                                                        \
	  "Object server is stopping when OLE service contacts it")                                \
	X(CO_E_SERVER_EXEC_FAILURE, 0x80080005, "Server execution failed")                         \
	X(STG_E_INVALIDFUNCTION, 0x80030001, "Unable to perform requested operation")              \
	X(STG_E_MEDIUMFULL, 0x80030070, "There is insufficient disk space to complete operation")  \
	X(RPC_E_CHANGED_MODE, 0x80010106, "Cannot change thread mode after it is set")             \
	X(RPC_E_SERVERFAULT, 0x80010105, "The server threw an exception")                          \
	X(RPC_E_VERSION_MISMATCH, 0x80010110,                                                      \
	  "The versions of COM on client and server do not match")                                 \
	X(RPC_E_INVALID_HEADER, 0x80010111, "A packet with an invalid header was received")        \
	X(RPC_E_REMOTE_DISABLED, 0x8001011C, "Remote calls are not allowed for this process")      \
	X(CO_E_OBJNOTREG, 0x800401FC, "Object is not registered")                                  \
	X(CO_E_CLASS_DISABLED, 0x80004027, "The object may not be created because it is disabled") \
	X(RPC_E_INVALID_OBJECT, 0x80010114, "Requested object does not exist")                     \
	X(RPC_E_CALL_COMPLETE, 0x80010117, "Call context cannot be accessed after call completed") \
	X(RPC_E_TOO_LATE, 0x80010119,                                                              \
	  "Security must be initialized before any interfaces are marshalled or unmarshalled. It " \
	  "cannot be changed once initialized")                                                    \
	X(CO_E_FAILEDTOIMPERSONATE, 0x80010123, "Unable to impersonate DCOM client")               \
	X(RPC_E_INVALID_OBJREF, 0x8001011D,                                                        \
	  "The marshaled interface data packet (OBJREF) has an "                                   \
	  "invalid or unknown format")                                                             \
	X(CO_E_RUNAS_LOGON_FAILURE, 0x8000401A,                                                    \
	  "The server process could not be started because the configured identity is "            \
	  "incorrect. Check the user name and password")                                           \
	X(RPC_E_DISCONNECTED, 0x80010108, "The object invoked has disconnected from its clients")

enum {
#define X(name, value, text) name = (HRESULT)(value),
	HRESULT_TABLE(X)
#undef X
};

/* ---- BSTR ([MS-OAUT] 2.2.23): UTF-16 with its byte count in the four bytes in front ----
 * A BSTR may hold any bytes, NUL included; NULL is the empty string. In Surrogate a BSTR also has
 * a hidden reference count and capacity in front, which lets the script engines share one without
 * a copy (com/bstr.h); for everybody else the classic rules hold. */
typedef OLECHAR *BSTR;

SURROGATE_API BSTR SysAllocString(const OLECHAR *text);
SURROGATE_API BSTR SysAllocStringLen(const OLECHAR *text, UINT length); /* text NULL: zeroed */
SURROGATE_API BSTR SysAllocStringByteLen(const char *bytes, UINT length);
SURROGATE_API void SysFreeString(BSTR s);
SURROGATE_API UINT SysStringLen(BSTR s); /* UTF-16 units */
SURROGATE_API UINT SysStringByteLen(BSTR s);

/* ---- VARIANT ([MS-OAUT] 2.2.7, 2.2.29) ---- */
enum VARENUM {
	VT_EMPTY = 0,
	VT_NULL = 1,
	VT_I2 = 2,
	VT_I4 = 3,
	VT_R4 = 4,
	VT_R8 = 5,
	VT_CY = 6,
	VT_DATE = 7,
	VT_BSTR = 8,
	VT_DISPATCH = 9,
	VT_ERROR = 10,
	VT_BOOL = 11,
	VT_VARIANT = 12,
	VT_UNKNOWN = 13,
	VT_DECIMAL = 14,
	VT_I1 = 16,
	VT_UI1 = 17,
	VT_UI2 = 18,
	VT_UI4 = 19,
	VT_I8 = 20,
	VT_UI8 = 21,
	VT_INT = 22,
	VT_UINT = 23,
	VT_VOID = 24,
	VT_HRESULT = 25,
	VT_PTR = 26,
	VT_SAFEARRAY = 27,
	VT_USERDEFINED = 29,
	VT_LPSTR = 30,
	VT_LPWSTR = 31,
	VT_RECORD = 36,
	VT_ARRAY = 0x2000,
	VT_BYREF = 0x4000,
	VT_TYPEMASK = 0x0FFF,
};

typedef struct DECIMAL {
	WORD wReserved;
	BYTE scale, sign; /* scale 0..28; sign 0 or 0x80 */
	uint32_t Hi32;
	uint64_t Lo64;
} DECIMAL;

typedef struct CY {
	int64_t int64; /* ten-thousandths */
} CY, CURRENCY;

typedef struct IUnknown IUnknown;
typedef struct IDispatch IDispatch;
typedef struct SAFEARRAY SAFEARRAY;
typedef struct VARIANT VARIANT, VARIANTARG;

struct VARIANT {
	union {
		struct {
			VARTYPE vt;
			WORD wReserved1, wReserved2, wReserved3;
			union {
				LONGLONG llVal;
				ULONGLONG ullVal;
				LONG lVal;
				ULONG ulVal;
				BYTE bVal;
				int8_t cVal;
				SHORT iVal;
				USHORT uiVal;
				float fltVal;
				double dblVal;
				VARIANT_BOOL boolVal;
				SCODE scode;
				CY cyVal;
				DATE date;
				BSTR bstrVal;
				IUnknown *punkVal;
				IDispatch *pdispVal;
				SAFEARRAY *parray;
				void *byref;
				BYTE *pbVal;
				SHORT *piVal;
				LONG *plVal;
				LONGLONG *pllVal;
				float *pfltVal;
				double *pdblVal;
				VARIANT_BOOL *pboolVal;
				SCODE *pscode;
				CY *pcyVal;
				DATE *pdate;
				BSTR *pbstrVal;
				IUnknown **ppunkVal;
				IDispatch **ppdispVal;
				SAFEARRAY **pparray;
				VARIANT *pvarVal;
				DECIMAL *pdecVal;
				LONG intVal, *pintVal;
				ULONG uintVal, *puintVal;
				int8_t *pcVal;
				USHORT *puiVal;
				ULONG *pulVal;
				ULONGLONG *pullVal;
			};
			void *reserved; /* a record's second pointer on Windows */
		};
		DECIMAL decVal; /* shares its wReserved with vt */
	};
};

SURROGATE_API void VariantInit(VARIANT *v);
SURROGATE_API HRESULT VariantClear(VARIANT *v);
SURROGATE_API HRESULT VariantCopy(VARIANT *to, const VARIANT *from);
/* As VariantCopy, but follows VT_BYREF first. */
SURROGATE_API HRESULT VariantCopyInd(VARIANT *to, const VARIANT *from);
#define VARIANT_NOVALUEPROP 1
#define VARIANT_ALPHABOOL 2
#define VARIANT_LOCALBOOL 16
/* Converts; text is read and written as the locale of the LCID has it (0, and one that is unknown:
 * en-US). `to` may be `from`, and is unchanged on failure. A VT_BOOL becomes "True" or "False" with
 * VARIANT_ALPHABOOL, else "-1" or "0". DISP_E_TYPEMISMATCH, DISP_E_OVERFLOW, DISP_E_BADVARTYPE,
 * E_OUTOFMEMORY. */
SURROGATE_API HRESULT VariantChangeType(VARIANT *to, const VARIANT *from, USHORT flags, VARTYPE vt);
SURROGATE_API HRESULT VariantChangeTypeEx(VARIANT *to, const VARIANT *from, LCID lcid, USHORT flags,
					  VARTYPE vt);

/* ---- SAFEARRAY ([MS-OAUT] 2.2.30) ---- */
typedef struct SAFEARRAYBOUND {
	ULONG cElements;
	LONG lLbound;
} SAFEARRAYBOUND;

#define FADF_FIXEDSIZE 0x0010
#define FADF_HAVEVARTYPE 0x0080
#define FADF_BSTR 0x0100
#define FADF_UNKNOWN 0x0200
#define FADF_DISPATCH 0x0400
#define FADF_VARIANT 0x0800

struct SAFEARRAY {
	USHORT cDims, fFeatures;
	ULONG cbElements, cLocks;
	void *pvData;               /* the left-most index runs fastest */
	SAFEARRAYBOUND rgsabound[]; /* the right-most dimension first, as on Windows */
};

SURROGATE_API SAFEARRAY *SafeArrayCreate(VARTYPE vt, UINT dims, const SAFEARRAYBOUND *bounds);
SURROGATE_API SAFEARRAY *SafeArrayCreateVector(VARTYPE vt, LONG lower, ULONG count);
SURROGATE_API HRESULT SafeArrayDestroy(SAFEARRAY *array);
SURROGATE_API HRESULT SafeArrayCopy(SAFEARRAY *array, SAFEARRAY **ret);
SURROGATE_API HRESULT SafeArrayRedim(SAFEARRAY *array, const SAFEARRAYBOUND *last);
SURROGATE_API HRESULT SafeArrayGetVartype(SAFEARRAY *array, VARTYPE *ret);
SURROGATE_API UINT SafeArrayGetDim(SAFEARRAY *array);
SURROGATE_API HRESULT SafeArrayGetLBound(SAFEARRAY *array, UINT dim, LONG *ret); /* dim from 1 */
SURROGATE_API HRESULT SafeArrayGetUBound(SAFEARRAY *array, UINT dim, LONG *ret);
/* `indices` right-most last. Element types BSTR, VARIANT and objects are copied or AddRef'ed; what
 * was in `*ret` before is not looked at. `value` is the BSTR or the interface pointer itself for
 * those types, else a pointer to the element. */
SURROGATE_API HRESULT SafeArrayGetElement(SAFEARRAY *array, const LONG *indices, void *ret);
SURROGATE_API HRESULT SafeArrayPutElement(SAFEARRAY *array, const LONG *indices, void *value);
SURROGATE_API HRESULT SafeArrayPtrOfIndex(SAFEARRAY *array, const LONG *indices, void **ret);
SURROGATE_API HRESULT SafeArrayAccessData(SAFEARRAY *array, void **ret);
SURROGATE_API HRESULT SafeArrayUnaccessData(SAFEARRAY *array);
SURROGATE_API HRESULT SafeArrayLock(SAFEARRAY *array);
SURROGATE_API HRESULT SafeArrayUnlock(SAFEARRAY *array);

/* ---- interfaces ---- */
#define IUNKNOWN_METHODS(self)                                                                     \
	HRESULT (*QueryInterface)(self * This, REFIID riid, void **ppvObject);                     \
	ULONG (*AddRef)(self * This);                                                              \
	ULONG (*Release)(self * This);

typedef struct IUnknownVtbl {
	IUNKNOWN_METHODS(IUnknown)
} IUnknownVtbl;
struct IUnknown {
	const IUnknownVtbl *lpVtbl;
};

/* Arguments are in reverse order; named ones come first ([MS-OAUT] 2.2.33). */
typedef struct DISPPARAMS {
	VARIANTARG *rgvarg;
	DISPID *rgdispidNamedArgs;
	UINT cArgs, cNamedArgs;
} DISPPARAMS;

typedef struct EXCEPINFO {
	WORD wCode, wReserved;
	BSTR bstrSource, bstrDescription, bstrHelpFile;
	DWORD dwHelpContext;
	void *pvReserved;
	HRESULT (*pfnDeferredFillIn)(struct EXCEPINFO *);
	SCODE scode;
} EXCEPINFO;

#define DISPATCH_METHOD 1
#define DISPATCH_PROPERTYGET 2
#define DISPATCH_PROPERTYPUT 4
#define DISPATCH_PROPERTYPUTREF 8
#define DISPID_VALUE 0
#define DISPID_UNKNOWN (-1)
#define DISPID_PROPERTYPUT (-3)
#define DISPID_NEWENUM (-4)

typedef struct ITypeInfo ITypeInfo;

#define IDISPATCH_METHODS(self)                                                                    \
	HRESULT (*GetTypeInfoCount)(self * This, UINT * pctinfo);                                  \
	HRESULT (*GetTypeInfo)(self * This, UINT iTInfo, LCID lcid, ITypeInfo * *ppTInfo);         \
	HRESULT(*GetIDsOfNames)                                                                    \
	(self * This, REFIID riid, OLECHAR * *rgszNames, UINT cNames, LCID lcid,                   \
	 DISPID * rgDispId);                                                                       \
	HRESULT(*Invoke)                                                                           \
	(self * This, DISPID dispIdMember, REFIID riid, LCID lcid, WORD wFlags,                    \
	 DISPPARAMS * pDispParams, VARIANT * pVarResult, EXCEPINFO * pExcepInfo, UINT * puArgErr);

typedef struct IDispatchVtbl {
	IUNKNOWN_METHODS(IDispatch)
	IDISPATCH_METHODS(IDispatch)
} IDispatchVtbl;
struct IDispatch {
	const IDispatchVtbl *lpVtbl;
};

typedef struct IEnumVARIANT IEnumVARIANT;
typedef struct IEnumVARIANTVtbl {
	IUNKNOWN_METHODS(IEnumVARIANT)
	HRESULT (*Next)(IEnumVARIANT *This, ULONG celt, VARIANT *rgVar, ULONG *pCeltFetched);
	HRESULT (*Skip)(IEnumVARIANT *This, ULONG celt);
	HRESULT (*Reset)(IEnumVARIANT *This);
	HRESULT (*Clone)(IEnumVARIANT *This, IEnumVARIANT **ppEnum);
} IEnumVARIANTVtbl;
struct IEnumVARIANT {
	const IEnumVARIANTVtbl *lpVtbl;
};

typedef struct IClassFactory IClassFactory;
typedef struct IClassFactoryVtbl {
	IUNKNOWN_METHODS(IClassFactory)
	HRESULT(*CreateInstance)
	(IClassFactory *This, IUnknown *pUnkOuter, REFIID riid, void **ppvObject);
	HRESULT (*LockServer)(IClassFactory *This, BOOL fLock);
} IClassFactoryVtbl;
struct IClassFactory {
	const IClassFactoryVtbl *lpVtbl;
};

/* Connection points: how an object calls back whoever listens to its events (a "source" calls the
 * "sink" that was advised). Public COM definitions; the sink of a script is an IDispatch. */
typedef struct IConnectionPoint IConnectionPoint;
typedef struct IConnectionPointContainer IConnectionPointContainer;
typedef struct IEnumConnectionPoints IEnumConnectionPoints;
typedef struct IEnumConnections IEnumConnections;

typedef struct IConnectionPointVtbl {
	IUNKNOWN_METHODS(IConnectionPoint)
	HRESULT (*GetConnectionInterface)(IConnectionPoint *This, IID *pIID);
	HRESULT(*GetConnectionPointContainer)
	(IConnectionPoint *This, IConnectionPointContainer **ppCPC);
	HRESULT (*Advise)(IConnectionPoint *This, IUnknown *pUnkSink, DWORD *pdwCookie);
	HRESULT (*Unadvise)(IConnectionPoint *This, DWORD dwCookie);
	HRESULT (*EnumConnections)(IConnectionPoint *This, IEnumConnections **ppEnum);
} IConnectionPointVtbl;
struct IConnectionPoint {
	const IConnectionPointVtbl *lpVtbl;
};

typedef struct IConnectionPointContainerVtbl {
	IUNKNOWN_METHODS(IConnectionPointContainer)
	HRESULT(*EnumConnectionPoints)
	(IConnectionPointContainer *This, IEnumConnectionPoints **ppEnum);
	HRESULT(*FindConnectionPoint)
	(IConnectionPointContainer *This, REFIID riid, IConnectionPoint **ppCP);
} IConnectionPointContainerVtbl;
struct IConnectionPointContainer {
	const IConnectionPointContainerVtbl *lpVtbl;
};

typedef struct IEnumConnectionPointsVtbl {
	IUNKNOWN_METHODS(IEnumConnectionPoints)
	HRESULT(*Next)
	(IEnumConnectionPoints *This, ULONG cConnections, IConnectionPoint **ppCP,
	 ULONG *pcFetched);
	HRESULT (*Skip)(IEnumConnectionPoints *This, ULONG cConnections);
	HRESULT (*Reset)(IEnumConnectionPoints *This);
	HRESULT (*Clone)(IEnumConnectionPoints *This, IEnumConnectionPoints **ppEnum);
} IEnumConnectionPointsVtbl;
struct IEnumConnectionPoints {
	const IEnumConnectionPointsVtbl *lpVtbl;
};

#define INTERFACE_IDS(X)                                                                           \
	X(IUnknown, 0x00000000, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                      \
	X(IClassFactory, 0x00000001, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                 \
	X(IDispatch, 0x00020400, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                     \
	X(IEnumVARIANT, 0x00020404, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                  \
	X(IConnectionPointContainer, 0xB196B284, 0xBAB4, 0x101A, 0xB6, 0x9C, 0, 0xAA, 0, 0x34,     \
	  0x1D, 0x07)                                                                              \
	X(IConnectionPoint, 0xB196B286, 0xBAB4, 0x101A, 0xB6, 0x9C, 0, 0xAA, 0, 0x34, 0x1D, 0x07)  \
	X(IEnumConnectionPoints, 0xB196B285, 0xBAB4, 0x101A, 0xB6, 0x9C, 0, 0xAA, 0, 0x34, 0x1D,   \
	  0x07)
#define X(name, ...) SURROGATE_API extern const IID IID_##name;
INTERFACE_IDS(X)
#undef X
SURROGATE_API extern const GUID GUID_NULL;

#ifdef __cplusplus
}
#endif
