/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a resolver does with the exporters in other processes of its machine: has objects made
 * there, asks whether objects can go, and passes the calls of other machines on, which never reach
 * such a process themselves. Who calls is vouched for (AUTHN_VOUCHED); parameters pass as they are.
 *
 * A conduit is a client for one interface of one exporter in the name of one caller. Conduits stay
 * while there is room, as opening one costs more than a call. Any thread.
 *
 * Each call waits on a thread of the resolver's server for a process that anybody may have written.
 * So no exporter and no caller may have all of them, and nothing that nobody but the resolver waits
 * for is waited for long.
 */
#include "dcom/remote-internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <idl/surrogate-local.h>
#include <stdio.h>

#define CONDUITS_MAX 512
#define CALLS_OF_EXPORTER_MAX (DCOM_ELSEWHERE_MAX / 2)
#define CALLS_OF_CALLER_MAX (DCOM_ELSEWHERE_MAX / 4 * 3)
/* Passed on calls take as long as they take: it is the client who gives up. */
#define FORWARD_TIMEOUT (86400 * NSEC_PER_SEC)
/* Clients of this machine have given up before. */
#define ACTIVATE_TIMEOUT (120 * NSEC_PER_SEC)
#define RECLAIM_TIMEOUT (2 * NSEC_PER_SEC)
/* A user one of whose exporters did not answer is not asked by the thread that collects for so
 * long. */
#define MUTE_PERIOD (60 * NSEC_PER_SEC)
#define MUTES_MAX 16

/* All bytes of it are set: it is a key. */
struct conduit_key {
	uint64_t oxid;
	int64_t timeout; /* of a call, ns */
	GUID iid;
	struct security_peer peer;
};

struct conduit {
	struct conduit_key key;
	struct rpc_client *client;
	uint32_t users;
	bool forgotten; /* has left the table; goes with its last user */
	uint64_t used;  /* the moment it was taken last, counted */
};

struct elsewhere {
	pthread_mutex_t lock;
	struct map *conduits;
	uint64_t moment;
	unsigned calls; /* users of all conduits */
	struct {
		uint32_t uid;
		int64_t until;
	} mutes[MUTES_MAX];
	unsigned next_mute;
};

static struct text key_text(const struct conduit_key *key)
{
	return (struct text){ (const char *)key, sizeof *key };
}

static void conduit_free(void *conduit)
{
	struct conduit *c = conduit;

	rpc_client_free(c->client);
	mem_free(c);
}

/* ---- who calls ---- */

static void key_init(struct conduit_key *key, uint64_t oxid, REFIID iid, int64_t timeout,
		     const struct rpc_caller *caller)
{
	memset(key, 0, sizeof *key);
	key->oxid = oxid;
	key->timeout = timeout;
	key->iid = *iid;
	if (dcom_is_local(caller) || !caller->peer) {
		dcom_local_peer(caller, &key->peer);
		key->peer.vouched = AUTHN_LEVEL_PKT_PRIVACY;
		return;
	}
	snprintf(key->peer.name, sizeof key->peer.name, "%s", caller->peer->name);
	key->peer.service = caller->peer->service;
	key->peer.mechanism = caller->peer->mechanism;
	key->peer.impersonation = caller->peer->impersonation;
	key->peer.anonymous = caller->peer->anonymous;
	key->peer.vouched = caller->level;
}

/* ---- conduits ---- */

static struct conduit *conduit_new(const struct conduit_key *key, const char *endpoint,
				   const GUID *secret, const struct ndr_interface *table)
{
	struct rpc_client_options o = {
		.binding = { .protseq = RPC_NCALRPC },
		.interface = { table->uuid, table->major, table->minor },
		.level = AUTHN_LEVEL_CONNECT,
		.service = AUTHN_VOUCHED,
		.vouch = { .peer = key->peer },
		.call_timeout = key->timeout,
		.connections = CALLS_OF_EXPORTER_MAX,
	};
	struct conduit *c = mem_new(struct conduit);

	if (!c)
		return NULL;
	memcpy(o.vouch.secret, secret, sizeof o.vouch.secret);
	snprintf(o.binding.endpoint, sizeof o.binding.endpoint, "%s", endpoint);
	c->key = *key;
	c->users = 1;
	return rpc_client_new(&o, &c->client, NULL) < 0 ? mem_free(c) : c;
}

