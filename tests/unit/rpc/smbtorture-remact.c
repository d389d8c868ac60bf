/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lets smbtorture 4.17 (rpc.remact, rpc.oxidresolve) go on after an activation that succeeds; it is
 * put into the process with LD_PRELOAD. Its tests give `ifaces` the address of a local variable,
 * and the decoder of Samba's IDL compiler, which takes an array's memory for a talloc context,
 * wants to hang the decoded reference below that: "Bad talloc magic value", and the process aborts.
 * Here what would hang below an address on the stack hangs below nothing.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void *alloc_fn(const void *context, size_t size, const char *name);
__attribute__((visibility("default"))) alloc_fn talloc_named_const;

/* smbtorture has one thread; reading where its stack is takes long. */
static bool on_stack(const void *address)
{
	static void *lowest;
	static size_t size;
	pthread_attr_t attr;
	if (!lowest && pthread_getattr_np(pthread_self(), &attr) == 0) {
		pthread_attr_getstack(&attr, &lowest, &size);
		pthread_attr_destroy(&attr);
	}
	return (uintptr_t)address - (uintptr_t)lowest < size;
}

void *talloc_named_const(const void *context, size_t size, const char *name)
{
	static alloc_fn *next;
	if (!next)
		next = (alloc_fn *)dlsym(RTLD_NEXT, "talloc_named_const");
	return next(on_stack(context) ? NULL : context, size, name);
}
