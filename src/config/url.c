/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view of one folder: from the level of the server down the path, at each depth the <location>
 * elements of applicationHost.config for it, those of the web.config files above, then the
 * web.config of the folder itself. Called by the front end and by hosts, on any thread; a view is
 * built by one thread and constant after that.
 */
#include "config/snapshot.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#define DEPTH_MAX 128 /* segments of a path */

/* A file on the way, and where it was. */
struct origin {
	const struct xml_document *document;
	size_t depth;            /* segments before its folder */
	const char *application; /* the path of the application it is in */
};

struct builder {
	struct config *config;
	const struct config_site *site;
	struct view *view;
	struct web_level level;
	struct schema_context ctx;
	struct text segments[DEPTH_MAX]; /* the site's name, then the path's */
	size_t depth;                    /* of the target */
	const char *application;         /* the target's */
	struct origin origins[DEPTH_MAX];
	size_t origin_count;
};

static int no_memory(struct builder *b)
{
	return error_set(b->ctx.err, -ENOMEM, "out of memory");
}

/* ---- the path ---- */

static int add_segments(struct builder *b, struct text path)
{
	struct text rest = path;
	while (rest.data) {
		struct text part = text_cut(&rest, '/');
		if (part.length == 0)
			continue;
		if (text_equal(part, TEXT("..")) || text_equal(part, TEXT(".")) ||
		    memchr(part.data, '\0', part.length))
			return error_set(b->ctx.err, -EINVAL,
					 "a path with a segment that is no name");
		if (b->depth == DEPTH_MAX)
			return error_set(b->ctx.err, -EINVAL, "the path has more than %d segments",
					 DEPTH_MAX);
		b->segments[b->depth++] = part;
	}
	return 0;
}

/* True when `path` is the segments from..to, in any case. */
static bool path_is(const struct builder *b, struct text path, size_t from, size_t to)
{
	struct text rest = path;
	for (size_t i = from; i < to; i++) {
		if (!rest.data || !text_equal_nocase(text_cut(&rest, '/'), b->segments[i]))
			return false;
	}
	return !rest.data;
}

/* How many of the segments from..to the path "/a/b" takes from the front; SIZE_MAX: it is no
 * prefix of them. */
static size_t path_prefix(const struct builder *b, const char *path, size_t from, size_t to)
{
	struct text rest = text_of(path + 1);
	size_t at = from;
	if (!rest.length)
		return 0;
	while (rest.data) {
		struct text part = text_cut(&rest, '/');
		if (at == to || !text_equal_nocase(part, b->segments[at]))
			return SIZE_MAX;
		at++;
	}
	return at - from;
}

/* Where the folder at `depth` is on the disk. */
struct place {
	const struct config_application *application;
	const struct config_vdir *vdir;
	size_t application_depth, rest; /* `rest`: the first segment below the virtual directory */
};

static struct place find_place(const struct builder *b, size_t depth)
{
	struct place place = { .application = b->site->applications };
	/* Longest paths first, the last one is "/": both loops find one. */
	for (size_t i = 0; i < b->site->application_count; i++) {
		place.application = &b->site->applications[i];
		size_t taken = path_prefix(b, place.application->path, 1, depth);
		if (taken != SIZE_MAX) {
			place.application_depth = 1 + taken;
			break;
		}
	}
	place.vdir = place.application->vdirs;
	for (size_t i = 0; i < place.application->vdir_count; i++) {
		place.vdir = &place.application->vdirs[i];
		size_t taken = path_prefix(b, place.vdir->path, place.application_depth, depth);
		if (taken != SIZE_MAX) {
			place.rest = place.application_depth + taken;
			break;
		}
	}
	return place;
}

/* ---- files ---- */

/* Windows ignores case in file names; these are the spellings that are met. */
static const char *const file_names[] = { "web.config", "Web.config", "Web.Config" };

static void stamp_set(struct stamp *stamp, const struct stat *st)
{
	stamp->modified = st->st_mtim;
	stamp->changed = st->st_ctim;
	stamp->size = st->st_size;
	stamp->inode = st->st_ino;
}

static bool stamp_same(const struct stamp *stamp, const struct stat *st)
{
	return stamp->modified.tv_sec == st->st_mtim.tv_sec &&
	       stamp->modified.tv_nsec == st->st_mtim.tv_nsec &&
	       stamp->changed.tv_sec == st->st_ctim.tv_sec &&
	       stamp->changed.tv_nsec == st->st_ctim.tv_nsec && stamp->inode == st->st_ino &&
	       stamp->size == st->st_size;
}

