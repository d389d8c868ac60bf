/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A C call on a proxy, through bytes, to a C call on an object and back: every kind of parameter,
 * who owns what, the hand-written methods, failures on the way.
 */
#include "../unit.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "ndr/call.h"

#include <errno.h>
#include <idl/mc-iisa.h>
#include <idl/ms-dcom.h>
#include <idl/ms-iiss.h>
#include <idl/ms-imsa.h>
#include <idl/modules.h>
#include <idl/ms-oaut.h>

static const struct ndr_module *const modules[] = {
#define X(name) &ndr_module_##name,
	IDL_MODULES(X)
#undef X
};

/* ---- the loop: a face, whose calls go through bytes to an object at once ---- */

struct loop {
	struct ndr_face face;
	IUnknown *object;
	struct ndr_decoder decoder;
	struct ndr_encoder encoder;
	struct buf answer;
	struct arena arena;
	struct error err;
	HRESULT broken; /* what the caller hears instead */
	unsigned calls;
	size_t cut; /* bytes that get lost of each answer */
};

static HRESULT loop_query(struct ndr_face *face, REFIID riid, void **ret)
{
	*ret = NULL;
	return E_NOINTERFACE;
}

static ULONG loop_count(struct ndr_face *face)
{
	return 1;
}

/* References are addresses, counted. */
static HRESULT marshal(void *context, REFIID iid, IUnknown *object, struct buf *out)
{
	object->lpVtbl->AddRef(object);
	buf_put(out, &object, sizeof object);
	return buf_failed(out) ? E_OUTOFMEMORY : S_OK;
}

static int unmarshal(void *context, REFIID iid, const void *bytes, size_t size, IUnknown **ret)
{
	if (size != sizeof *ret)
		return -EBADMSG;
	memcpy(ret, bytes, sizeof *ret);
	return 0;
}

static const struct ndr_objects addresses = { marshal, unmarshal, NULL };

/* The object's side: -ENOSYS, or what the coders say. */
static int serve(struct loop *l, const struct ndr_method *method, const struct buf *request)
{
	_Alignas(16) char frame[NDR_FRAME_MAX] = { 0 };

	arena_reset(&l->arena);
	buf_clear(&l->answer);
	ndr_decoder_restart(&l->decoder, request->data, request->length, NDR_DREP, &l->arena,
			    NDR_MEMORY_MAX, &addresses, &l->err);
	ndr_encoder_restart(&l->encoder, &l->answer, &addresses, &l->err);
	l->decoder.inout_on_heap = true;
	int r = ndr_decode_call(&l->decoder, method, NDR_IN, frame);

	if (r)
		return r;
	assert_true(ndr_decoder_at_end(&l->decoder));
	r = ndr_prepare_out(method, frame, &l->arena);
	if (!r)
		r = ndr_invoke(l->face.interface, method->opnum, l->object, frame);
	if (!r)
		r = ndr_encode_call(&l->encoder, method, NDR_OUT, frame);
	ndr_clear_call(method, frame, true);
	return r;
}

static HRESULT exchange(struct loop *l, const struct ndr_method *method, void *frame,
			struct ndr_room *room)
{
	ndr_encoder_restart(&room->encoder, &room->out, &addresses, &room->err);
	HRESULT hr =
		ndr_hresult(ndr_encode_call(&room->encoder, method, NDR_IN, frame), &room->err);

	if (FAILED(hr))
		return hr;
	l->calls++;
	if (FAILED(l->broken))
		return l->broken;
	int r = serve(l, method, &room->out);

	if (r)
		return r == -ENOSYS ? E_NOTIMPL : ndr_hresult(r, &l->err);
	ndr_decoder_restart(&room->decoder, l->answer.data, l->answer.length - l->cut, NDR_DREP,
			    NULL, NDR_MEMORY_MAX, &addresses, &room->err);
	return ndr_hresult(ndr_decode_call(&room->decoder, method, NDR_OUT, frame), &room->err);
}

