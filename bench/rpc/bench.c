/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpc-bench BINDING [--service S --level N --target SPN --user D\U --password P] [--worker]
 *           [--seconds N]
 * rpc-bench --bare [--seconds N]
 *
 * Calls is_server_listening of the management interface, which every server of DCE/RPC has, one
 * call after the other, and prints how many there were in how many nanoseconds, and how many of
 * processor time this process took. --bare: as many bytes to and fro over a Unix socket between
 * two processes instead, with nothing around them; the time is that of both.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "rpc/endpoint.h"

#include "../../tests/unit/rpc/client-args.h"
#include "../../tests/unit/rpc/echo.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define IS_SERVER_LISTENING 2
#define REQUEST_SIZE 24 /* a request without parameters, as it is on the wire */
#define RESPONSE_SIZE 32
#define WARM_UP 200 /* calls that do not count */
#define BETWEEN 16  /* calls between looks at the clock */

static int64_t cpu(int who)
{
	struct rusage u;
	getrusage(who, &u);
	return ((int64_t)u.ru_utime.tv_sec + u.ru_stime.tv_sec) * NSEC_PER_SEC +
	       ((int64_t)u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

/* Runs until the time is over. */
static int64_t measure(bool (*one)(void *ctx), void *ctx, double seconds, int64_t *ret_time)
{
	for (int i = 0; i < WARM_UP; i++) {
		if (!one(ctx))
			return -1;
	}
	int64_t calls = 0, begin = clock_now();
	int64_t end = begin + (int64_t)(seconds * (double)NSEC_PER_SEC);
	while (clock_now() < end) {
		for (int i = 0; i < BETWEEN; i++, calls++) {
			if (!one(ctx))
				return -1;
		}
	}
	*ret_time = clock_now() - begin;
	return calls;
}

static int report(int64_t calls, int64_t time, int64_t spent)
{
	if (calls < 0)
		return 1;
	/* The warm-up is in the processor time, too. */
	printf("%lld %lld %lld\n", (long long)calls, (long long)time,
	       (long long)((double)spent * (double)calls / (double)(calls + WARM_UP)));
	return 0;
}

/* ---- a bare socket ---- */

static void serve(int fd)
{
	char in[REQUEST_SIZE], out[RESPONSE_SIZE] = "";
	while (recv(fd, in, sizeof(in), MSG_WAITALL) == sizeof(in))
		(void)!send(fd, out, sizeof(out), MSG_NOSIGNAL);
	_exit(0);
}

static bool ping(void *ctx)
{
	char out[REQUEST_SIZE] = "", in[RESPONSE_SIZE];
	int fd = *(int *)ctx;
	return send(fd, out, sizeof(out), MSG_NOSIGNAL) == sizeof(out) &&
	       recv(fd, in, sizeof(in), MSG_WAITALL) == sizeof(in);
}

static int bare(double seconds)
{
	int pair[2];
	int64_t time = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[0]);
		serve(pair[1]);
	}
	close(pair[1]);
	int64_t before = cpu(RUSAGE_SELF);
	int64_t calls = measure(ping, &pair[0], seconds, &time);
	int64_t spent = cpu(RUSAGE_SELF) - before;
	close(pair[0]);
	waitpid(pid, NULL, 0);
	return report(calls, time, spent + cpu(RUSAGE_CHILDREN));
}

/* ---- calls ---- */

struct target {
	struct rpc_client *client;
	uint16_t opnum;
	struct text in;
	struct buf out;
};

static bool call(void *ctx)
{
	struct target *t = ctx;
	struct error err = { 0 };
	struct rpc_client_call c = { .opnum = t->opnum, .in = t->in, .out = &t->out };
	buf_clear(&t->out);
	uint32_t status = rpc_client_call(t->client, &c, &err);
	if (status)
		fprintf(stderr, "rpc-bench: %u %s\n", status, err.text);
	return status == RPC_S_OK;
}

static int rpc(struct rpc_client_options *o, bool worker, double seconds)
{
	struct target t = { .opnum = worker ? ECHO_ADD_ONE : IS_SERVER_LISTENING,
			    .in = { "\1\0\0", worker ? 4 : 0 } };
	struct error err = { 0 };
	int64_t time = 0, before = 0, calls = -1;
	o->interface = worker ? echo_interface.id : rpc_mgmt;
	buf_init(&t.out, 1 << 16);
	if (rpc_client_new(o, &t.client, &err) < 0)
		return 1;
	/* The handshake is not what is measured. */
	if (call(&t)) {
		before = cpu(RUSAGE_SELF);
		calls = measure(call, &t, seconds, &time);
	}
	int r = report(calls, time, cpu(RUSAGE_SELF) - before);
	rpc_client_free(t.client);
	buf_done(&t.out);
	return r;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { CLIENT_ARGS,
						 { "bare", 0, NULL, 'b' },
						 { "worker", 0, NULL, 'w' },
						 { "seconds", 1, NULL, 'S' },
						 { NULL, 0, NULL, 0 } };
	struct rpc_client_options o = { .level = AUTHN_LEVEL_NONE };
	struct error err = { 0 };
	double seconds = 1;
	bool is_bare = false, worker = false;
	int c;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'b')
			is_bare = true;
		else if (c == 'w')
			worker = true;
		else if (c == 'S')
			seconds = atof(optarg);
		else if (!client_arg(&o, c, optarg))
			return 2;
	}
	if (is_bare)
		return bare(seconds);
	if (optind + 1 != argc || rpc_binding_parse(text_of(argv[optind]), &o.binding, &err) < 0) {
		fprintf(stderr, "rpc-bench: %s\n", err.text);
		return 2;
	}
	return rpc(&o, worker, seconds);
}
