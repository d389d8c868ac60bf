/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See walk.h.
 */
#include "ndr/walk.h"

#include "base/mem.h"

#include <errno.h>

static const struct ndr_field *last_field(const struct ndr_type *type)
{
	return &type->fields[type->count - 1];
}

const struct ndr_type *ndr_tail(const struct ndr_type *type, const void **value, const void **scope)
{
	while (type->kind == NDR_STRUCT) {
		const struct ndr_field *f = last_field(type);

		*scope = *value;
		*value = (const char *)*value + f->offset;
		type = f->type;
	}
	return type;
}

bool ndr_size_with(const struct ndr_type *type, uint32_t count, size_t *ret)
{
	const struct ndr_type *array = type;
	size_t offset = 0, elements, all;

	if (!(type->flags & NDR_CONFORMANT)) {
		*ret = type->size;
		return true;
	}
	for (; array->kind == NDR_STRUCT; array = last_field(array)->type)
		offset += last_field(array)->offset;
	if (__builtin_mul_overflow((size_t)count, (size_t)array->of->size, &elements) ||
	    __builtin_add_overflow(offset, elements, &all))
		return false;
	*ret = all > type->size ? all : type->size;
	return true;
}

/* Elements up to and with the first NUL among `most`; 0: there is none. */
static uint32_t terminated(const struct ndr_type *element, const void *value, uint32_t most)
{
	if (element->size == 2) {
		const char16_t *units = value;

		for (uint32_t i = 0; i < most; i++) {
			if (!units[i])
				return i + 1;
		}
		return 0;
	}
	const char *end = memchr(value, 0, most);
	return end ? (uint32_t)(end - (const char *)value) + 1 : 0;
}

bool ndr_extent(const struct ndr_type *array, const void *value, const void *scope,
		struct ndr_extent *ret)
{
	struct ndr_extent x = { .size = array->count };

	if (array->expr && !ndr_eval_count(array->expr, scope, NDR_COUNT_MAX, &x.size))
		return false;
	if (array->flags & NDR_STRING) {
		bool known = array->expr || !(array->flags & NDR_CONFORMANT);

		x.length = terminated(array->of, value, known ? x.size : NDR_COUNT_MAX);
		if (!x.length)
			return false;
		if (!known)
			x.size = x.length;
	} else {
		if (array->first && !ndr_eval_count(array->first, scope, x.size, &x.first))
			return false;
		x.length = x.size - x.first;
		if (array->length && !ndr_eval_count(array->length, scope, x.length, &x.length))
			return false;
	}
	*ret = x;
	return true;
}

const struct ndr_arm *ndr_arm(const struct ndr_type *type, int64_t discriminant)
{
	const struct ndr_arm *fallback = NULL;

	for (uint32_t i = 0; i < type->count; i++) {
		if (type->arms[i].fallback)
			fallback = &type->arms[i];
		else if (type->arms[i].value == discriminant)
			return &type->arms[i];
	}
	return fallback;
}

bool ndr_discriminant(const struct ndr_type *type, const void *value, const void *scope,
		      int64_t *ret)
{
	if (!(type->flags & NDR_ENCAPSULATED))
		return type->expr && ndr_eval(type->expr, scope, ret);
	*ret = ndr_scalar_load(type->of->kind, value);
	return true;
}

const IID *ndr_iid(const struct ndr_type *type, const void *scope)
{
	int64_t address = 0;

	if (!type->expr)
		return type->iid;
	return ndr_eval(type->expr, scope, &address) ? (const IID *)(intptr_t)address : NULL;
}

void *ndr_list_add(struct ndr_list *list, size_t size, uint32_t most)
{
	if (list->count >= most)
		return NULL;
	if (list->count == list->capacity) {
		uint32_t capacity = list->capacity ? list->capacity * 2 : 32;
		void *items = mem_realloc(list->items, capacity, size);

		if (!items)
			return NULL;
		list->items = items;
		list->capacity = capacity;
	}
	void *item = (char *)list->items + (size_t)list->count++ * size;
	memset(item, 0, size);
	return item;
}

int ndr_fail(struct error *err, int code, enum ndr_status status, const struct ndr_type *type,
	     const char *why)
{
	const char *name = type && type->name[0] ? type->name : NULL;

	if (code == -ENOMEM)
		error_set(err, code, "out of memory");
	else
		error_set(err, code, "%s%s%s", name ? name : "", name ? ": " : "", why);
	if (err && code != -ENOMEM)
		err->hresult = (uint32_t)HRESULT_FROM_WIN32(status);
	return code;
}

HRESULT ndr_hresult(int result, const struct error *err)
{
	if (result == 0)
		return S_OK;
	if (result == -ENOMEM)
		return E_OUTOFMEMORY;
	return err && err->hresult ? (HRESULT)err->hresult : HRESULT_FROM_WIN32(NDR_BAD_STUB_DATA);
}
