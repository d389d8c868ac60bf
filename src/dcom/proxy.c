/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proxies: objects of other machines as COM objects of this process ([MS-DCOM] 3.2.4.1.2
 * to 3.2.4.4). One proxied object for each OID has the identity and the count of references, and
 * for each of its interfaces an IPID and a vtable. Its last release queues what is to be released
 * at the other end, so that no Release waits for a network. Any thread.
 */
#include "dcom/proxy-internal.h"

#include "base/mem.h"
#include "ndr/call.h"

#include <errno.h>

/* Ours alone: it never travels. */
const IID proxied_iid = {
	0x6d1f9a5e, 0x0b5c, 0x4f0e, { 0x9d, 0x3c, 0x5a, 0x8e, 0x21, 0x77, 0xc4, 0x02 }
};

static struct proxy *proxy_of(struct ndr_face *face)
{
	return container_of(face, struct proxy, face);
}

ULONG proxied_addref(struct proxied *o)
{
	return __atomic_add_fetch(&o->refs, 1, __ATOMIC_RELAXED);
}

/* ---- faces ---- */

static HRESULT proxy_query(struct ndr_face *face, REFIID riid, void **ret)
{
	return proxied_query(proxy_of(face)->object, riid, ret);
}

static ULONG proxy_add(struct ndr_face *face)
{
	return proxied_addref(proxy_of(face)->object);
}

static ULONG proxy_release(struct ndr_face *face)
{
	return proxied_release(proxy_of(face)->object);
}

HRESULT proxied_call(struct proxied *o, struct remote_blanket *const *blanket, const GUID *ipid,
		     const struct ndr_interface *table, const struct ndr_method *method,
		     void *frame)
{
	struct remote_blanket *b = NULL;

	if (!__atomic_load_n(blanket, __ATOMIC_ACQUIRE))
		return remote_call(o->remote, ipid, table, method, frame);
	/* Another may be set while the call runs. */
	pthread_mutex_lock(&o->remote->lock);
	b = remote_blanket_ref(*blanket);
	pthread_mutex_unlock(&o->remote->lock);
	HRESULT hr = remote_call_as(o->remote, b, ipid, table, method, frame);

	remote_blanket_unref(b);
	return hr;
}

static HRESULT proxy_call(struct ndr_face *face, const struct ndr_method *method, void *frame)
{
	struct proxy *p = proxy_of(face);

	return proxied_call(p->object, &p->blanket, &p->ipid, face->interface, method, frame);
}

static const struct ndr_face_methods proxy_methods = { proxy_query, proxy_add, proxy_release,
						       proxy_call };

/* The identity itself is the interface IUnknown. */
static HRESULT identity_query(IUnknown *This, REFIID riid, void **ret)
{
	return proxied_query(container_of(This, struct proxied, identity), riid, ret);
}

static ULONG identity_addref(IUnknown *This)
{
	return proxied_addref(container_of(This, struct proxied, identity));
}

static ULONG identity_release(IUnknown *This)
{
	return proxied_release(container_of(This, struct proxied, identity));
}

static const IUnknownVtbl identity_vtbl = { identity_query, identity_addref, identity_release };

/* ---- lives ---- */

static struct text oid_key(const uint64_t *oid)
{
	return (struct text){ (const char *)oid, sizeof *oid };
}

ULONG proxied_release(struct proxied *o)
{
	struct remote *remote = o->remote;
	struct remotes *remotes = remote->remotes;

	pthread_mutex_lock(&remote->lock);
	ULONG left = __atomic_sub_fetch(&o->refs, 1, __ATOMIC_ACQ_REL);

	if (left == 0)
		map_remove(remote->objects, oid_key(&o->oid));
	pthread_mutex_unlock(&remote->lock);
	if (left)
		return left;
	while (o->proxies) {
		struct proxy *p = o->proxies;

		o->proxies = p->next;
		remotes_release(remotes, remote, &p->ipid, p->public_refs);
		remote_blanket_unref(p->blanket);
		mem_free(p);
	}
	remote_blanket_unref(o->blanket);
	if (o->pinged)
		ping_remove(remotes, remote, o->oid);
	mem_free(o);
	remote_unref(remote);
	return 0;
}

