/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of eventlog/event_table.h: the table holds what it promises, and templates fill in. */
#include "../unit.h"

#include "base/buf.h"
#include "eventlog/event_table.h"

#include <stdio.h>

/* The highest %n in a template. */
static unsigned highest(const char *text)
{
	unsigned max = 0;
	for (const char *p = strchr(text, '%'); p; p = strchr(p + 1, '%')) {
		unsigned n = 0;
		sscanf(p + 1, "%2u", &n);
		max = n > max ? n : max;
	}
	return max;
}

static void the_table_is_consistent(void **state)
{
	const struct event_definition *d;
	size_t i;
	for (i = 0; (d = event_at(i)) != NULL; i++) {
		assert_int_equal(highest(d->text), d->parameters);
		assert_true(d->parameters <= EVENT_PARAMETERS_MAX);
		/* Found by both names, and so unique. */
		assert_ptr_equal(event_find(text_of(d->provider), d->id), d);
		assert_ptr_equal(event_find(text_of(d->source), d->id), d);
		/* A script says the whole text of its events. */
		assert_true(strlen(d->text) > 5 || strcmp(d->source, "WSH") == 0);
	}
	assert_true(i > 60);
	assert_null(event_find(TEXT("DCOM"), 1));
	assert_null(event_find(TEXT("Nobody"), 10010));
}

static void levels_are_the_published_ones(void **state)
{
	assert_int_equal(event_find(TEXT("WAS"), 5002)->level, EVENT_ERROR);
	assert_int_equal(event_find(TEXT("WAS"), 5013)->level, EVENT_WARNING);
	assert_int_equal(event_find(TEXT("WAS"), 5186)->level, EVENT_INFORMATION);
	assert_int_equal(event_find(TEXT("dcom"), 10016)->level, EVENT_ERROR);
	assert_int_equal(event_find(TEXT("W3SVC"), 36)->level, EVENT_WARNING);
	assert_int_equal(event_find(TEXT("active server pages"), 5)->channel, EVENT_APPLICATION);
	assert_string_equal(event_provider_guid("Microsoft-Windows-DistributedCOM"),
			    "{1B562E86-B7AA-4131-BADC-B6F3A001407E}");
	assert_string_equal(event_provider_guid("Nobody"), "");
}

static void rendered(const struct event_definition *d, size_t count, const char *expected)
{
	const struct text parameters[] = { TEXT("one"), TEXT("two"), TEXT("three") };
	struct buf out;
	buf_init(&out, 4096);
	event_render(d, parameters, count, &out);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

static void templates_fill_in(void **state)
{
	struct event_definition d = { .text = "" };
	rendered(event_find(TEXT("DCOM"), 10010), 1,
		 "The server one did not register with DCOM within the required timeout.");
	rendered(event_find(TEXT("WAS"), 5009), 3,
		 "A process serving application pool 'one' terminated unexpectedly. The process id "
		 "was 'two'. The process exit code was '0xthree'.");
	rendered(&d, 3, "");
	d.text = "%1%2%3%4";
	rendered(&d, 3, "onetwothree%4");
	rendered(&d, 0, "%1%2%3%4");
	d.text = "100%% %n%12 %0 %x %";
	rendered(&d, 3, "100% \n%12 %0 %x %");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_consistent),
		cmocka_unit_test(levels_are_the_published_ones),
		cmocka_unit_test(templates_fill_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
