/* SPDX-License-Identifier: Apache-2.0 */
/* Classes in the registry: what registering writes, what removing leaves, what is published. */
#include "../state.h"
#include "../unit.h"

#include "base/mem.h"
#include "com/class.h"
#include "com/classes.h"
#include "registry/classes.h"

#include <errno.h>

#define CLSID_TEXT "{b2d5f7c4-6e0b-4c1c-9b57-6c4d3a0e6f11}"
#define APP_TEXT "{00000009-0000-0000-0000-000000000000}"
#define CLSID_KEY "{B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11}"
#define KEY "HKCR\\CLSID\\" CLSID_KEY

static const SURROGATE_CLASS basket = { CLSID_TEXT, "Shop.Basket.1", "Shop.Basket",
					"A basket", "Both",          APP_TEXT };
static const CLSID basket_clsid = {
	0xB2D5F7C4, 0x6E0B, 0x4C1C, { 0x9B, 0x57, 0x6C, 0x4D, 0x3A, 0x0E, 0x6F, 0x11 }
};

static struct registry *open_registry(const char *dir)
{
	struct registry *r = NULL;
	struct error err;

	if (registry_open(dir, &r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

static void expect(struct registry *r, const char *key, const char *name, const char *want)
{
	char *value = NULL;
	int e = registry_get_string(r, key, name, &value);

	if (e && want)
		fail_msg("%s\\%s is not there", key, name);
	if (want)
		assert_string_equal(value, want);
	else
		assert_int_equal(e, -ENOENT);
	mem_free(value);
}

static void add(struct registry *r, const char *module, const SURROGATE_CLASS *class)
{
	struct error err;

	if (registry_class_add(r, module, class, &err) < 0)
		fail_msg("%s", err.text);
}

static void registering_writes_the_keys_of_windows(void **state)
{
	struct registry *r = open_registry(*state);
	SURROGATE_CLASS plain = { CLSID_TEXT, NULL, NULL, NULL, NULL, NULL };

	add(r, "/srv/basket.so", &basket);
	expect(r, KEY, "", "A basket");
	expect(r, KEY, "AppID", APP_TEXT);
	expect(r, KEY "\\InprocServer32", "", "/srv/basket.so");
	expect(r, KEY "\\InprocServer32", "ThreadingModel", "Both");
	expect(r, KEY "\\ProgID", "", "Shop.Basket.1");
	expect(r, KEY "\\VersionIndependentProgID", "", "Shop.Basket");
	expect(r, "HKCR\\Shop.Basket.1\\CLSID", "", CLSID_KEY);
	expect(r, "HKCR\\Shop.Basket\\CLSID", "", CLSID_KEY);
	expect(r, "HKCR\\Shop.Basket\\CurVer", "", "Shop.Basket.1");
	expect(r, "HKCR\\AppID\\" APP_TEXT, "DllSurrogate", "");
	/* Again, saying less: nothing of before stays at the class. */
	add(r, "/srv/other.so", &plain);
	expect(r, KEY "\\InprocServer32", "", "/srv/other.so");
	expect(r, KEY "\\InprocServer32", "ThreadingModel", NULL);
	expect(r, KEY, "AppID", NULL);
	registry_close(r);
}

static void removing_leaves_what_means_another_class(void **state)
{
	struct registry *r = open_registry(*state);

	add(r, "/srv/basket.so", &basket);
	assert_int_equal(registry_set_string(r, "HKCR\\Shop.Basket\\CLSID", "",
					     "{00000001-0000-0000-0000-000000000000}"),
			 0);
	assert_int_equal(registry_class_remove(r, &basket, NULL), 0);
	expect(r, KEY, "", NULL);
	expect(r, "HKCR\\Shop.Basket.1\\CLSID", "", NULL);
	expect(r, "HKCR\\Shop.Basket\\CLSID", "", "{00000001-0000-0000-0000-000000000000}");
	assert_int_equal(registry_class_remove(r, &basket, NULL), 0); /* it is gone already */
	registry_close(r);
}

static struct classes *published(void)
{
	struct error err = { 0 };
	struct classes *classes = classes_now(&err);

	if (!classes)
		fail_msg("%s", err.text);
	return classes;
}

static void what_is_registered_is_published(void **state)
{
	struct registry *r = open_registry(*state);
	const struct classes_class *class;
	struct classes *classes;

	assert_int_equal(classes_configure(*state), 0);
	assert_int_equal(registry_classes_publish(r, *state, NULL), 0);
	classes = published();
	assert_null(classes_at(classes, 0));
	classes_unref(classes);

	add(r, "/srv/basket.so", &basket);
	/* Keys that are no class, and names of none. */
	registry_set_string(r, "HKCR\\CLSID\\nonsense", "", "x");
	registry_set_string(r, "HKCR\\.txt", "", "txtfile");
	registry_set_string(r, "HKCR\\Odd.Name\\CLSID", "", "{1}");
	registry_set_string(r, "HKCR\\CLSID\\{00000002-0000-0000-0000-000000000000}", "AppID", "?");
	registry_set_string(r, "HKCR\\AppID\\" APP_TEXT, "RemoteServerName", "server.example");
	assert_int_equal(registry_classes_publish(r, *state, NULL), 0);
	classes = published();
	class = classes_find_name(classes, TEXT("shop.basket"));
	assert_non_null(class);
	assert_ptr_equal(class, classes_find(classes, &basket_clsid));
	assert_string_equal(class->server, "/srv/basket.so");
	assert_string_equal(class->process, "");
	assert_string_equal(class->remote, "server.example");
	assert_int_equal(class->appid.Data1, 9);
	assert_non_null(classes_at(classes, 1));
	assert_null(classes_at(classes, 2));
	assert_null(classes_find_name(classes, TEXT("Odd.Name")));
	classes_unref(classes);

	/* Changed by hand: published when the registry is closed. */
	assert_int_equal(
		registry_delete_value(r, "HKEY_CLASSES_ROOT\\AppID\\" APP_TEXT, "DllSurrogate"), 0);
	registry_close(r);
	classes = published();
	assert_null(classes_find(classes, &basket_clsid)->process);
	classes_unref(classes);

	/* Other keys are no reason. */
	struct classes *before = published();

	r = open_registry(*state);
	registry_set_string(r, "HKLM\\Software\\Shop", "", "x");
	registry_close(r);
	classes = published();
	assert_ptr_equal(classes, before);
	classes_unref(classes);
	classes_unref(before);
}

static char *folder;

static int publish_once(void)
{
	struct registry *r = NULL;
	int e = registry_open(folder, &r, NULL);

	if (!e)
		e = registry_class_add(r, "/srv/basket.so", &basket, NULL);
	if (!e)
		e = registry_classes_publish(r, folder, NULL);
	registry_close(r);
	return e;
}

static void without_memory_nothing_is_half_published(void **state)
{
	struct classes *classes;

	folder = *state;
	assert_int_equal(classes_configure(*state), 0);
	assert_int_equal(publish_once(), 0);
	unit_each_fault(FAULT_ALLOC, -ENOMEM, publish_once);
	classes = published();
	assert_non_null(classes_find(classes, &basket_clsid));
	classes_unref(classes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(registering_writes_the_keys_of_windows),
		state_test(removing_leaves_what_means_another_class),
		state_test(what_is_registered_is_published),
		state_test(without_memory_nothing_is_half_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
