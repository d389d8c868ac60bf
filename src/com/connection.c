/* SPDX-License-Identifier: Apache-2.0 */
/* See connection.h. Any thread. */
#include "com/connection.h"

#include "base/mem.h"
#include "com/unknown.h"

struct connection {
	IDispatch *sink; /* counted */
	DWORD cookie;
	struct connection *next;
};

/* ---- the faces: counted with their object ---- */

static HRESULT owner_query(struct connection_point *p, REFIID riid, void **ret)
{
	IDispatch *owner = automation_dispatch(p->owner);

	return owner->lpVtbl->QueryInterface(owner, riid, ret);
}

static ULONG owner_addref(struct connection_point *p)
{
	IDispatch *owner = automation_dispatch(p->owner);

	return owner->lpVtbl->AddRef(owner);
}

static ULONG owner_release(struct connection_point *p)
{
	IDispatch *owner = automation_dispatch(p->owner);

	return owner->lpVtbl->Release(owner);
}

COM_FACE(container, IConnectionPointContainer, owner, struct connection_point, container)
COM_FACE(point, IConnectionPoint, owner, struct connection_point, point)

/* ---- the connection point ---- */

static HRESULT point_interface(IConnectionPoint *This, IID *ret)
{
	(void)This;
	if (!ret)
		return E_POINTER;
	*ret = IID_IDispatch;
	return S_OK;
}

static HRESULT point_container(IConnectionPoint *This, IConnectionPointContainer **ret)
{
	if (!ret)
		return E_POINTER;
	*ret = &point_self(This)->container;
	owner_addref(point_self(This));
	return S_OK;
}

static HRESULT point_advise(IConnectionPoint *This, IUnknown *unknown, DWORD *ret)
{
	struct connection_point *p = point_self(This);
	struct connection *c;
	IDispatch *sink;

	if (!unknown || !ret)
		return E_POINTER;
	if (FAILED(unknown->lpVtbl->QueryInterface(unknown, &IID_IDispatch, (void **)&sink)))
		return CONNECT_E_CANNOTCONNECT;
	c = mem_new(struct connection);
	if (!c) {
		sink->lpVtbl->Release(sink);
		return E_OUTOFMEMORY;
	}
	pthread_mutex_lock(&p->lock);
	bool full = p->count == CONNECTIONS_MAX;

	if (!full) {
		struct connection **at = &p->first;

		while (*at)
			at = &(*at)->next;
		*c = (struct connection){ sink, ++p->last_cookie, NULL };
		*at = c;
		p->count++;
		*ret = c->cookie;
	}
	pthread_mutex_unlock(&p->lock);
	if (full) {
		sink->lpVtbl->Release(sink);
		mem_free(c);
	}
	return full ? CONNECT_E_ADVISELIMIT : S_OK;
}

static HRESULT point_unadvise(IConnectionPoint *This, DWORD cookie)
{
	struct connection_point *p = point_self(This);
	struct connection **at = &p->first, *c;

	pthread_mutex_lock(&p->lock);
	while (*at && (*at)->cookie != cookie)
		at = &(*at)->next;
	c = *at;
	if (c) {
		*at = c->next;
		p->count--;
	}
	pthread_mutex_unlock(&p->lock);
	if (!c)
		return CONNECT_E_NOCONNECTION;
	c->sink->lpVtbl->Release(c->sink);
	mem_free(c);
	return S_OK;
}

/* Optional, by the interface's documentation; listeners know their cookies. */
static HRESULT point_enum(IConnectionPoint *This, IEnumConnections **ret)
{
	(void)This;
	(void)ret;
	return E_NOTIMPL;
}

static const IConnectionPointVtbl point_vtbl = {
	.QueryInterface = point_query,
	.AddRef = point_addref,
	.Release = point_release,
	.GetConnectionInterface = point_interface,
	.GetConnectionPointContainer = point_container,
	.Advise = point_advise,
	.Unadvise = point_unadvise,
	.EnumConnections = point_enum,
};

/* ---- the list of the one connection point ---- */

struct points {
	IEnumConnectionPoints face;
	uint32_t refs;
	bool passed;
	struct connection_point *point; /* counted */
};

COM_OBJECT(points, IEnumConnectionPoints)

static HRESULT points_new(struct connection_point *point, bool passed, IEnumConnectionPoints **ret);

static void points_free(struct points *self)
{
	owner_release(self->point);
	mem_free(self);
}

static HRESULT points_next(IEnumConnectionPoints *This, ULONG count, IConnectionPoint **ret,
			   ULONG *ret_count)
{
	struct points *self = points_self(This);
	ULONG n = count && !self->passed;

	if (n) {
		*ret = &self->point->point;
		owner_addref(self->point);
		self->passed = true;
	}
	if (ret_count)
		*ret_count = n;
	return n == count ? S_OK : S_FALSE;
}

