/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/loop.h. Nothing here sleeps: timers are due in the past or in a moment, and what
 * another thread does is waited for through the loop itself. */
#include "../unit.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

struct fixture {
	struct loop *loop;
	int pair[2][2];
	struct loop_watch *watch[2];
	int calls[2];
	unsigned events;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ 0 };
	*state = &f;
	for (int i = 0; i < 2; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, f.pair[i]) <
		    0)
			return -1;
	}
	return loop_new(&f.loop);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	loop_free(f->loop);
	for (int i = 0; i < 4; i++)
		sys_close(f->pair[i / 2][i % 2]);
	return 0;
}

static void read_and_count(void *ctx, int fd, unsigned events)
{
	struct fixture *f = ctx;
	char c[64];
	f->events = events;
	f->calls[fd == f->pair[1][0]]++;
	while (sys_recv(fd, c, sizeof(c), MSG_DONTWAIT) > 0)
		;
}

static void only_count(void *ctx, int fd, unsigned events)
{
	struct fixture *f = ctx;
	f->events = events;
	f->calls[fd == f->pair[1][0]]++;
}

static void readiness(void **state)
{
	struct fixture *f = *state;
	int fd = f->pair[0][0];
	assert_int_equal(loop_watch(f->loop, fd, LOOP_READ, read_and_count, f, &f->watch[0]), 0);
	assert_int_equal(loop_run_once(f->loop, 0), 0);
	assert_int_equal(f->calls[0], 0);
	assert_int_equal(write(f->pair[0][1], "x", 1), 1);
	loop_run_once(f->loop, -1);
	assert_int_equal(f->calls[0], 1);
	assert_int_equal(f->events, LOOP_READ);
	assert_int_equal(loop_rewatch(f->watch[0], LOOP_WRITE), 0);
	loop_run_once(f->loop, -1);
	assert_int_equal(f->events, LOOP_WRITE);
	loop_rewatch(f->watch[0], LOOP_READ);
	f->pair[0][1] = sys_close(f->pair[0][1]);
	loop_run_once(f->loop, -1);
	assert_int_equal(f->events, LOOP_READ | LOOP_HANGUP);
	assert_null(loop_unwatch(f->watch[0]));
	assert_null(loop_unwatch(NULL));
	loop_run_once(f->loop, 0);
	assert_int_equal(f->calls[0], 3);
	assert_int_equal(loop_watch(f->loop, -1, LOOP_READ, only_count, f, &f->watch[0]), -EBADF);
}

static void level_and_edge(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(loop_watch(f->loop, f->pair[i][0], LOOP_READ | (i ? LOOP_EDGE : 0),
					    only_count, f, &f->watch[i]),
				 0);
		assert_int_equal(write(f->pair[i][1], "x", 1), 1);
	}
	for (int turn = 0; turn < 3; turn++)
		loop_run_once(f->loop, 0);
	assert_int_equal(f->calls[0], 3); /* level: as long as there is something to read */
	assert_int_equal(f->calls[1], 1); /* edge: once */
	assert_int_equal(write(f->pair[1][1], "x", 1), 1);
	loop_run_once(f->loop, 0);
	assert_int_equal(f->calls[1], 2);
}

/* Both descriptors are ready; whoever is called first removes both. */
static void remove_both(void *ctx, int fd, unsigned events)
{
	struct fixture *f = ctx;
	only_count(ctx, fd, events);
	for (int i = 0; i < 2; i++)
		f->watch[i] = loop_unwatch(f->watch[i]);
}

static void a_removed_watch_is_never_called(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(loop_watch(f->loop, f->pair[i][0], LOOP_READ, remove_both, f,
					    &f->watch[i]),
				 0);
		assert_int_equal(write(f->pair[i][1], "x", 1), 1);
	}
	for (int turn = 0; turn < 3; turn++)
		loop_run_once(f->loop, 0);
	assert_int_equal(f->calls[0] + f->calls[1], 1);
}

/* Removes the other and watches the same descriptor anew: the fetched event of the old watch
 * must not reach the new one in this turn, but the next turn must. */
static void replace_other(void *ctx, int fd, unsigned events)
{
	struct fixture *f = ctx;
	int other = fd == f->pair[0][0];
	f->watch[other] = loop_unwatch(f->watch[other]);
	f->watch[!other] = loop_unwatch(f->watch[!other]);
	assert_int_equal(loop_watch(f->loop, f->pair[other][0], LOOP_READ, only_count, f,
				    &f->watch[other]),
			 0);
}

