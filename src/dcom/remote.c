/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exporters of other machines, as a client knows them ([MS-DCOM] 3.2.4): where they are, how they
 * want to be talked to, and calls to their objects. Any thread; calls wait on it.
 */
#include "dcom/remote-internal.h"

#include "base/mem.h"
#include "ndr/call.h"

#include <errno.h>
#include <stdio.h>

/* ---- remotes ---- */

static void free_client(void *client)
{
	rpc_client_free(client);
}

static void remote_free(struct remote *remote)
{
	map_free(remote->clients, free_client);
	map_free(remote->objects, NULL);
	remote_security_unref(remote->security);
	mem_free(remote->host);
	pthread_mutex_destroy(&remote->lock);
	mem_free(remote);
}

static struct remote *remote_new(struct remotes *remotes, uint64_t oxid,
				 const struct bindings *resolver, const char *host, uint16_t port,
				 struct remote_security *security)
{
	struct dcom_server nobody = { .name = NULL };
	struct remote *remote = mem_new(struct remote);

	if (!remote)
		return NULL;
	pthread_mutex_init(&remote->lock, NULL);
	remote->remotes = remotes;
	remote->refs = 1;
	remote->oxid = oxid;
	remote->resolver = *resolver;
	remote->resolver_port = port;
	remote->security = security ? remote_security_ref(security) : remote_security_new(&nobody);
	remote->clients = map_new(REMOTE_CLIENTS_MAX, 0);
	remote->objects = map_new(REMOTE_OBJECTS_MAX, 0);
	remote->host = host ? mem_strdup(host) : NULL;
	if ((host && !remote->host) || !remote->security || !remote->clients || !remote->objects) {
		remote_free(remote);
		return NULL;
	}
	return remote;
}

struct remote *remote_ref(struct remote *remote)
{
	__atomic_add_fetch(&remote->refs, 1, __ATOMIC_RELAXED);
	return remote;
}

static struct text oxid_key(const uint64_t *oxid)
{
	return (struct text){ (const char *)oxid, sizeof *oxid };
}

/* The last reference goes under the table's lock, as another may be taken there. */
struct remote *remote_unref(struct remote *remote)
{
	if (!remote)
		return NULL;
	struct remotes *remotes = remote->remotes;

	pthread_mutex_lock(&remotes->lock);
	bool last = __atomic_sub_fetch(&remote->refs, 1, __ATOMIC_ACQ_REL) == 0;

	if (last)
		map_remove(remotes->by_oxid, oxid_key(&remote->oxid));
	pthread_mutex_unlock(&remotes->lock);
	if (last)
		remote_free(remote);
	return NULL;
}

/* The one of that OXID, counted, or NULL. Under the table's lock. */
static struct remote *find_known(struct remotes *remotes, uint64_t oxid)
{
	struct remote *remote = map_get(remotes->by_oxid, oxid_key(&oxid));

	return remote ? remote_ref(remote) : NULL;
}

/* Enters a new one, unless another thread was faster. */
static struct remote *enter(struct remotes *remotes, struct remote *made)
{
	pthread_mutex_lock(&remotes->lock);
	struct remote *remote = find_known(remotes, made->oxid);

	if (!remote && map_put(remotes->by_oxid, oxid_key(&made->oxid), made, NULL) == 0) {
		remote = made;
		made = NULL;
	}
	pthread_mutex_unlock(&remotes->lock);
	if (made)
		remote_free(made);
	return remote;
}

static HRESULT resolve_at(struct remote *remote, const char *host, uint16_t port);

/* Of an exporter that nobody has named a machine of: it may be one of this machine. */
static bool look_here(struct remote *remote)
{
	const char *machine = remote->remotes->dcom->options.machine;

	return !machine || remote->host || FAILED(resolve_at(remote, machine, 0)) ||
	       (remote->host = mem_strdup(machine));
}

HRESULT remote_find(struct remotes *remotes, uint64_t oxid, const struct bindings *resolver,
		    const char *host, uint16_t port, struct remote_security *security,
		    struct remote **ret)
{
	pthread_mutex_lock(&remotes->lock);
	struct remote *remote = find_known(remotes, oxid);

