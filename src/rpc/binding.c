/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String bindings, parsed and written (C706 3.1, [MS-RPCE] 2.2.1.1).
 */
#include "rpc/binding.h"

#include "base/mem.h"
#include "com/class.h"

#include <errno.h>

static const struct {
	enum rpc_protseq protseq;
	const char *name;
} protseqs[] = {
	{ RPC_NCACN_IP_TCP, "ncacn_ip_tcp" },
	{ RPC_NCALRPC, "ncalrpc" },
};

static const char *protseq_name(enum rpc_protseq protseq)
{
	for (size_t i = 0; i < ARRAY_LEN(protseqs); i++) {
		if (protseqs[i].protseq == protseq)
			return protseqs[i].name;
	}
	return NULL;
}

static enum rpc_protseq protseq_find(struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(protseqs); i++) {
		if (text_equal_nocase(name, text_of(protseqs[i].name)))
			return protseqs[i].protseq;
	}
	return (enum rpc_protseq)0;
}

static int wrong(struct error *err, enum rpc_status status, const char *what, struct text part)
{
	error_set(err, -EINVAL, "%s in a string binding: '%.*s'", what,
		  (int)(part.length < 200 ? part.length : 200), part.data);
	if (err)
		err->hresult = rpc_status_hresult(status);
	return -EINVAL;
}

static bool copy(char *to, size_t size, struct text from)
{
	if (from.length >= size || (from.length && memchr(from.data, 0, from.length)))
		return false;
	memcpy(to, from.length ? from.data : "", from.length);
	to[from.length] = '\0';
	return true;
}

static bool valid_endpoint(enum rpc_protseq protseq, struct text endpoint)
{
	uint64_t port;
	if (endpoint.length == 0)
		return true;
	if (protseq == RPC_NCACN_IP_TCP)
		return text_to_u64(endpoint, &port) && port > 0 && port < 65536;
	return endpoint.data[0] == '/';
}

/* "host[endpoint]", both may be missing. An IPv6 address stands in brackets of its own, before. */
static int parse_address(struct text t, struct rpc_binding *b, struct error *err)
{
	struct text host = t, endpoint = { NULL, 0 };
	const char *open = t.length ? memrchr(t.data, '[', t.length) : NULL;
	if (open) {
		if (t.data[t.length - 1] != ']')
			return wrong(err, RPC_S_INVALID_STRING_BINDING,
				     "an endpoint without its ']'", t);
		host.length = (size_t)(open - t.data);
		endpoint = (struct text){ open + 1, t.length - host.length - 2 };
	}
	if (!copy(b->host, sizeof(b->host), host) || strpbrk(b->host, "[], "))
		return wrong(err, RPC_S_INVALID_NET_ADDR, "not a host", host);
	if (!valid_endpoint(b->protseq, endpoint) ||
	    !copy(b->endpoint, sizeof(b->endpoint), endpoint))
		return wrong(err, RPC_S_INVALID_ENDPOINT_FORMAT,
			     b->protseq == RPC_NCALRPC ? "not the path of a local socket"
						       : "not a port from 1 to 65535",
			     endpoint);
	return 0;
}

int rpc_binding_parse(struct text t, struct rpc_binding *ret, struct error *err)
{
	struct rpc_binding b = { 0 };
	struct text rest = t, object = { NULL, 0 };
	const char *at = t.length ? memchr(t.data, '@', t.length) : NULL;
	if (at) {
		object = text_cut(&rest, '@');
		if (guid_parse(object, &b.object) < 0)
			return wrong(err, RPC_S_INVALID_STRING_BINDING, "not an object's UUID",
				     object);
	}
	if (!rest.length || !memchr(rest.data, ':', rest.length))
		return wrong(err, RPC_S_INVALID_STRING_BINDING, "no 'protocol:'", t);
	struct text protseq = text_cut(&rest, ':');
	b.protseq = protseq_find(protseq);
	if (!b.protseq)
		return wrong(err, RPC_S_PROTSEQ_NOT_SUPPORTED,
			     "neither ncacn_ip_tcp nor ncalrpc as protocol", protseq);
	int r = parse_address(rest, &b, err);
	if (r == 0)
		*ret = b;
	return r;
}

void rpc_binding_format(const struct rpc_binding *b, struct buf *out)
{
	if (!IsEqualGUID(&b->object, &GUID_NULL)) {
		char text[GUID_TEXT_SIZE];
		guid_format(&b->object, text);
		buf_printf(out, "%s@", text);
	}
	buf_printf(out, "%s:%s", protseq_name(b->protseq), b->host);
	if (*b->endpoint)
		buf_printf(out, "[%s]", b->endpoint);
}
