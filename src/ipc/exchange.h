/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and the way to answer it, as whoever produces pages sees it: no channel, no slot, no
 * process. src/host implements it over the channel; a unit test implements it over two buffers.
 *
 * The provider embeds `struct exchange` in an object of its own and comes back from the pointer
 * with container_of. The exchange, its request and every slice of it are valid until the handler
 * returns; returning ends the response. All calls come from the thread that handles the request.
 *
 * The order is: head once, then body bytes, as many times as wanted. Head and bytes are staged
 * where the client's side will find them, and it hears of them at a flush, when enough has
 * gathered, and when the handler returns: a page that writes everything and returns costs one
 * notification. A handler that returns without a head is answered by the provider with 500.
 */
#pragma once

#include "ipc/channel.h"

struct exchange;

struct exchange_calls {
	/* Request body bytes, blocking: the number read, 0 at the end, -EPIPE: client gone. */
	ssize_t (*read)(struct exchange *exchange, void *data, size_t length);
	/* The response head, once. -E2BIG: more than fits; -EINVAL: a name that is no token, CR, LF
	 * or NUL in a value, a status outside 100..999; -EALREADY: the second time; -EPIPE: client
	 * gone. After -E2BIG and -EINVAL another head may be tried. */
	int (*head)(struct exchange *exchange, const struct channel_response *head);
	/* Body bytes, after the head (-EINVAL before it); copied, blocking while the client is
	 * slower. Bytes of a response that has no body (HEAD, 204, 304) are dropped here. -EPIPE:
	 * gone. */
	int (*write)(struct exchange *exchange, const void *data, size_t length);
	/* Makes the client's side hear of what is there now: Response.Flush. 0, or -EPIPE. */
	int (*flush)(struct exchange *exchange);
	/* False once the client has gone: Response.IsClientConnected. Cheap: one load. */
	bool (*connected)(struct exchange *exchange);
};

struct exchange {
	const struct exchange_calls *calls;
	const struct channel_request *request;
};

static inline ssize_t exchange_read(struct exchange *exchange, void *data, size_t length)
{
	return exchange->calls->read(exchange, data, length);
}

static inline int exchange_head(struct exchange *exchange, const struct channel_response *head)
{
	return exchange->calls->head(exchange, head);
}

static inline int exchange_write(struct exchange *exchange, const void *data, size_t length)
{
	return exchange->calls->write(exchange, data, length);
}

static inline int exchange_flush(struct exchange *exchange)
{
	return exchange->calls->flush(exchange);
}

static inline bool exchange_connected(struct exchange *exchange)
{
	return exchange->calls->connected(exchange);
}

/* Answers exchanges: what a host is given to run. Called on many worker threads at once. */
struct exchange_handler {
	void (*handle)(void *ctx, struct exchange *exchange);
	void *ctx;
};
