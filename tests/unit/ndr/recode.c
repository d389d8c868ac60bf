/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recode INTERFACE METHOD in|out: reads the stub data of a call as hexadecimal digits from standard
 * input, prints it in words, then "bytes" and the digits of what it encodes to again.
 * recode --pickle TYPE: the same of a type serialized on its own.
 * A line of input is one message; for "out" the request may stand in front of it, with a blank
 * between, when sizes in the answer depend on it. An error is a line too. Tests of other languages
 * use it.
 */
#include "objects.h"

#include <idl/modules.h>
#include <stdio.h>

static const struct ndr_module *const modules[] = {
#define X(name) &ndr_module_##name,
	IDL_MODULES(X)
#undef X
};

static const struct ndr_method *find_method(const char *interface, const char *name)
{
	for (size_t m = 0; m < ARRAY_LEN(modules); m++) {
		for (uint32_t i = 0; i < modules[m]->interface_count; i++) {
			const struct ndr_interface *f = modules[m]->interfaces[i];

			if (strcmp(f->name, interface) != 0)
				continue;
			for (unsigned n = 0; n < ndr_method_count(f); n++) {
				const struct ndr_method *method = ndr_method_at(f, n);

				if (method && !strcmp(method->name, name))
					return method;
			}
		}
	}
	return NULL;
}

static const struct ndr_type *find_type(const char *name)
{
	for (size_t m = 0; m < ARRAY_LEN(modules); m++) {
		for (uint32_t i = 0; i < modules[m]->type_count; i++) {
			if (!strcmp(modules[m]->types[i]->name, name))
				return modules[m]->types[i];
		}
	}
	return NULL;
}

static size_t read_hex(char *line, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;

	for (char *at = line; sscanf(at, "%2x", &byte) == 1; at += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

static void print_hex(const struct buf *b)
{
	printf("bytes ");
	for (size_t i = 0; i < b->length; i++)
		printf("%02x", (unsigned char)b->data[i]);
	printf("\n");
}

/* Answers go to memory of their own. */
static void forget_out(const struct ndr_method *method, char *frame)
{
	for (uint32_t i = 0; i < method->count; i++) {
		if (method->params[i].flags & NDR_OUT)
			memset(frame + method->params[i].offset, 0, method->params[i].type->size);
	}
}

static int recode_call(const struct ndr_method *method, unsigned direction, const uint8_t *request,
		       size_t request_size, const uint8_t *data, size_t size, struct arena *arena,
		       struct buf *text, struct buf *bytes, struct error *err)
{
	void *frame = arena_zalloc(arena, 1, method->frame_size + 1);
	struct ndr_decoder d;
	struct ndr_encoder e;

	if (!frame)
		return -ENOMEM;
	ndr_decoder_init(&d, request, request_size, NDR_DREP, arena, NDR_MEMORY_MAX, &byte_objects,
			 err);
	int r = request_size ? ndr_decode_call(&d, method, NDR_IN, frame) : 0;
	if (request_size)
		forget_out(method, frame);
	ndr_decoder_restart(&d, data, size, NDR_DREP, arena, NDR_MEMORY_MAX, &byte_objects, err);
	r = r ? r : ndr_decode_call(&d, method, direction, frame);
	if (!r && !ndr_decoder_at_end(&d))
		r = error_set(err, -EBADMSG, "%zu bytes are left", d.size - d.at);
	ndr_decoder_done(&d);
	if (r)
		return r;
	ndr_print_call(method, direction, frame, text);
	ndr_encoder_init(&e, bytes, &byte_objects, err);
	r = ndr_encode_call(&e, method, direction, frame);
	ndr_encoder_done(&e);
	ndr_clear_call(method, frame, false);
	return r;
}

static int recode_type(const struct ndr_type *type, const uint8_t *data, size_t size,
		       struct arena *arena, struct buf *text, struct buf *bytes, struct error *err)
{
	void *value = arena_zalloc(arena, 1, type->size);
	int r = value ? ndr_unpickle(type, data, size, &byte_objects, arena, value, NULL, err)
		      : -ENOMEM;

	if (r)
		return r;
	ndr_print(type, value, text);
	r = ndr_pickle(type, value, &byte_objects, bytes, err);
	ndr_clear(type, value, false);
	return r;
}

int main(int argc, char **argv)
{
	static char line[1 << 20];
	static uint8_t data[1 << 19];
	bool pickled = argc == 3 && !strcmp(argv[1], "--pickle");
	const struct ndr_type *type = pickled ? find_type(argv[2]) : NULL;
	const struct ndr_method *method = argc == 4 ? find_method(argv[1], argv[2]) : NULL;

	if (!type && !method) {
		fprintf(stderr, "usage: recode INTERFACE METHOD in|out, or --pickle TYPE\n");
		return 2;
	}
	while (fgets(line, sizeof line, stdin)) {
		struct error err = { 0 };
		struct buf text, bytes;
		struct arena arena;
		char *second = strchr(line, ' ');
		size_t request = second ? read_hex(line, data) : 0;
		size_t size = read_hex(second ? second + 1 : line, data + request);

		buf_init(&text, 1 << 20);
		buf_init(&bytes, 1 << 20);
		arena_init(&arena, NDR_MEMORY_MAX);
		int r = type ? recode_type(type, data, size, &arena, &text, &bytes, &err)
			     : recode_call(method, !strcmp(argv[3], "in") ? NDR_IN : NDR_OUT, data,
					   request, data + request, size, &arena, &text, &bytes,
					   &err);
		if (r) {
			printf("error %d %s\n", r, err.text);
		} else {
			fputs(buf_cstr(&text), stdout);
			print_hex(&bytes);
		}
		fflush(stdout);
		buf_done(&text);
		buf_done(&bytes);
		arena_done(&arena);
	}
	return 0;
}
