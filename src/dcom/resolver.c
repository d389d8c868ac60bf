/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object resolver (resolver.h). Three tables, each keyed by a 64-bit number: exporters,
 * objects, ping sets. An object counts the sets it is in; a set lists its objects by number, so
 * that an object may go while sets still name it.
 */
#include "dcom/resolver.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <sys/random.h>

struct oxid_entry {
	struct resolver_exporter exporter;
	size_t oids;
};

struct oid_entry {
	uint64_t oid, oxid;
	uint32_t sets; /* that it is in */
	bool pinged;
	int64_t free_since; /* since when it is in none */
};

struct set_entry {
	uint64_t id;
	uint16_t sequence;
	int64_t pinged_at;
	char client[BINDINGS_TEXT_MAX];
	struct map *oids; /* keys only */
};

struct resolver {
	pthread_mutex_t lock;
	struct resolver_options options;
	struct map *oxids, *oids, *sets;
	struct map *clients; /* name -> number of its sets, as a pointer */
};

static struct text key_of(const uint64_t *number)
{
	return (struct text){ (const char *)number, sizeof *number };
}

/* A random number that is no key of the map, and not 0. */
static int random_key(const struct map *map, uint64_t *ret)
{
	uint64_t number;

	do {
		if (getrandom(&number, sizeof number, 0) != sizeof number)
			return -EIO;
	} while (!number || map_get(map, key_of(&number)));
	*ret = number;
	return 0;
}

static void free_set(void *value)
{
	struct set_entry *set = value;

	map_free(set->oids, NULL);
	mem_free(set);
}

static void free_plain(void *value)
{
	mem_free(value);
}

int resolver_new(const struct resolver_options *options, struct resolver **ret)
{
	struct resolver *r = mem_new(struct resolver);

	if (!r)
		return -ENOMEM;
	pthread_mutex_init(&r->lock, NULL);
	r->options = *options;
	if (!r->options.period)
		r->options.period = RESOLVER_PERIOD_SECONDS * NSEC_PER_SEC;
	r->oxids = map_new(RESOLVER_OXIDS_MAX, 0);
	r->oids = map_new(RESOLVER_OIDS_MAX, 0);
	r->sets = map_new(RESOLVER_SETS_MAX, 0);
	r->clients = map_new(RESOLVER_SETS_MAX, 0);
	if (!r->oxids || !r->oids || !r->sets || !r->clients) {
		resolver_free(r);
		return -ENOMEM;
	}
	*ret = r;
	return 0;
}

struct resolver *resolver_free(struct resolver *r)
{
	if (!r)
		return NULL;
	map_free(r->sets, free_set);
	map_free(r->oids, free_plain);
	map_free(r->oxids, free_plain);
	map_free(r->clients, NULL);
	pthread_mutex_destroy(&r->lock);
	return mem_free(r);
}

/* ---- for exporters ---- */

static int put_new(struct map *map, uint64_t number, void *entry)
{
	if (!number || map_get(map, key_of(&number)))
		return -EEXIST;
	return map_put(map, key_of(&number), entry, NULL);
}

int resolver_add_oxid(struct resolver *r, const struct resolver_exporter *exporter, uint64_t oxid)
{
	struct oxid_entry *entry = mem_new(struct oxid_entry);

	if (!entry)
		return -ENOMEM;
	entry->exporter = *exporter;
	pthread_mutex_lock(&r->lock);
	int status = put_new(r->oxids, oxid, entry);

	pthread_mutex_unlock(&r->lock);
	if (status < 0)
		mem_free(entry);
	return status;
}

void resolver_remove_oxid(struct resolver *r, uint64_t oxid)
{
	size_t at = 0;
	struct text key;
	void *value;

	pthread_mutex_lock(&r->lock);
	mem_free(map_remove(r->oxids, key_of(&oxid)));
	while (map_next(r->oids, &at, &key, &value)) {
		struct oid_entry *entry = value;

		if (entry->oxid == oxid) {
			map_remove(r->oids, key_of(&entry->oid));
			mem_free(entry);
		}
	}
	pthread_mutex_unlock(&r->lock);
}

int resolver_add_oid(struct resolver *r, uint64_t oxid, uint64_t oid, bool pinged, int64_t now)
{
	struct oid_entry *entry = mem_new(struct oid_entry);
	int status = -ENOENT;

	if (!entry)
		return -ENOMEM;
	*entry = (struct oid_entry){ oid, oxid, .pinged = pinged, .free_since = now };
	pthread_mutex_lock(&r->lock);
	struct oxid_entry *exporter = map_get(r->oxids, key_of(&oxid));
	const struct oid_entry *known = map_get(r->oids, key_of(&oid));
	bool again = known && known->oxid == oxid;

	if (exporter)
		status = again ? 0 : put_new(r->oids, oid, entry);
	if (status == 0 && !again)
		exporter->oids++;
	pthread_mutex_unlock(&r->lock);
	if (status < 0 || again)
		mem_free(entry);
	return status;
}

