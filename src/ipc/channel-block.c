/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests and response heads as blocks of bytes: numbers and a table of texts first, then the
 * texts; a text is an offset from the block's start and a length. Pure functions over memory. The
 * decoder of responses is given a private copy by the front, never the memory a host can write.
 */
#include "ipc/channel-layout.h"

#include "base/mem.h"

#include <errno.h>

struct block_text {
	uint32_t offset, length;
};

struct block_header_field {
	struct block_text name, value;
};

struct request_block {
	uint32_t size; /* of all: first, as in every block */
	uint32_t header_count;
	uint64_t request_id, site_id, content_length;
	uint32_t remote_port, local_port;
	struct block_text texts[CHANNEL_REQUEST_TEXT_COUNT];
	struct block_header_field headers[];
};

struct response_block {
	uint32_t size;
	uint32_t header_count;
	uint64_t content_length;
	uint32_t status, sub_status, win32_status;
	struct block_text reason;
	uint32_t reserved;
	struct block_header_field headers[];
};

/* ---- writing ---- */

struct block_writer {
	unsigned char *block;
	size_t used;
	bool full;
};

/* The block may be memory that a reader with other ideas can write: nothing is read back from it.
 */
static struct block_text put_text(struct block_writer *w, struct text t)
{
	struct block_text entry = { (uint32_t)w->used, (uint32_t)t.length };
	if (t.length > CHANNEL_HEAD_MAX - w->used) {
		w->full = true;
		return (struct block_text){ 0, 0 };
	}
	if (t.length)
		memcpy(w->block + w->used, t.data, t.length);
	w->used += t.length;
	return entry;
}

static void put_headers(struct block_writer *w, struct block_header_field *to,
			const struct channel_header_field *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		to[i].name = put_text(w, from[i].name);
		to[i].value = put_text(w, from[i].value);
	}
}

int channel_request_encode(const struct channel_request *request, unsigned char *block)
{
	struct request_block *b = (struct request_block *)(void *)block;
	size_t count = request->header_count;
	if (count > CHANNEL_HEADERS_MAX)
		return -EINVAL;
	struct block_writer w = { block, sizeof(*b) + count * sizeof(b->headers[0]), false };
	b->header_count = (uint32_t)count;
	b->request_id = request->request_id;
	b->site_id = request->site_id;
	b->content_length = request->content_length;
	b->remote_port = request->remote_port;
	b->local_port = request->local_port;
	for (size_t i = 0; i < CHANNEL_REQUEST_TEXT_COUNT; i++)
		b->texts[i] = put_text(&w, request->texts[i]);
	put_headers(&w, b->headers, request->headers, count);
	b->size = (uint32_t)w.used;
	return w.full ? -E2BIG : 0;
}

/* RFC 9110 5.6.2. */
static bool is_token(struct text t)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < t.length; i++) {
		char c = t.data[i], lower = (char)(c | 0x20);
		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
		    (c == '\0' || !memchr(others, c, sizeof(others) - 1)))
			return false;
	}
	return t.length > 0;
}

/* What could end a line, and so let a value become a header or a response of its own. */
static bool is_one_line(struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		if (t.data[i] == '\r' || t.data[i] == '\n' || t.data[i] == '\0')
			return false;
	}
	return true;
}

/* What both sides hold a response head to. */
static bool response_valid(const struct channel_response *response)
{
	if (response->status < 100 || response->status > 999 || !is_one_line(response->reason) ||
	    response->header_count > CHANNEL_HEADERS_MAX)
		return false;
	for (size_t i = 0; i < response->header_count; i++) {
		if (!is_token(response->headers[i].name) ||
		    !is_one_line(response->headers[i].value))
			return false;
	}
	return true;
}

