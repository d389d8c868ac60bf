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
enum metabase_attribute {
	METABASE_INHERIT = 1,
	METABASE_SECURE = 4,
	METABASE_ISINHERITED = 32,
};

struct metabase_data {
	uint32_t id;
	enum metabase_type type;
	uint32_t user_type, attributes;
	uint32_t number;  /* METABASE_DWORD */
	struct text text; /* else; of METABASE_MULTISZ each string ends with a zero byte */
};

enum { METABASE_NOT_SET = 1 };

/* One datum of a key, in `arena`. `inherited`: also from above. METABASE_NOT_SET, -ENOENT (there is
 * no such key), -EINVAL, -ENOMEM. */
int config_metabase_get(struct config *config, const char *key, uint32_t id, bool inherited,
			struct arena *arena, struct metabase_data *ret, struct error *err);
/* Calls `fn` for everything that is set at a key itself. */
int config_metabase_each(struct config *config, const char *key, struct arena *arena,
			 void (*fn)(void *ctx, const struct metabase_data *data), void *ctx,
			 struct error *err);
/* Calls `fn` with the name of each key right below. */
int config_metabase_children(struct config *config, const char *key,
			     void (*fn)(void *ctx, const char *name), void *ctx, struct error *err);

/* Writes one datum into the open file of `config`, which is not written yet. -EINVAL: the type or
 * the value is not one for this id, or it has no place at this key; -ENOENT. */
int config_metabase_set(struct config *config, struct config_commit *commit, const char *key,
			const struct metabase_data *data, struct error *err);

/* 0 and NULL when there is none. */
uint32_t config_metabase_id(const char *name);
const char *config_metabase_name(uint32_t id);
enum metabase_type config_metabase_type(uint32_t id); /* DWORD for ids that are not known */
/* Whether its value is not to be shown. */
bool config_metabase_secret(uint32_t id);
/* The same of a <property> of customMetadata, which may also say so itself. */
bool config_metabase_secret_property(const struct effective *property);
