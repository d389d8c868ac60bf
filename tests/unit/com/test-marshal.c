/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marshalling: between threads of this process, by objects that do it themselves, by the standard
 * marshaller behind the seam; and streams that hold something else.
 */
#include "helpers.h"

#include "com/activate.h"
#include "com/class.h"
#include "com/marshal.h"

#include <pthread.h>

static void plain_free(struct automation_object *object)
{
	mem_free(object);
}
static const struct automation_class plain_class = { .name = "Plain", .free = plain_free };

static IUnknown *plain(void)
{
	struct automation_object *object = mem_new(struct automation_object);

	assert_non_null(object);
	automation_init(object, &plain_class);
	return (IUnknown *)(void *)automation_dispatch(object);
}

static ULONG refs(IUnknown *u)
{
	u->lpVtbl->AddRef(u);
	return u->lpVtbl->Release(u);
}

static IStream *new_stream(void)
{
	IStream *s = SHCreateMemStream(NULL, 0);

	assert_non_null(s);
	return s;
}

static void rewind_stream(IStream *s)
{
	s->lpVtbl->Seek(s, 0, STREAM_SEEK_SET, NULL);
}

/* ---- within the process ---- */

static void *receive(void *stream)
{
	IDispatch *d = NULL;

	assert_int_equal(CoGetInterfaceAndReleaseStream(stream, &IID_IDispatch, (void **)&d), S_OK);
	return d;
}

static void test_between_threads(void **state)
{
	IUnknown *object = plain(), *got;
	IStream *stream;
	pthread_t thread;

	assert_int_equal(CoMarshalInterThreadInterfaceInStream(&IID_IDispatch, object, &stream),
			 S_OK);
	assert_int_equal(refs(object), 2);
	assert_int_equal(pthread_create(&thread, NULL, receive, stream), 0);
	pthread_join(thread, (void **)&got);
	assert_ptr_equal(got, object);
	assert_int_equal(refs(object), 2);
	got->lpVtbl->Release(got);
	assert_int_equal(CoMarshalInterThreadInterfaceInStream(&IID_IStream, object, &stream),
			 E_NOINTERFACE);
	assert_int_equal(CoGetInterfaceAndReleaseStream(NULL, &IID_IUnknown, (void **)&got),
			 E_INVALIDARG);
	/* An object that is cut off is not to be had from streams any more. */
	assert_int_equal(CoMarshalInterThreadInterfaceInStream(&IID_IDispatch, object, &stream),
			 S_OK);
	assert_int_equal(refs(object), 2);
	assert_int_equal(CoDisconnectObject(object, 0), S_OK);
	assert_int_equal(refs(object), 1);
	assert_int_equal(CoGetInterfaceAndReleaseStream(stream, &IID_IDispatch, (void **)&got),
			 CO_E_OBJNOTCONNECTED);
	assert_int_equal(object->lpVtbl->Release(object), 0);
}

static HRESULT in_process(IStream *s, IUnknown *object, DWORD flags)
{
	return CoMarshalInterface(s, &IID_IUnknown, object, MSHCTX_INPROC, NULL, flags);
}

static HRESULT unmarshal(IStream *s)
{
	IUnknown *got = NULL;

	rewind_stream(s);
	HRESULT hr = CoUnmarshalInterface(s, &GUID_NULL, (void **)&got);

	if (SUCCEEDED(hr))
		got->lpVtbl->Release(got);
	return hr;
}

static HRESULT forget(IStream *s)
{
	rewind_stream(s);
	return CoReleaseMarshalData(s);
}

