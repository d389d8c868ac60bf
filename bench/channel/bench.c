/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel-bench [ROUNDS [SECONDS]]: what a request costs to cross to a host and back, without a
 * page: front end and host are processes on a processor each, a request has the texts and headers
 * of a browser's, the response a head and 1 KiB. Against it a Unix socket per request under way,
 * served by one epoll loop, with raw bytes of the same size and no encoding at all.
 *
 * Prints the median over all rounds of round trips per second and of the processor time that both
 * processes together take per round trip, and the ratio of the channel to the socket.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ipc/channel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESPONSE_SIZE 1024
#define REQUEST_SIZE 800 /* about what the request below takes in its block */
#define ROUNDS_MAX 99
#define IN_FLIGHT_MAX CHANNEL_SLOTS

static char response[RESPONSE_SIZE];

/* A contestant: starts its host in a process of its own, then answers for `seconds`. */
typedef long (*bench_drive)(int in_flight, int workers, int seconds, pid_t *ret_host);

struct outcome {
	double rate, cpu; /* round trips per second; microseconds for each */
};

static void stay_on(int processor)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(processor % (int)sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- the channel ---- */

static const struct channel_request request = {
	.texts = {
#define TEXT_OF(NAME, value) [CHANNEL_##NAME] = { value, sizeof(value) - 1 }
		TEXT_OF(METHOD, "GET"), TEXT_OF(URL, "/shop/default.asp"),
		TEXT_OF(PATH, "/shop/default.asp"), TEXT_OF(QUERY, "id=12&page=3"),
		TEXT_OF(PROTOCOL, "HTTP/1.1"), TEXT_OF(SCHEME, "http"), TEXT_OF(HOST, "localhost"),
		TEXT_OF(REMOTE_ADDRESS, "127.0.0.1"), TEXT_OF(LOCAL_ADDRESS, "127.0.0.1"),
		TEXT_OF(SCRIPT_NAME, "/shop/default.asp"),
		TEXT_OF(SCRIPT_FILE, "/srv/www/shop/default.asp"), TEXT_OF(APP_PATH, "/shop"),
		TEXT_OF(APP_ROOT, "/srv/www/shop"),
		TEXT_OF(METABASE_PATH, "/LM/W3SVC/1/ROOT/shop"), TEXT_OF(POOL, "Default"),
		TEXT_OF(PROTECTION, "Pool"),
#undef TEXT_OF
	},
	.headers = {
#define HEADER_OF(name, value)                                                                     \
	{                                                                                          \
		{ name, sizeof(name) - 1 },                                                        \
		{                                                                                  \
			value, sizeof(value) - 1                                                   \
		}                                                                                  \
	}
		HEADER_OF("Host", "localhost:8080"),
		HEADER_OF("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101"),
		HEADER_OF("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9"),
		HEADER_OF("Accept-Language", "en-US,en;q=0.5"),
		HEADER_OF("Accept-Encoding", "gzip, deflate, br"),
		HEADER_OF("Connection", "keep-alive"),
		HEADER_OF("Cookie", "ASPSESSIONIDAABBCCDD=ABCDEFGHIJKLMNOPQRSTUVWX"),
#undef HEADER_OF
	},
	.header_count = 7,
};

static void *serve_thread(void *arg)
{
	struct channel_host *host = arg;
	struct channel_response head = {
		.status = 200,
		.headers = { { TEXT("Content-Type"), TEXT("text/html") },
			     { TEXT("Cache-Control"), TEXT("private") } },
		.header_count = 2,
		.content_length = RESPONSE_SIZE,
	};
	struct channel_request got;
	int slot;
	while ((slot = channel_host_claim(host, -1)) >= 0) {
		channel_host_request(host, slot, &got);
		channel_host_head(host, slot, &head);
		channel_host_write(host, slot, response, sizeof(response));
		channel_host_finish(host, slot);
	}
	return NULL;
}

static pid_t start_host(int fd, int bell, int workers)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	struct channel_host *host;
	pthread_t threads[IN_FLIGHT_MAX];
	stay_on(1);
	if (channel_host_new(fd, &bell, 1, &host) < 0)
		_exit(1);
	for (int i = 1; i < workers; i++)
		pthread_create(&threads[i], NULL, serve_thread, host);
	serve_thread(host);
	_exit(0);
}

