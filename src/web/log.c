/* SPDX-License-Identifier: Apache-2.0 */
/*
 * W3C extended logs: DIRECTORY/W3SVC<id>/u_ex<yymmdd>.log, UTF-8, the fields by logExtFileFlags.
 * A loop collects lines and writes them once a second, when its buffer is full, at roll-over
 * (midnight UTC) and at the end; several loops append whole lines to one descriptor. Files are
 * opened under a lock, by whoever comes first, who also writes the header lines.
 */
#include "web/internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define DAY (86400 * NSEC_PER_SEC)
#define LINE_MAX_FIXED 512 /* what a line needs besides the texts of the request */
#define TEXT_MAX 4096      /* of one field */

/* The flags in the order of the columns of IIS. */
#define LOG_FIELDS(X)                                                                              \
	X(DATE, 1, "date")                                                                         \
	X(TIME, 2, "time")                                                                         \
	X(SITE, 16, "s-sitename")                                                                  \
	X(COMPUTER, 32, "s-computername")                                                          \
	X(SERVER_IP, 64, "s-ip")                                                                   \
	X(METHOD, 128, "cs-method")                                                                \
	X(STEM, 256, "cs-uri-stem")                                                                \
	X(QUERY, 512, "cs-uri-query")                                                              \
	X(PORT, 32768, "s-port")                                                                   \
	X(USER, 8, "cs-username")                                                                  \
	X(CLIENT_IP, 4, "c-ip")                                                                    \
	X(VERSION, 524288, "cs-version")                                                           \
	X(AGENT, 65536, "cs(User-Agent)")                                                          \
	X(COOKIE, 131072, "cs(Cookie)")                                                            \
	X(REFERER, 262144, "cs(Referer)")                                                          \
	X(HOST, 1048576, "cs-host")                                                                \
	X(STATUS, 1024, "sc-status")                                                               \
	X(SUB_STATUS, 2097152, "sc-substatus")                                                     \
	X(WIN32, 2048, "sc-win32-status")                                                          \
	X(SENT, 4096, "sc-bytes")                                                                  \
	X(RECEIVED, 8192, "cs-bytes")                                                              \
	X(TIME_TAKEN, 16384, "time-taken")

enum {
#define X(name, flag, text) LOG_##name = flag,
	LOG_FIELDS(X)
#undef X
};

/* An open file of one site and day. Kept until the web ends: few, and loops hold them bare. */
struct web_log_file {
	struct web_log_file *next;
	uint32_t site;
	int64_t day;
	int fd;
};

/* ---- files ---- */

static void write_header(int fd, uint32_t fields, const char *now)
{
	char head[1024];
	int n = snprintf(head, sizeof(head),
			 "#Software: Surrogate " SURROGATE_VERSION "\r\n#Version: 1.0\r\n"
			 "#Date: %s\r\n#Fields:",
			 now);
#define X(name, flag, text)                                                                        \
	if (fields & (flag))                                                                       \
		n += snprintf(head + n, sizeof(head) - (size_t)n, " " text);
	LOG_FIELDS(X)
#undef X
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
	(void)sys_write_all(fd, head, (size_t)n); /* a full disk: serving goes on */
}

static int open_file(const struct web *web, const struct config_site *site, int64_t day)
{
	char path[PATH_MAX], logs[PATH_MAX];
	time_t seconds = (time_t)(day * 86400);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	if (site->log_directory && site->log_directory[0] == '/')
		snprintf(logs, sizeof(logs), "%s", site->log_directory);
	else
		snprintf(logs, sizeof(logs), "%s/logs", web->state_dir);
	mkdir(logs, 0755);
	int n = snprintf(path, sizeof(path), "%s/W3SVC%u", logs, site->id);
	if (n < 0 || (size_t)n + 32 > sizeof(path))
		return -ENAMETOOLONG;
	mkdir(path, 0755);
	strftime(path + n, sizeof(path) - (size_t)n, "/u_ex%y%m%d.log", &tm);
	return sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
}