static HRESULT loop_call(struct ndr_face *face, const struct ndr_method *method, void *frame)
{
	struct ndr_room *room = ndr_room_take(16 << 20);

	if (!room)
		return E_OUTOFMEMORY;
	HRESULT hr = exchange(container_of(face, struct loop, face), method, frame, room);

	ndr_room_give(room);
	return hr;
}

static void loop_init(struct loop *l, const struct ndr_interface *interface, const void *object)
{
	static const struct ndr_face_methods methods = { loop_query, loop_count, loop_count,
							 loop_call };

	memset(l, 0, sizeof *l);
	l->object = (IUnknown *)(uintptr_t)object;
	arena_init(&l->arena, 16 << 20);
	buf_init(&l->answer, 16 << 20);
	ndr_encoder_init(&l->encoder, NULL, NULL, NULL);
	ndr_decoder_init(&l->decoder, NULL, 0, NDR_DREP, NULL, 0, NULL, NULL);
	assert_int_equal(ndr_face_init(&l->face, interface, &methods), S_OK);
}

static void loop_done(struct loop *l)
{
	ndr_encoder_done(&l->encoder);
	ndr_decoder_done(&l->decoder);
	buf_done(&l->answer);
	arena_done(&l->arena);
}

/* ---- an object ---- */

struct object {
	const void *lpVtbl;
	ULONG refs;
};

static HRESULT object_query(IUnknown *This, REFIID riid, void **ret)
{
	return E_NOINTERFACE;
}

static ULONG object_add(IUnknown *This)
{
	return ++((struct object *)(void *)This)->refs;
}

static ULONG object_release(IUnknown *This)
{
	return --((struct object *)(void *)This)->refs;
}

#define UNKNOWN                                                                                    \
	.QueryInterface = (void *)object_query, .AddRef = (void *)object_add,                      \
	.Release = (void *)object_release

/* ---- numbers, a buffer of the caller ---- */

static HRESULT service_start(IIisServiceControl *This, DWORD timeout)
{
	return timeout == 5 ? S_FALSE : E_INVALIDARG;
}

static HRESULT service_status(IIisServiceControl *This, DWORD size, unsigned char *buffer,
			      DWORD *required, DWORD *services)
{
	assert_int_equal(buffer[0], 0);
	for (DWORD i = 0; i < size; i++)
		buffer[i] = (unsigned char)(i + 1);
	*required = size * 2;
	*services = 3;
	return S_OK;
}

static const IIisServiceControlVtbl service_methods = { UNKNOWN, .Start = service_start,
							.Status = service_status };

static void passes_numbers_and_buffers(void **state)
{
	struct object service = { &service_methods, 1 };
	struct loop l;
	unsigned char room[3] = { 9, 9, 9 };
	DWORD required = 1, services = 1;

	loop_init(&l, &ndr_interface_IIisServiceControl, &service);
	IIisServiceControl *proxy = (IIisServiceControl *)(void *)&l.face;
	assert_int_equal(proxy->lpVtbl->Start(proxy, 5), S_FALSE);
	assert_int_equal(proxy->lpVtbl->Start(proxy, 6), E_INVALIDARG);
	assert_int_equal(proxy->lpVtbl->Status(proxy, 3, room, &required, &services), S_OK);
	assert_int_equal(room[2], 3);
	assert_int_equal(required, 6);
	assert_int_equal(services, 3);
	assert_int_equal(proxy->lpVtbl->QueryInterface(proxy, &IID_IDispatch, (void **)&proxy),
			 E_NOINTERFACE);
	loop_done(&l);
}

static void allocates_nothing_when_warm(void **state)
{
	struct object service = { &service_methods, 1 };
	struct loop l;
	unsigned char room[3];
	DWORD required, services;

	loop_init(&l, &ndr_interface_IIisServiceControl, &service);
	IIisServiceControl *proxy = (IIisServiceControl *)(void *)&l.face;
	for (int i = 0; i < 3; i++) {
#ifdef SURROGATE_FAULTS
		long before = fault_live();
#endif
		assert_int_equal(proxy->lpVtbl->Status(proxy, 3, room, &required, &services), S_OK);
#ifdef SURROGATE_FAULTS
		if (i)
			assert_int_equal(fault_live(), before);
#endif
	}
	loop_done(&l);
}

