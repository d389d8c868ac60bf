/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors on their way: from the instruction that failed to whoever handles it (Err), the host
 * (struct vbs_error) or a component (EXCEPINFO). And the Err object.
 */
#include "script/vbs/engine.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/class.h"
#include "script/vbs/instance.h"
#include "script/vbs/coverage.h"

#include <stdio.h>

#define STACK_TEXT_MAX 8192
#define STACK_FRAMES_MAX 40

void vbs_raised_clear(struct vbs_raised *r)
{
	SysFreeString(r->source);
	SysFreeString(r->description);
	SysFreeString(r->help_file);
	vbs_program_unref(r->program);
	mem_free(r->stack);
	mem_free(r->detail);
	*r = (struct vbs_raised){ 0 };
}

int vbs_err_number(const struct vbs_raised *r)
{
	int n;

	if (r->by_component)
		return r->hr;
	n = vbs_error_of_hresult(r->hr);
	return n ? n : r->hr;
}

static BSTR bstr_of(const char *utf8)
{
	return utf8 ? bstr_from_text(text_of(utf8)) : NULL;
}

HRESULT vbs_throw(struct vbs_engine *e, int number, const char *format, ...)
{
	char detail[400];
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	vbs_raised_clear(&e->raised);
	e->raised.detail = mem_strdup(detail);
	if (!e->raised.detail)
		return E_OUTOFMEMORY;
	e->raised.hr = VBS_HR(number);
	return e->raised.hr;
}

HRESULT vbs_throw_name(struct vbs_engine *e, int number, struct text name)
{
	if (!name.length)
		return VBS_HR(number);
	return vbs_throw(e, number, TEXT_FMT, TEXT_ARG(name));
}

HRESULT vbs_throw_qualified(struct vbs_engine *e, const struct vbs_binding *b, uint32_t site,
			    HRESULT hr)
{
	const struct vbs_program *p = b->program;
	const struct vbs_site *s = &p->sites[site];
	struct text name = p->names[s->name].text;

	/* With a place it happened further down. */
	if (s->object == NAME_NONE || e->raised.hr != hr || e->raised.program ||
	    !e->raised.detail || !text_equal_nocase(text_of(e->raised.detail), name))
		return hr;
	return vbs_throw(e, hr & 0xFFFF, TEXT_FMT "." TEXT_FMT, TEXT_ARG(p->names[s->object].text),
			 TEXT_ARG(name));
}

HRESULT vbs_throw_exception(struct vbs_engine *e, HRESULT hr, EXCEPINFO *x, struct text name)
{
	int number;

	if (hr == VBS_E_END_SCRIPT || (hr == DISP_E_EXCEPTION && x->scode == VBS_E_END_SCRIPT))
		return VBS_E_END_SCRIPT;
	if (hr != DISP_E_EXCEPTION) {
		number = vbs_error_of_hresult(hr);
		if (e->raised.hr == hr)
			return hr; /* a script below said more */
		if (!number || number == 7 || number == 28)
			return hr;
		return vbs_throw_name(e, number, name);
	}
	if (x->pfnDeferredFillIn)
		x->pfnDeferredFillIn(x);
	/* A script of this engine behind the object knows the place: keep it. */
	if (e->raised.hr && e->raised.hr == x->scode)
		return e->raised.hr;
	vbs_raised_clear(&e->raised);
	e->raised.hr = x->scode ? x->scode : x->wCode ? VBS_HR(x->wCode) : E_FAIL;
	/* A code of automation without a text of its own is told in VBScript's number and words. */
	e->raised.by_component = ((uint32_t)e->raised.hr & 0xFFFF0000u) != 0x800A0000u &&
				 (x->bstrDescription || !vbs_error_of_hresult(e->raised.hr));
	e->raised.source = TAKE_PTR(x->bstrSource);
	e->raised.description = TAKE_PTR(x->bstrDescription);
	e->raised.help_file = TAKE_PTR(x->bstrHelpFile);
	e->raised.help_context = x->dwHelpContext;
	return e->raised.hr;
}

/* ---- where, and by which way ---- */

static const struct vbs_line *frame_line(const struct vbs_frame *f)
{
	uint32_t at = f->pc - f->proc->code;

	return vbs_line_at(f->proc, at ? at - 1 : 0);
}

static bool somebody_handles(const struct vbs_engine *e)
{
	for (uint32_t i = 0; i < e->depth; i++)
		if (e->frames[i].resume)
			return true;
	return false;
}

/* "Total", "Basket.Total", "(global)" */
static void put_procedure(struct buf *b, const struct vbs_frame *f)
{
	const struct vbs_class *class = f->me ? f->me->class : NULL;

	if (f->proc->name == NAME_NONE) {
		buf_puts(b, "(global)");
		return;
	}
	if (class) {
		buf_put_text(b, class->program->names[class->name].text);
		buf_putc(b, '.');
	}
	buf_put_text(b, f->binding->program->names[f->proc->name].text);
}

