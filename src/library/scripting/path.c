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

static bool same_but_case(struct text a, struct text b)
{
	size_t i = 0, k = 0;

	while (i < a.length && k < b.length)
		if (fold(utf8_next(a, &i)) != fold(utf8_next(b, &k)))
			return false;
	return i == a.length && k == b.length;
}

/* Replaces the part at `part` (up to `length` bytes, the whole path cut behind it) by a spelling
 * that exists in its folder. False when there is none. */
static bool respell(char *path, char *part, size_t length)
{
	char found[256] = "", name[256], saved = *part;
	struct text want = { name, length };
	struct dirent *entry;

	if (length >= sizeof found)
		return false;
	memcpy(name, part, length);
	*part = '\0';
	DIR *folder = opendir(path);

	*part = saved;
	if (!folder)
		return false;
	while ((entry = readdir(folder))) {
		struct text t = text_of(entry->d_name);

		/* Of the same length only, so that the path can be mended in place. */
		if (t.length == length && same_but_case(t, want) &&
		    (!found[0] || strcmp(entry->d_name, found) < 0))
			memcpy(found, entry->d_name, t.length + 1);
	}
	closedir(folder);
	if (!found[0])
		return false;
	memcpy(part, found, length);
	return true;
}

static void find_spelling(char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 || errno != ENOENT)
		return;
	for (char *part = path + 1; *part;) {
		size_t length = strcspn(part, "/");
		char *end = part + length, saved = *end;

		*end = '\0';
		bool there = lstat(path, &st) == 0 || respell(path, part, length);

		*end = saved;
		/* What follows a part that is nowhere cannot be there either. */
		if (!there || !saved)
			return;
		part = end + 1;
	}
}

int path_resolve(struct text path, char out[PATH_SIZE])
{
	int r = path_absolute(path, out);

	if (r < 0)
		return r;
	find_spelling(out);
	return 0;
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
