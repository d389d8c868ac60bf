/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class objects that a program registers for itself: CoRegisterClassObject and what belongs to it
 * (surrogate/objbase.h). They are found by activations in this process. Slots of a table, guarded
 * by one mutex; nothing is called or released under it. Any thread.
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
		if (!objects[i].cookie)
			return &objects[i];
	if (object_count == OBJECTS_MAX)
		return NULL;
	more = mem_realloc(objects, object_count + 1, sizeof(*objects));
	if (!more)
		return NULL;
	objects = more;
	return &objects[object_count++];
}

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
		objects[i] = (struct registered){ 0 };
	}
	pthread_mutex_unlock(&lock);
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
	return S_OK;
}

HRESULT CoResumeClassObjects(void)
{
	pthread_mutex_lock(&lock);
	set_suspended(false);
	pthread_mutex_unlock(&lock);
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
	return left;
}

HRESULT com_registered_object(REFCLSID clsid, DWORD context, REFIID riid, void **ret)
{
	IUnknown *object = NULL;
	HRESULT hr;

	*ret = NULL;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < object_count && !object; i++) {
		struct registered *r = &objects[i];

		if (!r->cookie || !r->object || r->suspended || !(r->context & context) ||
		    !IsEqualGUID(&r->clsid, clsid))
			continue;
		object = r->object;
		if (r->flags == REGCLS_SINGLEUSE)
			r->object = NULL; /* its reference is ours now */
		else
			object->lpVtbl->AddRef(object);
	}
	pthread_mutex_unlock(&lock);
	if (!object)
		return REGDB_E_CLASSNOTREG;
	hr = object->lpVtbl->QueryInterface(object, riid, ret);
	object->lpVtbl->Release(object);
	return hr;
}
