/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VBScript.RegExp (VBScript reference, "Regular Expression (RegExp) Object"): its properties, and
 * Test, Execute and Replace. The pattern is read when it is first used, and errors in it are
 * raised then, as there. Called by scripts in any thread; a mutex guards the object, since pages
 * may keep one in Application.
 */
#include "library/vbscript/regexp.h"

#include "base/mem.h"
#include "base/mutex.h"
#include "com/bstr.h"
#include "com/variant.h"
#include "library/vbscript/vbscript.h"
#include "script/vbs/errors.h"
#include "script/vbs/vbs.h"

struct regexp {
	struct automation_object object;
	pthread_mutex_t lock; /* guards what follows */
	BSTR pattern;         /* NULL: empty */
	unsigned flags;       /* enum regexp_flags */
	bool global;
	struct regexp_program *program; /* of pattern and flags, NULL: not yet */
	struct regexp_matcher matcher;
};

static struct regexp *regexp_of(struct automation_object *object)
{
	return container_of(object, struct regexp, object);
}

static void regexp_free(struct automation_object *object)
{
	struct regexp *self = regexp_of(object);

	regexp_program_unref(self->program);
	regexp_matcher_done(&self->matcher);
	SysFreeString(self->pattern);
	pthread_mutex_destroy(&self->lock);
	mem_free(self);
}

HRESULT regexp_raise(struct automation_call *call, int error)
{
	if (error < 0)
		return error;
	return automation_raise(call, VBS_HR(error), VBS_RUNTIME_SOURCE, "%s",
				vbs_error_text(error));
}

/* ---- properties ---- */

static HRESULT regexp_pattern_get(struct automation_call *call)
{
	struct regexp *self = regexp_of(call->self);
	BSTR pattern;

	bool taken = mutex_enter(&self->lock);

	pattern = bstr_ref(self->pattern);
	mutex_leave(&self->lock, taken);
	return automation_return_bstr(call->result, pattern);
}

static HRESULT regexp_pattern_put(struct automation_call *call)
{
	struct regexp *self = regexp_of(call->self);
	BSTR pattern, old;
	HRESULT hr = variant_to_bstr(call->value, call->lcid, &pattern);

	if (FAILED(hr))
		return hr;
	bool taken = mutex_enter(&self->lock);

	if (bstr_compare(pattern, self->pattern))
		self->program = regexp_program_unref(self->program);
	old = self->pattern;
	self->pattern = pattern;
	mutex_leave(&self->lock, taken);
	SysFreeString(old);
	return S_OK;
}

static HRESULT return_flag(struct automation_call *call, unsigned flag)
{
	struct regexp *self = regexp_of(call->self);
	bool set;

	bool taken = mutex_enter(&self->lock);

	set = flag ? self->flags & flag : self->global;
	mutex_leave(&self->lock, taken);
	return automation_return_bool(call->result, set);
}

/* Flag 0 is Global, which does not belong to the program. */
static HRESULT put_flag(struct automation_call *call, unsigned flag)
{
	struct regexp *self = regexp_of(call->self);
	VARIANT v = { 0 };
	HRESULT hr = VariantChangeType(&v, call->value, 0, VT_BOOL);
	unsigned flags;

	if (FAILED(hr))
		return hr;
	bool taken = mutex_enter(&self->lock);

	flags = v.boolVal ? self->flags | flag : self->flags & ~flag;
	if (!flag)
		self->global = v.boolVal;
	if (flags != self->flags)
		self->program = regexp_program_unref(self->program);
	self->flags = flags;
	mutex_leave(&self->lock, taken);
	return S_OK;
}

static HRESULT regexp_ignore_case(struct automation_call *call)
{
	return call->value ? put_flag(call, REGEXP_IGNORE_CASE)
			   : return_flag(call, REGEXP_IGNORE_CASE);
}

static HRESULT regexp_global(struct automation_call *call)
{
	return call->value ? put_flag(call, 0) : return_flag(call, 0);
}

static HRESULT regexp_multiline(struct automation_call *call)
{
	return call->value ? put_flag(call, REGEXP_MULTILINE) : return_flag(call, REGEXP_MULTILINE);
}

/* ---- methods ---- */

/* A text argument: the caller's own, which stays while no code of others runs, or made of it. */
struct text_arg {
	BSTR s, made;
};

static HRESULT text_arg(const struct automation_call *call, UINT i, struct text_arg *ret)
{
	HRESULT hr = S_OK;

	ret->made = NULL;
	if (call->argv[i]->vt == VT_BSTR) {
		ret->s = call->argv[i]->bstrVal;
	} else {
		hr = automation_arg_bstr(call, i, &ret->made);
		ret->s = ret->made;
	}
	return hr;
}

/* Begins a search of `text`; the lock is held. */
static int search_begin(struct regexp *self, BSTR text, struct regexp_search *ret)
{
	int error = 0;

	if (!self->program)
		error = regexp_program_get(self->pattern, self->flags, &self->program);
	if (!error)
		error = regexp_search_begin(ret, self->program, &self->matcher, text,
					    SysStringLen(text));
	return error;
}

