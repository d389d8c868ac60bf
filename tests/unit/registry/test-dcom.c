/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry says about DCOM: defaults, each value, and which are refused by name. */
#include "../state.h"
#include "../unit.h"

#include "registry/dcom.h"

#include <errno.h>
#include <stdio.h>

#define OLE "HKLM\\SOFTWARE\\Microsoft\\Ole"
#define PORTS "HKLM\\SOFTWARE\\Microsoft\\Rpc\\Internet"
#define OURS "HKLM\\SOFTWARE\\Surrogate\\DCOM"

static struct registry *open_registry(const char *dir)
{
	struct registry *r = NULL;
	struct error err;

	if (registry_open(dir, &r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

static void expect_defaults(const struct registry_dcom *d)
{
	assert_false(d->enabled);
	assert_int_equal(d->port, 135);
	assert_int_equal(d->first_port, 0);
	assert_int_equal(d->authn_level, 5);
	assert_int_equal(d->ping_seconds, 120);
	assert_int_equal(d->launch_seconds, 30);
	assert_int_equal(d->idle_seconds, 180);
	assert_null(d->address);
	assert_null(d->names);
	assert_null(d->classes);
	assert_null(d->users);
	assert_null(d->keytab);
}

static void an_empty_registry_gives_defaults(void **state)
{
	struct registry *r = open_registry(*state);
	struct registry_dcom d;
	struct error err;

	assert_int_equal(registry_dcom_read(r, &d, &err), 0);
	expect_defaults(&d);
	registry_dcom_done(&d);
	registry_close(r);
}

static void every_value_is_read(void **state)
{
	struct registry *r = open_registry(*state);
	struct registry_dcom d;
	struct error err;

	registry_set_string(r, OLE, "EnableDCOM", "y");
	registry_set_dword(r, OLE, "LegacyAuthenticationLevel", 6);
	registry_set_string(r, PORTS, "Ports", " 5000 - 5010 , 6000-6001");
	registry_set_dword(r, OURS, "Port", 20135);
	registry_set_dword(r, OURS, "PingPeriod", 1);
	registry_set_dword(r, OURS, "LaunchTimeout", 2);
	registry_set_dword(r, OURS, "IdleSeconds", 0);
	registry_set_string(r, OURS, "Address", "127.0.0.1");
	registry_set_string(r, OURS, "Names", "a.example, 10.0.0.1");
	registry_set_string(r, OURS, "NtlmUsers", "/etc/surrogate/users");
	registry_set_string(r, OURS, "Keytab", "");
	registry_set_dword(r, OURS "\\Classes", "A.a", 1);
	registry_set_string(r, OURS "\\Classes", "B.b", "Scripting.Dictionary");
	assert_int_equal(registry_dcom_read(r, &d, &err), 0);
	assert_true(d.enabled);
	assert_int_equal(d.authn_level, 6);
	assert_int_equal(d.first_port, 5000);
	assert_int_equal(d.last_port, 5010);
	assert_int_equal(d.port, 20135);
	assert_int_equal(d.ping_seconds, 1);
	assert_int_equal(d.launch_seconds, 2);
	assert_int_equal(d.idle_seconds, 0);
	assert_string_equal(d.address, "127.0.0.1");
	assert_string_equal(d.names, "a.example, 10.0.0.1");
	assert_string_equal(d.users, "/etc/surrogate/users");
	assert_null(d.keytab);
	assert_string_equal(d.classes, "A.a\t1\nB.b\tScripting.Dictionary\n");
	registry_dcom_done(&d);
	registry_set_string(r, OLE, "EnableDCOM", "");
	assert_int_equal(registry_dcom_read(r, &d, &err), 0);
	assert_false(d.enabled);
	registry_dcom_done(&d);
	registry_close(r);
}

static void default_permissions_are_seen(void **state)
{
	struct registry *r = open_registry(*state);
	bool launch = true, access = true;

	assert_int_equal(registry_dcom_defaults(r, &launch, &access), 0);
	assert_false(launch);
	assert_false(access);
	registry_set(r, OLE, "DefaultLaunchPermission", REGISTRY_BINARY, "\1\0", 2);
	assert_int_equal(registry_dcom_defaults(r, &launch, &access), 0);
	assert_true(launch);
	assert_false(access);
	registry_delete_value(r, OLE, "DefaultLaunchPermission");
	registry_set_string(r, OLE, "DefaultAccessPermission", "of a wrong type");
	assert_int_equal(registry_dcom_defaults(r, &launch, &access), 0);
	assert_false(launch);
	assert_true(access);
	registry_close(r);
}

static void refuse(struct registry *r, const char *key, const char *name)
{
	struct registry_dcom d;
	struct error err = { 0 };

	assert_int_equal(registry_dcom_read(r, &d, &err), -EINVAL);
	assert_non_null(strstr(err.text, key));
	assert_non_null(strstr(err.text, name));
	expect_defaults(&d);
	registry_dcom_done(&d);
	assert_int_equal(registry_delete_value(r, key, name), 0);
}

static void what_makes_no_sense_is_refused_by_name(void **state)
{
	static const struct {
		const char *key, *name;
		uint32_t value;
	} numbers[] = {
		{ OURS, "Port", 0 },
		{ OURS, "Port", 65536 },
		{ OLE, "LegacyAuthenticationLevel", 1 },
		{ OLE, "LegacyAuthenticationLevel", 7 },
		{ OURS, "PingPeriod", 0 },
		{ OURS, "PingPeriod", 121 },
		{ OURS, "LaunchTimeout", 0 },
		{ OURS, "IdleSeconds", 86401 },
		{ OURS, "Names", 1 }, /* of the wrong type */
		{ OLE, "EnableDCOM", 1 },
	};
	static const char *const ports[] = { "0", "9-5", "65536", "a-b", "-" };
	struct registry *r = open_registry(*state);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		registry_set_dword(r, numbers[i].key, numbers[i].name, numbers[i].value);
		refuse(r, numbers[i].key, numbers[i].name);
	}
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		registry_set_string(r, PORTS, "Ports", ports[i]);
		refuse(r, PORTS, "Ports");
	}
	registry_set_string(r, OURS, "Port", "135");
	refuse(r, OURS, "Port");
	registry_set_string(r, OURS "\\Classes", "A\tb", "x");
	refuse(r, OURS "\\Classes", "A\tb");
	registry_set_string(r, OURS "\\Classes", "A.b", "x\nB.b\t1");
	refuse(r, OURS "\\Classes", "A.b");
	registry_set(r, OURS "\\Classes", "A.b", REGISTRY_BINARY, "1", 1);
	refuse(r, OURS "\\Classes", "A.b");
	registry_close(r);
}

static void classes_have_limits(void **state)
{
	struct registry *r = open_registry(*state);
	struct registry_dcom d;
	struct error err = { 0 };
	char name[64];

	for (int i = 0; i < REGISTRY_DCOM_CLASSES_MAX; i++) {
		snprintf(name, sizeof(name), "{%08x-0000-0000-0000-000000000000}", i);
		registry_set_dword(r, OURS "\\Classes", name, 1);
	}
	assert_int_equal(registry_dcom_read(r, &d, &err), 0);
	registry_dcom_done(&d);
	registry_set_dword(r, OURS "\\Classes", "~more", 1);
	refuse(r, OURS "\\Classes", "~more");
	char value[201] = "";

	memset(value, 'v', sizeof(value) - 1);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "{%08x-0000-0000-0000-000000000000}", i);
		registry_set_string(r, OURS "\\Classes", name, value);
	}
	assert_int_equal(registry_dcom_read(r, &d, &err), -EINVAL);
	registry_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(an_empty_registry_gives_defaults),
		state_test(every_value_is_read),
		state_test(default_permissions_are_seen),
		state_test(what_makes_no_sense_is_refused_by_name),
		state_test(classes_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