static void test_how_often(void **state)
{
	IUnknown *object = plain();
	IStream *s = new_stream();
	ULONG size = 0;
	STATSTG stat;

	assert_int_equal(in_process(s, object, MSHLFLAGS_NORMAL), S_OK);
	assert_int_equal(CoGetMarshalSizeMax(&size, &IID_IUnknown, object, MSHCTX_INPROC, NULL, 0),
			 S_OK);
	s->lpVtbl->Stat(s, &stat, STATFLAG_NONAME);
	assert_true(stat.cbSize <= size);
	assert_int_equal(unmarshal(s), S_OK);
	assert_int_equal(unmarshal(s), CO_E_OBJNOTCONNECTED); /* once */
	assert_int_equal(forget(s), CO_E_OBJNOTCONNECTED);
	rewind_stream(s);
	assert_int_equal(in_process(s, object, MSHLFLAGS_NORMAL), S_OK);
	assert_int_equal(refs(object), 2);
	assert_int_equal(forget(s), S_OK);
	assert_int_equal(refs(object), 1);
	rewind_stream(s);
	assert_int_equal(in_process(s, object, MSHLFLAGS_TABLESTRONG), S_OK);
	assert_int_equal(unmarshal(s), S_OK);
	assert_int_equal(unmarshal(s), S_OK);
	assert_int_equal(refs(object), 2);
	assert_int_equal(forget(s), S_OK);
	assert_int_equal(refs(object), 1);
	rewind_stream(s);
	assert_int_equal(in_process(s, object, MSHLFLAGS_TABLEWEAK), S_OK);
	assert_int_equal(refs(object), 1);
	assert_int_equal(unmarshal(s), S_OK);
	assert_int_equal(forget(s), S_OK);
	assert_int_equal(unmarshal(s), CO_E_OBJNOTCONNECTED);
	assert_int_equal(in_process(s, object, 99), E_INVALIDARG);
	assert_int_equal(in_process(s, object, MSHLFLAGS_TABLEWEAK | MSHLFLAGS_TABLESTRONG),
			 E_INVALIDARG);
	assert_int_equal(CoMarshalInterface(s, &IID_IUnknown, object, 4, NULL, 0), E_INVALIDARG);
	assert_int_equal(in_process(s, NULL, 0), E_INVALIDARG);
	assert_int_equal(in_process(NULL, object, 0), E_INVALIDARG);
	assert_int_equal(CoDisconnectObject(object, 0), S_OK);
	assert_int_equal(s->lpVtbl->Release(s), 0);
	assert_int_equal(object->lpVtbl->Release(object), 0);
}

static void test_free_threaded(void **state)
{
	IUnknown *inner, *object = plain();
	IMarshal *marshal;
	CLSID clsid;
	void *p;

	assert_int_equal(CoCreateFreeThreadedMarshaler(object, NULL), E_INVALIDARG);
	assert_int_equal(CoCreateFreeThreadedMarshaler(object, &inner), S_OK);
	assert_int_equal(refs(object), 1); /* the outer object is not held */
	assert_int_equal(inner->lpVtbl->QueryInterface(inner, &IID_IMarshal, (void **)&marshal),
			 S_OK);
	assert_int_equal(refs(object), 2); /* but counts what is the aggregate's */
	assert_int_equal(marshal->lpVtbl->QueryInterface(marshal, &IID_IDispatch, &p), S_OK);
	assert_ptr_equal(p, object);
	object->lpVtbl->Release(object);
	assert_int_equal(marshal->lpVtbl->GetUnmarshalClass(marshal, &IID_IUnknown, object,
							    MSHCTX_INPROC, NULL, 0, &clsid),
			 S_OK);
	assert_true(IsEqualGUID(&clsid, &marshal_class_inproc));
	assert_int_equal(marshal->lpVtbl->GetUnmarshalClass(marshal, &IID_IUnknown, object,
							    MSHCTX_LOCAL, NULL, 0, &clsid),
			 S_OK);
	assert_true(IsEqualGUID(&clsid, &marshal_class_standard));
	assert_int_equal(marshal->lpVtbl->DisconnectObject(marshal, 0), S_OK);
	marshal->lpVtbl->Release(marshal);
	assert_int_equal(inner->lpVtbl->QueryInterface(inner, &IID_IDispatch, &p), E_NOINTERFACE);
	assert_int_equal(inner->lpVtbl->Release(inner), 0);
	assert_int_equal(object->lpVtbl->Release(object), 0);
}

/* ---- an object that marshals itself: by value, a number ---- */

static const CLSID number_clsid = { 0xA, 0xB, 0xC, { 0xD } };

struct number {
	IMarshal face;
	LONG refs;
	LONG value;
	bool fails;
};

