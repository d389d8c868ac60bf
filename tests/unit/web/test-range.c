/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of web/range.c and web/conditional.c. */
#include "../unit.h"

#include "web/internal.h"

static void ranges(void **state)
{
	static const struct {
		const char *value;
		int count;
		struct web_range first, second;
	} cases[] = {
		{ "bytes=0-0", 1, { 0, 1 }, { 0, 0 } },
		{ "bytes=0-", 1, { 0, 100 }, { 0, 0 } },
		{ "bytes=10-19", 1, { 10, 10 }, { 0, 0 } },
		{ "bytes=90-1000", 1, { 90, 10 }, { 0, 0 } },
		{ "bytes=99-18446744073709551615", 1, { 99, 1 }, { 0, 0 } },
		{ "bytes=-5", 1, { 95, 5 }, { 0, 0 } },
		{ "bytes=-1000", 1, { 0, 100 }, { 0, 0 } },
		{ "Bytes=0-1, 5-6", 2, { 0, 2 }, { 5, 2 } },
		{ "bytes=0-1,,5-6,", 2, { 0, 2 }, { 5, 2 } },
		{ "bytes=200-300, 5-6", 1, { 5, 2 }, { 0, 0 } },
		/* none can be satisfied: 416 */
		{ "bytes=100-", 0, { 0, 0 }, { 0, 0 } },
		{ "bytes=-0", 0, { 0, 0 }, { 0, 0 } },
		/* not byte ranges: the field is ignored */
		{ "bytes=", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=5", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=5-4", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=-", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=a-b", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=+1-2", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=1-2-3", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=18446744073709551616-", -1, { 0, 0 }, { 0, 0 } },
		{ "items=0-1", -1, { 0, 0 }, { 0, 0 } },
		{ "0-1", -1, { 0, 0 }, { 0, 0 } },
		/* more bytes than there are, or very many ranges: an attack */
		{ "bytes=0-,0-,0-", -1, { 0, 0 }, { 0, 0 } },
		{ "bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,"
		  "15-15,16-16",
		  -1,
		  { 0, 0 },
		  { 0, 0 } },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct web_range r[RANGES_MAX] = { { 0, 0 } };
		int count = web_ranges_parse(text_of(cases[i].value), 100, r);
		if (count != cases[i].count)
			fail_msg("%s: %d", cases[i].value, count);
		if (count >= 1)
			assert_memory_equal(&r[0], &cases[i].first, sizeof(r[0]));
		if (count >= 2)
			assert_memory_equal(&r[1], &cases[i].second, sizeof(r[1]));
	}
	struct web_range r[RANGES_MAX];
	assert_int_equal(web_ranges_parse(TEXT("bytes=0-"), 0, r), 0);
}

#define DATE "Sat, 31 Jan 2026 12:00:00 GMT"
#define EARLIER "Sat, 31 Jan 2026 11:59:59 GMT"
#define LATER "Sat, 31 Jan 2026 12:00:01 GMT"

static unsigned check(const char *name, const char *value, bool weak, bool *ret_range)
{
	static struct http_request request;
	request.field_count = 2;
	request.fields[0] = (struct http_field){ TEXT("Host"), TEXT("h") };
	request.fields[1] = (struct http_field){ text_of(name), text_of(value) };
	struct web_file file = { .weak = weak };
	snprintf(file.etag, sizeof(file.etag), "%s\"abc:0\"", weak ? "W/" : "");
	int64_t seconds;
	clock_parse_http(DATE, strlen(DATE), &seconds);
	file.st.st_mtim.tv_sec = seconds;
	struct web_conditions c;
	web_conditions_find(&request, &c);
	*ret_range = web_conditions_range(&c, &file);
	return web_conditions_check(&c, &file);
}

static void conditions(void **state)
{
	static const struct {
		const char *name, *value;
		unsigned strong, weak;
	} cases[] = {
		{ "If-None-Match", "\"abc:0\"", 304, 304 },
		{ "if-none-match", "W/\"abc:0\"", 304, 304 },
		{ "If-None-Match", "\"x\", \"a,b\" , \"abc:0\"", 304, 304 },
		{ "If-None-Match", "*", 304, 304 },
		{ "If-None-Match", "\"x\"", 0, 0 },
		{ "If-None-Match", "", 0, 0 },
		{ "If-None-Match", "\"abc:0", 0, 0 },
		{ "If-Match", "\"abc:0\"", 0, 412 },
		{ "If-Match", "W/\"abc:0\"", 412, 412 },
		{ "If-Match", "*", 0, 0 },
		{ "If-Match", "\"x\"", 412, 412 },
		{ "If-Modified-Since", DATE, 304, 304 },
		{ "If-Modified-Since", LATER, 304, 304 },
		{ "If-Modified-Since", EARLIER, 0, 0 },
		{ "If-Modified-Since", "yesterday", 0, 0 },
		{ "If-Unmodified-Since", DATE, 0, 0 },
		{ "If-Unmodified-Since", EARLIER, 412, 412 },
		{ "If-Unmodified-Since", "never", 0, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool range;
		unsigned strong = check(cases[i].name, cases[i].value, false, &range);
		unsigned weak = check(cases[i].name, cases[i].value, true, &range);
		if (strong != cases[i].strong || weak != cases[i].weak)
			fail_msg("%s: %s: %u %u", cases[i].name, cases[i].value, strong, weak);
	}
}

static void if_range(void **state)
{
	static const struct {
		const char *value;
		bool weak, applies;
	} cases[] = {
		{ "\"abc:0\"", false, true }, { "\"abc:0\"", true, false },
		{ "\"x\"", false, false },    { "W/\"abc:0\"", true, false },
		{ DATE, false, true },        { DATE, true, false },
		{ LATER, false, false },      { "junk", false, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool applies;
		check("If-Range", cases[i].value, cases[i].weak, &applies);
		if (applies != cases[i].applies)
			fail_msg("%s", cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(conditions),
		cmocka_unit_test(if_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