static struct proxy *find_proxy(struct proxied *o, REFIID iid)
{
	struct proxy *p = o->proxies;

	while (p && !IsEqualGUID(&p->face.interface->uuid, iid))
		p = p->next;
	return p;
}

/* The object of an OID, counted; under the remote's lock. */
static struct proxied *find_object(struct remote *remote, const struct objref_std *std)
{
	struct proxied *o = map_get(remote->objects, oid_key(&std->oid));

	if (o) {
		proxied_addref(o);
		return o;
	}
	o = mem_new(struct proxied);
	if (o && map_put(remote->objects, oid_key(&std->oid), o, NULL) < 0)
		o = mem_free(o);
	if (!o)
		return NULL;
	o->identity.lpVtbl = &identity_vtbl;
	proxied_init_local(o);
	o->refs = 1;
	o->remote = remote_ref(remote);
	o->oid = std->oid;
	o->pinged = !(std->flags & OBJREF_NOPING);
	if (o->pinged)
		ping_add(remote->remotes, remote, o->oid);
	return o;
}

static IUnknown *face_of(struct proxied *o, struct proxy *p)
{
	return p->face.interface == &ndr_interface_IUnknown ? &o->identity
							    : (IUnknown *)(void *)&p->face;
}

/* One more reference to an interface of the object, which may be its first. */
static struct proxy *enter(struct proxied *o, const struct ndr_interface *table,
			   const struct objref_std *std)
{
	struct proxy *p = find_proxy(o, &table->uuid);

	if (p && IsEqualGUID(&p->ipid, &std->ipid)) {
		p->public_refs += std->public_refs;
		return p;
	}
	p = mem_new(struct proxy);
	if (!p)
		return NULL;
	*p = (struct proxy){
		.object = o, .ipid = std->ipid, .public_refs = std->public_refs, .next = o->proxies
	};
	if (FAILED(ndr_face_init(&p->face, table, &proxy_methods)))
		return mem_free(p);
	o->proxies = p;
	return p;
}

/* Asks for references to an IPID (3.2.4.4.1). */
static HRESULT add_refs(struct remote *remote, const GUID *ipid, uint32_t count)
{
	REMINTERFACEREF ref = { *ipid, count, 0 };
	HRESULT result = E_FAIL;
	struct IRemUnknown_RemAddRef f = { .cInterfaceRefs = 1,
					   .InterfaceRefs = &ref,
					   .pResults = &result };
	HRESULT hr = remote_call(remote, &remote->rem_unknown, &ndr_interface_IRemUnknown,
				 ndr_method_at(&ndr_interface_IRemUnknown, 4), &f);

	if (SUCCEEDED(hr))
		hr = f.ReturnValue;
	return SUCCEEDED(hr) ? result : hr;
}

HRESULT proxy_new(struct remote *remote, const struct objref_std *std, REFIID iid, IUnknown **ret)
{
	const struct ndr_interface *table = dcom_find_interface(remote->remotes->dcom, iid);
	struct objref_std mine = *std;
	HRESULT hr = S_OK;

	if (!table)
		hr = E_NOINTERFACE;
	if (SUCCEEDED(hr) && !mine.public_refs) {
		mine.public_refs = EXPORTER_FIRST_REFS;
		hr = add_refs(remote, &mine.ipid, mine.public_refs);
	}
	if (SUCCEEDED(hr)) {
		pthread_mutex_lock(&remote->lock);
		struct proxied *o = find_object(remote, &mine);
		struct proxy *p = o ? enter(o, table, &mine) : NULL;

		pthread_mutex_unlock(&remote->lock);
		if (p) {
			*ret = face_of(o, p);
			return S_OK;
		}
		if (o)
			proxied_release(o);
		hr = E_OUTOFMEMORY;
	}
	if (mine.public_refs)
		remotes_release(remote->remotes, remote, &mine.ipid, mine.public_refs);
	return hr;
}

