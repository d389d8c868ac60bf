/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object exporter (exporter.h). Objects are found by number and by identity (their IUnknown),
 * interfaces by IPID and in the list of their object. A stub is counted: the table has one
 * reference, each running call another; the last one releases the object's interface.
 */
#include "dcom/exporter.h"

#include "base/map.h"
#include "base/mem.h"
#include "com/class.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/queue.h>
#include <sys/random.h>

struct holder {
	char client[BINDINGS_TEXT_MAX];
	uint32_t refs;
};

struct stub {
	struct exporter_stub face;
	uint32_t users; /* of the struct: the table and calls; atomic */
	uint32_t public_refs;
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

static struct text oid_key(const uint64_t *oid)
{
	return (struct text){ (const char *)oid, sizeof *oid };
}

static struct text ipid_key(const GUID *ipid)
{
	return (struct text){ (const char *)ipid, sizeof *ipid };
}

static struct text identity_key(IUnknown *const *identity)
{
	return (struct text){ (const char *)identity, sizeof(IUnknown *) };
}

static struct stub *stub_of(struct exporter_stub *face)
{
	return container_of(face, struct stub, face);
}

/* ---- names ---- */

void exporter_names(const GUID *secret, uint64_t *ret_oxid, GUID *ret_rem_unknown)
{
	GUID made;

	guid_from_name(secret, TEXT("OXID"), &made);
	memcpy(ret_oxid, &made, sizeof *ret_oxid);
	guid_from_name(secret, TEXT("IRemUnknown"), ret_rem_unknown);
	memcpy(ret_rem_unknown, ret_oxid, sizeof *ret_oxid);
}

uint64_t exporter_oxid_of(const GUID *ipid)
{
	uint64_t oxid;

	memcpy(&oxid, ipid, sizeof oxid);
	return oxid;
}

/* ---- numbers of objects ---- */

/* Announces a batch of new ones. Whoever is faster may take them away again. */
static int add_spare(struct exporter *x)
{
	unsigned count = x->options.batch, kept;
	uint64_t made[EXPORTER_OIDS_MAX];
	ssize_t size = (ssize_t)(count * sizeof *made);

	if (getrandom(made, (size_t)size, 0) != size)
		return -EIO;
	int r = x->options.announce(x->options.numbering, made, count);

	if (r < 0)
		return r;
	pthread_mutex_lock(&x->lock);
	for (kept = 0; kept < count && x->spare_count < EXPORTER_OIDS_MAX; kept++)
		x->spare[x->spare_count++] = made[kept];
	pthread_mutex_unlock(&x->lock);
	if (kept < count)
		x->options.withdraw(x->options.numbering, made + kept, count - kept);
	return 0;
}

static int take_oid(struct exporter *x, uint64_t *ret)
{
	bool found = false;
	int r = 0;

	while (r == 0 && !found) {
		pthread_mutex_lock(&x->lock);
		found = x->spare_count > 0;
		if (found)
			*ret = x->spare[--x->spare_count];
		pthread_mutex_unlock(&x->lock);
		if (!found)
			r = add_spare(x);
	}
	return r;
}

void exporter_flush(struct exporter *x)
{
	uint64_t gone[EXPORTER_OIDS_MAX];

	pthread_mutex_lock(&x->lock);
	unsigned count = x->gone_count;

	memcpy(gone, x->gone, count * sizeof *gone);
	x->gone_count = 0;
	pthread_mutex_unlock(&x->lock);
	if (count)
		x->options.withdraw(x->options.numbering, gone, count);
}

/* A number is used once, as clients may still name it. Without the lock. */
static void drop_oid(struct exporter *x, uint64_t oid)
{
	pthread_mutex_lock(&x->lock);
	bool room = x->gone_count < EXPORTER_OIDS_MAX;

	if (room)
		x->gone[x->gone_count++] = oid;
	bool full = x->gone_count >= x->options.batch;

	pthread_mutex_unlock(&x->lock);
	if (!room)
		x->options.withdraw(x->options.numbering, &oid, 1);
	if (full)
		exporter_flush(x);
}

/* All that are or may be objects, for the caller to free. */
static uint64_t *all_oids(struct exporter *x, size_t *ret_count)
{
	size_t at = 0, count = 0;
	struct text key;
	void *value;

	pthread_mutex_lock(&x->lock);
	uint64_t *all = mem_alloc((map_count(x->objects) + EXPORTER_OIDS_MAX) * sizeof *all);

	if (all) {
		memcpy(all, x->spare, x->spare_count * sizeof *all);
		count = x->spare_count;
		while (map_next(x->objects, &at, &key, &value))
			all[count++] = ((const struct object *)value)->oid;
		x->gone_count = 0;
	}
	pthread_mutex_unlock(&x->lock);
	*ret_count = count;
	return all;
}

int exporter_announce(struct exporter *x)
{
	size_t count, step;
	_cleanup_mem_ uint64_t *all = all_oids(x, &count);
	int r = all ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i += step) {
		step = count - i < EXPORTER_OIDS_MAX ? count - i : EXPORTER_OIDS_MAX;
		r = x->options.announce(x->options.numbering, all + i, step);
	}
	return r;
}

