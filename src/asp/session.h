/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: state that belongs to one browser in one application. Requests of one session run one
 * after the other. A session is made when a page first needs it: when it stores something or asks
 * for SessionID, when global.asa has Session_OnStart or session objects, or when a response that
 * will not be complete at once must say its cookie before. Ids are 96 random bits.
 */
#pragma once

#include "asp/contents.h"

#include <pthread.h>

#define ASP_SESSION_ID_LENGTH 24
#define ASP_SESSIONS_MAX 1000000 /* whatever the configuration says */

struct asp_context;
struct asp_application;

struct asp_session {
	char id[ASP_SESSION_ID_LENGTH + 1];
	uint32_t refs; /* table, holder, waiters; under the table's lock */
	bool busy, ended;
	pthread_cond_t idle;
	int64_t used; /* clock_now() of the last request's end */
	/* The holder's: */
	LONG number;     /* Session.SessionID */
	int64_t timeout; /* ns */
	bool abandoned, fresh;
	LONG lcid;
	uint32_t codepage; /* 0: the page's */
	struct asp_contents contents, static_objects;
};

/* Finds the session that the request's cookie names and waits for its turn; makes one, and runs
 * Session_OnStart, when global.asa wants that. 0 (ctx->session may be NULL), or the HRESULT of
 * a script that ended itself or failed. */
int asp_session_enter(struct asp_context *ctx);
/* Makes the session of this request when it has none. 0, -ENOBUFS at the maximum, -ENOMEM,
 * -EPERM: the page has no session, or the headers are gone. */
int asp_session_need(struct asp_context *ctx);
/* Ends the request's use of it; an abandoned one ends here. */
void asp_session_leave(struct asp_context *ctx);
/* Removes and ends sessions idle for too long at `now`; all of them when `now` is INT64_MAX. */
void asp_session_expire(struct asp_application *application, int64_t now);
/* Frees the table. */
void asp_session_table_done(struct asp_application *application);
