/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inetinfo as the SCM sees it: its start, what it asks for, its restart after a crash, and how one
 * takes the place of another. SCM loop thread.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"

#include <stdio.h>

#define RESTART_FIRST NSEC_PER_SEC
#define RESTART_LAST (30 * NSEC_PER_SEC)
/* What a replaced front end has begun may take so long; then it is cut. */
#define LEAVE_GRACE (3600 * NSEC_PER_SEC)
#define LEAVE_MARGIN (10 * NSEC_PER_SEC)

/* The configuration may have gone on while a front end started. */
static void front_look(struct scm *scm)
{
	if (scm->front && !scm->front->leaving && !scm->front_next &&
	    !scm_child_reaches(scm->front))
		scm_front_replace(scm);
}

/* Who was told that the service runs may connect at once. */
static void front_running(struct scm *scm)
{
	if (scm->services.items[SERVICE_W3SVC].state != SERVICE_START_PENDING ||
	    !scm_addresses_settled(scm))
		return;
	scm_service_set(scm, SERVICE_W3SVC, SERVICE_RUNNING, 0);
	scm_job_continue(scm);
	front_look(scm);
}

static void front_listen(struct scm_child *child, const struct control_listen *m)
{
	struct scm *scm = child->scm;

	scm_listen(child, m);
	front_running(scm);
	scm_ready_check(scm);
	scm_sites_continue(scm);
}

/* ---- what it says ---- */

static void front_activity(struct scm_child *host, const struct control_host_activity *m)
{
	host->requests = m->requests;
	host->active = m->active;
	pool_activity(&host->pool->policy, m->generation, m->requests, m->active,
		      scm_moment(host->scm), host->scm->actions);
}

/* The host a message is about; by its number, since its pool may have been removed, and the name
 * given to another one. */
static struct scm_child *host_of(struct scm *scm, const struct control_message *m)
{
	uint64_t generation = m->type == CONTROL_HOST_DRAINED     ? m->host_drained.generation
			      : m->type == CONTROL_HOST_UNTRUSTED ? m->host_untrusted.generation
			      : m->type == CONTROL_HOST_ACTIVITY  ? m->host_activity.generation
								  : 0;
	struct scm_child *child = generation ? scm_child_find(scm, generation) : NULL;

	return child && child->role == SCM_HOST ? child : NULL;
}

static void front_demand(struct scm *scm, struct text name)
{
	struct scm_pool *pool = scm_pool_find(scm, name);

	if (!pool)
		return;
	pool_demand(&pool->policy, scm_moment(scm), scm->actions);
	scm_pool_act(pool);
}

static void front_take_over(struct scm *scm);

/* It serves no more; another one is ready to. */
static void front_unlistened(struct scm_child *child)
{
	struct scm *scm = child->scm;

	if (child == scm->front && child->leaving)
		front_take_over(scm);
}

static void front_configured(struct scm_child *child, uint64_t version)
{
	struct scm *scm = child->scm;

	if (child != scm->front)
		return;
	scm->front_version = version;
	scm_sites_continue(scm);
}

/* What only finishes does not count any more. */
static void front_of_host(struct scm_child *front, struct scm_child *host,
			  const struct control_message *m)
{
	struct scm *scm = host->scm;

	if (m->type == CONTROL_HOST_DRAINED) {
		scm_host_drained(host, front->generation);
	} else if (m->type == CONTROL_HOST_UNTRUSTED) {
		pool_untrusted(&host->pool->policy, host->generation, scm_moment(scm),
			       scm->actions);
		scm_pool_act(host->pool);
	} else if (front == scm->front) {
		front_activity(host, &m->host_activity);
		scm_pool_act(host->pool);
	}
}