/* ---- life ---- */

int exporter_new(const struct exporter_options *options, struct exporter **ret)
{
	struct exporter *x = mem_new(struct exporter);

	if (!x)
		return -ENOMEM;
	pthread_mutex_init(&x->lock, NULL);
	x->options = *options;
	x->bindings = *options->bindings;
	x->options.bindings = &x->bindings;
	if (!x->options.numbering)
		x->options.numbering = x->options.ctx;
	if (!x->options.batch)
		x->options.batch = 1;
	GUID unused;

	exporter_names(&options->secret, &x->oxid, &unused);
	x->objects = map_new(EXPORTER_OBJECTS_MAX, 0);
	x->identities = map_new(EXPORTER_OBJECTS_MAX, 0);
	x->stubs = map_new((size_t)EXPORTER_OBJECTS_MAX * 4, 0);
	if (!x->objects || !x->identities || !x->stubs) {
		exporter_free(x);
		return -ENOMEM;
	}
	*ret = x;
	return 0;
}

/* The last user of a stub that has left the tables. */
static void stub_unref(struct stub *stub)
{
	if (__atomic_sub_fetch(&stub->users, 1, __ATOMIC_ACQ_REL))
		return;
	IUnknown *object = stub->face.object;

	mem_free(stub->holders);
	mem_free(stub);
	object->lpVtbl->Release(object);
}

struct exporter_stub *exporter_stub_unref(struct exporter_stub *stub)
{
	if (stub)
		stub_unref(stub_of(stub));
	return NULL;
}

/* An object without interfaces, which has left the tables. */
static void object_free(struct object *object)
{
	IUnknown *identity = object->identity;

	mem_free(object);
	identity->lpVtbl->Release(identity);
}

/* Takes a stub out of the tables, under the lock; with it its object, when it was the last. Who
 * calls gives the object, unless it is NULL, and the stub back without the lock. */
static struct object *unlink_stub(struct exporter *x, struct stub *stub)
{
	struct object *object = stub->object;

	map_remove(x->stubs, ipid_key(&stub->face.ipid));
	TAILQ_REMOVE(&object->stubs, stub, in_object);
	stub->object = NULL;
	if (--object->stub_count)
		return NULL;
	map_remove(x->objects, oid_key(&object->oid));
	map_remove(x->identities, identity_key(&object->identity));
	return object;
}

/* Takes all of an object out of the tables; the stubs stay linked to each other. */
static void unlink_object(struct exporter *x, struct object *object, struct stub_list *ret)
{
	struct stub *stub;

	TAILQ_INIT(ret);
	while ((stub = TAILQ_FIRST(&object->stubs))) {
		unlink_stub(x, stub);
		TAILQ_INSERT_TAIL(ret, stub, in_object);
	}
}

static void release_object(struct exporter *x, struct object *object, struct stub_list *stubs)
{
	struct stub *stub;

	drop_oid(x, object->oid);
	while ((stub = TAILQ_FIRST(stubs))) {
		TAILQ_REMOVE(stubs, stub, in_object);
		stub_unref(stub);
	}
	object_free(object);
}

struct exporter *exporter_free(struct exporter *x)
{
	if (!x)
		return NULL;
	for (;;) {
		struct stub_list stubs;
		struct text key;
		void *value = NULL;
		size_t at = 0;

		pthread_mutex_lock(&x->lock);
		if (!x->objects || !map_next(x->objects, &at, &key, &value)) {
			pthread_mutex_unlock(&x->lock);
			break;
		}
		unlink_object(x, value, &stubs);
		pthread_mutex_unlock(&x->lock);
		release_object(x, value, &stubs);
	}
	exporter_flush(x);
	if (x->spare_count)
		x->options.withdraw(x->options.numbering, x->spare, x->spare_count);
	map_free(x->objects, NULL);
	map_free(x->identities, NULL);
	map_free(x->stubs, NULL);
	pthread_mutex_destroy(&x->lock);
	return mem_free(x);
}

