/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Type information: what an interface or a class is, for programs that ask at run time, and
 * IDispatch for objects whose members an IDL file describes. Included by <surrogate/com.h>. Names
 * and layouts are the published ones ([MS-OAUT] 2.2.31 to 2.2.49; fields named "reserved" by it
 * have their names of the SDK as well).
 *
 * The information is in the tables that idlc makes of an IDL file (<surrogate/tables.h>).
 */
#pragma once

#include <surrogate/objidl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ITypeLib ITypeLib;
typedef struct ITypeComp ITypeComp;

typedef DISPID MEMBERID;
typedef DWORD HREFTYPE;
#define MEMBERID_NIL DISPID_UNKNOWN

typedef enum tagTYPEKIND {
	TKIND_ENUM = 0,
	TKIND_RECORD = 1,
	TKIND_MODULE = 2,
	TKIND_INTERFACE = 3,
	TKIND_DISPATCH = 4,
	TKIND_COCLASS = 5,
	TKIND_ALIAS = 6,
	TKIND_UNION = 7,
} TYPEKIND;
typedef enum tagINVOKEKIND {
	INVOKE_FUNC = DISPATCH_METHOD,
	INVOKE_PROPERTYGET = DISPATCH_PROPERTYGET,
	INVOKE_PROPERTYPUT = DISPATCH_PROPERTYPUT,
	INVOKE_PROPERTYPUTREF = DISPATCH_PROPERTYPUTREF,
} INVOKEKIND;
typedef enum tagFUNCKIND { FUNC_PUREVIRTUAL = 1, FUNC_STATIC = 3, FUNC_DISPATCH = 4 } FUNCKIND;
typedef enum tagCALLCONV { CC_CDECL = 1, CC_PASCAL = 2, CC_STDCALL = 4 } CALLCONV;
typedef enum tagVARKIND {
	VAR_PERINSTANCE = 0,
	VAR_STATIC = 1,
	VAR_CONST = 2,
	VAR_DISPATCH = 3,
} VARKIND;
typedef enum tagSYSKIND { SYS_WIN32 = 1, SYS_WIN64 = 3 } SYSKIND;
typedef enum tagDESCKIND {
	DESCKIND_NONE = 0,
	DESCKIND_FUNCDESC = 1,
	DESCKIND_VARDESC = 2,
	DESCKIND_TYPECOMP = 3,
	DESCKIND_IMPLICITAPPOBJ = 4,
} DESCKIND;
enum {
	PARAMFLAG_FIN = 0x1,
	PARAMFLAG_FOUT = 0x2,
	PARAMFLAG_FLCID = 0x4,
	PARAMFLAG_FRETVAL = 0x8,
	PARAMFLAG_FOPT = 0x10,
	PARAMFLAG_FHASDEFAULT = 0x20,
	FUNCFLAG_FRESTRICTED = 0x1,
	FUNCFLAG_FHIDDEN = 0x40,
	TYPEFLAG_FCANCREATE = 0x2,
	TYPEFLAG_FDUAL = 0x40,
	TYPEFLAG_FOLEAUTOMATION = 0x100,
	TYPEFLAG_FDISPATCHABLE = 0x1000,
	IMPLTYPEFLAG_FDEFAULT = 0x1,
	IMPLTYPEFLAG_FSOURCE = 0x2,
};

/* A type: a VARTYPE, and with VT_PTR and VT_SAFEARRAY what it is of, with VT_USERDEFINED which. */
typedef struct tagTYPEDESC {
	union {
		struct tagTYPEDESC *lptdesc;
		struct tagARRAYDESC *lpadesc;
		HREFTYPE hreftype;
		void *_tdUnion; /* all of it: what the wire's table calls it */
	};
	VARTYPE vt;
} TYPEDESC;
typedef struct tagARRAYDESC {
	TYPEDESC tdescElem;
	USHORT cDims;
	SAFEARRAYBOUND rgbounds[];
} ARRAYDESC;
typedef struct tagIDLDESC {
	uintptr_t dwReserved;
	USHORT wIDLFlags;
} IDLDESC;
typedef struct tagPARAMDESCEX {
	ULONG cBytes;
	VARIANTARG varDefaultValue;
} PARAMDESCEX;
typedef struct tagPARAMDESC {
	PARAMDESCEX *pparamdescex; /* with PARAMFLAG_FHASDEFAULT */
	USHORT wParamFlags;
} PARAMDESC;
typedef struct tagELEMDESC {
	TYPEDESC tdesc;
	union {
		IDLDESC idldesc;
		PARAMDESC paramdesc;
	};
} ELEMDESC;

