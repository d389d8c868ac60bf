/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of references between two struct dcom: each kind of OBJREF, by whom it is read, and what
 * goes by value.
 */
#include "rig.h"

#include "com/marshal.h"
#include "dcom/context.h"
#include "dcom/orpc.h"

/* A reference to a new counter of the host, as one of `kind`. The counter is the caller's. */
static IUnknown *refer(struct rig *rig, enum objref_kind kind, struct objref *ref)
{
	static char context[64];
	IUnknown *counter = NULL;
	struct buf out;

	assert_int_equal(counter_new(&counter), S_OK);
	buf_init(&out, OBJREF_MAX);
	assert_int_equal(dcom_marshal(rig->host, &IID_IDispatch, counter, &out), S_OK);
	assert_int_equal(objref_parse(buf_text(&out), ref), 0);
	assert_int_equal(ref->kind, OBJREF_STANDARD);
	ref->kind = kind;
	ref->clsid = clsid_counter;
	if (kind == OBJREF_EXTENDED) {
		buf_clear(&out);
		context_put(&out);
		memcpy(context, out.data, out.length);
		ref->data = (struct text){ context, out.length };
	}
	buf_done(&out);
	return counter;
}

static HRESULT unmarshal(struct dcom *dcom, const struct objref *ref, REFIID iid, IUnknown **ret)
{
	struct buf out;

	buf_init(&out, OBJREF_MAX);
	objref_put(ref, &out);
	HRESULT hr = dcom_unmarshal(dcom, buf_text(&out), iid, ret);

	buf_done(&out);
	return hr;
}

static IUnknown *sent_back(struct rig *rig, IUnknown *proxy, enum objref_kind *ret_kind)
{
	IUnknown *same = NULL;
	struct objref ref;
	struct buf out;

	buf_init(&out, OBJREF_MAX);
	assert_int_equal(dcom_marshal(rig->client, &IID_IDispatch, proxy, &out), S_OK);
	assert_int_equal(objref_parse(buf_text(&out), &ref), 0);
	*ret_kind = ref.kind;
	assert_int_equal(dcom_unmarshal(rig->host, buf_text(&out), &IID_IDispatch, &same), S_OK);
	buf_done(&out);
	return same;
}

static void handlers_and_contexts_come_with_a_standard_reference(void **state)
{
	static const enum objref_kind kinds[] = { OBJREF_STANDARD, OBJREF_HANDLER,
						  OBJREF_EXTENDED };
	struct rig rig;

	rig_init(&rig, 0, 0);
	/* By this the client knows as whom to call the host. */
	IDispatch *first = create_counter(&rig);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		enum objref_kind kind = OBJREF_CUSTOM;
		IUnknown *proxy = NULL;
		struct objref ref;
		IUnknown *counter = refer(&rig, kinds[i], &ref);

		assert_int_equal(unmarshal(rig.client, &ref, &IID_IDispatch, &proxy), S_OK);
		assert_ptr_not_equal(proxy, counter);
		assert_int_equal(add((IDispatch *)(void *)proxy, 7), 7);
		IUnknown *same = sent_back(&rig, proxy, &kind);

		assert_ptr_equal(same, counter);
		assert_int_equal(kind, OBJREF_STANDARD);
		assert_int_equal(alive, 2); /* and no handler was made */
		same->lpVtbl->Release(same);
		proxy->lpVtbl->Release(proxy);
		counter->lpVtbl->Release(counter);
		wait_for(1);
	}
	first->lpVtbl->Release(first);
	wait_for(0);
	rig_done(&rig);
}

static void a_context_with_extents_is_refused(void **state)
{
	struct rig rig;
	struct objref ref;
	IUnknown *proxy = NULL;

	rig_init(&rig, 0, 0);
	IUnknown *counter = refer(&rig, OBJREF_EXTENDED, &ref);

	((char *)ref.data.data)[28] = 1;
	assert_int_equal(unmarshal(rig.client, &ref, &IID_IDispatch, &proxy), RPC_E_INVALID_OBJREF);
	assert_int_equal(unmarshal(rig.host, &ref, &IID_IDispatch, &proxy), RPC_E_INVALID_OBJREF);
	assert_null(proxy);
	((char *)ref.data.data)[28] = 0;
	assert_int_equal(unmarshal(rig.host, &ref, &IID_IDispatch, &proxy), S_OK);
	assert_ptr_equal(proxy, counter);
	proxy->lpVtbl->Release(proxy);
	counter->lpVtbl->Release(counter);
	rig_done(&rig);
}

