/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tools: the socket STATE/run/scm.sock, who may ask what, and the answers. SCM loop thread.
 *
 * Anybody may connect; the kernel says who it is (SO_PEERCRED). Root and the user the SCM runs as
 * may control, all others may look: that is the `senders` column of the message table, and
 * control_receive refuses the rest with -EPERM.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A message of each of 8,192 sites; the kernel counts about a kilobyte for one. */
#define TOOL_BUFFER (8 << 20)

static void tool_free(struct scm_tool *tool)
{
	struct scm *scm = tool->scm;

	for (struct scm_tool **at = &scm->tools; *at; at = &(*at)->next) {
		if (*at == tool) {
			*at = tool->next;
			scm->tool_count--;
			scm->user_count -= tool->peer == CONTROL_FROM_USER;
			break;
		}
	}
	if (scm->job.tool == tool)
		scm->job.tool = NULL;
	loop_unwatch(tool->watch);
	sys_close(tool->fd);
	mem_free(tool);
}

/* A tool that does not read its answer gets no more of it: its queue is its own affair. */
static void tool_send(struct scm_tool *tool, enum control_type type, const void *message)
{
	control_send(tool->fd, type, message, NULL, 0);
}

void scm_tool_done(struct scm_tool *tool, uint32_t error, const char *text)
{
	struct control_done done = { .error = error, .text = text_of(text) };

	tool->waiting = false;
	tool_send(tool, CONTROL_DONE, &done);
}

static void tool_done_error(struct scm_tool *tool, uint32_t error)
{
	scm_tool_done(tool, error, error ? service_error_text(error) : "");
}

/* ---- status ---- */

