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

/* Those of applicationPools, and as many High applications as anybody could have. */
#define POOLS_MAX (1 << 20)
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
	return config->pools.by_name ? map_get(config->pools.by_name, name) : NULL;
}

static int pools_append(struct config *config, struct config_pool *pool, struct error *err)
{
	struct pool_list *list = &config->pools;

	if (!list->by_name)
		list->by_name = map_new(POOLS_MAX, MAP_NOCASE);
	if (list->count == list->capacity) {
		size_t capacity = list->capacity * 2 + 16;
		struct config_pool **items =
			arena_zalloc(&config->arena, capacity, sizeof(struct config_pool *));
		if (items && list->count)
			memcpy(items, list->items, list->count * sizeof(struct config_pool *));
		list->items = items;
		list->capacity = capacity;
	}
	if (!list->by_name || !list->items ||
	    map_put(list->by_name, text_of(pool->name), pool, NULL) < 0)
		return error_set(err, -ENOMEM, "out of memory");
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

#define POOL(field, path) BIND(struct config_pool, field, path)
static const struct bind_row rows[] = {
	BIND_READ("name"),
	POOL(auto_start, "autoStart"),
	POOL(always_running, "startMode"),
	POOL(queue_length, "queueLength"),
	POOL(identity, "processModel/identityType"),
	POOL(user_name, "processModel/userName"),
	POOL(idle_timeout, "processModel/idleTimeout"),
	POOL(startup_time_limit, "processModel/startupTimeLimit"),
	POOL(shutdown_time_limit, "processModel/shutdownTimeLimit"),
	POOL(pinging, "processModel/pingingEnabled"),
	POOL(ping_interval, "processModel/pingInterval"),
	POOL(ping_response_time, "processModel/pingResponseTime"),
	POOL(max_processes, "processModel/maxProcesses"),
	POOL(disallow_overlapping_rotation, "recycling/disallowOverlappingRotation"),
	POOL(disallow_rotation_on_config_change, "recycling/disallowRotationOnConfigChange"),
	POOL(log_recycle, "recycling/logEventOnRecycle"),
	POOL(restart_time, "recycling/periodicRestart/time"),
	POOL(restart_requests, "recycling/periodicRestart/requests"),
	POOL(restart_memory_kib, "recycling/periodicRestart/memory"),
	POOL(restart_private_memory_kib, "recycling/periodicRestart/privateMemory"),
	POOL(rapid_fail_protection, "failure/rapidFailProtection"),
	POOL(rapid_fail_max_crashes, "failure/rapidFailProtectionMaxCrashes"),
	POOL(rapid_fail_interval, "failure/rapidFailProtectionInterval"),
	POOL(cpu_limit, "cpu/limit"),
	POOL(cpu_action, "cpu/action"),
	POOL(cpu_interval, "cpu/resetInterval"),
	POOL(affinitized, "cpu/smpAffinitized"),
	POOL(affinity_low, "cpu/smpProcessorAffinityMask"),
	POOL(affinity_high, "cpu/smpProcessorAffinityMask2"),
	POOL(load_balancer, "failure/loadBalancerCapabilities"),
	POOL(log_process_model, "processModel/logEventOnProcessModel"),
};

static const struct bind_row schedule_time[] = { { "value", 0, sizeof(int64_t) } };
static const struct bind_row environment_pair[] = {
	BIND(struct config_environment, name, "name"),
	BIND(struct config_environment, value, "value"),
};
static const struct bind_list pool_lists[] = {
	BIND_LIST(struct config_pool, restart_schedule, restart_schedule_count,
		  "recycling/periodicRestart/schedule", schedule_time),
	BIND_LIST(struct config_pool, environment, environment_count, "environmentVariables",
		  environment_pair),
};
static const struct bind_list pools_list[] = {
	{ "", 0, 0, 0, BIND_ROWS(rows), pool_lists, ARRAY_LEN(pool_lists) },
};
const struct bind_table config_pools_table = {
	"system.applicationHost/applicationPools", { NULL, 0 }, pools_list, ARRAY_LEN(pools_list)
};

/* `e` is an entry of applicationPools or its defaults element. */
static int read_settings(struct config *config, const struct effective *e, struct config_pool *pool,
			 struct error *err)
{
	const struct bind_context ctx = { &config->arena, config->state_dir, err };
	int r = config_bind(&ctx, e, rows, ARRAY_LEN(rows), pool);

	return r == 0 ? config_bind_lists(&ctx, e, pool_lists, ARRAY_LEN(pool_lists), pool) : r;
}

static const struct effective *pools_section(const struct config *config)
{
	return level_section(&config->base, "system.applicationHost/applicationPools");
}

/* A pool as applicationPoolDefaults have it. */
static struct config_pool *pool_new(struct config *config, const char *name, const char *appid,
				    enum config_protection protection, struct error *err)
{
	struct config_pool *pool = arena_new(&config->arena, struct config_pool);

	if (!pool || !name || !appid) {
		error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	if (read_settings(config, effective_find(pools_section(config), "applicationPoolDefaults"),
			  pool, err) < 0)
		return NULL;
	pool->name = name;
	pool->appid = appid;
	pool->protection = protection;
	return pools_append(config, pool, err) < 0 ? NULL : pool;
}

static int read_pool(struct config *config, const struct effective *e, struct error *err)
{
	const char *name = effective_text(e, "name");

	if (!*name)
		return xml_fail(e->by, XML_BAD_DATA, err,
				"The 'name' attribute is invalid.  Invalid application pool name");
	struct config_pool *pool = config_pools_find(config, text_of(name));
	if (!pool)
		pool = pool_new(config, name, appid_of(config, name), CONFIG_POOL, err);
	if (!pool)
		return -ENOMEM;
	pool->line = e->by->line;
	int r = read_settings(config, e, pool, err);
	if (r == 0 && pool->identity == CONFIG_SPECIFIC_USER && !*pool->user_name)
		r = xml_fail(
			e->by, XML_BAD_DATA, err,
			"The application pool '%s' has identityType SpecificUser but no userName",
			name);
	return r;
}

int config_pools_read(struct config *config, struct error *err)
{
	const struct effective_entries *entries = pools_section(config)->entries;
	int r = 0;

	if (!pool_new(config, NAME_LOW, CONFIG_APPID_LOW, CONFIG_LOW, err) ||
	    !pool_new(config, NAME_MEDIUM, CONFIG_APPID_MEDIUM, CONFIG_MEDIUM, err))
		return -ENOMEM;
	for (size_t i = 0; i < entries->count && r == 0; i++)
		r = read_pool(config, entries->items[i], err);
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

/* ---- comparing ---- */

static bool same_text(const char *a, const char *b)
{
	return text_equal(text_of(a ? a : ""), text_of(b ? b : ""));
}

static bool same_environment(const struct config_pool *a, const struct config_pool *b)
{
	bool same = a->environment_count == b->environment_count;

	for (size_t i = 0; same && i < a->environment_count; i++)
		same = same_text(a->environment[i].name, b->environment[i].name) &&
		       same_text(a->environment[i].value, b->environment[i].value);
	return same;
}

static bool same_schedule(const struct config_pool *a, const struct config_pool *b)
{
	bool same = a->restart_schedule_count == b->restart_schedule_count;

	for (size_t i = 0; same && i < a->restart_schedule_count; i++)
		same = a->restart_schedule[i] == b->restart_schedule[i];
	return same;
}

/* What the rows above bind, value by value; the user is a text. */
static bool same_rows(const struct config_pool *a, const struct config_pool *b)
{
	bool same = same_text(a->user_name, b->user_name);

	for (size_t i = 0; same && i < ARRAY_LEN(rows); i++) {
		size_t at = rows[i].offset;

		if (at == offsetof(struct config_pool, user_name) ||
		    at == offsetof(struct config_pool, auto_start))
			continue;
		same = !memcmp((const char *)a + at, (const char *)b + at, rows[i].size);
	}
	return same;
}

bool config_pool_same(const struct config_pool *a, const struct config_pool *b)
{
	return a->protection == b->protection && same_rows(a, b) && same_schedule(a, b) &&
	       same_environment(a, b);
}

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