int channel_response_encode(const struct channel_response *response, unsigned char *block)
{
	struct response_block *b = (struct response_block *)(void *)block;
	if (!response_valid(response))
		return -EINVAL;
	size_t count = response->header_count;
	struct block_writer w = { block, sizeof(*b) + count * sizeof(b->headers[0]), false };
	b->header_count = (uint32_t)count;
	b->content_length = response->content_length;
	b->status = response->status;
	b->sub_status = response->sub_status;
	b->win32_status = response->win32_status;
	b->reason = put_text(&w, response->reason);
	b->reserved = 0;
	put_headers(&w, b->headers, response->headers, count);
	b->size = (uint32_t)w.used;
	return w.full ? -E2BIG : 0;
}

/* ---- reading ---- */

size_t channel_block_size(const unsigned char *block)
{
	size_t size = __atomic_load_n((const uint32_t *)(const void *)block, __ATOMIC_RELAXED);
	return size <= CHANNEL_HEAD_MAX ? size : 0;
}

/* The texts of a block together are no longer than the block: else a small block could name the
 * same bytes many times and grow into a huge head. */
struct block_reader {
	const unsigned char *block;
	size_t size, budget;
};

static bool get_text(struct block_reader *r, struct block_text entry, struct text *ret)
{
	if (entry.offset > r->size || entry.length > r->size - entry.offset ||
	    entry.length > r->budget)
		return false;
	r->budget -= entry.length;
	*ret = (struct text){ (const char *)r->block + entry.offset, entry.length };
	return true;
}

static bool get_headers(struct block_reader *r, const struct block_header_field *from, size_t count,
			struct channel_header_field *to)
{
	for (size_t i = 0; i < count; i++) {
		if (!get_text(r, from[i].name, &to[i].name) ||
		    !get_text(r, from[i].value, &to[i].value))
			return false;
	}
	return true;
}

/* Whether `count` header entries have room behind a block's fixed part. */
static bool count_fits(uint32_t count, size_t fixed, size_t size)
{
	return count <= CHANNEL_HEADERS_MAX && size >= fixed &&
	       count * sizeof(struct block_header_field) <= size - fixed;
}

int channel_request_decode(const unsigned char *block, size_t size, struct channel_request *ret)
{
	const struct request_block *b = (const struct request_block *)(const void *)block;
	if (size < sizeof(*b) || !count_fits(b->header_count, sizeof(*b), size))
		return -EBADMSG;
	ret->header_count = b->header_count;
	ret->request_id = b->request_id;
	ret->site_id = b->site_id;
	ret->content_length = b->content_length;
	ret->remote_port = b->remote_port;
	ret->local_port = b->local_port;
	struct block_reader r = { block, size, size };
	for (size_t i = 0; i < CHANNEL_REQUEST_TEXT_COUNT; i++) {
		if (!get_text(&r, b->texts[i], &ret->texts[i]))
			return -EBADMSG;
	}
	if (!get_headers(&r, b->headers, ret->header_count, ret->headers))
		return -EBADMSG;
	return 0;
}

struct text channel_request_method(const unsigned char *block, size_t size)
{
	const struct request_block *b = (const struct request_block *)(const void *)block;
	struct block_reader r = { block, size, size };
	struct text method = { NULL, 0 };
	if (size >= sizeof(*b))
		get_text(&r, b->texts[CHANNEL_METHOD], &method);
	return method;
}

int channel_response_decode(const unsigned char *block, size_t size, struct channel_response *ret)
{
	const struct response_block *b = (const struct response_block *)(const void *)block;
	if (size < sizeof(*b) || !count_fits(b->header_count, sizeof(*b), size))
		return -EBADMSG;
	ret->header_count = b->header_count;
	ret->content_length = b->content_length;
	ret->status = b->status;
	ret->sub_status = b->sub_status;
	ret->win32_status = b->win32_status;
	struct block_reader r = { block, size, size };
	if (!get_text(&r, b->reason, &ret->reason) ||
	    !get_headers(&r, b->headers, ret->header_count, ret->headers) || !response_valid(ret))
		return -EBADMSG;
	return 0;
}
