/* SPDX-License-Identifier: Apache-2.0 */
/* The launch description: there and back, and what is refused. */
#include "base/buf.h"
#include "base/fault.h"
#include "scm/launch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <cmocka.h>

static struct text arguments[] = { { "dllhost", 7 }, { "", 0 }, { "/Processid:{1}", 14 } };
static struct text environment[] = { { "PATH=/usr/bin", 13 }, { "A=\xc3\xa4", 4 } };
static uint64_t groups[] = { 1879048192u, 5 };

static struct launch example(void)
{
	return (struct launch){
		.flags = LAUNCH_SWITCH_USER | LAUNCH_LANDLOCK,
		.parent = 77,
		.uid = 1879048200u,
		.gid = 1879048192u,
		.groups = { groups, 2 },
		.open_files = UINT64_MAX,
		.directory = TEXT("/"),
		.program = TEXT("/usr/lib/surrogate/dllhost"),
		.arguments = { arguments, 3 },
		.environment = { environment, 2 },
		.affinity = UINT64_C(0x8000000000000005),
	};
}

static void comes_back_as_it_was(void **state)
{
	struct launch in = example(), out;
	struct arena arena;
	struct buf b;

	(void)state;
	arena_init(&arena, LAUNCH_MEMORY_MAX);
	buf_init(&b, LAUNCH_BYTES_MAX);
	assert_int_equal(launch_encode(&in, &b), 0);
	if (getenv("CORPUS")) { /* a seed for the fuzzer */
		FILE *f = fopen(getenv("CORPUS"), "w");

		assert_non_null(f);
		fwrite(b.data, 1, b.length, f);
		fclose(f);
	}
	assert_int_equal(launch_decode(b.data, b.length, &arena, &out), 0);
	assert_int_equal(out.flags, in.flags);
	assert_int_equal(out.open_files, UINT64_MAX);
	assert_true(out.affinity == in.affinity);
	assert_int_equal(out.groups.count, 2);
	assert_int_equal(out.groups.items[0], 1879048192u);
	assert_int_equal(out.arguments.count, 3);
	assert_string_equal(out.arguments.items[2].data, "/Processid:{1}");
	assert_string_equal(out.arguments.items[1].data, "");
	assert_string_equal(out.environment.items[1].data, "A=\xc3\xa4");
	assert_int_equal(out.read_paths.count, 0);
	assert_string_equal(out.cgroup.data, "");
	buf_done(&b);
	arena_done(&arena);
}

static void every_cut_and_every_tail_is_refused(void **state)
{
	struct launch in = example(), out;
	struct arena arena;
	struct buf b;

	(void)state;
	arena_init(&arena, LAUNCH_MEMORY_MAX);
	buf_init(&b, LAUNCH_BYTES_MAX);
	assert_int_equal(launch_encode(&in, &b), 0);
	for (size_t n = 0; n < b.length; n++) {
		arena_reset(&arena);
		assert_int_equal(launch_decode(b.data, n, &arena, &out), -EBADMSG);
	}
	buf_putc(&b, 0);
	assert_int_equal(launch_decode(b.data, b.length, &arena, &out), -EBADMSG);
	b.data[0] ^= 1;
	assert_int_equal(launch_decode(b.data, b.length - 1, &arena, &out), -EBADMSG);
	buf_done(&b);
	arena_done(&arena);
}

static void a_text_with_nul_is_never_written(void **state)
{
	struct launch in = example();
	struct buf b;

	(void)state;
	buf_init(&b, LAUNCH_BYTES_MAX);
	in.program = (struct text){ "a\0b", 3 };
	assert_int_equal(launch_encode(&in, &b), -EINVAL);
	buf_done(&b);
}

static void a_list_that_is_too_long_is_refused(void **state)
{
	struct launch in = example();
	struct buf b;

	(void)state;
	buf_init(&b, LAUNCH_BYTES_MAX);
	in.arguments.count = LAUNCH_LIST_MAX + 1;
	assert_int_equal(launch_encode(&in, &b), -EINVAL);
	buf_done(&b);
}

static void a_lack_of_memory_is_survived(void **state)
{
#ifdef SURROGATE_FAULTS
	struct launch in = example(), out;
	struct arena arena;
	struct buf b;
	int r = -ENOMEM;

	buf_init(&b, LAUNCH_BYTES_MAX);
	assert_int_equal(launch_encode(&in, &b), 0);
	for (int nth = 1; r == -ENOMEM; nth++) {
		arena_init(&arena, LAUNCH_MEMORY_MAX);
		fault_arm(FAULT_ALLOC, nth, true);
		r = launch_decode(b.data, b.length, &arena, &out);
		fault_arm(FAULT_ALLOC, 0, false);
		arena_done(&arena);
		assert_true(r == -ENOMEM || r == 0);
		assert_true(nth < 100);
	}
	buf_done(&b);
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was),
		cmocka_unit_test(every_cut_and_every_tail_is_refused),
		cmocka_unit_test(a_text_with_nul_is_never_written),
		cmocka_unit_test(a_list_that_is_too_long_is_refused),
		cmocka_unit_test(a_lack_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