/* ---- structs by value and behind pointers, strings, results that a method allocates ---- */

static HRESULT admin_get_data(IMSAdminBaseW *This, METADATA_HANDLE handle, LPCWSTR path,
			      METADATA_RECORD *record, DWORD *required, IIS_CRYPTO_BLOB **blob)
{
	assert_int_equal(handle, 7);
	assert_int_equal(path[2], 'S');
	assert_int_equal(record->pbMDData[1], 0xBB);
	/* What came in is freed and replaced. */
	mem_free(record->pbMDData);
	record->dwMDDataLen = 3;
	record->pbMDData = mem_alloc(3);
	if (!record->pbMDData)
		return E_OUTOFMEMORY;
	memcpy(record->pbMDData, "xyz", 3);
	*required = 3;
	*blob = mem_alloc(sizeof **blob + 2);
	if (!*blob)
		return E_OUTOFMEMORY;
	(*blob)->BlobSignature = 0x62626262;
	(*blob)->BlobDataLength = 2;
	(*blob)->BlobData[0] = 1;
	(*blob)->BlobData[1] = 2;
	return S_OK;
}

static HRESULT admin_enum(IMSAdminBaseW *This, METADATA_HANDLE handle, LPCWSTR path, LPWSTR name,
			  DWORD index)
{
	if (path || index)
		return E_INVALIDARG;
	name[0] = 'W';
	name[1] = 0;
	return S_OK;
}

static const IMSAdminBaseWVtbl admin_methods = { UNKNOWN, .R_GetData = admin_get_data,
						 .EnumKeys = admin_enum };

static int call_admin(void)
{
	struct object admin = { &admin_methods, 1 };
	struct loop l;
	METADATA_RECORD record = { .dwMDIdentifier = 1, .dwMDDataLen = 2 };
	IIS_CRYPTO_BLOB *blob = NULL;
	DWORD required = 0;

	loop_init(&l, &ndr_interface_IMSAdminBaseW, &admin);
	IMSAdminBaseW *proxy = (IMSAdminBaseW *)(void *)&l.face;
	record.pbMDData = mem_alloc(2);
	HRESULT hr = record.pbMDData ? S_OK : E_OUTOFMEMORY;
	if (SUCCEEDED(hr)) {
		record.pbMDData[0] = 0xAA;
		record.pbMDData[1] = 0xBB;
		hr = proxy->lpVtbl->R_GetData(proxy, 7, u"LMS", &record, &required, &blob);
	}
	if (hr == S_OK) {
		assert_int_equal(record.dwMDDataLen, 3);
		assert_memory_equal(record.pbMDData, "xyz", 3);
		assert_int_equal(blob->BlobData[1], 2);
	}
	mem_free(record.pbMDData);
	mem_free(blob);
	loop_done(&l);
	assert_true(hr == S_OK || hr == E_OUTOFMEMORY);
	return hr == S_OK ? 0 : -ENOMEM;
}

static void passes_ownership(void **state)
{
	struct object admin = { &admin_methods, 1 };
	struct loop l;
	char16_t name[256] = u"???";

	/* The shape and this thread's coders stay. */
	assert_int_equal(call_admin(), 0);
	loop_init(&l, &ndr_interface_IMSAdminBaseW, &admin);
	IMSAdminBaseW *proxy = (IMSAdminBaseW *)(void *)&l.face;
	assert_int_equal(proxy->lpVtbl->EnumKeys(proxy, 7, NULL, name, 0), S_OK);
	assert_int_equal(name[0], 'W');
	assert_int_equal(name[1], 0);
	loop_done(&l);
#ifdef SURROGATE_FAULTS
	long before = fault_live();
	assert_int_equal(call_admin(), 0);
	assert_int_equal(fault_live(), before);
#endif
	unit_each_fault(FAULT_ALLOC, -ENOMEM, call_admin);
#ifdef SURROGATE_FAULTS
	assert_int_equal(fault_live(), before);
#endif
}

/* ---- VARIANTs by value, objects ---- */

static struct object element = { NULL, 1 };