struct front {
	struct channel_front *front;
	struct arena arena;
	long answered;
	volatile char sum;
};

static void submit(struct front *f)
{
	int slot = channel_front_take(f->front, 0);
	channel_front_submit(f->front, slot, &request);
}

/* Takes a response the way a front end does, up to the point where it would be sent. */
static void take(struct front *f, uint64_t bits)
{
	for (; bits; bits &= bits - 1) {
		int slot = __builtin_ctzll(bits);
		struct channel_response head;
		struct iovec iov[2];
		if (!(channel_front_poll(f->front, slot) & CHANNEL_FINISHED))
			continue;
		channel_front_head(f->front, slot, &f->arena, &head);
		arena_reset(&f->arena);
		int count = channel_front_peek(f->front, slot, iov);
		for (int i = 0; i < count; i++) {
			for (size_t k = 0; k < iov[i].iov_len; k += 64)
				f->sum ^= ((char *)iov[i].iov_base)[k];
			channel_front_consume(f->front, slot, iov[i].iov_len);
		}
		channel_front_release(f->front, slot);
		submit(f);
		f->answered++;
	}
}

static long drive_channel(int in_flight, int workers, int seconds, pid_t *ret_host)
{
	struct front f = { 0 };
	int fd = channel_create(), bell = channel_bell_new();
	*ret_host = start_host(fd, bell, workers);
	if (channel_front_new(fd, &bell, 1, &f.front) < 0)
		die("channel");
	arena_init(&f.arena, 1 << 20);
	int poller = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	epoll_ctl(poller, EPOLL_CTL_ADD, bell, &event);
	for (int i = 0; i < in_flight; i++)
		submit(&f);
	int64_t end = clock_now() + seconds * NSEC_PER_SEC;
	while (clock_now() < end) {
		uint64_t bits = channel_front_attention(f.front, 0, false);
		if (!bits)
			bits = channel_front_attention(f.front, 0, true);
		if (bits) {
			take(&f, bits);
			continue;
		}
		if (epoll_wait(poller, &event, 1, 1000) > 0)
			channel_bell_drain(bell);
	}
	channel_front_free(f.front);
	arena_done(&f.arena);
	close(fd);
	close(bell);
	close(poller);
	return f.answered;
}

/* ---- Unix sockets ---- */

/* Answers each message until all sockets are closed. */
static void serve_sockets(const int *fds, int count)
{
	int poller = epoll_create1(EPOLL_CLOEXEC);
	char in[REQUEST_SIZE];
	for (int i = 0; i < count; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };
		epoll_ctl(poller, EPOLL_CTL_ADD, fds[i], &event);
	}
	while (count > 0) {
		struct epoll_event events[IN_FLIGHT_MAX];
		int n = epoll_wait(poller, events, IN_FLIGHT_MAX, -1);
		for (int k = 0; k < n; k++) {
			int fd = events[k].data.fd;
			if (recv(fd, in, sizeof(in), 0) <= 0) {
				close(fd);
				count--;
				continue;
			}
			(void)!send(fd, response, sizeof(response), MSG_NOSIGNAL);
		}
	}
	_exit(0);
}

