/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of web/pool.c, pool_call.c and pool_loop.c on the whole road: clients, server, channels,
 * hosts that serve, leave, die and lie. */
#include "pool-rig.h"

#include "base/mem.h"
#include "ipc/channel-layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>

static void assert_body(const struct rig_answer *answer, const char *text)
{
	if (answer->body.length != strlen(text))
		fail_msg("status %d: %.*s", answer->status, (int)answer->body.length,
			 answer->body.data);
	assert_memory_equal(answer->body.data, text, strlen(text));
}

static void assert_pattern(struct rig_answer *answer, size_t length)
{
	assert_int_equal(answer->status, 200);
	assert_int_equal(answer->body.length, length);
	assert_true(answer->whole);
	assert_true(rig_is_pattern(answer->body.data, length));
	buf_done(&answer->body);
}

/* ---- a request, and bodies ---- */

static void a_request_goes_there_and_back(void **state)
{
	struct rig rig;
	struct rig_host h;
	struct rig_answer answer;

	rig_init(&rig, state);
	rig_host_start(&rig, &h, "one");
	for (int loop = 0; loop < 2; loop++) {
		rig_read(rig_get(&rig, loop, "hello"), &answer);
		assert_int_equal(answer.status, 200);
		assert_true(answer.whole);
		assert_body(&answer, "hello");
		buf_done(&answer.body);
	}
	assert_int_equal(rig_status(rig_get(&rig, 0, "interim")), 502);
	assert_int_equal(rig.untrusted, 0);
	rig_await_idle(&h);
	rig_host_gone(&h);
	rig_done(&rig);
}

static void bodies_larger_than_the_rings(void **state)
{
	static const size_t sizes[] = { 1, CHANNEL_REQUEST_RING, CHANNEL_REQUEST_RING + 1,
					5 * CHANNEL_RESPONSE_RING + 17 };
	struct rig rig;
	struct rig_host h;
	struct rig_answer answer;
	char query[40], text[40];

	rig_init(&rig, state);
	rig_host_start(&rig, &h, "one");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		for (int chunked = 0; chunked < 2; chunked++) {
			rig_post(&rig, (int)(i & 1), "/page.asp?echo", sizes[i], chunked, &answer);
			assert_pattern(&answer, sizes[i]);
			rig_post(&rig, (int)(i & 1), "/page.asp?late", sizes[i], chunked, &answer);
			snprintf(text, sizeof text, "%zu", sizes[i]);
			assert_body(&answer, text);
			buf_done(&answer.body);
		}
		snprintf(query, sizeof query, "size=%zu", sizes[i]);
		rig_read(rig_get(&rig, 0, query), &answer);
		assert_pattern(&answer, sizes[i]);
	}
	rig_await_idle(&h);
	rig_host_gone(&h);
	rig_done(&rig);
}

static struct channel_shared *map_channel(const struct rig_host *h)
{
	struct channel_shared *shared =
		mmap(NULL, channel_size(), PROT_READ | PROT_WRITE, MAP_SHARED, h->fd, 0);

	assert_true(shared != MAP_FAILED);
	return shared;
}

/* The answer has begun, and ring and sockets are full of the request: only the word that there is
 * room again can move it. */
