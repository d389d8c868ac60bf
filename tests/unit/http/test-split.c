/* SPDX-License-Identifier: Apache-2.0 */
/* Torture: every request, cut at every byte, gives the same answers. */
#include "harness.h"

static const struct http_limits normal = HTTP_LIMITS_DEFAULT;

static const char *const conversations[] = {
	"GET /hello HTTP/1.1\r\nHost: h\r\n\r\n",
	"\r\nGET http://h/hello?q HTTP/1.1\r\nHost: h\r\n\r\nGET /nothing HTTP/1.1\r\nHost: "
	"h\r\n\r\n",
	"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world"
	"GET /hello HTTP/1.1\r\nHost: h\r\n\r\n",
	"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	"5\r\nhello\r\n06;x=y\r\n world\r\n0\r\nT: v\r\n\r\nGET /hello HTTP/1.0\r\n\r\n",
	"POST /unread HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	"3\r\nabc\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: h\r\nBad Field: x\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n folded\r\n\r\n",
	"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
	"chunked\r\n\r\n5\r\nhello\r\nfffz\r\n",
};

/* The status codes of all answers, as text. */
static void statuses(struct harness *h, struct buf *out)
{
	buf_clear(out);
	const char *at = buf_cstr(&h->received);
	while ((at = strstr(at, "HTTP/1.1 "))) {
		buf_put(out, at + 9, 3);
		buf_putc(out, ' ');
		at += 9;
	}
	buf_puts(out, h->refused ? h->refused_why : "-");
	buf_printf(out, " %d requests %d done", h->requests, h->done);
}

static void converse(const char *text, size_t cut, size_t cut2, struct buf *out)
{
	struct harness h;
	size_t length = strlen(text);
	harness_init(&h, &normal);
	harness_connect(&h);
	harness_send(&h, text, cut);
	harness_settle(&h);
	harness_send(&h, text + cut, cut2 - cut);
	harness_settle(&h);
	harness_send(&h, text + cut2, length - cut2);
	harness_settle(&h);
	statuses(&h, out);
	harness_done_all(&h);
}

static void every_cut(void **state)
{
	struct buf whole, cut;
	buf_init(&whole, 4096);
	buf_init(&cut, 4096);
	for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
		size_t length = strlen(conversations[i]);
		converse(conversations[i], length, length, &whole);
		for (size_t at = 0; at < length; at++) {
			converse(conversations[i], at, at + 1, &cut);
			/* A body found bad before the handler took the request, or after: the
			 * answer is the same, the handler's count is not. */
			if (strstr(buf_cstr(&whole), " 0 requests"))
				assert_memory_equal(cut.data, whole.data, 4);
			else
				assert_string_equal(buf_cstr(&cut), buf_cstr(&whole));
		}
	}
	buf_done(&whole);
	buf_done(&cut);
}

static void byte_by_byte(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
		struct harness h;
		harness_init(&h, &normal);
		harness_connect(&h);
		for (const char *c = conversations[i]; *c; c++) {
			harness_send(&h, c, 1);
			http_loop_turn(h.loop, 0);
		}
		harness_settle(&h);
		assert_true(harness_status(&h) == 200 || harness_status(&h) == 400);
		harness_done_all(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut),
		cmocka_unit_test(byte_by_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
