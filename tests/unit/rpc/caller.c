/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpc-caller BINDING [--service ntlm|kerberos|negotiate] [--level N] [--target SPN]
 *            [--user DOMAIN\USER --password SECRET] [--epmapper PORT] [--account NAME] CALL...
 *
 * Makes the calls in order and prints what each gave, in words. Ends with 1 at the first that
 * fails.
 */
#include "caller.h"

#include "base/mem.h"
#include "client-args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_MAX ((size_t)64 << 20)
#define MORE_ENTRIES 0x105 /* STATUS_MORE_ENTRIES */

static const struct caller_call *const lists[] = { caller_ept, caller_samr, caller_lsad,
						   caller_lsat, caller_srvsvc };

void *caller_alloc(struct caller *c, size_t size)
{
	void *p = arena_zalloc(&c->arena, 1, size);
	if (!p)
		abort();
	return p;
}

char16_t *caller_wide(struct caller *c, const char *text)
{
	size_t n = utf8_to_utf16_length(text_of(text));
	char16_t *wide = caller_alloc(c, (n + 1) * sizeof(*wide));
	utf8_to_utf16(text_of(text), wide, n);
	return wide;
}

static bool failed(const char *name, uint32_t status, const struct error *err)
{
	printf("%s failed: %u %s\n", name, status, err->text);
	return false;
}

static struct rpc_client *client_of(struct caller *c, const struct ndr_interface *interface)
{
	struct rpc_client_options o = c->options;
	size_t i = 0;
	while (i < CALLER_CLIENTS_MAX && c->clients[i].client) {
		if (IsEqualGUID(&c->clients[i].interface->uuid, &interface->uuid))
			return c->clients[i].client;
		i++;
	}
	o.interface = (struct rpc_syntax){ interface->uuid, interface->major, interface->minor };
	if (i == CALLER_CLIENTS_MAX || rpc_client_new(&o, &c->clients[i].client, NULL) < 0)
		abort();
	c->clients[i].interface = interface;
	return c->clients[i].client;
}

static const struct ndr_method *method_of(const struct ndr_interface *interface, const char *name)
{
	for (unsigned n = 0; n < ndr_method_count(interface); n++) {
		const struct ndr_method *m = ndr_method_at(interface, n);
		if (m && strcmp(m->name, name) == 0)
			return m;
	}
	abort();
}

static bool says_well(const struct ndr_method *m, const void *frame)
{
	const struct ndr_field *last = &m->params[m->count - 1];
	uint32_t result;
	if (!(last->flags & NDR_RESULT))
		return true;
	memcpy(&result, (const char *)frame + last->offset, sizeof(result));
	return result == 0 || result == MORE_ENTRIES;
}

static bool decode(struct caller *c, const struct ndr_method *m, const struct buf *out,
		   struct rpc_drep drep, void *frame)
{
	struct error err = { 0 };
	struct ndr_decoder d;
	struct buf text;
	ndr_decoder_init(&d, out->data, out->length, rpc_drep_little(drep) ? NDR_DREP : 0,
			 &c->arena, ARENA_MAX, NULL, &err);
	int r = ndr_decode_call(&d, m, NDR_OUT, frame);
	if (r == 0 && !ndr_decoder_at_end(&d))
		r = error_set(&err, -EBADMSG, "%zu bytes are left", d.size - d.at);
	ndr_decoder_done(&d);
	if (r < 0)
		return failed(m->name, RPC_X_BAD_STUB_DATA, &err);
	buf_init(&text, 1 << 20);
	ndr_print_call(m, NDR_OUT, frame, &text);
	printf("%s:\n%s\n", m->name, buf_cstr(&text));
	buf_done(&text);
	return says_well(m, frame);
}

bool caller_invoke(struct caller *c, const struct ndr_interface *interface, const char *name,
		   void *frame)
{
	const struct ndr_method *m = method_of(interface, name);
	struct error err = { 0 };
	struct ndr_encoder e;
	struct buf in, out;
	buf_init(&in, RPC_STUB_MAX);
	buf_init(&out, RPC_STUB_MAX);
	ndr_encoder_init(&e, &in, NULL, &err);
	bool good = ndr_encode_call(&e, m, NDR_IN, frame) == 0;
	ndr_encoder_done(&e);
	struct rpc_client_call call = { .opnum = m->opnum, .in = buf_text(&in), .out = &out };
	uint32_t status = good ? rpc_client_call(client_of(c, interface), &call, &err)
			       : (uint32_t)RPC_X_BAD_STUB_DATA;
	good = status ? failed(name, status, &err) : decode(c, m, &out, call.drep, frame);
	buf_done(&in);
	buf_done(&out);
	return good;
}

static bool run(struct caller *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (const struct caller_call *call = lists[i]; call->name; call++) {
			if (strcmp(call->name, name) == 0)
				return call->run(c);
		}
	}
	fprintf(stderr, "rpc-caller: there is no call %s\n", name);
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { CLIENT_ARGS,
						 { "account", 1, NULL, 'a' },
						 { NULL, 0, NULL, 0 } };
	struct caller c = { .options = { .level = AUTHN_LEVEL_NONE } };
	struct error err = { 0 };
	bool good = true;
	int o;
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'a')
			c.account = optarg;
		else if (!client_arg(&c.options, o, optarg))
			return 2;
	}
	if (optind >= argc ||
	    rpc_binding_parse(text_of(argv[optind]), &c.options.binding, &err) < 0) {
		fprintf(stderr, "rpc-caller: %s\n", err.text);
		return 2;
	}
	arena_init(&c.arena, ARENA_MAX);
	for (int i = optind + 1; i < argc && good; i++)
		good = run(&c, argv[i]);
	for (size_t i = 0; i < CALLER_CLIENTS_MAX; i++)
		rpc_client_free(c.clients[i].client);
	arena_done(&c.arena);
	return !good;
}
