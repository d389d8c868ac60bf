/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/arena.h. */
#include "../unit.h"

#include "base/arena.h"
#include "base/mem.h"

#include <errno.h>
#include <stdalign.h>

static void objects_are_aligned_and_apart(void **state)
{
	struct arena a;
	arena_init(&a, 1 << 20);
	assert_int_equal(a.used, 0);
	char *seen[300];
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		seen[i] = arena_alloc(&a, i);
		assert_non_null(seen[i]);
		assert_int_equal((uintptr_t)seen[i] % alignof(max_align_t), 0);
		memset(seen[i], (int)i, i);
	}
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		for (size_t j = 0; j < i; j++)
			assert_int_equal((unsigned char)seen[i][j], i & 0xff);
	}
	assert_ptr_not_equal(arena_alloc(&a, 0), arena_alloc(&a, 0));
	arena_done(&a);
	assert_int_equal(a.used, 0);
}

static void a_large_object_keeps_the_current_block(void **state)
{
	struct arena a;
	arena_init(&a, 1 << 20);
	char *first = arena_alloc(&a, 16);
	assert_non_null(first);
	char *next = a.next;
	assert_non_null(arena_alloc(&a, 200000));
	assert_ptr_equal(a.next, next);
	assert_ptr_equal(arena_alloc(&a, 16), next);
	arena_done(&a);
}

static void the_limit_holds(void **state)
{
	struct arena a;
	arena_init(&a, 10000);
	size_t got = 0;
	while (arena_alloc(&a, 100))
		got += 100;
	assert_in_range(got, 5000, 10000);
	assert_in_range(a.used, 5000, 10000);
	assert_null(arena_alloc(&a, 10000));
	arena_done(&a);
	assert_null(arena_alloc(&a, 10001));
	assert_non_null(arena_alloc(&a, 9000));
	arena_done(&a);

	arena_init(&a, 0);
	assert_null(arena_alloc(&a, 1));
	arena_done(&a);
	arena_init(&a, SIZE_MAX);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 8));
	assert_null(arena_zalloc(&a, SIZE_MAX / 2, 3));
	assert_null(arena_strndup(&a, "", SIZE_MAX));
	arena_done(&a);
}

static void reset_keeps_one_block(void **state)
{
	struct arena a;
	arena_init(&a, 1 << 20);
	for (int i = 0; i < 100; i++)
		assert_non_null(arena_alloc(&a, 1000));
	assert_non_null(arena_alloc(&a, 300000));
	arena_reset(&a);
	assert_in_range(a.used, 1, 65536);
	struct arena_block *kept = a.blocks;
	size_t used = a.used;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 10; i++) {
			char *p = arena_zalloc(&a, 10, 100);
			assert_non_null(p);
			memset(p, 1, 1000);
		}
		arena_reset(&a);
		assert_ptr_equal(a.blocks, kept);
		assert_int_equal(a.used, used);
	}
	arena_done(&a);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
}

static void copies(void **state)
{
	struct arena a;
	arena_init(&a, 1 << 20);
	assert_string_equal(arena_strndup(&a, "hello world", 5), "hello");
	assert_string_equal(arena_strndup(&a, NULL, 0), "");
	assert_non_null(arena_dup(&a, NULL, 0));
	assert_memory_equal(arena_dup(&a, "a\0b", 3), "a\0b", 3);
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	char *longer = arena_printf(&a, "%0*d", 1000, 5);
	assert_int_equal(strlen(longer), 1000);
	assert_int_equal(longer[999], '5');
	char *edge = arena_printf(&a, "%0*d", 256, 5); /* one more than the buffer on the stack */
	assert_int_equal(strlen(edge), 256);
	arena_done(&a);
}

static int body(void)
{
	struct arena a;
	arena_init(&a, 1 << 20);
	int r = 0;
	if (!arena_strndup(&a, "x", 1) || !arena_printf(&a, "%0*d", 500, 1) ||
	    !arena_zalloc(&a, 10, 10) || !arena_alloc(&a, 100000) || !arena_dup(&a, "y", 1))
		r = -ENOMEM;
	arena_done(&a);
	return r;
}

static void every_allocation_can_fail(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_aligned_and_apart),
		cmocka_unit_test(a_large_object_keeps_the_current_block),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(reset_keeps_one_block),
		cmocka_unit_test(copies),
		cmocka_unit_test(every_allocation_can_fail),
	};
	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
