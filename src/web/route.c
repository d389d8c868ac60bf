/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routing: from a site and a path to the application, the virtual directory, the file, the
 * effective configuration and the handler. The outcome does not depend on anything else of a
 * request but its verb, so that routes.c can keep it.
 *
 * Loop thread only. A route owns its arena, its file and references to its folder and snapshot.
 */
#include "web/internal.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#define ROUTE_ARENA (1u << 18)

void web_route_fail(struct web_route *route, unsigned status, unsigned sub, uint32_t hresult,
		    const char *module, const char *notification)
{
	route->outcome = WEB_ERROR;
	route->status = status;
	route->sub = sub;
	route->hresult = hresult;
	route->module = module;
	route->notification = notification;
}

struct web_route *web_route_ref(struct web_route *route)
{
	route->refs++;
	return route;
}

struct web_route *web_route_unref(struct web_route *route)
{
	if (!route || --route->refs > 0)
		return NULL;
	web_file_done(route->loop, route);
	web_folder_unref(route->folder);
	web_snapshot_unref(route->snapshot);
	arena_done(&route->arena);
	return mem_free(route);
}

/* True when `path` is `prefix` or lies below it; "/" is a prefix of all. */
static bool lies_below(struct text path, struct text prefix)
{
	if (prefix.length == 1)
		return true;
	return text_starts_with_nocase(path, prefix) &&
	       (path.length == prefix.length || path.data[prefix.length] == '/');
}

static const struct config_application *find_application(const struct config_site *site,
							 struct text path)
{
	for (size_t i = 0; i < site->application_count; i++) {
		if (lies_below(path, text_of(site->applications[i].path)))
			return &site->applications[i];
	}
	return NULL;
}

/* `*ret_prefix`: how much of `path` names the virtual directory. */
static const struct config_vdir *find_vdir(const struct config_application *application,
					   struct text path, size_t *ret_prefix)
{
	size_t app = strcmp(application->path, "/") == 0 ? 0 : strlen(application->path);
	struct text rest = { path.data + app, path.length - app };
	for (size_t i = 0; i < application->vdir_count; i++) {
		struct text vdir = text_of(application->vdirs[i].path);
		if (lies_below(rest, vdir)) {
			*ret_prefix = app + (vdir.length == 1 ? 0 : vdir.length);
			return &application->vdirs[i];
		}
	}
	return NULL;
}

/* ---- the file ---- */

static int no_such_file(struct web_route *route, int r)
{
	static const char module[] = "IIS Web Core", notification[] = "MapRequestHandler";
	if (r == -EACCES || r == -EPERM)
		web_route_fail(route, 401, 3, 0x80070005, module, "AuthenticateRequest");
	else if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
		web_route_fail(route, 503, 0, 0x80070008, module, notification);
	else if (r == -ENAMETOOLONG)
		web_route_fail(route, 404, 0, 0x800700CE, module, notification);
	else
		web_route_fail(route, 404, 0, 0x80070002, module, notification);
	return r;
}

static struct text join(struct arena *arena, struct text folder, struct text name)
{
	while (folder.length > 1 && folder.data[folder.length - 1] == '/')
		folder.length--;
	char *z = name.length ? arena_printf(arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(folder),
					     TEXT_ARG(name))
			      : arena_strndup(arena, folder.data, folder.length);
	return z ? text_of(z) : (struct text){ "", 0 };
}

/* Opens what `below` (of the virtual directory) names, in whatever case; splits off path info.
 * `below` is corrected. */
static int find_file(struct web_route *route, int root, char *below, struct web_found *found,
		     size_t *ret_used)
{
	*ret_used = strlen(below);
	int r = web_open_beneath(root, below, found);
	if (r == -ENOENT || r == -ENOTDIR)
		r = web_find_beneath(root, below, found, ret_used);
	if (r < 0)
		return no_such_file(route, r);
	if (*ret_used && below[*ret_used - 1] == '/')
		--*ret_used;
	return 0;
}