/* The sender does not choose what runs, be the class registered or not. */
static void unmarshalers_of_others_are_not_made(void **state)
{
	const CLSID *classes[] = { &clsid_counter, &marshal_class_inproc, &marshal_class_standard,
				   &CLSID_ContextMarshaler };
	struct rig rig;

	rig_init(&rig, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		struct objref ref = { .kind = OBJREF_CUSTOM,
				      .iid = IID_IDispatch,
				      .clsid = *classes[i],
				      .data = TEXT("0123456789abcdef") };
		IUnknown *got = NULL;

		assert_int_equal(unmarshal(rig.client, &ref, &IID_IDispatch, &got),
				 RPC_E_INVALID_OBJREF);
		assert_null(got);
		assert_int_equal(alive, 0);
	}
	rig_done(&rig);
}

static void error_information_goes_by_value(void **state)
{
	struct rig rig;
	IErrorInfo *info = NULL, *copy = NULL;
	struct objref ref;
	struct buf out;
	BSTR text = NULL;

	rig_init(&rig, 0, 0);
	errorinfo_set(E_FAIL, "here", "what happened");
	assert_int_equal(GetErrorInfo(0, &info), S_OK);
	buf_init(&out, OBJREF_MAX);
	/* A client gives nothing of its own away, but values. */
	assert_int_equal(dcom_marshal(rig.client, &IID_IErrorInfo, (IUnknown *)(void *)info, &out),
			 S_OK);
	assert_int_equal(objref_parse(buf_text(&out), &ref), 0);
	assert_int_equal(ref.kind, OBJREF_CUSTOM);
	assert_int_equal(dcom_unmarshal(rig.host, buf_text(&out), &IID_IErrorInfo,
					(IUnknown **)(void *)&copy),
			 S_OK);
	assert_ptr_not_equal(copy, info);
	assert_int_equal(copy->lpVtbl->GetDescription(copy, &text), S_OK);
	assert_int_equal(SysStringLen(text), 13);
	SysFreeString(text);
	copy->lpVtbl->Release(copy);
	info->lpVtbl->Release(info);
	assert_int_equal(dcom_counts(rig.host).exporter.objects, 0);
	buf_done(&out);
	rig_done(&rig);
}

/* ---- an object that marshals itself ---- */

static HRESULT own_query(IMarshal *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_IMarshal) || IsEqualGUID(riid, &IID_IUnknown) ? This : NULL;
	return *ret ? S_OK : E_NOINTERFACE;
}

static ULONG own_count(IMarshal *This)
{
	return 1;
}

static HRESULT own_class(IMarshal *This, REFIID riid, void *object, DWORD context, void *data,
			 DWORD flags, CLSID *ret)
{
	assert_int_equal(context, MSHCTX_DIFFERENTMACHINE);
	*ret = clsid_counter;
	return S_OK;
}

static HRESULT own_marshal(IMarshal *This, IStream *stream, REFIID riid, void *object,
			   DWORD context, void *data, DWORD flags)
{
	return stream->lpVtbl->Write(stream, "my own bytes", 12, NULL);
}

static void an_object_may_say_what_travels(void **state)
{
	static const IMarshalVtbl vtbl = { .QueryInterface = own_query,
					   .AddRef = own_count,
					   .Release = own_count,
					   .GetUnmarshalClass = own_class,
					   .MarshalInterface = own_marshal };
	IMarshal own = { &vtbl };
	struct rig rig;
	struct objref ref;
	struct buf out;

	rig_init(&rig, 0, 0);
	buf_init(&out, OBJREF_MAX);
	assert_int_equal(dcom_marshal(rig.host, &IID_IUnknown, (IUnknown *)(void *)&own, &out),
			 S_OK);
	assert_int_equal(objref_parse(buf_text(&out), &ref), 0);
	assert_int_equal(ref.kind, OBJREF_CUSTOM);
	assert_true(IsEqualGUID(&ref.clsid, &clsid_counter));
	assert_true(text_equal(ref.data, TEXT("my own bytes")));
	assert_int_equal(dcom_counts(rig.host).exporter.objects, 0);
	buf_done(&out);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handlers_and_contexts_come_with_a_standard_reference),
		cmocka_unit_test(a_context_with_extents_is_refused),
		cmocka_unit_test(unmarshalers_of_others_are_not_made),
		cmocka_unit_test(error_information_goes_by_value),
		cmocka_unit_test(an_object_may_say_what_travels),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