void resolver_remove_oid(struct resolver *r, uint64_t oxid, uint64_t oid)
{
	pthread_mutex_lock(&r->lock);
	struct oxid_entry *exporter = map_get(r->oxids, key_of(&oxid));
	struct oid_entry *entry = map_get(r->oids, key_of(&oid));

	if (entry && entry->oxid == oxid) {
		mem_free(map_remove(r->oids, key_of(&oid)));
		exporter->oids--;
	}
	pthread_mutex_unlock(&r->lock);
}

/* ---- for clients ---- */

enum resolver_status resolver_resolve(struct resolver *r, uint64_t oxid,
				      struct resolver_exporter *ret)
{
	pthread_mutex_lock(&r->lock);
	const struct oxid_entry *entry = map_get(r->oxids, key_of(&oxid));

	if (entry)
		*ret = entry->exporter;
	pthread_mutex_unlock(&r->lock);
	return entry ? RESOLVER_OK : OR_INVALID_OXID;
}

void resolver_tell(const struct resolver_exporter *exporter, bool here, struct bindings *ret)
{
	*ret = exporter->bindings;
	if (!here)
		return;
	ret->string_count = ret->security_count = 0;
	if (exporter->endpoint[0])
		(void)bindings_add_local(ret, exporter->endpoint);
}

enum resolver_status resolver_simple_ping(struct resolver *r, uint64_t id, int64_t now)
{
	pthread_mutex_lock(&r->lock);
	struct set_entry *set = map_get(r->sets, key_of(&id));

	if (set)
		set->pinged_at = now;
	pthread_mutex_unlock(&r->lock);
	return set ? RESOLVER_OK : OR_INVALID_SET;
}

/* An object enters or leaves a set, under the lock. */
static enum resolver_status set_add(struct resolver *r, struct set_entry *set, uint64_t oid)
{
	struct oid_entry *entry = map_get(r->oids, key_of(&oid));

	if (map_get(set->oids, key_of(&oid)))
		return RESOLVER_OK;
	if (!entry)
		return OR_INVALID_OID;
	if (map_put(set->oids, key_of(&oid), set, NULL) < 0)
		return RESOLVER_NO_MEMORY;
	entry->sets++;
	return RESOLVER_OK;
}

static void leave_set(struct resolver *r, uint64_t oid, int64_t now)
{
	struct oid_entry *entry = map_get(r->oids, key_of(&oid));

	if (!entry)
		return;
	if (entry->sets)
		entry->sets--;
	if (now > entry->free_since)
		entry->free_since = now;
}

/* Counts the sets of a client up or down. False: it has too many. */
static bool count_client(struct resolver *r, const char *client, int by)
{
	struct text name = text_of(client);
	uintptr_t count = (uintptr_t)map_get(r->clients, name);

	if (by > 0 && count >= RESOLVER_SETS_PER_CLIENT)
		return false;
	count = by > 0 ? count + 1 : count - 1;
	if (!count) {
		map_remove(r->clients, name);
		return true;
	}
	return map_put(r->clients, name, (void *)count, NULL) == 0;
}

static struct set_entry *set_new(struct resolver *r, const char *client)
{
	struct set_entry *set = mem_new(struct set_entry);

	if (!set)
		return NULL;
	strncpy(set->client, client ? client : "", sizeof set->client - 1);
	set->oids = map_new(RESOLVER_SET_OIDS_MAX, 0);
	if (!set->oids || !count_client(r, set->client, 1)) {
		map_free(set->oids, NULL);
		return mem_free(set);
	}
	if (random_key(r->sets, &set->id) < 0 || put_new(r->sets, set->id, set) < 0) {
		count_client(r, set->client, -1);
		free_set(set);
		return NULL;
	}
	return set;
}

/* Takes a set apart; it has left the table. */
static void set_drop(struct resolver *r, struct set_entry *set, int64_t now)
{
	size_t at = 0;
	struct text key;
	void *value;

	while (map_next(set->oids, &at, &key, &value)) {
		uint64_t oid;

		memcpy(&oid, key.data, sizeof oid);
		leave_set(r, oid, now);
	}
	count_client(r, set->client, -1);
	free_set(set);
}

#define SMALL_SET 1024

/* Sets may name the same objects, so what a client holds in all of them has a bound of its own.
 * Small ones need not be counted: their number has one. */
static bool may_hold(const struct resolver *r, const struct set_entry *set, size_t more)
{
	size_t at = 0, total = more;
	struct text key;
	void *value;

	if (map_count(set->oids) + more <= SMALL_SET)
		return true;
	while (map_next(r->sets, &at, &key, &value)) {
		const struct set_entry *other = value;

		if (strcmp(other->client, set->client) == 0)
			total += map_count(other->oids);
	}
	return total <= RESOLVER_CLIENT_OIDS_MAX;
}