static char *stack_text(const struct vbs_engine *e)
{
	struct buf b;
	char *text;

	buf_init(&b, STACK_TEXT_MAX);
	for (uint32_t i = e->depth, n = 0; i > 0 && n < STACK_FRAMES_MAX; i--, n++) {
		const struct vbs_frame *f = &e->frames[i - 1];
		const struct vbs_program *p = f->binding->program;
		const struct vbs_line *line = frame_line(f);

		if (n)
			buf_putc(&b, '\n');
		put_procedure(&b, f);
		if (line)
			buf_printf(&b, " (%s, line %u)",
				   line->file < p->file_count ? p->files[line->file] : "",
				   line->line);
	}
	text = buf_take(&b, NULL);
	buf_done(&b);
	return text;
}

/* Without memory for its texts an error is still that error. */
static BSTR complete_text(const char *text)
{
	BSTR s = bstr_of(text);

	if (text && !s)
		vbs_cover_error(7, 1);
	return s;
}

void vbs_raised_complete(struct vbs_engine *e, HRESULT hr)
{
	struct vbs_raised *r = &e->raised;
	const struct vbs_frame *f = &e->frames[e->depth - 1];
	const struct vbs_line *line = frame_line(f);
	const char *text;
	int number;

	if (r->hr != hr) {
		vbs_raised_clear(r);
		r->hr = hr;
	}
	number = vbs_error_of_hresult(hr);
	text = number ? vbs_error_text(number) : NULL;
	/* A code that is the system's has its words, a component that had none of its own none. */
	if (!text && !r->by_component) {
		text = hresult_text(hr);
		if (!text)
			text = "Unknown runtime error";
	}
	if (!r->description)
		r->description = complete_text(text);
	if (!r->source && !r->by_component)
		r->source = complete_text(VBS_RUNTIME_SOURCE);
	if (!r->program)
		vbs_cover_error(number, 1);
	if (!r->program && line) {
		r->program = vbs_program_ref(f->binding->program);
		r->line = line->line;
		r->column = line->column;
		r->file = line->file;
	}
	if (!r->stack && !somebody_handles(e))
		r->stack = stack_text(e);
}

static char *utf8_of(BSTR s)
{
	return s ? bstr_to_utf8(s, NULL) : mem_strdup("");
}

/* The description with its detail, as hosts report it. */
static char *told(const struct vbs_raised *r)
{
	char *text = utf8_of(r->description), *all;
	size_t size;

	if (!text || !r->detail)
		return text;
	size = strlen(text) + strlen(r->detail) + sizeof ": ''";
	all = mem_alloc(size);
	if (all)
		snprintf(all, size, "%s: '%s'", text, r->detail);
	mem_free(text);
	return all;
}

void vbs_raised_to_error(const struct vbs_raised *r, HRESULT hr, struct vbs_error *error)
{
	if (!error)
		return;
	error->kind = r->by_component ? VBS_ERROR_RAISED : VBS_ERROR_RUNTIME;
	error->number = hr;
	if (!r->by_component && vbs_error_of_hresult(hr))
		error->number = VBS_HR(vbs_error_of_hresult(hr));
	error->source = utf8_of(r->source);
	error->description = told(r);
	error->line = r->line;
	error->column = r->column;
	if (r->program) {
		if (r->file < r->program->file_count)
			error->file = mem_strdup(r->program->files[r->file]);
		error->line_text = vbs_program_line_text(r->program, r->file, r->line);
	}
	error->stack = r->stack ? mem_strdup(r->stack) : NULL;
}

HRESULT vbs_raised_to_exception(struct vbs_engine *e, HRESULT hr, EXCEPINFO *x)
{
	int number = vbs_error_of_hresult(hr);

	if (hr == VBS_E_END_SCRIPT)
		return hr;
	if (!x)
		return DISP_E_EXCEPTION;
	*x = (EXCEPINFO){ .scode = e->raised.by_component || !number ? hr : VBS_HR(number),
			  .bstrSource = bstr_ref(e->raised.source),
			  .bstrDescription = bstr_ref(e->raised.description),
			  .bstrHelpFile = bstr_ref(e->raised.help_file),
			  .dwHelpContext = e->raised.help_context };
	return DISP_E_EXCEPTION;
}

/* ---- Err ---- */

struct err_object {
	struct automation_object base;
	struct vbs_engine *engine; /* NULL once the engine is gone */
};

static struct vbs_raised *err_of(struct automation_call *call)
{
	struct err_object *o = (struct err_object *)call->self;

	return o->engine ? &o->engine->err : NULL;
}

