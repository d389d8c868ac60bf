/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients of RPC for whoever in dcom/ asks another process or machine: as whom they call, where
 * that is, and a call. Any thread; calls wait on it.
 */
#include "dcom/remote-internal.h"

#include "base/mem.h"
#include "com/activate.h"
#include "ndr/call.h"

#include <errno.h>
#include <stdio.h>

/* ---- security ---- */

static bool copy_text(char **ret, const char *text)
{
	*ret = text ? mem_strdup(text) : NULL;
	return !text || *ret;
}

struct remote_security *remote_security_new(const struct dcom_server *server)
{
	struct remote_security *s = mem_new(struct remote_security);
	struct com_security own = com_security();
	enum authn_level level = server->level ? server->level : (enum authn_level)own.authn_level;

	if (!s)
		return NULL;
	s->refs = 1;
	s->service = server->service;
	/* Since CVE-2021-26414 clients use integrity at least ([MS-DCOM] note <37>). */
	s->level = level < AUTHN_LEVEL_PKT_INTEGRITY ? AUTHN_LEVEL_PKT_INTEGRITY : level;
	s->impersonation = server->impersonation ? server->impersonation
			   : own.initialized     ? (enum imp_level)own.imp_level
						 : IMP_LEVEL_IMPERSONATE;
	if (!copy_text(&s->principal, server->principal) ||
	    !copy_text(&s->user, server->identity.user) ||
	    !copy_text(&s->domain, server->identity.domain) ||
	    !copy_text(&s->password, server->identity.password))
		return remote_security_unref(s);
	return s;
}

struct remote_security *remote_security_ref(struct remote_security *s)
{
	__atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
	return s;
}

struct remote_security *remote_security_unref(struct remote_security *s)
{
	if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	if (s->password)
		explicit_bzero(s->password, strlen(s->password));
	mem_free(s->principal);
	mem_free(s->user);
	mem_free(s->domain);
	mem_free(s->password);
	return mem_free(s);
}

/* ---- clients of RPC ---- */

HRESULT remote_status(uint32_t status)
{
	return (HRESULT)rpc_status_hresult(status);
}

static bool put_address(const struct dcom *dcom, const char *host, uint16_t port,
			struct rpc_binding *ret)
{
	if (remote_is_local(host)) {
		ret->protseq = RPC_NCALRPC;
		return (size_t)snprintf(ret->endpoint, sizeof ret->endpoint, "%s", host) <
		       sizeof ret->endpoint;
	}
	ret->protseq = RPC_NCACN_IP_TCP;
	if (!port)
		port = dcom->options.resolver_port ? dcom->options.resolver_port : 135;
	snprintf(ret->endpoint, sizeof ret->endpoint, "%u", port);
	return (size_t)snprintf(ret->host, sizeof ret->host, "%s", host) < sizeof ret->host;
}

HRESULT remote_client(struct dcom *dcom, const char *host, uint16_t port,
		      const struct ndr_interface *table, const struct remote_security *security,
		      enum authn_service service, enum authn_level level, const char *principal,
		      struct rpc_client **ret, struct error *err)
{
	struct rpc_client_options o = {
		.interface = { table->uuid, table->major, table->minor },
		.level = level,
		.service = service,
		.target = principal,
		.connect_timeout = dcom->options.connect_timeout,
		.call_timeout = dcom->options.call_timeout,
	};

	if (!put_address(dcom, host, port, &o.binding))
		return E_INVALIDARG;
	/* Over a local socket the kernel says who calls. */
	if (o.binding.protseq == RPC_NCALRPC)
		o.level = AUTHN_LEVEL_NONE;
	else if (security && level > AUTHN_LEVEL_NONE) {
		o.impersonation = security->impersonation;
		o.identity = (struct security_identity){ security->user, security->domain,
							 security->password };
	}
	int r = rpc_client_new(&o, ret, err);

	if (r == 0)
		return S_OK;
	return r == -ENOMEM ? E_OUTOFMEMORY : E_INVALIDARG;
}

uint32_t remote_exchange(struct ndr_room *room, struct rpc_client *client, unsigned opnum,
			 const GUID *object, struct rpc_drep *ret_drep, struct error *err)
{
	struct rpc_client_call call = { .opnum = (uint16_t)opnum,
					.object = object,
					.in = buf_text(&room->out),
					.out = &room->in };

	if (buf_failed(&room->out))
		return RPC_S_OUT_OF_MEMORY;
	uint32_t status = rpc_client_call(client, &call, err);

	*ret_drep = call.drep;
	return status;
}

static uint32_t coding_status(int r)
{
	return r == -ENOMEM ? RPC_S_OUT_OF_MEMORY : RPC_X_BAD_STUB_DATA;
}

uint32_t remote_native_call(struct rpc_client *client, const struct ndr_interface *table,
			    unsigned opnum, void *frame, struct arena *arena, struct error *err)
{
	return remote_object_call(client, table, opnum, NULL, frame, arena, err);
}

uint32_t remote_object_call(struct rpc_client *client, const struct ndr_interface *table,
			    unsigned opnum, const GUID *object, void *frame, struct arena *arena,
			    struct error *err)
{
	const struct ndr_method *method = ndr_method_at(table, opnum);
	struct ndr_room *room = ndr_room_take(RPC_STUB_MAX);
	struct rpc_drep drep;

	if (!room)
		return RPC_S_OUT_OF_MEMORY;
	ndr_encoder_restart(&room->encoder, &room->out, NULL, err);
	int r = ndr_encode_call(&room->encoder, method, NDR_IN, frame);
	uint32_t status =
		r < 0 ? coding_status(r) : remote_exchange(room, client, opnum, object, &drep, err);

	if (!status) {
		ndr_decoder_restart(&room->decoder, room->in.data, room->in.length,
				    native_drep(drep), arena, NATIVE_ARENA_MAX, NULL, err);
		r = ndr_decode_call(&room->decoder, method, NDR_OUT, frame);
		status = r < 0 ? coding_status(r) : 0;
	}
	ndr_room_give(room);
	return status;
}
