/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of registry/registry.h. */
#include "../unit.h"
#include "../state.h"

#include "base/fault.h"
#include "base/mem.h"
#include "registry/registry.h"

#include <errno.h>
#include <sys/stat.h>

#define SERVICE "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W3SVC"

static struct registry *open_registry(const char *dir)
{
	struct registry *r = NULL;
	struct error err;
	if (registry_open(dir, &r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

static void values_come_back_with_their_type(void **state)
{
	struct registry *r = open_registry(*state);
	uint32_t n = 0;
	char *s = NULL;
	assert_int_equal(registry_get_dword(r, SERVICE, "Start", &n), -ENOENT);
	assert_int_equal(registry_set_dword(r, SERVICE, "Start", 0xfedcba98), 0);
	assert_int_equal(registry_set_string(r, SERVICE, "ImagePath", "inetinfo é"), 0);
	registry_close(r);
	r = open_registry(*state);
	assert_int_equal(registry_get_dword(r, SERVICE, "start", &n), 0);
	assert_int_equal(n, 0xfedcba98);
	assert_int_equal(registry_get_string(r,
					     "hkey_local_machine\\system\\CURRENTCONTROLSET"
					     "\\services\\w3svc",
					     "IMAGEPATH", &s),
			 0);
	assert_string_equal(s, "inetinfo é");
	mem_free(s);
	assert_int_equal(registry_get_string(r, SERVICE, "Start", &s), -EINVAL);
	assert_int_equal(registry_get_dword(r, SERVICE, "ImagePath", &n), -EINVAL);
	assert_int_equal(registry_set_string(r, SERVICE, "Start", ""), 0); /* the type may change */
	assert_int_equal(registry_get_string(r, SERVICE, "Start", &s), 0);
	assert_string_equal(s, "");
	mem_free(s);
	registry_close(r);
	assert_null(registry_close(NULL));
}

static void bad_paths_are_refused(void **state)
{
	struct registry *r = open_registry(*state);
	char deep[256] = "HKLM";
	char *wide = mem_zalloc(1, 300);
	for (int i = 0; i < REGISTRY_DEPTH_MAX; i++)
		strcat(deep, "\\k");
	memset(wide, 'n', 256);
	assert_int_equal(registry_set_dword(r, "", "v", 1), -EINVAL);
	assert_int_equal(registry_set_dword(r, "HKXX\\a", "v", 1), -EINVAL);
	assert_int_equal(registry_set_dword(r, "HKLM\\\\a", "v", 1), -EINVAL);
	assert_int_equal(registry_set_dword(r, "HKLM\\a\\", "v", 1), -EINVAL);
	assert_int_equal(registry_set_dword(r, "HKLM\\\xff", "v", 1), -EINVAL);
	assert_int_equal(registry_set_dword(r, deep, "v", 1), -EINVAL);
	assert_int_equal(registry_set_dword(r, "HKLM\\a", wide, 1), -EINVAL);
	assert_int_equal(registry_delete_key(r, "HKLM\\a"), -ENOENT); /* nothing was left behind */
	deep[strlen(deep) - 2] = '\0';
	assert_int_equal(registry_set_dword(r, deep, "v", 1), 0);
	char *big = mem_alloc(REGISTRY_VALUE_MAX + 2);
	memset(big, 'x', REGISTRY_VALUE_MAX + 1);
	big[REGISTRY_VALUE_MAX + 1] = '\0';
	assert_int_equal(registry_set_string(r, "HKLM\\a", "v", big), -E2BIG);
	big[REGISTRY_VALUE_MAX] = '\0';
	assert_int_equal(registry_set_string(r, "HKLM\\a", "v", big), 0);
	mem_free(big);
	mem_free(wide);
	registry_close(r);
}

static char names[256];

static int collect_key(void *ctx, const char *name)
{
	strcat(strcat(names, name), " ");
	return ctx && !strcmp(name, ctx) ? 5 : 0;
}

static int collect_value(void *ctx, const char *name, enum registry_type type, const void *data,
			 size_t length)
{
	char text[64];
	snprintf(text, sizeof(text), "%s:%d:%zu ", name, (int)type, length);
	strcat(names, text);
	/* A callback may change what it walks over. */
	return registry_delete_value(ctx, "HKLM\\s", name);
}

static void enumeration_is_in_name_order(void **state)
{
	struct registry *r = open_registry(*state);
	registry_set_dword(r, "HKLM\\s\\beta", "x", 1);
	registry_set_dword(r, "HKLM\\s\\Alpha", "x", 1);
	registry_set_dword(r, "HKLM\\s\\gamma", "x", 1);
	registry_set_dword(r, "HKLM\\s", "Two", 1);
	registry_set_string(r, "HKLM\\s", "one", "12345");
	names[0] = '\0';
	assert_int_equal(registry_each_key(r, "HKLM\\s", collect_key, NULL), 0);
	assert_string_equal(names, "Alpha beta gamma ");
	names[0] = '\0';
	assert_int_equal(registry_each_key(r, "HKLM\\s", collect_key, (char *)"beta"), 5);
	assert_string_equal(names, "Alpha beta ");
	names[0] = '\0';
	assert_int_equal(registry_each_value(r, "HKLM\\s", collect_value, r), 0);
	assert_string_equal(names, "one:1:5 Two:4:4 ");
	assert_int_equal(registry_each_key(r, "HKLM\\none", collect_key, NULL), -ENOENT);
	registry_close(r);
}

static void deleting_a_key_takes_all_below(void **state)
{
	struct registry *r = open_registry(*state);
	uint32_t n;
	registry_set_dword(r, "HKLM\\a\\b\\c", "v", 1);
	registry_set_dword(r, "HKLM\\ab", "v", 2);
	assert_int_equal(registry_delete_key(r, "HKLM\\A"), 0);
	assert_int_equal(registry_get_dword(r, "HKLM\\a\\b\\c", "v", &n), -ENOENT);
	assert_int_equal(registry_get_dword(r, "HKLM\\ab", "v", &n), 0);
	assert_int_equal(registry_delete_key(r, "HKLM\\a"), -ENOENT);
	assert_int_equal(registry_delete_value(r, "HKLM\\ab", "V"), 0);
	assert_int_equal(registry_delete_value(r, "HKLM\\ab", "v"), -ENOENT);
	registry_close(r);
}

static void the_file_is_private(void **state)
{
	char path[600];
	struct stat st;
	registry_close(open_registry(*state));
	snprintf(path, sizeof(path), "%s/registry.db", (char *)*state);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

#ifdef SURROGATE_FAULTS
static void a_failed_write_changes_nothing(void **state)
{
	struct registry *r = open_registry(*state);
	uint32_t n = 0;
	assert_int_equal(registry_set_dword(r, "HKLM\\a", "v", 1), 0);
	fault_arm(FAULT_FSYNC, 1, false);
	assert_int_equal(registry_set_dword(r, "HKLM\\a", "v", 2), -EIO);
	assert_int_equal(registry_get_dword(r, "HKLM\\a", "v", &n), 0);
	assert_int_equal(n, 1);
	registry_close(r);
	fault_arm(FAULT_OPEN, 1, false);
	assert_int_equal(registry_open(*state, &r, NULL), -EMFILE);
	fault_arm(FAULT_ALLOC, 1, false);
	assert_int_equal(registry_open(*state, &r, NULL), -ENOMEM);
	fault_arm(FAULT_ALLOC, 0, false);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(values_come_back_with_their_type),
		state_test(bad_paths_are_refused),
		state_test(enumeration_is_in_name_order),
		state_test(deleting_a_key_takes_all_below),
		state_test(the_file_is_private),
#ifdef SURROGATE_FAULTS
		state_test(a_failed_write_changes_nothing),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
