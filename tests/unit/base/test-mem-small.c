/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/mem-small.h: sizes, what a thread keeps, and that it gives it back at its end. */
#include "../unit.h"

#include "base/mem-small.h"

#include <malloc.h>
#include <pthread.h>

#define BLOCKS 8000 /* of 72 bytes: more than a thread may keep */
#define SIZE 72

static void sizes_are_those_without_a_rest(void **state)
{
	static const size_t sizes[][2] = { { 0, 8 },   { 8, 8 },     { 9, 24 },   { 24, 24 },
					   { 25, 40 }, { 136, 136 }, { 137, 152 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(mem_small_size(sizes[i][0]), sizes[i][1]);
		assert_int_equal(mem_small_size(sizes[i][1]), sizes[i][1]);
	}
}

static void all_of_a_block_can_be_used(void **state)
{
	void *blocks[2 * MEM_SMALL_MAX];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
			blocks[i] = mem_small_alloc(i);
			assert_non_null(blocks[i]);
			assert_int_equal((uintptr_t)blocks[i] % 16, 0);
			memset(blocks[i], (int)(i & 0xFF), mem_small_size(i));
		}
		for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
			const unsigned char *last =
				(const unsigned char *)blocks[i] + mem_small_size(i) - 1;

			assert_int_equal(*last, i & 0xFF);
			mem_small_free(blocks[i], i);
		}
	}
}

/* A block that was asked for here may be grown and let go as any other. */
static void a_block_is_one_of_the_librarys(void **state)
{
	char *block = mem_small_alloc(20);

	(void)state;
	assert_non_null(block);
	memcpy(block, "twenty", 7);
	block = mem_realloc(block, 1, 4000);
	assert_non_null(block);
	assert_string_equal(block, "twenty");
	mem_small_free(block, 4000);
}

#ifdef SURROGATE_FAULTS
static void nothing_is_kept_with_faults(void **state)
{
	long before = fault_live();
	void *block = mem_small_alloc(SIZE);

	(void)state;
	assert_int_equal(fault_live(), before + 1);
	mem_small_free(block, SIZE);
	assert_int_equal(fault_live(), before);
	fault_arm(FAULT_ALLOC, 1, false);
	assert_null(mem_small_alloc(SIZE));
	fault_arm(FAULT_ALLOC, 0, false);
}
#elif MEM_SMALL_KEEPS
/* Returns how many bytes it kept at its end. */
static void *take_and_let_go(void *ctx)
{
	static _Thread_local void *blocks[BLOCKS];
	size_t kept = 0;

	(void)ctx;
	for (size_t i = 0; i < BLOCKS; i++)
		blocks[i] = mem_small_alloc(SIZE);
	for (size_t i = 0; i < BLOCKS; i++)
		mem_small_free(blocks[i], SIZE);
	for (void *at = mem_small_of_thread.first[mem_small_class(SIZE)]; at; memcpy(&at, at, 8))
		kept += SIZE;
	if (kept + mem_small_of_thread.room != MEM_SMALL_KEPT_MAX)
		return NULL;
	/* The one that was let go last is the first to be taken again. */
	if (mem_small_alloc(SIZE) != blocks[kept / SIZE - 1])
		return NULL;
	mem_small_free(blocks[kept / SIZE - 1], SIZE);
	return (void *)kept;
}

static void a_thread_keeps_a_bounded_number_and_gives_it_back(void **state)
{
	size_t before = mallinfo2().uordblks;
	pthread_t thread;
	void *kept = NULL;

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_create(&thread, NULL, take_and_let_go, NULL), 0);
		assert_int_equal(pthread_join(thread, &kept), 0);
		assert_in_range((size_t)kept, MEM_SMALL_KEPT_MAX / 2, MEM_SMALL_KEPT_MAX);
	}
	assert_in_range(mallinfo2().uordblks, 0, before + MEM_SMALL_KEPT_MAX);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_those_without_a_rest),
		cmocka_unit_test(all_of_a_block_can_be_used),
		cmocka_unit_test(a_block_is_one_of_the_librarys),
#ifdef SURROGATE_FAULTS
		cmocka_unit_test(nothing_is_kept_with_faults),
#elif MEM_SMALL_KEEPS
		cmocka_unit_test(a_thread_keeps_a_bounded_number_and_gives_it_back),
#endif
	};

	return cmocka_run_group_tests_name("mem-small", tests, NULL, NULL);
}
