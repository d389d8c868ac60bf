/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class objects that a program registers for itself: CoRegisterClassObject and what belongs to it
 * (surrogate/objbase.h). They are found by activations in this process, and those of a local server
 * by others of the machine, where the process can be called. Slots of a table, guarded by one
 * mutex; nothing is called or released under it. Any thread.
 */
#include "com/activate.h"

#include "base/mem.h"

#include <pthread.h>

#define OBJECTS_MAX 1024

struct registered {
	DWORD cookie; /* 0: the slot is free */
	CLSID clsid;
	IUnknown *object; /* NULL: it was given out, and was for one use */
	DWORD context, flags;
	bool suspended;
	uint32_t offer; /* to others; 0: none */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct registered *objects;
static size_t object_count;
static DWORD last_cookie;
static ULONG process_refs;

/* Under the lock: a free slot, NULL when there is no memory or no room. */
static struct registered *slot_new(void)
{
	struct registered *more;

	for (size_t i = 0; i < object_count; i++)
		if (!objects[i].cookie && !objects[i].offer)
			return &objects[i];
	if (object_count == OBJECTS_MAX)
		return NULL;
	more = mem_realloc(objects, object_count + 1, sizeof(*objects));
	if (!more)
		return NULL;
	objects = more;
	return &objects[object_count++];
}

/* ---- others of the machine ---- */

static bool is_for_others(const struct registered *r)
{
	return r->cookie && r->object && !r->suspended && (r->context & CLSCTX_LOCAL_SERVER);
}

/* Offers one that others may have and are not told of yet; false when there is none. */
static bool offer_next(void)
{
	const struct com_remoting *remoting = com_remoting();
	struct registered r = { 0 };
	uint32_t offer = 0;
	bool kept = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < object_count && !r.cookie; i++)
		if (is_for_others(&objects[i]) && !objects[i].offer)
			r = objects[i];
	pthread_mutex_unlock(&lock);
	if (!r.cookie || !remoting ||
	    FAILED(remoting->offer(&r.clsid, r.flags == REGCLS_SINGLEUSE, &offer)))
		return false;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < object_count && !kept; i++) {
		kept = objects[i].cookie == r.cookie && is_for_others(&objects[i]) &&
		       !objects[i].offer;
		if (kept)
			objects[i].offer = offer;
	}
	pthread_mutex_unlock(&lock);
	if (!kept)
		remoting->withdraw(offer);
	return kept;
}

/* The same for one that others were told of and may not have any more. */
static bool withdraw_next(void)
{
	const struct com_remoting *remoting = com_remoting();
	uint32_t offer = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < object_count && !offer; i++) {
		if (!objects[i].offer || is_for_others(&objects[i]))
			continue;
		offer = objects[i].offer;
		objects[i].offer = 0;
	}
	pthread_mutex_unlock(&lock);
	if (offer && remoting)
		remoting->withdraw(offer);
	return offer;
}

/* ---- the functions ---- */

HRESULT CoRegisterClassObject(REFCLSID rclsid, IUnknown *pUnk, DWORD dwClsContext, DWORD flags,
			      DWORD *lpdwRegister)
{
	struct registered *slot;
	DWORD kind = flags & ~(DWORD)REGCLS_SUSPENDED;

	if (!rclsid || !pUnk || !lpdwRegister || kind > REGCLS_MULTI_SEPARATE ||
	    !(dwClsContext & (CLSCTX_INPROC_SERVER | CLSCTX_LOCAL_SERVER)))
		return E_INVALIDARG;
	*lpdwRegister = 0;
	pUnk->lpVtbl->AddRef(pUnk);
	pthread_mutex_lock(&lock);
	slot = slot_new();
	if (slot) {
		*slot = (struct registered){
			.cookie = ++last_cookie ? last_cookie : ++last_cookie,
			.clsid = *rclsid,
			.object = pUnk,
			.context = dwClsContext,
			.flags = kind,
			.suspended = flags & REGCLS_SUSPENDED,
		};
		/* As published: a local server's object for many serves its own process, too. */
		if (kind == REGCLS_MULTIPLEUSE && (dwClsContext & CLSCTX_LOCAL_SERVER))
			slot->context |= CLSCTX_INPROC_SERVER;
		*lpdwRegister = slot->cookie;
	}
	pthread_mutex_unlock(&lock);
	if (!slot)
		pUnk->lpVtbl->Release(pUnk);
	while (slot && offer_next())
		;
	return slot ? S_OK : E_OUTOFMEMORY;
}

HRESULT CoRevokeClassObject(DWORD dwRegister)
{
	IUnknown *object = NULL;
	bool found = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; dwRegister && i < object_count && !found; i++) {
		if (objects[i].cookie != dwRegister)
			continue;
		found = true;
		object = objects[i].object;
		objects[i] = (struct registered){ .offer = objects[i].offer };
	}
	pthread_mutex_unlock(&lock);
	while (withdraw_next())
		;
	if (object)
		object->lpVtbl->Release(object);
	return found ? S_OK : E_INVALIDARG;
}

static void set_suspended(bool suspended)
{
	for (size_t i = 0; i < object_count; i++)
		objects[i].suspended = suspended;
}

HRESULT CoSuspendClassObjects(void)
{
	pthread_mutex_lock(&lock);
	set_suspended(true);
	pthread_mutex_unlock(&lock);
	while (withdraw_next())
		;
	return S_OK;
}

HRESULT CoResumeClassObjects(void)
{
	pthread_mutex_lock(&lock);
	set_suspended(false);
	pthread_mutex_unlock(&lock);
	while (offer_next())
		;
	return S_OK;
}

ULONG CoAddRefServerProcess(void)
{
	return __atomic_add_fetch(&process_refs, 1, __ATOMIC_RELAXED);
}

ULONG CoReleaseServerProcess(void)
{
	ULONG left;

	/* With the lock: an activation gets its class object before the last one leaves, or none.
	 */
	pthread_mutex_lock(&lock);
	left = __atomic_sub_fetch(&process_refs, 1, __ATOMIC_ACQ_REL);
	if (!left)
		set_suspended(true);
	pthread_mutex_unlock(&lock);
	while (!left && withdraw_next())
		;
	return left;
}

HRESULT com_registered_object(REFCLSID clsid, DWORD context, REFIID riid, void **ret)
{
	IUnknown *object = NULL;
	bool last = false;
	HRESULT hr;

	*ret = NULL;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < object_count && !object; i++) {
		struct registered *r = &objects[i];

		if (!r->cookie || !r->object || r->suspended || !(r->context & context) ||
		    !IsEqualGUID(&r->clsid, clsid))
			continue;
		object = r->object;
		last = r->flags == REGCLS_SINGLEUSE;
		if (last)
			r->object = NULL; /* its reference is ours now */
		else
			object->lpVtbl->AddRef(object);
	}
	pthread_mutex_unlock(&lock);
	/* A resolver that begins anew shall not hear of one that is used up. */
	while (last && withdraw_next())
		;
	if (!object)
		return REGDB_E_CLASSNOTREG;
	hr = object->lpVtbl->QueryInterface(object, riid, ret);
	object->lpVtbl->Release(object);
	return hr;
}
