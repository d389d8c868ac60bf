/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/resolver.h: tables, ping sets, and what time does to them. */
#include "../unit.h"

#include "base/mem.h"
#include "base/clock.h"
#include "dcom/resolver.h"

#include <errno.h>

#define PERIOD (120 * NSEC_PER_SEC)

struct rig {
	struct resolver *resolver;
	uint64_t oxid;
	uint64_t reclaimed[300];
	size_t count;
	bool keep; /* what reclaim says */
};

static bool reclaim(void *ctx, uint64_t oxid, uint64_t oid, int64_t now)
{
	struct rig *rig = ctx;

	assert_int_equal(oxid, rig->oxid);
	if (rig->keep)
		return false;
	rig->reclaimed[rig->count++] = oid;
	return true;
}

static void rig_init(struct rig *rig)
{
	struct resolver_options options = { .reclaim = reclaim, .ctx = rig };
	struct resolver_exporter exporter = { .authn_hint = 5, .major = 5, .minor = 7 };

	memset(rig, 0, sizeof *rig);
	assert_int_equal(resolver_new(&options, &rig->resolver), 0);
	assert_int_equal(bindings_add_string(&exporter.bindings, "here", 1024), 0);
	rig->oxid = 0x0123456789abcdef;
	assert_int_equal(resolver_add_oxid(rig->resolver, &exporter, rig->oxid), 0);
}

static uint64_t new_oid(struct rig *rig, int64_t now)
{
	static uint64_t last;

	assert_int_equal(resolver_add_oid(rig->resolver, rig->oxid, ++last, true, now), 0);
	return last;
}

static enum resolver_status ping(struct rig *rig, uint64_t *set, uint16_t sequence, uint64_t add,
				 uint64_t del, int64_t now)
{
	struct resolver_ping p = { *set, sequence, &add, &del, add != 0, del != 0, "client" };
	enum resolver_status status = resolver_complex_ping(rig->resolver, &p, now);

	*set = p.set;
	return status;
}

static void exporters_are_found_by_number(void **state)
{
	struct rig rig;
	struct resolver_exporter got;

	rig_init(&rig);
	assert_int_equal(resolver_resolve(rig.resolver, rig.oxid, &got), RESOLVER_OK);
	assert_string_equal(got.bindings.strings[0].address, "here[1024]");
	assert_int_equal(got.minor, 7);
	assert_int_equal(resolver_resolve(rig.resolver, rig.oxid + 1, &got), OR_INVALID_OXID);
	new_oid(&rig, 0);
	resolver_remove_oxid(rig.resolver, rig.oxid);
	assert_int_equal(resolver_counts(rig.resolver).oids, 0);
	assert_int_equal(resolver_resolve(rig.resolver, rig.oxid, &got), OR_INVALID_OXID);
	assert_int_equal(resolver_add_oid(rig.resolver, rig.oxid, 7, true, 0), -ENOENT);
	resolver_free(rig.resolver);
}

static void numbers_are_taken_once(void **state)
{
	struct resolver_exporter other = { .uid = 7, .major = 5 };
	struct rig rig;

	rig_init(&rig);
	uint64_t oid = new_oid(&rig, 0), oxid = rig.oxid + 1;

	assert_int_equal(resolver_add_oxid(rig.resolver, &other, rig.oxid), -EEXIST);
	assert_int_equal(resolver_add_oxid(rig.resolver, &other, 0), -EEXIST);
	assert_int_equal(resolver_add_oxid(rig.resolver, &other, oxid), 0);
	assert_int_equal(resolver_add_oid(rig.resolver, oxid, oid, true, 0), -EEXIST);
	/* One exporter removes no objects of another. */
	resolver_remove_oid(rig.resolver, oxid, oid);
	assert_int_equal(resolver_counts(rig.resolver).oids, 1);
	/* What is told again is there once. */
	assert_int_equal(resolver_add_oid(rig.resolver, rig.oxid, oid, true, 0), 0);
	assert_int_equal(resolver_count_of(rig.resolver, 0).oids, 1);
	assert_int_equal(resolver_count_of(rig.resolver, 0).oxids, 1);
	assert_int_equal(resolver_count_of(rig.resolver, 7).oxids, 1);
	assert_int_equal(resolver_count_of(rig.resolver, 7).oids, 0);
	resolver_remove_oid(rig.resolver, rig.oxid, oid);
	assert_int_equal(resolver_counts(rig.resolver).oids, 0);
	resolver_free(rig.resolver);
}

