/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of references in streams (CoMarshalInterface for other processes): a host marshals objects
 * by COM's own functions, and a client of another struct dcom reads the streams.
 */
#include "rig.h"

#include "dcom/remoting.h"

struct streams {
	struct rig rig;
	IDispatch *first; /* by it the client knows as whom to call the host */
	IMarshal *client; /* the standard marshaller of the client */
	IUnknown *counter;
	IStream *stream;
};

static void streams_init(struct streams *s, int64_t period)
{
	rig_init(&s->rig, period, 0);
	s->first = create_counter(&s->rig);
	dcom_remoting_use(s->rig.host);
	assert_int_equal(dcom_standard_marshaler(s->rig.client, NULL, &s->client), S_OK);
	assert_int_equal(counter_new(&s->counter), S_OK);
	s->stream = SHCreateMemStream(NULL, 0);
	assert_non_null(s->stream);
}

static void streams_done(struct streams *s)
{
	s->stream->lpVtbl->Release(s->stream);
	assert_int_equal(s->client->lpVtbl->Release(s->client), 0);
	s->first->lpVtbl->Release(s->first);
	wait_for(0);
	dcom_remoting_use(NULL);
	rig_done(&s->rig);
}

static void rewind_stream(IStream *stream)
{
	stream->lpVtbl->Seek(stream, 0, STREAM_SEEK_SET, NULL);
}

static void marshal(struct streams *s, DWORD context, DWORD flags)
{
	rewind_stream(s->stream);
	assert_int_equal(CoMarshalInterface(s->stream, &IID_IDispatch, s->counter, context, NULL,
					    flags),
			 S_OK);
}

static HRESULT read_in(IMarshal *reader, IStream *stream, IDispatch **ret)
{
	rewind_stream(stream);
	return reader->lpVtbl->UnmarshalInterface(reader, stream, &IID_IDispatch, (void **)ret);
}

/* What a client does with a stream: reads it, calls, and drops the proxy. */
static IDispatch *proxy_of_stream(struct streams *s)
{
	IDispatch *proxy = NULL;

	assert_int_equal(read_in(s->client, s->stream, &proxy), S_OK);
	assert_ptr_not_equal(proxy, s->counter);
	return proxy;
}

static HRESULT forget(struct streams *s)
{
	rewind_stream(s->stream);
	return CoReleaseMarshalData(s->stream);
}

static HRESULT read_at_home(struct streams *s, IDispatch **ret)
{
	rewind_stream(s->stream);
	return CoUnmarshalInterface(s->stream, &IID_IDispatch, (void **)ret);
}

static void drop(struct streams *s)
{
	s->counter->lpVtbl->Release(s->counter);
	s->counter = NULL;
}

static void objects_go_to_other_processes(void **state)
{
	static const DWORD contexts[] = { MSHCTX_LOCAL, MSHCTX_NOSHAREDMEM,
					  MSHCTX_DIFFERENTMACHINE };
	struct streams s;
	ULONG size = 0;
	STATSTG stat;

	streams_init(&s, 0);
	for (size_t i = 0; i < ARRAY_LEN(contexts); i++) {
		marshal(&s, contexts[i], MSHLFLAGS_NORMAL);
		assert_int_equal(CoGetMarshalSizeMax(&size, &IID_IDispatch, s.counter, contexts[i],
						     NULL, MSHLFLAGS_NORMAL),
				 S_OK);
		s.stream->lpVtbl->Stat(s.stream, &stat, STATFLAG_NONAME);
		assert_true(stat.cbSize <= size);
		/* What stands behind it in the stream is somebody else's. */
		assert_int_equal(s.stream->lpVtbl->Write(s.stream, "more", 4, NULL), S_OK);
		IDispatch *proxy = proxy_of_stream(&s);
		char more[4];

		assert_int_equal(s.stream->lpVtbl->Read(s.stream, more, 4, NULL), S_OK);
		assert_memory_equal(more, "more", 4);
		assert_int_equal(add(proxy, 1), (LONG)i + 1);
		proxy->lpVtbl->Release(proxy);
	}
	drop(&s);
	wait_for(1);
	streams_done(&s);
}

