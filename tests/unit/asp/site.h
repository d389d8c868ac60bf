/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site in a temporary folder and an exchange over two buffers: whole pages in, bytes out.
 * Included by the tests of src/asp only.
 */
#pragma once

#include "../unit.h"

#include "asp/asp.h"
#include "base/buf.h"
#include "base/mem.h"
#include "library/scripting/path.h"
#include "library/scripting/scripting.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct site {
	char folder[64];
	struct asp *asp;
	struct asp_settings settings;
	struct asp_mapping mappings[2];
	struct buf reports;
	bool quiet; /* errorsToNTLog is off */
	int settings_asked;
};

/* A request to make and what came back. */
struct reply {
	struct exchange exchange;
	struct channel_request request;
	char url[512], file[1024], root[256];
	/* to send */
	const char *body;
	size_t body_length, body_read;
	bool gone;
	/* received */
	unsigned status, sub_status;
	uint64_t content_length;
	char reason[64];
	struct buf head, out;
	int flushes;
};

static ssize_t reply_read(struct exchange *exchange, void *data, size_t length)
{
	struct reply *r = container_of(exchange, struct reply, exchange);
	size_t n = r->body_length - r->body_read;
	if (n > length)
		n = length;
	if (n > 7)
		n = 7; /* bodies arrive in pieces */
	memcpy(data, r->body + r->body_read, n);
	r->body_read += n;
	return (ssize_t)n;
}

static int reply_head(struct exchange *exchange, const struct channel_response *head)
{
	struct reply *r = container_of(exchange, struct reply, exchange);
	if (r->status)
		return -EALREADY;
	r->status = head->status;
	r->sub_status = head->sub_status;
	r->content_length = head->content_length;
	snprintf(r->reason, sizeof(r->reason), TEXT_FMT, TEXT_ARG(head->reason));
	for (size_t i = 0; i < head->header_count; i++)
		buf_printf(&r->head, TEXT_FMT ": " TEXT_FMT "\n", TEXT_ARG(head->headers[i].name),
			   TEXT_ARG(head->headers[i].value));
	return 0;
}

static int reply_write(struct exchange *exchange, const void *data, size_t length)
{
	struct reply *r = container_of(exchange, struct reply, exchange);
	if (!r->status)
		return -EINVAL;
	if (r->gone)
		return -EPIPE;
	buf_put(&r->out, data, length);
	return 0;
}

static int reply_flush(struct exchange *exchange)
{
	struct reply *r = container_of(exchange, struct reply, exchange);
	r->flushes++;
	return r->gone ? -EPIPE : 0;
}

static bool reply_connected(struct exchange *exchange)
{
	return !container_of(exchange, struct reply, exchange)->gone;
}

static const struct exchange_calls reply_calls = {
	.read = reply_read,
	.head = reply_head,
	.write = reply_write,
	.flush = reply_flush,
	.connected = reply_connected,
};

static int site_settings(void *ctx, const struct channel_request *request, struct arena *arena,
			 struct asp_settings *ret)
{
	struct site *site = ctx;
	(void)request;
	(void)arena;
	site->settings_asked++;
	*ret = site->settings;
	ret->errors_reported = !site->quiet;
	return 0;
}

static void site_report(void *ctx, const struct asp_report *report)
{
	struct site *site = ctx;
	buf_printf(&site->reports, "%s(%u) %s%s%08x %s: %s%s%s\n", report->file, report->line,
		   report->asp_code, report->asp_code[0] ? " " : "", report->number,
		   report->category, report->description, *report->stack ? " @ " : "",
		   report->stack);
}

static inline struct site *site_new(void)
{
	struct site *site = mem_new(struct site);
	assert_non_null(site);
	strcpy(site->folder, "/tmp/asp-test-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	asp_settings_init(&site->settings);
	site->settings.error_sent_to_browser = true;
	site->settings.appid = "{00000000-0000-0000-0000-0000000000AA}";
	site->mappings[0] = (struct asp_mapping){ "/", site->folder };
	site->settings.mappings = site->mappings;
	site->settings.mapping_count = 1;
	buf_init(&site->reports, 1 << 20);
	struct asp_host host = {
		.ctx = site, .settings = site_settings, .report = site_report, .user = "tester"
	};
	assert_int_equal(asp_new(&host, &site->asp), 0);
	return site;
}

static int site_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void site_free(struct site *site)
{
	asp_free(site->asp);
	nftw(site->folder, site_remove, 16, FTW_DEPTH | FTW_PHYS);
	buf_done(&site->reports);
	mem_free(site);
}

static inline void site_put_bytes(struct site *site, const char *name, const void *data,
				  size_t length)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", site->folder, name);
	for (char *slash = path + strlen(site->folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	unlink(path); /* another file, another inode: a change however fast it comes */
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, length, f), length);
	fclose(f);
}