uint64_t exporter_oxid(const struct exporter *x)
{
	return x->oxid;
}

/* ---- making entries ---- */

static struct stub *find_stub(const struct object *object, REFIID iid)
{
	struct stub *stub;

	TAILQ_FOREACH(stub, &object->stubs, in_object)
	{
		if (IsEqualGUID(&stub->face.iid, iid))
			return stub;
	}
	return NULL;
}

static bool add_public(struct stub *stub, uint32_t refs)
{
	if (refs > EXPORTER_REFS_MAX - stub->public_refs)
		return false;
	stub->public_refs += refs;
	return true;
}

/* A stub around an interface of the object, with one user; takes over `object`. */
static struct stub *stub_new(struct exporter *x, IUnknown *object, REFIID iid)
{
	struct stub *stub = mem_new(struct stub);

	if (!stub) {
		object->lpVtbl->Release(object);
		return NULL;
	}
	stub->face.iid = *iid;
	stub->face.object = object;
	stub->face.interface = x->options.find(x->options.ctx, iid);
	stub->users = 1;
	guid_random(&stub->face.ipid);
	memcpy(&stub->face.ipid, &x->oxid, sizeof x->oxid);
	return stub;
}

/* Enters a stub, under the lock: into the object of that identity, or with `made` as one. */
static int link_stub(struct exporter *x, struct object *object, struct stub *stub)
{
	if (object->stub_count == EXPORTER_INTERFACES_MAX)
		return -ENOBUFS;
	int r = map_put(x->stubs, ipid_key(&stub->face.ipid), stub, NULL);

	if (r < 0)
		return r;
	TAILQ_INSERT_TAIL(&object->stubs, stub, in_object);
	object->stub_count++;
	stub->object = object;
	stub->face.oid = object->oid;
	return 0;
}

static int link_object(struct exporter *x, struct object *object)
{
	int r = map_put(x->objects, oid_key(&object->oid), object, NULL);

	if (r == 0) {
		r = map_put(x->identities, identity_key(&object->identity), object, NULL);
		if (r < 0)
			map_remove(x->objects, oid_key(&object->oid));
	}
	return r;
}

/* An object that is in no table yet. Takes over `identity`, unless it is NULL. */
static struct object *object_new(IUnknown *identity, uint64_t oid, int64_t now)
{
	struct object *object = mem_new(struct object);

	if (!object)
		return NULL;
	*object = (struct object){ .oid = oid,
				   .identity = identity,
				   .made_at = now,
				   .called_at = now,
				   .stubs = TAILQ_HEAD_INITIALIZER(object->stubs) };
	return object;
}

/* ---- references that go out ---- */

static void fill_std(const struct exporter *x, const struct stub *stub, uint32_t refs,
		     struct objref_std *ret)
{
	*ret = (struct objref_std){
		.public_refs = refs,
		.oxid = x->oxid,
		.oid = stub->face.oid,
		.ipid = stub->face.ipid,
	};
}

/* Adds references to an interface that the object has already; false: it has not. */
static bool reuse_stub(struct exporter *x, struct object *object, REFIID iid, uint32_t refs,
		       HRESULT *ret_hr, struct objref_std *ret)
{
	struct stub *stub = object ? find_stub(object, iid) : NULL;

	if (!stub)
		return false;
	*ret_hr = add_public(stub, refs) ? S_OK : E_OUTOFMEMORY;
	if (*ret_hr == S_OK)
		fill_std(x, stub, refs, ret);
	return true;
}

/* Enters a new interface of an object, which is found, or made with that number: `*oid` is then 0.
 * Somebody else may have been faster while the object was asked. */
