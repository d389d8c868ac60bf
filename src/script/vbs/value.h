/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of the machine: 16 bytes, a VARENUM type and a payload. Integers of every width live
 * sign-extended in `i`, reals and dates in `d`, so that one fast path serves several subtypes.
 *
 * Counted payloads (strings, objects, arrays, decimals) are shared by reference count: copying a
 * value never copies text, nor an array: arrays are copied when one of several holders writes.
 * An array of Byte, which scripts only get from objects and cannot write to, is a counted string
 * of bytes, so that uploads cost what they weigh and the functions of bytes need no copy.
 * Values belong to one engine and its thread; only constants of a program are shared, read-only.
 */
#pragma once

#include "com/bstr.h"

#include <surrogate/com.h>

struct vbs_engine;
struct vbs_heap;
struct vbs_array;

/* This bit is set in the type of every payload that has a count. VARENUM has it so: VT_BSTR,
 * VT_DISPATCH, VT_UNKNOWN and VT_DECIMAL have the bit, but VT_ERROR and VT_BOOL have it too. */
#define VBS_COUNTED 8

/* Types beside VARENUM's that exist only inside the machine. */
enum vbs_type {
	VBS_REF = VT_BYREF, /* a borrowed pointer to a slot that outlives it */
	VBS_ARRAY = VT_ARRAY | VT_VARIANT,
	VBS_BYTES = VT_ARRAY | VT_UI1 | VBS_COUNTED, /* Byte(): its bytes are in `str` */
	VBS_LOCK = 0x8000 | VBS_COUNTED, /* holds an array and its lock while an element is lent */
	VBS_ITER = 0x8010 | VBS_COUNTED, /* state of a For Each */
};
_Static_assert((VBS_ARRAY & VBS_COUNTED) != 0, "arrays have a count");

/* A literal of the source: in a comparison its type wins over that of the other operand. */
#define VBS_HARD 1

struct value {
	union {
		struct {
			uint16_t type;
			uint16_t flags; /* VBS_HARD, in constants only */
			uint32_t spare; /* length of a constant's text, while it is compiled */
		};
		uint64_t head; /* written whole: a store of 16 bits and a load of 64 would wait */
	};
	union {
		int64_t i;      /* UI1, I2, I4, I8, BOOL (-1 or 0), ERROR, CY (ten-thousandths) */
		double d;       /* R4 (rounded to float), R8, DATE */
		BSTR str;       /* may be NULL: "", or no bytes */
		IDispatch *obj; /* may be NULL: Nothing */
		IUnknown *unk;
		struct vbs_array *array;
		struct vbs_iter *iter;
		DECIMAL *decimal; /* read only once made; counted by struct vbs_decimal */
		struct value *ref;
	};
};
_Static_assert(sizeof(struct value) == 16, "a value is two words");

#define VBS_DIMS_MAX 60 /* VBScript's own limit */

struct vbs_bound {
	int32_t count; /* elements: upper bound + 1, the lower bound is always 0 */
};

struct vbs_array {
	uint32_t refs, locks;
	struct vbs_heap *heap;
	struct vbs_array *next_dead; /* on the heap's list while it is torn down */
	uint32_t mark;               /* of the last memory count */
	uint16_t dims;               /* 0: declared with Dim a(), not yet ReDim'ed, or erased */
	bool fixed;                  /* Dim a(3): ReDim is error 10 */
	size_t count;
	size_t length;            /* the count when there is one dimension, else 0: for one index */
	struct vbs_bound *bounds; /* left-most first; the left-most index runs slowest */
	struct value *items;
};

/* What every allocation of values is charged to, embedded in the engine. `charged` only grows;
 * when it passes the limit the engine counts what is really alive (memory.c). */
struct vbs_heap {
	size_t charged, limit;
	struct vbs_engine *engine;
	struct vbs_array *dead; /* arrays waiting to be torn down without recursion */
	bool burying;
};

/* True for payloads that have a count. */
static inline bool value_counted(const struct value *v)
{
	return v->type & VBS_COUNTED && (v->type & ~1) != VT_ERROR;
}
_Static_assert((VT_BOOL & ~1) == VT_ERROR, "both are plain");

void vbs_value_drop(const struct value *v); /* gives the count back; `v` itself stays as it is */
void vbs_value_drop_old(uint64_t head, int64_t payload); /* the same of what was in a value */
void vbs_value_keep(const struct value *v);              /* one more */
/* `*v` becomes Empty, what it held is dropped. */
void vbs_value_release(struct value *v);

/* Callers hold the old value of `*to` elsewhere, or know that it has no count. */
static inline void value_assign(struct value *to, const struct value *from)
{
	int64_t payload = from->i;

	to->head = from->type;
	to->i = payload;
}

static inline void value_clear(struct value *v)
{
	if (value_counted(v))
		vbs_value_release(v);
	else
		v->head = VT_EMPTY;
}

static inline struct value *value_deref(struct value *v)
{
	return v->type == VBS_REF ? v->ref : v;
}

/* Puts a value in the place of another, whose count goes last: its death may run a Class_Terminate
 * that looks at `*to`. The old one is read by halves, as it was written: a load of both at once
 * would wait for the stores. */