static void a_new_watch_starts_fresh(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 2; i++) {
		loop_watch(f->loop, f->pair[i][0], LOOP_READ, replace_other, f, &f->watch[i]);
		assert_int_equal(write(f->pair[i][1], "x", 1), 1);
	}
	loop_run_once(f->loop, 0);
	assert_int_equal(f->calls[0] + f->calls[1], 0);
	loop_run_once(f->loop, 0);
	assert_int_equal(f->calls[0] + f->calls[1], 1);
}

/* Timers */

static int64_t fired[2000];
static int fired_count;

static void record_timer(void *ctx)
{
	struct loop_timer *timer = ctx;
	assert_int_equal(timer->pos, 0);
	fired[fired_count++] = timer->due;
}

static void timers_fire_in_order(void **state)
{
	struct fixture *f = *state;
	static struct loop_timer timers[1000];
	uint32_t seed = 7;
	int64_t past = clock_now() - NSEC_PER_SEC;
	int expected = 0;
	fired_count = 0;
	memset(timers, 0, sizeof(timers));
	for (size_t i = 0; i < ARRAY_LEN(timers); i++) {
		seed = seed * 1664525u + 1013904223u;
		assert_int_equal(loop_timer_set(f->loop, &timers[i], past + (seed >> 16) % 5000,
						record_timer, &timers[i]),
				 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(timers); i++) {
		seed = seed * 1664525u + 1013904223u;
		if (i % 3 == 0) {
			loop_timer_cancel(f->loop, &timers[i]);
			loop_timer_cancel(f->loop, &timers[i]);
		} else if (i % 3 == 1) {
			loop_timer_set(f->loop, &timers[i], past + (seed >> 16) % 5000,
				       record_timer, &timers[i]);
		}
		expected += i % 3 != 0;
	}
	loop_run_once(f->loop, -1);
	assert_int_equal(fired_count, expected);
	for (int i = 1; i < fired_count; i++)
		assert_true(fired[i - 1] <= fired[i]);
}

static void a_timer_wakes_the_loop_and_not_early(void **state)
{
	struct fixture *f = *state;
	struct loop_timer timer = { 0 }, late = { 0 };
	int64_t due = clock_now() + 3 * NSEC_PER_MSEC / 2;
	fired_count = 0;
	loop_timer_set(f->loop, &timer, due, record_timer, &timer);
	loop_timer_set(f->loop, &late, due + 1000 * NSEC_PER_SEC, record_timer, &late);
	while (fired_count == 0)
		assert_int_equal(loop_run_once(f->loop, -1), 0);
	assert_true(loop_now(f->loop) >= due);
	assert_int_equal(fired_count, 1);
	f->loop = loop_free(f->loop);
	assert_int_equal(late.pos, 0); /* the loop has forgotten it */
}

static struct {
	struct loop *loop;
	struct loop_timer timer, other;
	int runs;
} again;

static void rearm_in_the_past(void *ctx)
{
	again.runs++;
	loop_timer_set(again.loop, &again.timer, 1, rearm_in_the_past, NULL);
	loop_timer_cancel(again.loop, &again.other);
}

static void never(void *ctx)
{
	fail_msg("%s", "a cancelled timer was called");
}

static void a_timer_that_rearms_itself_ends_the_turn(void **state)
{
	struct fixture *f = *state;
	memset(&again, 0, sizeof(again));
	again.loop = f->loop;
	loop_timer_set(f->loop, &again.timer, 1, rearm_in_the_past, NULL);
	loop_timer_set(f->loop, &again.other, 2, never, NULL);
	loop_run_once(f->loop, 0);
	assert_in_range(again.runs, 1, 2);
	loop_run_once(f->loop, 0);
	assert_in_range(again.runs, 2, 4);
	loop_timer_cancel(f->loop, &again.timer);
}

/* Tasks and threads */

struct poster {
	struct loop *loop;
	struct loop_task task;
	int runs;
	atomic_bool done;
};

static void run_task(void *ctx)
{
	struct poster *p = ctx;
	p->runs++;
	atomic_store(&p->done, true);
}

static void *post_from_outside(void *ctx)
{
	struct poster *p = ctx;
	for (int i = 0; i < 10000; i++)
		loop_post(p->loop, &p->task);
	return NULL;
}

static void posts_from_another_thread_arrive(void **state)
{
	struct fixture *f = *state;
	struct poster p = { .loop = f->loop, .task = { .fn = run_task, .ctx = &p } };
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, post_from_outside, &p), 0);
	while (!atomic_load(&p.done))
		loop_run_once(f->loop, -1);
	pthread_join(thread, NULL);
	loop_run_once(f->loop, 0);
	assert_in_range(p.runs, 1, 10000);
	assert_false(p.task.posted);
	int runs = p.runs;
	loop_run_once(f->loop, 0);
	assert_int_equal(p.runs, runs);
}

