/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every type and every method of every IDL file that is compiled in: values made by chance become
 * bytes and the same values again, in an arena and on the heap, and all is freed; with each
 * allocation failing once.
 */
#include "../unit.h"

#include "base/mem.h"
#include "ndr/ndr.h"

#include <errno.h>
#include <idl/modules.h>
#include <idl/ms-dcom.h>
#include <idl/ms-oaut.h>
#include <idl/ms-samr.h>
#include <stdio.h>

static const struct ndr_module *const modules[] = {
#define X(name) &ndr_module_##name,
	IDL_MODULES(X)
#undef X
};

#define ROUNDS 60

struct round {
	struct arena arena;
	struct buf bytes;
	struct error err;
	const char *name;
};

static void round_init(struct round *r, const char *name)
{
	*r = (struct round){ .name = name };
	arena_init(&r->arena, (size_t)64 << 20);
	buf_init(&r->bytes, (size_t)64 << 20);
}

static void round_done(struct round *r)
{
	arena_done(&r->arena);
	buf_done(&r->bytes);
}

static void require(struct round *r, int result, const char *what, uint64_t seed)
{
	if (result)
		fail_msg("%s: %s with seed %llu: %d, %s", r->name, what, (unsigned long long)seed,
			 result, r->err.text);
}

/* Whether chance made a value; not every try fits the bounds of a type. */
static bool type_round(const struct ndr_type *type, uint64_t seed, bool heap)
{
	struct ndr_random random = { seed, 200 };
	struct ndr_encoder e;
	struct ndr_decoder d;
	struct round r;
	void *value = NULL, *again = NULL;

	round_init(&r, type->name);
	/* A conformant type is only ever behind a pointer. */
	struct ndr_type pointer = { .name = type->name,
				    .kind = NDR_POINTER,
				    .align = 4,
				    .flags = NDR_UNIQUE,
				    .size = sizeof(void *),
				    .least = 4,
				    .of = type };
	if (type->flags & NDR_CONFORMANT)
		type = &pointer;
	value = mem_zalloc(1, type->size);
	again = mem_zalloc(1, type->size);
	assert_non_null(value);
	assert_non_null(again);
	int made = ndr_generate(type, value, &random, &r.arena);
	if (made == 0) {
		ndr_encoder_init(&e, &r.bytes, NULL, &r.err);
		require(&r, ndr_encode(&e, type, value), "encode", seed);
		ndr_encoder_done(&e);
		ndr_decoder_init(&d, r.bytes.data, r.bytes.length, NDR_DREP, heap ? NULL : &r.arena,
				 NDR_MEMORY_MAX, NULL, &r.err);
		require(&r, ndr_decode(&d, type, again), "decode", seed);
		assert_true(ndr_decoder_at_end(&d));
		ndr_decoder_done(&d);
		if (!ndr_equal(type, value, again))
			fail_msg("%s with seed %llu: another value came back", r.name,
				 (unsigned long long)seed);
		ndr_clear(type, again, heap);
		ndr_clear(type, value, false);
	}
	mem_free(value);
	mem_free(again);
	round_done(&r);
	return made == 0;
}

static void every_type(void **state)
{
	unsigned types = 0, rounds = 0;

	for (size_t m = 0; m < ARRAY_LEN(modules); m++) {
		for (uint32_t i = 0; i < modules[m]->type_count; i++) {
			const struct ndr_type *type = modules[m]->types[i];
			unsigned made = 0;

			if (type->flags & NDR_OPEN)
				continue;
			for (unsigned seed = 1; seed <= ROUNDS; seed++)
				made += type_round(type, seed * 2654435761u + i, seed % 2);
			if (!made)
				fail_msg("chance never made a %s", type->name);
			types++;
			rounds += made;
		}
	}
	print_message("# %u types, %u values\n", types, rounds);
	assert_true(types > 300);
}

/* With `heap` as a server of COM does it: what [in, out] pointers lead to is the method's to free.
 */
