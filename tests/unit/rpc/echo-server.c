/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server to judge: endpoint mapper; echo and a small lsarpc; mgmt with both; over TCP and perhaps
 * local sockets.
 *
 *   rpc-echo-server [--address ADDRESS] [--port N] [--echo-port N] [--local PATH] [--echo-local
 * PATH]
 *                   [--keytab FILE] [--ntlm FILE]
 *                   [--principal NAME] [--least LEVEL] [--entries N]
 *
 * With --entries the map is filled up to as many. Prints "epmapper PORT echo PORT" when it listens,
 * then lines of the server's log; ends by SIGTERM.
 */
#include "echo.h"
#include "lsarpc.h"

#include "base/mem.h"
#include "rpc/endpoint.h"
#include "rpc/server.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
	uint16_t port, echo_port;
	const char *address, *local, *echo_local, *principal;
	int least, entries;
	struct security_acceptor_options acceptor;
} o = { .address = "127.0.0.1" };

static void note(void *ctx, const char *text)
{
	printf("%s: %s\n", (const char *)ctx, text);
	fflush(stdout);
}

static void parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "port", 1, NULL, 'p' },      { "echo-port", 1, NULL, 'e' },
		{ "local", 1, NULL, 'l' },     { "echo-local", 1, NULL, 'E' },
		{ "keytab", 1, NULL, 'k' },    { "ntlm", 1, NULL, 'n' },
		{ "principal", 1, NULL, 's' }, { "least", 1, NULL, 'L' },
		{ "entries", 1, NULL, 'N' },   { "address", 1, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	int c;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			o.address = optarg;
			break;
		case 'p':
			o.port = (uint16_t)atoi(optarg);
			break;
		case 'e':
			o.echo_port = (uint16_t)atoi(optarg);
			break;
		case 'l':
			o.local = optarg;
			break;
		case 'E':
			o.echo_local = optarg;
			break;
		case 'k':
			o.acceptor.keytab = optarg;
			break;
		case 'n':
			o.acceptor.ntlm_users = optarg;
			break;
		case 's':
			o.principal = optarg;
			break;
		case 'L':
			o.least = atoi(optarg);
			break;
		case 'N':
			o.entries = atoi(optarg);
			break;
		default:
			exit(2);
		}
	}
}

static void must(int r, const struct error *err)
{
	if (r == 0)
		return;
	fprintf(stderr, "rpc-echo-server: %s\n", *err->text ? err->text : error_errno_text(r));
	exit(1);
}

/* A server of one or two interfaces, and mgmt, at `port`; they go into the map. */
static struct rpc_server *begin(const char *name, struct security_acceptor *acceptor,
				uint16_t *port, const struct rpc_interface *interface,
				const struct rpc_interface *another, struct rpc_map *map,
				struct rpc_interface **ret_mgmt)
{
	struct error err = { 0 };
	struct rpc_server *server;
	struct rpc_server_options options = { .acceptor = acceptor,
					      .note = note,
					      .ctx = (void *)(uintptr_t)name };
	must(rpc_server_new(&options, &server), &err);
	must(rpc_server_listen_tcp(server, o.address, *port, port, &err), &err);
	struct rpc_mgmt_options mgmt = { rpc_server_interfaces(server),
					 rpc_server_statistics(server), o.principal };
	must(rpc_mgmt_new(&mgmt, ret_mgmt), &err);
	must(rpc_interfaces_add(rpc_server_interfaces(server), interface), &err);
	if (another)
		must(rpc_interfaces_add(rpc_server_interfaces(server), another), &err);
	must(rpc_interfaces_add(rpc_server_interfaces(server), *ret_mgmt), &err);
	struct rpc_binding binding = { .protseq = RPC_NCACN_IP_TCP };
	snprintf(binding.host, sizeof(binding.host), "%s", o.address);
	snprintf(binding.endpoint, sizeof(binding.endpoint), "%u", *port);
	must(rpc_map_insert_all(map, rpc_server_interfaces(server), &binding), &err);
	return server;
}

static void fill(struct rpc_map *map)
{
	struct error err = { 0 };
	struct rpc_map_entry entry;
	uint64_t cursor = 0;
	int count = 0;
	while (rpc_map_next(map, &cursor, &entry))
		count++;
	for (; count < o.entries; count++) {
		entry.object.Data1 = (uint32_t)count;
		must(rpc_map_insert(map, &entry), &err);
	}
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct security_acceptor *acceptor = NULL;
	struct rpc_map *map;
	struct rpc_interface *epmapper, *mgmt[2], echo = echo_interface;
	struct native lsarpc;
	sigset_t ends;
	int signo;
	parse(argc, argv);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	echo.least = (enum authn_level)o.least;
	if (o.acceptor.keytab || o.acceptor.ntlm_users)
		must(security_acceptor_new(&o.acceptor, &acceptor, &err), &err);
	lsarpc_init(&lsarpc);
	must(rpc_map_new(&map), &err);
	must(rpc_epmapper_new(map, &epmapper), &err);
	struct rpc_server *mapper =
		begin("epmapper", acceptor, &o.port, epmapper, NULL, map, &mgmt[0]);
	struct rpc_server *server =
		begin("echo", acceptor, &o.echo_port, &echo, &lsarpc.face, map, &mgmt[1]);
	if (o.local)
		must(rpc_server_listen_local(mapper, o.local, &err), &err);
	if (o.echo_local)
		must(rpc_server_listen_local(server, o.echo_local, &err), &err);
	fill(map);
	must(rpc_server_start(mapper), &err);
	must(rpc_server_start(server), &err);
	printf("epmapper %u echo %u\n", o.port, o.echo_port);
	fflush(stdout);
	sigwait(&ends, &signo);
	rpc_server_free(server);
	rpc_server_free(mapper);
	for (int i = 0; i < 2; i++)
		rpc_interface_free(mgmt[i]);
	rpc_interface_free(epmapper);
	rpc_map_free(map);
	security_acceptor_free(acceptor);
	return 0;
}
