/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending responses: gathered writes from memory and sources, sendfile from files, the chunked
 * coding around sources of unknown length. Called by conn.c on the loop's thread whenever the
 * socket may take more; never blocks. The file descriptor of a response is owned from
 * http_respond_file on.
 */
#include "base/sys.h"
#include "http/internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

static const char crlf[] = "\r\n";
static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";

/* The pieces of one sendmsg, in this order. */
enum { PIECE_INTERIM, PIECE_HEAD, PIECE_FRAME, PIECE_BODY, PIECE_TAIL = PIECE_BODY + 2, PIECES };

struct gather {
	struct iovec iov[PIECES];
	bool chunk_ends; /* the pieces hold the last byte of the chunk under way */
	bool file_next;  /* the body follows by sendfile */
	bool end;        /* these are the last bytes of the response */
};

static void put_frame(struct sending *out, const char *data, size_t length)
{
	memcpy(out->frame + out->frame_length, data, length);
	out->frame_length = (uint8_t)(out->frame_length + length);
}

static size_t limit_iov(struct iovec *iov, int count, uint64_t most)
{
	size_t total = 0;
	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > most - total)
			iov[i].iov_len = (size_t)(most - total);
		total += iov[i].iov_len;
	}
	return total;
}

/* Asks the source. Adds to the frame when a chunk or the end begins. -EPIPE when it broke. */
static int gather_source(struct sending *out, struct gather *g)
{
	struct iovec *iov = &g->iov[PIECE_BODY];
	if (out->source_ended)
		return 0;
	/* It gave all it promised: what it may have besides is not asked for. */
	int n = out->left == 0 ? -ENODATA : out->source->peek(out->source_ctx, iov);
	if (n == -ENODATA) {
		if (out->chunk_left || (out->left && out->left != HTTP_LENGTH_UNKNOWN))
			return -EPIPE;
		out->source_ended = true;
		if (out->chunked)
			put_frame(out, "0\r\n\r\n", 5);
		return 0;
	}
	if (n < 0)
		return -EPIPE;
	for (int i = n; i < 2; i++)
		iov[i].iov_len = 0;
	uint64_t most = out->chunk_left ? out->chunk_left : out->left;
	size_t there = limit_iov(iov, n, most);
	if (!out->chunked || there == 0)
		return 0;
	if (!out->chunk_left) {
		char size[24];
		int length = snprintf(size, sizeof(size), "%zx\r\n", there);

		put_frame(out, size, (size_t)length);
		out->chunk_left = there;
	}
	if (there == out->chunk_left) {
		g->iov[PIECE_TAIL] = (struct iovec){ (char *)crlf, 2 };
		g->chunk_ends = true;
	}
	return 0;
}

static int gather_pieces(struct http_exchange *x, struct gather *g)
{
	struct sending *out = &x->out;
	memset(g, 0, sizeof(*g));
	if (out->interim_left) {
		size_t sent = sizeof(interim) - 1 - out->interim_left;
		g->iov[PIECE_INTERIM] = (struct iovec){ (char *)interim + sent, out->interim_left };
	}
	if (!out->responded)
		return 0;
	g->iov[PIECE_HEAD] =
		(struct iovec){ out->head + out->head_sent, out->head_length - out->head_sent };
	bool body = !out->no_body;
	if (body && out->kind == BODY_SOURCE) {
		int e = gather_source(out, g);
		if (e < 0)
			return e;
	} else if (body && out->kind == BODY_MEMORY) {
		g->iov[PIECE_BODY] = (struct iovec){ (char *)out->memory, (size_t)out->left };
	}
	g->iov[PIECE_FRAME] = (struct iovec){ out->frame + out->frame_sent,
					      (size_t)out->frame_length - out->frame_sent };
	g->file_next = body && out->kind == BODY_FILE && out->left > 0;
	return 0;
}

/* Cuts `*sent` by what piece `i` took of it. */
static size_t took(struct gather *g, int i, size_t *sent)
{
	size_t n = g->iov[i].iov_len < *sent ? g->iov[i].iov_len : *sent;
	*sent -= n;
	return n;
}

