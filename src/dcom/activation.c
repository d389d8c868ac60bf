/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in activation requests and replies (activation.h), over the blob that carries both. Any
 * process, any thread.
 */
#include "dcom/activation-internal.h"

#include "base/mem.h"
#include "dcom/context.h"

#include <errno.h>

/* The client's context, without a property. */
static void put_context(struct buf *out)
{
	size_t begun = objref_begin_custom(&IID_IContext, &CLSID_ContextMarshaler, out);

	context_put(out);
	objref_end_custom(out, begun);
}

/* 2.2.22.2.5 wants the client's to be there; Windows takes requests without it, and some clients
 * send none. */
static HRESULT check_context(struct text objref)
{
	return objref.length ? context_check_reference(objref) : S_OK;
}

/* ---- requests ---- */

/* The forms of the properties of a request. */
struct request_values {
	InstantiationInfoData instantiation;
	ScmRequestInfoData scm;
	LocationInfoData location;
	ActivationContextInfoData context;
	InstanceInfoData instance;
	union {
		SpecialPropertiesData special;
		SpecialPropertiesData_Alternate alternate;
	};
};

enum request_property {
	REQUEST_INSTANTIATION,
	REQUEST_SCM,
	REQUEST_LOCATION,
	REQUEST_CONTEXT,
	REQUEST_SPECIAL,  /* written when it says something */
	REQUEST_INSTANCE, /* read, but not written */
	REQUEST_PROPERTIES
};

static void list_request(struct request_values *v, struct activation_property *list)
{
	list[REQUEST_INSTANTIATION] = (struct activation_property){ &CLSID_InstantiationInfo,
								    &ndr_type_InstantiationInfoData,
								    NULL,
								    &v->instantiation,
								    true,
								    false };
	list[REQUEST_SCM] = (struct activation_property){
		&CLSID_ScmRequestInfo, &ndr_type_ScmRequestInfoData, NULL, &v->scm, true, false
	};
	list[REQUEST_LOCATION] = (struct activation_property){ &CLSID_ServerLocationInfo,
							       &ndr_type_LocationInfoData,
							       NULL,
							       &v->location,
							       true,
							       false };
	list[REQUEST_CONTEXT] = (struct activation_property){ &CLSID_ActivationContextInfo,
							      &ndr_type_ActivationContextInfoData,
							      NULL,
							      &v->context,
							      false,
							      false };
	list[REQUEST_SPECIAL] =
		(struct activation_property){ &CLSID_SpecialSystemProperties,
					      &ndr_type_SpecialPropertiesData,
					      &ndr_type_SpecialPropertiesData_Alternate,
					      &v->special,
					      false,
					      false };
	list[REQUEST_INSTANCE] = (struct activation_property){
		&CLSID_InstanceInfo, &ndr_type_InstanceInfoData, NULL, &v->instance, false, false
	};
}

static HRESULT take_request(const struct request_values *v, const struct activation_property *list,
			    struct arena *arena, struct activation_request *ret)
{
	const InstantiationInfoData *info = &v->instantiation;
	const customREMOTE_REQUEST_SCM_INFO *remote = v->scm.remoteRequest;
	HRESULT hr = S_OK;

