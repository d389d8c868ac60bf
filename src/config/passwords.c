/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes the passwords out of a configuration before other processes get it: a host knows the
 * sites and pools of all, but only the SCM logs anybody on. Called by the SCM.
 */
#include "config/config.h"

#include <string.h>

/* The position behind the next `end`, or the end of the text. */
static size_t skip_past(struct text text, size_t at, const char *end)
{
	const char *found = memmem(text.data + at, text.length - at, end, strlen(end));

	return found ? (size_t)(found - text.data) + strlen(end) : text.length;
}

static bool separates(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '=' || c == '<' || c == '/';
}

/* From behind the '<' of a tag to behind its '>'. */
static size_t hide_in_tag(char *text, size_t length, size_t at)
{
	size_t name = at, name_end = at;

	for (; at < length && text[at] != '>'; at++) {
		char quote = text[at];

		if (quote != '"' && quote != '\'') {
			if (!separates(quote)) {
				name = separates(text[at - 1]) ? at : name;
				name_end = at + 1;
			}
			continue;
		}
		bool secret =
			text_equal((struct text){ text + name, name_end - name }, TEXT("password"));

		for (at++; at < length && text[at] != quote; at++) {
			if (secret && text[at] != '\n') /* lines keep their numbers */
				text[at] = '*';
		}
	}
	return at < length ? at + 1 : length;
}

void config_hide_passwords(char *text, size_t length)
{
	struct text whole = { text, length };

	for (size_t at = 0; at < length;) {
		struct text rest = { text + at, length - at };

		if (text_starts_with(rest, TEXT("<!--")))
			at = skip_past(whole, at + 4, "-->");
		else if (text_starts_with(rest, TEXT("<![CDATA[")))
			at = skip_past(whole, at, "]]>");
		else if (text_starts_with(rest, TEXT("<?")))
			at = skip_past(whole, at, "?>");
		else if (text[at] == '<')
			at = hide_in_tag(text, length, at + 1);
		else
			at++;
	}
}