static void account(struct http_exchange *x, struct gather *g, size_t sent)
{
	struct sending *out = &x->out;
	x->stats.bytes_sent += sent;
	out->sent_since += sent;
	out->interim_left = (uint8_t)(out->interim_left - took(g, PIECE_INTERIM, &sent));
	out->begun = out->begun || sent > 0;
	out->head_sent += took(g, PIECE_HEAD, &sent);
	out->frame_sent = (uint8_t)(out->frame_sent + took(g, PIECE_FRAME, &sent));
	if (out->frame_sent == out->frame_length)
		out->frame_sent = out->frame_length = 0;
	size_t body = took(g, PIECE_BODY, &sent);
	body += took(g, PIECE_BODY + 1, &sent);
	if (out->left != HTTP_LENGTH_UNKNOWN)
		out->left -= body;
	if (out->kind == BODY_MEMORY)
		out->memory += body;
	if (out->kind != BODY_SOURCE || body == 0)
		return;
	out->source->consume(out->source_ctx, body);
	if (!out->chunked)
		return;
	out->chunk_left -= body;
	/* What did not go of the CRLF behind the chunk goes before whatever is next. */
	if (g->chunk_ends && out->chunk_left == 0)
		put_frame(out, crlf + sent, 2 - sent);
}

/* ---- rates ---- */

/* What is sent at once stays below what RATE_SLICE has; a rate never saves up more. */
#define RATE_SLICE (NSEC_PER_SEC / 8)

/* Bytes that may go now. */
static uint64_t rate_allows(const struct http_rate *rate, int64_t now)
{
	if (!rate || !rate->bytes_per_second)
		return UINT64_MAX;
	int64_t spent = atomic_load_explicit(&rate->spent, memory_order_relaxed);
	if (spent >= now + RATE_SLICE)
		return 0;
	uint64_t slice = rate->bytes_per_second / 8;
	uint64_t open = spent <= now ? RATE_SLICE : (uint64_t)(now + RATE_SLICE - spent);
	uint64_t most = (uint64_t)((double)slice * (double)open / RATE_SLICE);
	/* Small steps would cost more than they send. */
	return most < 1024 ? (spent <= now ? 1024 : 0) : most;
}

static void rate_charge(struct http_rate *rate, int64_t now, uint64_t bytes)
{
	if (!rate || !rate->bytes_per_second || !bytes)
		return;
	int64_t price = (int64_t)((double)bytes * NSEC_PER_SEC / (double)rate->bytes_per_second);
	int64_t spent = atomic_load_explicit(&rate->spent, memory_order_relaxed), until;
	do
		until = (spent > now ? spent : now) + price;
	while (!atomic_compare_exchange_weak_explicit(&rate->spent, &spent, until,
						      memory_order_relaxed, memory_order_relaxed));
}

static void throttle_over(void *ctx)
{
	http_conn_wake(ctx);
}

/* How much the connection may send now; 0: it comes back by itself. */
static uint64_t conn_allows(struct conn *conn)
{
	struct http_loop *loop = conn->loop;
	struct http_rate *server = &loop->server->rate;
	int64_t now = loop_now(loop->loop);
	if (!conn->rate && !server->bytes_per_second)
		return UINT64_MAX;
	uint64_t most = rate_allows(conn->rate, now), all = rate_allows(server, now);
	most = most < all ? most : all;
	/* Without a timer nothing would wake it: then it is not held up. */
	if (most == 0 && loop_timer_set(loop->loop, &conn->throttle, now + RATE_SLICE / 2,
					throttle_over, conn) < 0)
		return UINT64_MAX;
	return most;
}

static void conn_charge(struct conn *conn, uint64_t bytes)
{
	int64_t now = loop_now(conn->loop->loop);
	rate_charge(conn->rate, now, bytes);
	rate_charge(&conn->loop->server->rate, now, bytes);
}

/* One sendfile. 1: went on, 0: waits, negative: broken. */
static int send_file(struct http_exchange *x, uint64_t allowed)
{
	struct sending *out = &x->out;
	struct conn *conn = x->conn;
	off_t offset = (off_t)out->offset;
	size_t most = out->left < TURN_BYTES ? (size_t)out->left : TURN_BYTES;
	most = most < allowed ? most : (size_t)allowed;
	ssize_t n = sendfile(conn->fd, out->fd, &offset, most);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		conn->can_write = errno == EINTR;
		return errno == EINTR;
	}
	if (n <= 0)
		return -EPIPE; /* n == 0: the file became shorter than what we promised */
	out->offset += (uint64_t)n;
	out->left -= (uint64_t)n;
	out->sent_since += (uint64_t)n;
	x->stats.bytes_sent += (uint64_t)n;
	conn_charge(conn, (uint64_t)n);
	return 1;
}

