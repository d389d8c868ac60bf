/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services start and stop: one job at a time walks the order that services.h gives, and waits
 * where a process has to come or go. SCM loop thread.
 */
#include "scm/scm_internal.h"

#include <errno.h>
#include <stdio.h>

#define SERVICES_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
#define RESET_KEY SERVICES_KEY "IISADMIN\\Parameters"
#define RESET_VALUE "EnableIISReset"
#define START_PATIENCE (30 * NSEC_PER_SEC)
#define STOP_PATIENCE (20 * NSEC_PER_SEC)
#define GOOD_LIFE (10 * NSEC_PER_SEC)
#define RESTART_FIRST NSEC_PER_SEC
#define RESTART_LAST (30 * NSEC_PER_SEC)

static const char *start_word(uint64_t start)
{
	return start == SERVICE_AUTO     ? "auto start"
	       : start == SERVICE_DEMAND ? "demand start"
					 : "disabled";
}

void scm_services_load(struct scm *scm)
{
	service_table_init(&scm->services);
	for (int i = 0; i < SERVICE_COUNT; i++) {
		char key[128];
		uint32_t start;

		snprintf(key, sizeof(key), SERVICES_KEY "%s", service_table[i].name);
		if (registry_get_dword(scm->registry, key, "Start", &start) == 0 &&
		    start >= SERVICE_AUTO && start <= SERVICE_DISABLED && i != SERVICE_EVENTLOG)
			scm->services.items[i].start = start;
	}
}

void scm_service_set(struct scm *scm, enum service_id id, enum service_state state,
		     uint32_t exit_code)
{
	struct service *service = &scm->services.items[id];
	char parameters[128];

	if (service->state == state)
		return;
	service->state = state;
	service->exit_code = exit_code;
	if (state != SERVICE_RUNNING && state != SERVICE_STOPPED)
		return;
	snprintf(parameters, sizeof(parameters), "%s\x1f%s", service_table[id].display_name,
		 state == SERVICE_RUNNING ? "running" : "stopped");
	scm_event(scm, "Service Control Manager", 7036, 0, parameters);
}

/* ---- the job ---- */

static void job_end(struct scm *scm, uint32_t error)
{
	struct scm_tool *tool = scm->job.tool;
	bool shutdown = scm->job.shutdown;

	loop_timer_cancel(scm->loop, &scm->job.deadline);
	scm->job.active = false;
	scm->job.tool = NULL;
	if (tool)
		scm_tool_done(tool, error, error ? service_error_text(error) : "");
	if (shutdown)
		loop_stop(scm->loop);
	else
		scm_ready_check(scm);
}

void scm_service_failed(struct scm *scm, enum service_id id, uint32_t error)
{
	char parameters[256];

	scm_service_set(scm, id, SERVICE_STOPPED, error);
	snprintf(parameters, sizeof(parameters), "%s\x1f%s", service_table[id].display_name,
		 service_error_text(error));
	scm_event(scm, "Service Control Manager", 7000, 0, parameters);
}

/* Pages are served without it: the start of the server does not wait for it, nor fail with it. */
static bool is_awaited(const struct scm_job *job, enum service_id id)
{
	return !job->boot || id != SERVICE_RPCSS;
}

void scm_job_failed(struct scm *scm, uint32_t error)
{
	struct scm_job *job = &scm->job;
	enum service_id id;

	if (!job->active || job->stop)
		return;
	id = job->order[job->at];
	scm_service_failed(scm, id, error);
	/* At boot the others still start. */
	if (job->boot) {
		scm->boot_failed = scm->boot_failed || is_awaited(job, id);
		job->at++;
		scm_job_continue(scm);
	} else {
		job_end(scm, id == job->order[job->count - 1] ? error
							      : SERVICE_E_SERVICE_DEPENDENCY_FAIL);
	}
}

bool scm_job_starts(const struct scm *scm, enum service_id id)
{
	const struct scm_job *job = &scm->job;

	return job->active && !job->stop && job->at < job->count && job->order[job->at] == id;
}

