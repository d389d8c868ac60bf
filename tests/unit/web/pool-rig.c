/* SPDX-License-Identifier: Apache-2.0 */
/* See pool-rig.h. */
#include "pool-rig.h"

#include "base/clock.h"
#include "base/mem.h"
#include "host/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifdef __SANITIZE_THREAD__
/* Front and host map a channel at different addresses, and what passes between them there orders
 * nothing in the sanitizer's eyes: a slot's private state seems to go from worker to worker
 * unordered. The tests of src/ipc look at that through one mapping. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:src/ipc/channel-host.c\n";
}
#endif

#define PATIENCE (60 * NSEC_PER_SEC)

static char pattern_at(size_t at)
{
	return (char)('a' + at % 23 + at / 4096 % 3);
}

static void pattern_fill(char *data, size_t at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		data[i] = pattern_at(at + i);
}

bool rig_is_pattern(const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (data[i] != pattern_at(i))
			return false;
	return true;
}

/* ---- waiting ---- */

static void give_way(int64_t since)
{
	if (clock_now() - since > PATIENCE)
		fail_msg("%s", "nothing happened for a minute");
	sched_yield();
}

void rig_await(const _Atomic uint32_t *word, uint32_t value)
{
	int64_t since = clock_now();

	while (atomic_load(word) < value)
		give_way(since);
}

void rig_await_queued(struct rig *rig, const char *name, uint32_t count)
{
	struct web_pool *pool = web_pool_find(rig->pools, text_of(name));
	int64_t since = clock_now();

	while (atomic_load(&pool->queued) != count)
		give_way(since);
}

void rig_await_idle(struct rig_host *h)
{
	struct web_pool_host *host = rig_host_find(h);
	int64_t since = clock_now();

	assert_non_null(host);
	while (atomic_load(&host->active) != 0)
		give_way(since);
}

void rig_open_gate(struct rig *rig)
{
	atomic_store(&rig->stage->opened, 1);
}

/* ---- pages ---- */

static void stage_gate(struct rig_stage *stage)
{
	const struct timespec pause = { 0, 200000 };

	atomic_fetch_add(&stage->inside, 1);
	while (!atomic_load(&stage->opened))
		nanosleep(&pause, NULL);
}

static int page_head(struct exchange *x, unsigned status, uint64_t length)
{
	struct channel_response head = {
		.status = status,
		.headers = { { TEXT("Content-Type"), TEXT("text/plain") } },
		.header_count = 1,
		.content_length = length,
	};

	return exchange_head(x, &head);
}

static void page_size(struct exchange *x, size_t length)
{
	char data[10000];

	page_head(x, 200, UINT64_MAX);
	for (size_t at = 0; at < length;) {
		size_t n = length - at < sizeof data ? length - at : sizeof data;

		pattern_fill(data, at, n);
		if (exchange_write(x, data, n) < 0)
			return;
		at += n;
	}
}

static void page_echo(struct exchange *x)
{
	char data[7000];
	ssize_t n;

	page_head(x, 200, UINT64_MAX);
	while ((n = exchange_read(x, data, sizeof data)) > 0)
		if (exchange_write(x, data, (size_t)n) < 0)
			return;
}

static void page_late(struct rig_stage *stage, struct exchange *x, bool gate)
{
	char data[7000];
	size_t total = 0;
	ssize_t n;

	page_head(x, 200, UINT64_MAX);
	exchange_flush(x);
	if (gate)
		stage_gate(stage);
	while ((n = exchange_read(x, data, sizeof data)) > 0)
		total += (size_t)n;
	n = snprintf(data, sizeof data, "%zu", total);
	exchange_write(x, data, (size_t)n);
}

static void page_stream(struct rig_stage *stage, struct exchange *x)
{
	static const char data[5000];

	page_head(x, 200, UINT64_MAX);
	while (exchange_write(x, data, sizeof data) == 0)
		;
	atomic_fetch_add(&stage->gone, !exchange_connected(x));
}

static void page_gates(struct rig_stage *stage, struct exchange *x, struct text query)
{
	if (text_equal(query, TEXT("wait"))) {
		stage_gate(stage);
		page_head(x, 200, 5);
		exchange_write(x, "hello", 5);
	} else if (text_equal(query, TEXT("headwait"))) {
		page_head(x, 200, UINT64_MAX);
		exchange_write(x, "ten bytes.", 10);
		exchange_flush(x);
		stage_gate(stage);
	} else if (text_equal(query, TEXT("after"))) {
		page_head(x, 200, 5);
		exchange_write(x, "hello", 5);
		exchange_flush(x);
		stage_gate(stage);
		atomic_fetch_add(&stage->stayed, exchange_connected(x));
	}
}

