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
	REGISTRY_BINARY = 3,
	REGISTRY_DWORD = 4,
	REGISTRY_MULTI_SZ = 7,
	REGISTRY_QWORD = 11
};
#define REGISTRY_VALUE_MAX (1 << 20)
#define REGISTRY_DEPTH_MAX 64

int registry_open(const char *state_dir, struct registry **ret, struct error *err);
struct registry *registry_close(struct registry *registry);

/* -ENOENT when key or value is not there, -EINVAL when it has another type. */
int registry_get_dword(struct registry *r, const char *key, const char *name, uint32_t *ret);
int registry_get_string(struct registry *r, const char *key, const char *name, char **ret);
/* Creates the key, and its parents, when they are missing. */
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
