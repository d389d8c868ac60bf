/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Association groups (C706 9.3.3.1): the connections of one client's binding, and the context
 * handles they share. A group ends with its last connection, and what its handles stand for with
 * it. A handle that a call uses lives until that call ends.
 */
#include "base/mem.h"
#include "com/class.h"
#include "rpc/internal.h"

#include <errno.h>
#include <pthread.h>

struct rpc_handle {
	TAILQ_ENTRY(rpc_handle) in_group;
	const void *type;
	void *data;
	rpc_handle_fn free_data;
	GUID id;
	unsigned refs; /* one is the group's */
};

struct rpc_group {
	TAILQ_ENTRY(rpc_group) in_list;
	uint32_t id;
	unsigned connections, handle_count;
	TAILQ_HEAD(handle_list, rpc_handle) handles;
	pthread_mutex_t lock; /* of the handles */
};

struct rpc_groups {
	pthread_mutex_t lock;
	TAILQ_HEAD(group_list, rpc_group) list;
	size_t count;
	uint32_t last_id;
};

int rpc_groups_new(struct rpc_groups **ret)
{
	struct rpc_groups *g = mem_new(struct rpc_groups);
	if (!g)
		return -ENOMEM;
	pthread_mutex_init(&g->lock, NULL);
	TAILQ_INIT(&g->list);
	/* Numbers that nobody guesses right by counting from 1. */
	GUID seed;
	guid_random(&seed);
	g->last_id = seed.Data1;
	*ret = g;
	return 0;
}

struct rpc_groups *rpc_groups_free(struct rpc_groups *groups)
{
	if (!groups)
		return NULL;
	ASSERT(TAILQ_EMPTY(&groups->list));
	pthread_mutex_destroy(&groups->lock);
	return mem_free(groups);
}

static struct rpc_group *find_group(struct rpc_groups *groups, uint32_t id)
{
	struct rpc_group *g = TAILQ_FIRST(&groups->list);
	while (g && g->id != id)
		g = TAILQ_NEXT(g, in_list);
	return g;
}

static int new_group(struct rpc_groups *groups, struct rpc_group **ret)
{
	if (groups->count == RPC_GROUPS_MAX)
		return -ENOBUFS;
	struct rpc_group *g = mem_new(struct rpc_group);
	if (!g)
		return -ENOMEM;
	do
		g->id = ++groups->last_id;
	while (g->id == 0 || find_group(groups, g->id));
	TAILQ_INIT(&g->handles);
	pthread_mutex_init(&g->lock, NULL);
	TAILQ_INSERT_HEAD(&groups->list, g, in_list);
	groups->count++;
	*ret = g;
	return 0;
}

int rpc_group_join(struct rpc_groups *groups, uint32_t id, struct rpc_group **ret)
{
	pthread_mutex_lock(&groups->lock);
	struct rpc_group *g = id ? find_group(groups, id) : NULL;
	int r = g ? 0 : id ? -ENOENT : new_group(groups, &g);
	if (r == 0) {
		g->connections++;
		*ret = g;
	}
	pthread_mutex_unlock(&groups->lock);
	return r;
}

static void handle_free(struct rpc_handle *h)
{
	h->free_data(h->data);
	mem_free(h);
}

void rpc_group_leave(struct rpc_groups *groups, struct rpc_group *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&groups->lock);
	bool last = --g->connections == 0;
	if (last) {
		TAILQ_REMOVE(&groups->list, g, in_list);
		groups->count--;
	}
	pthread_mutex_unlock(&groups->lock);
	if (!last)
		return;
	struct rpc_handle *h;
	while ((h = TAILQ_FIRST(&g->handles))) {
		TAILQ_REMOVE(&g->handles, h, in_group);
		handle_free(h);
	}
	pthread_mutex_destroy(&g->lock);
	mem_free(g);
}

uint32_t rpc_group_id(const struct rpc_group *group)
{
	return group->id;
}

/* ---- context handles ---- */

static struct rpc_handle *find_handle(struct rpc_group *g, const void *type, const GUID *id)
{
	struct rpc_handle *h = TAILQ_FIRST(&g->handles);
	while (h && !(h->type == type && IsEqualGUID(&h->id, id)))
		h = TAILQ_NEXT(h, in_group);
	return h;
}

int rpc_handle_new(struct rpc_call *call, const void *type, void *data, rpc_handle_fn free_data,
		   GUID *ret)
{
	struct rpc_group *g = call->conn->group;
	struct rpc_handle *h = mem_new(struct rpc_handle);
	if (!h)
		return -ENOMEM;
	h->type = type;
	h->data = data;
	h->free_data = free_data;
	h->refs = 1;
	guid_random(&h->id);
	GUID id = h->id;
	pthread_mutex_lock(&g->lock);
	bool full = g->handle_count == RPC_HANDLES_MAX;
	if (!full) {
		g->handle_count++;
		TAILQ_INSERT_HEAD(&g->handles, h, in_group);
	}
	pthread_mutex_unlock(&g->lock);
	if (full) {
		mem_free(h);
		return -ENOBUFS;
	}
	*ret = id;
	return 0;
}

void *rpc_handle_find(struct rpc_call *call, const void *type, const GUID *handle)
{
	struct rpc_group *g = call->conn->group;
	size_t slot = 0;
	while (slot < RPC_HANDLES_HELD && call->held[slot])
		slot++;
	if (slot == RPC_HANDLES_HELD)
		return NULL;
	pthread_mutex_lock(&g->lock);
	struct rpc_handle *h = find_handle(g, type, handle);
	if (h) {
		h->refs++;
		call->held[slot] = h;
	}
	pthread_mutex_unlock(&g->lock);
	return h ? h->data : NULL;
}

static void unref_all(struct rpc_group *g, struct rpc_handle **list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!list[i])
			continue;
		pthread_mutex_lock(&g->lock);
		bool last = --list[i]->refs == 0;
		pthread_mutex_unlock(&g->lock);
		if (last)
			handle_free(list[i]);
		list[i] = NULL;
	}
}

void rpc_handle_close(struct rpc_call *call, const void *type, const GUID *handle)
{
	struct rpc_group *g = call->conn->group;
	pthread_mutex_lock(&g->lock);
	struct rpc_handle *h = find_handle(g, type, handle);
	if (h) {
		TAILQ_REMOVE(&g->handles, h, in_group);
		g->handle_count--;
	}
	pthread_mutex_unlock(&g->lock);
	unref_all(g, &h, 1);
}

void rpc_call_drop_handles(struct rpc_call *call)
{
	if (call->conn->group)
		unref_all(call->conn->group, call->held, RPC_HANDLES_HELD);
}
