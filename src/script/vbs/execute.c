/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eval, Execute and ExecuteGlobal: text that becomes a program of its own while the script runs.
 * Called by the machine; owns nothing.
 *
 * Code that is evaluated in a procedure sees the procedure's variables: those it mentions become
 * ByRef parameters of its global code. What it declares lives as long as the procedure, in a chain
 * of little arrays that hangs on a hidden register (struct vbs_proc, `extra`): each holds a name,
 * the value, and the next one. Their slots stay where they are while references to them are about.
 */
#include "script/vbs/engine.h"

#include "base/mem.h"
#include "script/vbs/builtin.h"
#include "script/vbs/convert.h"
#include "script/vbs/coverage.h"
#include "script/vbs/instance.h"
#include "script/vbs/object.h"

#define EXECUTE_COST 40   /* in turns (struct vbs_limits) */
#define VISIBLE_MAX 65535 /* indices are 16 bits */

enum extra { EXTRA_NAME, EXTRA_VALUE, EXTRA_NEXT, EXTRA_COUNT };

/* A variable of the running procedure. */
struct visible {
	struct text name;
	struct value *slot;
	bool absent; /* under Option Explicit: not there until it is declared */
	bool constant;
};

struct scope {
	struct vbs_engine *engine;
	struct vbs_frame *frame;
	struct visible *list;
	size_t count, capacity;
};

static bool is_global(void *ctx, struct text name)
{
	const struct vbs_global *g = vbs_engine_find(ctx, name);

	return (g && g->kind != GLOBAL_UNBOUND) || vbs_engine_constant(ctx, name);
}

/* ---- the procedure's variables ---- */

static bool scope_add(struct scope *s, struct text name, struct value *slot, bool absent)
{
	if (s->count == VISIBLE_MAX)
		return true; /* not seen: as if there were no such name */
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 32;
		struct visible *list = mem_realloc(s->list, capacity, sizeof *list);

		if (!list)
			return false;
		s->list = list;
		s->capacity = capacity;
	}
	s->list[s->count++] = (struct visible){ name, slot, absent, false };
	return true;
}

static bool scope_consts(struct scope *s)
{
	const struct vbs_proc *proc = s->frame->proc;

	for (uint32_t i = 0; i < proc->const_count; i++) {
		if (!scope_add(s, s->frame->binding->program->names[proc->consts[i].name].text,
			       &proc->constants[proc->consts[i].constant], false))
			return false;
		s->list[s->count - 1].constant = true;
	}
	return true;
}

static bool scope_registers(struct scope *s)
{
	const struct vbs_proc *proc = s->frame->proc;
	const struct vbs_program *program = s->frame->binding->program;

	for (unsigned i = 0; i < proc->local_count; i++) {
		struct value *slot = value_deref(&s->frame->base[i]);
		struct text name;

		if (proc->locals[i] == NAME_NONE)
			continue;
		name = program->names[proc->locals[i]].text;
		if (proc->unsure[i] && is_global(s->engine, name))
			continue;
		if (!scope_add(s, name, slot,
			       proc->unsure[i] && program->explicit && value_missing(slot)))
			return false;
	}
	return true;
}

static bool scope_far(struct scope *s)
{
	const struct vbs_proc *proc = s->frame->proc;
	const struct value *holder = &s->frame->base[proc->far_reg];

	if (!proc->far_count || holder->type != VBS_ARRAY)
		return true;
	for (unsigned i = 0; i < proc->far_count && i < holder->array->count; i++)
		if (proc->far_locals[i] != NAME_NONE &&
		    !scope_add(s, s->frame->binding->program->names[proc->far_locals[i]].text,
			       value_deref(&holder->array->items[i]), false))
			return false;
	return true;
}

static bool scope_extras(struct scope *s)
{
	const struct value *at = &s->frame->base[s->frame->proc->extra];

	if (!s->frame->proc->extra)
		return true;
	for (; at->type == VBS_ARRAY; at = &at->array->items[EXTRA_NEXT]) {
		struct value *items = at->array->items;
		const struct vbs_global *name = (const void *)(uintptr_t)items[EXTRA_NAME].i;

		if (!scope_add(s, name->name, &items[EXTRA_VALUE], false))
			return false;
	}
	return true;
}

/* A new variable in front of the chain. Its name is kept by the engine's map of names. */
static int scope_declare(struct scope *s, struct text name)
{
	struct vbs_frame *f = s->frame;
	struct vbs_global *g = vbs_engine_global(s->engine, name);
	struct value *chain = &f->base[f->proc->extra];
	struct vbs_array *node;

	if (!f->proc->extra || s->count == VISIBLE_MAX)
		return -1;
	if (!g || FAILED(vbs_array_vector(&s->engine->heap, EXTRA_COUNT, &node)))
		return LOCAL_NO_MEMORY;
	node->items[EXTRA_NAME] = (struct value){ .type = VT_I8, .i = (int64_t)(uintptr_t)g };
	value_move(&node->items[EXTRA_NEXT], chain);
	value_set(chain, (struct value){ .type = VBS_ARRAY, .array = node });
	if (!scope_add(s, g->name, &node->items[EXTRA_VALUE], false))
		return LOCAL_NO_MEMORY;
	return (int)s->count - 1;
}

static int local_of(void *ctx, struct text name, bool declare)
{
	struct scope *s = ctx;

	for (size_t i = 0; i < s->count; i++) {
		if (!text_equal_nocase(s->list[i].name, name))
			continue;
		if (s->list[i].absent && !declare)
			return -1;
		if (s->list[i].absent)
			value_clear(s->list[i].slot);
		s->list[i].absent = false;
		return (int)i;
	}
	return declare ? scope_declare(s, name) : -1;
}

