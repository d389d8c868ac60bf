/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front door of web/: takes requests from http/, finds their route, and hands them to a
 * handler; swaps configuration snapshots; answers for others with what the configuration adds.
 *
 * A loop notices a new snapshot by its generation number at its next request and empties its
 * caches. Requests under way hold their route, and that holds the snapshot they began with.
 */
#include "web/internal.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <unistd.h>

static void forget_folder(void *folder)
{
	web_folder_unref(folder);
}

/* ---- snapshots ---- */

static void loop_empty(struct web_loop *loop)
{
	web_log_forget(loop);
	web_routes_clear(loop);
	loop->folders = map_free(loop->folders, forget_folder);
	loop->snapshot = web_snapshot_unref(loop->snapshot);
}

/* False without memory: the request is then refused, and the next one tries again. */
static bool loop_refresh(struct web_loop *loop)
{
	struct web *web = loop->web;
	loop_empty(loop);
	loop->folders = map_new(FOLDERS_MAX, 0);
	if (!loop->folders)
		return false;
	pthread_mutex_lock(&web->lock);
	loop->snapshot = web_snapshot_ref(web->current);
	loop->generation = atomic_load(&web->generation);
	pthread_mutex_unlock(&web->lock);
	return true;
}

static bool loop_current(struct web_loop *loop)
{
	if (loop->snapshot &&
	    loop->generation == atomic_load_explicit(&loop->web->generation, memory_order_relaxed))
		return true;
	return loop_refresh(loop);
}

int web_set_config(struct web *web, struct config *config)
{
	struct web_snapshot *snapshot;
	int r = web_snapshot_new(config, &snapshot);
	if (r < 0)
		return r;
	pthread_mutex_lock(&web->lock);
	struct web_snapshot *old = web->current;
	web->current = snapshot;
	atomic_fetch_add(&web->generation, 1);
	pthread_mutex_unlock(&web->lock);
	web_snapshot_unref(old);
	return 0;
}

/* ---- answering ---- */

bool web_is_local(const struct http_peer *peer)
{
	struct text remote = text_of(peer->remote);
	return text_starts_with(remote, TEXT("127.")) || text_equal(remote, TEXT("::1")) ||
	       text_equal(remote, text_of(peer->local));
}

/* The fields of `response`, and behind them the custom headers it does not have itself. */
static const struct http_field *with_custom(struct web_request *request,
					    const struct http_response *response, size_t *ret_count)
{
	const struct config_url *url = request->url;
	*ret_count = response->field_count;
	if (!url->custom_headers.count)
		return response->fields;
	struct http_field *fields =
		arena_alloc(http_exchange_arena(request->x),
			    (response->field_count + url->custom_headers.count) * sizeof(*fields));
	if (!fields)
		return response->fields;
	if (response->field_count)
		memcpy(fields, response->fields, response->field_count * sizeof(*fields));
	for (size_t i = 0; i < url->custom_headers.count; i++)
		fields[(*ret_count)++] =
			(struct http_field){ text_of(url->custom_headers.items[i].name),
					     text_of(url->custom_headers.items[i].value) };
	return fields;
}

static bool call_is_page(struct web_request *request)
{
	return web_call_of(request)->dispatched;
}

static void finish_response(struct web_request *request, struct http_response *response)
{
	const struct config_url *url = request->url;
	if (!url)
		return;
	response->fields = with_custom(request, response, &response->field_count);
	response->close = response->close || !url->keep_alive;
	response->hide_server = url->remove_server_header;
	response->no_chunks = call_is_page(request) && !url->asp_chunked;
}

void web_respond_source(struct web_request *request, const struct http_response *response,
			unsigned sub, uint32_t win32, const struct http_source *source, void *ctx)
{
	struct http_response full = *response;
	struct web_call *call = web_call_of(request);
	request->sub_status = sub;
	request->win32_status = win32;
	if (source)
		web_pack(call, &full, &source, &ctx);
	finish_response(request, &full);
	web_log_response(call, &full);
	if (source)
		http_respond_source(request->x, &full, source, ctx);
	else
		http_respond_memory(request->x, &full, NULL, 0);
}

void web_respond_memory(struct web_request *request, const struct http_response *response,
			unsigned sub, const void *body, size_t length)
{
	struct http_response full = *response;
	finish_response(request, &full);
	request->sub_status = sub;
	web_log_response(web_call_of(request), &full);
	http_respond_memory(request->x, &full, body, length);
}

void web_answer_memory(struct web_call *call, unsigned status, const struct http_field *fields,
		       size_t count, const void *body, size_t length)
{
	struct http_response response = {
		.status = status, .content_length = length, .fields = fields, .field_count = count
	};
	web_respond_memory(&call->request, &response, call->request.sub_status, body, length);
}

/* ---- handlers ---- */

static void serve_options(struct web_call *call)
{
	static const struct http_field fields[] = {
		{ { "Allow", 5 }, { "OPTIONS, GET, HEAD, POST", 24 } },
		{ { "Public", 6 }, { "OPTIONS, GET, HEAD, POST", 24 } },
	};
	web_answer_memory(call, 200, fields, 2, NULL, 0);
}