/* The file for this site and day; NULL when it cannot be had. */
static struct web_log_file *get_file(struct web_loop *loop, const struct config_site *site)
{
	struct web *web = loop->web;
	pthread_mutex_lock(&web->log_lock);
	struct web_log_file *file = web->log_files;
	while (file && !(file->site == site->id && file->day == loop->log_day))
		file = file->next;
	if (!file) {
		int fd = open_file(web, site, loop->log_day);
		file = fd < 0 ? NULL : mem_new(struct web_log_file);
		if (file) {
			*file = (struct web_log_file){ web->log_files, site->id, loop->log_day,
						       fd };
			web->log_files = file;
			write_header(fd, site->log_fields, loop->log_time);
		} else {
			sys_close(fd);
		}
	}
	pthread_mutex_unlock(&web->log_lock);
	return file;
}

void web_log_files_done(struct web *web)
{
	while (web->log_files) {
		struct web_log_file *file = web->log_files;
		web->log_files = file->next;
		sys_close(file->fd);
		mem_free(file);
	}
}

/* ---- buffers ---- */

static void flush(struct web_site_log *log)
{
	if (log->length && log->file)
		(void)sys_write_all(log->file->fd, log->data, log->length);
	log->length = 0;
}

void web_log_flush(struct web_loop *loop)
{
	for (struct web_site_log *log = loop->logs; log; log = log->next)
		flush(log);
}

void web_log_forget(struct web_loop *loop)
{
	web_log_flush(loop);
	while (loop->logs) {
		struct web_site_log *log = loop->logs;
		loop->logs = log->next;
		mem_free(log->data);
		mem_free(log);
	}
	if (loop->flush_armed)
		loop_timer_cancel(loop->loop, &loop->flush_timer);
	loop->flush_armed = false;
}

static void flush_due(void *ctx)
{
	struct web_loop *loop = ctx;
	loop->flush_armed = false;
	web_log_flush(loop);
}

static struct web_site_log *get_log(struct web_loop *loop, const struct config_site *site)
{
	struct web_site_log *log = loop->logs;
	while (log && log->site != site)
		log = log->next;
	if (log)
		return log;
	log = mem_new(struct web_site_log);
	if (!log)
		return NULL;
	log->data = mem_alloc(LOG_BUFFER);
	if (!log->data)
		return mem_free(log);
	log->site = site;
	log->next = loop->logs;
	loop->logs = log;
	return log;
}

/* The wall clock, read once a second. */
static void refresh_time(struct web_loop *loop)
{
	int64_t now = loop_now(loop->loop);
	if (now < loop->log_second_until)
		return;
	int64_t wall = clock_wall();
	time_t seconds = (time_t)(wall / NSEC_PER_SEC);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	strftime(loop->log_time, sizeof(loop->log_time), "%Y-%m-%d %H:%M:%S", &tm);
	loop->log_second_until = now + NSEC_PER_SEC - wall % NSEC_PER_SEC;
	if (loop->log_day != wall / DAY) {
		web_log_flush(loop);
		for (struct web_site_log *log = loop->logs; log; log = log->next)
			log->file = NULL;
		loop->log_day = wall / DAY;
	}
}

/* ---- lines ---- */

struct line {
	char *start, *at, *end;
};

static void put_bytes(struct line *l, const char *data, size_t length)
{
	if ((size_t)(l->end - l->at) > length) {
		memcpy(l->at, data, length);
		l->at += length;
	}
}

static void next_field(struct line *l)
{
	if (l->at > l->start)
		put_bytes(l, " ", 1);
}

/* "-" for nothing; '+' for blanks; no control character can break the line. */
static void put_value(struct line *l, struct text t)
{
	next_field(l);
	if (t.length == 0) {
		put_bytes(l, "-", 1);
		return;
	}
	size_t length = t.length < TEXT_MAX ? t.length : TEXT_MAX;
	if ((size_t)(l->end - l->at) <= length)
		return;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		*l->at++ = c <= ' ' || c == 0x7f ? '+' : (char)c;
	}
}

static void put_number(struct line *l, uint64_t number)
{
	char digits[20];
	size_t n = sizeof(digits);
	do
		digits[--n] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	next_field(l);
	put_bytes(l, digits + n, sizeof(digits) - n);
}

static void put_header(struct line *l, const struct http_request *r, struct text name)
{
	put_value(l, http_field_find(r, name));
}

