/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests flow through a channel between threads and between processes, 100,000 of them with
 * bodies of all sizes in both directions; hosts die in the middle. (For ThreadSanitizer both sides
 * share one mapping in the first test: it knows addresses, not pages.)
 */
#include "../unit.h"

#include "channel-rig.h"
#include "ipc/channel-layout.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef RIG_REQUESTS
#define RIG_REQUESTS 100000
#endif

struct drive {
	struct channel_front *front;
	const struct rig *rig;
	int loop, in_flight;
	uint64_t first, count;
	const _Atomic int *host_gone;
	struct rig_result result;
};

static void *drive_thread(void *arg)
{
	struct drive *d = arg;
	rig_drive(d->front, d->rig, d->loop, d->first, d->count, d->in_flight, d->host_gone,
		  &d->result);
	return NULL;
}

static void *serve_thread(void *host)
{
	return (void *)(uintptr_t)rig_serve(host);
}

static void threads_exchange_over_one_mapping(void **state)
{
	struct rig rig;
	rig_init(&rig, 2);
	struct channel_shared *shared;
	struct channel_front *front;
	struct channel_host *host;
	assert_int_equal(channel_map(rig.fd, &shared), 0);
	assert_int_equal(channel_front_new_over(shared, rig.bells, 2, &front), 0);
	assert_int_equal(channel_host_new_over(shared, rig.bells, 2, &host), 0);
	pthread_t workers[3], loops[2];
	struct drive drives[2];
	for (int i = 0; i < 3; i++)
		pthread_create(&workers[i], NULL, serve_thread, host);
	for (int i = 0; i < 2; i++) {
		/* Together they want more slots than there are. */
		drives[i] =
			(struct drive){ front, &rig, i, 40, (uint64_t)i * 1000000, RIG_REQUESTS / 5,
					NULL,  { 0 } };
		pthread_create(&loops[i], NULL, drive_thread, &drives[i]);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(loops[i], NULL);
		assert_int_equal(drives[i].result.answered, RIG_REQUESTS / 5);
	}
	assert_int_equal(channel_front_active(front), 0);
	channel_host_close(host);
	uint64_t served = 0;
	for (int i = 0; i < 3; i++) {
		void *count;
		pthread_join(workers[i], &count);
		served += (uintptr_t)count;
	}
	assert_int_equal(served, RIG_REQUESTS / 5 * 2);
	channel_host_free(host);
	channel_front_free(front);
	channel_unmap(shared);
	rig_done(&rig);
}

static void assert_exits(int pid)
{
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void processes_exchange(void **state)
{
	static const struct {
		int threads, in_flight;
	} shapes[] = { { 1, 1 }, { 1, 8 }, { 2, 64 }, { 8, 64 } };
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct rig rig;
		rig_init(&rig, 1);
		int pid = rig_fork_host(&rig, shapes[i].threads);
		struct channel_front *front;
		assert_int_equal(channel_front_new(rig.fd, rig.bells, 1, &front), 0);
		struct rig_result result;
		rig_drive(front, &rig, 0, i * RIG_REQUESTS, RIG_REQUESTS * 3 / 20,
			  shapes[i].in_flight, NULL, &result);
		assert_int_equal(result.answered, RIG_REQUESTS * 3 / 20);
		/* The front's end is the end of the host's workers. */
		channel_front_free(front);
		assert_exits(pid);
		rig_done(&rig);
	}
}

struct reaper {
	int pid;
	_Atomic int gone;
};

static void *reap_thread(void *arg)
{
	struct reaper *reaper = arg;
	int status;
	waitpid(reaper->pid, &status, 0);
	reaper->gone = 1;
	return NULL;
}

/* A host is killed while requests are in every state. What it had not begun is not lost, what it
 * had finished is served, and what it had begun is counted. */
static void a_killed_host_fails_only_what_it_had_begun(void **state)
{
	for (int round = 0; round < 20; round++) {
		struct rig rig;
		rig_init(&rig, 1);
		struct reaper reaper = { rig_fork_host(&rig, 2), 0 };
		struct channel_front *front;
		assert_int_equal(channel_front_new(rig.fd, rig.bells, 1, &front), 0);
		/* The first lot proves it alive, then it is killed under the second. */
		struct rig_result result;
		rig_drive(front, &rig, 0, 0, 200, 32, NULL, &result);
		assert_int_equal(result.answered, 200);
		pthread_t thread, killer;
		struct drive second = { front,          &rig,         0,    32, 1000,
					UINT64_MAX / 2, &reaper.gone, { 0 } };
		pthread_create(&thread, NULL, drive_thread, &second);
		while (channel_front_active(front) < 16)
			sched_yield();
		kill(reaper.pid, SIGKILL);
		pthread_create(&killer, NULL, reap_thread, &reaper);
		pthread_join(killer, NULL);
		channel_bell_ring(rig.bells[0]); /* as the SCM's HOST_GONE wakes the loop */
		pthread_join(thread, NULL);
		assert_true(second.result.failed <=
			    2 + 1); /* a worker each, one cut in finishing */
		assert_int_equal(channel_front_active(front), 0);
		assert_true(second.result.untouched > 0 || second.result.failed > 0 ||
			    second.result.answered > 0);
		channel_front_free(front);
		rig_done(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_exchange_over_one_mapping),
		cmocka_unit_test(processes_exchange),
		cmocka_unit_test(a_killed_host_fails_only_what_it_had_begun),
	};
	return cmocka_run_group_tests_name("ipc/channel-flow", tests, NULL, NULL);
}
