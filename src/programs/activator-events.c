/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of rpcss (activator-events.h). The log is opened for each, so that it may come and go with
 * the server it belongs to.
 */
#include "programs/activator-events.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "eventlog/eventlog.h"

#include <errno.h>
#include <stdio.h>

#define SOURCE "DCOM"
#define REFUSED 10036
#define BURST 20
#define REFILL (NSEC_PER_SEC / 2)

void activator_events_init(struct activator_events *events, const char *state_dir,
			   struct child *child, bool verbose)
{
	*events = (struct activator_events){ .state_dir = state_dir,
					     .child = child,
					     .verbose = verbose,
					     .refilled_at = clock_now(),
					     .credit = BURST };
	pthread_mutex_init(&events->lock, NULL);
}

void activator_events_done(struct activator_events *events)
{
	pthread_mutex_destroy(&events->lock);
}

/* Whether one more may be written now; under the lock. */
static bool take_credit(struct activator_events *events)
{
	int64_t now = clock_now(), refill = (now - events->refilled_at) / REFILL;

	if (refill > 0) {
		events->credit += refill > BURST ? BURST : (int)refill;
		if (events->credit > BURST)
			events->credit = BURST;
		events->refilled_at = now;
	}
	if (!events->credit)
		return false;
	events->credit--;
	return true;
}

/* The service control manager writes it. */
static int send_event(struct child *child, const struct text *parameters, size_t count)
{
	struct buf out;

	buf_init(&out, 4096);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s" TEXT_FMT, i ? "\x1f" : "", TEXT_ARG(parameters[i]));
	const struct control_event m = { .source = TEXT(SOURCE),
					 .id = REFUSED,
					 .parameters = buf_text(&out) };
	int r = buf_failed(&out) ? -ENOMEM : child_send(child, CONTROL_EVENT, &m, NULL, 0);

	buf_done(&out);
	return r;
}

static int write_event(struct activator_events *events, const struct text *parameters, size_t count)
{
	struct eventlog *log = NULL;

	if (events->child)
		return send_event(events->child, parameters, count);
	int r = eventlog_open(events->state_dir, true, &log, NULL);

	if (r == 0)
		r = eventlog_write(log, SOURCE, REFUSED, 0, parameters, count);
	eventlog_close(log);
	return r;
}

static void say(const struct text *parameters, size_t count)
{
	const struct event_definition *event = event_find(TEXT(SOURCE), REFUSED);
	struct buf out;

	buf_init(&out, 4096);
	if (event)
		event_render(event, parameters, count, &out);
	fprintf(stderr, "rpcss: %s\n", buf_cstr(&out));
	buf_done(&out);
}

void activator_events_refused(struct activator_events *events, const struct rpc_caller *caller)
{
	const char *name = caller->peer && !caller->peer->anonymous ? caller->peer->name : "";
	const char *slash = strchr(name, '\\');
	struct text parameters[] = {
		slash ? (struct text){ name, (size_t)(slash - name) } : TEXT(""),
		text_of(slash   ? slash + 1
			: *name ? name
				: "ANONYMOUS LOGON"),
		TEXT("S-1-0-0"), /* names have no security identifiers here */
		text_of(caller->address),
	};
	int r = 0;

	pthread_mutex_lock(&events->lock);
	if (take_credit(events))
		r = write_event(events, parameters, ARRAY_LEN(parameters));
	pthread_mutex_unlock(&events->lock);
	if (r < 0 || events->verbose)
		say(parameters, ARRAY_LEN(parameters));
}
