/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page cache. Called by worker threads at the start of every request and of every
 * Server.Execute. One lock guards the table; compiling and checking happen outside it, while the
 * entry is marked busy: others that want the same page wait, all others do not.
 */
#include "asp/cache.h"

#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <pthread.h>

struct entry {
	struct text key;       /* owned */
	struct asp_page *page; /* NULL while it is compiled for the first time */
	int64_t checked;
	bool busy;
	unsigned waiting;
	struct entry *newer, *older;
};

struct asp_cache {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct map *entries;
	struct entry *newest, *oldest;
	size_t count, bytes, max_pages, max_bytes, most_pages;
};

int asp_cache_new(size_t max_pages, size_t max_bytes, struct asp_cache **ret)
{
	struct asp_cache *cache = mem_new(struct asp_cache);
	if (!cache)
		return -ENOMEM;
	/* Entries that are busy do not count as pages: room for every thread to have one. */
	cache->entries = map_new(max_pages + 4096, 0);
	if (!cache->entries) {
		mem_free(cache);
		return -ENOMEM;
	}
	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->idle, NULL);
	cache->max_pages = cache->most_pages = max_pages;
	cache->max_bytes = max_bytes;
	*ret = cache;
	return 0;
}

static void entry_free(void *p)
{
	struct entry *entry = p;
	asp_page_unref(entry->page);
	mem_free((char *)(uintptr_t)entry->key.data);
	mem_free(entry);
}

struct asp_cache *asp_cache_free(struct asp_cache *cache)
{
	if (!cache)
		return NULL;
	map_free(cache->entries, entry_free);
	pthread_mutex_destroy(&cache->lock);
	pthread_cond_destroy(&cache->idle);
	return mem_free(cache);
}

/* ---- order of use; all with the lock held ---- */

static void unlink_entry(struct asp_cache *cache, struct entry *e)
{
	*(e->newer ? &e->newer->older : &cache->newest) = e->older;
	*(e->older ? &e->older->newer : &cache->oldest) = e->newer;
	e->newer = e->older = NULL;
}

static void link_newest(struct asp_cache *cache, struct entry *e)
{
	e->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = e;
	cache->newest = e;
}

static void touch(struct asp_cache *cache, struct entry *e)
{
	if (cache->newest == e)
		return;
	unlink_entry(cache, e);
	link_newest(cache, e);
}

static void forget_page(struct asp_cache *cache, struct entry *e)
{
	if (!e->page)
		return;
	cache->count--;
	cache->bytes -= e->page->size;
	e->page = asp_page_unref(e->page);
}

static void remove_entry(struct asp_cache *cache, struct entry *e)
{
	forget_page(cache, e);
	unlink_entry(cache, e);
	map_remove(cache->entries, e->key);
	entry_free(e);
}

static void evict(struct asp_cache *cache, const struct entry *keep)
{
	struct entry *e = cache->oldest;
	while (e && (cache->count > cache->max_pages || cache->bytes > cache->max_bytes)) {
		struct entry *newer = e->newer;
		if (e != keep && !e->busy && e->waiting == 0)
			remove_entry(cache, e);
		e = newer;
	}
}

void asp_cache_limit(struct asp_cache *cache, size_t pages)
{
	pthread_mutex_lock(&cache->lock);
	cache->max_pages = pages < cache->most_pages ? pages : cache->most_pages;
	evict(cache, NULL);
	pthread_mutex_unlock(&cache->lock);
}

/* ---- look-up ---- */

static struct entry *entry_new(struct asp_cache *cache, struct text key)
{
	struct entry *e = mem_new(struct entry);
	char *copy = mem_dup(key.data, key.length);
	if (e && copy) {
		e->key = (struct text){ copy, key.length };
		if (map_put(cache->entries, e->key, e, NULL) == 0) {
			link_newest(cache, e);
			return e;
		}
	}
	mem_free(copy);
	mem_free(e);
	return NULL;
}

/* Waits until nobody works on the entry, and marks it as worked on when it needs work. */
static struct entry *entry_claim(struct asp_cache *cache, struct text key, int64_t now,
				 bool *ret_work)
{
	struct entry *e = map_get(cache->entries, key);
	if (!e)
		e = entry_new(cache, key);
	if (!e)
		return NULL;
	if (e->busy && e->page == NULL) {
		/* A page that is only being checked is good enough for the others. */
		e->waiting++;
		while (e->busy)
			pthread_cond_wait(&cache->idle, &cache->lock);
		e->waiting--;
	}
	*ret_work = !e->busy && (!e->page || now - e->checked >= ASP_CHECK_INTERVAL);
	e->busy |= *ret_work;
	touch(cache, e);
	return e;
}

static void entry_finish(struct asp_cache *cache, struct entry *e, struct asp_page *page,
			 int64_t now)
{
	e->busy = false;
	e->checked = now;
	if (page != e->page) {
		forget_page(cache, e);
		if (page) {
			e->page = asp_page_ref(page);
			cache->count++;
			cache->bytes += page->size;
		}
	}
	pthread_cond_broadcast(&cache->idle);
	if ((!e->page || cache->max_pages == 0) && e->waiting == 0)
		remove_entry(cache, e);
	else
		evict(cache, e);
}

int asp_cache_get(struct asp_cache *cache, const struct asp_page_options *options, uint64_t version,
		  struct text url, int64_t now, struct asp_page **ret, struct asp_error *error)
{
	char room[512];
	if (url.length > sizeof(room) - sizeof(version))
		return asp_page_compile(options, url, ret, error); /* too long to be kept */
	memcpy(room, &version, sizeof(version));
	memcpy(room + sizeof(version), url.data, url.length);
	struct text key = { room, sizeof(version) + url.length };
	bool work;
	pthread_mutex_lock(&cache->lock);
	struct entry *e = entry_claim(cache, key, now, &work);
	struct asp_page *page = e && e->page ? asp_page_ref(e->page) : NULL;
	pthread_mutex_unlock(&cache->lock);
	if (!e)
		return -ENOMEM;
	int r = 0;
	if (page && work && !asp_page_current(page))
		page = asp_page_unref(page);
	if (!page)
		r = asp_page_compile(options, url, &page, error);
	if (work) {
		pthread_mutex_lock(&cache->lock);
		entry_finish(cache, e, page, now);
		pthread_mutex_unlock(&cache->lock);
	}
	if (r == 0)
		*ret = page;
	return r;
}
