/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows paths on Linux (path.h). Called by the file system objects in the thread of the script;
 * the text comes from pages and through them from requests. Owns nothing.
 */
#include "library/scripting/path.h"

#include "com/bstr.h"
#include "com/casing.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- text ---- */

static size_t last_separator(struct text path)
{
	size_t i = path.length;

	while (i && !path_is_separator(path.data[i - 1]))
		i--;
	return i; /* the first byte of the last part */
}

static bool has_drive(struct text path)
{
	return path.length >= 2 && path.data[1] == ':' && text_lower(path.data[0]) >= 'a' &&
	       text_lower(path.data[0]) <= 'z';
}

static struct text without_end_separators(struct text path)
{
	while (path.length > 1 && path_is_separator(path.data[path.length - 1]))
		path.length--;
	return path;
}

struct text path_name(struct text path)
{
	path = without_end_separators(path);
	size_t start = last_separator(path);

	if (!start && has_drive(path))
		start = 2;
	return (struct text){ path.data + start, path.length - start };
}

static size_t last_dot(struct text name)
{
	for (size_t i = name.length; i; i--)
		if (name.data[i - 1] == '.')
			return i - 1;
	return name.length;
}

struct text path_base(struct text path)
{
	struct text name = path_name(path);

	return (struct text){ name.data, last_dot(name) };
}

struct text path_extension(struct text path)
{
	struct text name = path_name(path);
	size_t dot = last_dot(name);

	if (dot == name.length)
		return (struct text){ name.data, 0 };
	return (struct text){ name.data + dot + 1, name.length - dot - 1 };
}

struct text path_parent(struct text path)
{
	path = without_end_separators(path);
	size_t root = has_drive(path) ? 2 : 0, start = last_separator(path);

	/* The root itself has no parent; what lies right under it has the root. */
	if (!start)
		return (struct text){ path.data, path.length > root ? root : 0 };
	if (path.length == start)
		return (struct text){ path.data, 0 };
	return (struct text){ path.data, start - 1 <= root ? root + 1 : start - 1 };
}

struct text path_drive(struct text path)
{
	return (struct text){ path.data, has_drive(path) ? 2 : 0 };
}

bool path_has_pattern(struct text path)
{
	struct text name = path_name(path);

	return memchr(name.data, '*', name.length) || memchr(name.data, '?', name.length);
}

/* ---- out ---- */

/* Appends a part to `out`, which has room; returns the new length or -ENAMETOOLONG. */
static int append_part(char out[PATH_SIZE], int length, struct text part)
{
	if ((size_t)length + 1 + part.length >= PATH_SIZE)
		return -ENAMETOOLONG;
	out[length] = '/';
	memcpy(out + length + 1, part.data, part.length);
	out[(size_t)length + 1 + part.length] = '\0';
	return length + 1 + (int)part.length;
}

void path_show(const char *path, char out[PATH_SHOWN_SIZE])
{
	size_t n = 0;

	if (*path == '/') {
		out[n++] = 'C';
		out[n++] = ':';
	}
	for (; *path && n < PATH_SHOWN_SIZE - 1; path++)
		out[n++] = *path == '/' ? '\\' : *path;
	out[n] = '\0';
}

BSTR path_show_bstr(const char *path)
{
	char shown[PATH_SHOWN_SIZE];

	path_show(path, shown);
	return bstr_from_text(text_of(shown));
}

static bool is_short_letter(char c)
{
	c = text_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-!#$%&@~^(){}", c));
}

/* Copies at most `limit` letters that a short name may have, in capitals. */
static size_t short_letters(struct text t, size_t limit, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t.length && n < limit; i++)
		if (is_short_letter(t.data[i]) && t.data[i] != '~')
			out[n++] = text_upper(t.data[i]);
	return n;
}

static bool is_short(struct text base, struct text extension, bool dot)
{
	for (size_t i = 0; i < base.length; i++)
		if (!is_short_letter(base.data[i]))
			return false;
	for (size_t i = 0; i < extension.length; i++)
		if (!is_short_letter(extension.data[i]))
			return false;
	return base.length && base.length <= 8 && extension.length <= 3 &&
	       dot == (extension.length != 0);
}

/* FNV-1a: short names are kept in files, so they must not change from run to run. */
static unsigned name_hash(struct text t)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < t.length; i++)
		h = (h ^ (unsigned char)t.data[i]) * 16777619u;
	return (h >> 16 ^ h) & 0xFFFF;
}

