/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch description's codec: one table of fields, written and read in order. The SCM encodes,
 * surrogate-launch decodes; the fuzzer feeds the decoder.
 */
#include "scm/launch.h"
#include "base/buf.h"

#include <errno.h>

enum {
#define FIELD(name) LAUNCH_FIELD_##name,
	LAUNCH_FIELDS(FIELD, FIELD, FIELD, FIELD)
#undef FIELD
		LAUNCH_FIELD_COUNT
};

static void put_number(struct buf *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_putc(out, (char)(value >> (8 * i)));
}

static int put_text(struct buf *out, struct text t)
{
	if (t.length > LAUNCH_BYTES_MAX || (t.length && memchr(t.data, 0, t.length)))
		return -EINVAL;
	put_number(out, t.length, 4);
	buf_put_text(out, t);
	return 0;
}

static int put_list(struct buf *out, struct launch_list list)
{
	int r = list.count <= LAUNCH_LIST_MAX ? 0 : -EINVAL;

	put_number(out, list.count, 4);
	for (size_t i = 0; !r && i < list.count; i++)
		r = put_text(out, list.items[i]);
	return r;
}

static int put_numbers(struct buf *out, struct launch_numbers list)
{
	if (list.count > LAUNCH_LIST_MAX)
		return -EINVAL;
	put_number(out, list.count, 4);
	for (size_t i = 0; i < list.count; i++)
		put_number(out, list.items[i], 8);
	return 0;
}

int launch_encode(const struct launch *launch, struct buf *out)
{
	int r = 0;

	put_number(out, LAUNCH_MAGIC, 4);
	put_number(out, LAUNCH_FIELD_COUNT, 4);
#define U(name) put_number(out, launch->name, 8);
#define T(name) r = r ? r : put_text(out, launch->name);
#define L(name) r = r ? r : put_list(out, launch->name);
#define N(name) r = r ? r : put_numbers(out, launch->name);
	LAUNCH_FIELDS(U, T, L, N)
#undef U
#undef T
#undef L
#undef N
	return r ? r : buf_failed(out);
}

struct reader {
	const unsigned char *at, *end;
	struct arena *arena;
	int error; /* the first one; everything after it reads as nothing */
};

static uint64_t get_number(struct reader *r, size_t bytes)
{
	uint64_t value = 0;

	if (r->error || (size_t)(r->end - r->at) < bytes) {
		r->error = r->error ? r->error : -EBADMSG;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)r->at[i] << (8 * i);
	r->at += bytes;
	return value;
}

static struct text get_text(struct reader *r)
{
	size_t length = get_number(r, 4);
	struct text t = { NULL, 0 };
	char *copy;

	if (r->error || (size_t)(r->end - r->at) < length || memchr(r->at, 0, length)) {
		r->error = r->error ? r->error : -EBADMSG;
		return t;
	}
	copy = arena_strndup(r->arena, (const char *)r->at, length);
	if (!copy) {
		r->error = -ENOMEM;
		return t;
	}
	r->at += length;
	return (struct text){ copy, length };
}

/* The count of a list whose items take at least `least` bytes each. */
static size_t get_count(struct reader *r, size_t least)
{
	size_t count = get_number(r, 4);

	if (!r->error && (count > LAUNCH_LIST_MAX || (size_t)(r->end - r->at) / least < count))
		r->error = -EBADMSG;
	return r->error ? 0 : count;
}

static struct launch_list get_list(struct reader *r)
{
	struct launch_list list = { NULL, get_count(r, 4) };

	list.items = arena_zalloc(r->arena, list.count + 1, sizeof(*list.items));
	if (!list.items) {
		r->error = r->error ? r->error : -ENOMEM;
		list.count = 0;
	}
	for (size_t i = 0; i < list.count; i++)
		list.items[i] = get_text(r);
	return list;
}

static struct launch_numbers get_numbers(struct reader *r)
{
	struct launch_numbers list = { NULL, get_count(r, 8) };

	list.items = arena_zalloc(r->arena, list.count + 1, sizeof(*list.items));
	if (!list.items) {
		r->error = r->error ? r->error : -ENOMEM;
		list.count = 0;
	}
	for (size_t i = 0; i < list.count; i++)
		list.items[i] = get_number(r, 8);
	return list;
}

int launch_decode(const char *data, size_t length, struct arena *arena, struct launch *ret)
{
	struct reader r = { (const unsigned char *)data, (const unsigned char *)data + length,
			    arena, 0 };
	struct launch launch;

	if (length > LAUNCH_BYTES_MAX || get_number(&r, 4) != LAUNCH_MAGIC ||
	    get_number(&r, 4) != LAUNCH_FIELD_COUNT)
		return r.error ? r.error : -EBADMSG;
#define U(name) launch.name = get_number(&r, 8);
#define T(name) launch.name = get_text(&r);
#define L(name) launch.name = get_list(&r);
#define N(name) launch.name = get_numbers(&r);
	LAUNCH_FIELDS(U, T, L, N)
#undef U
#undef T
#undef L
#undef N
	if (!r.error && r.at != r.end)
		r.error = -EBADMSG;
	if (!r.error)
		*ret = launch;
	return r.error;
}
