/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the exporter share: exporter.c (objects and their interfaces) and
 * exporter-numbers.c (what they are called).
 */
#pragma once

#include "dcom/exporter.h"

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
