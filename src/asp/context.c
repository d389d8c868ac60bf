/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts: their engines, their objects, and how a page or an event runs in one. Each belongs to
 * the thread that took it.
 */
#include "asp/asp-priv.h"

#include "asp/codepage.h"
#include "asp/page-build.h"
#include "base/clock.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/variant.h"

#include <errno.h>

/* ---- intrinsic objects ---- */

void asp_intrinsic_free(struct automation_object *object)
{
	mem_free(object);
}

IDispatch *asp_intrinsic_new(struct asp_context *ctx, const struct automation_class *class)
{
	struct asp_intrinsic *o = mem_new(struct asp_intrinsic);
	if (!o)
		return NULL;
	automation_init(&o->object, class);
	o->context = ctx;
	return automation_dispatch(&o->object);
}

HRESULT asp_return_part(struct automation_call *call, struct asp_context *ctx, enum asp_part part,
			const struct automation_class *class)
{
	if (!ctx->parts[part])
		ctx->parts[part] = asp_intrinsic_new(ctx, class);
	IDispatch *object = ctx->parts[part];
	if (!object)
		return E_OUTOFMEMORY;
	object->lpVtbl->AddRef(object);
	return automation_return_dispatch(call->result, object);
}

struct asp_context *asp_context_of(const struct automation_call *call)
{
	struct asp_context *ctx = ((struct asp_intrinsic *)call->self)->context;
	return ctx->active && pthread_equal(ctx->thread, pthread_self()) ? ctx : NULL;
}

HRESULT asp_raise_stale(struct automation_call *call)
{
	return automation_raise(call, E_UNEXPECTED, call->self->class->name,
				"There is no request: it is over, or an OnEnd event runs.");
}

HRESULT asp_raise_hr(struct automation_call *call, struct asp_context *ctx, const char *object,
		     unsigned number, HRESULT hr, const char *parameter)
{
	_cleanup_mem_ char *text = asp_error_format(number, text_of(parameter ? parameter : ""));
	const char *shown = text && *text ? text : asp_error_brief(number);
	ctx->raised = number;
	ctx->raised_hr = hr;
	ctx->raised_object = arena_strndup(&ctx->arena, object, strlen(object));
	ctx->raised_detail = arena_strndup(&ctx->arena, shown, strlen(shown));
	return automation_raise(call, hr, object, "%s", shown);
}

HRESULT asp_raise(struct automation_call *call, struct asp_context *ctx, const char *object,
		  unsigned number, const char *parameter)
{
	return asp_raise_hr(call, ctx, object, number, E_FAIL, parameter);
}

static HRESULT text_of_bstr(struct asp_context *ctx, BSTR s, char *room, size_t size,
			    struct text *ret)
{
	size_t units = SysStringLen(s);
	size_t length = utf16_to_utf8_length(s, units);
	char *out = length < size ? room : arena_alloc(&ctx->arena, length + 1);
	if (!out)
		return E_OUTOFMEMORY;
	utf16_to_utf8(s, units, out, length);
	out[length] = '\0';
	*ret = (struct text){ out, length };
	return S_OK;
}

HRESULT asp_arg_name(const struct automation_call *call, struct asp_context *ctx, UINT i,
		     char *room, size_t size, struct text *ret)
{
	BSTR s;
	if (call->argv[i]->vt == VT_BSTR)
		return text_of_bstr(ctx, call->argv[i]->bstrVal, room, size, ret);
	HRESULT hr = automation_arg_bstr(call, i, &s);
	if (FAILED(hr))
		return hr;
	hr = text_of_bstr(ctx, s, room, size, ret);
	SysFreeString(s);
	return hr;
}

HRESULT asp_value_text(const VARIANT *v, struct asp_context *ctx, struct text *ret)
{
	BSTR s;
	if (v->vt == VT_NULL) {
		*ret = (struct text){ "", 0 };
		return S_OK;
	}
	HRESULT hr = variant_to_bstr(v, asp_context_lcid(ctx), &s);
	if (FAILED(hr))
		return hr;
	hr = text_of_bstr(ctx, s, NULL, 0, ret);
	SysFreeString(s);
	return hr;
}

HRESULT asp_arg_text(const struct automation_call *call, struct asp_context *ctx, UINT i,
		     struct text *ret)
{
	if (!automation_has_arg(call, i))
		return DISP_E_PARAMNOTOPTIONAL;
	return asp_value_text(call->argv[i], ctx, ret);
}

struct text asp_request_header(const struct asp_context *ctx, struct text name)
{
	if (!ctx->exchange)
		return (struct text){ 0 };
	const struct channel_request *request = ctx->exchange->request;
	for (size_t i = 0; i < request->header_count; i++) {
		if (text_equal_nocase(request->headers[i].name, name))
			return request->headers[i].value;
	}
	return (struct text){ 0 };
}

