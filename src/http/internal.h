/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of http/ share: a server, its loops, their connections and exchanges.
 *
 * Everything but struct http_server's atomics belongs to the loop's thread. A connection at rest
 * (kept alive, nothing under way) is a struct conn and a watch, no more: its read buffer and its
 * exchange come from pools of the loop and go back.
 *
 *   server.c    loops, listening, accepting, stopping
 *   buffer.c    reading, and the buffers for it
 *   exchange.c  exchanges, and what handlers ask of them
 *   conn.c      the state machine of a connection: rest, head, exchange, lingering
 *   body.c      request bodies into sinks
 *   send.c      responses out of memory, files and sources
 *   response.c  status lines, response heads, the pages of refusals
 *   deadline.c  time-outs
 */
#pragma once

#include "base/clock.h"
#include "http/chunk.h"
#include "http/http.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#define BUFFER_SIZE 8192          /* of a pooled read buffer */
#define BUFFERS_KEPT 64           /* idle buffers a loop keeps */
#define EXCHANGES_KEPT 256        /* idle exchanges a loop keeps */
#define EXCHANGE_ARENA (4u << 20) /* the most memory one exchange may take */
#define DRAIN_MAX 65536           /* of an unread body, to keep the connection */
#define LINGER_MAX 262144         /* of what comes behind a closing answer */
#define TURN_REQUESTS 32          /* of one connection before others have their turn */
#define TURN_BYTES (1u << 20)
#define WHEEL_SLOTS 256
/* A body in memory up to this size is copied behind its head: one vector is sent cheaper than
 * two, by more than the copy costs (bench/RESULTS.md). */
#define INLINE_BODY_MAX 2048

enum conn_phase {
	CONN_REST,     /* between requests, or in the middle of a head */
	CONN_EXCHANGE, /* a request is being answered */
	CONN_DRAIN,    /* answered; the rest of its body is thrown away */
	CONN_REFUSING, /* the page of a refusal is being sent */
	CONN_LINGER,   /* we sent our end; waiting for the client's */
	CONN_CLOSED,
};

struct conn {
	struct http_loop *loop;
	struct loop_watch *watch;
	struct http_exchange *x;       /* NULL at rest */
	char *buffer;                  /* NULL at rest */
	uint32_t capacity, start, end; /* of the buffer; bytes not yet used: start to end */
	uint32_t base;                 /* what lies before it belongs to the exchange's head */
	uint32_t looked;               /* bytes the head parser has seen in vain */
	uint32_t drained;
	int fd;
	uint8_t phase;
	bool can_read, can_write; /* edge triggered: true until the socket said EAGAIN */
	bool hangup;              /* the client closed its end */
	bool broken;              /* both directions are gone */
	bool eof;                 /* read up to the end */
	bool running, again;      /* in http_conn_run; something happened meanwhile */
	bool ready;               /* in the queue of the loop */
	bool forced;              /* the stop has no more patience */
	bool local_known;
	LIST_ENTRY(conn) in_wheel;
	TAILQ_ENTRY(conn) in_ready;
	uint64_t visit;   /* the tick at which the wheel comes by */
	int64_t deadline; /* INT64_MAX: none */
	int64_t hangup_at;
	int64_t since;   /* when this head, draining or lingering began */
	int64_t timeout; /* instead of idle_timeout and body_timeout; 0: those */
	void *user;
	struct http_rate *rate;
	struct loop_timer throttle; /* when it may send again */
	struct http_peer peer;
};

enum body_kind { BODY_NONE, BODY_MEMORY, BODY_FILE, BODY_SOURCE };

/* How a response is sent; zeroed with each request. */
struct sending {
	bool responded; /* an http_respond_* call came */
	bool begun;     /* a byte of the response is out */
	bool complete;
	bool chunked, until_close, close, no_body;
	bool source_ended;
	uint8_t kind;
	uint8_t interim_left; /* of "100 Continue" */
	bool fd_owned;
	int fd;
	char *head;
	size_t head_length, head_sent;
	const char *memory;
	uint64_t left;       /* body bytes to go; HTTP_LENGTH_UNKNOWN: until the source ends */
	uint64_t offset;     /* in the file */
	uint64_t chunk_left; /* data of the chunk under way */
	char frame[24];      /* chunk framing that goes out before more data */
	uint8_t frame_length, frame_sent;
	const struct http_source *source;
	void *source_ctx;
	int64_t blocked_since;
	uint64_t sent_since; /* while blocked */
};

struct receiving {
	bool done; /* the whole body was read */
	bool wanted;
	uint64_t left; /* of a body with a length */
	uint64_t most; /* of one that comes in chunks */
	struct http_chunk chunk;
	const struct http_sink *sink;
	void *sink_ctx;
	int64_t since; /* when the client began to owe us bytes, 0: it does not */
	uint64_t received_since;
};

