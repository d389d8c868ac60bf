/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: the SCM's own, and those a child may have written. SCM loop thread.
 */
#include "scm/scm_internal.h"

#include <stdarg.h>
#include <stdio.h>

/* What a child may write; everything else is the SCM's to say. */
static const struct {
	unsigned roles; /* bits of enum scm_role */
	const char *source;
	uint32_t first, last;
} allowed[] = {
	{ 1 << SCM_FRONT | 1 << SCM_HOST, "ASP", 0, 0xffff },
	{ 1 << SCM_FRONT | 1 << SCM_HOST, "Active Server Pages", 0, 0xffff },
	{ 1 << SCM_FRONT | 1 << SCM_HOST, "W3SVC-WP", 2200, 2299 },
	{ 1 << SCM_FRONT, "W3SVC", 100, 199 },
	/* Who was refused for signing nothing: not what the SCM says of launches and permissions.
	 */
	{ 1 << SCM_RPCSS, "DCOM", 10036, 10036 },
};

#define EVENT_BURST 20
#define EVENT_REFILL (NSEC_PER_SEC / 2)

static size_t split(const char *parameters, size_t length, struct text out[EVENT_PARAMETERS_MAX])
{
	struct text rest = { parameters, length };
	size_t count = 0;

	if (!length)
		return 0;
	do
		out[count++] = text_cut(&rest, '\x1f');
	while (rest.data && count < EVENT_PARAMETERS_MAX);
	return count;
}

void scm_event(struct scm *scm, const char *source, uint32_t id, uint32_t pid,
	       const char *parameters)
{
	struct text items[EVENT_PARAMETERS_MAX];
	size_t count = split(parameters, strlen(parameters), items);
	int r = eventlog_write(scm->eventlog, source, id, pid, items, count);

	/* The log is full of disk or broken: say it where somebody may still read. */
	if (r < 0)
		fprintf(stderr, "surrogate: event %s %u is lost: %s\n", source, id,
			error_errno_text(r));
}

/* A host that reports in a loop shall not fill the log nor hold the SCM: a burst, then two a
 * second. */
static bool event_credit(struct scm_child *child)
{
	int64_t now = loop_now(child->scm->loop);
	int64_t refill = (now - child->event_time) / EVENT_REFILL;

	if (!child->event_time || refill > EVENT_BURST)
		refill = EVENT_BURST;
	if (refill > 0) {
		child->event_credit += (int)refill;
		child->event_time = now;
	}
	if (child->event_credit > EVENT_BURST)
		child->event_credit = EVENT_BURST;
	if (child->event_credit <= 0)
		return false;
	child->event_credit--;
	return true;
}

void scm_event_of_child(struct scm_child *child, const struct control_event *event)
{
	const struct event_definition *definition = event_find(event->source, event->id);
	struct text items[EVENT_PARAMETERS_MAX];
	bool permitted = false;
	size_t count;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		permitted = permitted ||
			    ((allowed[i].roles >> child->role & 1) &&
			     text_equal_nocase(event->source, text_of(allowed[i].source)) &&
			     event->id >= allowed[i].first && event->id <= allowed[i].last);
	}
	if (!permitted || !definition || !event_credit(child))
		return;
	count = split(event->parameters.data, event->parameters.length, items);
	eventlog_write(child->scm->eventlog, definition->source, event->id,
		       (uint32_t)child->process.pid, items, count);
}

void scm_event_on_request(struct scm_child *child, const char *source, uint32_t id,
			  const char *parameters)
{
	if (event_credit(child))
		scm_event(child->scm, source, id, 0, parameters);
}

void scm_note(struct scm *scm, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	/* Once is enough: hosts come and go. */
	if (strstr(buf_cstr(&scm->notes), line))
		return;
	buf_printf(&scm->notes, "%s\n", line);
	/* After the start notes have nobody to be shown to but the journal. */
	if (scm->ready)
		fprintf(stderr, "surrogate: %s\n", line);
}
