/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of security/identity.h; what holds with root and what without. */
#include "../unit.h"

#include "security/identity.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int give_number(void *ctx, const char *name, uint32_t *ret)
{
	if (!ctx)
		return -EIO;
	*ret = *(uint32_t *)ctx;
	return 0;
}

static void the_current_user_has_a_name(void **state)
{
	struct identity id;
	char name[128];
	assert_int_equal(identity_current(&id, NULL), 0);
	assert_int_equal(id.uid, geteuid());
	identity_describe(geteuid(), name, sizeof(name));
	assert_string_equal(id.name, name);
}

static void virtual_accounts_stay_in_their_range(void **state)
{
	struct identity id = { .uid = 12345 };
	struct error err;
	uint32_t number = IDENTITY_UID_FIRST + 7;
	assert_int_equal(identity_virtual("IIS APPPOOL\\x", give_number, &number, &id, &err), 0);
	if (!identity_enforced()) {
		assert_int_equal(id.uid, geteuid());
		return;
	}
	assert_int_equal(id.uid, number);
	assert_int_equal(id.gid, IDENTITY_UID_FIRST);
	assert_string_equal(id.name, "IIS APPPOOL\\x");
	number = 0; /* never root, whatever the registry says */
	assert_int_equal(identity_virtual("x", give_number, &number, &id, &err), -ERANGE);
	number = IDENTITY_UID_FIRST; /* the group's */
	assert_int_equal(identity_virtual("x", give_number, &number, &id, &err), -ERANGE);
	number = IDENTITY_UID_FIRST + IDENTITY_UID_COUNT;
	assert_int_equal(identity_virtual("x", give_number, &number, &id, &err), -ERANGE);
	assert_int_equal(identity_virtual("x", give_number, NULL, &id, &err), -EIO);
	assert_int_equal(id.uid, IDENTITY_UID_FIRST + 7);
}

static void accounts_are_looked_up(void **state)
{
	struct identity id;
	struct error err;
	assert_int_equal(identity_account("no-such-user-here", &id, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no-such-user-here"));
	assert_int_equal(identity_account("daemon", &id, &err), 0);
	assert_int_equal(id.uid, identity_enforced() ? 1 : geteuid());
}

static void numbers_are_described(void **state)
{
	char name[64];
	identity_describe(0, name, sizeof(name));
	assert_string_equal(name, "root");
	identity_describe(IDENTITY_UID_FIRST + 3, name, sizeof(name));
	assert_string_equal(name, "IIS APPPOOL\\#3");
	identity_describe(3000000001u, name, sizeof(name));
	assert_string_equal(name, "#3000000001");
	identity_describe(0, name, 3);
	assert_string_equal(name, "ro");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_current_user_has_a_name),
		cmocka_unit_test(virtual_accounts_stay_in_their_range),
		cmocka_unit_test(accounts_are_looked_up),
		cmocka_unit_test(numbers_are_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
