/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools: carries out what the policy (pool_policy.h) answers. SCM loop thread. The policy decides,
 * this file only starts, signals, tells and writes.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"
#include "ipc/channel.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define E_LOGON_FAILURE 0x8007052eu /* HRESULT_FROM_WIN32(ERROR_LOGON_FAILURE) */

struct pool_moment scm_moment(const struct scm *scm)
{
	int64_t wall = clock_wall();
	time_t seconds = wall / NSEC_PER_SEC;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return (struct pool_moment){ clock_now(), wall + tm.tm_gmtoff * NSEC_PER_SEC };
}

/* ---- launching ---- */

struct launch_failure {
	uint64_t generation;
	uint32_t hresult;
	char why[POOL_TEXT_MAX];
};

/* The account a pool shall run as does not exist: as DCOM and WAS report it. */
static uint32_t report_identity(struct scm_pool *pool, const struct error *err, char *why,
				size_t size)
{
	const struct config_pool *s = pool->policy.settings;
	char parameters[POOL_TEXT_MAX];

	snprintf(parameters, sizeof(parameters),
		 "Logon failure: unknown user name or bad password. \x1f.\x1f%s\x1f%s",
		 s->user_name ? s->user_name : "", s->appid);
	scm_event(pool->scm, "DCOM", 10004, 0, parameters);
	scm_event(pool->scm, "WAS", 5021, 0, s->name);
	snprintf(why, size,
		 "The server process could not be started because the configured identity is "
		 "incorrect. Check the username and password. (%.200s)",
		 err->text);
	return E_LOGON_FAILURE;
}

static bool launch(struct scm_pool *pool, uint64_t generation, struct launch_failure *failure)
{
	const struct config_pool *s = pool->policy.settings;
	struct scm_launch what = { .role = SCM_HOST, .generation = generation, .pool = pool };
	struct error err = { 0 };
	struct scm_child *child;
	int found = scm_identity_of_pool(pool->scm, s, &what.identity, &err);
	int r = found < 0 ? found : scm_child_launch(pool->scm, &what, &child, &err);

	if (!r) {
		pool_launched(&pool->policy, generation, (uint32_t)child->process.pid);
		return true;
	}
	failure->generation = generation;
	failure->hresult = POOL_E_SERVER_EXEC_FAILURE;
	snprintf(failure->why, sizeof(failure->why), "%.300s", err.text);
	if (found == -ENOENT && s->identity == CONFIG_SPECIFIC_USER)
		failure->hresult = report_identity(pool, &err, failure->why, sizeof(failure->why));
	return false;
}

/* ---- telling ---- */

/* A free place at the list of front ends that a host has a channel with, or the one that `front`
 * has there; -1: neither. */
static int meet_find(const struct scm_child *host, uint64_t front)
{
	for (int i = 0; i < SCM_FRONTS_MAX; i++) {
		if (host->meets[i].front == front)
			return i;
	}
	return -1;
}

struct telling {
	struct scm_pool *pool;
	struct scm_child *host; /* NULL: it has gone */
	const struct pool_action *action;
};

/* A channel of its own for each meeting of a host with a front end. */
static void meet(struct scm_child *front, void *ctx)
{
	struct telling *t = ctx;
	struct control_channel channel = { .generation = t->host->generation,
					   .front = front->generation };
	struct control_host_ready ready = { .generation = t->host->generation,
					    .pid = (uint64_t)t->host->process.pid,
					    .pool = text_of(t->pool->policy.settings->name),
					    .user = text_of(t->host->identity.name) };
	int fds[1 + SCM_BELLS_MAX], place = meet_find(t->host, 0);
	_cleanup_fd_ int fd = -1;

	if (place < 0 || meet_find(t->host, front->generation) >= 0)
		return;
	fd = channel_create();
	if (fd < 0) {
		scm_child_kill(t->host);
		return;
	}
	fds[0] = fd;
	memcpy(fds + 1, front->bells, sizeof(int) * front->bell_count);
	t->host->meets[place].front = front->generation;
	scm_child_send(t->host, CONTROL_CHANNEL, &channel, fds, 1 + front->bell_count);
	scm_child_send(front, CONTROL_HOST_READY, &ready, &fd, 1);
}

