/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's life: limits, global names, binding programs, and the functions of vbs.h. Called
 * by hosts (pages, cscript) from one thread at a time; only vbs_engine_interrupt from others.
 */
#include "script/vbs/native.h"
#include "script/vbs/engine.h"

#include "base/clock.h"
#include "base/buf.h"
#include "base/mem.h"
#include "com/activate.h"
#include "com/bstr.h"
#include "com/errorinfo.h"
#include "script/vbs/builtin.h"
#include "script/vbs/convert.h"
#include "script/vbs/variant.h"

#define STACK_SLOTS_PER_CALL 64
#define STACK_SLOTS_LEAST 65536
#define STACK_SLOTS_SPARE 256 /* more than one procedure has registers */

/* ---- global names ---- */

static void global_free(void *value)
{
	struct vbs_global *g = value;

	value_clear(&g->value);
	mem_free(g);
}

struct vbs_global *vbs_engine_find(const struct vbs_engine *e, struct text name)
{
	return map_get(e->globals, name);
}

struct vbs_global *vbs_engine_global(struct vbs_engine *e, struct text name)
{
	struct vbs_global *g = vbs_engine_find(e, name), *found;

	if (g)
		return g;
	g = mem_zalloc(1, sizeof *g + name.length + 1);
	if (!g)
		return NULL;
	memcpy(g + 1, name.data, name.length);
	g->name = (struct text){ (const char *)(g + 1), name.length };
	if (map_put(e->globals, name, g, (void **)&found)) {
		mem_free(g);
		return NULL;
	}
	return g;
}

/* A name that nothing has: perhaps a member of an object whose members are global. */
static void find_host_member(struct vbs_engine *e, struct vbs_global *g, BSTR name)
{
	OLECHAR *names[1] = { name ? name : (OLECHAR *)u"" };
	DISPID id;

	for (struct host_object *o = e->objects; o; o = o->next) {
		if (!(o->flags & VBS_OBJECT_GLOBAL_MEMBERS))
			continue;
		if (FAILED(o->object->lpVtbl->GetIDsOfNames(o->object, &GUID_NULL, names, 1, 0x409,
							    &id)))
			continue;
		g->kind = GLOBAL_MEMBER;
		g->host = o->object;
		g->dispid = id;
		return;
	}
}

static HRESULT add_global_object(struct vbs_engine *e, const struct host_object *o)
{
	struct vbs_global *g = vbs_engine_global(e, text_of(o->name));
	struct value v = VALUE_OBJ(o->object);

	if (!g)
		return E_OUTOFMEMORY;
	g->kind = GLOBAL_OBJECT;
	value_copy(&g->value, &v);
	return S_OK;
}

HRESULT vbs_engine_add_object(struct vbs_engine *e, struct text name, IDispatch *object,
			      unsigned flags)
{
	struct host_object *o = mem_zalloc(1, sizeof *o + name.length + 1);
	HRESULT hr;

	if (!o)
		return E_OUTOFMEMORY;
	memcpy(o->name, name.data, name.length);
	o->object = object;
	o->flags = flags;
	hr = add_global_object(e, o);
	if (FAILED(hr)) {
		mem_free(o);
		return hr;
	}
	object->lpVtbl->AddRef(object);
	o->next = e->objects;
	e->objects = o;
	return S_OK;
}

/* ---- binding ---- */

static struct vbs_binding *binding_free(struct vbs_binding *b)
{
	if (!b)
		return NULL;
	vbs_program_unref(b->program);
	mem_free(b->globals);
	mem_free(b->caches);
	mem_free(b);
	return NULL;
}

/* A name that nothing has: perhaps a constant of a program that was run before. */
const struct value *vbs_engine_constant(const struct vbs_engine *e, struct text name)
{
	for (const struct vbs_binding *b = e->bindings; b; b = b->next) {
		const struct vbs_proc *main = &b->program->procs[0];

		if (main->scoped)
			continue;
		for (uint32_t i = 0; i < main->const_count; i++)
			if (text_equal_nocase(b->program->names[main->consts[i].name].text, name))
				return &main->constants[main->consts[i].constant];
	}
	return NULL;
}

