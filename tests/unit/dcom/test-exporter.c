/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/exporter.h: entries, counting, and the lives of the objects behind them. */
#include "../unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/class.h"
#include "dcom/exporter.h"
#include "dcom/resolver.h"

#include <errno.h>

#define PERIOD (120 * NSEC_PER_SEC)

static int alive; /* objects of `plain_class` */

static void plain_free(struct automation_object *object)
{
	alive--;
	mem_free(object);
}
static const struct automation_class plain_class = { .name = "Plain", .free = plain_free };

static IUnknown *plain_try(void)
{
	struct automation_object *object = mem_new(struct automation_object);

	if (!object)
		return NULL;
	automation_init(object, &plain_class);
	alive++;
	return (IUnknown *)(void *)automation_dispatch(object);
}

static IUnknown *plain_new(void)
{
	IUnknown *object = plain_try();

	assert_non_null(object);
	return object;
}

static void release(IUnknown *object)
{
	object->lpVtbl->Release(object);
}

/* Tables of two interfaces; all else has none. */
static const struct ndr_interface unknown_table = { .name = "IUnknown" },
				  dispatch_table = { .name = "IDispatch" };

static const struct ndr_interface *find(void *ctx, REFIID iid)
{
	if (IsEqualGUID(iid, &IID_IUnknown))
		return &unknown_table;
	return IsEqualGUID(iid, &IID_IDispatch) ? &dispatch_table : NULL;
}

struct rig {
	struct resolver *resolver;
	uint64_t oxid;
	struct exporter *exporter;
};

static int announce(void *ctx, const uint64_t *oids, size_t count)
{
	struct rig *rig = ctx;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = resolver_add_oid(rig->resolver, rig->oxid, oids[i], true, 0);
	return r;
}

static void withdraw(void *ctx, const uint64_t *oids, size_t count)
{
	struct rig *rig = ctx;

	for (size_t i = 0; i < count; i++)
		resolver_remove_oid(rig->resolver, rig->oxid, oids[i]);
}

static int rig_with(struct rig *rig, unsigned batch)
{
	struct resolver_options options = { .period = PERIOD };
	struct resolver_exporter about = { .major = 5, .minor = 7 };
	struct bindings bindings = { 0 };
	struct exporter_options x = { .announce = announce,
				      .withdraw = withdraw,
				      .batch = batch,
				      .find = find,
				      .ctx = rig,
				      .bindings = &bindings };

	*rig = (struct rig){ 0 };
	guid_random(&x.secret);
	exporter_names(&x.secret, &rig->oxid, &about.rem_unknown);
	int r = resolver_new(&options, &rig->resolver);

	if (r == 0)
		r = resolver_add_oxid(rig->resolver, &about, rig->oxid);
	bindings_add_string(&bindings, "server.test", 0);
	return r < 0 ? r : exporter_new(&x, &rig->exporter);
}

static int rig_init(struct rig *rig)
{
	return rig_with(rig, 0);
}

static void rig_done(struct rig *rig)
{
	exporter_free(rig->exporter);
	if (rig->resolver)
		assert_int_equal(resolver_counts(rig->resolver).oids, 0);
	resolver_free(rig->resolver);
	assert_int_equal(alive, 0);
}

static void objects_live_as_long_as_their_references(void **state)
{
	struct rig rig;
	struct objref a, b;
	IUnknown *object = plain_new();

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
					  &a),
			 S_OK);
	assert_int_equal(a.kind, OBJREF_STANDARD);
	assert_int_equal(a.std.public_refs, EXPORTER_FIRST_REFS);
	assert_int_equal(a.std.oxid, exporter_oxid(rig.exporter));
	assert_string_equal(a.resolver.strings[0].address, "server.test");
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
					  &b),
			 S_OK);
	assert_true(IsEqualGUID(&a.std.ipid, &b.std.ipid));
	assert_int_equal(exporter_counts(rig.exporter).interfaces, 1);
	release(object);
	assert_int_equal(alive, 1);
	exporter_release(rig.exporter, &a.std.ipid, 9, 0, "c");
	assert_int_equal(alive, 1);
	assert_int_equal(resolver_counts(rig.resolver).oids, 1);
	exporter_release(rig.exporter, &a.std.ipid, 1, 0, "c");
	assert_int_equal(alive, 0);
	assert_int_equal(resolver_counts(rig.resolver).oids, 0);
	assert_int_equal(exporter_counts(rig.exporter).objects, 0);
	exporter_release(rig.exporter, &a.std.ipid, 1, 0, "c"); /* in excess */
	assert_null(exporter_find(rig.exporter, &a.std.ipid, 0));
	rig_done(&rig);
}

