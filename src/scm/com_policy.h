/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications of components as a plain state machine over a clock: which have a host, who waits
 * for one, when one is given up. Forks nothing, opens nothing and reads no clock; the SCM tells it
 * what happened and carries out what it answers (scm_com.c). Runs in the SCM only, from its one
 * thread.
 *
 * An application is an AppID; it has one host that all who ask share. A request waits while the
 * host starts: STARTING (launched) -> STARTED (has registered, and was told what it is) -> READY
 * (activates). A host that was current once and is no more (it leaves, is killed, could not be
 * reached) is remembered until its process is gone, while the next one may run already. Generations
 * are from the one counter of the SCM; an input that names one which is not there is ignored.
 *
 * The rules are those of DCOM: event 10010 when a server does not register in time, 10000 when it
 * cannot be started or ends before, CO_E_SERVER_EXEC_FAILURE to who asked. A host that served and
 * ends unexpectedly is W3SVC's event 37, the published words for the end of a `dllhost
 * /Processid:{AppID}` that nobody asked for: DCOM's own events are all about activation, 7034 and
 * its like about services.
 *
 * Starts that fail, and hosts that crash young, are followed by a pause, twice as long each time.
 * Who asks waits for the end of a short one; while it is long he is told at once what went wrong.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COM_POLICY_APPS_MAX 256
#define COM_POLICY_WAITING_MAX 1024
#define COM_POLICY_OLD_MAX 4 /* hosts of one application that are on their way out */
#define COM_POLICY_ACTIONS_MAX                                                                     \
	(COM_POLICY_WAITING_MAX + (COM_POLICY_OLD_MAX + 3) * COM_POLICY_APPS_MAX)
#define COM_POLICY_TEXT_MAX 384
#define COM_POLICY_GUID_MAX 39 /* "{...}", and NUL */

/* What those who wait are answered. */
#define COM_POLICY_S_OK 0u
#define COM_POLICY_E_EXEC_FAILURE 0x80080005u /* CO_E_SERVER_EXEC_FAILURE */
#define COM_POLICY_E_STOPPING 0x80080008u     /* CO_E_SERVER_STOPPING */
#define COM_POLICY_E_BUSY 0x800706bbu         /* RPC_S_SERVER_TOO_BUSY: soon, perhaps */
#define COM_POLICY_E_FULL 0x800706b9u         /* RPC_S_OUT_OF_RESOURCES: not until one ends */

enum com_policy_state {
	COM_POLICY_NONE,    /* no host; its place may be given to another application */
	COM_POLICY_WAITING, /* for the end of the pause after a failure */
	COM_POLICY_STARTING,
	COM_POLICY_STARTED,
	COM_POLICY_READY,
};
const char *com_policy_state_name(enum com_policy_state state); /* "Running" */

struct com_policy_old {
	uint64_t generation;
	bool expected; /* it said that it leaves, or was told to, or killed: its end is no event */
};

struct com_policy_app {
	char appid[COM_POLICY_GUID_MAX];
	char clsid[COM_POLICY_GUID_MAX]; /* what was asked for when its host was launched */
	char activator[COM_POLICY_GUID_MAX];
	enum com_policy_state state;
	uint64_t generation; /* of the current host; 0: none */
	struct com_policy_old old[COM_POLICY_OLD_MAX];
	size_t old_count;
	int64_t launched, deadline; /* until it must be ready */
	int64_t not_before;         /* the end of the pause */
	uint32_t failures;          /* in a row */
	uint32_t hresult;           /* of the last failure */
	char why[COM_POLICY_TEXT_MAX];
};

struct com_policy_request {
	uint64_t cookie;
	struct com_policy_app *app;
};

enum com_policy_action_type {
	COM_POLICY_LAUNCH, /* start a host of `generation` for `app`, then com_policy_launch_failed
			      if that fails */
	COM_POLICY_START,  /* tell the host what it is: COM_START */
	COM_POLICY_ANSWER, /* COM_ACTIVATED to `cookie`: the host `generation`, or `hresult` and
			      the text of the actions */
	COM_POLICY_STOP,   /* send STOP with `value` ns of grace */
	COM_POLICY_PART,   /* it leaves: kill it when it is still there after `value` ns */
	COM_POLICY_KILL,
	COM_POLICY_EVENT, /* write event `value` of the actions' source, with their parameters */
};

struct com_policy_action {
	enum com_policy_action_type type;
	uint32_t hresult;
	uint64_t generation, cookie, value;
	const struct com_policy_app *app;
};

/* What an input asks for: carry it out in order. One input fails at most one application. */
struct com_policy_actions {
	struct com_policy_action items[COM_POLICY_ACTIONS_MAX];
	size_t count;
	char why[COM_POLICY_TEXT_MAX]; /* to those who are answered with a failure */
	const char *source;
	char parameters[COM_POLICY_TEXT_MAX]; /* of the event, U+001F between */
	int64_t due; /* call com_policy_tick then at the latest; INT64_MAX: never */
};

struct com_policy {
	uint64_t *generations;  /* the SCM's counter */
	int64_t launch_timeout; /* ns */
	bool stopped;           /* nothing is started any more */
	struct com_policy_app apps[COM_POLICY_APPS_MAX];
	size_t app_count;
	struct com_policy_request waiting[COM_POLICY_WAITING_MAX]; /* in order of arrival */
	size_t waiting_count;
};

/* Stopped, and without applications. */
void com_policy_init(struct com_policy *policy, uint64_t *generations);
/* Applications may be started from now on; forgets earlier failures. Hosts that are still on their
 * way out stay known. */
void com_policy_begin(struct com_policy *policy, int64_t launch_timeout);

/* Every input empties `out` first. `now` is clock_now(). GUIDs are in braces and capitals. */

/* An object of `clsid` is wanted from the host of `appid`. `gone`: the generation of a host that
 * could not be reached, or 0. */
void com_policy_ask(struct com_policy *policy, const char *appid, const char *clsid,
		    uint64_t cookie, uint64_t gone, int64_t now, struct com_policy_actions *out);
/* The launch of `generation` did not become a process. Event 10000, unless `told`: the caller has
 * written one that fits better. */
void com_policy_launch_failed(struct com_policy *policy, uint64_t generation, uint32_t hresult,
			      const char *why, bool told, int64_t now,
			      struct com_policy_actions *out);
void com_policy_registered(struct com_policy *policy, uint64_t generation, int64_t now,
			   struct com_policy_actions *out);
/* It activates who names `activator`. False when it may not say so now. */
bool com_policy_ready(struct com_policy *policy, uint64_t generation, const char *activator,
		      int64_t now, struct com_policy_actions *out);
void com_policy_leaving(struct com_policy *policy, uint64_t generation, int64_t now,
			struct com_policy_actions *out);
/* The process is gone: exit code, or the signal that ended it (else 0); `words` are its last words,
 * "" for none. */
void com_policy_exited(struct com_policy *policy, uint64_t generation, int code, int signal,
		       const char *words, int64_t now, struct com_policy_actions *out);
/* Nobody is there any more to hear the answers to what waits. */
void com_policy_forget(struct com_policy *policy);
/* All hosts are told to end, with `grace` ns; who waits is refused. */
void com_policy_stop(struct com_policy *policy, int64_t grace, int64_t now,
		     struct com_policy_actions *out);
/* Time has passed. Does what is due for one application; `due` may be in the past when there are
 * more. */
void com_policy_tick(struct com_policy *policy, int64_t now, struct com_policy_actions *out);

/* Whose host this is, current or not; NULL: nobody's. */
const struct com_policy_app *com_policy_find(const struct com_policy *policy, uint64_t generation);
