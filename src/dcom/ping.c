/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pings ([MS-DCOM] 3.2.6.1): once a period each resolver is told which objects of its machine are
 * still held. The first time all, then what changed, then only that nothing did. On the thread of
 * dcom.c; what is held is told by any thread.
 */
#include "dcom/remote-internal.h"

#include "base/mem.h"

#include <stdio.h>

#define PING_LIST_MAX 32768 /* objects of one ComplexPing */

struct held {
	uint32_t count;     /* who holds it: proxies of one OID may come and go */
	bool told, dropped; /* the resolver knows; it is to be told that it is over */
};

struct pinger {
	struct bindings resolver;
	char *host; /* may be NULL */
	uint16_t port;
	struct remote_security *security;
	uint64_t set;
	uint16_t sequence;
	struct map *objects; /* OID -> held */
};

static void free_plain(void *value)
{
	mem_free(value);
}

static void pinger_free(void *value)
{
	struct pinger *pinger = value;

	map_free(pinger->objects, free_plain);
	remote_security_unref(pinger->security);
	mem_free(pinger->host);
	mem_free(pinger);
}

void ping_free(struct map *pingers)
{
	map_free(pingers, pinger_free);
}

static struct pinger *pinger_new(const struct remote *remote)
{
	struct pinger *pinger = mem_new(struct pinger);

	if (!pinger)
		return NULL;
	pinger->resolver = remote->resolver;
	pinger->port = remote->resolver_port;
	pinger->security = remote_security_ref(remote->security);
	pinger->objects = map_new(REMOTE_OBJECTS_MAX, 0);
	pinger->host = remote->host ? mem_strdup(remote->host) : NULL;
	if (!pinger->objects || (remote->host && !pinger->host)) {
		pinger_free(pinger);
		return NULL;
	}
	return pinger;
}

static struct text pinger_key(const struct remote *remote)
{
	if (remote->host)
		return text_of(remote->host);
	return remote->resolver.string_count ? text_of(remote->resolver.strings[0].address)
					     : TEXT("?");
}

static struct text oid_key(const uint64_t *oid)
{
	return (struct text){ (const char *)oid, sizeof *oid };
}

/* Without memory an object is not pinged: it is lost in six minutes at the earliest, and calls say
 * so. */
void ping_add(struct remotes *remotes, struct remote *remote, uint64_t oid)
{
	pthread_mutex_lock(&remotes->lock);
	struct pinger *pinger = map_get(remotes->pingers, pinger_key(remote));

	if (!pinger) {
		pinger = pinger_new(remote);
		if (pinger && map_put(remotes->pingers, pinger_key(remote), pinger, NULL) < 0) {
			pinger_free(pinger);
			pinger = NULL;
		}
	}
	struct held *held = pinger ? map_get(pinger->objects, oid_key(&oid)) : NULL;

	if (pinger && !held) {
		held = mem_new(struct held);
		if (held && map_put(pinger->objects, oid_key(&oid), held, NULL) < 0)
			held = mem_free(held);
	}
	if (held) {
		held->count++;
		held->dropped = false;
	}
	pthread_mutex_unlock(&remotes->lock);
}

void ping_remove(struct remotes *remotes, struct remote *remote, uint64_t oid)
{
	pthread_mutex_lock(&remotes->lock);
	struct pinger *pinger = map_get(remotes->pingers, pinger_key(remote));
	struct held *held = pinger ? map_get(pinger->objects, oid_key(&oid)) : NULL;

	if (held && --held->count == 0) {
		if (held->told)
			held->dropped = true;
		else
			mem_free(map_remove(pinger->objects, oid_key(&oid)));
	}
	pthread_mutex_unlock(&remotes->lock);
}

/* ---- a round ---- */

/* What one resolver is to be told; taken from the table, so that no lock is held meanwhile. */
struct round {
	char key[BINDINGS_TEXT_MAX];
	struct bindings resolver;
	char host[BINDINGS_TEXT_MAX]; /* "": not known */
	uint16_t port;
	struct remote_security *security;
	uint64_t set;
	uint16_t sequence;
	uint64_t *add, *remove;
	size_t add_count, remove_count;
};

static struct round *take_round(struct text key, struct pinger *pinger)
{
	struct round *round = mem_new(struct round);
	size_t count = map_count(pinger->objects), at = 0;
	struct text name;
	void *value;

	if (!round)
		return NULL;
	round->add = mem_zalloc(count + 1, sizeof *round->add);
	round->remove = mem_zalloc(count + 1, sizeof *round->remove);
	if (!round->add || !round->remove) {
		mem_free(round->add);
		mem_free(round->remove);
		return mem_free(round);
	}
	snprintf(round->key, sizeof round->key, TEXT_FMT, TEXT_ARG(key));
	round->resolver = pinger->resolver;
	snprintf(round->host, sizeof round->host, "%s", pinger->host ? pinger->host : "");
	round->port = pinger->port;
	round->security = remote_security_ref(pinger->security);
	round->set = pinger->set;
	while (map_next(pinger->objects, &at, &name, &value)) {
		struct held *held = value;
		uint64_t oid;

		memcpy(&oid, name.data, sizeof oid);
		if (held->dropped && round->remove_count < PING_LIST_MAX) {
			round->remove[round->remove_count++] = oid;
		} else if (!held->dropped && (!held->told || !round->set) &&
			   round->add_count < PING_LIST_MAX) {
			round->add[round->add_count++] = oid;
			/* If it is dropped before the answer comes, that must be said too. */
			held->told = true;
		}
	}
	/* A resolver compares the numbers of the calls that have one. */
	if (!round->set || round->add_count || round->remove_count)
		pinger->sequence++;
	round->sequence = pinger->sequence;
	return round;
}

