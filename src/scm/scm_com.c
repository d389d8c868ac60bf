/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts of components: hears what rpcss and they say, asks the policy (com_policy.h) and carries
 * its answers out. SCM loop thread. Whoever asks is looked at by com_access.h; what the registry
 * says of his application is read anew for each request and each launch.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/class.h"
#include "scm/com_access.h"
#include "scm/com_app.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* [MS-ERREF] 2.1 */
#define E_INVALID_ARGUMENT 0x80070057u
#define E_CLASS_NOT_REGISTERED 0x80040154u
#define E_RUNAS_LOGON 0x8000401au

#define FOLDER "run/com"
#define IDLE_SECONDS_MAX 86400

static void act(struct scm *scm);

/* ---- its sockets ---- */

static bool endpoint_of(const struct scm *scm, uint64_t generation, char path[SCM_PATH_MAX])
{
	return snprintf(path, SCM_PATH_MAX, "%s/" FOLDER "/%llu.sock", scm->state_dir,
			(unsigned long long)generation) < SCM_PATH_MAX;
}

static void remove_stale(int folder)
{
	_cleanup_fd_ int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir)
		return;
	fd = -1; /* the DIR's */
	while ((entry = readdir(dir)))
		unlinkat(folder, entry->d_name, 0); /* "." and ".." stay: they are folders */
	closedir(dir);
}

int scm_com_init(struct scm *scm, struct error *err)
{
	_cleanup_fd_ int folder = -1;
	char path[SCM_PATH_MAX];
	int r;

	scm->com = mem_new(struct com_policy);
	scm->com_actions = mem_new(struct com_policy_actions);
	if (!scm->com || !scm->com_actions)
		return error_set(err, -ENOMEM, "out of memory");
	com_policy_init(scm->com, &scm->generation);
	if (snprintf(path, sizeof(path), "%s/" FOLDER, scm->state_dir) >= (int)sizeof(path))
		return error_set(err, -ENAMETOOLONG, "the state directory's name is too long");
	/* Whoever knows a socket may connect, nobody needs to see which there are. */
	r = scm_folder_own(scm, path, NULL, 0711);
	folder = r < 0 ? r : sys_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (folder < 0)
		return error_set(err, folder, "cannot prepare %s: %s", path,
				 error_errno_text(folder));
	remove_stale(folder);
	return 0;
}

void scm_com_done(struct scm *scm)
{
	loop_timer_cancel(scm->loop, &scm->com_timer);
	scm->com = mem_free(scm->com);
	scm->com_actions = mem_free(scm->com_actions);
}

/* ---- launching ---- */

struct launch_failure {
	uint32_t hresult;
	bool told; /* an event has been written */
	char why[COM_POLICY_TEXT_MAX];
};

/* The identity cannot be had: event 10004, with the blank that system texts end with there. */
static void report_identity(struct scm *scm, const struct com_policy_app *app, const char *run_as,
			    const struct error *err, struct launch_failure *failure)
{
	const char *slash = strrchr(run_as, '\\');
	char parameters[COM_POLICY_TEXT_MAX];

	snprintf(parameters, sizeof(parameters),
		 "Logon failure: unknown user name or bad password. \x1f%.*s\x1f%.100s\x1f%s",
		 slash ? (int)(slash - run_as) : 1, slash ? run_as : ".",
		 slash ? slash + 1 : run_as, app->clsid);
	scm_event(scm, "DCOM", 10004, 0, parameters);
	failure->told = true;
	failure->hresult = E_RUNAS_LOGON;
	snprintf(failure->why, sizeof(failure->why),
		 "The server process could not be started because the configured identity is "
		 "incorrect. Check the user name and password. (%.200s)",
		 err->text);
}

