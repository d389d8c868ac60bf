/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written of a request: a line of a W3C extended log, its fields by logExtFileFlags and
 * behind them those of customFields; or of the fixed formats of IIS and NCSA. Loop threads; where
 * lines go is log_file.c.
 */
#include "web/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <time.h>

#define LINE_MAX_FIXED 512 /* what a line needs besides the texts of the request */
#define TEXT_MAX 4096      /* of one field */
#define LINE_MAX_BYTES 65536
#define HEADER_MAX 65536

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

char *web_log_header(const struct web_loop *loop, const struct web_log *log)
{
	uint32_t fields = log->settings->fields;
	struct buf head;
	buf_init(&head, HEADER_MAX);
	buf_printf(&head,
		   "#Software: Surrogate " SURROGATE_VERSION "\r\n#Version: 1.0\r\n"
		   "#Date: %s\r\n#Fields:",
		   loop->log_time);
#define X(name, flag, text)                                                                        \
	if (fields & (flag))                                                                       \
		buf_puts(&head, " " text);
	LOG_FIELDS(X)
#undef X
	for (size_t i = 0; log->site && i < log->site->log_custom_count; i++)
		buf_printf(&head, " %s", log->site->log_custom[i].name);
	buf_puts(&head, "\r\n");
	return buf_take(&head, NULL);
}

/* ---- which log ---- */

static void flush_due(void *ctx)
{
	struct web_loop *loop = ctx;
	loop->flush_armed = false;
	web_log_flush(loop);
}

static struct web_log *log_new(struct web_loop *loop, const struct config_site *site)
{
	struct web_log *log = mem_new(struct web_log);
	if (!log)
		return NULL;
	log->data = mem_alloc(LOG_BUFFER);
	if (!log->data)
		return mem_free(log);
	log->site = site;
	log->settings = site ? &site->log : &config_server(loop->snapshot->config)->log_central;
	log->format = site ? site->log_format : CONFIG_LOG_EXTENDED;
	/* A format of somebody's own has nobody here who writes it. */
	if (log->format > CONFIG_LOG_EXTENDED)
		log->format = CONFIG_LOG_EXTENDED;
	log->next = loop->logs;
	loop->logs = log;
	return log;
}

static struct web_log *get_log(struct web_loop *loop, const struct config_site *site)
{
	const struct config_server *server = config_server(loop->snapshot->config);
	struct web_log *log = loop->logs;
	if (server->log_mode == CONFIG_LOG_W3C) {
		if (!server->log_central_enabled)
			return NULL;
		site = NULL;
	}
	while (log && log->site != site)
		log = log->next;
	return log ? log : log_new(loop, site);
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
	loop->log_seconds = seconds;
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

static void put_site(struct line *l, const struct config_site *site)
{
	char id[24];
	snprintf(id, sizeof(id), "W3SVC%u", site->id);
	put_value(l, text_of(site->log_site_id ? id : site->name));
}

static void put_query(struct line *l, const struct web_call *call)
{
	struct text query = http_exchange_request(call->request.x)->query;
	if (query.length || !call->request.log.length)
		put_value(l, query);
	else
		next_field(l);
	if (call->request.log.length)
		put_bytes(l, call->request.log.data, call->request.log.length);
}

static void put_request(struct line *l, uint32_t f, struct web_call *call)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	const struct http_peer *peer = http_exchange_peer(call->request.x);
	if (f & LOG_SITE)
		put_site(l, call->request.site);
	if (f & LOG_COMPUTER)
		put_value(l, text_of(call->loop->web->computer));
	if (f & LOG_SERVER_IP)
		put_value(l, text_of(peer->local));
	if (f & LOG_METHOD)
		put_value(l, r->method_text);
	if (f & LOG_STEM)
		put_value(l, asked_path(call));
	if (f & LOG_QUERY)
		put_query(l, call);
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
}

/* ---- fields of the administrator's own ---- */

static struct text variable_header(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->field_count; i++) {
		struct text field = r->fields[i].name;
		size_t k = 0;
		while (k < field.length && name[k] &&
		       text_upper(field.data[k] == '-' ? '_' : field.data[k]) ==
			       text_upper(name[k]))
			k++;
		if (k == field.length && !name[k])
			return r->fields[i].value;
	}
	return (struct text){ "", 0 };
}

