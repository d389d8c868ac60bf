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
	bool described;           /* by a component, and so unknown to the resolver */
};

/* An interface that only another process of this machine can serve. */
struct foreign {
	struct service service;
	struct ndr_interface table; /* its name and nothing else */
	uint32_t uid;               /* who has offered it first */
};

struct remotes;
struct machine;
struct elsewhere;
struct local_class;

struct dcom {
	struct dcom_options options;
	struct bindings bindings;  /* resolver bindings: no endpoints */
	struct bindings endpoints; /* the exporter's */
	struct resolver *resolver;
	struct exporter *exporter;
	uint64_t oxid;
	GUID secret, rem_unknown;
	char machine_path[RPC_ENDPOINT_MAX], endpoint[RPC_ENDPOINT_MAX];
	struct native resolver_service, activation_service, scm_service; /* a resolver's */
	struct native local_service;                                     /* the same */
	struct native exporter_service; /* an exporter's that has a resolver elsewhere */

	pthread_mutex_t lock; /* of the tables that follow */
	const struct ndr_module *modules[DCOM_MODULES_MAX];
	unsigned module_count;
	struct service **services;
	unsigned service_count;
	struct foreign **foreigns; /* a resolver's */
	unsigned foreign_count;

	/* The thread that collects and pings. */
	pthread_t ticker;
	pthread_cond_t tick;
	bool ticking, stopping, woken;

	struct remotes *remotes;     /* the client's side */
	struct machine *machine;     /* where this process is registered; NULL: nowhere */
	struct elsewhere *elsewhere; /* a resolver's: how it calls the other exporters */
	struct local_class *classes; /* a resolver's: class objects of other processes */
	unsigned class_count;
};

extern const native_fn dcom_resolver_methods[], dcom_activation_methods[], dcom_scm_methods[],
	dcom_unknown_methods[], dcom_local_methods[], dcom_exporter_methods[];

/* ---- dcom.c ---- */

/* Who calls, for counting: a name that was proved, else an address. Valid during the call. */
const char *dcom_client_name(const struct rpc_call *call);
/* orpc_negotiate, and not above the version this process is to speak. */
bool dcom_negotiate(const struct dcom *dcom, const COMVERSION *server, COMVERSION *ret);
/* There is something for the thread that collects and pings to do. */
void dcom_wake(struct dcom *dcom);
/* The table of an interface; NULL when no module has it. Thread safe. */
const struct ndr_interface *dcom_find_interface(void *dcom, REFIID iid);

/* Who a process of this machine is to objects: its Unix user, whom the kernel names; as Windows
 * has it, known by NTLM and protected wholly. All bytes are set. */
void dcom_local_peer(const struct rpc_caller *caller, struct security_peer *ret);
/* Passes calls of an interface on to the other processes of this machine that have it; the first 0,
 * also when it is there already; -ENOBUFS: too many, of this user or of all. */
#define FOREIGN_MAX 1024
#define FOREIGN_PER_USER 256
int dcom_serve_foreign(struct dcom *dcom, REFIID iid, uint32_t uid);
/* Those of components, at most DCOM_OFFERS_MAX from the `first` on; how many. */
#define DCOM_OFFERS_MAX 64
DWORD dcom_described(struct dcom *dcom, unsigned first, IID iids[DCOM_OFFERS_MAX]);

/* Whether a call is for an object of another process that has this one as its resolver. */
bool dcom_is_elsewhere(const struct dcom *dcom, const GUID *ipid);

/* How often one whose resolver is elsewhere looks whether that has begun anew, ns. */
int64_t dcom_machine_period(const struct dcom *dcom);

/* ---- machine.c: an exporter and its resolver in another process ---- */

/* Connects, and registers the exporter; fills in how the machine is reached. */
int machine_new(struct dcom *dcom, struct machine **ret, struct error *err);
struct machine *machine_free(struct machine *machine);
int machine_announce(void *machine, const uint64_t *oids, size_t count);
void machine_withdraw(void *machine, const uint64_t *oids, size_t count);
/* Tells the resolver of the interfaces that components of this process have described. 0, or a
 * negative error. */
int machine_offer(struct machine *machine);
/* Registers anew when the resolver has forgotten us; now and then. */
void machine_tick(struct machine *machine, int64_t now);
/* The same, at once. */
int machine_resume(struct machine *machine);

/* ---- elsewhere.c: a resolver and the exporters in other processes ---- */