static bool launch(struct scm *scm, const struct com_policy_app *app,
		   const struct com_app_settings *settings, struct launch_failure *failure)
{
	const char *run_as = settings->run_as;
	struct scm_launch what = { .role = SCM_COM,
				   .generation = app->generation,
				   .appid = app->appid };
	struct error err = { 0 };
	struct scm_child *child;
	int found = scm_identity_of_app(scm, app->appid, run_as, &what.identity, &err);
	int r = found < 0 ? found : scm_child_launch(scm, &what, &child, &err);

	if (!r)
		return true;
	if (found < 0 && run_as)
		report_identity(scm, app, run_as, &err, failure);
	else
		snprintf(failure->why, sizeof(failure->why), "%.300s", err.text);
	return false;
}

static void do_launch(struct scm *scm, const struct com_policy_app *app)
{
	struct launch_failure failure = { .hresult = COM_POLICY_E_EXEC_FAILURE };
	struct com_app_settings settings = { 0 };
	uint64_t generation = app->generation;
	int r = com_app_settings_read(scm->registry, app->appid, &settings);
	bool good = !r && launch(scm, app, &settings, &failure);

	if (r < 0)
		snprintf(failure.why, sizeof(failure.why), "cannot read the registry: %s",
			 error_errno_text(r));
	com_app_settings_done(&settings);
	if (good)
		return;
	com_policy_launch_failed(scm->com, generation, failure.hresult, failure.why, failure.told,
				 clock_now(), scm->com_actions);
	act(scm);
}

/* ---- telling ---- */

static uint64_t idle_ms(struct scm *scm, const char *appid)
{
	struct com_app_settings settings = { 0 };
	uint64_t seconds = scm->rpcss.settings.idle_seconds;

	if (com_app_settings_read(scm->registry, appid, &settings) == 0 && settings.idle_said)
		seconds = settings.idle_seconds;
	com_app_settings_done(&settings);
	return 1000 * (seconds < IDLE_SECONDS_MAX ? seconds : IDLE_SECONDS_MAX);
}

/* What a host is, with the socket that it is reached at. Without a socket it cannot be reached: it
 * is ended, and its last words say why. */
static void send_start(struct scm *scm, struct scm_child *child)
{
	char path[SCM_PATH_MAX];
	_cleanup_fd_ int fd = -1;
	struct control_com_start m = { .generation = child->generation,
				       .idle_ms = idle_ms(scm, child->appid),
				       .authn_level = scm->rpcss.settings.authn_level,
				       .ping_seconds = scm->rpcss.settings.ping_seconds,
				       .appid = text_of(child->appid),
				       .state = text_of(scm->state_dir) };

	fd = endpoint_of(scm, child->generation, path) ? scm_listen_local(path) : -ENAMETOOLONG;
	if (fd < 0) {
		snprintf(child->words.data, sizeof(child->words.data),
			 "cannot listen on a socket below %s/" FOLDER ": %s", scm->state_dir,
			 error_errno_text(fd));
		child->words.length = strlen(child->words.data);
		scm_child_kill(child);
		return;
	}
	m.endpoint = text_of(path);
	scm_child_send(child, CONTROL_COM_START, &m, &fd, 1);
	scm_child_ping(child);
}

static void send_answer(struct scm *scm, const struct com_policy_action *action)
{
	const struct scm_child *child =
		action->hresult ? NULL : scm_child_find(scm, action->generation);
	struct control_com_activated m = { .cookie = action->cookie,
					   .hresult = action->hresult,
					   .generation = action->generation,
					   .text = text_of(scm->com_actions->why) };
	char path[SCM_PATH_MAX] = "";

	if (child) {
		m.uid = child->identity.uid;
		endpoint_of(scm, action->generation, path);
		m.activator = text_of(action->app->activator);
		m.text = TEXT("");
	}
	m.endpoint = text_of(path);
	if (!m.activator.data)
		m.activator = TEXT("");
	if (scm->rpcss.child)
		scm_child_send(scm->rpcss.child, CONTROL_COM_ACTIVATED, &m, NULL, 0);
}

/* ---- acting ---- */

static void tick(void *ctx)
{
	struct scm *scm = ctx;

	com_policy_tick(scm->com, clock_now(), scm->com_actions);
	act(scm);
}

