/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object resolver of a machine ([MS-DCOM] 3.1.2): which exporter (OXID) is where, which objects
 * (OIDs) exist, and which of them a living client holds: clients name the objects they hold in ping
 * sets and ping those. It knows no RPC and no clock: callers give `now`.
 *
 * Collection: a set that was not pinged for three ping periods is gone, and an object that no set
 * has had for three periods is given up, unless its exporter knows of a call of late. So what a
 * dead client held goes after three periods, whether it had pinged it or died before.
 *
 * Thread safe. `reclaim` is called without a lock held.
 */
#pragma once

#include "dcom/bindings.h"
#include "rpc/binding.h"
#include "surrogate/com.h"

struct resolver;

#define RESOLVER_PERIOD_SECONDS 120 /* 3.1.2.2 */
#define RESOLVER_OXIDS_MAX 4096
#define RESOLVER_OIDS_MAX 262144
#define RESOLVER_SETS_MAX 16384
#define RESOLVER_SETS_PER_CLIENT 256
#define RESOLVER_SET_OIDS_MAX 65536     /* of one set */
#define RESOLVER_CLIENT_OIDS_MAX 262144 /* of the large sets of one client */

/* What calls give back: Win32 codes ([MS-ERREF] 2.2). */
enum resolver_status {
	RESOLVER_OK = 0,
	OR_INVALID_OXID = 1910,
	OR_INVALID_OID = 1911,
	OR_INVALID_SET = 1912,
	RESOLVER_NO_MEMORY = 14 /* ERROR_OUTOFMEMORY: also at a limit */
};

/* An exporter, as clients are told of it. */
struct resolver_exporter {
	struct bindings bindings; /* with endpoints, for other machines */
	/* Of another process of this machine: its local socket, and what shows it that we are its
	 * resolver. "": this process. */
	char endpoint[RPC_ENDPOINT_MAX];
	GUID secret;
	uint32_t uid;          /* who runs it */
	GUID rem_unknown;      /* the IPID of its IRemUnknown */
	uint32_t authn_hint;   /* enum authn_level: the least it takes calls at */
	uint16_t major, minor; /* its COM version */
};

struct resolver_options {
	int64_t period; /* ns between pings of a client; 0: RESOLVER_PERIOD_SECONDS */
	/* Nobody holds the object any more. False: its exporter had a call to it of late and keeps
	 * it for now. */
	bool (*reclaim)(void *ctx, uint64_t oxid, uint64_t oid, int64_t now);
	void *ctx;
};

int resolver_new(const struct resolver_options *options, struct resolver **ret);
struct resolver *resolver_free(struct resolver *resolver);

/* ---- for exporters ---- */

/* Numbers are the exporters' choice, and random, so that nobody guesses those of others: 0 is none.
 * -EEXIST: it is taken. -ENOBUFS, -ENOMEM. */
int resolver_add_oxid(struct resolver *resolver, const struct resolver_exporter *exporter,
		      uint64_t oxid);
/* With all its objects; nothing is reclaimed. */
void resolver_remove_oxid(struct resolver *resolver, uint64_t oxid);
/* -ENOENT: no such OXID; -EEXIST: the OID is another's. `pinged` false: it stays until it is
 * removed.
 */
int resolver_add_oid(struct resolver *resolver, uint64_t oxid, uint64_t oid, bool pinged,
		     int64_t now);
/* Does nothing when the object is not that exporter's. */
void resolver_remove_oid(struct resolver *resolver, uint64_t oxid, uint64_t oid);

/* ---- for clients (3.1.2.5.1) ---- */

enum resolver_status resolver_resolve(struct resolver *resolver, uint64_t oxid,
				      struct resolver_exporter *ret);
/* How its callers reach it: those of this machine, or those of others. */
void resolver_tell(const struct resolver_exporter *exporter, bool here, struct bindings *ret);
enum resolver_status resolver_simple_ping(struct resolver *resolver, uint64_t set, int64_t now);

struct resolver_ping {
	uint64_t set;      /* 0: makes one, and becomes its number */
	uint16_t sequence; /* one below the set's is late, and does nothing */
	const uint64_t *add, *remove;
	size_t add_count, remove_count;
	const char *client; /* whom a new set counts for */
};
/* OR_INVALID_OID: one of `add` does not exist; in a new set it is left out instead, and in a set
 * that is there those before it stay. */
enum resolver_status resolver_complex_ping(struct resolver *resolver, struct resolver_ping *ping,
					   int64_t now);

/* ---- time ---- */

/* Gives up sets and objects whose time is over; to be called about once a period. The number of
 * objects that were reclaimed. */
size_t resolver_collect(struct resolver *resolver, int64_t now);

struct resolver_counts {
	size_t oxids, oids, sets;
};
struct resolver_counts resolver_counts(struct resolver *resolver);
/* The same of the exporters of one user, without sets. */
struct resolver_counts resolver_count_of(struct resolver *resolver, uint32_t uid);
