/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of http/chunk.c. */
#include "../unit.h"

#include "base/mem.h"
#include "http/chunk.h"

/* Decodes in pieces of `piece` bytes. Returns the length, or the error; -1: not over yet. */
static int decode(const char *data, size_t length, size_t piece, uint64_t limit, char *out,
		  size_t *ret_rest)
{
	struct http_chunk chunk = { 0 };
	int total = 0;
	for (size_t from = 0; from < length;) {
		size_t n = piece < length - from ? piece : length - from, at = 0;
		while (at < n) {
			size_t used;
			int r = http_chunk_step(&chunk, data + from + at, n - at, limit, &used);
			at += used;
			if (r < 0)
				return r;
			if (r == HTTP_CHUNK_END) {
				*ret_rest = length - from - at;
				return total;
			}
			if (r == HTTP_CHUNK_MORE) {
				assert_int_equal(at, n);
				continue;
			}
			size_t take = chunk.left < n - at ? (size_t)chunk.left : n - at;
			memcpy(out + total, data + from + at, take);
			total += (int)take;
			at += take;
			if (take)
				http_chunk_took(&chunk, take);
		}
		from += n;
	}
	return -1;
}

static void any_split_gives_the_same(void **state)
{
	static const char coded[] = "5\r\nhello\r\n1;a=\"b\"\r\n,\r\n000A;x\r\n 0123456\r\n\r\n"
				    "0\r\nTrailer: x\r\nT2:\r\n\r\nnext";
	char out[64];
	for (size_t piece = 1; piece < sizeof(coded); piece++) {
		size_t rest;
		assert_int_equal(decode(coded, sizeof(coded) - 1, piece, 100, out, &rest), 16);
		assert_memory_equal(out, "hello, 0123456\r\n", 16);
		assert_int_equal(rest, 4);
	}
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *coded;
		int status;
	} cases[] = {
		{ "\r\n", 400 },
		{ "g\r\n", 400 },
		{ "-1\r\n", 400 },
		{ "+1\r\n", 400 },
		{ "0x1\r\n", 400 },
		{ " 1\r\n", 400 },
		{ "1 \r\n", 400 },
		{ "1\n", 400 },
		{ "1\r\r\n", 400 },
		{ ";a\r\n", 400 },
		{ "1;a\n", 400 },
		{ "1;a\x01\r\n", 400 },
		{ "1\r\nab\r\n", 400 },
		{ "1\r\na\n", 400 },
		{ "1\r\na1\r\n", 400 },
		{ "0\r\n\n", 400 },
		{ "0\r\n a: b\r\n\r\n", 400 },
		{ "0\r\n: b\r\n\r\n", 400 },
		{ "0\r\nab\r\n\r\n", 400 },
		{ "0\r\na b: c\r\n\r\n", 400 },
		{ "0\r\na: b\n\r\n", 400 },
		{ "ffffffffffffffff\r\n", 400 },
		{ "10000000000000000\r\n", 400 },
		{ "00000000000000001\r\n", 400 },
		{ "7fffffffffffffff\r\n", 413 },
		{ "65\r\n", 413 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[64];
		size_t rest;
		int r = decode(cases[i].coded, strlen(cases[i].coded), 1, 100, out, &rest);
		if (r != -cases[i].status)
			fail_msg("case %zu: %d", i, r);
	}
}

static void the_sum_is_limited(void **state)
{
	char out[64];
	size_t rest;
	static const char coded[] = "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
	assert_int_equal(decode(coded, sizeof(coded) - 1, 1, 6, out, &rest), 6);
	assert_int_equal(decode(coded, sizeof(coded) - 1, 1, 5, out, &rest), -413);
}

/* Extensions and trailers cost the sender's patience, not ours. */
static void overhead_is_limited(void **state)
{
	for (int trailer = 0; trailer < 2; trailer++) {
		struct http_chunk chunk = { 0 };
		size_t used, fed = 0;
		int r = http_chunk_step(&chunk, trailer ? "0\r\nA:" : "1;", trailer ? 5 : 2, 100,
					&used);
		while (r == HTTP_CHUNK_MORE && fed < 100000) {
			r = http_chunk_step(&chunk, "x", 1, 100, &used);
			fed++;
		}
		assert_int_equal(r, -400);
		assert_in_range(fed, HTTP_CHUNK_OVERHEAD_MAX - 2, HTTP_CHUNK_OVERHEAD_MAX + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_split_gives_the_same),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(the_sum_is_limited),
		cmocka_unit_test(overhead_is_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
