/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stub data of every method, in both directions, and every type of every IDL file: any bytes are a
 * value or are refused, what was read encodes to something that reads as the same value, all is
 * freed, and the value prints. The first four bytes choose: module, item, kind and options, seed.
 */
#include "fuzz.h"

#include "../tests/unit/ndr/objects.h"

#include <idl/modules.h>

static const struct ndr_module *const modules[] = {
#define X(name) &ndr_module_##name,
	IDL_MODULES(X)
#undef X
};

#define MEMORY ((size_t)4 << 20)

struct choice {
	const struct ndr_type *type;
	const struct ndr_method *method;
	unsigned direction;
	uint32_t drep;
	bool heap;
	uint64_t seed;
};

static struct ndr_encoder encoder;
static struct ndr_decoder decoder;
static struct buf bytes, text;

static void know(int r)
{
	FUZZ_REQUIRE(r == 0 || r == -EBADMSG || r == -ENOBUFS || r == -ENOMEM || r == -EINVAL);
}

static bool choose(const uint8_t *data, struct choice *c)
{
	const struct ndr_module *m = modules[data[0] % ARRAY_LEN(modules)];
	unsigned item = data[1] + (data[2] & 3u) * 256;

	c->drep = data[2] & 0x10 ? 0 : NDR_DREP;
	c->heap = data[2] & 0x20;
	c->direction = data[2] & 0x40 ? NDR_OUT : NDR_IN;
	c->seed = data[3] + 1u;
	if (data[2] & 0x80) {
		c->type = m->type_count ? m->types[item % m->type_count] : NULL;
		return c->type && !(c->type->flags & NDR_OPEN);
	}
	for (uint32_t i = 0; i < m->interface_count; i++) {
		if (item < m->interfaces[i]->count) {
			c->method = &m->interfaces[i]->methods[item];
			return !(c->method->flags & NDR_LOCAL);
		}
		item -= m->interfaces[i]->count;
	}
	return false;
}

static void one_type(const struct choice *c, const uint8_t *data, size_t size)
{
	const struct ndr_type pointer = { .name = "",
					  .kind = NDR_POINTER,
					  .align = 4,
					  .flags = NDR_UNIQUE,
					  .size = sizeof(void *),
					  .least = 4,
					  .of = c->type };
	const struct ndr_type *type = c->type->flags & NDR_CONFORMANT ? &pointer : c->type;
	struct arena arena;

	arena_init(&arena, MEMORY * 4);
	void *value = arena_zalloc(&arena, 1, type->size),
	     *again = arena_zalloc(&arena, 1, type->size);
	FUZZ_REQUIRE(value && again);
	ndr_decoder_restart(&decoder, data, size, c->drep, c->heap ? NULL : &arena, MEMORY,
			    &byte_objects, NULL);
	int r = ndr_decode(&decoder, type, value);
	know(r);
	if (r == 0) {
		buf_clear(&text);
		ndr_print(type, value, &text);
		buf_clear(&bytes);
		ndr_encoder_restart(&encoder, &bytes, &byte_objects, NULL);
		r = ndr_encode(&encoder, type, value);
		FUZZ_REQUIRE(r == 0 || r == -ENOBUFS);
		if (r == 0) {
			ndr_decoder_restart(&decoder, bytes.data, bytes.length, NDR_DREP, &arena,
					    MEMORY * 2, &byte_objects, NULL);
			r = ndr_decode(&decoder, type, again);
			FUZZ_REQUIRE(r == 0 || r == -ENOBUFS);
		}
	}
	ndr_clear(type, again, false);
	ndr_clear(type, value, c->heap);
	arena_done(&arena);
}

