/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpcss as the SCM sees it: its settings, its sockets and secrets, its start, its restart after a
 * crash. SCM loop thread.
 *
 * It is the only process that sees DCOM's bytes from the network, and so holds nothing itself: the
 * sockets are lent, accounts and keys come in memory files, and the registry stays closed to it. No
 * port opens unless the registry says that DCOM is enabled; what goes wrong with the network is
 * noted, and local callers are served.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"
#include "dcom/remoting.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define START_PATIENCE (30 * NSEC_PER_SEC)
#define RESTART_LAST (30 * NSEC_PER_SEC)
#define SECRET_MAX (1u << 20) /* of a file with accounts or keys */

/* ---- sockets ---- */

/* No published event says that a port is taken; 7000, of the part of the service that did not
 * start, comes nearest. */
static void network_failed(struct scm *scm, const char *why)
{
	char parameters[512];

	scm_note(scm, "DCOM: %s", why);
	snprintf(parameters, sizeof(parameters), "%s network\x1f%.400s",
		 service_table[SERVICE_RPCSS].display_name, why);
	scm_event(scm, "Service Control Manager", 7000, 0, parameters);
}

static const char *why_not(int error)
{
	return error == -EACCES       ? "the port is for root alone"
	       : error == -EADDRINUSE ? "another program already listens there"
	       : error == -EINVAL     ? "this is not the address of an interface"
				      : error_errno_text(error);
}

/* The first free port of a range. */
static int open_port(const char *address, uint32_t first, uint32_t last)
{
	int fd = -EADDRINUSE;

	for (uint32_t port = first; fd == -EADDRINUSE && port <= last; port++)
		fd = scm_listen_tcp(address, (uint16_t)port);
	return fd;
}

static void close_network(struct scm_rpcss *rpcss)
{
	while (rpcss->tcp_count > 0)
		sys_close(rpcss->tcp[--rpcss->tcp_count]);
}

static int add_port(struct scm_rpcss *rpcss, const char *value, uint32_t first, uint32_t last,
		    struct error *err)
{
	const char *address = rpcss->settings.address ? rpcss->settings.address : "*";
	int fd = open_port(address, first, last);

	if (fd < 0)
		return error_set(err, fd, "cannot listen on %s port %u to %u (%s): %s", address,
				 first, last, value, why_not(fd));
	rpcss->tcp[rpcss->tcp_count++] = fd;
	return 0;
}

static void open_network(struct scm *scm)
{
	struct scm_rpcss *rpcss = &scm->rpcss;
	const struct registry_dcom *s = &rpcss->settings;
	struct error err = { 0 };

	if (!s->enabled || rpcss->tcp_count)
		return;
	if (add_port(rpcss, "Port", s->port, s->port, &err) == 0 &&
	    (!s->first_port || add_port(rpcss, "Ports", s->first_port, s->last_port, &err) == 0))
		return;
	/* Half of it would promise what it does not hold. */
	close_network(rpcss);
	network_failed(scm, err.text);
}

static bool local_path(const struct scm *scm, char path[SCM_PATH_MAX])
{
	return snprintf(path, SCM_PATH_MAX, "%s/" DCOM_MACHINE_SOCKET, scm->state_dir) <
	       SCM_PATH_MAX;
}

static int open_local(struct scm *scm, struct error *err)
{
	char path[SCM_PATH_MAX];
	int fd = local_path(scm, path) ? scm_listen_local(path) : -ENAMETOOLONG;

	if (fd == -ENAMETOOLONG)
		return error_set(err, fd,
				 "the state directory's name is too long for a socket, so "
				 "components have no processes of their own: %s",
				 scm->state_dir);
	if (fd < 0)
		return error_set(err, fd, "cannot listen on %s: %s", path, error_errno_text(fd));
	scm->rpcss.local = fd;
	return 0;
}

static void read_settings(struct scm *scm)
{
	struct error err = { 0 };

	registry_dcom_done(&scm->rpcss.settings);
	if (registry_dcom_read(scm->registry, &scm->rpcss.settings, &err) < 0)
		network_failed(scm, err.text);
}

/* Takes NULL paths: no secret. */
static int secret_file(struct scm *scm, const char *name, const char *path)
{
	_cleanup_mem_ char *data = NULL;
	char why[512];
	size_t length = 0;
	int r;

	if (!path)
		return -1;
	r = sys_read_file(path, SECRET_MAX, &data, &length);
	if (r == 0) {
		r = scm_memory_file(name, (struct text){ data, length });
		explicit_bzero(data, length);
	}
	if (r < 0) {
		snprintf(why, sizeof(why), "cannot read %s, which the value %s names: %s", path,
			 name, error_errno_text(r));
		network_failed(scm, why);
	}
	return r < 0 ? -1 : r;
}

static struct text text_or_empty(const char *text)
{
	return text ? text_of(text) : TEXT("");
}