	if (!info->pIID || info->cIID > ACTIVATION_INTERFACES_MAX || !remote)
		return E_INVALIDARG;
	*ret = (struct activation_request){
		.clsid = info->classId,
		.class_context = info->classCtx,
		.flags = info->actvflags,
		.version = info->clientCOMVersion,
		.iids = info->pIID,
		.iid_count = info->cIID,
		.protseqs = remote->pRequestedProtseqs,
		.protseq_count = remote->pRequestedProtseqs ? remote->cRequestedProtseqs : 0,
		.imp_level = remote->ClientImpLevel,
		.session = ACTIVATION_ANY_SESSION,
		.has_instance = list[REQUEST_INSTANCE].found &&
				(v->instance.fileName || v->instance.ifdStg),
	};
	if (list[REQUEST_SPECIAL].found) {
		/* What both forms have is at the same place in both. */
		ret->session = v->special.dwSessionId;
		ret->console_session = v->special.dwFlags & SPD_FLAG_USE_CONSOLE_SESSION;
	}
	if (list[REQUEST_CONTEXT].found) {
		ret->client_context = orpc_pointer_text(v->context.pIFDClientCtx);
		ret->prototype_context = orpc_pointer_text(v->context.pIFDPrototypeCtx);
		hr = check_context(ret->client_context);
		if (SUCCEEDED(hr))
			hr = check_context(ret->prototype_context);
	}
	return hr;
}

HRESULT activation_parse_request(struct text objref, struct arena *arena,
				 struct activation_request *ret, struct error *err)
{
	struct request_values *v = arena_new(arena, struct request_values);
	struct activation_property list[REQUEST_PROPERTIES];

	if (!v)
		return E_OUTOFMEMORY;
	list_request(v, list);
	HRESULT hr = activation_read_blob(objref, &IID_IActivationPropertiesIn,
					  &CLSID_ActivationPropertiesIn, list, ARRAY_LEN(list),
					  arena, err);

	if (FAILED(hr))
		return hr;
	hr = take_request(v, list, arena, ret);
	if (FAILED(hr)) {
		error_set(err, -EBADMSG, "activation properties: %s",
			  hr == RPC_E_INVALID_OBJREF ? "a context that is none"
						     : "a number out of range");
		if (err)
			err->hresult = (uint32_t)hr;
	}
	return hr;
}

int activation_put_request(const struct activation_request *request, struct buf *out)
{
	struct request_values v = { 0 };
	struct activation_property list[REQUEST_PROPERTIES];
	customREMOTE_REQUEST_SCM_INFO remote = {
		.ClientImpLevel = request->imp_level,
		.cRequestedProtseqs = request->protseq_count,
		.pRequestedProtseqs = (uint16_t *)request->protseqs,
	};
	bool special = request->session != ACTIVATION_ANY_SESSION || request->console_session;
	struct arena arena;
	struct buf context;

	arena_init(&arena, 65536);
	buf_init(&context, 1024);
	put_context(&context);
	v.instantiation = (InstantiationInfoData){
		.classId = request->clsid,
		.classCtx = request->class_context,
		.actvflags = request->flags,
		.cIID = request->iid_count,
		.pIID = (IID *)request->iids,
		.clientCOMVersion = request->version,
	};
	v.scm.remoteRequest = &remote;
	v.context.pIFDClientCtx = orpc_make_pointer(&arena, buf_text(&context));
	v.special.dwSessionId = request->session;
	v.special.dwFlags = request->console_session ? SPD_FLAG_USE_CONSOLE_SESSION : 0;
	list_request(&v, list);
	int r = buf_failed(&context);

	if (r == 0)
		r = v.context.pIFDClientCtx ? 0 : -ENOMEM;
	if (r == 0)
		r = activation_put_blob(&IID_IActivationPropertiesIn, &CLSID_ActivationPropertiesIn,
					list, special ? REQUEST_SPECIAL + 1 : REQUEST_SPECIAL, out);
	buf_done(&context);
	arena_done(&arena);
	return r;
}

/* ---- replies ---- */

struct reply_values {
	PropsOutInfo props;
	ScmReplyInfoData scm;
};

static void list_reply(struct reply_values *v, struct activation_property list[2])
{
	list[0] = (struct activation_property){
		&CLSID_PropsOutInfo, &ndr_type_PropsOutInfo, NULL, &v->props, true, false
	};
	list[1] = (struct activation_property){
		&CLSID_ScmReplyInfo, &ndr_type_ScmReplyInfoData, NULL, &v->scm, true, false
	};
}