/* ---- more interfaces (3.2.4.4.3) ---- */

/* What RemQueryInterface said of one of them. */
static HRESULT take_result(struct remote *remote, const REMQIRESULT *result, REFIID iid,
			   IUnknown **ret)
{
	struct objref_std std = { result->std.flags, result->std.cPublicRefs, result->std.oxid,
				  result->std.oid, result->std.ipid };

	return SUCCEEDED(result->hResult) ? proxy_new(remote, &std, iid, ret) : result->hResult;
}

HRESULT proxied_query_remote(struct proxied *o, const IID *iids, uint16_t count, HRESULT *hrs,
			     IUnknown **ret)
{
	struct remote *remote = o->remote;
	REMQIRESULT *results = NULL;

	pthread_mutex_lock(&remote->lock);
	GUID ipid = o->proxies ? o->proxies->ipid : GUID_NULL;

	pthread_mutex_unlock(&remote->lock);
	struct IRemUnknown_RemQueryInterface f = { .ripid = &ipid,
						   .cRefs = EXPORTER_FIRST_REFS,
						   .cIids = count,
						   .iids = (IID *)iids,
						   .ppQIResults = &results };
	HRESULT hr = proxied_call(o, &o->blanket, &remote->rem_unknown, &ndr_interface_IRemUnknown,
				  ndr_method_at(&ndr_interface_IRemUnknown, 3), &f);

	if (SUCCEEDED(hr))
		hr = f.ReturnValue;
	if (SUCCEEDED(hr) && !results)
		hr = E_UNEXPECTED;
	for (uint16_t i = 0; i < count; i++)
		hrs[i] = SUCCEEDED(hr) ? take_result(remote, &results[i], &iids[i], &ret[i]) : hr;
	mem_free(results);
	return hr;
}

static HRESULT query_remote(struct proxied *o, REFIID riid, void **ret)
{
	HRESULT result = E_FAIL;
	HRESULT hr = proxied_query_remote(o, riid, 1, &result, (IUnknown **)ret);

	return FAILED(hr) ? hr : result;
}

HRESULT proxied_query(struct proxied *o, REFIID riid, void **ret)
{
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	if (IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &proxied_iid)) {
		proxied_addref(o);
		*ret = &o->identity;
		return S_OK;
	}
	if (IsEqualGUID(riid, &IID_IClientSecurity) || IsEqualGUID(riid, &IID_IMultiQI)) {
		proxied_addref(o);
		*ret = IsEqualGUID(riid, &IID_IMultiQI) ? (void *)&o->multi : (void *)&o->security;
		return S_OK;
	}
	if (!dcom_find_interface(o->remote->remotes->dcom, riid))
		return E_NOINTERFACE;
	pthread_mutex_lock(&o->remote->lock);
	struct proxy *p = find_proxy(o, riid);

	pthread_mutex_unlock(&o->remote->lock);
	if (!p)
		return query_remote(o, riid, ret);
	proxied_addref(o);
	*ret = &p->face;
	return S_OK;
}

/* ---- references to and from others ---- */

HRESULT remotes_unmarshal(struct remotes *remotes, const struct objref *ref, REFIID iid,
			  IUnknown **ret)
{
	struct remote *remote = NULL;
	HRESULT hr = remote_find(remotes, ref->std.oxid, &ref->resolver, NULL, 0, NULL, &remote);

	if (FAILED(hr))
		return hr;
	if (IsEqualGUID(&ref->iid, iid)) {
		hr = proxy_new(remote, &ref->std, iid, ret);
	} else {
		/* Another interface than was asked for: the object may have this one, too. */
		IUnknown *other = NULL;

		hr = proxy_new(remote, &ref->std, &ref->iid, &other);
		if (SUCCEEDED(hr)) {
			hr = other->lpVtbl->QueryInterface(other, iid, (void **)ret);
			other->lpVtbl->Release(other);
		}
	}
	remote_unref(remote);
	return hr;
}

