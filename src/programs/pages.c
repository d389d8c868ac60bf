/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See pages.h. The control thread changes configuration and channel; worker threads ask for the
 * settings of an application when it starts; one thread of its own lets sessions expire.
 */
#include "programs/pages.h"

#include "asp/asp.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/classes.h"
#include "dcom/remoting.h"
#include "host/host.h"
#include "library/catalog/catalog.h"
#include "security/identity.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PAGES_CONFIG_MAX (32u << 20) /* with the schema files of the user */
#define PAGES_EXPIRE_SECONDS 10

struct pages {
	pages_report_fn report;
	void *report_ctx;
	struct asp *asp;
	struct host *host;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t ended;
	struct config *config;
	bool ending;
	bool expiring; /* the thread runs */
	pthread_t expirer;
};

/* ---- configuration ---- */

int pages_read_config(const struct control_message *m, struct config **ret, char **ret_state_dir,
		      struct error *err)
{
	_cleanup_mem_ char *xml = NULL, *path = NULL, *state_dir = NULL;
	size_t length;
	int r = sys_read_fd(m->fds[0], PAGES_CONFIG_MAX, &xml, &length);

	if (r < 0)
		return error_set(err, r, "cannot read the configuration the SCM sent: %s",
				 error_errno_text(r));
	path = mem_dup(m->config.path.data, m->config.path.length + 1);
	state_dir = mem_dup(m->config.state.data, m->config.state.length + 1);
	if (!path || !state_dir)
		return error_set(err, -ENOMEM, "out of memory");
	path[m->config.path.length] = 0;
	state_dir[m->config.state.length] = 0;
	r = config_parse((struct text){ xml, length }, path, state_dir, ret, err);
	if (r < 0)
		return r;
	*ret_state_dir = TAKE_PTR(state_dir);
	return 0;
}

int pages_set_config(struct pages *pages, struct config *config, struct error *err)
{
	struct config *old;

	(void)err;
	pthread_mutex_lock(&pages->lock);
	old = pages->config;
	pages->config = config_ref(config);
	pthread_mutex_unlock(&pages->lock);
	asp_limit(pages->asp, config_server(config)->asp_pages, config_server(config)->asp_engines);
	if (old)
		asp_settings_changed(pages->asp);
	config_unref(old);
	return 0;
}

static struct config *pages_config(struct pages *pages)
{
	struct config *config;

	pthread_mutex_lock(&pages->lock);
	config = config_ref(pages->config);
	pthread_mutex_unlock(&pages->lock);
	return config;
}

/* ---- the settings of one application ---- */

static const struct config_site *pages_site(const struct config *config, uint64_t id)
{
	for (size_t i = 0; i < config_site_count(config); i++)
		if (config_site_at(config, i)->id == id)
			return config_site_at(config, i);
	return NULL;
}

static const struct config_application *pages_application(const struct config_site *site,
							  struct text metabase_path)
{
	for (size_t i = 0; site && i < site->application_count; i++)
		if (text_equal_nocase(text_of(site->applications[i].metabase_path), metabase_path))
			return &site->applications[i];
	return NULL;
}

static int pages_compare_mappings(const void *a, const void *b)
{
	const struct asp_mapping *x = a, *y = b;
	size_t lx = strlen(x->url), ly = strlen(y->url);

	return lx < ly ? 1 : lx > ly ? -1 : strcmp(x->url, y->url);
}

/* "/shop" + "/images" -> "/shop/images"; the site itself is "/". */
static const char *pages_join(struct arena *arena, const char *application, const char *vdir)
{
	if (strcmp(vdir, "/") == 0)
		return arena_strndup(arena, application, strlen(application));
	return arena_printf(arena, "%s%s", strcmp(application, "/") == 0 ? "" : application, vdir);
}