/* What is written of the first frame reads as the second, which writes the same bytes. */
static void recode(const struct choice *c, const void *frame, void *again, struct arena *arena)
{
	struct buf second;

	buf_clear(&text);
	ndr_print_call(c->method, c->direction, frame, &text);
	buf_clear(&bytes);
	ndr_encoder_restart(&encoder, &bytes, &byte_objects, NULL);
	int r = ndr_encode_call(&encoder, c->method, c->direction, frame);
	FUZZ_REQUIRE(r == 0 || r == -ENOBUFS);
	if (r)
		return;
	ndr_decoder_restart(&decoder, bytes.data, bytes.length, NDR_DREP, arena, MEMORY * 2,
			    &byte_objects, NULL);
	r = ndr_decode_call(&decoder, c->method, c->direction, again);
	FUZZ_REQUIRE(r == 0 || r == -ENOBUFS);
	if (r)
		return;
	buf_init(&second, MEMORY * 4);
	ndr_encoder_restart(&encoder, &second, &byte_objects, NULL);
	r = ndr_encode_call(&encoder, c->method, c->direction, again);
	FUZZ_REQUIRE(r == 0 && second.length == bytes.length);
	FUZZ_REQUIRE(!second.length || !memcmp(second.data, bytes.data, bytes.length));
	buf_done(&second);
}

static void forget(const struct ndr_method *m, char *frame, unsigned keep)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct ndr_field *p = &m->params[i];
		unsigned goes = p->flags & NDR_RESULT ? NDR_OUT : p->flags & (NDR_IN | NDR_OUT);

		if (goes & ~keep)
			memset(frame + p->offset, 0, p->type->size);
	}
}

static void one_call(const struct choice *c, const uint8_t *data, size_t size)
{
	const struct ndr_method *m = c->method;
	struct ndr_random random = { c->seed, 30 };
	struct arena arena;

	arena_init(&arena, MEMORY * 8);
	char *frame = arena_zalloc(&arena, 1, m->frame_size + 1);
	char *again = arena_zalloc(&arena, 1, m->frame_size + 1);
	char *request = arena_zalloc(&arena, 1, m->frame_size + 1);
	FUZZ_REQUIRE(frame && again && request);
	/* An answer is read beside a request that was. */
	bool answer =
		c->direction == NDR_OUT && ndr_generate_call(m, request, &random, &arena) == 0;
	if (answer) {
		memcpy(frame, request, m->frame_size);
		memcpy(again, request, m->frame_size);
		forget(m, frame, NDR_IN);
		forget(m, again, NDR_IN);
	}
	ndr_decoder_restart(&decoder, data, size, c->drep, &arena, MEMORY, &byte_objects, NULL);
	bool heap = c->heap && c->direction == NDR_IN;
	decoder.inout_on_heap = heap;
	int r = ndr_decode_call(&decoder, m, c->direction, frame);
	know(r);
	if (r == 0)
		recode(c, frame, again, &arena);
	/* The request's own belong to one frame only; its numbers count the arrays of the others.
	 */
	for (uint32_t i = 0; answer && i < m->count; i++) {
		const struct ndr_field *p = &m->params[i];
		bool simple = p->type->flags & NDR_SIMPLE ||
			      (p->type->kind == NDR_POINTER && p->type->of->flags & NDR_SIMPLE);

		if (!simple && !(p->flags & (NDR_OUT | NDR_RESULT))) {
			memset(frame + p->offset, 0, p->type->size);
			memset(again + p->offset, 0, p->type->size);
		}
	}
	ndr_clear_call(m, again, false);
	ndr_clear_call(m, frame, heap);
	if (answer)
		ndr_clear_call(m, request, false);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choice c = { 0 };

	if (!encoder.scratch.limit) {
		buf_init(&bytes, MEMORY * 4);
		buf_init(&text, 1 << 20);
		ndr_encoder_init(&encoder, &bytes, NULL, NULL);
		ndr_decoder_init(&decoder, NULL, 0, NDR_DREP, NULL, MEMORY, NULL, NULL);
	}
	if (size < 4 || !choose(data, &c))
		return 0;
	if (c.type)
		one_type(&c, data + 4, size - 4);
	else
		one_call(&c, data + 4, size - 4);
	FUZZ_REQUIRE(byte_objects_alive == 0);
	return 0;
}
