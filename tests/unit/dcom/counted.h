/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts what a program allocates, its libraries included: by functions in front of the C
 * library's, or, when a sanitizer is there already, by its hook. For one file of a program.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

/* Allocations of the thread that asks, and of all others. */
struct counted {
	long here, elsewhere;
};

static _Thread_local long counted_here __attribute__((tls_model("initial-exec")));
static atomic_long counted_all;

static inline void counted_one(void)
{
	counted_here++;
	atomic_fetch_add_explicit(&counted_all, 1, memory_order_relaxed);
}

static inline struct counted counted_now(void)
{
	long here = counted_here;

	return (struct counted){ here, atomic_load(&counted_all) - here };
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTED_BY_HOOK 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTED_BY_HOOK 1
#endif

#ifdef COUNTED_BY_HOOK
#include <sanitizer/allocator_interface.h>

static void counted_hook(const volatile void *p, size_t size)
{
	counted_one();
}

static void counted_freed(const volatile void *p)
{
}

static inline void counted_begin(void)
{
	__sanitizer_install_malloc_and_free_hooks(counted_hook, counted_freed);
}
#else
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);

void *malloc(size_t size)
{
	counted_one();
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	counted_one();
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	counted_one();
	return __libc_realloc(old, size);
}

static inline void counted_begin(void)
{
}
#endif