static void drain(struct scm_child *front, void *ctx)
{
	struct telling *t = ctx;
	struct control_host_drain m = { .generation = t->action->generation,
					.pool = text_of(t->pool->policy.settings->name) };
	int place = t->host ? meet_find(t->host, front->generation) : -1;

	if (place < 0)
		return;
	t->host->meets[place].draining = true;
	scm_child_send(front, CONTROL_HOST_DRAIN, &m, NULL, 0);
}

static void tell_gone(struct scm_child *front, void *ctx)
{
	struct telling *t = ctx;
	struct control_host_gone m = { .generation = t->action->generation,
				       .pool = text_of(t->pool->policy.settings->name) };

	scm_child_send(front, CONTROL_HOST_GONE, &m, NULL, 0);
}

static void tell_changed(struct scm_child *front, void *ctx)
{
	struct telling *t = ctx;
	const struct pool_action *action = t->action;
	struct control_pool_changed m = { .state = (uint64_t)action->state,
					  .status = action->status,
					  .sub_status = action->sub_status,
					  .hresult = action->hresult,
					  .pool = text_of(t->pool->policy.settings->name),
					  .reason = text_of(action->text) };

	scm_child_send(front, CONTROL_POOL_CHANGED, &m, NULL, 0);
}

static void tell_fronts(struct scm_pool *pool, const struct pool_action *action)
{
	struct telling t = { pool, scm_child_find(pool->scm, action->generation), action };

	switch (action->type) {
	case POOL_HOST_READY:
		if (t.host)
			scm_fronts_each(pool->scm, meet, &t);
		break;
	case POOL_HOST_DRAIN:
		scm_fronts_each(pool->scm, drain, &t);
		break;
	case POOL_HOST_GONE:
		scm_fronts_each(pool->scm, tell_gone, &t);
		break;
	default:
		/* The state of a removed pool is nobody's: its name may be that of another. */
		if (!pool->removed)
			scm_fronts_each(pool->scm, tell_changed, &t);
		break;
	}
}

/* Every front end that was asked has given its answer. */
static void drained_check(struct scm_child *host)
{
	for (int i = 0; i < SCM_FRONTS_MAX; i++) {
		if (host->meets[i].draining)
			return;
	}
	pool_drained(&host->pool->policy, host->generation, scm_moment(host->scm),
		     host->scm->actions);
	scm_pool_act(host->pool);
}

void scm_host_drained(struct scm_child *host, uint64_t front)
{
	int place = meet_find(host, front);

	if (place < 0 || !host->meets[place].draining)
		return;
	host->meets[place].draining = false;
	drained_check(host);
}

void scm_host_leave(struct scm_child *host, uint64_t front)
{
	struct control_front_gone m = { .front = front };
	int place = meet_find(host, front);
	bool draining = place >= 0 && host->meets[place].draining;

	if (place < 0)
		return;
	host->meets[place].front = 0;
	host->meets[place].draining = false;
	scm_child_send(host, CONTROL_FRONT_GONE, &m, NULL, 0);
	if (draining)
		drained_check(host);
}

static void tell_host(struct scm_pool *pool, const struct pool_action *action)
{
	struct scm_child *child = scm_child_find(pool->scm, action->generation);
	struct control_ping ping = { .generation = action->generation, .sequence = action->value };

	if (!child)
		return;
	if (action->type == POOL_KILL)
		scm_child_kill(child);
	else if (action->type == POOL_PING)
		scm_child_send(child, CONTROL_PING, &ping, NULL, 0);
	else
		scm_child_stop(child, (int64_t)action->value);
}

/* ---- acting ---- */

static void pool_timer(void *ctx)
{
	struct scm_pool *pool = ctx;

	pool_tick(&pool->policy, scm_moment(pool->scm), pool->scm->actions);
	scm_pool_act(pool);
}

static void set_timer(struct scm_pool *pool, int64_t due)
{
	if (due == INT64_MAX)
		loop_timer_cancel(pool->scm->loop, &pool->timer);
	else
		loop_timer_set(pool->scm->loop, &pool->timer, due, pool_timer, pool);
}

