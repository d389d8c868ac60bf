/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IActivation and IRemoteSCMActivator ([MS-DCOM] 3.1.2.5.2): a client of another machine wants an
 * object of a class. Who may, and how the object is made, is the process's to say
 * (dcom_options.activate); here is what holds for all: versions, how well the call is protected,
 * and what goes back. On worker threads of the RPC server.
 */
#include "dcom/dcom-internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>

/* CVE-2021-26414 (KB5004442): since March 2023 Windows refuses what is below integrity, and so do
 * we. Nobody without a name may activate anything. */
static HRESULT check_caller(struct dcom *dcom, struct rpc_call *call)
{
	const struct rpc_caller *caller = rpc_call_caller(call);

	if (dcom_is_local(caller))
		return S_OK;
	bool anonymous = !caller->peer || caller->peer->anonymous;

	if (!anonymous && caller->level >= AUTHN_LEVEL_PKT_INTEGRITY)
		return S_OK;
	if (dcom->options.refused)
		dcom->options.refused(dcom->options.ctx, caller);
	return E_ACCESSDENIED;
}

/* What cannot be met is refused as 3.1.2.5.2.3 says. */
static HRESULT check_request(const struct rpc_caller *caller,
			     const struct activation_request *request)
{
	uint16_t tower = dcom_is_local(caller) ? BINDINGS_TOWER_LOCAL : BINDINGS_TOWER_TCP;
	bool offered = false;

	if (request->iid_count == 0 || request->iid_count > ACTIVATION_INTERFACES_MAX)
		return E_INVALIDARG;
	if (request->console_session ||
	    (request->session != ACTIVATION_ANY_SESSION && request->session != 0))
		return CO_E_RUNAS_LOGON_FAILURE;
	if (request->flags & ACTIVATION_32_BIT)
		return REGDB_E_CLASSNOTREG;
	if (request->has_instance)
		return E_NOTIMPL;
	for (uint16_t i = 0; i < request->protseq_count; i++)
		offered |= request->protseqs[i] == tower;
	return offered ? S_OK : HRESULT_FROM_WIN32(RPC_S_PROTSEQ_NOT_SUPPORTED);
}

/* One reference for each interface that was asked for. */
static HRESULT marshal_all(struct dcom *dcom, IUnknown *object,
			   const struct activation_request *request, struct arena *arena,
			   struct activation_result *results)
{
	HRESULT worst = E_NOINTERFACE;
	bool some = false;

	for (uint32_t i = 0; i < request->iid_count; i++) {
		struct activation_result *result = &results[i];

		result->hr =
			dcom_marshal_text(dcom, &request->iids[i], object, arena, &result->objref);
		if (SUCCEEDED(result->hr))
			some = true;
		else
			worst = result->hr;
	}
	return some ? S_OK : worst;
}

HRESULT dcom_make_object(struct dcom *dcom, const struct rpc_caller *caller,
			 const struct activation_request *request, struct arena *arena,
			 struct activation_result *results)
{
	IUnknown *object = NULL;

	if (!dcom->options.activate)
		return REGDB_E_CLASSNOTREG;
	HRESULT hr = dcom->options.activate(dcom->options.ctx, caller, &request->clsid,
					    request->factory, &object);

	if (FAILED(hr) || !object)
		return hr;
	hr = marshal_all(dcom, object, request, arena, results);
	object->lpVtbl->Release(object);
	return hr;
}

/* In the process that the class belongs to. One that ends just now is asked for once more, and
 * another is started. */
static HRESULT make_at_host(struct dcom *dcom, const struct rpc_caller *caller,
			    const struct activation_request *request, struct arena *arena,
			    struct activation_result *results)
{
	struct dcom_host host = { .clsid = request->clsid };
	HRESULT hr = S_FALSE;
	bool gone = true;