static HRESULT n_query(IMarshal *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IMarshal) ? This : NULL;
	if (!*ret)
		return E_NOINTERFACE;
	((struct number *)This)->refs++;
	return S_OK;
}
static ULONG n_addref(IMarshal *This)
{
	return (ULONG)++((struct number *)This)->refs;
}
static ULONG n_release(IMarshal *This)
{
	LONG left = --((struct number *)This)->refs;

	if (!left)
		mem_free(This);
	return (ULONG)left;
}
static HRESULT n_class(IMarshal *This, REFIID riid, void *pv, DWORD context, void *data,
		       DWORD flags, CLSID *ret)
{
	*ret = number_clsid;
	return S_OK;
}
static HRESULT n_size(IMarshal *This, REFIID riid, void *pv, DWORD context, void *data, DWORD flags,
		      DWORD *ret)
{
	*ret = sizeof(LONG);
	return S_OK;
}
static HRESULT n_marshal(IMarshal *This, IStream *s, REFIID riid, void *pv, DWORD context,
			 void *data, DWORD flags)
{
	struct number *self = (struct number *)This;

	return self->fails ? E_ABORT : s->lpVtbl->Write(s, &self->value, sizeof(self->value), NULL);
}
static HRESULT n_unmarshal(IMarshal *This, IStream *s, REFIID riid, void **ret)
{
	struct number *self = (struct number *)This;
	ULONG got = 0;

	*ret = NULL;
	s->lpVtbl->Read(s, &self->value, sizeof(self->value), &got);
	return got == sizeof(self->value) ? n_query(This, riid, ret) : RPC_E_INVALID_OBJREF;
}
static HRESULT n_forget(IMarshal *This, IStream *s)
{
	return S_OK;
}
static HRESULT n_disconnect(IMarshal *This, DWORD reserved)
{
	return S_FALSE;
}
static const IMarshalVtbl number_vtbl = { n_query,   n_addref,    n_release, n_class,     n_size,
					  n_marshal, n_unmarshal, n_forget,  n_disconnect };

static HRESULT number_new(IUnknown **ret)
{
	struct number *self = mem_new(struct number);

	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct number){ .face = { &number_vtbl }, .refs = 1 };
	*ret = (IUnknown *)(void *)self;
	return S_OK;
}
static const struct class_entry number_entry = {
	{ 0xA, 0xB, 0xC, { 0xD } }, NULL, "n", number_new
};

static void test_custom(void **state)
{
	IUnknown *object = NULL, *copy = NULL;
	IStream *s = new_stream();
	uint8_t head[48];

	assert_int_equal(number_new(&object), S_OK);
	((struct number *)object)->value = 42;
	assert_int_equal(CoMarshalInterface(s, &IID_IUnknown, object, MSHCTX_DIFFERENTMACHINE, NULL,
					    0),
			 S_OK);
	rewind_stream(s);
	assert_int_equal(s->lpVtbl->Read(s, head, sizeof(head), NULL), S_OK);
	assert_memory_equal(head, "MEOW\4\0\0\0", 8);
	assert_memory_equal(head + 24, "\x0A\0\0\0\x0B\0\x0C\0\x0D", 9); /* who unmarshals */
	assert_memory_equal(head + 40, "\0\0\0\0\4\0\0\0", 8);
	/* What is for others may be from others: the class that it names is not made. */
	rewind_stream(s);
	assert_int_equal(CoUnmarshalInterface(s, &IID_IMarshal, (void **)&copy), E_ACCESSDENIED);
	rewind_stream(s);
	assert_int_equal(CoReleaseMarshalData(s), E_ACCESSDENIED);
	rewind_stream(s);
	assert_int_equal(CoMarshalInterface(s, &IID_IUnknown, object, MSHCTX_INPROC, NULL, 0),
			 S_OK);
	rewind_stream(s);
	assert_int_equal(CoUnmarshalInterface(s, &IID_IMarshal, (void **)&copy), S_OK);
	assert_ptr_not_equal(copy, object);
	assert_int_equal(((struct number *)copy)->value, 42);
	assert_int_equal(copy->lpVtbl->Release(copy), 0);
	rewind_stream(s);
	assert_int_equal(CoReleaseMarshalData(s), S_OK);
	assert_int_equal(CoDisconnectObject(object, 0), S_FALSE);
	rewind_stream(s);
	assert_int_equal(CoUnmarshalInterface(s, &IID_IStream, (void **)&copy), E_NOINTERFACE);
	/* Whoever guesses the token of this process guesses wrong. */
	s->lpVtbl->Seek(s, 50, STREAM_SEEK_SET, NULL);
	s->lpVtbl->Read(s, head, 1, NULL);
	head[0] ^= 1;
	s->lpVtbl->Seek(s, 50, STREAM_SEEK_SET, NULL);
	s->lpVtbl->Write(s, head, 1, NULL);
	rewind_stream(s);
	assert_int_equal(CoUnmarshalInterface(s, &IID_IMarshal, (void **)&copy),
			 RPC_E_INVALID_OBJREF);
	((struct number *)object)->fails = true;
	assert_int_equal(CoMarshalInterface(s, &IID_IUnknown, object, MSHCTX_LOCAL, NULL, 0),
			 E_ABORT);
	object->lpVtbl->Release(object);
	s->lpVtbl->Release(s);
}

