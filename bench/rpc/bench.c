/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpc-bench BINDING [--service S --level N --target SPN --user D\U --password P] [--seconds N]
 * rpc-bench --bare [--seconds N]
 *
 * Calls is_server_listening of the management interface, which every server of DCE/RPC has
 * (bench/timing.h). --bare: as many bytes to and fro over a Unix socket between two processes
 * instead, with nothing around them; the processor time is that of both.
 */
#include "base/mem.h"
#include "rpc/endpoint.h"

#include "../../tests/unit/rpc/client-args.h"
#include "../timing.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define IS_SERVER_LISTENING 2
#define REQUEST_SIZE 24 /* a request without parameters, as it is on the wire */
#define RESPONSE_SIZE 32

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

static bool bare(struct timing *t)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return false;
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[0]);
		serve(pair[1]);
	}
	close(pair[1]);
	bool ok = timing_run(t, ping, &pair[0]);
	close(pair[0]);
	waitpid(pid, NULL, 0);
	t->spent += timing_spent(RUSAGE_CHILDREN);
	return ok;
}

/* ---- calls ---- */

struct target {
	struct rpc_client *client;
	struct buf out;
};

static bool call(void *ctx)
{
	struct target *t = ctx;
	struct error err = { 0 };
	struct rpc_client_call c = { .opnum = IS_SERVER_LISTENING,
				     .in = { "", 0 },
				     .out = &t->out };
	buf_clear(&t->out);
	uint32_t status = rpc_client_call(t->client, &c, &err);
	if (status)
		fprintf(stderr, "rpc-bench: %u %s\n", status, err.text);
	return status == RPC_S_OK;
}

static bool rpc(struct rpc_client_options *o, struct timing *timing)
{
	struct target t = { NULL };
	struct error err = { 0 };
	o->interface = rpc_mgmt;
	buf_init(&t.out, 1 << 16);
	if (rpc_client_new(o, &t.client, &err) < 0)
		return false;
	bool ok = timing_run(timing, call, &t);
	rpc_client_free(t.client);
	buf_done(&t.out);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { CLIENT_ARGS,
						 { "bare", 0, NULL, 'b' },
						 { "seconds", 1, NULL, 'S' },
						 { NULL, 0, NULL, 0 } };
	struct rpc_client_options o = { .level = AUTHN_LEVEL_NONE };
	struct timing timing = { .seconds = 1, .between = 16 };
	struct error err = { 0 };
	bool is_bare = false;
	int c;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'b')
			is_bare = true;
		else if (c == 'S')
			timing.seconds = atof(optarg);
		else if (!client_arg(&o, c, optarg))
			return 2;
	}
	if (!is_bare && (optind + 1 != argc ||
			 rpc_binding_parse(text_of(argv[optind]), &o.binding, &err) < 0)) {
		fprintf(stderr, "rpc-bench: %s\n", err.text);
		return 2;
	}
	if (!(is_bare ? bare(&timing) : rpc(&o, &timing)))
		return 1;
	timing_print(&timing);
	return 0;
}
