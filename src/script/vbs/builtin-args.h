/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of built-in functions share: reading arguments, giving results.
 */
#pragma once

#include "base/mem.h"
#include "script/vbs/builtin.h"
#include "script/vbs/builtin-table.h"
#include "script/vbs/convert.h"
#include "script/vbs/engine.h"

#define BUILTIN(name)                                                                              \
	HRESULT vbs_fn_##name(struct vbs_engine *e, struct value *args, unsigned argc,             \
			      struct value *ret)

#define X(name, fn, least, most) BUILTIN(fn);
VBS_FUNCTIONS(X)
#undef X

static inline bool arg_given(struct value *args, unsigned argc, unsigned i)
{
	return i < argc && !value_missing(value_deref(&args[i]));
}
static inline bool arg_null(struct value *args, unsigned i)
{
	return value_deref(&args[i])->type == VT_NULL;
}
/* An argument that must be there. */
static inline HRESULT arg_int(struct vbs_engine *e, struct value *args, unsigned i, int32_t *ret)
{
	struct value *v = value_deref(&args[i]);

	if (v->type != VT_I2 && v->type != VT_I4)
		return vbs_to_int(&e->heap, v, ret);
	*ret = (int32_t)v->i;
	return S_OK;
}
static inline HRESULT arg_long(struct vbs_engine *e, struct value *args, unsigned argc, unsigned i,
			       int32_t fallback, int32_t *ret)
{
	if (!arg_given(args, argc, i)) {
		*ret = fallback;
		return S_OK;
	}
	return arg_int(e, args, i, ret);
}
/* A counted string. */
static inline HRESULT arg_string(struct vbs_engine *e, struct value *args, unsigned argc,
				 unsigned i, BSTR *ret)
{
	if (!arg_given(args, argc, i)) {
		*ret = NULL;
		return S_OK;
	}
	return vbs_to_string(&e->heap, &args[i], ret);
}
/* A text argument: borrowed from the script's own string where that cannot go away meanwhile. */
struct text_arg {
	BSTR s;
	bool made; /* `s` is counted */
};
static inline HRESULT text_arg_of(struct vbs_engine *e, struct value *v, bool lend,
				  struct text_arg *ret)
{
	ret->made = !lend;
	ret->s = lend ? v->str : NULL;
	return lend ? S_OK : vbs_to_string(&e->heap, v, &ret->s);
}
/* The argument that is read last of all. */
static inline HRESULT arg_text_last(struct vbs_engine *e, struct value *args, unsigned i,
				    struct text_arg *ret)
{
	struct value *v = value_deref(&args[i]);

	return text_arg_of(e, v, v->type == VT_BSTR, ret);
}
/* One after which only those behind it are read. Objects among them run code when they are asked
 * for their value, and that may change the variable a string is borrowed from. */
static inline HRESULT arg_text(struct vbs_engine *e, struct value *args, unsigned argc, unsigned i,
			       struct text_arg *ret)
{
	struct value *v = value_deref(&args[i]);
	bool lend = v->type == VT_BSTR;

	for (unsigned k = i + 1; k < argc && lend; k++)
		lend = value_deref(&args[k])->type != VT_DISPATCH;
	return text_arg_of(e, v, lend, ret);
}
static inline void text_arg_done(struct text_arg *t)
{
	if (t->made)
		SysFreeString(t->s);
}
static inline size_t units_of(BSTR s)
{
	return bstr_bytes(s) / sizeof(OLECHAR);
}
static inline HRESULT return_string(struct vbs_engine *e, const OLECHAR *units, size_t length,
				    struct value *ret)
{
	BSTR s;
	HRESULT hr = vbs_string_new(&e->heap, units, length, &s);

	if (SUCCEEDED(hr))
		*ret = VALUE_STR(s);
	return hr;
}
static inline HRESULT return_ascii(struct vbs_engine *e, const char *text, size_t length,
				   struct value *ret)
{
	BSTR s;
	HRESULT hr = vbs_string_from_utf8(&e->heap, text, length, &s);

	if (SUCCEEDED(hr))
		*ret = VALUE_STR(s);
	return hr;
}
static inline HRESULT return_value(struct value v, struct value *ret)
{
	*ret = v;
	return S_OK;
}
/* Where `needle` is in `hay` from unit `from` on; -1. `nocase`: simple case folding. */
ptrdiff_t vbs_find(const OLECHAR *hay, size_t hay_length, const OLECHAR *needle,
		   size_t needle_length, size_t from, bool nocase);
/* Where `needle` is in `hay` from unit `from` on, `most` times at most, places that do not overlap.
 * False: no memory; vbs_places_done follows in any case. */
struct vbs_places {
	uint32_t *at; /* a BSTR is shorter than 2^30 units */
	size_t count, capacity;
	uint32_t few[64];
};
bool vbs_find_all(const OLECHAR *hay, size_t hay_length, const OLECHAR *needle,
		  size_t needle_length, size_t from, size_t most, bool nocase,
		  struct vbs_places *ret);
void vbs_places_done(struct vbs_places *places);
OLECHAR vbs_fold(OLECHAR c);
/* Each unit in its other case, into `to`, which has room for `length` units. */
void vbs_change_case(const OLECHAR *from, size_t length, bool upper, OLECHAR *to);