static bool everything_out(const struct sending *out)
{
	if (!out->responded || out->interim_left || out->head_sent < out->head_length)
		return false;
	if (out->no_body || out->kind == BODY_NONE)
		return true;
	if (out->kind != BODY_SOURCE || (!out->chunked && out->left == 0))
		return out->left == 0;
	return out->source_ended && out->frame_length == 0;
}

int http_send_run(struct http_exchange *x)
{
	struct sending *out = &x->out;
	struct conn *conn = x->conn;
	if (out->responded && !out->head)
		return -EPIPE; /* there was no memory for it */
	if (!conn->can_write)
		return 0;
	uint64_t allowed = conn_allows(conn);
	if (allowed == 0)
		return 0;
	struct gather g;
	if (gather_pieces(x, &g) < 0)
		return -EPIPE;
	struct iovec iov[PIECES];
	int count = 0;
	size_t total = 0;
	for (int i = 0; i < PIECES; i++) {
		if (g.iov[i].iov_len) {
			iov[count++] = g.iov[i];
			total += g.iov[i].iov_len;
		}
	}
	if (total > allowed)
		total = limit_iov(iov, count, allowed);
	int progress = 0;
	if (count) {
		ssize_t n = sys_sendv(conn->fd, iov, count,
				      MSG_DONTWAIT | (g.file_next ? MSG_MORE : 0));
		if (n < 0 && n != -EAGAIN)
			return -EPIPE;
		if (n < 0 || (size_t)n < total)
			conn->can_write = false;
		if (n > 0) {
			account(x, &g, (size_t)n);
			conn_charge(conn, (uint64_t)n);
		}
		progress = n > 0;
	} else if (g.file_next) {
		progress = send_file(x, allowed);
		if (progress < 0)
			return progress;
	}
	out->complete = everything_out(out);
	/* With the head out, the file can follow in the same turn. */
	return progress || out->complete;
}

void http_send_done(struct http_exchange *x)
{
	if (x->out.kind == BODY_FILE && x->out.fd_owned)
		sys_close(x->out.fd);
	x->out.kind = BODY_NONE;
}

/* ---- what handlers call ---- */

static void begin(struct http_exchange *x, const struct http_response *response, uint8_t kind,
		  uint64_t left)
{
	struct sending *out = &x->out;
	out->kind = kind;
	out->left = left;
	out->responded = true;
	x->stats.status = response->status;
	if (http_response_head(x, response) < 0)
		out->head = NULL; /* the connection breaks instead */
	http_conn_wake(x->conn);
}

void http_respond_memory(struct http_exchange *x, const struct http_response *response,
			 const void *body, size_t length)
{
	x->out.memory = body;
	begin(x, response, length ? BODY_MEMORY : BODY_NONE, length);
	/* The head took it along. */
	if (length <= INLINE_BODY_MAX)
		x->out.left = 0;
}

void http_respond_file(struct http_exchange *x, const struct http_response *response, int fd,
		       bool owned, uint64_t offset, uint64_t length)
{
	x->out.fd = fd;
	x->out.fd_owned = owned;
	x->out.offset = offset;
	begin(x, response, BODY_FILE, length);
}

void http_respond_source(struct http_exchange *x, const struct http_response *response,
			 const struct http_source *source, void *ctx)
{
	x->out.source = source;
	x->out.source_ctx = ctx;
	begin(x, response, BODY_SOURCE, response->content_length);
}

void http_abort(struct http_exchange *x)
{
	/* An answer without a head is what breaks the connection. */
	x->out.kind = BODY_NONE;
	x->out.head = NULL;
	x->out.responded = true;
	x->out.close = true;
	http_conn_wake(x->conn);
}

void http_resume_send(struct http_exchange *x)
{
	http_conn_wake(x->conn);
}