static void pinged_objects_stay(void **state)
{
	struct rig rig;
	uint64_t set = 0;

	rig_init(&rig);
	uint64_t oid = new_oid(&rig, 0);

	assert_int_equal(ping(&rig, &set, 1, oid, 0, 0), RESOLVER_OK);
	assert_int_not_equal(set, 0);
	for (int i = 1; i < 20; i++) {
		assert_int_equal(resolver_simple_ping(rig.resolver, set, i * PERIOD), RESOLVER_OK);
		assert_int_equal(resolver_collect(rig.resolver, i * PERIOD), 0);
	}
	/* The last ping was at 19: one nanosecond before 22 it still lives. */
	assert_int_equal(resolver_collect(rig.resolver, 22 * PERIOD - 1), 0);
	assert_int_equal(resolver_collect(rig.resolver, 22 * PERIOD), 1);
	assert_int_equal(rig.reclaimed[0], oid);
	assert_int_equal(resolver_simple_ping(rig.resolver, set, 22 * PERIOD), OR_INVALID_SET);
	assert_int_equal(resolver_counts(rig.resolver).oids, 0);
	assert_int_equal(resolver_counts(rig.resolver).sets, 0);
	resolver_free(rig.resolver);
}

static void objects_nobody_pings_go_unless_they_are_called(void **state)
{
	struct rig rig;
	const uint64_t never = 1u << 20;

	rig_init(&rig);
	uint64_t oid = new_oid(&rig, 0);

	assert_int_equal(resolver_add_oid(rig.resolver, rig.oxid, never, false, 0), 0);
	assert_int_equal(resolver_collect(rig.resolver, 3 * PERIOD - 1), 0);
	rig.keep = true;
	assert_int_equal(resolver_collect(rig.resolver, 3 * PERIOD), 0);
	rig.keep = false;
	assert_int_equal(resolver_collect(rig.resolver, 6 * PERIOD - 1), 0);
	assert_int_equal(resolver_collect(rig.resolver, 6 * PERIOD), 1);
	assert_int_equal(rig.reclaimed[0], oid);
	assert_int_equal(resolver_collect(rig.resolver, 100 * PERIOD), 0); /* is not pinged */
	assert_int_equal(resolver_counts(rig.resolver).oids, 1);
	resolver_free(rig.resolver);
}

static void sets_change_by_complex_pings(void **state)
{
	struct rig rig;
	uint64_t set = 0, other = 0;

	rig_init(&rig);
	uint64_t a = new_oid(&rig, 0), b = new_oid(&rig, 0);

	assert_int_equal(ping(&rig, &set, 5, a, 0, 0), RESOLVER_OK);
	assert_int_equal(ping(&rig, &other, 1, a, 0, 0), RESOLVER_OK);
	uint64_t same = set;

	assert_int_equal(ping(&rig, &set, 6, b, a, PERIOD), RESOLVER_OK);
	assert_int_equal(set, same);
	/* Adding twice counts once. */
	assert_int_equal(ping(&rig, &set, 7, b, 0, PERIOD), RESOLVER_OK);
	assert_int_equal(ping(&rig, &set, 8, 0, b, 3 * PERIOD), RESOLVER_OK);
	/* `other` has been silent since 0, but `set` has had a until 1. */
	assert_int_equal(resolver_collect(rig.resolver, 4 * PERIOD - 1), 0);
	assert_int_equal(resolver_collect(rig.resolver, 4 * PERIOD), 1);
	assert_int_equal(rig.reclaimed[0], a);
	assert_int_equal(resolver_collect(rig.resolver, 6 * PERIOD - 1), 0);
	assert_int_equal(resolver_collect(rig.resolver, 6 * PERIOD), 1);
	assert_int_equal(rig.reclaimed[1], b);
	resolver_free(rig.resolver);
}

