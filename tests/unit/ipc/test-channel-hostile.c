/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that writes whatever it likes wherever it can. The front may refuse (-EBADMSG), and may
 * believe a lie that is possible; it never crashes, never hands out a byte outside the slot's own
 * rings, never accepts a head that breaks the rules, and what it does for another slot stays right.
 * The mapping has unreadable pages on both sides, so that a step outside is a crash.
 */
#include "../unit.h"

#include "channel-rig.h"
#include "ipc/channel-layout.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#define GUARD ((size_t)1 << 20)

struct scene {
	struct rig rig;
	struct channel_shared *shared;
	struct channel_front *front;
	struct channel_host *host;
	struct arena arena;
	int slot; /* submitted, answered half */
};

static void scene_init(struct scene *s)
{
	rig_init(&s->rig, 1);
	size_t size = channel_size();
	char *room = mmap(NULL, size + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(room != MAP_FAILED);
	s->shared = mmap(room + GUARD, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 s->rig.fd, 0);
	assert_true(s->shared != MAP_FAILED);
	assert_int_equal(channel_front_new_over(s->shared, s->rig.bells, 1, &s->front), 0);
	assert_int_equal(channel_host_new_over(s->shared, s->rig.bells, 1, &s->host), 0);
	arena_init(&s->arena, 1 << 20);
}

static void scene_done(struct scene *s)
{
	channel_front_free(s->front);
	channel_host_free(s->host);
	arena_done(&s->arena);
	munmap((char *)s->shared - GUARD, channel_size() + 2 * GUARD);
	rig_done(&s->rig);
}

/* A request in the middle of its life: some body read, a head and some response written. */
static void scene_play(struct scene *s, uint64_t number)
{
	struct channel_request request;
	struct channel_response head = { .status = 200, .content_length = 1000 };
	char data[600];
	rig_request(number, &request);
	request.content_length = UINT64_MAX;
	s->slot = channel_front_take(s->front, 0);
	assert_true(s->slot >= 0);
	assert_int_equal(channel_front_submit(s->front, s->slot, &request), 0);
	struct iovec iov[2];
	assert_true(channel_front_space(s->front, s->slot, iov) > 0);
	channel_front_commit(s->front, s->slot, 1000, false);
	assert_int_equal(channel_host_claim(s->host, 0), s->slot);
	assert_int_equal(channel_host_read(s->host, s->slot, data, sizeof(data)), sizeof(data));
	head.headers[0] = (struct channel_header_field){ TEXT("X-Head"), TEXT("value") };
	head.header_count = 1;
	assert_int_equal(channel_host_head(s->host, s->slot, &head), 0);
	assert_int_equal(channel_host_write(s->host, s->slot, data, sizeof(data)), 0);
	assert_int_equal(channel_host_flush(s->host, s->slot), 0);
}

static void assert_inside(const struct iovec *iov, int count, const void *ring, size_t size)
{
	size_t sum = 0;
	assert_true(count <= 2);
	for (int i = 0; i < count; i++) {
		const char *at = iov[i].iov_base, *start = ring;
		assert_true(at >= start && at < start + size);
		assert_true(iov[i].iov_len <= (size_t)(start + size - at));
		sum += iov[i].iov_len;
	}
	assert_true(sum <= size);
}

static void assert_sane_head(const struct channel_response *head)
{
	assert_true(head->status >= 100 && head->status <= 999);
	assert_true(head->header_count <= CHANNEL_HEADERS_MAX);
	size_t sum = head->reason.length;
	for (size_t i = 0; i < head->header_count; i++) {
		struct text value = head->headers[i].value;
		assert_true(head->headers[i].name.length > 0);
		assert_true(!value.length || !memchr(value.data, '\n', value.length));
		sum += head->headers[i].name.length + value.length;
	}
	assert_true(sum <= CHANNEL_HEAD_MAX);
}

/* Everything a front does with a slot that is under way. Returns -EBADMSG when it noticed. */
static int use_slot(struct scene *s, int slot)
{
	struct channel_slot_data *data = &s->shared->data[slot];
	struct channel_response head;
	struct iovec iov[2];
	channel_front_attention(s->front, 0, false);
	channel_front_claimed(s->front, slot);
	int r = channel_front_poll(s->front, slot);
	assert_true(r == -EBADMSG || (r >= 0 && r < 16));
	if (r >= 0 && (r & CHANNEL_HEAD)) {
		r = channel_front_head(s->front, slot, &s->arena, &head);
		assert_true(r == 0 || r == -EBADMSG);
		if (r == 0)
			assert_sane_head(&head);
		arena_reset(&s->arena);
	}
	r = channel_front_peek(s->front, slot, iov);
	assert_true(r >= 0 || r == -EBADMSG);
	if (r > 0) {
		assert_inside(iov, r, data->response, sizeof(data->response));
		volatile char touch = 0;
		for (int i = 0; i < r; i++)
			touch ^= ((char *)iov[i].iov_base)[iov[i].iov_len - 1];
		(void)touch;
		channel_front_consume(s->front, slot, (iov[0].iov_len + 1) / 2);
	}
	r = channel_front_space(s->front, slot, iov);
	assert_true(r >= 0 || r == -EBADMSG);
	if (r > 0) {
		assert_inside(iov, r, data->body, sizeof(data->body));
		memset(iov[0].iov_base, 'b', iov[0].iov_len);
		channel_front_commit(s->front, slot, iov[0].iov_len < 10 ? 0 : 10, false);
	}
	r = channel_front_unclaimed_body(s->front, slot, iov);
	assert_inside(iov, r, data->body, sizeof(data->body));
	channel_front_cancel(s->front, slot);
	return channel_front_poll(s->front, slot);
}

/* A whole exchange in another slot, from a host that behaves there. */
static void assert_others_work(struct scene *s)
{
	struct channel_request request;
	struct channel_response head = { .status = 201 };
	rig_request(2, &request);
	int other = channel_front_take(s->front, 0);
	assert_true(other >= 0 && other != s->slot);
	assert_int_equal(channel_front_submit(s->front, other, &request), 0);
	assert_int_equal(channel_host_claim(s->host, 0), other);
	assert_int_equal(channel_host_head(s->host, other, &head), 0);
	channel_host_finish(s->host, other);
	assert_int_equal(channel_front_poll(s->front, other), CHANNEL_HEAD | CHANNEL_FINISHED);
	head.status = 0;
	assert_int_equal(channel_front_head(s->front, other, &s->arena, &head), 0);
	assert_int_equal(head.status, 201);
	arena_reset(&s->arena);
	channel_front_release(s->front, other);
}

static const uint32_t lies[] = { 0,          1,          2,          4,          8,
				 64,         0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe,
				 0x00040000, 0x00040001, 0x00010001, 0x0003ffff, 32768,
				 32769,      1000 };

/* Each word of the control area and of the slot's head block, with each lie, one at a time. */
static void scribble_words(struct scene *s, void *from, size_t size, size_t *ret_noticed)
{
	uint32_t *words = from;
	for (size_t w = 0; w < size / sizeof(uint32_t); w++) {
		for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
			scene_play(s, w);
			uint32_t truth = words[w];
			words[w] = lies[i];
			*ret_noticed += use_slot(s, s->slot) == -EBADMSG;
			words[w] = lies[(i + w + 1) % ARRAY_LEN(lies)];
			*ret_noticed += use_slot(s, s->slot) == -EBADMSG;
			assert_others_work(s);
			/* As if the host had been put down, so that the scene can be played again.
			 */
			words[w] = truth;
			channel_front_release(s->front, s->slot);
		}
	}
}

