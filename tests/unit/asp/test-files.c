/* SPDX-License-Identifier: Apache-2.0 */
/* src/asp/files.c: paths stay inside the site, whatever they look like. */
#include "../unit.h"

#include "asp/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *base, *path;
	bool parents;
	int result;
	const char *out;
} paths[] = {
	{ "/a/b.asp", "c.asp", false, 0, "/a/c.asp" },
	{ "/a/b.asp", "/c.asp", false, 0, "/c.asp" },
	{ "/b.asp", "inc\\c.asp", false, 0, "/inc/c.asp" },
	{ "/b.asp", "\\c.asp", false, 0, "/c.asp" },
	{ "/a/b.asp", "./c/./d.asp", false, 0, "/a/c/d.asp" },
	{ "/a/b.asp", "c//d.asp", false, 0, "/a/c/d.asp" },
	{ "/a/b.asp", "../c.asp", true, 0, "/c.asp" },
	{ "/a/b.asp", "../c.asp", false, ASP_URL_PARENT, NULL },
	{ "/a/b.asp", "..\\..\\c.asp", true, ASP_URL_ABOVE, NULL },
	{ "/a/b.asp", "/../c.asp", true, ASP_URL_ABOVE, NULL },
	{ "/a/b.asp", "x/../../../c.asp", true, ASP_URL_ABOVE, NULL },
	{ "/a/b.asp", "C:\\x.asp", false, ASP_URL_PHYSICAL, NULL },
	{ "/a/b.asp", "x.asp:stream", false, ASP_URL_INVALID, NULL },
	{ "/a/b.asp", "x*.asp", false, ASP_URL_INVALID, NULL },
	{ "/a/b.asp", "x\n.asp", false, ASP_URL_INVALID, NULL },
	{ "/a/b.asp", "/", false, 0, "/" },
	{ "/a/b.asp", "...", false, 0, "/a/..." },
};

static void urls_resolve(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct buf b;
		buf_init(&b, 1000);
		assert_int_equal(asp_url_resolve(text_of(paths[i].base), text_of(paths[i].path),
						 paths[i].parents, &b),
				 paths[i].result);
		if (paths[i].out)
			assert_string_equal(buf_cstr(&b), paths[i].out);
		buf_done(&b);
	}
}

static const struct asp_mapping mappings[] = {
	{ "/shop/img", "/data/img" },
	{ "/shop", "/srv/shop" },
	{ "/", "/srv/www" },
};
static const struct asp_settings settings = { .mappings = mappings, .mapping_count = 3 };

static void virtual_directories_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *url, *path;
	} rows[] = {
		{ "/x.asp", "/srv/www/x.asp" },
		{ "/shop", "/srv/shop" },
		{ "/shop/a.asp", "/srv/shop/a.asp" },
		{ "/SHOP/a.asp", "/srv/shop/a.asp" },
		{ "/shopping", "/srv/www/shopping" },
		{ "/shop/img/1.png", "/data/img/1.png" },
		{ "/", "/srv/www" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b;
		buf_init(&b, 1000);
		assert_int_equal(asp_url_physical(&settings, text_of(rows[i].url), &b), 0);
		assert_string_equal(buf_cstr(&b), rows[i].path);
		buf_done(&b);
	}
}

static void no_link_leads_out(void **state)
{
	(void)state;
	char folder[] = "/tmp/asp-files-XXXXXX", path[256];
	assert_non_null(mkdtemp(folder));
	struct asp_mapping mapping = { "/", folder };
	struct asp_settings site = { .mappings = &mapping, .mapping_count = 1 };
	struct asp_loader loader = asp_loader_site(&site);
	struct asp_file file;
	snprintf(path, sizeof(path), "%s/in", folder);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fputs("inside", f);
	fclose(f);
	assert_int_equal(loader.load(loader.ctx, TEXT("/in"), &file), 0);
	assert_string_equal(file.data, "inside");
	asp_file_done(&file);
	/* as Windows would find it, and where it really is */
	assert_int_equal(loader.load(loader.ctx, TEXT("/IN"), &file), 0);
	assert_true(text_ends_with_nocase(text_of(file.path), TEXT("/in")));
	assert_int_equal(file.path[strlen(file.path) - 1], 'n');
	asp_file_done(&file);
	snprintf(path, sizeof(path), "%s/out", folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(loader.load(loader.ctx, TEXT("/out"), &file), -ENOENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("../../etc/passwd", path), 0);
	assert_int_equal(loader.load(loader.ctx, TEXT("/out"), &file), -ENOENT);
	assert_int_equal(loader.load(loader.ctx, TEXT("/OUT"), &file), -ENOENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(loader.load(loader.ctx, TEXT("/"), &file), -ENOENT);
	assert_int_equal(loader.load(loader.ctx, TEXT("/none"), &file), -ENOENT);
	snprintf(path, sizeof(path), "%s/in", folder);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_resolve),
		cmocka_unit_test(virtual_directories_are_found),
		cmocka_unit_test(no_link_leads_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