static void a_reference_for_once_is_used_up(void **state)
{
	struct streams s;
	IDispatch *back = NULL;

	streams_init(&s, 0);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_NORMAL);
	assert_int_equal(read_at_home(&s, &back), S_OK);
	assert_ptr_equal(back, s.counter);
	back->lpVtbl->Release(back);
	assert_int_equal(read_at_home(&s, &back), CO_E_OBJNOTCONNECTED);
	assert_int_equal(forget(&s), CO_E_OBJNOTCONNECTED);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_NORMAL);
	drop(&s);
	assert_int_equal(alive, 2); /* the stream holds it */
	assert_int_equal(forget(&s), S_OK);
	assert_int_equal(alive, 1);
	assert_int_equal(read_at_home(&s, &back), CO_E_OBJNOTCONNECTED);
	streams_done(&s);
}

static void a_strong_reference_lasts_until_it_is_released(void **state)
{
	struct streams s;

	streams_init(&s, 0);
	marshal(&s, MSHCTX_DIFFERENTMACHINE, MSHLFLAGS_TABLESTRONG);
	drop(&s);
	for (int i = 1; i <= 2; i++) {
		IDispatch *proxy = proxy_of_stream(&s);

		assert_int_equal(add(proxy, 1), i);
		proxy->lpVtbl->Release(proxy);
	}
	assert_int_equal(alive, 2);
	assert_int_equal(forget(&s), S_OK);
	wait_for(1);
	assert_int_equal(forget(&s), CO_E_OBJNOTCONNECTED);
	IDispatch *proxy = NULL;

	/* The client asks for references to it, and hears that it is gone. */
	assert_int_equal(read_in(s.client, s.stream, &proxy), CO_E_OBJNOTREG);
	streams_done(&s);
}

static void a_weak_reference_ends_with_its_last_client(void **state)
{
	struct streams s;
	IDispatch *none = NULL;

	streams_init(&s, 0);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_TABLEWEAK);
	IDispatch *a = proxy_of_stream(&s), *b = proxy_of_stream(&s);

	drop(&s);
	a->lpVtbl->Release(a);
	assert_int_equal(add(b, 5), 5);
	b->lpVtbl->Release(b);
	wait_for(1);
	assert_int_equal(read_in(s.client, s.stream, &none), CO_E_OBJNOTREG);
	assert_int_equal(forget(&s), CO_E_OBJNOTCONNECTED);
	/* One that nobody has read goes when it is released. */
	assert_int_equal(counter_new(&s.counter), S_OK);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_TABLEWEAK);
	drop(&s);
	assert_int_equal(forget(&s), S_OK);
	assert_int_equal(alive, 1);
	streams_done(&s);
}

static void disconnected_objects_have_no_clients(void **state)
{
	struct streams s;
	IDispatch *back = NULL;
	VARIANT one = { .vt = VT_I4, .lVal = 1 }, result = { 0 };

	streams_init(&s, 0);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_TABLESTRONG);
	IDispatch *proxy = proxy_of_stream(&s);

	assert_int_equal(add(proxy, 1), 1);
	assert_int_equal(CoDisconnectObject(s.counter, 0), S_OK);
	assert_int_equal(call(proxy, 1, &one, &result, NULL), RPC_E_DISCONNECTED);
	assert_int_equal(read_at_home(&s, &back), CO_E_OBJNOTCONNECTED);
	assert_int_equal(s.counter->lpVtbl->Release(s.counter), 0);
	proxy->lpVtbl->Release(proxy);
	streams_done(&s);
}

/* A proxy goes on as what it stands for, from its own process. */
static void proxies_go_on(void **state)
{
	struct streams s;
	IDispatch *back = NULL;
	struct counter *counter;

	streams_init(&s, 0);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_NORMAL);
	IDispatch *proxy = proxy_of_stream(&s);

	counter = (struct counter *)(void *)s.counter;
	drop(&s);
	dcom_remoting_use(s.rig.client);
	rewind_stream(s.stream);
	assert_int_equal(CoMarshalInterface(s.stream, &IID_IDispatch, (IUnknown *)(void *)proxy,
					    MSHCTX_LOCAL, NULL, MSHLFLAGS_TABLESTRONG),
			 S_OK);
	proxy->lpVtbl->Release(proxy); /* the table holds it */
	dcom_remoting_use(s.rig.host);
	assert_int_equal(read_at_home(&s, &back), S_OK);
	assert_ptr_equal(back, &counter->object);
	back->lpVtbl->Release(back);
	dcom_remoting_use(s.rig.client);
	assert_int_equal(alive, 2);
	assert_int_equal(forget(&s), S_OK);
	wait_for(1);
	assert_int_equal(forget(&s), CO_E_OBJNOTCONNECTED);
	streams_done(&s);
}