static void tell_host(struct scm *scm, const struct com_policy_action *action)
{
	struct scm_child *child = scm_child_find(scm, action->generation);

	if (!child)
		return;
	if (action->type == COM_POLICY_START)
		send_start(scm, child);
	else if (action->type == COM_POLICY_PART)
		scm_child_deadline(child, (int64_t)action->value);
	else if (action->type == COM_POLICY_STOP && action->value)
		scm_child_stop(child, (int64_t)action->value);
	else
		scm_child_kill(child);
}

/* A launch that fails is another input, which empties the actions: it comes when all are done. One
 * input launches one host at most. */
static void act(struct scm *scm)
{
	struct com_policy_actions *actions = scm->com_actions;
	const struct com_policy_app *fresh = NULL;

	for (size_t i = 0; i < actions->count; i++) {
		const struct com_policy_action *action = &actions->items[i];

		if (action->type == COM_POLICY_LAUNCH)
			fresh = action->app;
		else if (action->type == COM_POLICY_ANSWER)
			send_answer(scm, action);
		else if (action->type == COM_POLICY_EVENT)
			scm_event(scm, actions->source, (uint32_t)action->value, 0,
				  actions->parameters);
		else
			tell_host(scm, action);
	}
	if (actions->due == INT64_MAX)
		loop_timer_cancel(scm->loop, &scm->com_timer);
	else
		loop_timer_set(scm->loop, &scm->com_timer, actions->due, tick, scm);
	if (fresh)
		do_launch(scm, fresh);
}

/* ---- what rpcss asks ---- */

struct request {
	const struct control_com_activate *m;
	char appid[COM_POLICY_GUID_MAX], clsid[COM_POLICY_GUID_MAX];
	struct com_app_settings settings;
};

static void refuse(struct scm *scm, const struct request *q, uint32_t hresult, const char *why)
{
	const struct com_policy_action answer = { .type = COM_POLICY_ANSWER,
						  .cookie = q->m->cookie,
						  .hresult = hresult };

	snprintf(scm->com_actions->why, sizeof(scm->com_actions->why), "%s", why);
	send_answer(scm, &answer);
}

static bool app_runs(const struct scm *scm, const char *appid)
{
	for (size_t i = 0; i < scm->com->app_count; i++) {
		const struct com_policy_app *app = &scm->com->apps[i];

		if (app->state == COM_POLICY_READY && strcmp(app->appid, appid) == 0)
			return true;
	}
	return false;
}

static bool may(struct scm *scm, const struct request *q)
{
	char host[256] = "";
	struct com_access_refusal refusal = { 0 };
	struct com_access_question question = { .appid = q->appid,
						.clsid = q->clsid,
						.uid = q->m->uid,
						.caller = q->m->caller,
						.host = host,
						.owner = geteuid(),
						.runs = app_runs(scm, q->appid),
						.app_launch = q->settings.launch_permission,
						.app_access = q->settings.access_permission };

	gethostname(host, sizeof(host) - 1);
	/* What cannot be read is not thereby allowed. */
	if (registry_dcom_defaults(scm->registry, &question.default_launch,
				   &question.default_access) < 0)
		question.default_launch = true;
	if (com_access_allowed(&question, &refusal))
		return true;
	scm_event_on_request(scm->rpcss.child, "DCOM", refusal.event, refusal.parameters);
	refuse(scm, q, COM_ACCESS_E_DENIED, "Access is denied.");
	return false;
}

/* A part of a service that we do not start for it. */
static void refuse_service(struct scm *scm, const struct request *q)
{
	const char *parameters_of = q->settings.parameters ? q->settings.parameters : "";
	char parameters[512];

	snprintf(parameters, sizeof(parameters),
		 "The request is not supported. \x1f%.100s\x1f%.100s\x1f%s",
		 q->settings.local_service, parameters_of, q->clsid);
	scm_event_on_request(scm->rpcss.child, "DCOM", 10005, parameters);
	refuse(scm, q, COM_POLICY_E_EXEC_FAILURE,
	       "The application is a part of a service (LocalService), and no service is started "
	       "for it.");
}

