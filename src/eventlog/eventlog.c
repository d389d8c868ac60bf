/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log's file, STATE/events.db: one table, a record number per channel that never goes
 * back, the oldest records dropped in the same transaction that writes a new one. Each writer has
 * its own struct eventlog, for one thread at a time, which owns a database handle and two
 * statements.
 */
#include "eventlog/event_table.h"

#include "base/clock.h"
#include "base/mem.h"
#include "registry/database.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Longer parameters are cut here: an event is for reading, and the file is bounded. */
#define PARAMETER_LENGTH_MAX 4096

struct eventlog {
	sqlite3 *db;
	sqlite3_stmt *insert, *trim; /* NULL in a log that is only read */
	char computer[256];
};

static const struct database_layout layout = {
	.file = "events.db",
	.mode = 0644,
	.version = 1,
	.schema = "CREATE TABLE events(channel INTEGER NOT NULL, record INTEGER NOT NULL,"
		  "  time INTEGER NOT NULL, source TEXT NOT NULL, id INTEGER NOT NULL,"
		  "  pid INTEGER NOT NULL, computer TEXT NOT NULL, parameters BLOB NOT NULL,"
		  "  PRIMARY KEY(channel, record)) WITHOUT ROWID;",
};

int eventlog_open(const char *state_dir, bool writable, struct eventlog **ret, struct error *err)
{
	struct eventlog *log = mem_new(struct eventlog);
	if (!log)
		return error_set(err, -ENOMEM, "out of memory");
	int r = database_open(state_dir, &layout, writable, &log->db, err);
	if (r == 0 && writable) {
		r = database_prepare(
			log->db,
			"INSERT INTO events SELECT ?1, coalesce(max(record), 0) + 1, ?2, ?3, ?4,"
			" ?5, ?6, ?7 FROM events WHERE channel = ?1",
			&log->insert);
		if (r == 0)
			r = database_prepare(
				log->db,
				"DELETE FROM events WHERE channel = ?1 AND record <= (SELECT"
				" max(record) FROM events WHERE channel = ?1) - ?2",
				&log->trim);
		if (r < 0)
			error_set(err, r, "cannot use the event log: %s", sqlite3_errmsg(log->db));
	}
	if (r < 0) {
		eventlog_close(log);
		return r;
	}
	if (gethostname(log->computer, sizeof(log->computer) - 1) < 0 || !log->computer[0])
		strcpy(log->computer, "localhost");
	*ret = log;
	return 0;
}

struct eventlog *eventlog_close(struct eventlog *log)
{
	if (!log)
		return NULL;
	sqlite3_finalize(log->insert);
	sqlite3_finalize(log->trim);
	database_close(log->db);
	return mem_free(log);
}

/* ---- writing ---- */

