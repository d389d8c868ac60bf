/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/commit.h and config/history.h: what is on the disk after a change. */
#include "fixture.h"

#include "base/sys.h"
#include "config/commit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
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
	if (config_commit_server(path, dir, NULL, &c, &err) < 0)
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

/* ASCII as UTF-16, little end first. */
static void write_wide(const char *dir, const char *name, const char *ascii)
{
	char file[700], bytes[16384] = "\xff\xfe";
	size_t n = 2;
	for (const char *c = ascii; *c; c++, n += 2) {
		bytes[n] = *c;
		bytes[n + 1] = 0;
	}
	write_file(dir, name, ""); /* makes the folder */
	snprintf(file, sizeof(file), "%s/%s", dir, name);
	assert_int_equal(sys_replace_file(file, bytes, n, 0644), 0);
}

static void a_file_in_utf16_is_read_and_stays_one(void **state)
{
	char file[700], *data = NULL, *xml = host_text(*state, "");
	struct config *config = NULL;
	struct config_tree *tree = NULL;
	size_t length;

	snprintf(path, sizeof(path), "%s/config/applicationHost.config", (char *)*state);
	write_wide(*state, "config/applicationHost.config", xml);
	mem_free(xml);
	write_wide(*state, "config/schema/mine.xml",
		   "<configSchema><sectionSchema name='my/s'/></configSchema>");
	write_wide(*state, "web.config",
		   "<configuration><system.webServer><directoryBrowse enabled='true'/>"
		   "</system.webServer></configuration>");
	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "Site", "system.webServer/asp", "codePage", "65001"), 0);
	config_commit_free(c);
	assert_int_equal(sys_read_file(path, 1 << 20, &data, &length), 0);
	assert_int_equal(xml_encoding((struct text){ data, length }), XML_UTF16LE);
	mem_free(data);

	assert_int_equal(config_load(path, *state, &config, &err), 0);
	assert_true(schema_find(config_schema(config), "my/s") != SIZE_MAX);
	assert_int_equal(config_tree_new(config, TEXT("Site"), &tree, &err), 0);
	const struct level *level = config_tree_level(tree);
	assert_string_equal(
		effective_text(level_section(level, "system.webServer/asp"), "codePage"), "65001");
	assert_string_equal(effective_text(level_section(level, "system.webServer/directoryBrowse"),
					   "enabled"),
			    "true");
	assert_int_equal(config_commit_folder(config, tree, &c, &err), 0);
	assert_int_equal(set(c, "", "system.webServer/directoryBrowse", "enabled", "false"), 0);
	config_commit_free(c);
	snprintf(file, sizeof(file), "%s/web.config", (char *)*state);
	assert_int_equal(sys_read_file(file, 1 << 20, &data, &length), 0);
	assert_int_equal(xml_encoding((struct text){ data, length }), XML_UTF16LE);
	mem_free(data);
	config_tree_free(tree);
	config_unref(config);
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
	assert_int_equal(err.hresult, 0x80070020);
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

static void what_is_looked_up_is_what_is_changed(void **state)
{
	struct config *config = NULL;
	struct config_commit *c = NULL;
	write_server(*state, "<!-- of one time -->");
	assert_int_equal(config_commit_server(path, *state, &config, &c, &err), 0);
	assert_int_equal(config_site_count(config), 1);
	config_commit_free(c);
	assert_int_equal(config_commit_server(path, *state, &config, &c, &err), 0);
	config_commit_free(c);
	c = NULL;
	/* Every element is at another byte now. */
	write_server(*state, "<!-- of another time -->");
	assert_int_equal(config_commit_server(path, *state, &config, &c, &err), -ESTALE);
	assert_non_null(strstr(err.text, "the file has changed on disk"));
	assert_int_equal(err.hresult, 0x80070020);
	assert_null(c);
	config_unref(config);
}

