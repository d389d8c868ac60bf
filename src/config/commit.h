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

/* Opens applicationHost.config for a change. `*config` is what the file says: NULL becomes the
 * configuration of the very bytes that are changed, and one that was read before must be of these
 * bytes (-ESTALE), so that what was found in it is found in the file. `config` itself is NULL when
 * nothing is looked up. -EINVAL, -ENOENT, -ENOMEM; -ELOOP when the file is a symbolic link. */
int config_commit_server(const char *path, const char *state_dir, struct config **config,
			 struct config_commit **ret, struct error *err);
/* Opens the web.config of a place, which need not be there yet. The place must have a folder;
 * -ELOOP or -ENOTDIR when that lies behind a symbolic link below the physicalPath, or the file is
 * one. */
int config_commit_folder(struct config *config, const struct config_tree *place,
			 struct config_commit **ret, struct error *err);
struct config_commit *config_commit_free(struct config_commit *commit);

struct edit *config_commit_edit(struct config_commit *commit);
/* What applicationHost.config would be if it were written now. -EINVAL with what is wrong. */
int config_commit_preview(const struct config_commit *commit, struct config **ret,
			  struct error *err);
/* Validates and writes; the new file has owner and mode of the old one. -EINVAL with what is wrong;
 * -ESTALE when the file is not what it was when it was opened, -EWOULDBLOCK when somebody holds the
 * lock of the folder for 5 seconds, both with 0x80070020; or an error of the disk. In all of these
 * nothing was written, but for the disk's refusal to make the name of the new file last, which the
 * text says. Nothing is written either when nothing changed. */
int config_commit_write(struct config_commit *commit, struct error *err);