static int pages_map(const struct config_site *site, struct arena *arena, struct asp_settings *ret)
{
	size_t count = 0, at = 0;
	struct asp_mapping *mappings;

	for (size_t i = 0; i < site->application_count; i++)
		count += site->applications[i].vdir_count;
	mappings = arena_zalloc(arena, count + 1, sizeof *mappings);
	if (!mappings)
		return -ENOMEM;
	for (size_t i = 0; i < site->application_count; i++) {
		const struct config_application *application = &site->applications[i];

		for (size_t v = 0; v < application->vdir_count; v++, at++) {
			const struct config_vdir *vdir = &application->vdirs[v];

			mappings[at].url = pages_join(arena, application->path, vdir->path);
			mappings[at].folder = arena_strndup(arena, vdir->physical_path,
							    strlen(vdir->physical_path));
			if (!mappings[at].url || !mappings[at].folder)
				return -ENOMEM;
		}
	}
	qsort(mappings, count, sizeof *mappings, pages_compare_mappings);
	ret->mappings = mappings;
	ret->mapping_count = count;
	return 0;
}

static const char *pages_keep(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : "";
}

static int pages_copy(const struct config_url *url, const struct config_application *application,
		      struct arena *arena, struct asp_settings *ret)
{
	ret->buffering = url->asp_buffering;
	ret->parent_paths = url->asp_enable_parent_paths;
	ret->session_state = url->asp_session;
	ret->error_sent_to_browser = url->asp_script_error_sent_to_browser;
	ret->session_id_secure = url->asp_keep_session_id_secure;
	ret->errors_reported = url->asp_errors_to_log;
	ret->errors_logged = url->asp_log_errors;
	ret->lines = url->asp_lines;
	ret->code_page = url->asp_code_page;
	ret->lcid = url->asp_lcid;
	ret->buffering_limit = url->asp_buffering_limit;
	ret->max_request_entity = url->asp_max_request_entity;
	ret->session_max = url->asp_session_max;
	ret->script_timeout = url->asp_script_timeout;
	ret->session_timeout = url->asp_session_timeout;
	ret->language = pages_keep(arena, url->asp_script_language);
	ret->error_message = pages_keep(arena, url->asp_script_error_message);
	ret->appid = pages_keep(arena, application->pool->appid);
	return ret->language && ret->error_message && ret->appid ? 0 : -ENOMEM;
}

static int pages_settings(void *ctx, const struct channel_request *request, struct arena *arena,
			  struct asp_settings *ret)
{
	struct config *config = pages_config(ctx);
	const struct config_site *site = pages_site(config, request->site_id);
	const struct config_application *application =
		pages_application(site, request->texts[CHANNEL_METABASE_PATH]);
	struct config_url *url = NULL;
	struct error err = { 0 };
	int r = -ENOENT;

	if (application && application->vdir_count > 0)
		r = config_url_new(config, site, application,
				   &application->vdirs[application->vdir_count - 1], TEXT(""), &url,
				   &err);
	if (r == 0) {
		asp_settings_init(ret);
		r = pages_copy(url, application, arena, ret);
	}
	if (r == 0)
		r = pages_map(site, arena, ret);
	if (r == 0)
		ret->source = url;
	else
		config_url_unref(url);
	config_unref(config);
	return r;
}

static bool pages_stale(void *ctx, void *source)
{
	return config_url_stale(source);
}

static void pages_release(void *ctx, void *source)
{
	config_url_unref(source);
}

/* ---- reports ---- */

static void pages_report(void *ctx, const struct asp_report *report)
{
	struct pages *pages = ctx;
	char text[1024];
	/* The last line is the page itself: without another one there was no call. */
	bool calls = strchr(report->stack, '\n') != NULL;

	snprintf(text, sizeof text, "File %s Line %u %s%s%08x %s. %s%s%s", report->file,
		 report->line, report->asp_code, report->asp_code[0] ? " " : "", report->number,
		 report->category, report->description, calls ? ". Calls: " : "",
		 calls ? report->stack : "");
	for (char *at = text; (at = strchr(at, '\n'));)
		*at = ';';
	pages->report(pages->report_ctx, "Active Server Pages", 5, text, NULL);
}

/* ---- sessions that end by themselves ---- */

