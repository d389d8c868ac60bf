/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object exporter of a process ([MS-DCOM] 3.1.1): which interfaces (IPIDs) of which objects
 * (OIDs) others hold, and by how many references. Whoever serves calls asks it what an IPID stands
 * for; whoever marshals an interface pointer gets its reference here. It knows no RPC.
 *
 * An object stays as long as one of its interfaces has a reference, or until it is reclaimed.
 * Public references are anybody's; private ones belong to the client that asked for them.
 *
 * Thread safe. Objects are queried and released without a lock held, as either may run anything.
 */
#pragma once

#include "dcom/objref.h"
#include "ndr/table.h"

struct exporter;

#define EXPORTER_OBJECTS_MAX 65536
#define EXPORTER_INTERFACES_MAX 64  /* of one object */
#define EXPORTER_FIRST_REFS 5       /* 3.1.1.5.1 */
#define EXPORTER_CLIENTS_MAX 64     /* with private references to one interface */
#define EXPORTER_REFS_MAX (1 << 30) /* of one interface */

/* What an exporter is known by follows from a secret that it chose by chance: who has not the
 * secret can neither guess the numbers nor claim them, even when the resolver has forgotten them.
 * Each IPID begins with the OXID, so that a call finds the exporter it is for. */
void exporter_names(const GUID *secret, uint64_t *ret_oxid, GUID *ret_rem_unknown);
uint64_t exporter_oxid_of(const GUID *ipid);

#define EXPORTER_OIDS_MAX 64 /* announced at once */

struct exporter_options {
	GUID secret;
	/* Tells the resolver of objects that are there from now on, or may soon be; and of those
	 * that are not any more. `announce`: 0 or a negative error. No lock is held. `numbering` is
	 * for them; NULL: `ctx`. */
	int (*announce)(void *numbering, const uint64_t *oids, size_t count);
	void (*withdraw)(void *numbering, const uint64_t *oids, size_t count);
	void *numbering;
	unsigned batch; /* how many at once, at most EXPORTER_OIDS_MAX; 0: one */
	/* The table by which an interface's calls are read; NULL: it cannot be exported. */
	const struct ndr_interface *(*find)(void *ctx, REFIID iid);
	void *ctx;
	/* Resolver bindings (without endpoints) for object references. Copied. */
	const struct bindings *bindings;
};

int exporter_new(const struct exporter_options *options, struct exporter **ret);
/* Releases all objects. Takes NULL, returns NULL. */
struct exporter *exporter_free(struct exporter *exporter);
uint64_t exporter_oxid(const struct exporter *exporter);

/* ---- references that go out ---- */

/* A reference to `iid` of an object. `flags` are MSHLFLAGS_: NORMAL has EXPORTER_FIRST_REFS public
 * references, for whoever reads it; one for a TABLE has none, as each that reads it asks for its
 * own, and lasts until exporter_forget: a strong one keeps the object, a weak one until clients had
 * references to the interface and gave up the last. NOPING: no client pings, so the object is never
 * reclaimed. E_NOINTERFACE: the object does not have it, or there is no table. E_OUTOFMEMORY: also
 * at a limit. */
HRESULT exporter_marshal(struct exporter *exporter, IUnknown *object, REFIID iid, DWORD flags,
			 int64_t now, struct objref *ret);
/* What exporter_marshal gave out is not read any more (CoReleaseMarshalData): of a reference that
 * nobody has read, or of one for a table. CO_E_OBJNOTCONNECTED: there is no such. */
HRESULT exporter_forget(struct exporter *exporter, const struct objref_std *std);
/* Gives up the object whatever others hold of it (CoDisconnectObject): calls that run go on, later
 * ones find nothing. */
void exporter_disconnect(struct exporter *exporter, IUnknown *object);
/* A standard reference around one of the exporter's. */
void exporter_wrap(const struct exporter *exporter, const struct objref_std *std, REFIID iid,
		   struct objref *ret);

/* ---- references that come back ---- */

/* The interface behind a reference of this very exporter, counted; takes over its public
 * references, even when it fails. CO_E_OBJNOTCONNECTED: what it referred to is gone. */
HRESULT exporter_unmarshal(struct exporter *exporter, const struct objref *ref, REFIID iid,
			   IUnknown **ret);

/* ---- calls ---- */

/* What an IPID stands for. Fields are constant. */
struct exporter_stub {
	GUID ipid;
	IID iid;
	uint64_t oid;
	IUnknown *object; /* as the interface `iid` */
	const struct ndr_interface *interface;
};

/* Counted, so that the object stays while a call runs; the time of the call is remembered. NULL:
 * RPC_E_DISCONNECTED. */
struct exporter_stub *exporter_find(struct exporter *exporter, const GUID *ipid, int64_t now);
/* Takes NULL, returns NULL. */
struct exporter_stub *exporter_stub_unref(struct exporter_stub *stub);

/* ---- IRemUnknown (3.1.1.5.6) ---- */

/* Another interface of the object behind `ipid`. RPC_E_INVALID_OBJECT: there is no such IPID. */
HRESULT exporter_query(struct exporter *exporter, const GUID *ipid, REFIID iid, uint32_t refs,
		       int64_t now, struct objref_std *ret);
/* CO_E_OBJNOTREG: there is no such IPID. */
HRESULT exporter_add_ref(struct exporter *exporter, const GUID *ipid, uint32_t public_refs,
			 uint32_t private_refs, const char *client);
/* What is released in excess, and unknown IPIDs, do nothing. */
void exporter_release(struct exporter *exporter, const GUID *ipid, uint32_t public_refs,
		      uint32_t private_refs, const char *client);

/* ---- the resolver's ---- */

/* Nobody holds it, says the resolver: releases the object. False: it stays, since a call came
 * within the last `period`, or it is no older than three, as new clients need time to ping; or it
 * is in a table, or not pinged. */
bool exporter_reclaim(struct exporter *exporter, uint64_t oid, int64_t period, int64_t now);

/* Withdraws what waits for a batch to be full. */
void exporter_flush(struct exporter *exporter);
/* Announces all objects anew, to a resolver that has begun anew. */
int exporter_announce(struct exporter *exporter);

struct exporter_counts {
	size_t objects, interfaces;
};
struct exporter_counts exporter_counts(struct exporter *exporter);
