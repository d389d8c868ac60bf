/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the processes of one machine (dcom/dcom.h, `machine`): a resolver, an exporter that is
 * registered there, and clients, of this machine and of another one, which reaches the exporter's
 * objects through the resolver. All are in this process, and talk as processes do.
 */
#include "counter.h"
#include "summing.h"

#include "dcom/dcom.h"
#include "security/identity.h"

#include <idl/ms-oaut.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

static const CLSID clsid_offered = { 0xc0047e5, 1, 2, { 3 } };

struct process {
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	struct dcom *dcom;
};

struct rig {
	char folder[32], machine[64], endpoint[64];
	uint16_t port;
	GUID secret;
	struct process resolver, exporter;
	struct dcom *here, *there; /* clients of this machine and of another one */
	char caller[SECURITY_NAME_MAX];
	enum authn_level level;
	atomic_int asked; /* for a host */
	bool stopping;    /* the first one that is given */
	HRESULT failure;  /* what the class says */
	atomic_bool slow; /* it says nothing meanwhile */
	atomic_int slept;
};

/* ---- what the processes are asked ---- */

static pthread_mutex_t note_lock = PTHREAD_MUTEX_INITIALIZER;

/* Who came last: several may come at once. */
static void note_caller(struct rig *rig, const struct rpc_caller *caller)
{
	pthread_mutex_lock(&note_lock);
	snprintf(rig->caller, sizeof rig->caller, "%s", caller->peer->name);
	rig->level = caller->level;
	pthread_mutex_unlock(&note_lock);
}

static HRESULT make(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
		    IUnknown **ret)
{
	struct rig *rig = ctx;

	note_caller(rig, caller);
	if (rig->failure)
		return rig->failure;
	rig->slept += rig->slow;
	while (rig->slow)
		usleep(5000);
	if (rig->stopping) {
		rig->stopping = false;
		return S_FALSE;
	}
	return counter_new(ret);
}

static HRESULT find_host(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, uint64_t gone,
			 struct dcom_host *ret)
{
	struct rig *rig = ctx;

	rig->asked++;
	if (!IsEqualGUID(clsid, &clsid_counter))
		return S_FALSE;
	*ret = (struct dcom_host){ .secret = rig->secret, .number = gone + 1 };
	snprintf(ret->endpoint, sizeof ret->endpoint, "%s", rig->endpoint);
	return S_OK;
}

/* ---- the processes ---- */

