/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/commit.h and config/history.h: what is on the disk after a change. */
#include "fixture.h"

#include "base/sys.h"
#include "config/commit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[600];

static void write_server(const char *dir, const char *more)
{
	char *xml = host_text(dir, more);
	snprintf(path, sizeof(path), "%s/config/applicationHost.config", dir);
	write_file(dir, "config/applicationHost.config", xml);
	mem_free(xml);
}

static void assert_contains(const char *file, const char *text, bool expected)
{
	char *data = NULL;
	size_t length;
	assert_int_equal(sys_read_file(file, 1 << 20, &data, &length), 0);
	if ((strstr(data, text) != NULL) != expected)
		fail_msg("\"%s\" is %sin:\n%s", text, expected ? "not " : "", data);
	mem_free(data);
}

/* Sets an attribute of a section, and writes. */
static int set(struct config_commit *c, const char *location, const char *section, const char *name,
	       const char *value)
{
	const struct xml_element *e = NULL;
	struct edit *edit = config_commit_edit(c);
	int r = edit_section(edit, text_of(location), section, &e, &err);
	if (r == 0)
		r = edit_set(edit, &e, name, value, &err);
	return r == 0 ? config_commit_write(c, &err) : r;
}

static struct config_commit *open_server(const char *dir)
{
	struct config_commit *c = NULL;
	if (config_commit_server(path, dir, &c, &err) < 0)
		fail_msg("%s", err.text);
	return c;
}

static void a_change_is_validated_written_and_kept(void **state)
{
	char file[700];
	struct stat before, after;
	write_server(*state, "<!-- a comment -->");
	assert_int_equal(stat(path, &before), 0);
	struct config_commit *c = open_server(*state);
	assert_int_equal(config_commit_write(c, &err), 0); /* nothing changed, nothing is written */
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(set(c, "Site", "system.webServer/asp", "codePage", "many"), -EINVAL);
	assert_non_null(strstr(err.text, "'codePage' attribute is invalid"));
	config_commit_free(c);
	assert_contains(path, "codePage", false);
	c = open_server(*state);
	assert_int_equal(set(c, "Site", "system.webServer/asp", "codePage", "65001"), 0);
	config_commit_free(c);
	assert_contains(path, "<asp codePage=\"65001\" />", true);
	assert_contains(path, "<!-- a comment -->", true);
	snprintf(file, sizeof(file),
		 "%s/config/history/CFGHISTORY_0000000001/applicationHost.config", (char *)*state);
	assert_contains(file, "codePage", false);
	snprintf(file, sizeof(file),
		 "%s/config/history/CFGHISTORY_0000000002/applicationHost.config", (char *)*state);
	assert_contains(file, "codePage", true);
}

static void the_oldest_versions_go(void **state)
{
	char file[700], value[16];
	write_server(*state, "");
	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "", "system.applicationHost/configHistory", "maxHistories", "3"),
			 0);
	config_commit_free(c);
	for (int i = 0; i < 6; i++) {
		snprintf(value, sizeof(value), "%d", 1000 + i);
		c = open_server(*state);
		assert_int_equal(set(c, "", "system.webServer/asp", "codePage", value), 0);
		config_commit_free(c);
	}
	snprintf(file, sizeof(file), "%s/config/history/CFGHISTORY_0000000005", (char *)*state);
	assert_int_equal(access(file, F_OK), -1);
	snprintf(file, sizeof(file), "%s/config/history/CFGHISTORY_0000000006", (char *)*state);
	assert_int_equal(access(file, F_OK), 0);
	snprintf(file, sizeof(file), "%s/config/history/CFGHISTORY_0000000008", (char *)*state);
	assert_int_equal(access(file, F_OK), 0);
}

