/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ASP application: what the pages below one application root share. It begins with the first
 * request (Application_OnStart), ends with the process or when its global.asa changes (all
 * Session_OnEnd, then Application_OnEnd), and is counted: requests under way keep the one they
 * started with.
 */
#pragma once

#include "asp/asp.h"
#include "asp/contents.h"
#include "asp/page.h"
#include "base/arena.h"

#include <pthread.h>

struct asp_context;

/* The settings of an application as they were asked for; counted, immutable. */
struct asp_config {
	struct asp *asp;
	uint32_t refs;
	uint64_t version; /* unique in the process */
	uint64_t epoch;   /* asp_settings_changed() calls before it was made */
	struct arena arena;
	struct asp_settings settings;
};
struct asp_config *asp_config_ref(struct asp_config *config);
struct asp_config *asp_config_unref(struct asp_config *config);
struct asp_page_options asp_config_page_options(const struct asp_config *config);

struct asp_application {
	uint32_t refs;
	struct asp *asp;
	struct text metabase_path, url; /* "/LM/W3SVC/1/ROOT/shop", "/shop"; owned */
	char cookie_name[24];           /* "ASPSESSIONIDxxxxxxxx" */

	pthread_mutex_t lock; /* guards what follows, up to the sessions */
	struct asp_config *config;
	bool started, start_failed;
	struct asp_page *global; /* global.asa, or NULL */
	struct text global_url;
	int64_t global_checked;
	bool on_session_start, on_session_end; /* global.asa has the procedure */
	bool session_objects;

	pthread_mutex_t contents_lock; /* guards the variables */
	pthread_cond_t unlocked;
	struct asp_contents contents, static_objects;
	const struct asp_context *locked_by; /* Application.Lock */

	pthread_mutex_t sessions_lock; /* guards the table and the fields of sessions it names */
	struct map *sessions;          /* id to struct asp_session */
};

/* The application of the context's request, started, with a reference; sets ctx->application
 * and ctx->config. 0, or negative with ctx->error filled. */
int asp_application_enter(struct asp_context *ctx);
/* Releases Application.Lock and the reference. May run the end of an application. */
void asp_application_leave(struct asp_context *ctx);
struct asp_application *asp_application_unref(struct asp_application *application);

/* Application.Lock and Unlock; and the short lock around one access, which waits for others'
 * Application.Lock. */
void asp_application_lock(struct asp_application *application, const struct asp_context *ctx);
void asp_application_unlock(struct asp_application *application, const struct asp_context *ctx);
void asp_application_access(struct asp_application *application, const struct asp_context *ctx);
void asp_application_access_end(struct asp_application *application);