	for (int attempt = 0; gone && attempt < 3; attempt++) {
		hr = dcom->options.host ? dcom->options.host(dcom->options.ctx, caller,
							     &request->clsid, host.number, &host)
					: S_FALSE;
		if (hr != S_OK)
			break;
		hr = elsewhere_activate(dcom, caller, &host, request, arena, results, &gone);
	}
	return hr;
}

/* Where it is made: by a process that offers the very class object, in the process of its
 * application, or here. */
static HRESULT make(struct dcom *dcom, const struct rpc_caller *caller,
		    const struct activation_request *request, struct arena *arena,
		    struct activation_result *results)
{
	struct dcom_host host = { .clsid = request->clsid };
	HRESULT hr = S_FALSE;
	bool gone = true;

	if (dcom_find_local_class(dcom, caller, &request->clsid, &host))
		hr = elsewhere_activate(dcom, caller, &host, request, arena, results, &gone);
	if (!gone)
		return hr;
	hr = make_at_host(dcom, caller, request, arena, results);
	return hr == S_FALSE ? dcom_make_object(dcom, caller, request, arena, results) : hr;
}

/* What a client is told of the exporter that has its object: any of its references says which. */
static HRESULT describe(struct dcom *dcom, const struct rpc_caller *caller, struct arena *arena,
			struct activation_reply *reply)
{
	struct resolver_exporter *found = arena_new(arena, struct resolver_exporter);
	struct objref *ref = arena_new(arena, struct objref);

	if (!found || !ref)
		return E_OUTOFMEMORY;
	for (uint32_t i = 0; i < reply->count; i++)
		if (SUCCEEDED(reply->results[i].hr) &&
		    objref_parse(reply->results[i].objref, ref) == 0)
			reply->oxid = ref->std.oxid;
	/* A reference to an object of yet another process is its client's to resolve. */
	if (resolver_resolve(dcom->resolver, reply->oxid, found)) {
		reply->oxid = dcom->oxid;
		resolver_resolve(dcom->resolver, dcom->oxid, found);
	}
	resolver_tell(found, dcom_is_local(caller), &reply->bindings);
	reply->rem_unknown = found->rem_unknown;
	reply->authn_hint = found->authn_hint;
	reply->version = (COMVERSION){ found->major, found->minor };
	return S_OK;
}

static HRESULT activate(struct dcom *dcom, struct rpc_call *call,
			const struct activation_request *request, struct arena *arena,
			struct activation_reply **ret)
{
	const struct rpc_caller *caller = rpc_call_caller(call);
	struct activation_reply *reply = arena_new(arena, struct activation_reply);
	HRESULT hr = check_request(caller, request);

	if (FAILED(hr))
		return hr;
	if (!reply)
		return E_OUTOFMEMORY;
	reply->count = request->iid_count;
	reply->iids = request->iids;
	reply->results = arena_zalloc(arena, request->iid_count, sizeof *reply->results);
	if (!reply->results)
		return E_OUTOFMEMORY;
	hr = make(dcom, caller, request, arena, reply->results);
	if (SUCCEEDED(hr))
		hr = describe(dcom, caller, arena, reply);
	*ret = reply;
	return hr;
}

/* ---- IActivation ---- */

#define MODE_CLASS_OBJECT 0xffffffffu

static HRESULT put_reply(const struct activation_reply *reply, struct arena *arena,
			 struct IActivation_RemoteActivation *f)
{
	*f->pOxid = reply->oxid;
	*f->pipidRemUnknown = reply->rem_unknown;
	*f->pAuthnHint = reply->authn_hint;
	*f->pServerVersion = reply->version;
	*f->ppdsaOxidBindings = orpc_make_bindings(arena, &reply->bindings);
	if (!*f->ppdsaOxidBindings)
		return E_OUTOFMEMORY;
	for (uint32_t i = 0; i < reply->count; i++) {
		const struct activation_result *result = &reply->results[i];

		f->pResults[i] = result->hr;
		if (SUCCEEDED(result->hr))
			f->ppInterfaceData[i] = orpc_make_pointer(arena, result->objref);
		if (SUCCEEDED(result->hr) && !f->ppInterfaceData[i])
			return E_OUTOFMEMORY;
	}
	return S_OK;
}