static long drive_sockets(int in_flight, int workers, int seconds, pid_t *ret_host)
{
	int ours[IN_FLIGHT_MAX], theirs[IN_FLIGHT_MAX];
	char out[REQUEST_SIZE] = "", in[RESPONSE_SIZE];
	(void)workers;
	for (int i = 0; i < in_flight; i++) {
		int pair[2];
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
			die("socketpair");
		ours[i] = pair[0];
		theirs[i] = pair[1];
	}
	*ret_host = fork();
	if (*ret_host == 0) {
		stay_on(1);
		for (int i = 0; i < in_flight; i++)
			close(ours[i]);
		serve_sockets(theirs, in_flight);
	}
	int poller = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < in_flight; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = ours[i] };
		close(theirs[i]);
		epoll_ctl(poller, EPOLL_CTL_ADD, ours[i], &event);
		(void)!send(ours[i], out, sizeof(out), MSG_NOSIGNAL);
	}
	long answered = 0;
	int64_t end = clock_now() + seconds * NSEC_PER_SEC;
	while (clock_now() < end) {
		struct epoll_event events[IN_FLIGHT_MAX];
		int n = epoll_wait(poller, events, IN_FLIGHT_MAX, 1000);
		for (int k = 0; k < n; k++) {
			if (recv(events[k].data.fd, in, sizeof(in), 0) <= 0)
				die("recv");
			(void)!send(events[k].data.fd, out, sizeof(out), MSG_NOSIGNAL);
			answered++;
		}
	}
	for (int i = 0; i < in_flight; i++)
		close(ours[i]);
	close(poller);
	return answered;
}

/* ---- measuring ---- */

static double cpu_of(const struct rusage *usage)
{
	return (double)usage->ru_utime.tv_sec + (double)usage->ru_stime.tv_sec +
	       ((double)usage->ru_utime.tv_usec + (double)usage->ru_stime.tv_usec) / 1e6;
}

static struct outcome measure(bench_drive drive, int in_flight, int workers, int seconds)
{
	struct rusage before, after, host;
	pid_t pid;
	int status;
	getrusage(RUSAGE_SELF, &before);
	long answered = drive(in_flight, workers, seconds, &pid);
	getrusage(RUSAGE_SELF, &after);
	if (wait4(pid, &status, 0, &host) < 0 || status != 0 || answered == 0)
		die("the host failed");
	double cpu = cpu_of(&after) - cpu_of(&before) + cpu_of(&host);
	return (struct outcome){ (double)answered / seconds, cpu / (double)answered * 1e6 };
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

static const struct {
	const char *name;
	bench_drive drive;
	int workers;
} roads[] = {
	{ "Unix sockets, one epoll loop", drive_sockets, 1 },
	{ "channel, 1 worker", drive_channel, 1 },
	{ "channel, 4 workers", drive_channel, 4 },
};
static const int depths[] = { 1, 8, 64 };

int main(int argc, char **argv)
{
	static double rates[ARRAY_LEN(depths)][ARRAY_LEN(roads)][ROUNDS_MAX];
	static double costs[ARRAY_LEN(depths)][ARRAY_LEN(roads)][ROUNDS_MAX];
	int rounds = argc > 1 ? atoi(argv[1]) : 5;
	int seconds = argc > 2 ? atoi(argv[2]) : 1;
	if (rounds < 1 || rounds > ROUNDS_MAX || seconds < 1) {
		fprintf(stderr, "usage: %s [ROUNDS [SECONDS]]\n", argv[0]);
		return 2;
	}
	memset(response, 'y', sizeof(response));
	stay_on(0);
	/* Round by round, so that a busy minute of the machine meets all of them. */
	for (int round = 0; round < rounds; round++) {
		for (size_t d = 0; d < ARRAY_LEN(depths); d++) {
			for (size_t i = 0; i < ARRAY_LEN(roads); i++) {
				struct outcome o = measure(roads[i].drive, depths[d],
							   roads[i].workers, seconds);
				rates[d][i][round] = o.rate;
				costs[d][i][round] = o.cpu;
			}
		}
	}
	printf("%-30s %9s %14s %6s %12s %6s\n", "road", "in flight", "round trips/s", "ratio",
	       "CPU us each", "ratio");
	for (size_t d = 0; d < ARRAY_LEN(depths); d++) {
		double base_rate = median(rates[d][0], rounds);
		double base_cost = median(costs[d][0], rounds);
		for (size_t i = 0; i < ARRAY_LEN(roads); i++) {
			double rate = median(rates[d][i], rounds),
			       cost = median(costs[d][i], rounds);
			printf("%-30s %9d %14.0f %6.2f %12.2f %6.2f\n", roads[i].name, depths[d],
			       rate, rate / base_rate, cost, cost / base_cost);
		}
	}
	return 0;
}
