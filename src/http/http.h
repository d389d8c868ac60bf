/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP/1.1 server: connections, parsing in place, bodies both ways, limits and time-outs
 * (RFC 9110, RFC 9112). It knows nothing of sites or files: each request becomes an exchange that
 * a handler answers, at once or later.
 *
 * Threads. A server runs one event loop per thread. An exchange belongs to the loop of its
 * connection: all functions below are called from that thread; another thread posts a task.
 *
 * Strictness. One clear 4xx for whatever a proxy might read differently: bare LF, obs-fold,
 * both Content-Length and Transfer-Encoding, repeated or odd lengths, blanks before the colon,
 * control characters, missing or double Host. After a framing error the connection closes.
 */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/text.h"

#include <stdatomic.h>
#include <sys/uio.h>

struct http_server;
struct http_exchange;

#define HTTP_HEADERS_MAX 100
#define HTTP_LENGTH_UNKNOWN UINT64_MAX

#define HTTP_METHODS(X)                                                                            \
	X(GET) X(HEAD) X(POST) X(PUT) X(DELETE) X(OPTIONS) X(TRACE) X(PATCH) X(CONNECT)
enum http_method {
	HTTP_OTHER,
#define X(name) HTTP_##name,
	HTTP_METHODS(X)
#undef X
};

struct http_field {
	struct text name, value;
};

/* A request head. Texts point into the connection's buffer and live as long as the exchange. */
struct http_request {
	enum http_method method;
	struct text method_text;
	struct text target; /* as sent; an absolute-form is cut down to path and query */
	struct text path;   /* the part before '?', still encoded */
	struct text query;  /* behind '?', "" without */
	struct text host;   /* without port; from an absolute-form or Host */
	uint16_t host_port; /* 0 when not named */
	uint8_t minor;      /* HTTP/1.minor: 0 or 1 */
	bool keep_alive, expect_continue;
	uint64_t content_length; /* 0 without a body, HTTP_LENGTH_UNKNOWN when chunked */
	struct http_field fields[HTTP_HEADERS_MAX];
	size_t field_count;
};
/* The first field of that name (ASCII case ignored); {NULL,0} when there is none. */
struct text http_field_find(const struct http_request *request, struct text name);

/* The parser alone (pure, for the fuzzer): parses the head in `data`. Returns its length when it
 * is whole, 0 when more bytes are needed, or minus the status to answer (-400, -413, -414, -417,
 * -431, -501, -505). `*ret_why` then says what is wrong in a short phrase as HTTPERR logs use
 * ("BadRequest", "Header", "Hostname", "URL", "FieldLength", "RequestLength", "Verb",
 * "Version_N/S", "Number", "Invalid_CR/LF", "EntityTooLarge", "N/I"). */
struct http_limits {
	uint32_t request_line, field, head, fields; /* bytes, bytes, bytes, count */
	uint64_t body;
	int64_t header_timeout, body_timeout, idle_timeout, send_timeout; /* ns */
	uint32_t connections;                                             /* per server */
	uint32_t min_bytes_per_second;
};
#define HTTP_LIMITS_DEFAULT                                                                        \
	{                                                                                          \
		16384, 16384, 65536, HTTP_HEADERS_MAX, UINT64_C(4294967295), 30 * NSEC_PER_SEC,    \
			30 * NSEC_PER_SEC, 120 * NSEC_PER_SEC, 60 * NSEC_PER_SEC, 65536, 240       \
	}
int http_parse_head(char *data, size_t length, const struct http_limits *limits,
		    struct http_request *ret, const char **ret_why);

/* ---- responses ---- */

struct http_response {
	uint32_t status;
	struct text reason; /* "" for the standard one */
	uint64_t content_length;
	const struct http_field *fields; /* without Content-Length, Transfer-Encoding, Connection,
					    Date and Server, which are the server's; one that has
					    control characters is not sent */
	size_t field_count;
	bool close;       /* close the connection behind it */
	bool hide_server; /* without the Server field */
	bool no_chunks;   /* a body of unknown length ends with the connection */
};
const char *http_reason(uint32_t status);
/* The short page HTTP.sys shows where no site can be asked; `why` as for HTTPERR. */
struct text http_refusal_page(uint32_t status, const char *why, struct arena *arena);

/* Where body bytes come from, and where they go to: pulled by the connection when the socket can
 * take or give them, so nothing is copied on the way. */
struct http_source {
	/* Up to two pieces to send; 0: nothing yet (http_resume_send later), -ENODATA: the end,
	 * another negative: broken, the connection closes. */
	int (*peek)(void *ctx, struct iovec iov[2]);
	void (*consume)(void *ctx, size_t length);
};
struct http_sink {
	/* Up to two pieces to receive into; 0: no room (http_resume_receive later). */
	int (*space)(void *ctx, struct iovec iov[2]);
	void (*commit)(void *ctx, size_t length, bool last);
};

/* What connections of all loops may send together. */
struct http_rate {
	_Atomic uint64_t bytes_per_second; /* 0: as much as they like */
	_Atomic int64_t spent; /* clock_now() scale: until when what was sent is paid for */
};

