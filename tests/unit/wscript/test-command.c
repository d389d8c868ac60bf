/* SPDX-License-Identifier: Apache-2.0 */
/* Windows command lines: which program, and which words it gets. */
#include "../unit.h"

#include "library/wscript/command.h"

#include "base/error.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static int set_up(void **state)
{
	char path[128];

	snprintf(root, sizeof root, "/tmp/surrogate-command-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	for (const char *const *name =
		     (const char *[]){ "tool", "Some Tool", "cscript", "text", "job.vbs", NULL };
	     *name; name++) {
		snprintf(path, sizeof path, "%s/%s", root, *name);
		fclose(fopen(path, "w"));
		chmod(path,
		      strcmp(*name, "text") == 0 || strcmp(*name, "job.vbs") == 0 ? 0600 : 0700);
	}
	setenv("PATH", root, 1);
	return chdir(root);
}

static int tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "/bin/rm -rf %s", root);
	return system(command);
}

/* The words with a '|' behind each, the root as "$". */
static const char *parsed(const char *line)
{
	static char out[4096];
	struct arena arena;
	char **argv;

	arena_init(&arena, 1 << 20);
	int r = shell_command_parse(&arena, text_of(line), &argv);

	*out = '\0';
	if (r < 0)
		snprintf(out, sizeof out, "%s", error_errno_text(r));
	for (size_t i = 0; !r && argv[i]; i++) {
		const char *word = argv[i];

		if (strncmp(word, root, strlen(root)) == 0) {
			strcat(out, "$");
			word += strlen(root);
		}
		strcat(strcat(out, word), "|");
	}
	arena_done(&arena);
	return out;
}

static const struct {
	const char *line, *want;
} rows[] = {
	/* programs */
	{ "tool", "$/tool|" },
	{ "  tool.exe  ", "$/tool|" },
	{ "TOOL.EXE a", "$/tool|a|" },
	{ "\"tool\" a", "$/tool|a|" },
	{ "\"tool\"a", "$/tool|a|" },
	{ ".\\tool a", "$/tool|a|" },
	{ ".\\TOOL a", "$/tool|a|" },
	{ "\".\\some tool\" a", "$/Some Tool|a|" },
	{ "nothing", "No such file or directory" },
	{ ".\\nothing", "No such file or directory" },
	{ "text", "No such file or directory" },
	{ ".\\text", "Permission denied" },
	{ "/tmp", "Permission denied" },
	{ "D:\\tool", "No such device or address" },
	{ "", "Invalid argument" },
	{ "  ", "Invalid argument" },
	{ "\"\"", "Invalid argument" },
	/* words */
	{ "tool a  b\tc", "$/tool|a|b|c|" },
	{ "tool \"a b\" \"\" c", "$/tool|a b||c|" },
	{ "tool a\"b c\"d", "$/tool|ab cd|" },
	{ "tool \\\"a\\\" b", "$/tool|\"a\"|b|" },
	{ "tool \"a\\\\\" b", "$/tool|a\\|b|" },
	{ "tool a\\\\b \\c\\", "$/tool|a\\\\b|\\c\\|" },
	{ "tool \"a \"\"b\"\" c\" d", "$/tool|a \"b\" c|d|" },
	{ "tool \"open end", "$/tool|open end|" },
	/* nothing of a shell's */
	{ "tool a; rm -rf / | x > y & z $(id) `id` $HOME *",
	  "$/tool|a;|rm|-rf|/|||x|>|y|&|z|$(id)|`id`|$HOME|*|" },
	/* paths */
	{ "tool C:\\TMP\\nowhere.x c:/etc/PASSWD /C:\\a D:\\b C:",
	  "$/tool|/tmp/nowhere.x|/etc/passwd|/C:\\a|D:\\b|C:|" },
	/* cmd */
	{ "cmd /c echo a > b & echo \"c\"", "/bin/sh|-c|echo a > b & echo \"c\"|" },
	{ "CMD.EXE /Q /s /c \"echo \"a\" b\"", "/bin/sh|-c|echo \"a\" b|" },
	{ "C:\\usr\\lib\\cmd.exe /cecho a", "/bin/sh|-c|echo a|" },
	{ "cmd /c \"a & b\"", "/bin/sh|-c|a & b|" },
	{ "cmd /c \".\\some tool\" x", "/bin/sh|-c|\".\\some tool\" x|" },
	{ "cmd", "/bin/sh|" },
	{ "command /c x", "/bin/sh|-c|x|" },
	/* scripts */
	{ "cscript //nologo a.vbs \"b c\"", "$/cscript|//nologo|a.vbs|b c|" },
	{ "C:\\Windows\\System32\\wscript.exe a.vbs", "$/cscript|a.vbs|" },
	{ "JOB.vbs x", "$/cscript|//NoLogo|$/job.vbs|x|" },
	{ "none.vbs", "No such file or directory" },
};

static void lines(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = parsed(rows[i].line);

		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s\n  gave   %s\n  wanted %s", rows[i].line, got, rows[i].want);
	}
}

static void too_many_words(void **state)
{
	char *line = mem_alloc(SHELL_WORDS_MAX * 2 + 16);

	strcpy(line, "tool");
	for (int i = 0; i < SHELL_WORDS_MAX; i++)
		strcpy(line + 4 + 2 * i, " a");
	assert_string_equal(parsed(line), "Argument list too long");
	mem_free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(too_many_words),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
