/* SPDX-License-Identifier: Apache-2.0 */
/* Windows paths on Linux: the rule of path.h, its text functions, and patterns. */
#include "../com/helpers.h"

#include "library/scripting/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static int set_up(void **state)
{
	char path[128];

	snprintf(root, sizeof root, "/tmp/surrogate-path-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	for (const char *const *p = (const char *[]){ "/Data", "/Data/Sub", "/\xC3\x84rger", NULL };
	     *p; p++) {
		snprintf(path, sizeof path, "%s%s", root, *p);
		mkdir(path, 0700);
	}
	for (const char *const *p =
		     (const char *[]){ "/Data/File.TXT", "/Data/Sub/same", "/Data/Sub/SAME", NULL };
	     *p; p++) {
		snprintf(path, sizeof path, "%s%s", root, *p);
		fclose(fopen(path, "w"));
	}
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", root);
	return system(command);
}

static void assert_absolute(const char *path, const char *want)
{
	char out[PATH_SIZE];

	assert_int_equal(path_absolute(text_of(path), out), 0);
	assert_string_equal(out, want);
}

static void test_absolute(void **state)
{
	char here[PATH_SIZE], out[PATH_SIZE], want[PATH_SIZE * 2], large[PATH_SIZE + 10];

	assert_absolute("C:\\a\\b.txt", "/a/b.txt");
	assert_absolute("c:/a\\b", "/a/b");
	assert_absolute("C:\\", "/");
	assert_absolute("/", "/");
	assert_absolute("\\", "/");
	assert_absolute("/a//b/./c/", "/a/b/c");
	assert_absolute("/a/b/../c", "/a/c");
	assert_absolute("/../../etc", "/etc");
	assert_absolute("/a/..", "/");
	assert_absolute("/a/...", "/a/...");
	assert_absolute("/a/ b ", "/a/ b ");
	assert_non_null(getcwd(here, sizeof here));
	snprintf(want, sizeof want, "%s/x", here);
	assert_absolute("x", want);
	assert_absolute("C:x", want);
	assert_absolute(".\\x", want);
	assert_absolute("C:", here);

	assert_int_equal(path_absolute(TEXT(""), out), -EINVAL);
	assert_int_equal(path_absolute(TEXT("/a\0b"), out), -EINVAL);
	assert_int_equal(path_absolute(TEXT("D:\\a"), out), -ENXIO);
	assert_int_equal(path_absolute(TEXT("\\\\server\\share"), out), -ENXIO);
	memset(large, 'a', sizeof large);
	large[0] = '/';
	assert_int_equal(path_absolute((struct text){ large, sizeof large }, out), -ENAMETOOLONG);
	assert_int_equal(path_absolute((struct text){ large, PATH_SIZE - 1 }, out), 0);
	assert_int_equal(strlen(out), PATH_SIZE - 1);
}

static void assert_resolves(const char *path, const char *want)
{
	char in[PATH_SIZE], out[PATH_SIZE], full[PATH_SIZE];

	snprintf(in, sizeof in, "%s%s", root, path);
	snprintf(full, sizeof full, "%s%s", root, want);
	assert_int_equal(path_resolve(text_of(in), out), 0);
	assert_string_equal(out, full);
}

static void test_spelling(void **state)
{
	assert_resolves("/Data/File.TXT", "/Data/File.TXT");
	assert_resolves("\\data\\FILE.txt", "/Data/File.TXT");
	assert_resolves("/DATA/sub", "/Data/Sub");
	assert_resolves("/\xC3\xA4RGER", "/\xC3\x84rger");
	/* The exact name first, then the first in byte order. */
	assert_resolves("/data/sub/same", "/Data/Sub/same");
	assert_resolves("/data/sub/Same", "/Data/Sub/SAME");
	/* What is not there keeps its spelling, below folders that are. */
	assert_resolves("/data/New.txt", "/Data/New.txt");
	assert_resolves("/data/nowhere/SUB", "/Data/nowhere/SUB");
	assert_resolves("/data/file.txt/x", "/Data/File.TXT/x");
}

static void test_bstr(void **state)
{
	BSTR s = SysAllocString(u"C:\\\u00e4"), large = SysAllocStringLen(NULL, 100000);
	char out[PATH_SIZE];

	assert_int_equal(path_resolve_bstr(s, out), 0);
	assert_string_equal(out, "/\xC3\xA4");
	assert_int_equal(path_resolve_bstr(NULL, out), -EINVAL);
	assert_int_equal(path_resolve_bstr(large, out), -ENAMETOOLONG);
	SysFreeString(s);
	SysFreeString(large);
}

static void assert_shown(const char *path, const char *want)
{
	char shown[PATH_SHOWN_SIZE], back[PATH_SIZE];

	path_show(path, shown);
	assert_string_equal(shown, want);
	assert_int_equal(path_absolute(text_of(shown), back), 0);
	if (*path == '/')
		assert_string_equal(back, path);
}

