/* SPDX-License-Identifier: Apache-2.0 */
/* `surrogate status`: what runs, as text or JSON. Runs in the tool. */
#include "tools/client.h"
#include "base/buf.h"

#include <errno.h>

#define STATUS_MAX (16u << 20)

struct status {
	struct buf processes, pools, sites, config;
	bool json;
};

static void json_text(struct buf *out, const char *name, struct text value)
{
	buf_printf(out, "\"%s\":\"", name);
	buf_put_json(out, value);
	buf_putc(out, '"');
}

static void json_process(struct buf *out, const struct control_status_process *p)
{
	const struct {
		const char *name;
		struct text value;
	} texts[] = {
		{ "service", p->service },       { "appId", p->appid }, { "pool", p->pool },
		{ "protection", p->protection }, { "user", p->user },   { "state", p->state }
	};

	buf_printf(out, "%s{\"pid\":%llu,", out->length ? "," : "", (unsigned long long)p->pid);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_text(out, texts[i].name, texts[i].value);
		buf_putc(out, ',');
	}
	buf_printf(out,
		   "\"generation\":%llu,\"requests\":%llu,\"active\":%llu,\"uptime\":%llu.%03llu,"
		   "\"memoryKiB\":%llu}",
		   (unsigned long long)p->generation, (unsigned long long)p->requests,
		   (unsigned long long)p->active, (unsigned long long)p->uptime_ms / 1000,
		   (unsigned long long)p->uptime_ms % 1000, (unsigned long long)p->memory_kib);
}

static void json_pool(struct buf *out, const struct control_status_pool *p)
{
	buf_puts(out, out->length ? ",{" : "{");
	json_text(out, "pool", p->pool);
	buf_putc(out, ',');
	json_text(out, "appId", p->appid);
	buf_putc(out, ',');
	json_text(out, "protection", p->protection);
	buf_putc(out, ',');
	json_text(out, "state", p->state);
	buf_putc(out, ',');
	json_text(out, "reason", p->reason);
	buf_printf(out, ",\"failures\":%llu}", (unsigned long long)p->failures);
}

static void duration(struct buf *out, uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (s < 60)
		buf_printf(out, "%9llus", (unsigned long long)s);
	else
		buf_printf(out, "%4llu:%02llu:%02llu", (unsigned long long)(s / 3600),
			   (unsigned long long)(s / 60 % 60), (unsigned long long)(s % 60));
}

static void text_process(struct buf *out, const struct control_status_process *p)
{
	buf_printf(out, "%7llu  %-8.*s %-9.*s %9llu %6llu ", (unsigned long long)p->pid,
		   TEXT_ARG(p->service), TEXT_ARG(p->state), (unsigned long long)p->requests,
		   (unsigned long long)p->active);
	duration(out, p->uptime_ms);
	buf_printf(out, " %8.1f MiB  %-7.*s ", (double)p->memory_kib / 1024,
		   TEXT_ARG(p->protection));
	buf_put_text(out, p->user);
	if (p->pool.length) {
		buf_puts(out, "  ");
		buf_put_text(out, p->pool);
		buf_puts(out, " ");
		buf_put_text(out, p->appid);
	} else if (p->appid.length && !p->protection.length) { /* an application of components */
		buf_puts(out, "  ");
		buf_put_text(out, p->appid);
	}
	buf_putc(out, '\n');
}

static void text_pool(struct buf *out, const struct control_status_pool *p)
{
	buf_printf(out, "  %-8.*s %-7.*s ", TEXT_ARG(p->state), TEXT_ARG(p->protection));
	buf_put_text(out, p->pool);
	if (p->failures)
		buf_printf(out, ", %llu failure%s", (unsigned long long)p->failures,
			   p->failures == 1 ? "" : "s");
	if (p->reason.length) {
		buf_puts(out, ": ");
		buf_put_text(out, p->reason);
	}
	buf_putc(out, '\n');
}

