/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DCOM of a process: what serves objects to other machines, and what reaches objects of theirs
 * ([MS-DCOM]). One struct dcom has an exporter, may be the resolver of its machine, serves both on
 * an RPC server, and keeps the exporters, proxies and pings of what it uses itself.
 *
 * Thread safe after dcom_new. Calls wait on the thread that makes them.
 */
#pragma once

#include "base/error.h"
#include "dcom/activation.h"
#include "dcom/exporter.h"
#include "dcom/resolver.h"
#include "rpc/client.h"
#include "rpc/server.h"

struct dcom;
struct dcom_counts;

/* An exporter of this machine that makes objects of a class. */
struct dcom_host {
	CLSID clsid; /* to make there: the one that was asked for, unless another stands for it */
	char endpoint[RPC_ENDPOINT_MAX]; /* its local socket */
	GUID secret;
	uint64_t number; /* what its maker calls it; never 0 */
};

/* Calls that a resolver makes for others at the same time, each on a thread of its server: that has
 * to have more. */
#define DCOM_ELSEWHERE_MAX 128

struct dcom_options {
	/* Where calls come in; it must outlive this, and be stopped first. Interfaces are added to
	 * it. NULL: this process is a client only, and references to its own objects cannot be
	 * given away. */
	struct rpc_server *server;
	uint16_t port; /* where the server listens */
	/* The local socket of this machine's resolver (rpcss), by which objects of its other
	 * processes are reached. With a `server`, objects of this process are registered there;
	 * they are then called at the local socket `endpoint` of that server, by others of this
	 * machine directly, for other machines by the resolver, which vouches for who calls:
	 * `secret` is what the server's acceptor knows as voucher. Texts are copied. NULL: the
	 * process is a resolver itself, or knows only other machines. */
	const char *machine, *endpoint;
	const GUID *secret; /* of the exporter; NULL: one is made */
	/* How this machine is to be reached, without endpoints, and how it authenticates. */
	const struct bindings *bindings;
	enum authn_level least;  /* of calls of objects; AUTHN_LEVEL_PKT_INTEGRITY when 0 */
	int64_t ping_period;     /* ns; 0: two minutes */
	uint16_t resolver_port;  /* where resolvers of others listen; 0: 135 */
	uint16_t minor;          /* COM version 5.minor at most, as a client; 0: 5.7 */
	int64_t connect_timeout; /* ns; 0: the RPC client's */
	int64_t call_timeout;
	void *ctx;
	/* An object of a class, or its class object, for a caller who has proved who he is at
	 * packet integrity or above. S_FALSE: this process is about to end and makes none. NULL:
	 * there are no classes. */
	HRESULT(*activate)
	(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory, IUnknown **ret);
	/* A resolver's: the process that makes objects of that class, started if need be. Is asked
	 * before `activate`; S_FALSE: it is this one. `gone` is the number of one that was given
	 * before and could not be reached, else 0. May be NULL. */
	HRESULT(*host)
	(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, uint64_t gone,
	 struct dcom_host *ret);
	/* An activation was refused for its authentication level, or because it had none. */
	void (*refused)(void *ctx, const struct rpc_caller *caller);
};

/* True when who calls is a process of this machine, as the kernel says, and not somebody that a
 * resolver vouches for. */
bool dcom_is_local(const struct rpc_caller *caller);

int dcom_new(const struct dcom_options *options, struct dcom **ret, struct error *err);
/* Releases all objects that were given away. Proxies must be gone. */
struct dcom *dcom_free(struct dcom *dcom);

/* Interfaces that can be carried: those of ms-dcom.idl, ms-oaut.idl, oaidl.idl and unknwn.idl are
 * there from the start.
 * The module must live as long. -ENOBUFS. */
#define DCOM_MODULES_MAX 32
int dcom_add_module(struct dcom *dcom, const struct ndr_module *module);

/* The object reference of an interface, and back: for whoever carries bytes. A reference to an
 * object of this process gives the object itself, any other one a proxy. */
HRESULT dcom_marshal(struct dcom *dcom, REFIID iid, IUnknown *object, struct buf *out);
HRESULT dcom_unmarshal(struct dcom *dcom, struct text objref, REFIID iid, IUnknown **ret);

/* ---- references in streams: what struct com_remoting asks for (com/activate.h) ---- */

/* The standard marshaller of `object`, which may be NULL for one that reads. */
HRESULT dcom_standard_marshaler(struct dcom *dcom, IUnknown *object, IMarshal **ret);
/* The stream stands behind the head of a reference of that kind (enum objref_kind). */
HRESULT dcom_stream_unmarshal(struct dcom *dcom, IStream *stream, DWORD kind, REFIID iid,
			      REFIID riid, void **ret);
HRESULT dcom_stream_forget(struct dcom *dcom, IStream *stream, DWORD kind, REFIID iid);
/* Whoever holds the object from elsewhere holds nothing any more: RPC_E_DISCONNECTED. */
void dcom_disconnect(struct dcom *dcom, IUnknown *object);

/* ---- objects of other machines ---- */

/* Whom to ask, and as whom (COSERVERINFO and COAUTHINFO). Texts are copied. */
struct dcom_server {
	const char *name;           /* a host name or an address; dcom_options.machine: this one */
	enum authn_service service; /* AUTHN_NONE: the first of the server's that we have */
	/* At least packet integrity is used. 0: what the process says (CoInitializeSecurity). */
	enum authn_level level;
	enum imp_level impersonation;      /* 0: the same, or impersonate */
	const char *principal;             /* service principal name; NULL: "RPCSS/" + name */
	struct security_identity identity; /* user NULL: who the process is */
};

/* One object of a class on another machine, or its class object, as `count` interfaces of it
 * (CoCreateInstanceEx). `ret_results` has an HRESULT for each; `ret_objects` proxies where those
 * are S_OK, else NULL. S_OK when there is at least one; else what the server said, or
 * HRESULT_FROM_WIN32 of an enum rpc_status, and then `err` says where it failed; its code is
 * -EREMOTEIO when the server, or the class, said so. */
HRESULT dcom_create(struct dcom *dcom, const struct dcom_server *server, REFCLSID clsid,
		    bool factory, const IID *iids, uint32_t count, IUnknown **ret_objects,
		    HRESULT *ret_results, struct error *err);

/* For programs that end: references that were dropped are released now, and nothing runs in the
 * background any more, which libraries that clean up at exit would pull the ground from under. */
void dcom_flush(struct dcom *dcom);

/* Class objects of this process that others of the machine may have (CoRegisterClassObject);
 * `activate` gives them out, each only once when `single_use`. Needs `machine`. */
HRESULT dcom_register_class(struct dcom *dcom, REFCLSID clsid, bool single_use, uint32_t *ret);
HRESULT dcom_revoke_class(struct dcom *dcom, uint32_t cookie);

struct dcom_counts {
	struct exporter_counts exporter;
	struct resolver_counts resolver;
};
struct dcom_counts dcom_counts(struct dcom *dcom);
