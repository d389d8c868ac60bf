/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config_default_text: what it writes can be read, and means what it says. */
#include "fixture.h"

static struct config *made(const char *root, enum config_protection protection)
{
	struct config *config = NULL;
	char *text = config_default_text(root, "127.0.0.1", 8080, protection);
	assert_non_null(text);
	if (config_parse(text_of(text), "f", root, &config, &err) < 0)
		fail_msg("%d: %s\n%s", err.line, err.text, text);
	mem_free(text);
	return config;
}

static const struct config_application *application(struct config *c, const char *path)
{
	const struct config_site *site = config_site_at(c, 0);
	for (size_t i = 0; i < site->application_count; i++) {
		if (!strcmp(site->applications[i].path, path))
			return &site->applications[i];
	}
	return NULL;
}

static void a_plain_folder_is_one_application(void **state)
{
	char data[600];
	for (int p = CONFIG_LOW; p <= CONFIG_POOL; p++) {
		struct config *c = made(*state, (enum config_protection)p);
		const struct config_site *site = config_site_at(c, 0);
		assert_int_equal(site->application_count, 1);
		assert_int_equal(site->applications[0].pool->protection, p);
		assert_int_equal(site->binding_count, 1);
		assert_int_equal(site->bindings[0].port, 8080);
		assert_string_equal(site->bindings[0].address, "127.0.0.1");
		assert_int_equal(site->applications[0].vdir_count, 2);
		assert_string_equal(site->applications[0].vdirs[0].path, "/App_Data");
		snprintf(data, sizeof(data), "%s/data", (char *)*state);
		assert_string_equal(site->applications[0].vdirs[0].physical_path, data);
		assert_string_equal(site->applications[0].vdirs[1].physical_path, *state);
		config_unref(c);
	}
}

static void folders_say_how_they_are_isolated(void **state)
{
	write_file(*state, "App_Data/x", "");
	write_file(*state, "low/surrogate.app", "Low\n");
	write_file(*state, "high/surrogate.app", "high");
	write_file(*state, "high/deep/global.asa", "");
	write_file(*state, "named/surrogate.app", "Pool Shop & Co\r\n"); /* no name of a pool */
	write_file(*state, "two/surrogate.app", "Pool Second\r\n");
	write_file(*state, "plain/default.asp", "");
	write_file(*state, ".git/surrogate.app", "Low");
	write_file(*state, "a&b/surrogate.app", "Low"); /* no path of an application */
	write_file(*state, "bin/surrogate.app", "Low");
	struct config *c = made(*state, CONFIG_MEDIUM);
	assert_int_equal(config_site_at(c, 0)->application_count, 6);
	assert_int_equal(application(c, "/low")->pool->protection, CONFIG_LOW);
	assert_int_equal(application(c, "/high")->pool->protection, CONFIG_HIGH);
	assert_int_equal(application(c, "/high/deep")->pool->protection, CONFIG_MEDIUM);
	assert_int_equal(application(c, "/named")->pool->protection, CONFIG_MEDIUM);
	assert_string_equal(application(c, "/two")->pool->name, "Second");
	assert_int_equal(application(c, "/")->vdir_count, 1); /* it has an App_Data of its own */
	config_unref(c);
}

static void odd_roots_are_escaped(void **state)
{
	char root[600];
	snprintf(root, sizeof(root), "%s/a & \"b\" <c>/", (char *)*state);
	mkdir(root, 0755);
	struct config *c = made(root, CONFIG_MEDIUM);
	const char *path = config_site_at(c, 0)->applications[0].vdirs[1].physical_path;
	assert_int_equal(strlen(path), strlen(root) - 1);
	assert_memory_equal(path, root, strlen(path));
	config_unref(c);
}

static void web_config_may_change_handlers_and_asp(void **state)
{
	write_file(*state, "web.config",
		   "<configuration><system.webServer><asp enableParentPaths='true'/><handlers>"
		   "<remove name='ASPClassic'/></handlers></system.webServer></configuration>");
	struct config *c = made(*state, CONFIG_MEDIUM);
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_true(url->asp_enable_parent_paths);
	assert_true(url->asp_script_error_sent_to_browser); /* the server of who writes the page */
	assert_string_equal(
		config_url_handler(url, TEXT("/a.asp"), TEXT("GET"), CONFIG_FILE)->module,
		"StaticFileModule");
	config_url_unref(url);
	config_unref(c);
}

#ifdef SURROGATE_FAULTS
static char *fault_root;

static int text_for_faults(void)
{
	char *text = config_default_text(fault_root, "*", 80, CONFIG_HIGH);
	int r = text ? 0 : -ENOMEM;
	mem_free(text);
	return r;
}

static void an_allocation_that_fails_gives_nothing(void **state)
{
	write_file(*state, "a/global.asa", "");
	write_file(*state, "b/global.asa", "");
	fault_root = *state;
	unit_each_fault(FAULT_ALLOC, -ENOMEM, text_for_faults);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_plain_folder_is_one_application),
		state_test(folders_say_how_they_are_isolated),
		state_test(odd_roots_are_escaped),
		state_test(web_config_may_change_handlers_and_asp),
#ifdef SURROGATE_FAULTS
		state_test(an_allocation_that_fails_gives_nothing),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
