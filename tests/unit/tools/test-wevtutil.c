/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of tools/wevtutil.c: what it is asked, what it prints, how it fails. */
/* Before cmocka, whose macros take short names. */
int wevtutil_main(int argc, char **argv);
#define main wevtutil_main
#include "tools/wevtutil.c"
#undef main

#include "../unit.h"
#include "../state.h"

static void queries_are_understood(void **state)
{
	static const struct {
		const char *text;
		uint32_t id;
		const char *source;
	} good[] = {
		{ "10010", 10010, "" },
		{ " 5002 ", 5002, "" },
		{ "*", 0, "" },
		{ "*[System[(EventID=10010)]]", 10010, "" },
		{ "*[System[EventID=7036]]", 7036, "" },
		{ "* [ System [ ( ( EventID = 1 ) ) ] ]", 1, "" },
		{ "*[System[Provider[@Name='DCOM'] and (EventID=10010)]]", 10010, "DCOM" },
		{ "*[System[Provider[@Name=\"Service Control Manager\"]]]", 0,
		  "Service Control Manager" },
	};
	static const char *const bad[] = { "",
					   "x",
					   "10010 x",
					   "*[System[]]",
					   "*[",
					   "*[System[EventID=]]",
					   "*[System[EventID=1]",
					   "* x",
					   "*[System[(EventID=1]]",
					   "*[System[EventID=99999999999]]",
					   "*[System[Provider[@Name='a]]]",
					   "*[System[EventID=1 or EventID=2]]",
					   "*[EventData[Data='x']]" };
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct event_query query = { 0 };
		assert_true(query_parse(good[i].text, &query));
		assert_int_equal(query.id, good[i].id);
		assert_true(text_equal(query.source, text_of(good[i].source)));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct event_query query = { 0 };
		if (query_parse(bad[i], &query))
			fail_msg("understood: %s", bad[i]);
	}
}

/* Runs the tool with standard output into a file of the state directory; gives what it printed. */
static char *run(const char *dir, int expected, const char *const *args)
{
	char path[600], *argv[16] = { (char *)"wevtutil" };
	static char printed[65536];
	int argc = 1;
	while (args[argc - 1]) {
		argv[argc] = (char *)args[argc - 1];
		argc++;
	}
	snprintf(path, sizeof(path), "%s/out", dir);
	fflush(stdout);
	int saved = dup(1);
	assert_non_null(freopen(path, "w", stdout));
	int status = wevtutil_main(argc, argv);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	assert_int_equal(status, expected);
	FILE *f = fopen(path, "r");
	size_t n = fread(printed, 1, sizeof(printed) - 1, f);
	fclose(f);
	printed[n] = '\0';
	return printed;
}
#define RUN(expected, ...) run(*state, expected, (const char *const[]){ __VA_ARGS__, NULL })

static void events_are_printed(void **state)
{
	struct eventlog *log = NULL;
	setenv("SURROGATE_STATE", *state, 1);
	assert_int_equal(eventlog_open(*state, true, &log, NULL), 0);
	assert_int_equal(eventlog_report(log, "EventLog", 6005, 0, NULL), 0);
	assert_int_equal(eventlog_report(log, "DCOM", 10010, 0, "{A}", NULL), 0);
	eventlog_close(log);
	assert_string_equal(RUN(0, "el"), "System\nApplication\nSecurity\n");
	char *out = RUN(0, "qe", "system", "/f:TEXT");
	assert_memory_equal(out, "Event[0]:\n  Log Name: System\n  Source: EventLog\n", 48);
	assert_non_null(strstr(out, "Event[1]:\n"));
	out = RUN(0, "qe", "System", "/rd:true", "/c:1", "/format:json");
	assert_non_null(strstr(out, "\"id\":10010"));
	assert_null(strstr(out, "6005"));
	out = RUN(0, "query-events", "System", "/q:*[System[(EventID=6005)]]");
	assert_memory_equal(out, "<Event xmlns=", 13);
	assert_null(strstr(out, "10010"));
	assert_string_equal(RUN(0, "qe", "Security"), "");
	assert_non_null(strstr(RUN(0, "--help"), "Usage: wevtutil"));
	unsetenv("SURROGATE_STATE");
}

static void mistakes_give_a_status(void **state)
{
	RUN(1, "qe", "Nowhere", "--state", *state);
	RUN(1, "qe", "System", "/f:pdf", "--state", *state);
	RUN(1, "qe", "System", "/q:what", "--state", *state);
	RUN(1, "qe", "System", "--state", "/nonexistent");
	RUN(1, "qe");
	RUN(1, "frobnicate");
	RUN(1, "qe", "System", "/nope");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_are_understood),
		state_test(events_are_printed),
		state_test(mistakes_give_a_status),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
