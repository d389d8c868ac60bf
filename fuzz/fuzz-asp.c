/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page compiler (src/asp/page.h) over any bytes: it ends with a page or with an error that has
 * a number, a text and a place inside the file. The input is several files: each begins behind a
 * line "==== name", the first one is the page.
 */
#include "fuzz.h"

#include "asp/page.h"
#include "base/mem.h"

#include <errno.h>

struct files {
	struct text all;
};

/* The content behind the line "==== name"; the text in front of the first such line is "page.asp".
 */
static bool find(const struct files *files, struct text name, struct text *ret)
{
	struct text rest = files->all, file = TEXT("/page.asp");
	while (rest.data) {
		size_t end = 0;
		while (end < rest.length &&
		       !text_starts_with((struct text){ rest.data + end, rest.length - end },
					 TEXT("\n==== ")))
			end++;
		if (text_equal(file, name)) {
			*ret = (struct text){ rest.data, end };
			return true;
		}
		if (end == rest.length)
			return false;
		rest = (struct text){ rest.data + end + 6, rest.length - end - 6 };
		file = text_cut(&rest, '\n');
	}
	return false;
}

static int load(void *ctx, struct text url, struct asp_file *ret)
{
	struct text content;
	if (!find(ctx, url, &content))
		return -ENOENT;
	char *data = mem_alloc(content.length + 1);
	char *path = mem_strdup("/site/file");
	FUZZ_REQUIRE(data && path);
	memcpy(data, content.data ? content.data : "", content.length);
	data[content.length] = '\0';
	*ret = (struct asp_file){ .data = data, .length = content.length, .path = path };
	return 0;
}

static void compile(const struct files *files, bool global, bool parent_paths)
{
	struct asp_page_options options = {
		.loader = { .ctx = (void *)(uintptr_t)files, .load = load },
		.language = "VBScript",
		.parent_paths = parent_paths,
		.global = global,
	};
	struct asp_page *page = NULL;
	struct asp_error error = { 0 };
	int r = asp_page_compile(&options, TEXT("/page.asp"), &page, &error);
	if (r == 0) {
		FUZZ_REQUIRE(page->program && page->file_count > 0 && page->codepage != 0);
		FUZZ_REQUIRE(global ? page->block_count == 0 : true);
	} else {
		FUZZ_REQUIRE(r == -EINVAL && !page);
		FUZZ_REQUIRE(error.number < 0 && error.description && error.file);
		FUZZ_REQUIRE(error.line >= 1 && error.column >= 1);
	}
	asp_error_done(&error);
	asp_page_unref(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct files files = { { (const char *)data, size } };
	if (size > 65536)
		return 0;
	compile(&files, false, size % 2);
	compile(&files, true, false);
	return 0;
}