/* ---- handlers ---- */

static void choose_options(struct web_route *route)
{
	route->module = "ProtocolSupportModule";
	route->handler = "OPTIONSVerbHandler";
	route->notification = "ExecuteRequestHandler";
	route->outcome = WEB_OPTIONS;
}

static void choose_static(struct web_route *route, struct web_found *found)
{
	if (route->path_info.length) {
		web_route_fail(route, 404, 0, 0x80070002, route->module, route->notification);
	} else if (route->method != HTTP_GET && route->method != HTTP_HEAD) {
		web_route_fail(route, 405, 0, 0x80070001, route->module, route->notification);
	} else {
		struct text extension = web_path_extension(route->script_name);
		const char *mime = config_url_mime(route->folder->url, extension);
		if (!mime) {
			web_route_fail(route, 404, 3, 0x80070032, route->module,
				       route->notification);
			return;
		}
		route->outcome = WEB_STATIC;
		route->file.mime = text_of(mime);
		route->file.st = found->st;
		route->file.fd = TAKE_FD(found->fd);
		web_routes_account(route->loop, 0, 1);
	}
}

/* requireAccess of the handler against accessPolicy of the place. False: 403. */
static bool has_access(struct web_route *route, uint32_t require)
{
	static const struct {
		uint32_t flag, no_remote;
		unsigned sub;
	} needs[] = {
		{ 0, 0, 0 },
		{ CONFIG_ACCESS_READ, CONFIG_ACCESS_NO_REMOTE_READ, 2 },
		{ CONFIG_ACCESS_WRITE, CONFIG_ACCESS_NO_REMOTE_WRITE, 3 },
		{ CONFIG_ACCESS_SCRIPT, CONFIG_ACCESS_NO_REMOTE_SCRIPT, 1 },
		{ CONFIG_ACCESS_EXECUTE, CONFIG_ACCESS_NO_REMOTE_EXECUTE, 1 },
	};
	uint32_t policy = route->folder->url->access_policy;

	if (require >= ARRAY_LEN(needs) || !needs[require].flag)
		return true;
	route->local_only = policy & needs[require].no_remote ? needs[require].sub : 0;
	if (policy & needs[require].flag)
		return true;
	web_route_fail(route, 403, needs[require].sub, 0, route->module, route->notification);
	return false;
}

/* The handler for what was found. Where nothing was, only one that asks for no file can serve. */
static void choose_handler(struct web_route *route, struct text verb, struct web_found *found,
			   enum config_resource what)
{
	const struct config_handler *handler =
		config_url_handler(route->folder->url, route->script_name, verb, what);
	const char *module = handler ? handler->module : NULL;
	if (what == CONFIG_NOTHING && !handler)
		return; /* 404, as it was said */
	route->notification = "ExecuteRequestHandler";
	route->module = module ? module : "IIS Web Core";
	route->handler = handler ? handler->name : NULL;
	struct text extension = web_path_extension(route->script_name);
	if (!module) {
		web_route_fail(route, 404, 4, 0x80070032, "IIS Web Core", "MapRequestHandler");
	} else if (!has_access(route, handler->require)) {
		; /* it said why */
	} else if (strcmp(module, "StaticFileModule") == 0) {
		if (what == CONFIG_FILE)
			choose_static(route, found);
		else
			web_route_fail(route, 404, 0, 0x80070002, module, route->notification);
	} else if (strcmp(module, "ProtocolSupportModule") == 0) {
		if (route->method == HTTP_OPTIONS)
			choose_options(route);
		else
			web_route_fail(route, 501, 0, 0x80070032, module, route->notification);
	} else if (strcmp(module, "IsapiModule") == 0 &&
		   !text_equal_nocase(extension, TEXT(".dll"))) {
		route->outcome = WEB_DISPATCH;
	} else {
		/* CGI programs and extensions of others are not on the list of what may run. */
		web_route_fail(route, 404, 2, 0x800704EC, module, route->notification);
	}
}

