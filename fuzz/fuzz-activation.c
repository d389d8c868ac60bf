/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation properties (dcom/activation.h), requests and replies: any bytes are read or refused,
 * and a request that was read and can be written again is read as the same.
 */
#include "fuzz.h"

#include "dcom/activation.h"

#define MEMORY ((size_t)8 << 20)

static void same_again(const struct activation_request *a)
{
	struct activation_request b;
	struct arena arena;
	struct buf out;

	arena_init(&arena, MEMORY);
	buf_init(&out, MEMORY);
	FUZZ_REQUIRE(activation_put_request(a, &out) == 0);
	FUZZ_REQUIRE(activation_parse_request(buf_text(&out), &arena, &b, NULL) == S_OK);
	FUZZ_REQUIRE(IsEqualGUID(&a->clsid, &b.clsid));
	FUZZ_REQUIRE(a->iid_count == b.iid_count);
	FUZZ_REQUIRE(memcmp(a->iids, b.iids, a->iid_count * sizeof *a->iids) == 0);
	FUZZ_REQUIRE(a->session == b.session && a->flags == b.flags);
	FUZZ_REQUIRE(a->protseq_count == b.protseq_count);
	buf_done(&out);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };
	struct activation_request request;
	static struct activation_reply reply;
	struct error err = { 0 };
	struct arena arena;

	arena_init(&arena, MEMORY);
	HRESULT hr = activation_parse_request(in, &arena, &request, &err);

	FUZZ_REQUIRE(SUCCEEDED(hr) || err.text[0] || hr == E_OUTOFMEMORY);
	if (SUCCEEDED(hr))
		same_again(&request);
	hr = activation_parse_reply(in, &arena, &reply, NULL);
	if (SUCCEEDED(hr))
		for (uint32_t i = 0; i < reply.count; i++)
			FUZZ_REQUIRE(FAILED(reply.results[i].hr) || reply.results[i].objref.length);
	arena_done(&arena);
	return 0;
}
