/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scripts hand over as command lines (src/library/wscript/command.h) and as file names
 * (src/library/scripting/path.h): parsing is total, words are never longer than the line, the
 * program is an absolute path, and a path that comes out leads back where it came from.
 */
#include "fuzz.h"

#include "library/scripting/path.h"
#include "library/wscript/command.h"

#include <errno.h>

static void command(struct text line)
{
	struct arena arena;
	char **argv = NULL;

	arena_init(&arena, 4u << 20);
	if (shell_command_parse(&arena, line, &argv) == 0) {
		FUZZ_REQUIRE(argv[0] && argv[0][0] == '/');
		for (size_t i = 0; argv[i]; i++)
			FUZZ_REQUIRE(i <= SHELL_WORDS_MAX &&
				     strlen(argv[i]) < line.length + PATH_SIZE);
	}
	arena_done(&arena);
}

static void path(struct text name)
{
	char absolute[PATH_SIZE], shown[PATH_SHOWN_SIZE], again[PATH_SIZE], part[PATH_SHORT_SIZE];

	path_short_name(path_name(name), part);
	FUZZ_REQUIRE(strlen(part) < PATH_SHORT_SIZE);
	path_show_absolute(name, shown);
	if (path_absolute(name, absolute) < 0)
		return;
	FUZZ_REQUIRE(absolute[0] == '/' && !strstr(absolute, "//") && !strstr(absolute, "/../"));
	path_show(absolute, shown);
	FUZZ_REQUIRE(path_absolute(text_of(shown), again) == 0 && strcmp(absolute, again) == 0);
	/* A short name may be longer: "a+b" has a sign that none may have. */
	int r = path_short(absolute, again);
	FUZZ_REQUIRE(r == -ENAMETOOLONG || (r == 0 && again[0] == '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };

	command(in);
	path(in);
	return 0;
}