static void a_writer_in_between_is_noticed(void **state)
{
	write_server(*state, "");
	struct config_commit *one = open_server(*state), *two = open_server(*state);
	assert_int_equal(set(one, "", "system.webServer/asp", "codePage", "1"), 0);
	assert_int_equal(set(two, "", "system.webServer/asp", "codePage", "2"), -ESTALE);
	assert_non_null(strstr(err.text, "the file has changed on disk"));
	assert_contains(path, "codePage=\"1\"", true);
	config_commit_free(two);
	config_commit_free(one);
}

static void a_web_config_is_made_and_its_locks_hold(void **state)
{
	char file[700];
	struct config *config = NULL;
	struct config_tree *tree = NULL;
	struct config_commit *c = NULL;
	write_server(*state, "");
	write_file(*state, "sub/index.htm", "");
	assert_int_equal(config_load(path, *state, &config, &err), 0);
	assert_int_equal(config_tree_new(config, TEXT("Site/sub"), &tree, &err), 0);
	assert_int_equal(config_commit_folder(config, tree, &c, &err), 0);
	assert_int_equal(set(c, "", "system.webServer/asp", "codePage", "1"), -EINVAL);
	assert_int_equal(err.hresult, 0x80070021);
	assert_non_null(strstr(err.file, "/sub/web.config"));
	config_commit_free(c);
	snprintf(file, sizeof(file), "%s/sub/web.config", (char *)*state);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(config_commit_folder(config, tree, &c, &err), 0);
	assert_int_equal(set(c, "", "system.webServer/directoryBrowse", "enabled", "true"), 0);
	config_commit_free(c);
	assert_contains(file, "<directoryBrowse enabled=\"true\" />", true);
	config_tree_free(tree);
	assert_int_equal(config_tree_new(config, TEXT(""), &tree, &err), 0);
	assert_int_equal(config_commit_folder(config, tree, &c, &err), -EINVAL);
	config_tree_free(tree);
	config_unref(config);
}

/* Writes one number after the other, and tells of each that is on the disk. */
static void write_numbers(const char *dir, int out)
{
	for (uint32_t n = 1;; n++) {
		struct config_commit *c = NULL;
		char value[16];
		snprintf(value, sizeof(value), "%u", n);
		if (config_commit_server(path, dir, &c, &err) < 0 ||
		    set(c, "", "system.webServer/asp", "codePage", value) < 0 ||
		    write(out, &n, sizeof(n)) != sizeof(n))
			_exit(1);
		config_commit_free(c);
	}
}

static uint32_t number_on_disk(const char *dir)
{
	struct config *config = NULL;
	struct config_tree *tree = NULL;
	uint64_t number = 0;
	if (config_load(path, dir, &config, &err) < 0)
		fail_msg("torn: %s", err.text);
	assert_int_equal(config_tree_new(config, TEXT(""), &tree, &err), 0);
	text_to_u64(text_of(effective_text(level_section(config_tree_level(tree),
							 "system.webServer/asp"),
					   "codePage")),
		    &number);
	config_tree_free(tree);
	config_unref(config);
	return (uint32_t)number;
}

static void killed_writers_leave_whole_files(void **state)
{
	for (int round = 0; round < 30; round++) {
		uint32_t told = 0, n;
		int ends[2];
		write_server(*state, "");
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0)
			write_numbers(*state, ends[1]);
		close(ends[1]);
		assert_int_equal(read(ends[0], &n, sizeof(n)), sizeof(n));
		usleep((useconds_t)(round * 700)); /* some instant, another one each time */
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		for (told = n; read(ends[0], &n, sizeof(n)) == sizeof(n);)
			told = n;
		close(ends[0]);
		uint32_t there = number_on_disk(*state);
		assert_in_range(there, told, told + 1); /* one may be written and not yet told */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_change_is_validated_written_and_kept),
		state_test(the_oldest_versions_go),
		state_test(a_writer_in_between_is_noticed),
		state_test(a_web_config_is_made_and_its_locks_hold),
		state_test(killed_writers_leave_whole_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
