/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What RegExp.Execute gives: MatchCollection, Match and SubMatches. The collection holds the text,
 * by a reference, and the offsets of all matches; the other two are a place in it, made when they
 * are asked for, and so are the strings. Never changed once handed out, so any thread may use it.
 */
#include "library/vbscript/regexp.h"

#include "base/mem-small.h"
#include "com/bstr.h"

#define UNSET UINT32_MAX
#define LEAF_GET (AUTOMATION_GET | AUTOMATION_LEAF)
#define PLAIN_GET (AUTOMATION_GET | AUTOMATION_PLAIN)

struct regexp_matches {
	struct automation_object object;
	BSTR text;
	unsigned groups;
	size_t count, capacity;
	uint32_t *offsets; /* (groups + 1) * 2 for each match; a BSTR is shorter than 2^30 units */
};

/* A Match, or the SubMatches of one. */
struct place {
	struct automation_object object;
	struct regexp_matches *matches; /* counted */
	size_t index;
};

static size_t stride(const struct regexp_matches *matches)
{
	return ((size_t)matches->groups + 1) * 2;
}

/* ---- strings ---- */

/* Group `group` of match `index`, Empty when it took no part, into `*ret`, which is empty. */
static HRESULT return_group(const struct regexp_matches *matches, size_t index, size_t group,
			    VARIANT *ret)
{
	const uint32_t *at = matches->offsets + index * stride(matches) + group * 2;
	BSTR s;

	if (at[0] == UNSET)
		return S_OK;
	if (at[0] == 0 && at[1] && at[1] == SysStringLen(matches->text))
		s = bstr_ref(matches->text);
	else
		s = bstr_from_bytes(matches->text + at[0], (at[1] - at[0]) * sizeof *matches->text);
	return s ? automation_return_bstr(ret, s) : E_OUTOFMEMORY;
}

/* ---- the two places ---- */

static const struct automation_class match_class, submatches_class;

static HRESULT place_new(const struct automation_class *class, struct regexp_matches *matches,
			 size_t index, VARIANT *ret)
{
	struct place *self = mem_small_alloc(sizeof *self);
	IDispatch *owner = automation_dispatch(&matches->object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, class);
	owner->lpVtbl->AddRef(owner);
	self->matches = matches;
	self->index = index;
	return automation_return_dispatch(ret, automation_dispatch(&self->object));
}

static struct place *place_of(struct automation_object *object)
{
	return container_of(object, struct place, object);
}

static void place_free(struct automation_object *object)
{
	struct place *self = place_of(object);
	IDispatch *owner = automation_dispatch(&self->matches->object);

	owner->lpVtbl->Release(owner);
	mem_small_free(self, sizeof *self);
}

/* Argument 0 as an index below `count`. */
static HRESULT read_index(struct automation_call *call, size_t count, size_t *ret)
{
	const VARIANT *v = call->argv[0];
	LONG index = v->vt == VT_I4 ? v->lVal : v->iVal;
	HRESULT hr = v->vt == VT_I4 || v->vt == VT_I2 ? S_OK : automation_arg_long(call, 0, &index);

	if (FAILED(hr))
		return hr;
	if (index < 0 || (size_t)index >= count)
		return regexp_raise(call, 5);
	*ret = (size_t)index;
	return S_OK;
}

/* ---- Match ---- */

static HRESULT match_value(struct automation_call *call)
{
	struct place *self = place_of(call->self);

	return return_group(self->matches, self->index, 0, call->result);
}

static HRESULT match_first_index(struct automation_call *call)
{
	struct place *self = place_of(call->self);

	return automation_return_long(
		call->result, (LONG)self->matches->offsets[self->index * stride(self->matches)]);
}

static HRESULT match_length(struct automation_call *call)
{
	struct place *self = place_of(call->self);
	const uint32_t *at = self->matches->offsets + self->index * stride(self->matches);

	return automation_return_long(call->result, (LONG)(at[1] - at[0]));
}

/* SubMatches(i) in one step. */
static HRESULT match_submatches(struct automation_call *call)
{
	struct place *self = place_of(call->self);
	size_t index = 0;
	HRESULT hr;

	if (!call->argc)
		return place_new(&submatches_class, self->matches, self->index, call->result);
	hr = read_index(call, self->matches->groups, &index);
	return FAILED(hr) ? hr : return_group(self->matches, self->index, index + 1, call->result);
}

/* The quick way (com/automation.h) to a group, from a Match or its SubMatches. */
static bool group_quick(struct automation_object *object, const VARIANT *argv, VARIANT *result)
{
	struct place *self = place_of(object);
	LONG index = argv->vt == VT_I2 ? argv->iVal : argv->lVal;

	return (argv->vt == VT_I2 || argv->vt == VT_I4) && index >= 0 &&
	       (size_t)index < self->matches->groups &&
	       SUCCEEDED(return_group(self->matches, self->index, (size_t)index + 1, result));
}

