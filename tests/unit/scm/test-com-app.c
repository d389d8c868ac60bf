/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry says of an application of components, and who may have it launched. */
#include "../state.h"
#include "../unit.h"

#include "eventlog/eventlog.h"
#include "scm/com_access.h"
#include "scm/com_app.h"

#include <stdio.h>

#define APP "{00000009-0000-0000-0000-000000000000}"
#define KEY "HKCR\\AppID\\" APP

static struct registry *open_registry(const char *dir)
{
	struct registry *r = NULL;
	struct error err;

	if (registry_open(dir, &r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

static void settings_are_read(void **state)
{
	struct registry *r = open_registry(*state);
	struct com_app_settings s;

	assert_int_equal(com_app_settings_read(r, APP, &s), 0);
	assert_null(s.surrogate);
	assert_null(s.run_as);
	assert_false(s.launch_permission || s.access_permission || s.idle_said);
	assert_false(com_app_is_ours(&s));
	com_app_settings_done(&s);
	registry_set_string(r, KEY, "DllSurrogate", "");
	registry_set_string(r, KEY, "RunAs", ".\\www-data");
	registry_set_string(r, KEY, "LocalService", "Shop");
	registry_set_string(r, KEY, "ServiceParameters", "-x");
	registry_set_dword(r, KEY, "LaunchPermission", 1); /* of the wrong type, and there */
	registry_set(r, KEY, "AccessPermission", REGISTRY_BINARY, "\1", 1);
	registry_set_dword(r, KEY, "IdleSeconds", 0);
	assert_int_equal(com_app_settings_read(r, "{00000009-0000-0000-0000-000000000000}", &s), 0);
	assert_string_equal(s.surrogate, "");
	assert_string_equal(s.run_as, ".\\www-data");
	assert_string_equal(s.local_service, "Shop");
	assert_string_equal(s.parameters, "-x");
	assert_true(s.launch_permission && s.access_permission && s.idle_said);
	assert_int_equal(s.idle_seconds, 0);
	assert_true(com_app_is_ours(&s));
	com_app_settings_done(&s);
	registry_close(r);
}

static void our_host_has_many_names(void **state)
{
	static const char *const ours[] = { "", "dllhost", "DllHost.exe",
					    "C:\\WINNT\\System32\\dllhost.exe",
					    "/usr/bin/dllhost" };
	static const char *const others[] = { "shop.exe", "C:\\dllhost.exe\\shop", "xdllhost" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		assert_true(com_app_is_ours(
			&(struct com_app_settings){ .surrogate = (char *)(uintptr_t)ours[i] }));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(com_app_is_ours(
			&(struct com_app_settings){ .surrogate = (char *)(uintptr_t)others[i] }));
}

static void run_as_names_an_identity(void **state)
{
	static const struct {
		const char *run_as;
		enum com_app_run_as who;
		const char *account;
	} cases[] = {
		{ NULL, COM_APP_OWN, "" },
		{ "", COM_APP_OWN, "" },
		{ "  ", COM_APP_OWN, "" },
		{ "www-data", COM_APP_ACCOUNT, "www-data" },
		{ ".\\www-data", COM_APP_ACCOUNT, "www-data" },
		{ "MACHINE\\www-data", COM_APP_ACCOUNT, "www-data" },
		{ "nt authority\\localservice", COM_APP_LOCAL_SERVICE, "" },
		{ "NT AUTHORITY\\NETWORK SERVICE", COM_APP_NETWORK_SERVICE, "" },
		{ "nt authority\\system", COM_APP_NOBODY, "" },
		{ "LocalSystem", COM_APP_NOBODY, "" },
		{ "Interactive User", COM_APP_NOBODY, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *account = "";

		assert_int_equal(com_app_run_as(cases[i].run_as, &account), cases[i].who);
		assert_string_equal(account, cases[i].account);
	}
}

/* ---- who may ---- */

static const struct com_access_question someone = {
	.appid = APP,
	.clsid = "{CLSID}",
	.uid = 1000,
	.caller = { "anna", 4 },
	.host = "machine",
	.owner = 500,
};

static void expect_refusal(struct com_access_question q, uint32_t event, const char *want)
{
	struct com_access_refusal refusal = { 0 };
	const struct event_definition *definition;
	uint32_t parameters = 1;

	assert_false(com_access_allowed(&q, &refusal));
	assert_int_equal(refusal.event, event);
	for (char *c = refusal.parameters; *c; c++) {
		parameters += *c == '\x1f';
		*c = *c == '\x1f' ? '|' : *c;
	}
	definition = event_find(TEXT("DCOM"), event);
	assert_non_null(definition);
	assert_int_equal(definition->parameters, parameters);
	assert_string_equal(refusal.parameters, want);
}

static void without_permissions_in_the_registry_everybody_may(void **state)
{
	struct com_access_question q = someone;
	struct com_access_refusal refusal;

	assert_true(com_access_allowed(&q, &refusal));
	q.uid = COM_ACCESS_ANYWHERE;
	assert_true(com_access_allowed(&q, &refusal));
}

static void with_one_administrators_may(void **state)
{
	for (int i = 0; i < 16; i++) {
		struct com_access_question q = someone;
		struct com_access_refusal refusal;

		q.app_launch = i & 1;
		q.app_access = i & 2;
		q.default_launch = i & 4;
		q.default_access = i & 8;
		assert_int_equal(com_access_allowed(&q, &refusal), i == 0);
		q.uid = COM_ACCESS_ANYWHERE;
		assert_int_equal(com_access_allowed(&q, &refusal), i == 0);
		q.uid = 0;
		assert_true(com_access_allowed(&q, &refusal));
		q.uid = q.owner;
		assert_true(com_access_allowed(&q, &refusal));
	}
}

static void who_was_refused_is_in_the_log(void **state)
{
	struct com_access_question q = someone;

	q.app_launch = q.app_access = q.default_launch = true;
	expect_refusal(
		q, 10016,
		"application-specific|Local|Launch|{CLSID}|" APP
		"|machine|anna|S-1-22-1-1000|LocalHost (Using LRPC)|Unavailable|Unavailable");
	q.app_launch = false;
	q.runs = true;
	q.uid = COM_ACCESS_ANYWHERE;
	q.caller = TEXT("SHOP\\bert");
	expect_refusal(q, 10016,
		       "machine-default|Remote|Activation|{CLSID}|" APP
		       "|SHOP|bert|S-1-0-0|Unavailable|Unavailable|Unavailable");
	q.default_launch = false;
	q.caller = TEXT("");
	expect_refusal(q, 10017,
		       "application-specific|Remote|dllhost|" APP
		       "|machine|Unavailable|S-1-0-0|Unavailable|Unavailable|Unavailable");
	q.app_access = false;
	q.default_access = true;
	q.uid = 7;
	expect_refusal(q, 10017,
		       "machine-default|Local|dllhost|" APP "|machine|Unavailable|S-1-22-1-7"
		       "|LocalHost (Using LRPC)|Unavailable|Unavailable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(settings_are_read),
		cmocka_unit_test(our_host_has_many_names),
		cmocka_unit_test(run_as_names_an_identity),
		cmocka_unit_test(without_permissions_in_the_registry_everybody_may),
		cmocka_unit_test(with_one_administrators_may),
		cmocka_unit_test(who_was_refused_is_in_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
