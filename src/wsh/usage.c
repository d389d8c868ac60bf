/* SPDX-License-Identifier: Apache-2.0 */
/* See usage.h. */
#include "wsh/usage.h"

#include "library/scripting/path.h"
#include "wsh/host.h"

#include <errno.h>
#include <unistd.h>

#define USAGE_MAX ((size_t)1 << 20)

static const char logo[] =
	"Surrogate Script Host " SURROGATE_VERSION " (Windows Script Host 5.8 compatible)\n\n";

static const char options[] =
	"Usage: cscript scriptname.extension [option...] [arguments...]\n"
	"\n"
	"Options:\n"
	" //B         Batch mode: suppresses script errors and what WScript.Echo says\n"
	" //E:engine  Use engine for executing the script: VBScript\n"
	" //H:CScript Accepted: there is no other host\n"
	" //I         Interactive mode (default, opposite of //B)\n"
	" //Job:xxxx  Execute a WSF job\n"
	" //Logo      Display the logo (default)\n"
	" //Nologo    Prevent logo display\n"
	" //T:nn      Time out in seconds: the longest a script is permitted to run\n"
	" //U         Use UTF-16 for the standard streams instead of UTF-8\n"
	" //?         Display this text\n"
	"//D, //S and //X are refused: there is no debugger, and options are not saved.\n"
	"\n"
	"In front of the script's name:\n"
	" --dump           Print the compiled script instead of running it\n"
	" --lint FILE...   Compile .vbs, .vbe, .wsf, .asp, .asa and .inc files, run none, and\n"
	"                  report errors and what looks like a mistake\n"
	" --state DIR      The server's state directory\n"
	" --help, --version\n"
	"\n"
	"Arguments that begin with // are for the host, all others for the script.\n";

int wsh_show_logo(const struct wsh *wsh)
{
	return wsh_write(wsh, STDOUT_FILENO, TEXT(logo));
}

int wsh_show_options(const struct wsh *wsh)
{
	return wsh_write(wsh, STDOUT_FILENO, TEXT(options));
}

/* ---- ShowUsage ---- */

static void put_named(const struct wsh_usage_argument *a, struct buf *out)
{
	static const char *const values[] = { ":value", "[+|-]", "" };

	buf_printf(out, a->required ? " /%s%s" : " [/%s%s]", a->name, values[a->type]);
}

static void put_unnamed(const struct wsh_usage_argument *a, struct buf *out)
{
	if (a->required <= 1)
		buf_printf(out, a->required ? " %s%s" : " [%s%s]", a->name,
			   a->many && a->required ? "1" : "");
	for (unsigned i = 1; a->required > 1 && i <= a->required; i++)
		buf_printf(out, " %s%u", a->name, i);
	if (a->many)
		buf_printf(out, " [%s%u...]", a->name, a->required + 1);
}

static void put_arguments(const struct wsh_runtime *rt, struct text name, struct buf *out)
{
	size_t width = 0;

	buf_printf(out, "Usage: " TEXT_FMT, TEXT_ARG(name));
	for (size_t i = 0; i < rt->argument_count; i++) {
		const struct wsh_usage_argument *a = &rt->arguments[i];
		size_t length = strlen(a->name);

		if (a->named)
			put_named(a, out);
		else
			put_unnamed(a, out);
		width = length > width ? length : width;
	}
	buf_puts(out, "\n");
	if (!rt->argument_count)
		return;
	buf_puts(out, "\nOptions:\n\n");
	for (size_t i = 0; i < rt->argument_count; i++)
		buf_printf(out, "%-*s : %s\n", (int)width, rt->arguments[i].name,
			   rt->arguments[i].help);
}

static void put_lines(struct text t, struct buf *out)
{
	buf_put_text(out, t);
	if (t.length && t.data[t.length - 1] != '\n')
		buf_putc(out, '\n');
}

void wsh_format_usage(const struct wsh_runtime *rt, struct text name, struct buf *out)
{
	if (rt->usage.data) {
		put_lines(rt->usage, out);
		return;
	}
	put_lines(rt->description, out);
	put_arguments(rt, name, out);
	if (rt->example.length)
		buf_putc(out, '\n');
	put_lines(rt->example, out);
}

int wsh_show_usage(const struct wsh *wsh)
{
	struct buf b;
	int r;

	buf_init(&b, USAGE_MAX);
	wsh_format_usage(&wsh->script.runtime, path_name(text_of(wsh->script.path)), &b);
	r = buf_failed(&b);
	if (!r)
		r = wsh_write(wsh, STDOUT_FILENO, buf_text(&b));
	buf_done(&b);
	return r;
}