static void assert_access(const char *file, mode_t mode, uid_t owner, gid_t group)
{
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	assert_int_equal(st.st_uid, owner);
	assert_int_equal(st.st_gid, group);
}

static void owner_and_mode_stay(void **state)
{
	char file[700];
	uid_t owner = geteuid() ? geteuid() : 65534;
	gid_t group = geteuid() ? getegid() : 65533;
	write_server(*state, "");
	assert_int_equal(chown(path, owner, group), 0);
	assert_int_equal(chmod(path, 0600), 0);
	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "", "system.webServer/asp", "codePage", "1"), 0);
	config_commit_free(c);
	assert_access(path, 0600, owner, group);
	for (int i = 1; i <= 2; i++) {
		snprintf(file, sizeof(file),
			 "%s/config/history/CFGHISTORY_000000000%d/applicationHost.config",
			 (char *)*state, i);
		assert_access(file, 0600, owner, group);
	}
}

/* Opens the web.config of /sub with a change made that is not yet written. */
static struct config_commit *open_sub(const char *dir)
{
	struct config *config = NULL;
	struct config_tree *tree = NULL;
	struct config_commit *c = NULL;
	const struct xml_element *e = NULL;
	const char *section = "system.webServer/directoryBrowse";
	write_server(dir, "");
	assert_int_equal(config_load(path, dir, &config, &err), 0);
	assert_int_equal(config_tree_new(config, TEXT("Site/sub"), &tree, &err), 0);
	int r = config_commit_folder(config, tree, &c, &err);
	config_tree_free(tree);
	config_unref(config);
	if (r < 0)
		return NULL;
	struct edit *edit = config_commit_edit(c);
	assert_int_equal(edit_section(edit, TEXT(""), section, &e, &err), 0);
	assert_int_equal(edit_set(edit, &e, "enabled", "true", &err), 0);
	return c;
}

static void swapped_files_and_folders_are_not_followed(void **state)
{
	char file[700], secret[700], sub[600], away[600], other[600];
	write_file(*state, "secret", "<configuration />");
	write_file(*state, "sub/web.config", "<configuration />");
	write_file(*state, "other/index.htm", "");
	snprintf(secret, sizeof(secret), "%s/secret", (char *)*state);
	snprintf(sub, sizeof(sub), "%s/sub", (char *)*state);
	snprintf(away, sizeof(away), "%s/away", (char *)*state);
	snprintf(other, sizeof(other), "%s/other", (char *)*state);
	snprintf(file, sizeof(file), "%s/web.config", sub);
	assert_int_equal(chmod(secret, 0600), 0);
	/* The folder becomes another one between the read and the write. */
	struct config_commit *c = open_sub(*state);
	assert_int_equal(rename(sub, away), 0);
	assert_int_equal(symlink(other, sub), 0);
	assert_int_equal(config_commit_write(c, &err), 0);
	config_commit_free(c);
	assert_int_equal(access(file, F_OK), -1); /* other/web.config */
	assert_null(open_sub(*state));
	assert_non_null(strstr(err.text, "behind a symbolic link below the physicalPath"));
	assert_int_equal(unlink(sub), 0);
	assert_int_equal(rename(away, sub), 0);
	assert_contains(file, "<directoryBrowse enabled=\"true\" />", true);
	/* The file becomes a link to what its owner would like to have. */
	write_file(*state, "sub/web.config", "<configuration />");
	c = open_sub(*state);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink(secret, file), 0);
	assert_int_equal(config_commit_write(c, &err), -ELOOP);
	config_commit_free(c);
	assert_access(secret, 0600, geteuid(), getegid());
	assert_contains(secret, "directoryBrowse", false);
}

