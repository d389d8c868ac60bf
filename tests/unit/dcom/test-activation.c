/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/activation.h: requests and replies as bytes, and what is wrong with some. */
#include "../unit.h"

#include "base/mem.h"
#include "dcom/activation-internal.h"

#include <errno.h>

static const IID iids[] = { { 1, 1, 1, { 1 } }, { 2, 2, 2, { 2 } } };
static const uint16_t towers[] = { 7, 8 };

static struct activation_request some_request(void)
{
	return (struct activation_request){
		.clsid = { 0x1234, 5, 6, { 7 } },
		.class_context = 16,
		.flags = ACTIVATION_NO_FAILURE_LOG,
		.version = { 5, 6 },
		.iids = iids,
		.iid_count = 2,
		.protseqs = towers,
		.protseq_count = 2,
		.imp_level = 2,
		.session = ACTIVATION_ANY_SESSION,
	};
}

static void put_request(struct buf *out, struct activation_request request)
{
	buf_init(out, 1 << 20);
	assert_int_equal(activation_put_request(&request, out), 0);
}

static HRESULT parse_request(const struct buf *in, struct activation_request *ret,
			     struct arena *arena, struct error *err)
{
	arena_init(arena, 1 << 20);
	return activation_parse_request(buf_text(in), arena, ret, err);
}

static void a_request_is_read_as_it_was_written(void **state)
{
	struct activation_request request = some_request(), got;
	struct arena arena;
	struct buf out;

	put_request(&out, request);
	assert_int_equal(parse_request(&out, &got, &arena, NULL), S_OK);
	assert_true(IsEqualGUID(&got.clsid, &request.clsid));
	assert_int_equal(got.class_context, 16);
	assert_int_equal(got.flags, ACTIVATION_NO_FAILURE_LOG);
	assert_int_equal(got.version.MinorVersion, 6);
	assert_int_equal(got.iid_count, 2);
	assert_memory_equal(got.iids, iids, sizeof iids);
	assert_int_equal(got.protseq_count, 2);
	assert_memory_equal(got.protseqs, towers, sizeof towers);
	assert_int_equal(got.imp_level, 2);
	assert_int_equal(got.session, ACTIVATION_ANY_SESSION);
	assert_false(got.console_session);
	assert_false(got.has_instance);
	assert_int_not_equal(got.client_context.length, 0);
	assert_int_equal(got.prototype_context.length, 0);
	arena_done(&arena);
	buf_done(&out);
	request.session = 3;
	request.console_session = true;
	put_request(&out, request);
	assert_int_equal(parse_request(&out, &got, &arena, NULL), S_OK);
	assert_int_equal(got.session, 3);
	assert_true(got.console_session);
	arena_done(&arena);
	buf_done(&out);
}

/* Sizes in the blob are counted as 2.2.22.1 says: from its CustomHeader on. */
static void require_sizes(struct activation_request request, DWORD properties)
{
	struct objref *ref = mem_alloc(sizeof *ref);
	CustomHeader header = { 0 };
	struct arena arena;
	struct buf out;
	uint32_t size;

	put_request(&out, request);
	assert_int_equal(objref_parse(buf_text(&out), ref), 0);
	memcpy(&size, ref->data.data, sizeof size);
	assert_int_equal(size + 8, ref->data.length);
	arena_init(&arena, 1 << 20);
	assert_int_equal(ndr_unpickle(&ndr_type_CustomHeader, ref->data.data + 8, size, NULL,
				      &arena, &header, NULL, NULL),
			 0);
	assert_int_equal(header.totalSize, size);
	assert_int_equal(header.cIfs, properties);
	uint32_t sum = header.headerSize;

	for (DWORD i = 0; i < header.cIfs; i++) {
		assert_int_equal(header.pSizes[i] % 8, 0);
		sum += header.pSizes[i];
	}
	assert_int_equal(sum, size);
	arena_done(&arena);
	buf_done(&out);
	mem_free(ref);
}

static void sizes_add_up(void **state)
{
	struct activation_request request = some_request();

	/* SpecialPropertiesData is for who wants a session. */
	require_sizes(request, 4);
	request.session = 3;
	require_sizes(request, 5);
}

static void cut_requests_are_refused(void **state)
{
	struct activation_request got;
	struct arena arena;
	struct buf out;

	put_request(&out, some_request());
	for (size_t n = 0; n < out.length; n++) {
		void *copy = mem_dup(out.data, n);

		arena_init(&arena, 1 << 20);
		assert_true(FAILED(
			activation_parse_request((struct text){ copy, n }, &arena, &got, NULL)));
		arena_done(&arena);
		mem_free(copy);
	}
	buf_done(&out);
}

