/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool's state machine against a made-up clock: each case is a table of inputs at given
 * seconds, and the exact answers expected.
 */
#include "base/clock.h"
#include "eventlog/eventlog.h"
#include "scm/pool_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define S NSEC_PER_SEC

enum input {
	END,
	START,
	STOP,
	KILL_ALL,
	DEMAND,
	RECYCLE,
	CONFIGURE,
	LAUNCHED,
	LAUNCH_FAILED,
	REGISTERED,
	PONG,
	ACTIVITY,
	MEMORY,
	CPU, /* a: seconds used, b: processors */
	DRAINED,
	UNTRUSTED,
	EXITED,
	FRONT,
	NO_FRONT,
	TICK,
	DUE, /* not an input: asserts the next moment, in seconds (a; -1 never) */
};

struct step {
	double at;
	enum input input;
	uint64_t generation;
	int64_t a, b;
	const char *expect;
};

/* Up to a served host: what nearly every case begins with. */
#define SERVED                                                                                     \
	{ 0, FRONT, 0, 0, 0, "CHANGED Stopped 503" }, { 0, START, 0, 0, 0, "CHANGED Started" },    \
		{ 1, DEMAND, 0, 0, 0, "LAUNCH 1" }, { 1, LAUNCHED, 1, 101, 0, "" },                \
	{                                                                                          \
		2, REGISTERED, 1, 0, 0, "READY 1"                                                  \
	}

static void render(const struct pool_action *a, char *out, size_t size)
{
	static const char *const words[] = { "LAUNCH",  "READY", "DRAIN", "GONE",
					     "CHANGED", "PING",  "STOP",  "KILL" };
	char text[POOL_TEXT_MAX];

	snprintf(text, sizeof(text), "%s", a->text);
	for (char *c = text; *c; c++)
		*c = *c == '\x1f' ? ',' : *c;
	if (a->type == POOL_EVENT) {
		const struct event_definition *event = event_find(text_of(a->source), a->event_id);
		int parameters = 1;

		for (const char *c = a->text; *c; c++)
			parameters += *c == '\x1f';
		assert_non_null(event);
		assert_int_equal(event->parameters, parameters);
	}
	if (a->type == POOL_EVENT)
		snprintf(out, size, "%s %u(%s)", a->source, a->event_id, text);
	else if (a->type == POOL_CHANGED && a->hresult)
		snprintf(out, size, "CHANGED %s %u %x", pool_state_name(a->state), a->status,
			 a->hresult);
	else if (a->type == POOL_CHANGED && a->status)
		snprintf(out, size, "CHANGED %s %u", pool_state_name(a->state), a->status);
	else if (a->type == POOL_CHANGED)
		snprintf(out, size, "CHANGED %s", pool_state_name(a->state));
	else if (a->type == POOL_PING)
		snprintf(out, size, "PING %d #%d", (int)a->generation, (int)a->value);
	else if (a->type == POOL_STOP)
		snprintf(out, size, "STOP %d %ds", (int)a->generation, (int)(a->value / S));
	else
		snprintf(out, size, "%s %d", words[a->type], (int)a->generation);
}