int64_t scm_service_crashed(struct scm *scm, enum service_id id, const struct scm_child *child,
			    int code, int signal, uint32_t *failures)
{
	char parameters[256], last[160];
	int64_t wait = 0;

	if (loop_now(scm->loop) - child->started >= GOOD_LIFE)
		*failures = 0;
	++*failures;
	for (uint32_t i = 1; i < *failures && wait < RESTART_LAST; i++)
		wait = wait ? wait * 2 : RESTART_FIRST;
	wait = wait < RESTART_LAST ? wait : RESTART_LAST;
	snprintf(parameters, sizeof(parameters), "%s\x1f%u\x1f%lld\x1fRestart the service",
		 service_table[id].display_name, *failures, (long long)(wait / NSEC_PER_MSEC));
	scm_event(scm, "Service Control Manager", 7031, 0, parameters);
	spawn_words_last(&child->words, last, sizeof(last));
	fprintf(stderr, "surrogate: %s ended (%s %d)%s%s; it is started again\n",
		service_table[id].program, signal ? "signal" : "exit code", signal ? signal : code,
		*last ? ": " : "", last);
	return wait;
}

/* ---- services with processes ---- */

static void kill_processes(struct scm *scm, enum service_id id)
{
	if (id == SERVICE_W3SVC) {
		scm_children_kill(scm, SCM_FRONT);
		scm_pools_kill(scm);
	} else if (id == SERVICE_RPCSS) {
		scm_children_kill(scm, SCM_RPCSS);
		scm_children_kill(scm, SCM_COM);
	}
}

static int start_web(struct scm *scm, struct error *err)
{
	scm_sites_reset(scm);
	scm->front_failures = 0;
	return scm_front_start(scm, err);
}

static void start_step(struct scm *scm, enum service_id id)
{
	struct service *service = &scm->services.items[id];
	struct error err = { 0 };
	int r;

	if (service_table[id].process == SERVICE_IN_SCM) {
		if (id == SERVICE_EVENTLOG)
			scm_event(scm, "EventLog", 6005, 0, "");
		scm_service_set(scm, id, SERVICE_RUNNING, 0);
		return;
	}
	if (service->state != SERVICE_STOPPED)
		return;
	scm_watch_flush(scm);
	scm_service_set(scm, id, SERVICE_START_PENDING, 0);
	r = id == SERVICE_RPCSS ? scm_rpcss_start(scm, &err) : start_web(scm, &err);
	if (r < 0) {
		scm_note(scm, "cannot start %s: %s", service_table[id].program, err.text);
		scm_job_failed(scm, SERVICE_E_PROCESS_ABORTED);
	}
}

/* How long those it has may still take. */
static int64_t job_left(const struct scm *scm)
{
	int64_t left = scm->job.deadline.due - loop_now(scm->loop);

	return left > 0 ? left : 0;
}

static void begin_stop(struct scm *scm, enum service_id id)
{
	scm_service_set(scm, id, SERVICE_STOP_PENDING, 0);
	if (id == SERVICE_W3SVC) {
		loop_timer_cancel(scm->loop, &scm->front_timer);
		scm_listeners_close(scm);
		scm_fronts_stop(scm, scm->job.grace);
	} else if (id == SERVICE_RPCSS) {
		scm_rpcss_stop(scm, job_left(scm));
	}
}

/* The front end finishes what it has begun, with the hosts still there; then the hosts end. */
static bool web_stopped(struct scm *scm)
{
	if (scm_children_count(scm, SCM_FRONT))
		return false;
	if (scm_children_count(scm, SCM_HOST))
		scm_pools_stop(scm, job_left(scm));
	if (scm_children_count(scm, SCM_HOST))
		return false;
	scm_pools_stop(scm, 0);
	return true;
}

static bool rpcss_stopped(const struct scm *scm)
{
	return !scm_children_count(scm, SCM_RPCSS) && !scm_children_count(scm, SCM_COM);
}