static inline void site_put(struct site *site, const char *name, const char *content)
{
	site_put_bytes(site, name, content, strlen(content));
}

static inline void reply_header(struct reply *r, const char *name, const char *value)
{
	r->request.headers[r->request.header_count++] =
		(struct channel_header_field){ text_of(name), text_of(value) };
}

/* Prepares GET of "/page.asp?query". */
static inline void reply_init(struct reply *r, struct site *site, const char *url)
{
	*r = (struct reply){ 0 };
	buf_init(&r->head, 1 << 20);
	buf_init(&r->out, 64 << 20);
	snprintf(r->url, sizeof(r->url), "%s", url);
	struct text query = text_of(r->url), path = text_cut(&query, '?');
	snprintf(r->file, sizeof(r->file), "%s" TEXT_FMT, site->folder, TEXT_ARG(path));
	snprintf(r->root, sizeof(r->root), "%s", site->folder);
	struct text *t = r->request.texts;
	for (size_t i = 0; i < CHANNEL_REQUEST_TEXT_COUNT; i++)
		t[i] = TEXT("");
	t[CHANNEL_METHOD] = TEXT("GET");
	t[CHANNEL_URL] = t[CHANNEL_PATH] = t[CHANNEL_SCRIPT_NAME] = path;
	t[CHANNEL_QUERY] = query.data ? query : TEXT("");
	t[CHANNEL_PROTOCOL] = TEXT("HTTP/1.1");
	t[CHANNEL_SCHEME] = TEXT("http");
	t[CHANNEL_HOST] = TEXT("localhost");
	t[CHANNEL_REMOTE_ADDRESS] = TEXT("127.0.0.1");
	t[CHANNEL_LOCAL_ADDRESS] = TEXT("127.0.0.1");
	t[CHANNEL_SCRIPT_FILE] = text_of(r->file);
	t[CHANNEL_APP_PATH] = TEXT("/");
	t[CHANNEL_APP_ROOT] = text_of(r->root);
	t[CHANNEL_METABASE_PATH] = TEXT("/LM/W3SVC/1/ROOT");
	t[CHANNEL_POOL] = TEXT("TestPool");
	t[CHANNEL_PROTECTION] = TEXT("High");
	r->request.site_id = 1;
	r->request.local_port = 80;
	r->exchange = (struct exchange){ .calls = &reply_calls, .request = &r->request };
}

static inline void reply_post(struct reply *r, const char *type, const char *body, size_t length)
{
	r->request.texts[CHANNEL_METHOD] = TEXT("POST");
	r->body = body;
	r->body_length = length;
	r->request.content_length = length;
	reply_header(r, "Content-Type", type);
}

static inline void reply_done(struct reply *r)
{
	buf_done(&r->head);
	buf_done(&r->out);
}

/* The body of GET `url`; valid until the next call. */
static inline const char *site_get(struct site *site, const char *url)
{
	static struct reply r;
	if (r.exchange.calls)
		reply_done(&r);
	reply_init(&r, site, url);
	asp_handle(site->asp, &r.exchange);
	assert_true(r.status != 0);
	return buf_cstr(&r.out);
}

#define assert_contains(hay, needle)                                                               \
	do {                                                                                       \
		const char *_h = (hay);                                                            \
		if (!strstr(_h, needle))                                                           \
			fail_msg("no \"%s\" in: %s", needle, _h);                                  \
	} while (0)
#define assert_lacks(hay, needle)                                                                  \
	do {                                                                                       \
		const char *_h = (hay);                                                            \
		if (strstr(_h, needle))                                                            \
			fail_msg("there is \"%s\" in: %s", needle, _h);                            \
	} while (0)
