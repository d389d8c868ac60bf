/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who holds what of an exporter (exporter.h): public and private references of clients, references
 * for tables; and references that come back, which are used up. Any thread.
 */
#include "dcom/exporter-internal.h"

#include "base/mem.h"

#include <stdio.h>

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
		hr = exporter_add_refs(&stub->public_refs, public_refs) ? S_OK : E_OUTOFMEMORY;
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
		exporter_drop_oid(x, object->oid);
	if (stub)
		exporter_drop_stub(stub);
	if (object)
		exporter_drop_object(object);
}

/* Gives up a stub that nothing holds any more, under the lock; both are for finish_release. When
 * the last client goes, so do references for tables, unless one of them is strong. */
static void leave(struct exporter *x, struct stub **stub, struct object **ret_object, bool client)
{
	if (exporter_has_clients(*stub) || (*stub)->strong || (!client && (*stub)->weak))
		*stub = NULL;
	else
		*ret_object = exporter_unlink_stub(x, *stub);
}

void exporter_release(struct exporter *x, const GUID *ipid, uint32_t public_refs,
		      uint32_t private_refs, const char *client)
{
	struct object *object = NULL;

	pthread_mutex_lock(&x->lock);
	struct stub *stub = map_get(x->stubs, ipid_key(ipid));

	if (stub) {
		bool had_clients = exporter_has_clients(stub);

		stub->public_refs -=
			public_refs < stub->public_refs ? public_refs : stub->public_refs;
		take_private(stub, private_refs, client);
		leave(x, &stub, &object, had_clients);
	}
	pthread_mutex_unlock(&x->lock);
	finish_release(x, stub, object);
}

/* ---- references that come back ---- */

/* The stub of a reference, while the reference is good. Under the lock. */
static struct stub *find_referred(struct exporter *x, const struct objref_std *std)
{
	struct stub *stub = map_get(x->stubs, ipid_key(&std->ipid));

	if (!stub || stub->face.oid != std->oid)
		return NULL;
	if (std->public_refs)
		return stub->public_refs ? stub : NULL;
	return (std->flags & OBJREF_WEAK ? stub->weak : stub->strong) || exporter_has_clients(stub)
		       ? stub
		       : NULL;
}

HRESULT exporter_unmarshal(struct exporter *x, const struct objref *ref, REFIID iid, IUnknown **ret)
{
	IUnknown *identity = NULL;

	pthread_mutex_lock(&x->lock);
	struct stub *stub = find_referred(x, &ref->std);

	if (stub) {
		identity = stub->object->identity;
		identity->lpVtbl->AddRef(identity);
	}
	pthread_mutex_unlock(&x->lock);
	if (!identity)
		return CO_E_OBJNOTCONNECTED;
	if (ref->std.public_refs)
		exporter_release(x, &ref->std.ipid, ref->std.public_refs, 0, "");
	HRESULT hr = identity->lpVtbl->QueryInterface(identity, iid, (void **)ret);

	identity->lpVtbl->Release(identity);
	return hr;
}

HRESULT exporter_forget(struct exporter *x, const struct objref_std *std)
{
	struct object *object = NULL;
	uint32_t gone = std->public_refs ? std->public_refs : 1;

	pthread_mutex_lock(&x->lock);
	struct stub *stub = find_referred(x, std);
	uint32_t *refs = !stub                      ? NULL
			 : std->public_refs         ? &stub->public_refs
			 : std->flags & OBJREF_WEAK ? &stub->weak
						    : &stub->strong;
	bool found = refs && *refs;

	if (found) {
		*refs -= gone < *refs ? gone : *refs;
		leave(x, &stub, &object, std->public_refs);
	} else {
		stub = NULL;
	}
	pthread_mutex_unlock(&x->lock);
	finish_release(x, stub, object);
	return found ? S_OK : CO_E_OBJNOTCONNECTED;
}

void exporter_disconnect(struct exporter *x, IUnknown *interface)
{
	IUnknown *identity = NULL;
	struct stub_list stubs;

	if (FAILED(interface->lpVtbl->QueryInterface(interface, &IID_IUnknown, (void **)&identity)))
		return;
	pthread_mutex_lock(&x->lock);
	struct object *object = map_get(x->identities, identity_key(&identity));

	if (object)
		exporter_unlink_object(x, object, &stubs);
	pthread_mutex_unlock(&x->lock);
	if (object)
		exporter_release_object(x, object, &stubs);
	identity->lpVtbl->Release(identity);
}
