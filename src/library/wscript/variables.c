/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Environment variables, and the names of user and computer (support.h). Runs in the thread of the
 * script. The environment of the process is read as it is; what Windows always has, and scripts
 * rely on, is in one table.
 */
#include "library/wscript/support.h"

#include "base/mem.h"
#include "library/scripting/path.h"
#include "security/identity.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE "AMD64"
#elif defined(__aarch64__)
#define ARCHITECTURE "ARM64"
#else
#define ARCHITECTURE "x86"
#endif

/* TEXT: as it is; PATH: a Linux path; HOME: one below the user's home; else a function of ours. */
enum kind {
	KIND_TEXT,
	KIND_PATH,
	KIND_HOME,
	KIND_TEMPORARY,
	KIND_PROCESSORS,
	KIND_COMPUTER,
	KIND_USER,
	KIND_DOMAIN,
	KIND_HOMEPATH
};

/* The Windows and System folders are those of FileSystemObject.GetSpecialFolder. */
static const struct {
	const char *name;
	enum kind kind;
	const char *value;
} defaults[] = {
	{ "ALLUSERSPROFILE", KIND_PATH, "/var/lib" },
	{ "APPDATA", KIND_HOME, "/.config" },
	{ "COMPUTERNAME", KIND_COMPUTER, NULL },
	{ "COMSPEC", KIND_PATH, "/usr/lib/cmd.exe" },
	{ "HOMEDRIVE", KIND_TEXT, "C:" },
	{ "HOMEPATH", KIND_HOMEPATH, NULL },
	{ "LOCALAPPDATA", KIND_HOME, "/.local/share" },
	{ "NUMBER_OF_PROCESSORS", KIND_PROCESSORS, NULL },
	{ "OS", KIND_TEXT, "Windows_NT" },
	{ "PATHEXT", KIND_TEXT, ".VBS;.VBE;.WSF" },
	{ "PROCESSOR_ARCHITECTURE", KIND_TEXT, ARCHITECTURE },
	{ "PROGRAMDATA", KIND_PATH, "/var/lib" },
	{ "PROGRAMFILES", KIND_PATH, "/opt" },
	{ "SYSTEMDRIVE", KIND_TEXT, "C:" },
	{ "SYSTEMROOT", KIND_PATH, "/usr" },
	{ "TEMP", KIND_TEMPORARY, NULL },
	{ "TMP", KIND_TEMPORARY, NULL },
	{ "USERDOMAIN", KIND_DOMAIN, NULL },
	{ "USERNAME", KIND_USER, NULL },
	{ "USERPROFILE", KIND_HOME, "" },
	{ "WINDIR", KIND_PATH, "/usr" },
};

extern char **environ;

/* ---- names ---- */

void wscript_computer_name(char out[WSCRIPT_NAME_SIZE])
{
	if (gethostname(out, WSCRIPT_NAME_SIZE) < 0)
		strcpy(out, "localhost");
	out[WSCRIPT_NAME_SIZE - 1] = '\0';
	out[strcspn(out, ".")] = '\0';
	for (char *p = out; *p; p++)
		*p = text_upper(*p);
}

void wscript_user_name(char user[WSCRIPT_NAME_SIZE], char domain[WSCRIPT_NAME_SIZE])
{
	const char *named = getenv("SURROGATE_USER"); /* by the SCM, in its hosts */
	char full[WSCRIPT_NAME_SIZE];

	if (named && *named)
		snprintf(full, sizeof full, "%s", named);
	else
		identity_describe(geteuid(), full, sizeof full);
	char *name = strrchr(full, '\\');

	if (!name) {
		snprintf(user, WSCRIPT_NAME_SIZE, "%s", full);
		wscript_computer_name(domain);
		return;
	}
	*name = '\0';
	snprintf(user, WSCRIPT_NAME_SIZE, "%s", name + 1);
	snprintf(domain, WSCRIPT_NAME_SIZE, "%s", full);
}