/* ---- what is no object reference ---- */

static HRESULT unmarshal_bytes(const void *bytes, size_t length)
{
	IStream *s = SHCreateMemStream(bytes, (UINT)length);
	IUnknown *got;
	HRESULT hr = CoUnmarshalInterface(s, &IID_IUnknown, (void **)&got);

	assert_null(got);
	rewind_stream(s);
	assert_true(FAILED(CoReleaseMarshalData(s)));
	s->lpVtbl->Release(s);
	return hr;
}

static void test_ill_formed(void **state)
{
	uint8_t good[48] = "MEOW\4", bytes[48];

	memcpy(good + 24, &marshal_class_error, 16);
	good[44] = 16;
	assert_int_equal(unmarshal_bytes("", 0), RPC_E_INVALID_OBJREF);
	assert_int_equal(unmarshal_bytes(good, 20), RPC_E_INVALID_OBJREF);
	assert_int_equal(unmarshal_bytes(good, 47), RPC_E_INVALID_OBJREF);
	assert_int_equal(unmarshal_bytes(good, 48), RPC_E_INVALID_OBJREF); /* promised 16 more */
#define WITH(at, value)                                                                            \
	memcpy(bytes, good, sizeof(bytes));                                                        \
	bytes[at] = value
	WITH(0, 'W');
	assert_int_equal(unmarshal_bytes(bytes, 48), RPC_E_INVALID_OBJREF);
	WITH(4, 0);
	assert_int_equal(unmarshal_bytes(bytes, 48), RPC_E_INVALID_OBJREF);
	WITH(4, 5);
	assert_int_equal(unmarshal_bytes(bytes, 48), RPC_E_INVALID_OBJREF);
	WITH(4, 0x10);
	assert_int_equal(unmarshal_bytes(bytes, 48), RPC_E_INVALID_OBJREF);
	WITH(40, 1);
	assert_int_equal(unmarshal_bytes(bytes, 48), RPC_E_INVALID_OBJREF);
	WITH(47, 0xFF);
	assert_int_equal(unmarshal_bytes(bytes, 48), RPC_E_INVALID_OBJREF);
	WITH(4, 1);
	assert_int_equal(unmarshal_bytes(bytes, 48), E_NOINTERFACE); /* standard: nobody is there */
	WITH(24, 0x77);
	bytes[44] = 0;
	assert_int_equal(unmarshal_bytes(bytes, 48), E_ACCESSDENIED);
	/* Not even the marshaller of this process, for bytes without its token. */
	memcpy(bytes + 24, &marshal_class_inproc, 16);
	assert_int_equal(unmarshal_bytes(bytes, 48), E_ACCESSDENIED);
}

/* ---- the seam ---- */

static struct {
	DWORD context, flags;
	int unmarshalled, released, disconnected;
} seam;

static HRESULT s_class(IMarshal *This, REFIID riid, void *pv, DWORD context, void *data,
		       DWORD flags, CLSID *ret)
{
	*ret = marshal_class_standard;
	return S_OK;
}
static HRESULT s_marshal(IMarshal *This, IStream *s, REFIID riid, void *pv, DWORD context,
			 void *data, DWORD flags)
{
	uint8_t head[24] = "MEOW\1";

	head[16] = 0xC0, head[23] = 0x46; /* IID_IUnknown */

	seam.context = context;
	return s->lpVtbl->Write(s, head, sizeof(head), NULL);
}
static const IMarshalVtbl standard_vtbl = { n_query,   n_addref,    n_release, s_class,     n_size,
					    s_marshal, n_unmarshal, n_forget,  n_disconnect };