void scm_pool_act(struct scm_pool *pool)
{
	struct scm *scm = pool->scm;
	/* What fails is told to the policy once all its answers are carried out; a pool launches
	 * no more than a garden at once. */
	struct launch_failure failures[POOL_GARDEN_MAX];
	size_t failed = 0;

	for (size_t i = 0; i < scm->actions->count; i++) {
		const struct pool_action *action = &scm->actions->items[i];

		switch (action->type) {
		case POOL_LAUNCH:
			if (failed < POOL_GARDEN_MAX)
				failed += !launch(pool, action->generation, &failures[failed]);
			break;
		case POOL_HOST_READY:
		case POOL_HOST_DRAIN:
		case POOL_HOST_GONE:
		case POOL_CHANGED:
			tell_fronts(pool, action);
			break;
		case POOL_PING:
		case POOL_STOP:
		case POOL_KILL:
			tell_host(pool, action);
			break;
		case POOL_EVENT:
			scm_event(scm, action->source, action->event_id, 0, action->text);
			break;
		}
	}
	set_timer(pool, scm->actions->due);
	for (size_t i = 0; i < failed; i++) {
		pool_launch_failed(&pool->policy, failures[i].generation, failures[i].hresult,
				   failures[i].why, scm_moment(scm), scm->actions);
		scm_pool_act(pool);
	}
}

struct scm_pool *scm_pool_find(struct scm *scm, struct text name)
{
	for (size_t i = 0; i < scm->pool_count; i++) {
		struct scm_pool *pool = scm->pools[i];

		if (!pool->removed && text_equal_nocase(text_of(pool->policy.settings->name), name))
			return pool;
	}
	return NULL;
}

/* The application an event names: the one of a High pool, the first of any other. */
static const char *application_of(const struct config *config, const struct config_pool *pool)
{
	for (size_t i = 0; i < config_site_count(config); i++) {
		const struct config_site *site = config_site_at(config, i);

		for (size_t a = 0; a < site->application_count; a++) {
			if (site->applications[a].pool == pool)
				return site->applications[a].metabase_path;
		}
	}
	return pool->name;
}

/* ---- coming, changing, going ---- */

static struct scm_pool *pool_new(struct scm *scm, struct config *config,
				 const struct config_pool *settings)
{
	struct scm_pool *pool = mem_new(struct scm_pool);

	if (!pool)
		return NULL;
	pool->scm = scm;
	pool->config = config_ref(config);
	pool_init(&pool->policy, settings, application_of(config, settings), &scm->generation);
	return pool;
}

static void pool_free(struct scm_pool *pool)
{
	loop_timer_cancel(pool->scm->loop, &pool->timer);
	config_unref(pool->config);
	mem_free(pool);
}

/* The array ends with a NULL: the pools that are new there, and room for those there are. */
int scm_pools_prepare(struct scm *scm, struct config *config, struct scm_pool ***ret)
{
	size_t count = config_pool_count(config), fresh = 0;
	struct scm_pool **room = mem_zalloc(scm->pool_count + count + 1, sizeof(*room));
	bool whole = room;

	for (size_t i = 0; whole && i < count; i++) {
		const struct config_pool *settings = config_pool_at(config, i);

		if (scm_pool_find(scm, text_of(settings->name)))
			continue;
		room[fresh] = pool_new(scm, config, settings);
		whole = room[fresh++];
	}
	if (whole) {
		*ret = room;
		return 0;
	}
	for (size_t i = 0; room && i < fresh && room[i]; i++)
		pool_free(room[i]);
	mem_free(room);
	return -ENOMEM;
}

int scm_pools_new(struct scm *scm, struct error *err)
{
	if (scm_pools_prepare(scm, scm->config, &scm->pools) < 0)
		return error_set(err, -ENOMEM, "out of memory");
	while (scm->pools[scm->pool_count])
		scm->pool_count++;
	return 0;
}

/* The front end is there: it learns of the pool, which begins to serve. */
static void pool_join(struct scm_pool *pool)
{
	struct scm *scm = pool->scm;

	if (!scm->front)
		return;
	pool_front_came(&pool->policy, scm_moment(scm), scm->actions);
	scm_pool_act(pool);
	if (!pool->policy.settings->auto_start)
		return;
	pool_start(&pool->policy, scm_moment(scm), scm->actions);
	scm_pool_act(pool);
}

/* Those of its hosts that serve, or will, see all folders it has now. */
static bool pool_reaches(const struct scm_pool *pool)
{
	for (const struct scm_child *c = pool->scm->children; c; c = c->next) {
		const struct pool_host *host =
			c->pool == pool ? pool_find(&pool->policy, c->generation) : NULL;

		if (host && host->state <= POOL_HOST_RUNNING && !host->replacing &&
		    !scm_child_reaches(c))
			return false;
	}
	return true;
}