static HRESULT collection_item(IAppHostChildElementCollection *This, VARIANT index,
			       IAppHostElement **ret)
{
	if (index.vt != VT_BSTR || index.bstrVal[0] != 's')
		return DISP_E_BADINDEX;
	element.refs++;
	*ret = (IAppHostElement *)(void *)&element;
	return S_OK;
}

static HRESULT collection_count(IAppHostChildElementCollection *This, DWORD *ret)
{
	*ret = 42;
	return S_OK;
}

static const IAppHostChildElementCollectionVtbl collection_methods = {
	UNKNOWN, .get_Item = collection_item, .get_Count = collection_count
};

static void passes_variants_and_objects(void **state)
{
	struct object collection = { &collection_methods, 1 };
	struct loop l;
	IAppHostElement *item = NULL;
	VARIANT index = { .vt = VT_BSTR, .bstrVal = SysAllocString(u"site") };
	DWORD count;

	element.lpVtbl = &collection_methods;
	loop_init(&l, &ndr_interface_IAppHostChildElementCollection, &collection);
	IAppHostChildElementCollection *proxy = (IAppHostChildElementCollection *)(void *)&l.face;
	assert_int_equal(proxy->lpVtbl->get_Count(proxy, &count), S_OK);
	assert_int_equal(count, 42);
	assert_int_equal(proxy->lpVtbl->get_Item(proxy, index, &item), S_OK);
	assert_ptr_equal(item, &element);
	/* One of the stub's was given back, one came over. */
	assert_int_equal(element.refs, 2);
	VariantClear(&index);
	item = (void *)1;
	index = (VARIANT){ .vt = VT_I4, .lVal = 1 };
	assert_int_equal(proxy->lpVtbl->get_Item(proxy, index, &item), DISP_E_BADINDEX);
	assert_null(item);
	loop_done(&l);
}

/* ---- IDispatch and IEnumVARIANT ---- */

static HRESULT dispatch_invoke(IDispatch *This, DISPID id, REFIID riid, LCID lcid, WORD flags,
			       DISPPARAMS *p, VARIANT *result, EXCEPINFO *excep, UINT *arg_err)
{
	if (id == 99) {
		excep->scode = E_FAIL;
		excep->bstrDescription = SysAllocString(u"no");
		return DISP_E_EXCEPTION;
	}
	if (id == 98) {
		*arg_err = 1;
		return DISP_E_TYPEMISMATCH;
	}
	assert_int_equal(p->cArgs, 3);
	assert_int_equal(p->rgvarg[0].vt, VT_I4);
	assert_int_equal(p->rgvarg[1].vt, VT_BSTR | VT_BYREF);
	assert_int_equal(p->rgvarg[2].vt, VT_VARIANT | VT_BYREF);
	assert_int_equal((*p->rgvarg[1].pbstrVal)[0], 'o');
	SysFreeString(*p->rgvarg[1].pbstrVal);
	*p->rgvarg[1].pbstrVal = SysAllocString(u"new");
	VariantClear(p->rgvarg[2].pvarVal);
	*p->rgvarg[2].pvarVal = (VARIANT){ .vt = VT_I4, .lVal = p->rgvarg[0].lVal * 2 };
	if (result)
		*result = (VARIANT){ .vt = VT_BSTR, .bstrVal = SysAllocString(u"done") };
	return S_OK;
}

static const IDispatchVtbl dispatch_methods = { UNKNOWN, .Invoke = dispatch_invoke };