static void late_pings_do_nothing(void **state)
{
	struct rig rig;
	uint64_t set = 0;

	rig_init(&rig);
	uint64_t a = new_oid(&rig, 0);

	assert_int_equal(ping(&rig, &set, 9, a, 0, 0), RESOLVER_OK);
	assert_int_equal(ping(&rig, &set, 8, 0, a, PERIOD), RESOLVER_OK);
	/* Neither was the object removed, nor the set's time begun anew. */
	assert_int_equal(resolver_collect(rig.resolver, 3 * PERIOD), 1);
	assert_int_equal(resolver_counts(rig.resolver).sets, 0);
	resolver_free(rig.resolver);
}

static void numbers_of_pings_begin_anew(void **state)
{
	struct rig rig;
	uint64_t set = 0;

	rig_init(&rig);
	uint64_t a = new_oid(&rig, 0);

	assert_int_equal(ping(&rig, &set, 65535, 0, 0, 0), RESOLVER_OK);
	assert_int_equal(ping(&rig, &set, 0, a, 0, PERIOD), RESOLVER_OK);
	/* It was added, and the set's time began anew. */
	assert_int_equal(resolver_collect(rig.resolver, 4 * PERIOD - 1), 0);
	assert_int_equal(ping(&rig, &set, 65535, 0, a, 4 * PERIOD - 1), RESOLVER_OK);
	assert_int_equal(resolver_collect(rig.resolver, 4 * PERIOD), 1);
	resolver_free(rig.resolver);
}

static void what_is_not_there_stops_no_other_change(void **state)
{
	struct rig rig;
	uint64_t set = 0;

	rig_init(&rig);
	uint64_t gone = new_oid(&rig, 0), more = new_oid(&rig, 0);

	assert_int_equal(ping(&rig, &set, 1, gone, 0, 0), RESOLVER_OK);
	uint64_t add[] = { 12345, more };
	struct resolver_ping both = { set, 2, add, &gone, 2, 1, "client" };

	assert_int_equal(resolver_complex_ping(rig.resolver, &both, PERIOD), OR_INVALID_OID);
	assert_int_equal(resolver_simple_ping(rig.resolver, set, 3 * PERIOD), RESOLVER_OK);
	assert_int_equal(resolver_collect(rig.resolver, 4 * PERIOD), 1);
	assert_int_equal(rig.reclaimed[0], gone);
	assert_int_equal(resolver_counts(rig.resolver).oids, 1);
	resolver_free(rig.resolver);
}

static void unknown_numbers_are_said(void **state)
{
	struct rig rig;
	uint64_t set = 77, fresh = 0;

	rig_init(&rig);
	assert_int_equal(resolver_simple_ping(rig.resolver, 77, 0), OR_INVALID_SET);
	assert_int_equal(ping(&rig, &set, 1, 0, 0, 0), OR_INVALID_SET);
	assert_int_equal(set, 77);
	/* In a new set what does not exist is left out (3.1.2.5.1.3). */
	assert_int_equal(ping(&rig, &fresh, 1, 12345, 0, 0), RESOLVER_OK);
	assert_int_equal(ping(&rig, &fresh, 2, 12345, 0, 0), OR_INVALID_OID);
	assert_int_equal(ping(&rig, &fresh, 3, 0, 12345, 0), RESOLVER_OK);
	resolver_free(rig.resolver);
}