static void interfaces_are_asked_for_by_ipid(void **state)
{
	struct rig rig;
	struct objref a;
	struct objref_std std, again;
	IUnknown *object = plain_new();
	static const IID none = { 0x1234, 0, 0, { 0 } };

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &none, MSHLFLAGS_NORMAL, 0, &a),
			 E_NOINTERFACE);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IClassFactory,
					  MSHLFLAGS_NORMAL, 0, &a),
			 E_NOINTERFACE);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IUnknown, MSHLFLAGS_NORMAL, 0,
					  &a),
			 S_OK);
	release(object);
	assert_int_equal(exporter_query(rig.exporter, &a.std.ipid, &IID_IDispatch, 3, 0, &std),
			 S_OK);
	assert_int_equal(std.oid, a.std.oid);
	assert_int_equal(std.public_refs, 3);
	assert_false(IsEqualGUID(&std.ipid, &a.std.ipid));
	assert_int_equal(exporter_query(rig.exporter, &std.ipid, &IID_IDispatch, 1, 0, &again),
			 S_OK);
	assert_true(IsEqualGUID(&std.ipid, &again.ipid));
	assert_int_equal(exporter_query(rig.exporter, &std.ipid, &none, 1, 0, &again),
			 E_NOINTERFACE);
	assert_int_equal(exporter_query(rig.exporter, &none, &IID_IDispatch, 1, 0, &again),
			 RPC_E_INVALID_OBJECT);
	exporter_release(rig.exporter, &std.ipid, 4, 0, "c");
	assert_null(exporter_find(rig.exporter, &std.ipid, 0));
	assert_int_equal(alive, 1);
	exporter_release(rig.exporter, &a.std.ipid, 5, 0, "c");
	assert_int_equal(alive, 0);
	rig_done(&rig);
}

static void private_references_are_their_clients(void **state)
{
	struct rig rig;
	struct objref a;
	IUnknown *object = plain_new();
	static const GUID none = { 9, 9, 9, { 9 } };

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IUnknown, MSHLFLAGS_NORMAL, 0,
					  &a),
			 S_OK);
	release(object);
	assert_int_equal(exporter_add_ref(rig.exporter, &none, 1, 0, "x"), CO_E_OBJNOTREG);
	assert_int_equal(exporter_add_ref(rig.exporter, &a.std.ipid, 0, 2, "mine"), S_OK);
	assert_int_equal(exporter_add_ref(rig.exporter, &a.std.ipid, UINT32_MAX, 0, "mine"),
			 E_OUTOFMEMORY);
	exporter_release(rig.exporter, &a.std.ipid, 5, 100, "theirs");
	assert_int_equal(alive, 1);
	/* Who is refused holds nothing. */
	assert_int_equal(exporter_add_ref(rig.exporter, &a.std.ipid, 0, UINT32_MAX, "greedy"),
			 E_OUTOFMEMORY);
	exporter_release(rig.exporter, &a.std.ipid, 0, 1, "mine");
	assert_int_equal(alive, 1);
	exporter_release(rig.exporter, &a.std.ipid, 0, 1, "mine");
	assert_int_equal(alive, 0);
	rig_done(&rig);
}

static void a_call_keeps_its_object(void **state)
{
	struct rig rig;
	struct objref a;
	IUnknown *object = plain_new();

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
					  &a),
			 S_OK);
	release(object);
	struct exporter_stub *stub = exporter_find(rig.exporter, &a.std.ipid, 1);

	assert_non_null(stub);
	assert_ptr_equal(stub->interface, &dispatch_table);
	exporter_release(rig.exporter, &a.std.ipid, 5, 0, "c");
	assert_int_equal(exporter_counts(rig.exporter).objects, 0);
	assert_int_equal(alive, 1);
	exporter_stub_unref(stub);
	assert_int_equal(alive, 0);
	rig_done(&rig);
}

