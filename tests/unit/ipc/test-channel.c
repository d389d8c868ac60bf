/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a channel, one by one, with both sides in this process. */
#include "../unit.h"

#include "channel-rig.h"
#include "ipc/channel-layout.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

struct both {
	struct rig rig;
	struct channel_front *front;
	struct channel_host *host;
	struct arena arena;
};

static void both_init(struct both *b)
{
	rig_init(&b->rig, 2);
	assert_int_equal(channel_front_new(b->rig.fd, b->rig.bells, 2, &b->front), 0);
	assert_int_equal(channel_host_new(b->rig.fd, b->rig.bells, 2, &b->host), 0);
	arena_init(&b->arena, 1 << 20);
}

static void both_done(struct both *b)
{
	channel_host_free(b->host);
	channel_front_free(b->front);
	arena_done(&b->arena);
	rig_done(&b->rig);
}

static int submit(struct both *b, const char *method)
{
	struct channel_request request = { 0 };
	request.texts[CHANNEL_METHOD] = text_of(method);
	request.content_length = UINT64_MAX;
	int slot = channel_front_take(b->front, 0);
	assert_true(slot >= 0);
	assert_int_equal(channel_front_submit(b->front, slot, &request), 0);
	return slot;
}

static bool bell_rings(int bell)
{
	struct pollfd p = { bell, POLLIN, 0 };
	bool rings = poll(&p, 1, 0) == 1;
	channel_bell_drain(bell);
	return rings;
}

static const struct channel_response ok = { .status = 200, .content_length = UINT64_MAX };

static void a_request_arrives_whole(void **state)
{
	struct both b;
	both_init(&b);
	static struct channel_request sent, got;
	static char texts[CHANNEL_REQUEST_TEXT_COUNT][8];
	for (int i = 0; i < CHANNEL_REQUEST_TEXT_COUNT; i++) {
		rig_fill((uint64_t)i, 0, texts[i], sizeof(texts[i]));
		sent.texts[i] = (struct text){ texts[i], (size_t)i % 9 };
	}
	sent.header_count = CHANNEL_HEADERS_MAX;
	for (size_t i = 0; i < CHANNEL_HEADERS_MAX; i++) {
		sent.headers[i].name = (struct text){ texts[1], 1 + i % 8 };
		sent.headers[i].value = (struct text){ texts[2], i % 9 };
	}
	sent.request_id = 1;
	sent.site_id = UINT64_MAX;
	sent.content_length = 0;
	sent.remote_port = 65535;
	sent.local_port = 80;
	int slot = channel_front_take(b.front, 1);
	assert_int_equal(channel_front_submit(b.front, slot, &sent), 0);
	assert_int_equal(channel_host_waiting(b.host), 1);
	assert_false(channel_front_claimed(b.front, slot));
	assert_int_equal(channel_host_claim(b.host, -1), slot);
	assert_true(channel_front_claimed(b.front, slot));
	assert_int_equal(channel_host_waiting(b.host), 0);
	assert_int_equal(channel_host_request(b.host, slot, &got), 0);
	for (int i = 0; i < CHANNEL_REQUEST_TEXT_COUNT; i++)
		assert_true(text_equal(got.texts[i], sent.texts[i]));
	assert_int_equal(got.header_count, sent.header_count);
	for (size_t i = 0; i < CHANNEL_HEADERS_MAX; i++) {
		assert_true(text_equal(got.headers[i].name, sent.headers[i].name));
		assert_true(text_equal(got.headers[i].value, sent.headers[i].value));
	}
	assert_true(got.request_id == 1 && got.site_id == UINT64_MAX && got.local_port == 80);
	/* A length of 0 is the end of the body. */
	char byte;
	assert_int_equal(channel_host_read(b.host, slot, &byte, 1), 0);
	assert_int_equal(channel_front_taken(b.front, 1), UINT64_C(1) << slot);
	assert_int_equal(channel_front_taken(b.front, 0), 0);
	both_done(&b);
}