static void each_required_property_is_missed(void **state)
{
	static const GUID *const none = &GUID_NULL;
	InstantiationInfoData info = { .cIID = 1, .pIID = (IID *)iids };
	customREMOTE_REQUEST_SCM_INFO remote = { .cRequestedProtseqs = 1,
						 .pRequestedProtseqs = (uint16_t *)towers };
	ScmRequestInfoData scm = { .remoteRequest = &remote };
	LocationInfoData location = { 0 };
	struct activation_property all[] = {
		{ &CLSID_InstantiationInfo, &ndr_type_InstantiationInfoData, NULL, &info, 0, 0 },
		{ &CLSID_ScmRequestInfo, &ndr_type_ScmRequestInfoData, NULL, &scm, 0, 0 },
		{ &CLSID_ServerLocationInfo, &ndr_type_LocationInfoData, NULL, &location, 0, 0 },
		/* One that nobody knows is passed over. */
		{ none, &ndr_type_LocationInfoData, NULL, &location, 0, 0 },
	};

	for (size_t left_out = 0; left_out < ARRAY_LEN(all); left_out++) {
		struct activation_property some[ARRAY_LEN(all)];
		struct activation_request got;
		struct error err = { 0 };
		struct arena arena;
		struct buf out;
		size_t count = 0;

		for (size_t i = 0; i < ARRAY_LEN(all); i++)
			if (i != left_out)
				some[count++] = all[i];
		buf_init(&out, 1 << 20);
		assert_int_equal(activation_put_blob(&IID_IActivationPropertiesIn,
						     &CLSID_ActivationPropertiesIn, some, count,
						     &out),
				 0);
		HRESULT hr = parse_request(&out, &got, &arena, &err);

		if (left_out == 3) {
			assert_int_equal(hr, S_OK);
		} else {
			assert_int_equal(hr, E_INVALIDARG);
			assert_non_null(strstr(err.text, all[left_out].type->name));
		}
		arena_done(&arena);
		buf_done(&out);
	}
}

static void other_references_are_refused(void **state)
{
	struct activation_request got;
	struct arena arena;
	struct buf out;

	put_request(&out, some_request());
	out.data[8]++; /* the iid of the reference */
	assert_int_equal(parse_request(&out, &got, &arena, NULL), RPC_E_INVALID_OBJREF);
	arena_done(&arena);
	out.data[8]--;
	out.data[24]++; /* its class */
	assert_int_equal(parse_request(&out, &got, &arena, NULL), RPC_E_INVALID_OBJREF);
	arena_done(&arena);
	buf_done(&out);
}

static void too_many_interfaces_are_refused(void **state)
{
	struct activation_request request = some_request(), got;
	IID *many = mem_zalloc(ACTIVATION_INTERFACES_MAX + 1, sizeof *many);
	struct arena arena;
	struct buf out;

	request.iids = many;
	request.iid_count = ACTIVATION_INTERFACES_MAX + 1;
	put_request(&out, request);
	assert_int_equal(parse_request(&out, &got, &arena, NULL), E_INVALIDARG);
	arena_done(&arena);
	buf_done(&out);
	mem_free(many);
}

static void a_reply_is_read_as_it_was_written(void **state)
{
	struct activation_reply *reply = mem_new(struct activation_reply),
				*got = mem_new(struct activation_reply);
	struct activation_result results[] = { { S_OK, TEXT("a reference") },
					       { E_NOINTERFACE, { 0 } } };
	struct arena arena;
	struct buf out;

	*reply = (struct activation_reply){ .oxid = 0x1122334455667788,
					    .rem_unknown = { 9, 9, 9, { 9 } },
					    .authn_hint = 5,
					    .version = { 5, 7 },
					    .count = 2,
					    .iids = iids,
					    .results = results };
	assert_int_equal(bindings_add_string(&reply->bindings, "server.test", 49152), 0);
	assert_int_equal(bindings_add_security(&reply->bindings, AUTHN_WINNT, ""), 0);
	buf_init(&out, 1 << 20);
	assert_int_equal(activation_put_reply(reply, &out), 0);
	arena_init(&arena, 1 << 20);
	assert_int_equal(activation_parse_reply(buf_text(&out), &arena, got, NULL), S_OK);
	assert_true(got->oxid == reply->oxid);
	assert_true(IsEqualGUID(&got->rem_unknown, &reply->rem_unknown));
	assert_int_equal(got->authn_hint, 5);
	assert_int_equal(got->version.MinorVersion, 7);
	assert_string_equal(got->bindings.strings[0].address, "server.test[49152]");
	assert_int_equal(got->count, 2);
	assert_int_equal(got->results[0].hr, S_OK);
	assert_text(got->results[0].objref, "a reference");
	assert_int_equal(got->results[1].hr, E_NOINTERFACE);
	assert_int_equal(got->results[1].objref.length, 0);
	arena_done(&arena);
	for (size_t n = 0; n < out.length; n++) {
		void *copy = mem_dup(out.data, n);

		arena_init(&arena, 1 << 20);
		assert_true(FAILED(
			activation_parse_reply((struct text){ copy, n }, &arena, got, NULL)));
		arena_done(&arena);
		mem_free(copy);
	}
	buf_done(&out);
	mem_free(reply);
	mem_free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_as_it_was_written),
		cmocka_unit_test(sizes_add_up),
		cmocka_unit_test(cut_requests_are_refused),
		cmocka_unit_test(each_required_property_is_missed),
		cmocka_unit_test(other_references_are_refused),
		cmocka_unit_test(too_many_interfaces_are_refused),
		cmocka_unit_test(a_reply_is_read_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
