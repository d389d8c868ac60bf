/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interfaces of the COM runtime: streams, marshalling, error information, security of proxies
 * and calls, monikers as far as GetObject needs them. Included by <surrogate/com.h>. The order of
 * the functions is the published one; where an interface inherits, its base's functions come first.
 */
#pragma once

#include <surrogate/automation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- streams ---- */

typedef struct ISequentialStream ISequentialStream;
typedef struct IStream IStream;

enum STREAM_SEEK { STREAM_SEEK_SET = 0, STREAM_SEEK_CUR = 1, STREAM_SEEK_END = 2 };
enum STGTY { STGTY_STREAM = 2 };
enum STATFLAG { STATFLAG_DEFAULT = 0, STATFLAG_NONAME = 1 };

typedef struct FILETIME {
	DWORD dwLowDateTime, dwHighDateTime; /* 100 ns since 1601 */
} FILETIME;

typedef struct STATSTG {
	LPOLESTR pwcsName;
	DWORD type; /* enum STGTY */
	ULONGLONG cbSize;
	FILETIME mtime, ctime, atime;
	DWORD grfMode, grfLocksSupported;
	CLSID clsid;
	DWORD grfStateBits, reserved;
} STATSTG;

#define ISEQUENTIALSTREAM_METHODS(self)                                                            \
	HRESULT (*Read)(self * This, void *pv, ULONG cb, ULONG *pcbRead);                          \
	HRESULT (*Write)(self * This, const void *pv, ULONG cb, ULONG *pcbWritten);

typedef struct ISequentialStreamVtbl {
	IUNKNOWN_METHODS(ISequentialStream)
	ISEQUENTIALSTREAM_METHODS(ISequentialStream)
} ISequentialStreamVtbl;
struct ISequentialStream {
	const ISequentialStreamVtbl *lpVtbl;
};

typedef struct IStreamVtbl {
	IUNKNOWN_METHODS(IStream)
	ISEQUENTIALSTREAM_METHODS(IStream)
	HRESULT(*Seek)
	(IStream *This, LONGLONG dlibMove, DWORD dwOrigin, ULONGLONG *plibNewPosition);
	HRESULT (*SetSize)(IStream *This, ULONGLONG libNewSize);
	HRESULT(*CopyTo)
	(IStream *This, IStream *pstm, ULONGLONG cb, ULONGLONG *pcbRead, ULONGLONG *pcbWritten);
	HRESULT (*Commit)(IStream *This, DWORD grfCommitFlags);
	HRESULT (*Revert)(IStream *This);
	HRESULT (*LockRegion)(IStream *This, ULONGLONG libOffset, ULONGLONG cb, DWORD dwLockType);
	HRESULT (*UnlockRegion)(IStream *This, ULONGLONG libOffset, ULONGLONG cb, DWORD dwLockType);
	HRESULT (*Stat)(IStream *This, STATSTG *pstatstg, DWORD grfStatFlag);
	HRESULT (*Clone)(IStream *This, IStream **ppstm);
} IStreamVtbl;
struct IStream {
	const IStreamVtbl *lpVtbl;
};

/* ---- marshalling ([MS-DCOM] 2.2.18 says what lies in the stream) ---- */

enum MSHCTX {
	MSHCTX_LOCAL = 0,
	MSHCTX_NOSHAREDMEM = 1,
	MSHCTX_DIFFERENTMACHINE = 2,
	MSHCTX_INPROC = 3,
};
enum MSHLFLAGS {
	MSHLFLAGS_NORMAL = 0,      /* to be unmarshalled once */
	MSHLFLAGS_TABLESTRONG = 1, /* as often as one likes; holds the object */
	MSHLFLAGS_TABLEWEAK = 2,   /* the same without holding it */
	MSHLFLAGS_NOPING = 4,
};