/* ---- birth and end ---- */

struct asp_context *asp_context_new(struct asp *asp)
{
	struct asp_context *ctx = mem_new(struct asp_context);
	if (!ctx)
		return NULL;
	ctx->asp = asp;
	arena_init(&ctx->arena, ASP_REQUEST_MEMORY);
	asp_response_init(&ctx->response);
	pthread_mutex_init(&ctx->watch, NULL);
	bool ok = true;
#define X(member, name)                                                                            \
	ctx->member##_object = asp_intrinsic_new(ctx, &asp_##member##_class);                      \
	ok = ok && ctx->member##_object;
	ASP_INTRINSICS(X)
#undef X
	return ok ? ctx : asp_context_free(ctx);
}

static void release(IDispatch **object)
{
	if (*object)
		(*object)->lpVtbl->Release(*object);
	*object = NULL;
}

struct asp_context *asp_context_free(struct asp_context *ctx)
{
	if (!ctx)
		return NULL;
	for (size_t i = 0; i < ASP_NESTING_MAX; i++)
		vbs_engine_free(ctx->engines[i].engine);
#define X(member, name) release(&ctx->member##_object);
	ASP_INTRINSICS(X)
#undef X
	for (size_t i = 0; i < ASP_PART_COUNT; i++)
		release(&ctx->parts[i]);
	asp_response_done(&ctx->response);
	arena_done(&ctx->arena);
	pthread_mutex_destroy(&ctx->watch);
	return mem_free(ctx);
}

void asp_context_begin(struct asp_context *ctx, struct exchange *exchange)
{
	ctx->thread = pthread_self();
	ctx->active = true;
	ctx->exchange = exchange;
	ctx->now = clock_now();
	ctx->body_use = ASP_BODY_UNUSED;
	ctx->body_read = 0;
	ctx->raised = 0;
	ctx->failed = ctx->timed_out = false;
	ctx->response.codepage = 0;
	ctx->response.lcid = 0;
	asp_response_begin(ctx);
	/* Until the settings are known. */
	asp_context_watch(ctx, 90 * NSEC_PER_SEC);
}

LCID asp_context_session_lcid(const struct asp_context *ctx)
{
	if (ctx->session)
		return (LCID)ctx->session->lcid;
	return ctx->config && ctx->config->settings.lcid ? ctx->config->settings.lcid : 1033;
}

LCID asp_context_lcid(const struct asp_context *ctx)
{
	return ctx->response.lcid ? (LCID)ctx->response.lcid : asp_context_session_lcid(ctx);
}

void asp_context_set_locale(struct asp_context *ctx)
{
	/* A locale of the configuration that there is not leaves en-US. */
	for (unsigned i = 0; i < ctx->depth; i++)
		(void)vbs_engine_set_locale(ctx->engines[i].engine, asp_context_lcid(ctx));
}

void asp_context_end(struct asp_context *ctx)
{
	pthread_mutex_lock(&ctx->watch);
	__atomic_store_n(&ctx->deadline, 0, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&ctx->watch);
	asp_request_reset(ctx);
	asp_error_done(&ctx->error);
	ctx->config = asp_config_unref(ctx->config);
	ctx->exchange = NULL;
	ctx->active = false;
	ctx->session_allowed = false;
	arena_reset(&ctx->arena);
}

/* ---- time ---- */

void asp_context_watch(struct asp_context *ctx, int64_t timeout)
{
	int64_t end = INT64_MAX;
	pthread_mutex_lock(&ctx->watch);
	ctx->timeout = timeout;
	ctx->started = ctx->now;
	if (timeout < INT64_MAX - ctx->started)
		end = ctx->started + timeout;
	__atomic_store_n(&ctx->deadline, end, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&ctx->watch);
	asp_watch_wake(ctx->asp);
}

bool asp_context_check(struct asp_context *ctx, int64_t now)
{
	pthread_mutex_lock(&ctx->watch);
	bool running = ctx->deadline != 0;
	if (running && now >= ctx->deadline) {
		ctx->timed_out = true;
		for (size_t i = 0; i < ctx->depth; i++)
			vbs_engine_interrupt(ctx->engines[i].engine, E_ABORT);
	}
	pthread_mutex_unlock(&ctx->watch);
	return running;
}

/* ---- errors ---- */

