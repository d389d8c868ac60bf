/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Example.Basket: a shopping basket as a component of its own. docs/extend.md explains it.
 *
 *     make && regsvr ./basket.so && cscript basket.vbs
 *
 * An object may be called from any thread: its counters are guarded by a lock.
 */
#include "basket.h" /* idlc makes it of basket.idl */

#include <pthread.h>
#include <stdlib.h>

#define CLSID_TEXT "{B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11}"
/* Of its application: where baskets lie that are wanted out of the caller's process. */
#define APPID_TEXT "{D0946611-FD42-41EB-87AE-B97B629FDE77}"
static const CLSID basket_clsid = {
	0xB2D5F7C4, 0x6E0B, 0x4C1C, { 0x9B, 0x57, 0x6C, 0x4D, 0x3A, 0x0E, 0x6F, 0x11 }
};

/* Objects and locks alive: while there are any, the component stays loaded. */
static LONG alive;

struct basket {
	IBasket face; /* first: a pointer to it is a pointer to the object */
	ISupportErrorInfo support;
	ULONG refs;
	pthread_mutex_t lock; /* guards what follows */
	LONG count;
	int64_t total; /* in ten-thousandths, as CY has it */
};

/* ---- IUnknown ---- */

static ULONG basket_addref(IBasket *This)
{
	return __atomic_add_fetch(&((struct basket *)This)->refs, 1, __ATOMIC_RELAXED);
}

static ULONG basket_release(IBasket *This)
{
	struct basket *self = (struct basket *)This;
	ULONG left = __atomic_sub_fetch(&self->refs, 1, __ATOMIC_ACQ_REL);

	if (left)
		return left;
	pthread_mutex_destroy(&self->lock);
	free(self);
	__atomic_sub_fetch(&alive, 1, __ATOMIC_RELEASE);
	return 0;
}

static HRESULT basket_query(IBasket *This, REFIID riid, void **ret)
{
	struct basket *self = (struct basket *)This;

	if (IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IDispatch) ||
	    IsEqualGUID(riid, &IID_IBasket))
		*ret = &self->face; /* a pointer to an IBasket is one to an IDispatch, too */
	else if (IsEqualGUID(riid, &IID_ISupportErrorInfo))
		*ret = &self->support;
	else
		*ret = NULL;
	if (!*ret)
		return E_NOINTERFACE;
	basket_addref(This);
	return S_OK;
}

/* ---- errors with words: they become Err.Description of scripts ---- */

static HRESULT basket_fail(HRESULT hr, const OLECHAR *text)
{
	ICreateErrorInfo *create;
	IErrorInfo *info;

	if (FAILED(CreateErrorInfo(&create)))
		return hr;
	create->lpVtbl->SetSource(create, (LPOLESTR)u"Example.Basket");
	create->lpVtbl->SetDescription(create, (LPOLESTR)text);
	if (SUCCEEDED(create->lpVtbl->QueryInterface(create, &IID_IErrorInfo, (void **)&info))) {
		SetErrorInfo(0, info);
		info->lpVtbl->Release(info);
	}
	create->lpVtbl->Release(create);
	return hr;
}

static struct basket *basket_of_support(ISupportErrorInfo *This)
{
	return (struct basket *)(void *)((char *)This - offsetof(struct basket, support));
}

static HRESULT support_query(ISupportErrorInfo *This, REFIID riid, void **ret)
{
	return basket_query(&basket_of_support(This)->face, riid, ret);
}

static ULONG support_addref(ISupportErrorInfo *This)
{
	return basket_addref(&basket_of_support(This)->face);
}

static ULONG support_release(ISupportErrorInfo *This)
{
	return basket_release(&basket_of_support(This)->face);
}

static HRESULT support_for(ISupportErrorInfo *This, REFIID riid)
{
	(void)This;
	return IsEqualGUID(riid, &IID_IDispatch) || IsEqualGUID(riid, &IID_IBasket) ? S_OK
										    : S_FALSE;
}

static const ISupportErrorInfoVtbl support_vtbl = { support_query, support_addref, support_release,
						    support_for };

/* ---- IBasket ---- */

