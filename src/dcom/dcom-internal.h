/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files behind dcom.h share: dcom.c (life, time), marshal.c (references), errors.c
 * (error information), stub.c (calls that come in), service-*.c (the protocol's own interfaces),
 * remote.c, proxy.c and ping.c (the client's side).
 */
#pragma once

#include "dcom/dcom.h"
#include "dcom/native.h"
#include "dcom/orpc.h"

#include <pthread.h>

/* An interface whose calls are served: by functions over frames, or through the vtable of the
 * object that the call's IPID stands for. */
struct service {
	struct rpc_interface face;
	struct dcom *dcom;
	const struct ndr_interface *table;
	const native_fn *methods; /* NULL: objects' */
};

struct remotes;

struct dcom {
	struct dcom_options options;
	struct bindings bindings;  /* resolver bindings: no endpoints */
	struct bindings endpoints; /* the exporter's */
	struct resolver *resolver;
	struct exporter *exporter;
	uint64_t oxid;
	GUID rem_unknown;
	struct native resolver_service, activation_service, scm_service;

	pthread_mutex_t lock; /* of the tables that follow */
	const struct ndr_module *modules[DCOM_MODULES_MAX];
	unsigned module_count;
	struct service **services;
	unsigned service_count;

	/* The thread that collects and pings. */
	pthread_t ticker;
	pthread_cond_t tick;
	bool ticking, stopping, woken;

	struct remotes *remotes; /* the client's side */
};

extern const native_fn dcom_resolver_methods[], dcom_activation_methods[], dcom_scm_methods[],
	dcom_unknown_methods[];

/* ---- dcom.c ---- */

/* Who calls, for counting: a name that was proved, else an address. Valid during the call. */
const char *dcom_client_name(const struct rpc_call *call);
/* orpc_negotiate, and not above the version this process is to speak. */
bool dcom_negotiate(const struct dcom *dcom, const COMVERSION *server, COMVERSION *ret);
/* There is something for the thread that collects and pings to do. */
void dcom_wake(struct dcom *dcom);
/* The table of an interface; NULL when no module has it. Thread safe. */
const struct ndr_interface *dcom_find_interface(void *dcom, REFIID iid);

/* ---- marshal.c ---- */

/* For coders of calls: what dcom_marshal and dcom_unmarshal do. */
struct ndr_objects dcom_objects(struct dcom *dcom);
/* The bytes of a reference, in the arena. */
HRESULT dcom_marshal_text(struct dcom *dcom, REFIID iid, IUnknown *object, struct arena *arena,
			  struct text *ret);

/* ---- errors.c ---- */

/* What the thread has of the failed method of an object's interface, as extension; the thread has
 * it no more. NULL: nothing. */
ORPC_EXTENT_ARRAY *dcom_error_put(struct dcom *dcom, IUnknown *object, REFIID iid,
				  struct arena *arena);
/* Gives the thread what came, if anything did. */
void dcom_error_take(struct dcom *dcom, const ORPC_EXTENT_ARRAY *extensions);

/* ---- stub.c ---- */

uint32_t dcom_stub_dispatch(void *service, struct rpc_call *call, uint16_t opnum,
			    const struct rpc_stub *in, struct buf *out);
/* The causality id of what this thread is doing: that of the call it serves, else a new one
 * ([MS-DCOM] 1.3.5). */
void dcom_causality(GUID *ret);

/* ---- the client's side (remote.c, proxy.c) ---- */

int remotes_new(struct dcom *dcom, struct remotes **ret);
struct remotes *remotes_free(struct remotes *remotes);
/* Releases what was dropped; pings, too, once a period. */
void remotes_tick(struct remotes *remotes, bool ping);
/* A proxy for a standard reference of another exporter; takes over its public references. */
HRESULT remotes_unmarshal(struct remotes *remotes, const struct objref *ref, REFIID iid,
			  IUnknown **ret);
/* When `object` is a proxy: a reference to what it stands for. E_NOINTERFACE: it is none. */
HRESULT remotes_marshal(struct remotes *remotes, IUnknown *object, REFIID iid, struct objref *ret);