/* The source line of a run-time error, from the file if it is still the one that was compiled. */
static void find_source(struct asp_context *ctx, const struct asp_page *page)
{
	struct asp_error *error = &ctx->error;
	struct asp_file file = { 0 };
	struct asp_loader loader = asp_loader_site(&ctx->config->settings);
	for (size_t i = 0; error->file && i < page->file_count; i++) {
		const struct asp_page_file *f = &page->files[i];
		if (strcmp(f->url, error->file) != 0 ||
		    loader.load(loader.ctx, text_of(f->url), &file) != 0)
			continue;
		struct buf utf8;
		uint32_t codepage;
		buf_init(&utf8, 3 * ASP_FILE_MAX);
		if (asp_stamp_equal(&f->stamp, &file.stamp) &&
		    asp_codepage_load(page->codepage, (struct text){ file.data, file.length },
				      &utf8, &codepage) == 0) {
			struct text line = asp_parse_line(buf_text(&utf8), error->line);
			char *copy = mem_alloc(line.length + 1);
			if (copy) {
				memcpy(copy, line.data, line.length);
				copy[line.length] = '\0';
				mem_free(error->source);
				error->source = copy;
			}
		}
		buf_done(&utf8);
		asp_file_done(&file);
		return;
	}
}

static bool was_raised(const struct asp_context *ctx, const struct vbs_error *e)
{
	return ctx->raised && e->number == ctx->raised_hr && ctx->raised_detail && e->description &&
	       strcmp(e->description, ctx->raised_detail) == 0;
}

static void take_error(struct asp_context *ctx, const struct asp_page *page,
		       const struct vbs_error *e)
{
	struct asp_error *error = &ctx->error;
	if (ctx->failed)
		return; /* the error of a page called by this one */
	ctx->failed = true;
	asp_error_from_script(error, e);
	if (ctx->timed_out || was_raised(ctx, e)) {
		unsigned number = ctx->timed_out ? 113 : ctx->raised;
		error->asp = number;
		error->number = ctx->timed_out ? E_FAIL : e->number;
		mem_free(error->category);
		mem_free(error->description);
		error->category =
			mem_strdup(ctx->timed_out || !ctx->raised_object ? "Active Server Pages"
									 : ctx->raised_object);
		error->description = mem_strdup(asp_error_brief(number));
		error->detail = ctx->timed_out ? asp_error_format(113, TEXT(""))
					       : mem_strdup(ctx->raised_detail);
	}
	find_source(ctx, page);
}

/* ---- running ---- */

static HRESULT add_contents(struct vbs_engine *engine, const struct asp_contents *objects)
{
	HRESULT hr = S_OK;
	for (LONG i = 1; SUCCEEDED(hr); i++) {
		VARIANT v = { 0 };
		struct text name = asp_contents_name(objects, i);
		if (!name.data)
			break;
		hr = asp_contents_get(objects, name, &v);
		if (SUCCEEDED(hr))
			hr = vbs_engine_add_object(engine, name, v.pdispVal, 0);
		VariantClear(&v);
	}
	return hr;
}