struct http_exchange {
	struct conn *conn;
	struct http_exchange *next; /* in the pool */
	void *user;
	struct http_exchange_stats stats;
	struct sending out;
	struct receiving in;
	bool finished;     /* done() was called */
	char *head_buffer; /* of a large head that left no room for a body, mem_free */
	uint32_t head_capacity;
	struct arena arena;
	struct http_request request;
};

TAILQ_HEAD(conn_queue, conn);
LIST_HEAD(conn_list, conn);

struct listener {
	struct listener *next;
	struct http_loop *loop;
	struct loop_watch *watch;
	struct loop_task task; /* adds it, on the loop's thread */
	int fd;
	uint32_t tag;
};

struct http_loop {
	struct http_server *server;
	struct loop *loop;
	pthread_t thread;
	struct listener *listeners;
	int index;
	int reserve; /* a descriptor to give up when there are none left */
	struct conn_queue ready;
	struct http_exchange *exchanges;
	void *buffers; /* each begins with a pointer to the next */
	unsigned buffers_kept, exchanges_kept;

	struct conn_list wheel[WHEEL_SLOTS];
	uint64_t tick; /* the last one visited */
	int64_t tick_ns;
	struct loop_timer timer;

	char date[CLOCK_HTTP_SIZE];
	int64_t date_until;

	struct loop_task stop_task;
	struct loop_timer stop_timer;
	unsigned connections;
	bool started, stopping, leave;
};

struct http_server {
	struct http_options options;
	char server_header[64];
	size_t server_header_length;
	_Atomic uint32_t connections;
	struct http_rate rate;
	_Atomic int64_t grace;
	_Atomic int threads; /* that run */
	struct loop
		*left_loop; /* where to say that none does any more; set before they are stopped */
	struct loop_task *left;
	struct http_loop *loops;
};

/* server.c: one round: events, connections that became ready, the handler's turn. Tests and the
 * fuzzer call it without a thread. */
int http_loop_turn(struct http_loop *loop, int64_t timeout);

/* conn.c */
void http_conn_accepted(struct http_loop *loop, int fd, const struct sockaddr_storage *from,
			uint32_t tag);
/* Lets the connection go on at the end of this turn. */
void http_conn_wake(struct conn *conn);
/* Takes what can be done now. May free the connection. */
void http_conn_run(struct conn *conn);
void http_conn_timed_out(struct conn *conn);
/* Answers `status` itself and closes behind it. */
void http_conn_refuse(struct conn *conn, int status, const char *why);

/* exchange.c */
struct http_exchange *http_exchange_take(struct http_loop *loop); /* NULL without memory */
void http_exchange_give(struct http_loop *loop, struct http_exchange *x);
void http_exchange_begin(struct conn *conn, struct http_exchange *x);
/* Tells the handler that it is over; once. */
void http_exchange_finish(struct http_exchange *x);
/* Finishes what is under way on a connection and gives it back. */
void http_exchange_release(struct conn *conn);
void http_exchanges_free(struct http_loop *loop);
void http_peer_name(const struct sockaddr_storage *from, char text[46], uint16_t *port);

/* buffer.c: read buffers. A standard one comes from the loop's pool. */
char *http_buffer_take(struct http_loop *loop);
void http_buffer_give(struct http_loop *loop, char *buffer, uint32_t capacity);
void http_buffers_free(struct http_loop *loop);
/* Reads from the socket: above 0, 0 when there is nothing now (or the end: conn->eof), <0. */
ssize_t http_conn_read(struct conn *conn, void *data, size_t length);
ssize_t http_conn_readv(struct conn *conn, struct iovec *iov, int count);
/* More bytes into the buffer; true when some came. */
bool http_conn_fill(struct conn *conn);

/* body.c: 1: made progress, 0: waits, negative: -status of a refusal, or -EPIPE. */
void http_body_begin(struct http_exchange *x);
int http_body_run(struct http_exchange *x);
/* Throws away; as above. */
int http_body_drain(struct http_exchange *x);
/* -status when the bytes that are here already cannot be a body. */
int http_body_precheck(const struct http_exchange *x);

/* send.c: 1: made progress or is complete, 0: waits, negative: the connection is broken. */
int http_send_run(struct http_exchange *x);
void http_send_done(struct http_exchange *x);

/* response.c */
/* Writes the head into the exchange's arena, and behind it a small body in memory; -ENOMEM. */
int http_response_head(struct http_exchange *x, const struct http_response *response);

/* deadline.c */
void http_deadline_init(struct http_loop *loop);
void http_deadline_add(struct conn *conn, int64_t deadline);
void http_deadline_remove(struct conn *conn);
/* Costs nothing unless the new deadline comes before the wheel does. */
void http_deadline_set(struct conn *conn, int64_t deadline);
