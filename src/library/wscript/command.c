/* SPDX-License-Identifier: Apache-2.0 */
/* Windows command lines (command.h). Runs in the thread of the script; owns nothing. */
#include "library/wscript/command.h"

#include "base/mem.h"
#include "library/scripting/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct words {
	struct arena *arena;
	char **items;
	size_t count;
};

static int add_word(struct words *w, const char *word)
{
	if (!word)
		return -ENOMEM;
	if (w->count == SHELL_WORDS_MAX)
		return -E2BIG;
	w->items[w->count++] = (char *)(uintptr_t)word;
	w->items[w->count] = NULL;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct text skip_blanks(struct text t)
{
	while (t.length && is_blank(*t.data))
		t = (struct text){ t.data + 1, t.length - 1 };
	return t;
}

static struct text drop(struct text t, size_t n)
{
	return n ? (struct text){ t.data + n, t.length - n } : t;
}

/* ---- words ---- */

/* The program: up to the next blank, or between quotes. */
static struct text take_program(struct text *line)
{
	struct text t = skip_blanks(*line), program = t;
	size_t n = 0;

	if (t.length && *t.data == '"') {
		t = drop(t, 1);
		const char *end = memchr(t.data, '"', t.length);

		n = end ? (size_t)(end - t.data) : t.length;
		program = (struct text){ t.data, n };
		*line = drop(t, end ? n + 1 : n);
		return program;
	}
	while (n < t.length && !is_blank(t.data[n]))
		n++;
	program.length = n;
	*line = drop(t, n);
	return program;
}

/* One argument without its quotes, written to `out`, which has room for the whole line. */
static size_t take_argument(struct text *line, char *out)
{
	struct text t = *line;
	size_t n = 0, at = 0;
	bool quoted = false;

	while (at < t.length && (quoted || !is_blank(t.data[at]))) {
		size_t slashes = 0;

		while (at < t.length && t.data[at] == '\\')
			slashes++, at++;
		bool quote = at < t.length && t.data[at] == '"';

		for (size_t i = 0; i < (quote ? slashes / 2 : slashes); i++)
			out[n++] = '\\';
		if (!quote) {
			if (at < t.length && !slashes)
				out[n++] = t.data[at++];
			continue;
		}
		at++;
		if (slashes % 2) {
			out[n++] = '"';
		} else if (quoted && at < t.length && t.data[at] == '"') {
			out[n++] = '"'; /* "" between quotes is one */
			at++;
		} else {
			quoted = !quoted;
		}
	}
	*line = drop(t, at);
	return n;
}

/* "C:\srv\a.txt" as a Linux path, anything else as it is. */
static char *map_argument(struct arena *arena, char *word)
{
	char path[PATH_SIZE];

	if (text_lower(word[0]) != 'c' || word[1] != ':' || !path_is_separator(word[2]) ||
	    path_resolve(text_of(word), path) < 0)
		return word;
	return arena_strndup(arena, path, strlen(path));
}

static int add_arguments(struct words *w, struct text line)
{
	char *room = arena_alloc(w->arena, line.length + 1);
	int r = room ? 0 : -ENOMEM;

	for (line = skip_blanks(line); !r && line.length; line = skip_blanks(line)) {
		size_t n = take_argument(&line, room);
		char *word = arena_strndup(w->arena, room, n);

		r = add_word(w, word ? map_argument(w->arena, word) : NULL);
	}
	return r;
}

/* ---- programs ---- */

static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return access(path, X_OK) < 0 ? -errno : 0;
}

static char *find_in_path(struct arena *arena, struct text name)
{
	const char *variable = getenv("PATH");
	struct text rest = text_of(variable ? variable : "/usr/local/bin:/usr/bin:/bin");

	while (rest.data && name.length) {
		struct text folder = text_cut(&rest, ':');
		char *path = folder.length && *folder.data == '/'
				     ? arena_printf(arena, TEXT_FMT "/" TEXT_FMT, TEXT_ARG(folder),
						    TEXT_ARG(name))
				     : NULL;

		if (path && check_program(path) == 0)
			return path;
	}
	return NULL;
}

/* The name without what Windows puts behind the names of programs. */
static struct text bare_name(struct text program)
{
	struct text name = path_name(program), extension = path_extension(program);

	if (text_equal_nocase(extension, TEXT("exe")) || text_equal_nocase(extension, TEXT("com")))
		name.length -= 4;
	return name;
}

static int find_program(struct arena *arena, struct text program, char **ret)
{
	struct text bare = bare_name(program);
	char *found = find_in_path(arena, program);

	if (!found)
		found = find_in_path(arena, bare);
	char *lower = found ? NULL : arena_strndup(arena, bare.data, bare.length);

	for (char *p = lower; p && *p; p++)
		*p = text_lower(*p);
	if (lower)
		found = find_in_path(arena, text_of(lower));
	*ret = found;
	return found ? 0 : -ENOENT;
}