/* Room for one more: the one that was used longest ago goes. Under the lock. */
static bool make_room(struct elsewhere *e)
{
	struct conduit *oldest = NULL;
	struct text key;
	size_t at = 0;
	void *value;

	if (map_count(e->conduits) < CONDUITS_MAX)
		return true;
	while (map_next(e->conduits, &at, &key, &value)) {
		struct conduit *c = value;

		if (!c->users && (!oldest || c->used < oldest->used))
			oldest = c;
	}
	if (!oldest)
		return false;
	map_remove(e->conduits, key_text(&oldest->key));
	conduit_free(oldest);
	return true;
}

/* Whether one more call may wait. Nobody is counted while there is plenty. Under the lock. */
static bool may_wait(const struct elsewhere *e, const struct conduit_key *key)
{
	unsigned of_exporter = 0, of_caller = 0;
	struct text text;
	size_t at = 0;
	void *value;

	if (e->calls < CALLS_OF_EXPORTER_MAX)
		return true;
	while (map_next(e->conduits, &at, &text, &value)) {
		const struct conduit *c = value;

		of_exporter += c->key.oxid == key->oxid ? c->users : 0;
		of_caller += strcmp(c->key.peer.name, key->peer.name) == 0 ? c->users : 0;
	}
	return e->calls < DCOM_ELSEWHERE_MAX && of_exporter < CALLS_OF_EXPORTER_MAX &&
	       of_caller < CALLS_OF_CALLER_MAX;
}

/* One that is there, or a new one; NULL: no memory. Under the lock. */
static struct conduit *find_or_make(struct elsewhere *e, const struct conduit_key *key,
				    const char *endpoint, const GUID *secret,
				    const struct ndr_interface *table)
{
	struct conduit *c = map_get(e->conduits, key_text(key));

	if (c) {
		c->users++;
	} else if (make_room(e)) {
		c = conduit_new(key, endpoint, secret, table);
		if (c && map_put(e->conduits, key_text(&c->key), c, NULL) < 0) {
			conduit_free(c);
			c = NULL;
		}
	}
	return c;
}

/* A status of RPC. */
static uint32_t take(struct elsewhere *e, const struct conduit_key *key, const char *endpoint,
		     const GUID *secret, const struct ndr_interface *table, struct conduit **ret)
{
	uint32_t status = RPC_S_SERVER_TOO_BUSY;
	struct conduit *c = NULL;

	pthread_mutex_lock(&e->lock);
	if (may_wait(e, key)) {
		c = find_or_make(e, key, endpoint, secret, table);
		status = c ? RPC_S_OK : RPC_S_OUT_OF_MEMORY;
	}
	if (c) {
		c->used = ++e->moment;
		e->calls++;
	}
	pthread_mutex_unlock(&e->lock);
	*ret = c;
	return status;
}

static void give_back(struct elsewhere *e, struct conduit *c)
{
	pthread_mutex_lock(&e->lock);
	bool last = --c->users == 0 && c->forgotten;

	e->calls--;
	pthread_mutex_unlock(&e->lock);
	if (last)
		conduit_free(c);
}

void elsewhere_forget(struct dcom *dcom, uint64_t oxid)
{
	struct elsewhere *e = dcom->elsewhere;
	struct text key;
	size_t at = 0;
	void *value;

	pthread_mutex_lock(&e->lock);
	while (map_next(e->conduits, &at, &key, &value)) {
		struct conduit *c = value;

		if (c->key.oxid != oxid)
			continue;
		map_remove(e->conduits, key_text(&c->key));
		c->forgotten = true;
		if (!c->users)
			conduit_free(c);
	}
	pthread_mutex_unlock(&e->lock);
}

/* ---- objects are made there ---- */

static HRESULT take_results(const struct ILocalExporter_Activate *f,
			    struct activation_result *results)
{
	HRESULT worst = E_NOINTERFACE;
	bool some = false;

