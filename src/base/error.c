/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explanations for people, filled in where a failure is first understood. Used by every process
 * and thread; owns nothing, allocates nothing, so that it works when memory is at its end.
 */
#include "base/error.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts what does not fit at a whole character and drops line ends: the text goes into one line. */
static void text_finish(char *text, size_t capacity, size_t wanted)
{
	size_t length = wanted;
	if (length >= capacity) {
		size_t lead = capacity - 1;
		while (lead > 0 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
			lead--;
		/* `lead` is just after the last byte that begins a character. */
		length = lead > 0 ? lead - 1 : 0;
		struct text tail = { text + length, capacity - 1 - length };
		if (utf8_valid(tail))
			length = capacity - 1;
	}
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	text[length] = '\0';
}

static void error_fill(struct error *err, int code, const char *file, int line, int column,
		       const char *format, va_list args)
{
	/* The arguments may point into `err` itself, so the text is built aside. */
	char text[ERROR_TEXT_MAX];
	char name[sizeof(err->file)];
	int wanted = vsnprintf(text, sizeof(text), format, args);
	text_finish(text, sizeof(text), wanted < 0 ? 0 : (size_t)wanted);
	wanted = snprintf(name, sizeof(name), "%s", file ? file : "");
	text_finish(name, sizeof(name), wanted < 0 ? 0 : (size_t)wanted);
	*err = (struct error){ .code = code, .line = line, .column = column };
	memcpy(err->text, text, sizeof(text));
	memcpy(err->file, name, sizeof(name));
}

int error_set(struct error *err, int code, const char *format, ...)
{
	if (err) {
		va_list args;
		va_start(args, format);
		error_fill(err, code, NULL, 0, 0, format, args);
		va_end(args);
	}
	return code;
}

int error_set_at(struct error *err, int code, const char *file, int line, int column,
		 const char *format, ...)
{
	if (err) {
		va_list args;
		va_start(args, format);
		error_fill(err, code, file, line, column, format, args);
		va_end(args);
	}
	return code;
}

/* Each of the three lines gets a third of the room. */
static size_t put_line(char *out, struct text line)
{
	char copy[ERROR_SOURCE_MAX / 3 -
		  1]; /* its newline, and the zero byte behind the last one */
	size_t taken = line.length < sizeof(copy) ? line.length : sizeof(copy) - 1;

	if (taken)
		memcpy(copy, line.data, taken);
	copy[taken] = '\0';
	text_finish(copy, sizeof(copy), line.length);
	return (size_t)sprintf(out, "%s\n", copy);
}

void error_add_source(struct error *err, const char *text, size_t length)
{
	struct text rest = { text, length };
	char *out = err ? err->source : NULL;

	if (!err || err->line <= 0)
		return;
	err->source_line = err->line > 1 ? err->line - 1 : 1;
	for (int line = 1; rest.data && line <= err->line + 1; line++) {
		struct text one = text_cut(&rest, '\n');
		if (line >= err->source_line)
			out += put_line(out, one);
	}
	*out = '\0';
}

void error_prefix(struct error *err, const char *format, ...)
{
	if (!err)
		return;
	char text[ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	int head = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size_t at = head < 0 ? 0 : (size_t)head;
	if (at >= sizeof(text)) {
		text_finish(text, sizeof(text), at);
	} else {
		int tail = snprintf(text + at, sizeof(text) - at, "%s", err->text);
		text_finish(text, sizeof(text), at + (tail < 0 ? 0 : (size_t)tail));
	}
	memcpy(err->text, text, sizeof(text));
}

const char *error_errno_text(int code)
{
	/* strerrordesc_np() returns constants, so it needs no buffer and no locale. */
	const char *text = strerrordesc_np(code < 0 ? (int)(0u - (unsigned)code) : code);
	return text ? text : "Unknown error";
}

_Noreturn void error_assert_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "%s:%d: this should always hold, and does not: %s\n", file, line, cond);
	abort();
}