/* A server variable; "" for one that is not known here. */
static struct text variable(struct web_call *call, const char *name)
{
	const struct web_request *w = &call->request;
	const struct http_request *r = http_exchange_request(w->x);
	const struct http_peer *peer = http_exchange_peer(w->x);
	const struct config_application *a = w->application;
	const struct {
		const char *name;
		struct text value;
	} known[] = {
		{ "REMOTE_ADDR", text_of(peer->remote) },
		{ "REMOTE_HOST", text_of(peer->remote) },
		{ "LOCAL_ADDR", text_of(peer->local) },
		{ "REMOTE_USER", w->user },
		{ "AUTH_USER", w->user },
		{ "REQUEST_METHOD", r->method_text },
		{ "QUERY_STRING", r->query },
		{ "SERVER_NAME", r->host },
		{ "SERVER_PROTOCOL", r->minor ? TEXT("HTTP/1.1") : TEXT("HTTP/1.0") },
		{ "URL", w->script_name },
		{ "SCRIPT_NAME", w->script_name },
		{ "PATH_INFO", w->path_info },
		{ "PATH_TRANSLATED", w->script_file },
		{ "UNENCODED_URL", r->target },
		{ "HTTPS", TEXT("off") },
		{ "APPL_PHYSICAL_PATH", w->app_root },
		{ "APPL_MD_PATH", text_of(a ? a->metabase_path : "") },
		{ "APP_POOL_ID", text_of(a ? a->pool->name : "") },
	};
	if (text_starts_with_nocase(text_of(name), TEXT("HTTP_")))
		return variable_header(r, name + 5);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (text_equal_nocase(text_of(name), text_of(known[i].name)))
			return known[i].value;
	}
	return (struct text){ "", 0 };
}

static struct text response_field(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->field_count; i++) {
		if (text_equal_nocase(response->fields[i].name, text_of(name)))
			return response->fields[i].value;
	}
	return (struct text){ "", 0 };
}

void web_log_response(struct web_call *call, const struct http_response *response)
{
	const struct config_site *site = call->request.site;
	if (!site->log_custom_count)
		return;
	struct arena *arena = http_exchange_arena(call->request.x);
	struct text *values = arena_zalloc(arena, site->log_custom_count, sizeof(*values));
	for (size_t i = 0; values && i < site->log_custom_count; i++) {
		struct text value = { "", 0 };
		if (site->log_custom[i].source_type == 1)
			value = response_field(response, site->log_custom[i].source);
		char *copy = arena_strndup(arena, value.data, value.length);
		values[i] = (struct text){ copy ? copy : "", copy ? value.length : 0 };
	}
	call->logged = values;
}

static struct text custom_value(struct web_call *call, size_t i)
{
	const struct config_log_field *field = &call->request.site->log_custom[i];
	if (field->source_type == 0)
		return http_field_find(http_exchange_request(call->request.x),
				       text_of(field->source));
	if (field->source_type == 1)
		return call->logged ? call->logged[i] : (struct text){ "", 0 };
	return variable(call, field->source);
}

static void put_custom(struct line *l, struct web_call *call)
{
	const struct config_site *site = call->request.site;
	for (size_t i = 0; i < site->log_custom_count; i++) {
		struct text value = custom_value(call, i);
		if (value.length > site->log_custom_max)
			value.length = site->log_custom_max;
		put_value(l, value);
	}
}

/* ---- formats ---- */

static void put_extended(struct line *l, const struct web_log *log, struct web_call *call,
			 const struct http_exchange_stats *stats)
{
	uint32_t fields = log->settings->fields;
	if (fields & LOG_DATE)
		put_bytes(l, call->loop->log_time, 10);
	if (fields & LOG_TIME) {
		next_field(l);
		put_bytes(l, call->loop->log_time + 11, 8);
	}
	put_request(l, fields, call);
	put_result(l, fields, call, stats);
	if (log->site)
		put_custom(l, call);
}

/* Of IIS: always the same fields, a comma and a blank behind each, local time. */
static void put_iis(struct line *l, struct web_call *call, const struct http_exchange_stats *stats)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	const struct http_peer *peer = http_exchange_peer(call->request.x);
	time_t seconds = (time_t)call->loop->log_seconds;
	char when[64], numbers[160];
	struct tm tm;
	localtime_r(&seconds, &tm);
	strftime(when, sizeof(when), ", %m/%d/%y, %H:%M:%S, W3SVC", &tm);
	put_value(l, text_of(peer->remote));
	put_bytes(l, ",", 1);
	put_value(l, call->request.user);
	put_bytes(l, when, strlen(when));
	snprintf(numbers, sizeof(numbers), "%u, ", call->request.site->id);
	put_bytes(l, numbers, strlen(numbers));
	put_bytes(l, call->loop->web->computer, strlen(call->loop->web->computer));
	put_bytes(l, ",", 1);
	put_value(l, text_of(peer->local));
	snprintf(numbers, sizeof(numbers), ", %llu, %llu, %llu, %u, %u,",
		 (unsigned long long)((stats->ended - stats->started) / NSEC_PER_MSEC),
		 (unsigned long long)stats->bytes_received, (unsigned long long)stats->bytes_sent,
		 stats->status, stats->aborted ? 64 : call->request.win32_status);
	put_bytes(l, numbers, strlen(numbers));
	put_value(l, r->method_text);
	put_bytes(l, ",", 1);
	put_value(l, asked_path(call));
	put_bytes(l, ",", 1);
	put_query(l, call);
	put_bytes(l, ",", 1);
}

