/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mutex of an object that is nearly always used by one thread, around sections that create no
 * thread, wait for none and run no foreign code: a process of one thread, as cscript mostly is,
 * does not take it. Used by objects of scripts, in any process and thread; owns nothing.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <sys/single_threaded.h>

/* Whether it was taken, for mutex_leave. */
static inline bool mutex_enter(pthread_mutex_t *mutex)
{
	if (__libc_single_threaded)
		return false;
	pthread_mutex_lock(mutex);
	return true;
}

static inline void mutex_leave(pthread_mutex_t *mutex, bool taken)
{
	if (taken)
		pthread_mutex_unlock(mutex);
}
