/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inetinfo's static half alone, for profiling: http/ and web/ over one folder, no service control
 * manager, no pools. static-server FOLDER PORT LOOPS [STATE]
 */
#include "base/buf.h"
#include "web/web.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void no_pages(void *ctx, struct web_request *request)
{
	(void)ctx;
	web_respond_error(request, 503, 0, 0, TEXT("This program runs no pages."));
}

static int listening(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 4096) < 0) {
		perror("static-server");
		exit(1);
	}
	return fd;
}

static struct config *make_config(const char *folder, const char *port, const char *state)
{
	struct buf xml;
	struct error err = { 0 };
	struct config *config = NULL;
	buf_init(&xml, 65536);
	buf_printf(
		&xml,
		"<configuration><system.applicationHost><applicationPools><add name=\"p\"/>"
		"</applicationPools><sites><site name=\"s\" id=\"1\"><application path=\"/\" "
		"applicationPool=\"p\"><virtualDirectory path=\"/\" physicalPath=\"%s\"/>"
		"</application><bindings><binding protocol=\"http\" "
		"bindingInformation=\"*:%s:\"/></bindings><logFile directory=\"%s/logs\"/></site>"
		"</sites></system.applicationHost></configuration>",
		folder, port, state);
	if (config_parse(buf_text(&xml), "static-server", state, &config, &err) < 0) {
		fprintf(stderr, "static-server: %s\n", err.text);
		exit(1);
	}
	buf_done(&xml);
	return config;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fputs("usage: static-server FOLDER PORT LOOPS [STATE]\n", stderr);
		return 2;
	}
	const char *state = argc > 4 ? argv[4] : "/tmp";
	int loops = atoi(argv[3]), signo;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	struct config *config = make_config(argv[1], argv[2], state);
	struct web_options options = { state, loops, { .dispatch = no_pages } };
	struct http_options http = { .loops = loops,
				     .limits = HTTP_LIMITS_DEFAULT,
				     .server_header = "Surrogate/" SURROGATE_VERSION };
	struct web *web;
	struct http_server *server;
	if (web_new(&options, config, &web) < 0)
		return 1;
	http.handler = web_handler(web);
	if (http_server_new(&http, &server) < 0)
		return 1;
	web_attach(web, server);
	for (int i = 0; i < loops; i++)
		http_server_listen(server, i, listening((uint16_t)atoi(argv[2])), 0);
	http_server_start(server);
	sigwait(&set, &signo);
	http_server_stop(server, NSEC_PER_SEC);
	http_server_free(server);
	web_free(web);
	config_unref(config);
	return 0;
}