static void blocks_that_do_not_fit_are_refused(void **state)
{
	struct both b;
	both_init(&b);
	static char big[CHANNEL_HEAD_MAX];
	memset(big, 'x', sizeof(big));
	static struct channel_request request;
	int slot = channel_front_take(b.front, 0);
	request.texts[CHANNEL_QUERY] = (struct text){ big, sizeof(big) };
	assert_int_equal(channel_front_submit(b.front, slot, &request), -E2BIG);
	request.texts[CHANNEL_QUERY].length = 0;
	request.header_count = CHANNEL_HEADERS_MAX + 1;
	assert_int_equal(channel_front_submit(b.front, slot, &request), -EINVAL);
	assert_int_equal(channel_host_waiting(b.host), 0);
	request.header_count = 0;
	assert_int_equal(channel_front_submit(b.front, slot, &request), 0);

	assert_int_equal(channel_host_claim(b.host, -1), slot);
	static struct channel_response head;
	head = ok;
	head.header_count = 1;
	head.headers[0] = (struct channel_header_field){ TEXT("A"), { big, sizeof(big) } };
	assert_int_equal(channel_host_head(b.host, slot, &head), -E2BIG);
	static const struct channel_header_field wrong[] = {
		{ { "", 0 }, { "v", 1 } },      { { "a b", 3 }, { "v", 1 } },
		{ { "a:", 2 }, { "v", 1 } },    { { "a\0", 2 }, { "v", 1 } },
		{ { "a\xc3", 2 }, { "v", 1 } }, { { "a", 1 }, { "v\r\nSet-Cookie: x", 16 } },
		{ { "a", 1 }, { "v\nb", 3 } },  { { "a", 1 }, { "v\0", 2 } },
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		head.headers[0] = wrong[i];
		assert_int_equal(channel_host_head(b.host, slot, &head), -EINVAL);
	}
	head.header_count = 0;
	head.reason = TEXT("No\r\nYes");
	assert_int_equal(channel_host_head(b.host, slot, &head), -EINVAL);
	head.reason = TEXT("Fine");
	head.status = 99;
	assert_int_equal(channel_host_head(b.host, slot, &head), -EINVAL);
	head.status = 1000;
	assert_int_equal(channel_host_head(b.host, slot, &head), -EINVAL);
	head.status = 599;
	assert_int_equal(channel_host_write(b.host, slot, "x", 1), -EINVAL);
	assert_int_equal(channel_host_head(b.host, slot, &head), 0);
	assert_int_equal(channel_host_head(b.host, slot, &head), -EALREADY);
	both_done(&b);
}

/* Head, body and end of a page that does not flush are one notification. */
static void a_page_rings_once(void **state)
{
	struct both b;
	both_init(&b);
	int slot = submit(&b, "GET");
	assert_int_equal(channel_host_claim(b.host, -1), slot);
	assert_int_equal(channel_front_attention(b.front, 0, true), 0);
	assert_int_equal(channel_host_head(b.host, slot, &ok), 0);
	assert_int_equal(channel_host_write(b.host, slot, "hello", 5), 0);
	assert_int_equal(channel_front_poll(b.front, slot), 0);
	assert_false(bell_rings(b.rig.bells[0]));
	channel_host_finish(b.host, slot);
	assert_true(bell_rings(b.rig.bells[0]));
	assert_false(bell_rings(b.rig.bells[1]));
	assert_int_equal(channel_front_attention(b.front, 0, false), UINT64_C(1) << slot);
	assert_int_equal(channel_front_attention(b.front, 0, false), 0);
	assert_int_equal(channel_front_poll(b.front, slot),
			 CHANNEL_HEAD | CHANNEL_DATA | CHANNEL_FINISHED);
	struct channel_response head;
	assert_int_equal(channel_front_head(b.front, slot, &b.arena, &head), 0);
	assert_int_equal(head.status, 200);
	struct iovec iov[2];
	assert_int_equal(channel_front_peek(b.front, slot, iov), 1);
	assert_memory_equal(iov[0].iov_base, "hello", 5);
	channel_front_consume(b.front, slot, 2);
	assert_int_equal(channel_front_peek(b.front, slot, iov), 1);
	assert_memory_equal(iov[0].iov_base, "llo", 3);
	channel_front_consume(b.front, slot, 3);
	assert_int_equal(channel_front_poll(b.front, slot), CHANNEL_FINISHED);
	channel_front_release(b.front, slot);
	/* A loop that is awake needs no bell, and the bit waits for it. */
	assert_int_equal(submit(&b, "GET"), slot);
	assert_int_equal(channel_host_claim(b.host, -1), slot);
	channel_host_finish(b.host, slot);
	assert_false(bell_rings(b.rig.bells[0]));
	assert_int_equal(channel_front_attention(b.front, 0, true), UINT64_C(1) << slot);
	both_done(&b);
}