static uint64_t resident_kib(int pid)
{
	unsigned long long size = 0, resident = 0;
	_cleanup_mem_ char *text = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	if (sys_read_file(path, 4096, &text, NULL) < 0 ||
	    sscanf(text, "%llu %llu", &size, &resident) != 2)
		return 0;
	return resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static const char *com_state(const struct scm_child *child)
{
	const struct com_policy_app *app = com_policy_find(child->scm->com, child->generation);

	return app && app->generation == child->generation ? com_policy_state_name(app->state)
							   : "Stopping";
}

static const char *child_state(const struct scm_child *child)
{
	const struct pool_host *host;

	if (child->leaving)
		return "Draining";
	if (child->role == SCM_FRONT)
		return service_state_word(child->scm->services.items[SERVICE_W3SVC].state);
	if (child->role == SCM_RPCSS)
		return service_state_word(child->scm->services.items[SERVICE_RPCSS].state);
	if (child->role == SCM_COM)
		return com_state(child);
	host = pool_find(&child->pool->policy, child->generation);
	return host ? pool_host_state_name(host->state) : "Stopping";
}

/* What it is a part of. */
static void describe_child(const struct scm_child *child, struct control_status_process *m)
{
	const struct config_pool *s = child->pool ? child->pool->policy.settings : NULL;

	switch (child->role) {
	case SCM_FRONT:
		m->service = text_of(service_table[SERVICE_W3SVC].name);
		m->appid = TEXT(CONFIG_APPID_LOW);
		m->protection = text_of(config_protection_name(CONFIG_LOW));
		break;
	case SCM_HOST:
		m->service = text_of(service_table[SERVICE_WAS].name);
		m->appid = text_of(s->appid);
		m->pool = text_of(s->name);
		m->protection = text_of(config_protection_name(s->protection));
		break;
	case SCM_RPCSS:
	case SCM_COM:
		m->service = text_of(service_table[SERVICE_RPCSS].name);
		m->appid = text_of(child->appid);
		break;
	}
}

static void send_child(struct scm_tool *tool, const struct scm_child *child)
{
	struct control_status_process m = {
		.pid = (uint64_t)child->process.pid,
		.generation = child->generation,
		.requests = child->requests,
		.active = child->active,
		.uptime_ms = (uint64_t)((clock_now() - child->started) / NSEC_PER_MSEC),
		.memory_kib = resident_kib(child->process.pid),
		.user = text_of(child->identity.name),
		.state = text_of(child_state(child)),
	};

	describe_child(child, &m);
	tool_send(tool, CONTROL_STATUS_PROCESS, &m);
}

static void send_self(struct scm_tool *tool)
{
	struct identity self = { 0 };
	struct control_status_process m = {
		.pid = (uint64_t)getpid(),
		.memory_kib = resident_kib(getpid()),
		.service = TEXT("SCM"),
		.state = TEXT("Running"),
	};

	identity_current(&self, NULL);
	m.user = text_of(self.name);
	m.uptime_ms = (uint64_t)((clock_now() - tool->scm->begun) / NSEC_PER_MSEC);
	tool_send(tool, CONTROL_STATUS_PROCESS, &m);
}

static void send_pool(struct scm_tool *tool, const struct scm_pool *pool)
{
	const struct config_pool *s = pool->policy.settings;
	struct control_status_pool m = {
		.failures = pool->policy.failures_total,
		.pool = text_of(s->name),
		.appid = text_of(s->appid),
		.protection = text_of(config_protection_name(s->protection)),
		/* One that gave up is Stopped to administrators; the reason says how. */
		.state = text_of(pool_state_name(
			pool->policy.state == POOL_FAILED ? POOL_STOPPED : pool->policy.state)),
		.reason = text_of(pool->policy.reason),
	};

	tool_send(tool, CONTROL_STATUS_POOL, &m);
}

static void send_site(struct scm_tool *tool, size_t i)
{
	const struct config_site *site = config_site_at(tool->scm->config, i);
	struct control_status_site m = { .id = site->id,
					 .error = scm_site_error(tool->scm, i),
					 .site = text_of(site->name),
					 .state = text_of(scm_site_state(tool->scm, i)) };

	tool_send(tool, CONTROL_STATUS_SITE, &m);
}

static void send_config(struct scm_tool *tool)
{
	const struct error *e = &tool->scm->config_error;
	struct control_status_config m = { .version = tool->scm->config_version,
					   .line = (uint64_t)e->line,
					   .file = text_of(e->file),
					   .text = text_of(e->text) };

	tool_send(tool, CONTROL_STATUS_CONFIG, &m);
}

static void on_status(struct scm_tool *tool, const struct control_message *m)
{
	struct scm *scm = tool->scm;

	send_config(tool);

	send_self(tool);
	for (const struct scm_child *c = scm->children; c; c = c->next)
		send_child(tool, c);
	for (size_t i = 0; i < scm->pool_count; i++) {
		if (!scm->pools[i]->removed)
			send_pool(tool, scm->pools[i]);
	}
	for (size_t i = 0; i < config_site_count(scm->config); i++)
		send_site(tool, i);
	tool_done_error(tool, 0);
}

/* ---- services ---- */

static void send_service(struct scm_tool *tool, enum service_id id)
{
	struct scm *scm = tool->scm;
	const struct service_definition *d = &service_table[id];
	const struct service *service = &scm->services.items[id];
	struct control_service_info m = {
		.state = service->state,
		.start_type = service->start,
		.win32_exit_code = service->state == SERVICE_STOPPED ? service->exit_code : 0,
		.name = text_of(d->name),
		.display_name = text_of(d->display_name),
		.dependencies = text_of(d->dependencies),
	};

	if (d->process == SERVICE_IN_SCM)
		m.pid = service->state == SERVICE_STOPPED ? 0 : (uint64_t)getpid();
	for (const struct scm_child *c = scm->children; c; c = c->next) {
		if (!c->leaving && ((d->process == SERVICE_IN_INETINFO && c->role == SCM_FRONT) ||
				    (d->process == SERVICE_IN_RPCSS && c->role == SCM_RPCSS)))
			m.pid = (uint64_t)c->process.pid;
	}
	tool_send(tool, CONTROL_SERVICE_INFO, &m);
}

static void on_service_query(struct scm_tool *tool, const struct control_message *m)
{
	int id = service_find(m->service_query.name);

	if (m->service_query.name.length && id < 0) {
		tool_done_error(tool, SERVICE_E_SERVICE_DOES_NOT_EXIST);
		return;
	}
	for (int i = 0; i < SERVICE_COUNT; i++) {
		if (id < 0 || i == id)
			send_service(tool, i);
	}
	tool_done_error(tool, 0);
}

static void on_service_control(struct scm_tool *tool, const struct control_message *m)
{
	const struct control_service_control *c = &m->service_control;
	int64_t timeout = c->timeout_ms < 86400000 ? (int64_t)c->timeout_ms * NSEC_PER_MSEC : 0;
	int id = service_find(c->name);
	uint32_t error = SERVICE_E_INVALID_PARAMETER;
	bool later = false;

	if (c->verb == CONTROL_SERVICE_RESET) {
		tool_done_error(tool, scm_reset_allow(tool->scm, c->value));
		return;
	}
	if (id < 0) {
		tool_done_error(tool, SERVICE_E_SERVICE_DOES_NOT_EXIST);
		return;
	}
	if (c->verb == CONTROL_SERVICE_START) {
		error = scm_service_start(tool->scm, id, timeout, tool);
		later = true;
	} else if (c->verb == CONTROL_SERVICE_STOP || c->verb == CONTROL_SERVICE_STOP_NOFORCE) {
		error = scm_service_stop(tool->scm, id, false, c->verb == CONTROL_SERVICE_STOP,
					 timeout, tool);
		later = true;
	} else if (c->verb == CONTROL_SERVICE_CONFIG) {
		error = scm_service_configure(tool->scm, id, c->value);
	}
	if (error || !later)
		tool_done_error(tool, error);
}

/* ---- pools ---- */

static void on_pool_control(struct scm_tool *tool, const struct control_message *m)
{
	struct scm *scm = tool->scm;
	struct pool_moment at = scm_moment(scm);
	struct scm_pool *pool;
	bool done = true;

	scm_watch_flush(scm);
	pool = scm_pool_find(scm, m->pool_control.pool);
	if (!pool) {
		scm_tool_done(tool, SERVICE_E_NOT_FOUND,
			      "There is no application pool of this name.");
		return;
	}
	if (pool->policy.settings->protection == CONFIG_LOW) {
		scm_tool_done(
			tool, SERVICE_E_NOT_SUPPORTED,
			"In-process applications run inside inetinfo; restart W3SVC instead.");
		return;
	}
	if (scm->services.items[SERVICE_W3SVC].state != SERVICE_RUNNING) {
		tool_done_error(tool, SERVICE_E_SERVICE_NOT_ACTIVE);
		return;
	}
	if (m->pool_control.verb == CONTROL_POOL_START)
		pool_start(&pool->policy, at, scm->actions);
	else if (m->pool_control.verb == CONTROL_POOL_STOP)
		pool_stop(&pool->policy, at, "Application pool was stopped by an administrator.",
			  -1, scm->actions);
	else
		done = pool_recycle(&pool->policy, CONFIG_RECYCLE_ON_DEMAND, at, scm->actions);
	scm_pool_act(pool);
	if (done)
		tool_done_error(tool, 0);
	else
		scm_tool_done(tool, SERVICE_E_SERVICE_NOT_ACTIVE,
			      "The application pool is not started.");
}

static void on_site_control(struct scm_tool *tool, const struct control_message *m)
{
	uint32_t error;

	scm_watch_flush(tool->scm);
	error = scm_site_control(tool->scm, m->site_control.site,
				 m->site_control.verb == CONTROL_SITE_START, tool);

	if (error)
		tool_done_error(tool, error);
}

static void on_request_query(struct scm_tool *tool, const struct control_message *m)
{
	scm_requests_ask(tool->scm, tool);
}

static void on_shutdown(struct scm_tool *tool, const struct control_message *m)
{
	uint64_t ms = m->shutdown.grace_ms < 86400000 ? m->shutdown.grace_ms : 86400000;

	scm_shutdown(tool->scm, (int64_t)ms * NSEC_PER_MSEC, tool);
}

/* ---- connections ---- */

static const struct {
	enum control_type type;
	void (*fn)(struct scm_tool *tool, const struct control_message *m);
} handlers[] = {
	{ CONTROL_STATUS_QUERY, on_status },
	{ CONTROL_SERVICE_QUERY, on_service_query },
	{ CONTROL_SERVICE_CONTROL, on_service_control },
	{ CONTROL_POOL_CONTROL, on_pool_control },
	{ CONTROL_SITE_CONTROL, on_site_control },
	{ CONTROL_REQUEST_QUERY, on_request_query },
	{ CONTROL_SHUTDOWN, on_shutdown },
};

static void tool_message(struct scm_tool *tool, const struct control_message *m)
{
	/* One question at a time: the answer to the first is still to come. */
	if (tool->waiting) {
		tool_free(tool);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		if (handlers[i].type == m->type) {
			handlers[i].fn(tool, m);
			return;
		}
	}
	tool_free(tool);
}

static void tool_readable(void *ctx, int fd, unsigned events)
{
	struct scm_tool *tool = ctx;
	struct control_message *m = tool->scm->message;
	int r = control_receive(fd, tool->peer, m);

	if (r == -EAGAIN)
		return;
	if (r == -EPERM)
		tool_done_error(tool, SERVICE_E_ACCESS_DENIED);
	if (r < 0) {
		tool_free(tool);
		return;
	}
	tool_message(tool, m);
	control_message_done(m);
}

static int tool_new(struct scm *scm, int fd)
{
	struct scm_tool *tool = mem_new(struct scm_tool);
	struct ucred who = { 0 };
	socklen_t size = sizeof(who);
	int buffer = TOOL_BUFFER, r;

	if (!tool)
		return -ENOMEM;
	*tool = (struct scm_tool){ .scm = scm, .fd = fd, .peer = CONTROL_FROM_USER };
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
	    (who.uid == 0 || who.uid == geteuid()))
		tool->peer = CONTROL_FROM_TOOL;
	if (tool->peer == CONTROL_FROM_USER && scm->user_count >= SCM_USERS_MAX) {
		mem_free(tool);
		return -EBUSY;
	}
	/* A whole answer fits; the system's limit may cut this for an ordinary user, ours or one
	 * who asks, since what is not read stays in memory. */
	if (tool->peer != CONTROL_FROM_TOOL ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	r = loop_watch(scm->loop, fd, LOOP_READ, tool_readable, tool, &tool->watch);
	if (r < 0) {
		mem_free(tool);
		return r;
	}
	tool->next = scm->tools;
	scm->tools = tool;
	scm->tool_count++;
	scm->user_count += tool->peer == CONTROL_FROM_USER;
	return 0;
}

static void tools_accept(void *ctx, int listen_fd, unsigned events)
{
	struct scm *scm = ctx;
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (scm->tool_count >= SCM_TOOLS_MAX || tool_new(scm, fd) < 0)
		sys_close(fd);
}

int scm_tools_listen(struct scm *scm, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r = 0;

	if (snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/scm.sock",
		     scm->state_dir) >= (int)sizeof(address.sun_path))
		return error_set(err, -ENAMETOOLONG,
				 "the state directory's name is too long for a socket: %s",
				 scm->state_dir);
	/* We hold the lock, so whoever left this has gone. */
	unlink(address.sun_path);
	scm->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (scm->listen_fd < 0 ||
	    bind(scm->listen_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(address.sun_path, 0666) < 0 || listen(scm->listen_fd, 64) < 0)
		r = -errno;
	if (!r)
		r = loop_watch(scm->loop, scm->listen_fd, LOOP_READ, tools_accept, scm,
			       &scm->listen_watch);
	return r < 0 ? error_set(err, r, "cannot listen on %s: %s", address.sun_path,
				 error_errno_text(r))
		     : 0;
}

void scm_tools_close(struct scm *scm)
{
	char path[SCM_PATH_MAX];

	/* Who waits for the end is told that it has come. */
	while (scm->tools) {
		if (scm->tools->waiting)
			tool_done_error(scm->tools, 0);
		tool_free(scm->tools);
	}
	scm->listen_watch = loop_unwatch(scm->listen_watch);
	if (scm->listen_fd >= 0) {
		snprintf(path, sizeof(path), "%s/run/scm.sock", scm->state_dir);
		unlink(path);
	}
	scm->listen_fd = sys_close(scm->listen_fd);
}
