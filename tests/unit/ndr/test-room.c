/* SPDX-License-Identifier: Apache-2.0 */
/* What a thread keeps for its next call (ndr/call.h): how much of it, and for which calls. */
#include "../unit.h"

#include "base/fault.h"
#include "ndr/call.h"

#include <errno.h>
#include <pthread.h>

#define LIMIT ((size_t)4 << 20)
#define BIG ((size_t)1 << 20) /* more than is kept */

static void expect_empty(const struct ndr_room *room)
{
	assert_int_equal(room->out.length, 0);
	assert_int_equal(room->in.length, 0);
	assert_int_equal(buf_failed(&room->out), 0);
	assert_int_equal(room->err.text[0], 0);
}

static void the_next_call_has_the_same_memory(void **state)
{
	struct ndr_room *room = ndr_room_take(LIMIT);

	assert_non_null(room);
	expect_empty(room);
	buf_put(&room->out, "some", 4);
	buf_put(&room->in, "more", 4);
	char *bytes = room->out.data;
	void *object = arena_alloc(&room->arena, 100);

	assert_non_null(object);
	error_set(&room->err, -EINVAL, "a failure");
	ndr_room_give(room);
	assert_ptr_equal(ndr_room_take(LIMIT), room);
	expect_empty(room);
	buf_put(&room->out, "text", 4);
	assert_ptr_equal(room->out.data, bytes);
	assert_ptr_equal(arena_alloc(&room->arena, 100), object);
	ndr_room_give(room);
}

static void a_call_inside_has_another(void **state)
{
	struct ndr_room *outer = ndr_room_take(LIMIT), *inner = ndr_room_take(LIMIT);

	assert_ptr_not_equal(outer, inner);
	ndr_room_give(inner);
	assert_ptr_equal(ndr_room_take(LIMIT), inner);
	ndr_room_give(inner);
	ndr_room_give(outer);
	assert_ptr_equal(ndr_room_take(LIMIT), outer);
	ndr_room_give(outer);
}

static void what_grew_much_is_let_go(void **state)
{
	struct ndr_room *room = ndr_room_take(LIMIT);

	assert_non_null(buf_reserve(&room->out, BIG));
	assert_non_null(buf_reserve(&room->in, BIG));
	assert_non_null(arena_alloc(&room->arena, BIG));
	ndr_room_give(room);
	assert_ptr_equal(ndr_room_take(LIMIT), room);
	assert_int_equal(room->out.capacity, 0);
	assert_int_equal(room->in.capacity, 0);
	assert_true(room->arena.used < BIG);
	ndr_room_give(room);
}

static void each_call_has_its_limit(void **state)
{
	for (size_t limit = BIG; limit <= 2 * BIG; limit *= 2) {
		struct ndr_room *room = ndr_room_take(limit);

		assert_non_null(buf_reserve(&room->out, limit));
		assert_null(buf_reserve(&room->in, limit + 1));
		assert_int_equal(buf_failed(&room->in), -ENOBUFS);
		assert_null(arena_alloc(&room->arena, limit + 1));
		ndr_room_give(room);
	}
}

static void *take_of_a_thread(void *ctx)
{
	struct ndr_room *room = ndr_room_take(LIMIT);

	*(struct ndr_room **)ctx = room;
	buf_put(&room->out, "some", 4);
	ndr_room_give(room);
	return NULL;
}

/* Its rooms end with it, as sanitizers see. */
static void threads_have_their_own(void **state)
{
	struct ndr_room *room = ndr_room_take(LIMIT), *other = NULL;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, take_of_a_thread, &other), 0);
	pthread_join(thread, NULL);
	assert_non_null(other);
	assert_ptr_not_equal(other, room);
	ndr_room_give(room);
}

static void without_memory_there_is_none(void **state)
{
#ifdef SURROGATE_FAULTS
	struct ndr_room *room = ndr_room_take(LIMIT);
	struct ndr_room *second = ndr_room_take(LIMIT);

	fault_arm(FAULT_ALLOC, 1, false);
	assert_null(ndr_room_take(LIMIT));
	fault_arm(FAULT_ALLOC, 0, false);
	ndr_room_give(second);
	ndr_room_give(room);
#endif
	ndr_room_give(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_call_has_the_same_memory),
		cmocka_unit_test(a_call_inside_has_another),
		cmocka_unit_test(what_grew_much_is_let_go),
		cmocka_unit_test(each_call_has_its_limit),
		cmocka_unit_test(threads_have_their_own),
		cmocka_unit_test(without_memory_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