static bool has_proxy(struct proxied *o, REFIID iid)
{
	pthread_mutex_lock(&o->remote->lock);
	bool has = find_proxy(o, iid) != NULL;

	pthread_mutex_unlock(&o->remote->lock);
	return has;
}

/* A reference for a table: who reads it asks for references of his own. */
static HRESULT table_ref(struct proxied *o, struct proxy *p, DWORD flags, struct objref_std *std)
{
	std->public_refs = 0;
	if (flags & MSHLFLAGS_TABLEWEAK) {
		std->flags |= OBJREF_WEAK;
		return S_OK;
	}
	pthread_mutex_lock(&o->remote->lock);
	p->strong++;
	proxied_addref(o);
	pthread_mutex_unlock(&o->remote->lock);
	return S_OK;
}

/* A reference for somebody else: one of ours, or, when that is the last, one more (3.2.4.3). */
static HRESULT spare_ref(struct proxied *o, struct proxy *p)
{
	pthread_mutex_lock(&o->remote->lock);
	bool spare = p->public_refs > 1;

	if (spare)
		p->public_refs--;
	pthread_mutex_unlock(&o->remote->lock);
	return spare ? S_OK : add_refs(o->remote, &p->ipid, 1);
}

static HRESULT fill_ref(struct proxied *o, struct proxy *p, DWORD flags, struct objref *ret)
{
	ret->kind = OBJREF_STANDARD;
	ret->iid = p->face.interface->uuid;
	ret->std = (struct objref_std){ o->pinged ? 0 : OBJREF_NOPING, 1, o->remote->oxid, o->oid,
					p->ipid };
	ret->clsid = GUID_NULL;
	ret->resolver = o->remote->resolver;
	ret->data = (struct text){ 0 };
	return flags & (MSHLFLAGS_TABLESTRONG | MSHLFLAGS_TABLEWEAK)
		       ? table_ref(o, p, flags, &ret->std)
		       : spare_ref(o, p);
}

HRESULT remotes_marshal(struct remotes *remotes, IUnknown *object, REFIID iid, DWORD flags,
			struct objref *ret)
{
	IUnknown *identity = NULL, *face = NULL;

	if (FAILED(object->lpVtbl->QueryInterface(object, &proxied_iid, (void **)&identity)))
		return E_NOINTERFACE;
	struct proxied *o = container_of(identity, struct proxied, identity);
	/* The identity needs no IPID of its own until it is given away. */
	bool plain = IsEqualGUID(iid, &IID_IUnknown) && !has_proxy(o, iid);
	HRESULT hr = plain ? query_remote(o, iid, (void **)&face)
			   : identity->lpVtbl->QueryInterface(identity, iid, (void **)&face);

	/* It is a proxy, so E_NOINTERFACE would be taken for something else. */
	if (SUCCEEDED(hr)) {
		pthread_mutex_lock(&o->remote->lock);
		struct proxy *p = find_proxy(o, iid);

		pthread_mutex_unlock(&o->remote->lock);
		hr = p ? fill_ref(o, p, flags, ret) : E_UNEXPECTED;
		face->lpVtbl->Release(face);
	} else if (hr == E_NOINTERFACE) {
		hr = E_INVALIDARG;
	}
	identity->lpVtbl->Release(identity);
	return hr;
}

/* Gives up a strong reference for a table. */
static HRESULT drop_strong(struct remote *remote, const struct objref_std *std)
{
	pthread_mutex_lock(&remote->lock);
	struct proxied *o = map_get(remote->objects, oid_key(&std->oid));
	struct proxy *p = o ? o->proxies : NULL;

	while (p && !(p->strong && IsEqualGUID(&p->ipid, &std->ipid)))
		p = p->next;
	if (p)
		p->strong--;
	pthread_mutex_unlock(&remote->lock);
	if (!p)
		return CO_E_OBJNOTCONNECTED;
	proxied_release(o);
	return S_OK;
}

