/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The & operator. Texts are looked at where they are, whole numbers are written on the stack, and
 * what the target alone holds grows in place; so that s = s & "line " & i costs one copy of what
 * is new. Counts bytes: text made by ChrB may have an odd number of them. Called by the machine.
 */
#include "script/vbs/engine.h"

#include "script/vbs/arithmetic.h"
#include "script/vbs/convert.h"

/* An operand as text: borrowed from a value that stays, on the stack, or made for this. */
struct piece {
	const void *bytes;
	size_t length;
	BSTR text; /* all of it, when it is a string already */
	bool made; /* and ours */
	OLECHAR room[VBS_DIGITS_MAX];
};

static void piece_text(BSTR text, struct piece *p)
{
	p->text = text;
	p->bytes = text;
	p->length = bstr_bytes(text);
}

static HRESULT piece_make(struct vbs_engine *e, struct value *v, struct piece *p)
{
	BSTR text;
	HRESULT hr = vbs_to_string(&e->heap, v, &text);

	piece_text(NULL, p);
	if (FAILED(hr))
		return hr == VBS_HR(13) ? vbs_mismatch(e, v) : hr;
	piece_text(text, p);
	p->made = true;
	return S_OK;
}

static inline HRESULT piece_of(struct vbs_engine *e, struct value *v, struct piece *p)
{
	p->made = false;
	switch (v->type) {
	case VT_BSTR:
	case VBS_BYTES:
		piece_text(v->str, p);
		return S_OK;
	case VT_UI1:
	case VT_I2:
	case VT_I4:
	case VT_I8:
		p->text = NULL;
		p->bytes = vbs_digits(v->i, p->room, &p->length);
		p->length *= sizeof(OLECHAR);
		return S_OK;
	case VT_NULL:
	case VT_EMPTY:
		piece_text(NULL, p);
		return S_OK;
	default:
		return piece_make(e, v, p);
	}
}

static void piece_done(struct piece *p)
{
	if (p->made)
		SysFreeString(p->text);
}

/* The piece as a string of the caller's. */
static HRESULT piece_string(struct vbs_engine *e, const struct piece *p, BSTR *ret)
{
	if (p->text || !p->length) {
		*ret = bstr_ref(p->text);
		return S_OK;
	}
	return vbs_string_new(&e->heap, p->bytes, p->length / sizeof(OLECHAR), ret);
}

/* *s := *s & tail, where `s` holds one reference. */
static HRESULT append(struct vbs_engine *e, BSTR *s, const struct piece *tail)
{
	BSTR grown;
	HRESULT hr;

	if (!tail->length)
		return S_OK;
	if (!*s)
		return piece_string(e, tail, s);
	hr = vbs_heap_charge(&e->heap, tail->length);
	if (SUCCEEDED(hr) && !bstr_exclusive(*s))
		hr = vbs_heap_charge(&e->heap, SysStringByteLen(*s) + 24);
	if (FAILED(hr))
		return hr;
	grown = bstr_append_bytes(*s, tail->bytes, tail->length);
	if (!grown)
		return E_OUTOFMEMORY;
	*s = grown;
	return S_OK;
}

/* *ret := a & b. A text that only `ret` has, and which is none of the pieces, is written over: a
 * variable in a loop keeps its memory. */
static HRESULT join(struct vbs_engine *e, const struct piece *a, const struct piece *b,
		    struct value *ret)
{
	bool over = ret->type == VT_BSTR && ret->str != a->text && ret->str != b->text;
	BSTR text = NULL;
	HRESULT hr;

	if (!a->length || !b->length) {
		hr = piece_string(e, a->length ? a : b, &text);
	} else {
		if (over && bstr_rewrite(ret->str, a->bytes, a->length, b->bytes, b->length))
			return S_OK;
		hr = vbs_heap_charge(&e->heap, a->length + b->length + 24);
		if (SUCCEEDED(hr))
			text = bstr_join(a->bytes, a->length, b->bytes, b->length);
		if (SUCCEEDED(hr) && !text)
			hr = E_OUTOFMEMORY;
	}
	if (SUCCEEDED(hr))
		value_set(ret, VALUE_STR(text));
	return hr;
}

