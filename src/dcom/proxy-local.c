/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a proxy answers itself ([MS-DCOM] 3.2.4.2, 3.2.4.4.3): IClientSecurity, by which each of its
 * interfaces may be called in a manner of its own, copies of an interface for that, and IMultiQI,
 * which asks the object for many interfaces in one call. Any thread.
 */
#include "dcom/proxy-internal.h"

#include "base/mem.h"
#include "com/unknown.h"

COM_FACE(security, IClientSecurity, proxied, struct proxied, security)
COM_FACE(multi, IMultiQI, proxied, struct proxied, multi)

/* ---- copies of an interface: of the object's identity, with a life of their own ---- */

struct proxy_copy {
	struct ndr_face face;
	uint32_t refs;
	struct proxied *object; /* counted */
	GUID ipid;              /* the object's proxy has the references to it */
	struct remote_blanket *blanket;
	struct proxy_copy *next; /* under the remote's lock */
};

static struct proxy_copy *copy_of(struct ndr_face *face)
{
	return container_of(face, struct proxy_copy, face);
}

static HRESULT copy_query(struct ndr_face *face, REFIID riid, void **ret)
{
	return proxied_query(copy_of(face)->object, riid, ret);
}

static ULONG copy_addref(struct ndr_face *face)
{
	return com_refs_add(&copy_of(face)->refs);
}

static ULONG copy_release(struct ndr_face *face)
{
	struct proxy_copy *copy = copy_of(face), **at;
	struct proxied *o = copy->object;
	ULONG left = com_refs_drop(&copy->refs);

	if (left)
		return left;
	pthread_mutex_lock(&o->remote->lock);
	for (at = &o->copies; *at != copy;)
		at = &(*at)->next;
	*at = copy->next;
	pthread_mutex_unlock(&o->remote->lock);
	remote_blanket_unref(copy->blanket);
	mem_free(copy);
	proxied_release(o);
	return 0;
}

static HRESULT copy_call(struct ndr_face *face, const struct ndr_method *method, void *frame)
{
	struct proxy_copy *copy = copy_of(face);

	return proxied_call(copy->object, &copy->blanket, &copy->ipid, face->interface, method,
			    frame);
}

static const struct ndr_face_methods copy_methods = { copy_query, copy_addref, copy_release,
						      copy_call };

/* ---- which interface is meant ---- */

/* One that a caller has in his hands. */
struct place {
	struct remote_blanket **blanket;
	const struct ndr_interface *table; /* NULL: IUnknown, the object itself */
	GUID ipid;
};

/* Under the remote's lock. Pointers are compared and not followed: any may come. */
static bool find_place(struct proxied *o, const IUnknown *proxy, struct place *ret)
{
	const void *wanted = proxy;

	if (wanted == &o->identity) {
		*ret = (struct place){ &o->blanket, NULL, GUID_NULL };
		return true;
	}
	for (struct proxy *p = o->proxies; p; p = p->next)
		if (wanted == &p->face) {
			*ret = (struct place){ &p->blanket, p->face.interface, p->ipid };
			return true;
		}
	for (struct proxy_copy *c = o->copies; c; c = c->next)
		if (wanted == &c->face) {
			*ret = (struct place){ &c->blanket, c->face.interface, c->ipid };
			return true;
		}
	return false;
}

/* With the blanket that it has, counted. */
static bool take_place(struct proxied *o, const IUnknown *proxy, struct place *ret,
		       struct remote_blanket **ret_blanket)
{
	pthread_mutex_lock(&o->remote->lock);
	bool found = find_place(o, proxy, ret);

	*ret_blanket = found ? remote_blanket_ref(*ret->blanket) : NULL;
	pthread_mutex_unlock(&o->remote->lock);
	return found;
}

/* ---- IClientSecurity ---- */

static void give(DWORD *to, DWORD value)
{
	if (to)
		*to = value;
}

static HRESULT security_blanket(IClientSecurity *This, IUnknown *proxy, DWORD *ret_service,
				DWORD *ret_authorization, OLECHAR **ret_principal, DWORD *ret_level,
				DWORD *ret_impersonation, void **ret_auth_info,
				DWORD *ret_capabilities)
{
	struct proxied *o = security_self(This);
	struct remote_blanket_words words = { .service = 0 };
	struct remote_blanket *blanket = NULL;
	struct place place;

	if (!take_place(o, proxy, &place, &blanket))
		return E_INVALIDARG;
	HRESULT hr = remote_blanket_query(o->remote, blanket, &words);

	remote_blanket_unref(blanket);
	if (FAILED(hr))
		return hr;
	give(ret_service, words.service);
	give(ret_authorization, words.authorization);
	give(ret_level, words.level);
	give(ret_impersonation, words.impersonation);
	give(ret_capabilities, words.capabilities);
	if (ret_auth_info)
		*ret_auth_info = words.auth_info;
	if (ret_principal)
		*ret_principal = words.principal;
	else
		CoTaskMemFree(words.principal);
	return S_OK;
}

