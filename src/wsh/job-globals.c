/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a .wsf job gives its scripts besides WScript: the objects of <object>, the constants of
 * <reference>, and getResource. Runs in the script's thread, before the first script.
 */
#include "wsh/host.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/activate.h"
#include "com/bstr.h"
#include "wsh/constants.h"
#include "wsh/events.h"
#include "wsh/markup.h"

#include <errno.h>
#include <stdio.h>

#define CONSTANTS_MAX 65536

/* ---- getResource ---- */

struct resources {
	struct automation_object object;
	const struct wsh_script *script; /* lives as long as the engine */
};

static HRESULT get_resource(struct automation_call *call)
{
	const struct wsh_script *s = container_of(call->self, struct resources, object)->script;
	size_t length;
	BSTR name;
	HRESULT hr = automation_arg_bstr(call, 0, &name);

	if (FAILED(hr))
		return hr;
	_cleanup_mem_ char *id = bstr_to_utf8(name, &length);

	SysFreeString(name);
	if (!id)
		return E_OUTOFMEMORY;
	for (size_t i = 0; i < s->resource_count; i++)
		if (text_equal_nocase(text_of(s->resources[i].id), (struct text){ id, length }))
			return automation_return_text(call->result, s->resources[i].value);
	return automation_raise(call, E_INVALIDARG, "Windows Script Host",
				"Unable to find resource \"%s\".", id);
}

static void resources_free(struct automation_object *object)
{
	mem_free(container_of(object, struct resources, object));
}

static const struct automation_member resources_members[] = {
	{ "getResource", 1, AUTOMATION_METHOD, 1, 1, get_resource },
};

static const struct automation_class resources_class = {
	.name = "Object",
	.members = resources_members,
	.member_count = ARRAY_LEN(resources_members),
	.free = resources_free,
};

static HRESULT add_resources(struct wsh *wsh)
{
	struct resources *r = mem_new(struct resources);
	HRESULT hr;

	if (!r)
		return E_OUTOFMEMORY;
	automation_init(&r->object, &resources_class);
	r->script = &wsh->script;
	/* Only its member shall be seen: no script can spell this name. */
	hr = vbs_engine_add_object(wsh->engine, TEXT("<resources>"),
				   automation_dispatch(&r->object), VBS_OBJECT_GLOBAL_MEMBERS);
	automation_dispatch(&r->object)->lpVtbl->Release(automation_dispatch(&r->object));
	return hr;
}

/* ---- <reference> ---- */

static int fail_at(const struct wsh *wsh, int line, int column, struct error *err, const char *what,
		   const char *name)
{
	return error_set_at(err, -EINVAL, wsh->script.path, line, column,
			    WSH_MARKUP_FMT "%s \"%s\".", what, name);
}

static HRESULT run_constants(struct wsh *wsh, struct text code)
{
	const char *file = "reference";
	struct vbs_segment segment = { .code = code, .line = 1, .column = 1 };
	struct vbs_source source = { &file, 1, &segment, 1 };
	struct vbs_program *program;
	HRESULT hr = vbs_compile(&source, &program, NULL);

	if (FAILED(hr))
		return hr;
	hr = vbs_engine_run(wsh->engine, program, NULL);
	vbs_program_unref(program);
	return hr;
}

static int add_references(struct wsh *wsh, struct error *err)
{
	struct buf code;
	int r = 0;

	if (!wsh->script.reference_count)
		return 0;
	buf_init(&code, CONSTANTS_MAX);
	for (size_t i = 0; i < wsh->script.reference_count && !r; i++) {
		const struct wsh_reference *ref = &wsh->script.references[i];
		size_t before = code.length;

		if (!wsh_constants(text_of(ref->name), &code))
			r = fail_at(wsh, ref->line, ref->column, err, "There is no type library of",
				    ref->name);
		else if (!buf_failed(&code) &&
			 FAILED(run_constants(wsh, (struct text){ code.data + before,
								  code.length - before })))
			r = -ENOMEM;
	}
	if (!r)
		r = buf_failed(&code);
	buf_done(&code);
	return r;
}

/* ---- <object> ---- */

static HRESULT create(const char *class_name, IDispatch **ret)
{
	BSTR name = bstr_from_text(text_of(class_name));
	HRESULT hr = name ? com_create_object(name, NULL, ret) : E_OUTOFMEMORY;

	SysFreeString(name);
	return hr;
}

/* <object events="true">: its events call "id_Event". */
static bool connect_events(struct wsh *wsh, IDispatch *object, const char *id)
{
	char prefix[256];

	snprintf(prefix, sizeof prefix, "%s_", id);
	return SUCCEEDED(wsh_connect(wsh, object, prefix));
}

static int add_object(struct wsh *wsh, const struct wsh_object *o, struct error *err)
{
	IDispatch *object = NULL;
	HRESULT hr = create(o->class_name, &object);

	if (hr == E_OUTOFMEMORY)
		return -ENOMEM;
	if (FAILED(hr))
		return fail_at(wsh, o->line, o->column, err, "Could not create object named",
			       o->class_name);
	hr = vbs_engine_add_object(wsh->engine, text_of(o->id), object, 0);
	if (SUCCEEDED(hr) && o->events && !connect_events(wsh, object, o->id)) {
		object->lpVtbl->Release(object);
		return fail_at(wsh, o->line, o->column, err, "Could not connect object named",
			       o->class_name);
	}
	object->lpVtbl->Release(object);
	return FAILED(hr) ? -ENOMEM : 0;
}

int wsh_add_job_globals(struct wsh *wsh, struct error *err)
{
	int r = wsh->script.resource_count && FAILED(add_resources(wsh)) ? -ENOMEM : 0;

	if (!r)
		r = add_references(wsh, err);
	for (size_t i = 0; i < wsh->script.object_count && !r; i++)
		r = add_object(wsh, &wsh->script.objects[i], err);
	return r == -ENOMEM || r == -ENOBUFS
		       ? error_set(err, -ENOMEM, "CScript Error: Out of memory.")
		       : r;
}
