/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error answers: which page is shown to whom (system.webServer/httpErrors), and the fields that
 * belong to a status. Loop threads.
 *
 * Custom: the most specific entry of httpErrors, else its entry for the status, else the short
 * page. Detailed: for local clients (DetailedLocalOnly) or everybody (Detailed).
 */
#include "web/internal.h"

#include "base/buf.h"
#include "base/sys.h"
#include "web/error_table.h"

#include <fcntl.h>

#define PAGE_MAX (256u << 10)
#define CUSTOM_MAX (1u << 20)

static const struct web_error_info infos[] = {
#define X(status, sub, hresult, win32, title, summary, causes)                                     \
	{ status, sub, hresult, win32, title, summary, causes },
	WEB_ERROR_TABLE(X)
#undef X
};

const struct web_error_info *web_error_find(unsigned status, unsigned sub)
{
	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
		if (infos[i].status == status && (infos[i].sub == (int)sub || infos[i].sub == -1))
			return &infos[i];
	}
	return web_error_find(status >= 500 || status < 400 ? 500 : 400, 999);
}

static void answer(struct web_call *call, unsigned status, struct text type, const void *body,
		   size_t length)
{
	struct http_field fields[2] = { { TEXT("Content-Type"), type } };
	size_t count = 1;
	if (status == 405)
		fields[count++] = (struct http_field){ TEXT("Allow"), TEXT("GET, HEAD, OPTIONS") };
	web_answer_memory(call, status, fields, count, body, length);
}

/* ---- custom pages ---- */

static struct text requested_url(struct web_call *call)
{
	const struct http_request *r = http_exchange_request(call->request.x);
	const struct http_peer *peer = http_exchange_peer(call->request.x);
	char *url = arena_printf(http_exchange_arena(call->request.x),
				 "http://" TEXT_FMT ":%u" TEXT_FMT, TEXT_ARG(r->host),
				 peer->local_port, TEXT_ARG(r->target));
	return url ? text_of(url) : r->target;
}

static const struct config_error_page *find_custom(const struct config_url *url, unsigned status,
						   unsigned sub)
{
	const struct config_error_page *found = NULL;
	for (size_t i = 0; url && i < url->error_page_count; i++) {
		const struct config_error_page *p = &url->error_pages[i];
		if (p->status == status && p->sub_status == (int)sub)
			return p;
		if (p->status == status && p->sub_status == -1)
			found = p;
	}
	return found;
}

/* As files are named here: no drive, '/' between the parts. */
static const char *plain_path(struct web_call *call, const char *path)
{
	bool drive = path[0] && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
	char *copy = arena_dup(http_exchange_arena(call->request.x), path, strlen(path) + 1);
	for (char *c = copy; c && *c; c++) {
		if (*c == '\\')
			*c = '/';
	}
	return copy && drive ? copy + 2 : copy ? copy : "";
}

/* An absolute path is the administrator's word; a relative one stays beneath the application. */
static char *read_custom(const struct web_call *call, const char *path, size_t *ret_length)
{
	struct web_found found = { .fd = -1 };
	char *data = NULL;
	if (path[0] == '/') {
		found.fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	} else {
		_cleanup_fd_ int root =
			sys_open(call->request.app_root.data, O_PATH | O_DIRECTORY, 0);
		if (root < 0 || web_open_beneath(root, path, &found) < 0)
			return NULL;
	}
	if (found.fd >= 0 && sys_read_fd(found.fd, CUSTOM_MAX, &data, ret_length) < 0)
		data = NULL;
	sys_close(found.fd);
	return data;
}

static void redirect(struct web_call *call, const char *to)
{
	struct http_field field = { TEXT("Location"), text_of(to) };
	web_answer_memory(call, 302, &field, 1, NULL, 0);
}

/* A page that is run gets "404;http://host:80/asked?query" as its query, as in IIS; what it
 * answers, and with which status, is its own affair. */
static bool execute(struct web_call *call, const char *path, unsigned status)
{
	struct text url = requested_url(call);
	char *query = arena_printf(http_exchange_arena(call->request.x), "%u;" TEXT_FMT, status,
				   TEXT_ARG(url));
	return query && web_execute(call, text_of(path), text_of(query));
}

/* The languages a client reads, the first LANGUAGES_MAX as it lists them, and with each its plain
 * form: "de-AT" then "de". */
#define LANGUAGES_MAX 8
#define LANGUAGE_DEFAULT "en-US"

