/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine of applications of components against a made-up clock: each case is a table of
 * inputs at given seconds, and the exact answers expected.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "eventlog/eventlog.h"
#include "scm/com_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define S NSEC_PER_SEC
#define LATE "DCOM 10010({CLSID})"
#define BAD "80080005"

enum input {
	END,
	ASK,  /* number: the cookie; other: the generation that could not be reached */
	ASKB, /* the same, of another application */
	FAIL, /* the launch of host `number`; other: an event was written */
	REGISTERED,
	READY,
	TOO_SOON, /* READY, which it may not say */
	LEAVING,
	EXITED, /* host `number` with exit code `other` */
	FORGET,
	STOP,
	BEGIN,
	TICK,
	DUE, /* no input: the next moment, in seconds; -1: never */
};

struct step {
	double at;
	enum input input;
	uint64_t number;
	int64_t other;
	const char *expect;
};

/* A host that is ready, and who asked first has it. */
#define RUNS                                                                                       \
	{ 0, ASK, 70, 0, "LAUNCH 1" }, { 0.1, REGISTERED, 1, 0, "START 1" },                       \
	{                                                                                          \
		0.2, READY, 1, 0, "ANSWER #70 host 1"                                              \
	}

static void render_event(const struct com_policy_actions *a, uint32_t id, char *out, size_t size)
{
	const struct event_definition *event = event_find(text_of(a->source), id);
	char text[COM_POLICY_TEXT_MAX];
	int parameters = 1;

	snprintf(text, sizeof(text), "%s", a->parameters);
	for (char *c = text; *c; c++) {
		parameters += *c == '\x1f';
		*c = *c == '\x1f' ? ',' : *c;
	}
	assert_non_null(event);
	assert_int_equal(event->parameters, parameters);
	snprintf(out, size, "%s %u(%s)", a->source, id, text);
}

static void render(const struct com_policy_actions *all, const struct com_policy_action *a,
		   char *out, size_t size)
{
	static const char *const words[] = { "LAUNCH", "START", "ANSWER", "STOP",
					     "PART",   "KILL",  "EVENT" };
	unsigned generation = (unsigned)a->generation;

	if (a->type == COM_POLICY_EVENT)
		render_event(all, (uint32_t)a->value, out, size);
	else if (a->type == COM_POLICY_ANSWER && a->hresult)
		snprintf(out, size, "ANSWER #%u %08x%s", (unsigned)a->cookie, a->hresult,
			 all->why[0] ? "" : " without words");
	else if (a->type == COM_POLICY_ANSWER)
		snprintf(out, size, "ANSWER #%u host %u", (unsigned)a->cookie, generation);
	else if (a->type == COM_POLICY_STOP || a->type == COM_POLICY_PART)
		snprintf(out, size, "%s %u %us", words[a->type], generation,
			 (unsigned)(a->value / S));
	else
		snprintf(out, size, "%s %u", words[a->type], generation);
}

static int64_t time_of(double at)
{
	return (int64_t)(at * 1000) * NSEC_PER_MSEC + 1000 * S;
}

static void apply(struct com_policy *p, const struct step *s, struct com_policy_actions *out)
{
	int64_t now = time_of(s->at), due = out->due;

	out->count = 0;
	switch (s->input) {
	case ASK:
	case ASKB:
		com_policy_ask(p, s->input == ASK ? "{APP}" : "{OTHER}", "{CLSID}", s->number,
			       (uint64_t)s->other, now, out);
		break;
	case FAIL:
		com_policy_launch_failed(p, s->number, COM_POLICY_E_EXEC_FAILURE, "no program",
					 s->other, now, out);
		break;
	case REGISTERED:
		com_policy_registered(p, s->number, now, out);
		break;
	case READY:
	case TOO_SOON:
		assert_int_equal(com_policy_ready(p, s->number, "{ACTIVATOR}", now, out),
				 s->input == READY);
		break;
	case LEAVING:
		com_policy_leaving(p, s->number, now, out);
		break;
	case EXITED:
		com_policy_exited(p, s->number, (int)s->other, 0, "words", now, out);
		break;
	case FORGET:
		com_policy_forget(p);
		break;
	case STOP:
		com_policy_stop(p, s->other * S, now, out);
		break;
	case BEGIN:
		com_policy_begin(p, 30 * S);
		break;
	case TICK:
		com_policy_tick(p, now, out);
		break;
	case DUE:
		assert_int_equal(due, s->number == UINT64_MAX ? INT64_MAX : time_of(s->at));
		break;
	case END:
		break;
	}
}