/* Hosts that the new settings do not recycle are recycled when they have a folder to serve that
 * they cannot see. */
static void pool_change(struct scm_pool *pool, const struct config_pool *settings)
{
	struct scm *scm = pool->scm;
	struct config *before = pool->config;
	bool changed = !config_pool_same(pool->policy.settings, settings);
	bool recycled = changed && !settings->disallow_rotation_on_config_change;

	pool->config = config_ref(scm->config);
	pool_configure(&pool->policy, settings, application_of(scm->config, settings), changed,
		       scm_moment(scm), scm->actions);
	scm_pool_act(pool);
	if (!recycled && !pool_reaches(pool)) {
		pool_recycle(&pool->policy, CONFIG_RECYCLE_CONFIG_CHANGE, scm_moment(scm),
			     scm->actions);
		scm_pool_act(pool);
	}
	config_unref(before);
}

/* Its hosts end after their requests. */
static void pool_remove(struct scm_pool *pool)
{
	struct scm *scm = pool->scm;

	pool_stop(&pool->policy, scm_moment(scm), "The application pool was removed.", -1,
		  scm->actions);
	scm_pool_act(pool);
	pool->removed = true;
}

void scm_pools_follow(struct scm *scm, struct scm_pool **room)
{
	size_t fresh = 0, old = scm->pool_count;
	struct scm_pool **before = scm->pools;

	while (room[fresh])
		fresh++;
	memcpy(room + fresh, before, old * sizeof(*room));
	scm->pools = room;
	scm->pool_count = fresh + old;
	mem_free(before);
	for (size_t i = fresh; i < scm->pool_count; i++) {
		struct scm_pool *pool = room[i];
		const struct config_pool *settings =
			config_pool_find(scm->config, text_of(pool->policy.settings->name));

		if (!pool->removed && settings)
			pool_change(pool, settings);
		else if (!pool->removed)
			pool_remove(pool);
	}
	for (size_t i = 0; i < fresh; i++)
		pool_join(room[i]);
	scm_pools_collect(scm);
}

static bool has_child(const struct scm_pool *pool)
{
	for (const struct scm_child *c = pool->scm->children; c; c = c->next) {
		if (c->pool == pool)
			return true;
	}
	return false;
}

void scm_pools_collect(struct scm *scm)
{
	size_t kept = 0;

	for (size_t i = 0; i < scm->pool_count; i++) {
		struct scm_pool *pool = scm->pools[i];

		if (pool->removed && !has_child(pool))
			pool_free(pool);
		else
			scm->pools[kept++] = pool;
	}
	scm->pool_count = kept;
}

void scm_pools_free(struct scm *scm)
{
	for (size_t i = 0; i < scm->pool_count; i++)
		pool_free(scm->pools[i]);
	scm->pools = mem_free(scm->pools);
	scm->pool_count = 0;
}

/* ---- all of them ---- */

void scm_pools_start(struct scm *scm)
{
	for (size_t i = 0; i < scm->pool_count; i++) {
		if (scm->pools[i]->removed || !scm->pools[i]->policy.settings->auto_start)
			continue;
		pool_start(&scm->pools[i]->policy, scm_moment(scm), scm->actions);
		scm_pool_act(scm->pools[i]);
	}
}

void scm_pools_stop(struct scm *scm, int64_t grace)
{
	for (size_t i = 0; i < scm->pool_count; i++) {
		pool_stop(&scm->pools[i]->policy, scm_moment(scm),
			  "The World Wide Web Publishing Service is stopped.", grace, scm->actions);
		scm_pool_act(scm->pools[i]);
	}
}

void scm_pools_kill(struct scm *scm)
{
	for (size_t i = 0; i < scm->pool_count; i++) {
		pool_kill_all(&scm->pools[i]->policy, scm_moment(scm),
			      "The World Wide Web Publishing Service is stopped.", scm->actions);
		scm_pool_act(scm->pools[i]);
	}
}

void scm_pools_front(struct scm *scm, bool came)
{
	for (size_t i = 0; i < scm->pool_count; i++) {
		struct pool *pool = &scm->pools[i]->policy;

		if (came)
			pool_front_came(pool, scm_moment(scm), scm->actions);
		else
			pool_front_went(pool, scm_moment(scm), scm->actions);
		scm_pool_act(scm->pools[i]);
	}
}
