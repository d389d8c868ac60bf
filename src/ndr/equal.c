/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two values are equal when they are the same on the wire; objects stand there as their address.
 * And type serialization version 1, which is an encoding behind two headers.
 */
#include "ndr/walk.h"

#include "base/mem.h"

#include <errno.h>

#define COMPARED_MAX ((size_t)256 << 20)

static HRESULT marshal_address(void *context, REFIID iid, IUnknown *object, struct buf *out)
{
	buf_put(out, &object, sizeof object);
	return buf_failed(out) ? E_OUTOFMEMORY : S_OK;
}

static const struct ndr_objects addresses = { .marshal = marshal_address };

struct subject {
	const struct ndr_type *type;
	const struct ndr_method *method;
	unsigned direction;
};

static int encode(const struct subject *s, const void *value, struct buf *out)
{
	struct ndr_encoder e;

	buf_init(out, COMPARED_MAX);
	ndr_encoder_init(&e, out, &addresses, NULL);
	int r = s->type ? ndr_encode(&e, s->type, value)
			: ndr_encode_call(&e, s->method, s->direction, value);
	ndr_encoder_done(&e);
	return r;
}

static bool equal(const struct subject *s, const void *a, const void *b)
{
	struct buf x, y;
	int r = encode(s, a, &x), q = encode(s, b, &y);
	bool same = !r && !q && x.length == y.length &&
		    (!x.length || !memcmp(x.data, y.data, x.length));

	buf_done(&x);
	buf_done(&y);
	return same;
}

bool ndr_equal(const struct ndr_type *type, const void *a, const void *b)
{
	return equal(&(struct subject){ .type = type }, a, b);
}

bool ndr_equal_call(const struct ndr_method *method, unsigned direction, const void *a,
		    const void *b)
{
	return equal(&(struct subject){ .method = method, .direction = direction }, a, b);
}

/* ---- type serialization version 1, [MS-RPCE] 2.2.6 ---- */

#define HEADERS 16 /* 2.2.6.1 common, 2.2.6.2 private for constructed types */

int ndr_pickle(const struct ndr_type *type, const void *value, const struct ndr_objects *objects,
	       struct buf *out, struct error *err)
{
	static const uint8_t common[HEADERS] = { 1, 0x10, 8, 0, 0xCC, 0xCC, 0xCC, 0xCC };
	static const char padding[8];
	struct ndr_encoder e;

	buf_put(out, common, sizeof common);
	size_t start = out->length;
	ndr_encoder_init(&e, out, objects, err);
	int r = buf_failed(out) ? buf_failed(out) : ndr_encode(&e, type, value);
	ndr_encoder_done(&e);
	if (r)
		return r;
	buf_put(out, padding, (0 - (out->length - start)) & 7);
	if (buf_failed(out))
		return buf_failed(out);
	uint32_t length = (uint32_t)(out->length - start);
	memcpy(out->data + start - 8, &length, sizeof length);
	return 0;
}

static uint32_t read_u32(const uint8_t *at, bool big)
{
	return big ? (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]
		   : (uint32_t)at[3] << 24 | at[2] << 16 | at[1] << 8 | at[0];
}

int ndr_unpickle(const struct ndr_type *type, const void *data, size_t size,
		 const struct ndr_objects *objects, struct arena *arena, void *value,
		 size_t *ret_used, struct error *err)
{
	const uint8_t *at = data;
	struct ndr_decoder d;
	bool big = size >= HEADERS && at[1] == 0;

	if (size < HEADERS || at[0] != 1 || (at[1] != 0x10 && at[1] != 0) ||
	    (read_u32(at, big) >> (big ? 0 : 16) & 0xFFFF) != 8)
		return ndr_fail(err, -EBADMSG, NDR_BAD_STUB_DATA, type,
				"the header of type serialization version 1 is wrong");
	uint32_t length = read_u32(at + 8, big);
	if (length > size - HEADERS)
		return ndr_fail(err, -EBADMSG, NDR_BAD_STUB_DATA, type,
				"the length of a serialized type is wrong");
	ndr_decoder_init(&d, at + HEADERS, length, big ? 0 : NDR_DREP, arena, NDR_MEMORY_MAX,
			 objects, err);
	int r = ndr_decode(&d, type, value);
	if (!r && !ndr_decoder_at_end(&d)) {
		ndr_clear(type, value, !arena);
		r = ndr_fail(err, -EBADMSG, NDR_BAD_STUB_DATA, type,
			     "a serialized type has bytes too many");
	}
	ndr_decoder_done(&d);
	/* The length is a multiple of 8; some count the padding not in, but send it. */
	size_t used = HEADERS + (((size_t)length + 7) & ~(size_t)7);
	if (!r && ret_used)
		*ret_used = used < size ? used : size;
	return r;
}
