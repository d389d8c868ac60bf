/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mem-small.h: the rare halves, and the end of a thread. Called from every process and thread.
 */
#include "base/mem-small.h"

#include <pthread.h>
#include <stdbool.h>

_Thread_local struct mem_small mem_small_of_thread;

#if !MEM_SMALL_KEEPS

void mem_small_free_slow(void *block, size_t size)
{
	(void)size;
	mem_free(block);
}

#else

enum { NOT_YET, KEEPING, ENDED };

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* only for what happens at a thread's end */
static bool key_made;
static _Thread_local int state;

/* Texts that other destructors let go afterwards are not kept. */
static void end_of_thread(void *kept)
{
	struct mem_small *s = kept;

	for (size_t i = 0; i < MEM_SMALL_CLASSES; i++) {
		while (s->first[i]) {
			void *block = s->first[i];

			memcpy(&s->first[i], block, sizeof block);
			mem_free(block);
		}
	}
	s->room = 0;
	state = ENDED;
}

static void make_key(void)
{
	key_made = !pthread_key_create(&key, end_of_thread);
}

/* Whether this thread keeps blocks from now on: not unless it can give them back. */
static bool begin(struct mem_small *s)
{
	pthread_once(&key_once, make_key);
	if (!key_made || pthread_setspecific(key, s))
		return false;
	s->room = MEM_SMALL_KEPT_MAX;
	state = KEEPING;
	return true;
}

void mem_small_free_slow(void *block, size_t size)
{
	struct mem_small *s = &mem_small_of_thread;

	if (size <= MEM_SMALL_MAX && state == NOT_YET && begin(s))
		mem_small_free(block, size);
	else
		mem_free(block);
}

#endif