static void every_word_may_lie(void **state)
{
	struct scene s;
	size_t noticed = 0;
	scene_init(&s);
	scene_play(&s, 0);
	int slot = s.slot; /* the hot one: it is taken each time */
	channel_front_release(s.front, slot);
	char *loops = (char *)s.shared->loops;
	scribble_words(&s, loops, 2 * sizeof(s.shared->loops[0]), &noticed);
	scribble_words(&s, &s.shared->slots[slot], sizeof(s.shared->slots[0]), &noticed);
	scribble_words(&s, s.shared->data[slot].head, 128, &noticed);
	/* Of positions, flags and sizes most lies are impossible ones. */
	assert_true(noticed > 100);
	scene_done(&s);
}

/* The words that must not lie, told from each other: what exactly is refused. */
static void impossible_words_are_refused(void **state)
{
	struct scene s;
	scene_init(&s);
	static const struct {
		bool tail, flags, head;
		uint32_t value;
		bool refused;
	} cases[] = {
		{ .tail = true, .value = 600, .refused = false },
		{ .tail = true, .value = 601, .refused = false },
		{ .tail = true, .value = CHANNEL_RESPONSE_RING, .refused = false },
		{ .tail = true, .value = CHANNEL_RESPONSE_RING + 1, .refused = true },
		{ .tail = true, .value = 599, .refused = true }, /* behind what was believed */
		{ .tail = true, .value = UINT32_MAX, .refused = true },
		{ .flags = true, .value = CHANNEL_HOST_FLAGS_ALL, .refused = false },
		{ .flags = true, .value = 0, .refused = true }, /* taken back */
		{ .flags = true, .value = CHANNEL_HOST_CLAIMED, .refused = true },
		{ .flags = true, .value = CHANNEL_HOST_HEAD, .refused = true },
		{ .flags = true, .value = 8 | 3, .refused = true },
		{ .head = true, .value = 1000, .refused = false },
		{ .head = true, .value = 599, .refused = true },  /* behind */
		{ .head = true, .value = 1001, .refused = true }, /* never sent */
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct iovec iov[2];
		scene_play(&s, i);
		struct channel_slot_control *c = &s.shared->slots[s.slot];
		assert_true(channel_front_poll(s.front, s.slot) > 0);
		assert_true(channel_front_space(s.front, s.slot, iov) > 0);
		if (cases[i].tail)
			atomic_store(&c->response_tail, cases[i].value);
		if (cases[i].flags)
			atomic_store(&c->host_flags, cases[i].value);
		if (cases[i].head)
			atomic_store(&c->body_head, cases[i].value);
		int r = cases[i].head ? channel_front_space(s.front, s.slot, iov)
				      : channel_front_poll(s.front, s.slot);
		assert_int_equal(r == -EBADMSG, cases[i].refused);
		/* What was refused once stays so, whatever the words say later. */
		atomic_store(&c->response_tail, 600);
		atomic_store(&c->host_flags, CHANNEL_HOST_CLAIMED | CHANNEL_HOST_HEAD);
		if (cases[i].refused) {
			assert_int_equal(channel_front_poll(s.front, s.slot), -EBADMSG);
			assert_int_equal(channel_front_peek(s.front, s.slot, iov), -EBADMSG);
			assert_int_equal(channel_front_space(s.front, s.slot, iov), -EBADMSG);
		}
		channel_front_release(s.front, s.slot);
	}
	scene_done(&s);
}