	for (DWORD i = 0; i < f->count; i++) {
		results[i].hr = f->results[i];
		results[i].objref = orpc_pointer_text(f->objects[i]);
		if (SUCCEEDED(results[i].hr) && !results[i].objref.length)
			results[i].hr = E_NOINTERFACE;
		if (SUCCEEDED(results[i].hr))
			some = true;
		else
			worst = results[i].hr;
	}
	return some ? S_OK : worst;
}

static HRESULT call_activate(struct rpc_client *client, const struct dcom_host *host,
			     const struct activation_request *request, struct arena *arena,
			     struct activation_result *results, bool *ret_gone)
{
	struct ILocalExporter_Activate f = {
		.clsid = (GUID *)&host->clsid,
		.factory = request->factory,
		.count = request->iid_count,
		.iids = (IID *)request->iids,
		.results = arena_zalloc(arena, request->iid_count, sizeof *f.results),
		.objects = arena_zalloc(arena, request->iid_count, sizeof *f.objects),
	};

	if (!f.results || !f.objects)
		return E_OUTOFMEMORY;
	uint32_t status = remote_object_call(client, &ndr_interface_ILocalExporter, 0,
					     &host->secret, &f, arena, NULL);

	*ret_gone =
		status ? status == RPC_S_SERVER_UNAVAILABLE : f.ReturnValue == CO_E_SERVER_STOPPING;
	return status          ? remote_status(status)
	       : f.ReturnValue ? f.ReturnValue
			       : take_results(&f, results);
}

/* A host that is known to who had it started, and not to this resolver, which has begun anew. */
static bool is_unknown(struct dcom *dcom, uint64_t oxid)
{
	struct resolver_exporter *found = mem_new(struct resolver_exporter);
	bool unknown = found && resolver_resolve(dcom->resolver, oxid, found) != RESOLVER_OK;

	mem_free(found);
	return unknown;
}

/* What it makes now, clients find by this resolver. */
static uint32_t resume(struct rpc_client *client, const struct dcom_host *host, struct arena *arena)
{
	struct ILocalExporter_Resume f = { 0 };
	uint32_t status = remote_object_call(client, &ndr_interface_ILocalExporter, 2,
					     &host->secret, &f, arena, NULL);

	return status ? status : f.ReturnValue;
}

HRESULT elsewhere_activate(struct dcom *dcom, const struct rpc_caller *caller,
			   const struct dcom_host *host, const struct activation_request *request,
			   struct arena *arena, struct activation_result *results, bool *ret_gone)
{
	const struct ndr_interface *table = &ndr_interface_ILocalExporter;
	struct conduit *c = NULL;
	struct conduit_key key;
	uint64_t oxid;
	GUID unused;

	*ret_gone = false;
	exporter_names(&host->secret, &oxid, &unused);
	key_init(&key, oxid, &table->uuid, ACTIVATE_TIMEOUT, caller);
	uint32_t status = take(dcom->elsewhere, &key, host->endpoint, &host->secret, table, &c);

	if (status)
		return remote_status(status);
	if (is_unknown(dcom, oxid))
		status = resume(c->client, host, arena);

	*ret_gone = status == RPC_S_SERVER_UNAVAILABLE;
	HRESULT hr = status ? remote_status(status)
			    : call_activate(c->client, host, request, arena, results, ret_gone);

	give_back(dcom->elsewhere, c);
	return hr;
}

/* ---- objects that nobody holds ---- */

static bool is_mute(struct elsewhere *e, uint32_t uid, int64_t now)
{
	bool mute = false;

	pthread_mutex_lock(&e->lock);
	for (int i = 0; i < MUTES_MAX; i++)
		mute |= e->mutes[i].uid == uid && e->mutes[i].until > now;
	pthread_mutex_unlock(&e->lock);
	return mute;
}

static void note_mute(struct elsewhere *e, uint32_t uid, int64_t now)
{
	pthread_mutex_lock(&e->lock);
	e->mutes[e->next_mute].uid = uid;
	e->mutes[e->next_mute].until = now + MUTE_PERIOD;
	e->next_mute = (e->next_mute + 1) % MUTES_MAX;
	pthread_mutex_unlock(&e->lock);
}