static HRESULT points_skip(IEnumConnectionPoints *This, ULONG count)
{
	struct points *self = points_self(This);
	ULONG n = count && !self->passed;

	self->passed |= n != 0;
	return n == count ? S_OK : S_FALSE;
}

static HRESULT points_reset(IEnumConnectionPoints *This)
{
	points_self(This)->passed = false;
	return S_OK;
}

static HRESULT points_clone(IEnumConnectionPoints *This, IEnumConnectionPoints **ret)
{
	return points_new(points_self(This)->point, points_self(This)->passed, ret);
}

static const IEnumConnectionPointsVtbl points_vtbl = {
	.QueryInterface = points_query,
	.AddRef = points_addref,
	.Release = points_release,
	.Next = points_next,
	.Skip = points_skip,
	.Reset = points_reset,
	.Clone = points_clone,
};

static HRESULT points_new(struct connection_point *point, bool passed, IEnumConnectionPoints **ret)
{
	struct points *self = mem_new(struct points);

	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct points){ { &points_vtbl }, 1, passed, point };
	owner_addref(point);
	*ret = &self->face;
	return S_OK;
}

/* ---- the container ---- */

static HRESULT container_enum(IConnectionPointContainer *This, IEnumConnectionPoints **ret)
{
	return ret ? points_new(container_self(This), false, ret) : E_POINTER;
}

static HRESULT container_find(IConnectionPointContainer *This, REFIID riid, IConnectionPoint **ret)
{
	if (!ret)
		return E_POINTER;
	if (!IsEqualGUID(riid, &IID_IDispatch)) {
		*ret = NULL;
		return CONNECT_E_NOCONNECTION;
	}
	*ret = &container_self(This)->point;
	owner_addref(container_self(This));
	return S_OK;
}

static const IConnectionPointContainerVtbl container_vtbl = {
	.QueryInterface = container_query,
	.AddRef = container_addref,
	.Release = container_release,
	.EnumConnectionPoints = container_enum,
	.FindConnectionPoint = container_find,
};

void connection_init(struct connection_point *p, struct automation_object *owner)
{
	*p = (struct connection_point){ .container = { &container_vtbl },
					.point = { &point_vtbl },
					.owner = owner };
	pthread_mutex_init(&p->lock, NULL);
}

void connection_done(struct connection_point *p)
{
	while (p->first) {
		struct connection *c = p->first;

		p->first = c->next;
		c->sink->lpVtbl->Release(c->sink);
		mem_free(c);
	}
	pthread_mutex_destroy(&p->lock);
}

HRESULT connection_query(struct connection_point *p, REFIID riid, void **ret)
{
	if (IsEqualGUID(riid, &IID_IConnectionPointContainer))
		*ret = &p->container;
	else if (IsEqualGUID(riid, &IID_IConnectionPoint))
		*ret = &p->point;
	else
		return E_NOINTERFACE;
	owner_addref(p);
	return S_OK;
}

/* ---- firing ---- */

HRESULT connection_fire(struct connection_point *p, DISPID dispid, VARIANT *argv, UINT argc)
{
	unsigned count = 0;
	IDispatch **sinks;

	pthread_mutex_lock(&p->lock);
	sinks = p->count ? mem_alloc(p->count * sizeof(IDispatch *)) : NULL;
	bool failed = p->count && !sinks;

	for (struct connection *c = p->first; c && sinks; c = c->next) {
		sinks[count++] = c->sink;
		c->sink->lpVtbl->AddRef(c->sink);
	}
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < count; i++) {
		VARIANT result = { 0 };
		EXCEPINFO exception = { 0 };

		automation_invoke(sinks[i], dispid, DISPATCH_METHOD, argv, argc, &result,
				  &exception);
		automation_exception_clear(&exception);
		VariantClear(&result);
		sinks[i]->lpVtbl->Release(sinks[i]);
	}
	mem_free(sinks);
	return failed ? E_OUTOFMEMORY : S_OK;
}

/* ---- listening ---- */

HRESULT connection_advise(IDispatch *object, IDispatch *sink, IConnectionPoint **ret,
			  DWORD *ret_cookie)
{
	IConnectionPointContainer *container;
	IConnectionPoint *point = NULL;
	HRESULT hr = object->lpVtbl->QueryInterface(object, &IID_IConnectionPointContainer,
						    (void **)&container);

	if (FAILED(hr))
		return hr;
	hr = container->lpVtbl->FindConnectionPoint(container, &IID_IDispatch, &point);
	container->lpVtbl->Release(container);
	if (SUCCEEDED(hr))
		hr = point->lpVtbl->Advise(point, (IUnknown *)sink, ret_cookie);
	if (FAILED(hr)) {
		if (point)
			point->lpVtbl->Release(point);
		return hr;
	}
	*ret = point;
	return S_OK;
}

void connection_unadvise(IConnectionPoint *point, DWORD cookie)
{
	point->lpVtbl->Unadvise(point, cookie);
	point->lpVtbl->Release(point);
}
