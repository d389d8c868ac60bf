/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry: keys with typed values in STATE/registry.db (SQLite, WAL). Key paths are
 * "HKLM\SYSTEM\CurrentControlSet\Services\W3SVC"; key and value names ignore ASCII case. One handle
 * per process, usable from one thread. A write is durable once it returned 0.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

struct registry;

enum registry_type {
	REGISTRY_SZ = 1,
	REGISTRY_EXPAND_SZ = 2, /* with %NAMES% that its reader replaces */
	REGISTRY_BINARY = 3,
	REGISTRY_DWORD = 4,
	REGISTRY_MULTI_SZ = 7,
	REGISTRY_QWORD = 11
};
#define REGISTRY_VALUE_MAX (1 << 20)
#define REGISTRY_DEPTH_MAX 64

int registry_open(const char *state_dir, struct registry **ret, struct error *err);
/* Only to read; nothing is created. -ENOENT when there is no registry yet. */
int registry_open_reading(const char *state_dir, struct registry **ret, struct error *err);
/* Publishes the classes when they were changed (registry/classes.h). Takes NULL, returns NULL. */
struct registry *registry_close(struct registry *registry);

/* -ENOENT when key or value is not there, -EINVAL when it has another type. */
int registry_get_dword(struct registry *r, const char *key, const char *name, uint32_t *ret);
int registry_get_string(struct registry *r, const char *key, const char *name, char **ret);
/* A value of any type, as it is stored: numbers little endian, text in UTF-8 without an end mark
 * (REGISTRY_MULTI_SZ: a NUL behind each). `*ret` for mem_free. */
int registry_get(struct registry *r, const char *key, const char *name, enum registry_type *type,
		 void **ret, size_t *ret_length);
/* Creates the key, and its parents, when they are missing. -E2BIG above REGISTRY_VALUE_MAX, -EINVAL
 * for a name that is too long or no UTF-8. */
int registry_set(struct registry *r, const char *key, const char *name, enum registry_type type,
		 const void *data, size_t length);
int registry_set_dword(struct registry *r, const char *key, const char *name, uint32_t value);
int registry_set_string(struct registry *r, const char *key, const char *name, const char *value);
int registry_delete_value(struct registry *r, const char *key, const char *name);
int registry_delete_key(struct registry *r, const char *key); /* with all below it */
/* Calls `fn` for each sub-key, in name order, until it returns non-zero. */
int registry_each_key(struct registry *r, const char *key, int (*fn)(void *ctx, const char *name),
		      void *ctx);
int registry_each_value(struct registry *r, const char *key,
			int (*fn)(void *ctx, const char *name, enum registry_type type,
				  const void *data, size_t length),
			void *ctx);
