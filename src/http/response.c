/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Response heads: the status line, the handler's fields, and the fields that are the server's
 * (Server, Date, Connection, Content-Length, Transfer-Encoding); and the short pages of refusals
 * in the shape HTTP.sys gives them. Loop threads.
 */
#include "base/clock.h"
#include "http/internal.h"

#include <errno.h>
#include <stdio.h>

#define REASONS(X)                                                                                 \
	X(100, "Continue")                                                                         \
	X(101, "Switching Protocols")                                                              \
	X(200, "OK")                                                                               \
	X(201, "Created")                                                                          \
	X(202, "Accepted")                                                                         \
	X(203, "Non-Authoritative Information")                                                    \
	X(204, "No Content")                                                                       \
	X(205, "Reset Content")                                                                    \
	X(206, "Partial Content")                                                                  \
	X(207, "Multi-Status")                                                                     \
	X(300, "Multiple Choices")                                                                 \
	X(301, "Moved Permanently")                                                                \
	X(302, "Object moved") /* as IIS has it; clients read only the number */                   \
	X(303, "See Other")                                                                        \
	X(304, "Not Modified")                                                                     \
	X(305, "Use Proxy")                                                                        \
	X(307, "Temporary Redirect")                                                               \
	X(308, "Permanent Redirect")                                                               \
	X(400, "Bad Request")                                                                      \
	X(401, "Unauthorized")                                                                     \
	X(402, "Payment Required")                                                                 \
	X(403, "Forbidden")                                                                        \
	X(404, "Not Found")                                                                        \
	X(405, "Method Not Allowed")                                                               \
	X(406, "Not Acceptable")                                                                   \
	X(407, "Proxy Authentication Required")                                                    \
	X(408, "Request Timeout")                                                                  \
	X(409, "Conflict")                                                                         \
	X(410, "Gone")                                                                             \
	X(411, "Length Required")                                                                  \
	X(412, "Precondition Failed")                                                              \
	X(413, "Request Entity Too Large")                                                         \
	X(414, "Request-URI Too Long")                                                             \
	X(415, "Unsupported Media Type")                                                           \
	X(416, "Requested Range Not Satisfiable")                                                  \
	X(417, "Expectation Failed")                                                               \
	X(421, "Misdirected Request")                                                              \
	X(422, "Unprocessable Entity")                                                             \
	X(423, "Locked")                                                                           \
	X(429, "Too Many Requests")                                                                \
	X(431, "Request Header Fields Too Large")                                                  \
	X(500, "Internal Server Error")                                                            \
	X(501, "Not Implemented")                                                                  \
	X(502, "Bad Gateway")                                                                      \
	X(503, "Service Unavailable")                                                              \
	X(504, "Gateway Timeout")                                                                  \
	X(505, "HTTP Version Not Supported")

const char *http_reason(uint32_t status)
{
	switch (status) {
#define X(code, text)                                                                              \
	case code:                                                                                 \
		return text;
		REASONS(X)
#undef X
	default:
		return "Unknown";
	}
}

/* A head under construction, in memory that was measured before. */
struct pen {
	char *at;
};

static inline void put(struct pen *pen, const char *data, size_t length)
{
	if (length)
		memcpy(pen->at, data, length);
	pen->at += length;
}

#define PUT(pen, literal) put((pen), (literal), sizeof(literal) - 1)

static void put_number(struct pen *pen, uint64_t number)
{
	char digits[20];
	size_t n = sizeof(digits);
	do
		digits[--n] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	put(pen, digits + n, sizeof(digits) - n);
}

static const char *date_now(struct http_loop *loop)
{
	int64_t now = loop_now(loop->loop);
	if (now >= loop->date_until) {
		int64_t wall = clock_wall();
		clock_format_http(wall, loop->date);
		loop->date_until = now + NSEC_PER_SEC - wall % NSEC_PER_SEC;
	}
	return loop->date;
}

static bool status_has_body(uint32_t status)
{
	return status >= 200 && status != 204 && status != 304;
}

static void decide_framing(struct http_exchange *x, const struct http_response *response)
{
	struct sending *out = &x->out;
	const struct http_request *request = &x->request;
	out->no_body = request->method == HTTP_HEAD || !status_has_body(response->status);
	if (response->content_length == HTTP_LENGTH_UNKNOWN && !out->no_body) {
		out->chunked = request->minor > 0 && !response->no_chunks;
		out->until_close = !out->chunked;
	}
	/* A body we do not mean to read to its end takes the connection with it. */
	bool stuck = !x->in.done && !x->in.wanted &&
		     (request->expect_continue ||
		      (request->content_length != HTTP_LENGTH_UNKNOWN && x->in.left > DRAIN_MAX));
	out->close = out->close || response->close || !request->keep_alive || out->until_close ||
		     stuck || x->conn->loop->stopping;
}

