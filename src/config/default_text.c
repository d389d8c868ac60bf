/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the applicationHost.config of a new installation: readable, since it is where people
 * begin. Called by `surrogate run` and `surrogate serve` before anything else runs.
 *
 * Folders below `root` that hold a file `surrogate.app` become applications with the protection
 * that it names; those with a global.asa become applications with the protection of the root,
 * since the file would be read nowhere else.
 */
#include "config/config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SITE_NAME "Default Web Site"
#define TEXT_LIMIT (8 << 20)
#define FOLDER_DEPTH_MAX 16
#define FOLDERS_MAX 20000
#define APPLICATIONS_MAX 1000
#define DEFAULT_POOL "DefaultAppPool"

struct found {
	char *path, *physical; /* "/shop", "/srv/www/shop" */
	enum config_protection protection;
	char pool[128];
};

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--\n"
/* Such a file may be written again. */
#define MARK                                                                                       \
	"  Written by 'surrogate serve', which writes it anew at each start: delete these two\n"   \
	"  lines to keep changes, and start the server with 'surrogate run'.\n\n"

struct writer {
	struct buf out;
	bool development; /* for one person in front of it: errors are shown in full */
	const char *root;
	enum config_protection protection;
	struct found *applications;
	size_t application_count, folder_count;
	int error;
};

/* ---- finding applications ---- */

/* What `surrogate.app` says: one word, or "Pool NAME". Anything else leaves `found` as it is. */
static void read_word(const char *file, struct found *found)
{
	static const enum config_protection words[] = { CONFIG_LOW, CONFIG_MEDIUM, CONFIG_HIGH };
	_cleanup_mem_ char *data = NULL;
	size_t length;

	if (sys_read_file(file, 4096, &data, &length) < 0)
		return;
	struct text rest = { data, length };
	struct text line = text_trim(text_cut(&rest, '\n'));
	if (line.length && line.data[line.length - 1] == '\r')
		line = text_trim((struct text){ line.data, line.length - 1 });
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (text_equal_nocase(line, text_of(config_protection_name(words[i]))))
			found->protection = words[i];
	}
	struct text word = text_cut(&line, ' ');
	struct text pool = text_trim(line.data ? line : TEXT(""));
	/* Characters that a pool's name may not have would make the file unreadable. */
	bool valid = pool.length > 0 && pool.length < sizeof(found->pool);
	for (size_t i = 0; i < pool.length; i++) {
		unsigned char c = (unsigned char)pool.data[i];
		if (c < 0x20 || strchr("\\/\"|<>:*?][+=;,@&", c))
			valid = false;
	}
	if (text_equal_nocase(word, TEXT("Pool")) && valid && utf8_valid(pool)) {
		found->protection = CONFIG_POOL;
		memcpy(found->pool, pool.data, pool.length);
		found->pool[pool.length] = '\0';
	}
}

