/* SPDX-License-Identifier: Apache-2.0 */
/* The class catalog: its file's form, look-up, and that a process notices another file. */
#include "helpers.h"
#include "../state.h"

#include "base/buf.h"
#include "base/sys.h"
#include "com/class.h"
#include "com/classes.h"

#include <errno.h>
#include <sys/stat.h>

#define A "{00000001-0000-0000-0000-000000000000}"
#define B "{00000002-0000-0000-0000-000000000000}"
#define HEAD "surrogate-classes 2\n"

static const CLSID a = { 1, 0, 0, { 0 } }, b = { 2, 0, 0, { 0 } }, c = { 3, 0, 0, { 0 } };
static const GUID app = { 9, 0, 0, { 0 } };

static struct classes *parse(const char *text)
{
	struct classes *classes = NULL;
	struct error err = { 0 };

	if (classes_parse(text_of(text), &classes, &err) < 0)
		fail_msg("%s", err.text);
	return classes;
}

static void test_look_up(void **state)
{
	struct classes *classes = parse(
		HEAD "name\tShop.Cart\t" B "\nclass\t" B "\tShop.Cart\t/srv/cart.so\tBoth\t"
		     "{00000009-0000-0000-0000-000000000000}\t.\tserver.example\tA cart\n"
		     "class\t" A "\t-\t/srv/a.so\t-\t-\t-\t-\t-\nname\tA.a\t" A "\nname\tGone\t"
		     "{00000007-0000-0000-0000-000000000000}\n");
	const struct classes_class *class = classes_find(classes, &b);

	assert_non_null(class);
	assert_string_equal(class->progid, "Shop.Cart");
	assert_string_equal(class->server, "/srv/cart.so");
	assert_string_equal(class->threading, "Both");
	assert_string_equal(class->process, "");
	assert_string_equal(class->remote, "server.example");
	assert_string_equal(class->description, "A cart");
	assert_true(IsEqualGUID(&class->appid, &app));
	assert_ptr_equal(classes_find_name(classes, TEXT("shop.CART")), class);
	class = classes_find_name(classes, TEXT("a.A"));
	assert_ptr_equal(class, classes_find(classes, &a));
	assert_null(class->progid);
	assert_null(class->threading);
	assert_null(class->process);
	assert_null(class->remote);
	assert_null(class->description);
	assert_true(IsEqualGUID(&class->appid, &GUID_NULL));
	assert_null(classes_find_name(classes, TEXT("Gone"))); /* a name of no class */
	assert_null(classes_find_name(classes, TEXT("Shop")));
	assert_null(classes_find(classes, &c));
	assert_non_null(classes_at(classes, 1));
	assert_null(classes_at(classes, 2));
	assert_ptr_equal(classes_ref(classes), classes);
	classes_unref(classes);
	assert_null(classes_unref(classes));
	assert_null(classes_unref(NULL));
	classes = parse(HEAD);
	assert_null(classes_find(classes, &a));
	assert_null(classes_find_name(classes, TEXT("A.a")));
	classes_unref(classes);
}

static void test_ill_formed(void **state)
{
	static const char *const wrong[] = {
		"",
		"surrogate-classes 1\n",
		HEAD "\n",
		HEAD "klass\t" A "\n",
		HEAD "name\tA.a\n",
		HEAD "name\tA.a\t" A "\tmore\n",
		HEAD "name\t\t" A "\n",
		HEAD "name\tA.a\t{0}\n",
		HEAD "class\t" A "\t-\t-\t-\t-\t-\t-\n",
		HEAD "class\t" A "\t-\t-\t-\t-\t-\t-\t-\t-\n",
		HEAD "class\t" A "\t-\t-\t-\t-\t-\t-\t-\t\n",
		HEAD "class\t" A "\t-\t-\t-\tapp\t-\t-\t-\n",
		HEAD "name\tA.a\t" A "\nname\ta.A\t" B "\n",
		HEAD "class\t" A "\t-\t-\t-\t-\t-\t-\t-\nclass\t" A "\t-\t-\t-\t-\t-\t-\t-\n",
		HEAD "name\tA\x01\t" A "\n",
		HEAD "name\tA\xff\t" A "\n",
	};
	struct classes *classes = NULL;
	struct error err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (classes_parse(text_of(wrong[i]), &classes, &err) != -EBADMSG)
			fail_msg("taken for a catalog: %s", wrong[i]);
		assert_null(classes);
		assert_true(err.text[0]);
	}
}

static void test_limits(void **state)
{
	struct classes *classes = NULL;
	struct buf out;

	buf_init(&out, CLASSES_BYTES_MAX);
	classes_put_head(&out);
	for (uint32_t i = 0; i <= CLASSES_MAX; i++) {
		char name[32];

		snprintf(name, sizeof(name), "N%u", i);
		assert_int_equal(classes_put_name(&out, name, &a), 0);
		if (i == CLASSES_MAX - 1) {
			assert_int_equal(classes_parse(buf_text(&out), &classes, NULL), 0);
			classes_unref(classes);
		}
	}
	assert_int_equal(classes_parse(buf_text(&out), &classes, NULL), -ENOBUFS);
	buf_done(&out);
}

