/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DCOM behind COM's own functions (remoting.h). Any thread.
 */
#include "dcom/remoting.h"

#include "base/mem.h"
#include "com/activate.h"
#include "com/errorinfo.h"
#include "dcom/dcom-internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#define SOURCE "DCOM"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct dcom *dcom; /* a client only, unless the program has one (dcom_remoting_use) */
static char machine[RPC_ENDPOINT_MAX]; /* the resolver's socket; "": not known */

static struct dcom *get_dcom(struct error *err)
{
	struct dcom_options options = { .machine = machine[0] ? machine : NULL };

	pthread_mutex_lock(&lock);
	if (!dcom)
		(void)dcom_new(&options, &dcom, err);
	struct dcom *found = dcom;

	pthread_mutex_unlock(&lock);
	return found;
}

/* ---- COSERVERINFO and COAUTHINFO ---- */

struct server_texts {
	char name[BINDINGS_TEXT_MAX], principal[BINDINGS_TEXT_MAX];
	struct dcom_identity_texts identity;
};

static bool take_server(const COSERVERINFO *info, struct server_texts *texts,
			struct dcom_server *ret)
{
	const COAUTHINFO *auth = info->pAuthInfo;

	*ret = (struct dcom_server){ .name = texts->name };
	/* A path would be a local socket: not the caller's to name. */
	if (!dcom_utf8(info->pwszName, texts->name) || texts->name[0] == '/')
		return false;
	if (!auth)
		return true;
	if (auth->dwAuthnSvc != RPC_C_AUTHN_DEFAULT)
		ret->service = (enum authn_service)auth->dwAuthnSvc;
	ret->level = (enum authn_level)auth->dwAuthnLevel;
	ret->impersonation = (enum imp_level)auth->dwImpersonationLevel;
	if (!dcom_utf8(auth->pwszServerPrincName, texts->principal))
		return false;
	if (texts->principal[0])
		ret->principal = texts->principal;
	return !auth->pAuthIdentityData ||
	       dcom_identity(auth->pAuthIdentityData, &texts->identity, &ret->identity);
}

/* ---- activation ---- */

static HRESULT create(const struct com_activation *what, const struct dcom_server *server,
		      DWORD count, MULTI_QI *results, struct error *err)
{
	struct dcom *client = get_dcom(err);
	IID *iids = mem_zalloc(count, sizeof *iids);
	IUnknown **objects = mem_zalloc(count, sizeof *objects);
	HRESULT *hrs = mem_zalloc(count, sizeof *hrs);
	HRESULT hr = E_OUTOFMEMORY;
	bool all = true;

	if (client && iids && objects && hrs) {
		for (DWORD i = 0; i < count; i++)
			iids[i] = *results[i].pIID;
		hr = dcom_create(client, server, what->clsid, what->class_object, iids, count,
				 objects, hrs, err);
		for (DWORD i = 0; i < count; i++) {
			results[i].pItf = SUCCEEDED(hr) ? objects[i] : NULL;
			results[i].hr = SUCCEEDED(hr) ? hrs[i] : hr;
			all &= SUCCEEDED(hrs[i]);
		}
	}
	mem_free(iids);
	mem_free(objects);
	mem_free(hrs);
	if (FAILED(hr))
		return errorinfo_set(hr, SOURCE, "%s", err->text);
	return all ? S_OK : CO_S_NOTALLINTERFACES;
}

/* In the process of its application on this machine. */
static HRESULT create_local(const struct com_activation *what, DWORD count, MULTI_QI *results)
{
	const struct dcom_server server = { .name = machine };
	struct error err = { 0 };

	if (!machine[0])
		return errorinfo_set(CO_E_SERVER_EXEC_FAILURE, SOURCE,
				     "the class runs in a process of its own, and the server that "
				     "starts it is not known");
	HRESULT hr = create(what, &server, count, results, &err);

	if (hr == HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE) && err.code != -EREMOTEIO)
		errorinfo_set(hr, SOURCE,
			      "the class runs in a process of its own, which the service RpcSs "
			      "would start, and that does not run (nobody listens at %s)",
			      machine);
	return hr;
}

static HRESULT activate(const struct com_activation *what, DWORD count, MULTI_QI *results)
{
	struct server_texts *texts;
	struct dcom_server server;
	struct error err = { 0 };
	HRESULT hr = E_INVALIDARG;

	if (!what->server)
		return create_local(what, count, results);
	texts = mem_new(struct server_texts);
	if (!texts)
		return E_OUTOFMEMORY;
	if (take_server(what->server, texts, &server))
		hr = create(what, &server, count, results, &err);
	explicit_bzero(&texts->identity, sizeof texts->identity);
	mem_free(texts);
	return hr;
}

/* ---- streams ---- */

static HRESULT marshaler(REFIID riid, IUnknown *object, DWORD context, void *context_data,
			 DWORD flags, IMarshal **ret)
{
	struct error err = { 0 };
	struct dcom *d = get_dcom(&err);

	return d ? dcom_standard_marshaler(d, object, ret)
		 : errorinfo_set(E_OUTOFMEMORY, SOURCE, "%s", err.text);
}

static HRESULT unmarshal(IStream *stream, DWORD flags, REFIID iid, REFIID riid, void **ret)
{
	struct error err = { 0 };
	struct dcom *d = get_dcom(&err);

	return d ? dcom_stream_unmarshal(d, stream, flags, iid, riid, ret)
		 : errorinfo_set(E_OUTOFMEMORY, SOURCE, "%s", err.text);
}

static HRESULT release(IStream *stream, DWORD flags, REFIID iid)
{
	struct error err = { 0 };
	struct dcom *d = get_dcom(&err);

	return d ? dcom_stream_forget(d, stream, flags, iid)
		 : errorinfo_set(E_OUTOFMEMORY, SOURCE, "%s", err.text);
}

static HRESULT disconnect(IUnknown *object)
{
	pthread_mutex_lock(&lock);
	struct dcom *d = dcom; /* without one nothing was given away */

	pthread_mutex_unlock(&lock);
	if (d)
		dcom_disconnect(d, object);
	return S_OK;
}

/* ---- class objects ---- */

static HRESULT offer(REFCLSID clsid, bool single_use, uint32_t *ret_cookie)
{
	pthread_mutex_lock(&lock);
	struct dcom *d = dcom;

	pthread_mutex_unlock(&lock);
	return d ? dcom_register_class(d, clsid, single_use, ret_cookie) : CO_E_NOTINITIALIZED;
}

static void withdraw(uint32_t cookie)
{
	pthread_mutex_lock(&lock);
	struct dcom *d = dcom;

	pthread_mutex_unlock(&lock);
	if (d)
		dcom_revoke_class(d, cookie);
}

static const struct com_remoting remoting = { activate,   marshaler, unmarshal, release,
					      disconnect, offer,     withdraw };

void dcom_remoting_start(const char *state_dir)
{
	int n = snprintf(machine, sizeof machine, "%s/" DCOM_MACHINE_SOCKET, state_dir);

	if (n < 0 || (size_t)n >= sizeof machine)
		machine[0] = '\0';
	com_remoting_set(&remoting);
}

void dcom_remoting_use(struct dcom *own)
{
	pthread_mutex_lock(&lock);
	dcom = own;
	pthread_mutex_unlock(&lock);
	com_remoting_set(own ? &remoting : NULL);
}

void dcom_remoting_flush(void)
{
	pthread_mutex_lock(&lock);
	struct dcom *client = dcom;

	pthread_mutex_unlock(&lock);
	if (client)
		dcom_flush(client);
}