static void play(const struct step *steps)
{
	struct com_policy *p = mem_new(struct com_policy);
	struct com_policy_actions *out = mem_new(struct com_policy_actions);
	uint64_t generations = 0;

	assert_true(p && out);
	com_policy_init(p, &generations);
	com_policy_begin(p, 30 * S);
	for (size_t i = 0; steps[i].input != END; i++) {
		char all[2048] = "", one[512];

		apply(p, &steps[i], out);
		for (size_t k = 0; k < out->count; k++) {
			render(out, &out->items[k], one, sizeof(one));
			snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
				 *all ? "; " : "", one);
		}
		if (strcmp(all, steps[i].expect) != 0)
			fail_msg("step %zu: expected '%s', got '%s'", i, steps[i].expect, all);
	}
	mem_free(p);
	mem_free(out);
}

#define CASE(name, ...)                                                                            \
	static void name(void **state)                                                             \
	{                                                                                          \
		const struct step steps[] = { __VA_ARGS__, { 0, END, 0, 0, NULL } };               \
                                                                                                   \
		play(steps);                                                                       \
	}

CASE(one_host_serves_all, RUNS, { 1, ASK, 71, 0, "ANSWER #71 host 1" },
     { 2, ASKB, 72, 0, "LAUNCH 2" }, { 3, ASK, 73, 0, "ANSWER #73 host 1" })

CASE(who_asks_meanwhile_waits, { 0, ASK, 1, 0, "LAUNCH 1" }, { 0, ASK, 2, 0, "" },
     { 1, ASKB, 3, 0, "LAUNCH 2" }, { 1, REGISTERED, 1, 0, "START 1" }, { 1, ASK, 4, 0, "" },
     { 2, READY, 1, 0, "ANSWER #1 host 1; ANSWER #2 host 1; ANSWER #4 host 1" },
     { 2, REGISTERED, 2, 0, "START 2" }, { 3, READY, 2, 0, "ANSWER #3 host 2" })

CASE(a_host_that_is_not_ready_in_time_is_killed, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 30, DUE, 0, 0, "" }, { 1, ASK, 2, 0, "" }, { 29, TICK, 0, 0, "" },
     { 30, TICK, 0, 0, LATE "; KILL 1; ANSWER #1 " BAD "; ANSWER #2 " BAD },
     /* What it still says, and its end, are nobody's affair any more. */
     { 30, REGISTERED, 1, 0, "" }, { 30, READY, 1, 0, "" }, { 30, EXITED, 1, 0, "" },
     { 31, ASK, 3, 0, "LAUNCH 2" })

CASE(registering_is_not_being_ready, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 1, REGISTERED, 1, 0, "START 1" }, { 2, REGISTERED, 1, 0, "" },
     { 30, TICK, 0, 0, LATE "; KILL 1; ANSWER #1 " BAD })

CASE(nobody_is_ready_before_he_was_told_what_he_is, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 1, TOO_SOON, 1, 0, "" }, { 1, REGISTERED, 1, 0, "START 1" },
     { 2, READY, 1, 0, "ANSWER #1 host 1" }, { 2, TOO_SOON, 1, 0, "" }, { 2, TOO_SOON, 9, 0, "" })

CASE(a_host_that_ends_before_it_is_ready, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 1, REGISTERED, 1, 0, "START 1" },
     { 1, EXITED, 1, 3,
       "DCOM 10000(dllhost /Processid:{APP},The process terminated unexpectedly (exit code 3): "
       "words,{CLSID}); ANSWER #1 " BAD },
     { 2, ASK, 2, 0, "LAUNCH 2" })

CASE(a_launch_that_fails, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 0, FAIL, 1, 0, "DCOM 10000(dllhost /Processid:{APP},no program,{CLSID}); ANSWER #1 " BAD },
     { 1, ASK, 2, 0, "LAUNCH 2" }, { 1, FAIL, 2, 1, "ANSWER #2 " BAD }, { 1, FAIL, 2, 0, "" })

