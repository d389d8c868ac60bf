/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/objref.h. */
#include "../unit.h"

#include "base/mem.h"
#include "dcom/objref.h"

#include <errno.h>

static void fill(struct objref *ref, enum objref_kind kind)
{
	memset(ref, 0, sizeof *ref);
	ref->kind = kind;
	ref->iid = (IID){ 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } };
	ref->clsid = (GUID){ 0xabcdef01, 2, 3, { 1 } };
	if (kind == OBJREF_CUSTOM || kind == OBJREF_EXTENDED)
		ref->data = TEXT("context");
	if (kind == OBJREF_CUSTOM)
		return;
	ref->std = (struct objref_std){
		OBJREF_NOPING, 5, 0x1122334455667788, 0x99aabbccddeeff00, { 7, 7, 7, { 7 } }
	};
	assert_int_equal(bindings_add_string(&ref->resolver, "server.test", 0), 0);
	assert_int_equal(bindings_add_security(&ref->resolver, AUTHN_WINNT, ""), 0);
}

static const enum objref_kind kinds[] = { OBJREF_STANDARD, OBJREF_HANDLER, OBJREF_CUSTOM,
					  OBJREF_EXTENDED };

static void print(const struct objref *ref, struct buf *out)
{
	buf_init(out, 4096);
	objref_print(ref, out);
}

static void each_kind_is_read_as_it_was_written(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct objref a, b;
		struct buf out, first, second;

		buf_init(&out, 4096);
		fill(&a, kinds[i]);
		objref_put(&a, &out);
		assert_int_equal(objref_parse(buf_text(&out), &b), 0);
		print(&a, &first);
		print(&b, &second);
		assert_string_equal(buf_cstr(&first), buf_cstr(&second));
		assert_int_equal(a.data.length, b.data.length);
		if (a.data.length)
			assert_memory_equal(a.data.data, b.data.data, a.data.length);
		buf_done(&first);
		buf_done(&second);
		buf_done(&out);
	}
}

static void the_bytes_are_those_of_the_specification(void **state)
{
	static const char expected[] =
		"MEOW\1\0\0\0\1\0\0\0\2\0\3\0\4\5\6\7\10\11\12\13" /* OBJREF, iid */
		"\0\20\0\0\5\0\0\0\x88\x77\x66\x55\x44\x33\x22\x11"
		"\0\xff\xee\xdd\xcc\xbb\xaa\x99\7\0\0\0\7\0\7\0\7\0\0\0\0\0\0\0"
		"\22\0\16\0\7\0s\0e\0r\0v\0e\0r\0.\0t\0e\0s\0t\0\0\0\0\0"
		"\12\0\xff\xff\0\0\0";
	struct objref ref;
	struct buf out;

	buf_init(&out, 4096);
	fill(&ref, OBJREF_STANDARD);
	objref_put(&ref, &out);
	assert_int_equal(out.length, sizeof expected);
	assert_memory_equal(out.data, expected, sizeof expected);
	buf_done(&out);
}

/* Every cut is refused; only what follows OBJREF_CUSTOM's head has no length of its own. */
static void cut_references_are_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct objref ref;
		struct buf out;

		buf_init(&out, 4096);
		fill(&ref, kinds[i]);
		objref_put(&ref, &out);
		size_t least = kinds[i] == OBJREF_CUSTOM ? 48 : out.length;

		for (size_t n = 0; n < least; n++) {
			void *copy = mem_dup(out.data, n); /* so that a read behind it shows */

			assert_int_equal(objref_parse((struct text){ copy, n }, &ref), -EBADMSG);
			mem_free(copy);
		}
		buf_done(&out);
	}
}

static void refused(const struct buf *good, size_t at, char byte)
{
	struct objref ref;
	char *copy = mem_dup(good->data, good->length);

	copy[at] = byte;
	assert_int_equal(objref_parse((struct text){ copy, good->length }, &ref), -EBADMSG);
	mem_free(copy);
}

static void wrong_numbers_are_refused(void **state)
{
	struct objref ref;
	struct buf out;

	buf_init(&out, 4096);
	fill(&ref, OBJREF_EXTENDED);
	objref_put(&ref, &out);
	refused(&out, 0, 'm');
	refused(&out, 4, 0);
	refused(&out, 4, 3);
	refused(&out, 5, 1);
	refused(&out, 64, 0);              /* the first signature of EXTENDED */
	refused(&out, out.length - 40, 2); /* the number of elements */
	refused(&out, out.length - 36, 0); /* the second signature */
	refused(&out, out.length - 16, 9); /* the element's size, above the rounded one */
	refused(&out, out.length - 16, 0);
	buf_clear(&out);
	ref.iid = GUID_NULL;
	objref_put(&ref, &out);
	assert_int_equal(objref_parse(buf_text(&out), &ref), -EBADMSG);
	buf_done(&out);
}

static void custom_references_can_be_written_around_their_data(void **state)
{
	static const GUID iid = { 1, 0, 0, { 0 } }, clsid = { 2, 0, 0, { 0 } };
	struct objref ref;
	struct buf out;

	buf_init(&out, 4096);
	size_t begun = objref_begin_custom(&iid, &clsid, &out);

	buf_puts(&out, "inside");
	objref_end_custom(&out, begun);
	assert_memory_equal(out.data + 44, "\6\0\0\0", 4);
	assert_int_equal(objref_parse(buf_text(&out), &ref), 0);
	assert_true(IsEqualGUID(&ref.clsid, &clsid));
	assert_true(text_equal(ref.data, TEXT("inside")));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_read_as_it_was_written),
		cmocka_unit_test(the_bytes_are_those_of_the_specification),
		cmocka_unit_test(cut_references_are_refused),
		cmocka_unit_test(wrong_numbers_are_refused),
		cmocka_unit_test(custom_references_can_be_written_around_their_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
