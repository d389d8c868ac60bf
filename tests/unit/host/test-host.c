/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of host/host.h: what a handler sees and says, how threads come, how a host ends. */
#include "../unit.h"

#include "host/host.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sys.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

/* ---- a front end with one loop ---- */

struct site {
	int fd, bell;
	struct channel_front *front;
	struct arena arena;
};

static void site_init(struct site *site)
{
	site->fd = channel_create();
	site->bell = channel_bell_new();
	assert_int_equal(channel_front_new(site->fd, &site->bell, 1, &site->front), 0);
	arena_init(&site->arena, 1 << 20);
}

static void site_done(struct site *site)
{
	site->front = channel_front_free(site->front);
	arena_done(&site->arena);
	sys_close(site->fd);
	sys_close(site->bell);
}

static int site_send(struct site *site, const char *path, const char *body)
{
	struct channel_request request = { 0 };
	request.texts[CHANNEL_METHOD] = TEXT("POST");
	request.texts[CHANNEL_PATH] = text_of(path);
	request.content_length = strlen(body);
	int slot = channel_front_take(site->front, 0);
	assert_true(slot >= 0);
	if (*body) {
		struct iovec iov[2];
		assert_int_equal(channel_front_space(site->front, slot, iov), 1);
		memcpy(iov[0].iov_base, body, strlen(body));
		channel_front_commit(site->front, slot, strlen(body), true);
	}
	assert_int_equal(channel_front_submit(site->front, slot, &request), 0);
	return slot;
}

static void site_wait(struct site *site)
{
	if (channel_front_attention(site->front, 0, false) ||
	    channel_front_attention(site->front, 0, true))
		return;
	struct pollfd p = { site->bell, POLLIN, 0 };
	assert_int_equal(poll(&p, 1, 30000), 1);
	channel_bell_drain(site->bell);
}

/* The whole answer: its status, and its body in the site's arena. */
static unsigned site_receive(struct site *site, int slot, struct text *ret_body)
{
	struct channel_response head = { 0 };
	int events;
	while (!((events = channel_front_poll(site->front, slot)) & CHANNEL_FINISHED))
		site_wait(site);
	assert_true(events > 0);
	assert_int_equal(channel_front_head(site->front, slot, &site->arena, &head), 0);
	struct iovec iov[2] = { 0 };
	assert_true(channel_front_peek(site->front, slot, iov) <= 1);
	ret_body->data =
		arena_strndup(&site->arena, iov[0].iov_base ? iov[0].iov_base : "", iov[0].iov_len);
	ret_body->length = iov[0].iov_len;
	channel_front_release(site->front, slot);
	return head.status;
}

/* ---- an application ---- */

struct app {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int inside;  /* requests for /wait that have arrived */
	bool opened; /* they may go on */
	_Atomic bool saw_gone;
};

#define APP_INIT                                                                                   \
	{                                                                                          \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false, false               \
	}

static void app_wait(struct app *app)
{
	pthread_mutex_lock(&app->lock);
	app->inside++;
	pthread_cond_broadcast(&app->changed);
	while (!app->opened)
		pthread_cond_wait(&app->changed, &app->lock);
	pthread_mutex_unlock(&app->lock);
}

static void app_wait_inside(struct app *app, int count)
{
	pthread_mutex_lock(&app->lock);
	while (app->inside < count)
		pthread_cond_wait(&app->changed, &app->lock);
	pthread_mutex_unlock(&app->lock);
}

static void app_open(struct app *app)
{
	pthread_mutex_lock(&app->lock);
	app->opened = true;
	pthread_cond_broadcast(&app->changed);
	pthread_mutex_unlock(&app->lock);
}

