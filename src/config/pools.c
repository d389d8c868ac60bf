/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pools of a snapshot: the two built-in ones of IIS 5's application protection, those of
 * applicationPools, and one for each High application. All take applicationPoolDefaults. Called
 * while a snapshot is built.
 *
 * A pool of applicationPools with the name of a built-in one configures that one.
 */
#include "config/snapshot.h"

#include <errno.h>
#include <stdio.h>

#define NAME_LOW "IIS In-Process Applications"
#define NAME_MEDIUM "IIS Out-Of-Process Pooled Applications"

const char *config_protection_name(enum config_protection protection)
{
	static const char *const names[] = {
		[CONFIG_LOW] = "Low",
		[CONFIG_HIGH] = "High",
		[CONFIG_MEDIUM] = "Medium",
		[CONFIG_POOL] = "Pool",
	};
	return (size_t)protection < ARRAY_LEN(names) ? names[protection] : "";
}

struct config_pool *config_pools_find(const struct config *config, struct text name)
{
	for (size_t i = 0; i < config->pools.count; i++) {
		if (text_equal_nocase(text_of(config->pools.items[i]->name), name))
			return config->pools.items[i];
	}
	return NULL;
}

static int pools_append(struct config *config, struct config_pool *pool, struct error *err)
{
	struct pool_list *list = &config->pools;
	if (list->count == list->capacity) {
		size_t capacity = list->capacity * 2 + 16;
		struct config_pool **items =
			arena_zalloc(&config->arena, capacity, sizeof(struct config_pool *));
		if (!items)
			return error_set(err, -ENOMEM, "out of memory");
		if (list->count)
			memcpy(items, list->items, list->count * sizeof(struct config_pool *));
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = pool;
	return 0;
}

/* ---- the AppID that a name has: the same on every machine and after every start ---- */

static uint64_t name_hash(const char *name, uint64_t hash)
{
	for (; *name; name++)
		hash = (hash ^ (unsigned char)text_lower(*name)) * UINT64_C(0x100000001b3);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

/* A UUID of version 8 (RFC 9562 5.8): its bits are ours to choose. */
static const char *appid_of(struct config *config, const char *name)
{
	uint64_t a = name_hash(name, UINT64_C(0xcbf29ce484222325));
	uint64_t b = name_hash(name, UINT64_C(0x84222325cbf29ce4));
	return arena_printf(&config->arena, "{%08X-%04X-8%03X-%04X-%012llX}", (unsigned)(a >> 32),
			    (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
			    (unsigned)(0x8000 | (b >> 48 & 0x3fff)),
			    (unsigned long long)(b & UINT64_C(0xffffffffffff)));
}

/* ---- reading ---- */

static const struct xml_element *pools_element(const struct config *config)
{
	return sections_find(config->document->root, "system.applicationHost/applicationPools");
}

/* A pool with the schema's defaults and those of applicationPoolDefaults. */
static struct config_pool *pool_new(struct config *config, const char *name, const char *appid,
				    enum config_protection protection, struct error *err)
{
	struct schema_context ctx = { &config->arena, config->state_dir, err };
	const struct xml_element *section = pools_element(config);
	const struct xml_element *defaults =
		section ? xml_child(section, "applicationPoolDefaults") : NULL;
	struct config_pool *pool = arena_new(&config->arena, struct config_pool);

	if (!pool || !name || !appid) {
		error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	if (schema_defaults(&schema_pool, pool, &ctx) < 0)
		return NULL;
	if (defaults && schema_apply(defaults, &schema_pool, pool, &ctx) < 0)
		return NULL;
	pool->name = name;
	pool->appid = appid;
	pool->protection = protection;
	return pools_append(config, pool, err) < 0 ? NULL : pool;
}

static int read_schedule(struct config *config, const struct xml_element *element,
			 struct config_pool *pool, struct schema_context *ctx)
{
	const struct xml_element *schedule =
		xml_find(element, "recycling/periodicRestart/schedule");
	struct schema_entries entries = { 0 };

	if (!schedule)
		return 0;
	int r = schema_merge(schedule, &schema_schedule, &entries, ctx);
	if (r < 0)
		return r;
	int64_t *times = arena_zalloc(&config->arena, entries.count + 1, sizeof(*times));
	if (!times)
		return error_set(ctx->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < entries.count; i++)
		value_time(text_of(xml_get(entries.items[i], "value")), &times[i]);
	pool->restart_schedule = times;
	pool->restart_schedule_count = entries.count;
	return 0;
}

static int read_environment(struct config *config, const struct xml_element *element,
			    struct config_pool *pool, struct schema_context *ctx)
{
	const struct xml_element *variables = xml_child(element, "environmentVariables");
	struct schema_entries entries = { 0 };

	if (!variables)
		return 0;
	int r = schema_merge(variables, &schema_environment, &entries, ctx);
	if (r < 0)
		return r;
	struct config_environment *list =
		arena_zalloc(&config->arena, entries.count + 1, sizeof(*list));
	if (!list)
		return error_set(ctx->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < entries.count && r == 0; i++)
		r = schema_apply(entries.items[i], &schema_environment_entry, &list[i], ctx);
	pool->environment = list;
	pool->environment_count = entries.count;
	return r;
}

/* What an element says, over what the pool has. */
static int pool_apply(struct config *config, const struct xml_element *element,
		      struct config_pool *pool, struct schema_context *ctx)
{
	int r = schema_apply(element, &schema_pool, pool, ctx);
	if (r == 0)
		r = read_schedule(config, element, pool, ctx);
	if (r == 0)
		r = read_environment(config, element, pool, ctx);
	return r;
}

static int read_pool(struct config *config, const struct xml_element *element,
		     struct schema_context *ctx)
{
	const char *name = xml_get(element, "name");

	if (!*name)
		return xml_fail(element, XML_BAD_DATA, ctx->err,
				"The 'name' attribute is invalid.  Invalid application pool name");
	struct config_pool *pool = config_pools_find(config, text_of(name));
	if (!pool)
		pool = pool_new(config, name, appid_of(config, name), CONFIG_POOL, ctx->err);
	if (!pool)
		return -ENOMEM;
	pool->line = element->line;
	int r = pool_apply(config, element, pool, ctx);
	if (r == 0 && pool->identity == CONFIG_SPECIFIC_USER && !*pool->user_name)
		r = xml_fail(
			element, XML_BAD_DATA, ctx->err,
			"The application pool '%s' has identityType SpecificUser but no userName",
			name);
	return r;
}

int config_pools_read(struct config *config, struct error *err)
{
	struct schema_context ctx = { &config->arena, config->state_dir, err };
	struct schema_entries entries = { 0 };
	const struct xml_element *section = pools_element(config);

	if (!pool_new(config, NAME_LOW, CONFIG_APPID_LOW, CONFIG_LOW, err) ||
	    !pool_new(config, NAME_MEDIUM, CONFIG_APPID_MEDIUM, CONFIG_MEDIUM, err))
		return -ENOMEM;
	if (!section)
		return 0;
	const struct xml_element *defaults = xml_child(section, "applicationPoolDefaults");
	int r = schema_merge(section, &schema_pools, &entries, &ctx);
	for (size_t i = 0; defaults && i < config->pools.count && r == 0; i++)
		r = pool_apply(config, defaults, config->pools.items[i], &ctx);
	for (size_t i = 0; i < entries.count && r == 0; i++)
		r = read_pool(config, entries.items[i], &ctx);
	return r;
}

struct config_pool *config_pools_isolated(struct config *config, const char *site, const char *path,
					  struct error *err)
{
	const char *name = arena_printf(&config->arena, "IIS-{%s//Root%s}", site,
					strcmp(path, "/") ? path : "");
	struct config_pool *pool = name ? config_pools_find(config, text_of(name)) : NULL;
	if (pool)
		return pool;
	return pool_new(config, name, name ? appid_of(config, name) : NULL, CONFIG_HIGH, err);
}

/* ---- what users see ---- */

size_t config_pool_count(const struct config *config)
{
	return config->pools.count;
}

const struct config_pool *config_pool_at(const struct config *config, size_t i)
{
	return i < config->pools.count ? config->pools.items[i] : NULL;
}

const struct config_pool *config_pool_find(const struct config *config, struct text name)
{
	return config_pools_find(config, name);
}