const char *wscript_home(void)
{
	const char *home = getenv("HOME");

	return home && *home == '/' ? home : "/";
}

/* ---- values ---- */

static void put_path(struct buf *out, const char *path)
{
	char shown[PATH_SHOWN_SIZE];

	path_show(path, shown);
	buf_puts(out, shown);
}

static void put_home(struct buf *out, const char *below)
{
	char path[PATH_SIZE];
	const char *home = wscript_home();

	snprintf(path, sizeof path, "%s%s", strcmp(home, "/") == 0 && *below ? "" : home, below);
	put_path(out, path);
}

static void put_name(struct buf *out, enum kind kind)
{
	char user[WSCRIPT_NAME_SIZE], domain[WSCRIPT_NAME_SIZE];

	if (kind == KIND_COMPUTER) {
		wscript_computer_name(user);
		buf_puts(out, user);
		return;
	}
	wscript_user_name(user, domain);
	buf_puts(out, kind == KIND_USER ? user : domain);
}

static void put_default(struct buf *out, size_t i)
{
	const char *temporary = getenv("TMPDIR");
	char shown[PATH_SHOWN_SIZE];

	switch (defaults[i].kind) {
	case KIND_TEXT:
		buf_puts(out, defaults[i].value);
		break;
	case KIND_PATH:
		put_path(out, defaults[i].value);
		break;
	case KIND_HOME:
		put_home(out, defaults[i].value);
		break;
	case KIND_HOMEPATH:
		path_show(wscript_home(), shown);
		buf_puts(out, shown + 2);
		break;
	case KIND_TEMPORARY:
		put_path(out, temporary && *temporary == '/' ? temporary : "/tmp");
		break;
	case KIND_PROCESSORS:
		buf_printf(out, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
		break;
	default:
		put_name(out, defaults[i].kind);
		break;
	}
}

/* The process's variable: the exact name first, then any case. NULL when there is none. */
static const char *own_variable(struct text name)
{
	const char *found = NULL;

	for (char **e = environ; e && *e; e++) {
		struct text rest = text_of(*e), own = text_cut(&rest, '=');

		if (!rest.data || !text_equal_nocase(own, name))
			continue;
		if (text_equal(own, name))
			return rest.data;
		if (!found)
			found = rest.data;
	}
	return found;
}

bool wscript_variable(struct text name, struct buf *out)
{
	const char *own = own_variable(name);

	if (own) {
		buf_puts(out, own);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++)
		if (text_equal_nocase(name, text_of(defaults[i].name))) {
			put_default(out, i);
			return true;
		}
	return false;
}

void wscript_variables(bool process, wscript_variable_fn fn, void *ctx)
{
	for (char **e = process ? environ : NULL; e && *e; e++) {
		struct text rest = text_of(*e), own = text_cut(&rest, '=');

		if (rest.data && own.length)
			fn(ctx, own, rest);
	}
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		struct buf value;

		if (process && own_variable(text_of(defaults[i].name)))
			continue;
		buf_init(&value, 2 * PATH_SIZE);
		put_default(&value, i);
		fn(ctx, text_of(defaults[i].name), buf_text(&value));
		buf_done(&value);
	}
}

void wscript_expand(struct text t, struct buf *out)
{
	while (t.length) {
		const char *open = memchr(t.data, '%', t.length);
		size_t before = open ? (size_t)(open - t.data) : t.length;

		buf_put(out, t.data, before);
		t = (struct text){ t.data + before, t.length - before };
		const char *close = t.length > 1 ? memchr(t.data + 1, '%', t.length - 1) : NULL;
		size_t length = close ? (size_t)(close - t.data) - 1 : 0;

		if (length && wscript_variable((struct text){ t.data + 1, length }, out)) {
			t = (struct text){ close + 1, t.length - length - 2 };
		} else if (t.length) {
			/* No variable: the sign is a sign, and another may begin a name. */
			buf_putc(out, '%');
			t = (struct text){ t.data + 1, t.length - 1 };
		}
	}
}
