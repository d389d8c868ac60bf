/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing configuration: a change is made on the text of one file (config/engine/edit.h), the whole
 * is validated as if it were written, and only then the file is replaced, so that at every instant
 * the old or the new one is there. Tools, one thread.
 */
#pragma once

#include "config/engine/edit.h"
#include "config/tree.h"

struct config_commit;

/* Opens applicationHost.config for a change. -EINVAL, -ENOENT, -ENOMEM. */
int config_commit_server(const char *path, const char *state_dir, struct config_commit **ret,
			 struct error *err);
/* Opens the web.config of a place, which need not be there yet. The place must have a folder. */
int config_commit_folder(struct config *config, const struct config_tree *place,
			 struct config_commit **ret, struct error *err);
struct config_commit *config_commit_free(struct config_commit *commit);

struct edit *config_commit_edit(struct config_commit *commit);
/* Validates and writes. -EINVAL with what is wrong, -ESTALE when the file is not what it was when
 * it was opened, or an error of the disk; in all of these nothing was written. Nothing is written
 * either when nothing changed. */
int config_commit_write(struct config_commit *commit, struct error *err);