static void page_handle(void *ctx, struct exchange *x)
{
	struct rig_stage *stage = ctx;
	struct text query = x->request->texts[CHANNEL_QUERY];
	uint64_t size;

	atomic_fetch_add(&stage->begun, 1);
	if (text_equal(query, TEXT("hello"))) {
		page_head(x, 200, 5);
		exchange_write(x, "hello", 5);
	} else if (text_starts_with(query, TEXT("size=")) &&
		   text_to_u64((struct text){ query.data + 5, query.length - 5 }, &size)) {
		page_size(x, size);
	} else if (text_equal(query, TEXT("echo"))) {
		page_echo(x);
	} else if (text_equal(query, TEXT("late")) || text_equal(query, TEXT("later"))) {
		page_late(stage, x, query.length == 5);
	} else if (text_equal(query, TEXT("stream"))) {
		page_stream(stage, x);
	} else if (text_equal(query, TEXT("interim"))) {
		page_head(x, 100, 0);
	} else {
		page_gates(stage, x, query);
	}
	atomic_fetch_add(&stage->finished, 1);
}

/* ---- the server ---- */

static void on_demand(void *ctx, const char *pool)
{
	struct rig *rig = ctx;

	atomic_fetch_add(&rig->demands, 1);
}

static void on_drained(void *ctx, const char *pool, uint64_t generation)
{
	struct rig *rig = ctx;

	atomic_store(&rig->last_drained, generation);
	atomic_fetch_add(&rig->drained, 1);
}

static void on_untrusted(void *ctx, const char *pool, uint64_t generation, const char *reason)
{
	struct rig *rig = ctx;

	atomic_fetch_add(&rig->untrusted, 1);
}

static void on_turn(void *ctx, int loop)
{
	web_pools_turn(((struct rig *)ctx)->pools, loop);
}

/* Small socket buffers: bodies meet full sockets. */
static int listening(uint16_t *ret_port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 32768;
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(fd, 512), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static void write_page(struct rig *rig, const char *folder)
{
	char path[600];

	snprintf(path, sizeof path, "%s/%s", rig->folder, folder);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof path, "%s/%s/page.asp", rig->folder, folder);
	assert_int_equal(sys_close(sys_open(path, O_WRONLY | O_CREAT, 0644)), -1);
}

static struct config *make_config(struct rig *rig, const char *web_server)
{
	struct config *config = NULL;
	struct error err = { 0 };
	struct buf xml;

	buf_init(&xml, 1 << 16);
	buf_printf(&xml,
		   "<configuration><system.applicationHost><applicationPools>"
		   "<add name=\"one\" queueLength=\"%d\"/><add name=\"two\" queueLength=\"%d\">"
		   "<failure loadBalancerCapabilities=\"TcpLevel\"/></add>"
		   "</applicationPools><sites><site name=\"s\" id=\"1\">"
		   "<application path=\"/\" applicationPool=\"one\">"
		   "<virtualDirectory path=\"/\" physicalPath=\"%s/one\"/></application>"
		   "<application path=\"/two\" applicationPool=\"two\">"
		   "<virtualDirectory path=\"/\" physicalPath=\"%s/two\"/></application><bindings>",
		   RIG_QUEUE, RIG_QUEUE, rig->folder, rig->folder);
	for (int i = 0; i < 2; i++)
		buf_printf(&xml, "<binding protocol=\"http\" bindingInformation=\"*:%u:\"/>",
			   rig->ports[i]);
	buf_printf(&xml,
		   "</bindings></site></sites></system.applicationHost><system.webServer>%s"
		   "</system.webServer></configuration>",
		   web_server);
	if (config_parse(buf_text(&xml), "applicationHost.config", rig->folder, &config, &err) < 0)
		fail_msg("line %d: %s", err.line, err.text);
	buf_done(&xml);
	return config;
}