/* Links of administrators: the state somewhere else, and the site. */
static void links_of_administrators_are_followed(void **state)
{
	char link_path[600], target[600], *xml;
	struct config *config = NULL;
	struct config_tree *tree = NULL;

	write_file(*state, "disk/config/readme", "");
	write_file(*state, "disk/site/sub/index.htm", "");
	snprintf(target, sizeof(target), "%s/disk/config", (char *)*state);
	snprintf(link_path, sizeof(link_path), "%s/config", (char *)*state);
	assert_int_equal(symlink(target, link_path), 0);
	snprintf(target, sizeof(target), "%s/disk/site", (char *)*state);
	snprintf(link_path, sizeof(link_path), "%s/www", (char *)*state);
	assert_int_equal(symlink(target, link_path), 0);
	xml = host_text(link_path, "");
	write_file(*state, "disk/config/applicationHost.config", xml);
	mem_free(xml);
	snprintf(path, sizeof(path), "%s/config/applicationHost.config", (char *)*state);

	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "Site", "system.webServer/asp", "codePage", "65001"), 0);
	config_commit_free(c);
	snprintf(target, sizeof(target), "%s/disk/config/applicationHost.config", (char *)*state);
	assert_contains(target, "codePage=\"65001\"", true);
	snprintf(target, sizeof(target),
		 "%s/disk/config/history/CFGHISTORY_0000000002/applicationHost.config",
		 (char *)*state);
	assert_contains(target, "codePage=\"65001\"", true);
	assert_int_equal(config_load(path, *state, &config, &err), 0);
	assert_int_equal(config_tree_new(config, TEXT("Site/sub"), &tree, &err), 0);
	assert_int_equal(config_commit_folder(config, tree, &c, &err), 0);
	assert_int_equal(set(c, "", "system.webServer/directoryBrowse", "enabled", "true"), 0);
	config_commit_free(c);
	config_tree_free(tree);
	config_unref(config);
	snprintf(target, sizeof(target), "%s/disk/site/sub/web.config", (char *)*state);
	assert_contains(target, "enabled=\"true\"", true);
}

/* What is too old in a history goes: not in a folder that somebody linked to. */
static void a_history_that_is_a_link_is_not_kept(void **state)
{
	char link_path[600], target[600];

	write_server(*state, "");
	write_file(*state, "other/CFGHISTORY_0000000001/applicationHost.config", "theirs");
	snprintf(target, sizeof(target), "%s/other", (char *)*state);
	snprintf(link_path, sizeof(link_path), "%s/config/history", (char *)*state);
	assert_int_equal(symlink(target, link_path), 0);
	for (int i = 0; i < 12; i++) {
		char value[16];
		snprintf(value, sizeof(value), "%d", 1000 + i);
		struct config_commit *c = open_server(*state);
		assert_int_equal(set(c, "", "system.webServer/asp", "codePage", value), 0);
		config_commit_free(c);
	}
	assert_contains(path, "1011", true);
	snprintf(target, sizeof(target), "%s/other/CFGHISTORY_0000000001/applicationHost.config",
		 (char *)*state);
	assert_contains(target, "theirs", true);
	snprintf(target, sizeof(target), "%s/other/CFGHISTORY_0000000002", (char *)*state);
	assert_int_equal(access(target, F_OK), -1);
}

static void what_killed_writers_left_goes(void **state)
{
	char left[700];
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	write_server(*state, "");
	snprintf(left, sizeof(left), "%s.new.%d", path, (int)child);
	sys_close(open(left, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	write_file(*state, "config/history/unfinished/applicationHost.config", "half");
	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "", "system.webServer/asp", "codePage", "1"), 0);
	config_commit_free(c);
	assert_int_equal(access(left, F_OK), -1);
	snprintf(left, sizeof(left), "%s/config/history/unfinished", (char *)*state);
	assert_int_equal(access(left, F_OK), -1);
}

