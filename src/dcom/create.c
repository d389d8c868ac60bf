/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation on another machine, the client's side ([MS-DCOM] 3.2.4.1.1): ask whether it lives and
 * what it speaks, ask for the object, take what comes. Servers below version 5.6 are asked through
 * IActivation. Any thread.
 */
#include "dcom/remote-internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/class.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define BUSY_PATIENCE (30 * NSEC_PER_SEC)
#define BUSY_PAUSE_FIRST (10 * NSEC_PER_MSEC)
#define BUSY_PAUSE_LAST (300 * NSEC_PER_MSEC)

struct creation {
	struct dcom *dcom;
	char host[BINDINGS_TEXT_MAX];
	uint16_t port; /* of its resolver; 0: the usual one */
	struct remote_security *security;
	struct activation_request request;
	COMVERSION version;        /* what both speak */
	struct bindings *resolver; /* how the machine wants to be talked to */
	struct activation_reply *reply;
	struct arena arena;
	struct error *err;
};

static HRESULT failure(struct creation *c, HRESULT hr, const char *where)
{
	const char *text = hresult_text(hr);
	bool told = hr == CO_E_SERVER_EXEC_FAILURE || hr == CO_E_RUNAS_LOGON_FAILURE;

	if (!text && (uint32_t)hr >> 16 == 0x8007)
		text = rpc_status_text((uint32_t)hr & 0xffff);
	if (c->err && !c->err->text[0])
		error_set(c->err, -EREMOTEIO, "%s (0x%08x)%s", text ? text : "it failed",
			  (unsigned)hr,
			  told ? ", and the System log of that computer says why" : "");
	error_prefix(c->err, "cannot %s %s: ", where,
		     remote_is_local(c->host) ? "this computer" : c->host);
	if (c->err)
		c->err->hresult = (uint32_t)hr;
	return hr;
}

/* Without security, as 3.2.4.1.1.1 wants it. Old servers do not know the method. */
static HRESULT ask_alive(struct creation *c)
{
	DUALSTRINGARRAY *array = NULL;
	DWORD reserved = 0;
	COMVERSION version = { 0 };
	struct IObjectExporter_ServerAlive2 f = { .pComVersion = &version,
						  .ppdsaOrBindings = &array,
						  .pReserved = &reserved };
	struct rpc_client *client = NULL;
	HRESULT hr = remote_client(c->dcom, c->host, c->port, &ndr_interface_IObjectExporter, NULL,
				   AUTHN_NONE, AUTHN_LEVEL_NONE, NULL, &client, c->err);

	if (FAILED(hr))
		return hr;
	uint32_t status = remote_native_call(client, &ndr_interface_IObjectExporter, 5, &f,
					     &c->arena, c->err);

	rpc_client_free(client);
	if (status == RPC_S_PROCNUM_OUT_OF_RANGE) {
		version = (COMVERSION){ ORPC_MAJOR, ORPC_MINOR_LEAST };
		status = 0;
	} else if (!status) {
		status = f.ReturnValue;
	}
	if (!status && array && orpc_read_bindings(array, c->resolver) < 0)
		status = RPC_X_BAD_STUB_DATA;
	hr = remote_status(status);
	if (SUCCEEDED(hr) && !dcom_negotiate(c->dcom, &version, &c->version))
		hr = RPC_E_VERSION_MISMATCH;
	return hr;
}

static enum authn_service choose_service(const struct creation *c)
{
	if (c->security->service)
		return c->security->service;
	for (unsigned i = 0; i < c->resolver->security_count; i++) {
		uint16_t service = c->resolver->security[i].service;

		if (service == AUTHN_WINNT || service == AUTHN_GSS_KERBEROS ||
		    service == AUTHN_GSS_NEGOTIATE)
			return (enum authn_service)service;
	}
	return AUTHN_WINNT;
}

static HRESULT connect_activator(struct creation *c, const struct ndr_interface *table,
				 struct rpc_client **ret)
{
	char principal[BINDINGS_TEXT_MAX + 8];

	snprintf(principal, sizeof principal, "RPCSS/%s", c->host);
	return remote_client(c->dcom, c->host, c->port, table, c->security, choose_service(c),
			     c->security->level,
			     c->security->principal ? c->security->principal : principal, ret,
			     c->err);
}

/* ---- by IRemoteSCMActivator ---- */

