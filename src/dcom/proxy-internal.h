/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What proxies are made of: for proxy.c (interfaces, lives, references) and proxy-local.c (what a
 * proxy answers itself: its security, and many interfaces at once).
 */
#pragma once

#include "dcom/remote-internal.h"

#include "ndr/call.h"

/* By which a proxy is known: nothing else answers to it. */
extern const IID proxied_iid;

struct proxied;

/* One interface. */
struct proxy {
	struct ndr_face face;
	struct proxied *object;
	GUID ipid;
	uint32_t public_refs;
	uint32_t strong;                /* references for tables, each of which holds the object */
	struct remote_blanket *blanket; /* NULL: the remote's security; read before the lock */
	struct proxy *next;
};

struct proxied {
	IUnknown identity;
	uint32_t refs; /* under the remote's lock where it may become 0 */
	struct remote *remote;
	uint64_t oid;
	bool pinged;
	struct proxy *proxies; /* grows only; under the remote's lock */
	struct proxy_copy *copies;
	struct remote_blanket *blanket; /* of IUnknown's own calls; as a proxy's */
	IClientSecurity security;
	IMultiQI multi;
};

HRESULT proxied_query(struct proxied *o, REFIID riid, void **ret);
ULONG proxied_addref(struct proxied *o);
ULONG proxied_release(struct proxied *o);
/* Asks the object for interfaces at once; each gets its result, and its proxy. */
HRESULT proxied_query_remote(struct proxied *o, const IID *iids, uint16_t count, HRESULT *hrs,
			     IUnknown **ret);
/* A call of an interface of the object. `blanket` is a proxy's, or the object's. */
HRESULT proxied_call(struct proxied *o, struct remote_blanket *const *blanket, const GUID *ipid,
		     const struct ndr_interface *table, const struct ndr_method *method,
		     void *frame);

/* ---- proxy-local.c ---- */

/* Fills the faces of an object. */
void proxied_init_local(struct proxied *o);
