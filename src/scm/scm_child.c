/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children that run: what they say, their last words, and their end. SCM loop thread. A child is
 * watched in three ways: its control connection, its standard error, and its pidfd; it is freed
 * when the pidfd says that it has ended.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A process that closed its control connection is on its way out; it gets this long. */
#define MUTE_PATIENCE (5 * NSEC_PER_SEC)
/* A control thread only passes messages on: no answer for so long means that it hangs. */
#define PING_INTERVAL (5 * NSEC_PER_SEC)
#define PINGS_UNANSWERED_MAX 12
#define MESSAGES_PER_TURN 64

struct scm_child *scm_child_find(struct scm *scm, uint64_t generation)
{
	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (c->generation == generation)
			return c;
	}
	return NULL;
}

void scm_child_kill(struct scm_child *child)
{
	syscall(SYS_pidfd_send_signal, child->process.pidfd, SIGKILL, NULL, 0);
}

void scm_child_send(struct scm_child *child, enum control_type type, const void *message,
		    const int *fds, int fd_count)
{
	int r = control_send(child->process.control, type, message, fds, fd_count);

	/* Its queue is full: it reads nothing, and we cannot wait for it. That it is gone
	 * (-EPIPE, -ECONNRESET) its pidfd will say. */
	if (r == -EAGAIN || r == -ENOMEM || r == -ENOBUFS || r == -EMSGSIZE)
		scm_child_kill(child);
}

void scm_child_configure(struct scm_child *child)
{
	_cleanup_mem_ char *sites = scm_sites_toggled(child->scm);
	char self[64];
	_cleanup_fd_ int fd = -1;
	struct control_config message = { .version = child->scm->config_version,
					  .path = text_of(child->scm->config_path),
					  .state = text_of(child->scm->state_dir),
					  .sites = text_of(sites ? sites : "") };

	/* Opened anew: descriptors that are only passed on share one reading position. */
	snprintf(self, sizeof(self), "/proc/self/fd/%d", child->scm->config_fd);
	fd = sys_open(self, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || !sites)
		scm_child_kill(child);
	else
		scm_child_send(child, CONTROL_CONFIG, &message, &fd, 1);
}

/* What a child says that it must not say: a host is put down by its pool (5127), the front end is
 * ended and started anew. */
static void child_untrusted(struct scm_child *child)
{
	struct scm *scm = child->scm;

	child->control_watch = loop_unwatch(child->control_watch);
	if (child->role == SCM_HOST) {
		pool_untrusted(&child->pool->policy, child->generation, scm_moment(scm),
			       scm->actions);
		scm_pool_act(child->pool);
	}
	scm_child_kill(child);
}

static void host_registered(struct scm_child *child)
{
	struct scm *scm = child->scm;

	scm_child_configure(child);
	pool_registered(&child->pool->policy, child->generation, scm_moment(scm), scm->actions);
	scm_pool_act(child->pool);
}

static bool child_registered(struct scm_child *child, struct control_message *m)
{
	bool bells = child->role == SCM_FRONT;

	if (child->registered || m->registration.generation != child->generation ||
	    m->registration.pid != (uint64_t)child->process.pid)
		return false;
	child->registered = true;
	if (bells ? m->fd_count < 1 || m->fd_count > SCM_BELLS_MAX : m->fd_count)
		return false;
	switch (child->role) {
	case SCM_FRONT:
		scm_front_registered(child, m);
		break;
	case SCM_HOST:
		host_registered(child);
		break;
	case SCM_RPCSS:
		scm_rpcss_registered(child);
		break;
	case SCM_COM:
		scm_com_registered(child);
		break;
	}
	return true;
}

/* periodicRestart/memory and privateMemory, looked at as often as the host is pinged. */
static void sample_memory(struct scm_child *child)
{
	const struct config_pool *s = child->pool->policy.settings;
	unsigned long long size = 0, resident = 0, shared = 0;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	_cleanup_mem_ char *text = NULL;
	char path[64];

	if (!s->restart_memory_kib && !s->restart_private_memory_kib)
		return;
	snprintf(path, sizeof(path), "/proc/%d/statm", child->process.pid);
	if (sys_read_file(path, 4096, &text, NULL) < 0 ||
	    sscanf(text, "%llu %llu %llu", &size, &resident, &shared) != 3)
		return;
	pool_memory(&child->pool->policy, child->generation, size * page,
		    (resident > shared ? resident - shared : 0) * page, scm_moment(child->scm),
		    child->scm->actions);
	scm_pool_act(child->pool);
}