static void *pages_expire(void *ctx)
{
	struct pages *pages = ctx;

	pthread_mutex_lock(&pages->lock);
	while (!pages->ending) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += PAGES_EXPIRE_SECONDS;
		pthread_cond_timedwait(&pages->ended, &pages->lock, &until);
		pthread_mutex_unlock(&pages->lock);
		asp_expire(pages->asp, clock_now());
		pthread_mutex_lock(&pages->lock);
	}
	pthread_mutex_unlock(&pages->lock);
	return NULL;
}

/* ---- serving ---- */

/* processorThreadMax; a channel has no more slots than its own, whatever is asked for. */
static int pages_threads(struct pages *pages)
{
	struct config *config = pages->config ? pages_config(pages) : NULL;

	if (!config)
		return INT_MAX;
	uint64_t threads = (uint64_t)config_server(config)->asp_threads *
			   (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);

	config_unref(config);
	return threads < 1 ? 1 : threads > INT_MAX ? INT_MAX : (int)threads;
}

int pages_serve(struct pages *pages, uint64_t front, int fd, const int *bells, int loops,
		struct error *err)
{
	int r;

	if (pages->host)
		r = host_add_channel(pages->host, front, fd, bells, loops);
	else
		r = host_start(&(struct host_options){ .front = front,
						       .channel_fd = fd,
						       .bells = bells,
						       .loops = loops,
						       .threads_max = pages_threads(pages),
						       .handler = asp_handler(pages->asp) },
			       &pages->host);
	if (r < 0)
		return error_set(err, r, "cannot serve the channel: %s", error_errno_text(r));
	if (!pages->expiring)
		pages->expiring = pthread_create(&pages->expirer, NULL, pages_expire, pages) == 0;
	return 0;
}

void pages_front_gone(struct pages *pages, uint64_t front)
{
	if (pages->host)
		host_front_gone(pages->host, front);
}

void pages_stop(struct pages *pages, int64_t grace_ns)
{
	if (pages->host)
		pages->host = host_stop(pages->host, grace_ns);
}

void pages_counters(const struct pages *pages, uint64_t *ret_requests, uint64_t *ret_active)
{
	*ret_requests = *ret_active = 0;
	if (pages->host)
		host_counters(pages->host, ret_requests, ret_active);
}

/* ---- birth and end ---- */

int pages_new(pages_report_fn report, void *ctx, struct pages **ret)
{
	struct pages *pages = mem_new(struct pages);
	struct asp_host host = { .settings = pages_settings,
				 .stale = pages_stale,
				 .release = pages_release,
				 .report = pages_report };
	const char *named = getenv("SURROGATE_USER"); /* by the SCM */
	char user[128];
	int r;

	if (!pages)
		return -ENOMEM;
	identity_describe(geteuid(), user, sizeof user);
	host.ctx = pages;
	host.user = named ? named : user;
	pages->report = report;
	pages->report_ctx = ctx;
	pthread_mutex_init(&pages->lock, NULL);
	pthread_cond_init(&pages->ended, NULL);
	r = catalog_register();
	const char *state_dir = getenv("SURROGATE_STATE"); /* by the SCM */

	if (r == 0 && state_dir)
		r = classes_configure(state_dir);
	if (r == 0 && state_dir)
		dcom_remoting_start(state_dir);
	if (r == 0)
		r = asp_new(&host, &pages->asp);
	if (r < 0) {
		pages_free(pages);
		return r;
	}
	*ret = pages;
	return 0;
}

struct pages *pages_free(struct pages *pages)
{
	if (!pages)
		return NULL;
	pages_stop(pages, 0);
	if (pages->host)
		return NULL; /* pages still run: nothing they use may go, the process ends */
	pthread_mutex_lock(&pages->lock);
	pages->ending = true;
	pthread_cond_signal(&pages->ended);
	pthread_mutex_unlock(&pages->lock);
	if (pages->expiring)
		pthread_join(pages->expirer, NULL);
	asp_free(pages->asp);
	dcom_remoting_flush(); /* what the applications held is released over there */
	config_unref(pages->config);
	pthread_mutex_destroy(&pages->lock);
	pthread_cond_destroy(&pages->ended);
	return mem_free(pages);
}
