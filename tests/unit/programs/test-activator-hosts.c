/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpcss asks of the service control manager (programs/activator-hosts.h). The test is at the
 * other end of the child's socket.
 */
#include "../unit.h"

#include "base/mem.h"
#include "com/class.h"
#include "programs/activator-hosts.h"
#include "rpc/rpc.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECRET "{00000005-0000-0000-0000-000000000000}"

static const GUID app = { 7, 0, 0, { 0 } };
static struct loop *loop;
static struct child *child;
static int scm; /* our end */
static struct control_message message;

struct asker {
	struct activator_hosts *hosts;
	struct dcom_host host;
	HRESULT hr;
	pthread_t thread;
};

static void *ask(void *arg)
{
	const struct rpc_caller caller = { .transport = "ncalrpc", .uid = 42 };
	struct asker *a = arg;

	a->hr = activator_hosts_ask(a->hosts, &caller, &app, 9, &a->host);
	return NULL;
}

static void begin(struct asker *a, struct activator_hosts *hosts)
{
	*a = (struct asker){ .hosts = hosts };
	assert_int_equal(pthread_create(&a->thread, NULL, ask, a), 0);
}

/* The next question: waits for it. */
static const struct control_com_activate *asked(void)
{
	assert_int_equal(control_receive(scm, CONTROL_FROM_RPCSS, &message), 0);
	assert_int_equal(message.type, CONTROL_COM_ACTIVATE);
	return &message.com_activate;
}

static void answer(struct activator_hosts *hosts, uint64_t cookie, const char *activator)
{
	const struct control_com_activated m = { .cookie = cookie,
						 .generation = 3,
						 .endpoint = TEXT("/run/3.sock"),
						 .activator = text_of(activator),
						 .text = TEXT("") };

	activator_hosts_answer(hosts, &m);
}

static void whoever_asks_gets_the_host(void **state)
{
	struct activator_hosts *hosts = *state;
	struct asker a;
	GUID secret;

	begin(&a, hosts);
	const struct control_com_activate *q = asked();

	assert_int_equal(q->uid, 42);
	assert_int_equal(q->gone, 9);
	assert_text(q->appid, "{00000007-0000-0000-0000-000000000000}");
	answer(hosts, q->cookie + 1, SECRET); /* nobody's */
	answer(hosts, q->cookie, SECRET);
	pthread_join(a.thread, NULL);
	assert_int_equal(a.hr, S_OK);
	assert_string_equal(a.host.endpoint, "/run/3.sock");
	assert_int_equal(a.host.number, 3);
	guid_parse(TEXT(SECRET), &secret);
	assert_true(IsEqualGUID(&a.host.secret, &secret));
}

static void an_answer_without_sense_is_a_failure(void **state)
{
	struct activator_hosts *hosts = *state;
	struct asker a;

	begin(&a, hosts);
	answer(hosts, asked()->cookie, "no identifier");
	pthread_join(a.thread, NULL);
	assert_int_equal(a.hr, CO_E_SERVER_EXEC_FAILURE);
}

static void so_many_wait_until_none_may(void **state)
{
	static struct asker waiting[ACTIVATOR_HOSTS_WAITING_MAX];
	struct activator_hosts *hosts = *state;
	struct asker more = { .hosts = hosts };

	for (size_t i = 0; i < ARRAY_LEN(waiting); i++)
		begin(&waiting[i], hosts);
	for (size_t i = 0; i < ARRAY_LEN(waiting); i++)
		asked();
	ask(&more);
	assert_int_equal(more.hr, HRESULT_FROM_WIN32(RPC_S_SERVER_TOO_BUSY));
	activator_hosts_stop(hosts);
	for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
		pthread_join(waiting[i].thread, NULL);
		assert_int_equal(waiting[i].hr, CO_E_SERVER_STOPPING);
	}
	ask(&more);
	assert_int_equal(more.hr, CO_E_SERVER_STOPPING);
}

static int set_up(void **state)
{
	return activator_hosts_new(child, (struct activator_hosts **)state);
}

static int tear_down(void **state)
{
	activator_hosts_free(*state);
	return 0;
}

/* As the service control manager starts a child. */
static bool become_child(void)
{
	static const struct child_handler handler = { 0 };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
		return false;
	scm = fcntl(ends[0], F_DUPFD_CLOEXEC, 10);
	if (scm < 0 || dup2(ends[1], CONTROL_CHILD_FD) < 0)
		return false;
	setenv("SURROGATE_GENERATION", "1", 1);
	return loop_new(&loop) == 0 && child_new(loop, &handler, &child, NULL) == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whoever_asks_gets_the_host, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_without_sense_is_a_failure, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(so_many_wait_until_none_may, set_up, tear_down),
	};

	if (!become_child())
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	child_free(child);
	loop_free(loop);
	close(scm);
	return failed;
}