CASE(starts_that_fail_are_followed_by_pauses, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 0, FAIL, 1, 1, "ANSWER #1 " BAD }, { 0, ASK, 2, 0, "" }, { 0.1, DUE, 0, 0, "" },
     { 0.05, TICK, 0, 0, "" }, { 0.1, TICK, 0, 0, "LAUNCH 2" },
     { 0.1, FAIL, 2, 1, "ANSWER #2 " BAD }, { 0.1, ASK, 3, 0, "" }, { 0.3, DUE, 0, 0, "" },
     /* Nobody waits any more: nothing is launched for him. */
     { 0.2, FORGET, 0, 0, "" }, { 0.3, TICK, 0, 0, "" }, { 5, ASK, 4, 0, "LAUNCH 3" })

CASE(while_a_pause_is_long_the_failure_is_told_at_once, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 0, FAIL, 1, 1, "ANSWER #1 " BAD }, { 10, ASK, 2, 0, "LAUNCH 2" },
     { 10, FAIL, 2, 1, "ANSWER #2 " BAD }, { 20, ASK, 3, 0, "LAUNCH 3" },
     { 20, FAIL, 3, 1, "ANSWER #3 " BAD }, { 30, ASK, 4, 0, "LAUNCH 4" },
     { 30, FAIL, 4, 1, "ANSWER #4 " BAD }, { 40, ASK, 5, 0, "LAUNCH 5" },
     { 40, FAIL, 5, 1, "ANSWER #5 " BAD }, { 50, ASK, 6, 0, "LAUNCH 6" },
     { 50, FAIL, 6, 1, "ANSWER #6 " BAD }, { 50, ASK, 7, 0, "ANSWER #7 " BAD },
     { 52, ASK, 8, 0, "" }, { 53.2, TICK, 0, 0, "LAUNCH 7" }, { 53.2, REGISTERED, 7, 0, "START 7" },
     { 54, READY, 7, 0, "ANSWER #8 host 7" },
     /* It lived long: the next failure is the first again. */
     { 70, EXITED, 7, 1, "W3SVC 37({APP})" }, { 70, ASK, 9, 0, "" },
     { 70.1, TICK, 0, 0, "LAUNCH 8" })

CASE(a_host_that_crashes_is_told_and_replaced, RUNS, { 1, EXITED, 1, 139, "W3SVC 37({APP})" },
     { 1, ASK, 2, 0, "" }, { 1.1, TICK, 0, 0, "LAUNCH 2" })

CASE(a_host_that_ends_well_is_no_event, RUNS, { 1, EXITED, 1, 0, "" }, { 1, ASK, 2, 0, "LAUNCH 2" })

CASE(a_host_that_leaves_gets_no_more_requests, RUNS, { 1, LEAVING, 1, 0, "PART 1 60s" },
     { 1, LEAVING, 1, 0, "" }, { 1, ASK, 2, 0, "LAUNCH 2" }, { 2, EXITED, 1, 0, "" },
     { 2, REGISTERED, 2, 0, "START 2" }, { 3, READY, 2, 0, "ANSWER #2 host 2" },
     { 4, LEAVING, 1, 0, "" }, { 5, ASK, 3, 0, "ANSWER #3 host 2" })

CASE(a_host_that_leaves_late_is_killed_without_an_event, RUNS, { 1, LEAVING, 1, 0, "PART 1 60s" },
     { 61, EXITED, 1, 9, "" })

CASE(a_host_that_leaves_before_it_is_ready, { 0, ASK, 1, 0, "LAUNCH 1" },
     { 1, REGISTERED, 1, 0, "START 1" },
     { 1, LEAVING, 1, 0,
       "DCOM 10000(dllhost /Processid:{APP},It left before it was ready.,{CLSID}); ANSWER #1 " BAD
       "; PART 1 60s" })

