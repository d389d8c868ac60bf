/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/map.h. */
#include "../unit.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

static int freed;

static void count_free(void *value)
{
	freed++;
}

static void put_get_replace(void **state)
{
	int a, b;
	void *old = &a;
	struct map *m = map_new(100, 0);
	assert_null(map_get(m, TEXT("k")));
	assert_null(map_remove(m, TEXT("k")));
	assert_int_equal(map_put(m, TEXT("k"), &a, &old), 0);
	assert_null(old);
	assert_int_equal(map_put(m, TEXT("K"), &b, NULL), 0);
	assert_int_equal(map_count(m), 2);
	assert_ptr_equal(map_get(m, TEXT("k")), &a);
	assert_int_equal(map_put(m, TEXT("k"), &b, &old), 0);
	assert_ptr_equal(old, &a);
	assert_int_equal(map_count(m), 2);
	assert_int_equal(map_put(m, (struct text){ NULL, 0 }, &a, NULL), 0); /* "" is a key */
	assert_ptr_equal(map_get(m, TEXT("")), &a);
	assert_int_equal(map_put(m, TEXT("a\0b"), &b, NULL), 0);
	assert_null(map_get(m, TEXT("a")));
	freed = 0;
	assert_null(map_free(m, count_free));
	assert_int_equal(freed, 4);
	assert_null(map_free(NULL, count_free));
}

static void case_is_folded_on_demand(void **state)
{
	int a;
	struct map *m = map_new(100, MAP_NOCASE);
	assert_int_equal(map_put(m, TEXT("Content-Type"), &a, NULL), 0);
	assert_ptr_equal(map_get(m, TEXT("content-TYPE")), &a);
	assert_ptr_equal(map_remove(m, TEXT("CONTENT-type")), &a);
	assert_int_equal(map_count(m), 0);
	map_free(m, NULL);
}

static void the_limit_is_exact(void **state)
{
	int a;
	struct map *m = map_new(2, 0);
	assert_int_equal(map_put(m, TEXT("1"), &a, NULL), 0);
	assert_int_equal(map_put(m, TEXT("2"), &a, NULL), 0);
	assert_int_equal(map_put(m, TEXT("3"), &a, NULL), -ENOBUFS);
	assert_int_equal(map_put(m, TEXT("2"), &a, NULL), 0); /* replacing needs no room */
	map_remove(m, TEXT("1"));
	assert_int_equal(map_put(m, TEXT("3"), &a, NULL), 0);
	map_free(m, NULL);
}

static void the_order_is_that_of_insertion(void **state)
{
	static int values[1000];
	struct map *m = map_new(1000, 0);
	char key[16];
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		assert_int_equal(map_put(m, text_of(key), &values[i], NULL), 0);
	}
	/* Remove the odd ones while walking. */
	size_t at = 0;
	struct text k;
	void *value;
	int n = 0;
	while (map_next(m, &at, &k, &value)) {
		assert_ptr_equal(value, &values[n]);
		if (n % 2)
			assert_ptr_equal(map_remove(m, k), value);
		n++;
	}
	assert_int_equal(n, 1000);
	assert_int_equal(map_count(m), 500);
	for (at = 0, n = 0; map_next(m, &at, NULL, &value); n += 2)
		assert_ptr_equal(value, &values[n]);
	assert_int_equal(n, 1000);
	map_free(m, NULL);
}

/* Against an array that is searched: puts, removes and holes in every pattern chance gives. */
static void a_long_random_life(void **state)
{
	enum { KEYS = 64 };
	static int present[KEYS], values[KEYS];
	uint32_t seed = 12345;
	size_t count = 0;
	struct map *m = map_new(KEYS, 0);
	for (int step = 0; step < 50000; step++) {
		seed = seed * 1664525u + 1013904223u;
		int k = (int)(seed >> 16) % KEYS;
		char key[8];
		struct text t = { key, (size_t)snprintf(key, sizeof(key), "%d", k) };
		assert_ptr_equal(map_get(m, t), present[k] ? &values[k] : NULL);
		if (seed >> 31) {
			assert_int_equal(map_put(m, t, &values[k], NULL), 0);
			count += !present[k];
			present[k] = 1;
		} else {
			assert_ptr_equal(map_remove(m, t), present[k] ? &values[k] : NULL);
			count -= (size_t)present[k];
			present[k] = 0;
		}
		assert_int_equal(map_count(m), count);
	}
	map_free(m, NULL);
}

static int body(void)
{
	int r = 0;
	struct map *m = map_new(1000, MAP_NOCASE);
	if (!m)
		return -ENOMEM;
	char key[16];
	int i;
	for (i = 0; i < 40 && r == 0; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		r = map_put(m, text_of(key), m, NULL);
	}
	assert_int_equal(map_count(m), r == 0 ? 40 : i - 1);
	if (r < 0) /* what was there before the failure is still there */
		assert_ptr_equal(map_get(m, TEXT("KEY0")), i > 1 ? m : NULL);
	map_free(m, NULL);
	return r;
}

static void every_allocation_can_fail(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_get_replace),
		cmocka_unit_test(case_is_folded_on_demand),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(the_order_is_that_of_insertion),
		cmocka_unit_test(a_long_random_life),
		cmocka_unit_test(every_allocation_can_fail),
	};
	return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}