static void one_client_has_so_many_sets_and_not_more(void **state)
{
	struct rig rig;

	rig_init(&rig);
	for (int i = 0; i < RESOLVER_SETS_PER_CLIENT; i++) {
		uint64_t set = 0;

		assert_int_equal(ping(&rig, &set, 1, 0, 0, 0), RESOLVER_OK);
	}
	uint64_t set = 0;
	struct resolver_ping other = { .client = "another" };

	assert_int_equal(ping(&rig, &set, 1, 0, 0, 0), RESOLVER_NO_MEMORY);
	assert_int_equal(set, 0);
	assert_int_equal(resolver_complex_ping(rig.resolver, &other, 0), RESOLVER_OK);
	resolver_collect(rig.resolver, 3 * PERIOD);
	assert_int_equal(ping(&rig, &set, 1, 0, 0, 3 * PERIOD), RESOLVER_OK);
	resolver_free(rig.resolver);
}

/* Sets that name the same objects cost as much as sets of different ones. */
static void one_client_holds_so_much_and_not_more(void **state)
{
	uint64_t *oids = test_calloc(50000, sizeof *oids);
	struct rig rig;

	rig_init(&rig);
	for (uint64_t i = 0; i < 50000; i++) {
		oids[i] = i + 1;
		assert_int_equal(resolver_add_oid(rig.resolver, rig.oxid, oids[i], true, 0), 0);
	}
	struct resolver_ping all = { .add = oids, .add_count = 50000, .client = "one" };
	int made = 0;

	for (; resolver_complex_ping(rig.resolver, &all, 0) == RESOLVER_OK; made++)
		all.set = 0;
	assert_int_equal(made, RESOLVER_CLIENT_OIDS_MAX / 50000);
	all.client = "another";
	assert_int_equal(resolver_complex_ping(rig.resolver, &all, 0), RESOLVER_OK);
	resolver_free(rig.resolver);
	test_free(oids);
}

static void many_objects_go_at_once(void **state)
{
	struct rig rig;

	rig_init(&rig);
	for (size_t i = 0; i < ARRAY_LEN(rig.reclaimed); i++)
		new_oid(&rig, 0);
	assert_int_equal(resolver_collect(rig.resolver, 3 * PERIOD), ARRAY_LEN(rig.reclaimed));
	assert_int_equal(resolver_counts(rig.resolver).oids, 0);
	resolver_free(rig.resolver);
}

static int all_of_it(void)
{
	struct resolver_options options = { .reclaim = NULL };
	struct resolver_exporter exporter = { .major = 5 };
	struct resolver *resolver = NULL;
	uint64_t oxid = 3, oid = 4;
	struct resolver_ping p = { .add = &oid, .add_count = 1, .client = "c" };
	int r = resolver_new(&options, &resolver);

	if (r == 0)
		r = resolver_add_oxid(resolver, &exporter, oxid);
	if (r == 0)
		r = resolver_add_oid(resolver, oxid, oid, true, 0);
	if (r == 0 && resolver_complex_ping(resolver, &p, 0) == RESOLVER_NO_MEMORY)
		r = -ENOMEM;
	if (resolver) {
		if (r < 0)
			assert_int_equal(resolver_counts(resolver).sets, 0);
		resolver_collect(resolver, 10 * PERIOD);
		assert_int_equal(resolver_counts(resolver).oids, 0);
	}
	resolver_free(resolver);
	return r;
}

static void it_survives_each_failing_allocation(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, all_of_it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exporters_are_found_by_number),
		cmocka_unit_test(numbers_are_taken_once),
		cmocka_unit_test(pinged_objects_stay),
		cmocka_unit_test(objects_nobody_pings_go_unless_they_are_called),
		cmocka_unit_test(sets_change_by_complex_pings),
		cmocka_unit_test(late_pings_do_nothing),
		cmocka_unit_test(numbers_of_pings_begin_anew),
		cmocka_unit_test(what_is_not_there_stops_no_other_change),
		cmocka_unit_test(unknown_numbers_are_said),
		cmocka_unit_test(one_client_has_so_many_sets_and_not_more),
		cmocka_unit_test(one_client_holds_so_much_and_not_more),
		cmocka_unit_test(many_objects_go_at_once),
		cmocka_unit_test(it_survives_each_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