static void find_constant(struct vbs_engine *e, const struct vbs_binding *b, struct vbs_global *g)
{
	const struct value *v =
		b->next || e->bindings != b ? vbs_engine_constant(e, g->name) : NULL;

	if (!v)
		return;
	value_copy(&g->value, v);
	g->kind = GLOBAL_CONST;
}

/* Names that programs use already: others find the constants when they are bound. */
static void publish_constants(struct vbs_engine *e, const struct vbs_program *p)
{
	const struct vbs_proc *main = &p->procs[0];

	for (uint32_t i = 0; i < main->const_count && !main->scoped; i++) {
		struct vbs_global *g = vbs_engine_find(e, p->names[main->consts[i].name].text);

		if (!g)
			continue;
		value_copy(&g->value, &main->constants[main->consts[i].constant]);
		g->kind = GLOBAL_CONST;
	}
}

static HRESULT bind_names(struct vbs_engine *e, struct vbs_binding *b)
{
	const struct vbs_program *p = b->program;

	for (uint32_t i = 0; i < p->global_count; i++) {
		const struct vbs_name *name = &p->names[p->globals[i].name];
		struct vbs_global *g = vbs_engine_global(e, name->text);

		if (!g)
			return E_OUTOFMEMORY;
		b->globals[i] = g;
	}
	for (uint32_t i = 1; i < p->global_proc_count; i++) {
		struct vbs_global *g = vbs_engine_global(e, p->names[p->procs[i].name].text);

		if (!g)
			return E_OUTOFMEMORY;
		value_clear(&g->value);
		g->kind = GLOBAL_PROC;
		g->binding = b;
		g->proc = &p->procs[i];
	}
	/* The first program's names are its own. */
	if (b->next || e->bindings != b)
		publish_constants(e, p);
	for (uint32_t i = 0; i < p->class_count; i++) {
		struct vbs_global *g = vbs_engine_global(e, p->names[p->classes[i].name].text);

		if (!g)
			return E_OUTOFMEMORY;
		g->kind = GLOBAL_CLASS;
		g->binding = b;
		g->class = &p->classes[i];
	}
	for (uint32_t i = 0; i < p->global_count; i++) {
		struct vbs_global *g = b->globals[i];

		if (g->kind == GLOBAL_UNBOUND)
			find_host_member(e, g, p->names[p->globals[i].name].bstr);
		if (g->kind == GLOBAL_UNBOUND)
			find_constant(e, b, g);
		if (g->kind == GLOBAL_UNBOUND && p->globals[i].flags & GLOBAL_CREATE)
			g->kind = GLOBAL_VAR;
	}
	return S_OK;
}

HRESULT vbs_engine_bind(struct vbs_engine *e, struct vbs_program *p, struct vbs_binding **ret)
{
	struct vbs_binding *b;
	HRESULT hr;

	for (b = e->bindings; b; b = b->next)
		if (b->program == p) {
			*ret = b;
			return bind_names(e, b);
		}
	b = mem_new(struct vbs_binding);
	if (!b)
		return E_OUTOFMEMORY;
	b->program = vbs_program_ref(p);
	b->globals = mem_zalloc(p->global_count, sizeof(struct vbs_global *));
	b->caches = mem_zalloc(p->site_count, sizeof *b->caches);
	hr = b->globals && b->caches ? S_OK : E_OUTOFMEMORY;
	/* Globals may point to a half-made binding: it joins the engine whatever happens. */
	b->next = e->bindings;
	e->bindings = b;
	if (SUCCEEDED(hr))
		hr = bind_names(e, b);
	if (SUCCEEDED(hr))
		vbs_native_make_all(e, b);
	*ret = b;
	return hr;
}

void vbs_engine_unbind(struct vbs_engine *e, struct vbs_binding *b)
{
	struct vbs_binding **at = &e->bindings;

	while (*at && *at != b)
		at = &(*at)->next;
	if (*at)
		*at = b->next;
	binding_free(b);
}

/* ---- life ---- */