static void serve_error(struct web_call *call)
{
	const struct web_route *route = call->route;
	const struct error *config_error =
		route->folder && !route->folder->url ? &route->folder->error : NULL;
	web_error_serve(call, route->status, route->sub, route->hresult, (struct text){ "", 0 },
			config_error);
}

/* A page, unless its application has more requests under way than it may. */
static void serve_page(struct web_call *call)
{
	const struct config_url *url = call->request.url;
	atomic_uint *running = call->route->running;
	if (url && running && !call->counted) {
		call->counted = running;
		if (atomic_fetch_add(running, 1) >= url->runtime.app_requests) {
			web_error_serve(call, 503, 2, 0,
					TEXT("appConcurrentRequestLimit of serverRuntime."), NULL);
			return;
		}
	}
	call->dispatched = true;
	call->loop->web->dispatcher.dispatch(call->loop->web->dispatcher.ctx, &call->request);
}

static void run(struct web_call *call)
{
	const struct web_route *route = call->route;
	switch (route->outcome) {
	case WEB_STATIC:
		web_static_serve(call);
		break;
	case WEB_DISPATCH:
		serve_page(call);
		break;
	case WEB_REDIRECT:
		web_redirect_slash(call);
		break;
	case WEB_LISTING:
		web_dirlist_serve(call);
		break;
	case WEB_OPTIONS:
		serve_options(call);
		break;
	case WEB_ERROR:
		serve_error(call);
		break;
	}
}

static bool refuse_here(struct web_call *call, unsigned status, unsigned sub, const char *why)
{
	call->request.module = "IIS Web Core";
	call->request.notification = "BeginRequest";
	web_error_serve(call, status, sub, 0, text_of(why), NULL);
	return false;
}

/* serverRuntime, and what accessPolicy keeps from other machines. */
static bool may_run(struct web_call *call)
{
	const struct config_url *url = call->request.url;
	uint64_t length = http_exchange_request(call->request.x)->content_length;

	if (!url->runtime.enabled)
		return refuse_here(call, 503, 0, "serverRuntime is not enabled here.");
	http_limit_body(call->request.x, url->runtime.max_entity);
	if (length != HTTP_LENGTH_UNKNOWN && length > url->runtime.max_entity)
		return refuse_here(call, 403, 0,
				   "The body is longer than maxRequestEntityAllowed.");
	if (call->route->local_only && !web_is_local(http_exchange_peer(call->request.x)))
		return refuse_here(call, 403, call->route->local_only, "");
	return true;
}

/* What comes before any handler; false when the request was answered. */
static bool may_serve(struct web_call *call)
{
	const struct config_url *url = call->request.url;
	if (!url)
		return true;
	if (url->guarded && !web_access_check(call))
		return false;
	if (call->route->filtered)
		return true;
	if (!web_filter_request(call))
		return false;
	if (url->redirect.enabled && web_redirect_serve(call))
		return false;
	return may_run(call);
}

static void serve(struct web_call *call)
{
	if (may_serve(call))
		run(call);
}

/* ---- from http/ ---- */

/* What HTTP.sys says itself, before there is a site. */
static void refuse(struct web_loop *loop, struct http_exchange *x, unsigned status, const char *why)
{
	struct text page = http_refusal_page(status, why, http_exchange_arena(x));
	struct http_field type = { TEXT("Content-Type"), TEXT("text/html; charset=us-ascii") };
	struct http_response response = { .status = status,
					  .content_length = page.length,
					  .fields = &type,
					  .field_count = 1,
					  .close = true };
	web_httperr_write(loop->web->httperr, http_exchange_peer(x)->remote, status, why);
	http_respond_memory(x, &response, page.data, page.length);
}

static const struct config_site *find_site(struct web_loop *loop, struct http_exchange *x)
{
	const struct http_peer *peer = http_exchange_peer(x);
	const struct web_snapshot *s = loop->snapshot;
	return web_snapshot_site(s, text_of(s->by_address ? peer->local : ""), peer->local_port,
				 http_exchange_request(x)->host);
}

static void fill_request(struct web_call *call, struct http_exchange *x, struct text query)
{
	const struct web_route *route = call->route;
	call->request = (struct web_request){
		.x = x,
		.web = call->loop->web,
		.loop = call->loop->index,
		.site = route->site,
		.application = route->application,
		.vdir = route->vdir,
		.url = route->folder ? route->folder->url : NULL,
		.path = route->path,
		.query = query,
		.script_name = route->script_name,
		.path_info = route->path_info,
		.script_file = route->script_file,
		.app_root = route->app_root,
		.user = { "", 0 },
		.module = route->module,
		.handler = route->handler,
		.notification = route->notification,
	};
}

