/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view of one folder: what down.c found to hold there, as the typed values of config.h. Called
 * by the front end and by hosts, on any thread; a view is built by one thread and constant after
 * that.
 */
#include "config/snapshot.h"

#include <errno.h>

static int no_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "out of memory");
}

/* ---- attributes ---- */

#define URL(field, path) BIND(struct view, url.field, path)
static const struct bind_row asp_rows[] = {
	URL(asp_buffering, "bufferingOn"),
	URL(asp_enable_parent_paths, "enableParentPaths"),
	URL(asp_session, "session/allowSessionState"),
	URL(asp_script_error_sent_to_browser, "scriptErrorSentToBrowser"),
	URL(asp_keep_session_id_secure, "session/keepSessionIdSecure"),
	URL(asp_code_page, "codePage"),
	URL(asp_lcid, "lcid"),
	URL(asp_script_language, "scriptLanguage"),
	URL(asp_script_error_message, "scriptErrorMessage"),
	URL(asp_buffering_limit, "limits/bufferingLimit"),
	URL(asp_max_request_entity, "limits/maxRequestEntityAllowed"),
	URL(asp_processor_thread_max, "limits/processorThreadMax"),
	URL(asp_session_max, "session/max"),
	URL(asp_script_timeout, "limits/scriptTimeout"),
	URL(asp_session_timeout, "session/timeout"),
};
static const struct bind_row document_rows[] = { URL(default_document_enabled, "enabled") };
static const struct bind_row browse_rows[] = { URL(directory_browse, "enabled") };
static const struct bind_row error_rows[] = { URL(error_mode, "errorMode") };
static const struct bind_row static_rows[] = {
	URL(client_cache_mode, "clientCache/cacheControlMode"),
	URL(client_cache_max_age, "clientCache/cacheControlMaxAge"),
};
static const struct bind_row filter_rows[] = {
	URL(allow_double_escaping, "allowDoubleEscaping"),
	URL(allow_high_bit, "allowHighBitCharacters"),
	URL(max_content_length, "requestLimits/maxAllowedContentLength"),
	URL(max_url, "requestLimits/maxUrl"),
	URL(max_query, "requestLimits/maxQueryString"),
	BIND(struct view, extensions_allow_unlisted, "fileExtensions/allowUnlisted"),
	BIND(struct view, verbs_allow_unlisted, "verbs/allowUnlisted"),
};

static const struct {
	const char *section; /* of system.webServer */
	const struct bind_row *rows;
	size_t count;
} bindings[] = {
	{ "system.webServer/asp", asp_rows, ARRAY_LEN(asp_rows) },
	{ "system.webServer/defaultDocument", document_rows, ARRAY_LEN(document_rows) },
	{ "system.webServer/directoryBrowse", browse_rows, ARRAY_LEN(browse_rows) },
	{ "system.webServer/httpErrors", error_rows, ARRAY_LEN(error_rows) },
	{ "system.webServer/staticContent", static_rows, ARRAY_LEN(static_rows) },
	{ "system.webServer/security/requestFiltering", filter_rows, ARRAY_LEN(filter_rows) },
};

/* ---- collections ---- */

/* What is made into a view, and with what. */
struct maker {
	struct view *view;
	const struct level *level;
	struct bind_context ctx;
	const struct xml_document *server; /* applicationHost.config */
};

static const struct effective_entries *entries_of(const struct maker *m, const char *section,
						  const char *element)
{
	return effective_find(level_section(m->level, section), element)->entries;
}

