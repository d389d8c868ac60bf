/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marshalling within this process: the marshaller of free-threaded objects. What travels is no
 * pointer but a number that only this process knows: it names an entry of a table that holds the
 * object. For any other destination it hands on to the standard marshaller, as published. Any
 * thread.
 */
#include "com/marshal.h"

#include "base/mem.h"
#include "com/class.h"
#include "com/unknown.h"

#include <pthread.h>

#define ENTRIES_MAX 65536

/* CLSID_StdMarshal and CLSID_InProcFreeMarshaler. */
const CLSID marshal_class_standard = { 0x17, 0, 0, { 0xC0, 0, 0, 0, 0, 0, 0, 0x46 } };
const CLSID marshal_class_inproc = { 0x33A, 0, 0, { 0xC0, 0, 0, 0, 0, 0, 0, 0x46 } };

/* ---- what is under way ---- */

struct entry {
	GUID key;           /* chance: nobody guesses it; GUID_NULL: the entry is free */
	IUnknown *object;   /* the interface that was marshalled */
	IUnknown *identity; /* of the object: to be compared, and not held */
	bool table;         /* may be unmarshalled many times */
	bool weak;          /* holds no reference */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *entries;
static size_t entry_count, entry_free;

/* Under the lock. */
static struct entry *entry_find(REFGUID key)
{
	for (size_t i = 0; i < entry_count; i++)
		if (IsEqualGUID(&entries[i].key, key))
			return &entries[i];
	return NULL;
}

static struct entry *entry_new(void)
{
	if (entry_free) {
		entry_free--;
		return entry_find(&GUID_NULL);
	}
	if (entry_count == ENTRIES_MAX)
		return NULL;
	struct entry *more = mem_realloc(entries, entry_count + 1, sizeof(*entries));