static void a_lock_is_not_waited_for_without_end(void **state)
{
	char folder[600];
	write_server(*state, "");
	snprintf(folder, sizeof(folder), "%s/config", (char *)*state);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "", "system.webServer/asp", "codePage", "1"), -EWOULDBLOCK);
	assert_int_equal(err.hresult, 0x80070020);
	assert_non_null(strstr(err.text, "lock"));
	assert_contains(path, "codePage", false);
	sys_close(fd);
	assert_int_equal(config_commit_write(c, &err), 0);
	config_commit_free(c);
	assert_contains(path, "codePage", true);
}

static int count_versions(const char *dir)
{
	char folder[600];
	snprintf(folder, sizeof(folder), "%s/config/history", dir);
	DIR *history = opendir(folder);
	int count = -2; /* "." and ".." */
	while (history && readdir(history))
		count++;
	if (history)
		closedir(history);
	return history ? count : 0;
}

static void a_history_that_fails_keeps_nothing_back(void **state)
{
	write_server(*state, "");
	write_file(*state, "config/history/unfinished", "in the way");
	struct config_commit *c = open_server(*state);
	assert_int_equal(set(c, "", "system.webServer/asp", "codePage", "1"), 0);
	config_commit_free(c);
	assert_contains(path, "codePage", true);
	assert_int_equal(count_versions(*state), 1);
}

/* Writes one number after the other, and tells of each that is on the disk. */
static void write_numbers(const char *dir, int out)
{
	for (uint32_t n = 1;; n++) {
		struct config_commit *c = NULL;
		char value[16];
		snprintf(value, sizeof(value), "%u", n);
		if (config_commit_server(path, dir, NULL, &c, &err) < 0 ||
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

#ifdef SURROGATE_FAULTS
/* Whatever fails: no half version stays, no temporary, and the file is the old or the new one. */
static void a_disk_that_fails_leaves_nothing(void **state)
{
	static const enum fault_kind kinds[] = { FAULT_WRITE, FAULT_FSYNC, FAULT_RENAME };
	char folder[600], history[600], file[300], value[16];
	int changes = 1;
	snprintf(folder, sizeof(folder), "%s/config", (char *)*state);
	snprintf(history, sizeof(history), "%s/config/history", (char *)*state);
	write_server(*state, "");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		for (uint64_t nth = 1, count = 1; count >= nth - 1 && nth < 20; nth++) {
			struct config_commit *c = open_server(*state);
			snprintf(value, sizeof(value), "%d", changes++);
			fault_arm(kinds[i], nth, false);
			set(c, "", "system.webServer/asp", "codePage", value);
			count = fault_count(kinds[i]);
			fault_arm(kinds[i], 0, false);
			config_commit_free(c);
			number_on_disk(*state);
			DIR *dir = opendir(folder);
			for (struct dirent *e = readdir(dir); e; e = readdir(dir))
				assert_null(strstr(e->d_name, ".new."));
			closedir(dir);
			dir = opendir(history);
			for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
				if (e->d_name[0] == '.')
					continue;
				snprintf(file, sizeof(file), "%s/applicationHost.config",
					 e->d_name);
				assert_int_equal(faccessat(dirfd(dir), file, F_OK, 0), 0);
			}
			closedir(dir);
		}
	}
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_change_is_validated_written_and_kept),
		state_test(a_file_in_utf16_is_read_and_stays_one),
		state_test(the_oldest_versions_go),
		state_test(a_writer_in_between_is_noticed),
		state_test(a_web_config_is_made_and_its_locks_hold),
		state_test(what_is_looked_up_is_what_is_changed),
		state_test(owner_and_mode_stay),
		state_test(swapped_files_and_folders_are_not_followed),
		state_test(links_of_administrators_are_followed),
		state_test(a_history_that_is_a_link_is_not_kept),
		state_test(what_killed_writers_left_goes),
		state_test(a_lock_is_not_waited_for_without_end),
		state_test(a_history_that_fails_keeps_nothing_back),
		state_test(killed_writers_leave_whole_files),
#ifdef SURROGATE_FAULTS
		state_test(a_disk_that_fails_leaves_nothing),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