static void apply(struct pool *p, const struct step *s, struct pool_actions *out)
{
	struct pool_moment at = { (int64_t)(s->at * 1000) * NSEC_PER_MSEC + 1000 * S, 0 };

	/* Second 0 is 12:00 of a day. */
	at.local = at.now - 1000 * S + (INT64_C(20000) * 86400 + 43200) * S;
	switch (s->input) {
	case START:
		pool_start(p, at, out);
		break;
	case STOP:
		pool_stop(p, at, "stopped by a test", s->a ? s->a * S : -1, out);
		break;
	case KILL_ALL:
		pool_kill_all(p, at, "killed by a test", out);
		break;
	case DEMAND:
		pool_demand(p, at, out);
		break;
	case RECYCLE:
		assert_int_equal(pool_recycle(p, s->a ? s->a : CONFIG_RECYCLE_ON_DEMAND, at, out),
				 p->state == POOL_STARTED);
		break;
	case CONFIGURE:
		/* The settings are the case's own. */
		if (s->b)
			((struct config_pool *)p->settings)->max_processes = (uint32_t)s->b;
		pool_configure(p, p->settings, p->application, s->a, at, out);
		break;
	case LAUNCHED:
		out->count = 0;
		pool_launched(p, s->generation, s->a);
		break;
	case LAUNCH_FAILED:
		pool_launch_failed(p, s->generation, 0x8007052e, "no such user", at, out);
		break;
	case REGISTERED:
		pool_registered(p, s->generation, at, out);
		break;
	case PONG:
		pool_pong(p, s->generation, s->a, at, out);
		break;
	case ACTIVITY:
		pool_activity(p, s->generation, s->a, s->b, at, out);
		break;
	case MEMORY:
		pool_memory(p, s->generation, s->a, s->b, at, out);
		break;
	case CPU:
		pool_cpu(p, s->generation, s->a * S, (uint32_t)s->b, at, out);
		break;
	case DRAINED:
		pool_drained(p, s->generation, at, out);
		break;
	case UNTRUSTED:
		pool_untrusted(p, s->generation, at, out);
		break;
	case EXITED:
		pool_exited(p, s->generation, s->a, s->b, "", at, out);
		break;
	case FRONT:
		pool_front_came(p, at, out);
		break;
	case NO_FRONT:
		pool_front_went(p, at, out);
		break;
	case TICK:
		pool_tick(p, at, out);
		break;
	case DUE:
	case END:
		break;
	}
}

static const struct config_pool defaults = {
	.name = "P",
	.appid = "{A}",
	.protection = CONFIG_POOL,
	.idle_timeout = 1200 * S,
	.startup_time_limit = 90 * S,
	.shutdown_time_limit = 90 * S,
	.max_processes = 1,
	.log_recycle = 255,
	.rapid_fail_protection = true,
	.rapid_fail_max_crashes = 5,
	.rapid_fail_interval = 300 * S,
	.log_process_model = 1,
	.cpu_interval = 300 * S,
};

static void run(const struct config_pool *settings, const struct step *steps)
{
	static struct pool_actions out;
	static struct pool pool;
	uint64_t generations = 0;
	char got[4096], one[512];

	pool_init(&pool, settings, "/LM/W3SVC/1/ROOT/app", &generations);
	for (const struct step *s = steps; s->input != END; s++) {
		if (s->input == DUE) {
			int64_t want = s->a < 0 ? INT64_MAX : s->a * S + 1000 * S;

			assert_int_equal(out.due, want);
			continue;
		}
		apply(&pool, s, &out);
		got[0] = '\0';
		for (size_t i = 0; i < out.count; i++) {
			render(&out.items[i], one, sizeof(one));
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
				 i ? "; " : "", one);
		}
		if (strcmp(got, s->expect))
			fail_msg("step %d at %gs: got \"%s\", want \"%s\"", (int)(s - steps), s->at,
				 got, s->expect);
		for (size_t i = 0; i < POOL_HOSTS_MAX; i++)
			assert_true(pool.hosts[i].state <= POOL_HOST_KILLED);
	}
}

#define CASE(test, change, ...)                                                                    \
	static void test(void **state)                                                             \
	{                                                                                          \
		struct config_pool c = defaults;                                                   \
		static const struct step steps[] = { __VA_ARGS__, { 0, END } };                    \
		(void)state;                                                                       \
		change;                                                                            \
		run(&c, steps);                                                                    \
	}

CASE(starts_on_demand_and_only_once, (void)0, SERVED, { 3, DEMAND, 0, 0, 0, "" },
     { 4, REGISTERED, 1, 0, 0, "" }, { 4, DUE, 0, 1202 })

