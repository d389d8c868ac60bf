/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the exporter share: exporter.c (objects, their interfaces, references that go
 * out), exporter-count.c (who holds them, references that come back) and exporter-numbers.c (what
 * they are called).
 */
#pragma once

#include "dcom/exporter.h"

#include "base/map.h"

#include <pthread.h>
#include <sys/queue.h>

struct holder {
	char client[BINDINGS_TEXT_MAX];
	uint32_t refs;
};

struct stub {
	struct exporter_stub face;
	uint32_t users; /* of the struct: the table and calls; atomic */
	uint32_t public_refs;
	uint32_t strong, weak; /* references for tables */
	struct holder *holders;
	unsigned holder_count;
	struct object *object;
	TAILQ_ENTRY(stub) in_object;
};
TAILQ_HEAD(stub_list, stub);

struct object {
	uint64_t oid;
	IUnknown *identity;
	int64_t made_at, called_at;
	bool unpinged;
	unsigned stub_count;
	struct stub_list stubs;
};

struct exporter {
	pthread_mutex_t lock;
	struct exporter_options options;
	struct bindings bindings;
	uint64_t oxid;
	/* Announced, and no object's yet; to be withdrawn. */
	uint64_t spare[EXPORTER_OIDS_MAX], gone[EXPORTER_OIDS_MAX];
	unsigned spare_count, gone_count;
	struct map *objects;    /* OID -> object */
	struct map *identities; /* IUnknown pointer -> object */
	struct map *stubs;      /* IPID -> stub */
};

/* A number for a new object, announced; 0 or a negative error. Without the lock. */
int exporter_take_oid(struct exporter *x, uint64_t *ret);
/* A number is used once, as clients may still name it. Without the lock. */
void exporter_drop_oid(struct exporter *x, uint64_t oid);
/* Whether it is announced, and no object's yet. Under the lock. */
bool exporter_is_spare(const struct exporter *x, uint64_t oid);

/* ---- tables, under the lock ---- */

static inline struct text ipid_key(const GUID *ipid)
{
	return (struct text){ (const char *)ipid, sizeof *ipid };
}

static inline struct text identity_key(IUnknown *const *identity)
{
	return (struct text){ (const char *)identity, sizeof(IUnknown *) };
}

/* More references, unless they are too many. */
static inline bool exporter_add_refs(uint32_t *refs, uint32_t more)
{
	if (more > EXPORTER_REFS_MAX - *refs)
		return false;
	*refs += more;
	return true;
}

/* Whether somebody elsewhere holds the interface. */
static inline bool exporter_has_clients(const struct stub *stub)
{
	return stub->public_refs || stub->holder_count;
}

/* Takes a stub out of the tables; with it its object, when it was the last. Who calls gives the
 * object, unless it is NULL, and the stub back without the lock. */
struct object *exporter_unlink_stub(struct exporter *x, struct stub *stub);
/* Takes all of an object out of the tables; the stubs stay linked to each other. */
void exporter_unlink_object(struct exporter *x, struct object *object, struct stub_list *ret);

/* ---- what has left the tables, without the lock ---- */

/* The last user releases the object's interface. */
void exporter_drop_stub(struct stub *stub);
/* One without interfaces. */
void exporter_drop_object(struct object *object);
/* All of what exporter_unlink_object took out. */
void exporter_release_object(struct exporter *x, struct object *object, struct stub_list *stubs);
