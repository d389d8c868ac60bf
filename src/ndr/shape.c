/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From tables to libffi: the C type of each parameter, a call interface for each method, and a
 * vtable for each interface whose slots all enter one function. They are made when first used and
 * never freed; lists are added to under a lock and read without.
 */
#include "ndr/shape.h"

#include "base/mem.h"
#include "ndr/expr.h"
#include "ndr/walk.h"

#include <errno.h>
#include <pthread.h>

#define BUCKETS 1024

/* The vtable for faces of an interface. */
struct shape {
	struct shape *next;
	const struct ndr_interface *interface;
	void **vtable;
};

static struct ndr_signature *signatures[BUCKETS];
static struct shape *shapes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- types ---- */

static ffi_type *c_type(const struct ndr_type *type);

static ffi_type *scalar_type(enum ndr_kind kind)
{
	static ffi_type *const types[] = {
		[NDR_BYTE] = &ffi_type_uint8,     [NDR_CHAR] = &ffi_type_sint8,
		[NDR_BOOLEAN] = &ffi_type_uint8,  [NDR_WCHAR] = &ffi_type_uint16,
		[NDR_INT8] = &ffi_type_sint8,     [NDR_UINT8] = &ffi_type_uint8,
		[NDR_INT16] = &ffi_type_sint16,   [NDR_UINT16] = &ffi_type_uint16,
		[NDR_INT32] = &ffi_type_sint32,   [NDR_UINT32] = &ffi_type_uint32,
		[NDR_INT64] = &ffi_type_sint64,   [NDR_UINT64] = &ffi_type_uint64,
		[NDR_INT3264] = &ffi_type_sint64, [NDR_UINT3264] = &ffi_type_uint64,
		[NDR_FLOAT] = &ffi_type_float,    [NDR_DOUBLE] = &ffi_type_double,
		[NDR_ENUM16] = &ffi_type_sint32,  [NDR_ENUM32] = &ffi_type_sint32,
	};

	return types[kind];
}

/* A struct that is passed by value, of these elements. */
static ffi_type *aggregate(uint32_t count, ffi_type *element)
{
	ffi_type *t = mem_new(ffi_type);
	ffi_type **elements = mem_zalloc(count + 1, sizeof(*elements));

	if (!t || !elements) {
		mem_free(elements);
		return mem_free(t);
	}
	for (uint32_t i = 0; i < count; i++)
		elements[i] = element;
	t->type = FFI_TYPE_STRUCT;
	t->elements = elements;
	return t;
}

static ffi_type *array_type(const struct ndr_type *type)
{
	ffi_type *element = c_type(type->of);

	return element && type->count ? aggregate(type->count, element) : NULL;
}

static ffi_type *struct_type(const struct ndr_type *type)
{
	ffi_type *t = aggregate(type->count, &ffi_type_uint8);

	for (uint32_t i = 0; t && i < type->count; i++) {
		t->elements[i] = c_type(type->fields[i].type);
		if (!t->elements[i])
			return NULL; /* kept: a shape is asked for once or twice in a process */
	}
	return t;
}

/* NULL: it cannot be passed by value, or there is no memory. */
static ffi_type *c_type(const struct ndr_type *type)
{
	if (ndr_is_scalar(type->kind))
		return scalar_type(type->kind);
	switch (type->kind) {
	case NDR_NONE:
	case NDR_POINTER:
	case NDR_INTERFACE:
		return &ffi_type_pointer;
	case NDR_STRUCT:
		return type->flags & NDR_CONFORMANT ? NULL : struct_type(type);
	case NDR_ARRAY:
		return type->flags & NDR_CONFORMANT ? NULL : array_type(type);
	case NDR_CONTEXT:
		return aggregate(5, &ffi_type_uint32);
	case NDR_USER:
		if (type->size == sizeof(void *))
			return &ffi_type_pointer;
		/* Above 16 bytes a struct is passed in memory, whatever its members are. */
		return type->size > 16 ? aggregate(type->size / 8, &ffi_type_uint64) : NULL;
	default:
		return NULL;
	}
}

/* ---- methods ---- */

