/* SPDX-License-Identifier: Apache-2.0 */
/* See message.h. Runs in the script's thread. */
#include "wsh/message.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "wsh/host.h"

#include <unistd.h>

#define MESSAGE_MAX ((size_t)16 << 20)
#define ANSWER_MAX 64

/* Buttons by the low bits of the flags, with their values (vbOK ...). */
struct button {
	const char *name;
	LONG value;
};
static const struct button sets[6][4] = {
	{ { "OK", 1 } },
	{ { "OK", 1 }, { "Cancel", 2 } },
	{ { "Abort", 3 }, { "Retry", 4 }, { "Ignore", 5 } },
	{ { "Yes", 6 }, { "No", 7 }, { "Cancel", 2 } },
	{ { "Yes", 6 }, { "No", 7 } },
	{ { "Retry", 4 }, { "Cancel", 2 } },
};

static const struct button *find(const struct button *set, struct text answer)
{
	for (const struct button *b = set; b->name && answer.length; b++)
		if (text_starts_with_nocase(text_of(b->name), answer))
			return b;
	return NULL;
}

static int put_question(struct wsh *wsh, const struct button *set, const struct button *fallback)
{
	struct buf b;

	buf_init(&b, 1024);
	for (const struct button *k = set; k->name; k++)
		buf_printf(&b, k == fallback ? "%s[%s]" : "%s%s", k == set ? "" : "/", k->name);
	buf_puts(&b, "? ");
	int r = buf_failed(&b) ? buf_failed(&b) : wsh_write(wsh, STDERR_FILENO, buf_text(&b));

	buf_done(&b);
	return r;
}

/* Asks until there is an answer; an empty one chooses the default button. */
static HRESULT ask(struct wsh *wsh, const struct button *set, const struct button *fallback,
		   LONG *ret)
{
	char line[ANSWER_MAX];

	for (;;) {
		if (put_question(wsh, set, fallback) < 0)
			return E_FAIL;
		ssize_t n = sys_read(STDIN_FILENO, line, sizeof line);

		if (n <= 0)
			return E_ACCESSDENIED;
		struct text answer = { line, (size_t)n };

		while (answer.length && strchr("\r\n \t", answer.data[answer.length - 1]))
			answer.length--;
		const struct button *b = answer.length ? find(set, answer) : fallback;

		if (b) {
			*ret = b->value;
			return S_OK;
		}
	}
}

HRESULT wsh_message(void *ctx, BSTR text, LONG flags, BSTR title, LONG *ret)
{
	struct wsh *wsh = ctx;
	const struct button *set = sets[(flags & 0xF) < 6 ? flags & 0xF : 0], *fallback = set;
	bool choice = set[1].name;
	struct buf b;

	if (!wsh->interactive || (choice && !isatty(STDIN_FILENO))) {
		*ret = 1;
		return choice ? E_ACCESSDENIED : S_OK;
	}
	for (LONG skip = flags >> 8 & 3; skip && fallback[1].name; skip--)
		fallback++;
	buf_init(&b, MESSAGE_MAX);
	if (SysStringLen(title)) {
		buf_put_utf16(&b, title, SysStringLen(title));
		buf_puts(&b, ": ");
	}
	buf_put_utf16(&b, text, SysStringLen(text));
	buf_putc(&b, '\n');
	int r = buf_failed(&b) ? buf_failed(&b) : wsh_write(wsh, STDERR_FILENO, buf_text(&b));

	buf_done(&b);
	if (r < 0)
		return E_FAIL;
	*ret = 1;
	return choice ? ask(wsh, set, fallback, ret) : S_OK;
}