CASE(a_low_pool_launches_nothing, c.protection = CONFIG_LOW,
     { 0, START, 0, 0, 0, "CHANGED Started" }, { 1, DEMAND, 0, 0, 0, "" })

CASE(always_running_starts_with_its_pool, c.always_running = true,
     { 0, START, 0, 0, 0, "CHANGED Started; LAUNCH 1" }, { 1, REGISTERED, 1, 0, 0, "" },
     { 2, EXITED, 1, 0, 9, "WAS 5009(P,0,89); LAUNCH 2" },
     /* the second failure in a row waits, the third longer */
     { 3, EXITED, 2, 1, 0,
       "WAS 5009(P,0,1); W3SVC 36(/LM/W3SVC/1/ROOT/app,Server execution failed); CHANGED Started "
       "500 80080005" },
     { 3.05, TICK, 0, 0, 0, "" }, { 3.2, TICK, 0, 0, 0, "LAUNCH 3" })

CASE(a_host_that_never_registers, (void)0, { 0, FRONT, 0, 0, 0, "CHANGED Stopped 503" },
     { 0, START, 0, 0, 0, "CHANGED Started" }, { 1, DEMAND, 0, 0, 0, "LAUNCH 1" },
     { 1, LAUNCHED, 1, 101, 0, "" }, { 1, DUE, 0, 0 + 1 + 90 }, { 90, TICK, 0, 0, 0, "" },
     { 91, TICK, 0, 0, 0,
       "DCOM 10010({A}); WAS 5012(P,101); KILL 1; W3SVC 36(/LM/W3SVC/1/ROOT/app,Server execution "
       "failed); CHANGED Started 500 80080005" },
     /* too late; its end is no second failure; the next request gets the next host */
     { 92, REGISTERED, 1, 0, 0, "" }, { 92, EXITED, 1, 0, 9, "" },
     { 93, DEMAND, 0, 0, 0, "LAUNCH 2" })

CASE(a_host_that_ends_while_starting, (void)0, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 1, DEMAND, 0, 0, 0, "LAUNCH 1" }, { 1, LAUNCHED, 1, 101, 0, "" },
     { 2, EXITED, 1, 127, 0,
       "WAS 5009(P,101,7f); W3SVC 36(/LM/W3SVC/1/ROOT/app,Server execution failed); CHANGED "
       "Started 500 80080005" },
     { 2, DEMAND, 0, 0, 0, "LAUNCH 2" })

CASE(a_launch_that_fails, (void)0, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 1, DEMAND, 0, 0, 0, "LAUNCH 1" },
     { 1, LAUNCH_FAILED, 1, 0, 0,
       "W3SVC 36(/LM/W3SVC/1/ROOT/app,no such user); CHANGED Started 500 8007052e" },
     { 1, LAUNCH_FAILED, 1, 0, 0, "" })

CASE(pings_are_answered,
     (c.pinging = true, c.ping_interval = 30 * S, c.ping_response_time = 90 * S), SERVED,
     { 2, DUE, 0, 32 }, { 31, TICK, 0, 0, 0, "" }, { 32, TICK, 0, 0, 0, "PING 1 #1" },
     { 32, DUE, 0, 122 }, { 40, TICK, 0, 0, 0, "" }, { 41, PONG, 1, 7, 0, "" },
     { 42, PONG, 1, 1, 0, "" }, { 42, DUE, 0, 72 }, { 72, TICK, 0, 0, 0, "PING 1 #2" })

CASE(a_ping_without_answer,
     (c.pinging = true, c.ping_interval = 30 * S, c.ping_response_time = 90 * S), SERVED,
     { 32, TICK, 0, 0, 0, "PING 1 #1" }, { 121, TICK, 0, 0, 0, "" },
     { 122, TICK, 0, 0, 0, "WAS 5010(P,101); KILL 1; LAUNCH 2" }, { 122, PONG, 1, 1, 0, "" },
     { 123, EXITED, 1, 0, 9, "GONE 1" }, { 124, REGISTERED, 2, 0, 0, "READY 2" })