void path_short_name(struct text name, char out[PATH_SHORT_SIZE])
{
	size_t dot = last_dot(name);
	bool has_dot = dot < name.length;
	struct text base = { name.data, dot };
	struct text extension = { name.data + dot + has_dot, name.length - dot - has_dot };
	size_t n;

	if (is_short(base, extension, has_dot) || name.length == 0) {
		memcpy(out, name.data, name.length);
		out[name.length] = '\0';
		return;
	}
	n = short_letters(base, 2, out);
	n += (size_t)snprintf(out + n, PATH_SHORT_SIZE - n, "%04X~1", name_hash(name));
	if (extension.length) {
		out[n] = '.';
		size_t letters = short_letters(extension, 3, out + n + 1);

		n += letters ? letters + 1 : 0;
	}
	out[n] = '\0';
}

int path_short(const char *path, char out[PATH_SIZE])
{
	struct text rest = text_of(path + 1);
	int length = 0;

	while (rest.data && length >= 0) {
		char name[PATH_SHORT_SIZE];
		struct text part = text_cut(&rest, '/');

		if (!part.length)
			break; /* the root */
		path_short_name(part, name);
		length = append_part(out, length, text_of(name));
	}
	if (length == 0)
		strcpy(out, "/");
	return length < 0 ? length : 0;
}

static char32_t fold(char32_t c)
{
	return c < 0x10000 ? casing_fold((char16_t)c) : c;
}

bool path_matches(struct text name, struct text pattern)
{
	size_t n = 0, p = 0, star = SIZE_MAX, star_name = 0;

	if (text_equal(pattern, TEXT("*.*")))
		return true;
	while (n < name.length) {
		size_t n_next = n, p_next = p;
		char32_t c = fold(utf8_next(name, &n_next));
		char32_t want = p < pattern.length ? fold(utf8_next(pattern, &p_next)) : 0;

		if (want == '*') {
			star = p = p_next;
			star_name = n;
		} else if (p < pattern.length && (want == '?' || want == c)) {
			n = n_next;
			p = p_next;
		} else if (star != SIZE_MAX) {
			/* Let the last star take one character more. */
			utf8_next(name, &star_name);
			n = star_name;
			p = star;
		} else {
			return false;
		}
	}
	while (p < pattern.length && pattern.data[p] == '*')
		p++;
	return p == pattern.length;
}

/* ---- resolving ---- */

struct builder {
	char *out;
	size_t length; /* no separator at the end, but for the root, which is "" here */
};

static int add_part(struct builder *b, struct text part)
{
	if (part.length == 0 || text_equal(part, TEXT(".")))
		return 0;
	if (text_equal(part, TEXT(".."))) {
		while (b->length && b->out[b->length - 1] != '/')
			b->length--;
		b->length -= b->length != 0;
		return 0;
	}
	if (b->length + 1 + part.length >= PATH_SIZE)
		return -ENAMETOOLONG;
	b->out[b->length++] = '/';
	memcpy(b->out + b->length, part.data, part.length);
	b->length += part.length;
	return 0;
}

static int add_parts(struct builder *b, struct text path)
{
	size_t start = 0;

	for (size_t i = 0; i <= path.length; i++) {
		if (i < path.length && !path_is_separator(path.data[i]))
			continue;
		int r = add_part(b, (struct text){ path.data + start, i - start });

		if (r < 0)
			return r;
		start = i + 1;
	}
	return 0;
}

int path_absolute(struct text path, char out[PATH_SIZE])
{
	char text[PATH_SIZE], here[PATH_SIZE];
	struct builder b = { text, 0 };
	int r = 0;

	if (!path.length || memchr(path.data, '\0', path.length))
		return -EINVAL;
	if (path.length >= 2 && path.data[0] == '\\' && path.data[1] == '\\')
		return -ENXIO;
	if (has_drive(path)) {
		if (text_lower(path.data[0]) != 'c')
			return -ENXIO;
		path = (struct text){ path.data + 2, path.length - 2 };
	}
	if (!path.length || !path_is_separator(path.data[0])) {
		if (!getcwd(here, sizeof here))
			return -errno;
		r = add_parts(&b, text_of(here));
	}
	if (!r)
		r = add_parts(&b, path);
	if (r < 0)
		return r;
	if (!b.length)
		text[b.length++] = '/';
	memcpy(out, text, b.length);
	out[b.length] = '\0';
	return 0;
}

