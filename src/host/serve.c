/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exchange (ipc/exchange.h) over a claimed slot of a channel. Runs on the worker thread that
 * claimed it; the object lives on its stack while the handler runs.
 */
#include "host/serve.h"

#include "base/mem.h"

struct slot_exchange {
	struct exchange exchange;
	struct channel_host *channel;
	int slot;
	struct channel_request request;
};

static struct slot_exchange *slot_exchange_of(struct exchange *exchange)
{
	return container_of(exchange, struct slot_exchange, exchange);
}

static ssize_t slot_read(struct exchange *exchange, void *data, size_t length)
{
	struct slot_exchange *x = slot_exchange_of(exchange);
	return channel_host_read(x->channel, x->slot, data, length);
}

static int slot_head(struct exchange *exchange, const struct channel_response *head)
{
	struct slot_exchange *x = slot_exchange_of(exchange);
	return channel_host_head(x->channel, x->slot, head);
}

static int slot_write(struct exchange *exchange, const void *data, size_t length)
{
	struct slot_exchange *x = slot_exchange_of(exchange);
	return channel_host_write(x->channel, x->slot, data, length);
}

static int slot_flush(struct exchange *exchange)
{
	struct slot_exchange *x = slot_exchange_of(exchange);
	return channel_host_flush(x->channel, x->slot);
}

static bool slot_connected(struct exchange *exchange)
{
	struct slot_exchange *x = slot_exchange_of(exchange);
	return channel_host_connected(x->channel, x->slot);
}

static const struct exchange_calls slot_calls = {
	.read = slot_read,
	.head = slot_head,
	.write = slot_write,
	.flush = slot_flush,
	.connected = slot_connected,
};

/* For a handler that returned without a word, and for a request block that nobody can read. */
static void answer_failure(struct channel_host *channel, int slot)
{
	static const char body[] =
		"The application returned without an answer to this request.\r\n";
	struct channel_response head = {
		.status = 500,
		.headers = { { TEXT("Content-Type"), TEXT("text/plain; charset=utf-8") } },
		.header_count = 1,
		.content_length = sizeof(body) - 1,
	};
	/* -EALREADY: the usual case, there was an answer. */
	if (channel_host_head(channel, slot, &head) == 0)
		channel_host_write(channel, slot, body, sizeof(body) - 1);
}

void host_serve_slot(const struct exchange_handler *handler, struct channel_host *channel, int slot)
{
	struct slot_exchange x;
	x.exchange = (struct exchange){ &slot_calls, &x.request };
	x.channel = channel;
	x.slot = slot;
	if (channel_host_request(channel, slot, &x.request) == 0)
		handler->handle(handler->ctx, &x.exchange);
	answer_failure(channel, slot);
	channel_host_finish(channel, slot);
}
