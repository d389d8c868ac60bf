/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The object exporter (exporter.h). Objects are found by number and by identity (their IUnknown),
 * interfaces by IPID and in the list of their object. A stub is counted: the table has one
 * reference, each running call another; the last one releases the object's interface.
 */
#include "dcom/exporter-internal.h"

#include "base/mem.h"
#include "com/class.h"

#include <errno.h>

static struct text oid_key(const uint64_t *oid)
{
	return (struct text){ (const char *)oid, sizeof *oid };
}

static struct stub *stub_of(struct exporter_stub *face)
{
	return container_of(face, struct stub, face);
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

void exporter_drop_stub(struct stub *stub)
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
		exporter_drop_stub(stub_of(stub));
	return NULL;
}

void exporter_drop_object(struct object *object)
{
	IUnknown *identity = object->identity;

	mem_free(object);
	identity->lpVtbl->Release(identity);
}

struct object *exporter_unlink_stub(struct exporter *x, struct stub *stub)
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

void exporter_unlink_object(struct exporter *x, struct object *object, struct stub_list *ret)
{
	struct stub *stub;

	TAILQ_INIT(ret);
	while ((stub = TAILQ_FIRST(&object->stubs))) {
		exporter_unlink_stub(x, stub);
		TAILQ_INSERT_TAIL(ret, stub, in_object);
	}
}