/* Bytes that name a class are read by none that the sender chose. */
static void streams_make_no_classes(void **state)
{
	struct streams s;
	struct objref ref = { .kind = OBJREF_CUSTOM,
			      .iid = IID_IDispatch,
			      .clsid = clsid_counter,
			      .data = TEXT("0123456789abcdef") };
	struct buf out;
	IDispatch *back = NULL;

	streams_init(&s, 0);
	buf_init(&out, OBJREF_MAX);
	objref_put(&ref, &out);
	rewind_stream(s.stream);
	assert_int_equal(s.stream->lpVtbl->Write(s.stream, out.data, (ULONG)out.length, NULL),
			 S_OK);
	assert_int_equal(read_at_home(&s, &back), E_ACCESSDENIED);
	assert_int_equal(read_in(s.client, s.stream, &back), RPC_E_INVALID_OBJREF);
	assert_int_equal(alive, 2);
	buf_done(&out);
	drop(&s);
	streams_done(&s);
}

/* Who gives nothing away has nothing to marshal but proxies. */
static void clients_do_not_export(void **state)
{
	struct streams s;

	streams_init(&s, 0);
	dcom_remoting_use(s.rig.client);
	assert_int_equal(CoMarshalInterface(s.stream, &IID_IDispatch, s.counter, MSHCTX_LOCAL, NULL,
					    MSHLFLAGS_NORMAL),
			 RPC_E_REMOTE_DISABLED);
	assert_int_equal(CoDisconnectObject(s.counter, 0), S_OK);
	drop(&s);
	streams_done(&s);
}

static void marshallers_say_what_they_are(void **state)
{
	struct streams s;
	IMarshal *standard = NULL;
	IDispatch *back = NULL;
	CLSID clsid;

	streams_init(&s, 0);
	assert_int_equal(CoGetStandardMarshal(&IID_IDispatch, s.counter, MSHCTX_LOCAL, NULL, 0,
					      &standard),
			 S_OK);
	assert_int_equal(standard->lpVtbl->GetUnmarshalClass(standard, &IID_IDispatch, s.counter,
							     MSHCTX_LOCAL, NULL, 0, &clsid),
			 S_OK);
	assert_int_equal(clsid.Data1, 0x17); /* CLSID_StdMarshal */
	assert_int_equal(standard->lpVtbl->MarshalInterface(standard, s.stream, &IID_IDispatch,
							    s.counter, MSHCTX_LOCAL, NULL, 0),
			 S_OK);
	assert_int_equal(read_in(standard, s.stream, &back), S_OK);
	assert_ptr_equal(back, s.counter);
	back->lpVtbl->Release(back);
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_NORMAL);
	rewind_stream(s.stream);
	assert_int_equal(standard->lpVtbl->ReleaseMarshalData(standard, s.stream), S_OK);
	assert_int_equal(dcom_counts(s.rig.host).exporter.objects, 1); /* `first` */
	marshal(&s, MSHCTX_LOCAL, MSHLFLAGS_TABLESTRONG);
	assert_int_equal(standard->lpVtbl->DisconnectObject(standard, 0), S_OK);
	assert_int_equal(dcom_counts(s.rig.host).exporter.objects, 1);
	assert_int_equal(s.client->lpVtbl->DisconnectObject(s.client, 0), E_INVALIDARG);
	standard->lpVtbl->Release(standard);
	drop(&s);
	streams_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_go_to_other_processes),
		cmocka_unit_test(a_reference_for_once_is_used_up),
		cmocka_unit_test(a_strong_reference_lasts_until_it_is_released),
		cmocka_unit_test(a_weak_reference_ends_with_its_last_client),
		cmocka_unit_test(disconnected_objects_have_no_clients),
		cmocka_unit_test(proxies_go_on),
		cmocka_unit_test(streams_make_no_classes),
		cmocka_unit_test(clients_do_not_export),
		cmocka_unit_test(marshallers_say_what_they_are),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