static HRESULT enter(struct exporter *x, IUnknown *identity, struct stub *stub, uint32_t refs,
		     int64_t now, uint64_t *oid, struct objref_std *ret)
{
	struct object *made = NULL, *object;
	HRESULT hr = E_OUTOFMEMORY;

	pthread_mutex_lock(&x->lock);
	object = map_get(x->identities, identity_key(&identity));
	if (reuse_stub(x, object, &stub->face.iid, refs, &hr, ret)) {
		pthread_mutex_unlock(&x->lock);
		stub_unref(stub);
		return hr;
	}
	if (!object) {
		made = object_new(identity, *oid, now);
		if (made && link_object(x, made) == 0)
			object = made;
	}
	if (object && add_public(stub, refs) && link_stub(x, object, stub) == 0) {
		fill_std(x, stub, refs, ret);
		hr = S_OK;
		if (object == made) {
			identity->lpVtbl->AddRef(identity);
			*oid = 0;
		}
	} else if (made) {
		map_remove(x->objects, oid_key(&made->oid));
		map_remove(x->identities, identity_key(&identity));
		mem_free(made);
	}
	pthread_mutex_unlock(&x->lock);
	if (FAILED(hr))
		stub_unref(stub);
	return hr;
}

/* An interface that no stub is there for yet. */
static HRESULT export_new(struct exporter *x, IUnknown *identity, REFIID iid, uint32_t refs,
			  int64_t now, struct objref_std *ret)
{
	IUnknown *wanted = NULL;
	uint64_t oid = 0;

	if (!x->options.find(x->options.ctx, iid))
		return E_NOINTERFACE;
	HRESULT hr = identity->lpVtbl->QueryInterface(identity, iid, (void **)&wanted);

	if (FAILED(hr))
		return hr;
	struct stub *stub = stub_new(x, wanted, iid);

	if (!stub)
		return E_OUTOFMEMORY;
	if (take_oid(x, &oid) < 0) {
		stub_unref(stub);
		return E_OUTOFMEMORY;
	}
	hr = enter(x, identity, stub, refs, now, &oid, ret);
	if (oid)
		drop_oid(x, oid);
	return hr;
}

/* `object` is any interface of the object. */
static HRESULT export_interface(struct exporter *x, IUnknown *object, REFIID iid, uint32_t refs,
				int64_t now, struct objref_std *ret)
{
	IUnknown *identity = NULL;
	HRESULT hr = object->lpVtbl->QueryInterface(object, &IID_IUnknown, (void **)&identity);

	if (FAILED(hr))
		return hr;
	pthread_mutex_lock(&x->lock);
	bool known =
		reuse_stub(x, map_get(x->identities, identity_key(&identity)), iid, refs, &hr, ret);

	pthread_mutex_unlock(&x->lock);
	if (!known)
		hr = export_new(x, identity, iid, refs, now, ret);
	identity->lpVtbl->Release(identity);
	return hr;
}

HRESULT exporter_marshal(struct exporter *x, IUnknown *object, REFIID iid, int64_t now,
			 struct objref *ret)
{
	struct objref_std std;
	HRESULT hr = export_interface(x, object, iid, EXPORTER_FIRST_REFS, now, &std);

	if (SUCCEEDED(hr))
		exporter_wrap(x, &std, iid, ret);
	return hr;
}

void exporter_wrap(const struct exporter *x, const struct objref_std *std, REFIID iid,
		   struct objref *ret)
{
	ret->kind = OBJREF_STANDARD;
	ret->iid = *iid;
	ret->std = *std;
	ret->clsid = GUID_NULL;
	ret->resolver = x->bindings;
	ret->data = (struct text){ 0 };
}

/* ---- calls ---- */

struct exporter_stub *exporter_find(struct exporter *x, const GUID *ipid, int64_t now)
{
	pthread_mutex_lock(&x->lock);
	struct stub *stub = map_get(x->stubs, ipid_key(ipid));

	if (stub) {
		__atomic_add_fetch(&stub->users, 1, __ATOMIC_RELAXED);
		stub->object->called_at = now;
	}
	pthread_mutex_unlock(&x->lock);
	return stub ? &stub->face : NULL;
}

HRESULT exporter_query(struct exporter *x, const GUID *ipid, REFIID iid, uint32_t refs, int64_t now,
		       struct objref_std *ret)
{
	struct exporter_stub *stub = exporter_find(x, ipid, now);

	if (!stub)
		return RPC_E_INVALID_OBJECT;
	HRESULT hr = export_interface(x, stub->object, iid, refs, now, ret);

	exporter_stub_unref(stub);
	return hr;
}

/* ---- counting ---- */

static struct holder *find_holder(struct stub *stub, const char *client)
{
	for (unsigned i = 0; i < stub->holder_count; i++)
		if (strcmp(stub->holders[i].client, client) == 0)
			return &stub->holders[i];
	return NULL;
}

