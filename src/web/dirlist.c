/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listing of a folder (system.webServer/directoryBrowse, off by default): folders first, then
 * files, by name. What request filtering hides is not listed. Loop threads.
 */
#include "web/internal.h"

#include "base/buf.h"
#include "base/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES_MAX 10000
#define LISTING_MAX (3u << 20)

struct entry {
	char *name;
	bool is_folder;
	int64_t size;
	time_t modified;
};

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->is_folder != y->is_folder)
		return x->is_folder ? -1 : 1;
	return text_compare_nocase(text_of(x->name), text_of(y->name));
}

static bool is_shown(const struct web_call *call, const char *name)
{
	const struct config_url *url = call->request.url;
	struct text t = text_of(name);
	return name[0] != '.' && utf8_valid(t) && !config_url_segment_hidden(url, t) &&
	       !config_url_extension_denied(url, web_path_extension(t));
}

/* Through the same fence as the route took: a link may have changed since. */
static int open_folder(const struct web_call *call)
{
	const char *top = call->request.vdir->physical_path;
	const char *below = call->request.script_file.data + strlen(top);
	_cleanup_fd_ int root = sys_open(top, O_PATH | O_DIRECTORY, 0);
	struct web_found found;
	if (root < 0 || call->request.script_file.length < strlen(top))
		return root < 0 ? root : web_open_beneath(root, "", &found) < 0 ? -1 : found.fd;
	while (*below == '/')
		below++;
	return web_open_beneath(root, below, &found) < 0 ? -1 : found.fd;
}

/* At most ENTRIES_MAX of them; -1 when the folder cannot be read. */
static int read_entries(struct web_call *call, struct entry *entries)
{
	struct arena *arena = http_exchange_arena(call->request.x);
	int fd = open_folder(call);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		sys_close(fd);
		return -1;
	}
	int count = 0;
	for (struct dirent *e; count < ENTRIES_MAX && (e = readdir(dir));) {
		struct stat st;
		if (!is_shown(call, e->d_name) || fstatat(fd, e->d_name, &st, 0) < 0 ||
		    !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
			continue;
		char *name = arena_strndup(arena, e->d_name, strlen(e->d_name));
		if (!name)
			break;
		entries[count++] =
			(struct entry){ name, S_ISDIR(st.st_mode), st.st_size, st.st_mtime };
	}
	closedir(dir);
	qsort(entries, (size_t)count, sizeof(*entries), compare);
	return count;
}

static void put_href(struct buf *out, const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
			buf_putc(out, (char)c);
		else if ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '~')
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* showFlags */
enum { SHOW_DATE = 2, SHOW_TIME = 4, SHOW_SIZE = 8, SHOW_EXTENSION = 16, SHOW_LONG_DATE = 32 };

/* UTC, as everything this server shows. */
static void put_date(struct buf *out, const struct entry *e, uint32_t show)
{
	static const char *const formats[] = {
		"", "%Y-%m-%d", "%H:%M", "%Y-%m-%d %H:%M", "%A, %d %B %Y", "%A, %d %B %Y %H:%M"
	};
	struct tm tm;
	char date[64];
	unsigned format = (show & SHOW_DATE ? 1u : 0u) | (show & SHOW_TIME ? 2u : 0u);
	if (show & SHOW_LONG_DATE)
		format = show & SHOW_TIME ? 5 : 4;
	gmtime_r(&e->modified, &tm);
	date[0] = '\0';
	if (format)
		strftime(date, sizeof(date), formats[format], &tm);
	buf_printf(out, "<td>%s</td>", date);
}

static void put_entry(struct buf *out, const struct entry *e, uint32_t show)
{
	struct text name = text_of(e->name), extension = web_path_extension(name);
	buf_puts(out, "<tr>");
	put_date(out, e, show);
	buf_puts(out, "<td class=\"n\">");
	if (e->is_folder)
		buf_puts(out, "&lt;dir&gt;");
	else if (show & SHOW_SIZE)
		buf_printf(out, "%lld", (long long)e->size);
	buf_puts(out, "</td><td><a href=\"./");
	put_href(out, e->name);
	buf_puts(out, e->is_folder ? "/\">" : "\">");
	if (!e->is_folder && !(show & SHOW_EXTENSION) && extension.length > 1 &&
	    extension.length < name.length)
		name.length -= extension.length;
	buf_put_html(out, name);
	buf_puts(out, e->is_folder ? "/</a></td></tr>\r\n" : "</a></td></tr>\r\n");
}

static void put_page(struct buf *out, struct web_call *call, const struct entry *entries, int count)
{
	web_page_begin(out, "Folder");
	buf_puts(out, "<h1>");
	buf_put_html(out, call->request.path);
	buf_puts(out, "</h1>\r\n<div class=\"box\"><table class=\"list\">\r\n");
	if (call->request.path.length > 1)
		buf_puts(out, "<tr><td></td><td></td><td><a href=\"../\">[To Parent Directory]"
			      "</a></td></tr>\r\n");
	for (int i = 0; i < count; i++)
		put_entry(out, &entries[i], call->request.url->directory_fields);
	buf_puts(out, "</table></div>\r\n");
	web_page_end(out);
}

void web_dirlist_serve(struct web_call *call)
{
	struct arena *arena = http_exchange_arena(call->request.x);
	struct entry *entries = arena_alloc(arena, ENTRIES_MAX * sizeof(*entries));
	int count = entries ? read_entries(call, entries) : -1;
	if (count < 0) {
		web_error_serve(call, 403, 2, 0, (struct text){ "", 0 }, NULL);
		return;
	}
	struct buf page;
	buf_init(&page, LISTING_MAX);
	put_page(&page, call, entries, count);
	char *body = buf_failed(&page) ? NULL : arena_dup(arena, page.data, page.length);
	size_t length = page.length;
	buf_done(&page);
	if (!body) {
		web_error_serve(call, 500, 0, 0x8007000E, TEXT("The folder is too large to list."),
				NULL);
		return;
	}
	struct http_field type = { TEXT("Content-Type"), TEXT("text/html; charset=utf-8") };
	web_answer_memory(call, 200, &type, 1, body, length);
}
