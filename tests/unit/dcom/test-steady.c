/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What calls of objects allocate when both sides have done some before: nothing. All of malloc is
 * counted, of libraries too.
 */
#include "summing.h"

#include "../security/accounts.h"
#include "counted.h"

#include "base/clock.h"
#include "dcom/dcom.h"

#define CALLS 200
#define ROUNDS 100 /* until it must be steady: threads of the server may come late */
#define QUIET 5    /* rounds without an allocation, one after the other */

struct rig {
	char folder[32], path[64];
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	uint16_t port;
	struct dcom *host, *client;
	ISums *object;
};

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	*ret = (IUnknown *)(void *)&sums;
	return S_OK;
}

static void start_host(struct rig *rig)
{
	struct error err = { 0 };
	struct bindings bindings = { 0 };

	rig->acceptor = accounts_acceptor();
	struct rpc_server_options server = { .acceptor = rig->acceptor };

	assert_int_equal(rpc_server_new(&server, &rig->server), 0);
	assert_int_equal(rpc_server_listen_tcp(rig->server, "127.0.0.1", 0, &rig->port, &err), 0);
	assert_int_equal(rpc_server_listen_local(rig->server, rig->path, &err), 0);
	assert_int_equal(bindings_add_string(&bindings, "127.0.0.1", 0), 0);
	assert_int_equal(bindings_add_security(&bindings, AUTHN_WINNT, ""), 0);
	struct dcom_options options = { .server = rig->server,
					.port = rig->port,
					.bindings = &bindings,
					.endpoint = rig->path,
					.activate = activate };

	assert_int_equal(dcom_new(&options, &rig->host, &err), 0);
	assert_int_equal(dcom_add_module(rig->host, &ndr_module_sums), 0);
	assert_int_equal(rpc_server_start(rig->server), 0);
}

/* `level` 0: by the local socket. */
static void rig_init(struct rig *rig, enum authn_level level)
{
	struct error err = { 0 };
	HRESULT result = E_FAIL;

	*rig = (struct rig){ .folder = "/tmp/surrogate-test-XXXXXX" };
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->path, sizeof rig->path, "%s/rpcss.sock", rig->folder);
	start_host(rig);
	struct dcom_options options = { .machine = level ? NULL : rig->path,
					.resolver_port = rig->port };
	struct dcom_server server = { .name = level ? "127.0.0.1" : rig->path,
				      .service = AUTHN_WINNT,
				      .level = level,
				      .identity = accounts_alice("Secret1") };

	assert_int_equal(dcom_new(&options, &rig->client, &err), 0);
	assert_int_equal(dcom_add_module(rig->client, &ndr_module_sums), 0);
	if (dcom_create(rig->client, &server, &clsid_sums, false, &IID_ISums, 1,
			(IUnknown **)(void *)&rig->object, &result, &err))
		fail_msg("%s", err.text);
	assert_ptr_not_equal(rig->object, &sums);
}

static void rig_done(struct rig *rig)
{
	rig->object->lpVtbl->Release(rig->object);
	dcom_free(rig->client);
	rpc_server_stop(rig->server, 0);
	dcom_free(rig->host);
	rpc_server_free(rig->server);
	security_acceptor_free(rig->acceptor);
	unlink(rig->path);
	rmdir(rig->folder);
}

static void add_by_vtable(ISums *object)
{
	LONG sum = 0;

	assert_int_equal(object->lpVtbl->Add(object, 1, 2, &sum), S_OK);
	assert_int_equal(sum, 3);
}

static void add_by_name(ISums *object)
{
	LONG sum = 0;

	assert_int_equal(sums_add_by_name((IDispatch *)(void *)object, &sum), S_OK);
	assert_int_equal(sum, 3);
}

/* How many allocations a round had, at both sides. */
static struct counted round_of(ISums *object, void (*add)(ISums *object))
{
	struct counted before = counted_now();

	for (int i = 0; i < CALLS; i++)
		add(object);
	struct counted now = counted_now();

	return (struct counted){ now.here - before.here, now.elsewhere - before.elsewhere };
}

static void becomes_steady(enum authn_level level, void (*add)(ISums *object))
{
	struct counted last = { 0 };
	struct rig rig;
	int quiet = 0;

	rig_init(&rig, level);
	for (int i = 0; i < ROUNDS && quiet < QUIET; i++) {
		last = round_of(rig.object, add);
		quiet = last.here || last.elsewhere ? 0 : quiet + 1;
	}
	if (quiet < QUIET)
		fail_msg("%ld allocations of the client and %ld of the server in %d calls",
			 last.here, last.elsewhere, CALLS);
	rig_done(&rig);
}

static void local_calls_allocate_nothing(void **state)
{
	becomes_steady(0, add_by_vtable);
}

static void calls_by_name_allocate_nothing(void **state)
{
	becomes_steady(0, add_by_name);
}

static void signed_calls_allocate_nothing(void **state)
{
	becomes_steady(AUTHN_LEVEL_PKT_INTEGRITY, add_by_vtable);
}

static void sealed_calls_allocate_nothing(void **state)
{
	becomes_steady(AUTHN_LEVEL_PKT_PRIVACY, add_by_vtable);
}

/* The count itself is seen to count. */
static void allocations_are_counted(void **state)
{
	struct counted before = counted_now();
	char *p = malloc(10);

	assert_non_null(p);
	assert_int_equal(counted_now().here, before.here + 1);
	p = realloc(p, 10000);
	assert_non_null(p);
	assert_true(counted_now().here > before.here + 1);
	free(p);
}

static int make_accounts(void **state)
{
	accounts_make();
	return 0;
}

static int remove_accounts(void **state)
{
	accounts_remove();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_are_counted),
		cmocka_unit_test(local_calls_allocate_nothing),
		cmocka_unit_test(calls_by_name_allocate_nothing),
		cmocka_unit_test(signed_calls_allocate_nothing),
		cmocka_unit_test(sealed_calls_allocate_nothing),
	};

	counted_begin();
	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
