/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the service control manager, each with a cookie (activator-hosts.h). */
#include "programs/activator-hosts.h"

#include "base/mem.h"
#include "com/class.h"
#include "dcom/activation.h"
#include "rpc/rpc.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/queue.h>

struct question {
	LIST_ENTRY(question) in_list;
	uint64_t cookie;
	bool answered;
	HRESULT hr;
	struct dcom_host *host;
};

struct activator_hosts {
	struct child *child;
	pthread_mutex_t lock; /* of what follows, and of the questions */
	pthread_cond_t answered;
	LIST_HEAD(, question) questions;
	unsigned waiting;
	uint64_t last_cookie;
	bool stopped;
};

int activator_hosts_new(struct child *child, struct activator_hosts **ret)
{
	struct activator_hosts *h = mem_new(struct activator_hosts);

	if (!h)
		return -ENOMEM;
	h->child = child;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->answered, NULL);
	LIST_INIT(&h->questions);
	*ret = h;
	return 0;
}

struct activator_hosts *activator_hosts_free(struct activator_hosts *hosts)
{
	if (!hosts)
		return NULL;
	pthread_cond_destroy(&hosts->answered);
	pthread_mutex_destroy(&hosts->lock);
	return mem_free(hosts);
}

/* ---- asking ---- */

static HRESULT begin(struct activator_hosts *h, struct question *q)
{
	HRESULT hr = S_OK;

	pthread_mutex_lock(&h->lock);
	if (h->stopped) {
		hr = CO_E_SERVER_STOPPING;
	} else if (h->waiting == ACTIVATOR_HOSTS_WAITING_MAX) {
		hr = HRESULT_FROM_WIN32(RPC_S_SERVER_TOO_BUSY);
	} else {
		h->waiting++;
		q->cookie = ++h->last_cookie;
		LIST_INSERT_HEAD(&h->questions, q, in_list);
	}
	pthread_mutex_unlock(&h->lock);
	return hr;
}

static HRESULT end(struct activator_hosts *h, struct question *q, bool sent)
{
	pthread_mutex_lock(&h->lock);
	while (sent && !q->answered && !h->stopped)
		pthread_cond_wait(&h->answered, &h->lock);
	LIST_REMOVE(q, in_list);
	h->waiting--;
	pthread_mutex_unlock(&h->lock);
	return q->answered ? q->hr : CO_E_SERVER_STOPPING;
}

static int send_question(struct activator_hosts *h, const struct question *q,
			 const struct rpc_caller *caller, REFGUID appid, uint64_t gone)
{
	char app[GUID_TEXT_SIZE], class[GUID_TEXT_SIZE];
	bool named = caller->peer && !caller->peer->anonymous;

	guid_format(appid, app);
	guid_format(&q->host->clsid, class);
	const struct control_com_activate m = {
		.cookie = q->cookie,
		.uid = dcom_is_local(caller) ? caller->uid : UINT64_MAX,
		.gone = gone,
		.appid = text_of(app),
		.clsid = text_of(class),
		.caller = text_of(named ? caller->peer->name : "")
	};

	return child_send(h->child, CONTROL_COM_ACTIVATE, &m, NULL, 0);
}

HRESULT activator_hosts_ask(struct activator_hosts *hosts, const struct rpc_caller *caller,
			    REFGUID appid, uint64_t gone, struct dcom_host *ret)
{
	struct question q = { .host = ret };
	HRESULT hr = begin(hosts, &q);

	if (FAILED(hr))
		return hr;
	return end(hosts, &q, send_question(hosts, &q, caller, appid, gone) == 0);
}

/* ---- answers ---- */

static bool take_host(const struct control_com_activated *m, struct dcom_host *ret)
{
	if (m->endpoint.length >= sizeof ret->endpoint || !m->generation ||
	    guid_parse(m->activator, &ret->secret))
		return false;
	memcpy(ret->endpoint, m->endpoint.data, m->endpoint.length);
	ret->endpoint[m->endpoint.length] = '\0';
	ret->number = m->generation;
	return true;
}

void activator_hosts_answer(struct activator_hosts *hosts, const struct control_com_activated *m)
{
	struct question *q;

	pthread_mutex_lock(&hosts->lock);
	LIST_FOREACH(q, &hosts->questions, in_list)
	{
		if (q->cookie != m->cookie || q->answered)
			continue;
		q->hr = (HRESULT)m->hresult;
		if (SUCCEEDED(q->hr) && !take_host(m, q->host))
			q->hr = CO_E_SERVER_EXEC_FAILURE;
		q->answered = true;
	}
	pthread_cond_broadcast(&hosts->answered);
	pthread_mutex_unlock(&hosts->lock);
}

void activator_hosts_stop(struct activator_hosts *hosts)
{
	pthread_mutex_lock(&hosts->lock);
	hosts->stopped = true;
	pthread_cond_broadcast(&hosts->answered);
	pthread_mutex_unlock(&hosts->lock);
}