static void test_writing(void **state)
{
	struct classes_class class = { .clsid = b,
				       .progid = "Shop.Cart",
				       .server = "/srv/a b.so",
				       .threading = "Both",
				       .appid = app,
				       .process = "",
				       .description = "Ein Korb für alle" };
	struct classes *classes;
	struct buf out;

	buf_init(&out, 4096);
	classes_put_head(&out);
	assert_int_equal(classes_put_class(&out, &class), 0);
	assert_int_equal(classes_put_name(&out, "Shop.Cart", &b), 0);
	size_t length = out.length;

	class.server = "/srv/a\tb.so";
	assert_int_equal(classes_put_class(&out, &class), -EINVAL);
	class.server = "/srv/a\nb.so";
	assert_int_equal(classes_put_class(&out, &class), -EINVAL);
	assert_int_equal(classes_put_name(&out, "", &b), -EINVAL);
	assert_int_equal(classes_put_name(&out, "a\tb", &b), -EINVAL);
	assert_int_equal(out.length, length);
	classes = parse(buf_cstr(&out));
	assert_string_equal(classes_find(classes, &b)->server, "/srv/a b.so");
	assert_string_equal(classes_find(classes, &b)->description, "Ein Korb für alle");
	classes_unref(classes);
	buf_done(&out);
}

static bool parse_any(void *ctx)
{
	struct classes *classes = NULL;
	int r = classes_parse(TEXT(HEAD "name\tA.a\t" A "\nclass\t" A "\t-\t/a\t-\t-\t-\t-\t-\n"),
			      &classes, NULL);

	assert_true(r == 0 || r == -ENOMEM);
	classes_unref(classes);
	return r == 0;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(parse_any, NULL);
}

/* ---- the catalog of this process ---- */

static void publish(const char *state, const char *text)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/" CLASSES_FOLDER, state);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/" CLASSES_FILE, state);
	assert_int_equal(sys_replace_file(path, text, strlen(text), 0644), 0);
}

static void test_now(void **state)
{
	char path[600];
	struct error err = { 0 };
	struct classes *first, *again;

	assert_null(classes_now(NULL)); /* nobody said where */
	assert_int_equal(classes_configure(*state), 0);
	assert_null(classes_now(&err));
	assert_int_equal(err.code, 0); /* no catalog is no error */
	publish(*state, HEAD "class\t" A "\t-\t/a\t-\t-\t-\t-\t-\n");
	first = classes_now(&err);
	assert_non_null(classes_find(first, &a));
	again = classes_now(&err);
	assert_ptr_equal(first, again); /* read once */
	classes_unref(again);
	publish(*state, HEAD "class\t" B "\t-\t/a\t-\t-\t-\t-\t-\n");
	again = classes_now(&err);
	assert_null(classes_find(again, &a));
	assert_non_null(classes_find(again, &b));
	assert_non_null(classes_find(first, &a)); /* who holds the old one keeps it */
	classes_unref(again);
	classes_unref(first);
	publish(*state, "nonsense");
	for (int i = 0; i < 2; i++) {
		err = (struct error){ 0 };
		assert_null(classes_now(&err));
		assert_int_equal(err.code, -EBADMSG);
		assert_non_null(strstr(err.text, "regsvr"));
	}
	snprintf(path, sizeof(path), "%s/" CLASSES_FILE, (char *)*state);
	unlink(path);
	err = (struct error){ 0 };
	assert_null(classes_now(&err));
	assert_int_equal(err.code, 0);
}

static void test_now_without_memory(void **state)
{
	assert_int_equal(classes_configure(*state), 0);
	publish(*state, HEAD);
#ifdef SURROGATE_FAULTS
	for (uint64_t nth = 1; nth < 100; nth++) {
		publish(*state, HEAD);
		fault_arm(FAULT_ALLOC, nth, false);
		struct error err = { 0 };
		struct classes *classes = classes_now(&err);
		bool reached = fault_count(FAULT_ALLOC) >= nth;

		fault_arm(FAULT_ALLOC, 0, false);
		assert_true(classes ? !reached : err.code == -ENOMEM);
		/* What failed is tried again. */
		if (!classes)
			classes = classes_now(NULL);
		assert_non_null(classes);
		classes_unref(classes);
		if (!reached)
			break;
	}
#else
	struct classes *classes = classes_now(NULL);

	assert_non_null(classes);
	classes_unref(classes);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_up),      cmocka_unit_test(test_ill_formed),
		cmocka_unit_test(test_limits),       cmocka_unit_test(test_writing),
		cmocka_unit_test(test_no_memory),    state_test(test_now),
		state_test(test_now_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