static void send_start(struct scm_child *child)
{
	struct scm *scm = child->scm;
	const struct scm_rpcss *rpcss = &scm->rpcss;
	const struct registry_dcom *s = &rpcss->settings;
	bool network = rpcss->tcp_count;
	_cleanup_fd_ int users = secret_file(scm, "NtlmUsers", network ? s->users : NULL);
	_cleanup_fd_ int keytab = secret_file(scm, "Keytab", network ? s->keytab : NULL);
	const struct control_rpcss_start m = { .sockets = (uint64_t)rpcss->tcp_count,
					       .users = users >= 0,
					       .keytab = keytab >= 0,
					       .authn_level = s->authn_level,
					       .ping_seconds = s->ping_seconds,
					       .state = text_of(scm->state_dir),
					       .names = text_or_empty(s->names),
					       .classes = text_or_empty(s->classes) };
	int fds[5], count = 0;

	fds[count++] = rpcss->local;
	for (int i = 0; i < rpcss->tcp_count; i++)
		fds[count++] = rpcss->tcp[i];
	if (users >= 0)
		fds[count++] = users;
	if (keytab >= 0)
		fds[count++] = keytab;
	scm_child_send(child, CONTROL_RPCSS_START, &m, fds, count);
}

/* ---- its life ---- */

static int launch(struct scm *scm, struct error *err)
{
	struct scm_launch what = { .role = SCM_RPCSS, .generation = ++scm->generation };
	int r = scm_identity_of_service(scm, SERVICE_RPCSS, &what.identity, err);

	if (!r)
		r = scm_child_launch(scm, &what, &scm->rpcss.child, err);
	if (!r)
		scm_child_deadline(scm->rpcss.child, START_PATIENCE);
	return r;
}

int scm_rpcss_start(struct scm *scm, struct error *err)
{
	int r;

	scm->rpcss.failures = 0;
	read_settings(scm);
	r = scm->rpcss.local < 0 ? open_local(scm, err) : 0;
	if (r < 0)
		return r;
	open_network(scm);
	scm_com_begin(scm);
	r = launch(scm, err);
	if (r < 0)
		scm_rpcss_done(scm);
	return r;
}

void scm_rpcss_registered(struct scm_child *child)
{
	struct scm *scm = child->scm;

	loop_timer_cancel(scm->loop, &child->mute);
	scm_child_ping(child);
	send_start(child);
	if (scm->services.items[SERVICE_RPCSS].state == SERVICE_START_PENDING)
		scm_service_set(scm, SERVICE_RPCSS, SERVICE_RUNNING, 0);
	scm_job_continue(scm);
}

static void restart(void *ctx)
{
	struct scm *scm = ctx;
	struct error err = { 0 };

	if (scm->rpcss.child || launch(scm, &err) == 0)
		return;
	fprintf(stderr, "surrogate: cannot start rpcss: %s\n", err.text);
	loop_timer_set(scm->loop, &scm->rpcss.timer, loop_now(scm->loop) + RESTART_LAST, restart,
		       scm);
}

static void failed(struct scm_child *child, int code, int signal, const char *last)
{
	struct scm *scm = child->scm;

	scm_note(scm, "rpcss ended before it was ready (%s %d)%s%s",
		 signal ? "signal" : "exit code", signal ? signal : code, *last ? ": " : "", last);
	scm_rpcss_done(scm);
	if (scm_job_starts(scm, SERVICE_RPCSS))
		scm_job_failed(scm, SERVICE_E_PROCESS_ABORTED);
	else
		scm_service_failed(scm, SERVICE_RPCSS, SERVICE_E_PROCESS_ABORTED);
}

void scm_rpcss_exited(struct scm_child *child, int code, int signal, const char *last)
{
	struct scm *scm = child->scm;
	struct scm_rpcss *rpcss = &scm->rpcss;
	enum service_state state = scm->services.items[SERVICE_RPCSS].state;

	if (child != rpcss->child)
		return;
	rpcss->child = NULL;
	com_policy_forget(scm->com);
	if (state == SERVICE_START_PENDING) {
		failed(child, code, signal, last);
	} else if (state == SERVICE_RUNNING && !scm->ending) {
		int64_t wait = scm_service_crashed(scm, SERVICE_RPCSS, child, code, signal,
						   &rpcss->failures);

		loop_timer_set(scm->loop, &rpcss->timer, loop_now(scm->loop) + wait, restart, scm);
	}
}

void scm_rpcss_stop(struct scm *scm, int64_t grace)
{
	scm_rpcss_done(scm);
	if (scm->rpcss.child && grace > 0)
		scm_child_stop(scm->rpcss.child, grace);
	else if (scm->rpcss.child)
		scm_child_kill(scm->rpcss.child);
	scm_com_stop(scm, grace);
}

void scm_rpcss_done(struct scm *scm)
{
	struct scm_rpcss *rpcss = &scm->rpcss;
	char path[SCM_PATH_MAX];

	loop_timer_cancel(scm->loop, &rpcss->timer);
	close_network(rpcss);
	if (rpcss->local >= 0 && local_path(scm, path))
		unlink(path);
	rpcss->local = sys_close(rpcss->local);
	registry_dcom_done(&rpcss->settings);
}