/* cpu/limit, likewise: the 14th and 15th field of the process's stat, behind its name. */
static void sample_cpu(struct scm_child *child)
{
	const struct config_pool *s = child->pool->policy.settings;
	unsigned long long user = 0, system = 0;
	_cleanup_mem_ char *text = NULL;
	char path[64];

	if (!s->cpu_limit || s->cpu_action > CONFIG_CPU_KILL)
		return;
	snprintf(path, sizeof(path), "/proc/%d/stat", child->process.pid);
	if (sys_read_file(path, 4096, &text, NULL) < 0)
		return;
	const char *behind = strrchr(text, ')');
	if (!behind || sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			      &user, &system) != 2)
		return;
	pool_cpu(&child->pool->policy, child->generation,
		 (int64_t)((user + system) * (NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK))),
		 (uint32_t)sysconf(_SC_NPROCESSORS_ONLN), scm_moment(child->scm),
		 child->scm->actions);
	scm_pool_act(child->pool);
}

static void child_pong(struct scm_child *child, const struct control_pong *pong)
{
	struct scm *scm = child->scm;
	bool asked = pong->sequence > child->pongs;

	if (pong->generation != child->generation)
		return;
	child->requests = pong->requests;
	child->active = pong->active;
	child->pongs = pong->sequence;
	if (child->role != SCM_HOST)
		return;
	pool_pong(&child->pool->policy, child->generation, pong->sequence, scm_moment(scm),
		  scm->actions);
	scm_pool_act(child->pool);
	/* Asked for by a ping, once: a host shall not make us read files as it likes. */
	if (asked) {
		sample_memory(child);
		sample_cpu(child);
	}
}

/* False when the message was not one it may send now. */
static bool child_message(struct scm_child *child, struct control_message *m)
{
	if (m->type == CONTROL_REGISTRATION)
		return child_registered(child, m);
	if (!child->registered)
		return false;
	if (m->type == CONTROL_PONG)
		child_pong(child, &m->pong);
	else if (m->type == CONTROL_EVENT)
		scm_event_of_child(child, &m->event);
	else if (child->role == SCM_FRONT)
		scm_front_message(child, m);
	else if (child->role == SCM_RPCSS && m->type == CONTROL_COM_ACTIVATE)
		scm_com_ask(child->scm, &m->com_activate);
	else if (child->role == SCM_COM)
		return scm_com_message(child, m);
	return true;
}

/* ---- its end ---- */

static void child_mute(void *ctx)
{
	scm_child_kill(ctx);
}

void scm_child_deadline(struct scm_child *child, int64_t patience)
{
	loop_timer_set(child->scm->loop, &child->mute, loop_now(child->scm->loop) + patience,
		       child_mute, child);
}

static void child_ping(void *ctx)
{
	struct scm_child *child = ctx;

	if (child->leaving)
		return;
	if (child->pings - child->pongs >= PINGS_UNANSWERED_MAX) {
		fprintf(stderr, "surrogate: %s does not answer; it is ended\n",
			scm_role_program(child->role));
		scm_child_kill(child);
		return;
	}
	const struct control_ping ping = { child->generation, ++child->pings };

	scm_child_send(child, CONTROL_PING, &ping, NULL, 0);
	scm_child_ping(child);
}

void scm_child_ping(struct scm_child *child)
{
	struct loop *loop = child->scm->loop;

	loop_timer_set(loop, &child->ping, loop_now(loop) + PING_INTERVAL, child_ping, child);
}

void scm_child_stop(struct scm_child *child, int64_t grace)
{
	const struct control_stop stop = { .generation = child->generation,
					   .grace_ms = (uint64_t)(grace / NSEC_PER_MSEC) };

	if (child->registered)
		scm_child_send(child, CONTROL_STOP, &stop, NULL, 0);
	else
		scm_child_kill(child);
}

size_t scm_children_count(const struct scm *scm, enum scm_role role)
{
	size_t count = 0;

	for (const struct scm_child *c = scm->children; c; c = c->next)
		count += c->role == role;
	return count;
}

void scm_children_kill(struct scm *scm, enum scm_role role)
{
	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (c->role == role)
			scm_child_kill(c);
	}
}

/* ---- its descriptors ---- */