static HRESULT seam_marshaler(REFIID riid, IUnknown *object, DWORD context, void *data, DWORD flags,
			      IMarshal **ret)
{
	struct number *self = mem_new(struct number);

	*self = (struct number){ .face = { &standard_vtbl }, .refs = 1 };
	*ret = &self->face;
	return S_OK;
}
static HRESULT seam_unmarshal(IStream *s, DWORD flags, REFIID iid, REFIID riid, void **ret)
{
	seam.unmarshalled++;
	seam.flags = flags;
	*ret = plain();
	return S_OK;
}
static HRESULT seam_release(IStream *s, DWORD flags, REFIID iid)
{
	seam.released++;
	return S_OK;
}
static HRESULT seam_disconnect(IUnknown *object)
{
	seam.disconnected++;
	return S_OK;
}

static void test_seam(void **state)
{
	static const struct com_remoting remoting = { .marshaler = seam_marshaler,
						      .unmarshal = seam_unmarshal,
						      .release = seam_release,
						      .disconnect = seam_disconnect };
	IUnknown *object = plain(), *inner;
	IMarshal *marshal;
	IStream *s = new_stream();

	assert_int_equal(CoMarshalInterface(s, &IID_IUnknown, object, MSHCTX_LOCAL, NULL, 0),
			 E_NOINTERFACE);
	com_remoting_set(&remoting);
	assert_int_equal(CoMarshalInterface(s, &IID_IUnknown, object, MSHCTX_LOCAL, NULL, 0), S_OK);
	assert_int_equal(seam.context, MSHCTX_LOCAL);
	assert_int_equal(unmarshal(s), S_OK);
	assert_int_equal(forget(s), S_OK);
	assert_int_equal(CoDisconnectObject(object, 0), S_OK);
	assert_int_equal(seam.unmarshalled + seam.released + seam.disconnected, 3);
	assert_int_equal(seam.flags, 1);
	/* A free-threaded object goes the same way when it leaves the process. */
	assert_int_equal(CoCreateFreeThreadedMarshaler(NULL, &inner), S_OK);
	assert_int_equal(inner->lpVtbl->QueryInterface(inner, &IID_IMarshal, (void **)&marshal),
			 S_OK);
	rewind_stream(s);
	assert_int_equal(marshal->lpVtbl->MarshalInterface(marshal, s, &IID_IUnknown, object,
							   MSHCTX_DIFFERENTMACHINE, NULL, 0),
			 S_OK);
	assert_int_equal(seam.context, MSHCTX_DIFFERENTMACHINE);
	marshal->lpVtbl->Release(marshal);
	inner->lpVtbl->Release(inner);
	com_remoting_set(NULL);
	s->lpVtbl->Release(s);
	assert_int_equal(object->lpVtbl->Release(object), 0);
}

static bool round_trip(void *ctx)
{
	IUnknown *object = ctx, *got = NULL;
	IStream *stream = NULL;
	HRESULT hr = CoMarshalInterThreadInterfaceInStream(&IID_IUnknown, object, &stream);

	if (SUCCEEDED(hr)) {
		hr = CoUnmarshalInterface(stream, &IID_IUnknown, (void **)&got);
		if (FAILED(hr)) { /* what was not taken is given back, now that there is memory */
			bool again;

#ifdef SURROGATE_FAULTS
			fault_arm(FAULT_ALLOC, 0, false);
#endif
			again = SUCCEEDED(forget(stream));
			assert_true(again);
		}
		stream->lpVtbl->Release(stream);
	}
	if (got)
		got->lpVtbl->Release(got);
	assert_int_equal(refs(object), 1);
	return SUCCEEDED(hr);
}

static void test_no_memory(void **state)
{
	IUnknown *object = plain();

#ifdef SURROGATE_FAULTS
	for (uint64_t n = 1; n < 100; n++) {
		fault_arm(FAULT_ALLOC, n, false);
		bool ok = round_trip(object);

		fault_arm(FAULT_ALLOC, 0, false);
		if (ok)
			break;
		assert_true(n < 50);
	}
#endif
	assert_true(round_trip(object));
	object->lpVtbl->Release(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_between_threads), cmocka_unit_test(test_how_often),
		cmocka_unit_test(test_free_threaded),   cmocka_unit_test(test_custom),
		cmocka_unit_test(test_ill_formed),      cmocka_unit_test(test_seam),
		cmocka_unit_test(test_no_memory),
	};

	class_register(&number_entry, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