static bool is_file(const char *folder, const char *name, char path[PATH_MAX])
{
	struct stat st;
	int n = snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return n > 0 && n < PATH_MAX && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void add_application(struct writer *w, const char *folder, const struct found *like)
{
	if (w->application_count == APPLICATIONS_MAX)
		return;
	struct found *list = mem_realloc(w->applications, w->application_count + 1, sizeof(*list));
	if (!list) {
		w->error = -ENOMEM;
		return;
	}
	w->applications = list;
	struct found *found = &list[w->application_count];
	*found = *like;
	found->path = mem_strdup(folder + strlen(w->root));
	found->physical = mem_strdup(folder);
	w->application_count++;
	if (!found->path || !found->physical)
		w->error = -ENOMEM;
}

/* A name that can be a segment of an application's path. */
static bool name_usable(const char *name)
{
	return name[0] != '.' && !strpbrk(name, "\\?;:@&=+$,|\"<>*") && utf8_valid(text_of(name));
}

/* An application's own files are not applications of the site, whatever their names. */
static bool is_private(const char *name)
{
	return text_equal_nocase(text_of(name), TEXT("App_Data")) ||
	       text_equal_nocase(text_of(name), TEXT("bin"));
}

static int usable_entry(const struct dirent *entry)
{
	return name_usable(entry->d_name) && !is_private(entry->d_name) &&
	       (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

/* In name order, so that the same folder always gives the same text. Links are not followed. */
static void scan(struct writer *w, const char *folder, unsigned depth)
{
	struct dirent **entries = NULL;
	char path[PATH_MAX];
	struct stat st;

	if (depth > FOLDER_DEPTH_MAX || w->error || ++w->folder_count > FOLDERS_MAX)
		return;
	int count = scandir(folder, &entries, usable_entry, alphasort);
	for (int i = 0; i < count; i++) {
		struct found found = { .protection = w->protection, .pool = DEFAULT_POOL };
		char file[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
		if (n < 0 || n >= PATH_MAX || lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		bool named = is_file(path, "surrogate.app", file);
		if (named)
			read_word(file, &found);
		if (named || is_file(path, "global.asa", file) || is_file(path, "Global.asa", file))
			add_application(w, path, &found);
		scan(w, path, depth + 1);
	}
	free(entries);
}

/* ---- writing ---- */

static void put_value(struct writer *w, const char *value)
{
	buf_put_html(&w->out, text_of(value));
}

static void put_head(struct writer *w)
{
	buf_puts(&w->out, HEAD);
	if (w->development)
		buf_puts(&w->out, MARK);
	buf_puts(
		&w->out,
		"  The configuration of the server, in the format of IIS. web.config files in the "
		"folders\n"
		"  of a site add to it for what is below them.\n"
		"\n"
		"  What is not said here is as installed: default documents, MIME map, request "
		"filter,\n"
		"  handlers. A collection that is listed here (beginning with an <add>, not with "
		"a\n"
		"  <remove>) replaces the installed one.\n"
		"-->\n"
		"<configuration>\n"
		"  <system.applicationHost>\n"
		"\n"
		"    <!-- Named pools. Applications of Low, Medium and High protection need none:\n"
		"         AppIsolated, below, says where they run. -->\n"
		"    <applicationPools>\n");
}

static bool pool_written(const struct writer *w, size_t before)
{
	const char *name = w->applications[before].pool;
	for (size_t i = 0; i < before; i++) {
		if (w->applications[i].protection == CONFIG_POOL &&
		    text_equal_nocase(text_of(w->applications[i].pool), text_of(name)))
			return true;
	}
	return text_equal_nocase(text_of(name), text_of(DEFAULT_POOL));
}

static void put_pools(struct writer *w)
{
	buf_puts(&w->out, "      <add name=\"" DEFAULT_POOL "\" />\n");
	for (size_t i = 0; i < w->application_count; i++) {
		if (w->applications[i].protection != CONFIG_POOL || pool_written(w, i))
			continue;
		buf_puts(&w->out, "      <add name=\"");
		put_value(w, w->applications[i].pool);
		buf_puts(&w->out, "\" />\n");
	}
	buf_puts(&w->out,
		 "      <applicationPoolDefaults>\n"
		 "        <processModel idleTimeout=\"00:20:00\" startupTimeLimit=\"00:01:30\" />\n"
		 "        <recycling>\n"
		 "          <periodicRestart time=\"1.05:00:00\" />\n"
		 "        </recycling>\n"
		 "      </applicationPoolDefaults>\n"
		 "    </applicationPools>\n\n");
}

static void put_application(struct writer *w, const char *path, const struct found *found)
{
	buf_puts(&w->out, "        <application path=\"");
	put_value(w, path);
	if (found->protection == CONFIG_POOL) {
		buf_puts(&w->out, "\" applicationPool=\"");
		put_value(w, found->pool);
	}
	buf_puts(&w->out, "\">\n          <virtualDirectory path=\"/\" physicalPath=\"");
	put_value(w, found->physical);
	buf_puts(&w->out, "\" />\n");
}

/* %SURROGATE_STATE%/data is where pages may write when the site brings no folder for that. */
static void put_root(struct writer *w)
{
	char path[PATH_MAX];
	struct found root = { .physical = (char *)w->root,
			      .protection = w->protection,
			      .pool = DEFAULT_POOL };
	int n = snprintf(path, sizeof(path), "%s/App_Data", w->root);

	put_application(w, "/", &root);
	if (n > 0 && n < PATH_MAX && access(path, F_OK) != 0)
		buf_puts(&w->out,
			 "          <!-- Where pages may write. Put a folder App_Data into the "
			 "site and\n"
			 "               delete this line to keep the data with the site. -->\n"
			 "          <virtualDirectory path=\"/App_Data\" "
			 "physicalPath=\"%SURROGATE_STATE%/data\" />\n");
	buf_puts(&w->out, "        </application>\n");
}

static void put_site(struct writer *w, const char *address, uint16_t port)
{
	buf_puts(&w->out, "    <sites>\n      <site name=\"" SITE_NAME "\" id=\"1\">\n");
	put_root(w);
	for (size_t i = 0; i < w->application_count; i++) {
		put_application(w, w->applications[i].path, &w->applications[i]);
		buf_puts(&w->out, "        </application>\n");
	}
	buf_printf(&w->out,
		   "        <bindings>\n"
		   "          <binding protocol=\"http\" bindingInformation=\"%s:%u:\" />\n"
		   "        </bindings>\n"
		   "      </site>\n"
		   "      <siteDefaults>\n"
		   "        <logFile directory=\"%%SURROGATE_STATE%%/logs\" />\n"
		   "      </siteDefaults>\n"
		   "    </sites>\n\n",
		   address, port);
}

static void put_isolated(struct writer *w, const char *path, enum config_protection protection)
{
	if (protection == CONFIG_POOL)
		return;
	buf_puts(&w->out, "      <key path=\"LM/W3SVC/1/ROOT");
	put_value(w, path);
	buf_printf(&w->out,
		   "\">\n        <property id=\"2104\" dataType=\"DWord\" userType=\"1\" "
		   "attributes=\"None\" value=\"%d\" /> <!-- %s -->\n      </key>\n",
		   (int)protection, config_protection_name(protection));
}

static void put_tail(struct writer *w)
{
	buf_puts(&w->out, "    <!-- AppIsolated, as IIS 5 had it: 0 Low (in the web server's own "
			  "process), 1 High\n"
			  "         (a process of its own), 2 Medium (one process that such "
			  "applications share). -->\n"
			  "    <customMetadata>\n");
	put_isolated(w, "", w->protection);
	for (size_t i = 0; i < w->application_count; i++)
		put_isolated(w, w->applications[i].path, w->applications[i].protection);
	buf_puts(&w->out, "    </customMetadata>\n"
			  "  </system.applicationHost>\n"
			  "\n"
			  "  <!-- Sections that web.config files may change although IIS locks "
			  "them by default. -->\n"
			  "  <location path=\"\" overrideMode=\"Allow\">\n"
			  "    <system.webServer>\n");
	buf_printf(
		&w->out,
		"      <!-- Whether script errors are shown in full: false where strangers come. "
		"-->\n      <asp scriptErrorSentToBrowser=\"%s\" errorsToNTLog=\"true\" />\n",
		w->development ? "true" : "false");
	buf_puts(&w->out, "      <handlers accessPolicy=\"Read, Script\" />\n"
			  "      <modules />\n"
			  "    </system.webServer>\n"
			  "  </location>\n"
			  "</configuration>\n");
}

bool config_is_default_text(struct text text)
{
	return text_starts_with(text, TEXT(HEAD MARK));
}

char *config_default_text(const char *root, const char *address, uint16_t port,
			  enum config_protection protection)
{
	struct writer w = { .protection = protection, .development = strcmp(address, "*") != 0 };
	char resolved[PATH_MAX];
	char *text = NULL;

	if (root[0] != '/' && realpath(root, resolved))
		root = resolved;
	size_t length = strlen(root);

	while (length > 1 && root[length - 1] == '/')
		length--;
	_cleanup_mem_ char *folder = mem_dup(root, length + 1);
	if (!folder)
		return NULL;
	folder[length] = '\0';
	w.root = folder;
	buf_init(&w.out, TEXT_LIMIT);
	scan(&w, w.root, 0);
	if (!w.error) {
		put_head(&w);
		put_pools(&w);
		put_site(&w, address, port);
		put_tail(&w);
		text = buf_take(&w.out, NULL);
	}
	buf_done(&w.out);
	for (size_t i = 0; i < w.application_count; i++) {
		mem_free(w.applications[i].path);
		mem_free(w.applications[i].physical);
	}
	mem_free(w.applications);
	return text;
}
