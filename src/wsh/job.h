/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .wsf files: from <package> and <job> to a struct wsh_script. The elements are those of the
 * Windows Script Host reference; what a job that was not asked for says is read over.
 */
#pragma once

#include "wsh/script.h"

/* Where <script src="..."> comes from: the text as UTF-8 in `arena`, decoded when it was encoded,
 * the name for error reports, and the line at which the text begins. -EINVAL and others, with
 * `err`. */
struct wsh_loader {
	void *ctx;
	int (*load)(void *ctx, const char *src, struct arena *arena, struct text *ret,
		    const char **ret_name, uint32_t *ret_line, struct error *err);
};

/* Fills parts, objects, references, resources and runtime of `s` (whose arena and path are there)
 * with the job named `id`, or with the first when that is NULL. `t` begins at line `first_line` of
 * the file. -EINVAL with file, line and column for what is not well formed; -ENOENT when there is
 * no such job; -ENOMEM; what the loader gave. */
int wsh_job_parse(struct text t, uint32_t first_line, const char *id,
		  const struct wsh_loader *loader, struct wsh_script *s, struct error *err);