HRESULT vbs_engine_new(const struct vbs_limits *limits, const struct vbs_host *host,
		       struct vbs_engine **ret)
{
	struct vbs_engine *e = mem_new(struct vbs_engine);
	size_t slots;

	if (!e)
		return E_OUTOFMEMORY;
	if (limits)
		e->limits = *limits;
	if (host)
		e->host = *host;
	if (!e->limits.depth)
		e->limits.depth = ENGINE_DEPTH;
	if (e->limits.depth > 1000000)
		e->limits.depth = 1000000;
	if (!e->limits.turns)
		e->limits.turns = ENGINE_TURNS;
	if (e->limits.turns > ENGINE_TURNS_MAX)
		e->limits.turns = ENGINE_TURNS_MAX;
	e->heap.limit = e->limits.memory ? e->limits.memory : ENGINE_MEMORY;
	e->heap.engine = e;
	e->budget = e->limits.turns;
	e->end_hr = E_ABORT;
	e->rnd = 327680;
	e->locale = locale_default();
	slots = (size_t)e->limits.depth * STACK_SLOTS_PER_CALL;
	if (slots < STACK_SLOTS_LEAST)
		slots = STACK_SLOTS_LEAST;
	/* No need for more than procedures with all registers could fill. */
	if (slots > (e->limits.depth + (size_t)2) * STACK_SLOTS_SPARE)
		slots = (e->limits.depth + (size_t)2) * STACK_SLOTS_SPARE;
	/* Untouched pages of both cost nothing; zeroed registers are Empty. */
	e->stack = mem_zalloc(slots, sizeof *e->stack);
	e->stack_end = e->stack ? e->stack + slots - STACK_SLOTS_SPARE : NULL;
	e->frames = mem_zalloc(e->limits.depth, sizeof *e->frames);
	e->globals = map_new(ENGINE_GLOBALS_MAX, MAP_NOCASE);
	if (!e->stack || !e->frames || !e->globals || FAILED(vbs_err_new(e, &e->err_object))) {
		vbs_engine_free(e);
		return E_OUTOFMEMORY;
	}
	*ret = e;
	return S_OK;
}

static void drop_values(struct vbs_engine *e)
{
	struct text key;
	void *item;
	size_t at = 0;

	/* A Class_Terminate that does not end must not hold up the host. */
	e->ending = false;
	e->budget = e->limits.turns;
	e->deadline = clock_now() + (e->limits.time_ns ? e->limits.time_ns : ENGINE_END_TIME);
	/* Variables first: most instances end here, in the order of the names. */
	while (map_next(e->globals, &at, &key, &item)) {
		struct vbs_global *g = item;

		if (g->kind == GLOBAL_VAR)
			value_clear(&g->value);
	}
	vbs_instances_end(e);
	/* What Class_Terminate put into variables. */
	e->ending = true;
	at = 0;
	while (map_next(e->globals, &at, &key, &item))
		value_clear(&((struct vbs_global *)item)->value);
	vbs_instances_end(e);
}

static void drop_bindings(struct vbs_engine *e)
{
	while (e->bindings) {
		struct vbs_binding *b = e->bindings;

		e->bindings = b->next;
		binding_free(b);
	}
}

static void drop_objects(struct vbs_engine *e)
{
	while (e->objects) {
		struct host_object *o = e->objects;

		e->objects = o->next;
		o->object->lpVtbl->Release(o->object);
		mem_free(o);
	}
}

struct vbs_engine *vbs_engine_free(struct vbs_engine *e)
{
	if (!e)
		return NULL;
	if (e->globals)
		drop_values(e);
	map_free(e->globals, global_free);
	drop_bindings(e);
	drop_objects(e);
	vbs_raised_clear(&e->raised);
	vbs_raised_clear(&e->err);
	vbs_err_disconnect(e->err_object);
	if (e->err_object)
		e->err_object->lpVtbl->Release(e->err_object);
	mem_free(e->stack);
	mem_free(e->frames);
	mem_free(e);
	return NULL;
}