static HRESULT err_number(struct automation_call *call)
{
	struct vbs_raised *r = err_of(call);
	LONG n;
	HRESULT hr;

	if (!r)
		return RPC_E_DISCONNECTED;
	if (!call->value)
		return automation_return_long(call->result, r->hr ? vbs_err_number(r) : 0);
	call->argv[0] = call->value;
	call->argc = 1;
	hr = automation_arg_long(call, 0, &n);
	if (FAILED(hr))
		return hr;
	r->hr = n;
	r->by_component = true;
	return S_OK;
}

static HRESULT err_text(struct automation_call *call, BSTR *slot)
{
	BSTR s;
	HRESULT hr;

	if (!call->value)
		return automation_return_bstr(call->result, bstr_ref(*slot));
	call->argv[0] = call->value;
	call->argc = 1;
	hr = automation_arg_bstr(call, 0, &s);
	if (FAILED(hr))
		return hr;
	SysFreeString(*slot);
	*slot = s;
	return S_OK;
}

static HRESULT err_description(struct automation_call *call)
{
	struct vbs_raised *r = err_of(call);

	return r ? err_text(call, &r->description) : RPC_E_DISCONNECTED;
}

static HRESULT err_source(struct automation_call *call)
{
	struct vbs_raised *r = err_of(call);

	return r ? err_text(call, &r->source) : RPC_E_DISCONNECTED;
}

static HRESULT err_help_file(struct automation_call *call)
{
	struct vbs_raised *r = err_of(call);

	return r ? err_text(call, &r->help_file) : RPC_E_DISCONNECTED;
}

static HRESULT err_help_context(struct automation_call *call)
{
	struct vbs_raised *r = err_of(call);
	HRESULT hr;

	if (!r)
		return RPC_E_DISCONNECTED;
	if (!call->value)
		return automation_return_long(call->result, r->help_context);
	call->argv[0] = call->value;
	call->argc = 1;
	hr = automation_arg_long(call, 0, &r->help_context);
	return hr;
}

static HRESULT err_clear(struct automation_call *call)
{
	struct vbs_raised *r = err_of(call);

	if (!r)
		return RPC_E_DISCONNECTED;
	vbs_raised_clear(r);
	return S_OK;
}

/* Err.Raise number[, source[, description[, helpfile[, helpcontext]]]] */
static HRESULT err_raise(struct automation_call *call)
{
	struct err_object *o = (struct err_object *)call->self;
	struct vbs_raised *r;
	LONG number = 0, context = 0;
	HRESULT hr;

	if (!o->engine)
		return RPC_E_DISCONNECTED;
	r = &o->engine->raised;
	hr = automation_arg_long(call, 0, &number);
	if (SUCCEEDED(hr))
		hr = automation_arg_long_or(call, 4, 0, &context);
	if (FAILED(hr))
		return hr;
	if (!number || number > 0xFFFF)
		return E_INVALIDARG;
	vbs_raised_clear(r);
	r->hr = number > 0 ? VBS_HR(number) : number;
	r->by_component = number < 0;
	r->help_context = context;
	vbs_cover_error(r->by_component ? 0 : number, -1);
	if (automation_has_arg(call, 1))
		hr = automation_arg_bstr(call, 1, &r->source);
	if (SUCCEEDED(hr) && automation_has_arg(call, 2))
		hr = automation_arg_bstr(call, 2, &r->description);
	if (SUCCEEDED(hr) && automation_has_arg(call, 3))
		hr = automation_arg_bstr(call, 3, &r->help_file);
	return FAILED(hr) ? hr : r->hr;
}

static void err_free(struct automation_object *self)
{
	mem_free(self);
}

static const struct automation_member err_members[] = {
	{ "Number", DISPID_VALUE, AUTOMATION_GETPUT, 0, 0, err_number },
	{ "Description", 1, AUTOMATION_GETPUT, 0, 0, err_description },
	{ "Source", 2, AUTOMATION_GETPUT, 0, 0, err_source },
	{ "HelpFile", 3, AUTOMATION_GETPUT, 0, 0, err_help_file },
	{ "HelpContext", 4, AUTOMATION_GETPUT, 0, 0, err_help_context },
	{ "Clear", 5, AUTOMATION_METHOD, 0, 0, err_clear },
	{ "Raise", 6, AUTOMATION_METHOD, 1, 5, err_raise },
};

static const struct automation_class err_class = {
	.name = "Object",
	.members = err_members,
	.member_count = ARRAY_LEN(err_members),
	.free = err_free,
};

HRESULT vbs_err_new(struct vbs_engine *e, IDispatch **ret)
{
	struct err_object *o = mem_new(struct err_object);

	if (!o)
		return E_OUTOFMEMORY;
	automation_init(&o->base, &err_class);
	o->engine = e;
	*ret = automation_dispatch(&o->base);
	return S_OK;
}

void vbs_err_disconnect(IDispatch *err)
{
	struct automation_object *o = err ? automation_cast(err, &err_class) : NULL;

	if (o)
		((struct err_object *)o)->engine = NULL;
}
