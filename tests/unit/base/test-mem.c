/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/mem.h and base/fault.h. */
#include "../unit.h"

#include "base/arena.h"
#include "base/mem.h"

#include <stdlib.h>

static void zero_size_is_a_valid_pointer(void **state)
{
	void *a = mem_alloc(0), *b = mem_zalloc(0, 8), *c = mem_zalloc(8, 0);
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
	a = mem_realloc(a, 0, 4);
	assert_non_null(a);
	void *d = mem_dup(NULL, 0);
	assert_non_null(d);
	assert_null(mem_free(a));
	mem_free(b);
	mem_free(c);
	mem_free(d);
	assert_null(mem_free(NULL));
}

static void products_that_overflow_fail(void **state)
{
	volatile size_t half = SIZE_MAX / 2;
	assert_null(mem_zalloc(half, 3));
	char *p = mem_alloc(4);
	assert_non_null(p);
	memcpy(p, "abc", 4);
	assert_null(mem_realloc(p, half, 3));
	assert_string_equal(p, "abc"); /* the old block stays */
	mem_free(p);
}

static void memory_is_zeroed_and_copied(void **state)
{
	static const char zero[40];
	_cleanup_mem_ char *p = mem_zalloc(5, 8);
	assert_memory_equal(p, zero, 40);
	_cleanup_mem_ char *text = mem_strdup("hello");
	assert_string_equal(text, "hello");
	char *taken = TAKE_PTR(text);
	assert_null(text);
	assert_string_equal(taken, "hello");
	mem_free(taken);
}

#ifdef SURROGATE_FAULTS
static void the_nth_fails_once(void **state)
{
	fault_arm(FAULT_ALLOC, 2, false);
	void *a = mem_alloc(1), *b = mem_alloc(1), *c = mem_alloc(1);
	assert_int_equal(fault_count(FAULT_ALLOC), 3);
	fault_arm(FAULT_ALLOC, 0, false);
	assert_non_null(a);
	assert_null(b);
	assert_non_null(c);
	mem_free(a);
	mem_free(c);
}

static void all_after_the_nth_fail(void **state)
{
	fault_arm(FAULT_ALLOC, 2, true);
	char *a = mem_alloc(1);
	void *b = mem_zalloc(1, 1), *c = mem_dup("", 1), *d = mem_realloc(a, 2, 1);
	fault_arm(FAULT_ALLOC, 0, false);
	assert_non_null(a);
	assert_null(b);
	assert_null(c);
	assert_null(d);
	mem_free(a);
}

static void the_environment_arms(void **state)
{
	assert_int_equal(setenv("SURROGATE_FAULT", "write:2:repeat", 1), 0);
	fault_init_from_environment();
	assert_false(fault_hit(FAULT_WRITE));
	assert_true(fault_hit(FAULT_WRITE));
	assert_true(fault_hit(FAULT_WRITE));
	assert_false(fault_hit(FAULT_READ));
	fault_arm(FAULT_WRITE, 0, false);

	setenv("SURROGATE_FAULT", "read:1", 1);
	fault_init_from_environment();
	assert_true(fault_hit(FAULT_READ));
	assert_false(fault_hit(FAULT_READ));
	fault_arm(FAULT_READ, 0, false);

	static const char *const nonsense[] = { "", "alloc", "alloc:", "alloc:x", "bogus:1", ":1" };
	for (size_t i = 0; i < ARRAY_LEN(nonsense); i++) {
		setenv("SURROGATE_FAULT", nonsense[i], 1);
		fault_init_from_environment();
		for (int kind = 0; kind < FAULT_KIND_COUNT; kind++)
			assert_false(fault_hit((enum fault_kind)kind));
	}
	unsetenv("SURROGATE_FAULT");
	fault_init_from_environment();
	assert_false(fault_hit(FAULT_ALLOC));
}
#endif

static void blocks_alive_are_counted(void **state)
{
#ifdef SURROGATE_FAULTS
	long before = fault_live();
	struct arena arena;
	void *a = mem_alloc(3), *b = mem_zalloc(2, 8), *c = mem_realloc(NULL, 4, 1);

	assert_int_equal(fault_live(), before + 3);
	c = mem_realloc(c, 400, 1); /* still one */
	assert_int_equal(fault_live(), before + 3);
	fault_arm(FAULT_ALLOC, 1, false);
	assert_null(mem_alloc(1));
	fault_arm(FAULT_ALLOC, 0, false);
	assert_int_equal(fault_live(), before + 3);
	mem_free(a);
	mem_free(b);
	mem_free(c);
	mem_free(NULL);
	arena_init(&arena, 1u << 20);
	assert_non_null(arena_alloc(&arena, 100000));
	assert_true(fault_live() > before);
	arena_done(&arena);
	assert_int_equal(fault_live(), before);
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_alive_are_counted),
		cmocka_unit_test(zero_size_is_a_valid_pointer),
		cmocka_unit_test(products_that_overflow_fail),
		cmocka_unit_test(memory_is_zeroed_and_copied),
#ifdef SURROGATE_FAULTS
		cmocka_unit_test(the_nth_fails_once),
		cmocka_unit_test(all_after_the_nth_fail),
		cmocka_unit_test(the_environment_arms),
#endif
	};
	return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