	pthread_mutex_unlock(&remotes->lock);
	if (!remote) {
		remote = remote_new(remotes, oxid, resolver, host, port, security);
		if (remote && look_here(remote)) {
			remote = enter(remotes, remote);
		} else if (remote) {
			remote_free(remote);
			remote = NULL;
		}
	}
	*ret = remote;
	return remote ? S_OK : E_OUTOFMEMORY;
}

static void choose_security(struct remote *remote)
{
	const struct bindings *b = &remote->bindings;
	const struct remote_security *s = remote->security;

	remote->service = s->service ? s->service : AUTHN_WINNT;
	remote->principal[0] = '\0';
	for (unsigned i = 0; i < b->security_count; i++) {
		uint16_t service = b->security[i].service;
		bool known = service == AUTHN_WINNT || service == AUTHN_GSS_KERBEROS ||
			     service == AUTHN_GSS_NEGOTIATE;

		if (s->service ? service != s->service : !known)
			continue;
		remote->service = (enum authn_service)service;
		memcpy(remote->principal, b->security[i].principal, sizeof remote->principal);
		break;
	}
}

void remote_told(struct remote *remote, const struct bindings *bindings, const GUID *rem_unknown,
		 enum authn_level hint, COMVERSION version)
{
	pthread_mutex_lock(&remote->lock);
	if (!remote->resolved) {
		remote->bindings = *bindings;
		remote->rem_unknown = *rem_unknown;
		remote->level = hint > remote->security->level && hint <= AUTHN_LEVEL_PKT_PRIVACY
					? hint
					: remote->security->level;
		if (!dcom_negotiate(remote->remotes->dcom, &version, &remote->version))
			remote->version = (COMVERSION){ ORPC_MAJOR, ORPC_MINOR_LEAST };
		choose_security(remote);
		remote->resolved = true;
	}
	pthread_mutex_unlock(&remote->lock);
}

/* ---- OXID resolution (3.2.4.1.2) ---- */

static HRESULT resolve_at(struct remote *remote, const char *host, uint16_t port)
{
	struct remotes *remotes = remote->remotes;
	uint16_t tower = remote_is_local(host) ? BINDINGS_TOWER_LOCAL : BINDINGS_TOWER_TCP;
	DUALSTRINGARRAY *array = NULL;
	GUID ipid = GUID_NULL;
	DWORD hint = 0;
	COMVERSION version = { 0 };
	struct IObjectExporter_ResolveOxid2 f = {
		.pOxid = &remote->oxid,
		.cRequestedProtseqs = 1,
		.arRequestedProtseqs = &tower,
		.ppdsaOxidBindings = &array,
		.pipidRemUnknown = &ipid,
		.pAuthnHint = &hint,
		.pComVersion = &version,
	};
	char principal[BINDINGS_TEXT_MAX + 8];
	struct rpc_client *client = NULL;
	struct arena arena;
	enum authn_service service =
		remote->security->service ? remote->security->service : AUTHN_WINNT;

	snprintf(principal, sizeof principal, "RPCSS/%s", host);
	HRESULT hr = remote_client(remotes->dcom, host, port, &ndr_interface_IObjectExporter,
				   remote->security, service, remote->security->level, principal,
				   &client, NULL);

	if (FAILED(hr))
		return hr;
	arena_init(&arena, NATIVE_ARENA_MAX);
	uint32_t status =
		remote_native_call(client, &ndr_interface_IObjectExporter, 4, &f, &arena, NULL);
	struct bindings *bindings = arena_alloc(&arena, sizeof *bindings);

	if (!status)
		status = f.ReturnValue;
	if (!status && (!bindings || orpc_read_bindings(array, bindings) < 0))
		status = RPC_X_BAD_STUB_DATA;
	if (!status)
		remote_told(remote, bindings, &ipid, (enum authn_level)hint, version);
	arena_done(&arena);
	rpc_client_free(client);
	return remote_status(status);
}

