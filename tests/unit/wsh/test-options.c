/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of cscript. */
#include "../com/helpers.h"

#include "wsh/options.h"

#include <errno.h>

static struct error err;

static int parse(const char *line, struct wsh_options *ret)
{
	static char words[16][64];
	static char *argv[17];
	int argc = 1;

	argv[0] = words[0];
	for (const char *at = line; *at; argc++) {
		size_t n = strcspn(at, " ");

		memcpy(words[argc], at, n);
		words[argc][n] = 0;
		argv[argc] = words[argc];
		at += n + (at[n] == ' ');
	}
	argv[argc] = NULL;
	return wsh_options_parse(argc, argv, ret, &err);
}

static void test_run(void **state)
{
	struct wsh_options o;

	assert_int_equal(
		parse("//NoLogo a.vbs x //T:10 /named:1 --state //Job:build -y //b //E:VBS", &o),
		0);
	assert_int_equal(o.mode, WSH_RUN);
	assert_string_equal(o.script, "a.vbs");
	assert_string_equal(o.job, "build");
	assert_string_equal(o.engine, "VBS");
	assert_int_equal(o.timeout, 10);
	assert_true(o.batch && o.no_logo && !o.unicode);
	assert_int_equal(o.argument_count, 4);
	assert_string_equal(o.arguments[0], "x");
	assert_string_equal(o.arguments[1], "/named:1");
	assert_string_equal(o.arguments[2], "--state"); /* behind the script it is the script's */
	assert_string_equal(o.arguments[3], "-y");
	assert_int_equal(parse("//b //i //nologo //logo //u a.vbs", &o), 0);
	assert_true(!o.batch && !o.no_logo && o.unicode);
	/* A path is no option. */
	assert_int_equal(parse("/srv/a.vbs /srv/b", &o), 0);
	assert_string_equal(o.script, "/srv/a.vbs");
	assert_string_equal(o.arguments[0], "/srv/b");
}

static void test_modes(void **state)
{
	static const struct {
		const char *line;
		enum wsh_mode mode;
	} rows[] = {
		{ "", WSH_HELP },
		{ "//?", WSH_HELP },
		{ "--help", WSH_HELP },
		{ "a.vbs //?", WSH_HELP },
		{ "--version", WSH_VERSION },
		{ "--dump a.vbs", WSH_DUMP },
		{ "--lint a.vbs b", WSH_LINT },
		{ "//H:CScript", WSH_DEFAULT_HOST },
		{ "a.vbs --dump", WSH_RUN },
		{ "--state var a.vbs", WSH_RUN },
		{ "--state=var a.vbs", WSH_RUN },
	};
	struct wsh_options o;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(parse(rows[i].line, &o), 0);
		assert_int_equal(o.mode, rows[i].mode);
	}
	assert_string_equal(o.state, "var");
}

static void test_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "//xyz", "Input Error: Unknown option \"//xyz\" specified." },
		{ "a.vbs //Nologo:1", "Input Error: Unknown option \"//Nologo:1\" specified." },
		{ "//Job", "Input Error: Unknown option \"//Job\" specified." },
		{ "//T: a.vbs", "Input Error: Unknown option \"//T:\" specified." },
		{ "//T:32768",
		  "Input Error: \"//T:32768\" is no number of seconds from 0 to 32767." },
		{ "//T:-1", "Input Error: \"//T:-1\" is no number of seconds from 0 to 32767." },
		{ "//X", "Input Error: \"//X\": there is no script debugger." },
		{ "//H:WScript",
		  "Input Error: \"//H:WScript\": there is no host but CScript here." },
		{ "--wrong", "Input Error: Unknown option \"--wrong\" specified." },
		{ "--state", "Input Error: --state needs a folder behind it." },
		{ "--dump", "Input Error: --dump needs a file." },
	};
	struct wsh_options o;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(parse(rows[i][0], &o), -EINVAL);
		assert_string_equal(err.text, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
