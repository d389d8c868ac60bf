/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/orpc.h: versions, extensions. */
#include "../unit.h"

#include "dcom/bindings.h"
#include "dcom/orpc.h"

#include <errno.h>

static void servers_take_clients_up_to_their_own_version(void **state)
{
	for (uint16_t minor = 1; minor <= 7; minor++)
		assert_int_equal(orpc_accept(&(COMVERSION){ 5, minor }), S_OK);
	assert_int_equal(orpc_accept(&(COMVERSION){ 5, 8 }), RPC_E_VERSION_MISMATCH);
	assert_int_equal(orpc_accept(&(COMVERSION){ 4, 7 }), RPC_E_VERSION_MISMATCH);
	assert_int_equal(orpc_accept(&(COMVERSION){ 6, 0 }), RPC_E_VERSION_MISMATCH);
}

static void clients_take_the_lower_version(void **state)
{
	COMVERSION v = { 0 };

	assert_true(orpc_negotiate(&(COMVERSION){ 5, 9 }, &v));
	assert_int_equal(v.MinorVersion, 7);
	assert_true(orpc_negotiate(&(COMVERSION){ 5, 4 }, &v));
	assert_int_equal(v.MinorVersion, 4);
	assert_int_equal(v.MajorVersion, 5);
	assert_false(orpc_negotiate(&(COMVERSION){ 5, 0 }, &v));
	assert_false(orpc_negotiate(&(COMVERSION){ 6, 1 }, &v));
}

static void extensions_are_found_by_id(void **state)
{
	struct arena arena;
	static const GUID id = { 1, 2, 3, { 4 } }, other = { 5, 0, 0, { 0 } };

	arena_init(&arena, 1 << 20);
	ORPC_EXTENT_ARRAY *array = orpc_make_extension(&arena, &id, TEXT("hello"));

	assert_non_null(array);
	assert_text(orpc_find_extension(array, &id), "hello");
	assert_null(orpc_find_extension(array, &other).data);
	assert_null(orpc_find_extension(NULL, &id).data);
	assert_null(orpc_make_extension(&arena, &id, (struct text){ "", ORPC_EXTENSION_MAX + 1 }));
	arena_done(&arena);
}

static void bindings_stand_in_parameters(void **state)
{
	struct bindings b = { 0 }, got;
	struct arena arena;

	arena_init(&arena, 1 << 16);
	assert_int_equal(bindings_add_string(&b, "here", 135), 0);
	assert_int_equal(bindings_add_security(&b, AUTHN_WINNT, "x"), 0);
	DUALSTRINGARRAY *array = orpc_make_bindings(&arena, &b);

	assert_non_null(array);
	assert_int_equal(orpc_read_bindings(array, &got), 0);
	assert_string_equal(got.strings[0].address, "here[135]");
	assert_string_equal(got.security[0].principal, "x");
	assert_int_equal(orpc_read_bindings(NULL, &got), -EBADMSG);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_take_clients_up_to_their_own_version),
		cmocka_unit_test(clients_take_the_lower_version),
		cmocka_unit_test(extensions_are_found_by_id),
		cmocka_unit_test(bindings_stand_in_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
