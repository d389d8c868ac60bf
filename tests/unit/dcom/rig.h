/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that one struct dcom serves and another uses, over TCP on this machine, with NTLM. Both
 * are in this process.
 */
#pragma once

#include "counter.h"

#include "com/bstr.h"
#include "dcom/dcom.h"

#include <idl/ms-oaut.h>
#include <stdlib.h>

/* ---- the two sides ---- */

struct rig {
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	uint16_t port;
	struct dcom *host, *client;
	uint16_t minor; /* of the client's version */
	atomic_int refused;
};

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	assert_string_equal(caller->peer->name, "DOM\\alice");
	if (!IsEqualGUID(clsid, &clsid_counter))
		return REGDB_E_CLASSNOTREG;
	return factory ? CoGetClassObject(clsid, CLSCTX_INPROC_SERVER, NULL, &IID_IUnknown,
					  (void **)ret)
		       : counter_new(ret);
}

static void refused(void *ctx, const struct rpc_caller *caller)
{
	struct rig *rig = ctx;

	rig->refused++;
}

/* `period` and `client_period`: of pings, at either side. */
static inline void start_rig(struct rig *rig, int64_t period, int64_t client_period)
{
	struct error err = { 0 };
	struct bindings bindings = { 0 };

	*rig = (struct rig){ .minor = rig->minor };
	rig->acceptor = accounts_acceptor();
	struct rpc_server_options server = { .acceptor = rig->acceptor };

	assert_int_equal(rpc_server_new(&server, &rig->server), 0);
	assert_int_equal(rpc_server_listen_tcp(rig->server, "127.0.0.1", 0, &rig->port, &err), 0);
	assert_int_equal(bindings_add_string(&bindings, "nowhere.invalid", 0), 0);
	assert_int_equal(bindings_add_string(&bindings, "127.0.0.1", 0), 0);
	assert_int_equal(bindings_add_security(&bindings, AUTHN_WINNT, ""), 0);
	struct dcom_options options = { .server = rig->server,
					.port = rig->port,
					.bindings = &bindings,
					.ping_period = period,
					.ctx = rig,
					.activate = activate,
					.refused = refused };

	if (dcom_new(&options, &rig->host, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(rpc_server_start(rig->server), 0);
	struct dcom_options own = { .resolver_port = rig->port,
				    .ping_period = client_period,
				    .minor = rig->minor };

	if (dcom_new(&own, &rig->client, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void rig_init(struct rig *rig, int64_t period, int64_t client_period)
{
	rig->minor = 0;
	start_rig(rig, period, client_period);
}

static inline void rig_done(struct rig *rig)
{
	dcom_free(rig->client);
	rpc_server_stop(rig->server, 0);
	dcom_free(rig->host);
	rpc_server_free(rig->server);
	security_acceptor_free(rig->acceptor);
	assert_int_equal(alive, 0);
}

static inline HRESULT create(struct rig *rig, REFCLSID clsid, REFIID iid, const char *password,
			     IUnknown **ret, struct error *err)
{
	struct dcom_server server = { .name = "127.0.0.1",
				      .service = AUTHN_WINNT,
				      .identity = accounts_alice(password) };
	HRESULT result = E_FAIL;

	return dcom_create(rig->client, &server, clsid, false, iid, 1, ret, &result, err);
}

static inline IDispatch *create_counter(struct rig *rig)
{
	struct error err = { 0 };
	IUnknown *made = NULL;
	HRESULT hr = create(rig, &clsid_counter, &IID_IDispatch, "Secret1", &made, &err);

	if (FAILED(hr))
		fail_msg("0x%08x %s", (unsigned)hr, err.text);
	return (IDispatch *)(void *)made;
}