int path_show_absolute(struct text path, char out[PATH_SHOWN_SIZE])
{
	bool server = path.length > 1 && path.data[0] == '\\' && path.data[1] == '\\';
	bool other = has_drive(path) && text_lower(path.data[0]) != 'c';
	char rooted[PATH_SIZE], linux_path[PATH_SIZE];
	int r;

	if (!server && !other) {
		r = path_absolute(path, linux_path);
	} else {
		size_t skip = server ? 1 : 2;

		if (path.length + 1 >= PATH_SIZE)
			return -ENAMETOOLONG;
		r = snprintf(rooted, sizeof rooted, "/" TEXT_FMT, (int)(path.length - skip),
			     path.data + skip);
		r = path_absolute(text_of(rooted), linux_path);
	}
	if (r < 0)
		return r;
	path_show(linux_path, out);
	if (server) {
		memmove(out + 1, out + 2, strlen(out + 2) + 1);
		out[0] = '\\';
	} else if (other) {
		out[0] = text_upper(path.data[0]);
	}
	return 0;
}

bool path_may_be_created(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (const char *p = slash ? slash + 1 : path; *p; p++)
		if ((unsigned char)*p < ' ' || strchr("<>:\"|?*\\", *p))
			return false;
	return true;
}

static bool same_but_case(struct text a, struct text b)
{
	size_t i = 0, k = 0;

	while (i < a.length && k < b.length)
		if (fold(utf8_next(a, &i)) != fold(utf8_next(b, &k)))
			return false;
	return i == a.length && k == b.length;
}

/* Whether the entry `name` of a folder is what a script calls `want`: 1 but for case, 2 by its
 * short name, 0 not at all. */
static int names_entry(struct text name, struct text want)
{
	char short_name[PATH_SHORT_SIZE];

	if (same_but_case(name, want))
		return 1;
	if (!memchr(want.data, '~', want.length))
		return 0;
	path_short_name(name, short_name);
	return text_equal_nocase(text_of(short_name), want) ? 2 : 0;
}

/* The spelling of `want` that exists in `folder`; false when there is none. */
static bool find_entry(const char *folder, struct text want, char found[NAME_MAX + 1])
{
	DIR *d = opendir(*folder ? folder : "/");
	int best = 3;
	struct dirent *entry;

	if (!d)
		return false;
	while ((entry = readdir(d))) {
		struct text name = text_of(entry->d_name);
		int how = names_entry(name, want);

		if (!how || how > best || (how == best && strcmp(entry->d_name, found) > 0))
			continue;
		best = how;
		memcpy(found, name.data, name.length + 1);
	}
	closedir(d);
	return best < 3;
}

/* One part as the disk spells it. `*there` becomes false at the first that is nowhere: what
 * follows cannot be there either. */
static int add_spelled(char out[PATH_SIZE], int length, struct text part, bool *there)
{
	char found[NAME_MAX + 1];
	struct stat st;
	int longer = append_part(out, length, part);

	if (longer < 0 || !*there || lstat(out, &st) == 0)
		return longer;
	out[length] = '\0';
	*there = find_entry(out, part, found);
	return append_part(out, length, *there ? text_of(found) : part);
}

static int find_spelling(char path[PATH_SIZE])
{
	struct text rest = text_of(path + 1);
	char out[PATH_SIZE] = "";
	bool there = true;
	struct stat st;
	int length = 0;

	if (lstat(path, &st) == 0 || errno != ENOENT)
		return 0;
	while (rest.data && length >= 0)
		length = add_spelled(out, length, text_cut(&rest, '/'), &there);
	if (length > 0)
		memcpy(path, out, (size_t)length + 1);
	return length < 0 ? length : 0;
}

int path_resolve(struct text path, char out[PATH_SIZE])
{
	int r = path_absolute(path, out);

	if (r < 0)
		return r;
	return find_spelling(out);
}

int path_resolve_bstr(BSTR path, char out[PATH_SIZE])
{
	char utf8[PATH_SIZE];
	UINT units = SysStringLen(path);

	if (units >= PATH_SIZE)
		return -ENAMETOOLONG;
	size_t length = utf16_to_utf8_length(path, units);

	if (length >= PATH_SIZE)
		return -ENAMETOOLONG;
	utf16_to_utf8(path, units, utf8, sizeof utf8);
	return path_resolve((struct text){ utf8, length }, out);
}