/* What the client wanted, also when an error page answered. */
static struct text asked_path(const struct web_call *call)
{
	struct text path = call->asked ? call->asked->path : call->request.path;
	return path.length ? path : http_exchange_request(call->request.x)->path;
}

static void put_request(struct line *l, uint32_t f, struct web_call *call)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	const struct http_peer *peer = http_exchange_peer(call->request.x);
	if (f & LOG_SITE) {
		next_field(l);
		put_bytes(l, "W3SVC", 5);
		char id[12];
		put_bytes(l, id, (size_t)snprintf(id, sizeof(id), "%u", call->request.site->id));
	}
	if (f & LOG_COMPUTER)
		put_value(l, text_of(call->loop->web->computer));
	if (f & LOG_SERVER_IP)
		put_value(l, text_of(peer->local));
	if (f & LOG_METHOD)
		put_value(l, r->method_text);
	if (f & LOG_STEM)
		put_value(l, asked_path(call));
	if (f & LOG_QUERY)
		put_value(l, r->query);
	if (f & LOG_PORT)
		put_number(l, peer->local_port);
	if (f & LOG_USER)
		put_value(l, call->request.user);
	if (f & LOG_CLIENT_IP)
		put_value(l, text_of(peer->remote));
	if (f & LOG_VERSION)
		put_value(l, r->minor ? TEXT("HTTP/1.1") : TEXT("HTTP/1.0"));
	if (f & LOG_AGENT)
		put_header(l, r, TEXT("user-agent"));
	if (f & LOG_COOKIE)
		put_header(l, r, TEXT("cookie"));
	if (f & LOG_REFERER)
		put_header(l, r, TEXT("referer"));
	if (f & LOG_HOST)
		put_header(l, r, TEXT("host"));
}

static void put_result(struct line *l, uint32_t f, const struct web_call *call,
		       const struct http_exchange_stats *stats)
{
	if (f & LOG_STATUS)
		put_number(l, stats->status);
	if (f & LOG_SUB_STATUS)
		put_number(l, call->request.sub_status);
	if (f & LOG_WIN32) /* 64: the client was gone (ERROR_NETNAME_DELETED) */
		put_number(l, stats->aborted ? 64 : call->request.win32_status);
	if (f & LOG_SENT)
		put_number(l, stats->bytes_sent);
	if (f & LOG_RECEIVED)
		put_number(l, stats->bytes_received);
	if (f & LOG_TIME_TAKEN)
		put_number(l, (uint64_t)((stats->ended - stats->started) / NSEC_PER_MSEC));
	put_bytes(l, "\r\n", 2);
}

/* What this request may need at most. */
static size_t line_bound(struct web_call *call, uint32_t fields)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	size_t bound = LINE_MAX_FIXED + asked_path(call).length + r->query.length;
	for (size_t i = 0;
	     fields & (LOG_AGENT | LOG_COOKIE | LOG_REFERER | LOG_HOST) && i < r->field_count; i++)
		bound += r->fields[i].value.length;
	return bound;
}

void web_log_write(struct web_call *call, const struct http_exchange_stats *stats)
{
	struct web_loop *loop = call->loop;
	const struct config_site *site = call->request.site;
	if (!site->log_enabled || call->route->snapshot != loop->snapshot)
		return; /* of a site that is being replaced: its log was closed */
	refresh_time(loop);
	struct web_site_log *log = get_log(loop, site);
	if (log && !log->file)
		log->file = get_file(loop, site);
	if (!log || !log->file)
		return;
	uint32_t fields = site->log_fields;
	size_t bound = line_bound(call, fields);
	if (log->length + bound > LOG_BUFFER)
		flush(log);
	struct line l = { log->data + log->length, log->data + log->length,
			  log->data + LOG_BUFFER };
	if (fields & LOG_DATE)
		put_bytes(&l, loop->log_time, 10);
	if (fields & LOG_TIME) {
		next_field(&l);
		put_bytes(&l, loop->log_time + 11, 8);
	}
	put_request(&l, fields, call);
	put_result(&l, fields, call, stats);
	log->length = (size_t)(l.at - log->data);
	if (!loop->flush_armed && loop->loop)
		loop->flush_armed =
			loop_timer_set(loop->loop, &loop->flush_timer,
				       loop_now(loop->loop) + NSEC_PER_SEC, flush_due, loop) == 0;
}