static void round_free(struct round *round)
{
	remote_security_unref(round->security);
	mem_free(round->add);
	mem_free(round->remove);
	mem_free(round);
}

static uint32_t ping_call(struct round *round, struct rpc_client *client, struct arena *arena)
{
	bool simple = round->set && !round->add_count && !round->remove_count;
	uint16_t backoff = 0;
	struct IObjectExporter_SimplePing same = { .pSetId = &round->set };
	struct IObjectExporter_ComplexPing f = {
		.pSetId = &round->set,
		.SequenceNum = round->sequence,
		.cAddToSet = (uint16_t)round->add_count,
		.cDelFromSet = (uint16_t)round->remove_count,
		.AddToSet = round->add_count ? round->add : NULL,
		.DelFromSet = round->remove_count ? round->remove : NULL,
		.pPingBackoffFactor = &backoff,
	};
	uint32_t status = remote_native_call(client, &ndr_interface_IObjectExporter, simple ? 1 : 2,
					     simple ? (void *)&same : (void *)&f, arena, NULL);

	return status ? status : simple ? same.ReturnValue : f.ReturnValue;
}

static uint32_t ping_at(struct dcom *dcom, struct round *round, const char *host, uint16_t port)
{
	char principal[BINDINGS_TEXT_MAX + 8];
	struct rpc_client *client = NULL;
	enum authn_service service =
		round->security->service ? round->security->service : AUTHN_WINNT;
	struct arena arena;

	snprintf(principal, sizeof principal, "RPCSS/%s", host);
	HRESULT hr =
		remote_client(dcom, host, port, &ndr_interface_IObjectExporter, round->security,
			      service, AUTHN_LEVEL_PKT_INTEGRITY, principal, &client, NULL);

	if (FAILED(hr))
		return RPC_S_SERVER_UNAVAILABLE;
	arena_init(&arena, NATIVE_ARENA_MAX);
	uint32_t status = ping_call(round, client, &arena);

	arena_done(&arena);
	rpc_client_free(client);
	return status;
}

static uint32_t ping_resolver(struct dcom *dcom, struct round *round)
{
	uint32_t status = RPC_S_SERVER_UNAVAILABLE;

	if (round->host[0])
		return ping_at(dcom, round, round->host, round->port);
	for (unsigned i = 0; status == RPC_S_SERVER_UNAVAILABLE && i < round->resolver.string_count;
	     i++) {
		char host[BINDINGS_TEXT_MAX];
		uint16_t port;

		if (bindings_split(round->resolver.strings[i].address, host, &port))
			status = ping_at(dcom, round, host, 0);
	}
	return status;
}

static void add_failed(struct pinger *pinger, const struct round *round)
{
	for (size_t i = 0; i < round->add_count; i++) {
		struct held *held = map_get(pinger->objects, oid_key(&round->add[i]));

		if (held)
			held->told = false;
	}
}

/* Gone, unless somebody has taken hold of it meanwhile: then it is to be said again. */
static void remove_done(struct pinger *pinger, const struct round *round)
{
	for (size_t i = 0; i < round->remove_count; i++) {
		struct held *held = map_get(pinger->objects, oid_key(&round->remove[i]));

		if (held && held->dropped)
			mem_free(map_remove(pinger->objects, oid_key(&round->remove[i])));
		else if (held)
			held->told = false;
	}
}

/* What the resolver knows now. A set that it forgot, or from which an object is missing, is made
 * anew in the next round, of all that is held: what is not there any more is left out of a new
 * set, and what a resolver does with the rest of a list that names such an object is its own
 * choice (3.1.2.5.1.3). */
static void settle(struct remotes *remotes, const struct round *round, uint32_t status)
{
	pthread_mutex_lock(&remotes->lock);
	struct pinger *pinger = map_get(remotes->pingers, text_of(round->key));

	if (pinger && status) {
		add_failed(pinger, round);
		if (status == OR_INVALID_SET || status == OR_INVALID_OID)
			pinger->set = 0;
	} else if (pinger) {
		pinger->set = round->set;
		remove_done(pinger, round);
		if (!map_count(pinger->objects))
			pinger_free(map_remove(remotes->pingers, text_of(round->key)));
	}
	pthread_mutex_unlock(&remotes->lock);
}

void ping_tick(struct remotes *remotes)
{
	size_t count = 0, at = 0;
	struct text key;
	void *value;

	pthread_mutex_lock(&remotes->lock);
	struct round **rounds = mem_zalloc(map_count(remotes->pingers) + 1, sizeof *rounds);

	while (rounds && map_next(remotes->pingers, &at, &key, &value)) {
		rounds[count] = take_round(key, value);
		count += rounds[count] != NULL;
	}
	pthread_mutex_unlock(&remotes->lock);
	for (size_t i = 0; i < count; i++) {
		uint32_t status = ping_resolver(remotes->dcom, rounds[i]);

		settle(remotes, rounds[i], status);
		round_free(rounds[i]);
	}
	mem_free(rounds);
}