static void references_that_come_home_are_the_objects_themselves(void **state)
{
	struct rig rig;
	struct objref a;
	IUnknown *object = plain_new(), *back = NULL;

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
					  &a),
			 S_OK);
	assert_int_equal(exporter_unmarshal(rig.exporter, &a, &IID_IDispatch, &back), S_OK);
	assert_ptr_equal(back, object);
	release(back);
	/* The reference was used up with it. */
	assert_int_equal(exporter_counts(rig.exporter).objects, 0);
	assert_int_equal(exporter_unmarshal(rig.exporter, &a, &IID_IDispatch, &back),
			 CO_E_OBJNOTCONNECTED);
	release(object);
	rig_done(&rig);
}

static void objects_of_dead_clients_are_reclaimed(void **state)
{
	struct rig rig;
	struct objref a, b;
	IUnknown *object = plain_new();

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
					  &a),
			 S_OK);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IUnknown, MSHLFLAGS_NORMAL, 0,
					  &b),
			 S_OK);
	assert_int_equal(a.std.oid, b.std.oid);
	release(object);
	exporter_stub_unref(exporter_find(rig.exporter, &a.std.ipid, 5 * PERIOD));
	assert_false(exporter_reclaim(rig.exporter, a.std.oid, PERIOD, 6 * PERIOD - 1));
	assert_int_equal(alive, 1);
	assert_true(exporter_reclaim(rig.exporter, a.std.oid, PERIOD, 6 * PERIOD));
	assert_int_equal(alive, 0);
	assert_null(exporter_find(rig.exporter, &a.std.ipid, 0));
	assert_true(exporter_reclaim(rig.exporter, a.std.oid, PERIOD, 6 * PERIOD));
	rig_done(&rig);
}

/* What has no client, or none that pings, is kept all the same. */
static void objects_in_tables_are_not_reclaimed(void **state)
{
	static const DWORD kept[] = { MSHLFLAGS_TABLESTRONG, MSHLFLAGS_TABLEWEAK,
				      MSHLFLAGS_NORMAL | MSHLFLAGS_NOPING };
	struct rig rig;
	struct objref a;

	assert_int_equal(rig_init(&rig), 0);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		IUnknown *object = plain_new();

		assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, kept[i], 0,
						  &a),
				 S_OK);
		release(object);
		assert_int_equal(a.std.flags & OBJREF_NOPING,
				 kept[i] & MSHLFLAGS_NOPING ? OBJREF_NOPING : 0);
		assert_false(exporter_reclaim(rig.exporter, a.std.oid, PERIOD, 9 * PERIOD));
		assert_int_equal(alive, 1);
		assert_int_equal(exporter_forget(rig.exporter, &a.std), S_OK);
		assert_int_equal(alive, 0);
	}
	/* A weak one, once clients came and went silent. */
	IUnknown *object = plain_new();

	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_TABLEWEAK,
					  0, &a),
			 S_OK);
	release(object);
	assert_int_equal(a.std.public_refs, 0);
	assert_int_equal(exporter_add_ref(rig.exporter, &a.std.ipid, 1, 0, ""), S_OK);
	assert_true(exporter_reclaim(rig.exporter, a.std.oid, PERIOD, 9 * PERIOD));
	assert_int_equal(alive, 0);
	assert_int_equal(exporter_forget(rig.exporter, &a.std), CO_E_OBJNOTCONNECTED);
	rig_done(&rig);
}

static void releases_in_excess_leave_tables_alone(void **state)
{
	struct rig rig;
	struct objref strong, weak;
	IUnknown *object = plain_new();

	assert_int_equal(rig_init(&rig), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch,
					  MSHLFLAGS_TABLESTRONG, 0, &strong),
			 S_OK);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_TABLEWEAK,
					  0, &weak),
			 S_OK);
	release(object);
	exporter_release(rig.exporter, &weak.std.ipid, 5, 5, "somebody");
	assert_int_equal(exporter_forget(rig.exporter, &strong.std), S_OK);
	exporter_release(rig.exporter, &weak.std.ipid, 5, 5, "somebody");
	assert_int_equal(alive, 1);
	assert_int_equal(exporter_forget(rig.exporter, &strong.std), CO_E_OBJNOTCONNECTED);
	assert_int_equal(exporter_forget(rig.exporter, &weak.std), S_OK);
	assert_int_equal(alive, 0);
	rig_done(&rig);
}