/* DISPIDs are those of the type library on Windows. */
static const struct automation_member match_members[] = {
	{ "Value", DISPID_VALUE, LEAF_GET, 0, 0, match_value },
	{ "FirstIndex", 10001, LEAF_GET, 0, 0, match_first_index },
	{ "Length", 10002, LEAF_GET, 0, 0, match_length },
	{ "SubMatches", 10003, PLAIN_GET, 0, 1, match_submatches, group_quick },
};

static const struct automation_class match_class = {
	.name = "IMatch2",
	.members = match_members,
	.member_count = ARRAY_LEN(match_members),
	.free = place_free,
};

/* ---- collections ---- */

/* An enumerator over what `make` gives for 0 to count - 1. */
static HRESULT return_enum(struct automation_call *call, size_t count, automation_make_fn make)
{
	IUnknown *list;
	HRESULT hr = automation_enum_lazy(automation_dispatch(call->self), count, make, &list);

	if (SUCCEEDED(hr))
		*call->result = (VARIANT){ .vt = VT_UNKNOWN, .punkVal = list };
	return hr;
}

/* ---- SubMatches ---- */

static HRESULT submatch(IDispatch *owner, size_t index, VARIANT *ret)
{
	struct place *self = place_of(container_of(owner, struct automation_object, dispatch));

	return return_group(self->matches, self->index, index + 1, ret);
}

static HRESULT submatches_item(struct automation_call *call)
{
	size_t index = 0;
	HRESULT hr = read_index(call, place_of(call->self)->matches->groups, &index);

	return FAILED(hr) ? hr : submatch(automation_dispatch(call->self), index, call->result);
}

static HRESULT submatches_count(struct automation_call *call)
{
	return automation_return_long(call->result, (LONG)place_of(call->self)->matches->groups);
}

static HRESULT submatches_enum(struct automation_call *call)
{
	return return_enum(call, place_of(call->self)->matches->groups, submatch);
}

static const struct automation_member submatches_members[] = {
	{ "Item", DISPID_VALUE, PLAIN_GET, 1, 1, submatches_item, group_quick },
	{ "Count", 1, LEAF_GET, 0, 0, submatches_count },
	{ "_NewEnum", DISPID_NEWENUM, LEAF_GET, 0, 0, submatches_enum },
};

static const struct automation_class submatches_class = {
	.name = "ISubMatches",
	.members = submatches_members,
	.member_count = ARRAY_LEN(submatches_members),
	.free = place_free,
};

/* ---- MatchCollection ---- */

static struct regexp_matches *matches_of(struct automation_object *object)
{
	return container_of(object, struct regexp_matches, object);
}

static void matches_free(struct automation_object *object)
{
	struct regexp_matches *self = matches_of(object);

	SysFreeString(self->text);
	mem_free(self->offsets);
	mem_free(self);
}

static HRESULT match_at(IDispatch *owner, size_t index, VARIANT *ret)
{
	struct regexp_matches *self =
		matches_of(container_of(owner, struct automation_object, dispatch));

	return place_new(&match_class, self, index, ret);
}

static HRESULT matches_item(struct automation_call *call)
{
	size_t index = 0;
	HRESULT hr = read_index(call, matches_of(call->self)->count, &index);

	return FAILED(hr) ? hr : match_at(automation_dispatch(call->self), index, call->result);
}

static HRESULT matches_count(struct automation_call *call)
{
	return automation_return_long(call->result, (LONG)matches_of(call->self)->count);
}

static HRESULT matches_enum(struct automation_call *call)
{
	return return_enum(call, matches_of(call->self)->count, match_at);
}

static const struct automation_member matches_members[] = {
	{ "Item", DISPID_VALUE, PLAIN_GET, 1, 1, matches_item },
	{ "Count", 1, LEAF_GET, 0, 0, matches_count },
	{ "_NewEnum", DISPID_NEWENUM, LEAF_GET, 0, 0, matches_enum },
};

static const struct automation_class matches_class = {
	.name = "IMatchCollection2",
	.members = matches_members,
	.member_count = ARRAY_LEN(matches_members),
	.free = matches_free,
};

/* ---- building ---- */

struct regexp_matches *regexp_matches_new(BSTR text, unsigned groups)
{
	struct regexp_matches *self = mem_new(struct regexp_matches);

	if (!self)
		return NULL;
	automation_init(&self->object, &matches_class);
	self->text = bstr_ref(text);
	self->groups = groups;
	return self;
}

int regexp_matches_add(struct regexp_matches *self, const size_t *offsets)
{
	size_t n = stride(self);

	if (self->count == self->capacity) {
		size_t capacity = self->capacity ? self->capacity * 2 : 1;
		uint32_t *grown = NULL;

		if (capacity <= REGEXP_MATCHES_MAX / sizeof *grown / n)
			grown = mem_realloc(self->offsets, capacity * n, sizeof *grown);
		if (!grown)
			return 7;
		self->offsets = grown;
		self->capacity = capacity;
	}
	for (size_t i = 0; i < n; i++)
		self->offsets[self->count * n + i] =
			offsets[i] == REGEXP_UNSET ? UNSET : (uint32_t)offsets[i];
	self->count++;
	return 0;
}

IDispatch *regexp_matches_dispatch(struct regexp_matches *self)
{
	return automation_dispatch(&self->object);
}