typedef struct tagFUNCDESC {
	MEMBERID memid;
	union {
		SCODE *lprgscode, *lReserved1;
	};
	ELEMDESC *lprgelemdescParam;
	FUNCKIND funckind;
	INVOKEKIND invkind;
	CALLCONV callconv;
	SHORT cParams, cParamsOpt, oVft;
	union {
		SHORT cScodes, cReserved2;
	};
	ELEMDESC elemdescFunc;
	WORD wFuncFlags;
} FUNCDESC, *LPFUNCDESC;

typedef struct tagVARDESC {
	MEMBERID memid;
	union {
		LPOLESTR lpstrSchema, lpstrReserved;
	};
	union {
		ULONG oInst;
		VARIANT *lpvarValue;
		void *_vdUnion; /* all of it: what the wire's table calls it */
	};
	ELEMDESC elemdescVar;
	WORD wVarFlags;
	VARKIND varkind;
} VARDESC, *LPVARDESC;

typedef struct tagTYPEATTR {
	GUID guid;
	LCID lcid;
	union {
		DWORD dwReserved, dwReserved1;
	};
	union {
		MEMBERID memidConstructor;
		DWORD dwReserved2;
	};
	union {
		MEMBERID memidDestructor;
		DWORD dwReserved3;
	};
	union {
		LPOLESTR lpstrSchema, lpstrReserved4;
	};
	ULONG cbSizeInstance;
	TYPEKIND typekind;
	WORD cFuncs, cVars, cImplTypes, cbSizeVft, cbAlignment, wTypeFlags, wMajorVerNum,
		wMinorVerNum;
	TYPEDESC tdescAlias;
	union {
		IDLDESC idldescType;
		struct {
			DWORD dwReserved5;
			WORD wReserved6;
		};
	};
} TYPEATTR, *LPTYPEATTR;

typedef struct tagTLIBATTR {
	GUID guid;
	LCID lcid;
	SYSKIND syskind;
	WORD wMajorVerNum, wMinorVerNum, wLibFlags;
} TLIBATTR, *LPTLIBATTR;

typedef union tagBINDPTR {
	FUNCDESC *lpfuncdesc;
	VARDESC *lpvardesc;
	ITypeComp *lptcomp;
} BINDPTR;

typedef struct ITypeInfoVtbl {
	IUNKNOWN_METHODS(ITypeInfo)
	HRESULT (*GetTypeAttr)(ITypeInfo *This, TYPEATTR **ppTypeAttr);
	HRESULT (*GetTypeComp)(ITypeInfo *This, ITypeComp **ppTComp);
	HRESULT (*GetFuncDesc)(ITypeInfo *This, UINT index, FUNCDESC **ppFuncDesc);
	HRESULT (*GetVarDesc)(ITypeInfo *This, UINT index, VARDESC **ppVarDesc);
	/* The name of a member, then those of its parameters. */
	HRESULT(*GetNames)
	(ITypeInfo *This, MEMBERID memid, BSTR *rgBstrNames, UINT cMaxNames, UINT *pcNames);
	HRESULT (*GetRefTypeOfImplType)(ITypeInfo *This, UINT index, HREFTYPE *pRefType);
	HRESULT (*GetImplTypeFlags)(ITypeInfo *This, UINT index, LONG *pImplTypeFlags);
	HRESULT(*GetIDsOfNames)
	(ITypeInfo *This, LPOLESTR *rgszNames, UINT cNames, MEMBERID *pMemId);
	/* Calls the vtable of `pvInstance` with arguments as those of IDispatch::Invoke. */
	HRESULT(*Invoke)
	(ITypeInfo *This, void *pvInstance, MEMBERID memid, WORD wFlags, DISPPARAMS *pDispParams,
	 VARIANT *pVarResult, EXCEPINFO *pExcepInfo, UINT *puArgErr);
	HRESULT(*GetDocumentation)
	(ITypeInfo *This, MEMBERID memid, BSTR *pBstrName, BSTR *pBstrDocString,
	 DWORD *pdwHelpContext, BSTR *pBstrHelpFile);
	HRESULT(*GetDllEntry)
	(ITypeInfo *This, MEMBERID memid, INVOKEKIND invKind, BSTR *pBstrDllName, BSTR *pBstrName,
	 WORD *pwOrdinal);
	HRESULT (*GetRefTypeInfo)(ITypeInfo *This, HREFTYPE hRefType, ITypeInfo **ppTInfo);
	HRESULT(*AddressOfMember)
	(ITypeInfo *This, MEMBERID memid, INVOKEKIND invKind, void **ppv);
	HRESULT(*CreateInstance)
	(ITypeInfo *This, IUnknown *pUnkOuter, REFIID riid, void **ppvObj);
	HRESULT (*GetMops)(ITypeInfo *This, MEMBERID memid, BSTR *pBstrMops);
	HRESULT (*GetContainingTypeLib)(ITypeInfo *This, ITypeLib **ppTLib, UINT *pIndex);
	void (*ReleaseTypeAttr)(ITypeInfo *This, TYPEATTR *pTypeAttr);
	void (*ReleaseFuncDesc)(ITypeInfo *This, FUNCDESC *pFuncDesc);
	void (*ReleaseVarDesc)(ITypeInfo *This, VARDESC *pVarDesc);
} ITypeInfoVtbl;
struct ITypeInfo {
	const ITypeInfoVtbl *lpVtbl;
};