static int make_documents(struct maker *m)
{
	const struct effective_entries *entries =
		entries_of(m, "system.webServer/defaultDocument", "files");
	const char **list = arena_zalloc(m->ctx.arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(m->ctx.err);
	for (size_t i = 0; i < entries->count; i++)
		list[i] = effective_text(entries->items[i], "value");
	m->view->url.default_documents = list;
	m->view->url.default_document_count = entries->count;
	return 0;
}

/* A file of the site may not show a file from outside the site, unless that was allowed. */
static int check_error_page(struct maker *m, const struct effective *e,
			    const struct config_error_page *page)
{
	const char *path = page->path;
	bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');

	if (page->mode != 0 || !absolute || e->by->document == m->server ||
	    e->by->document == m->level->schema->installed ||
	    !strcmp(effective_text(level_section(m->level, "system.webServer/httpErrors"),
				   "allowAbsolutePathsWhenDelegated"),
		    "true"))
		return 0;
	return xml_fail(e->by, XML_BAD_DATA, m->ctx.err,
			"Absolute physical path \"%.200s\" is not allowed in "
			"system.webServer/httpErrors section in web.config file. Use relative path "
			"instead.",
			path);
}

static int make_errors(struct maker *m)
{
#define PAGE(field, path) BIND(struct config_error_page, field, path)
	static const struct bind_row rows[] = {
		PAGE(status, "statusCode"),
		PAGE(sub_status, "subStatusCode"),
		PAGE(path, "path"),
		PAGE(mode, "responseMode"),
	};
	const struct effective_entries *entries = entries_of(m, "system.webServer/httpErrors", "");
	struct config_error_page *list =
		arena_zalloc(m->ctx.arena, entries->count + 1, sizeof(*list));
	int r = 0;

	if (!list)
		return no_memory(m->ctx.err);
	for (size_t i = 0; i < entries->count && r == 0; i++) {
		r = config_bind(&m->ctx, entries->items[i], rows, ARRAY_LEN(rows), &list[i]);
		if (r == 0)
			r = check_error_page(m, entries->items[i], &list[i]);
	}
	m->view->url.error_pages = list;
	m->view->url.error_page_count = entries->count;
	return r;
}

static int make_headers(struct maker *m)
{
	static const struct bind_row rows[] = {
		BIND(struct config_header, name, "name"),
		BIND(struct config_header, value, "value"),
	};
	const struct effective_entries *entries =
		entries_of(m, "system.webServer/httpProtocol", "customHeaders");
	struct config_header *list = arena_zalloc(m->ctx.arena, entries->count + 1, sizeof(*list));
	int r = list ? 0 : no_memory(m->ctx.err);

	for (size_t i = 0; i < entries->count && r == 0; i++)
		r = config_bind(&m->ctx, entries->items[i], rows, ARRAY_LEN(rows), &list[i]);
	m->view->url.custom_headers = list;
	m->view->url.custom_header_count = entries->count;
	return r;
}

static int make_handlers(struct maker *m)
{
	const struct effective_entries *entries = entries_of(m, "system.webServer/handlers", "");
	struct handler *list = arena_zalloc(m->ctx.arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(m->ctx.err);
	for (size_t i = 0; i < entries->count; i++) {
		const struct effective *e = entries->items[i];
		const char *modules = effective_text(e, "modules");
		/* The first module serves what the path and verb let in; the others of the list
		 * of the static file handler are its own steps. */
		list[i].name = effective_text(e, "name");
		list[i].path = effective_text(e, "path");
		list[i].verbs = effective_text(e, "verb");
		list[i].module = arena_strndup(m->ctx.arena, modules, strcspn(modules, ","));
		if (!list[i].module)
			return no_memory(m->ctx.err);
	}
	m->view->handlers = list;
	m->view->handler_count = entries->count;
	return 0;
}

/* `allowed` says "true" of an entry of extensions and verbs; segments have no such attribute. */
static int make_filter(struct maker *m, const char *element, const char *key,
		       struct filter_list *ret)
{
	const struct effective_entries *entries =
		entries_of(m, "system.webServer/security/requestFiltering", element);
	struct filter_entry *list = arena_zalloc(m->ctx.arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(m->ctx.err);
	for (size_t i = 0; i < entries->count; i++) {
		list[i].name = text_of(effective_text(entries->items[i], key));
		list[i].allowed =
			text_equal_nocase(text_of(effective_text(entries->items[i], "allowed")),
					  TEXT("true"));
	}
	*ret = (struct filter_list){ list, entries->count };
	return 0;
}

static int make_mime(struct maker *m, const struct config *config)
{
	static const char path[] = "system.webServer/staticContent";
	const struct effective *here = level_section(m->level, path);

	m->view->mime = config->mime;
	if (here->entries == level_section(&config->base, path)->entries)
		return 0;
	return config_mime_map(here, m->ctx.arena, &m->view->mime) < 0 ? no_memory(m->ctx.err) : 0;
}

static int make_view(struct maker *m, const struct config *config)
{
	struct view *view = m->view;
	int r = make_mime(m, config);

	for (size_t i = 0; i < ARRAY_LEN(bindings) && r == 0; i++)
		r = config_bind(&m->ctx, level_section(m->level, bindings[i].section),
				bindings[i].rows, bindings[i].count, view);
	if (r == 0)
		r = make_filter(m, "fileExtensions", "fileExtension", &view->extensions);
	if (r == 0)
		r = make_filter(m, "hiddenSegments", "segment", &view->segments);
	if (r == 0)
		r = make_filter(m, "verbs", "verb", &view->verbs);
	if (r == 0)
		r = make_documents(m);
	if (r == 0)
		r = make_errors(m);
	if (r == 0)
		r = make_headers(m);
	return r == 0 ? make_handlers(m) : r;
}

/* ---- views ---- */

static struct view *view_free(struct view *view)
{
	config_files_done(&view->files);
	config_unref(view->url.config);
	arena_done(&view->arena);
	return mem_free(view);
}

static int build(struct down *d, struct view *view)
{
	int r = config_down_go(d);

	view->files = d->files;
	if (r < 0)
		return r;
	struct maker maker = {
		view, &d->level, { &view->arena, d->config->state_dir, d->err }, d->config->document
	};
	view->url.config = config_ref(d->config);
	return make_view(&maker, d->config);
}

int config_url_new(struct config *config, const struct config_site *site,
		   const struct config_application *application, const struct config_vdir *vdir,
		   struct text folder, struct config_url **ret, struct error *err)
{
	struct view *view = mem_new(struct view);
	struct down *d = mem_new(struct down);
	int r = view && d ? 0 : no_memory(err);

	if (r == 0) {
		view->references = 1;
		arena_init(&view->arena, VIEW_ARENA_LIMIT);
		*d = (struct down){ .config = config,
				    .site = site,
				    .arena = &view->arena,
				    .err = err,
				    .application = application->path };
		d->segments[d->depth++] = text_of(site->name);
		r = config_down_add(d, text_of(application->path));
		if (r == 0)
			r = config_down_add(d, text_of(vdir->path));
		if (r == 0)
			r = config_down_add(d, folder);
		if (r == 0)
			r = build(d, view);
	}
	if (r == 0)
		*ret = &view->url;
	else if (view)
		view_free(view);
	mem_free(d);
	return r;
}

struct config_url *config_url_ref(struct config_url *url)
{
	struct view *view = (struct view *)url;
	__atomic_add_fetch(&view->references, 1, __ATOMIC_RELAXED);
	return url;
}

struct config_url *config_url_unref(struct config_url *url)
{
	struct view *view = (struct view *)url;
	if (view && __atomic_sub_fetch(&view->references, 1, __ATOMIC_ACQ_REL) == 0)
		view_free(view);
	return NULL;
}

bool config_url_stale(const struct config_url *url)
{
	return config_files_stale(&view_of(url)->files);
}