static void app_handle(void *ctx, struct exchange *exchange)
{
	struct app *app = ctx;
	struct text path = exchange->request->texts[CHANNEL_PATH];
	char body[64];
	if (text_equal(path, TEXT("/silent")))
		return;
	if (text_equal(path, TEXT("/wait")))
		app_wait(app);
	if (text_equal(path, TEXT("/until-gone"))) {
		app_wait(app);
		struct channel_response head = { .status = 200, .content_length = UINT64_MAX };
		memset(body, 'b', sizeof(body));
		if (exchange_head(exchange, &head) == 0) {
			while (exchange_write(exchange, body, sizeof(body)) == 0)
				;
		}
		app->saw_gone = !exchange_connected(exchange);
		return;
	}
	ssize_t n = exchange_read(exchange, body, sizeof(body));
	if (n == -EPIPE && !exchange_connected(exchange))
		return;
	ASSERT(n >= 0);
	struct channel_response head = { .status = 200, .content_length = (uint64_t)n + 6 };
	ASSERT(exchange_write(exchange, "early", 5) == -EINVAL);
	ASSERT(exchange_head(exchange, &head) == 0);
	ASSERT(exchange_head(exchange, &head) == -EALREADY);
	ASSERT(exchange_write(exchange, "hello ", 6) == 0 && exchange_flush(exchange) == 0);
	ASSERT(exchange_write(exchange, body, (size_t)n) == 0);
}

static struct host *app_start(struct app *app, const struct site *site, int threads_max)
{
	struct host *host = NULL;
	struct host_options options = { 0, site->fd,    &site->bell,
					1, threads_max, { app_handle, app } };
	assert_int_equal(host_start(&options, &host), 0);
	return host;
}

static void requests_are_answered(void **state)
{
	struct site site;
	struct app app = APP_INIT;
	struct text body;
	uint64_t requests, active;
	site_init(&site);
	struct host *host = app_start(&app, &site, 0);
	for (int i = 0; i < 100; i++) {
		int slot = site_send(&site, "/", "world");
		assert_int_equal(site_receive(&site, slot, &body), 200);
		assert_text(body, "hello world");
	}
	int slot = site_send(&site, "/silent", "");
	assert_int_equal(site_receive(&site, slot, &body), 500);
	assert_non_null(memmem(body.data, body.length, "without an answer", 17));
	host_counters(host, &requests, &active);
	assert_int_equal(requests, 101);
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	site_done(&site);
}

/* Pages that wait for each other: each needs a thread of its own, up to the limit. */
static void waiting_pages_get_threads(void **state)
{
	struct site site;
	struct app app = APP_INIT;
	struct text body;
	uint64_t requests, active;
	int slots[7];
	site_init(&site);
	struct host *host = app_start(&app, &site, 6);
	assert_int_equal(host_threads(host), 1);
	for (int i = 0; i < 7; i++)
		slots[i] = site_send(&site, "/wait", "");
	/* Two of them are beyond the soft limit of this machine when it has one or two processors.
	 */
	app_wait_inside(&app, 6);
	host_counters(host, &requests, &active);
	assert_int_equal(active, 6);
	assert_int_equal(host_threads(host), 6);
	assert_false(channel_front_claimed(site.front, slots[6]));
	app_open(&app);
	for (int i = 0; i < 7; i++)
		assert_int_equal(site_receive(&site, slots[i], &body), 200);
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	site_done(&site);
}

static void stop_finishes_what_was_submitted(void **state)
{
	struct site site;
	struct app app = APP_INIT;
	struct text body;
	int slots[10];
	site_init(&site);
	struct host *host = app_start(&app, &site, 1);
	slots[0] = site_send(&site, "/wait", "");
	app_wait_inside(&app, 1);
	for (int i = 1; i < 10; i++)
		slots[i] = site_send(&site, "/", "queued");
	/* The page outlasts this grace, and the second one lets it end. */
	host = host_stop(host, 0);
	assert_non_null(host);
	app_open(&app);
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	/* Cut short is not finished; what was not begun can go to another host. */
	assert_int_equal(channel_front_poll(site.front, slots[0]), 0);
	assert_true(channel_front_claimed(site.front, slots[0]));
	assert_false(channel_front_claimed(site.front, slots[9]));
	site_done(&site);

	site_init(&site);
	host = app_start(&app, &site, 1);
	for (int i = 0; i < 10; i++)
		slots[i] = site_send(&site, "/", "queued");
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	for (int i = 0; i < 10; i++) {
		assert_int_equal(site_receive(&site, slots[i], &body), 200);
		assert_text(body, "hello queued");
	}
	site_done(&site);
}