static HRESULT security_set(IClientSecurity *This, IUnknown *proxy, DWORD service,
			    DWORD authorization, OLECHAR *principal, DWORD level,
			    DWORD impersonation, void *auth_info, DWORD capabilities)
{
	const struct remote_blanket_words words = { service,     authorization, principal,
						    level,       impersonation, auth_info,
						    capabilities };
	struct proxied *o = security_self(This);
	struct remote_blanket *made = NULL, *before = NULL;
	struct place place;
	HRESULT hr = remote_blanket_new(o->remote, &words, &made);

	if (FAILED(hr))
		return hr;
	pthread_mutex_lock(&o->remote->lock);
	bool found = find_place(o, proxy, &place);

	if (found) {
		before = *place.blanket;
		__atomic_store_n(place.blanket, made, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&o->remote->lock);
	remote_blanket_unref(found ? before : made);
	return found ? S_OK : E_INVALIDARG;
}

static HRESULT security_copy(IClientSecurity *This, IUnknown *proxy, IUnknown **ret)
{
	struct proxied *o = security_self(This);
	struct remote_blanket *blanket = NULL;
	struct place place;

	if (!ret)
		return E_POINTER;
	*ret = NULL;
	/* There is one IUnknown: it is the identity. */
	if (!take_place(o, proxy, &place, &blanket) || !place.table) {
		remote_blanket_unref(blanket);
		return E_INVALIDARG;
	}
	struct proxy_copy *copy = mem_new(struct proxy_copy);

	if (!copy || FAILED(ndr_face_init(&copy->face, place.table, &copy_methods))) {
		remote_blanket_unref(blanket);
		mem_free(copy);
		return E_OUTOFMEMORY;
	}
	copy->refs = 1;
	copy->object = o;
	copy->ipid = place.ipid;
	copy->blanket = blanket;
	proxied_addref(o);
	pthread_mutex_lock(&o->remote->lock);
	copy->next = o->copies;
	o->copies = copy;
	pthread_mutex_unlock(&o->remote->lock);
	*ret = (IUnknown *)(void *)&copy->face;
	return S_OK;
}

static const IClientSecurityVtbl security_vtbl = { security_query,   security_addref,
						   security_release, security_blanket,
						   security_set,     security_copy };

/* ---- IMultiQI ---- */

#define MULTI_MAX 256 /* interfaces in one call */

/* Whether QueryInterface answers without a call. */
static bool is_here(struct proxied *o, REFIID iid)
{
	bool here = IsEqualGUID(iid, &IID_IUnknown) || IsEqualGUID(iid, &IID_IClientSecurity) ||
		    IsEqualGUID(iid, &IID_IMultiQI) ||
		    !dcom_find_interface(o->remote->remotes->dcom, iid);

	pthread_mutex_lock(&o->remote->lock);
	for (const struct proxy *p = o->proxies; !here && p; p = p->next)
		here = IsEqualGUID(&p->face.interface->uuid, iid);
	pthread_mutex_unlock(&o->remote->lock);
	return here;
}

/* Those that only the object can tell of, in one call. */
static void query_there(struct proxied *o, ULONG count, MULTI_QI *results)
{
	IID iids[MULTI_MAX];
	HRESULT hrs[MULTI_MAX];
	IUnknown *proxies[MULTI_MAX] = { NULL };
	uint16_t places[MULTI_MAX], asked = 0;

	for (ULONG i = 0; i < count; i++) {
		if (is_here(o, results[i].pIID)) {
			results[i].hr =
				proxied_query(o, results[i].pIID, (void **)&results[i].pItf);
			continue;
		}
		iids[asked] = *results[i].pIID;
		places[asked++] = (uint16_t)i;
	}
	if (asked)
		(void)proxied_query_remote(o, iids, asked, hrs, proxies);
	for (uint16_t i = 0; i < asked; i++) {
		results[places[i]].hr = hrs[i];
		results[places[i]].pItf = SUCCEEDED(hrs[i]) ? proxies[i] : NULL;
	}
}

static HRESULT multi_query_all(IMultiQI *This, ULONG count, MULTI_QI *results)
{
	ULONG good = 0;

	if (!count || count > MULTI_MAX || !results)
		return E_INVALIDARG;
	for (ULONG i = 0; i < count; i++)
		if (!results[i].pIID || results[i].pItf)
			return E_INVALIDARG;
	query_there(multi_self(This), count, results);
	for (ULONG i = 0; i < count; i++)
		good += SUCCEEDED(results[i].hr);
	return good == count ? S_OK : good ? S_FALSE : E_NOINTERFACE;
}

static const IMultiQIVtbl multi_vtbl = { multi_query, multi_addref, multi_release,
					 multi_query_all };

void proxied_init_local(struct proxied *o)
{
	o->security.lpVtbl = &security_vtbl;
	o->multi.lpVtbl = &multi_vtbl;
}