static HRESULT take_reply(const struct reply_values *v, struct arena *arena,
			  struct activation_reply *ret)
{
	const customREMOTE_REPLY_SCM_INFO *remote = v->scm.remoteReply;
	const PropsOutInfo *props = &v->props;

	if (!remote || !props->piid || !props->phresults || !props->ppIntfData ||
	    props->cIfs > ACTIVATION_INTERFACES_MAX ||
	    orpc_read_bindings(remote->pdsaOxidBindings, &ret->bindings) < 0)
		return E_INVALIDARG;
	ret->oxid = remote->Oxid;
	ret->rem_unknown = remote->ipidRemUnknown;
	ret->authn_hint = remote->authnHint;
	ret->version = remote->serverVersion;
	ret->count = props->cIfs;
	ret->iids = props->piid;
	ret->results = arena_zalloc(arena, props->cIfs, sizeof *ret->results);
	if (!ret->results)
		return E_OUTOFMEMORY;
	for (DWORD i = 0; i < props->cIfs; i++) {
		struct text objref = orpc_pointer_text(props->ppIntfData[i]);

		ret->results[i] = (struct activation_result){ props->phresults[i], objref };
		if (SUCCEEDED(props->phresults[i]) && !objref.length)
			ret->results[i].hr = E_NOINTERFACE;
	}
	return S_OK;
}

HRESULT activation_parse_reply(struct text objref, struct arena *arena,
			       struct activation_reply *ret, struct error *err)
{
	struct reply_values *v = arena_new(arena, struct reply_values);
	struct activation_property list[2];

	if (!v)
		return E_OUTOFMEMORY;
	list_reply(v, list);
	HRESULT hr = activation_read_blob(objref, &IID_IActivationPropertiesOut,
					  &CLSID_ActivationPropertiesOut, list, ARRAY_LEN(list),
					  arena, err);

	if (SUCCEEDED(hr)) {
		hr = take_reply(v, arena, ret);
		if (FAILED(hr))
			error_set(err, -EBADMSG, "activation properties: an incomplete reply");
	}
	return hr;
}

static int fill_results(const struct activation_reply *reply, struct arena *arena,
			PropsOutInfo *props)
{
	props->cIfs = reply->count;
	props->piid = (IID *)reply->iids;
	props->phresults = arena_zalloc(arena, reply->count, sizeof(HRESULT));
	props->ppIntfData = arena_zalloc(arena, reply->count, sizeof(MInterfacePointer *));
	if (!props->phresults || !props->ppIntfData)
		return -ENOMEM;
	for (uint32_t i = 0; i < reply->count; i++) {
		const struct activation_result *result = &reply->results[i];

		props->phresults[i] = result->hr;
		if (FAILED(result->hr))
			continue;
		props->ppIntfData[i] = orpc_make_pointer(arena, result->objref);
		if (!props->ppIntfData[i])
			return -ENOMEM;
	}
	return 0;
}

int activation_put_reply(const struct activation_reply *reply, struct buf *out)
{
	struct reply_values v = { 0 };
	struct activation_property list[2];
	customREMOTE_REPLY_SCM_INFO remote = {
		.Oxid = reply->oxid,
		.ipidRemUnknown = reply->rem_unknown,
		.authnHint = reply->authn_hint,
		.serverVersion = reply->version,
	};
	struct arena arena;

	arena_init(&arena, 4 * ACTIVATION_BLOB_MAX);
	remote.pdsaOxidBindings = orpc_make_bindings(&arena, &reply->bindings);
	v.scm.remoteReply = &remote;
	int r = remote.pdsaOxidBindings ? fill_results(reply, &arena, &v.props) : -ENOMEM;

	list_reply(&v, list);
	if (r == 0)
		r = activation_put_blob(&IID_IActivationPropertiesOut,
					&CLSID_ActivationPropertiesOut, list, ARRAY_LEN(list), out);
	arena_done(&arena);
	return r;
}