/* False after web_route_fail: the configuration cannot be had. */
static bool has_view(struct web_route *route)
{
	if (!route->folder) {
		web_route_fail(route, 503, 0, 0x8007000E, "IIS Web Core", "BeginRequest");
		return false;
	}
	if (!route->folder->url) {
		uint32_t hresult = route->folder->error.hresult;
		web_route_fail(route, 500, 19, hresult ? hresult : 0x8007000D, "IIS Web Core",
			       "BeginRequest");
		return false;
	}
	return true;
}

/* A file that a <location> names has a view of its own, which holds from here on. `below` is its
 * path below the virtual directory. */
static bool own_view(struct web_route *route, struct text below)
{
	struct text folder = web_path_folder(below);
	struct text name = { below.data + folder.length, below.length - folder.length };
	if (!name.length || !config_url_names(route->folder->url, name))
		return true;
	struct web_folder *own =
		web_folder_get(route->loop, route->site, route->application, route->vdir, below);
	web_folder_unref(route->folder);
	route->folder = own;
	return has_view(route);
}

/* A folder: its default document, its listing, or neither. */
static void choose_in_folder(struct web_route *route, int root, struct text below, struct text verb)
{
	const struct config_url *url = route->folder->url;
	if (route->path.data[route->path.length - 1] != '/') {
		route->outcome = WEB_REDIRECT;
		route->module = "StaticFileModule";
		return;
	}
	if (route->method == HTTP_OPTIONS) {
		choose_options(route);
		return;
	}
	struct text folder = route->script_file;
	for (size_t i = 0; url->default_document_enabled && i < url->default_document_count; i++) {
		struct text name = text_of(url->default_documents[i]);
		struct text file = join(&route->arena, below, name);
		char *z = arena_strndup(&route->arena, file.data, file.length);
		const char *path = z ? arena_printf(&route->arena, TEXT_FMT TEXT_FMT,
						    TEXT_ARG(route->path), TEXT_ARG(name))
				     : NULL;
		struct web_found found = { .fd = -1 };
		if (!path || name.length == 0)
			continue;
		char *relative = below.length ? z : z + 1;
		size_t used;
		if (find_file(route, root, relative, &found, &used) < 0)
			continue;
		if (S_ISREG(found.st.st_mode) && !relative[used]) {
			route->script_name = route->path = text_of(path);
			/* As it is spelled on the disk, which only differs in case. */
			struct text spelled = { relative + used - name.length, name.length };
			route->script_file = join(&route->arena, folder, spelled);
			if (own_view(route, join(&route->arena, below, spelled)))
				choose_handler(route, verb, &found, CONFIG_FILE);
			sys_close(found.fd);
			return;
		}
		sys_close(found.fd);
	}
	route->module = "DirectoryListingModule";
	route->handler = "StaticFile";
	route->notification = "ExecuteRequestHandler";
	if (url->directory_browse) {
		if (has_access(route, 1))
			route->outcome = WEB_LISTING;
	} else {
		web_route_fail(route, 403, 14, 0, route->module, route->notification);
	}
}

/* ---- putting it together ---- */

static void set_script(struct web_route *route, struct text below, size_t prefix, size_t used)
{
	/* script_name keeps the client's spelling: pages make links of it. */
	route->script_name = (struct text){ route->path.data, prefix + 1 + used };
	if (route->script_name.length > route->path.length)
		route->script_name.length = route->path.length;
	route->path_info = (struct text){ route->path.data + route->script_name.length,
					  route->path.length - route->script_name.length };
	route->script_file = join(&route->arena, text_of(route->vdir->physical_path),
				  (struct text){ below.data, used });
}

/* The folder whose configuration holds, below the virtual directory. */
static struct text folder_of(struct text below, bool is_folder)
{
	if (is_folder)
		return below;
	struct text folder = web_path_folder(below);
	return (struct text){ folder.data, folder.length ? folder.length - 1 : 0 };
}