static void passes_arguments_by_reference(void **state)
{
	struct object object = { &dispatch_methods, 1 };
	BSTR text = SysAllocString(u"old");
	VARIANT other = { .vt = VT_BSTR, .bstrVal = SysAllocString(u"gone") }, result;
	VARIANT args[] = { { .vt = VT_I4, .lVal = 21 },
			   { .vt = VT_BSTR | VT_BYREF, .pbstrVal = &text },
			   { .vt = VT_VARIANT | VT_BYREF, .pvarVal = &other } };
	DISPPARAMS params = { .rgvarg = args, .cArgs = 3 }, none = { 0 };
	EXCEPINFO excep = { 0 };
	UINT wrong = 7;
	struct loop l;

	loop_init(&l, &ndr_interface_IDispatch, &object);
	IDispatch *proxy = (IDispatch *)(void *)&l.face;
	assert_int_equal(proxy->lpVtbl->Invoke(proxy, 1, &GUID_NULL, 0x409, DISPATCH_METHOD,
					       &params, &result, NULL, NULL),
			 S_OK);
	assert_int_equal(result.vt, VT_BSTR);
	VariantClear(&result);
	assert_int_equal(text[0], 'n');
	assert_int_equal(other.vt, VT_I4);
	assert_int_equal(other.lVal, 42);
	assert_ptr_equal(args[1].pbstrVal, &text);
	SysFreeString(text);
	assert_int_equal(proxy->lpVtbl->Invoke(proxy, 99, &GUID_NULL, 0, DISPATCH_METHOD, &none,
					       NULL, &excep, &wrong),
			 DISP_E_EXCEPTION);
	assert_int_equal(excep.scode, E_FAIL);
	assert_int_equal(excep.bstrDescription[1], 'o');
	SysFreeString(excep.bstrDescription);
	assert_int_equal(proxy->lpVtbl->Invoke(proxy, 98, &GUID_NULL, 0, DISPATCH_METHOD, &none,
					       NULL, NULL, &wrong),
			 DISP_E_TYPEMISMATCH);
	assert_int_equal(wrong, 1);
	loop_done(&l);
}

static HRESULT enum_next(IEnumVARIANT *This, ULONG celt, VARIANT *items, ULONG *fetched)
{
	*fetched = celt < 2 ? celt : 2;
	for (ULONG i = 0; i < *fetched; i++)
		items[i] = (VARIANT){ .vt = VT_BSTR, .bstrVal = SysAllocString(u"v") };
	return *fetched == celt ? S_OK : S_FALSE;
}

static const IEnumVARIANTVtbl enum_methods = { UNKNOWN, .Next = enum_next };

static void enumerates(void **state)
{
	struct object object = { &enum_methods, 1 };
	VARIANT items[5];
	ULONG fetched = 9;
	struct loop l;

	loop_init(&l, &ndr_interface_IEnumVARIANT, &object);
	IEnumVARIANT *proxy = (IEnumVARIANT *)(void *)&l.face;
	assert_int_equal(proxy->lpVtbl->Next(proxy, 5, items, &fetched), S_FALSE);
	assert_int_equal(fetched, 2);
	for (ULONG i = 0; i < fetched; i++)
		VariantClear(&items[i]);
	assert_int_equal(proxy->lpVtbl->Next(proxy, 1, items, NULL), S_OK);
	VariantClear(&items[0]);
	assert_int_equal(proxy->lpVtbl->Next(proxy, 2, items, NULL), E_INVALIDARG);
	loop_done(&l);
}

/* ---- what goes wrong ---- */

static void tells_of_failures_on_the_way(void **state)
{
	struct object service = { &service_methods, 1 }, collection = { &collection_methods, 1 };
	struct loop l;
	DWORD required = 1, services = 1;
	unsigned char room[2];
	IAppHostElement *item = (void *)1;
	VARIANT bad = { .vt = VT_RECORD };

	loop_init(&l, &ndr_interface_IIisServiceControl, &service);
	IIisServiceControl *proxy = (IIisServiceControl *)(void *)&l.face;
	l.broken = RPC_E_DISCONNECTED;
	assert_int_equal(proxy->lpVtbl->Status(proxy, 2, room, &required, &services),
			 RPC_E_DISCONNECTED);
	assert_int_equal(services, 0);
	l.broken = S_OK;
	l.cut = 6;
	assert_int_equal(proxy->lpVtbl->Status(proxy, 2, room, &required, &services),
			 HRESULT_FROM_WIN32(NDR_BAD_STUB_DATA));
	/* A size without sense is the stub's to refuse; a ref pointer that is NULL the proxy's. */
	assert_int_equal(proxy->lpVtbl->Status(proxy, UINT32_MAX, room, &required, &services),
			 HRESULT_FROM_WIN32(NDR_BAD_STUB_DATA));
	loop_done(&l);
	loop_init(&l, &ndr_interface_IAppHostChildElementCollection, &collection);
	IAppHostChildElementCollection *list = (IAppHostChildElementCollection *)(void *)&l.face;
	assert_int_equal(list->lpVtbl->get_Item(list, bad, &item),
			 HRESULT_FROM_WIN32(NDR_BAD_STUB_DATA));
	assert_null(item);
	assert_int_equal(l.calls, 0);
	loop_done(&l);
}

