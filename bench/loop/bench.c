/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop-bench [ROUNDS [SECONDS]]: runs each server of bench.h in turn, in a process of its own on
 * one processor, with a client on another, and prints for each the median over all rounds of
 * requests per second and of the server's processor time per request.
 */
#include "bench.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS_MAX 99

char bench_response[RESPONSE_SIZE];

static const struct {
	const char *name;
	bench_server serve;
} servers[] = {
	{ "epoll, level triggered (base/loop.h)", serve_epoll },
	{ "epoll, edge triggered (base/loop.h)", serve_epoll_edge },
	{ "io_uring, one receive and send each", serve_uring },
	{ "io_uring, multishot, provided buffers", serve_uring_multishot },
};
#define SERVERS (sizeof(servers) / sizeof(servers[0]))

struct outcome {
	double requests_per_second, cpu_per_request; /* the latter in microseconds */
};

static void stay_on(int processor)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(processor % (int)sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int listen_somewhere(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	*address = (struct sockaddr_in){ .sin_family = AF_INET,
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, (struct sockaddr *)address, length) < 0 ||
	    listen(fd, CONNECTIONS) < 0 ||
	    getsockname(fd, (struct sockaddr *)address, &length) < 0) {
		perror("listen");
		exit(1);
	}
	return fd;
}

/* Keeps one request on the way on each connection for `seconds`; how many were answered. */
static long drive(const struct sockaddr_in *address, int seconds)
{
	static char request[REQUEST_SIZE];
	static size_t have[CONNECTIONS];
	int fds[CONNECTIONS], poller = epoll_create1(EPOLL_CLOEXEC), one = 1;
	memset(request, 'x', sizeof(request));
	memcpy(request, "GET / HTTP/1.1\r\nA: ", 19);
	memcpy(request + sizeof(request) - 4, "\r\n\r\n", 4);
	memset(have, 0, sizeof(have));
	for (int i = 0; i < CONNECTIONS; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fds[i], (const struct sockaddr *)address, sizeof(*address)) < 0)
			return 0;
		setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
		epoll_ctl(poller, EPOLL_CTL_ADD, fds[i], &event);
	}
	for (int i = 0; i < CONNECTIONS; i++)
		(void)!send(fds[i], request, sizeof(request), MSG_NOSIGNAL);
	long answered = 0;
	for (int64_t end = clock_now() + seconds * NSEC_PER_SEC; clock_now() < end;) {
		struct epoll_event events[CONNECTIONS];
		char in[4 * RESPONSE_SIZE];
		int n = epoll_wait(poller, events, CONNECTIONS, 1000);
		for (int k = 0; k < n; k++) {
			uint32_t i = events[k].data.u32;
			ssize_t got = recv(fds[i], in, sizeof(in), MSG_DONTWAIT);
			if (got <= 0)
				return 0; /* the server gave up */
			have[i] += (size_t)got;
			if (have[i] < RESPONSE_SIZE)
				continue;
			have[i] = 0;
			answered++;
			(void)!send(fds[i], request, sizeof(request), MSG_NOSIGNAL);
		}
	}
	for (int i = 0; i < CONNECTIONS; i++)
		close(fds[i]);
	close(poller);
	return answered;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* 0, or the errno value with which the server said that it cannot run. */
static int measure(bench_server serve, int seconds, struct outcome *ret)
{
	struct sockaddr_in address;
	int listener = listen_somewhere(&address);
	fflush(NULL);
	pid_t child = fork();
	if (child < 0)
		return errno;
	if (child == 0) {
		stay_on(0);
		long r = serve(listener);
		_exit(r < 0 ? (int)-r : 0);
	}
	close(listener);
	stay_on(1);
	long answered = drive(&address, seconds);
	int status;
	struct rusage usage;
	if (wait4(child, &status, 0, &usage) < 0)
		return errno;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	if (answered == 0 || !WIFEXITED(status))
		return EIO;
	double cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	*ret = (struct outcome){ (double)answered / seconds, cpu / (double)answered * 1e6 };
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), by_value);
	return values[count / 2];
}

int main(int argc, char **argv)
{
	static double rates[SERVERS][ROUNDS_MAX], costs[SERVERS][ROUNDS_MAX];
	int refused[SERVERS] = { 0 };
	int rounds = argc > 1 ? atoi(argv[1]) : 7;
	int seconds = argc > 2 ? atoi(argv[2]) : 2;
	if (rounds < 1 || rounds > ROUNDS_MAX || seconds < 1) {
		fprintf(stderr, "usage: %s [ROUNDS [SECONDS]]\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	memset(bench_response, 'y', sizeof(bench_response));
	/* Round by round, so that a busy minute of the machine meets all of them. */
	for (int round = 0; round < rounds; round++) {
		for (size_t s = 0; s < SERVERS; s++) {
			struct outcome outcome = { 0 };
			if (!refused[s])
				refused[s] = measure(servers[s].serve, seconds, &outcome);
			rates[s][round] = outcome.requests_per_second;
			costs[s][round] = outcome.cpu_per_request;
		}
	}
	printf("%-40s %12s %14s\n", "server", "requests/s", "CPU us/request");
	for (size_t s = 0; s < SERVERS; s++) {
		if (refused[s])
			printf("%-40s does not run here: %s\n", servers[s].name,
			       strerror(refused[s]));
		else
			printf("%-40s %12.0f %14.2f\n", servers[s].name, median(rates[s], rounds),
			       median(costs[s], rounds));
	}
	return 0;
}