static void flush_shows_what_is_there(void **state)
{
	struct both b;
	both_init(&b);
	int slot = submit(&b, "GET");
	assert_int_equal(channel_host_claim(b.host, -1), slot);
	assert_int_equal(channel_front_attention(b.front, 0, true), 0);
	assert_int_equal(channel_host_flush(b.host, slot), 0); /* nothing: no bell */
	assert_false(bell_rings(b.rig.bells[0]));
	assert_int_equal(channel_host_head(b.host, slot, &ok), 0);
	assert_int_equal(channel_host_flush(b.host, slot), 0);
	assert_true(bell_rings(b.rig.bells[0]));
	assert_int_equal(channel_front_poll(b.front, slot), CHANNEL_HEAD);
	assert_int_equal(channel_host_write(b.host, slot, "x", 1), 0);
	assert_int_equal(channel_front_poll(b.front, slot), CHANNEL_HEAD);
	/* A large piece is shown without being asked. */
	static char big[CHANNEL_PUBLISH];
	assert_int_equal(channel_host_write(b.host, slot, big, sizeof(big)), 0);
	assert_int_equal(channel_front_poll(b.front, slot), CHANNEL_HEAD | CHANNEL_DATA);
	both_done(&b);
}

static void some_responses_have_no_body(void **state)
{
	static const struct {
		const char *method;
		unsigned status;
	} cases[] = { { "HEAD", 200 }, { "GET", 204 }, { "GET", 304 } };
	struct both b;
	both_init(&b);
	static char big[CHANNEL_RESPONSE_RING * 2];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int slot = submit(&b, cases[i].method);
		assert_int_equal(channel_host_claim(b.host, -1), slot);
		struct channel_response head = ok;
		head.status = cases[i].status;
		assert_int_equal(channel_host_head(b.host, slot, &head), 0);
		assert_int_equal(channel_host_write(b.host, slot, big, sizeof(big)), 0);
		channel_host_finish(b.host, slot);
		assert_int_equal(channel_front_poll(b.front, slot),
				 CHANNEL_HEAD | CHANNEL_FINISHED);
		channel_front_release(b.front, slot);
	}
	both_done(&b);
}

static void slots_run_out_and_come_back(void **state)
{
	struct both b;
	both_init(&b);
	int last = -1;
	for (int i = 0; i < CHANNEL_SLOTS; i++)
		assert_true((last = channel_front_take(b.front, i % 2)) >= 0);
	assert_int_equal(channel_front_active(b.front), CHANNEL_SLOTS);
	assert_int_equal(channel_front_take(b.front, 0), -EAGAIN);
	assert_false(bell_rings(b.rig.bells[0]));
	channel_front_release(b.front, last); /* by loop 1, for loop 0 */
	assert_true(bell_rings(b.rig.bells[0]));
	assert_false(bell_rings(b.rig.bells[1]));
	assert_int_equal(channel_front_take(b.front, 0), last); /* the hottest one */
	channel_front_release(b.front, last);
	assert_false(bell_rings(b.rig.bells[0])); /* nobody is hungry any more */
	assert_int_equal(channel_front_active(b.front), CHANNEL_SLOTS - 1);
	both_done(&b);
}

