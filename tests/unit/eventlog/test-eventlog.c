/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of eventlog/eventlog.h: writing, bounds, queries, formats, a killed writer. */
#include "../unit.h"
#include "../state.h"

#include "base/buf.h"
#include "base/fault.h"
#include "eventlog/eventlog.h"

#include <errno.h>
#include <expat.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct eventlog *open_log(const char *dir, bool writable)
{
	struct eventlog *log = NULL;
	struct error err;
	if (eventlog_open(dir, writable, &log, &err) < 0)
		fail_msg("%s", err.text);
	return log;
}

struct seen {
	size_t count;
	uint64_t records[64];
	uint32_t ids[64];
	char last[8192];
	int stop_after;
};

static int see(void *ctx, const struct event_record *record)
{
	struct seen *seen = ctx;
	struct buf out;
	if (seen->count < 64) {
		seen->records[seen->count] = record->record_id;
		seen->ids[seen->count] = record->definition->id;
	}
	seen->count++;
	buf_init(&out, sizeof(seen->last) - 1);
	event_render(record->definition, record->parameters, record->parameter_count, &out);
	strcpy(seen->last, buf_cstr(&out));
	buf_done(&out);
	return seen->stop_after && --seen->stop_after == 0 ? 77 : 0;
}

static struct seen query(struct eventlog *log, struct event_query q)
{
	struct seen seen = { 0 };
	assert_int_equal(eventlog_query(log, &q, see, &seen), 0);
	return seen;
}

static void written_events_are_read_back(void **state)
{
	struct eventlog *log = open_log(*state, true);
	assert_int_equal(eventlog_report(log, "WAS", 5002, 0, "DefaultAppPool", NULL), 0);
	assert_int_equal(eventlog_report(log, "DCOM", 10010, 42, "{A}", NULL), 0);
	assert_int_equal(eventlog_report(log, "W3SVC", 36, 0, "/LM/W3SVC/1/Root", "x", NULL), 0);
	assert_int_equal(eventlog_report(log, "Active Server Pages", 5, 0, "File /a.asp", NULL), 0);
	struct seen s = query(log, (struct event_query){ .channel = EVENT_SYSTEM });
	assert_int_equal(s.count, 3);
	assert_int_equal(s.ids[0], 5002);
	assert_int_equal(s.records[0], 1);
	assert_int_equal(s.records[2], 3);
	assert_string_equal(
		s.last, "The server failed to load application '/LM/W3SVC/1/Root'. The error was "
			"'x'.");
	s = query(log, (struct event_query){
			       .channel = EVENT_SYSTEM, .newest_first = true, .max_records = 2 });
	assert_int_equal(s.count, 2);
	assert_int_equal(s.ids[0], 36);
	assert_int_equal(s.ids[1], 10010);
	s = query(log, (struct event_query){ .channel = EVENT_SYSTEM, .id = 10010 });
	assert_int_equal(s.count, 1);
	s = query(log, (struct event_query){ .channel = EVENT_SYSTEM, .source = TEXT("was") });
	assert_int_equal(s.count, 1);
	s = query(log, (struct event_query){ .channel = EVENT_SYSTEM,
					     .source = TEXT("microsoft-windows-WAS") });
	assert_int_equal(s.count, 1);
	s = query(log, (struct event_query){ .channel = EVENT_APPLICATION });
	assert_int_equal(s.count, 1);
	assert_int_equal(s.records[0], 1); /* each channel counts for itself */
	s = query(log, (struct event_query){ .channel = EVENT_SECURITY });
	assert_int_equal(s.count, 0);
	struct seen stopped = { .stop_after = 2 };
	struct event_query all = { .channel = EVENT_SYSTEM };
	assert_int_equal(eventlog_query(log, &all, see, &stopped), 77);
	assert_int_equal(stopped.count, 2);
	eventlog_close(log);
}

static void what_is_not_in_the_table_is_refused(void **state)
{
	struct eventlog *log = open_log(*state, true);
	assert_int_equal(eventlog_report(log, "WAS", 1, 0, NULL), -ENOENT);
	assert_int_equal(eventlog_report(log, "WAS", 5002, 0, NULL), -EINVAL);
	assert_int_equal(eventlog_report(log, "WAS", 5002, 0, "a", "b", NULL), -EINVAL);
	assert_int_equal(query(log, (struct event_query){ 0 }).count, 0);
	eventlog_close(log);
}

static void long_parameters_are_cut_between_characters(void **state)
{
	char text[4098];
	struct eventlog *log = open_log(*state, true);
	memset(text, 'a', sizeof(text));
	memcpy(text + 4095, "\xc3\xa9", 3); /* the é straddles the limit */
	assert_int_equal(eventlog_report(log, "DCOM", 10011, 0, text, NULL), 0);
	struct seen s = query(log, (struct event_query){ 0 });
	assert_non_null(strstr(s.last, "aaa could not be contacted"));
	eventlog_close(log);
}

