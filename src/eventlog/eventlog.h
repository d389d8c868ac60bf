/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log: channels System, Application and Security in STATE/events.db (SQLite, WAL).
 * The SCM writes, for its children, too; so do rpcss and scripts, which are not its children; tools
 * read. What can be written is in the event table (eventlog/event_table.h): provider, id, level,
 * channel, template with %1.. %n.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

struct buf;
struct eventlog;

enum event_level { EVENT_CRITICAL = 1, EVENT_ERROR, EVENT_WARNING, EVENT_INFORMATION };
enum event_channel { EVENT_SYSTEM, EVENT_APPLICATION, EVENT_SECURITY, EVENT_CHANNEL_COUNT };
#define EVENT_PARAMETERS_MAX 32

struct event_definition {
	const char *provider; /* "Microsoft-Windows-DistributedCOM" */
	const char *source;   /* the classic source name: "DCOM" */
	uint32_t id;
	enum event_level level;
	enum event_channel channel;
	uint8_t parameters; /* how many the template takes */
	const char *text;
};
/* By provider or classic source name; NULL when the table has no such event. */
const struct event_definition *event_find(struct text source, uint32_t id);
/* The template with its parameters filled in. */
void event_render(const struct event_definition *definition, const struct text *parameters,
		  size_t count, struct buf *out);

/* Opens (creating) the log of a state directory, for writing or only for reading. */
int eventlog_open(const char *state_dir, bool writable, struct eventlog **ret, struct error *err);
struct eventlog *eventlog_close(struct eventlog *log);

/* Writes one event, durably once it returns 0. -ENOENT: not in the table; -EINVAL: wrong number of
 * parameters. `pid` is the process the event is attributed to (0: this one). A channel keeps at
 * most EVENT_CHANNEL_MAX records, the oldest go first. */
#define EVENT_CHANNEL_MAX 20000
int eventlog_write(struct eventlog *log, const char *source, uint32_t id, uint32_t pid,
		   const struct text *parameters, size_t count);
/* The same with NUL-terminated parameters up to a NULL. */
int eventlog_report(struct eventlog *log, const char *source, uint32_t id, uint32_t pid, ...)
	__attribute__((sentinel));

struct event_record {
	uint64_t record_id;
	int64_t time; /* wall clock, ns */
	const struct event_definition *definition;
	uint32_t pid;
	struct text computer;
	struct text parameters[EVENT_PARAMETERS_MAX];
	size_t parameter_count;
};
struct event_query {
	enum event_channel channel;
	bool newest_first;
	size_t max_records; /* 0: all */
	uint32_t id;        /* 0: any */
	struct text source; /* empty: any */
};
/* Calls `fn` per record until it returns non-zero, which is then returned. */
int eventlog_query(struct eventlog *log, const struct event_query *query,
		   int (*fn)(void *ctx, const struct event_record *record), void *ctx);

/* One record in the forms `wevtutil qe /f:` prints. */
enum event_format { EVENT_FORMAT_XML, EVENT_FORMAT_TEXT, EVENT_FORMAT_JSON };
void event_format_record(const struct event_record *record, enum event_format format, size_t index,
			 struct buf *out);