static enum resolver_status change_set(struct resolver *r, struct set_entry *set,
				       const struct resolver_ping *ping, int64_t now)
{
	enum resolver_status said = RESOLVER_OK;

	if (!may_hold(r, set, ping->add_count))
		return RESOLVER_NO_MEMORY;
	for (size_t i = 0; i < ping->add_count; i++) {
		enum resolver_status status = set_add(r, set, ping->add[i]);

		if (status == RESOLVER_NO_MEMORY)
			return status;
		/* What does not exist is left out, and the rest is done. Of a new set it is not
		 * said (3.1.2.5.1.3): the client would be left with nothing. */
		if (status && ping->set)
			said = status;
	}
	for (size_t i = 0; ping->set && i < ping->remove_count; i++) {
		if (map_remove(set->oids, key_of(&ping->remove[i])))
			leave_set(r, ping->remove[i], now);
	}
	set->pinged_at = now;
	set->sequence = ping->sequence;
	return said;
}

/* Numbers of 16 bits begin anew: of two the one that is less than half of all behind is older. */
static bool is_late(const struct set_entry *set, const struct resolver_ping *ping)
{
	return (int16_t)(uint16_t)(ping->sequence - set->sequence) < 0;
}

enum resolver_status resolver_complex_ping(struct resolver *r, struct resolver_ping *ping,
					   int64_t now)
{
	enum resolver_status status;
	struct set_entry *set;

	pthread_mutex_lock(&r->lock);
	set = ping->set ? map_get(r->sets, key_of(&ping->set)) : set_new(r, ping->client);
	if (!set) {
		status = ping->set ? OR_INVALID_SET : RESOLVER_NO_MEMORY;
	} else if (ping->set && is_late(set, ping)) {
		status = RESOLVER_OK;
	} else {
		status = change_set(r, set, ping, now);
		if (!ping->set && status) {
			map_remove(r->sets, key_of(&set->id));
			set_drop(r, set, now);
		} else {
			ping->set = set->id;
		}
	}
	pthread_mutex_unlock(&r->lock);
	return status;
}

/* ---- time ---- */

static void collect_sets(struct resolver *r, int64_t now)
{
	size_t at = 0;
	struct text key;
	void *value;

	while (map_next(r->sets, &at, &key, &value)) {
		struct set_entry *set = value;

		if (now - set->pinged_at >= 3 * r->options.period) {
			map_remove(r->sets, key_of(&set->id));
			/* It has been silent since then, and so have its objects been free. */
			set_drop(r, set, set->pinged_at);
		}
	}
}

struct dead {
	uint64_t oid, oxid;
};

static bool is_dead(const struct resolver *r, const struct oid_entry *entry, int64_t now)
{
	return entry->pinged && !entry->sets && now - entry->free_since >= 3 * r->options.period;
}

/* Some of the objects whose time is over, under the lock. */
static size_t find_dead(struct resolver *r, int64_t now, struct dead *out, size_t max)
{
	size_t at = 0, count = 0;
	struct text key;
	void *value;

	while (count < max && map_next(r->oids, &at, &key, &value)) {
		struct oid_entry *entry = value;

		if (is_dead(r, entry, now)) {
			/* Found once; until it is decided it counts as free since now. */
			entry->free_since = now;
			out[count++] = (struct dead){ entry->oid, entry->oxid };
		}
	}
	return count;
}

size_t resolver_collect(struct resolver *r, int64_t now)
{
	struct dead dead[64];
	size_t count, reclaimed = 0;

	pthread_mutex_lock(&r->lock);
	collect_sets(r, now);
	do {
		count = find_dead(r, now, dead, ARRAY_LEN(dead));
		pthread_mutex_unlock(&r->lock);
		for (size_t i = 0; i < count; i++) {
			if (r->options.reclaim &&
			    !r->options.reclaim(r->options.ctx, dead[i].oxid, dead[i].oid, now))
				continue;
			resolver_remove_oid(r, dead[i].oxid, dead[i].oid);
			reclaimed++;
		}
		pthread_mutex_lock(&r->lock);
	} while (count == ARRAY_LEN(dead));
	pthread_mutex_unlock(&r->lock);
	return reclaimed;
}

struct resolver_counts resolver_counts(struct resolver *r)
{
	pthread_mutex_lock(&r->lock);
	struct resolver_counts counts = { map_count(r->oxids), map_count(r->oids),
					  map_count(r->sets) };

	pthread_mutex_unlock(&r->lock);
	return counts;
}

struct resolver_counts resolver_count_of(struct resolver *r, uint32_t uid)
{
	struct resolver_counts counts = { 0 };
	size_t at = 0;
	struct text key;
	void *value;

	pthread_mutex_lock(&r->lock);
	while (map_next(r->oxids, &at, &key, &value)) {
		const struct oxid_entry *entry = value;

		if (entry->exporter.uid != uid)
			continue;
		counts.oxids++;
		counts.oids += entry->oids;
	}
	pthread_mutex_unlock(&r->lock);
	return counts;
}