void scm_front_message(struct scm_child *child, struct control_message *m)
{
	struct scm_child *host = host_of(child->scm, m);

	if (m->type == CONTROL_LISTEN)
		front_listen(child, &m->listen);
	else if (m->type == CONTROL_UNLISTENED)
		front_unlistened(child);
	else if (m->type == CONTROL_REQUEST_INFO || m->type == CONTROL_REQUEST_END)
		scm_requests_answer(child, m);
	else if (m->type == CONTROL_CONFIGURED)
		front_configured(child, m->configured.version);
	else if (m->type == CONTROL_POOL_DEMAND)
		front_demand(child->scm, m->pool_demand.pool);
	else if (host)
		front_of_host(child, host, m);
}

/* ---- its life ---- */

static int front_launch(struct scm *scm, struct scm_child **ret, struct error *err)
{
	struct scm_launch what = { .role = SCM_FRONT, .generation = ++scm->generation };
	int r = scm_identity_of_service(scm, SERVICE_W3SVC, &what.identity, err);

	return r < 0 ? r : scm_child_launch(scm, &what, ret, err);
}

int scm_front_start(struct scm *scm, struct error *err)
{
	struct scm_child *child;

	return front_launch(scm, &child, err);
}

void scm_fronts_each(struct scm *scm, void (*fn)(struct scm_child *front, void *ctx), void *ctx)
{
	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (c->role == SCM_FRONT && (c == scm->front || c->leaving))
			fn(c, ctx);
	}
}

/* It serves from now on. */
static void front_enter(struct scm_child *child, bool anew)
{
	struct scm *scm = child->scm;

	scm->front = child;
	if (child == scm->front_next)
		scm->front_next = NULL;
	scm->front_version = 0;
	scm_child_ping(child);
	scm_child_configure(child);
	scm_pools_front(scm, true);
	if (anew)
		scm_pools_start(scm);
	front_running(scm);
	scm_job_continue(scm);
	front_look(scm);
}

static void front_take_over(struct scm *scm)
{
	struct scm_child *next = scm->front_next;

	if (next && next->registered && scm->services.items[SERVICE_W3SVC].state == SERVICE_RUNNING)
		front_enter(next, false);
}

void scm_fronts_stop(struct scm *scm, int64_t grace)
{
	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (c->role == SCM_FRONT)
			scm_child_stop(c, grace);
	}
	scm->front_wanted = false;
}

void scm_front_registered(struct scm_child *child, struct control_message *m)
{
	struct scm *scm = child->scm;

	for (int i = 0; i < m->fd_count; i++)
		child->bells[i] = TAKE_FD(m->fds[i]);
	child->bell_count = m->fd_count;
	if (child != scm->front_next || !scm->front) {
		front_enter(child, child != scm->front_next);
		return;
	}
	/* First the other closes its sockets: those of the new one may be in their way. */
	scm->front->leaving = true;
	scm_child_stop(scm->front, LEAVE_GRACE);
	scm_child_deadline(scm->front, LEAVE_GRACE + LEAVE_MARGIN);
}

/* Too many that finish: the one that has done so for longest has had its time. */
static bool fronts_full(struct scm *scm)
{
	struct scm_child *oldest = NULL;
	size_t count = 0;

	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (c->role != SCM_FRONT)
			continue;
		count++;
		oldest = c->leaving ? c : oldest; /* the list begins with the youngest */
	}
	if (count < SCM_FRONTS_MAX)
		return false;
	if (oldest && oldest != scm->front)
		scm_child_stop(oldest, 0);
	return true;
}

static void front_replace_again(void *ctx)
{
	scm_front_replace(ctx);
}

void scm_front_replace(struct scm *scm)
{
	struct error err = { 0 };
	struct scm_child *child;

	if (scm->front_next || !scm->front ||
	    scm->services.items[SERVICE_W3SVC].state != SERVICE_RUNNING)
		return;
	scm->front_wanted = fronts_full(scm);
	if (scm->front_wanted)
		return;
	if (front_launch(scm, &child, &err) == 0) {
		scm->front_next = child;
		return;
	}
	fprintf(stderr, "surrogate: cannot start inetinfo anew: %s\n", err.text);
	loop_timer_set(scm->loop, &scm->front_timer, loop_now(scm->loop) + RESTART_LAST,
		       front_replace_again, scm);
}