static bool describe(struct ndr_signature *s, const struct ndr_method *method)
{
	const struct ndr_field *last = method->count ? &method->params[method->count - 1] : NULL;
	bool result = last && last->flags & NDR_RESULT;
	ffi_type *ret = result ? c_type(last->type) : &ffi_type_void;

	s->method = method;
	s->arguments = method->count - result;
	s->types = mem_zalloc(s->arguments + 1, sizeof(*s->types));
	if (!s->types || !ret)
		return false;
	s->types[0] = &ffi_type_pointer;
	for (uint32_t i = 0; i < s->arguments; i++) {
		s->types[i + 1] = c_type(method->params[i].type);
		if (!s->types[i + 1])
			return false;
	}
	return ffi_prep_cif(&s->cif, FFI_DEFAULT_ABI, s->arguments + 1, ret, s->types) == FFI_OK;
}

static struct ndr_signature **bucket_of(const struct ndr_method *method)
{
	return &signatures[(uintptr_t)method / sizeof(*method) % BUCKETS];
}

static struct ndr_signature *signature_find(const struct ndr_method *method)
{
	struct ndr_signature *s = __atomic_load_n(bucket_of(method), __ATOMIC_ACQUIRE);

	while (s && s->method != method)
		s = s->next;
	return s;
}

/* Under the lock. NULL: no memory, or nothing that C can be told of. */
static struct ndr_signature *signature_make(const struct ndr_method *method)
{
	struct ndr_signature *s = signature_find(method);

	if (s || method->frame_size > NDR_FRAME_MAX)
		return s;
	s = mem_new(struct ndr_signature);
	if (!s)
		return NULL;
	if (!describe(s, method)) {
		mem_free(s->types);
		return mem_free(s);
	}
	s->next = *bucket_of(method);
	__atomic_store_n(bucket_of(method), s, __ATOMIC_RELEASE);
	return s;
}

static struct ndr_signature *signature_of(const struct ndr_method *method)
{
	struct ndr_signature *s = signature_find(method);

	if (s)
		return s;
	pthread_mutex_lock(&lock);
	s = signature_make(method);
	pthread_mutex_unlock(&lock);
	return s;
}

/* ---- calling ---- */

int ndr_call_method(const struct ndr_method *method, IUnknown *object, void *frame)
{
	void *args[NDR_PARAMS_MAX + 1], *function;
	uint64_t ret[4] = { 0 };

	if (method->flags & (NDR_LOCAL | NDR_CALL_AS))
		return -ENOSYS;
	struct ndr_signature *s = signature_of(method);
	if (!s)
		return -ENOSYS;
	const struct ndr_field *result =
		s->arguments < method->count ? &method->params[s->arguments] : NULL;
	if (result && result->type->size > sizeof(ret))
		return -ENOSYS;
	args[0] = &object;
	for (uint32_t i = 0; i < s->arguments; i++)
		args[i + 1] = (char *)frame + method->params[i].offset;
	memcpy(&function, (const char *)object->lpVtbl + method->opnum * sizeof(void *),
	       sizeof(function));
	ffi_call(&s->cif, FFI_FN(function), ret, args);
	/* libffi returns small integers widened to a word: the low bytes are the number. */
	if (result)
		memcpy((char *)frame + result->offset, ret, result->type->size);
	return 0;
}

int ndr_invoke(const struct ndr_interface *interface, unsigned opnum, IUnknown *object, void *frame)
{
	const struct ndr_method *method = ndr_method_at(interface, opnum);

	if (!method)
		return -ENOSYS;
	if (!(method->flags & NDR_CALL_AS))
		return ndr_call_method(method, object, frame);
	const struct ndr_bridge *bridge = ndr_bridge_of(interface, opnum);
	if (!bridge)
		return -ENOSYS;
	HRESULT hr = bridge->serve(object, frame);
	memcpy((char *)frame + method->params[method->count - 1].offset, &hr, sizeof hr);
	return 0;
}

/* ---- faces ---- */

static HRESULT face_query(struct ndr_face *face, REFIID riid, void **ret)
{
	return face->methods->query(face, riid, ret);
}

static ULONG face_add(struct ndr_face *face)
{
	return face->methods->add(face);
}

static ULONG face_release(struct ndr_face *face)
{
	return face->methods->release(face);
}

static HRESULT face_missing(struct ndr_face *face)
{
	return E_NOTIMPL;
}

/* A call that never came back leaves [out] targets empty, as COM has it. */
static void forget_results(const struct ndr_method *method, void *frame)
{
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];
		void *target = p->type->kind == NDR_POINTER
				       ? ndr_pointer_at((char *)frame + p->offset)
				       : NULL;

		if ((p->flags & (NDR_IN | NDR_OUT)) == NDR_OUT && target &&
		    !(p->type->of->flags & NDR_CONFORMANT))
			memset(target, 0, p->type->of->size);
	}
}

