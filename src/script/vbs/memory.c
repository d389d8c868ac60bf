/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory limit. Charging only adds; when the sum reaches the limit, what is really alive is
 * counted by walking from the roots: globals, registers, fields of instances. So allocation and
 * release stay cheap, and the limit is exact where it matters.
 */
#include "script/vbs/instance.h"

#define WALK_DEPTH 64

/* com/bstr.h documents the header in front of the text. */
static uint32_t holders(BSTR s)
{
	uint32_t refs = ((const uint32_t *)(const void *)s)[-4];

	return refs ? refs : 1;
}

static size_t count_value(struct vbs_engine *e, const struct value *v, unsigned depth)
{
	size_t size = 0;

	if ((v->type == VT_BSTR || v->type == VBS_BYTES) && v->str) {
		/* Shared text counts once in all: each holder bears its part. */
		return (SysStringByteLen(v->str) + 24) / holders(v->str);
	}
	if ((v->type != VBS_ARRAY && v->type != VBS_LOCK) || v->array->mark == e->mark ||
	    depth > WALK_DEPTH)
		return 0;
	v->array->mark = e->mark;
	size = sizeof *v->array + v->array->count * sizeof *v;
	for (size_t i = 0; i < v->array->count; i++)
		size += count_value(e, &v->array->items[i], depth + 1);
	return size;
}

static size_t count_stack(struct vbs_engine *e)
{
	const struct value *end = e->stack;
	size_t size = 0;

	if (e->depth)
		end = e->frames[e->depth - 1].base + e->frames[e->depth - 1].proc->registers;
	for (const struct value *v = e->stack; v < end; v++)
		size += count_value(e, v, 0);
	return size;
}

size_t vbs_memory_count(struct vbs_engine *e)
{
	size_t size, at = 0;
	struct text key;
	void *item;

	e->mark++;
	size = count_stack(e);
	while (map_next(e->globals, &at, &key, &item))
		size += count_value(e, &((struct vbs_global *)item)->value, 0);
	for (struct vbs_instance *i = e->instances; i; i = i->next) {
		uint32_t n = i->class ? i->class->field_count : 0;

		size += 128 + n * sizeof(struct value);
		for (uint32_t k = 0; k < n; k++)
			size += count_value(e, &i->fields[k], 0);
	}
	return size;
}

HRESULT vbs_heap_charge_slow(struct vbs_heap *heap, size_t bytes)
{
	size_t alive;

	if (bytes > heap->limit)
		return E_OUTOFMEMORY;
	alive = vbs_memory_count(heap->engine);
	/* Never above the limit, even when what was not charged (a component's text) is: what is
	 * left of it is asked for by subtraction. */
	heap->charged = alive < heap->limit ? alive : heap->limit;
	if (heap->limit - heap->charged < bytes)
		return E_OUTOFMEMORY;
	heap->charged += bytes;
	return S_OK;
}