int elsewhere_new(struct elsewhere **ret);
struct elsewhere *elsewhere_free(struct elsewhere *e);
/* Makes objects there; results are in the arena. `*ret_gone`: it is about to end, or has, which is
 * never what a class itself says. */
HRESULT elsewhere_activate(struct dcom *dcom, const struct rpc_caller *caller,
			   const struct dcom_host *host, const struct activation_request *request,
			   struct arena *arena, struct activation_result *results, bool *ret_gone);
/* A call of another machine for an object there: the answer, as a dispatch function gives it. */
uint32_t elsewhere_forward(struct dcom *dcom, struct rpc_call *call,
			   const struct ndr_interface *table, uint16_t opnum,
			   const struct rpc_stub *in, struct buf *out);
/* As exporter_reclaim. */
bool elsewhere_reclaim(struct dcom *dcom, uint64_t oxid, uint64_t oid);
/* That exporter is gone. */
void elsewhere_forget(struct dcom *dcom, uint64_t oxid);

/* ---- service-local.c ---- */

/* A class object that a process of this machine has registered, and that this caller may have. */
bool dcom_find_local_class(struct dcom *dcom, const struct rpc_caller *caller, REFCLSID clsid,
			   struct dcom_host *ret);

/* ---- service-activation.c ---- */

/* An object of this process, as all interfaces that are asked for; S_OK when it has one, S_FALSE
 * when the process makes no more. */
HRESULT dcom_make_object(struct dcom *dcom, const struct rpc_caller *caller,
			 const struct activation_request *request, struct arena *arena,
			 struct activation_result *results);

/* ---- marshal.c ---- */

/* For coders of calls: what dcom_marshal and dcom_unmarshal do. */
struct ndr_objects dcom_objects(struct dcom *dcom);
/* A standard reference, whatever the object says of itself; `flags` are MSHLFLAGS_. */
HRESULT dcom_marshal_standard(struct dcom *dcom, REFIID iid, IUnknown *object, DWORD flags,
			      struct buf *out);
/* The bytes of a reference, in the arena. */
HRESULT dcom_marshal_text(struct dcom *dcom, REFIID iid, IUnknown *object, struct arena *arena,
			  struct text *ret);

/* ---- identity.c: what COM's callers say of security, in our terms ---- */

struct dcom_identity_texts {
	char user[BINDINGS_TEXT_MAX], domain[BINDINGS_TEXT_MAX], password[BINDINGS_TEXT_MAX];
};
/* False: it has no room, or is no identity with UTF-16 texts. NULL is "". */
bool dcom_utf8(const OLECHAR *text, char out[BINDINGS_TEXT_MAX]);
bool dcom_identity(const COAUTHIDENTITY *identity, struct dcom_identity_texts *texts,
		   struct security_identity *ret);
/* For CoTaskMemFree; NULL: no memory. */
OLECHAR *dcom_utf16(const char *text);

/* ---- errors.c ---- */

/* What the thread has of the failed method of an object's interface, as extension; the thread has
 * it no more. NULL: nothing. */
ORPC_EXTENT_ARRAY *dcom_error_put(struct dcom *dcom, IUnknown *object, REFIID iid,
				  struct arena *arena);
/* Gives the thread what came, if anything did. */
void dcom_error_take(struct dcom *dcom, const ORPC_EXTENT_ARRAY *extensions);

/* ---- served.c ---- */

/* A call of an object, as CoGetCallContext knows it; on its thread's stack. */
struct served {
	IUnknown face;
	const struct rpc_caller *caller;
	struct security *made; /* NULL: nobody has asked */
	IUnknown *outer;       /* the call that the thread was in before */
};
void dcom_serve_begin(struct served *served, const struct rpc_caller *caller);
/* Whoever has kept the context hears from now on that the call is over. */
void dcom_serve_end(struct served *served);

/* ---- stub.c ---- */

/* Of struct foreign: for objects of other processes alone. */
uint32_t dcom_foreign_dispatch(void *foreign, struct rpc_call *call, uint16_t opnum,
			       const struct rpc_stub *in, struct buf *out);
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
/* When `object` is a proxy: a reference to what it stands for; `flags` are MSHLFLAGS_, and a strong
 * one for a table keeps the proxy. E_NOINTERFACE: it is none. */
HRESULT remotes_marshal(struct remotes *remotes, IUnknown *object, REFIID iid, DWORD flags,
			struct objref *ret);
/* A reference to an object of another exporter is not read any more. CO_E_OBJNOTCONNECTED: one for
 * a table, and not of this process. */
HRESULT remotes_forget(struct remotes *remotes, const struct objref *ref);
