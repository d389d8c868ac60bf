/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side ([MS-DCOM] 3.2): what remote.c (exporters of others, calls to them), create.c
 * (activation), proxy.c (objects) and ping.c share.
 *
 * Lives: a proxied object has a reference to its remote; a remote stays for some time when it has
 * no object, as its connections are dear. Locks: that of struct remotes is held for tables only,
 * never over a call.
 */
#pragma once

#include "dcom/dcom-internal.h"

#include "base/map.h"

#include <sys/queue.h>

#define REMOTES_MAX 4096
#define REMOTE_CLIENTS_MAX 256    /* interfaces in use of one exporter */
#define REMOTE_OBJECTS_MAX 65536  /* of one exporter */
#define REMOTE_RELEASES_MAX 65535 /* in one RemRelease */

/* Security of calls, with texts of its own. Counted. */
struct remote_security {
	uint32_t refs;
	enum authn_service service; /* AUTHN_NONE: to be chosen */
	enum authn_level level;
	enum imp_level impersonation;
	char *principal, *user, *domain, *password; /* may be NULL */
};
struct remote_security *remote_security_new(const struct dcom_server *server);
struct remote_security *remote_security_ref(struct remote_security *s);
struct remote_security *remote_security_unref(struct remote_security *s);

/* Security of the calls of one proxy, as SetBlanket has it. Counted; constant but for `clients`. */
struct remote_blanket {
	uint32_t refs;
	struct remote_security *security; /* service AUTHN_NONE, level 0: the exporter's */
	DWORD capabilities;
	void *auth_info;     /* what the caller gave for it */
	struct map *clients; /* IID -> rpc_client; under the remote's lock */
};
struct remote_blanket *remote_blanket_ref(struct remote_blanket *blanket);
struct remote_blanket *remote_blanket_unref(struct remote_blanket *blanket);

struct proxy;

/* An exporter of another process, by its OXID. */
struct remote {
	struct remotes *remotes;
	uint32_t refs;
	uint64_t oxid;
	struct remote_security *security;
	struct bindings resolver; /* of object references: whom to ask, and to ping */
	char *host;               /* what the user called the machine, or, of this one, the socket
				     of its resolver; NULL: not known */
	uint16_t resolver_port;   /* of that host; 0: the usual one */

	pthread_mutex_t lock; /* of all that follows */
	bool resolved;        /* the following is known */
	struct bindings bindings;
	GUID rem_unknown;
	enum authn_level level;
	COMVERSION version;
	char reached_host[BINDINGS_TEXT_MAX]; /* "": nothing was reached yet */
	uint16_t reached_port;
	enum authn_service service; /* chosen of `bindings` */
	char principal[BINDINGS_TEXT_MAX];
	struct map *clients; /* IID -> rpc_client */
	struct map *objects; /* OID -> proxy object, not counted */
};

struct release {
	STAILQ_ENTRY(release) next;
	struct remote *remote; /* counted */
	REMINTERFACEREF ref;
};
STAILQ_HEAD(release_list, release);

struct pinger;
struct ndr_room;

struct remotes {
	struct dcom *dcom;
	pthread_mutex_t lock;
	struct map *by_oxid;
	struct map *pingers; /* by the resolver's first binding */
	struct release_list releases;
	pthread_mutex_t pinging; /* one round at a time */
};

/* ---- remote-client.c ---- */

/* Whether a host is the path of a local socket: this machine's resolver, or an exporter on it. */
static inline bool remote_is_local(const char *host)
{
	return host[0] == '/';
}
/* An RPC client for an interface of that machine; `port` 0: the resolver's. */
HRESULT remote_client(struct dcom *dcom, const char *host, uint16_t port,
		      const struct ndr_interface *table, const struct remote_security *security,
		      enum authn_service service, enum authn_level level, const char *principal,
		      struct rpc_client **ret, struct error *err);
/* Calls a method of an interface of plain RPC. A status of RPC. */
uint32_t remote_native_call(struct rpc_client *client, const struct ndr_interface *table,
			    unsigned opnum, void *frame, struct arena *arena, struct error *err);
/* The same with an object. */
uint32_t remote_object_call(struct rpc_client *client, const struct ndr_interface *table,
			    unsigned opnum, const GUID *object, void *frame, struct arena *arena,
			    struct error *err);
/* Sends what is in the room's `out`; the answer is in its `in`. A status of RPC. */
uint32_t remote_exchange(struct ndr_room *room, struct rpc_client *client, unsigned opnum,
			 const GUID *object, struct rpc_drep *ret_drep, struct error *err);
/* Whatever is an HRESULT already stays one. */
HRESULT remote_status(uint32_t status);

/* ---- remote.c ---- */

/* Finds or makes the remote of an OXID; counted. `security` NULL: who the process is. */
HRESULT remote_find(struct remotes *remotes, uint64_t oxid, const struct bindings *resolver,
		    const char *host, uint16_t port, struct remote_security *security,
		    struct remote **ret);
struct remote *remote_ref(struct remote *remote);
struct remote *remote_unref(struct remote *remote);
/* What activation or a resolver told of it. */
void remote_told(struct remote *remote, const struct bindings *bindings, const GUID *rem_unknown,
		 enum authn_level hint, COMVERSION version);
/* A call of an object: sends the frame and fills in what comes back. The HRESULT of the call
 * itself; the method's is in the frame. */
HRESULT remote_call(struct remote *remote, const GUID *ipid, const struct ndr_interface *table,
		    const struct ndr_method *method, void *frame);
/* The same with a blanket; NULL: the remote's own security. */
HRESULT remote_call_as(struct remote *remote, struct remote_blanket *blanket, const GUID *ipid,
		       const struct ndr_interface *table, const struct ndr_method *method,
		       void *frame);

/* How calls are made: what is in a blanket, and what follows from the exporter for the rest. */
struct remote_manner {
	const struct remote_security *security;
	enum authn_service service;
	enum authn_level level;
	const char *principal; /* NULL: none */
};
/* Valid as long as both; the exporter is resolved for it. */
HRESULT remote_manner(struct remote *remote, const struct remote_blanket *blanket,
		      struct remote_manner *ret);

/* ---- blanket.c ---- */

/* A blanket in the words of IClientSecurity. */
struct remote_blanket_words {
	DWORD service, authorization;
	OLECHAR *principal;
	DWORD level, impersonation;
	void *auth_info;
	DWORD capabilities;
};
/* E_INVALIDARG: words that make no sense, or mean a service that there is none of. */
HRESULT remote_blanket_new(struct remote *remote, const struct remote_blanket_words *words,
			   struct remote_blanket **ret);
/* What holds for calls with a blanket, or without one. The exporter is resolved for it; the
 * principal is the caller's. */
HRESULT remote_blanket_query(struct remote *remote, const struct remote_blanket *blanket,
			     struct remote_blanket_words *ret);

/* ---- proxy.c ---- */

/* A proxy for an interface; takes over the public references of `std`. */
HRESULT proxy_new(struct remote *remote, const struct objref_std *std, REFIID iid, IUnknown **ret);
/* Interfaces to be released, soon. */
void remotes_release(struct remotes *remotes, struct remote *remote, const GUID *ipid,
		     uint32_t public_refs);
/* Sends what is to be released. */
void remotes_flush(struct remotes *remotes);

/* ---- ping.c ---- */

/* An object is held from now on, or no longer. */
void ping_add(struct remotes *remotes, struct remote *remote, uint64_t oid);
void ping_remove(struct remotes *remotes, struct remote *remote, uint64_t oid);
void ping_tick(struct remotes *remotes);
void ping_free(struct map *pingers);
