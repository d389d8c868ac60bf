/* SPDX-License-Identifier: Apache-2.0 */
/* The service table: what starts and stops in which order, and what is refused with which code. */
#include "scm/services.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct services all(enum service_state state)
{
	struct services s;

	service_table_init(&s);
	for (int i = 0; i < SERVICE_COUNT; i++)
		s.items[i].state = state;
	return s;
}

static void the_table_starts_dependencies_first(void **state)
{
	(void)state;
	for (int i = 0; i < SERVICE_COUNT; i++) {
		for (int on = i; on < SERVICE_COUNT; on++)
			assert_false(service_depends_on(i, on));
		assert_int_equal(service_find(text_of(service_table[i].name)), i);
	}
	assert_int_equal(service_find(TEXT("w3svc")), SERVICE_W3SVC);
	assert_int_equal(service_find(TEXT("W3SV")), -1);
	assert_int_equal(service_find(TEXT("")), -1);
}

static void a_start_brings_its_dependencies(void **state)
{
	struct services s = all(SERVICE_STOPPED);
	enum service_id order[SERVICE_COUNT];
	int n = 0;

	(void)state;
	assert_int_equal(service_start_order(&s, SERVICE_W3SVC, order, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(order[0], SERVICE_IISADMIN);
	assert_int_equal(order[1], SERVICE_WAS);
	assert_int_equal(order[2], SERVICE_W3SVC);
	s.items[SERVICE_WAS].state = SERVICE_RUNNING;
	assert_int_equal(service_start_order(&s, SERVICE_W3SVC, order, &n), 0);
	assert_int_equal(n, 2);
}

static void a_start_is_refused(void **state)
{
	struct services s = all(SERVICE_STOPPED);
	enum service_id order[SERVICE_COUNT];
	int n = 77;

	(void)state;
	s.items[SERVICE_IISADMIN].start = SERVICE_DISABLED;
	assert_int_equal(service_start_order(&s, SERVICE_IISADMIN, order, &n), 1058);
	assert_int_equal(service_start_order(&s, SERVICE_W3SVC, order, &n), 1068);
	s.items[SERVICE_W3SVC].state = SERVICE_RUNNING;
	assert_int_equal(service_start_order(&s, SERVICE_W3SVC, order, &n), 1056);
	s.items[SERVICE_W3SVC].state = SERVICE_STOP_PENDING;
	assert_int_equal(service_start_order(&s, SERVICE_W3SVC, order, &n), 1061);
	assert_int_equal(n, 77);
}

static void a_stop_takes_its_dependents_or_is_refused(void **state)
{
	struct services s = all(SERVICE_RUNNING);
	enum service_id order[SERVICE_COUNT];
	int n = 0;

	(void)state;
	assert_int_equal(service_stop_order(&s, SERVICE_WAS, false, order, &n), 1051);
	assert_int_equal(service_stop_order(&s, SERVICE_WAS, true, order, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(order[0], SERVICE_W3SVC);
	assert_int_equal(order[1], SERVICE_WAS);
	s.items[SERVICE_W3SVC].state = SERVICE_STOPPED;
	assert_int_equal(service_stop_order(&s, SERVICE_WAS, false, order, &n), 0);
	assert_int_equal(service_stop_order(&s, SERVICE_W3SVC, false, order, &n), 1062);
	s.items[SERVICE_W3SVC].state = SERVICE_STOP_PENDING;
	assert_int_equal(service_stop_order(&s, SERVICE_W3SVC, false, order, &n), 1061);
	/* Pages are served whether components have processes or not. */
	s = all(SERVICE_RUNNING);
	assert_int_equal(service_stop_order(&s, SERVICE_RPCSS, false, order, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(service_stop_order(&s, SERVICE_EVENTLOG, true, order, &n), 1052);
}

static void every_error_has_its_text(void **state)
{
	(void)state;
	assert_string_equal(service_error_text(1062), "The service has not been started.");
	assert_string_equal(service_error_text(1060),
			    "The specified service does not exist as an installed service.");
	assert_string_equal(service_error_text(123456), "The operation failed.");
	assert_string_equal(service_state_name(4), "RUNNING");
	assert_string_equal(service_state_name(99), "");
	assert_string_equal(service_start_name(4), "DISABLED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_starts_dependencies_first),
		cmocka_unit_test(a_start_brings_its_dependencies),
		cmocka_unit_test(a_start_is_refused),
		cmocka_unit_test(a_stop_takes_its_dependents_or_is_refused),
		cmocka_unit_test(every_error_has_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
