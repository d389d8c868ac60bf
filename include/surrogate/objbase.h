/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of the COM runtime: apartments, class objects and activation, names, memory, error
 * information, marshalling, security, monikers; and what a component exports. Included by
 * <surrogate/com.h>. Functions have their published semantics; what differs is said here.
 */
#pragma once

#include <surrogate/objidl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- apartments ----
 * Every object here is called in the thread of its caller: whatever a thread chooses, there is one
 * multithreaded apartment, and it is always there. CoInitializeEx counts, and refuses a change of
 * mind; it creates nothing. */
enum COINIT {
	COINIT_MULTITHREADED = 0,
	COINIT_APARTMENTTHREADED = 2,
	COINIT_DISABLE_OLE1DDE = 4,
	COINIT_SPEED_OVER_MEMORY = 8,
};
/* S_OK, S_FALSE (again), RPC_E_CHANGED_MODE. Each success wants its CoUninitialize. */
SURROGATE_API HRESULT CoInitializeEx(void *pvReserved, DWORD dwCoInit);
SURROGATE_API HRESULT CoInitialize(void *pvReserved); /* COINIT_APARTMENTTHREADED */
SURROGATE_API void CoUninitialize(void);

/* ---- memory: what one side of a call allocates and the other frees ---- */
SURROGATE_API void *CoTaskMemAlloc(size_t cb);
SURROGATE_API void *CoTaskMemRealloc(void *pv, size_t cb);
SURROGATE_API void CoTaskMemFree(void *pv);

/* ---- names: GUIDs as text, ProgIDs. Texts are the caller's, for CoTaskMemFree. ---- */
SURROGATE_API HRESULT CoCreateGuid(GUID *pguid);
/* "{...}" and its NUL: 39 units, the result; 0 when there is no room. */
SURROGATE_API int StringFromGUID2(REFGUID rguid, OLECHAR *lpsz, int cchMax);
SURROGATE_API HRESULT StringFromCLSID(REFCLSID rclsid, LPOLESTR *lplpsz);
SURROGATE_API HRESULT StringFromIID(REFIID rclsid, LPOLESTR *lplpsz);
SURROGATE_API HRESULT CLSIDFromString(LPCOLESTR lpsz, CLSID *pclsid); /* or a ProgID */
SURROGATE_API HRESULT IIDFromString(LPCOLESTR lpsz, IID *lpiid);      /* CO_E_IIDSTRING */
/* A ProgID, or "{...}". CO_E_CLASSSTRING. */
SURROGATE_API HRESULT CLSIDFromProgID(LPCOLESTR lpszProgID, CLSID *lpclsid);
SURROGATE_API HRESULT ProgIDFromCLSID(REFCLSID clsid, LPOLESTR *lplpszProgID);

/* ---- activation ---- */
enum CLSCTX {
	CLSCTX_INPROC_SERVER = 1,
	CLSCTX_INPROC_HANDLER = 2,
	CLSCTX_LOCAL_SERVER = 4,
	CLSCTX_REMOTE_SERVER = 16,
	CLSCTX_SERVER = 21,
	CLSCTX_ALL = 23,
};
enum REGCLS {
	REGCLS_SINGLEUSE = 0, /* given out once */
	REGCLS_MULTIPLEUSE = 1,
	REGCLS_MULTI_SEPARATE = 2,
	REGCLS_SUSPENDED = 4, /* until CoResumeClassObjects */
};

typedef struct COAUTHIDENTITY {
	USHORT *User;
	ULONG UserLength;
	USHORT *Domain;
	ULONG DomainLength;
	USHORT *Password;
	ULONG PasswordLength;
	ULONG Flags; /* 2: the texts are UTF-16 */
} COAUTHIDENTITY;

typedef struct COAUTHINFO {
	DWORD dwAuthnSvc, dwAuthzSvc;
	LPOLESTR pwszServerPrincName;
	DWORD dwAuthnLevel, dwImpersonationLevel;
	COAUTHIDENTITY *pAuthIdentityData;
	DWORD dwCapabilities;
} COAUTHINFO;