/* Of NCSA, common: "host - user [date] "request" status bytes". */
static void put_ncsa(struct line *l, struct web_call *call, const struct http_exchange_stats *stats)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	time_t seconds = (time_t)call->loop->log_seconds;
	char when[64], numbers[64];
	struct tm tm;
	localtime_r(&seconds, &tm);
	strftime(when, sizeof(when), " [%d/%b/%Y:%H:%M:%S %z] \"", &tm);
	put_value(l, text_of(http_exchange_peer(call->request.x)->remote));
	put_bytes(l, " -", 2);
	put_value(l, call->request.user);
	put_bytes(l, when, strlen(when));
	put_bytes(l, r->method_text.data, r->method_text.length);
	put_value(l, r->target);
	snprintf(numbers, sizeof(numbers), " HTTP/1.%u\" %u %llu", r->minor, stats->status,
		 (unsigned long long)stats->bytes_sent);
	put_bytes(l, numbers, strlen(numbers));
}

/* ---- writing ---- */

/* Without logInUTF8: what Windows-1252 has not is '?'. In place; it only gets shorter. */
static void to_ansi(struct line *l)
{
	struct text t = { l->start, (size_t)(l->at - l->start) };
	char *to = l->start;
	size_t at = 0;
	while (at < t.length) {
		char32_t c = utf8_next(t, &at);
		*to++ = c < 256 ? (char)c : '?';
	}
	l->at = to;
}

/* httpLogging of the place that was asked for. */
static bool is_wanted(const struct web_call *call, uint32_t status)
{
	const struct web_route *asked = call->asked ? call->asked : call->route;
	const struct config_url *url = asked->folder ? asked->folder->url : NULL;
	if (!url)
		return true;
	return !url->log_off &&
	       (url->log_selection == 0 || (url->log_selection == 1) == (status < 400));
}

/* What this request may need at most. */
static size_t line_bound(struct web_call *call, const struct web_log *log)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	size_t bound = LINE_MAX_FIXED + asked_path(call).length + r->target.length +
		       r->query.length + call->request.log.length;
	for (size_t i = 0;
	     log->settings->fields & (LOG_AGENT | LOG_COOKIE | LOG_REFERER | LOG_HOST) &&
	     i < r->field_count;
	     i++)
		bound += r->fields[i].value.length;
	for (size_t i = 0; log->site && i < log->site->log_custom_count; i++)
		bound += custom_value(call, i).length + 1;
	return bound < LINE_MAX_BYTES ? bound : LINE_MAX_BYTES;
}

static void put_line(struct line *l, const struct web_log *log, struct web_call *call,
		     const struct http_exchange_stats *stats)
{
	const struct config_site *site = call->request.site;
	if (log->format == CONFIG_LOG_IIS)
		put_iis(l, call, stats);
	else if (log->format == CONFIG_LOG_NCSA)
		put_ncsa(l, call, stats);
	else
		put_extended(l, log, call, stats);
	if (!config_server(call->loop->snapshot->config)->log_utf8)
		to_ansi(l);
	if ((size_t)(l->at - l->start) > site->log_line_max)
		l->at = l->start + site->log_line_max;
	l->end += 2; /* was kept for the end of the line */
	put_bytes(l, "\r\n", 2);
}

/* The site of a request that began with an older snapshot is logged as it is now. NULL: it is gone,
 * or has other fields. */
static const struct config_site *site_now(const struct web_loop *loop, const struct web_call *call)
{
	const struct config_site *site = call->request.site;
	const struct config *config = loop->snapshot ? loop->snapshot->config : NULL;

	if (call->route->snapshot == loop->snapshot)
		return site;
	for (size_t i = 0; config && i < config_site_count(config); i++) {
		const struct config_site *now = config_site_at(config, i);

		if (now->id == site->id)
			return now->log_custom_count == site->log_custom_count ? now : NULL;
	}
	return NULL;
}

void web_log_write(struct web_call *call, const struct http_exchange_stats *stats)
{
	struct web_loop *loop = call->loop;
	const struct config_site *site = site_now(loop, call);
	if (!site || !site->log_enabled)
		return;
	if (!is_wanted(call, stats->status))
		return;
	refresh_time(loop);
	struct web_log *log = get_log(loop, site);
	if (!log || !web_log_ready(loop, log))
		return;
	size_t bound = line_bound(call, log);
	if (log->length + bound > LOG_BUFFER) {
		web_log_flush_one(loop, log);
		if (!web_log_ready(loop, log))
			return;
	}
	struct line l = { log->data + log->length, log->data + log->length,
			  log->data + log->length + bound - 2 };
	put_line(&l, log, call, stats);
	log->length = (size_t)(l.at - log->data);
	if (++log->entries == site->log_flush_entries)
		web_log_flush_one(loop, log);
	if (!loop->flush_armed && loop->loop)
		loop->flush_armed =
			loop_timer_set(loop->loop, &loop->flush_timer,
				       loop_now(loop->loop) + NSEC_PER_SEC, flush_due, loop) == 0;
}