static bool ask_reclaim(struct dcom *dcom, const struct resolver_exporter *to, uint64_t oxid,
			uint64_t oid)
{
	const struct ndr_interface *table = &ndr_interface_ILocalExporter;
	const struct rpc_caller nobody = { .transport = "ncalrpc", .uid = UINT32_MAX };
	BYTE gone = 0;
	struct ILocalExporter_Reclaim f = { .count = 1, .oids = &oid, .gone = &gone };
	struct conduit_key key;
	struct conduit *c;
	struct arena arena;

	key_init(&key, oxid, &table->uuid, RECLAIM_TIMEOUT, &nobody);
	if (take(dcom->elsewhere, &key, to->endpoint, &to->secret, table, &c))
		return false;
	arena_init(&arena, NATIVE_ARENA_MAX);
	if (remote_object_call(c->client, table, 1, &to->secret, &f, &arena, NULL) ==
	    RPC_S_CALL_CANCELLED)
		note_mute(dcom->elsewhere, to->uid, clock_now());
	arena_done(&arena);
	give_back(dcom->elsewhere, c);
	return gone;
}

bool elsewhere_reclaim(struct dcom *dcom, uint64_t oxid, uint64_t oid)
{
	struct resolver_exporter *to = mem_new(struct resolver_exporter);
	bool gone = to && resolver_resolve(dcom->resolver, oxid, to) == RESOLVER_OK &&
		    !is_mute(dcom->elsewhere, to->uid, clock_now()) &&
		    ask_reclaim(dcom, to, oxid, oid);

	mem_free(to);
	return gone;
}

/* ---- calls ---- */

static uint32_t pass_on(struct conduit *c, struct rpc_call *call, uint16_t opnum,
			const struct rpc_stub *in, struct buf *out)
{
	struct rpc_client_call passed = {
		.opnum = opnum,
		.object = rpc_call_object(call),
		.in = { (const char *)in->data, in->length },
		.out = out,
	};
	uint32_t status = rpc_client_call(c->client, &passed, NULL);

	/* Its process has ended, and all its objects with it. */
	return status == RPC_S_SERVER_UNAVAILABLE ? (uint32_t)RPC_E_DISCONNECTED : status;
}

uint32_t elsewhere_forward(struct dcom *dcom, struct rpc_call *call,
			   const struct ndr_interface *table, uint16_t opnum,
			   const struct rpc_stub *in, struct buf *out)
{
	struct resolver_exporter *to = mem_new(struct resolver_exporter);
	uint64_t oxid = exporter_oxid_of(rpc_call_object(call));
	uint32_t fault = (uint32_t)RPC_E_DISCONNECTED;
	struct conduit_key key;

	if (!rpc_drep_little(in->drep)) {
		mem_free(to);
		return (uint32_t)nca_s_unsupported_type;
	}
	key_init(&key, oxid, &table->uuid, FORWARD_TIMEOUT, rpc_call_caller(call));
	if (to && resolver_resolve(dcom->resolver, oxid, to) == RESOLVER_OK && to->endpoint[0]) {
		struct conduit *c;
		uint32_t status = take(dcom->elsewhere, &key, to->endpoint, &to->secret, table, &c);

		fault = !status                           ? pass_on(c, call, opnum, in, out)
			: status == RPC_S_SERVER_TOO_BUSY ? (uint32_t)nca_s_server_too_busy
							  : (uint32_t)nca_s_fault_remote_no_memory;
		if (c)
			give_back(dcom->elsewhere, c);
	}
	mem_free(to);
	return fault;
}

/* ---- life ---- */

int elsewhere_new(struct elsewhere **ret)
{
	struct elsewhere *e = mem_new(struct elsewhere);

	if (!e)
		return -ENOMEM;
	pthread_mutex_init(&e->lock, NULL);
	e->conduits = map_new(CONDUITS_MAX, 0);
	if (!e->conduits) {
		elsewhere_free(e);
		return -ENOMEM;
	}
	*ret = e;
	return 0;
}

struct elsewhere *elsewhere_free(struct elsewhere *e)
{
	if (!e)
		return NULL;
	map_free(e->conduits, conduit_free);
	pthread_mutex_destroy(&e->lock);
	return mem_free(e);
}