typedef struct COSERVERINFO {
	DWORD dwReserved1;
	LPOLESTR pwszName; /* NULL or a name of this computer: here */
	union {
		COAUTHINFO *pAuthInfo;
		DWORD *pdwReserved; /* what it is called on the wire, where it is NULL */
	};
	DWORD dwReserved2;
} COSERVERINFO;

/* Looks for the class among the objects registered by CoRegisterClassObject, the classes built in,
 * the class catalog (HKEY_CLASSES_ROOT). REGDB_E_CLASSNOTREG; CLASS_E_CLASSNOTAVAILABLE,
 * E_NOINTERFACE; CO_E_DLLNOTFOUND, CO_E_ERRORINDLL, E_ACCESSDENIED: the component cannot be loaded,
 * and GetErrorInfo says why. `pvReserved` may be a COSERVERINFO. */
SURROGATE_API HRESULT CoGetClassObject(REFCLSID rclsid, DWORD dwClsContext, void *pvReserved,
				       REFIID riid, void **ppv);
SURROGATE_API HRESULT CoCreateInstance(REFCLSID rclsid, IUnknown *punkOuter, DWORD dwClsContext,
				       REFIID riid, void **ppv);
/* S_OK: all interfaces; CO_S_NOTALLINTERFACES: some; else none. */
SURROGATE_API HRESULT CoCreateInstanceEx(REFCLSID rclsid, IUnknown *punkOuter, DWORD dwClsContext,
					 COSERVERINFO *pServerInfo, DWORD dwCount,
					 MULTI_QI *pResults);
/* The object is held until it is revoked. */
SURROGATE_API HRESULT CoRegisterClassObject(REFCLSID rclsid, IUnknown *pUnk, DWORD dwClsContext,
					    DWORD flags, DWORD *lpdwRegister);
SURROGATE_API HRESULT CoRevokeClassObject(DWORD dwRegister);
SURROGATE_API HRESULT CoResumeClassObjects(void);
SURROGATE_API HRESULT CoSuspendClassObjects(void);
SURROGATE_API ULONG CoAddRefServerProcess(void);
/* At 0 the class objects of this process are suspended, too. */
SURROGATE_API ULONG CoReleaseServerProcess(void);
/* Unloads components that say S_OK to DllCanUnloadNow and did so `dwUnloadDelay` milliseconds ago,
 * too (INFINITE_DELAY: ten minutes). Nothing else unloads them. */
#define INFINITE_DELAY 0xFFFFFFFFu
SURROGATE_API void CoFreeUnusedLibrariesEx(DWORD dwUnloadDelay, DWORD dwReserved);
SURROGATE_API void CoFreeUnusedLibraries(void);

/* ---- what a component exports (the first is a must) ---- */
SURROGATE_API HRESULT DllGetClassObject(REFCLSID rclsid, REFIID riid, void **ppv);
SURROGATE_API HRESULT DllCanUnloadNow(void); /* without it a component stays */
SURROGATE_API HRESULT DllRegisterServer(void);
SURROGATE_API HRESULT DllUnregisterServer(void);
SURROGATE_API HRESULT DllInstall(BOOL bInstall, LPCOLESTR pszCmdLine);

/* What a component writes into the class catalog: for its DllRegisterServer. Texts are UTF-8. */
typedef struct SURROGATE_CLASS {
	const char *clsid;       /* "{...}" */
	const char *progid;      /* "Shop.Basket.1", or NULL */
	const char *name;        /* "Shop.Basket", the same of any version, or NULL */
	const char *description; /* for people */
	const char *threading;   /* "Both", "Free", "Apartment"; NULL: none */
	const char *appid;       /* "{...}" of the application it runs in out of process, or NULL */
} SURROGATE_CLASS;
/* Registers or removes classes of the module that `classes` lies in. Only in the process of regsvr;
 * elsewhere E_ACCESSDENIED. REGDB_E_INVALIDVALUE, REGDB_E_WRITEREGDB; GetErrorInfo says more. */
SURROGATE_API HRESULT SurrogateRegisterClasses(const SURROGATE_CLASS *classes, UINT count);
SURROGATE_API HRESULT SurrogateUnregisterClasses(const SURROGATE_CLASS *classes, UINT count);