static void empty_globals(struct vbs_engine *e)
{
	struct text key;
	void *item;
	size_t at = 0;

	while (map_next(e->globals, &at, &key, &item)) {
		map_remove(e->globals, key);
		global_free(item);
	}
}

void vbs_engine_reset(struct vbs_engine *e, bool keep_objects)
{
	drop_values(e);
	e->deadline = 0;
	empty_globals(e);
	drop_bindings(e);
	if (!keep_objects)
		drop_objects(e);
	for (struct host_object *o = e->objects; o; o = o->next)
		add_global_object(e, o);
	vbs_raised_clear(&e->raised);
	vbs_raised_clear(&e->err);
	e->heap.charged = 0;
	e->ending = false;
	e->rnd = 327680;
	e->locale = locale_default();
	__atomic_store_n(&e->interrupt, 0, __ATOMIC_RELAXED);
}

void vbs_engine_interrupt(struct vbs_engine *e, HRESULT number)
{
	__atomic_store_n(&e->interrupt, (int64_t)number, __ATOMIC_RELAXED);
}

bool vbs_engine_set_locale(struct vbs_engine *e, LCID lcid)
{
	const struct locale *locale = locale_find(lcid);

	if (locale)
		e->locale = locale;
	return locale;
}

LCID vbs_engine_locale(const struct vbs_engine *e)
{
	return e->locale->lcid;
}

/* ---- running ---- */

/* What members of objects ask that work long. The machine's turns go on: it has to come to its own
 * look, where it would see that there is native code. */
static HRESULT poll(void *ctx)
{
	return vbs_vm_check(ctx);
}

static void begin(struct vbs_engine *e)
{
	if (e->depth)
		return; /* called back from inside a run: its clock goes on */
	e->outer_poll = automation_poll_set((struct automation_poll){ poll, e });
	e->ending = false;
	e->budget = e->limits.turns;
	e->deadline = e->limits.time_ns ? clock_now() + e->limits.time_ns : 0;
	vbs_raised_clear(&e->raised);
	vbs_raised_clear(&e->err);
}

static HRESULT finish(struct vbs_engine *e, HRESULT hr, struct vbs_error *error)
{
	int number;

	if (e->depth) {
		/* A call from inside a run: the host may want to know, and the run goes on,
		 * unless the host interrupts it: then soon. */
		if (FAILED(hr))
			e->budget = 0;
		if (FAILED(hr) && hr != VBS_E_END_SCRIPT && e->raised.hr == hr)
			vbs_raised_to_error(&e->raised, hr, error);
		return hr;
	}
	automation_poll_set(e->outer_poll);
	if (FAILED(hr) && hr != VBS_E_END_SCRIPT) {
		if (e->raised.hr != hr) {
			/* It failed before there was a frame. */
			vbs_raised_clear(&e->raised);
			e->raised.hr = hr;
			number = vbs_error_of_hresult(hr);
			if (number)
				e->raised.description =
					bstr_from_text(text_of(vbs_error_text(number)));
			e->raised.source = bstr_from_text(TEXT(VBS_RUNTIME_SOURCE));
		}
		vbs_raised_to_error(&e->raised, hr, error);
		number = vbs_error_of_hresult(hr);
		if (number && !e->raised.by_component)
			hr = VBS_HR(number);
	}
	vbs_raised_clear(&e->raised);
	return hr;
}

HRESULT vbs_engine_run(struct vbs_engine *e, struct vbs_program *program, struct vbs_error *error)
{
	struct vbs_binding *b;
	HRESULT hr;

	begin(e);
	hr = vbs_engine_bind(e, program, &b);
	if (SUCCEEDED(hr))
		hr = vbs_vm_call(e, b, &program->procs[0], NULL, NULL, 0, NULL);
	return finish(e, hr, error);
}

