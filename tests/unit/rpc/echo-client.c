/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our client as a program, for stories with servers and KDCs of others.
 *
 *   rpc-echo-client BINDING [--service ntlm|kerberos|negotiate] [--level N] [--impersonation N]
 *                   [--target SPN] [--user DOMAIN\USER --password SECRET] [--epmapper PORT]
 *                   [--data N] [--mapper] [--mgmt] [--by-policy]
 *
 * Prints what the server says about its caller, after N bytes went there and back; with --mapper
 * it asks an endpoint mapper where it is itself; with --mgmt any server what it offers, and prints
 * the first three parts of each UUID. A failure is printed with its status: 1.
 */
#include "client-args.h"
#include "echo.h"

#include "base/clock.h"
#include "rpc/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct rpc_client_options o = { .level = AUTHN_LEVEL_NONE };
static uint32_t data_length;
static bool mapper, mgmt;

static void parse(int argc, char **argv)
{
	static const struct option options[] = {
		CLIENT_ARGS,
		{ "data", 1, NULL, 'd' },
		{ "mapper", 0, NULL, 'm' },
		{ "mgmt", 0, NULL, 'M' },
		{ NULL, 0, NULL, 0 },
	};
	struct error err = { 0 };
	int c;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'd')
			data_length = (uint32_t)atoi(optarg);
		else if (c == 'M')
			mgmt = true;
		else if (c == 'm')
			mapper = true;
		else if (!client_arg(&o, c, optarg))
			exit(2);
	}
	if (optind + 1 != argc || rpc_binding_parse(text_of(argv[optind]), &o.binding, &err) < 0) {
		fprintf(stderr, "rpc-echo-client: %s\n", err.text);
		exit(2);
	}
}

static int failed(uint32_t status, const struct error *err)
{
	printf("failed: %u %s\n", status, err->text);
	return 1;
}

static int ask_mapper(void)
{
	struct error err = { 0 };
	uint32_t status = rpc_client_resolve(&o.binding, &rpc_epmapper, o.epmapper_port,
					     10 * NSEC_PER_SEC, &err);
	if (status)
		return failed(status, &err);
	printf("at %s\n", o.binding.endpoint);
	return 0;
}

/* mgmt's inq_if_ids: a pointer to a conformant structure of pointers. */
static int ask_mgmt(void)
{
	struct error err = { 0 };
	struct rpc_client *c;
	struct buf out;
	o.interface = rpc_mgmt;
	if (rpc_client_new(&o, &c, &err) < 0)
		return failed(RPC_S_OUT_OF_MEMORY, &err);
	buf_init(&out, 1 << 16);
	struct rpc_client_call call = { .opnum = 0, .in = { "", 0 }, .out = &out };
	uint32_t status = rpc_client_call(c, &call, &err);
	struct rpc_reader r = rpc_reader_of(out.data, out.length, rpc_drep_little(call.drep));
	rpc_read(&r, 8);
	uint32_t count = status ? 0 : rpc_read_u32(&r);
	rpc_read(&r, 4 * (size_t)count);
	for (uint32_t i = 0; i < count && !r.failed; i++) {
		struct rpc_syntax s;
		rpc_read_syntax(&r, &s);
		printf("%08x-%04x-%04x %u.%u\n", s.uuid.Data1, s.uuid.Data2, s.uuid.Data3, s.major,
		       s.minor);
	}
	buf_done(&out);
	rpc_client_free(c);
	return status || r.failed ? failed(status, &err) : 0;
}

static uint32_t echo(struct rpc_client *c, struct error *err)
{
	struct buf in, out;
	buf_init(&in, RPC_STUB_MAX);
	buf_init(&out, RPC_STUB_MAX);
	rpc_put_u32(&in, data_length);
	rpc_put_u32(&in, data_length);
	for (uint32_t i = 0; i < data_length; i++)
		rpc_put_u8(&in, (uint8_t)(i * 13));
	struct rpc_client_call call = { .opnum = ECHO_ECHO_DATA, .in = buf_text(&in), .out = &out };
	uint32_t status = rpc_client_call(c, &call, err);
	if (status == RPC_S_OK && (out.length != 4 + data_length ||
				   memcmp(out.data + 4, in.data + 8, data_length) != 0)) {
		error_set(err, -EIO, "the data came back changed");
		status = RPC_S_CALL_FAILED;
	}
	buf_done(&in);
	buf_done(&out);
	return status;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct rpc_client *c;
	struct buf out;
	parse(argc, argv);
	if (mapper)
		return ask_mapper();
	if (mgmt)
		return ask_mgmt();
	o.interface = echo_interface.id;
	if (rpc_client_new(&o, &c, &err) < 0)
		return failed(RPC_S_OUT_OF_MEMORY, &err);
	buf_init(&out, 1 << 16);
	struct rpc_client_call call = { .opnum = ECHO_WHO, .in = { "\0\0\0\0", 4 }, .out = &out };
	uint32_t status = echo(c, &err);
	if (status == RPC_S_OK)
		status = rpc_client_call(c, &call, &err);
	if (status == RPC_S_OK)
		printf("%.*s\n", (int)out.length - 4, out.data + 4);
	else
		failed(status, &err);
	buf_done(&out);
	rpc_client_free(c);
	return status != RPC_S_OK;
}
