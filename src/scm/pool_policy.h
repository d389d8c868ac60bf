/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The application pool as a plain state machine over a clock: when a host is launched, watched,
 * replaced, given up. It forks nothing, opens nothing and reads no clock; the SCM tells it what
 * happened (pool_* inputs) and carries out what it answers (struct pool_actions). Runs in the SCM
 * only, from its one thread.
 *
 * A host goes STARTING (launched, has not registered) -> RUNNING (serves) -> DRAINING (gets no new
 * requests) -> STOPPING (told to exit) -> gone; KILLED is reached from any of them. Each host has
 * a generation from one counter for the whole SCM; an input that names a generation which is not
 * there is ignored, so late messages of dead hosts do no harm.
 *
 * The rules are those of IIS: processModel, recycling and failure of an application pool
 * (facts "Application-pool settings and what they make happen"), with the events of the Windows
 * Process Activation Service, and W3SVC 36/37 where a classic application is served out of process.
 */
#pragma once

#include "config/config.h"

#define POOL_GARDEN_MAX 16 /* hosts of one pool that serve; more are cut to this */
#define POOL_HOSTS_MAX (3 * POOL_GARDEN_MAX) /* with those that start or drain beside them */
#define POOL_FAILURES_MAX 64                 /* rapidFailProtectionMaxCrashes is cut to this */
#define POOL_ACTIONS_MAX (4 * POOL_HOSTS_MAX + 8)
#define POOL_TEXT_MAX 384

/* Standard codes a waiting request is failed with. */
#define POOL_E_SERVER_EXEC_FAILURE 0x80080005u /* CO_E_SERVER_EXEC_FAILURE */

/* `now` is clock_now(); `local` is the local wall clock in ns since 1970, for the schedule. */
struct pool_moment {
	int64_t now, local;
};

enum pool_state { POOL_STARTED, POOL_STOPPED, POOL_FAILED };
enum pool_host_state {
	POOL_HOST_NONE,
	POOL_HOST_STARTING,
	POOL_HOST_RUNNING,
	POOL_HOST_DRAINING,
	POOL_HOST_STOPPING,
	POOL_HOST_KILLED,
};
const char *pool_state_name(enum pool_state state);           /* "Started" */
const char *pool_host_state_name(enum pool_host_state state); /* "Running" */

struct pool_host {
	enum pool_host_state state;
	uint64_t generation;
	uint64_t replaces; /* the generation that is drained once this one serves, or 0 */
	uint32_t pid;      /* 0 until the SCM knows it */
	bool in_front;     /* the front end was told HOST_READY and not yet HOST_GONE */
	bool replacing;    /* a younger host is starting to take over */
	bool restart;      /* launch another when this one has gone (recycling without overlap) */
	unsigned recycle_when_ready; /* enum config_recycle_event: it started with old settings */
	int64_t started, registered, last_active;
	int64_t deadline;                /* registration, shutdown: when patience ends */
	int64_t ping_due, ping_deadline; /* the latter 0: none outstanding */
	int64_t recycle_not_before;
	uint64_t ping_sequence;
	uint64_t requests, active;
	int64_t cpu_since;  /* when this interval of cpu/resetInterval began, 0: not yet */
	int64_t cpu_before; /* processor time until then */
	bool cpu_told;      /* that it is over the limit in this interval */
};

enum pool_action_type {
	POOL_LAUNCH,     /* start a host of `generation` */
	POOL_HOST_READY, /* tell the front end: channel and pid of `generation` */
	POOL_HOST_DRAIN, /* tell the front end */
	POOL_HOST_GONE,  /* tell the front end */
	/* Tell the front end: `state`; a `status` other than 0 fails the requests that wait now.
	 * With POOL_STARTED later requests may ask again. */
	POOL_CHANGED,
	POOL_PING,  /* send PING with `value` as its sequence */
	POOL_STOP,  /* send STOP with `value` ns of grace */
	POOL_KILL,  /* SIGKILL */
	POOL_EVENT, /* write event `event_id` of `source`; `text` has its parameters, U+001F between
		     */
};

struct pool_action {
	enum pool_action_type type;
	enum pool_state state;
	uint64_t generation;
	uint64_t value;
	uint32_t pid;
	uint32_t status, sub_status, hresult;
	uint32_t event_id;
	const char *source;
	char text[POOL_TEXT_MAX]; /* POOL_EVENT: parameters; POOL_CHANGED: the reason */
};

/* What an input made of the pool: carry it out in order. `due`: call pool_tick then at the latest
 * (clock_now() scale), INT64_MAX for never. */
struct pool_actions {
	struct pool_action items[POOL_ACTIONS_MAX];
	size_t count;
	int64_t due;
};