	if (!more)
		return NULL;
	entries = more;
	return &entries[entry_count++];
}

static IUnknown *identity_of(IUnknown *object)
{
	IUnknown *identity = NULL;

	if (SUCCEEDED(object->lpVtbl->QueryInterface(object, &IID_IUnknown, (void **)&identity)))
		identity->lpVtbl->Release(identity);
	return identity;
}

/* Takes a reference to `object`, unless weak. */
static HRESULT entry_put(IUnknown *object, DWORD flags, GUID *ret_key)
{
	struct entry made = { .object = object,
			      .identity = identity_of(object),
			      .table = flags & (MSHLFLAGS_TABLESTRONG | MSHLFLAGS_TABLEWEAK),
			      .weak = flags & MSHLFLAGS_TABLEWEAK },
		     *entry;

	guid_random(&made.key);
	pthread_mutex_lock(&lock);
	entry = entry_new();
	if (entry)
		*entry = made;
	pthread_mutex_unlock(&lock);
	if (!entry)
		return E_OUTOFMEMORY;
	if (!made.weak)
		object->lpVtbl->AddRef(object);
	*ret_key = made.key;
	return S_OK;
}

/* The object of a key with a reference for the caller; out of the table when it was for once, or is
 * not wanted any more: then NULL for an entry that held none. */
static HRESULT entry_take(REFGUID key, bool remove, IUnknown **ret)
{
	struct entry *entry;

	*ret = NULL;
	pthread_mutex_lock(&lock);
	entry = IsEqualGUID(key, &GUID_NULL) ? NULL : entry_find(key);
	if (entry && entry->table && !remove) {
		*ret = entry->object;
		(*ret)->lpVtbl->AddRef(*ret);
	} else if (entry) {
		*ret = entry->weak ? NULL : entry->object;
		*entry = (struct entry){ 0 };
		entry_free++;
	}
	pthread_mutex_unlock(&lock);
	return entry ? S_OK : CO_E_OBJNOTCONNECTED;
}

/* Takes one entry of an object out of the table; false: there is none. */
static bool entry_cut(const IUnknown *identity, IUnknown **ret_held)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; !found && i < entry_count; i++) {
		struct entry *entry = &entries[i];

		found = entry->object && entry->identity == identity;
		if (!found)
			continue;
		*ret_held = entry->weak ? NULL : entry->object;
		*entry = (struct entry){ 0 };
		entry_free++;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void marshal_inproc_disconnect(IUnknown *object)
{
	IUnknown *identity = identity_of(object), *held = NULL;

	while (identity && entry_cut(identity, &held))
		if (held)
			held->lpVtbl->Release(held);
}

/* ---- the marshaller ---- */

struct marshaler {
	IUnknown inner; /* of an aggregate; not delegated */
	IMarshal face;
	uint32_t refs;
	IUnknown *outer; /* not held, as published */
};

COM_AGGREGATE(marshaler, IMarshal)

static void marshaler_free(struct marshaler *self)
{
	mem_free(self);
}

static HRESULT face_class(IMarshal *This, REFIID riid, void *object, DWORD context,
			  void *context_data, DWORD flags, CLSID *ret)
{
	(void)This, (void)riid, (void)object, (void)context_data, (void)flags;
	if (!ret)
		return E_POINTER;
	*ret = context == MSHCTX_INPROC ? marshal_class_inproc : marshal_class_standard;
	return S_OK;
}

static HRESULT face_size(IMarshal *This, REFIID riid, void *object, DWORD context,
			 void *context_data, DWORD flags, DWORD *ret)
{
	IMarshal *standard;
	HRESULT hr;

	(void)This;
	if (!ret)
		return E_POINTER;
	*ret = sizeof(GUID);
	if (context == MSHCTX_INPROC)
		return S_OK;
	hr = CoGetStandardMarshal(riid, object, context, context_data, flags, &standard);
	if (FAILED(hr))
		return hr;
	hr = standard->lpVtbl->GetMarshalSizeMax(standard, riid, object, context, context_data,
						 flags, ret);
	standard->lpVtbl->Release(standard);
	return hr;
}

static HRESULT marshal_here(IStream *stream, REFIID riid, IUnknown *object, DWORD flags)
{
	IUnknown *wanted;
	ULONG written;
	GUID key;
	HRESULT hr = object->lpVtbl->QueryInterface(object, riid, (void **)&wanted);

	if (FAILED(hr))
		return hr;
	hr = entry_put(wanted, flags, &key);
	wanted->lpVtbl->Release(wanted);
	if (FAILED(hr))
		return hr;
	hr = stream->lpVtbl->Write(stream, &key, sizeof(key), &written);
	if (FAILED(hr) && SUCCEEDED(entry_take(&key, true, &wanted)) && wanted)
		wanted->lpVtbl->Release(wanted);
	return hr;
}

static HRESULT face_marshal(IMarshal *This, IStream *stream, REFIID riid, void *object,
			    DWORD context, void *context_data, DWORD flags)
{
	IMarshal *standard;
	HRESULT hr;

	(void)This;
	if (!stream || !object)
		return E_INVALIDARG;
	if (context == MSHCTX_INPROC)
		return marshal_here(stream, riid, object, flags);
	hr = CoGetStandardMarshal(riid, object, context, context_data, flags, &standard);
	if (FAILED(hr))
		return hr;
	hr = standard->lpVtbl->MarshalInterface(standard, stream, riid, object, context,
						context_data, flags);
	standard->lpVtbl->Release(standard);
	return hr;
}

static HRESULT read_key(IStream *stream, GUID *ret)
{
	ULONG got = 0;
	HRESULT hr = stream->lpVtbl->Read(stream, ret, sizeof(*ret), &got);

	return FAILED(hr) ? hr : got == sizeof(*ret) ? S_OK : RPC_E_INVALID_OBJREF;
}

static HRESULT face_unmarshal(IMarshal *This, IStream *stream, REFIID riid, void **ret)
{
	IUnknown *object;
	GUID key;
	HRESULT hr;

	(void)This;
	if (!stream || !ret)
		return E_INVALIDARG;
	*ret = NULL;
	hr = read_key(stream, &key);
	if (SUCCEEDED(hr))
		hr = entry_take(&key, false, &object);
	if (FAILED(hr))
		return hr;
	hr = object->lpVtbl->QueryInterface(object, riid, ret);
	object->lpVtbl->Release(object);
	return hr;
}

static HRESULT face_forget(IMarshal *This, IStream *stream)
{
	IUnknown *object = NULL;
	GUID key;
	HRESULT hr;

	(void)This;
	hr = stream ? read_key(stream, &key) : E_INVALIDARG;
	if (SUCCEEDED(hr))
		hr = entry_take(&key, true, &object);
	if (object)
		object->lpVtbl->Release(object);
	return hr;
}

/* Inside of a process nothing stands between object and caller that could be cut, but what nobody
 * has read yet, and what other processes hold by the standard marshaller. */
static HRESULT face_disconnect(IMarshal *This, DWORD reserved)
{
	struct marshaler *self = marshaler_self(This);

	if (reserved)
		return E_INVALIDARG;
	return self->outer != &self->inner ? marshal_disconnect(self->outer) : S_OK;
}

static const IMarshalVtbl face_vtbl = {
	marshaler_query, marshaler_addref, marshaler_release, face_class,      face_size,
	face_marshal,    face_unmarshal,   face_forget,       face_disconnect,
};

HRESULT CoCreateFreeThreadedMarshaler(IUnknown *punkOuter, IUnknown **ppunkMarshal)
{
	struct marshaler *self = ppunkMarshal ? mem_new(struct marshaler) : NULL;

	if (!ppunkMarshal)
		return E_INVALIDARG;
	*ppunkMarshal = NULL;
	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct marshaler){ .inner = { &marshaler_inner_vtbl },
				    .face = { &face_vtbl },
				    .refs = 1 };
	self->outer = punkOuter ? punkOuter : &self->inner;
	*ppunkMarshal = &self->inner;
	return S_OK;
}

HRESULT marshal_inproc(IMarshal **ret)
{
	IUnknown *inner;
	HRESULT hr = CoCreateFreeThreadedMarshaler(NULL, &inner);

	if (FAILED(hr))
		return hr;
	hr = inner->lpVtbl->QueryInterface(inner, &IID_IMarshal, (void **)ret);
	inner->lpVtbl->Release(inner);
	return hr;
}