static HRESULT regexp_test(struct automation_call *call)
{
	struct regexp *self = regexp_of(call->self);
	struct regexp_search search;
	bool found = false;
	struct text_arg text;
	HRESULT hr = text_arg(call, 0, &text);
	int error;

	if (FAILED(hr))
		return hr;
	bool taken = mutex_enter(&self->lock);

	error = search_begin(self, text.s, &search);
	if (!error)
		error = regexp_search_next(&search, &found);
	mutex_leave(&self->lock, taken);
	SysFreeString(text.made);
	return error ? regexp_raise(call, error) : automation_return_bool(call->result, found);
}

/* The quick way (com/automation.h): of a text, without an error. */
static bool test_quick(struct automation_object *object, const VARIANT *argv, VARIANT *result)
{
	struct regexp *self = regexp_of(object);
	struct regexp_search search;
	bool found = false;
	int error;

	if (argv->vt != VT_BSTR)
		return false;
	bool taken = mutex_enter(&self->lock);

	error = search_begin(self, argv->bstrVal, &search);
	if (!error)
		error = regexp_search_next(&search, &found);
	mutex_leave(&self->lock, taken);
	result->vt = VT_BOOL;
	result->boolVal = found ? VARIANT_TRUE : VARIANT_FALSE;
	return !error;
}

static int execute(struct regexp *self, BSTR text, struct regexp_matches **ret)
{
	struct regexp_search search;
	bool found = true;
	int error = search_begin(self, text, &search);

	if (error)
		return error;
	*ret = regexp_matches_new(text, regexp_program_groups(self->program));
	if (!*ret)
		return 7;
	while (!(error = regexp_search_next(&search, &found)) && found) {
		error = regexp_matches_add(*ret, search.offsets);
		if (error || !self->global)
			break;
	}
	return error;
}

static HRESULT regexp_execute(struct automation_call *call)
{
	struct regexp *self = regexp_of(call->self);
	struct regexp_matches *matches = NULL;
	BSTR text;
	HRESULT hr = automation_arg_bstr(call, 0, &text);
	int error;

	if (FAILED(hr))
		return hr;
	bool taken = mutex_enter(&self->lock);

	error = execute(self, text, &matches);
	mutex_leave(&self->lock, taken);
	SysFreeString(text);
	if (!error)
		return automation_return_dispatch(call->result, regexp_matches_dispatch(matches));
	if (matches) {
		IDispatch *d = regexp_matches_dispatch(matches);

		d->lpVtbl->Release(d);
	}
	return regexp_raise(call, error);
}

static HRESULT regexp_replace_member(struct automation_call *call)
{
	struct regexp *self = regexp_of(call->self);
	struct regexp_search search;
	BSTR text, with, result = NULL;
	HRESULT hr = automation_arg_bstr(call, 0, &text);
	int error;

	if (FAILED(hr))
		return hr;
	hr = automation_arg_bstr(call, 1, &with);
	if (FAILED(hr)) {
		SysFreeString(text);
		return hr;
	}
	bool taken = mutex_enter(&self->lock);

	error = search_begin(self, text, &search);
	if (!error)
		error = regexp_replace(&search, self->global, text, with, &result);
	mutex_leave(&self->lock, taken);
	SysFreeString(text);
	SysFreeString(with);
	return error ? regexp_raise(call, error) : automation_return_bstr(call->result, result);
}

/* ---- the class ---- */

/* DISPIDs are those of the type library on Windows. */
static const struct automation_member regexp_members[] = {
	{ "Pattern", 10001, AUTOMATION_GET | AUTOMATION_PLAIN, 0, 0, regexp_pattern_get },
	{ "Pattern", 10001, AUTOMATION_PUT | AUTOMATION_PLAIN, 0, 0, regexp_pattern_put },
	{ "IgnoreCase", 10002, AUTOMATION_GETPUT | AUTOMATION_PLAIN, 0, 0, regexp_ignore_case },
	{ "Global", 10003, AUTOMATION_GETPUT | AUTOMATION_PLAIN, 0, 0, regexp_global },
	{ "Execute", 10004, AUTOMATION_METHOD | AUTOMATION_PLAIN, 1, 1, regexp_execute },
	{ "Test", 10005, AUTOMATION_METHOD | AUTOMATION_PLAIN, 1, 1, regexp_test, test_quick },
	{ "Replace", 10006, AUTOMATION_METHOD | AUTOMATION_PLAIN, 2, 2, regexp_replace_member },
	{ "Multiline", 10007, AUTOMATION_GETPUT | AUTOMATION_PLAIN, 0, 0, regexp_multiline },
};

static const struct automation_class regexp_class = {
	.name = "IRegExp2",
	.members = regexp_members,
	.member_count = ARRAY_LEN(regexp_members),
	.free = regexp_free,
};

HRESULT regexp_new(IUnknown **ret)
{
	struct regexp *self = mem_new(struct regexp);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &regexp_class);
	pthread_mutex_init(&self->lock, NULL);
	*ret = (IUnknown *)(void *)automation_dispatch(&self->object);
	return S_OK;
}