static HRESULT call_scm(struct creation *c, MInterfacePointer *in, MInterfacePointer **ret)
{
	ORPCTHIS this = { .version = c->version };
	ORPCTHAT that = { 0 };
	struct IRemoteSCMActivator_RemoteCreateInstance create = {
		.orpcthis = &this, .orpcthat = &that, .pActProperties = in, .ppActProperties = ret
	};
	struct IRemoteSCMActivator_RemoteGetClassObject get = {
		.orpcthis = &this, .orpcthat = &that, .pActProperties = in, .ppActProperties = ret
	};
	bool factory = c->request.factory;
	struct rpc_client *client = NULL;
	HRESULT hr = connect_activator(c, &ndr_interface_IRemoteSCMActivator, &client);

	if (FAILED(hr))
		return hr;
	dcom_causality(&this.cid);
	uint32_t status =
		remote_native_call(client, &ndr_interface_IRemoteSCMActivator, factory ? 3 : 4,
				   factory ? (void *)&get : (void *)&create, &c->arena, c->err);

	rpc_client_free(client);
	if (status)
		return remote_status(status);
	return factory ? get.ReturnValue : create.ReturnValue;
}

static HRESULT ask_scm(struct creation *c)
{
	MInterfacePointer *in = NULL, *out = NULL;
	struct buf blob;

	buf_init(&blob, NATIVE_ARENA_MAX);
	if (activation_put_request(&c->request, &blob) == 0)
		in = orpc_make_pointer(&c->arena, buf_text(&blob));
	buf_done(&blob);
	HRESULT hr = in ? call_scm(c, in, &out) : E_OUTOFMEMORY;

	return FAILED(hr) ? hr
			  : activation_parse_reply(orpc_pointer_text(out), &c->arena, c->reply,
						   c->err);
}

/* On this machine: that many want objects at once, while their process starts, passes. Other
 * machines tell their callers. */
static HRESULT ask_until_served(struct creation *c)
{
	int64_t until = clock_now() + BUSY_PATIENCE, pause = BUSY_PAUSE_FIRST;
	HRESULT hr = ask_scm(c);

	while (hr == HRESULT_FROM_WIN32(RPC_S_SERVER_TOO_BUSY) && clock_now() < until) {
		nanosleep(&(struct timespec){ .tv_nsec = pause }, NULL);
		pause = pause < BUSY_PAUSE_LAST ? 2 * pause : pause;
		hr = ask_scm(c);
	}
	return hr;
}

/* ---- by IActivation ---- */

static HRESULT take_old_reply(struct creation *c, const struct IActivation_RemoteActivation *f)
{
	struct activation_reply *reply = c->reply;
	uint32_t count = c->request.iid_count;

	if (orpc_read_bindings(*f->ppdsaOxidBindings, &reply->bindings) < 0)
		return RPC_E_INVALID_OBJREF;
	reply->oxid = *f->pOxid;
	reply->rem_unknown = *f->pipidRemUnknown;
	reply->authn_hint = *f->pAuthnHint;
	reply->version = *f->pServerVersion;
	reply->count = count;
	reply->iids = c->request.iids;
	reply->results = arena_zalloc(&c->arena, count, sizeof *reply->results);
	if (!reply->results)
		return E_OUTOFMEMORY;
	for (uint32_t i = 0; i < count; i++)
		reply->results[i] =
			(struct activation_result){ f->pResults[i],
						    orpc_pointer_text(f->ppInterfaceData[i]) };
	return S_OK;
}

static HRESULT ask_old(struct creation *c)
{
	uint32_t count = c->request.iid_count;
	ORPCTHIS this = { .version = c->version };
	ORPCTHAT that = { 0 };
	OXID oxid = 0;
	DUALSTRINGARRAY *array = NULL;
	IPID ipid = GUID_NULL;
	DWORD hint = 0;
	COMVERSION version = { 0 };
	HRESULT result = S_OK;
	struct IActivation_RemoteActivation f = {
		.ORPCthis = &this,
		.ORPCthat = &that,
		.Clsid = &c->request.clsid,
		.ClientImpLevel = c->request.imp_level,
		.Mode = c->request.factory ? 0xffffffffu : 0,
		.Interfaces = count,
		.pIIDs = (IID *)c->request.iids,
		.cRequestedProtseqs = c->request.protseq_count,
		.aRequestedProtseqs = (uint16_t *)c->request.protseqs,
		.pOxid = &oxid,
		.ppdsaOxidBindings = &array,
		.pipidRemUnknown = &ipid,
		.pAuthnHint = &hint,
		.pServerVersion = &version,
		.phr = &result,
		.ppInterfaceData = arena_zalloc(&c->arena, count, sizeof(MInterfacePointer *)),
		.pResults = arena_zalloc(&c->arena, count, sizeof(HRESULT)),
	};
	struct rpc_client *client = NULL;

	if (!f.ppInterfaceData || !f.pResults)
		return E_OUTOFMEMORY;
	HRESULT hr = connect_activator(c, &ndr_interface_IActivation, &client);

	if (FAILED(hr))
		return hr;
	dcom_causality(&this.cid);
	uint32_t status =
		remote_native_call(client, &ndr_interface_IActivation, 0, &f, &c->arena, c->err);

	rpc_client_free(client);
	if (!status)
		status = f.ReturnValue;
	if (status)
		return remote_status(status);
	return FAILED(result) ? result : take_old_reply(c, &f);
}

