/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A web server for one test: a temporary folder with a site, a configuration, one loop without a
 * thread, and a client over loopback TCP. Pages go to a dispatcher of the test.
 */
#pragma once

#include "../unit.h"

#include "../state.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "http/internal.h"
#include "web/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct site {
	char *folder; /* the temporary one: ROOT/www is the site, ROOT/state the state */
	uint16_t port;
	struct config *config;
	struct web *web;
	struct http_server *server;
	struct http_loop *loop;
	int client;
	struct buf received;
	/* what the dispatcher saw */
	int dispatched, aborted, done;
	struct web_request seen;
	char seen_query[512];
	char seen_file[512], seen_name[256], seen_info[256];
};

/* Writes ROOT/`name`, making its folders. */
static inline void site_file(struct site *s, const char *name, const void *data, size_t length)
{
	char path[1024];
	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	for (char *at = path + strlen(s->folder) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	if (path[strlen(path) - 1] == '/')
		return;
	_cleanup_fd_ int fd = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(sys_write_all(fd, data, length), 0);
}

static inline void site_text(struct site *s, const char *name, const char *text)
{
	site_file(s, name, text, strlen(text));
}

static inline void site_dispatch(void *ctx, struct web_request *request)
{
	struct site *s = ctx;
	static const struct http_field type = { { "Content-Type", 12 }, { "text/x-page", 11 } };
	struct http_response response = {
		.status = 200, .content_length = 4, .fields = &type, .field_count = 1
	};
	s->dispatched++;
	s->seen = *request;
	snprintf(s->seen_query, sizeof(s->seen_query), TEXT_FMT, TEXT_ARG(request->query));
	snprintf(s->seen_file, sizeof(s->seen_file), TEXT_FMT, TEXT_ARG(request->script_file));
	snprintf(s->seen_name, sizeof(s->seen_name), TEXT_FMT, TEXT_ARG(request->script_name));
	snprintf(s->seen_info, sizeof(s->seen_info), TEXT_FMT, TEXT_ARG(request->path_info));
	if (text_equal(http_exchange_request(request->x)->query, TEXT("fail")))
		web_respond_error(request, 502, 2, 0x800706BE, TEXT("the <host> is gone"));
	else if (!text_equal(http_exchange_request(request->x)->query, TEXT("later")))
		web_respond_memory(request, &response, 0, "page", 4);
}

static inline void site_aborted(void *ctx, struct web_request *request)
{
	((struct site *)ctx)->aborted++;
}

static inline void site_done(void *ctx, struct web_request *request)
{
	((struct site *)ctx)->done++;
}

static inline int site_listener(uint16_t *ret_port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(fd, 128), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* `sites` is the content of <sites>, `rest` what follows system.applicationHost; in both, every
 * '@' stands for the temporary folder and every '$' for the port; "$$" is a dollar sign. */
static inline struct config *site_config(struct site *s, const char *sites, const char *rest)
{
	struct buf raw, xml;
	buf_init(&raw, 1 << 16);
	buf_init(&xml, 1 << 16);
	buf_printf(&raw,
		   "<configuration><system.applicationHost><applicationPools>"
		   "<add name=\"DefaultAppPool\"/></applicationPools><sites>%s</sites>"
		   "</system.applicationHost>%s</configuration>",
		   sites, rest);
	for (const char *c = buf_cstr(&raw); *c; c++) {
		if (*c == '@')
			buf_puts(&xml, s->folder);
		else if (*c == '$' && c[1] == '$')
			buf_putc(&xml, *c++);
		else if (*c == '$')
			buf_printf(&xml, "%u", s->port);
		else
			buf_putc(&xml, *c);
	}
	struct error err = { 0 };
	struct config *config = NULL;
	char state[600];
	snprintf(state, sizeof(state), "%s/state", s->folder);
	if (config_parse(buf_text(&xml), "applicationHost.config", state, &config, &err) < 0)
		fail_msg("line %d: %s", err.line, err.text);
	buf_done(&raw);
	buf_done(&xml);
	return config;
}

#define SITE_ONE                                                                                   \
	"<site name=\"one\" id=\"1\">"                                                             \
	"<application path=\"/\" applicationPool=\"DefaultAppPool\">"                              \
	"<virtualDirectory path=\"/\" physicalPath=\"@/www\"/>"                                    \
	"<virtualDirectory path=\"/pics\" physicalPath=\"@/pictures\"/></application>"             \
	"<application path=\"/shop\" applicationPool=\"DefaultAppPool\">"                          \
	"<virtualDirectory path=\"/\" physicalPath=\"@/shop\"/></application>"                     \
	"<bindings><binding protocol=\"http\" bindingInformation=\"*:$:\"/></bindings>"            \
	"</site>"

static inline void site_init(struct site *s, void **state, const char *sites, const char *rest)
{
	memset(s, 0, sizeof(*s));
	s->folder = *state;
	s->client = -1;
	int listener = site_listener(&s->port);
	buf_init(&s->received, 16 << 20);
	site_file(s, "state/", "", 0);
	s->config = site_config(s, sites, rest);
	char folder[600];
	snprintf(folder, sizeof(folder), "%s/state", s->folder);
	struct web_options web = { folder, 1, { s, site_dispatch, site_aborted, site_done } };
	assert_int_equal(web_new(&web, s->config, &s->web), 0);
	struct http_options http = { .loops = 1,
				     .limits = HTTP_LIMITS_DEFAULT,
				     .handler = web_handler(s->web),
				     .server_header = "Surrogate/0.1" };
	assert_int_equal(http_server_new(&http, &s->server), 0);
	web_attach(s->web, s->server);
	s->loop = &s->server->loops[0];
	assert_int_equal(http_server_listen(s->server, 0, listener, 0), 0);
}

/* Everything but the folder; the logs are written then. */
static inline void site_close(struct site *s)
{
	s->client = sys_close(s->client);
	for (int i = 0; i < 100 && s->loop->connections; i++)
		http_loop_turn(s->loop, 10 * NSEC_PER_MSEC);
	assert_int_equal(s->loop->connections, 0);
	assert_int_equal(s->done, s->dispatched);
	http_server_free(s->server);
	web_free(s->web);
	config_unref(s->config);
	buf_done(&s->received);
}

static inline void site_connect(struct site *s)
{
	sys_close(s->client);
	s->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(s->port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(connect(s->client, (struct sockaddr *)&address, sizeof(address)), 0);
	fcntl(s->client, F_SETFL, O_NONBLOCK);
}

/* A whole response is there: its head, and as many bytes as the head says. */
static inline bool site_is_whole(struct site *s, bool head)
{
	const char *data = buf_cstr(&s->received), *end = strstr(data, "\r\n\r\n");
	if (!end)
		return false;
	const char *length = strcasestr(data, "\r\nContent-Length: ");
	size_t body = length && length < end ? strtoul(length + 18, NULL, 10) : 0;
	return head || s->received.length >= (size_t)(end + 4 - data) + body;
}

/* Sends a request on a new connection, turns until its answer is there; gives the status. */
static inline int site_ask(struct site *s, const char *request)
{
	bool head = strncmp(request, "HEAD", 4) == 0;
	site_connect(s);
	buf_clear(&s->received);
	assert_int_equal(send(s->client, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while (!site_is_whole(s, head)) {
		http_loop_turn(s->loop, 10 * NSEC_PER_MSEC);
		char data[65536];
		ssize_t n = recv(s->client, data, sizeof(data), MSG_DONTWAIT);
		if (n == 0)
			break;
		if (n > 0)
			buf_put(&s->received, data, (size_t)n);
	}
	int status = 0;
	sscanf(buf_cstr(&s->received), "HTTP/1.1 %d", &status);
	return status;
}

/* GET with a Host and further fields ("A: b\r\n"). */
static inline int site_get(struct site *s, const char *target, const char *fields)
{
	char request[9000];
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", target,
		 fields);
	return site_ask(s, request);
}

static inline bool site_got(struct site *s, const char *text)
{
	return strstr(buf_cstr(&s->received), text) != NULL;
}

static inline const char *site_body(struct site *s)
{
	const char *end = strstr(buf_cstr(&s->received), "\r\n\r\n");
	return end ? end + 4 : "";
}

/* The value of a field of the answer, in a buffer of its own. */
static inline const char *site_field(struct site *s, const char *name)
{
	static char value[512];
	char key[64];
	snprintf(key, sizeof(key), "\r\n%s: ", name);
	const char *at = strcasestr(buf_cstr(&s->received), key);
	if (!at)
		return NULL;
	at += strlen(key);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
	return value;
}