static void a_full_request_behind_a_begun_answer(void **state)
{
	static const char begin[] = "POST /page.asp?later HTTP/1.1\r\nHost: h\r\nConnection: "
				    "close\r\nContent-Length: 9000000\r\n\r\n";
	static char data[65536];
	struct rig rig;
	struct rig_host h;
	struct rig_answer answer;
	size_t left = 9000000;

	rig_init(&rig, state);
	rig_host_start(&rig, &h, "one");
	struct channel_shared *shared = map_channel(&h);
	int fd = rig_dial(&rig, 0);

	assert_int_equal(send(fd, begin, sizeof begin - 1, MSG_NOSIGNAL), sizeof begin - 1);
	rig_await(&rig.stage->inside, 1);
	struct channel_slot_control *slot = &shared->slots[atomic_load(&shared->submitted[0])];

	for (ssize_t n = 0; n >= 0 || atomic_load(&slot->body_tail) < CHANNEL_REQUEST_RING;) {
		n = send(fd, data, sizeof data, MSG_DONTWAIT | MSG_NOSIGNAL);
		left -= n > 0 ? (size_t)n : 0;
	}
	rig_open_gate(&rig);
	while (left > 0) {
		size_t n = left < sizeof data ? left : sizeof data;

		assert_true((n = (size_t)send(fd, data, n, MSG_NOSIGNAL)) <= left);
		left -= n;
	}
	rig_read(fd, &answer);
	assert_body(&answer, "9000000");
	buf_done(&answer.body);
	munmap(shared, channel_size());
	rig_host_gone(&h);
	rig_done(&rig);
}

/* ---- waiting ---- */

static void requests_wait_for_the_first_host(void **state)
{
	struct rig rig;
	struct rig_host h;
	int fds[10];

	rig_init(&rig, state);
	for (int i = 0; i < 10; i++)
		fds[i] = rig_get(&rig, i & 1, "hello");
	rig_await_queued(&rig, "one", 10);
	assert_int_equal(rig.demands, 1);
	rig_host_start(&rig, &h, "one");
	for (int i = 0; i < 10; i++)
		assert_int_equal(rig_status(fds[i]), 200);
	assert_int_equal(rig.demands, 1);
	rig_host_gone(&h);
	rig_done(&rig);
}

static void say(struct rig *rig, bool stopped, unsigned status, const char *reason)
{
	struct web_pool_verdict verdict = { .stopped = stopped,
					    .status = status,
					    .hresult = 0x80080005,
					    .reason = text_of(reason) };

	web_pools_changed(rig->pools, TEXT("ONE"), &verdict);
}

static void a_failed_activation_answers_those_who_wait(void **state)
{
	struct rig rig;
	struct rig_host h;
	int fds[4];

	rig_init(&rig, state);
	for (int round = 1; round < 4; round++) {
		for (int i = 0; i < 4; i++)
			fds[i] = rig_get(&rig, i & 1, "hello");
		rig_await_queued(&rig, "one", 4);
		assert_int_equal(rig.demands, round);
		say(&rig, false, 500, "the host did not register in time");
		for (int i = 0; i < 4; i++) {
			struct rig_answer answer;

			rig_read(fds[i], &answer);
			assert_int_equal(answer.status, 500);
			assert_non_null(strstr(buf_cstr(&answer.body), "did not register in time"));
			buf_done(&answer.body);
		}
	}
	/* Who comes later asks anew, and is not answered with what is past. */
	fds[0] = rig_get(&rig, 0, "hello");
	fds[1] = rig_get(&rig, 1, "hello");
	rig_await_queued(&rig, "one", 2);
	assert_int_equal(rig.demands, 4);
	rig_host_start(&rig, &h, "one");
	assert_int_equal(rig_status(fds[0]), 200);
	assert_int_equal(rig_status(fds[1]), 200);
	rig_host_gone(&h);
	rig_done(&rig);
}

static void a_stopped_pool_answers_at_once(void **state)
{
	struct rig rig;
	struct rig_host h;
	int fd;

	rig_init(&rig, state);
	fd = rig_get(&rig, 0, "hello");
	rig_await_queued(&rig, "one", 1);
	say(&rig, true, 503, "stopped");
	assert_int_equal(rig_status(fd), 503);
	assert_int_equal(rig_status(rig_get(&rig, 1, "hello")), 503);
	assert_int_equal(rig.demands, 1);
	web_pools_changed(rig.pools, TEXT("one"), NULL);
	fd = rig_get(&rig, 1, "hello");
	rig_await(&rig.demands, 2);
	rig_host_start(&rig, &h, "one");
	assert_int_equal(rig_status(fd), 200);
	rig_host_gone(&h);
	rig_done(&rig);
}