/* Of plain operands. */
static HRESULT concat(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	struct piece left, right;
	HRESULT hr;

	if (a->type == VT_NULL && b->type == VT_NULL) {
		value_set(ret, VALUE_NULL);
		return S_OK;
	}
	hr = piece_of(e, b, &right);
	if (FAILED(hr))
		return hr;
	if (a == ret && a->type == VT_BSTR) {
		/* The target is the left operand: its own reference is the one to grow. */
		hr = append(e, &ret->str, &right);
	} else {
		hr = piece_of(e, a, &left);
		if (SUCCEEDED(hr)) {
			hr = join(e, &left, &right, ret);
			piece_done(&left);
		}
	}
	piece_done(&right);
	return hr;
}

HRESULT vbs_concat(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	struct value hold_a, hold_b = VALUE_EMPTY;
	HRESULT hr;

	a = value_deref(a);
	b = value_deref(b);
	if (a->type != VT_DISPATCH && b->type != VT_DISPATCH)
		return concat(e, a, b, ret);
	hr = vbs_operand(e, &a, &hold_a);
	if (SUCCEEDED(hr))
		hr = vbs_operand(e, &b, &hold_b);
	if (SUCCEEDED(hr))
		hr = concat(e, a, b, ret);
	value_clear(&hold_a);
	value_clear(&hold_b);
	return hr;
}

/* ---- several at once ---- */

/* Whether reading the value as text runs nothing and cannot fail, nor gives Null. */
static bool is_plain(const struct value *v)
{
	switch (v->type) {
	case VT_EMPTY:
	case VT_UI1:
	case VT_I2:
	case VT_I4:
	case VT_I8:
	case VT_BSTR:
	case VBS_BYTES:
		return true;
	default:
		return false;
	}
}

/* Appends the pieces to `*s`, which may be NULL, with one look at the memory. */
static HRESULT append_all(struct vbs_engine *e, BSTR *s, const struct piece *pieces, unsigned count)
{
	size_t old = SysStringByteLen(*s), total = 0;
	char *to;
	BSTR grown;
	HRESULT hr;

	for (unsigned i = 0; i < count; i++)
		total += pieces[i].length;
	hr = vbs_heap_charge(&e->heap, total + (bstr_exclusive(*s) ? 0 : old + 24));
	if (FAILED(hr) || !total)
		return hr;
	grown = bstr_append_bytes(*s, NULL, total);
	if (!grown)
		return E_OUTOFMEMORY;
	*s = grown;
	to = (char *)grown + old;
	for (unsigned i = 0; i < count; i++) {
		if (pieces[i].length)
			memcpy(to, pieces[i].bytes, pieces[i].length);
		to += pieces[i].length;
	}
	return S_OK;
}

/* The fast way, when all values are plain and the text that grows is none of the others. False:
 * nothing happened. */
static bool concat_plain(struct vbs_engine *e, struct value *target, struct value *v,
			 unsigned count, HRESULT *ret)
{
	bool grows = target->type == VT_BSTR;
	struct piece pieces[JOIN_MAX];
	BSTR text = NULL;

	for (unsigned i = 0; i < count; i++) {
		struct value *at = value_deref(&v[i]);

		if (!is_plain(at) || (i && grows && at->type == VT_BSTR && at->str == target->str))
			return false;
		if (!i && grows)
			pieces[i].length = 0;
		else
			piece_of(e, at, &pieces[i]);
	}
	if (grows) {
		*ret = append_all(e, &target->str, pieces, count);
		return true;
	}
	*ret = append_all(e, &text, pieces, count);
	if (SUCCEEDED(*ret))
		value_set(target, VALUE_STR(text));
	return true;
}

HRESULT vbs_concat_all(struct vbs_engine *e, struct value *v, unsigned count, bool in_place)
{
	struct value *target = in_place ? value_deref(v) : v, all = VALUE_EMPTY;
	HRESULT hr = S_OK;

	if (!concat_plain(e, target, v, count, &hr)) {
		/* Whatever runs meanwhile, the text that the first one has now is continued. */
		value_copy(&all, value_deref(v));
		for (unsigned i = 1; i < count && SUCCEEDED(hr); i++)
			hr = vbs_concat(e, &all, &v[i], &all);
		if (SUCCEEDED(hr))
			value_move(target, &all);
		value_clear(&all);
	}
	for (unsigned i = 1; i < count && SUCCEEDED(hr); i++)
		value_clear(&v[i]);
	return hr;
}