/* One that serves, or is about to. */
static bool front_is_there(const struct scm *scm)
{
	for (const struct scm_child *c = scm->children; c; c = c->next) {
		if (c->role == SCM_FRONT && !c->leaving)
			return true;
	}
	return false;
}

static void front_restart(void *ctx)
{
	struct scm *scm = ctx;
	struct error err = { 0 };

	if (front_is_there(scm))
		return;
	if (scm_front_start(scm, &err) < 0) {
		fprintf(stderr, "surrogate: cannot start inetinfo: %s\n", err.text);
		loop_timer_set(scm->loop, &scm->front_timer, loop_now(scm->loop) + RESTART_LAST,
			       front_restart, scm);
	}
}

static void front_crashed(struct scm *scm, struct scm_child *child, int code, int signal)
{
	int64_t wait =
		scm_service_crashed(scm, SERVICE_W3SVC, child, code, signal, &scm->front_failures);

	loop_timer_set(scm->loop, &scm->front_timer, loop_now(scm->loop) + wait, front_restart,
		       scm);
}

static void front_lost(struct scm *scm)
{
	scm->front = NULL;
	scm_pools_front(scm, false);
	scm_sites_continue(scm);
}

static void front_current_exited(struct scm_child *child, int code, int signal)
{
	struct scm *scm = child->scm;

	front_lost(scm);
	if (scm->services.items[SERVICE_W3SVC].state != SERVICE_RUNNING)
		return;
	/* Its successor is on its way already. */
	if (scm->front_next)
		front_take_over(scm);
	else
		front_crashed(scm, child, code, signal);
}

static void front_failed(struct scm_child *child, int code, int signal)
{
	char last[160];

	spawn_words_last(&child->words, last, sizeof(last));
	scm_note(child->scm, "inetinfo ended before it was ready (%s %d)%s%s",
		 signal ? "signal" : "exit code", signal ? signal : code, *last ? ": " : "", last);
	scm_job_failed(child->scm, SERVICE_E_PROCESS_ABORTED);
}

/* One that was to take over: the other goes on, and it is tried again. */
static void front_next_exited(struct scm_child *child, int code, int signal)
{
	struct scm *scm = child->scm;

	scm->front_next = NULL;
	if (scm->services.items[SERVICE_W3SVC].state != SERVICE_RUNNING)
		return;
	if (scm->front && !scm->front->leaving)
		loop_timer_set(scm->loop, &scm->front_timer, loop_now(scm->loop) + RESTART_FIRST,
			       front_replace_again, scm);
	else
		front_crashed(scm, child, code, signal);
}

/* A front end has gone for good: there may be room for one that waits. */
static void front_room(struct scm *scm)
{
	if (scm->front_wanted)
		scm_front_replace(scm);
}

void scm_front_exited(struct scm_child *child, int code, int signal)
{
	struct scm *scm = child->scm;

	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (c->role == SCM_HOST)
			scm_host_leave(c, child->generation);
	}
	scm_requests_end(scm);
	if (scm->services.items[SERVICE_W3SVC].state == SERVICE_START_PENDING) {
		if (scm->front == child)
			front_lost(scm);
		front_failed(child, code, signal);
	} else if (scm->front == child) {
		front_current_exited(child, code, signal);
	} else if (scm->front_next == child) {
		front_next_exited(child, code, signal);
	} else if (!child->leaving && scm->services.items[SERVICE_W3SVC].state == SERVICE_RUNNING) {
		front_crashed(scm, child, code, signal); /* a restart that failed */
	}
	front_room(scm);
}

/* Ready: everything that starts by itself has, and each configured address is settled. */
void scm_ready_check(struct scm *scm)
{
	bool listening = false;

	if (scm->ready || scm->job.active)
		return;
	if (scm->front && !scm_addresses_settled(scm))
		return;
	for (size_t i = 0; i < scm->listener_count; i++)
		listening = listening || scm->listeners[i].count;
	scm_ready(scm, scm->front ? listening : !scm->boot_failed);
}
