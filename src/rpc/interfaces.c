/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interfaces that a server offers: a table that any thread may look at and change.
 */
#include "rpc/connection.h"

#include "base/mem.h"

#include <errno.h>
#include <pthread.h>

struct rpc_interfaces {
	pthread_rwlock_t lock;
	const struct rpc_interface **list;
	size_t count, capacity;
};

int rpc_interfaces_new(struct rpc_interfaces **ret)
{
	struct rpc_interfaces *t = mem_new(struct rpc_interfaces);
	if (!t)
		return -ENOMEM;
	pthread_rwlock_init(&t->lock, NULL);
	*ret = t;
	return 0;
}

struct rpc_interfaces *rpc_interfaces_free(struct rpc_interfaces *t)
{
	if (!t)
		return NULL;
	pthread_rwlock_destroy(&t->lock);
	mem_free(t->list);
	return mem_free(t);
}

/* Its place; `count` when it is not there. */
static size_t find(const struct rpc_interfaces *t, const struct rpc_syntax *s)
{
	size_t i = 0;
	while (i < t->count &&
	       !(IsEqualGUID(&t->list[i]->id.uuid, &s->uuid) && t->list[i]->id.major == s->major))
		i++;
	return i;
}

static int room(struct rpc_interfaces *t)
{
	if (t->count < t->capacity)
		return 0;
	if (t->count == RPC_INTERFACES_MAX)
		return -ENOBUFS;
	size_t capacity = t->capacity ? 2 * t->capacity : 16;
	void *list = mem_realloc(t->list, capacity, sizeof(*t->list));
	if (!list)
		return -ENOMEM;
	t->list = list;
	t->capacity = capacity;
	return 0;
}

int rpc_interfaces_add(struct rpc_interfaces *t, const struct rpc_interface *interface)
{
	pthread_rwlock_wrlock(&t->lock);
	int r = find(t, &interface->id) < t->count ? -EEXIST : room(t);
	if (r == 0)
		t->list[t->count++] = interface;
	pthread_rwlock_unlock(&t->lock);
	return r;
}

void rpc_interfaces_remove(struct rpc_interfaces *t, const struct rpc_interface *interface)
{
	pthread_rwlock_wrlock(&t->lock);
	size_t i = find(t, &interface->id);
	if (i < t->count) {
		t->count--;
		memmove(t->list + i, t->list + i + 1, (t->count - i) * sizeof(*t->list));
	}
	pthread_rwlock_unlock(&t->lock);
}

/* The lock of a constant table is its reader's. */
static pthread_rwlock_t *lock_of(const struct rpc_interfaces *t)
{
	return (pthread_rwlock_t *)(uintptr_t)&t->lock;
}

const struct rpc_interface *rpc_interfaces_find(const struct rpc_interfaces *t,
						const struct rpc_syntax *syntax)
{
	pthread_rwlock_rdlock(lock_of(t));
	size_t i = find(t, syntax);
	const struct rpc_interface *found = i < t->count ? t->list[i] : NULL;
	pthread_rwlock_unlock(lock_of(t));
	return found && found->id.minor >= syntax->minor ? found : NULL;
}

const struct rpc_interface *rpc_interfaces_at(const struct rpc_interfaces *t, size_t i)
{
	pthread_rwlock_rdlock(lock_of(t));
	const struct rpc_interface *found = i < t->count ? t->list[i] : NULL;
	pthread_rwlock_unlock(lock_of(t));
	return found;
}