/* ---- the whole ---- */

/* Proxies for what came. References that nobody wants cannot come: each was asked for. */
static HRESULT take_objects(struct creation *c, IUnknown **objects, HRESULT *results)
{
	struct activation_reply *reply = c->reply;
	struct remote *remote = NULL;
	HRESULT worst = E_NOINTERFACE;
	bool some = false;

	if (reply->count != c->request.iid_count)
		return RPC_E_INVALID_OBJREF;
	HRESULT hr = remote_find(c->dcom->remotes, reply->oxid, c->resolver, c->host, c->port,
				 c->security, &remote);

	if (FAILED(hr))
		return hr;
	remote_told(remote, &reply->bindings, &reply->rem_unknown,
		    (enum authn_level)reply->authn_hint, reply->version);
	for (uint32_t i = 0; i < reply->count; i++) {
		results[i] = reply->results[i].hr;
		if (SUCCEEDED(results[i]))
			results[i] = dcom_unmarshal(c->dcom, reply->results[i].objref,
						    &c->request.iids[i], &objects[i]);
		if (SUCCEEDED(results[i]))
			some = true;
		else
			worst = results[i];
	}
	remote_unref(remote);
	return some ? S_OK : worst;
}

static HRESULT create(struct creation *c, IUnknown **objects, HRESULT *results)
{
	HRESULT hr = S_OK;

	c->version = (COMVERSION){ ORPC_MAJOR, ORPC_MINOR };
	if (!remote_is_local(c->host))
		hr = ask_alive(c);
	if (FAILED(hr))
		return failure(c, hr, "reach");
	c->request.version = c->version;
	hr = remote_is_local(c->host)       ? ask_until_served(c)
	     : c->version.MinorVersion >= 6 ? ask_scm(c)
					    : ask_old(c);
	if (SUCCEEDED(hr))
		hr = take_objects(c, objects, results);
	return FAILED(hr) ? failure(c, hr, "create the object on") : hr;
}

static bool copy_path(const char *path, char host[BINDINGS_TEXT_MAX])
{
	return (size_t)snprintf(host, BINDINGS_TEXT_MAX, "%s", path) < BINDINGS_TEXT_MAX;
}

HRESULT dcom_create(struct dcom *dcom, const struct dcom_server *server, REFCLSID clsid,
		    bool factory, const IID *iids, uint32_t count, IUnknown **ret_objects,
		    HRESULT *ret_results, struct error *err)
{
	static const uint16_t tcp = BINDINGS_TOWER_TCP, local = BINDINGS_TOWER_LOCAL;
	bool here = server->name && remote_is_local(server->name);
	struct error words = { 0 };
	struct creation c = {
		.dcom = dcom,
		.request = { .clsid = *clsid,
			     .factory = factory,
			     .class_context = here ? CLSCTX_LOCAL_SERVER : CLSCTX_REMOTE_SERVER,
			     .iids = iids,
			     .iid_count = count,
			     .protseqs = here ? &local : &tcp,
			     .protseq_count = 1,
			     .imp_level = 2, /* as Windows always says */
			     .session = ACTIVATION_ANY_SESSION },
		.err = &words,
	};

	if (!server->name || count == 0 || count > ACTIVATION_INTERFACES_MAX ||
	    (here ? !copy_path(server->name, c.host)
		  : !bindings_split(server->name, c.host, &c.port)))
		return E_INVALIDARG;
	for (uint32_t i = 0; i < count; i++) {
		ret_objects[i] = NULL;
		ret_results[i] = E_FAIL;
	}
	arena_init(&c.arena, 4 * NATIVE_ARENA_MAX);
	c.security = remote_security_new(server);
	c.resolver = arena_new(&c.arena, struct bindings);
	c.reply = arena_new(&c.arena, struct activation_reply);
	HRESULT hr = c.security && c.resolver && c.reply ? create(&c, ret_objects, ret_results)
							 : E_OUTOFMEMORY;

	remote_security_unref(c.security);
	arena_done(&c.arena);
	if (err)
		*err = words;
	return hr;
}