static void the_request_body_waits_for_room(void **state)
{
	struct both b;
	both_init(&b);
	int slot = submit(&b, "POST");
	struct iovec iov[2];
	assert_int_equal(channel_front_space(b.front, slot, iov), 1);
	assert_int_equal(iov[0].iov_len, CHANNEL_REQUEST_RING);
	rig_fill(9, 0, iov[0].iov_base, iov[0].iov_len);
	channel_front_commit(b.front, slot, iov[0].iov_len, false);
	assert_int_equal(channel_front_poll(b.front, slot), 0);
	assert_int_equal(channel_front_space(b.front, slot, iov), 0);
	/* Still with nobody, it can be given to another host. */
	assert_int_equal(channel_front_unclaimed_body(b.front, slot, iov), 1);
	assert_true(rig_matches(9, 0, iov[0].iov_base, iov[0].iov_len));
	assert_int_equal(channel_host_claim(b.host, -1), slot);
	assert_int_equal(channel_front_unclaimed_body(b.front, slot, iov), 0);
	assert_int_equal(channel_front_attention(b.front, 0, true), 0);
	char data[100];
	assert_int_equal(channel_host_read(b.host, slot, data, sizeof(data)), sizeof(data));
	assert_true(rig_matches(9, 0, data, sizeof(data)));
	assert_true(bell_rings(b.rig.bells[0]));
	assert_int_equal(channel_front_poll(b.front, slot), CHANNEL_SPACE);
	assert_int_equal(channel_front_poll(b.front, slot), CHANNEL_SPACE);
	assert_int_equal(channel_front_space(b.front, slot, iov), 1);
	assert_int_equal(iov[0].iov_len, sizeof(data));
	assert_int_equal(channel_front_poll(b.front, slot), 0);
	channel_front_commit(b.front, slot, 50, true);
	assert_int_equal(channel_front_space(b.front, slot, iov), 0);
	assert_int_equal(channel_front_poll(b.front, slot), 0); /* nothing more will be sent */
	static char rest[2 * CHANNEL_REQUEST_RING];
	assert_int_equal(channel_host_read(b.host, slot, rest, sizeof(rest)),
			 CHANNEL_REQUEST_RING - 50);
	assert_int_equal(channel_host_read(b.host, slot, rest, sizeof(rest)), 0);
	both_done(&b);
}

/* ---- a worker that is blocked ---- */

struct blocked {
	struct channel_host *host;
	int slot;
	bool reading;
	int result;
};

static void *blocked_thread(void *arg)
{
	struct blocked *w = arg;
	static char data[4096];
	w->slot = channel_host_claim(w->host, -1);
	if (w->slot < 0) {
		w->result = w->slot;
		return NULL;
	}
	if (w->reading) {
		w->result = (int)channel_host_read(w->host, w->slot, data, sizeof(data));
	} else {
		w->result = channel_host_head(w->host, w->slot, &ok);
		while (w->result == 0)
			w->result = channel_host_write(w->host, w->slot, data, sizeof(data));
	}
	channel_host_finish(w->host, w->slot);
	return NULL;
}

enum ending { CANCEL, ABANDON, FRONT_FREE, CLOSE };

static void wait_for_waiting(struct both *b, int slot)
{
	struct channel_shared *shared;
	assert_int_equal(channel_map(b->rig.fd, &shared), 0);
	while (!atomic_load(&shared->slots[slot].waiting))
		sched_yield();
	channel_unmap(shared);
}