CASE(a_graceful_stop, (void)0, SERVED, { 10, STOP, 0, 0, 0, "CHANGED Stopped 503; DRAIN 1" },
     { 10, DUE, 0, 100 }, { 12, DRAINED, 1, 0, 0, "STOP 1 88s" }, { 12, DRAINED, 1, 0, 0, "" },
     { 13, EXITED, 1, 0, 0, "GONE 1" }, { 13, DUE, 0, -1 },
     { 14, DEMAND, 0, 0, 0, "CHANGED Stopped 503" }, { 14, RECYCLE, 0, 0, 0, "" },
     { 15, START, 0, 0, 0, "CHANGED Started" }, { 16, DEMAND, 0, 0, 0, "LAUNCH 2" })

CASE(a_forced_stop, (void)0, SERVED, { 10, STOP, 0, 5, 0, "CHANGED Stopped 503; DRAIN 1" },
     { 14, TICK, 0, 0, 0, "" }, { 15, TICK, 0, 0, 0, "WAS 5013(P,101); KILL 1" },
     { 16, TICK, 0, 0, 0, "" }, { 16, EXITED, 1, 0, 9, "GONE 1" })

CASE(a_stop_reaches_a_starting_host, (void)0, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 1, DEMAND, 0, 0, 0, "LAUNCH 1" }, { 2, STOP, 0, 0, 0, "CHANGED Stopped 503; KILL 1" },
     { 3, EXITED, 1, 0, 9, "" })

CASE(kill_all_has_no_patience, (void)0, SERVED,
     { 3, KILL_ALL, 0, 0, 0, "CHANGED Stopped 503; KILL 1" }, { 3, KILL_ALL, 0, 0, 0, "" },
     { 4, EXITED, 1, 0, 9, "GONE 1" })

CASE(a_crash_of_a_pool, (void)0, SERVED, { 5, EXITED, 1, 0xc5, 0, "GONE 1; WAS 5009(P,101,c5)" },
     { 5, EXITED, 1, 0, 0, "" }, { 5, DEMAND, 0, 0, 0, "LAUNCH 2" })

CASE(a_crash_of_a_high_application, c.protection = CONFIG_HIGH, SERVED,
     { 5, EXITED, 1, 0, 9, "GONE 1; WAS 5009(P,101,89); W3SVC 37(/LM/W3SVC/1/ROOT/app)" })

