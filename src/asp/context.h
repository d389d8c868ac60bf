/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A context: everything one worker needs to answer a request, kept between requests. It holds the
 * script engines, the intrinsic objects, and the state of the request under way. A context is
 * taken from the free list at the start of a request and given back at its end; nobody else
 * touches it meanwhile, except the watchdog, which reads `deadline` under `watch`.
 */
#pragma once

#include "asp/application.h"
#include "asp/cache.h"
#include "asp/response.h"
#include "asp/session.h"
#include "base/arena.h"
#include "com/automation.h"
#include "script/vbs/vbs.h"

#include <pthread.h>

#define ASP_NESTING_MAX 16 /* Server.Execute within Server.Execute; global.asa events count */
#define ASP_REQUEST_MEMORY ((size_t)64 << 20)

struct asp_context;

/* An intrinsic object: one of a kind per context. */
struct asp_intrinsic {
	struct automation_object object;
	struct asp_context *context;
};

#define ASP_INTRINSICS(X)                                                                          \
	X(request, "Request")                                                                      \
	X(response, "Response")                                                                    \
	X(server, "Server") X(session, "Session") X(application, "Application")

/* Objects that belong to intrinsic ones, made when first asked for. */
enum asp_part {
	ASP_PART_VARIABLES,
	ASP_PART_RESPONSE_COOKIES,
	ASP_PART_SESSION_CONTENTS,
	ASP_PART_SESSION_OBJECTS,
	ASP_PART_APPLICATION_CONTENTS,
	ASP_PART_APPLICATION_OBJECTS,
	ASP_PART_COUNT
};

enum asp_body_use { ASP_BODY_UNUSED, ASP_BODY_FORM, ASP_BODY_BINARY };

/* The page that runs now; Server.Execute stacks them. */
struct asp_frame {
	struct asp_page *page;
	struct text url;
	struct asp_frame *caller;
};

struct asp_engine {
	struct vbs_engine *engine;
	bool dirty; /* has objects besides the intrinsics */
};

struct asp_context {
	struct asp *asp;
	struct asp_context *next_free, *next;
	struct arena arena; /* lives as long as the request */
	pthread_t thread;   /* while active: who may call the intrinsic objects */

	struct exchange *exchange; /* NULL in events without a request (OnEnd) */
	struct asp_application *application;
	struct asp_config *config;   /* settings this request runs under */
	struct asp_session *session; /* locked by this request, or NULL */
	int64_t now;                 /* clock_now() at the start */

#define X(member, name) IDispatch *member##_object;
	ASP_INTRINSICS(X)
#undef X
	IDispatch *parts[ASP_PART_COUNT];
	struct asp_engine engines[ASP_NESTING_MAX];
	size_t depth;
	struct asp_frame *frame;

	/* Request */
	IDispatch *query, *form, *cookies;
	uint64_t body_read;
	enum asp_body_use body_use;

	struct asp_response response;

	/* The last error an intrinsic object raised: its ASP number, which Err cannot carry. */
	HRESULT raised_hr;
	unsigned raised;
	char *raised_object, *raised_detail; /* in the arena */
	struct asp_error error;              /* what ended the page */

	pthread_mutex_t watch;
	int64_t started, deadline; /* 0: not watched */
	int64_t timeout;           /* ns, Server.ScriptTimeout */
	bool active, session_allowed, failed, timed_out;
};

struct asp_context *asp_context_new(struct asp *asp);
struct asp_context *asp_context_free(struct asp_context *ctx);
/* Sets the request up and tears it down; between them `ctx` belongs to the calling thread. */
void asp_context_begin(struct asp_context *ctx, struct exchange *exchange);
void asp_context_end(struct asp_context *ctx);

/* The context behind a call of an intrinsic object: NULL when the object is used after its
 * request, or on another thread (it was kept where it must not be). */
struct asp_context *asp_context_of(const struct automation_call *call);
/* Makes an intrinsic object; NULL when out of memory. */
IDispatch *asp_intrinsic_new(struct asp_context *ctx, const struct automation_class *class);
void asp_intrinsic_free(struct automation_object *object);
/* The part, AddRef'ed, as the result of `call`. */
HRESULT asp_return_part(struct automation_call *call, struct asp_context *ctx, enum asp_part part,
			const struct automation_class *class);
extern const struct automation_class asp_request_class, asp_response_class, asp_server_class,
	asp_session_class, asp_application_class;

/* Raises ASP error `number` from a member of "Response object" and so on. `parameter` may be NULL.
 */
HRESULT asp_raise(struct automation_call *call, struct asp_context *ctx, const char *object,
		  unsigned number, const char *parameter);
HRESULT asp_raise_hr(struct automation_call *call, struct asp_context *ctx, const char *object,
		     unsigned number, HRESULT hr, const char *parameter);
/* What a member returns when asp_context_of gave NULL. */
HRESULT asp_raise_stale(struct automation_call *call);
/* Argument `i` as UTF-8 in the request's arena. */
HRESULT asp_arg_text(const struct automation_call *call, struct asp_context *ctx, UINT i,
		     struct text *ret);
HRESULT asp_value_text(const VARIANT *v, struct asp_context *ctx, struct text *ret);
/* As asp_arg_text, into `room` when it fits: for names that are looked up and forgotten. */
HRESULT asp_arg_name(const struct automation_call *call, struct asp_context *ctx, UINT i,
		     char *room, size_t size, struct text *ret);

/* Runs `page` as `url` in an engine of its own. S_OK; VBS_E_END_SCRIPT when the script ended
 * itself or failed (then ctx->failed, and ctx->error says why). */
HRESULT asp_context_run(struct asp_context *ctx, struct asp_page *page, struct text url);
/* The session's locale, or the application's. */
LCID asp_context_session_lcid(const struct asp_context *ctx);
/* The locale of this response: its own, or the session's. */
LCID asp_context_lcid(const struct asp_context *ctx);
/* Gives the scripts under way that locale, after what it depends on has changed. */
void asp_context_set_locale(struct asp_context *ctx);
/* Calls a procedure of a global.asa: the same results; S_OK when it has no such procedure. */
HRESULT asp_context_event(struct asp_context *ctx, struct asp_page *global, const char *name);
/* The page at a URL path, from the cache; errors go to ctx->error. 0 or negative. */
int asp_context_page(struct asp_context *ctx, struct text url, struct asp_page **ret);
/* Server.ScriptTimeout has changed. */
void asp_context_watch(struct asp_context *ctx, int64_t timeout);
/* Interrupts the scripts of `ctx` when their time is over at `now`; any thread. True while the
 * context runs something. */
bool asp_context_check(struct asp_context *ctx, int64_t now);

static inline struct text asp_request_text(const struct asp_context *ctx,
					   enum channel_request_text which)
{
	return ctx->exchange ? ctx->exchange->request->texts[which] : (struct text){ "", 0 };
}
/* The first header of that name; data == NULL when there is none. */
struct text asp_request_header(const struct asp_context *ctx, struct text name);
/* Forgets what Request holds of this request. */
void asp_request_reset(struct asp_context *ctx);