typedef struct IMarshal IMarshal;
typedef struct IMarshalVtbl {
	IUNKNOWN_METHODS(IMarshal)
	HRESULT(*GetUnmarshalClass)
	(IMarshal *This, REFIID riid, void *pv, DWORD dwDestContext, void *pvDestContext,
	 DWORD mshlflags, CLSID *pCid);
	HRESULT(*GetMarshalSizeMax)
	(IMarshal *This, REFIID riid, void *pv, DWORD dwDestContext, void *pvDestContext,
	 DWORD mshlflags, DWORD *pSize);
	HRESULT(*MarshalInterface)
	(IMarshal *This, IStream *pStm, REFIID riid, void *pv, DWORD dwDestContext,
	 void *pvDestContext, DWORD mshlflags);
	HRESULT (*UnmarshalInterface)(IMarshal *This, IStream *pStm, REFIID riid, void **ppv);
	HRESULT (*ReleaseMarshalData)(IMarshal *This, IStream *pStm);
	HRESULT (*DisconnectObject)(IMarshal *This, DWORD dwReserved);
} IMarshalVtbl;
struct IMarshal {
	const IMarshalVtbl *lpVtbl;
};

/* ---- error information ---- */

typedef struct IErrorInfo IErrorInfo;
typedef struct IErrorInfoVtbl {
	IUNKNOWN_METHODS(IErrorInfo)
	HRESULT (*GetGUID)(IErrorInfo *This, GUID *pGUID);
	HRESULT (*GetSource)(IErrorInfo *This, BSTR *pBstrSource);
	HRESULT (*GetDescription)(IErrorInfo *This, BSTR *pBstrDescription);
	HRESULT (*GetHelpFile)(IErrorInfo *This, BSTR *pBstrHelpFile);
	HRESULT (*GetHelpContext)(IErrorInfo *This, DWORD *pdwHelpContext);
} IErrorInfoVtbl;
struct IErrorInfo {
	const IErrorInfoVtbl *lpVtbl;
};

typedef struct ICreateErrorInfo ICreateErrorInfo;
typedef struct ICreateErrorInfoVtbl {
	IUNKNOWN_METHODS(ICreateErrorInfo)
	HRESULT (*SetGUID)(ICreateErrorInfo *This, REFIID rguid);
	HRESULT (*SetSource)(ICreateErrorInfo *This, LPOLESTR szSource);
	HRESULT (*SetDescription)(ICreateErrorInfo *This, LPOLESTR szDescription);
	HRESULT (*SetHelpFile)(ICreateErrorInfo *This, LPOLESTR szHelpFile);
	HRESULT (*SetHelpContext)(ICreateErrorInfo *This, DWORD dwHelpContext);
} ICreateErrorInfoVtbl;
struct ICreateErrorInfo {
	const ICreateErrorInfoVtbl *lpVtbl;
};

typedef struct ISupportErrorInfo ISupportErrorInfo;
typedef struct ISupportErrorInfoVtbl {
	IUNKNOWN_METHODS(ISupportErrorInfo)
	HRESULT (*InterfaceSupportsErrorInfo)(ISupportErrorInfo *This, REFIID riid);
} ISupportErrorInfoVtbl;
struct ISupportErrorInfo {
	const ISupportErrorInfoVtbl *lpVtbl;
};

/* ---- more interfaces of a proxy at once ---- */

typedef struct MULTI_QI {
	const IID *pIID;
	IUnknown *pItf; /* NULL on the way in */
	HRESULT hr;     /* on the way out */
} MULTI_QI;

typedef struct IMultiQI IMultiQI;
typedef struct IMultiQIVtbl {
	IUNKNOWN_METHODS(IMultiQI)
	/* S_OK: all; S_FALSE: some; E_NOINTERFACE: none. */
	HRESULT (*QueryMultipleInterfaces)(IMultiQI *This, ULONG cMQIs, MULTI_QI *pMQIs);
} IMultiQIVtbl;
struct IMultiQI {
	const IMultiQIVtbl *lpVtbl;
};

/* ---- security of proxies and of calls ---- */

typedef struct IClientSecurity IClientSecurity;
typedef struct IClientSecurityVtbl {
	IUNKNOWN_METHODS(IClientSecurity)
	HRESULT(*QueryBlanket)
	(IClientSecurity *This, IUnknown *pProxy, DWORD *pAuthnSvc, DWORD *pAuthzSvc,
	 OLECHAR **pServerPrincName, DWORD *pAuthnLevel, DWORD *pImpLevel, void **pAuthInfo,
	 DWORD *pCapabilites);
	HRESULT(*SetBlanket)
	(IClientSecurity *This, IUnknown *pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc,
	 OLECHAR *pServerPrincName, DWORD dwAuthnLevel, DWORD dwImpLevel, void *pAuthInfo,
	 DWORD dwCapabilities);
	HRESULT (*CopyProxy)(IClientSecurity *This, IUnknown *pProxy, IUnknown **ppCopy);
} IClientSecurityVtbl;
struct IClientSecurity {
	const IClientSecurityVtbl *lpVtbl;
};