static bool is_language(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		char c = text_lower(t.data[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return t.length > 0 && t.length < 36;
}

static char *read_in(struct web_call *call, const char *folder, struct text language,
		     const char *path, size_t *ret_length)
{
	const char *whole = arena_printf(http_exchange_arena(call->request.x), "%s/" TEXT_FMT "/%s",
					 folder, TEXT_ARG(language), path);
	return whole ? read_custom(call, whole, ret_length) : NULL;
}

/* prefixLanguageFilePath, the language, path: in the first language of the client's that has it. */
static char *read_language(struct web_call *call, const char *folder, const char *path,
			   size_t *ret_length)
{
	struct text rest =
		http_field_find(http_exchange_request(call->request.x), TEXT("Accept-Language"));
	char *data = NULL;
	for (int i = 0; rest.data && i < LANGUAGES_MAX && !data; i++) {
		struct text one = text_cut(&rest, ',');
		one = text_trim(text_cut(&one, ';'));
		struct text tag = one, plain = text_cut(&tag, '-');
		if (!is_language(one))
			continue;
		data = read_in(call, folder, one, path, ret_length);
		if (!data && plain.length < one.length)
			data = read_in(call, folder, plain, path, ret_length);
	}
	return data ? data : read_in(call, folder, TEXT(LANGUAGE_DEFAULT), path, ret_length);
}

static bool serve_file(struct web_call *call, const struct config_error_page *page, unsigned status)
{
	size_t length;
	const char *path = plain_path(call, page->path);
	const char *folder = plain_path(call, page->language_folder);
	_cleanup_mem_ char *data = *folder ? read_language(call, folder, path, &length)
					   : read_custom(call, path, &length);
	char *body = data ? arena_dup(http_exchange_arena(call->request.x), data, length) : NULL;
	if (!body)
		return false;
	const char *mime =
		config_url_mime(call->request.url, web_path_extension(text_of(page->path)));
	answer(call, status, mime ? text_of(mime) : TEXT("text/html"), body, length);
	return true;
}

/* False when there is none that can be shown. */
static bool serve_custom(struct web_call *call, unsigned status, unsigned sub)
{
	const struct config_url *url = call->request.url;
	const struct config_error_page *page = find_custom(url, status, sub);
	struct config_error_page common;
	if (!page && url && *url->error_default_path) {
		common = (struct config_error_page){ .path = url->error_default_path,
						     .language_folder = "",
						     .mode = url->error_default_mode };
		page = &common;
	}
	if (!page)
		return false;
	switch (page->mode) {
	case CONFIG_ERROR_FILE:
		return serve_file(call, page, status);
	case CONFIG_ERROR_EXECUTE:
		return execute(call, page->path, status);
	default:
		redirect(call, page->path);
		return true;
	}
}

/* ---- ours ---- */

static bool is_detailed(const struct web_call *call)
{
	uint32_t mode = call->request.url ? call->request.url->error_mode : 0;
	return mode == 2 || (mode == 0 && web_is_local(http_exchange_peer(call->request.x)));
}

static void serve_page(struct web_call *call, struct web_error_view *view, bool detailed)
{
	struct buf page;
	buf_init(&page, PAGE_MAX);
	if (detailed)
		web_error_page_detailed(&page, view);
	else
		web_error_page_short(&page, view);
	char *body = buf_failed(&page) ? NULL
				       : arena_dup(http_exchange_arena(call->request.x), page.data,
						   page.length);
	size_t length = body ? page.length : 0;
	buf_done(&page);
	answer(call, view->status, TEXT("text/html; charset=utf-8"), body, length);
}

void web_error_serve(struct web_call *call, unsigned status, unsigned sub, uint32_t hresult,
		     struct text detail, const struct error *config_error)
{
	const struct web_error_info *info = web_error_find(status, sub);
	call->request.sub_status = sub;
	if (!hresult)
		hresult = info->hresult;
	/* FACILITY_WIN32: the log has the number without its wrapping. */
	call->request.win32_status = hresult >> 16 == 0x8007 ? hresult & 0xffff : info->win32;
	bool detailed = is_detailed(call);
	if (!detailed && serve_custom(call, status, sub))
		return;
	struct web_error_view view = { .info = info,
				       .status = status,
				       .sub = sub,
				       .hresult = hresult,
				       .request = &call->request,
				       .url = requested_url(call),
				       .detail = detail,
				       .config_error = config_error };
	serve_page(call, &view, detailed);
}

bool web_respond_fallback(struct web_request *request)
{
	struct web_call *call = web_call_of(request);
	struct arena *arena = http_exchange_arena(request->x);
	const char *top = request->vdir ? request->vdir->physical_path : "";
	struct text file = request->script_file;
	struct web_found found = { .fd = -1 };
	char *data = NULL;
	size_t length;

	if (!request->url || !request->url->asp_fallback || file.length <= strlen(top) ||
	    !text_ends_with_nocase(file, TEXT(".asp")))
		return false;
	char *name = arena_printf(arena, TEXT_FMT "_asp.htm", (int)(file.length - strlen(top) - 4),
				  file.data + strlen(top));
	_cleanup_fd_ int root = sys_open(top, O_PATH | O_DIRECTORY, 0);
	while (name && *name == '/')
		name++;
	if (!name || root < 0 || web_open_beneath(root, name, &found) < 0)
		return false;
	if (S_ISREG(found.st.st_mode) && sys_read_fd(found.fd, CUSTOM_MAX, &data, &length) < 0)
		data = NULL;
	sys_close(found.fd);
	char *body = data ? arena_dup(arena, data, length) : NULL;
	mem_free(data);
	if (body)
		answer(call, 200, TEXT("text/html"), body, length);
	return body != NULL;
}

bool web_error_replaces(const struct web_request *request, const struct http_response *response)
{
	const struct config_url *url = request->url;
	if (response->status < 400 || !url || web_call_of((struct web_request *)request)->asked)
		return false;
	switch (url->error_existing) {
	case 1: /* Replace */
		return true;
	case 2: /* PassThrough */
		return false;
	default: /* Auto: what has something to say says it */
		return response->content_length == 0;
	}
}

void web_respond_error(struct web_request *request, unsigned status, unsigned sub, uint32_t hresult,
		       struct text detail)
{
	web_error_serve(web_call_of(request), status, sub, hresult, detail, NULL);
}