typedef struct ITypeLibVtbl {
	IUNKNOWN_METHODS(ITypeLib)
	UINT (*GetTypeInfoCount)(ITypeLib *This);
	HRESULT (*GetTypeInfo)(ITypeLib *This, UINT index, ITypeInfo **ppTInfo);
	HRESULT (*GetTypeInfoType)(ITypeLib *This, UINT index, TYPEKIND *pTKind);
	HRESULT (*GetTypeInfoOfGuid)(ITypeLib *This, REFGUID guid, ITypeInfo **ppTInfo);
	HRESULT (*GetLibAttr)(ITypeLib *This, TLIBATTR **ppTLibAttr);
	HRESULT (*GetTypeComp)(ITypeLib *This, ITypeComp **ppTComp);
	HRESULT(*GetDocumentation)
	(ITypeLib *This, LONG index, BSTR *pBstrName, BSTR *pBstrDocString, DWORD *pdwHelpContext,
	 BSTR *pBstrHelpFile);
	HRESULT (*IsName)(ITypeLib *This, LPOLESTR szNameBuf, ULONG lHashVal, BOOL *pfName);
	HRESULT(*FindName)
	(ITypeLib *This, LPOLESTR szNameBuf, ULONG lHashVal, ITypeInfo **ppTInfo, MEMBERID *rgMemId,
	 USHORT *pcFound);
	void (*ReleaseTLibAttr)(ITypeLib *This, TLIBATTR *pTLibAttr);
} ITypeLibVtbl;
struct ITypeLib {
	const ITypeLibVtbl *lpVtbl;
};

/* There are none yet: GetTypeComp is E_NOTIMPL. */
typedef struct ITypeCompVtbl {
	IUNKNOWN_METHODS(ITypeComp)
	HRESULT(*Bind)
	(ITypeComp *This, LPOLESTR szName, ULONG lHashVal, WORD wFlags, ITypeInfo **ppTInfo,
	 DESCKIND *pDescKind, BINDPTR *pBindPtr);
	HRESULT(*BindType)
	(ITypeComp *This, LPOLESTR szName, ULONG lHashVal, ITypeInfo **ppTInfo,
	 ITypeComp **ppTComp);
} ITypeCompVtbl;
struct ITypeComp {
	const ITypeCompVtbl *lpVtbl;
};