static void objects_are_announced_many_at_a_time(void **state)
{
	struct rig rig;
	struct objref ref;
	IUnknown *object = plain_new();

	assert_int_equal(rig_with(&rig, 8), 0);
	assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
					  &ref),
			 S_OK);
	assert_int_equal(resolver_counts(rig.resolver).oids, 8);
	assert_int_equal(exporter_oxid_of(&ref.std.ipid), rig.oxid);
	release(object);
	exporter_release(rig.exporter, &ref.std.ipid, EXPORTER_FIRST_REFS, 0, "");
	assert_int_equal(exporter_counts(rig.exporter).objects, 0);
	assert_int_equal(resolver_counts(rig.resolver).oids, 8);
	exporter_flush(rig.exporter);
	assert_int_equal(resolver_counts(rig.resolver).oids, 7);
	/* A resolver that begins anew is told of them again. */
	resolver_remove_oxid(rig.resolver, rig.oxid);
	assert_int_equal(resolver_add_oxid(rig.resolver, &(struct resolver_exporter){ .major = 5 },
					   rig.oxid),
			 0);
	assert_int_equal(exporter_announce(rig.exporter), 0);
	assert_int_equal(resolver_counts(rig.resolver).oids, 7);
	rig_done(&rig);
}

static void names_follow_from_the_secret(void **state)
{
	GUID secret, unknown, again;
	uint64_t oxid, same;

	guid_random(&secret);
	exporter_names(&secret, &oxid, &unknown);
	exporter_names(&secret, &same, &again);
	assert_int_equal(oxid, same);
	assert_true(IsEqualGUID(&unknown, &again));
	assert_int_equal(exporter_oxid_of(&unknown), oxid);
	secret.Data1++;
	exporter_names(&secret, &same, &again);
	assert_int_not_equal(oxid, same);
}

static void what_is_left_goes_with_the_exporter(void **state)
{
	struct rig rig;
	struct objref a;

	assert_int_equal(rig_init(&rig), 0);
	for (int i = 0; i < 10; i++) {
		IUnknown *object = plain_new();

		assert_int_equal(exporter_marshal(rig.exporter, object, &IID_IDispatch,
						  MSHLFLAGS_NORMAL, 0, &a),
				 S_OK);
		release(object);
	}
	assert_int_equal(alive, 10);
	rig_done(&rig);
}

static int all_of_it(void)
{
	struct rig rig;
	struct objref a;
	struct objref_std std;
	IUnknown *object = plain_try();
	HRESULT hr = S_OK;

	if (!object)
		return -ENOMEM;
	int r = rig_init(&rig);

	if (r == 0)
		hr = exporter_marshal(rig.exporter, object, &IID_IDispatch, MSHLFLAGS_NORMAL, 0,
				      &a);
	if (r == 0 && SUCCEEDED(hr))
		hr = exporter_query(rig.exporter, &a.std.ipid, &IID_IUnknown, 1, 0, &std);
	if (r == 0 && SUCCEEDED(hr))
		hr = exporter_add_ref(rig.exporter, &a.std.ipid, 1, 1, "c");
	if (FAILED(hr))
		assert_int_equal(hr, E_OUTOFMEMORY);
	release(object);
	rig_done(&rig);
	return FAILED(hr) ? -ENOMEM : r;
}

static void it_survives_each_failing_allocation(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, all_of_it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_live_as_long_as_their_references),
		cmocka_unit_test(interfaces_are_asked_for_by_ipid),
		cmocka_unit_test(private_references_are_their_clients),
		cmocka_unit_test(a_call_keeps_its_object),
		cmocka_unit_test(references_that_come_home_are_the_objects_themselves),
		cmocka_unit_test(objects_of_dead_clients_are_reclaimed),
		cmocka_unit_test(objects_in_tables_are_not_reclaimed),
		cmocka_unit_test(releases_in_excess_leave_tables_alone),
		cmocka_unit_test(objects_are_announced_many_at_a_time),
		cmocka_unit_test(names_follow_from_the_secret),
		cmocka_unit_test(what_is_left_goes_with_the_exporter),
		cmocka_unit_test(it_survives_each_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
