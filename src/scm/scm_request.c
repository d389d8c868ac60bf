/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which requests run at hosts: asked by a tool, known by the front ends. SCM loop thread. Each
 * front end that serves, or finishes what it has, is asked, and the tool gets what comes.
 */
#include "scm/scm_internal.h"

static void ask(struct scm_child *front, void *ctx)
{
	struct scm_tool *tool = ctx;
	struct control_request_list m = { .cookie = tool->cookie };

	tool->answers++;
	scm_child_send(front, CONTROL_REQUEST_LIST, &m, NULL, 0);
}

static void done(struct scm_tool *tool)
{
	tool->cookie = 0;
	tool->answers = 0;
	scm_tool_done(tool, SERVICE_E_SUCCESS, "");
}

void scm_requests_ask(struct scm *scm, struct scm_tool *tool)
{
	tool->waiting = true;
	tool->cookie = ++scm->cookie;
	scm_fronts_each(scm, ask, tool);
	if (!tool->answers)
		done(tool);
}

/* The process it runs in: the host's, or that of the front end itself. */
static uint64_t pid_of(struct scm_child *front, uint64_t generation)
{
	const struct scm_child *host = generation ? scm_child_find(front->scm, generation) : front;

	return host ? (uint64_t)host->process.pid : 0;
}

static void pass_on(struct scm_tool *tool, struct scm_child *front,
		    const struct control_request_info *info)
{
	struct control_status_request m = { .id = info->id,
					    .pid = pid_of(front, info->generation),
					    .site = info->site,
					    .time_ms = info->time_ms,
					    .pool = info->pool,
					    .verb = info->verb,
					    .url = info->url,
					    .client = info->client,
					    .stage = info->stage,
					    .module = info->module };

	control_send(tool->fd, CONTROL_STATUS_REQUEST, &m, NULL, 0);
}

void scm_requests_answer(struct scm_child *front, struct control_message *m)
{
	bool last = m->type == CONTROL_REQUEST_END;
	uint64_t cookie = last ? m->request_end.cookie : m->request_info.cookie;
	struct scm_tool *tool = front->scm->tools;

	while (tool && (!cookie || tool->cookie != cookie))
		tool = tool->next;
	if (!tool)
		return;
	if (!last)
		pass_on(tool, front, &m->request_info);
	else if (--tool->answers <= 0)
		done(tool);
}

void scm_requests_end(struct scm *scm)
{
	for (struct scm_tool *tool = scm->tools; tool; tool = tool->next) {
		if (tool->cookie)
			done(tool);
	}
}
