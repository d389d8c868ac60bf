/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients send as names and values (src/asp/form.h): parsers are total, nothing grows beyond
 * its input, and what asp_url_encode wrote, asp_url_decode reads back.
 */
#include "fuzz.h"

#include "asp/form.h"
#include "asp/tags.h"

#include <errno.h>

struct sum {
	size_t pairs, bytes;
};

static int add(void *p, struct text name, struct text value)
{
	struct sum *sum = p;
	sum->pairs++;
	sum->bytes += name.length + value.length;
	return 0;
}

static void parse(struct text in, bool utf8)
{
	struct sum sum = { 0 };
	int r = asp_form_parse(in, utf8, add, &sum);
	FUZZ_REQUIRE(r == 0 || r == -ENOBUFS);
	FUZZ_REQUIRE(sum.pairs <= ASP_PAIRS_MAX && sum.bytes <= in.length);
	sum = (struct sum){ 0 };
	r = asp_cookies_parse(in, add, &sum);
	FUZZ_REQUIRE(r == 0 || r == -ENOBUFS);
	FUZZ_REQUIRE(sum.bytes <= in.length);
}

static void travel(struct text in, bool plus)
{
	struct buf there, back;
	buf_init(&there, 3 * in.length);
	buf_init(&back, in.length);
	asp_url_encode(in, "", plus, &there);
	FUZZ_REQUIRE(!buf_failed(&there));
	asp_url_decode(buf_text(&there), true, &back);
	FUZZ_REQUIRE(!buf_failed(&back) && text_equal(buf_text(&back), in));
	buf_done(&there);
	buf_done(&back);
}

static void attributes(struct text in, bool tag)
{
	struct asp_attribute out[ASP_ATTRIBUTES_MAX];
	size_t at = 0, count = 0;
	int r = asp_attributes_parse(in, &at, tag, out, &count);
	FUZZ_REQUIRE(r >= 0 && r <= ASP_TAG_MANY && at <= in.length && count <= ASP_ATTRIBUTES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };
	parse(in, true);
	parse(in, false);
	travel(in, true);
	travel(in, false);
	attributes(in, true);
	attributes(in, false);
	return 0;
}