/* loadBalancerCapabilities: of pool two it is TcpLevel. */
static void a_stopped_pool_may_hang_up(void **state)
{
	struct rig rig;
	struct rig_answer answer;
	struct web_pool_verdict verdict = { .stopped = true, .status = 503, .reason = TEXT("no") };

	rig_init(&rig, state);
	web_pools_changed(rig.pools, TEXT("two"), &verdict);
	rig_read(rig_send(&rig, 0, "GET", "/two/page.asp?hello"), &answer);
	assert_int_equal(answer.status, 0);
	assert_int_equal(answer.body.length, 0);
	buf_done(&answer.body);
	rig_done(&rig);
}

/* A host that drains does not serve: nobody waits for it. */
static void a_pool_is_stopped_while_its_host_drains(void **state)
{
	struct rig rig;
	struct rig_host h;
	int running, waiting;

	rig_init(&rig, state);
	rig_host_start(&rig, &h, "one");
	running = rig_get(&rig, 0, "wait");
	rig_await(&rig.stage->inside, 1);
	web_pools_host_drain(rig.pools, TEXT("one"), h.generation);
	waiting = rig_get(&rig, 1, "hello");
	rig_await_queued(&rig, "one", 1);
	say(&rig, true, 503, "stopped");
	assert_int_equal(rig_status(waiting), 503);
	assert_int_equal(rig.drained, 0);
	rig_open_gate(&rig);
	assert_int_equal(rig_status(running), 200);
	rig_await(&rig.drained, 1);
	rig_host_gone(&h);
	rig_done(&rig);
}

static void a_full_queue_is_503(void **state)
{
	struct rig rig;
	struct rig_host h;
	int fds[RIG_QUEUE];

	rig_init(&rig, state);
	for (int i = 0; i < RIG_QUEUE; i++)
		fds[i] = rig_get(&rig, i & 1, "hello");
	rig_await_queued(&rig, "one", RIG_QUEUE);
	assert_int_equal(rig_status(rig_get(&rig, 0, "hello")), 503);
	assert_int_equal(rig_status(rig_get(&rig, 1, "hello")), 503);
	/* Those who leave make room, wherever they stood. */
	for (int i = 0; i < RIG_QUEUE; i += 7)
		fds[i] = sys_close(fds[i]);
	rig_await_queued(&rig, "one", RIG_QUEUE - (RIG_QUEUE + 6) / 7);
	for (int i = 0; i < RIG_QUEUE; i += 7)
		fds[i] = rig_get(&rig, 0, "hello");
	rig_await_queued(&rig, "one", RIG_QUEUE);
	rig_host_start(&rig, &h, "one");
	for (int i = 0; i < RIG_QUEUE; i++)
		assert_int_equal(rig_status(fds[i]), 200);
	rig_host_gone(&h);
	rig_done(&rig);
}