static void start_resolver(struct rig *rig)
{
	struct process *p = &rig->resolver;
	struct error err = { 0 };
	struct bindings bindings = { 0 };
	struct rpc_server_options server = { .threads = DCOM_ELSEWHERE_MAX + 32 };

	server.acceptor = p->acceptor = accounts_acceptor();
	assert_int_equal(rpc_server_new(&server, &p->server), 0);
	assert_int_equal(rpc_server_listen_tcp(p->server, "127.0.0.1", rig->port, &rig->port, &err),
			 0);
	if (rpc_server_listen_local(p->server, rig->machine, &err) < 0)
		fail_msg("%s", err.text);
	bindings_add_string(&bindings, "127.0.0.1", 0);
	bindings_add_security(&bindings, AUTHN_WINNT, "");
	struct dcom_options options = { .server = p->server,
					.port = rig->port,
					.bindings = &bindings,
					.endpoint = rig->machine,
					.ctx = rig,
					.host = find_host };

	if (dcom_new(&options, &p->dcom, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(rpc_server_start(p->server), 0);
}

static void start_exporter(struct rig *rig)
{
	struct process *p = &rig->exporter;
	struct error err = { 0 };

	guid_random(&rig->secret);
	struct security_acceptor_options accept = { .voucher = (const uint8_t *)&rig->secret };

	assert_int_equal(security_acceptor_new(&accept, &p->acceptor, &err), 0);
	struct rpc_server_options server = { .acceptor = p->acceptor };

	assert_int_equal(rpc_server_new(&server, &p->server), 0);
	assert_int_equal(rpc_server_listen_local(p->server, rig->endpoint, &err), 0);
	struct dcom_options options = { .server = p->server,
					.machine = rig->machine,
					.endpoint = rig->endpoint,
					.secret = &rig->secret,
					.ping_period = NSEC_PER_SEC,
					.ctx = rig,
					.activate = make };

	if (dcom_new(&options, &p->dcom, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(rpc_server_start(p->server), 0);
}

static void stop(struct process *p)
{
	if (p->server)
		rpc_server_stop(p->server, 0);
	dcom_free(p->dcom);
	rpc_server_free(p->server);
	security_acceptor_free(p->acceptor);
	*p = (struct process){ NULL };
}

static void rig_init(struct rig *rig)
{
	struct error err = { 0 };

	*rig = (struct rig){ .folder = "/tmp/surrogate-test-XXXXXX" };
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->machine, sizeof rig->machine, "%s/rpcss.sock", rig->folder);
	snprintf(rig->endpoint, sizeof rig->endpoint, "%s/host.sock", rig->folder);
	start_resolver(rig);
	start_exporter(rig);
	struct dcom_options here = { .machine = rig->machine };
	struct dcom_options there = { .resolver_port = rig->port };

	assert_int_equal(dcom_new(&here, &rig->here, &err), 0);
	assert_int_equal(dcom_new(&there, &rig->there, &err), 0);
}

static void rig_done(struct rig *rig)
{
	dcom_free(rig->here);
	dcom_free(rig->there);
	stop(&rig->exporter);
	stop(&rig->resolver);
	unlink(rig->machine);
	unlink(rig->endpoint);
	rmdir(rig->folder);
	assert_int_equal(alive, 0);
}

static HRESULT create(struct rig *rig, struct dcom *from, REFCLSID clsid, IDispatch **ret)
{
	struct dcom_server server = { .name = from == rig->here ? rig->machine : "127.0.0.1",
				      .service = AUTHN_WINNT,
				      .identity = accounts_alice("Secret1") };
	HRESULT result = E_FAIL;

	return dcom_create(from, &server, clsid, false, &IID_IDispatch, 1, (IUnknown **)(void *)ret,
			   &result, NULL);
}

static IDispatch *create_counter(struct rig *rig, struct dcom *from)
{
	IDispatch *made = NULL;

	assert_int_equal(create(rig, from, &clsid_counter, &made), S_OK);
	return made;
}

/* ---- tests ---- */

static void processes_of_the_machine_call_directly(void **state)
{
	char self[32];
	struct rig rig;

	rig_init(&rig);
	IDispatch *d = create_counter(&rig, rig.here);

	identity_describe(geteuid(), self, sizeof self);
	assert_string_equal(rig.caller, self);
	assert_int_equal(alive, 1);
	assert_int_equal(add(d, 5), 5);
	uint32_t before = rpc_server_statistics(rig.resolver.server)->calls_in;

	for (int i = 0; i < 10; i++)
		add(d, 1);
	assert_int_equal(rpc_server_statistics(rig.resolver.server)->calls_in, before);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void other_machines_call_through_the_resolver(void **state)
{
	VARIANT result = { 0 }, argument = { .vt = VT_DISPATCH };
	struct rig rig;

	rig_init(&rig);
	IDispatch *d = create_counter(&rig, rig.there);

	assert_string_equal(rig.caller, "DOM\\alice");
	assert_int_equal(rig.level, AUTHN_LEVEL_PKT_INTEGRITY);
	uint32_t before = rpc_server_statistics(rig.exporter.server)->calls_in;

	assert_int_equal(add(d, 5), 5);
	assert_int_equal(rpc_server_statistics(rig.exporter.server)->calls_in, before + 1);
	/* Objects it makes come as well, and go back. */
	assert_int_equal(call(d, 4, NULL, &result, NULL), S_OK);
	assert_int_equal(alive, 2);
	assert_int_equal(add(result.pdispVal, 3), 3);
	argument.pdispVal = result.pdispVal;
	VARIANT same = { 0 };

	assert_int_equal(call(result.pdispVal, 5, &argument, &same, NULL), S_OK);
	assert_int_equal(same.boolVal, VARIANT_TRUE);
	result.pdispVal->lpVtbl->Release(result.pdispVal);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static ISums *sums_from(struct rig *rig, struct dcom *client)
{
	ISums *proxy = NULL;
	struct buf out;

	buf_init(&out, OBJREF_MAX);
	assert_int_equal(dcom_marshal(rig->exporter.dcom, &IID_ISums, (IUnknown *)(void *)&sums,
				      &out),
			 S_OK);
	assert_int_equal(dcom_unmarshal(client, buf_text(&out), &IID_ISums,
					(IUnknown **)(void *)&proxy),
			 S_OK);
	buf_done(&out);
	assert_ptr_not_equal(proxy, &sums);
	return proxy;
}

static LONG sum_of(ISums *proxy)
{
	LONG sum = 0;

	assert_int_equal(proxy->lpVtbl->Add(proxy, 40, 2, &sum), S_OK);
	return sum;
}

static void interfaces_of_components_go_through_the_resolver(void **state)
{
	struct rig rig;

	rig_init(&rig);
	(void)SurrogateRegisterInterfaces(&ndr_module_sums);
	/* By these the clients know as whom to call the exporter. */
	IDispatch *far = create_counter(&rig, rig.there), *near = create_counter(&rig, rig.here);
	ISums *far_sums = sums_from(&rig, rig.there), *near_sums = sums_from(&rig, rig.here);

	assert_int_equal(sum_of(near_sums), 42);
	assert_int_equal(sum_of(far_sums), 42);
	/* A resolver that begins anew is told of the interface again. */
	stop(&rig.resolver);
	start_resolver(&rig);
	IDispatch *more = create_counter(&rig, rig.here);

	for (int i = 0; dcom_counts(rig.resolver.dcom).resolver.oxids < 2 && i < 3000; i++)
		usleep(5000);
	for (int i = 0; !rig.resolver.dcom->foreign_count && i < 3000; i++)
		usleep(5000);
	assert_int_equal(sum_of(far_sums), 42);
	far_sums->lpVtbl->Release(far_sums);
	near_sums->lpVtbl->Release(near_sums);
	more->lpVtbl->Release(more);
	near->lpVtbl->Release(near);
	far->lpVtbl->Release(far);
	wait_for(0);
	rig_done(&rig);
}

static void one_user_offers_a_part_of_all_interfaces(void **state)
{
	struct rig rig;
	IID iid = { 0x77 };

	rig_init(&rig);
	for (unsigned i = 0; i < FOREIGN_PER_USER; i++) {
		iid.Data2 = (uint16_t)i;
		assert_int_equal(dcom_serve_foreign(rig.resolver.dcom, &iid, 1000), 0);
	}
	assert_int_equal(dcom_serve_foreign(rig.resolver.dcom, &iid, 1000), 0); /* again */
	iid.Data3 = 1;
	assert_int_equal(dcom_serve_foreign(rig.resolver.dcom, &iid, 1000), -ENOBUFS);
	assert_int_equal(dcom_serve_foreign(rig.resolver.dcom, &iid, 1001), 0);
	assert_int_equal(dcom_serve_foreign(rig.resolver.dcom, &iid, 1000), 0);
	/* What the resolver serves itself is not passed on. */
	assert_int_equal(dcom_serve_foreign(rig.resolver.dcom, &IID_IDispatch, 1001), 0);
	IDispatch *d = create_counter(&rig, rig.there);

	assert_int_equal(add(d, 5), 5);
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void a_process_that_ends_is_asked_for_anew(void **state)
{
	struct rig rig;

	rig_init(&rig);
	rig.stopping = true;
	IDispatch *d = create_counter(&rig, rig.here);

	assert_int_equal(rig.asked, 2);
	assert_int_equal(add(d, 1), 1);
	stop(&rig.exporter);
	assert_int_equal(alive, 0);
	assert_true(FAILED(call(d, 1, &(VARIANT){ .vt = VT_I4 }, NULL, NULL)));
	d->lpVtbl->Release(d);
	start_exporter(&rig);
	d = create_counter(&rig, rig.there);
	stop(&rig.exporter);
	assert_int_equal(call(d, 1, &(VARIANT){ .vt = VT_I4 }, NULL, NULL), RPC_E_DISCONNECTED);
	d->lpVtbl->Release(d);
	rig_done(&rig);
}

/* A class may fail as a process does that has ended, and its process has not. */
static void a_class_that_fails_is_no_end_of_its_process(void **state)
{
	static const HRESULT failures[] = { HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE),
					    CO_E_SERVER_STOPPING };
	IDispatch *d = NULL;
	struct rig rig;

	rig_init(&rig);
	for (int i = 0; i < (int)ARRAY_LEN(failures); i++) {
		rig.failure = failures[i];
		assert_int_equal(create(&rig, rig.here, &clsid_counter, &d), failures[i]);
		assert_int_equal(rig.asked, i + 1);
	}
	rig_done(&rig);
}

static void references_outlive_the_resolver(void **state)
{
	struct rig rig;

	rig_init(&rig);
	IDispatch *far = create_counter(&rig, rig.there), *near = create_counter(&rig, rig.here);

	stop(&rig.resolver);
	assert_int_equal(add(near, 2), 2);
	assert_true(FAILED(call(far, 1, &(VARIANT){ .vt = VT_I4 }, NULL, NULL)));
	start_resolver(&rig);
	/* The exporter tells the new one what it has, as soon as it has something to tell. */
	IDispatch *more = create_counter(&rig, rig.here);

	for (int i = 0; dcom_counts(rig.resolver.dcom).resolver.oxids < 2 && i < 3000; i++)
		usleep(5000);
	assert_int_equal(dcom_counts(rig.resolver.dcom).resolver.oxids, 2);
	assert_int_equal(add(far, 4), 4);
	more->lpVtbl->Release(more);
	near->lpVtbl->Release(near);
	far->lpVtbl->Release(far);
	wait_for(0);
	rig_done(&rig);
}

/* Another process, which knows nothing from before. */
static void *create_as_stranger(void *ctx)
{
	struct rig *rig = ctx, stranger = { .port = 0 };

	memcpy(stranger.machine, rig->machine, sizeof stranger.machine);
	struct dcom_options options = { .machine = stranger.machine };
	IDispatch *made = NULL;

	if (dcom_new(&options, &stranger.here, NULL) < 0)
		return NULL;
	HRESULT hr = create(&stranger, stranger.here, &clsid_counter, &made);

	if (made)
		made->lpVtbl->Release(made);
	dcom_free(stranger.here);
	return hr == S_OK ? ctx : NULL;
}

/* The first that come find it out together. */
static void a_resolver_that_began_anew_has_hosts_register_at_once(void **state)
{
	pthread_t threads[8];
	void *good;
	struct rig rig;

	rig_init(&rig);
	IDispatch *d = create_counter(&rig, rig.here);

	for (int turn = 0; turn < 3; turn++) {
		stop(&rig.resolver);
		start_resolver(&rig);
		for (size_t i = 0; i < ARRAY_LEN(threads); i++)
			assert_int_equal(
				pthread_create(&threads[i], NULL, create_as_stranger, &rig), 0);
		for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
			pthread_join(threads[i], &good);
			assert_ptr_equal(good, &rig);
		}
	}
	d->lpVtbl->Release(d);
	wait_for(0);
	rig_done(&rig);
}

static void *create_here(void *ctx)
{
	struct rig *rig = ctx;
	IDispatch *made = NULL;
	HRESULT hr = create(rig, rig->here, &clsid_counter, &made);

	if (made)
		made->lpVtbl->Release(made);
	return hr == S_OK ? ctx : NULL;
}

/* Of a process that answers nobody some wait, and the resolver has threads for everybody else. */
static void a_process_that_hangs_takes_no_more_than_its_share(void **state)
{
	pthread_t threads[DCOM_ELSEWHERE_MAX];
	IDispatch *d = NULL;
	void *good;
	struct rig rig;

	rig_init(&rig);
	rig.slow = true;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, create_here, &rig), 0);
	for (int i = 0; rig.slept < DCOM_ELSEWHERE_MAX / 2 && i < 4000; i++)
		usleep(5000);
	assert_int_equal(rig.slept, DCOM_ELSEWHERE_MAX / 2);
	assert_int_equal(create(&rig, rig.there, &clsid_counter, &d),
			 HRESULT_FROM_WIN32(RPC_S_SERVER_TOO_BUSY));
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	rig.slow = false;
	/* Those of this machine have waited. */
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], &good);
		assert_ptr_equal(good, &rig);
	}
	wait_for(0);
	rig_done(&rig);
}