static void end_blocked(bool reading, enum ending ending)
{
	struct both b;
	both_init(&b);
	struct blocked w = { b.host, -1, reading, 0 };
	pthread_t thread;
	pthread_create(&thread, NULL, blocked_thread, &w);
	int slot = submit(&b, "POST");
	wait_for_waiting(&b, slot);
	if (ending == CANCEL)
		channel_front_cancel(b.front, slot);
	else if (ending == ABANDON)
		channel_host_abandon(b.host);
	else
		b.front = channel_front_free(b.front);
	pthread_join(thread, NULL);
	assert_int_equal(w.result, -EPIPE);
	assert_false(channel_host_connected(b.host, slot));
	assert_int_equal(channel_host_flush(b.host, slot), -EPIPE);
	if (ending == CANCEL) {
		assert_true(channel_front_poll(b.front, slot) & CHANNEL_FINISHED);
		channel_front_release(b.front, slot);
		/* The next one in the same slot knows nothing of it. */
		assert_int_equal(submit(&b, "GET"), slot);
		assert_int_equal(channel_host_claim(b.host, -1), slot);
		assert_true(channel_host_connected(b.host, slot));
		channel_host_finish(b.host, slot);
	} else {
		assert_int_equal(channel_host_claim(b.host, -1), -EPIPE);
	}
	/* Half a response is no whole one. */
	if (ending == ABANDON)
		assert_false(channel_front_poll(b.front, slot) & CHANNEL_FINISHED);
	both_done(&b);
}

static void blocked_workers_hear_the_end(void **state)
{
	for (int reading = 0; reading < 2; reading++) {
		end_blocked(reading, CANCEL);
		end_blocked(reading, ABANDON);
		end_blocked(reading, FRONT_FREE);
	}
}

static void sleeping_workers_hear_the_end(void **state)
{
	static const enum ending endings[] = { CLOSE, ABANDON, FRONT_FREE };
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		struct both b;
		both_init(&b);
		struct blocked w[3];
		pthread_t threads[3];
		for (int k = 0; k < 3; k++) {
			w[k] = (struct blocked){ b.host, 0, false, 0 };
			pthread_create(&threads[k], NULL, blocked_thread, &w[k]);
		}
		if (endings[i] == CLOSE)
			channel_host_close(b.host);
		else if (endings[i] == ABANDON)
			channel_host_abandon(b.host);
		else
			b.front = channel_front_free(b.front);
		for (int k = 0; k < 3; k++) {
			pthread_join(threads[k], NULL);
			assert_int_equal(w[k].result, -EPIPE);
		}
		both_done(&b);
	}
}

static void closing_lets_the_submitted_through(void **state)
{
	struct both b;
	both_init(&b);
	int first = submit(&b, "GET"), second = submit(&b, "GET");
	channel_host_close(b.host);
	assert_int_equal(channel_host_claim(b.host, -1), first);
	assert_int_equal(channel_host_claim(b.host, -1), second);
	assert_int_equal(channel_host_claim(b.host, -1), -EPIPE);
	both_done(&b);
}

static void a_cancelled_request_is_never_begun(void **state)
{
	struct both b;
	both_init(&b);
	int first = submit(&b, "GET"), second = submit(&b, "GET");
	channel_front_cancel(b.front, first);
	assert_int_equal(channel_host_claim(b.host, -1), second);
	assert_int_equal(channel_front_poll(b.front, first), CHANNEL_FINISHED);
	assert_int_equal(channel_host_claim(b.host, 1), -ETIMEDOUT);
	assert_int_equal(channel_host_claim(b.host, 0), -ETIMEDOUT);
	both_done(&b);
}

/* A host that clears the flag it shares with us and empties the counter catches nobody. */
static void draining_a_bell_never_blocks(void **state)
{
	int bell = channel_bell_new();
	assert_int_equal(fcntl(bell, F_SETFL, 0), 0);
	channel_bell_drain(bell);
	channel_bell_ring(bell);
	channel_bell_ring(bell);
	assert_true(bell_rings(bell));
	assert_false(bell_rings(bell));
	close(bell);
}