static HRESULT resolve(struct remote *remote)
{
	HRESULT hr = HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE);

	pthread_mutex_lock(&remote->lock);
	bool resolved = remote->resolved;

	pthread_mutex_unlock(&remote->lock);
	if (resolved)
		return S_OK;
	if (remote->host)
		hr = resolve_at(remote, remote->host, remote->resolver_port);
	for (unsigned i = 0; FAILED(hr) && i < remote->resolver.string_count; i++) {
		const struct bindings_string *s = &remote->resolver.strings[i];
		char host[BINDINGS_TEXT_MAX];
		uint16_t port;

		if (s->tower == BINDINGS_TOWER_TCP && bindings_split(s->address, host, &port))
			hr = resolve_at(remote, host, 0);
	}
	return hr;
}

/* ---- reaching it ---- */

/* Of one that is resolved. */
static struct remote_manner manner_of(const struct remote *remote,
				      const struct remote_blanket *blanket)
{
	const struct remote_security *s = blanket ? blanket->security : remote->security;
	struct remote_manner m = { s, remote->service, remote->level, s->principal };

	if (blanket && s->service)
		m.service = s->service;
	if (blanket && s->level)
		m.level = s->level;
	/* An empty name says that the exporter has none (2.2.19.4). */
	if (!m.principal && remote->principal[0])
		m.principal = remote->principal;
	return m;
}

HRESULT remote_manner(struct remote *remote, const struct remote_blanket *blanket,
		      struct remote_manner *ret)
{
	HRESULT hr = resolve(remote);

	if (FAILED(hr))
		return hr;
	pthread_mutex_lock(&remote->lock);
	*ret = manner_of(remote, blanket);
	pthread_mutex_unlock(&remote->lock);
	return S_OK;
}

/* A connection to an interface of the exporter at one of its addresses. */
static HRESULT try_binding(struct remote *remote, const struct remote_manner *m, const char *host,
			   uint16_t port, const struct ndr_interface *table,
			   struct rpc_client **ret)
{
	struct rpc_client *client = NULL;
	HRESULT hr = remote_client(remote->remotes->dcom, host, port, table, m->security,
				   m->service, m->level, m->principal, &client, NULL);

	if (FAILED(hr))
		return hr;
	hr = remote_status(rpc_client_connect(client, NULL));
	if (FAILED(hr)) {
		rpc_client_free(client);
		return hr;
	}
	if (host != remote->reached_host)
		snprintf(remote->reached_host, sizeof remote->reached_host, "%s", host);
	remote->reached_port = port;
	*ret = client;
	return S_OK;
}

/* At its own socket. */
static HRESULT reach_here(struct remote *remote, const struct remote_manner *m,
			  const struct ndr_interface *table, struct rpc_client **ret)
{
	for (unsigned i = 0; i < remote->bindings.string_count; i++)
		if (remote->bindings.strings[i].tower == BINDINGS_TOWER_LOCAL)
			return try_binding(remote, m, remote->bindings.strings[i].address, 0, table,
					   ret);
	return HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE);
}

/* What the user called the machine comes first, with the port of the bindings: behind an address
 * translation it is the only one that leads there. Then what the machine calls itself. */
static HRESULT reach(struct remote *remote, const struct remote_manner *m,
		     const struct ndr_interface *table, struct rpc_client **ret)
{
	HRESULT hr = HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE);
	char host[BINDINGS_TEXT_MAX];
	uint16_t port;

	if (remote->reached_host[0])
		return try_binding(remote, m, remote->reached_host, remote->reached_port, table,
				   ret);
	if (remote->host && remote_is_local(remote->host))
		return reach_here(remote, m, table, ret);
	for (int own = remote->host ? 0 : 1; own < 2; own++) {
		for (unsigned i = 0; FAILED(hr) && i < remote->bindings.string_count; i++) {
			const struct bindings_string *s = &remote->bindings.strings[i];

			if (s->tower != BINDINGS_TOWER_TCP ||
			    !bindings_split(s->address, host, &port) || !port)
				continue;
			hr = try_binding(remote, m, own ? host : remote->host, port, table, ret);
			if (!own)
				break;
		}
	}
	return hr;
}