typedef struct IServerSecurity IServerSecurity;
typedef struct IServerSecurityVtbl {
	IUNKNOWN_METHODS(IServerSecurity)
	HRESULT(*QueryBlanket)
	(IServerSecurity *This, DWORD *pAuthnSvc, DWORD *pAuthzSvc, OLECHAR **pServerPrincName,
	 DWORD *pAuthnLevel, DWORD *pImpLevel, void **pPrivs, DWORD *pCapabilities);
	HRESULT (*ImpersonateClient)(IServerSecurity *This);
	HRESULT (*RevertToSelf)(IServerSecurity *This);
	BOOL (*IsImpersonating)(IServerSecurity *This);
} IServerSecurityVtbl;
struct IServerSecurity {
	const IServerSecurityVtbl *lpVtbl;
};

/* ---- monikers ---- */

typedef struct IMoniker IMoniker;
typedef struct IBindCtx IBindCtx;
typedef struct IParseDisplayName IParseDisplayName;
typedef struct IPersistFile IPersistFile;
typedef struct IEnumMoniker IEnumMoniker;
typedef struct IEnumString IEnumString;
typedef struct IRunningObjectTable IRunningObjectTable;

typedef struct BIND_OPTS {
	DWORD cbStruct, grfFlags, grfMode, dwTickCountDeadline;
} BIND_OPTS;

typedef struct IBindCtxVtbl {
	IUNKNOWN_METHODS(IBindCtx)
	HRESULT (*RegisterObjectBound)(IBindCtx *This, IUnknown *punk);
	HRESULT (*RevokeObjectBound)(IBindCtx *This, IUnknown *punk);
	HRESULT (*ReleaseBoundObjects)(IBindCtx *This);
	HRESULT (*SetBindOptions)(IBindCtx *This, BIND_OPTS *pbindopts);
	HRESULT (*GetBindOptions)(IBindCtx *This, BIND_OPTS *pbindopts);
	HRESULT (*GetRunningObjectTable)(IBindCtx *This, IRunningObjectTable **pprot);
	HRESULT (*RegisterObjectParam)(IBindCtx *This, LPOLESTR pszKey, IUnknown *punk);
	HRESULT (*GetObjectParam)(IBindCtx *This, LPOLESTR pszKey, IUnknown **ppunk);
	HRESULT (*EnumObjectParam)(IBindCtx *This, IEnumString **ppenum);
	HRESULT (*RevokeObjectParam)(IBindCtx *This, LPOLESTR pszKey);
} IBindCtxVtbl;
struct IBindCtx {
	const IBindCtxVtbl *lpVtbl;
};

/* IPersist, IPersistStream and IMoniker in one table, as it lies in memory. */
typedef struct IMonikerVtbl {
	IUNKNOWN_METHODS(IMoniker)
	HRESULT (*GetClassID)(IMoniker *This, CLSID *pClassID);
	HRESULT (*IsDirty)(IMoniker *This);
	HRESULT (*Load)(IMoniker *This, IStream *pStm);
	HRESULT (*Save)(IMoniker *This, IStream *pStm, BOOL fClearDirty);
	HRESULT (*GetSizeMax)(IMoniker *This, ULONGLONG *pcbSize);
	HRESULT(*BindToObject)
	(IMoniker *This, IBindCtx *pbc, IMoniker *pmkToLeft, REFIID riidResult, void **ppvResult);
	HRESULT(*BindToStorage)
	(IMoniker *This, IBindCtx *pbc, IMoniker *pmkToLeft, REFIID riid, void **ppvObj);
	HRESULT(*Reduce)
	(IMoniker *This, IBindCtx *pbc, DWORD dwReduceHowFar, IMoniker **ppmkToLeft,
	 IMoniker **ppmkReduced);
	HRESULT(*ComposeWith)
	(IMoniker *This, IMoniker *pmkRight, BOOL fOnlyIfNotGeneric, IMoniker **ppmkComposite);
	HRESULT (*Enum)(IMoniker *This, BOOL fForward, IEnumMoniker **ppenumMoniker);
	HRESULT (*IsEqual)(IMoniker *This, IMoniker *pmkOtherMoniker);
	HRESULT (*Hash)(IMoniker *This, DWORD *pdwHash);
	HRESULT(*IsRunning)
	(IMoniker *This, IBindCtx *pbc, IMoniker *pmkToLeft, IMoniker *pmkNewlyRunning);
	HRESULT(*GetTimeOfLastChange)
	(IMoniker *This, IBindCtx *pbc, IMoniker *pmkToLeft, FILETIME *pFileTime);
	HRESULT (*Inverse)(IMoniker *This, IMoniker **ppmk);
	HRESULT (*CommonPrefixWith)(IMoniker *This, IMoniker *pmkOther, IMoniker **ppmkPrefix);
	HRESULT (*RelativePathTo)(IMoniker *This, IMoniker *pmkOther, IMoniker **ppmkRelPath);
	HRESULT(*GetDisplayName)
	(IMoniker *This, IBindCtx *pbc, IMoniker *pmkToLeft, LPOLESTR *ppszDisplayName);
	HRESULT(*ParseDisplayName)
	(IMoniker *This, IBindCtx *pbc, IMoniker *pmkToLeft, LPOLESTR pszDisplayName,
	 ULONG *pchEaten, IMoniker **ppmkOut);
	HRESULT (*IsSystemMoniker)(IMoniker *This, DWORD *pdwMksys);
} IMonikerVtbl;
struct IMoniker {
	const IMonikerVtbl *lpVtbl;
};

