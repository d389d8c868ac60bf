/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The response under way: bytes in front of the head, and what the head will say. One per context;
 * the Response object and the error page write into it. Everything it points to is in the
 * request's arena.
 */
#pragma once

#include "base/buf.h"
#include "ipc/exchange.h"

#include <surrogate/com.h>

struct asp_context;

struct asp_cookie_key {
	struct text name, value;
	struct asp_cookie_key *next;
};

struct asp_cookie {
	struct text name, value, domain, path; /* path.data == NULL: the application's */
	struct asp_cookie_key *keys, **keys_end;
	bool has_expires, secure;
	int64_t expires; /* seconds since 1970 */
	struct asp_cookie *next;
};

struct asp_response {
	struct buf body; /* not yet sent; in the response's code page */
	bool buffering, head_sent, client_gone;
	uint32_t status, sub_status;
	struct text reason, content_type, charset, cache_control, pics;
	uint32_t codepage;
	LONG lcid; /* 0: the page does not say; see asp_context_lcid */
	bool has_expires;
	int64_t expires;                      /* wall clock, seconds */
	struct channel_header_field *headers; /* AddHeader */
	size_t header_count, header_capacity;
	struct asp_cookie *cookies, **cookies_end;
	struct text log; /* goes behind the query in the web server's log */
};

void asp_response_init(struct asp_response *response);
void asp_response_done(struct asp_response *response);
/* For a new request, keeping memory. */
void asp_response_begin(struct asp_context *ctx);
/* After bytes were put into response.body: sends them when not buffering. S_OK, E_OUTOFMEMORY, or
 * ASP_E_BUFFER_LIMIT. */
HRESULT asp_response_wrote(struct asp_context *ctx);
#define ASP_E_BUFFER_LIMIT ((HRESULT)0x800A9C69)
/* Sends head and body so far. */
void asp_response_flush(struct asp_context *ctx);
/* Ends the response: what is left is sent, with a length when nothing was sent before. */
void asp_response_finish(struct asp_context *ctx);
/* Adds a header; both texts must live in the arena. -ENOMEM, -EINVAL for a name or value that
 * cannot be in a header. */
int asp_response_header(struct asp_context *ctx, struct text name, struct text value);
/* Adds to the log's line, with the head; blanks and control characters become '+'. -ENOMEM. */
int asp_response_log(struct asp_context *ctx, struct text text);
struct asp_cookie *asp_response_cookie(struct asp_context *ctx, struct text name);
/* Forgets everything said so far, for an error page. */
void asp_response_restart(struct asp_context *ctx);