struct http_exchange_stats {
	uint32_t status;
	uint64_t bytes_sent, bytes_received; /* heads included, for the log */
	int64_t started, ended;              /* clock_now() */
	bool aborted;                        /* the client went away first */
};

struct http_handler {
	void *ctx;
	/* A request head has arrived. The handler answers with exactly one http_respond_* call, now
	 * or later. */
	void (*request)(void *ctx, struct http_exchange *x);
	/* The client is gone before the answer was complete: sources and sinks are not called again
	 * and no http_respond_* may follow. */
	void (*aborted)(void *ctx, struct http_exchange *x);
	/* The exchange is over (always called last): write the log line, free what hangs on it. */
	void (*done)(void *ctx, struct http_exchange *x, const struct http_exchange_stats *stats);
	/* A request that never became an exchange was answered `status`: for the HTTPERR log. */
	void (*refused)(void *ctx, const char *remote, uint32_t status, const char *why);
	/* A connection that has a user (http_connection_set_user) is gone. May be NULL. */
	void (*disconnected)(void *ctx, void *user);
};

/* ---- the server ---- */

struct http_options {
	int loops;
	uint64_t bytes_per_second; /* of all answers; 0: no limit */
	struct http_limits limits;
	struct http_handler handler;
	const char *server_header; /* "Surrogate/0.1" */
	/* Called on each loop's thread at its start and at every end of a turn (may be NULL). */
	void (*turn)(void *turn_ctx, int loop);
	void *turn_ctx;
};
int http_server_new(const struct http_options *options, struct http_server **ret);
struct http_server *http_server_free(struct http_server *server);
/* Starts the loop threads. */
int http_server_start(struct http_server *server);
/* Loop `i` listens on `fd` (owned by the server from now on). `tag` comes back with exchanges. */
int http_server_listen(struct http_server *server, int loop, int fd, uint32_t tag);
/* All loops stop listening on what has this tag, and have closed it when this returns; connections
 * that were accepted stay. */
void http_server_unlisten(struct http_server *server, uint32_t tag);
/* No new connections; idle ones close; answers under way finish within `grace_ns`. Blocks. */
void http_server_stop(struct http_server *server, int64_t grace_ns);
/* The same without blocking: `left` is posted to `loop` when the last answer has been given and all
 * threads have ended; http_server_stop then returns at once. Again with another grace: that counts.
 */
void http_server_leave(struct http_server *server, int64_t grace_ns, struct loop *loop,
		       struct loop_task *left);
struct loop *http_server_loop(struct http_server *server, int i);
uint32_t http_server_connections(const struct http_server *server);

/* ---- exchanges ---- */

const struct http_request *http_exchange_request(const struct http_exchange *x);
/* Memory that lives until `done` returned. */
struct arena *http_exchange_arena(struct http_exchange *x);
int http_exchange_loop(const struct http_exchange *x); /* index of its loop */
void http_exchange_set_user(struct http_exchange *x, void *user);
void *http_exchange_user(const struct http_exchange *x);
/* The handler's own of a connection, NULL at first: what several of its exchanges share. */
void http_connection_set_user(struct http_exchange *x, void *user);
void *http_connection_user(const struct http_exchange *x);
/* How long the connection may rest between requests from now on, and wait for parts of a body. */
void http_connection_set_timeout(struct http_exchange *x, int64_t timeout_ns);
/* From now on the connection's answers share `rate`, which must outlive it; NULL: none. */
void http_connection_set_rate(struct http_exchange *x, struct http_rate *rate);
struct http_peer {
	char remote[46], local[46]; /* numeric addresses */
	uint16_t remote_port, local_port;
	uint32_t tag;
};
const struct http_peer *http_exchange_peer(const struct http_exchange *x);

/* Answers with bytes in memory that stay valid until `done`. */
void http_respond_memory(struct http_exchange *x, const struct http_response *response,
			 const void *body, size_t length);
/* Answers with part of a file; `fd` is closed by the exchange when `owned`. */
void http_respond_file(struct http_exchange *x, const struct http_response *response, int fd,
		       bool owned, uint64_t offset, uint64_t length);
/* Answers from a source, which must live until `done`. With an unknown length: chunked for
 * HTTP/1.1, until close for 1.0. HEAD and 204/304 send no body and ask the source nothing. */
void http_respond_source(struct http_exchange *x, const struct http_response *response,
			 const struct http_source *source, void *ctx);
/* Closes the connection instead of an answer. */
void http_abort(struct http_exchange *x);
void http_resume_send(struct http_exchange *x);
/* A body in chunks may have so many bytes, and no more than the limits say: what comes behind them
 * is refused with 413, also when the request runs already, which then is aborted. */
void http_limit_body(struct http_exchange *x, uint64_t most);
/* Wants the request body in `sink`; sends 100 Continue where it was asked for. Without this call
 * an unread body is drained (small) or the connection closes behind the answer (large). */
void http_receive_body(struct http_exchange *x, const struct http_sink *sink, void *ctx);
void http_resume_receive(struct http_exchange *x);