/* Opens the web.config of `folder`: a descriptor, -ENOENT when there is none, or an error. */
static int open_file(const char *folder, char path[PATH_MAX])
{
	for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
		int n = snprintf(path, PATH_MAX, "%s/%s", folder, file_names[i]);
		if (n < 0 || n >= PATH_MAX)
			return -ENAMETOOLONG;
		int fd = sys_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
		if (fd >= 0 || (fd != -ENOENT && fd != -ENOTDIR))
			return fd;
	}
	return -ENOENT;
}

static int cannot_read(struct builder *b, const char *path, int code)
{
	int r = error_set_at(b->ctx.err, code == -ENOMEM ? -ENOMEM : -EINVAL, path, 0, 0,
			     "Cannot read configuration file: %s", error_errno_text(code));
	if (b->ctx.err)
		b->ctx.err->hresult = code == -EACCES ? XML_NO_ACCESS : XML_BAD_DATA;
	return r;
}

/* Parses the open file into a document the view owns. */
static int read_document(struct builder *b, int fd, const char *path, struct xml_document **ret)
{
	_cleanup_mem_ char *data = NULL;
	struct xml_document *document;
	struct view *view = b->view;
	size_t length;

	int r = sys_read_fd(fd, XML_SIZE_MAX, &data, &length);
	if (r < 0)
		return cannot_read(b, path, r);
	r = xml_parse((struct text){ data, length }, path, &document, b->ctx.err);
	if (r < 0)
		return r;
	view->documents[view->document_count++] = document;
	*ret = document;
	return sections_check(document, b->config->document, b->ctx.err);
}

/* Reads the web.config of a folder and remembers its stamp; *ret is NULL when there is none. */
static int read_folder(struct builder *b, const char *folder, struct xml_document **ret)
{
	char path[PATH_MAX];
	struct stat st = { 0 };
	struct view *view = b->view;
	struct stamp *stamp = &view->stamps[view->stamp_count];

	*ret = NULL;
	stamp->folder = arena_strndup(&view->arena, folder, strlen(folder));
	if (!stamp->folder)
		return no_memory(b);
	view->stamp_count++;
	/* The folder's own stamp first: a file that appears after this is seen as a change. */
	if (stat(folder, &st) == 0)
		stamp_set(stamp, &st);
	_cleanup_fd_ int fd = open_file(folder, path);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return cannot_read(b, path, fd);
	if (fstat(fd, &st) < 0)
		return cannot_read(b, path, -errno);
	stamp_set(stamp, &st);
	stamp->file = arena_strndup(&view->arena, path, strlen(path));
	if (!stamp->file)
		return no_memory(b);
	return read_document(b, fd, path, ret);
}

/* ---- levels ---- */

/* Applies the <location> elements of a file whose path is the segments from..to. */
static int apply_locations(struct builder *b, const struct xml_document *document, size_t from,
			   size_t to, const char *application, bool root)
{
	bool web_config = document != b->config->document;
	for (const struct xml_element *e = document->root->first; e; e = e->next) {
		if (strcmp(e->name, "location") != 0)
			continue;
		struct location location = section_location(e);
		if (from == to ? location.path.length != 0 : !path_is(b, location.path, from, to))
			continue;
		if (!location.children && strcmp(application, b->application) != 0)
			continue;
		int r = level_apply(&b->level, e, web_config, root, &b->ctx);
		if (r < 0)
			return r;
		level_lock(&b->level, e, location.mode);
	}
	return 0;
}

static int apply_folder(struct builder *b, size_t depth, const struct place *place)
{
	struct xml_document *document;
	char folder[PATH_MAX];
	int n = snprintf(folder, sizeof(folder), "%s", place->vdir->physical_path);

	for (size_t i = place->rest; i < depth && n > 0 && n < PATH_MAX; i++)
		n += snprintf(folder + n, sizeof(folder) - (size_t)n, "/" TEXT_FMT,
			      TEXT_ARG(b->segments[i]));
	if (n < 0 || n >= PATH_MAX)
		return error_set(b->ctx.err, -EINVAL, "the path is longer than a path can be");
	int r = read_folder(b, folder, &document);
	if (r < 0 || !document)
		return r;
	bool root = place->application_depth == depth;
	r = level_apply(&b->level, document->root, true, root, &b->ctx);
	if (r == 0)
		r = apply_locations(b, document, depth, depth, place->application->path, root);
	b->origins[b->origin_count++] =
		(struct origin){ document, depth, place->application->path };
	return r;
}