static void readers_need_a_log_and_cannot_write(void **state)
{
	struct eventlog *log = NULL;
	struct error err;
	assert_int_equal(eventlog_open(*state, false, &log, &err), -ENOENT);
	assert_non_null(strstr(err.text, "--state"));
	assert_int_equal(eventlog_open("/nonexistent/state", true, &log, &err), -ENOENT);
	struct eventlog *writer = open_log(*state, true);
	assert_int_equal(eventlog_report(writer, "EventLog", 6005, 0, NULL), 0);
	log = open_log(*state, false);
	assert_int_equal(eventlog_report(log, "EventLog", 6005, 0, NULL), -EACCES);
	assert_int_equal(query(log, (struct event_query){ 0 }).count, 1);
	eventlog_close(log);
	eventlog_close(writer);
	assert_null(eventlog_close(NULL));
}

/* The files that go with the database are there only while the server runs. */
static void anybody_reads_the_log_of_a_stopped_server(void **state)
{
	char dir[600];
	int status;
	snprintf(dir, sizeof(dir), "%s/a b%%?#c", (char *)*state);
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(chmod(*state, 0755), 0);
	struct eventlog *writer = open_log(dir, true);
	assert_int_equal(eventlog_report(writer, "EventLog", 6005, 0, NULL), 0);
	eventlog_close(writer);
	pid_t pid = fork();
	if (pid == 0) {
		struct eventlog *log = NULL;
		struct seen seen = { 0 };
		struct event_query all = { .channel = EVENT_SYSTEM };
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(9);
		if (eventlog_open(dir, false, &log, NULL) < 0)
			_exit(8);
		_exit(eventlog_query(log, &all, see, &seen) == 0 ? (int)seen.count : 7);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void a_damaged_file_is_named(void **state)
{
	char path[600];
	struct eventlog *log = NULL;
	struct error err;
	snprintf(path, sizeof(path), "%s/events.db", (char *)*state);
	FILE *f = fopen(path, "w");
	fputs("this is not a database, it only looks like one from afar, or does it?", f);
	for (int i = 0; i < 200; i++)
		fputs("garbage ", f);
	fclose(f);
	assert_int_equal(eventlog_open(*state, true, &log, &err), -EBADMSG);
	assert_non_null(strstr(err.text, path));
}

static void a_channel_is_bounded(void **state)
{
	char path[600];
	sqlite3 *db;
	struct eventlog *log = open_log(*state, true);
	/* Fill it behind its back: 20000 synchronous commits would take the test's time. */
	snprintf(path, sizeof(path), "%s/events.db", (char *)*state);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(
			db,
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
			" 20005) INSERT INTO events SELECT 0, i, i, 'EventLog', 6005, 1, 'c', x''"
			" FROM n",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(eventlog_report(log, "EventLog", 6006, 0, NULL), 0);
	struct seen s = query(log, (struct event_query){ .channel = EVENT_SYSTEM });
	assert_int_equal(s.count, EVENT_CHANNEL_MAX);
	assert_int_equal(s.records[0], 7);
	eventlog_close(log);
}

static void a_damaged_record_is_passed_over(void **state)
{
	char path[600];
	sqlite3 *db;
	struct eventlog *log = open_log(*state, true);
	snprintf(path, sizeof(path), "%s/events.db", (char *)*state);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(
			db,
			"INSERT INTO events VALUES(0,1,1,'EventLog',6005,1,'c',x'010203'),"
			"(0,2,1,'EventLog',6005,1,'c',x'ffffffff00'),"
			"(0,3,1,'FromTheFuture',1,1,'c',x''), (0,4,1,'EventLog',6005,1,'c',x'')",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	struct seen s = query(log, (struct event_query){ .channel = EVENT_SYSTEM });
	assert_int_equal(s.count, 1);
	assert_int_equal(s.records[0], 4);
	eventlog_close(log);
}

/* What a writer was told is written is there after it was killed. */
static void acknowledged_events_survive_a_kill(void **state)
{
	int ends[2];
	uint32_t done = 0, acknowledged = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct eventlog *log = NULL;
		if (eventlog_open(*state, true, &log, NULL) < 0)
			_exit(1);
		for (;;) {
			if (eventlog_report(log, "EventLog", 6005, 0, NULL) < 0)
				_exit(2);
			done++;
			if (write(ends[1], &done, sizeof(done)) < 0)
				_exit(3);
		}
	}
	close(ends[1]);
	while (acknowledged < 20 && read(ends[0], &acknowledged, sizeof(acknowledged)) > 0)
		;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (read(ends[0], &acknowledged, sizeof(acknowledged)) > 0)
		;
	close(ends[0]);
	struct eventlog *log = open_log(*state, true);
	struct seen s = query(log, (struct event_query){ .channel = EVENT_SYSTEM });
	assert_true(acknowledged >= 20);
	assert_true(s.count == acknowledged || s.count == acknowledged + 1);
	assert_int_equal(eventlog_report(log, "EventLog", 6006, 0, NULL), 0);
	eventlog_close(log);
}

#ifdef SURROGATE_FAULTS
static void a_failed_commit_leaves_nothing(void **state)
{
	struct eventlog *log = open_log(*state, true);
	fault_arm(FAULT_FSYNC, 1, false);
	assert_int_equal(eventlog_report(log, "EventLog", 6005, 0, NULL), -EIO);
	assert_int_equal(eventlog_report(log, "EventLog", 6005, 0, NULL), 0);
	fault_arm(FAULT_ALLOC, 1, false);
	assert_int_equal(eventlog_report(log, "EventLog", 6005, 0, NULL), -ENOMEM);
	fault_arm(FAULT_ALLOC, 0, false);
	assert_int_equal(query(log, (struct event_query){ 0 }).count, 1);
	eventlog_close(log);
}
#endif

static struct event_record sample(void)
{
	return (struct event_record){ .record_id = 7,
				      .time = INT64_C(1769860800123456700),
				      .definition = event_find(TEXT("DCOM"), 10004),
				      .pid = 99,
				      .computer = TEXT("WEB1"),
				      .parameters = { TEXT("a<b\x01"), TEXT("."), TEXT("IWAM\"_"),
						      TEXT("{3D}") },
				      .parameter_count = 4 };
}

static void assert_format(enum event_format format, const char *expected)
{
	struct event_record record = sample();
	struct buf out;
	buf_init(&out, 1 << 16);
	event_format_record(&record, format, 3, &out);
	assert_string_equal(buf_cstr(&out), expected);
	if (format == EVENT_FORMAT_XML) {
		XML_Parser parser = XML_ParserCreate(NULL);
		assert_int_equal(XML_Parse(parser, out.data, (int)out.length, 1), XML_STATUS_OK);
		XML_ParserFree(parser);
	}
	buf_done(&out);
}

static void records_have_three_forms(void **state)
{
	assert_format(
		EVENT_FORMAT_TEXT,
		"Event[3]:\n  Log Name: System\n  Source: Microsoft-Windows-DistributedCOM\n"
		"  Date: 2026-01-31T12:00:00.1234567Z\n  Event ID: 10004\n  Task: N/A\n"
		"  Level: Error\n  Opcode: N/A\n  Keyword: Classic\n  User: N/A\n"
		"  User Name: N/A\n  Computer: WEB1\n  Description: \n"
		"DCOM got error \"a<b\x01\" and was unable to logon .\\IWAM\"_ in order to run "
		"the server: {3D}\n\n");
	assert_format(
		EVENT_FORMAT_XML,
		"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
		"<Provider Name='Microsoft-Windows-DistributedCOM' "
		"Guid='{1B562E86-B7AA-4131-BADC-B6F3A001407E}' EventSourceName='DCOM'/>"
		"<EventID>10004</EventID><Version>0</Version><Level>2</Level><Task>0</Task>"
		"<Opcode>0</Opcode><Keywords>0x80000000000000</Keywords><TimeCreated "
		"SystemTime='2026-01-31T12:00:00.123456700Z'/><EventRecordID>7</EventRecordID>"
		"<Correlation/><Execution ProcessID='99' ThreadID='0'/>"
		"<Channel>System</Channel><Computer>WEB1</Computer><Security/></System>"
		"<EventData><Data Name='param1'>a&lt;b?</Data><Data Name='param2'>.</Data>"
		"<Data Name='param3'>IWAM&quot;_</Data><Data Name='param4'>{3D}</Data>"
		"</EventData></Event>\n");
	assert_format(
		EVENT_FORMAT_JSON,
		"{\"record\":7,\"time\":\"2026-01-31T12:00:00.123456700Z\",\"id\":10004,"
		"\"pid\":99,\"log\":\"System\",\"source\":\"Microsoft-Windows-DistributedCOM\","
		"\"level\":\"Error\",\"computer\":\"WEB1\",\"parameters\":[\"a<b\\u0001\",\".\","
		"\"IWAM\\\"_\",\"{3D}\"],\"message\":\"DCOM got error \\\"a<b\\u0001\\\" and was "
		"unable to logon .\\\\IWAM\\\"_ in order to run the server: {3D}\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(written_events_are_read_back),
		state_test(what_is_not_in_the_table_is_refused),
		state_test(long_parameters_are_cut_between_characters),
		state_test(readers_need_a_log_and_cannot_write),
		state_test(anybody_reads_the_log_of_a_stopped_server),
		state_test(a_damaged_file_is_named),
		state_test(a_channel_is_bounded),
		state_test(a_damaged_record_is_passed_over),
		state_test(acknowledged_events_survive_a_kill),
#ifdef SURROGATE_FAULTS
		state_test(a_failed_commit_leaves_nothing),
#endif
		cmocka_unit_test(records_have_three_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