struct pool {
	const struct config_pool *settings; /* the caller's; valid until pool_configure */
	const char *application; /* "/LM/W3SVC/1/ROOT/shop" or the pool's name; the caller's */
	uint64_t *generations;   /* the SCM's counter, shared by all pools */
	enum pool_state state;
	char reason[POOL_TEXT_MAX]; /* why it is STOPPED or FAILED, or the last trouble */
	struct pool_host hosts[POOL_HOSTS_MAX];
	bool front;                          /* a front end is there to answer HOST_DRAIN */
	bool wanted;                         /* launch as soon as the back-off is over */
	int64_t not_before;                  /* the end of the back-off */
	uint32_t start_failures;             /* in a row, without a host that lived */
	int64_t failures[POOL_FAILURES_MAX]; /* a ring of times */
	uint32_t failure_count, failure_next;
	uint64_t failures_total;
	int64_t last_local; /* the schedule has been looked at until here; 0: not yet */
};

/* A pool that is stopped and has no hosts. */
void pool_init(struct pool *pool, const struct config_pool *settings, const char *application,
	       uint64_t *generations);

/* Every input empties `out` first. */

/* The pool is started with its service, or by an administrator: forgets earlier failures. */
void pool_start(struct pool *pool, struct pool_moment at, struct pool_actions *out);
/* Stops it: hosts are drained and told to exit, and killed after `limit` ns or shutdownTimeLimit,
 * whichever is shorter (`limit` < 0: the setting alone). */
void pool_stop(struct pool *pool, struct pool_moment at, const char *reason, int64_t limit,
	       struct pool_actions *out);
/* The same without patience: all hosts are killed. */
void pool_kill_all(struct pool *pool, struct pool_moment at, const char *reason,
		   struct pool_actions *out);
/* A request waits and no host serves. */
void pool_demand(struct pool *pool, struct pool_moment at, struct pool_actions *out);
/* New settings; recycles when `changed`, unless disallowRotationOnConfigChange. */
void pool_configure(struct pool *pool, const struct config_pool *settings, const char *application,
		    bool changed, struct pool_moment at, struct pool_actions *out);
/* Replaces all hosts. False when the pool is not started (nothing is done then). */
bool pool_recycle(struct pool *pool, enum config_recycle_event why, struct pool_moment at,
		  struct pool_actions *out);

/* The launch of `generation` gave process `pid`. */
void pool_launched(struct pool *pool, uint64_t generation, uint32_t pid);
/* It could not be launched at all; `why` for people and `hresult` for the waiting requests. */
void pool_launch_failed(struct pool *pool, uint64_t generation, uint32_t hresult, const char *why,
			struct pool_moment at, struct pool_actions *out);
void pool_registered(struct pool *pool, uint64_t generation, struct pool_moment at,
		     struct pool_actions *out);
void pool_pong(struct pool *pool, uint64_t generation, uint64_t sequence, struct pool_moment at,
	       struct pool_actions *out);
/* Counters of a host, from the front end; `requests` is a total. */
void pool_activity(struct pool *pool, uint64_t generation, uint64_t requests, uint64_t active,
		   struct pool_moment at, struct pool_actions *out);
/* Memory of a host, for periodicRestart/memory and privateMemory. */
void pool_memory(struct pool *pool, uint64_t generation, uint64_t virtual_kib, uint64_t private_kib,
		 struct pool_moment at, struct pool_actions *out);
/* Processor time a host has used in all, in ns, on a machine with so many processors, for
 * cpu/limit: above it in an interval there is an event, and with KillW3wp the end of the host.
 * Throttling is the kernel's. */
void pool_cpu(struct pool *pool, uint64_t generation, int64_t used, uint32_t processors,
	      struct pool_moment at, struct pool_actions *out);
/* The front end has no request left at a draining host. */
void pool_drained(struct pool *pool, uint64_t generation, struct pool_moment at,
		  struct pool_actions *out);
/* The front end found ill-formed data in the host's channel. */
void pool_untrusted(struct pool *pool, uint64_t generation, struct pool_moment at,
		    struct pool_actions *out);
/* The process is gone: exit code, or the signal that ended it (else 0). `words` are its last words
 * on standard error, "" for none. */
void pool_exited(struct pool *pool, uint64_t generation, int code, int signal, const char *words,
		 struct pool_moment at, struct pool_actions *out);
/* A front end came: it learns the pool's state and running hosts. It went: what drains, stops. */
void pool_front_came(struct pool *pool, struct pool_moment at, struct pool_actions *out);
void pool_front_went(struct pool *pool, struct pool_moment at, struct pool_actions *out);
/* Time has passed. */
void pool_tick(struct pool *pool, struct pool_moment at, struct pool_actions *out);

/* NULL when the pool has no such host. */
const struct pool_host *pool_find(const struct pool *pool, uint64_t generation);
/* How many hosts there are in any state: 0 when a stop is complete. */
size_t pool_host_count(const struct pool *pool);
