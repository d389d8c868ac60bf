/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From effective values to the typed structs of config.h: a row says which attribute goes into
 * which field; type, default and range are the schema's.
 */
#pragma once

#include "config/config.h"
#include "config/engine/effective.h"

struct bind_row {
	const char *path; /* below the bound element: "enabled", "session/timeout" */
	size_t offset, size;
};
#define BIND(type, field, path)                                                                    \
	{                                                                                          \
		path, offsetof(type, field), sizeof(((type *)NULL)->field)                         \
	}

struct bind_context {
	struct arena *arena;   /* for strings that had to be made */
	const char *state_dir; /* %SURROGATE_STATE%; NULL: from the environment */
	struct error *err;
};

/* A path of Windows or Linux as one of this machine: '/' as separator and none at the end; a drive
 * letter is left out, as everywhere. NULL: no memory. */
char *config_local_path(const char *path, struct arena *arena);
/* Fills fields of `base`: bool, 32 and 64 bit numbers (times in nanoseconds), strings (never
 * NULL). -ENOMEM. */
int config_bind(const struct bind_context *ctx, const struct effective *e,
		const struct bind_row *rows, size_t count, void *base);