/* asp/limits/requestQueueMax, and the page that stands in. */
static void asp_lets_only_so_many_wait(void **state)
{
	struct rig rig;
	struct rig_host h;
	struct rig_answer answer;
	char path[600];
	int waiting;

	rig_init_with(&rig, state, "<asp><limits requestQueueMax=\"1\"/></asp>");
	waiting = rig_get(&rig, 0, "hello");
	rig_await_queued(&rig, "one", 1);
	rig_read(rig_get(&rig, 0, "hello"), &answer);
	assert_int_equal(answer.status, 503);
	assert_non_null(strstr(buf_cstr(&answer.body), "503.3"));
	buf_done(&answer.body);
	snprintf(path, sizeof path, "%s/one/page_asp.htm", rig.folder);
	_cleanup_fd_ int fd = sys_open(path, O_WRONLY | O_CREAT, 0644);
	assert_int_equal(sys_write_all(fd, "busy", 4), 0);
	rig_read(rig_get(&rig, 1, "hello"), &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(buf_cstr(&answer.body), "busy");
	buf_done(&answer.body);
	rig_host_start(&rig, &h, "one");
	assert_int_equal(rig_status(waiting), 200);
	rig_host_gone(&h);
	rig_done(&rig);
}

static void the_queue_has_a_time_out(void **state)
{
	struct rig rig;
	struct rig_host h;
	int fds[3];

	rig_init_with(&rig, state, "<asp><limits queueTimeout=\"00:00:01\"/></asp>");
	for (int i = 0; i < 3; i++)
		fds[i] = rig_get(&rig, i & 1, "hello");
	for (int i = 0; i < 3; i++)
		assert_int_equal(rig_status(fds[i]), 500);
	rig_host_start(&rig, &h, "one");
	assert_int_equal(rig_status(rig_get(&rig, 0, "hello")), 200);
	rig_host_gone(&h);
	rig_done(&rig);
}

/* ---- hosts that die ---- */

/* Waits until the slot's request has all of its body that fits, and nobody has claimed it. */
static void await_unclaimed(struct rig_host *h, uint32_t count)
{
	struct web_pool_host *host = rig_host_find(h);

	assert_non_null(host);
	rig_await(&host->active, count);
}

static void a_dead_host_takes_only_what_it_ran(void **state)
{
	struct rig rig;
	struct rig_host dead, next;
	struct rig_answer answer;
	int running, sent, unclaimed[6];

	rig_init(&rig, state);
	rig_host_fork(&rig, &dead, "one", 2);
	running = rig_get(&rig, 0, "wait");
	sent = rig_get(&rig, 1, "headwait");
	rig_await(&rig.stage->inside, 2);
	for (int i = 0; i < 6; i++)
		unclaimed[i] = rig_get(&rig, i & 1, "hello");
	await_unclaimed(&dead, 8);
	rig_host_gone(&dead);
	assert_int_equal(rig_status(running), 502);
	rig_read(sent, &answer);
	assert_int_equal(answer.status, 200);
	assert_false(answer.whole);
	buf_done(&answer.body);
	rig_await_queued(&rig, "one", 6);
	rig_await(&rig.demands, 1);
	rig_host_start(&rig, &next, "one");
	for (int i = 0; i < 6; i++)
		assert_int_equal(rig_status(unclaimed[i]), 200);
	assert_int_equal(rig.stage->begun, 2 + 6);
	assert_int_equal(rig.untrusted, 0);
	rig_await_idle(&next);
	rig_host_gone(&next);
	rig_done(&rig);
}

struct upload {
	struct rig *rig;
	int loop;
	size_t length;
	bool chunked;
	struct rig_answer answer;
};

static void *upload_main(void *arg)
{
	struct upload *u = arg;

	rig_post(u->rig, u->loop, "/page.asp?echo", u->length, u->chunked, &u->answer);
	return NULL;
}

/* Bodies that were on their way to a host that never looked are told again to the next. */
static void unclaimed_bodies_go_to_the_next_host(void **state)
{
	struct rig rig;
	struct rig_host dead[3], next;
	struct upload uploads[] = { { &rig, 0, 10, false },     { &rig, 1, 10, true },
				    { &rig, 0, 65536, false },  { &rig, 1, 65536, true },
				    { &rig, 0, 700001, false }, { &rig, 1, 700001, true } };
	pthread_t threads[ARRAY_LEN(uploads)];

	rig_init(&rig, state);
	rig_host_bare(&rig, &dead[0], "one");
	for (size_t i = 0; i < ARRAY_LEN(uploads); i++)
		pthread_create(&threads[i], NULL, upload_main, &uploads[i]);
	for (int i = 0; i < 3; i++) {
		await_unclaimed(&dead[i], ARRAY_LEN(uploads));
		if (i < 2)
			rig_host_bare(&rig, &dead[i + 1], "one");
		rig_host_gone(&dead[i]);
	}
	rig_await_queued(&rig, "one", ARRAY_LEN(uploads));
	rig_host_start(&rig, &next, "one");
	for (size_t i = 0; i < ARRAY_LEN(uploads); i++) {
		pthread_join(threads[i], NULL);
		assert_pattern(&uploads[i].answer, uploads[i].length);
	}
	rig_await_idle(&next);
	rig_host_gone(&next);
	rig_done(&rig);
}

/* All of it lies in the channel when the host dies: the client gets it at its own pace. */
static void a_finished_response_outlives_its_host(void **state)
{
	const size_t length = CHANNEL_RESPONSE_RING - 1;
	struct rig rig;
	struct rig_host h;
	struct rig_answer answer;
	char query[40];
	int fd;

	rig_init(&rig, state);
	rig_host_fork(&rig, &h, "one", 1);
	snprintf(query, sizeof query, "size=%zu", length);
	fd = rig_get(&rig, 0, query);
	rig_await(&rig.stage->finished, 1);
	/* `finished` is counted before the worker's last word: the next one comes behind it. */
	assert_int_equal(rig_status(rig_get(&rig, 1, "hello")), 200);
	rig_host_gone(&h);
	/* The loop has been through the host's end when it serves this. */
	rig_host_start(&rig, &h, "one");
	assert_int_equal(rig_status(rig_get(&rig, 0, "hello")), 200);
	rig_read(fd, &answer);
	assert_pattern(&answer, length);
	rig_host_gone(&h);
	rig_done(&rig);
}

/* ---- clients that leave ---- */

static void a_client_leaves_a_page_that_writes(void **state)
{
	struct rig rig;
	struct rig_host h;
	char data[1000];

	rig_init(&rig, state);
	rig_host_start(&rig, &h, "one");
	for (uint32_t i = 0; i < 6; i++) {
		int fd = rig_get(&rig, (int)(i & 1), "stream");

		assert_true(recv(fd, data, sizeof data, 0) > 0);
		sys_close(fd);
		rig_await(&rig.stage->gone, i + 1);
	}
	rig_await_idle(&h);
	assert_int_equal(rig_status(rig_get(&rig, 0, "hello")), 200);
	rig_host_gone(&h);
	rig_done(&rig);
}

static void a_client_leaves_a_page_that_waits(void **state)
{
	struct rig rig;
	struct rig_host h;
	int fds[4];

	rig_init(&rig, state);
	rig_host_fork(&rig, &h, "one", 1);
	for (int i = 0; i < 4; i++)
		fds[i] = rig_get(&rig, i & 1, "wait"); /* one claimed, three not */
	await_unclaimed(&h, 4);
	rig_await(&rig.stage->inside, 1);
	for (int i = 0; i < 4; i++)
		sys_close(fds[i]);
	while (http_server_connections(rig.server) > 0)
		sched_yield();
	rig_open_gate(&rig);
	rig_await_idle(&h);
	assert_int_equal(rig_status(rig_get(&rig, 0, "hello")), 200);
	assert_int_equal(rig.stage->inside, 1); /* the others were never begun */
	rig_host_gone(&h);
	rig_done(&rig);
}

/* It has everything: that is not leaving. */
static void a_page_works_on_behind_its_answer(void **state)
{
	struct rig rig;
	struct rig_host h;
	struct rig_answer answer;

	rig_init(&rig, state);
	rig_host_start(&rig, &h, "one");
	assert_int_equal(rig_status(rig_get(&rig, 0, "after")), 200);
	rig_read(rig_send(&rig, 1, "HEAD", "/page.asp?after"), &answer);
	assert_int_equal(answer.status, 200);
	buf_done(&answer.body);
	while (http_server_connections(rig.server) > 0)
		sched_yield();
	rig_open_gate(&rig);
	rig_await(&rig.stage->finished, 2);
	assert_int_equal(rig.stage->stayed, 2);
	rig_await_idle(&h);
	rig_host_gone(&h);
	rig_done(&rig);
}

/* ---- load ---- */

struct load {
	struct rig *rig;
	int loop;
	uint32_t most; /* requests, 0: until `stop` */
	_Atomic bool *stop;
	uint32_t answered, failed;
};

static void *load_main(void *arg)
{
	struct load *load = arg;

	while (load->most ? load->answered < load->most : !atomic_load(load->stop)) {
		struct rig_answer answer;

		rig_read(rig_get(load->rig, load->loop, "size=3000"), &answer);
		load->failed += answer.status != 200 || !answer.whole || answer.body.length != 3000;
		load->answered++;
		buf_done(&answer.body);
	}
	return NULL;
}

static void recycling_under_load_loses_nothing(void **state)
{
	struct rig rig;
	struct rig_host hosts[21];
	_Atomic bool stop = false;
	struct load loads[6];
	pthread_t threads[6];

	rig_init(&rig, state);
	rig_host_start(&rig, &hosts[0], "one");
	for (int i = 0; i < 6; i++) {
		loads[i] = (struct load){ &rig, i & 1, 0, &stop };
		pthread_create(&threads[i], NULL, load_main, &loads[i]);
	}
	for (int i = 0; i < 20; i++) {
		rig_host_start(&rig, &hosts[i + 1], "one");
		web_pools_host_drain(rig.pools, TEXT("one"), hosts[i].generation);
		rig_await(&rig.drained, (uint32_t)i + 1);
		assert_int_equal(rig.last_drained, hosts[i].generation);
		rig_host_gone(&hosts[i]);
		/* Each of them has work before its successor comes. */
		rig_await(&rig.stage->begun, rig.stage->begun + 10);
	}
	stop = true;
	for (int i = 0; i < 6; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(loads[i].failed, 0);
	}
	assert_int_equal(rig.drained, 20);
	assert_int_equal(rig.untrusted, 0);
	rig_host_gone(&hosts[20]);
	rig_done(&rig);
}

/* One slot is left for two loops, one of which is under siege. */
static void nobody_starves(void **state)
{
	enum { TAKEN = 2 * CHANNEL_SLOTS - 1 };
	struct rig rig;
	struct rig_host h[2];
	struct web_pool_host *hosts[TAKEN];
	int slots[TAKEN];
	_Atomic bool stop = false;
	struct load loads[9];
	pthread_t threads[9];

	rig_init(&rig, state);
	rig_host_start(&rig, &h[0], "one");
	rig_host_start(&rig, &h[1], "one");
	struct web_pool *pool = web_pool_find(rig.pools, TEXT("one"));

	/* For the third loop, which has no connections and no slots of its own. */
	for (int i = 0; i < TAKEN; i++) {
		slots[i] = web_pool_take_slot(pool, 2, &hosts[i]);
		assert_true(slots[i] >= 0);
	}
	for (int i = 0; i < 9; i++) {
		loads[i] = (struct load){ &rig, i == 8, i == 8 ? 60 : 0, &stop };
		pthread_create(&threads[i], NULL, load_main, &loads[i]);
	}
	pthread_join(threads[8], NULL);
	stop = true;
	for (int i = 0; i < 9; i++) {
		if (i < 8)
			pthread_join(threads[i], NULL);
		assert_int_equal(loads[i].failed, 0);
	}
	for (int i = 0; i < TAKEN; i++) {
		web_pool_give_slot(hosts[i], slots[i]);
		web_pool_host_unref(hosts[i]);
	}
	rig_await_idle(&h[0]);
	rig_await_idle(&h[1]);
	rig_host_gone(&h[0]);
	rig_host_gone(&h[1]);
	rig_done(&rig);
}

/* ---- a host that lies ---- */

/* The slots that are submitted, as the host sees them. */
static uint32_t submitted(struct channel_shared *shared, unsigned char slots[CHANNEL_SLOTS])
{
	uint32_t tail = atomic_load(&shared->submit_tail);

	for (uint32_t i = 0; i < tail; i++)
		slots[i] = atomic_load(&shared->submitted[i]);
	return tail;
}

static void call_for_attention(struct rig_host *h, struct channel_shared *shared)
{
	for (int i = 0; i < RIG_LOOPS; i++) {
		atomic_store(&shared->loops[i].attention, ~UINT64_C(0));
		channel_bell_ring(web_pools_bells(h->rig->pools)[i]);
	}
}

typedef void (*lie_fn)(struct channel_shared *shared, int slot);

static void lie_positions(struct channel_shared *shared, int slot)
{
	atomic_store(&shared->slots[slot].response_tail, 0xfffffff0);
	atomic_store(&shared->slots[slot].host_flags, CHANNEL_HOST_FLAGS_ALL);
}

static void lie_flags(struct channel_shared *shared, int slot)
{
	atomic_store(&shared->slots[slot].host_flags, 0xff00);
}

static void lie_head(struct channel_shared *shared, int slot)
{
	memset(shared->data[slot].head, 0x7f, CHANNEL_HEAD_MAX);
	atomic_store(&shared->slots[slot].host_flags, CHANNEL_HOST_FLAGS_ALL);
}

static void lies_end_the_trust(void **state)
{
	static const lie_fn lies[] = { lie_positions, lie_flags, lie_head };
	struct rig rig;
	struct rig_host other, liar, next;

	rig_init(&rig, state);
	rig_host_start(&rig, &other, "two");
	for (uint32_t i = 0; i < ARRAY_LEN(lies); i++) {
		unsigned char slots[CHANNEL_SLOTS];
		int fds[8];

		rig_host_bare(&rig, &liar, "one");
		for (int k = 0; k < 8; k++)
			fds[k] = rig_get(&rig, k & 1, "hello");
		await_unclaimed(&liar, 8);
		struct channel_shared *shared = map_channel(&liar);
		struct web_pool_host *host = rig_host_find(&liar);

		while (atomic_load(&shared->submit_tail) < 8)
			sched_yield();
		assert_int_equal(submitted(shared, slots), 8);
		assert_non_null(host);
		for (int k = 0; k < 4; k++)
			lies[i](shared, slots[k]);
		call_for_attention(&liar, shared);
		rig_await(&rig.untrusted, i + 1);
		rig_host_start(&rig, &next, "one");
		int failed = 0;

		for (int k = 0; k < 8; k++) {
			int status = rig_status(fds[k]);

			assert_true(status == 200 || status == 502);
			failed += status == 502;
		}
		/* Those that it had not begun with are served by the next one. */
		assert_int_equal(failed, 4);
		assert_int_equal(rig.untrusted, i + 1);
		assert_null(rig_host_find(&liar));
		assert_int_equal(rig_status(rig_send(&rig, 0, "GET", "/two/page.asp?hello")), 200);
		munmap(shared, channel_size());
		rig_host_gone(&liar);
		rig_host_gone(&next);
	}
	rig_host_gone(&other);
	rig_done(&rig);
}

/* Nobody rings here: the sink that looks for room finds out. */
static void a_lie_about_the_body_is_found(void **state)
{
	static const char begin[] = "POST /page.asp?echo HTTP/1.1\r\nHost: h\r\nConnection: "
				    "close\r\nContent-Length: 10\r\n\r\nfirst";
	struct rig rig;
	struct rig_host liar;

	rig_init(&rig, state);
	rig_host_bare(&rig, &liar, "one");
	struct channel_shared *shared = map_channel(&liar);
	int fd = rig_dial(&rig, 0);

	assert_int_equal(send(fd, begin, sizeof begin - 1, MSG_NOSIGNAL), sizeof begin - 1);
	rig_await(&shared->submit_tail, 1);
	struct channel_slot_control *slot = &shared->slots[atomic_load(&shared->submitted[0])];

	rig_await(&slot->body_tail, 5);
	atomic_store(&slot->body_head, 0x80000000);
	assert_int_equal(send(fd, "later", 5, MSG_NOSIGNAL), 5);
	rig_await(&rig.untrusted, 1);
	assert_int_equal(rig_status(fd), 502);
	munmap(shared, channel_size());
	rig_host_gone(&liar);
	assert_int_equal(rig.untrusted, 1);
	rig_done(&rig);
}

/* ---- birth and end ---- */

static int make_pools(void)
{
	struct web_pools_options options = { .loops = 3 };
	struct web_pools *pools = NULL;
	int r = web_pools_new(&options, &pools);

	web_pools_free(pools);
	return r;
}

static void no_memory_no_pools(void **state)
{
	struct web_pools_options options = { .loops = CHANNEL_LOOPS_MAX + 1 };
	struct web_pools *pools = NULL;

	unit_each_fault(FAULT_ALLOC, -ENOMEM, make_pools);
	unit_each_fault(FAULT_OPEN, -EMFILE, make_pools);
	assert_true(fcntl(0, F_GETFD) >= 0);
	assert_int_equal(web_pools_new(&options, &pools), -EINVAL);
}

static void count_activity(void *ctx, const char *pool, uint64_t generation, uint64_t requests,
			   uint64_t active)
{
	uint64_t *sum = ctx;

	sum[0] += requests;
	sum[1] += active;
	sum[2]++;
}

static void the_server_stops_with_pages_running(void **state)
{
	struct rig rig;
	struct rig_host h[2];
	uint64_t sum[3] = { 0 };
	int fds[6];

	rig_init(&rig, state);
	rig_host_start(&rig, &h[0], "one");
	rig_host_start(&rig, &h[1], "one");
	for (int i = 0; i < 6; i++)
		fds[i] = rig_get(&rig, i & 1, "wait");
	rig_await(&rig.stage->inside, 6);
	web_pools_each_host(rig.pools, count_activity, sum);
	assert_int_equal(sum[0], 6);
	assert_int_equal(sum[1], 6);
	assert_int_equal(sum[2], 2);
	http_server_stop(rig.server, 0);
	for (int i = 0; i < 6; i++)
		assert_int_equal(rig_status(fds[i]), 0);
	rig_open_gate(&rig);
	rig_host_gone(&h[0]);
	rig_host_gone(&h[1]);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_request_goes_there_and_back),
		state_test(bodies_larger_than_the_rings),
		state_test(a_full_request_behind_a_begun_answer),
		state_test(requests_wait_for_the_first_host),
		state_test(a_failed_activation_answers_those_who_wait),
		state_test(a_stopped_pool_answers_at_once),
		state_test(a_stopped_pool_may_hang_up),
		state_test(a_pool_is_stopped_while_its_host_drains),
		state_test(a_full_queue_is_503),
		state_test(asp_lets_only_so_many_wait),
		state_test(the_queue_has_a_time_out),
		state_test(a_dead_host_takes_only_what_it_ran),
		state_test(unclaimed_bodies_go_to_the_next_host),
		state_test(a_finished_response_outlives_its_host),
		state_test(a_client_leaves_a_page_that_writes),
		state_test(a_client_leaves_a_page_that_waits),
		state_test(a_page_works_on_behind_its_answer),
		state_test(recycling_under_load_loses_nothing),
		state_test(nobody_starves),
		state_test(lies_end_the_trust),
		state_test(a_lie_about_the_body_is_found),
		state_test(the_server_stops_with_pages_running),
		cmocka_unit_test(no_memory_no_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