/* The thread that collects does so for all: it waits once for a user's process that says nothing.
 */
static void a_process_that_is_silent_does_not_hold_up_the_collector(void **state)
{
	struct error err = { 0 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct rig rig;
	struct process silent = { NULL };

	rig_init(&rig);
	snprintf(address.sun_path, sizeof address.sun_path, "%s/silent.sock", rig.folder);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(rpc_server_new(&(struct rpc_server_options){ 0 }, &silent.server), 0);
	struct dcom_options options = { .server = silent.server,
					.machine = rig.machine,
					.endpoint = address.sun_path };

	assert_int_equal(dcom_new(&options, &silent.dcom, &err), 0);
	int64_t began = clock_now();

	assert_false(elsewhere_reclaim(rig.resolver.dcom, silent.dcom->oxid, 1));
	int64_t once = clock_now() - began;

	for (int i = 0; i < 100; i++)
		assert_false(elsewhere_reclaim(rig.resolver.dcom, silent.dcom->oxid, 1));
	assert_true(once < 20 * NSEC_PER_SEC);
	assert_true(clock_now() - began < once + NSEC_PER_SEC);
	close(fd);
	stop(&silent);
	unlink(address.sun_path);
	rig_done(&rig);
}

static void one_user_leaves_room_for_others(void **state)
{
	uint64_t oids[EXPORTER_OIDS_MAX], next = 1;
	struct rig rig;
	int r = 0;

	rig_init(&rig);
	for (int turn = 0; r == 0 && turn < RESOLVER_OIDS_MAX / EXPORTER_OIDS_MAX; turn++) {
		for (size_t i = 0; i < ARRAY_LEN(oids); i++)
			oids[i] = next++;
		r = machine_announce(rig.exporter.dcom->machine, oids, ARRAY_LEN(oids));
	}
	assert_true(r < 0);
	assert_int_equal(dcom_counts(rig.resolver.dcom).resolver.oids, RESOLVER_OIDS_MAX / 2);
	rig_done(&rig);
}

static void class_objects_are_offered_to_others(void **state)
{
	IDispatch *d = NULL;
	uint32_t cookie = 0;
	struct rig rig;

	rig_init(&rig);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	assert_int_equal(dcom_register_class(rig.exporter.dcom, &clsid_offered, false, &cookie),
			 S_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), S_OK);
		assert_int_equal(add(d, 3), 3);
		d->lpVtbl->Release(d);
	}
	/* Of who runs what, other machines know nothing. */
	assert_int_equal(create(&rig, rig.there, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	assert_int_equal(dcom_revoke_class(rig.exporter.dcom, cookie), S_OK);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	assert_int_equal(dcom_register_class(rig.exporter.dcom, &clsid_offered, true, &cookie),
			 S_OK);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), S_OK);
	d->lpVtbl->Release(d);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	/* And with its process a class goes. */
	assert_int_equal(dcom_register_class(rig.exporter.dcom, &clsid_offered, false, &cookie),
			 S_OK);
	stop(&rig.exporter);
	for (int i = 0; dcom_counts(rig.resolver.dcom).resolver.oxids > 1 && i < 2000; i++)
		usleep(5000);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	wait_for(0);
	rig_done(&rig);
}

