/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metabase of IIS 6 and before, as a view of applicationHost.config: keys LM/W3SVC/..., data by
 * number, inheritance, both ways ([MS-IMSA] 3.1). What has no place in the configuration is kept in
 * system.applicationHost/customMetadata. As on IIS 7, web.config files are not seen.
 *
 * Keys: LM, LM/W3SVC, LM/W3SVC/AppPools/NAME, LM/W3SVC/ID, LM/W3SVC/ID/ROOT, and below that
 * applications, virtual directories and <location> paths. Any case, with or without "LM/" and
 * slashes at the ends.
 */
#pragma once

#include "config/commit.h"

enum metabase_type {
	METABASE_DWORD = 1,
	METABASE_STRING,
	METABASE_BINARY,
	METABASE_EXPANDSZ,
	METABASE_MULTISZ,
};
/* Of a datum, and what is asked for ([MS-IMSA] 2.2.8). */
enum metabase_attribute {
	METABASE_INHERIT = 1,      /* keys below have it too; asked for: also from above */
	METABASE_PARTIAL_PATH = 2, /* of a key that is not there: from the deepest one that is */
	METABASE_SECURE = 4,
	METABASE_ISINHERITED = 32,
	METABASE_INSERT_PATH = 64, /* "<%INSERT_PATH%>" in a string stands for "/LM/..." */
};

struct metabase_data {
	uint32_t id;
	enum metabase_type type;
	uint32_t user_type, attributes;
	uint32_t number;  /* METABASE_DWORD */
	struct text text; /* else; of METABASE_MULTISZ each string ends with a zero byte */
};

enum { METABASE_NOT_SET = 1 };

/* As ServerState and AppPoolState number them. Sites of IIS 7 are never paused. */
enum metabase_state {
	METABASE_STARTING = 1,
	METABASE_STARTED,
	METABASE_STOPPING,
	METABASE_STOPPED,
};
/* A site, or a pool. */
struct metabase_object {
	uint32_t site; /* its number; 0: it is a pool */
	const char *name;
};
/*
 * ServerState, Win32Error and AppPoolState are told by a server that runs, ServerCommand and
 * AppPoolCommand are said to it. A configuration knows no processes: who does gives these two,
 * which are called by whoever reads or sets such a datum. 0, or a negative error with its text.
 */
struct metabase_running {
	/* The state, and the Win32 error that keeps it from another (0: nothing does). Where no
	 * server runs all is stopped. */
	int (*state)(void *ctx, const struct metabase_object *object, enum metabase_state *ret,
		     uint32_t *ret_error, struct error *err);
	/* Starts or stops it; it is done when this returns. What is so already is done. */
	int (*command)(void *ctx, const struct metabase_object *object, bool start,
		       struct error *err);
	void *ctx;
};
/* `running` (may be NULL: those data are not set then) is used, for as long as the configuration
 * or the session it is of, by this thread; call it before the others. */
void config_metabase_running(struct config *config, const struct metabase_running *running);

/* One datum of a key, in `arena`. `attributes`: METABASE_INHERIT, _PARTIAL_PATH, _INSERT_PATH.
 * METABASE_NOT_SET, -ENOENT (there is no such key), -EINVAL, -ENOMEM. */
int config_metabase_get(struct config *config, const char *key, uint32_t id, unsigned attributes,
			struct arena *arena, struct metabase_data *ret, struct error *err);
/* Calls `fn` for everything that is set at a key: with METABASE_INHERIT also above it; 0 for
 * `user_type` and `type` is any. */
int config_metabase_all(struct config *config, const char *key, unsigned attributes,
			uint32_t user_type, uint32_t type, struct arena *arena,
			void (*fn)(void *ctx, const struct metabase_data *data), void *ctx,
			struct error *err);
/* Calls `fn` for everything that is set at a key itself. */
int config_metabase_each(struct config *config, const char *key, struct arena *arena,
			 void (*fn)(void *ctx, const struct metabase_data *data), void *ctx,
			 struct error *err);
/* Calls `fn` with each key, at and below one, where a datum is set itself; 0 for `type` is any. */
int config_metabase_paths(struct config *config, const char *key, uint32_t id, uint32_t type,
			  void (*fn)(void *ctx, const char *key), void *ctx, struct error *err);
/* Calls `fn` (may be NULL) with the name of each key right below. */
int config_metabase_children(struct config *config, const char *key,
			     void (*fn)(void *ctx, const char *name), void *ctx, struct error *err);

/* ---- changes ---- */

/* The metabase of a server with changes that are not written yet: what IMSAdminBase does between
 * OpenKey and CloseKey ([MS-IMSA] 3.1.4). One thread. */
struct metabase;
/* `file` is applicationHost.config. Errors are config_commit_server's. */
int config_metabase_open(const char *file, const char *state_dir, struct metabase **ret,
			 struct error *err);
/* Writes it; errors are config_commit_write's. */
int config_metabase_save(struct metabase *metabase, struct error *err);
/* Takes NULL, returns NULL. What was not saved is lost. */
struct metabase *config_metabase_close(struct metabase *metabase);
/* The configuration with the changes, for the functions above. Good until the next change. */
struct config *config_metabase_config(const struct metabase *metabase);

/* Each of these changes all or nothing. -ENOENT: there is no such key; -EINVAL with what is wrong;
 * -ENOMEM. */

/* AddKey: also those above that are not there. A site, a pool and ROOT are elements; a key below
 * ROOT is one of customMetadata until it has a Path or an AppRoot. -EEXIST. */
int config_metabase_add_key(struct metabase *metabase, const char *key, struct error *err);
/* DeleteKey: with all that is said of it and below it. */
int config_metabase_delete_key(struct metabase *metabase, const char *key, struct error *err);
/* RenameKey: another last part. Applications follow the name of their pool. -EEXIST. */
int config_metabase_rename_key(struct metabase *metabase, const char *key, const char *name,
			       struct error *err);
/* CopyKey: all data at and below a key, to a key that is made; `move`: and deletes it there. With
 * `overwrite` data of the new key is replaced, else it must not be there: -EEXIST. */
int config_metabase_copy_key(struct metabase *metabase, const char *from, const char *to,
			     bool overwrite, bool move, struct error *err);
/* SetData. -EINVAL: the type or the value is not one for this id, or it has no place at this key.
 * A Path makes a virtual directory, an AppRoot or AppPoolId an application. A ServerCommand or an
 * AppPoolCommand is given to the server at once, and nothing is written. */
int config_metabase_set(struct metabase *metabase, const char *key,
			const struct metabase_data *data, struct error *err);
/* DeleteData. `type` 0 is any. METABASE_NOT_SET. */
int config_metabase_delete(struct metabase *metabase, const char *key, uint32_t id, uint32_t type,
			   struct error *err);

/* 0 and NULL when there is none. */
uint32_t config_metabase_id(const char *name);
const char *config_metabase_name(uint32_t id);
enum metabase_type config_metabase_type(uint32_t id); /* DWORD for ids that are not known */
/* The user type and the attributes that a datum of this id has when it is made. */
uint32_t config_metabase_user_type(uint32_t id);
uint32_t config_metabase_attributes(uint32_t id);
/* Whether its value is not to be shown. */
bool config_metabase_secret(uint32_t id);
/* The same of a <property> of customMetadata, which may also say so itself. */
bool config_metabase_secret_property(const struct effective *property);