/* Whoever asks has seen that it is gone before its end was seen here. */
CASE(a_host_that_could_not_be_reached, RUNS, { 1, ASK, 2, 1, "LAUNCH 2" },
     { 1, EXITED, 1, 9, "W3SVC 37({APP})" }, { 1, REGISTERED, 2, 0, "START 2" },
     { 2, READY, 2, 0, "ANSWER #2 host 2" },
     /* An old number: the one that runs now is another. */
     { 3, ASK, 3, 1, "ANSWER #3 host 2" }, { 4, ASK, 4, 2, "LAUNCH 3" },
     { 4, LEAVING, 2, 0, "PART 2 60s" }, { 5, EXITED, 2, 0, "" },
     /* Of one that still starts it says nothing. */
     { 6, ASK, 5, 3, "" })

CASE(hosts_that_linger_are_few, RUNS, { 1, ASK, 1, 1, "LAUNCH 2" },
     { 1, REGISTERED, 2, 0, "START 2" }, { 1, READY, 2, 0, "ANSWER #1 host 2" },
     { 2, ASK, 2, 2, "LAUNCH 3" }, { 2, REGISTERED, 3, 0, "START 3" },
     { 2, READY, 3, 0, "ANSWER #2 host 3" }, { 3, ASK, 3, 3, "LAUNCH 4" },
     { 3, REGISTERED, 4, 0, "START 4" }, { 3, READY, 4, 0, "ANSWER #3 host 4" },
     { 4, ASK, 4, 4, "LAUNCH 5" }, { 4, REGISTERED, 5, 0, "START 5" },
     { 4, READY, 5, 0, "ANSWER #4 host 5" }, { 5, ASK, 5, 5, "KILL 1; LAUNCH 6" },
     { 5, EXITED, 1, 9, "" })

CASE(a_stop_tells_hosts_and_refuses_who_waits, RUNS, { 1, ASKB, 2, 0, "LAUNCH 2" },
     { 2, STOP, 0, 7, "STOP 1 7s; ANSWER #2 80080008; STOP 2 7s" }, { 2, DUE, UINT64_MAX, 0, "" },
     { 2, ASK, 3, 0, "ANSWER #3 80080008" }, { 3, EXITED, 1, 9, "" }, { 3, EXITED, 2, 9, "" },
     { 4, BEGIN, 0, 0, "" }, { 4, ASK, 4, 0, "LAUNCH 3" })

CASE(nobody_hears_the_answer_any_more, { 0, ASK, 1, 0, "LAUNCH 1" }, { 1, FORGET, 0, 0, "" },
     { 1, REGISTERED, 1, 0, "START 1" }, { 2, READY, 1, 0, "" },
     { 3, ASK, 1, 0, "ANSWER #1 host 1" })

CASE(what_is_not_there_does_nothing, { 0, EXITED, 5, 1, "" }, { 0, LEAVING, 5, 0, "" },
     { 0, REGISTERED, 0, 0, "" }, { 0, EXITED, 0, 1, "" }, { 0, TICK, 0, 0, "" },
     { 0, DUE, UINT64_MAX, 0, "" }, { 0, ASK, 1, 0, "LAUNCH 1" }, { 0, EXITED, 0, 1, "" })

/* ---- limits ---- */

struct rig {
	struct com_policy *p;
	struct com_policy_actions *out;
	uint64_t generations;
};

static void rig_init(struct rig *rig)
{
	*rig = (struct rig){ .p = mem_new(struct com_policy),
			     .out = mem_new(struct com_policy_actions) };
	assert_true(rig->p && rig->out);
	com_policy_init(rig->p, &rig->generations);
	com_policy_begin(rig->p, 30 * S);
}

static void rig_done(struct rig *rig)
{
	mem_free(rig->p);
	mem_free(rig->out);
}

static void so_many_may_wait(void **state)
{
	struct rig rig;

	rig_init(&rig);
	for (uint64_t i = 0; i < COM_POLICY_WAITING_MAX; i++) {
		com_policy_ask(rig.p, "{APP}", "{CLSID}", i, 0, time_of(0), rig.out);
		assert_int_equal(rig.out->count, i == 0);
	}
	com_policy_ask(rig.p, "{APP}", "{CLSID}", 5000, 0, time_of(0), rig.out);
	assert_int_equal(rig.out->count, 1);
	assert_int_equal(rig.out->items[0].hresult, COM_POLICY_E_BUSY);
	assert_int_equal(rig.out->items[0].cookie, 5000);
	com_policy_registered(rig.p, 1, time_of(1), rig.out);
	assert_true(com_policy_ready(rig.p, 1, "{A}", time_of(1), rig.out));
	assert_int_equal(rig.out->count, COM_POLICY_WAITING_MAX);
	com_policy_ask(rig.p, "{APP}", "{CLSID}", 5001, 0, time_of(1), rig.out);
	assert_int_equal(rig.out->items[0].hresult, 0);
	rig_done(&rig);
}

