/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot of the configuration with its bindings in the order in which HTTP.sys tries them:
 * address, port and host name; then port and host name; then address and port; then port alone.
 * Made on the control thread, read by all loops.
 */
#include "web/internal.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

/* 0 is the most specific. */
static int rank(const struct web_binding *b)
{
	return (b->address.length ? 0 : 1) + (b->host.length ? 0 : 2);
}

static int compare(const void *a, const void *b)
{
	const struct web_binding *x = a, *y = b;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (rank(x) != rank(y))
		return rank(x) < rank(y) ? -1 : 1;
	return x->site->id < y->site->id ? -1 : x->site->id > y->site->id;
}

static size_t count_bindings(const struct config *config)
{
	size_t count = 0;
	for (size_t i = 0; i < config_site_count(config); i++)
		count += config_site_at(config, i)->binding_count;
	return count;
}

/* "*" is any address; "[::1]" is compared without its brackets. */
static struct text binding_address(const char *value)
{
	struct text t = text_of(value);
	if (text_equal(t, TEXT("*")) || text_equal(t, TEXT("0.0.0.0")))
		return (struct text){ "", 0 };
	if (t.length > 2 && t.data[0] == '[')
		return (struct text){ t.data + 1, t.length - 2 };
	return t;
}

static void add_site(struct web_snapshot *s, const struct config_site *site)
{
	for (size_t i = 0; i < site->binding_count && site->runs; i++) {
		const struct config_binding *from = &site->bindings[i];
		if (strcmp(from->protocol, "http") != 0)
			continue;
		struct web_binding *b = &s->bindings[s->binding_count++];
		b->site = site;
		b->host = text_of(from->host);
		b->address = binding_address(from->address);
		b->port = from->port;
		s->by_address = s->by_address || b->address.length;
	}
}

static int count_running(struct web_snapshot *s, struct config *config)
{
	size_t sites = config_site_count(config), count = 0;
	s->first_running = mem_zalloc(sites + 1, sizeof(*s->first_running));
	for (size_t i = 0; s->first_running && i < sites; i++) {
		s->first_running[i] = count;
		count += config_site_at(config, i)->application_count;
	}
	s->running = mem_zalloc(count + 1, sizeof(*s->running));
	return s->first_running && s->running ? 0 : -ENOMEM;
}

atomic_uint *web_snapshot_running(const struct web_snapshot *s, const struct config_site *site,
				  const struct config_application *application)
{
	size_t i = (size_t)(site - config_site_at(s->config, 0));
	return &s->running[s->first_running[i] + (size_t)(application - site->applications)];
}

static void snapshot_free(struct web_snapshot *s)
{
	mem_free(s->first_running);
	mem_free(s->running);
	mem_free(s->bindings);
	mem_free(s);
}

int web_snapshot_new(struct config *config, struct web_snapshot **ret)
{
	struct web_snapshot *s = mem_new(struct web_snapshot);
	if (!s)
		return -ENOMEM;
	s->bindings = mem_zalloc(count_bindings(config) + 1, sizeof(*s->bindings));
	if (!s->bindings || count_running(s, config) < 0) {
		snapshot_free(s);
		return -ENOMEM;
	}
	s->refs = 1;
	s->config = config_ref(config);
	for (size_t i = 0; i < config_site_count(config); i++)
		add_site(s, config_site_at(config, i));
	qsort(s->bindings, s->binding_count, sizeof(*s->bindings), compare);
	*ret = s;
	return 0;
}

struct web_snapshot *web_snapshot_ref(struct web_snapshot *s)
{
	atomic_fetch_add(&s->refs, 1);
	return s;
}

struct web_snapshot *web_snapshot_unref(struct web_snapshot *s)
{
	if (!s || atomic_fetch_sub(&s->refs, 1) > 1)
		return NULL;
	config_unref(s->config);
	snapshot_free(s);
	return NULL;
}

/* "*.example.com" is a binding of newer IIS: any name below it. */
static bool host_fits(struct text binding, struct text host)
{
	if (binding.length > 2 && binding.data[0] == '*' && binding.data[1] == '.') {
		struct text suffix = { binding.data + 1, binding.length - 1 };
		return host.length > suffix.length && text_ends_with_nocase(host, suffix);
	}
	return text_equal_nocase(binding, host);
}

const struct config_site *web_snapshot_site(const struct web_snapshot *s, struct text address,
					    uint16_t port, struct text host)
{
	for (size_t i = 0; i < s->binding_count; i++) {
		const struct web_binding *b = &s->bindings[i];
		if (b->port == port && (!b->host.length || host_fits(b->host, host)) &&
		    (!b->address.length || text_equal(b->address, address)))
			return b->site;
	}
	return NULL;
}

/* ---- limits/maxConnections and connectionTimeout ---- */

static struct web_connections *connections_of(struct web *web, const struct config_site *site)
{
	pthread_mutex_lock(&web->lock);
	struct web_connections *c = web->connections;
	while (c && c->site != site->id)
		c = c->next;
	if (!c && (c = mem_new(struct web_connections))) {
		c->site = site->id;
		c->next = web->connections;
		web->connections = c;
	}
	if (c)
		c->rate.bytes_per_second =
			site->max_bandwidth < UINT32_MAX ? site->max_bandwidth : 0;
	pthread_mutex_unlock(&web->lock);
	return c;
}

bool web_connection_enter(struct web *web, const struct config_site *site, struct http_exchange *x)
{
	const struct web_snapshot *s = web->loops[http_exchange_loop(x)].snapshot;
	struct web_connections *now = http_connection_user(x);

	if (site->connection_timeout > 0 &&
	    site->connection_timeout != config_server(s->config)->connection_timeout)
		http_connection_set_timeout(x, site->connection_timeout);
	if (now && now->site == site->id)
		return true;
	/* The first request, or one for another site on the same connection. */
	if (now)
		atomic_fetch_sub(&now->count, 1);
	http_connection_set_user(x, NULL);
	http_connection_set_rate(x, NULL);
	if (site->max_connections >= UINT32_MAX && site->max_bandwidth >= UINT32_MAX)
		return true;
	now = connections_of(web, site);
	if (!now || atomic_fetch_add(&now->count, 1) >= site->max_connections) {
		if (now)
			atomic_fetch_sub(&now->count, 1);
		return false;
	}
	http_connection_set_user(x, now);
	http_connection_set_rate(x, &now->rate);
	return true;
}

void web_connections_done(struct web *web)
{
	while (web->connections) {
		struct web_connections *c = web->connections;
		web->connections = c->next;
		mem_free(c);
	}
}