static HRESULT add_intrinsics(struct asp_context *ctx, struct vbs_engine *engine)
{
	HRESULT hr = S_OK;
#define X(member, name)                                                                            \
	if (SUCCEEDED(hr))                                                                         \
		hr = vbs_engine_add_object(engine, TEXT(name), ctx->member##_object, 0);
	ASP_INTRINSICS(X)
#undef X
	return hr;
}

/* Objects that <object runat=server> declared, in the page or in global.asa. */
static HRESULT add_declared(struct asp_context *ctx, struct asp_engine *e,
			    const struct asp_page *page)
{
	struct asp_application *app = ctx->application;
	struct asp_contents own = { 0 };
	bool shared = asp_contents_count(&app->static_objects) > 0;
	bool session = ctx->session && asp_contents_count(&ctx->session->static_objects) > 0;
	if (page->object_count == 0 && !shared && !session)
		return S_OK;
	e->dirty = true;
	HRESULT hr = S_OK;
	if (!page->global && asp_objects_create(page, ASP_SCOPE_PAGE, &own) != 0)
		hr = REGDB_E_CLASSNOTREG;
	if (SUCCEEDED(hr))
		hr = add_contents(e->engine, &own);
	if (SUCCEEDED(hr) && shared)
		hr = add_contents(e->engine, &app->static_objects);
	if (SUCCEEDED(hr) && session)
		hr = add_contents(e->engine, &ctx->session->static_objects);
	asp_contents_done(&own);
	return hr;
}

static HRESULT engine_enter(struct asp_context *ctx, const struct asp_page *page,
			    struct asp_engine **ret)
{
	struct asp_engine *e = &ctx->engines[ctx->depth];
	HRESULT hr = S_OK;
	if (!e->engine) {
		hr = vbs_engine_new(NULL, NULL, &e->engine);
		if (FAILED(hr))
			return hr;
		e->dirty = false;
		hr = add_intrinsics(ctx, e->engine);
	}
	pthread_mutex_lock(&ctx->watch);
	ctx->depth++;
	pthread_mutex_unlock(&ctx->watch);
	*ret = e;
	(void)vbs_engine_set_locale(e->engine, asp_context_lcid(ctx));
	return SUCCEEDED(hr) ? add_declared(ctx, e, page) : hr;
}

static void engine_leave(struct asp_context *ctx, struct asp_engine *e)
{
	/* Class_Terminate runs here: the watch must still see the engine. */
	vbs_engine_reset(e->engine, !e->dirty);
	pthread_mutex_lock(&ctx->watch);
	ctx->depth--;
	vbs_engine_interrupt(e->engine, S_OK); /* one that came too late is not for the next page */
	pthread_mutex_unlock(&ctx->watch);
	if (e->dirty) {
		e->dirty = false;
		if (FAILED(add_intrinsics(ctx, e->engine)))
			e->engine = vbs_engine_free(e->engine);
	}
}

static HRESULT run(struct asp_context *ctx, struct asp_page *page, const char *procedure)
{
	struct asp_engine *e = NULL;
	struct vbs_error error = { 0 };
	if (ctx->depth == ASP_NESTING_MAX) {
		asp_error_set(&ctx->error, 232, text_of(page->files[0].url));
		ctx->failed = true;
		return VBS_E_END_SCRIPT;
	}
	HRESULT hr = engine_enter(ctx, page, &e);
	if (SUCCEEDED(hr))
		hr = vbs_engine_run(e->engine, page->program, &error);
	if (SUCCEEDED(hr) && procedure)
		hr = vbs_engine_call(e->engine, text_of(procedure), NULL, 0, NULL, &error);
	if (FAILED(hr) && hr != VBS_E_END_SCRIPT) {
		if (!error.number)
			error.number = hr;
		take_error(ctx, page, &error);
		hr = VBS_E_END_SCRIPT;
	}
	vbs_error_done(&error);
	if (e)
		engine_leave(ctx, e);
	return SUCCEEDED(hr) ? S_OK : hr;
}

HRESULT asp_context_run(struct asp_context *ctx, struct asp_page *page, struct text url)
{
	struct asp_frame frame = { .page = page, .url = url, .caller = ctx->frame };
	ctx->frame = &frame;
	HRESULT hr = run(ctx, page, NULL);
	ctx->frame = frame.caller;
	return hr;
}

HRESULT asp_context_event(struct asp_context *ctx, struct asp_page *global, const char *name)
{
	if (!vbs_program_has_procedure(global->program, text_of(name)))
		return S_OK;
	struct asp_frame frame = { .page = global,
				   .url = text_of(global->files[0].url),
				   .caller = ctx->frame };
	ctx->frame = &frame;
	HRESULT hr = run(ctx, global, name);
	ctx->frame = frame.caller;
	if (ctx->failed && !ctx->exchange)
		asp_error_report(ctx); /* nobody else will */
	return hr;
}

int asp_objects_create(const struct asp_page *page, enum asp_scope scope, struct asp_contents *to)
{
	for (size_t i = 0; i < page->object_count; i++) {
		const struct asp_declared_object *o = &page->objects[i];
		void *object;
		if (o->scope != scope)
			continue;
		HRESULT hr = CoCreateInstance(&o->clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch,
					      &object);
		if (FAILED(hr))
			return hr == E_OUTOFMEMORY ? -ENOMEM : -EIO;
		VARIANT v = { .vt = VT_DISPATCH, .pdispVal = object };
		hr = asp_contents_put(to, o->id, &v);
		VariantClear(&v);
		if (FAILED(hr))
			return -ENOMEM;
	}
	return 0;
}

/* The site's loader; but the front end may know the page's file by another name than its path
 * (letter case), and it has decided already. */
static int load_page(void *p, struct text url, struct asp_file *ret)
{
	struct asp_context *ctx = p;
	struct asp_loader site = asp_loader_site(&ctx->config->settings);
	int r = site.load(site.ctx, url, ret);
	if (r != -ENOENT || !text_equal(url, asp_request_text(ctx, CHANNEL_SCRIPT_NAME)))
		return r;
	return asp_file_read(asp_request_text(ctx, CHANNEL_SCRIPT_FILE), ret);
}

int asp_context_page(struct asp_context *ctx, struct text url, struct asp_page **ret)
{
	struct asp_page_options options = asp_config_page_options(ctx->config);
	options.loader = (struct asp_loader){ .ctx = ctx, .load = load_page };
	return asp_cache_get(ctx->asp->cache, &options, ctx->config->version, url, ctx->now, ret,
			     &ctx->error);
}