static bool add_private(struct stub *stub, uint32_t refs, const char *client)
{
	struct holder *holder = find_holder(stub, client);

	if (!refs)
		return true;
	if (refs > EXPORTER_REFS_MAX - (holder ? holder->refs : 0))
		return false;
	if (!holder) {
		struct holder *more =
			stub->holder_count == EXPORTER_CLIENTS_MAX
				? NULL
				: mem_realloc(stub->holders, stub->holder_count + 1, sizeof *more);
		if (!more)
			return false;
		stub->holders = more;
		holder = &more[stub->holder_count++];
		holder->refs = 0;
		snprintf(holder->client, sizeof holder->client, "%s", client);
	}
	holder->refs += refs;
	return true;
}

static void take_private(struct stub *stub, uint32_t refs, const char *client)
{
	struct holder *holder = find_holder(stub, client);

	if (!holder)
		return;
	holder->refs -= refs < holder->refs ? refs : holder->refs;
	if (!holder->refs)
		*holder = stub->holders[--stub->holder_count];
}

HRESULT exporter_add_ref(struct exporter *x, const GUID *ipid, uint32_t public_refs,
			 uint32_t private_refs, const char *client)
{
	HRESULT hr = CO_E_OBJNOTREG;

	pthread_mutex_lock(&x->lock);
	struct stub *stub = map_get(x->stubs, ipid_key(ipid));

	if (stub) {
		hr = add_public(stub, public_refs) ? S_OK : E_OUTOFMEMORY;
		if (SUCCEEDED(hr) && !add_private(stub, private_refs, client)) {
			stub->public_refs -= public_refs;
			hr = E_OUTOFMEMORY;
		}
	}
	pthread_mutex_unlock(&x->lock);
	return hr;
}

/* What a stub and an object leave behind once the lock is not held. */
static void finish_release(struct exporter *x, struct stub *stub, struct object *object)
{
	if (object)
		drop_oid(x, object->oid);
	if (stub)
		stub_unref(stub);
	if (object)
		object_free(object);
}

void exporter_release(struct exporter *x, const GUID *ipid, uint32_t public_refs,
		      uint32_t private_refs, const char *client)
{
	struct object *object = NULL;

	pthread_mutex_lock(&x->lock);
	struct stub *stub = map_get(x->stubs, ipid_key(ipid));

	if (stub) {
		stub->public_refs -=
			public_refs < stub->public_refs ? public_refs : stub->public_refs;
		take_private(stub, private_refs, client);
		if (stub->public_refs || stub->holder_count)
			stub = NULL;
		else
			object = unlink_stub(x, stub);
	}
	pthread_mutex_unlock(&x->lock);
	finish_release(x, stub, object);
}

/* ---- references that come back ---- */

HRESULT exporter_unmarshal(struct exporter *x, const struct objref *ref, REFIID iid, IUnknown **ret)
{
	IUnknown *identity = NULL;

	pthread_mutex_lock(&x->lock);
	struct object *object = map_get(x->objects, oid_key(&ref->std.oid));

	if (object) {
		identity = object->identity;
		identity->lpVtbl->AddRef(identity);
	}
	pthread_mutex_unlock(&x->lock);
	exporter_release(x, &ref->std.ipid, ref->std.public_refs, 0, "");
	if (!identity)
		return E_NOINTERFACE;
	HRESULT hr = identity->lpVtbl->QueryInterface(identity, iid, (void **)ret);

	identity->lpVtbl->Release(identity);
	return hr;
}

/* ---- the resolver's ---- */

static bool is_spare(const struct exporter *x, uint64_t oid)
{
	for (unsigned i = 0; i < x->spare_count; i++)
		if (x->spare[i] == oid)
			return true;
	return false;
}

bool exporter_reclaim(struct exporter *x, uint64_t oid, int64_t period, int64_t now)
{
	struct stub_list stubs;

	pthread_mutex_lock(&x->lock);
	struct object *object = map_get(x->objects, oid_key(&oid));
	bool busy = object ? now - object->called_at < period || now - object->made_at < 3 * period
			   : is_spare(x, oid);

	if (object && !busy)
		unlink_object(x, object, &stubs);
	pthread_mutex_unlock(&x->lock);
	if (object && !busy)
		release_object(x, object, &stubs);
	return !busy;
}

struct exporter_counts exporter_counts(struct exporter *x)
{
	pthread_mutex_lock(&x->lock);
	struct exporter_counts counts = { map_count(x->objects), map_count(x->stubs) };

	pthread_mutex_unlock(&x->lock);
	return counts;
}
