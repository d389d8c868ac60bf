/* SPDX-License-Identifier: Apache-2.0 */
/* `surrogate explain`, `configtest`, `metabase` and `metabase-set`: the configuration for people
 * who wonder. Run in the tool, as the caller. */
#pragma once

#include "base/error.h"

struct buf;
struct config;

/* What the server would read. Errors are config_load's. */
int explain_load(const char *state_dir, struct config **ret, struct error *err);

/* Every value of a section ("asp", "system.webServer/asp") at a place ("Site/folder", "" for the
 * server) with what wrote it. -ENOENT: no such section or place; -EINVAL: the configuration is
 * broken. */
int explain_section(const char *state_dir, const char *section, const char *path, struct buf *out,
		    struct error *err);

/* Reads everything that the server would read: applicationHost.config and each web.config below the
 * virtual directories. `broken` is called for each file that is wrong, `doubtful` for what is right
 * and says nothing: a <location> of no site. -EINVAL when a file is wrong. */
int explain_test(const char *state_dir, void (*broken)(const struct error *err),
		 void (*doubtful)(const struct error *err), struct error *err);

/* The data that are set at a key of the metabase, and the keys below it, as adsutil.vbs prints
 * them. */
int explain_metabase(const char *state_dir, const char *key, struct buf *out, struct error *err);
/* One datum, also from above; and the keys where one is set, at and below one: "KEY/PROPERTY". */
int explain_metabase_get(const char *state_dir, const char *property, struct buf *out,
			 struct error *err);
int explain_metabase_find(const char *state_dir, const char *property, struct buf *out,
			  struct error *err);
enum explain_change { EXPLAIN_CREATE, EXPLAIN_DELETE, EXPLAIN_RENAME, EXPLAIN_COPY, EXPLAIN_MOVE };
/* Makes or deletes a key (or deletes "KEY/PROPERTY"); `second`: its new name, or the key it is
 * copied or moved to. */
int explain_metabase_change(const char *state_dir, enum explain_change change, const char *first,
			    const char *second, struct error *err);
/* Sets "KEY/PROPERTY"; the strings of a list have commas between, or '|' where strings may have
 * commas.
 */
int explain_metabase_set(const char *state_dir, const char *property, const char *value,
			 struct error *err);
