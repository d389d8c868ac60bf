/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host prints. Nothing is kept back: programs that the script starts write to the same
 * streams, and a script that is killed has said what it said.
 */
#include "wsh/host.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)1 << 20)

/* The script's reader has gone: end as every Linux program does, quietly. */
static void end_by_sigpipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

int wsh_write(const struct wsh *wsh, int fd, struct text t)
{
	int r;

	if (wsh->options.unicode) {
		size_t units = utf8_to_utf16_length(t);
		_cleanup_mem_ char16_t *wide = mem_alloc(units * 2);

		if (!wide)
			return -ENOMEM;
		utf8_to_utf16(t, wide, units);
		r = sys_write_all(fd, wide, units * 2);
	} else {
		r = sys_write_all(fd, t.data, t.length);
	}
	if (r == -EPIPE && fd == STDOUT_FILENO)
		end_by_sigpipe();
	return r;
}

void wsh_write_line(const struct wsh *wsh, int fd, const char *format, ...)
{
	struct buf b;
	va_list args;

	buf_init(&b, LINE_MAX_BYTES);
	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	buf_putc(&b, '\n');
	if (!buf_failed(&b))
		(void)wsh_write(wsh, fd, buf_text(&b));
	buf_done(&b);
}

/* A component that gave no text is shown by its number, one that gave no name as "(null)". */
void wsh_write_error(const struct wsh *wsh, const struct vbs_error *error)
{
	const char *file = error->file ? error->file : wsh->script.path;
	const char *source = error->source && *error->source ? error->source : "(null)";

	if (!wsh->interactive)
		return;
	if (error->description && *error->description)
		wsh_write_line(wsh, STDERR_FILENO, "%s(%u, %u) %s: %s", file, error->line,
			       error->column, source, error->description);
	else
		wsh_write_line(wsh, STDERR_FILENO, "%s(%u, %u) %s: 0x%08X", file, error->line,
			       error->column, source, (unsigned)error->number);
}
