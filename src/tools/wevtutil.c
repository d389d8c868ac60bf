/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wevtutil: reads the event log. Runs as the caller; opens STATE/events.db for reading only.
 */
#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "eventlog/eventlog.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <errno.h>
#include <stdio.h>

static const char usage[] =
	"Usage: wevtutil COMMAND [ARGUMENT] [/SWITCH:VALUE ...]\n"
	"  el | enum-logs               list the channels\n"
	"  qe | query-events CHANNEL    print the events of System, Application or Security\n"
	"      /f | /format:text|xml|json    how to print them (xml)\n"
	"      /c | /count:N                 at most N events\n"
	"      /rd | /reversedirection:true  the newest first\n"
	"      /q | /query:ID                only this event; also *[System[(EventID=ID)]] and\n"
	"                                    *[System[Provider[@Name='SOURCE']]], joined by `and`\n"
	"      --state DIR                   the server's state directory\n";

static const char *const channels[EVENT_CHANNEL_COUNT] = { "System", "Application", "Security" };

struct options {
	const char *format, *query, *state;
	uint32_t count;
	bool reverse;
};

struct printer {
	enum event_format format;
	size_t index;
	struct buf out;
};

static int fail(const char *text)
{
	fprintf(stderr, "wevtutil: %s\n", text);
	return 1;
}

static int print_record(void *ctx, const struct event_record *record)
{
	struct printer *printer = ctx;

	buf_clear(&printer->out);
	event_format_record(record, printer->format, printer->index++, &printer->out);
	if (buf_failed(&printer->out))
		return buf_failed(&printer->out);
	size_t length = printer->out.length;
	return fwrite(printer->out.data, 1, length, stdout) == length ? 0 : -EIO;
}

static bool format_of(const char *name, enum event_format *ret)
{
	static const struct {
		const char *name;
		enum event_format format;
	} formats[] = { { "xml", EVENT_FORMAT_XML },
			{ "text", EVENT_FORMAT_TEXT },
			{ "json", EVENT_FORMAT_JSON } };
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (text_equal_nocase(text_of(name), text_of(formats[i].name))) {
			*ret = formats[i].format;
			return true;
		}
	}
	return false;
}

/* Takes `literal` from the front of `t`, blanks before it left out. */
static bool skip(struct text *t, const char *literal)
{
	*t = text_trim(*t);
	if (!text_starts_with_nocase(*t, text_of(literal)))
		return false;
	size_t n = strlen(literal);
	t->data += n;
	t->length -= n;
	return true;
}

static bool take_number(struct text *t, uint32_t *ret)
{
	uint64_t number;
	size_t digits = 0;
	*t = text_trim(*t);
	while (digits < t->length && t->data[digits] >= '0' && t->data[digits] <= '9')
		digits++;
	if (!text_to_u64((struct text){ t->data, digits }, &number) || number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	t->data += digits;
	t->length -= digits;
	return true;
}

/* EventID=N or Provider[@Name='S'], each perhaps in parentheses. */
static bool take_condition(struct text *t, struct event_query *query)
{
	int parentheses = 0;
	while (parentheses < 8 && skip(t, "("))
		parentheses++;
	if (skip(t, "EventID")) {
		if (!skip(t, "=") || !take_number(t, &query->id))
			return false;
	} else if (skip(t, "Provider[")) {
		if (!skip(t, "@Name") || !skip(t, "=") || t->length == 0)
			return false;
		*t = text_trim(*t);
		char quote = t->length ? t->data[0] : '\0';
		if (quote != '\'' && quote != '"')
			return false;
		struct text rest = { t->data + 1, t->length - 1 };
		query->source = text_cut(&rest, quote);
		if (!rest.data || !skip(&rest, "]"))
			return false;
		*t = rest;
	} else {
		return false;
	}
	while (parentheses > 0 && skip(t, ")"))
		parentheses--;
	return parentheses == 0;
}

/* The part of XPath that people type: an id alone, or *[System[CONDITION and CONDITION]]. */
static bool query_parse(const char *text, struct event_query *query)
{
	struct text t = text_of(text);

	if (take_number(&t, &query->id))
		return text_trim(t).length == 0;
	t = text_of(text);
	if (skip(&t, "*") && text_trim(t).length == 0)
		return true;
	t = text_of(text);
	if (!skip(&t, "*") || !skip(&t, "[") || !skip(&t, "System") || !skip(&t, "["))
		return false;
	do {
		if (!take_condition(&t, query))
			return false;
	} while (skip(&t, "and"));
	return skip(&t, "]") && skip(&t, "]") && text_trim(t).length == 0;
}

static int query_events(const char *channel, const struct options *options)
{
	struct event_query query = { .newest_first = options->reverse,
				     .max_records = options->count };
	struct printer printer = { .format = EVENT_FORMAT_XML };
	struct eventlog *log = NULL;
	struct error err;
	size_t c = 0;

	while (c < EVENT_CHANNEL_COUNT &&
	       !text_equal_nocase(text_of(channel), text_of(channels[c])))
		c++;
	if (c == EVENT_CHANNEL_COUNT)
		return fail("there is no such channel; `wevtutil el` lists them");
	query.channel = (enum event_channel)c;
	if (options->format && !format_of(options->format, &printer.format))
		return fail("the format is text, xml or json");
	if (options->query && !query_parse(options->query, &query))
		return fail("this query is not understood; say an event id, "
			    "or \"*[System[(EventID=10010)]]\"");
	if (eventlog_open(state_directory(options->state), false, &log, &err) < 0)
		return fail(err.text);
	buf_init(&printer.out, 1 << 20);
	int r = eventlog_query(log, &query, print_record, &printer);
	if (r == 0 && fflush(stdout) != 0)
		r = -errno;
	buf_done(&printer.out);
	eventlog_close(log);
	return r < 0 ? fail(error_errno_text(r)) : 0;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	const struct switch_spec specs[] = {
		{ "f", "format", SWITCH_TEXT, &options.format },
		{ "c", "count", SWITCH_U32, &options.count },
		{ "rd", "reversedirection", SWITCH_BOOL, &options.reverse },
		{ "q", "query", SWITCH_TEXT, &options.query },
		{ "state", NULL, SWITCH_TEXT, &options.state },
	};
	struct error err;
	bool help;
	int count;

	fault_init_from_environment();
	if (switches_version(argc, argv, "wevtutil"))
		return 0;
	if (switches_parse(argc, argv, specs, ARRAY_LEN(specs), &count, &help, &err) < 0)
		return fail(err.text);
	if (help) {
		fputs(usage, stdout);
		return 0;
	}
	struct text command = text_of(count ? argv[0] : "");
	if (count == 1 && (text_equal_nocase(command, TEXT("el")) ||
			   text_equal_nocase(command, TEXT("enum-logs")))) {
		for (size_t i = 0; i < EVENT_CHANNEL_COUNT; i++)
			puts(channels[i]);
		return 0;
	}
	if (count == 2 && (text_equal_nocase(command, TEXT("qe")) ||
			   text_equal_nocase(command, TEXT("query-events"))))
		return query_events(argv[1], &options);
	if (count)
		return fail("this is not a command with its arguments; --help lists them");
	fputs(usage, stderr);
	return 1;
}
