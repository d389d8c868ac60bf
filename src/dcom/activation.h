/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation: what a client asks for and what it gets, and both as activation properties
 * ([MS-DCOM] 2.2.22): a blob of typed properties inside an OBJREF_CUSTOM, as IRemoteSCMActivator
 * carries them. IActivation has the same things as plain parameters. Pure functions over bytes that
 * nobody vouches for; what is read is in the caller's arena.
 */
#pragma once

#include "dcom/objref.h"
#include "dcom/orpc.h"

#define ACTIVATION_INTERFACES_MAX 256 /* of one request; the protocol would allow 32768 */

/* ACTVFLAGS (2.2.22.2.1) */
enum activation_flags {
	ACTIVATION_DISABLE_AAA = 0x2,
	ACTIVATION_32_BIT = 0x4,
	ACTIVATION_64_BIT = 0x8,
	ACTIVATION_NO_FAILURE_LOG = 0x20,
};
#define ACTIVATION_ANY_SESSION 0xffffffffu

struct activation_request {
	CLSID clsid;
	bool factory; /* the class object is wanted, not an object: by the method called */
	uint32_t class_context; /* enum CLSCTX */
	uint32_t flags;         /* enum activation_flags */
	COMVERSION version;     /* the client's */
	const IID *iids;
	uint32_t iid_count;
	const uint16_t *protseqs;
	uint16_t protseq_count;
	uint32_t imp_level;
	uint32_t session;     /* ACTIVATION_ANY_SESSION, or that of a logon */
	bool console_session; /* SPD_FLAG_USE_CONSOLE_SESSION */
	bool has_instance;    /* a file or a storage to make the object from */
	/* Object references of contexts; {NULL, 0} without. */
	struct text client_context, prototype_context;
};

/* S_OK. RPC_E_INVALID_OBJREF: no such reference, or a context that is none. E_INVALIDARG: a
 * property that must be there is missing, or a number is out of range. HRESULT_FROM_WIN32(1783): a
 * property that cannot be read. E_OUTOFMEMORY. `err` says which property. */
HRESULT activation_parse_request(struct text objref, struct arena *arena,
				 struct activation_request *ret, struct error *err);
/* Appends the object reference. -ENOMEM, -ENOBUFS. */
int activation_put_request(const struct activation_request *request, struct buf *out);

struct activation_result {
	HRESULT hr;
	struct text objref; /* {NULL, 0} when hr is not S_OK */
};

struct activation_reply {
	uint64_t oxid;
	struct bindings bindings; /* of the exporter, with endpoints */
	GUID rem_unknown;
	uint32_t authn_hint;
	COMVERSION version; /* the exporter's */
	uint32_t count;
	const IID *iids;
	struct activation_result *results; /* one for each iid */
};

/* As activation_parse_request. */
HRESULT activation_parse_reply(struct text objref, struct arena *arena,
			       struct activation_reply *ret, struct error *err);
int activation_put_reply(const struct activation_reply *reply, struct buf *out);