CASE(an_overlapped_recycle, (void)0, SERVED, { 10, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 2" },
     /* a second one while the first is under way does nothing */
     { 10, RECYCLE, 0, 0, 0, "" }, { 11, DEMAND, 0, 0, 0, "" },
     { 12, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" }, { 13, DRAINED, 1, 0, 0, "STOP 1 89s" },
     { 14, EXITED, 1, 0, 0, "GONE 1" }, { 15, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 3" })

CASE(an_overlap_that_fails_keeps_the_old_host, (void)0, SERVED,
     { 10, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 2" }, { 10, LAUNCHED, 2, 102, 0, "" },
     { 11, EXITED, 2, 3, 0,
       "WAS 5009(P,102,3); W3SVC 36(/LM/W3SVC/1/ROOT/app,Server execution failed); WAS "
       "5093(P,101)" },
     { 12, DEMAND, 0, 0, 0, "" }, { 13, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 3" },
     { 103, TICK, 0, 0, 0,
       "DCOM 10010({A}); WAS 5012(P,0); KILL 3; W3SVC 36(/LM/W3SVC/1/ROOT/app,Server execution "
       "failed); WAS 5093(P,101)" })

CASE(the_old_host_dies_during_an_overlap, (void)0, SERVED,
     { 10, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 2" },
     { 11, EXITED, 1, 0, 11, "GONE 1; WAS 5009(P,101,8b)" }, { 11, DEMAND, 0, 0, 0, "" },
     { 12, REGISTERED, 2, 0, 0, "READY 2" })

CASE(recycling_without_overlap, c.disallow_overlapping_rotation = true, SERVED,
     { 10, RECYCLE, 0, 0, 0, "WAS 5079(P); DRAIN 1" }, { 11, DRAINED, 1, 0, 0, "STOP 1 89s" },
     { 12, EXITED, 1, 0, 0, "GONE 1; LAUNCH 2" })

CASE(a_stop_during_recycling_launches_nothing, c.disallow_overlapping_rotation = true, SERVED,
     { 10, RECYCLE, 0, 0, 0, "WAS 5079(P); DRAIN 1" }, { 11, STOP, 0, 0, 0, "CHANGED Stopped 503" },
     { 11, DRAINED, 1, 0, 0, "STOP 1 89s" }, { 12, EXITED, 1, 0, 0, "GONE 1" })

CASE(recycling_by_time, c.restart_time = 600 * S, SERVED, { 2, DUE, 0, 602 },
     { 602, TICK, 0, 0, 0, "WAS 5074(101,P); LAUNCH 2" },
     { 603, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" })

CASE(a_failed_recycle_by_time_pauses, c.restart_time = 600 * S, SERVED,
     { 602, TICK, 0, 0, 0, "WAS 5074(101,P); LAUNCH 2" },
     { 603, LAUNCH_FAILED, 2, 0, 0,
       "W3SVC 36(/LM/W3SVC/1/ROOT/app,no such user); WAS 5093(P,101)" },
     { 604, TICK, 0, 0, 0, "" }, { 663, TICK, 0, 0, 0, "WAS 5074(101,P); LAUNCH 3" })

CASE(recycling_by_requests, c.restart_requests = 100, SERVED, { 3, ACTIVITY, 1, 99, 1, "" },
     { 4, ACTIVITY, 1, 100, 1, "WAS 5075(101,P); LAUNCH 2" }, { 5, ACTIVITY, 1, 101, 1, "" })

CASE(recycling_by_memory, (c.restart_memory_kib = 1000, c.restart_private_memory_kib = 500), SERVED,
     { 3, MEMORY, 1, 999, 499, "" }, { 4, MEMORY, 1, 1000, 1, "WAS 5077(101,P); LAUNCH 2" },
     { 5, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" },
     { 6, MEMORY, 2, 900, 500, "WAS 5117(0,P); LAUNCH 3" })

static const int64_t half_past_twelve[] = { (12 * 3600 + 1800) * S, 1 * S };
CASE(recycling_by_schedule,
     (c.restart_schedule = half_past_twelve, c.restart_schedule_count = 2, c.idle_timeout = 0),
     SERVED, { 3, TICK, 0, 0, 0, "" }, { 3, DUE, 0, 903 }, { 1799, TICK, 0, 0, 0, "" },
     { 1799, DUE, 0, 1800 }, { 1800, TICK, 0, 0, 0, "WAS 5076(101,P); LAUNCH 2" },
     { 1801, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" }, { 1802, TICK, 0, 0, 0, "" },
     { 1803, EXITED, 1, 0, 0, "GONE 1; WAS 5009(P,101,0)" },
     /* one second after the next midnight, found late */
     { 43300, TICK, 0, 0, 0, "WAS 5076(0,P); LAUNCH 3" })

CASE(events_only_as_log_event_on_recycle_says,
     (c.log_recycle = CONFIG_RECYCLE_TIME, c.restart_requests = 1), SERVED,
     { 3, ACTIVITY, 1, 1, 0, "LAUNCH 2" }, { 4, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" },
     { 5, RECYCLE, 0, CONFIG_RECYCLE_TIME, 0, "WAS 5074(0,P); LAUNCH 3" })

CASE(a_change_of_configuration, (void)0, SERVED, { 3, CONFIGURE, 0, 0, 0, "" },
     { 4, CONFIGURE, 0, 1, 0, "WAS 5080(P); LAUNCH 2" },
     /* a host that had begun with the old settings is replaced once it is up */
     { 5, CONFIGURE, 0, 1, 0, "" },
     { 6, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1; WAS 5080(P); LAUNCH 3" })

CASE(a_change_of_the_garden, (void)0, SERVED,
     { 3, CONFIGURE, 0, 1, 2, "WAS 5080(P); LAUNCH 2; LAUNCH 3" },
     { 4, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" }, { 4, REGISTERED, 3, 0, 0, "READY 3" },
     { 5, CONFIGURE, 0, 1, 1, "WAS 5080(P); LAUNCH 4; DRAIN 3" },
     { 6, REGISTERED, 4, 0, 0, "READY 4; DRAIN 2" })

CASE(a_pool_that_shall_always_run_from_now_on, c.always_running = true,
     { 0, FRONT, 0, 0, 0, "CHANGED Stopped 503" }, { 1, CONFIGURE, 0, 1, 0, "" },
     { 2, START, 0, 0, 0, "CHANGED Started; LAUNCH 1" },
     { 3, STOP, 0, 0, 0, "CHANGED Stopped 503; KILL 1" }, { 4, CONFIGURE, 0, 1, 0, "" })

CASE(a_change_that_shall_not_recycle, c.disallow_rotation_on_config_change = true, SERVED,
     { 4, CONFIGURE, 0, 1, 0, "" })

CASE(idle_time_out, (void)0, SERVED, { 10, ACTIVITY, 1, 1, 1, "" }, { 10, DUE, 0, -1 },
     { 5000, TICK, 0, 0, 0, "" }, { 5000, ACTIVITY, 1, 1, 0, "" }, { 5000, DUE, 0, 6200 },
     { 6199, TICK, 0, 0, 0, "" }, { 6200, TICK, 0, 0, 0, "WAS 5186(101,P,20); DRAIN 1" },
     /* a request that comes now gets a host of its own */
     { 6200, DEMAND, 0, 0, 0, "LAUNCH 2" }, { 6201, DRAINED, 1, 0, 0, "STOP 1 89s" },
     { 6202, EXITED, 1, 0, 0, "GONE 1" })

CASE(idle_time_out_without_event, c.log_process_model = 0, SERVED,
     { 1202, TICK, 0, 0, 0, "DRAIN 1" })

/* Half of a machine of two processors for five minutes: 300 seconds. */
CASE(processor_limit_that_is_only_told, c.cpu_limit = 50000, SERVED, { 10, CPU, 1, 100, 2, "" },
     { 100, CPU, 1, 400, 2, "" }, { 101, CPU, 1, 401, 2, "WAS 5025(P)" },
     { 200, CPU, 1, 700, 2, "" }, { 310, CPU, 1, 900, 2, "" }, { 320, CPU, 1, 1200, 2, "" },
     { 330, CPU, 1, 1201, 2, "WAS 5025(P)" })

CASE(processor_limit_that_ends_the_host, (c.cpu_limit = 50000, c.cpu_action = CONFIG_CPU_KILL),
     SERVED, { 10, CPU, 1, 0, 1, "" }, { 20, CPU, 1, 151, 1, "WAS 5025(P); KILL 1; LAUNCH 2" },
     { 21, CPU, 1, 999, 1, "" }, { 22, EXITED, 1, 0, 9, "GONE 1" }, { 23, CPU, 2, 999, 1, "" })

CASE(no_processor_limit, (void)0, SERVED, { 10, CPU, 1, 0, 1, "" }, { 20, CPU, 1, 9999, 1, "" })

CASE(a_limit_without_an_interval, (c.cpu_limit = 1, c.cpu_interval = 0), SERVED,
     { 10, CPU, 1, 0, 1, "" }, { 20, CPU, 1, 9999, 1, "" })

#define CRASH(t, n)                                                                                \
	{ t, DEMAND, 0, 0, 0, "LAUNCH " #n }, { t, REGISTERED, n, 0, 0, "READY " #n },             \
	{                                                                                          \
		t, EXITED, n, 0, 9, "GONE " #n "; WAS 5009(P,0,89)"                                \
	}
CASE(five_deaths_in_five_minutes, (void)0, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 0, FRONT, 0, 0, 0, "CHANGED Started" }, CRASH(1, 1), CRASH(50, 2), CRASH(100, 3),
     CRASH(150, 4), { 200, DEMAND, 0, 0, 0, "LAUNCH 5" }, { 201, REGISTERED, 5, 0, 0, "READY 5" },
     { 202, EXITED, 5, 0, 9, "GONE 5; WAS 5009(P,0,89); WAS 5002(P); CHANGED Failed 503" },
     { 203, DEMAND, 0, 0, 0, "CHANGED Failed 503" }, { 203, RECYCLE, 0, 0, 0, "" },
     { 204, START, 0, 0, 0, "CHANGED Started" }, { 205, DEMAND, 0, 0, 0, "LAUNCH 6" },
     { 206, REGISTERED, 6, 0, 0, "READY 6" }, { 207, EXITED, 6, 0, 9, "GONE 6; WAS 5009(P,0,89)" })

CASE(deaths_that_are_far_apart, (void)0, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 0, FRONT, 0, 0, 0, "CHANGED Started" }, CRASH(1, 1), CRASH(100, 2), CRASH(200, 3),
     CRASH(299, 4), CRASH(301, 5), CRASH(401, 6))

CASE(without_rapid_fail_protection, c.rapid_fail_protection = false,
     { 0, START, 0, 0, 0, "CHANGED Started" }, { 0, FRONT, 0, 0, 0, "CHANGED Started" },
     CRASH(1, 1), CRASH(2, 2), CRASH(3, 3), CRASH(4, 4), CRASH(5, 5),
     /* only the back-off holds it: 100 ms doubled three times */
     { 5.1, DEMAND, 0, 0, 0, "" }, { 5.5, TICK, 0, 0, 0, "" }, { 5.9, TICK, 0, 0, 0, "LAUNCH 6" })

CASE(a_web_garden, c.max_processes = 3, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 0, FRONT, 0, 0, 0, "CHANGED Started" },
     { 1, DEMAND, 0, 0, 0, "LAUNCH 1; LAUNCH 2; LAUNCH 3" }, { 1, DEMAND, 0, 0, 0, "" },
     { 2, REGISTERED, 2, 0, 0, "READY 2" }, { 2, REGISTERED, 1, 0, 0, "READY 1" },
     /* one that does not come up is no reason to fail requests: two others serve */
     { 3, EXITED, 3, 1, 0,
       "WAS 5009(P,0,1); W3SVC 36(/LM/W3SVC/1/ROOT/app,Server execution failed)" },
     { 4, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 4; LAUNCH 5" },
     { 5, REGISTERED, 5, 0, 0, "READY 5; DRAIN 2" }, { 6, DEMAND, 0, 0, 0, "LAUNCH 6" })

CASE(a_garden_has_a_limit, c.max_processes = 1000, { 0, START, 0, 0, 0, "CHANGED Started" },
     { 1, DEMAND, 0, 0, 0,
       "LAUNCH 1; LAUNCH 2; LAUNCH 3; LAUNCH 4; LAUNCH 5; LAUNCH 6; LAUNCH 7; LAUNCH 8; LAUNCH "
       "9; LAUNCH 10; LAUNCH 11; LAUNCH 12; LAUNCH 13; LAUNCH 14; LAUNCH 15; LAUNCH 16" })

CASE(an_untrusted_host, (void)0, SERVED,
     { 3, UNTRUSTED, 1, 0, 0, "WAS 5127(P,101); KILL 1; LAUNCH 2" }, { 3, UNTRUSTED, 1, 0, 0, "" },
     { 4, EXITED, 1, 0, 9, "GONE 1" })

CASE(the_front_end_goes_and_comes, (void)0, SERVED,
     { 3, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 2" },
     { 4, REGISTERED, 2, 0, 0, "READY 2; DRAIN 1" },
     /* nobody will say that 1 is drained, and nobody needs it any more */
     { 5, NO_FRONT, 0, 0, 0, "STOP 1 89s" }, { 6, EXITED, 1, 0, 0, "" },
     { 7, RECYCLE, 0, 0, 0, "WAS 5079(P); LAUNCH 3" }, { 8, REGISTERED, 3, 0, 0, "STOP 2 90s" },
     { 9, FRONT, 0, 0, 0, "CHANGED Started; READY 3" }, { 10, EXITED, 2, 0, 0, "" },
     { 11, EXITED, 3, 0, 0, "GONE 3; WAS 5009(P,0,0)" })

CASE(messages_of_the_dead_are_ignored, (void)0, SERVED, { 3, REGISTERED, 77, 0, 0, "" },
     { 3, PONG, 77, 1, 0, "" }, { 3, DRAINED, 77, 0, 0, "" }, { 3, DRAINED, 1, 0, 0, "" },
     { 3, ACTIVITY, 77, 1, 1, "" }, { 3, MEMORY, 77, 1, 1, "" }, { 3, UNTRUSTED, 0, 0, 0, "" },
     { 3, EXITED, 0, 0, 0, "" }, { 3, LAUNCH_FAILED, 77, 0, 0, "" })

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_on_demand_and_only_once),
		cmocka_unit_test(a_low_pool_launches_nothing),
		cmocka_unit_test(always_running_starts_with_its_pool),
		cmocka_unit_test(a_host_that_never_registers),
		cmocka_unit_test(a_host_that_ends_while_starting),
		cmocka_unit_test(a_launch_that_fails),
		cmocka_unit_test(pings_are_answered),
		cmocka_unit_test(a_ping_without_answer),
		cmocka_unit_test(a_graceful_stop),
		cmocka_unit_test(a_forced_stop),
		cmocka_unit_test(a_stop_reaches_a_starting_host),
		cmocka_unit_test(kill_all_has_no_patience),
		cmocka_unit_test(a_crash_of_a_pool),
		cmocka_unit_test(a_crash_of_a_high_application),
		cmocka_unit_test(an_overlapped_recycle),
		cmocka_unit_test(an_overlap_that_fails_keeps_the_old_host),
		cmocka_unit_test(the_old_host_dies_during_an_overlap),
		cmocka_unit_test(recycling_without_overlap),
		cmocka_unit_test(a_stop_during_recycling_launches_nothing),
		cmocka_unit_test(recycling_by_time),
		cmocka_unit_test(a_failed_recycle_by_time_pauses),
		cmocka_unit_test(recycling_by_requests),
		cmocka_unit_test(recycling_by_memory),
		cmocka_unit_test(recycling_by_schedule),
		cmocka_unit_test(events_only_as_log_event_on_recycle_says),
		cmocka_unit_test(a_change_of_configuration),
		cmocka_unit_test(a_change_of_the_garden),
		cmocka_unit_test(a_pool_that_shall_always_run_from_now_on),
		cmocka_unit_test(a_change_that_shall_not_recycle),
		cmocka_unit_test(idle_time_out),
		cmocka_unit_test(idle_time_out_without_event),
		cmocka_unit_test(processor_limit_that_is_only_told),
		cmocka_unit_test(processor_limit_that_ends_the_host),
		cmocka_unit_test(no_processor_limit),
		cmocka_unit_test(a_limit_without_an_interval),
		cmocka_unit_test(five_deaths_in_five_minutes),
		cmocka_unit_test(deaths_that_are_far_apart),
		cmocka_unit_test(without_rapid_fail_protection),
		cmocka_unit_test(a_web_garden),
		cmocka_unit_test(a_garden_has_a_limit),
		cmocka_unit_test(an_untrusted_host),
		cmocka_unit_test(the_front_end_goes_and_comes),
		cmocka_unit_test(messages_of_the_dead_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
