/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/orpc.h: versions, extensions, error information. */
#include "../unit.h"

#include "dcom/bindings.h"
#include "dcom/orpc.h"
#include "ndr/ndr.h"

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

/* Over the wire: ORPCTHAT with the error extension, as a server sends it. */
static void error_information_travels(void **state)
{
	struct orpc_error e = { .iid = { 7, 7, 7, { 7 } },
				.help_context = 1000,
				.source = "Counter",
				.description = "it is br\xc3\xb6ken" };
	struct orpc_error got = { .source = "untouched" };
	ORPCTHAT that = { 0 }, back = { 0 };
	struct ndr_encoder encoder;
	struct ndr_decoder decoder;
	struct arena arena;
	struct buf out;

	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 16);
	that.extensions = orpc_make_error(&arena, &e);
	assert_non_null(that.extensions);
	ndr_encoder_init(&encoder, &out, NULL, NULL);
	assert_int_equal(ndr_encode(&encoder, &ndr_type_ORPCTHAT, &that), 0);
	ndr_encoder_done(&encoder);
	ndr_decoder_init(&decoder, out.data, out.length, NDR_DREP, &arena, 1 << 16, NULL, NULL);
	assert_int_equal(ndr_decode(&decoder, &ndr_type_ORPCTHAT, &back), 0);
	ndr_decoder_done(&decoder);
	assert_int_equal(orpc_read_error(back.extensions, &arena, &got), 0);
	assert_true(IsEqualGUID(&got.iid, &e.iid));
	assert_int_equal(got.help_context, 1000);
	assert_string_equal(got.source, "Counter");
	assert_string_equal(got.description, "it is br\xc3\xb6ken");
	assert_null(got.help_file);
	assert_int_equal(orpc_read_error(NULL, &arena, &got), -ENOENT);
	buf_done(&out);
	arena_done(&arena);
}

static void broken_error_information_is_refused(void **state)
{
	struct orpc_error e = { .description = "words" }, got;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	struct text good = orpc_find_extension(orpc_make_error(&arena, &e), &CLSID_ERROR_EXTENSION);

	assert_non_null(good.data);
	/* The data ends with the signature of a help file that is not there: 4 bytes. */
	for (size_t n = 0; n < good.length; n++) {
		ORPC_EXTENT_ARRAY *cut = orpc_make_extension(&arena, &CLSID_ERROR_EXTENSION,
							     (struct text){ good.data, n });

		if (n > 0)
			assert_int_equal(orpc_read_error(cut, &arena, &got), -EBADMSG);
	}
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
		cmocka_unit_test(error_information_travels),
		cmocka_unit_test(broken_error_information_is_refused),
		cmocka_unit_test(bindings_stand_in_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
