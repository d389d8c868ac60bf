/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record as `wevtutil qe` prints it: text, XML (one <Event> per line, no root) or JSON (one
 * object per line). Called by tools and by the status page; owns nothing.
 */
#include "eventlog/event_table.h"

#include "base/buf.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const level_names[] = { "", "Critical", "Error", "Warning", "Information" };
static const char *const channel_names[] = { "System", "Application", "Security" };
/* The keywords of a classic event, and of a successful or failed audit. */
#define KEYWORDS_CLASSIC "0x80000000000000"

/* "2026-11-20T13:49:30.1234567Z": `digits` of the second's fraction. */
static void put_time(struct buf *out, int64_t wall, int digits)
{
	char iso[CLOCK_ISO_SIZE], fraction[16];
	int64_t rest = wall % NSEC_PER_SEC;
	clock_format_iso(wall, iso);
	snprintf(fraction, sizeof(fraction), "%09" PRId64, rest < 0 ? rest + NSEC_PER_SEC : rest);
	buf_printf(out, "%.19s.%.*sZ", iso, digits, fraction);
}

static void format_text(const struct event_record *record, size_t index, struct buf *out)
{
	const struct event_definition *d = record->definition;

	buf_printf(out, "Event[%zu]:\n  Log Name: %s\n  Source: %s\n  Date: ", index,
		   channel_names[d->channel], d->provider);
	put_time(out, record->time, 7);
	buf_printf(out,
		   "\n  Event ID: %" PRIu32 "\n  Task: N/A\n  Level: %s\n  Opcode: N/A\n"
		   "  Keyword: Classic\n  User: N/A\n  User Name: N/A\n  Computer: ",
		   d->id, level_names[d->level]);
	buf_put_text(out, record->computer);
	buf_puts(out, "\n  Description: \n");
	event_render(d, record->parameters, record->parameter_count, out);
	buf_puts(out, "\n\n");
}

/* What XML 1.0 cannot hold, even escaped, becomes a question mark. */
static void put_xml(struct buf *out, struct text t)
{
	size_t start = 0;
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
			continue;
		buf_put_html(out, (struct text){ t.data + start, i - start });
		buf_putc(out, '?');
		start = i + 1;
	}
	buf_put_html(out, (struct text){ t.data + start, t.length - start });
}

static void format_xml(const struct event_record *record, struct buf *out)
{
	const struct event_definition *d = record->definition;
	const char *guid = event_provider_guid(d->provider);

	buf_printf(out,
		   "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
		   "<Provider Name='%s'",
		   d->provider);
	if (*guid)
		buf_printf(out, " Guid='%s'", guid);
	if (strcmp(d->provider, d->source) != 0)
		buf_printf(out, " EventSourceName='%s'", d->source);
	buf_printf(out,
		   "/><EventID>%" PRIu32 "</EventID><Version>0</Version><Level>%d</Level><Task>0"
		   "</Task><Opcode>0</Opcode><Keywords>" KEYWORDS_CLASSIC
		   "</Keywords><TimeCreated SystemTime='",
		   d->id, (int)d->level);
	put_time(out, record->time, 9);
	buf_printf(out,
		   "'/><EventRecordID>%" PRIu64 "</EventRecordID><Correlation/>"
		   "<Execution ProcessID='%" PRIu32
		   "' ThreadID='0'/><Channel>%s</Channel><Computer>",
		   record->record_id, record->pid, channel_names[d->channel]);
	put_xml(out, record->computer);
	buf_puts(out, "</Computer><Security/></System><EventData>");
	for (size_t i = 0; i < record->parameter_count; i++) {
		buf_printf(out, "<Data Name='param%zu'>", i + 1);
		put_xml(out, record->parameters[i]);
		buf_puts(out, "</Data>");
	}
	buf_puts(out, "</EventData></Event>\n");
}

static void put_json_member(struct buf *out, const char *name, struct text value)
{
	buf_printf(out, ",\"%s\":\"", name);
	buf_put_json(out, value);
	buf_putc(out, '"');
}

static void format_json(const struct event_record *record, struct buf *out)
{
	const struct event_definition *d = record->definition;
	struct buf message;

	buf_printf(out, "{\"record\":%" PRIu64 ",\"time\":\"", record->record_id);
	put_time(out, record->time, 9);
	buf_printf(out, "\",\"id\":%" PRIu32 ",\"pid\":%" PRIu32, d->id, record->pid);
	put_json_member(out, "log", text_of(channel_names[d->channel]));
	put_json_member(out, "source", text_of(d->provider));
	put_json_member(out, "level", text_of(level_names[d->level]));
	put_json_member(out, "computer", record->computer);
	buf_puts(out, ",\"parameters\":[");
	for (size_t i = 0; i < record->parameter_count; i++) {
		buf_puts(out, i ? ",\"" : "\"");
		buf_put_json(out, record->parameters[i]);
		buf_putc(out, '"');
	}
	buf_putc(out, ']');
	buf_init(&message, out->limit);
	event_render(d, record->parameters, record->parameter_count, &message);
	if (buf_failed(&message) && !out->error)
		out->error = message.error;
	put_json_member(out, "message", buf_text(&message));
	buf_done(&message);
	buf_puts(out, "}\n");
}

void event_format_record(const struct event_record *record, enum event_format format, size_t index,
			 struct buf *out)
{
	switch (format) {
	case EVENT_FORMAT_XML:
		format_xml(record, out);
		break;
	case EVENT_FORMAT_TEXT:
		format_text(record, index, out);
		break;
	case EVENT_FORMAT_JSON:
		format_json(record, out);
		break;
	}
}