static HRESULT basket_add(IBasket *This, CY price, LONG count)
{
	struct basket *self = (struct basket *)This;
	HRESULT hr = S_OK;
	LONG things;
	int64_t sum;

	if (count < 1)
		return basket_fail(E_INVALIDARG, u"A basket takes one thing or more.");
	pthread_mutex_lock(&self->lock);
	if (__builtin_add_overflow(self->count, count, &things) ||
	    __builtin_mul_overflow(price.int64, count, &sum) ||
	    __builtin_add_overflow(self->total, sum, &sum)) {
		hr = DISP_E_OVERFLOW;
	} else {
		self->count = things;
		self->total = sum;
	}
	pthread_mutex_unlock(&self->lock);
	return hr;
}

static HRESULT basket_count(IBasket *This, LONG *ret)
{
	struct basket *self = (struct basket *)This;

	pthread_mutex_lock(&self->lock);
	*ret = self->count;
	pthread_mutex_unlock(&self->lock);
	return S_OK;
}

static HRESULT basket_total(IBasket *This, CY *ret)
{
	struct basket *self = (struct basket *)This;

	pthread_mutex_lock(&self->lock);
	ret->int64 = self->total;
	pthread_mutex_unlock(&self->lock);
	return S_OK;
}

/* ---- IDispatch: the same members by name, as basket.idl has them ---- */

SURROGATE_DISPATCH(basket, IBasket)

static const IBasketVtbl basket_vtbl = {
	.QueryInterface = basket_query,
	.AddRef = basket_addref,
	.Release = basket_release,
	.GetTypeInfoCount = basket_GetTypeInfoCount,
	.GetTypeInfo = basket_GetTypeInfo,
	.GetIDsOfNames = basket_GetIDsOfNames,
	.Invoke = basket_Invoke,
	.Add = basket_add,
	.get_Count = basket_count,
	.get_Total = basket_total,
};

/* ---- the class object ---- */

static HRESULT factory_query(IClassFactory *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IClassFactory) ? This
											 : NULL;
	return *ret ? S_OK : E_NOINTERFACE;
}

/* There is one, and it is always there. */
static ULONG factory_count(IClassFactory *This)
{
	(void)This;
	return 1;
}

static HRESULT factory_create(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	struct basket *self;
	HRESULT hr;

	(void)This;
	*ret = NULL;
	if (outer)
		return CLASS_E_NOAGGREGATION;
	self = calloc(1, sizeof(*self));
	if (!self)
		return E_OUTOFMEMORY;
	self->face.lpVtbl = &basket_vtbl;
	self->support.lpVtbl = &support_vtbl;
	self->refs = 1;
	pthread_mutex_init(&self->lock, NULL);
	__atomic_add_fetch(&alive, 1, __ATOMIC_RELAXED);
	hr = basket_query(&self->face, riid, ret);
	basket_release(&self->face);
	return hr;
}

static HRESULT factory_lock(IClassFactory *This, BOOL lock)
{
	(void)This;
	__atomic_add_fetch(&alive, lock ? 1 : -1, __ATOMIC_RELAXED);
	return S_OK;
}

static const IClassFactoryVtbl factory_vtbl = { factory_query, factory_count, factory_count,
						factory_create, factory_lock };
static IClassFactory factory = { &factory_vtbl };

/* ---- what a component exports ---- */

HRESULT DllGetClassObject(REFCLSID rclsid, REFIID riid, void **ret)
{
	*ret = NULL;
	if (!IsEqualGUID(rclsid, &basket_clsid))
		return CLASS_E_CLASSNOTAVAILABLE;
	return factory_query(&factory, riid, ret);
}

HRESULT DllCanUnloadNow(void)
{
	return __atomic_load_n(&alive, __ATOMIC_ACQUIRE) ? S_FALSE : S_OK;
}

static const SURROGATE_CLASS classes[] = {
	{ CLSID_TEXT, "Example.Basket.1", "Example.Basket", "A shopping basket", "Both",
	  APPID_TEXT },
};

HRESULT DllRegisterServer(void)
{
	return SurrogateRegisterClasses(classes, 1);
}

HRESULT DllUnregisterServer(void)
{
	return SurrogateUnregisterClasses(classes, 1);
}