static void ask_app(struct rig *rig, unsigned i, double at)
{
	char appid[COM_POLICY_GUID_MAX];

	snprintf(appid, sizeof(appid), "{%u}", i);
	com_policy_ask(rig->p, appid, "{CLSID}", i, 0, time_of(at), rig->out);
}

static void so_many_applications_may_have_hosts(void **state)
{
	struct rig rig;

	rig_init(&rig);
	for (unsigned i = 0; i < COM_POLICY_APPS_MAX; i++) {
		ask_app(&rig, i, 0);
		assert_int_equal(rig.out->items[0].type, COM_POLICY_LAUNCH);
	}
	ask_app(&rig, 999, 0);
	assert_int_equal(rig.out->count, 1);
	assert_int_equal(rig.out->items[0].hresult, COM_POLICY_E_FULL);
	/* The place of one whose host has gone is given on, once its pause is over. */
	com_policy_exited(rig.p, 7, 1, 0, "", time_of(1), rig.out);
	ask_app(&rig, 999, 1);
	assert_int_equal(rig.out->items[0].hresult, COM_POLICY_E_FULL);
	ask_app(&rig, 999, 2);
	assert_int_equal(rig.out->items[0].type, COM_POLICY_LAUNCH);
	assert_null(com_policy_find(rig.p, 7));
	assert_string_equal(com_policy_find(rig.p, COM_POLICY_APPS_MAX + 1)->appid, "{999}");
	/* All at once is what the actions have room for. */
	com_policy_stop(rig.p, S, time_of(3), rig.out);
	assert_int_equal(rig.out->count, 2 * COM_POLICY_APPS_MAX);
	rig_done(&rig);
}

static void those_that_are_late_are_told_one_by_one(void **state)
{
	struct rig rig;

	rig_init(&rig);
	ask_app(&rig, 1, 0);
	ask_app(&rig, 2, 0);
	com_policy_tick(rig.p, time_of(31), rig.out);
	assert_int_equal(rig.out->count, 3);
	assert_true(rig.out->due <= time_of(31));
	com_policy_tick(rig.p, time_of(31), rig.out);
	assert_int_equal(rig.out->count, 3);
	assert_int_equal(rig.out->due, INT64_MAX);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_host_serves_all),
		cmocka_unit_test(who_asks_meanwhile_waits),
		cmocka_unit_test(a_host_that_is_not_ready_in_time_is_killed),
		cmocka_unit_test(registering_is_not_being_ready),
		cmocka_unit_test(nobody_is_ready_before_he_was_told_what_he_is),
		cmocka_unit_test(a_host_that_ends_before_it_is_ready),
		cmocka_unit_test(a_launch_that_fails),
		cmocka_unit_test(starts_that_fail_are_followed_by_pauses),
		cmocka_unit_test(while_a_pause_is_long_the_failure_is_told_at_once),
		cmocka_unit_test(a_host_that_crashes_is_told_and_replaced),
		cmocka_unit_test(a_host_that_ends_well_is_no_event),
		cmocka_unit_test(a_host_that_leaves_gets_no_more_requests),
		cmocka_unit_test(a_host_that_leaves_late_is_killed_without_an_event),
		cmocka_unit_test(a_host_that_leaves_before_it_is_ready),
		cmocka_unit_test(a_host_that_could_not_be_reached),
		cmocka_unit_test(hosts_that_linger_are_few),
		cmocka_unit_test(a_stop_tells_hosts_and_refuses_who_waits),
		cmocka_unit_test(nobody_hears_the_answer_any_more),
		cmocka_unit_test(what_is_not_there_does_nothing),
		cmocka_unit_test(so_many_may_wait),
		cmocka_unit_test(so_many_applications_may_have_hosts),
		cmocka_unit_test(those_that_are_late_are_told_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