static void post_myself(void *ctx)
{
	struct poster *p = ctx;
	if (++p->runs < 5)
		loop_post(p->loop, &p->task);
}

static void a_task_posts_itself_for_the_next_turn(void **state)
{
	struct fixture *f = *state;
	struct poster p = { .loop = f->loop, .task = { .fn = post_myself, .ctx = &p } };
	loop_post(f->loop, &p.task);
	loop_post(f->loop, &p.task);
	for (int turn = 1; turn <= 5; turn++) {
		loop_run_once(f->loop, -1); /* would hang if the posted task did not wake it */
		assert_int_equal(p.runs, turn);
	}
	loop_run_once(f->loop, 0);
	assert_int_equal(p.runs, 5);
}

static int order[3], order_count;

static void record_order(void *ctx)
{
	order[order_count++] = *(int *)ctx;
}

static void free_task(void *ctx)
{
	mem_free(ctx);
}

static void tasks_run_in_order_and_may_free_themselves(void **state)
{
	struct fixture *f = *state;
	int numbers[] = { 1, 2, 3 };
	struct loop_task tasks[3] = { 0 };
	order_count = 0;
	for (int i = 0; i < 3; i++) {
		tasks[i] = (struct loop_task){ .fn = record_order, .ctx = &numbers[i] };
		loop_post(f->loop, &tasks[i]);
	}
	struct loop_task *alone = mem_new(struct loop_task);
	*alone = (struct loop_task){ .fn = free_task, .ctx = alone };
	loop_post(f->loop, alone);
	loop_run_once(f->loop, -1);
	assert_int_equal(order_count, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(order[i], i + 1);
}

static void *stop_from_outside(void *loop)
{
	loop_stop(loop);
	return NULL;
}

static void stop_ends_run(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, stop_from_outside, f->loop), 0);
	assert_int_equal(loop_run(f->loop), 0);
	pthread_join(thread, NULL);
	loop_stop(f->loop); /* before run: run returns at once */
	assert_int_equal(loop_run(f->loop), 0);
}

static void signal_arrived(void *ctx, int signo)
{
	struct fixture *f = ctx;
	f->calls[signo == SIGUSR2]++;
}

static void signals_become_events(void **state)
{
	struct fixture *f = *state;
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigaddset(&mask, SIGUSR2);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	assert_int_equal(loop_signal(f->loop, SIGUSR1, signal_arrived, f), 0);
	assert_int_equal(loop_signal(f->loop, SIGUSR2, signal_arrived, f), 0);
	assert_int_equal(loop_signal(f->loop, 0, signal_arrived, f), -EINVAL);
	assert_int_equal(loop_signal(f->loop, 1000, signal_arrived, f), -EINVAL);
	raise(SIGUSR2);
	loop_run_once(f->loop, -1);
	assert_int_equal(f->calls[1], 1);
	raise(SIGUSR1);
	raise(SIGUSR2);
	loop_run_once(f->loop, -1);
	assert_int_equal(f->calls[0], 1);
	assert_int_equal(f->calls[1], 2);
}

static void nothing(void *ctx)
{
}

static int body(void)
{
	struct loop *loop = NULL;
	int r = loop_new(&loop);
	if (r < 0)
		return r;
	static struct loop_timer timers[40];
	struct loop_watch *watch = NULL;
	memset(timers, 0, sizeof(timers));
	r = loop_watch(loop, STDIN_FILENO, 0, only_count, NULL, &watch);
	if (r == -EPERM || r == -EBADF)
		r = 0; /* standard input may be a file, which epoll refuses */
	for (size_t i = 0; i < ARRAY_LEN(timers) && r == 0; i++)
		r = loop_timer_set(loop, &timers[i], (int64_t)i, nothing, NULL);
	loop_run_once(loop, 0);
	loop_free(loop);
	return r;
}

static void every_allocation_can_fail(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, body);
	assert_null(loop_free(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readiness),
		TEST(level_and_edge),
		TEST(a_removed_watch_is_never_called),
		TEST(a_new_watch_starts_fresh),
		TEST(timers_fire_in_order),
		TEST(a_timer_wakes_the_loop_and_not_early),
		TEST(a_timer_that_rearms_itself_ends_the_turn),
		TEST(posts_from_another_thread_arrive),
		TEST(a_task_posts_itself_for_the_next_turn),
		TEST(tasks_run_in_order_and_may_free_themselves),
		TEST(stop_ends_run),
		TEST(signals_become_events),
		TEST(every_allocation_can_fail),
	};
	return cmocka_run_group_tests_name("base/loop", tests, NULL, NULL);
}