/* The client for an interface, which stays as long as the remote or the blanket does. */
static HRESULT client_for(struct remote *remote, struct remote_blanket *blanket,
			  const struct ndr_interface *table, struct rpc_client **ret)
{
	struct map *clients = blanket ? blanket->clients : remote->clients;
	struct text key = { (const char *)&table->uuid, sizeof table->uuid };
	HRESULT hr = resolve(remote);

	if (FAILED(hr))
		return hr;
	pthread_mutex_lock(&remote->lock);
	struct rpc_client *client = map_get(clients, key);

	if (!client) {
		struct remote_manner m = manner_of(remote, blanket);

		hr = reach(remote, &m, table, &client);
		if (SUCCEEDED(hr) && map_put(clients, key, client, NULL) < 0) {
			rpc_client_free(client);
			hr = E_OUTOFMEMORY;
		}
	}
	pthread_mutex_unlock(&remote->lock);
	if (SUCCEEDED(hr))
		*ret = client;
	return hr;
}

/* ---- calls of objects (3.2.4.2) ---- */

static HRESULT put_call(struct remote *remote, struct ndr_room *room,
			const struct ndr_objects *objects, const struct ndr_method *method,
			const void *frame)
{
	ORPCTHIS this = { .version = remote->version };
	struct ndr_encoder *e = &room->encoder;

	dcom_causality(&this.cid);
	ndr_encoder_restart(e, &room->out, objects, &room->err);
	int r = ndr_encode(e, &ndr_type_ORPCTHIS, &this);

	if (r == 0)
		r = ndr_encode_call(e, method, NDR_IN, frame);
	return ndr_hresult(r, &room->err);
}

static HRESULT take_results(struct dcom *dcom, struct ndr_room *room, struct rpc_drep drep,
			    const struct ndr_objects *objects, const struct ndr_method *method,
			    void *frame)
{
	ORPCTHAT that = { 0 };
	struct ndr_decoder *d = &room->decoder;

	/* On the heap, for what comes back is the caller's. */
	ndr_decoder_restart(d, room->in.data, room->in.length, native_drep(drep), NULL,
			    NDR_MEMORY_MAX, objects, &room->err);
	int r = ndr_decode(d, &ndr_type_ORPCTHAT, &that);

	if (r == 0)
		r = ndr_decode_call(d, method, NDR_OUT, frame);
	if (r == 0 && that.extensions && FAILED(ndr_method_result(method, frame)))
		dcom_error_take(dcom, that.extensions);
	ndr_clear(&ndr_type_ORPCTHAT, &that, true);
	return ndr_hresult(r, &room->err);
}

HRESULT remote_call(struct remote *remote, const GUID *ipid, const struct ndr_interface *table,
		    const struct ndr_method *method, void *frame)
{
	return remote_call_as(remote, NULL, ipid, table, method, frame);
}

HRESULT remote_call_as(struct remote *remote, struct remote_blanket *blanket, const GUID *ipid,
		       const struct ndr_interface *table, const struct ndr_method *method,
		       void *frame)
{
	struct ndr_objects objects = dcom_objects(remote->remotes->dcom);
	struct rpc_client *client = NULL;
	struct rpc_drep drep = { 0 };
	HRESULT hr = client_for(remote, blanket, table, &client);

	if (FAILED(hr))
		return hr;
	struct ndr_room *room = ndr_room_take(RPC_STUB_MAX);

	if (!room)
		return E_OUTOFMEMORY;
	hr = put_call(remote, room, &objects, method, frame);
	if (SUCCEEDED(hr))
		hr = remote_status(remote_exchange(room, client, method->opnum, ipid, &drep, NULL));
	if (SUCCEEDED(hr))
		hr = take_results(remote->remotes->dcom, room, drep, &objects, method, frame);
	ndr_room_give(room);
	return hr;
}