/* The length after which `t` is cut, not inside a character. */
static size_t cut_length(struct text t)
{
	if (t.length <= PARAMETER_LENGTH_MAX)
		return t.length;
	size_t n = PARAMETER_LENGTH_MAX;
	while (n > 0 && ((unsigned char)t.data[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* Each parameter: its length in four bytes, little endian, and its bytes. */
static uint8_t *parameters_pack(const struct text *parameters, size_t count, size_t *ret_length)
{
	size_t length = 0;
	for (size_t i = 0; i < count; i++)
		length += 4 + cut_length(parameters[i]);
	uint8_t *data = mem_alloc(length);
	if (!data)
		return NULL;
	uint8_t *at = data;
	for (size_t i = 0; i < count; i++) {
		size_t n = cut_length(parameters[i]);
		for (int b = 0; b < 4; b++)
			*at++ = (uint8_t)(n >> (8 * b));
		if (n)
			memcpy(at, parameters[i].data, n);
		at += n;
	}
	*ret_length = length;
	return data;
}

static int insert_record(struct eventlog *log, const struct event_definition *d, uint32_t pid,
			 const void *data, size_t length)
{
	sqlite3_stmt *s = log->insert;

	sqlite3_bind_int(s, 1, (int)d->channel);
	sqlite3_bind_int64(s, 2, clock_wall());
	sqlite3_bind_text(s, 3, d->provider, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, d->id);
	sqlite3_bind_int64(s, 5, pid ? pid : (uint32_t)getpid());
	sqlite3_bind_text(s, 6, log->computer, -1, SQLITE_STATIC);
	sqlite3_bind_blob(s, 7, length ? data : "", (int)length, SQLITE_STATIC);
	int r = database_begin(log->db);
	if (r < 0)
		return r;
	r = database_run(s);
	if (r == 0) {
		sqlite3_bind_int(log->trim, 1, (int)d->channel);
		sqlite3_bind_int64(log->trim, 2, EVENT_CHANNEL_MAX);
		r = database_run(log->trim);
	}
	r = database_end(log->db, r);
	sqlite3_clear_bindings(s);
	return r;
}

int eventlog_write(struct eventlog *log, const char *source, uint32_t id, uint32_t pid,
		   const struct text *parameters, size_t count)
{
	size_t length;
	const struct event_definition *d = event_find(text_of(source), id);

	if (!d)
		return -ENOENT;
	if (count != d->parameters)
		return -EINVAL;
	if (!log->insert)
		return -EACCES;
	_cleanup_mem_ uint8_t *data = parameters_pack(parameters, count, &length);
	if (!data)
		return -ENOMEM;
	return insert_record(log, d, pid, data, length);
}

int eventlog_report(struct eventlog *log, const char *source, uint32_t id, uint32_t pid, ...)
{
	struct text parameters[EVENT_PARAMETERS_MAX];
	size_t count = 0;
	const char *p;
	va_list args;

	va_start(args, pid);
	while ((p = va_arg(args, const char *)) != NULL && count < EVENT_PARAMETERS_MAX)
		parameters[count++] = text_of(p);
	va_end(args);
	return eventlog_write(log, source, id, pid, parameters, count);
}

/* ---- reading ---- */

/* False when the bytes are not what parameters_pack makes. */
static bool parameters_unpack(const uint8_t *data, size_t length, struct event_record *record)
{
	record->parameter_count = 0;
	while (length > 0) {
		if (length < 4 || record->parameter_count == EVENT_PARAMETERS_MAX)
			return false;
		size_t n = data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16 |
			   (size_t)data[3] << 24;
		data += 4;
		length -= 4;
		if (n > length)
			return false;
		record->parameters[record->parameter_count++] =
			(struct text){ (const char *)data, n };
		data += n;
		length -= n;
	}
	return true;
}

/* False for a record whose event a later version's table had: there are no words for it here. */
static bool record_read(sqlite3_stmt *s, struct event_record *record)
{
	const char *source = (const char *)sqlite3_column_text(s, 2);
	record->record_id = (uint64_t)sqlite3_column_int64(s, 0);
	record->time = sqlite3_column_int64(s, 1);
	record->definition = event_find(text_of(source), (uint32_t)sqlite3_column_int64(s, 3));
	record->pid = (uint32_t)sqlite3_column_int64(s, 4);
	record->computer = text_of((const char *)sqlite3_column_text(s, 5));
	const void *data = sqlite3_column_blob(s, 6);
	return record->definition &&
	       parameters_unpack(data, (size_t)sqlite3_column_bytes(s, 6), record);
}

static int query_prepare(struct eventlog *log, const struct event_query *query, const char *source,
			 sqlite3_stmt **ret)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT record, time, source, id, pid, computer, parameters FROM events"
		 " WHERE channel = ?1 AND (?2 = 0 OR id = ?2)"
		 " AND (?3 IS NULL OR source = ?3 COLLATE NOCASE) ORDER BY record %s",
		 query->newest_first ? "DESC" : "ASC");
	int r = database_prepare(log->db, sql, ret);
	if (r < 0)
		return r;
	sqlite3_bind_int(*ret, 1, (int)query->channel);
	sqlite3_bind_int64(*ret, 2, query->id);
	if (query->source.length && source)
		sqlite3_bind_text(*ret, 3, source, -1, SQLITE_STATIC);
	else if (query->source.length)
		sqlite3_bind_text(*ret, 3, query->source.data, (int)query->source.length,
				  SQLITE_STATIC);
	return 0;
}

/* Records carry the provider's name; a query may give the classic source name. */
static const char *provider_of(struct text source)
{
	const struct event_definition *d;
	for (size_t i = 0; (d = event_at(i)) != NULL; i++) {
		if (text_equal_nocase(source, text_of(d->source)))
			return d->provider;
	}
	return NULL;
}

int eventlog_query(struct eventlog *log, const struct event_query *query,
		   int (*fn)(void *ctx, const struct event_record *record), void *ctx)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	struct event_record record;
	size_t given = 0;
	int code;

	int r = query_prepare(log, query, provider_of(query->source), &s);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		if (!record_read(s, &record))
			continue;
		r = fn(ctx, &record);
		if (r)
			return r;
		if (++given == query->max_records)
			break;
	}
	return code == SQLITE_ROW ? 0 : database_error(code);
}