static uint32_t remote_activation(void *ctx, struct rpc_call *call, void *frame,
				  struct arena *arena)
{
	struct IActivation_RemoteActivation *f = frame;
	struct activation_reply *reply = NULL;
	struct activation_request request = {
		.clsid = *f->Clsid,
		.factory = f->Mode == MODE_CLASS_OBJECT,
		.version = f->ORPCthis->version,
		.iids = f->pIIDs,
		.iid_count = f->pIIDs ? f->Interfaces : 0,
		.protseqs = f->aRequestedProtseqs,
		.protseq_count = f->cRequestedProtseqs,
		.imp_level = f->ClientImpLevel,
		.session = ACTIVATION_ANY_SESSION,
		.has_instance = f->pwszObjectName || f->pObjectStorage,
	};
	HRESULT hr = check_caller(ctx, call);

	if (FAILED(hr)) {
		f->ReturnValue = RPC_S_ACCESS_DENIED;
		*f->phr = hr;
		return 0;
	}
	hr = orpc_accept(&request.version);
	if (FAILED(hr)) {
		f->ReturnValue = (uint32_t)hr;
		*f->phr = hr;
		return 0;
	}
	hr = activate(ctx, call, &request, arena, &reply);
	if (SUCCEEDED(hr))
		hr = put_reply(reply, arena, f);
	for (uint32_t i = 0; FAILED(hr) && i < f->Interfaces; i++) {
		f->pResults[i] = S_OK; /* as the section of phr wants it */
		f->ppInterfaceData[i] = NULL;
	}
	*f->phr = hr;
	return 0;
}

const native_fn dcom_activation_methods[] = { remote_activation };

/* ---- IRemoteSCMActivator ---- */

static HRESULT activate_blob(struct dcom *dcom, struct rpc_call *call, const ORPCTHIS *this,
			     const MInterfacePointer *in, bool factory, struct arena *arena,
			     MInterfacePointer **ret)
{
	struct activation_request request = { 0 };
	struct activation_reply *reply = NULL;
	HRESULT hr = check_caller(dcom, call);

	if (SUCCEEDED(hr))
		hr = orpc_accept(&this->version);
	if (SUCCEEDED(hr))
		hr = activation_parse_request(orpc_pointer_text(in), arena, &request, NULL);
	if (FAILED(hr))
		return hr;
	request.factory = factory;
	hr = activate(dcom, call, &request, arena, &reply);
	if (FAILED(hr))
		return hr;
	struct buf out;

	buf_init(&out, NATIVE_ARENA_MAX);
	if (activation_put_reply(reply, &out) == 0)
		*ret = orpc_make_pointer(arena, buf_text(&out));
	buf_done(&out);
	return *ret ? S_OK : E_OUTOFMEMORY;
}

static uint32_t remote_get_class_object(void *ctx, struct rpc_call *call, void *frame,
					struct arena *arena)
{
	struct IRemoteSCMActivator_RemoteGetClassObject *f = frame;

	f->ReturnValue = activate_blob(ctx, call, f->orpcthis, f->pActProperties, true, arena,
				       f->ppActProperties);
	return 0;
}

static uint32_t remote_create_instance(void *ctx, struct rpc_call *call, void *frame,
				       struct arena *arena)
{
	struct IRemoteSCMActivator_RemoteCreateInstance *f = frame;

	f->ReturnValue = activate_blob(ctx, call, f->orpcthis, f->pActProperties, false, arena,
				       f->ppActProperties);
	return 0;
}

const native_fn dcom_scm_methods[] = {
	NULL, NULL, NULL, remote_get_class_object, remote_create_instance,
};
