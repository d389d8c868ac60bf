/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking up what the event table holds, and filling in a template. Any process and thread; the
 * table is constant.
 */
#include "eventlog/event_table.h"

#include "base/buf.h"
#include "base/mem.h"

#include <inttypes.h>

#define X(symbol, name, classic, guid_text)                                                        \
	static const char provider_##symbol[] = name;                                              \
	static const char source_##symbol[] = classic;
EVENT_PROVIDERS(X)
#undef X

static const struct event_definition table[] = {
#define X(symbol, number, level_name, channel_name, count, template)                               \
	{ provider_##symbol,    source_##symbol, number,  EVENT_##level_name,                      \
	  EVENT_##channel_name, count,           template },
	EVENT_TABLE(X)
#undef X
};

static const struct {
	const char *provider, *guid;
} guids[] = {
#define X(symbol, name, classic, guid_text) { provider_##symbol, guid_text },
	EVENT_PROVIDERS(X)
#undef X
};

const struct event_definition *event_at(size_t i)
{
	return i < ARRAY_LEN(table) ? &table[i] : NULL;
}

const struct event_definition *event_find(struct text source, uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].id == id && (text_equal_nocase(source, text_of(table[i].provider)) ||
					  text_equal_nocase(source, text_of(table[i].source))))
			return &table[i];
	}
	return NULL;
}

const char *event_provider_guid(const char *provider)
{
	for (size_t i = 0; i < ARRAY_LEN(guids); i++) {
		if (!strcmp(guids[i].provider, provider))
			return guids[i].guid;
	}
	return "";
}

/* The escape after a '%' at `at`; returns how many characters it took. As FormatMessage does: a
 * number of one or two digits, 'n', '%'; anything else stands for itself. */
static size_t put_escape(const char *at, const struct text *parameters, size_t count,
			 struct buf *out)
{
	if (at[0] == 'n') {
		buf_putc(out, '\n');
		return 1;
	}
	if (at[0] == '%') {
		buf_putc(out, '%');
		return 1;
	}
	size_t digits = 0, number = 0;
	while (digits < 2 && at[digits] >= '0' && at[digits] <= '9')
		number = number * 10 + (size_t)(at[digits++] - '0');
	if (number == 0) {
		buf_putc(out, '%');
		return 0;
	}
	if (number <= count)
		buf_put_text(out, parameters[number - 1]);
	else
		buf_printf(out, "%%%zu", number);
	return digits;
}

void event_render(const struct event_definition *definition, const struct text *parameters,
		  size_t count, struct buf *out)
{
	for (const char *at = definition->text; *at;) {
		size_t plain = strcspn(at, "%");
		buf_put(out, at, plain);
		at += plain;
		if (*at == '%')
			at += 1 + put_escape(at + 1, parameters, count, out);
	}
}