static void a_new_channel_replaces_the_old(void **state)
{
	struct site old, fresh;
	struct app app = APP_INIT;
	struct text body;
	site_init(&old);
	site_init(&fresh);
	struct host *host = app_start(&app, &old, 2);
	int slot = site_send(&old, "/", "one");
	assert_int_equal(site_receive(&old, slot, &body), 200);
	/* One page writes for ever to a front end that does not read. */
	app_open(&app);
	site_send(&old, "/until-gone", "");
	app_wait_inside(&app, 1);
	assert_int_equal(host_add_channel(host, 0, -1, &fresh.bell, 1), -EBADF);
	assert_int_equal(host_add_channel(host, 0, fresh.fd, &fresh.bell, 1), 0);
	for (int i = 0; i < 10; i++) {
		slot = site_send(&fresh, "/", "two");
		assert_int_equal(site_receive(&fresh, slot, &body), 200);
		assert_text(body, "hello two");
	}
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	assert_true(app.saw_gone);
	site_done(&old);
	site_done(&fresh);
}

/* One front end takes over while pages still run for the other: both are served until it is gone.
 */
static void two_front_ends_are_served_at_once(void **state)
{
	struct site old, fresh;
	struct app app = APP_INIT;
	struct text body;
	site_init(&old);
	site_init(&fresh);
	struct host *host = app_start(&app, &old, 0);
	int waiting = site_send(&old, "/wait", "slow");
	app_wait_inside(&app, 1);
	assert_int_equal(host_add_channel(host, 7, fresh.fd, &fresh.bell, 1), 0);
	for (int i = 0; i < 10; i++) {
		int slot = site_send(&fresh, "/", "new");
		assert_int_equal(site_receive(&fresh, slot, &body), 200);
		assert_text(body, "hello new");
		slot = site_send(&old, "/", "old");
		assert_int_equal(site_receive(&old, slot, &body), 200);
		assert_text(body, "hello old");
	}
	app_open(&app);
	assert_int_equal(site_receive(&old, waiting, &body), 200);
	assert_text(body, "hello slow");
	host_front_gone(host, 0);
	host_front_gone(host, 99);
	int slot = site_send(&fresh, "/", "left");
	assert_int_equal(site_receive(&fresh, slot, &body), 200);
	host_front_gone(host, 7);
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	site_done(&old);
	site_done(&fresh);
}

/* The front end goes away first, then a new one comes. */
static void a_host_waits_for_the_next_front_end(void **state)
{
	struct site old, fresh;
	struct app app = APP_INIT;
	struct text body;
	site_init(&old);
	struct host *host = app_start(&app, &old, 0);
	site_done(&old);
	site_init(&fresh);
	assert_int_equal(host_add_channel(host, 0, fresh.fd, &fresh.bell, 1), 0);
	int slot = site_send(&fresh, "/", "again");
	assert_int_equal(site_receive(&fresh, slot, &body), 200);
	site_done(&fresh);
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	assert_null(host_stop(NULL, 0));
}

static struct site fault_site;

static int start_and_stop(void)
{
	struct app app = APP_INIT;
	struct host *host = NULL;
	struct host_options options = { 0, fault_site.fd,       &fault_site.bell, 1,
					0, { app_handle, &app } };
	int r = host_start(&options, &host);
	assert_true((r == 0) == (host != NULL));
	assert_null(host_stop(host, 30 * NSEC_PER_SEC));
	return r;
}

static void every_failure_of_start_is_clean(void **state)
{
	site_init(&fault_site);
	unit_each_fault(FAULT_ALLOC, -ENOMEM, start_and_stop);
	unit_each_fault(FAULT_MMAP, -ENOMEM, start_and_stop);
	unit_each_fault(FAULT_OPEN, -EMFILE, start_and_stop);
	site_done(&fault_site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_answered),
		cmocka_unit_test(waiting_pages_get_threads),
		cmocka_unit_test(stop_finishes_what_was_submitted),
		cmocka_unit_test(a_new_channel_replaces_the_old),
		cmocka_unit_test(two_front_ends_are_served_at_once),
		cmocka_unit_test(a_host_waits_for_the_next_front_end),
		cmocka_unit_test(every_failure_of_start_is_clean),
	};
	return cmocka_run_group_tests_name("host/host", tests, NULL, NULL);
}