static void a_resolver_that_began_anew_is_told_of_class_objects(void **state)
{
	uint32_t cookies[2];
	IDispatch *d = NULL;
	struct rig rig;

	rig_init(&rig);
	struct dcom *offers = rig.exporter.dcom;

	assert_int_equal(dcom_register_class(offers, &clsid_offered, false, &cookies[0]), S_OK);
	stop(&rig.resolver);
	start_resolver(&rig);
	/* Whoever has something to tell finds out. */
	assert_int_equal(dcom_register_class(offers, &clsid_counter, false, &cookies[1]), S_OK);
	assert_int_not_equal(cookies[0], cookies[1]);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), S_OK);
	d->lpVtbl->Release(d);
	/* The number is good that was given before. */
	assert_int_equal(dcom_revoke_class(offers, cookies[0]), S_OK);
	assert_int_equal(create(&rig, rig.here, &clsid_offered, &d), REGDB_E_CLASSNOTREG);
	wait_for(0);
	rig_done(&rig);
}

/* However many processes he has. */
static void one_user_leaves_room_for_the_classes_of_others(void **state)
{
	uint32_t cookie = 0, count = 0;
	struct process more[3] = { { NULL } };
	CLSID clsid = clsid_offered;
	struct rig rig;

	rig_init(&rig);
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		struct dcom_options options = { .machine = rig.machine, .endpoint = rig.endpoint };

		assert_int_equal(rpc_server_new(&(struct rpc_server_options){ 0 }, &more[i].server),
				 0);
		options.server = more[i].server;
		assert_int_equal(dcom_new(&options, &more[i].dcom, NULL), 0);
		while (dcom_register_class(more[i].dcom, &clsid, false, &cookie) == S_OK) {
			clsid.Data1++;
			count++;
		}
	}
	assert_int_equal(count, 512);
	for (size_t i = 0; i < ARRAY_LEN(more); i++)
		stop(&more[i]);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_of_the_machine_call_directly),
		cmocka_unit_test(other_machines_call_through_the_resolver),
		cmocka_unit_test(interfaces_of_components_go_through_the_resolver),
		cmocka_unit_test(one_user_offers_a_part_of_all_interfaces),
		cmocka_unit_test(a_process_that_ends_is_asked_for_anew),
		cmocka_unit_test(a_class_that_fails_is_no_end_of_its_process),
		cmocka_unit_test(references_outlive_the_resolver),
		cmocka_unit_test(a_resolver_that_began_anew_has_hosts_register_at_once),
		cmocka_unit_test(a_process_that_hangs_takes_no_more_than_its_share),
		cmocka_unit_test(a_process_that_is_silent_does_not_hold_up_the_collector),
		cmocka_unit_test(one_user_leaves_room_for_others),
		cmocka_unit_test(class_objects_are_offered_to_others),
		cmocka_unit_test(a_resolver_that_began_anew_is_told_of_class_objects),
		cmocka_unit_test(one_user_leaves_room_for_the_classes_of_others),
	};

	return cmocka_run_group_tests(tests, make_accounts, remove_accounts);
}