/* ---- error information of this thread ---- */
SURROGATE_API HRESULT CreateErrorInfo(ICreateErrorInfo **pperrinfo);
SURROGATE_API HRESULT SetErrorInfo(ULONG dwReserved, IErrorInfo *perrinfo); /* NULL: none */
/* S_OK, and the thread has it no more; S_FALSE: there is none. */
SURROGATE_API HRESULT GetErrorInfo(ULONG dwReserved, IErrorInfo **pperrinfo);

/* ---- marshalling ---- */
/* A stream in memory of its own; `hGlobal` must be NULL (there are no global handles). */
SURROGATE_API HRESULT CreateStreamOnHGlobal(void *hGlobal, BOOL fDeleteOnRelease, IStream **ppstm);
/* The same with a copy of bytes; NULL: no memory. */
SURROGATE_API IStream *SHCreateMemStream(const BYTE *pInit, UINT cbInit);
/* An interface pointer as bytes in a stream, and back. Within a process (MSHCTX_INPROC) the object
 * itself comes out; for other processes and machines a reference goes in, and a proxy comes out:
 * that takes a program that serves objects (else RPC_E_REMOTE_DISABLED, or E_NOINTERFACE), and a
 * description of the interface. An object with an IMarshal of its own says what travels; of what
 * other processes wrote so, only error information is read (E_ACCESSDENIED). What is not read must
 * be released. CO_E_OBJNOTCONNECTED: it was read already, released, or the object was cut off. */
SURROGATE_API HRESULT CoGetMarshalSizeMax(ULONG *pulSize, REFIID riid, IUnknown *pUnk,
					  DWORD dwDestContext, void *pvDestContext,
					  DWORD mshlflags);
SURROGATE_API HRESULT CoMarshalInterface(IStream *pStm, REFIID riid, IUnknown *pUnk,
					 DWORD dwDestContext, void *pvDestContext, DWORD mshlflags);
SURROGATE_API HRESULT CoUnmarshalInterface(IStream *pStm, REFIID riid, void **ppv);
SURROGATE_API HRESULT CoReleaseMarshalData(IStream *pStm);
/* What others hold of the object from now on is RPC_E_DISCONNECTED when they call. */
SURROGATE_API HRESULT CoDisconnectObject(IUnknown *pUnk, DWORD dwReserved);
SURROGATE_API HRESULT CoGetStandardMarshal(REFIID riid, IUnknown *pUnk, DWORD dwDestContext,
					   void *pvDestContext, DWORD mshlflags,
					   IMarshal **ppMarshal);
/* The inner object of an aggregate, for objects that want IMarshal. */
SURROGATE_API HRESULT CoCreateFreeThreadedMarshaler(IUnknown *punkOuter, IUnknown **ppunkMarshal);
SURROGATE_API HRESULT CoMarshalInterThreadInterfaceInStream(REFIID riid, IUnknown *pUnk,
							    IStream **ppStm);
SURROGATE_API HRESULT CoGetInterfaceAndReleaseStream(IStream *pStm, REFIID iid, void **ppv);