static bool call_round(const struct ndr_method *method, uint64_t seed, bool heap)
{
	struct ndr_random random = { seed, 200 };
	struct ndr_encoder e;
	struct ndr_decoder d;
	struct round r;
	size_t size = method->frame_size ? method->frame_size : 1;

	round_init(&r, method->name);
	void *frame = mem_zalloc(1, size), *server = mem_zalloc(1, size),
	     *client = mem_zalloc(1, size);
	assert_true(frame && server && client);
	int made = ndr_generate_call(method, frame, &random, &r.arena);
	for (unsigned direction = NDR_IN; made == 0 && direction <= NDR_OUT; direction++) {
		void *to = direction == NDR_IN ? server : client;

		buf_clear(&r.bytes);
		ndr_encoder_init(&e, &r.bytes, NULL, &r.err);
		require(&r, ndr_encode_call(&e, method, direction, frame), "encode", seed);
		ndr_encoder_done(&e);
		/* A client has the arguments; where its [out] pointers point chance has made. */
		if (direction == NDR_OUT)
			memcpy(client, frame, method->frame_size);
		for (uint32_t i = 0; direction == NDR_OUT && i < method->count; i++) {
			const struct ndr_field *p = &method->params[i];

			if (p->flags & (NDR_OUT | NDR_RESULT))
				memset((char *)client + p->offset, 0, p->type->size);
		}
		ndr_decoder_init(&d, r.bytes.data, r.bytes.length, NDR_DREP, &r.arena,
				 NDR_MEMORY_MAX, NULL, &r.err);
		d.inout_on_heap = heap && direction == NDR_IN;
		require(&r, ndr_decode_call(&d, method, direction, to), "decode", seed);
		assert_true(ndr_decoder_at_end(&d));
		ndr_decoder_done(&d);
		if (!ndr_equal_call(method, direction, frame, to))
			fail_msg("%s with seed %llu: another frame came back", r.name,
				 (unsigned long long)seed);
		/* What was copied is freed with the first frame; numbers stay, arrays are counted
		 * by them. */
		for (uint32_t i = 0; direction == NDR_OUT && i < method->count; i++) {
			const struct ndr_field *p = &method->params[i];
			bool simple =
				p->type->flags & NDR_SIMPLE ||
				(p->type->kind == NDR_POINTER && p->type->of->flags & NDR_SIMPLE);

			if (!simple && !(p->flags & (NDR_OUT | NDR_RESULT)))
				memset((char *)to + p->offset, 0, p->type->size);
		}
		ndr_clear_call(method, to, heap && direction == NDR_IN);
	}
	if (made == 0)
		ndr_clear_call(method, frame, false);
	mem_free(frame);
	mem_free(server);
	mem_free(client);
	round_done(&r);
	return made == 0;
}

static void every_method(void **state)
{
	unsigned methods = 0, rounds = 0;

	for (size_t m = 0; m < ARRAY_LEN(modules); m++) {
		for (uint32_t i = 0; i < modules[m]->interface_count; i++) {
			const struct ndr_interface *interface = modules[m]->interfaces[i];

			for (uint32_t k = 0; k < interface->count; k++) {
				const struct ndr_method *method = &interface->methods[k];
				unsigned made = 0;

				if (method->flags & NDR_LOCAL)
					continue;
				for (unsigned seed = 1; seed <= ROUNDS; seed++)
					made += call_round(method, seed * 2654435761u + k,
							   seed % 2);
				if (!made)
					fail_msg("chance never made a call of %s", method->name);
				methods++;
				rounds += made;
			}
		}
	}
	print_message("# %u methods, %u calls\n", methods, rounds);
	assert_true(methods > 400);
}

/* ---- failing allocations ---- */

static int faulty_round(void)
{
	static const struct ndr_type *const types[] = { &ndr_type_DUALSTRINGARRAY,
							&ndr_type_VARIANT,
							&ndr_type_SAMPR_PSID_ARRAY };
	int first = 0;

	for (size_t i = 0; i < ARRAY_LEN(types) && !first; i++) {
		struct ndr_type pointer = { .name = "",
					    .kind = NDR_POINTER,
					    .align = 4,
					    .flags = NDR_UNIQUE,
					    .size = sizeof(void *),
					    .least = 4,
					    .of = types[i] };
		struct ndr_random random = { 77 + i, 100 };
		struct ndr_encoder e = { 0 };
		struct ndr_decoder d = { 0 };
		struct round r;
		void *value = NULL, *again = NULL;
		int result;

		round_init(&r, "");
		result = ndr_generate(&pointer, &value, &random, &r.arena);
		ndr_encoder_init(&e, &r.bytes, NULL, &r.err);
		if (!result)
			result = ndr_encode(&e, &pointer, &value);
		ndr_decoder_init(&d, r.bytes.data, r.bytes.length, NDR_DREP, NULL, NDR_MEMORY_MAX,
				 NULL, &r.err);
		if (!result) {
			result = ndr_decode(&d, &pointer, &again);
			if (result)
				assert_null(again);
		}
		ndr_clear(&pointer, &again, true);
		ndr_clear(&pointer, &value, false);
		ndr_encoder_done(&e);
		ndr_decoder_done(&d);
		round_done(&r);
		first = result;
	}
	return first;
}

static void failing_allocations(void **state)
{
#ifdef SURROGATE_FAULTS
	long before = fault_live();
#endif
	unit_each_fault(FAULT_ALLOC, -ENOMEM, faulty_round);
#ifdef SURROGATE_FAULTS
	assert_int_equal(fault_live(), before);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(every_method),
		cmocka_unit_test(failing_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