static void json_site(struct buf *out, const struct control_status_site *s)
{
	buf_puts(out, out->length ? ",{" : "{");
	json_text(out, "site", s->site);
	buf_putc(out, ',');
	json_text(out, "state", s->state);
	buf_printf(out, ",\"id\":%llu}", (unsigned long long)s->id);
}

static void text_site(struct buf *out, const struct control_status_site *s)
{
	buf_printf(out, "  %-8.*s %7llu ", TEXT_ARG(s->state), (unsigned long long)s->id);
	buf_put_text(out, s->site);
	buf_putc(out, '\n');
}

/* The version in force; when the file is another one by now, why that is not. */
static void json_config(struct buf *out, const struct control_status_config *c)
{
	buf_printf(out, "{\"version\":%llu,\"line\":%llu,", (unsigned long long)c->version,
		   (unsigned long long)c->line);
	json_text(out, "file", c->file);
	buf_putc(out, ',');
	json_text(out, "error", c->text);
	buf_putc(out, '}');
}

static void text_config(struct buf *out, const struct control_status_config *c)
{
	if (!c->text.length)
		return;
	buf_puts(out, "\nThe configuration on the disk is not in force. ");
	buf_put_text(out, c->file);
	buf_printf(out, ", line %llu: ", (unsigned long long)c->line);
	buf_put_text(out, c->text);
	buf_puts(out, "\nThe server goes on with what it read before.\n");
}

static void on_answer(void *ctx, const struct control_message *m)
{
	struct status *status = ctx;

	if (m->type == CONTROL_STATUS_PROCESS && status->json)
		json_process(&status->processes, &m->status_process);
	else if (m->type == CONTROL_STATUS_PROCESS)
		text_process(&status->processes, &m->status_process);
	else if (m->type == CONTROL_STATUS_POOL && status->json)
		json_pool(&status->pools, &m->status_pool);
	else if (m->type == CONTROL_STATUS_POOL)
		text_pool(&status->pools, &m->status_pool);
	else if (m->type == CONTROL_STATUS_SITE && status->json)
		json_site(&status->sites, &m->status_site);
	else if (m->type == CONTROL_STATUS_SITE)
		text_site(&status->sites, &m->status_site);
	else if (m->type == CONTROL_STATUS_CONFIG && status->json)
		json_config(&status->config, &m->status_config);
	else if (m->type == CONTROL_STATUS_CONFIG)
		text_config(&status->config, &m->status_config);
}

int client_status(const char *state_dir, bool json, struct buf *out, struct error *err)
{
	struct control_status_query query = { 0 };
	struct status status = { .json = json };
	int r;

	buf_init(&status.processes, STATUS_MAX);
	buf_init(&status.pools, STATUS_MAX);
	buf_init(&status.sites, STATUS_MAX);
	buf_init(&status.config, STATUS_MAX);
	r = client_ask(state_dir, CONTROL_STATUS_QUERY, &query, on_answer, &status, err);
	if (!r) {
		buf_puts(out,
			 json ? "{\"processes\":["
			      : "    PID  SERVICE  STATE      REQUESTS ACTIVE     UPTIME       "
				"MEMORY  PROTECT USER  POOL\n");
		buf_put_text(out, buf_text(&status.processes));
		buf_puts(out, json ? "],\"pools\":[" : "\nPools:\n");
		buf_put_text(out, buf_text(&status.pools));
		buf_puts(out, json ? "],\"sites\":[" : "\nSites:\n");
		buf_put_text(out, buf_text(&status.sites));
		buf_puts(out, json ? "],\"configuration\":" : "");
		buf_put_text(out, buf_text(&status.config));
		buf_puts(out, json ? "}\n" : "");
		if (buf_failed(&status.processes) || buf_failed(&status.pools) ||
		    buf_failed(&status.sites) || buf_failed(&status.config) || buf_failed(out))
			r = error_set(err, -ENOMEM, "the answer is too long");
	}
	buf_done(&status.processes);
	buf_done(&status.pools);
	buf_done(&status.sites);
	buf_done(&status.config);
	return r;
}