typedef struct IParseDisplayNameVtbl {
	IUNKNOWN_METHODS(IParseDisplayName)
	HRESULT(*ParseDisplayName)
	(IParseDisplayName *This, IBindCtx *pbc, LPOLESTR pszDisplayName, ULONG *pchEaten,
	 IMoniker **ppmkOut);
} IParseDisplayNameVtbl;
struct IParseDisplayName {
	const IParseDisplayNameVtbl *lpVtbl;
};

typedef struct IPersistFileVtbl {
	IUNKNOWN_METHODS(IPersistFile)
	HRESULT (*GetClassID)(IPersistFile *This, CLSID *pClassID);
	HRESULT (*IsDirty)(IPersistFile *This);
	HRESULT (*Load)(IPersistFile *This, LPCOLESTR pszFileName, DWORD dwMode);
	HRESULT (*Save)(IPersistFile *This, LPCOLESTR pszFileName, BOOL fRemember);
	HRESULT (*SaveCompleted)(IPersistFile *This, LPCOLESTR pszFileName);
	HRESULT (*GetCurFile)(IPersistFile *This, LPOLESTR *ppszFileName);
} IPersistFileVtbl;
struct IPersistFile {
	const IPersistFileVtbl *lpVtbl;
};

#define RUNTIME_INTERFACE_IDS(X)                                                                   \
	X(ISequentialStream, 0x0C733A30, 0x2A1C, 0x11CE, 0xAD, 0xE5, 0, 0xAA, 0, 0x44, 0x77, 0x3D) \
	X(IStream, 0x0000000C, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                       \
	X(IMarshal, 0x00000003, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                      \
	X(IErrorInfo, 0x1CF2B120, 0x547D, 0x101B, 0x8E, 0x65, 0x08, 0, 0x2B, 0x2B, 0xD1, 0x19)     \
	X(ICreateErrorInfo, 0x22F03340, 0x547D, 0x101B, 0x8E, 0x65, 0x08, 0, 0x2B, 0x2B, 0xD1,     \
	  0x19)                                                                                    \
	X(ISupportErrorInfo, 0xDF0B3D60, 0x548F, 0x101B, 0x8E, 0x65, 0x08, 0, 0x2B, 0x2B, 0xD1,    \
	  0x19)                                                                                    \
	X(IMultiQI, 0x00000020, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                      \
	X(IClientSecurity, 0x0000013D, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)               \
	X(IServerSecurity, 0x0000013E, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)               \
	X(IMoniker, 0x0000000F, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                      \
	X(IBindCtx, 0x0000000E, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)                      \
	X(IParseDisplayName, 0x0000011A, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)             \
	X(IPersistFile, 0x0000010B, 0x0000, 0x0000, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)
#define X(name, ...) SURROGATE_API extern const IID IID_##name;
RUNTIME_INTERFACE_IDS(X)
#undef X

#ifdef __cplusplus
}
#endif