HRESULT vbs_engine_call(struct vbs_engine *e, struct text name, VARIANT *argv, UINT argc,
			VARIANT *result, struct vbs_error *error)
{
	struct vbs_global *g = vbs_engine_find(e, name);
	struct value args[BUILTIN_ARGS_MAX + 1] = { 0 }, ret = VALUE_EMPTY;
	VARIANT out = { .vt = VT_EMPTY };
	HRESULT hr = S_OK;

	if (!g || g->kind != GLOBAL_PROC)
		return DISP_E_UNKNOWNNAME;
	if (argc > BUILTIN_ARGS_MAX)
		return DISP_E_BADPARAMCOUNT;
	begin(e);
	for (UINT i = 0; i < argc && SUCCEEDED(hr); i++)
		hr = vbs_from_variant(&e->heap, &argv[i], &args[i]);
	if (SUCCEEDED(hr))
		hr = vbs_vm_call(e, g->binding, g->proc, NULL, args, argc, &ret);
	if (SUCCEEDED(hr) && result)
		hr = vbs_to_variant(&ret, &out);
	for (UINT i = 0; i < argc; i++)
		value_clear(&args[i]);
	value_clear(&ret);
	hr = finish(e, hr, error);
	if (SUCCEEDED(hr) && result)
		*result = out;
	return hr;
}

/* ---- what the host makes ---- */

/* A failure that has words of its own (a component that cannot be loaded): number and text of
 * VBScript, then the words. */
static HRESULT explain(struct vbs_engine *e, HRESULT hr, BSTR name)
{
	_cleanup_mem_ char *words = errorinfo_take_text();
	int number = vbs_error_of_hresult(hr);
	EXCEPINFO x = { .scode = number ? VBS_HR(number) : hr };
	struct buf text;

	if (!words || number == 7)
		return hr;
	buf_init(&text, 8192);
	buf_puts(&text, vbs_error_text(number ? number : 429));
	buf_puts(&text, ": '");
	buf_put_utf16(&text, name, SysStringLen(name));
	buf_printf(&text, "': %s", words);
	if (!buf_failed(&text))
		x.bstrDescription = bstr_from_text(buf_text(&text));
	buf_done(&text);
	hr = x.bstrDescription ? vbs_throw_exception(e, DISP_E_EXCEPTION, &x, TEXT(""))
			       : E_OUTOFMEMORY;
	automation_exception_clear(&x);
	return hr;
}

HRESULT vbs_engine_create_object(struct vbs_engine *e, BSTR progid, BSTR server, struct value *ret)
{
	IDispatch *object = NULL;
	HRESULT hr = e->host.create_object
			     ? e->host.create_object(e->host.ctx, progid, server, &object)
			     : com_create_object(progid, server, &object);

	if (FAILED(hr))
		return explain(e, hr, progid);
	value_set(ret, VALUE_OBJ(object));
	return S_OK;
}

/* New: a class of the script, or the one class that is part of the language. Like a script's own,
 * it is there whatever the host allows Server.CreateObject to make. */
HRESULT vbs_engine_new_object(struct vbs_engine *e, const struct vbs_global *g, IDispatch **ret)
{
	bool explicit = e->depth && e->frames[e->depth - 1].binding->program->explicit;
	CLSID clsid;
	HRESULT hr;

	/* A class of the script that is called so is never found. */
	if (!text_equal_nocase(g->name, TEXT("RegExp"))) {
		if (g->kind == GLOBAL_CLASS)
			return vbs_instance_new(e, g->binding, g->class, ret);
		return vbs_throw_name(e, g->kind == GLOBAL_UNBOUND && explicit ? 500 : 506,
				      g->name);
	}
	hr = CLSIDFromProgID((const OLECHAR *)u"VBScript.RegExp", &clsid);
	if (SUCCEEDED(hr))
		hr = CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch,
				      (void **)ret);
	return FAILED(hr) && hr != E_OUTOFMEMORY ? vbs_throw_name(e, 429, g->name) : hr;
}

HRESULT vbs_engine_get_object(struct vbs_engine *e, BSTR path, BSTR class_name, struct value *ret)
{
	IDispatch *object = NULL;
	HRESULT hr = e->host.get_object ? e->host.get_object(e->host.ctx, path, class_name, &object)
					: com_get_object(path, class_name, &object);

	if (FAILED(hr))
		return explain(e, hr, SysStringLen(path) ? path : class_name);
	value_set(ret, VALUE_OBJ(object));
	return S_OK;
}
