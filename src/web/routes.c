/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of routes: one look-up and no allocation for a request in the steady state. A route is
 * believed for a second, then made again; when the file and the configuration are the same, the
 * old one stays, with its content. Bounded in number, bytes and descriptors; the one not used for
 * longest goes first. One per loop, loop thread only.
 */
#include "web/internal.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/sys.h"

static struct web_route **bucket_of(struct web_loop *loop, uint64_t hash)
{
	return &loop->buckets[hash & (ROUTE_BUCKETS - 1)];
}

static void drop(struct web_loop *loop, struct web_route *route)
{
	struct web_route **at = bucket_of(loop, route->hash);
	while (*at != route)
		at = &(*at)->next;
	*at = route->next;
	TAILQ_REMOVE(&loop->routes, route, in_use);
	loop->route_count--;
	route->cached = false;
	web_route_unref(route);
}

static bool is_over(const struct web_loop *loop)
{
	return loop->route_count > ROUTES_MAX || loop->content_bytes > ROUTE_CONTENT_MAX ||
	       loop->open_fds > ROUTE_FDS_MAX;
}

static void shrink(struct web_loop *loop)
{
	/* The newest stays: it is in use. */
	while (is_over(loop) && loop->route_count > 1)
		drop(loop, TAILQ_LAST(&loop->routes, web_route_list));
}

void web_routes_account(struct web_loop *loop, int64_t bytes, int fds)
{
	loop->content_bytes = (size_t)((int64_t)loop->content_bytes + bytes);
	loop->open_fds = (size_t)((int64_t)loop->open_fds + fds);
}

void web_routes_clear(struct web_loop *loop)
{
	while (!TAILQ_EMPTY(&loop->routes))
		drop(loop, TAILQ_FIRST(&loop->routes));
}

static uint64_t hash_of(const struct config_site *site, enum http_method method, struct text path)
{
	uint64_t h = text_hash(path);
	return h ^ ((uint64_t)site->id << 8 | (uint64_t)method) * UINT64_C(0x9e3779b97f4a7c15);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* A file that changed in the last moments may change again without its stamp showing it; and its
 * validator is weak, which it shall not stay. */
static bool is_settled(const struct web_route *route)
{
	return !route->file.prepared || !route->file.weak;
}

static void insert(struct web_loop *loop, struct web_route *route, uint64_t hash)
{
	struct web_route **bucket = bucket_of(loop, hash);
	route->hash = hash;
	route->next = *bucket;
	*bucket = web_route_ref(route);
	TAILQ_INSERT_HEAD(&loop->routes, route, in_use);
	loop->route_count++;
	route->cached = true;
	shrink(loop);
}

/* The second is over: looks again. */
static struct web_route *renew(struct web_loop *loop, struct web_route *old,
			       const struct http_request *request)
{
	struct web_route *route = web_route_new(loop, old->site, request);
	if (!route)
		return NULL;
	uint64_t hash = old->hash;
	if (route->outcome == WEB_STATIC && old->outcome == WEB_STATIC && is_settled(old) &&
	    route->folder == old->folder && same_file(&route->file.st, &old->file.st)) {
		old->checked = route->checked;
		web_route_unref(route);
		return web_route_ref(old);
	}
	drop(loop, old);
	insert(loop, route, hash);
	return route;
}

struct web_route *web_routes_get(struct web_loop *loop, const struct config_site *site,
				 const struct http_request *request)
{
	/* A verb without a name of its own has no place in the key. */
	if (request->method == HTTP_OTHER)
		return web_route_new(loop, site, request);
	int64_t now = loop_now(loop->loop);
	uint64_t hash = hash_of(site, request->method, request->path);
	struct web_route *route = *bucket_of(loop, hash);
	while (route &&
	       !(route->hash == hash && route->site == site && route->method == request->method &&
		 text_equal(route->raw, request->path)))
		route = route->next;
	if (!route) {
		route = web_route_new(loop, site, request);
		if (route)
			insert(loop, route, hash);
		return route;
	}
	if (now - route->touched > FRESH_TIME) {
		route->touched = now;
		TAILQ_REMOVE(&loop->routes, route, in_use);
		TAILQ_INSERT_HEAD(&loop->routes, route, in_use);
	}
	if (now - route->checked >= FRESH_TIME)
		return renew(loop, route, request);
	return web_route_ref(route);
}