static void stop_step(struct scm *scm, enum service_id id)
{
	enum service_state state = scm->services.items[id].state;

	if (state == SERVICE_RUNNING || state == SERVICE_START_PENDING)
		begin_stop(scm, id);
	if (id == SERVICE_W3SVC   ? web_stopped(scm)
	    : id == SERVICE_RPCSS ? rpcss_stopped(scm)
				  : true)
		scm_service_set(scm, id, SERVICE_STOPPED, 0);
}

void scm_job_continue(struct scm *scm)
{
	struct scm_job *job = &scm->job;

	while (job->active && job->at < job->count) {
		enum service_id id = job->order[job->at];
		enum service_state want = job->stop ? SERVICE_STOPPED : SERVICE_RUNNING;
		int at = job->at;

		if (scm->services.items[id].state != want) {
			if (job->stop)
				stop_step(scm, id);
			else
				start_step(scm, id);
		}
		/* A step that failed has moved on, or ended the job, by itself. */
		if (!job->active || job->at != at)
			return;
		if (scm->services.items[id].state != want && is_awaited(job, id))
			return;
		job->at++;
	}
	if (job->active)
		job_end(scm, SERVICE_E_SUCCESS);
}

static void job_deadline(void *ctx)
{
	struct scm *scm = ctx;
	struct scm_job *job = &scm->job;
	enum service_id id = job->order[job->at];

	if (job->stop && job->force) {
		kill_processes(scm, id);
	} else if (job->stop) {
		/* Without force the service goes on stopping; who asked is told that it takes long.
		 */
		struct scm_tool *tool = job->tool;

		job->tool = NULL;
		if (tool)
			scm_tool_done(tool, SERVICE_E_SERVICE_REQUEST_TIMEOUT,
				      service_error_text(SERVICE_E_SERVICE_REQUEST_TIMEOUT));
	} else {
		scm_job_failed(scm, SERVICE_E_SERVICE_REQUEST_TIMEOUT);
		kill_processes(scm, id);
	}
}

static void job_begin(struct scm *scm, bool stop, bool force, int64_t timeout,
		      struct scm_tool *tool)
{
	int64_t patience = stop ? STOP_PATIENCE : START_PATIENCE;

	if (timeout > 0)
		patience = timeout;
	scm->job.active = true;
	scm->job.stop = stop;
	scm->job.force = force;
	scm->job.tool = tool;
	scm->job.at = 0;
	scm->job.grace = patience;
	if (tool)
		tool->waiting = true;
	loop_timer_set(scm->loop, &scm->job.deadline, loop_now(scm->loop) + patience, job_deadline,
		       scm);
	scm_job_continue(scm);
}

/* What service `i` takes comes to the end of the job, unless it is there; or the log says why it
 * cannot start. */
static void boot_add(struct scm *scm, enum service_id i)
{
	struct scm_job *job = &scm->job;
	enum service_id order[SERVICE_COUNT];
	uint32_t error;
	int n;

	if (scm->services.items[i].start != SERVICE_AUTO) {
		scm_note(scm,
			 "The %s service does not start by itself (%s); 'sc start %s' starts it.",
			 service_table[i].display_name,
			 service_start_name(scm->services.items[i].start), service_table[i].name);
		return;
	}
	/* A dependency that is started on demand comes with what needs it. */
	error = service_start_order(&scm->services, i, order, &n);
	if (error) {
		char parameters[256];

		snprintf(parameters, sizeof(parameters), "%s\x1f%s", service_table[i].display_name,
			 service_error_text(error));
		scm_event(scm, "Service Control Manager", 7000, 0, parameters);
		scm_note(scm, "The %s service is not started: %s", service_table[i].display_name,
			 service_error_text(error));
		return;
	}
	for (int k = 0; k < n; k++) {
		bool known = false;

		for (int j = 0; j < job->count; j++)
			known = known || job->order[j] == order[k];
		if (!known)
			job->order[job->count++] = order[k];
	}
}

void scm_services_boot(struct scm *scm)
{
	scm->job = (struct scm_job){ .boot = true };
	/* Last what nobody waits for: pages are served before it takes a processor. */
	for (int i = 0; i < SERVICE_COUNT; i++) {
		if (is_awaited(&scm->job, i))
			boot_add(scm, i);
	}
	for (int i = 0; i < SERVICE_COUNT; i++) {
		if (!is_awaited(&scm->job, i))
			boot_add(scm, i);
	}
	job_begin(scm, false, false, 0, NULL);
}