/* False when nothing more will come. */
static bool child_receive(struct scm_child *child)
{
	static const unsigned peers[] = { [SCM_FRONT] = CONTROL_FROM_FRONT,
					  [SCM_HOST] = CONTROL_FROM_HOST,
					  [SCM_RPCSS] = CONTROL_FROM_RPCSS,
					  [SCM_COM] = CONTROL_FROM_COM };
	struct control_message *m = child->scm->message;
	bool good;
	int r;

	for (int i = 0; i < MESSAGES_PER_TURN; i++) {
		r = control_receive(child->process.control, peers[child->role], m);
		if (r == -EAGAIN)
			return true;
		if (r == -EPERM || r == -EBADMSG) {
			child_untrusted(child);
			return false;
		}
		if (r < 0)
			return false;
		good = child_message(child, m);
		control_message_done(m);
		if (!good) {
			child_untrusted(child);
			return false;
		}
	}
	return true;
}

static void child_readable(void *ctx, int fd, unsigned events)
{
	struct scm_child *child = ctx;

	if (child_receive(child) || !child->control_watch)
		return;
	child->control_watch = loop_unwatch(child->control_watch);
	scm_child_deadline(child, MUTE_PATIENCE);
}

static void child_spoke(void *ctx, int fd, unsigned events)
{
	struct scm_child *child = ctx;

	if (!spawn_words_read(&child->words, fd))
		child->words_watch = loop_unwatch(child->words_watch);
}

/* Its process has gone: it is no more among the children. */
static void child_take_out(struct scm_child *child)
{
	struct scm *scm = child->scm;

	for (struct scm_child **at = &scm->children; *at; at = &(*at)->next) {
		if (*at == child) {
			*at = child->next;
			scm->child_count--;
			break;
		}
	}
}

static void child_free(struct scm_child *child)
{
	struct scm *scm = child->scm;

	loop_unwatch(child->control_watch);
	loop_unwatch(child->words_watch);
	loop_unwatch(child->exit_watch);
	loop_timer_cancel(scm->loop, &child->mute);
	loop_timer_cancel(scm->loop, &child->ping);
	sys_close(child->process.control);
	sys_close(child->process.stderr_fd);
	sys_close(child->process.pidfd);
	spawn_cgroup_remove(&scm->means, child->generation);
	for (int i = 0; i < child->bell_count; i++)
		sys_close(child->bells[i]);
	mem_free(child->reach);
	mem_free(child);
}

static void host_exited(struct scm_child *child, int code, int signal, const char *last)
{
	struct scm *scm = child->scm;

	pool_exited(&child->pool->policy, child->generation, code, signal, last, scm_moment(scm),
		    scm->actions);
	scm_pool_act(child->pool);
	scm_pools_collect(scm);
}

static void child_exited(void *ctx, int fd, unsigned events)
{
	struct scm_child *child = ctx;
	struct scm *scm = child->scm;
	char last[160];
	int code, signal;

	/* What it sent before it ended still counts. */
	if (child->control_watch)
		child_receive(child);
	spawn_words_read(&child->words, child->process.stderr_fd);
	/* What it started ends with it; its number is its own until it is reaped. */
	kill(-child->process.pid, SIGKILL);
	if (!spawn_reap(child->process.pidfd, &code, &signal))
		return;
	spawn_words_last(&child->words, last, sizeof(last));
	if (code == 126 && !child->registered)
		fprintf(stderr, "%s\n", last);
	child_take_out(child);
	switch (child->role) {
	case SCM_FRONT:
		scm_front_exited(child, code, signal);
		break;
	case SCM_HOST:
		host_exited(child, code, signal, last);
		break;
	case SCM_RPCSS:
		scm_rpcss_exited(child, code, signal, last);
		break;
	case SCM_COM:
		scm_com_exited(child, code, signal, last);
		break;
	}
	child_free(child);
	scm_job_continue(scm);
}

void scm_child_add(struct scm *scm, struct scm_child *child)
{
	struct loop *loop = scm->loop;

	child->next = scm->children;
	scm->children = child;
	scm->child_count++;
	child->started = loop_now(loop);
	/* Without its watches a child would be lost: it is ended, and the exit watch, the one that
	 * must work, is tried first. */
	if (loop_watch(loop, child->process.pidfd, LOOP_READ, child_exited, child,
		       &child->exit_watch) < 0 ||
	    loop_watch(loop, child->process.control, LOOP_READ, child_readable, child,
		       &child->control_watch) < 0 ||
	    loop_watch(loop, child->process.stderr_fd, LOOP_READ, child_spoke, child,
		       &child->words_watch) < 0)
		scm_child_kill(child);
}