static void knows_its_methods(void **state)
{
	struct object service = { &service_methods, 1 };
	_Alignas(16) char frame[NDR_FRAME_MAX] = { 0 };
	const unsigned local[] = { 0, 1, 2, 10 /* Opnum10NotUsedOnWire */, 5000 };

	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		assert_int_equal(ndr_invoke(&ndr_interface_ITypeInfo, local[i],
					    (IUnknown *)(void *)&service, frame),
				 -ENOSYS);
}

/* ---- every method of every object's interface: what C passes is what arrives ---- */

struct mirror {
	struct ndr_face face;
	const struct ndr_method *method; /* that was called */
	const char *expected;            /* its frame */
	unsigned differences;
};

static HRESULT mirror_call(struct ndr_face *face, const struct ndr_method *method, void *frame)
{
	struct mirror *m = container_of(face, struct mirror, face);

	m->method = method;
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];

		if (p->flags & NDR_RESULT)
			memcpy((char *)frame + p->offset, m->expected + p->offset, p->type->size);
		else
			m->differences += memcmp((char *)frame + p->offset, m->expected + p->offset,
						 p->type->size) != 0;
	}
	return S_OK;
}

static const struct ndr_face_methods mirror_methods = { .call = mirror_call };

static unsigned mirror_interface(const struct ndr_interface *interface)
{
	struct mirror m = { 0 };
	unsigned called = 0;

	if (ndr_face_init(&m.face, interface, &mirror_methods) != S_OK)
		fail_msg("%s has no face", interface->name);
	for (unsigned opnum = 3; opnum < ndr_method_count(interface); opnum++) {
		const struct ndr_method *method = ndr_method_at(interface, opnum);
		_Alignas(16) char frame[NDR_FRAME_MAX];
		uint64_t word = 0;

		/* Any bytes will do: nobody follows the pointers. */
		for (uint32_t i = 0; i < sizeof frame; i++)
			frame[i] = (char)(i * 37 + opnum + 1);
		m.expected = frame;
		m.method = NULL;
		if (method->flags & (NDR_LOCAL | NDR_CALL_AS)) {
			assert_int_equal(ndr_call_method(method, (IUnknown *)(void *)&m.face,
							 frame),
					 -ENOSYS);
			continue;
		}
		const struct ndr_field *last = &method->params[method->count - 1];
		if (method->count && last->flags & NDR_RESULT)
			memcpy(&word, frame + last->offset, last->type->size);
		assert_int_equal(ndr_call_method(method, (IUnknown *)(void *)&m.face, frame), 0);
		assert_ptr_equal(m.method, method);
		if (m.differences)
			fail_msg("%s: an argument changed", method->name);
		if (word)
			assert_memory_equal(&word, frame + last->offset, last->type->size);
		called++;
	}
	return called;
}

static void every_method_is_called_as_c_does(void **state)
{
	unsigned called = 0;

	for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
		for (uint32_t k = 0; k < modules[i]->interface_count; k++) {
			if (modules[i]->interfaces[k]->flags & NDR_OBJECT)
				called += mirror_interface(modules[i]->interfaces[k]);
		}
	}
	assert_true(called > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_numbers_and_buffers),
		cmocka_unit_test(allocates_nothing_when_warm),
		cmocka_unit_test(passes_ownership),
		cmocka_unit_test(passes_variants_and_objects),
		cmocka_unit_test(passes_arguments_by_reference),
		cmocka_unit_test(enumerates),
		cmocka_unit_test(tells_of_failures_on_the_way),
		cmocka_unit_test(knows_its_methods),
		cmocka_unit_test(every_method_is_called_as_c_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