uint32_t scm_service_start(struct scm *scm, enum service_id id, int64_t timeout,
			   struct scm_tool *tool)
{
	uint32_t error;
	int count;

	if (scm->job.active || scm->ending)
		return SERVICE_E_SERVICE_DATABASE_LOCKED;
	scm->job = (struct scm_job){ 0 };
	error = service_start_order(&scm->services, id, scm->job.order, &count);
	if (error)
		return error;
	scm->job.count = count;
	job_begin(scm, false, false, timeout, tool);
	return SERVICE_E_SUCCESS;
}

uint32_t scm_service_stop(struct scm *scm, enum service_id id, bool with_dependents, bool force,
			  int64_t timeout, struct scm_tool *tool)
{
	uint32_t error;
	int count;

	if (scm->job.active || scm->ending)
		return SERVICE_E_SERVICE_DATABASE_LOCKED;
	scm->job = (struct scm_job){ 0 };
	error = service_stop_order(&scm->services, id, with_dependents, scm->job.order, &count);
	if (error)
		return error;
	scm->job.count = count;
	job_begin(scm, true, force, timeout, tool);
	return SERVICE_E_SUCCESS;
}

uint32_t scm_service_configure(struct scm *scm, enum service_id id, uint64_t start)
{
	struct service *service = &scm->services.items[id];
	char key[128], parameters[256];

	if (start < SERVICE_AUTO || start > SERVICE_DISABLED || id == SERVICE_EVENTLOG)
		return SERVICE_E_INVALID_PARAMETER;
	snprintf(key, sizeof(key), SERVICES_KEY "%s", service_table[id].name);
	if (registry_set_dword(scm->registry, key, "Start", (uint32_t)start) < 0)
		return SERVICE_E_ACCESS_DENIED;
	if (service->start != (enum service_start)start) {
		snprintf(parameters, sizeof(parameters), "%s\x1f%s\x1f%s",
			 service_table[id].display_name, start_word(service->start),
			 start_word(start));
		scm_event(scm, "Service Control Manager", 7040, 0, parameters);
	}
	service->start = start;
	return SERVICE_E_SUCCESS;
}

/* iisreset /ENABLE and /DISABLE: kept, so that it holds after a restart too. `value` 0 disables, 1
 * enables, anything else only asks. */
uint32_t scm_reset_allow(struct scm *scm, uint64_t value)
{
	uint32_t allowed = 1;

	if (value <= 1)
		return registry_set_dword(scm->registry, RESET_KEY, RESET_VALUE, (uint32_t)value) <
				       0
			       ? SERVICE_E_ACCESS_DENIED
			       : SERVICE_E_SUCCESS;
	if (registry_get_dword(scm->registry, RESET_KEY, RESET_VALUE, &allowed) == 0 && !allowed)
		return SERVICE_E_RESOURCE_DISABLED;
	return SERVICE_E_SUCCESS;
}

void scm_shutdown(struct scm *scm, int64_t grace, struct scm_tool *tool)
{
	struct scm_job *job = &scm->job;

	if (scm->ending) { /* asked twice: no more patience */
		kill_processes(scm, SERVICE_W3SVC);
		kill_processes(scm, SERVICE_RPCSS);
		if (tool)
			tool->waiting = true;
		return;
	}
	scm->ending = true;
	if (job->tool)
		scm_tool_done(job->tool, SERVICE_E_SHUTDOWN_IN_PROGRESS,
			      service_error_text(SERVICE_E_SHUTDOWN_IN_PROGRESS));
	loop_timer_cancel(scm->loop, &job->deadline);
	*job = (struct scm_job){ .shutdown = true };
	for (int i = SERVICE_COUNT - 1; i >= 0; i--) {
		if (i != SERVICE_EVENTLOG)
			job->order[job->count++] = i;
	}
	job_begin(scm, true, true, grace, tool);
}
