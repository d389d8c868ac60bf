/* SPDX-License-Identifier: Apache-2.0 */
/* See client.h. */
#include "tools/client.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>

static int converse(int fd, struct control_message *m,
		    void (*fn)(void *ctx, const struct control_message *m), void *ctx,
		    struct error *err)
{
	for (;;) {
		int r = control_receive(fd, CONTROL_FROM_SCM, m);

		if (r == -ECONNRESET)
			return error_set(err, r,
					 "the Surrogate server went away before it had "
					 "answered");
		if (r < 0)
			return error_set(err, r, "cannot read the server's answer: %s",
					 error_errno_text(r));
		if (m->type == CONTROL_DONE) {
			int error = (int)m->done.error;

			if (error)
				error_set(err, error, TEXT_FMT, TEXT_ARG(m->done.text));
			control_message_done(m);
			return error;
		}
		if (fn)
			fn(ctx, m);
		control_message_done(m);
	}
}

int client_ask(const char *state_dir, enum control_type type, const void *message,
	       void (*fn)(void *ctx, const struct control_message *m), void *ctx, struct error *err)
{
	_cleanup_mem_ struct control_message *m = mem_new(struct control_message);
	_cleanup_fd_ int fd = -1;
	int r = m ? control_connect(state_dir, &fd, err) : error_set(err, -ENOMEM, "out of memory");

	if (r < 0)
		return r;
	r = control_send(fd, type, message, NULL, 0);
	if (r < 0)
		return error_set(err, r, "cannot ask the server: %s", error_errno_text(r));
	return converse(fd, m, fn, ctx, err);
}

int client_exit_status(uint32_t win32)
{
	return win32 & 0xff ? (int)(win32 & 0xff) : win32 != 0;
}
