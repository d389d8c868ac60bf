/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of the service control manager: opens its stores, starts the services, runs the loop,
 * ends everything. Called by the program `surrogate`; one thread.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/classes.h"
#include "registry/classes.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define SHUTDOWN_GRACE (20 * NSEC_PER_SEC)

/* The programs lie beside this one, or, installed, in the folder for programs of programs. */
static int find_programs(struct scm *scm, struct error *err)
{
	char path[SCM_PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", scm->program_dir, sizeof(scm->program_dir) - 1);

	if (n < 0)
		return error_set(err, -errno, "cannot find out where this program is: %s",
				 error_errno_text(errno));
	scm->program_dir[n] = '\0';
	*strrchr(scm->program_dir, '/') = '\0';
	snprintf(path, sizeof(path), "%s/surrogate-launch", scm->program_dir);
	if (access(path, X_OK) == 0)
		return 0;
#ifdef SURROGATE_LIBEXECDIR
	snprintf(scm->program_dir, sizeof(scm->program_dir), "%s", SURROGATE_LIBEXECDIR);
	snprintf(path, sizeof(path), "%s/surrogate-launch", scm->program_dir);
	if (access(path, X_OK) == 0)
		return 0;
#endif
	return error_set(err, -ENOENT, "the program %s is missing; the installation is incomplete",
			 path);
}

static void on_signal(void *ctx, int signo)
{
	struct scm *scm = ctx;

	sd_notify(0, "STOPPING=1");
	scm_shutdown(scm, SHUTDOWN_GRACE, NULL);
}

static int catch_signals(struct scm *scm)
{
	sigset_t set;
	int r;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r = loop_signal(scm->loop, SIGTERM, on_signal, scm);
	return r < 0 ? r : loop_signal(scm->loop, SIGINT, on_signal, scm);
}

/* Children and their listening sockets take descriptors; the soft limit is a habit of select. */
static void raise_open_files(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int open_stores(struct scm *scm, struct error *err)
{
	int r = registry_open(scm->state_dir, &scm->registry, err);

	if (!r)
		r = eventlog_open(scm->state_dir, true, &scm->eventlog, err);
	if (!r)
		r = scm_folders_make(scm, err);
	if (!r)
		r = registry_classes_publish(scm->registry, scm->state_dir, err);
	if (!r && classes_configure(scm->state_dir) < 0)
		r = error_set(err, -ENAMETOOLONG, "the state directory's name is too long");
	if (!r)
		r = scm_config_load(scm, err);
	return r;
}

static int begin(struct scm *scm, struct error *err)
{
	int r = find_programs(scm, err);

	if (!r)
		r = scm_state_prepare(scm->options->state_dir, err);
	if (r < 0)
		return r;
	scm->state_dir = realpath(scm->options->state_dir, NULL);
	if (!scm->state_dir)
		return error_set(err, -errno, "cannot find %s: %s", scm->options->state_dir,
				 error_errno_text(errno));
	spawn_means_find(&scm->means);
	spawn_means_print(&scm->means, &scm->notes);
	r = scm_lock(scm, err);
	if (!r)
		r = open_stores(scm, err);
	if (!r)
		r = scm_pools_new(scm, err);
	if (!r)
		r = scm_com_init(scm, err);
	if (!r)
		r = scm_tools_listen(scm, err);
	if (!r)
		scm_watch_start(scm);
	return r;
}

void scm_ready(struct scm *scm, bool serving)
{
	const struct scm_options *options = scm->options;

	scm->ready = true;
	sd_notify(0, "READY=1");
	if (options->ready)
		options->ready(options->ctx, scm->config, serving, buf_cstr(&scm->notes));
}

static void end(struct scm *scm)
{
	scm_tools_close(scm);
	scm_listeners_close(scm);
	scm_rpcss_done(scm);
	/* All have ended by now; what has not, ends with us (PR_SET_PDEATHSIG). */
	for (struct scm_child *c = scm->children; c; c = c->next)
		scm_child_kill(c);
	scm_watch_stop(scm);
	scm_pools_free(scm);
	scm_com_done(scm);
	if (scm->eventlog && scm->services.items[SERVICE_EVENTLOG].state == SERVICE_RUNNING)
		scm_event(scm, "EventLog", 6006, 0, "");
	scm_config_done(scm);
	eventlog_close(scm->eventlog);
	registry_close(scm->registry);
	buf_done(&scm->notes);
	loop_free(scm->loop);
	mem_free(scm->message);
	mem_free(scm->actions);
	free(scm->state_dir);
	sys_close(scm->lock_fd);
}

int scm_run(const struct scm_options *options, struct error *err)
{
	struct scm *scm = mem_new(struct scm);
	int r;

	if (!scm)
		return error_set(err, -ENOMEM, "out of memory");
	scm->options = options;
	scm->begun = clock_now();
	scm->lock_fd = scm->listen_fd = scm->config_fd = scm->watch_fd = -1;
	scm->rpcss.local = -1;
	buf_init(&scm->notes, 1 << 16);
	raise_open_files();
	scm->message = mem_new(struct control_message);
	scm->actions = mem_new(struct pool_actions);
	r = scm->message && scm->actions ? loop_new(&scm->loop) : -ENOMEM;
	if (!r)
		r = catch_signals(scm);
	if (r < 0)
		error_set(err, r, "cannot start: %s", error_errno_text(r));
	else
		r = begin(scm, err);
	if (!r) {
		scm_services_load(scm);
		scm_services_boot(scm);
		r = loop_run(scm->loop);
	}
	end(scm);
	mem_free(scm);
	return r;
}
