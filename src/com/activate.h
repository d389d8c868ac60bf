/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What leads out of this process, as a seam: activation in other processes and on other machines,
 * and marshalling as the wire has it, belong to src/dcom, which stands below. Whoever links it
 * says so once, before threads; without it there is only this process, and what needs more says so.
 */
#pragma once

#include <surrogate/com.h>

/* An object, or a class object, that shall be made elsewhere. */
struct com_activation {
	REFCLSID clsid;
	const struct classes_class *class; /* what the catalog says of it; NULL: nothing */
	const COSERVERINFO *server;        /* NULL: another process of this machine */
	DWORD context;
	bool class_object;
};

struct com_remoting {
	/* Fills `results` as CoCreateInstanceEx does. */
	HRESULT (*activate)(const struct com_activation *what, DWORD count, MULTI_QI *results);
	/* A marshaller of `object` that writes an OBJREF of its own ([MS-DCOM] 2.2.18.4). */
	HRESULT(*marshaler)
	(REFIID riid, IUnknown *object, DWORD context, void *context_data, DWORD flags,
	 IMarshal **ret);
	/* The stream stands behind signature, flags and IID of an OBJREF. */
	HRESULT (*unmarshal)(IStream *stream, DWORD flags, REFIID iid, REFIID riid, void **ret);
	HRESULT (*release)(IStream *stream, DWORD flags, REFIID iid);
	/* Every connection of others to `object` ends. */
	HRESULT (*disconnect)(IUnknown *object);
	/* This process has a class object that others of the machine may be given (they get it by
	 * com_serve), and has it no more. CO_E_NOTINITIALIZED: nobody can call this process. */
	HRESULT (*offer)(REFCLSID clsid, bool single_use, uint32_t *ret_cookie);
	void (*withdraw)(uint32_t cookie);
};

void com_remoting_set(const struct com_remoting *remoting);
const struct com_remoting *com_remoting(void); /* NULL: not there */

/* The call that this thread serves (CoGetCallContext): returns the one before, which is to be put
 * back. No reference is taken. */
IUnknown *com_call_set(IUnknown *context);

/* What CoInitializeSecurity said, or its defaults: for calls of proxies. */
struct com_security {
	DWORD authn_level, imp_level, capabilities;
	bool initialized;
};
struct com_security com_security(void);

/* True when a COSERVERINFO's name means this computer: NULL, "", its own name, localhost. */
bool com_server_is_here(const OLECHAR *name);

/* A class object registered by CoRegisterClassObject: an interface of it, or REGDB_E_CLASSNOTREG.
 */
HRESULT com_registered_object(REFCLSID clsid, DWORD context, REFIID riid, void **ret);

/* What another process is given: from the class object that this one offers, else of a class that
 * can be made here. */
HRESULT com_serve(REFCLSID clsid, bool class_object, IUnknown **ret);

/* CreateObject(progid[, server]) of every script host, and GetObject([path][, class]). `path` NULL:
 * left out. The result is one reference. Where there are words for a failure, errorinfo has them.
 */
HRESULT com_create_object(BSTR progid, BSTR server, IDispatch **ret);
HRESULT com_get_object(BSTR path, BSTR class_name, IDispatch **ret);