/* A line break would begin another field, or a whole answer: whoever gave us the text, it ends
 * here. */
static bool has_control(struct text t)
{
	unsigned found = 0;
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		found |= (c < ' ' && c != '\t') || c == 0x7f;
	}
	return found;
}

static void put_field(struct pen *pen, const struct http_field *field)
{
	if (has_control(field->name) || has_control(field->value))
		return;
	PUT(pen, "\r\n");
	put(pen, field->name.data, field->name.length);
	PUT(pen, ": ");
	put(pen, field->value.data, field->value.length);
}

static size_t head_bound(const struct http_server *server, const struct http_response *response)
{
	size_t size = 256 + server->server_header_length + response->reason.length;
	for (size_t i = 0; i < response->field_count; i++)
		size += response->fields[i].name.length + response->fields[i].value.length + 4;
	return size;
}

int http_response_head(struct http_exchange *x, const struct http_response *response)
{
	struct http_loop *loop = x->conn->loop;
	struct http_server *server = loop->server;
	decide_framing(x, response);
	bool takes_body =
		x->out.kind == BODY_MEMORY && x->out.left <= INLINE_BODY_MAX && !x->out.no_body;
	size_t body = takes_body ? (size_t)x->out.left : 0;
	char *head = arena_alloc(&x->arena, head_bound(server, response) + body);
	if (!head)
		return -ENOMEM;
	struct pen pen = { head };
	PUT(&pen, "HTTP/1.1 ");
	put_number(&pen, response->status % 1000);
	PUT(&pen, " ");
	if (response->reason.length) {
		put(&pen, response->reason.data, response->reason.length);
	} else {
		const char *reason = http_reason(response->status);
		put(&pen, reason, strlen(reason));
	}
	for (size_t i = 0; i < response->field_count; i++)
		put_field(&pen, &response->fields[i]);
	if (!response->hide_server)
		put(&pen, server->server_header, server->server_header_length);
	PUT(&pen, "\r\nDate: ");
	const char *date = date_now(loop);
	put(&pen, date, strlen(date));
	if (x->out.close)
		PUT(&pen, "\r\nConnection: close");
	else if (x->request.minor == 0)
		PUT(&pen, "\r\nConnection: keep-alive");
	if (x->out.chunked) {
		PUT(&pen, "\r\nTransfer-Encoding: chunked");
	} else if (response->content_length != HTTP_LENGTH_UNKNOWN &&
		   (status_has_body(response->status))) {
		PUT(&pen, "\r\nContent-Length: ");
		put_number(&pen, response->content_length);
	}
	PUT(&pen, "\r\n\r\n");
	put(&pen, x->out.memory, body);
	x->out.head = head;
	x->out.head_length = (size_t)(pen.at - head);
	return 0;
}

/* HTTP.sys says a little more than the status: by the reason HTTPERR gets. */
static const struct {
	const char *why, *heading, *sentence;
} refusals[] = {
	{ "Hostname", "Invalid Hostname", "The request hostname is invalid" },
	{ "URL", "Invalid URL", "The request URL is invalid" },
	{ "URL_Length", "Request URL Too Long", "The request URL is too long" },
	{ "Verb", "Invalid Verb", "The request verb is invalid" },
	{ "Header", "Invalid Header", "The request has an invalid header name or value" },
	{ "Invalid_CR/LF", "Invalid Header", "The request has an invalid line ending" },
	{ "Number", "Invalid Header", "A number in the request is invalid" },
	{ "FieldLength", "Request Too Long",
	  "The size of a request header or their number is too large" },
	{ "RequestLength", "Request Too Long", "The size of the request headers is too large" },
	{ "EntityTooLarge", "Request Too Long", "The request body is too large" },
	{ "Version_N/S", NULL, "The HTTP version is not supported" },
	{ "N/I", NULL, "A transfer coding of the request is not implemented" },
};

struct text http_refusal_page(uint32_t status, const char *why, struct arena *arena)
{
	const char *reason = http_reason(status), *heading = NULL;
	const char *sentence = status == 503   ? "The service is unavailable"
			       : status == 408 ? "The request did not arrive in time"
					       : "The request is badly formed";
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (strcmp(refusals[i].why, why) == 0) {
			heading = refusals[i].heading;
			sentence = refusals[i].sentence;
		}
	}
	char *page = arena_printf(
		arena,
		"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\""
		"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n"
		"<HTML><HEAD><TITLE>%s</TITLE>\r\n"
		"<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\">"
		"</HEAD>\r\n<BODY><h2>%s%s%s</h2>\r\n<hr><p>HTTP Error %u. %s.</p>\r\n"
		"</BODY></HTML>\r\n",
		reason, reason, heading ? " - " : "", heading ? heading : "", status, sentence);
	return page ? text_of(page) : (struct text){ "", 0 };
}