static void bytes_after_the_end_are_refused(void **state)
{
	struct scene s;
	scene_init(&s);
	scene_play(&s, 1);
	channel_host_finish(s.host, s.slot);
	assert_true(channel_front_poll(s.front, s.slot) & CHANNEL_FINISHED);
	atomic_store(&s.shared->slots[s.slot].response_tail, 601);
	assert_int_equal(channel_front_poll(s.front, s.slot), -EBADMSG);
	scene_done(&s);
}

/* A head whose few bytes are named by all headers would grow a hundredfold. */
static void a_head_cannot_name_its_bytes_twice(void **state)
{
	static _Alignas(8) unsigned char block[CHANNEL_HEAD_MAX];
	static struct channel_response head, got;
	static char long_value[100];
	memset(long_value, 'v', sizeof(long_value));
	head.status = 200;
	head.header_count = 2;
	head.headers[0] = (struct channel_header_field){ TEXT("A"), { long_value, 100 } };
	head.headers[1] = (struct channel_header_field){ TEXT("B"), { long_value, 100 } };
	assert_int_equal(channel_response_encode(&head, block), 0);
	size_t size = channel_block_size(block);
	assert_int_equal(channel_response_decode(block, size, &got), 0);
	/* Let the second value be "all of the texts": the sum passes the block. */
	uint32_t *entry = (uint32_t *)(void *)(block + size - 202 - 16 + 8);
	assert_int_equal(entry[1], 100);
	entry[0] = (uint32_t)size - 202;
	entry[1] = 202;
	assert_int_equal(channel_response_decode(block, size, &got), -EBADMSG);
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(channel_response_decode(block, cut, &got), -EBADMSG);
}

/* ---- many words at once, while the front works ---- */

struct vandal {
	struct scene *scene;
	_Atomic bool stop;
};

static void *vandal_thread(void *arg)
{
	struct vandal *v = arg;
	struct scene *s = v->scene;
	uint32_t seed = 12345;
	while (!v->stop) {
		seed = seed * 1664525 + 1013904223;
		uint32_t at = seed >> 7, value = lies[(seed >> 3) % ARRAY_LEN(lies)];
		struct channel_slot_control *c = &s->shared->slots[s->slot];
		_Atomic uint32_t *words[] = {
			&c->host_flags, &c->response_tail, &c->body_head,
			&c->waiting,    &c->front_flags,   &c->response_head
		};
		if (at % 3 == 0)
			__atomic_store_n((uint32_t *)(void *)s->shared->data[s->slot].head +
						 at / 3 % 40,
					 value, __ATOMIC_RELAXED);
		else
			atomic_store(words[at % ARRAY_LEN(words)], at % 5 ? value : seed);
	}
	return NULL;
}

static void the_front_survives_a_vandal(void **state)
{
	struct scene s;
	scene_init(&s);
	scene_play(&s, 0);
	struct vandal v = { &s, false };
	pthread_t thread;
	pthread_create(&thread, NULL, vandal_thread, &v);
	struct channel_request request;
	rig_request(2, &request);
	for (int round = 0; round < 50000; round++) {
		for (int k = 0; k < 3; k++)
			use_slot(&s, s.slot);
		/* Nothing of ours steers by what the vandal wrote: the slot comes back and goes. */
		channel_front_release(s.front, s.slot);
		assert_int_equal(channel_front_take(s.front, 0), s.slot);
		assert_int_equal(channel_front_submit(s.front, s.slot, &request), 0);
	}
	v.stop = true;
	pthread_join(thread, NULL);
	scene_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_may_lie),
		cmocka_unit_test(impossible_words_are_refused),
		cmocka_unit_test(bytes_after_the_end_are_refused),
		cmocka_unit_test(a_head_cannot_name_its_bytes_twice),
		cmocka_unit_test(the_front_survives_a_vandal),
	};
	return cmocka_run_group_tests_name("ipc/channel-hostile", tests, NULL, NULL);
}
