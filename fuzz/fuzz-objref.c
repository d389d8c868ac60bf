/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object references (dcom/objref.h): any bytes are read or refused, and what was read is written as
 * bytes that are read as the same.
 */
#include "fuzz.h"

#include "dcom/context.h"
#include "dcom/objref.h"

#include <errno.h>

/* Reads it as from a stream: never beyond what was parsed, and as much of it. */
static void read_by_pieces(struct text whole)
{
	size_t at = 0, missing;

	while ((missing = objref_missing((struct text){ whole.data, at }))) {
		FUZZ_REQUIRE(missing <= whole.length - at);
		at += missing;
	}
	FUZZ_REQUIRE(at == whole.length);
}

/* Read from a stream it is read to its end and no further. */
static void require_extent(struct text written)
{
	size_t at = 0, missing;

	while ((missing = objref_missing((struct text){ written.data, at })) != 0) {
		at += missing;
		FUZZ_REQUIRE(at <= written.length);
	}
	FUZZ_REQUIRE(at == written.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };
	struct objref a, b;
	struct buf out, first, second;
	int r = objref_parse(in, &a);

	/* Of any bytes it can be said. */
	for (size_t at = 0, missing = 1; missing && at <= size; at += missing)
		missing = objref_missing((struct text){ in.data, at });
	if (r < 0) {
		FUZZ_REQUIRE(r == -EBADMSG);
		return 0;
	}
	buf_init(&out, 2 * OBJREF_MAX);
	buf_init(&first, 1 << 20);
	buf_init(&second, 1 << 20);
	objref_put(&a, &out);
	FUZZ_REQUIRE(!buf_failed(&out));
	require_extent(buf_text(&out));
	FUZZ_REQUIRE(objref_parse(buf_text(&out), &b) == 0);
	objref_print(&a, &first);
	objref_print(&b, &second);
	FUZZ_REQUIRE(text_equal(buf_text(&first), buf_text(&second)));
	FUZZ_REQUIRE(text_equal(a.data, b.data));
	read_by_pieces(buf_text(&out));
	for (unsigned i = 0; i < a.resolver.string_count; i++) {
		char host[BINDINGS_TEXT_MAX];
		uint16_t port;

		if (bindings_split(a.resolver.strings[i].address, host, &port))
			FUZZ_REQUIRE(strlen(host) < BINDINGS_TEXT_MAX);
	}
	/* What an extended one has beside it, or a custom one in it. */
	HRESULT hr = context_check(a.data);

	FUZZ_REQUIRE(hr == S_OK || hr == RPC_E_INVALID_OBJREF);
	buf_done(&out);
	buf_done(&first);
	buf_done(&second);
	return 0;
}
