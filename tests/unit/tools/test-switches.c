/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of tools/switches.h and tools/state.h. */
#include "../unit.h"

#include "base/mem.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <errno.h>
#include <stdlib.h>

static bool flag, yes;
static const char *text, *dir;
static uint32_t number;

static const struct switch_spec specs[] = {
	{ "noforce", NULL, SWITCH_FLAG, &flag }, { "rd", "reversedirection", SWITCH_BOOL, &yes },
	{ "f", "format", SWITCH_TEXT, &text },   { "timeout", NULL, SWITCH_U32, &number },
	{ "state", NULL, SWITCH_TEXT, &dir },
};

static struct error err;
static bool help;
static char *argv[16];

static int parse(const char *const *args)
{
	int argc = 0, count = -1;
	flag = yes = help = false;
	text = dir = NULL;
	number = 0;
	argv[argc++] = (char *)"tool";
	while (args[argc - 1]) {
		argv[argc] = (char *)args[argc - 1];
		argc++;
	}
	argv[argc] = NULL;
	int r = switches_parse(argc, argv, specs, ARRAY_LEN(specs), &count, &help, &err);
	return r < 0 ? r : count;
}
#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void windows_and_linux_spellings(void **state)
{
	assert_int_equal(PARSE("qe", "/F:xml", "System", "-RD:true", "/timeout:30", "/NoForce"), 2);
	assert_string_equal(argv[0], "qe");
	assert_string_equal(argv[1], "System");
	assert_null(argv[2]);
	assert_string_equal(text, "xml");
	assert_true(yes);
	assert_true(flag);
	assert_int_equal(number, 30);
	assert_int_equal(PARSE("--state", "/a:b/c", "/format:text"), 0);
	assert_string_equal(dir, "/a:b/c");
	assert_string_equal(text, "text");
	assert_int_equal(PARSE("--state=/x", "--timeout", "5", "/rd"), 0);
	assert_string_equal(dir, "/x");
	assert_int_equal(number, 5);
	assert_true(yes);
	assert_int_equal(PARSE("/rd:F", "/state:"), 0);
	assert_false(yes);
	assert_string_equal(dir, "");
}

static void paths_are_positional(void **state)
{
	assert_int_equal(PARSE("/var/www", "--", "/f:x", "--state"), 3);
	assert_string_equal(argv[0], "/var/www");
	assert_string_equal(argv[1], "/f:x");
	assert_null(text);
	assert_int_equal(PARSE("-"), 1);
	assert_int_equal(PARSE("/"), 1);
}

static void mistakes_are_named(void **state)
{
	assert_int_equal(PARSE("/nope"), -EINVAL);
	assert_non_null(strstr(err.text, "/nope"));
	assert_int_equal(PARSE("/noforce:1"), -EINVAL);
	assert_int_equal(PARSE("/rd:maybe"), -EINVAL);
	assert_int_equal(PARSE("/f"), -EINVAL);
	assert_int_equal(PARSE("--state"), -EINVAL);
	assert_int_equal(PARSE("/timeout:ten"), -EINVAL);
	assert_int_equal(PARSE("/timeout:4294967296"), -EINVAL);
	assert_int_equal(PARSE("/timeout"), -EINVAL);
}

static void help_is_always_there(void **state)
{
	assert_int_equal(PARSE("/?"), 0);
	assert_true(help);
	PARSE("--help");
	assert_true(help);
	PARSE("-h");
	assert_true(help);
	PARSE("help");
	assert_false(help);
}

static void the_state_directory_has_one_rule(void **state)
{
	setenv("SURROGATE_STATE", "/from/environment", 1);
	assert_string_equal(state_directory("/option"), "/option");
	assert_string_equal(state_directory(NULL), "/from/environment");
	setenv("SURROGATE_STATE", "", 1);
	assert_string_equal(state_directory(""), STATE_DIRECTORY_INSTALLED);
	unsetenv("SURROGATE_STATE");
	assert_string_equal(state_directory(NULL), STATE_DIRECTORY_INSTALLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_and_linux_spellings),
		cmocka_unit_test(paths_are_positional),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(help_is_always_there),
		cmocka_unit_test(the_state_directory_has_one_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