static void start_server(struct rig *rig, const int *listeners)
{
	struct web_options web = { rig->folder, RIG_LOOPS, web_pools_dispatcher(rig->pools) };
	struct http_options http = { .loops = RIG_LOOPS,
				     .limits = HTTP_LIMITS_DEFAULT,
				     .server_header = "S",
				     .turn = on_turn,
				     .turn_ctx = rig };

	assert_int_equal(web_pools_set_config(rig->pools, rig->config), 0);
	assert_int_equal(web_new(&web, rig->config, &rig->web), 0);
	http.handler = web_handler(rig->web);
	assert_int_equal(http_server_new(&http, &rig->server), 0);
	web_attach(rig->web, rig->server);
	assert_int_equal(web_pools_attach(rig->pools, rig->server), 0);
	assert_int_equal(http_server_start(rig->server), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(http_server_listen(rig->server, i, listeners[i], 0), 0);
}

void rig_init(struct rig *rig, void **state)
{
	rig_init_with(rig, state, "");
}

void rig_init_with(struct rig *rig, void **state, const char *web_server)
{
	struct web_pools_options pools = { RIG_LOOPS, rig, on_demand, on_drained, on_untrusted };
	int listeners[2];

	memset(rig, 0, sizeof *rig);
	rig->folder = *state;
	rig->stage = mmap(NULL, sizeof *rig->stage, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(rig->stage != MAP_FAILED);
	write_page(rig, "one");
	write_page(rig, "two");
	for (int i = 0; i < 2; i++)
		listeners[i] = listening(&rig->ports[i]);
	rig->config = make_config(rig, web_server);
	assert_int_equal(web_pools_new(&pools, &rig->pools), 0);
	start_server(rig, listeners);
}

static void check_nothing_left(void *ctx, struct web_pool *pool)
{
	assert_int_equal(atomic_load(&pool->queued), 0);
	assert_int_equal(pool->line_count, 0);
	for (int i = 0; i < RIG_LOOPS; i++)
		assert_null(pool->queues[i].head);
}

void rig_done(struct rig *rig)
{
	rig_open_gate(rig);
	http_server_stop(rig->server, 10 * NSEC_PER_SEC);
	assert_int_equal(http_server_connections(rig->server), 0);
	web_pool_each(rig->pools, check_nothing_left, NULL);
	web_pools_free(rig->pools);
	http_server_free(rig->server);
	web_free(rig->web);
	config_unref(rig->config);
	munmap(rig->stage, sizeof *rig->stage);
}

/* ---- hosts ---- */

static void host_begin(struct rig *rig, struct rig_host *h, const char *pool)
{
	*h = (struct rig_host){ .rig = rig, .pool = pool, .generation = ++rig->generation };
	h->fd = channel_create();
	assert_true(h->fd >= 0);
}

static void host_ready(struct rig_host *h)
{
	assert_int_equal(
		web_pools_host_ready(h->rig->pools, text_of(h->pool), h->generation, 77, h->fd), 0);
}

void rig_host_bare(struct rig *rig, struct rig_host *h, const char *pool)
{
	host_begin(rig, h, pool);
	host_ready(h);
}

void rig_host_start(struct rig *rig, struct rig_host *h, const char *pool)
{
	host_begin(rig, h, pool);
	struct host_options options = { .channel_fd = h->fd,
					.bells = web_pools_bells(rig->pools),
					.loops = RIG_LOOPS,
					.threads_max = 8,
					.handler = { page_handle, rig->stage } };
	assert_int_equal(host_start(&options, &h->host), 0);
	host_ready(h);
}

/* A process without threads: sanitizers know no other kind behind fork. */
static void worker_main(struct rig_host *h)
{
	struct exchange_handler handler = { page_handle, h->rig->stage };
	struct channel_host *channel;
	int slot;

	/* A test that fails leaves none behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (channel_host_new(h->fd, web_pools_bells(h->rig->pools), RIG_LOOPS, &channel) < 0)
		_exit(1);
	while ((slot = channel_host_claim(channel, -1)) >= 0)
		host_serve_slot(&handler, channel, slot);
	_exit(0);
}

void rig_host_fork(struct rig *rig, struct rig_host *h, const char *pool, int workers)
{
	host_begin(rig, h, pool);
	for (int i = 0; i < workers; i++) {
		int pid = fork();

		if (pid == 0)
			worker_main(h);
		assert_true(pid > 0);
		h->workers[h->worker_count++] = pid;
	}
	host_ready(h);
}

struct web_pool_host *rig_host_find(struct rig_host *h)
{
	struct web_pool *pool = web_pool_find(h->rig->pools, text_of(h->pool));
	struct web_pool_host *found = NULL;

	pthread_mutex_lock(&pool->lock);
	for (struct web_pool_host *host = pool->hosts; host; host = host->next)
		if (host->generation == h->generation)
			found = host;
	pthread_mutex_unlock(&pool->lock);
	return found;
}

void rig_host_gone(struct rig_host *h)
{
	for (int i = 0; i < h->worker_count; i++)
		kill(h->workers[i], SIGKILL);
	for (int i = 0; i < h->worker_count; i++)
		waitpid(h->workers[i], NULL, 0);
	assert_null(host_stop(h->host, PATIENCE));
	web_pools_host_gone(h->rig->pools, text_of(h->pool), h->generation);
	h->fd = sys_close(h->fd);
}

/* ---- clients ---- */

int rig_dial(struct rig *rig, int loop)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 32768;
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(rig->ports[loop]),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = PATIENCE / NSEC_PER_SEC };

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

int rig_send(struct rig *rig, int loop, const char *method, const char *target)
{
	char request[300];
	int fd = rig_dial(rig, loop);
	int n = snprintf(request, sizeof request,
			 "%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", method, target);

	assert_int_equal(send(fd, request, (size_t)n, MSG_NOSIGNAL), n);
	return fd;
}

int rig_get(struct rig *rig, int loop, const char *query)
{
	char target[200];

	snprintf(target, sizeof target, "/page.asp?%s", query);
	return rig_send(rig, loop, "GET", target);
}

/* Takes the chunked coding off; false when its end is missing. */
static bool unchunk(const char *at, const char *end, struct buf *body)
{
	for (;;) {
		char *data;
		size_t size = strtoul(at, &data, 16);

		if (data == at || data + 2 > end)
			return false;
		if (size == 0)
			return data + 4 == end;
		data += 2;
		if (size + 2 > (size_t)(end - data)) {
			buf_put(body, data, (size_t)(end - data));
			return false;
		}
		buf_put(body, data, size);
		at = data + size + 2;
	}
}

static void parse_answer(struct buf *raw, struct rig_answer *ret)
{
	const char *data = buf_cstr(raw), *end = data + raw->length;
	const char *body = strstr(data, "\r\n\r\n"), *length = strstr(data, "\r\nContent-Length: ");

	ret->whole = false;
	ret->status = 0;
	buf_init(&ret->body, 64 << 20);
	if (!body || sscanf(data, "HTTP/1.1 %d ", &ret->status) != 1)
		return;
	body += 4;
	if (strstr(data, "\r\nTransfer-Encoding: chunked\r\n")) {
		ret->whole = unchunk(body, end, &ret->body);
		return;
	}
	buf_put(&ret->body, body, (size_t)(end - body));
	ret->whole = length && length < body && strtoul(length + 18, NULL, 10) == ret->body.length;
}

void rig_read(int fd, struct rig_answer *ret)
{
	struct buf raw;
	char data[65536];
	ssize_t n;

	buf_init(&raw, 64 << 20);
	while ((n = recv(fd, data, sizeof data, 0)) > 0)
		buf_put(&raw, data, (size_t)n);
	if (n < 0 && errno != ECONNRESET)
		fail_msg("no answer: %s", strerror(errno));
	sys_close(fd);
	parse_answer(&raw, ret);
	buf_done(&raw);
}

int rig_status(int fd)
{
	struct rig_answer answer;

	rig_read(fd, &answer);
	if (answer.status && !answer.whole)
		fail_msg("status %d, cut behind %zu bytes", answer.status, answer.body.length);
	buf_done(&answer.body);
	return answer.status;
}

static void post_request(struct buf *out, const char *target, size_t length, bool chunked)
{
	buf_printf(out, "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n", target);
	if (!chunked)
		buf_printf(out, "Content-Length: %zu\r\n\r\n", length);
	else
		buf_puts(out, "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t at = 0; at < length;) {
		size_t n = length - at < 10007 ? length - at : 10007;

		if (chunked)
			buf_printf(out, "%zx\r\n", n);
		pattern_fill(buf_reserve(out, n), at, n);
		buf_commit(out, n);
		if (chunked)
			buf_puts(out, "\r\n");
		at += n;
	}
	if (chunked)
		buf_puts(out, "0\r\n\r\n");
}

void rig_post(struct rig *rig, int loop, const char *target, size_t length, bool chunked,
	      struct rig_answer *ret)
{
	struct buf out, raw;
	int fd = rig_dial(rig, loop);
	size_t sent = 0;
	ssize_t n = 1;

	buf_init(&out, 64 << 20);
	buf_init(&raw, 64 << 20);
	post_request(&out, target, length, chunked);
	while (n != 0) {
		struct pollfd p = { fd, (short)(POLLIN | (sent < out.length ? POLLOUT : 0)), 0 };
		char data[65536];

		if (poll(&p, 1, PATIENCE / NSEC_PER_MSEC) <= 0)
			fail_msg("stuck behind %zu bytes out, %zu back", sent, raw.length);
		if (p.revents & POLLOUT) {
			n = send(fd, out.data + sent, out.length - sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
			sent += n > 0 ? (size_t)n : 0;
			n = 1;
		}
		if (p.revents & (POLLIN | POLLHUP | POLLERR)) {
			n = recv(fd, data, sizeof data, MSG_DONTWAIT);
			if (n > 0)
				buf_put(&raw, data, (size_t)n);
			else if (n < 0)
				n = errno == EAGAIN;
		}
	}
	sys_close(fd);
	parse_answer(&raw, ret);
	buf_done(&out);
	buf_done(&raw);
}
