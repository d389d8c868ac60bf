/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The & operator. Texts are looked at where they are, whole numbers are written on the stack, and
 * what the target alone holds grows in place; so that s = s & "line " & i costs one copy of what
 * is new. Counts bytes: text made by ChrB may have an odd number of them. Called by the machine.
 */
#include "script/vbs/engine.h"

#include "script/vbs/arithmetic.h"
#include "script/vbs/convert.h"
#include "script/vbs/digits.h"
#include "script/vbs/vm.h"

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
		p->bytes = p->room;
		p->length = vbs_digits_count(v->i) * sizeof(OLECHAR);
		vbs_digits_write(v->i, p->room, (unsigned)(p->length / sizeof(OLECHAR)));
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
		if (over && bstr_reuse(ret->str, a->length + b->length)) {
			memcpy(ret->str, a->bytes, a->length);
			memcpy((char *)ret->str + a->length, b->bytes, b->length);
			return S_OK;
		}
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

/* An operand that can be read as text without running anything or failing, and is not Null. */
struct span {
	const void *bytes; /* NULL: the digits of `number` */
	int64_t number;
	size_t length;
};

static inline bool span_of(const struct value *v, struct span *ret)
{
	const uint32_t whole = 1u << VT_UI1 | 1u << VT_I2 | 1u << VT_I4 | 1u << VT_I8;

	ret->bytes = NULL;
	ret->number = v->i;
	ret->length = 0;
	if (v->type == VT_BSTR || v->type == VBS_BYTES) {
		ret->bytes = v->str;
		ret->length = bstr_bytes(v->str);
	} else if (v->type < 32 && whole >> v->type & 1) {
		ret->length = vbs_digits_count(v->i) * sizeof(OLECHAR);
	} else {
		return v->type == VT_EMPTY;
	}
	return true;
}

static inline __attribute__((always_inline)) char *span_write(const struct span *span, char *to)
{
	if (!span->length)
		return to;
	if (span->bytes)
		mem_copy(to, span->bytes, span->length);
	else
		vbs_digits_write(span->number, to, (unsigned)(span->length / sizeof(OLECHAR)));
	return to + span->length;
}

/* The fast way, for two plain operands of which none is nothing, and none is the text to grow. A
 * text that only `ret` has is written over, as above. False: nothing happened. */
static inline __attribute__((always_inline)) bool concat_pair(struct vbs_engine *e,
							      const struct value *a,
							      const struct value *b,
							      struct value *ret, HRESULT *ret_hr)
{
	BSTR old = ret->type == VT_BSTR ? ret->str : NULL, text = old;
	struct span left, right;
	size_t total;

	if (!span_of(a, &left) || !span_of(b, &right) || !left.length || !right.length ||
	    (old && a == ret))
		return false;
	*ret_hr = S_OK;
	total = left.length + right.length;
	if (old == left.bytes || old == right.bytes || !bstr_reuse(old, total)) {
		*ret_hr = vbs_heap_charge(&e->heap, total + 24);
		text = SUCCEEDED(*ret_hr) ? bstr_new(total) : NULL;
		if (!text && SUCCEEDED(*ret_hr))
			*ret_hr = E_OUTOFMEMORY;
		if (!text)
			return true;
	}
	span_write(&right, span_write(&left, (char *)text));
	if (text != old)
		value_set(ret, VALUE_STR(text));
	return true;
}

static __attribute__((noinline)) HRESULT concat_operands(struct vbs_engine *e, struct value *a,
							 struct value *b, struct value *ret)
{
	struct value hold_a, hold_b = VALUE_EMPTY;
	HRESULT hr;

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

HRESULT vbs_concat(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret)
{
	HRESULT hr;

	a = value_deref(a);
	b = value_deref(b);
	return concat_pair(e, a, b, ret, &hr) ? hr : concat_operands(e, a, b, ret);
}

static inline void use_up(const struct vbs_frame *f, unsigned reg, unsigned result)
{
	if (reg >= f->proc->local_count && reg != result)
		value_clear(&f->base[reg]);
}

HRESULT vbs_step_concat(struct vbs_engine *e, const struct vbs_frame *f, uint32_t w)
{
	struct value *a = value_deref(&f->base[OP_B(w)]), *b = value_deref(&f->base[OP_C(w)]);
	HRESULT hr;

	if (!concat_pair(e, a, b, &f->base[OP_A(w)], &hr))
		hr = concat_operands(e, a, b, &f->base[OP_A(w)]);
	if (FAILED(hr))
		return hr;
	use_up(f, OP_B(w), OP_A(w));
	use_up(f, OP_C(w), OP_A(w));
	return hr;
}

/* ---- several at once ---- */

/* Makes `*s`, which may be NULL, `total` bytes longer; they are the caller's to write. */
static HRESULT lengthen(struct vbs_engine *e, BSTR *s, size_t total)
{
	size_t shared = *s && bstr_exclusive(*s) ? 0 : bstr_bytes(*s) + 24;
	HRESULT hr = vbs_heap_charge(&e->heap, total + shared);
	BSTR grown;

	if (FAILED(hr))
		return hr;
	grown = *s ? bstr_append_bytes(*s, NULL, total) : bstr_new(total);
	if (!grown)
		return E_OUTOFMEMORY;
	*s = grown;
	return S_OK;
}

/* The fast way, when all values are plain and the text that grows is none of the others. False:
 * nothing happened. */
static inline bool concat_plain(struct vbs_engine *e, struct value *target, struct value *v,
				unsigned count, HRESULT *ret)
{
	bool grows = target->type == VT_BSTR;
	BSTR text = grows ? target->str : NULL;
	struct span span;
	size_t total = 0, old = bstr_bytes(text);
	char *to;

	for (unsigned i = grows; i < count; i++) {
		const struct value *at = value_deref(&v[i]);

		if (!span_of(at, &span) || (grows && at->type == VT_BSTR && at->str == text))
			return false;
		total += span.length;
	}
	*ret = total ? lengthen(e, &text, total) : S_OK;
	if (FAILED(*ret))
		return true;
	to = total ? (char *)text + old : NULL;
	for (unsigned i = grows; i < count; i++) {
		(void)span_of(value_deref(&v[i]), &span);
		to = span_write(&span, to);
	}
	if (grows)
		target->str = text;
	else
		value_set(target, VALUE_STR(text));
	return true;
}

/* One after the other. Whatever runs meanwhile, the text that the first one has now is continued.
 */
static __attribute__((noinline)) HRESULT concat_slowly(struct vbs_engine *e, struct value *target,
						       struct value *v, unsigned count)
{
	struct value all = VALUE_EMPTY;
	HRESULT hr = S_OK;

	value_copy(&all, value_deref(v));
	for (unsigned i = 1; i < count && SUCCEEDED(hr); i++)
		hr = vbs_concat(e, &all, &v[i], &all);
	if (SUCCEEDED(hr))
		value_move(target, &all);
	value_clear(&all);
	return hr;
}

HRESULT vbs_concat_all(struct vbs_engine *e, struct value *v, unsigned count, bool in_place)
{
	struct value *target = in_place ? value_deref(v) : v;
	HRESULT hr;

	if (!concat_plain(e, target, v, count, &hr))
		hr = concat_slowly(e, target, v, count);
	if (FAILED(hr))
		return hr;
	for (unsigned i = 1; i < count; i++)
		value_clear(&v[i]);
	return S_OK;
}