static void refuse_surrogate(struct scm *scm, const struct request *q)
{
	char parameters[512];

	snprintf(parameters, sizeof(parameters),
		 "%.100s /Processid:%s\x1fThe request is not supported. \x1f%s",
		 q->settings.surrogate, q->appid, q->clsid);
	scm_event_on_request(scm->rpcss.child, "DCOM", 10000, parameters);
	refuse(scm, q, COM_POLICY_E_EXEC_FAILURE,
	       "The application names a program of its own (DllSurrogate), and only dllhost is "
	       "started.");
}

static void ask(struct scm *scm, struct request *q)
{
	if (q->settings.local_service) {
		refuse_service(scm, q);
	} else if (!q->settings.surrogate) {
		refuse(scm, q, E_CLASS_NOT_REGISTERED,
		       "The application has no process of its own on this machine.");
	} else if (!com_app_is_ours(&q->settings)) {
		refuse_surrogate(scm, q);
	} else if (may(scm, q)) {
		com_policy_ask(scm->com, q->appid, q->clsid, q->m->cookie, q->m->gone, clock_now(),
			       scm->com_actions);
		act(scm);
	}
}

void scm_com_ask(struct scm *scm, const struct control_com_activate *m)
{
	struct request q = { .m = m };
	GUID appid, clsid;
	int r;

	if (guid_parse(m->appid, &appid) || guid_parse(m->clsid, &clsid)) {
		refuse(scm, &q, E_INVALID_ARGUMENT, "These are no identifiers.");
		return;
	}
	guid_format(&appid, q.appid);
	guid_format(&clsid, q.clsid);
	r = com_app_settings_read(scm->registry, q.appid, &q.settings);
	if (r < 0)
		refuse(scm, &q, COM_POLICY_E_EXEC_FAILURE, error_errno_text(r));
	else
		ask(scm, &q);
	com_app_settings_done(&q.settings);
}

/* ---- what hosts say, and their end ---- */

void scm_com_registered(struct scm_child *child)
{
	struct scm *scm = child->scm;

	com_policy_registered(scm->com, child->generation, clock_now(), scm->com_actions);
	act(scm);
}

static bool com_ready(struct scm_child *child, struct text activator)
{
	struct scm *scm = child->scm;
	char canonical[COM_POLICY_GUID_MAX];
	GUID guid;
	bool good = guid_parse(activator, &guid) == 0;

	if (!good)
		return false;
	guid_format(&guid, canonical);
	good = com_policy_ready(scm->com, child->generation, canonical, clock_now(),
				scm->com_actions);
	act(scm);
	return good;
}

bool scm_com_message(struct scm_child *child, const struct control_message *m)
{
	struct scm *scm = child->scm;

	if (m->type == CONTROL_COM_READY)
		return m->com_ready.generation == child->generation &&
		       com_ready(child, m->com_ready.activator);
	if (m->type != CONTROL_COM_LEAVING || m->com_leaving.generation != child->generation)
		return false;
	com_policy_leaving(scm->com, child->generation, clock_now(), scm->com_actions);
	act(scm);
	return true;
}

void scm_com_exited(struct scm_child *child, int code, int signal, const char *last)
{
	struct scm *scm = child->scm;
	char path[SCM_PATH_MAX];

	if (endpoint_of(scm, child->generation, path))
		unlink(path);
	com_policy_exited(scm->com, child->generation, code, signal, last, clock_now(),
			  scm->com_actions);
	act(scm);
}

void scm_com_begin(struct scm *scm)
{
	com_policy_begin(scm->com, scm->rpcss.settings.launch_seconds * NSEC_PER_SEC);
}

void scm_com_stop(struct scm *scm, int64_t grace)
{
	com_policy_stop(scm->com, grace > 0 ? grace : 0, clock_now(), scm->com_actions);
	act(scm);
}