/* ---- security ---- */
enum {
	RPC_C_AUTHN_LEVEL_DEFAULT = 0,
	RPC_C_AUTHN_LEVEL_NONE = 1,
	RPC_C_AUTHN_LEVEL_CONNECT = 2,
	RPC_C_AUTHN_LEVEL_CALL = 3,
	RPC_C_AUTHN_LEVEL_PKT = 4,
	RPC_C_AUTHN_LEVEL_PKT_INTEGRITY = 5,
	RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6,
	RPC_C_IMP_LEVEL_DEFAULT = 0,
	RPC_C_IMP_LEVEL_ANONYMOUS = 1,
	RPC_C_IMP_LEVEL_IDENTIFY = 2,
	RPC_C_IMP_LEVEL_IMPERSONATE = 3,
	RPC_C_IMP_LEVEL_DELEGATE = 4,
	RPC_C_AUTHN_NONE = 0,
	RPC_C_AUTHN_GSS_NEGOTIATE = 9,
	RPC_C_AUTHN_WINNT = 10,
	RPC_C_AUTHN_GSS_KERBEROS = 16,
	RPC_C_AUTHZ_NONE = 0,
	EOAC_NONE = 0,
	EOAC_MUTUAL_AUTH = 0x1,
	EOAC_STATIC_CLOAKING = 0x20,
	EOAC_DYNAMIC_CLOAKING = 0x40,
	EOAC_DEFAULT = 0x800,
};
#define RPC_C_AUTHN_DEFAULT 0xFFFFFFFFu
#define RPC_C_AUTHZ_DEFAULT 0xFFFFFFFFu
#define COLE_DEFAULT_PRINCIPAL ((OLECHAR *)-1)
#define COLE_DEFAULT_AUTHINFO ((void *)-1)
typedef struct SOLE_AUTHENTICATION_SERVICE {
	DWORD dwAuthnSvc, dwAuthzSvc;
	OLECHAR *pPrincipalName;
	HRESULT hr;
} SOLE_AUTHENTICATION_SERVICE;

/* Once in a process (then RPC_E_TOO_LATE), before anything is marshalled to others. Level and
 * impersonation level are those of calls for which nothing else is said, on proxies that are made
 * afterwards; a level below packet integrity is raised to that. Who may call this process is not
 * said here: the security descriptor must be NULL (E_INVALIDARG). */
SURROGATE_API HRESULT CoInitializeSecurity(void *pSecDesc, LONG cAuthSvc,
					   SOLE_AUTHENTICATION_SERVICE *asAuthSvc, void *pReserved1,
					   DWORD dwAuthnLevel, DWORD dwImpLevel, void *pAuthList,
					   DWORD dwCapabilities, void *pReserved3);
/* These ask the proxy for IClientSecurity: E_NOINTERFACE for an object of this process. What is set
 * holds for one interface of one proxy, whose others keep theirs; defaults are those of the machine
 * and the process. `pAuthInfo` is a COAUTHIDENTITY, which is copied; NULL: who the process is. */
SURROGATE_API HRESULT CoQueryProxyBlanket(IUnknown *pProxy, DWORD *pwAuthnSvc, DWORD *pAuthzSvc,
					  OLECHAR **pServerPrincName, DWORD *pAuthnLevel,
					  DWORD *pImpLevel, void **pAuthInfo, DWORD *pCapabilites);
SURROGATE_API HRESULT CoSetProxyBlanket(IUnknown *pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc,
					OLECHAR *pServerPrincName, DWORD dwAuthnLevel,
					DWORD dwImpLevel, void *pAuthInfo, DWORD dwCapabilities);
SURROGATE_API HRESULT CoCopyProxy(IUnknown *pProxy, IUnknown **ppCopy);
/* These ask the call that this thread serves: RPC_E_CALL_COMPLETE when it serves none. */
SURROGATE_API HRESULT CoGetCallContext(REFIID riid, void **ppInterface);
SURROGATE_API HRESULT CoQueryClientBlanket(DWORD *pAuthnSvc, DWORD *pAuthzSvc,
					   OLECHAR **pServerPrincName, DWORD *pAuthnLevel,
					   DWORD *pImpLevel, void **pPrivs, DWORD *pCapabilities);
SURROGATE_API HRESULT CoImpersonateClient(void);
SURROGATE_API HRESULT CoRevertToSelf(void);

/* ---- monikers ---- */
SURROGATE_API HRESULT CreateBindCtx(DWORD reserved, IBindCtx **ppbc);
/* "new:ProgID" and "new:{...}" make an object; "clsid:{...}:" and "ProgID:" ask the class object
 * of that class for IParseDisplayName. MK_E_SYNTAX. */
SURROGATE_API HRESULT MkParseDisplayName(IBindCtx *pbc, LPCOLESTR szUserName, ULONG *pchEaten,
					 IMoniker **ppmk);
SURROGATE_API HRESULT CoGetObject(LPCOLESTR pszName, BIND_OPTS *pBindOptions, REFIID riid,
				  void **ppv);

#ifdef __cplusplus
}
#endif
