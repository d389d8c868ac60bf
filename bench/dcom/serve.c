/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "../../tests/unit/dcom/summing.h"

#include <signal.h>

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	if (!IsEqualGUID(clsid, &clsid_sums) || factory)
		return REGDB_E_CLASSNOTREG;
	*ret = (IUnknown *)(void *)&sums;
	return S_OK;
}

static int begin(const char *path, struct security_acceptor *acceptor, struct rpc_server **server,
		 struct dcom **dcom, uint16_t *port, struct error *err)
{
	struct rpc_server_options options = { .acceptor = acceptor };
	struct bindings bindings = { 0 };
	int r = rpc_server_new(&options, server);

	bindings_add_string(&bindings, BENCH_ADDRESS, 0);
	bindings_add_security(&bindings, AUTHN_WINNT, "");
	bindings_add_security(&bindings, AUTHN_GSS_KERBEROS, "");
	if (r == 0)
		r = rpc_server_listen_tcp(*server, BENCH_ADDRESS, 0, port, err);
	if (r == 0)
		r = rpc_server_listen_local(*server, path, err);
	struct dcom_options of_dcom = { .server = *server,
					.port = *port,
					.bindings = &bindings,
					.endpoint = path,
					.least = AUTHN_LEVEL_NONE,
					.activate = activate };

	if (r == 0)
		r = dcom_new(&of_dcom, dcom, err);
	if (r == 0)
		r = dcom_add_module(*dcom, &ndr_module_sums);
	return r < 0 ? r : rpc_server_start(*server);
}

int bench_serve(const char *path, const char *accounts, const char *keytab)
{
	struct security_acceptor_options accept = { .ntlm_users = accounts, .keytab = keytab };
	struct security_acceptor *acceptor = NULL;
	struct rpc_server *server = NULL;
	struct dcom *dcom = NULL;
	struct error err = { 0 };
	uint16_t port = 0;
	sigset_t ends;
	int signo;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	int r = security_acceptor_new(&accept, &acceptor, &err);

	if (r == 0)
		r = begin(path, acceptor, &server, &dcom, &port, &err);
	if (r == 0) {
		printf("port %u\n", port);
		fflush(stdout);
		sigwait(&ends, &signo);
		rpc_server_stop(server, 0);
	} else {
		bench_failed("cannot serve", r, &err);
	}
	dcom_free(dcom);
	rpc_server_free(server);
	security_acceptor_free(acceptor);
	return r == 0 ? 0 : 1;
}
