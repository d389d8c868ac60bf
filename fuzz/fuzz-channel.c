/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host can put before a front end. The first byte chooses: a response head block, a request
 * block (as a host sees it), or a play: five bytes a step, each either a word that the host writes
 * into the slot or something the front does with it.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/mem.h"
#include "ipc/channel-layout.h"

/* Exactly as large as the block, so that a step outside is seen. */
static unsigned char *block_new(const uint8_t *data, size_t size)
{
	unsigned char *block = mem_alloc(size);
	FUZZ_REQUIRE(block);
	if (size)
		memcpy(block, data, size);
	return block;
}

static void require_inside(struct text t, const unsigned char *block, size_t size)
{
	const char *start = (const char *)block;
	FUZZ_REQUIRE(t.data >= start && t.length <= size &&
		     (size_t)(t.data - start) <= size - t.length);
}

static void require_fields_inside(const struct channel_header_field *fields, size_t count,
				  const unsigned char *block, size_t size)
{
	FUZZ_REQUIRE(count <= CHANNEL_HEADERS_MAX);
	for (size_t i = 0; i < count; i++) {
		require_inside(fields[i].name, block, size);
		require_inside(fields[i].value, block, size);
	}
}

static void response_block(const uint8_t *data, size_t size)
{
	static struct channel_response response;
	static _Alignas(8) unsigned char again[CHANNEL_HEAD_MAX];
	unsigned char *block = block_new(data, size);
	if (channel_response_decode(block, size, &response) == 0) {
		require_inside(response.reason, block, size);
		require_fields_inside(response.headers, response.header_count, block, size);
		/* Whatever the front accepts, a host can send. */
		int r = channel_response_encode(&response, again);
		FUZZ_REQUIRE(r == 0 || size > CHANNEL_HEAD_MAX / 2);
	}
	mem_free(block);
}

static void request_block(const uint8_t *data, size_t size)
{
	static struct channel_request request;
	unsigned char *block = block_new(data, size);
	struct text method = channel_request_method(block, size);
	if (method.length)
		require_inside(method, block, size);
	if (channel_request_decode(block, size, &request) == 0) {
		for (size_t i = 0; i < CHANNEL_REQUEST_TEXT_COUNT; i++)
			require_inside(request.texts[i], block, size);
		require_fields_inside(request.headers, request.header_count, block, size);
	}
	mem_free(block);
}

/* ---- a play ---- */

struct stage {
	struct channel_shared *shared;
	struct channel_front *front;
	int slot;
};

static struct stage *stage_get(void)
{
	static struct stage stage;
	if (stage.front)
		return &stage;
	int fd = channel_create(), bell = channel_bell_new();
	FUZZ_REQUIRE(fd >= 0 && bell >= 0 && channel_map(fd, &stage.shared) == 0);
	FUZZ_REQUIRE(channel_front_new_over(stage.shared, &bell, 1, &stage.front) == 0);
	return &stage;
}

/* The words a host has business with, those it has none with, and the start of its head block. */
static void host_writes(struct stage *s, uint8_t which, uint32_t value)
{
	struct channel_slot_control *c = &s->shared->slots[s->slot];
	_Atomic uint32_t *words[] = { &c->host_flags, &c->response_tail, &c->body_head,
				      &c->waiting,    &c->wants_space,   &c->front_flags,
				      &c->body_tail,  &c->response_head, &c->loop,
				      &c->bell };
	if (which < ARRAY_LEN(words))
		atomic_store(words[which], value);
	else if (which < 32)
		atomic_store(&s->shared->loops[0].attention, value | (uint64_t)value << 32);
	else
		memcpy(s->shared->data[s->slot].head + (size_t)(which - 32) * 4, &value,
		       sizeof(value));
}

static void pieces_inside(const struct iovec *iov, int count, const unsigned char *ring,
			  size_t size)
{
	FUZZ_REQUIRE(count <= 2);
	for (int i = 0; i < count; i++)
		require_inside((struct text){ iov[i].iov_base, iov[i].iov_len }, ring, size);
}

static void front_does(struct stage *s, uint8_t what, uint32_t value)
{
	static struct channel_response head;
	struct channel_slot_data *data = &s->shared->data[s->slot];
	struct iovec iov[2];
	struct arena arena;
	int r;
	switch (what % 7) {
	case 0:
		channel_front_poll(s->front, s->slot);
		break;
	case 1:
		r = channel_front_peek(s->front, s->slot, iov);
		pieces_inside(iov, r, data->response, sizeof(data->response));
		if (r > 0)
			channel_front_consume(s->front, s->slot, value % (iov[0].iov_len + 1));
		break;
	case 2:
		r = channel_front_space(s->front, s->slot, iov);
		pieces_inside(iov, r, data->body, sizeof(data->body));
		if (r > 0)
			channel_front_commit(s->front, s->slot, value % (iov[0].iov_len + 1),
					     value >> 31);
		break;
	case 3:
		arena_init(&arena, 1 << 20);
		if (channel_front_head(s->front, s->slot, &arena, &head) == 0)
			FUZZ_REQUIRE(head.status >= 100 && head.status <= 999);
		arena_done(&arena);
		break;
	case 4:
		channel_front_cancel(s->front, s->slot);
		break;
	case 5:
		r = channel_front_unclaimed_body(s->front, s->slot, iov);
		pieces_inside(iov, r, data->body, sizeof(data->body));
		break;
	case 6:
		FUZZ_REQUIRE((channel_front_attention(s->front, 0, value & 1) &
			      ~(UINT64_C(1) << s->slot)) == 0);
		break;
	}
}

static void play(const uint8_t *data, size_t size)
{
	static const struct channel_request request = { .content_length = UINT64_MAX };
	struct stage *s = stage_get();
	s->slot = channel_front_take(s->front, 0);
	FUZZ_REQUIRE(s->slot >= 0);
	FUZZ_REQUIRE(channel_front_submit(s->front, s->slot, &request) == 0);
	for (size_t at = 0; size - at >= 5; at += 5) {
		uint32_t value;
		memcpy(&value, data + at + 1, sizeof(value));
		if (data[at] & 1)
			front_does(s, data[at] >> 1, value);
		else
			host_writes(s, data[at] >> 1, value);
	}
	channel_front_release(s->front, s->slot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > CHANNEL_HEAD_MAX)
		return 0;
	switch (data[0] % 3) {
	case 0:
		response_block(data + 1, size - 1);
		break;
	case 1:
		request_block(data + 1, size - 1);
		break;
	case 2:
		play(data + 1, size - 1);
		break;
	}
	return 0;
}