/* The procedure in which the newest frame runs, through code that is itself evaluated in one. NULL:
 * global code. */
static struct vbs_frame *scope_frame(struct vbs_engine *e)
{
	uint32_t at = e->depth - 1;

	while (at && e->frames[at].proc->scoped)
		at--;
	return e->frames[at].proc->name == NAME_NONE ? NULL : &e->frames[at];
}

static HRESULT scope_open(struct scope *s, struct vbs_engine *e, unsigned kind)
{
	*s = (struct scope){ .engine = e, .frame = kind == 2 ? NULL : scope_frame(e) };
	if (s->frame &&
	    (!scope_registers(s) || !scope_far(s) || !scope_consts(s) || !scope_extras(s)))
		return E_OUTOFMEMORY;
	return S_OK;
}

/* ---- running ---- */

/* A compile error of the inner source becomes a run-time error of this place. */
static HRESULT inner_error(struct vbs_engine *e, struct vbs_error *error, HRESULT hr)
{
	vbs_raised_clear(&e->raised);
	e->raised.hr = hr;
	if (error->source)
		e->raised.source = bstr_from_text(text_of(error->source));
	if (error->description)
		e->raised.description = bstr_from_text(text_of(error->description));
	if (!e->raised.source || !e->raised.description)
		hr = E_OUTOFMEMORY;
	vbs_error_done(error);
	return hr;
}

static HRESULT run_inner(const struct scope *s, struct vbs_program *p, const uint16_t *params,
			 struct value *ret)
{
	struct value args[256] = { 0 };
	struct vbs_engine *e = s->engine;
	struct vbs_binding *b;
	unsigned argc = p->procs[0].param_count;
	HRESULT hr = vbs_engine_bind(e, p, &b);

	if (FAILED(hr))
		return hr;
	/* Constants are shared by all who run the program: code gets a value of its own. */
	for (unsigned i = 0; i < argc; i++)
		if (s->list[params[i]].constant)
			value_copy(&args[i], s->list[params[i]].slot);
		else
			args[i] = (struct value){ .type = VBS_REF, .ref = s->list[params[i]].slot };
	hr = vbs_vm_call(e, b, &p->procs[0], s->frame ? s->frame->me : NULL, args, argc, ret);
	/* They were taken, unless the call was refused. */
	for (unsigned i = 0; i < argc; i++)
		value_clear(&args[i]);
	/* Nothing can refer to code without procedures, classes and constants any more. */
	if (p->proc_count == 1 && !p->class_count && (s->frame || !p->procs[0].const_count))
		vbs_engine_unbind(e, b);
	return hr;
}

static HRESULT execute_text(struct vbs_engine *e, struct text code, unsigned kind,
			    struct value *ret)
{
	const char *files[1] = { kind ? "Execute" : "Eval" };
	struct vbs_segment segment = { .code = code, .line = 1, .column = 1 };
	struct vbs_source source = { files, 1, &segment, 1 };
	struct vbs_scope what = { .expression = kind == 0, .is_global = is_global, .ctx = e };
	struct vbs_program *p = NULL;
	struct vbs_error error = { 0 };
	uint16_t params[256];
	struct scope s;
	HRESULT hr = scope_open(&s, e, kind);

	if (SUCCEEDED(hr)) {
		what.params = params;
		if (s.frame) {
			what.local_of = local_of;
			what.local_ctx = &s;
			if (s.frame->me)
				what.class = s.frame->me->class;
		}
		hr = vbs_compile_in(&source, &what, &p, &error);
		if (FAILED(hr))
			hr = inner_error(e, &error, hr);
		else
			hr = run_inner(&s, p, params, ret);
		vbs_program_unref(p);
	}
	mem_free(s.list);
	return hr;
}

/* Execute wants text, Eval gives back what is none; both ask an object for its default. */
HRESULT vbs_engine_execute(struct vbs_engine *e, struct value *window, unsigned kind)
{
	struct value *from = value_deref(&window[1]), plain = VALUE_EMPTY, result = VALUE_EMPTY;
	size_t length = 0;
	char *text;
	HRESULT hr = S_OK;

	if (from->type == VT_DISPATCH)
		hr = vbs_object_default(&e->heap, from->obj, &plain);
	else
		value_copy(&plain, from);
	if (SUCCEEDED(hr) && plain.type != VT_BSTR && kind)
		hr = VBS_HR(13);
	vbs_cover_builtin(vbs_builtin_find(
				  text_of(kind ? kind == 1 ? "Execute" : "ExecuteGlobal" : "Eval")),
			  hr);
	if (FAILED(hr)) {
		value_clear(&plain);
		return hr;
	}
	if (plain.type != VT_BSTR) {
		value_move(&result, &plain);
	} else {
		/* Compiling is as much work as many turns of a loop: time-outs come sooner. */
		e->budget -= EXECUTE_COST + SysStringByteLen(plain.str) / 32;
		text = plain.str ? bstr_to_utf8(plain.str, &length) : mem_strdup("");
		hr = text ? execute_text(e, (struct text){ text, length }, kind, &result)
			  : E_OUTOFMEMORY;
		mem_free(text);
	}
	value_clear(&plain);
	if (SUCCEEDED(hr)) {
		value_clear(&window[1]);
		value_move(&window[0], &result);
	}
	value_clear(&result);
	return hr;
}