bool web_execute(struct web_call *call, struct text path, struct text query)
{
	struct http_exchange *x = call->request.x;
	const struct http_request *http = http_exchange_request(x);
	struct http_request *page = arena_dup(http_exchange_arena(x), http, sizeof(*http));
	/* Once only, and not for what a handler has already begun with. */
	if (!page || call->dispatched || call->asked || !path.length || path.data[0] != '/')
		return false;
	page->method = HTTP_GET;
	page->method_text = TEXT("GET");
	page->path = page->target = path;
	struct web_route *route = web_routes_get(call->loop, call->request.site, page);
	if (!route || (route->outcome != WEB_DISPATCH && route->outcome != WEB_STATIC)) {
		web_route_unref(route);
		return false;
	}
	call->asked = call->route;
	call->route = route;
	fill_request(call, x, query);
	run(call);
	return true;
}

static void on_request(void *ctx, struct http_exchange *x)
{
	struct web *web = ctx;
	struct web_loop *loop = &web->loops[http_exchange_loop(x)];
	struct web_call *call = arena_alloc(http_exchange_arena(x), sizeof(*call));
	if (!call || !loop_current(loop)) {
		refuse(loop, x, 503, "N/A");
		return;
	}
	const struct config_site *site = find_site(loop, x);
	if (!site) {
		refuse(loop, x, 400, "Hostname");
		return;
	}
	if (!web_connection_enter(web, site, x)) {
		refuse(loop, x, 503, "ConnLimit");
		return;
	}
	struct web_route *route = web_routes_get(loop, site, http_exchange_request(x));
	if (!route) {
		refuse(loop, x, 503, "N/A");
		return;
	}
	call->loop = loop;
	call->route = route;
	call->asked = NULL;
	call->dispatched = false;
	call->counted = NULL;
	call->packer = NULL;
	call->logged = NULL;
	fill_request(call, x, http_exchange_request(x)->query);
	http_exchange_set_user(x, call);
	serve(call);
}

static void on_aborted(void *ctx, struct http_exchange *x)
{
	struct web *web = ctx;
	struct web_call *call = http_exchange_user(x);
	if (call && call->dispatched && web->dispatcher.aborted)
		web->dispatcher.aborted(web->dispatcher.ctx, &call->request);
}

static void on_done(void *ctx, struct http_exchange *x, const struct http_exchange_stats *stats)
{
	struct web *web = ctx;
	struct web_call *call = http_exchange_user(x);
	if (!call)
		return;
	if (call->dispatched && web->dispatcher.done)
		web->dispatcher.done(web->dispatcher.ctx, &call->request);
	if (call->counted)
		atomic_fetch_sub(call->counted, 1);
	call->packer = web_packer_free(call->packer);
	web_log_write(call, stats);
	web_route_unref(call->route);
	web_route_unref(call->asked);
}

static void on_disconnected(void *ctx, void *user)
{
	struct web_connections *connections = user;
	(void)ctx;
	atomic_fetch_sub(&connections->count, 1);
}

static void on_refused(void *ctx, const char *remote, uint32_t status, const char *why)
{
	struct web *web = ctx;
	web_httperr_write(web->httperr, remote, status, why);
}

struct http_handler web_handler(struct web *web)
{
	return (struct http_handler){ web,     on_request, on_aborted,
				      on_done, on_refused, on_disconnected };
}

/* ---- the life of it ---- */

void web_attach(struct web *web, struct http_server *server)
{
	web->server = server;
	for (int i = 0; i < web->loop_count; i++)
		web->loops[i].loop = http_server_loop(server, i);
}

static int loop_init(struct web *web, int i)
{
	struct web_loop *loop = &web->loops[i];
	loop->web = web;
	loop->index = i;
	TAILQ_INIT(&loop->routes);
	loop->buckets = mem_zalloc(ROUTE_BUCKETS, sizeof(struct web_route *));
	return loop->buckets ? 0 : -ENOMEM;
}

int web_new(const struct web_options *options, struct config *config, struct web **ret)
{
	struct web *web = mem_new(struct web);
	if (!web)
		return -ENOMEM;
	pthread_mutex_init(&web->lock, NULL);
	pthread_mutex_init(&web->log_lock, NULL);
	web->dispatcher = options->dispatcher;
	gethostname(web->computer, sizeof(web->computer) - 1);
	web->state_dir = mem_strdup(options->state_dir);
	web->loops = mem_zalloc((size_t)options->loops, sizeof(*web->loops));
	web->httperr = web->state_dir ? web_httperr_new(web->state_dir) : NULL;
	int r = web->loops && web->httperr ? web_set_config(web, config) : -ENOMEM;
	for (int i = 0; i < options->loops && r == 0; i++) {
		r = loop_init(web, i);
		web->loop_count++;
	}
	if (r < 0) {
		web_free(web);
		return r;
	}
	*ret = web;
	return 0;
}

struct web *web_free(struct web *web)
{
	if (!web)
		return NULL;
	for (int i = 0; web->loops && i < web->loop_count; i++) {
		loop_empty(&web->loops[i]);
		mem_free(web->loops[i].buckets);
	}
	web_httperr_free(web->httperr);
	web_connections_done(web);
	web_snapshot_unref(web->current);
	mem_free(web->loops);
	mem_free(web->state_dir);
	pthread_mutex_destroy(&web->lock);
	pthread_mutex_destroy(&web->log_lock);
	return mem_free(web);
}