static void only_channels_are_mapped(void **state)
{
	int bell = channel_bell_new();
	struct channel_front *front = NULL;
	struct channel_host *host = NULL;
	int loose = memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(loose, (off_t)channel_size()), 0);
	int blank = sys_memfd("blank", channel_size()), small = sys_memfd("small", 4096);
	const int wrong[] = { loose, blank, small, bell };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(channel_front_new(wrong[i], &bell, 1, &front), -EINVAL);
		assert_int_equal(channel_host_new(wrong[i], &bell, 1, &host), -EINVAL);
		sys_close(wrong[i]);
	}
	int fd = channel_create();
	assert_int_equal(channel_front_new(fd, &bell, 0, &front), -EINVAL);
	assert_int_equal(channel_host_new(fd, &bell, CHANNEL_LOOPS_MAX + 1, &host), -EINVAL);
	assert_null(front);
	assert_null(host);
	assert_null(channel_front_free(NULL));
	assert_null(channel_host_free(NULL));
	sys_close(fd);
}

static int make_all(void)
{
	struct channel_front *front = NULL;
	struct channel_host *host = NULL;
	_cleanup_fd_ int fd = channel_create();
	_cleanup_fd_ int bell = channel_bell_new();
	int r = fd < 0 ? fd : bell < 0 ? bell : 0;
	const int bells[2] = { bell, bell };
	if (r == 0)
		r = channel_front_new(fd, bells, 2, &front);
	if (r == 0)
		r = channel_host_new(fd, bells, 2, &host);
	channel_front_free(front);
	channel_host_free(host);
	return r;
}

/* Somebody looks at a slot while it goes through a request, and disturbs nothing. */
static void a_glance_shows_what_a_slot_carries(void **state)
{
	struct both b;
	static struct channel_glance glance;
	both_init(&b);
	assert_int_equal(channel_front_glance(b.front, 0, &b.arena, &glance), -EAGAIN);
	int slot = submit(&b, "PUT");
	assert_int_equal(channel_front_glance(b.front, slot, &b.arena, &glance), 0);
	assert_true(text_equal(glance.request.texts[CHANNEL_METHOD], TEXT("PUT")));
	assert_false(glance.claimed);
	uint64_t serial = glance.serial;
	assert_int_equal(channel_host_claim(b.host, 0), slot);
	assert_int_equal(channel_front_glance(b.front, slot, &b.arena, &glance), 0);
	assert_true(glance.claimed && glance.serial == serial);
	assert_int_equal(channel_host_head(b.host, slot, &ok), 0);
	channel_host_finish(b.host, slot);
	assert_true(channel_front_poll(b.front, slot) & CHANNEL_FINISHED);
	channel_front_release(b.front, slot);
	assert_int_equal(channel_front_glance(b.front, slot, &b.arena, &glance), -EAGAIN);
	assert_int_equal(submit(&b, "GET"), slot);
	assert_int_equal(channel_front_glance(b.front, slot, &b.arena, &glance), 0);
	assert_true(glance.serial != serial);
	both_done(&b);
}

static void every_failure_of_birth_is_clean(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, make_all);
	unit_each_fault(FAULT_MMAP, -ENOMEM, make_all);
	unit_each_fault(FAULT_OPEN, -EMFILE, make_all);
	unit_each_fault(FAULT_WRITE, -ENOSPC, make_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_arrives_whole),
		cmocka_unit_test(blocks_that_do_not_fit_are_refused),
		cmocka_unit_test(a_page_rings_once),
		cmocka_unit_test(flush_shows_what_is_there),
		cmocka_unit_test(some_responses_have_no_body),
		cmocka_unit_test(slots_run_out_and_come_back),
		cmocka_unit_test(the_request_body_waits_for_room),
		cmocka_unit_test(blocked_workers_hear_the_end),
		cmocka_unit_test(sleeping_workers_hear_the_end),
		cmocka_unit_test(closing_lets_the_submitted_through),
		cmocka_unit_test(a_cancelled_request_is_never_begun),
		cmocka_unit_test(draining_a_bell_never_blocks),
		cmocka_unit_test(a_glance_shows_what_a_slot_carries),
		cmocka_unit_test(only_channels_are_mapped),
		cmocka_unit_test(every_failure_of_birth_is_clean),
	};
	return cmocka_run_group_tests_name("ipc/channel", tests, NULL, NULL);
}
