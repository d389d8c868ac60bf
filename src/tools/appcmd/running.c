/* SPDX-License-Identifier: Apache-2.0 */
/* What appcmd asks a server that runs: the states of sites, requests; see appcmd.h. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "ipc/control.h"
#include "tools/client.h"

#include <stdio.h>

/* ---- sites ---- */

static void note_site(void *ctx, const struct control_message *m)
{
	struct appcmd_objects *sites = ctx;
	static const char *const states[] = { "Starting", "Started", "Stopping", "Stopped" };
	char id[24];

	if (m->type != CONTROL_STATUS_SITE)
		return;
	snprintf(id, sizeof(id), "%llu", (unsigned long long)m->status_site.id);
	for (size_t i = 0; i < sites->count; i++) {
		struct appcmd_object *o = &sites->items[i];

		for (size_t s = 0; s < ARRAY_LEN(states) && !strcmp(o->values[1], id); s++) {
			if (text_equal(m->status_site.state, text_of(states[s])))
				o->values[3] = states[s];
		}
	}
}

void appcmd_site_states(struct appcmd *a, struct appcmd_objects *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		sites->items[i].values[3] = "Unknown";
	appcmd_status(a, note_site, sites);
}

int appcmd_site_control(struct appcmd *a, const char *name, bool start)
{
	struct control_site_control message = { .verb = start ? CONTROL_SITE_START
							      : CONTROL_SITE_STOP,
						.site = text_of(name) };
	int r = client_ask(a->state, CONTROL_SITE_CONTROL, &message, NULL, NULL, &a->err);

	if (r > 0)
		a->err.hresult = 0x80070000u | (uint32_t)r;
	return r ? appcmd_failure(a) : 0;
}

/* ---- processes ---- */

struct processes {
	struct appcmd *a;
	const struct appcmd_kind *kind;
	struct appcmd_objects *list;
	const char *site; /* NULL: any */
	bool no_memory;
};

static bool serves_site(const struct processes *p, struct text pool)
{
	for (size_t i = 0; p->site && i < config_site_count(p->a->server); i++) {
		const struct config_site *site = config_site_at(p->a->server, i);

		for (size_t k = 0; k < site->application_count; k++) {
			if (text_equal_nocase(text_of(site->name), text_of(p->site)) &&
			    text_equal_nocase(text_of(site->applications[k].pool->name), pool))
				return true;
		}
	}
	return !p->site;
}

static void add_process(void *ctx, const struct control_message *m)
{
	const struct control_status_process *info = &m->status_process;
	struct processes *p = ctx;
	struct arena *arena = &p->a->arena;
	struct appcmd_object *o;

	if (m->type != CONTROL_STATUS_PROCESS || !info->pool.length || !serves_site(p, info->pool))
		return;
	o = appcmd_append(p->a, p->list, p->kind, NULL);
	if (o) {
		o->values[0] = arena_printf(arena, "%llu", (unsigned long long)info->pid);
		o->values[1] = arena_strndup(arena, info->pool.data, info->pool.length);
	}
	p->no_memory = p->no_memory || !o || !o->values[0] || !o->values[1];
}

int appcmd_processes(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret)
{
	struct processes p = { a, kind, ret, appcmd_take(a, "site.name"), false };

	appcmd_status(a, add_process, &p);
	return p.no_memory ? appcmd_error(APPCMD_FAILED, "out of memory") : 0;
}

/* ---- requests ---- */

struct requests {
	struct appcmd *a;
	const struct appcmd_kind *kind;
	struct appcmd_objects *list;
	uint64_t elapsed; /* at least so many milliseconds */
	const char *url;  /* NULL: any */
	bool no_memory;
};

/* What a host may have changed is shown as it is, but moves no cursor. */
static const char *clean(struct appcmd *a, struct text t)
{
	char *copy = arena_strndup(&a->arena, t.data, t.length);

	for (char *c = copy; c && *c; c++)
		*c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
	return copy;
}

/* The whole, or without the query. */
static bool url_fits(const struct requests *r, struct text url)
{
	struct text path = url;

	text_cut(&path, '?');
	path = (struct text){ url.data,
			      path.data ? (size_t)(path.data - url.data) - 1 : url.length };
	return !r->url || text_equal_nocase(text_of(r->url), url) ||
	       text_equal_nocase(text_of(r->url), path);
}

static const char *site_name(struct appcmd *a, uint64_t id)
{
	for (size_t i = 0; i < config_site_count(a->server); i++) {
		if (config_site_at(a->server, i)->id == id)
			return config_site_at(a->server, i)->name;
	}
	return "";
}

static bool is_local(struct text client)
{
	return text_equal(client, TEXT("127.0.0.1")) || text_equal(client, TEXT("::1")) ||
	       text_equal(client, TEXT("::ffff:127.0.0.1"));
}

static void add_request(void *ctx, const struct control_message *m)
{
	const struct control_status_request *info = &m->status_request;
	struct requests *r = ctx;
	struct arena *arena = &r->a->arena;
	struct appcmd_object *o;

	if (m->type != CONTROL_STATUS_REQUEST || info->time_ms < r->elapsed ||
	    !url_fits(r, info->url))
		return;
	o = appcmd_append(r->a, r->list, r->kind, NULL);
	if (!o) {
		r->no_memory = true;
		return;
	}
	o->values[0] = arena_printf(arena, "%016llx", (unsigned long long)info->id);
	o->values[1] =
		arena_printf(arena, "%s %s", clean(r->a, info->verb), clean(r->a, info->url));
	o->values[2] = arena_printf(arena, "%llu msec", (unsigned long long)info->time_ms);
	o->values[3] = is_local(info->client) ? "localhost" : clean(r->a, info->client);
	o->values[4] = clean(r->a, info->stage);
	o->values[5] = clean(r->a, info->module);
	o->values[6] = site_name(r->a, info->site);
	o->values[7] = clean(r->a, info->pool);
	o->values[8] = arena_printf(arena, "%llu", (unsigned long long)info->pid);
}

int appcmd_requests(struct appcmd *a, const struct appcmd_kind *kind, struct appcmd_objects *ret)
{
	struct control_request_query query = { 0 };
	struct requests r = { .a = a, .kind = kind, .list = ret, .url = appcmd_take(a, "url") };
	const char *elapsed = appcmd_take(a, "elapsed");
	struct error err;

	if (elapsed && !text_to_u64(text_of(elapsed), &r.elapsed))
		return appcmd_error(APPCMD_BAD_ARGUMENT,
				    "\"%s\" is no number of milliseconds for /elapsed.", elapsed);
	/* As for worker processes: where no server runs, nothing does. */
	client_ask(a->state, CONTROL_REQUEST_QUERY, &query, add_request, &r, &err);
	return r.no_memory ? appcmd_error(APPCMD_FAILED, "out of memory") : 0;
}