static HRESULT call_face(struct ndr_face *face, const struct ndr_method *method, void *frame)
{
	HRESULT hr = face->methods->call(face, method, frame);

	if (FAILED(hr))
		forget_results(method, frame);
	return hr;
}

HRESULT ndr_face_call(void *This, unsigned opnum, void *frame)
{
	struct ndr_face *face = This;

	return call_face(face, ndr_method_at(face->interface, opnum), frame);
}

/* What the slots of all vtables run; `user` is the signature. */
static void face_enter(ffi_cif *cif, void *ret, void **args, void *user)
{
	const struct ndr_signature *s = user;
	const struct ndr_method *method = s->method;
	_Alignas(16) char frame[NDR_FRAME_MAX];
	struct ndr_face *face;

	memcpy(&face, args[0], sizeof face);
	memset(frame, 0, method->frame_size);
	for (uint32_t i = 0; i < s->arguments; i++)
		memcpy(frame + method->params[i].offset, args[i + 1], method->params[i].type->size);
	HRESULT hr = call_face(face, method, frame);
	if (s->arguments == method->count)
		return; /* void */
	const struct ndr_field *result = &method->params[s->arguments];
	if (result->type->size > sizeof(ffi_arg)) {
		memcpy(ret, frame + result->offset, result->type->size);
		return;
	}
	/* Any result of four bytes can tell of a failure on the way; others are 0 then. */
	int64_t word = ndr_is_scalar(result->type->kind)
			       ? ndr_scalar_load(result->type->kind, frame + result->offset)
			       : 0;
	if (FAILED(hr))
		word = result->type->size == sizeof hr ? hr : 0;
	memcpy(ret, &word, sizeof(ffi_arg));
}

/* Under the lock. */
static void *slot_code(const struct ndr_method *method)
{
	struct ndr_signature *s = signature_make(method);
	void *code = NULL;

	if (!s || s->code)
		return s ? s->code : NULL;
	ffi_closure *closure = ffi_closure_alloc(sizeof(*closure), &code);
	if (!closure)
		return NULL;
	if (ffi_prep_closure_loc(closure, &s->cif, face_enter, s, code) != FFI_OK) {
		ffi_closure_free(closure);
		return NULL;
	}
	s->code = code;
	return code;
}

static void *slot_of(const struct ndr_interface *interface, unsigned opnum)
{
	static void *const unknown[] = { (void *)face_query, (void *)face_add,
					 (void *)face_release };
	const struct ndr_method *method = ndr_method_at(interface, opnum);
	const struct ndr_bridge *bridge;

	if (opnum < 3 && interface->flags & NDR_OBJECT)
		return unknown[opnum];
	if (!method)
		return (void *)face_missing;
	if (!(method->flags & (NDR_CALL_AS | NDR_LOCAL)))
		return slot_code(method);
	bridge = ndr_bridge_of(interface, opnum);
	return bridge ? bridge->slot : (void *)face_missing;
}

static struct shape *shape_find(const struct ndr_interface *interface)
{
	struct shape *shape = __atomic_load_n(&shapes, __ATOMIC_ACQUIRE);

	while (shape && shape->interface != interface)
		shape = shape->next;
	return shape;
}

/* Under the lock. */
static struct shape *shape_make(const struct ndr_interface *interface)
{
	unsigned count = ndr_method_count(interface);
	struct shape *shape = shape_find(interface);

	if (shape)
		return shape;
	shape = mem_new(struct shape);
	void **vtable = mem_zalloc(count + 1, sizeof(*vtable));
	bool ok = shape && vtable;
	for (unsigned i = 0; ok && i < count; i++) {
		vtable[i] = slot_of(interface, i);
		ok = vtable[i] != NULL;
	}
	if (!ok) {
		mem_free(vtable);
		return mem_free(shape);
	}
	*shape = (struct shape){ .next = shapes, .interface = interface, .vtable = vtable };
	__atomic_store_n(&shapes, shape, __ATOMIC_RELEASE);
	return shape;
}

HRESULT ndr_face_init(struct ndr_face *face, const struct ndr_interface *interface,
		      const struct ndr_face_methods *methods)
{
	struct shape *shape = shape_find(interface);

	if (!shape) {
		pthread_mutex_lock(&lock);
		shape = shape_make(interface);
		pthread_mutex_unlock(&lock);
	}
	if (!shape)
		return E_NOTIMPL;
	*face = (struct ndr_face){ .lpVtbl = shape->vtable,
				   .interface = interface,
				   .methods = methods };
	return S_OK;
}