static inline void value_replace(struct value *to, uint64_t head, int64_t payload)
{
	uint64_t old_head = to->head;
	int64_t old_payload = to->i;
	bool counted = value_counted(to);

	to->head = head;
	to->i = payload;
	if (counted)
		vbs_value_drop_old(old_head, old_payload);
}

/* `*to`, whatever it holds, becomes a counted copy of `*from`. */
static inline void value_copy(struct value *to, const struct value *from)
{
	if (value_counted(from))
		vbs_value_keep(from);
	value_replace(to, from->type, from->i);
}

/* As value_copy, but `from` is emptied instead of counted. */
static inline void value_move(struct value *to, struct value *from)
{
	uint64_t head = from->type;

	from->head = VT_EMPTY;
	value_replace(to, head, from->i);
}

#define VALUE_EMPTY ((struct value){ .type = VT_EMPTY })
#define VALUE_NULL ((struct value){ .type = VT_NULL })
#define VALUE_I2(n) ((struct value){ .type = VT_I2, .i = (n) })
#define VALUE_I4(n) ((struct value){ .type = VT_I4, .i = (n) })
#define VALUE_R8(x) ((struct value){ .type = VT_R8, .d = (x) })
#define VALUE_DATE(x) ((struct value){ .type = VT_DATE, .d = (x) })
#define VALUE_BOOL(b) ((struct value){ .type = VT_BOOL, .i = (b) ? -1 : 0 })
#define VALUE_STR(s) ((struct value){ .type = VT_BSTR, .str = (s) })
#define VALUE_BYTES(s) ((struct value){ .type = VBS_BYTES, .str = (s) })
#define VALUE_OBJ(o) ((struct value){ .type = VT_DISPATCH, .obj = (o) })
#define VALUE_MISSING ((struct value){ .type = VT_ERROR, .i = DISP_E_PARAMNOTFOUND })

static inline bool value_missing(const struct value *v)
{
	return v->type == VT_ERROR && (HRESULT)v->i == DISP_E_PARAMNOTFOUND;
}
/* The caller's own reference goes to `*to`. */
static inline void value_set(struct value *to, struct value v)
{
	value_replace(to, v.head, v.i);
}

/* Charges `bytes` to the heap. E_OUTOFMEMORY when the engine's limit is reached. */
HRESULT vbs_heap_charge_slow(struct vbs_heap *heap, size_t bytes);
static inline HRESULT vbs_heap_charge(struct vbs_heap *heap, size_t bytes)
{
	if (__builtin_expect(heap->limit - heap->charged < bytes, 0))
		return vbs_heap_charge_slow(heap, bytes);
	heap->charged += bytes;
	return S_OK;
}

/* ---- strings ---- */

static inline size_t value_str_length(const struct value *v)
{
	return v->str ? SysStringByteLen(v->str) / 2 : 0;
}
/* A new string of `length` units charged to the heap; `units` may be NULL: the caller writes them
 * all. */
static inline HRESULT vbs_string_new(struct vbs_heap *heap, const OLECHAR *units, size_t length,
				     BSTR *ret)
{
	HRESULT hr;

	if (!length) {
		*ret = NULL;
		return S_OK;
	}
	if (length > BSTR_MAX_BYTES / 2)
		return E_OUTOFMEMORY;
	hr = vbs_heap_charge(heap, length * 2 + 24);
	if (FAILED(hr))
		return hr;
	BSTR s = units ? bstr_from_bytes(units, length * 2) : bstr_new(length * 2);

	if (!s)
		return E_OUTOFMEMORY;
	*ret = s;
	return S_OK;
}
/* The same for bytes, maybe an odd number of them: what text is to LenB and its kind. */
HRESULT vbs_bytes_new(struct vbs_heap *heap, const void *bytes, size_t length, BSTR *ret);
HRESULT vbs_string_from_utf8(struct vbs_heap *heap, const char *data, size_t length, BSTR *ret);

/* ---- arrays ---- */

/* `counts` are elements per dimension, left-most first; dims 0 makes an array without storage. */
HRESULT vbs_array_new(struct vbs_heap *heap, const int32_t *counts, unsigned dims,
		      struct vbs_array **ret);
/* One dimension of `count` empty elements. */
HRESULT vbs_array_vector(struct vbs_heap *heap, size_t count, struct vbs_array **ret);
void vbs_array_drop(struct vbs_array *array);
/* Makes the array in `slot` one that nobody else holds, copying when it is shared. */
HRESULT vbs_array_own(struct value *slot);
/* value_copy to a place that may lie inside an array. An array one of whose elements is lent is
 * copied for good: the place may be that element, or in it, and an array never comes to hold
 * itself. */
HRESULT vbs_array_put(struct value *slot, const struct value *v);
/* ReDim; with `preserve` only the last dimension may change (error 9), others keep. */
HRESULT vbs_array_redim(struct vbs_heap *heap, struct value *slot, const int32_t *counts,
			unsigned dims, bool preserve);
/* Erase: a fixed array's elements become Empty, a dynamic one loses its storage. */
HRESULT vbs_array_erase(struct value *slot);
/* The element at `indices` (converted as CLng does). Error 9 outside, also for a wrong number. */
HRESULT vbs_array_at(const struct vbs_array *array, struct value *const *indices, unsigned count,
		     struct value **ret);