static int apply_depth(struct builder *b, size_t depth)
{
	struct place place = find_place(b, depth);
	bool root = place.application_depth == depth;

	int r = apply_locations(b, b->config->document, 0, depth, b->application, root);
	for (size_t i = 0; i < b->origin_count && r == 0; i++)
		r = apply_locations(b, b->origins[i].document, b->origins[i].depth, depth,
				    b->origins[i].application, root);
	if (r < 0 || (place.rest < depth && !place.vdir->allow_sub_dir_config))
		return r;
	return apply_folder(b, depth, &place);
}

/* ---- the finished view ---- */

static int finish_documents(struct builder *b)
{
	const struct schema_entries *entries = &b->level.entries[WEB_DEFAULT_DOCUMENTS];
	struct config_url *url = &b->view->values.url;
	const char **list = arena_zalloc(&b->view->arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(b);
	for (size_t i = 0; i < entries->count; i++)
		list[i] = xml_get(entries->items[i], "value");
	url->default_documents = list;
	url->default_document_count = entries->count;
	return 0;
}

/* A file of the site may not show a file from outside the site, unless that was allowed. */
static int check_error_page(struct builder *b, const struct xml_element *e,
			    const struct config_error_page *page)
{
	const char *path = page->path;
	bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');

	if (page->mode != 0 || !absolute || e->document == b->config->document ||
	    b->view->values.filter.absolute_error_paths)
		return 0;
	return xml_fail(e, XML_BAD_DATA, b->ctx.err,
			"Absolute physical path \"%.200s\" is not allowed in "
			"system.webServer/httpErrors section in web.config file. Use relative path "
			"instead.",
			path);
}

static int finish_errors(struct builder *b)
{
	const struct schema_entries *entries = &b->level.entries[WEB_ERRORS];
	struct config_url *url = &b->view->values.url;
	struct config_error_page *list =
		arena_zalloc(&b->view->arena, entries->count + 1, sizeof(*list));
	int r = 0;

	if (!list)
		return no_memory(b);
	for (size_t i = 0; i < entries->count && r == 0; i++) {
		r = schema_defaults(&schema_error_page, &list[i], &b->ctx);
		if (r == 0)
			r = schema_apply(entries->items[i], &schema_error_page, &list[i], &b->ctx);
		if (r == 0)
			r = check_error_page(b, entries->items[i], &list[i]);
	}
	url->error_pages = list;
	url->error_page_count = entries->count;
	return r;
}

static int finish_headers(struct builder *b)
{
	const struct schema_entries *entries = &b->level.entries[WEB_HEADERS];
	struct config_url *url = &b->view->values.url;
	struct config_header *list =
		arena_zalloc(&b->view->arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(b);
	for (size_t i = 0; i < entries->count; i++) {
		const char *value = xml_get(entries->items[i], "value");
		list[i] = (struct config_header){ xml_get(entries->items[i], "name"),
						  value ? value : "" };
	}
	url->custom_headers = list;
	url->custom_header_count = entries->count;
	return 0;
}

static int finish_handlers(struct builder *b)
{
	const struct schema_entries *entries = &b->level.entries[WEB_HANDLERS];
	struct handler *list = arena_zalloc(&b->view->arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(b);
	for (size_t i = 0; i < entries->count; i++) {
		const struct xml_element *e = entries->items[i];
		const char *modules = schema_text(e, &schema_handler, "modules");
		/* The first module serves what the path and verb let in; the others of the list
		 * of the static file handler are its own steps. */
		list[i].name = xml_get(e, "name");
		list[i].path = xml_get(e, "path");
		list[i].verbs = xml_get(e, "verb");
		list[i].module = arena_strndup(&b->view->arena, modules, strcspn(modules, ","));
		if (!list[i].module)
			return no_memory(b);
	}
	b->view->handlers = list;
	b->view->handler_count = entries->count;
	return 0;
}

static int finish_filter(struct builder *b, enum web_collection which, const char *key,
			 struct filter_list *ret)
{
	const struct schema_entries *entries = &b->level.entries[which];
	struct filter_entry *list =
		arena_zalloc(&b->view->arena, entries->count + 1, sizeof(*list));
	if (!list)
		return no_memory(b);
	for (size_t i = 0; i < entries->count; i++) {
		const char *allowed = xml_get(entries->items[i], "allowed");
		list[i].name = text_of(xml_get(entries->items[i], key));
		if (allowed)
			value_bool(text_of(allowed), &list[i].allowed);
	}
	*ret = (struct filter_list){ list, entries->count };
	return 0;
}

static int finish(struct builder *b)
{
	struct view *view = b->view;
	const struct schema_entries *mime = &b->level.entries[WEB_MIME_MAPS];
	const struct schema_entries *base = &b->config->base.entries[WEB_MIME_MAPS];

	view->values = b->level.values;
	view->values.url.config = config_ref(b->config);
	view->mime = b->config->mime;
	int r = 0;
	if (mime->items != base->items || mime->count != base->count)
		r = level_mime(mime, &view->mime, &b->ctx);
	if (r == 0)
		r = finish_filter(b, WEB_EXTENSIONS, "fileExtension", &view->extensions);
	if (r == 0)
		r = finish_filter(b, WEB_SEGMENTS, "segment", &view->segments);
	if (r == 0)
		r = finish_filter(b, WEB_VERBS, "verb", &view->verbs);
	if (r == 0)
		r = finish_documents(b);
	if (r == 0)
		r = finish_errors(b);
	if (r == 0)
		r = finish_headers(b);
	return r == 0 ? finish_handlers(b) : r;
}

static struct view *view_free(struct view *view)
{
	for (size_t i = 0; i < view->document_count; i++)
		xml_free(view->documents[i]);
	config_unref(view->values.url.config);
	arena_done(&view->arena);
	return mem_free(view);
}

static int build(struct builder *b)
{
	struct view *view = b->view;

	view->stamps = arena_zalloc(&view->arena, b->depth + 1, sizeof(*view->stamps));
	view->documents = arena_zalloc(&view->arena, b->depth + 1, sizeof(*view->documents));
	if (!view->stamps || !view->documents)
		return no_memory(b);
	b->level = b->config->base;
	for (size_t i = 0; i < WEB_COLLECTION_COUNT; i++)
		b->level.entries[i].shared = true;
	for (size_t depth = 1; depth <= b->depth; depth++) {
		int r = apply_depth(b, depth);
		if (r < 0)
			return r;
	}
	return finish(b);
}

int config_url_new(struct config *config, const struct config_site *site,
		   const struct config_application *application, const struct config_vdir *vdir,
		   struct text folder, struct config_url **ret, struct error *err)
{
	struct view *view = mem_new(struct view);
	struct builder *b = mem_new(struct builder);
	int r = view && b ? 0 : error_set(err, -ENOMEM, "out of memory");

	if (r == 0) {
		view->references = 1;
		arena_init(&view->arena, VIEW_ARENA_LIMIT);
		*b = (struct builder){ .config = config,
				       .site = site,
				       .view = view,
				       .ctx = { &view->arena, config->state_dir, err },
				       .application = application->path };
		b->segments[b->depth++] = text_of(site->name);
		r = add_segments(b, text_of(application->path));
		if (r == 0)
			r = add_segments(b, text_of(vdir->path));
		if (r == 0)
			r = add_segments(b, folder);
		if (r == 0)
			r = build(b);
	}
	if (r == 0)
		*ret = &view->values.url;
	else if (view)
		view_free(view);
	mem_free(b);
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

/* A folder without the file changed: did the file come? */
static bool file_appeared(const char *folder)
{
	char path[PATH_MAX];
	struct stat st;
	for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", folder, file_names[i]);
		if (n > 0 && n < PATH_MAX && stat(path, &st) == 0)
			return true;
	}
	return false;
}

bool config_url_stale(const struct config_url *url)
{
	const struct view *view = view_of(url);
	struct stat st;

	for (size_t i = 0; i < view->stamp_count; i++) {
		const struct stamp *stamp = &view->stamps[i];
		if (stat(stamp->file ? stamp->file : stamp->folder, &st) < 0)
			memset(&st, 0, sizeof(st));
		if (stamp_same(stamp, &st))
			continue;
		if (stamp->file || file_appeared(stamp->folder))
			return true;
	}
	return false;
}