void exporter_release_object(struct exporter *x, struct object *object, struct stub_list *stubs)
{
	struct stub *stub;

	exporter_drop_oid(x, object->oid);
	while ((stub = TAILQ_FIRST(stubs))) {
		TAILQ_REMOVE(stubs, stub, in_object);
		exporter_drop_stub(stub);
	}
	exporter_drop_object(object);
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
		exporter_unlink_object(x, value, &stubs);
		pthread_mutex_unlock(&x->lock);
		exporter_release_object(x, value, &stubs);
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

/* What goes out with a reference. */
struct grant {
	uint32_t public_refs;
	DWORD flags; /* MSHLFLAGS_ */
};

static bool grant(struct stub *stub, const struct grant *g)
{
	if (g->flags & MSHLFLAGS_TABLESTRONG)
		return exporter_add_refs(&stub->strong, 1);
	if (g->flags & MSHLFLAGS_TABLEWEAK)
		return exporter_add_refs(&stub->weak, 1);
	return exporter_add_refs(&stub->public_refs, g->public_refs);
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

static void fill_std(const struct exporter *x, struct stub *stub, const struct grant *g,
		     struct objref_std *ret)
{
	if (g->flags & MSHLFLAGS_NOPING)
		stub->object->unpinged = true;
	*ret = (struct objref_std){
		.flags = (g->flags & MSHLFLAGS_TABLEWEAK ? OBJREF_WEAK : 0) |
			 (stub->object->unpinged ? OBJREF_NOPING : 0),
		.public_refs = g->public_refs,
		.oxid = x->oxid,
		.oid = stub->face.oid,
		.ipid = stub->face.ipid,
	};
}

/* Adds references to an interface that the object has already; false: it has not. */
static bool reuse_stub(struct exporter *x, struct object *object, REFIID iid, const struct grant *g,
		       HRESULT *ret_hr, struct objref_std *ret)
{
	struct stub *stub = object ? find_stub(object, iid) : NULL;

	if (!stub)
		return false;
	*ret_hr = grant(stub, g) ? S_OK : E_OUTOFMEMORY;
	if (*ret_hr == S_OK)
		fill_std(x, stub, g, ret);
	return true;
}

/* Enters a new interface of an object, which is found, or made with that number: `*oid` is then 0.
 * Somebody else may have been faster while the object was asked. */
static HRESULT enter(struct exporter *x, IUnknown *identity, struct stub *stub,
		     const struct grant *g, int64_t now, uint64_t *oid, struct objref_std *ret)
{
	struct object *made = NULL, *object;
	HRESULT hr = E_OUTOFMEMORY;

	pthread_mutex_lock(&x->lock);
	object = map_get(x->identities, identity_key(&identity));
	if (reuse_stub(x, object, &stub->face.iid, g, &hr, ret)) {
		pthread_mutex_unlock(&x->lock);
		exporter_drop_stub(stub);
		return hr;
	}
	if (!object) {
		made = object_new(identity, *oid, now);
		if (made && link_object(x, made) == 0)
			object = made;
	}
	if (object && grant(stub, g) && link_stub(x, object, stub) == 0) {
		fill_std(x, stub, g, ret);
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
		exporter_drop_stub(stub);
	return hr;
}

/* An interface that no stub is there for yet. */
static HRESULT export_new(struct exporter *x, IUnknown *identity, REFIID iid, const struct grant *g,
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
	if (exporter_take_oid(x, &oid) < 0) {
		exporter_drop_stub(stub);
		return E_OUTOFMEMORY;
	}
	hr = enter(x, identity, stub, g, now, &oid, ret);
	if (oid)
		exporter_drop_oid(x, oid);
	return hr;
}

/* `object` is any interface of the object. */
static HRESULT export_interface(struct exporter *x, IUnknown *object, REFIID iid,
				const struct grant *g, int64_t now, struct objref_std *ret)
{
	IUnknown *identity = NULL;
	HRESULT hr = object->lpVtbl->QueryInterface(object, &IID_IUnknown, (void **)&identity);

	if (FAILED(hr))
		return hr;
	pthread_mutex_lock(&x->lock);
	bool known =
		reuse_stub(x, map_get(x->identities, identity_key(&identity)), iid, g, &hr, ret);

	pthread_mutex_unlock(&x->lock);
	if (!known)
		hr = export_new(x, identity, iid, g, now, ret);
	identity->lpVtbl->Release(identity);
	return hr;
}

HRESULT exporter_marshal(struct exporter *x, IUnknown *object, REFIID iid, DWORD flags, int64_t now,
			 struct objref *ret)
{
	bool table = flags & (MSHLFLAGS_TABLESTRONG | MSHLFLAGS_TABLEWEAK);
	struct grant g = { table ? 0 : EXPORTER_FIRST_REFS, flags };
	struct objref_std std;
	HRESULT hr = export_interface(x, object, iid, &g, now, &std);

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
	struct grant g = { refs, MSHLFLAGS_NORMAL };
	HRESULT hr = export_interface(x, stub->object, iid, &g, now, ret);

	exporter_stub_unref(stub);
	return hr;
}

/* ---- the resolver's ---- */

/* What lasts though nobody pings. A weak reference does, unless clients came and went silent. */
static bool is_kept(const struct object *object)
{
	struct stub *stub;

	if (object->unpinged)
		return true;
	TAILQ_FOREACH(stub, &object->stubs, in_object)
	{
		if (stub->strong || (stub->weak && !exporter_has_clients(stub)))
			return true;
	}
	return false;
}

bool exporter_reclaim(struct exporter *x, uint64_t oid, int64_t period, int64_t now)
{
	struct stub_list stubs;

	pthread_mutex_lock(&x->lock);
	struct object *object = map_get(x->objects, oid_key(&oid));
	bool busy = object ? now - object->called_at < period ||
				     now - object->made_at < 3 * period || is_kept(object)
			   : exporter_is_spare(x, oid);

	if (object && !busy)
		exporter_unlink_object(x, object, &stubs);
	pthread_mutex_unlock(&x->lock);
	if (object && !busy)
		exporter_release_object(x, object, &stubs);
	return !busy;
}

struct exporter_counts exporter_counts(struct exporter *x)
{
	pthread_mutex_lock(&x->lock);
	struct exporter_counts counts = { map_count(x->objects), map_count(x->stubs) };

	pthread_mutex_unlock(&x->lock);
	return counts;
}