#define TYPE_INTERFACE_IDS(X)                                                                      \
	X(ITypeInfo, 0x00020401, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                     \
	X(ITypeLib, 0x00020402, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                      \
	X(ITypeComp, 0x00020403, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)
#define X(name, ...) SURROGATE_API extern const IID IID_##name;
TYPE_INTERFACE_IDS(X)
#undef X

/* ---- over the tables of an IDL file ---- */

struct ndr_interface;

struct ndr_module;

/* The interfaces of an IDL file can be carried to other processes from now on, from here and to
 * here: objects of this one are called by their vtables, those of others by proxies. Whoever calls
 * them from elsewhere needs the tables, too. The shared object that the tables are in is never
 * unloaded. S_FALSE: again. */
SURROGATE_API HRESULT SurrogateRegisterInterfaces(const struct ndr_module *module);

/* An interface: as scripts see it (TKIND_DISPATCH) when it is dual or a dispinterface; reference
 * 0xFFFFFFFE of a dual one is its vtable (TKIND_INTERFACE). The shared object that the tables are
 * in stays loaded as long. TYPE_E_UNSUPFORMAT: tables of another version. */
SURROGATE_API HRESULT SurrogateTypeInfo(const struct ndr_interface *table, ITypeInfo **ret);

/* IDispatch of an object whose vtable the table describes. Arguments are converted as automation
 * does it; a method that fails gives DISP_E_EXCEPTION with the words that the object supports
 * (ISupportErrorInfo). */
SURROGATE_API HRESULT SurrogateGetTypeInfo(const struct ndr_interface *table, UINT index,
					   ITypeInfo **ret);
SURROGATE_API HRESULT SurrogateGetIDsOfNames(const struct ndr_interface *table, OLECHAR **names,
					     UINT count, DISPID *ret);
SURROGATE_API HRESULT SurrogateInvoke(const struct ndr_interface *table, void *object, DISPID id,
				      LCID lcid, WORD flags, DISPPARAMS *params, VARIANT *result,
				      EXCEPINFO *exception, UINT *arg_err);

/* The four functions of IDispatch, for the vtable of a dual interface: NAME_GetTypeInfoCount,
 * NAME_GetTypeInfo, NAME_GetIDsOfNames and NAME_Invoke, by the table that idlc made of it. */
#define SURROGATE_DISPATCH(name, Interface)                                                        \
	static HRESULT name##_GetTypeInfoCount(Interface *This, UINT *ret)                         \
	{                                                                                          \
		(void)This;                                                                        \
		*ret = 1;                                                                          \
		return S_OK;                                                                       \
	}                                                                                          \
	static HRESULT name##_GetTypeInfo(Interface *This, UINT index, LCID lcid, ITypeInfo **ret) \
	{                                                                                          \
		(void)This, (void)lcid;                                                            \
		return SurrogateGetTypeInfo(&ndr_interface_##Interface, index, ret);               \
	}                                                                                          \
	static HRESULT name##_GetIDsOfNames(Interface *This, REFIID riid, OLECHAR **names,         \
					    UINT count, LCID lcid, DISPID *ret)                    \
	{                                                                                          \
		(void)This, (void)riid, (void)lcid;                                                \
		return SurrogateGetIDsOfNames(&ndr_interface_##Interface, names, count, ret);      \
	}                                                                                          \
	static HRESULT name##_Invoke(Interface *This, DISPID id, REFIID riid, LCID lcid,           \
				     WORD flags, DISPPARAMS *params, VARIANT *result,              \
				     EXCEPINFO *exception, UINT *arg_err)                          \
	{                                                                                          \
		(void)riid;                                                                        \
		return SurrogateInvoke(&ndr_interface_##Interface, This, id, lcid, flags, params,  \
				       result, exception, arg_err);                                \
	}

/* ---- the same by an ITypeInfo of any origin, as published ---- */

SURROGATE_API HRESULT DispGetIDsOfNames(ITypeInfo *ptinfo, OLECHAR **rgszNames, UINT cNames,
					DISPID *rgdispid);
SURROGATE_API HRESULT DispInvoke(void *_this, ITypeInfo *ptinfo, DISPID dispidMember, WORD wFlags,
				 DISPPARAMS *pparams, VARIANT *pvarResult, EXCEPINFO *pexcepinfo,
				 UINT *puArgErr);
/* The inner object of an aggregate, whose IDispatch calls the vtable of `pvThis`, which is the
 * outer object's, or lives as long as what is made. */
SURROGATE_API HRESULT CreateStdDispatch(IUnknown *punkOuter, void *pvThis, ITypeInfo *ptinfo,
					IUnknown **ppunkStdDisp);

#ifdef __cplusplus
}
#endif
