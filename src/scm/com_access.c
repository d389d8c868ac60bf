/* SPDX-License-Identifier: Apache-2.0 */
/* See com_access.h. */
#include "scm/com_access.h"

#include <stdio.h>
#include <string.h>

#define NOBODY "S-1-0-0"
#define UNAVAILABLE "Unavailable"

static bool is_local(const struct com_access_question *q)
{
	return q->uid != COM_ACCESS_ANYWHERE;
}

/* Who it was, as the events have it: domain, user, SID, address. */
struct who {
	struct text domain, user;
	char sid[40];
	const char *address;
};

static struct who describe(const struct com_access_question *q)
{
	const char *slash =
		q->caller.length ? memchr(q->caller.data, '\\', q->caller.length) : NULL;
	size_t domain = slash ? (size_t)(slash - q->caller.data) : 0;
	struct who who = {
		.domain = slash ? (struct text){ q->caller.data, domain } : text_of(q->host),
		.user = slash ? (struct text){ slash + 1, q->caller.length - domain - 1 }
			      : q->caller,
		.sid = NOBODY,
		.address = is_local(q) ? "LocalHost (Using LRPC)" : UNAVAILABLE,
	};

	if (is_local(q))
		snprintf(who.sid, sizeof(who.sid), "S-1-22-1-%llu", (unsigned long long)q->uid);
	if (!who.user.length)
		who.user = TEXT(UNAVAILABLE);
	return who;
}

static void refuse_launch(const struct com_access_question *q, const char *which,
			  struct com_access_refusal *ret)
{
	struct who who = describe(q);

	ret->event = 10016;
	snprintf(ret->parameters, sizeof(ret->parameters),
		 "%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%.*s\x1f%.*s\x1f%s\x1f%s\x1f" UNAVAILABLE
		 "\x1f" UNAVAILABLE,
		 which, is_local(q) ? "Local" : "Remote", q->runs ? "Activation" : "Launch",
		 q->clsid, q->appid, TEXT_ARG(who.domain), TEXT_ARG(who.user), who.sid,
		 who.address);
}

static void refuse_access(const struct com_access_question *q, const char *which,
			  struct com_access_refusal *ret)
{
	struct who who = describe(q);

	ret->event = 10017;
	snprintf(ret->parameters, sizeof(ret->parameters),
		 "%s\x1f%s\x1f%s\x1f%s\x1f%.*s\x1f%.*s\x1f%s\x1f%s\x1f" UNAVAILABLE
		 "\x1f" UNAVAILABLE,
		 which, is_local(q) ? "Local" : "Remote", "dllhost", q->appid, TEXT_ARG(who.domain),
		 TEXT_ARG(who.user), who.sid, who.address);
}

bool com_access_allowed(const struct com_access_question *question, struct com_access_refusal *ret)
{
	const struct com_access_question *q = question;
	bool launch = q->app_launch || q->default_launch;

	if (is_local(q) && (q->uid == 0 || q->uid == q->owner))
		return true;
	if (!launch && !q->app_access && !q->default_access)
		return true;
	if (launch)
		refuse_launch(q, q->app_launch ? "application-specific" : "machine-default", ret);
	else
		refuse_access(q, q->app_access ? "application-specific" : "machine-default", ret);
	return false;
}