static void set_app_root(struct web_route *route)
{
	const struct config_application *a = route->application;
	struct text root = text_of(a->vdirs[a->vdir_count - 1].physical_path);
	while (root.length > 1 && root.data[root.length - 1] == '/')
		root.length--;
	route->app_root = root;
}

static void route_below(struct web_route *route, const struct web_path *path, size_t prefix,
			const struct http_request *request)
{
	struct web_found found = { .fd = -1 };
	struct text rest = { route->path.data + prefix, route->path.length - prefix };
	char *below = arena_strndup(&route->arena, rest.data + (rest.length ? 1 : 0),
				    rest.length ? rest.length - 1 : 0);
	_cleanup_fd_ int root = sys_open(route->vdir->physical_path, O_PATH | O_DIRECTORY, 0);
	if (!below)
		return;
	size_t used = strlen(below);
	int missing =
		root < 0 ? no_such_file(route, root) : find_file(route, root, below, &found, &used);
	bool is_folder = !missing && S_ISDIR(found.st.st_mode);
	/* A folder has no path info: what follows is not there. */
	if (is_folder && below[used] && below[used + 1])
		missing = no_such_file(route, -ENOENT);
	if (missing)
		used = strlen(below);
	/* "file/" is a file with the path info "/". */
	struct text named = { below, used };
	set_script(route, named, prefix, is_folder ? strlen(below) : used);
	if (is_folder)
		route->script_file =
			join(&route->arena, text_of(route->vdir->physical_path), named);
	route->folder = web_folder_get(route->loop, route->site, route->application, route->vdir,
				       folder_of(named, is_folder));
	if (!has_view(route) || (!is_folder && !own_view(route, named)) ||
	    !web_filter_route(route, path, request))
		; /* it said why */
	else if (missing)
		choose_handler(route, request->method_text, &found, CONFIG_NOTHING);
	else if (is_folder)
		choose_in_folder(route, root, named, request->method_text);
	else
		choose_handler(route, request->method_text, &found, CONFIG_FILE);
	sys_close(found.fd);
}

static void route_path(struct web_route *route, const struct http_request *request)
{
	char *out = arena_alloc(&route->arena, route->raw.length + 2);
	struct web_path path;
	int e = out ? web_path_decode(route->raw, out, &path) : 503;
	if (e) {
		web_route_fail(route, (unsigned)e, 0, e == 400 ? 0x8007007B : 0x80070002,
			       "IIS Web Core", "BeginRequest");
		return;
	}
	route->path = path.path;
	route->application = find_application(route->site, path.path);
	size_t prefix = 0;
	if (route->application)
		route->vdir = find_vdir(route->application, path.path, &prefix);
	if (!route->vdir) {
		web_route_fail(route, 404, 0, 0x80070003, "IIS Web Core", "MapRequestHandler");
		return;
	}
	route->running = web_snapshot_running(route->snapshot, route->site, route->application);
	set_app_root(route);
	route_below(route, &path, prefix, request);
}

struct web_route *web_route_new(struct web_loop *loop, const struct config_site *site,
				const struct http_request *request)
{
	struct web_route *route = mem_new(struct web_route);
	if (!route)
		return NULL;
	arena_init(&route->arena, ROUTE_ARENA);
	route->refs = 1;
	route->loop = loop;
	route->snapshot = web_snapshot_ref(loop->snapshot);
	route->site = site;
	route->method = request->method;
	route->checked = route->touched = loop_now(loop->loop);
	route->file.fd = -1;
	route->path = route->script_name = (struct text){ "", 0 };
	route->path_info = route->script_file = route->app_root = (struct text){ "", 0 };
	web_route_fail(route, 503, 0, 0x8007000E, "IIS Web Core", "BeginRequest");
	char *raw = arena_strndup(&route->arena, request->path.data, request->path.length);
	route->raw = (struct text){ raw ? raw : "", raw ? request->path.length : 0 };
	if (request->path.data[0] == '*')
		choose_options(route);
	else if (raw)
		route_path(route, request);
	return route;
}