HRESULT remotes_forget(struct remotes *remotes, const struct objref *ref)
{
	struct remote *remote = NULL;
	HRESULT hr = remote_find(remotes, ref->std.oxid, &ref->resolver, NULL, 0, NULL, &remote);

	if (FAILED(hr))
		return hr;
	if (ref->std.public_refs)
		remotes_release(remotes, remote, &ref->std.ipid, ref->std.public_refs);
	else if (!(ref->std.flags & OBJREF_WEAK))
		hr = drop_strong(remote, &ref->std);
	remote_unref(remote);
	return hr;
}

/* ---- releases ---- */

void remotes_release(struct remotes *remotes, struct remote *remote, const GUID *ipid,
		     uint32_t public_refs)
{
	struct release *item = mem_new(struct release);

	/* Without memory the pings end all the same, and the other side collects. */
	if (!item)
		return;
	item->remote = remote_ref(remote);
	item->ref = (REMINTERFACEREF){ *ipid, public_refs, 0 };
	pthread_mutex_lock(&remotes->lock);
	STAILQ_INSERT_TAIL(&remotes->releases, item, next);
	pthread_mutex_unlock(&remotes->lock);
	dcom_wake(remotes->dcom);
}

/* The next ones of the queue that go to one exporter. */
static struct remote *take_batch(struct remotes *remotes, REMINTERFACEREF *refs, uint16_t max,
				 uint16_t *ret_count)
{
	struct remote *remote = NULL;
	struct release *item;
	uint16_t count = 0;

	pthread_mutex_lock(&remotes->lock);
	while (count < max && (item = STAILQ_FIRST(&remotes->releases)) &&
	       (!remote || item->remote == remote)) {
		STAILQ_REMOVE_HEAD(&remotes->releases, next);
		refs[count++] = item->ref;
		if (remote)
			__atomic_sub_fetch(&item->remote->refs, 1, __ATOMIC_RELAXED);
		remote = item->remote;
		mem_free(item);
	}
	pthread_mutex_unlock(&remotes->lock);
	*ret_count = count;
	return remote;
}

void remotes_flush(struct remotes *remotes)
{
	REMINTERFACEREF refs[256];
	struct IRemUnknown_RemRelease f = { .InterfaceRefs = refs };
	struct remote *remote;

	while ((remote = take_batch(remotes, refs, ARRAY_LEN(refs), &f.cInterfaceRefs))) {
		/* What fails here is collected over there. */
		(void)remote_call(remote, &remote->rem_unknown, &ndr_interface_IRemUnknown,
				  ndr_method_at(&ndr_interface_IRemUnknown, 5), &f);
		remote_unref(remote);
	}
}

/* ---- the whole ---- */

int remotes_new(struct dcom *dcom, struct remotes **ret)
{
	struct remotes *remotes = mem_new(struct remotes);

	if (!remotes)
		return -ENOMEM;
	remotes->dcom = dcom;
	pthread_mutex_init(&remotes->lock, NULL);
	STAILQ_INIT(&remotes->releases);
	remotes->by_oxid = map_new(REMOTES_MAX, 0);
	remotes->pingers = map_new(REMOTES_MAX, 0);
	if (!remotes->by_oxid || !remotes->pingers) {
		remotes_free(remotes);
		return -ENOMEM;
	}
	*ret = remotes;
	return 0;
}

struct remotes *remotes_free(struct remotes *remotes)
{
	if (!remotes)
		return NULL;
	remotes_flush(remotes);
	map_free(remotes->by_oxid, NULL);
	ping_free(remotes->pingers);
	pthread_mutex_destroy(&remotes->lock);
	return mem_free(remotes);
}

void remotes_tick(struct remotes *remotes, bool ping)
{
	remotes_flush(remotes);
	if (ping)
		ping_tick(remotes);
}