static void test_shown(void **state)
{
	BSTR s = path_show_bstr("/srv/\xC3\xA4");

	assert_shown("/srv/a.txt", "C:\\srv\\a.txt");
	assert_shown("/", "C:\\");
	assert_shown("a/b", "a\\b");
	assert_int_equal(SysStringLen(s), 8);
	assert_memory_equal(s, u"C:\\srv\\\u00e4", 16);
	SysFreeString(s);
}

static void test_short_names(void **state)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "readme.txt", "readme.txt" },
		{ "README", "README" },
		{ "a.b", "a.b" },
		{ "12345678.123", "12345678.123" },
		{ "123456789.txt", "122F89~1.TXT" },
		{
			"Program Files",
			"PR",
		},
		{ "x.html", "X" },
		{ ".profile", "" },
		{ "\xC3\xA4", "" },
	};
	char name[PATH_SHORT_SIZE], path[PATH_SIZE], found[PATH_SIZE], other[PATH_SHORT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		path_short_name(text_of(rows[i].name), name);
		if (strchr(rows[i].want, '.') || strcmp(rows[i].want, "README") == 0)
			assert_string_equal(name, rows[i].want);
		else
			assert_int_equal(strncmp(name, rows[i].want, strlen(rows[i].want)), 0);
	}
	path_short_name(TEXT("a long name.html"), name);
	path_short_name(TEXT("a long name.htm"), other);
	assert_string_not_equal(name, other);
	assert_string_equal(name + 6, "~1.HTM");

	/* and back: a file is found by its short name */
	snprintf(path, sizeof path, "%s/Data/A file with a name.html", root);
	fclose(fopen(path, "w"));
	assert_int_equal(path_short(path, found), 0);
	assert_non_null(strstr(found, "~1.HTM"));
	assert_int_equal(path_resolve(text_of(strcpy(path + 2048, found)), found), 0);
	assert_string_equal(found, path);
	assert_int_equal(path_short("/", found), 0);
	assert_string_equal(found, "/");
}

static const struct {
	const char *path, *name, *base, *extension, *parent, *drive;
} parts[] = {
	{ "C:\\a\\b.tar.gz", "b.tar.gz", "b.tar", "gz", "C:\\a", "C:" },
	{ "/srv/site/x.asp", "x.asp", "x", "asp", "/srv/site", "" },
	{ "C:\\x.txt", "x.txt", "x", "txt", "C:\\", "C:" },
	{ "/x.txt", "x.txt", "x", "txt", "/", "" },
	{ "C:\\", "", "", "", "", "C:" },
	{ "/", "", "", "", "", "" },
	{ "x", "x", "x", "", "", "" },
	{ "a\\b\\", "b", "b", "", "a", "" },
	{ "a/.profile", ".profile", "", "profile", "a", "" },
	{ "a.", "a.", "a", "", "", "" },
	{ "", "", "", "", "", "" },
	{ "C:x", "x", "x", "", "C:", "C:" },
};

static void assert_slice(struct text got, const char *want)
{
	if (!text_equal(got, text_of(want)))
		fail_msg("\"" TEXT_FMT "\", not \"%s\"", TEXT_ARG(got), want);
}

static void test_parts(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct text path = text_of(parts[i].path);

		assert_slice(path_name(path), parts[i].name);
		assert_slice(path_base(path), parts[i].base);
		assert_slice(path_extension(path), parts[i].extension);
		assert_slice(path_parent(path), parts[i].parent);
		assert_slice(path_drive(path), parts[i].drive);
	}
}

static bool fits(const char *name, const char *pattern)
{
	return path_matches(text_of(name), text_of(pattern));
}

static void test_patterns(void **state)
{
	assert_true(fits("a.txt", "*.txt"));
	assert_true(fits("A.TXT", "*.txt"));
	assert_false(fits("a.txt2", "*.txt"));
	assert_true(fits("noext", "*.*"));
	assert_true(fits("a.b.c", "*.c"));
	assert_true(fits("abc", "a?c"));
	assert_true(fits("a\xC3\xA4"
			 "c",
			 "a?c"));
	assert_false(fits("ac", "a?c"));
	assert_true(fits("", "*"));
	assert_true(fits("aaaab", "*a*b"));
	assert_false(fits("aaaac", "*a*b"));
	assert_true(fits("\xC3\x84"
			 "x",
			 "\xC3\xA4*"));
	assert_false(fits("a", ""));
	assert_true(path_has_pattern(TEXT("C:\\a\\*.txt")));
	assert_false(path_has_pattern(TEXT("C:\\a*\\b.txt")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absolute),    cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_bstr),        cmocka_unit_test(test_shown),
		cmocka_unit_test(test_short_names), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
