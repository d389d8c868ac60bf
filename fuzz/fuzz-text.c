/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/text.h and the HTTP date of base/clock.h: conversions are total, agree with their length
 * functions, respect every capacity, and a second journey changes nothing.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

/* UTF-8 to UTF-16 and back; the result is well-formed and stays as it is. */
static void travel(struct text in)
{
	size_t units = utf8_to_utf16_length(in);
	_cleanup_mem_ char16_t *wide = mem_alloc(units * sizeof(*wide));
	FUZZ_REQUIRE(wide && utf8_to_utf16(in, wide, units) == units);
	size_t bytes = utf16_to_utf8_length(wide, units);
	_cleanup_mem_ char *back = mem_alloc(bytes);
	FUZZ_REQUIRE(back && utf16_to_utf8(wide, units, back, bytes) == bytes);
	struct text out = { back, bytes };
	FUZZ_REQUIRE(utf8_valid(out));
	FUZZ_REQUIRE(utf8_valid(in) == text_equal(in, out));
	FUZZ_REQUIRE(utf8_to_utf16_length(out) == units);
}

/* The first byte says how much room there is: never more is written, never half a character. */
static void squeeze(struct text in, size_t room)
{
	char16_t wide[256];
	char narrow[256];
	size_t n = utf8_to_utf16(in, wide, room);
	FUZZ_REQUIRE(n <= room);
	size_t m = utf16_to_utf8(wide, n, narrow, room);
	FUZZ_REQUIRE(m <= room);
	FUZZ_REQUIRE(utf8_valid((struct text){ narrow, m }));
}

static void units(const uint8_t *data, size_t size)
{
	size_t count = size / sizeof(char16_t);
	_cleanup_mem_ char16_t *wide = mem_alloc(count * sizeof(*wide));
	FUZZ_REQUIRE(wide);
	if (count)
		memcpy(wide, data, count * sizeof(*wide));
	struct buf b;
	buf_init(&b, 3 * count);
	buf_put_utf16(&b, wide, count);
	FUZZ_REQUIRE(!buf_failed(&b) && utf8_valid(buf_text(&b)));
	buf_done(&b);
}

static void escapes(struct text in)
{
	struct buf b;
	buf_init(&b, 6 * in.length);
	buf_put_json(&b, in);
	FUZZ_REQUIRE(!buf_failed(&b) && utf8_valid(buf_text(&b)));
	buf_clear(&b);
	buf_put_html(&b, in);
	FUZZ_REQUIRE(!buf_failed(&b));
	FUZZ_REQUIRE(b.length == 0 || !memchr(b.data, '<', b.length));
	buf_done(&b);
}

static void date(struct text in)
{
	int64_t seconds, again;
	char out[CLOCK_HTTP_SIZE];
	if (clock_parse_http(in.data, in.length, &seconds) != 0)
		return;
	if (seconds < 0 || seconds > INT64_MAX / NSEC_PER_SEC)
		return; /* the nanosecond scale ends in 2262 */
	clock_format_http(seconds * NSEC_PER_SEC, out);
	FUZZ_REQUIRE(clock_parse_http(out, strlen(out), &again) == 0 && again == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };
	travel(in);
	if (size > 0)
		squeeze(in, data[0]);
	units(data, size);
	escapes(in);
	date(in);
	FUZZ_REQUIRE(text_equal_nocase(in, in) && text_compare_nocase(in, in) == 0);
	return 0;
}