/* Our cscript: this program itself, or the one next to it, or one in PATH. */
static int find_cscript(struct arena *arena, char **ret)
{
	char self[PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *path = NULL;

	if (n > 0) {
		self[n] = '\0';
		struct text folder = path_parent(text_of(self));

		path = arena_printf(arena, TEXT_FMT "/cscript", TEXT_ARG(folder));
	}
	if (!path || check_program(path) < 0)
		path = find_in_path(arena, TEXT("surrogate-cscript"));
	if (!path)
		path = find_in_path(arena, TEXT("cscript"));
	*ret = path;
	return path ? 0 : -ENOENT;
}

static bool is_script(struct text program)
{
	struct text extension = path_extension(program);

	return text_equal_nocase(extension, TEXT("vbs")) ||
	       text_equal_nocase(extension, TEXT("vbe")) ||
	       text_equal_nocase(extension, TEXT("wsf"));
}

/* ---- cmd ---- */

/* cmd's documented rule: quotes around the whole command are dropped, unless there are just two,
 * with blanks and nothing special between them, around the name of a program. */
static struct text unquote_command(struct text t, bool strip)
{
	const char *last = t.length ? memrchr(t.data, '"', t.length) : NULL;
	struct text inside;
	char path[PATH_SIZE];

	if (!last || *t.data != '"' || last == t.data)
		return t;
	inside = (struct text){ t.data + 1, (size_t)(last - t.data) - 1 };
	bool simple =
		!memchr(inside.data, '"', inside.length) && memchr(inside.data, ' ', inside.length);

	for (size_t i = 0; i < inside.length; i++)
		simple = simple && !strchr("&<>()@^|", inside.data[i]);
	if (simple && !strip && path_resolve(inside, path) == 0 && check_program(path) == 0)
		return t;
	return inside;
}

/* The rest of a line "cmd /q /c text". */
static int parse_cmd(struct words *w, struct text rest)
{
	bool strip = false;

	for (rest = skip_blanks(rest); rest.length > 1 && *rest.data == '/';) {
		char c = text_lower(rest.data[1]);

		if (c == 'c' || c == 'k' || c == 'r') {
			struct text t = unquote_command(skip_blanks(drop(rest, 2)), strip);
			int r = add_word(w, "-c");

			return r ? r : add_word(w, arena_strndup(w->arena, t.data, t.length));
		}
		strip = strip || c == 's';
		while (rest.length && !is_blank(*rest.data))
			rest = drop(rest, 1);
		rest = skip_blanks(rest);
	}
	return 0;
}

/* ---- the whole ---- */

static int parse_program(struct words *w, struct text program)
{
	char resolved[PATH_SIZE], *path = NULL;
	bool place = memchr(program.data, '/', program.length) ||
		     memchr(program.data, '\\', program.length) || path_drive(program).length;
	int r = 0;

	if (place || is_script(program)) {
		r = path_resolve(program, resolved);
		if (!r) {
			path = arena_strndup(w->arena, resolved, strlen(resolved));
			r = path ? 0 : -ENOMEM;
		}
	}
	if (!r && is_script(program)) {
		char *host = NULL;

		if (access(path, F_OK) < 0)
			return -errno;
		r = find_cscript(w->arena, &host);
		if (!r)
			r = add_word(w, host);
		if (!r)
			r = add_word(w, "//NoLogo");
	} else if (!r && place) {
		r = check_program(path);
	} else if (!r) {
		r = find_program(w->arena, program, &path);
	}
	return r ? r : add_word(w, path);
}

int shell_command_parse(struct arena *arena, struct text line, char ***ret)
{
	struct words w = { .arena = arena };
	struct text rest = line, program = take_program(&rest), name;
	char *host = NULL;
	int r;

	if (!program.length || memchr(line.data, '\0', line.length))
		return -EINVAL;
	w.items = arena_zalloc(arena, SHELL_WORDS_MAX + 1, sizeof *w.items);
	if (!w.items)
		return -ENOMEM;
	name = bare_name(program);
	if (text_equal_nocase(name, TEXT("cmd")) || text_equal_nocase(name, TEXT("command"))) {
		r = add_word(&w, "/bin/sh");
		if (!r)
			r = parse_cmd(&w, rest);
	} else if (text_equal_nocase(name, TEXT("cscript")) ||
		   text_equal_nocase(name, TEXT("wscript"))) {
		r = find_cscript(arena, &host);
		if (!r)
			r = add_word(&w, host);
		if (!r)
			r = add_arguments(&w, rest);
	} else {
		r = parse_program(&w, program);
		if (!r)
			r = add_arguments(&w, rest);
	}
	if (!r)
		*ret = w.items;
	return r;
}
