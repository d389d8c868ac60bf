/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the server as a whole. Called while a snapshot is built. */
#include "config/snapshot.h"

#include "config/engine/value.h"

#define SERVER(field, path) BIND(struct config_server, field, path)
static const struct bind_row log_rows[] = {
	SERVER(log_mode, "centralLogFileMode"),
	SERVER(log_utf8, "logInUTF8"),
	SERVER(log_central_enabled, "centralW3CLogFile/enabled"),
	SERVER(log_central.directory, "centralW3CLogFile/directory"),
	SERVER(log_central.fields, "centralW3CLogFile/logExtFileFlags"),
	SERVER(log_central.period, "centralW3CLogFile/period"),
	SERVER(log_central.truncate_size, "centralW3CLogFile/truncateSize"),
	SERVER(log_central.local_rollover, "centralW3CLogFile/localTimeRollover"),
};
static const struct bind_row limit_rows[] = {
	SERVER(connection_timeout, "connectionTimeout"),
	SERVER(header_wait_timeout, "headerWaitTimeout"),
	SERVER(max_global_bandwidth, "maxGlobalBandwidth"),
	SERVER(min_bytes_per_second, "minBytesPerSecond"),
};

/* What a process has once, whichever applications it runs: as the server's level says. */
static const struct bind_row asp_rows[] = {
	SERVER(asp_threads, "limits/processorThreadMax"),
	SERVER(asp_pages, "cache/scriptFileCacheSize"),
	SERVER(asp_engines, "cache/scriptEngineCacheMax"),
};

const struct bind_table config_server_tables[] = {
	{ "system.webServer/asp", BIND_ROWS(asp_rows), NULL, 0 },
	{ "system.applicationHost/log", BIND_ROWS(log_rows), NULL, 0 },
	{ "system.applicationHost/webLimits", BIND_ROWS(limit_rows), NULL, 0 },
};
const size_t config_server_table_count = ARRAY_LEN(config_server_tables);

int config_server_read(struct config *config, struct error *err)
{
	const struct bind_context ctx = { &config->arena, config->state_dir, err };
	int r = 0;

	for (size_t i = 0; i < config_server_table_count && r == 0; i++)
		r = config_bind_table(&ctx,
				      level_section(&config->base, config_server_tables[i].section),
				      &config_server_tables[i], &config->server);
	return r;
}

const struct config_server *config_server(const struct config *config)
{
	return &config->server;
}

/* ---- files that sections name ---- */

/* Attributes of applicationHost.config that name a file or a folder to be read for an answer. */
static const struct {
	const char *element, *attribute;
} named[] = {
	{ "error", "path" },
	{ "error", "prefixLanguageFilePath" },
	{ "httpErrors", "defaultPath" },
	{ "staticContent", "defaultDocFooter" },
};

struct each_file {
	const struct config *config;
	int (*fn)(void *ctx, const char *path);
	void *ctx;
	struct arena arena;
};

/* As files are named on this machine; NULL: not absolute. */
static const char *absolute(struct each_file *each, const char *value)
{
	const char *path = value_expand(value, each->config->state_dir, &each->arena);
	const char *copy = path ? config_local_path(path, &each->arena) : NULL;

	return copy && copy[0] == '/' ? copy : NULL;
}

static int each_below(struct each_file *each, const struct xml_element *e)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(named) && r >= 0; i++) {
		const char *value = strcmp(e->name, named[i].element) == 0
					    ? xml_get(e, named[i].attribute)
					    : NULL;
		const char *path = value ? absolute(each, value) : NULL;
		if (path)
			r = each->fn(each->ctx, path);
	}
	for (const struct xml_element *child = e->first; child && r >= 0; child = child->next)
		r = each_below(each, child);
	return r;
}

int config_files_each(const struct config *config, int (*fn)(void *ctx, const char *path),
		      void *ctx)
{
	struct each_file each = { .config = config, .fn = fn, .ctx = ctx };
	int r;

	arena_init(&each.arena, SNAPSHOT_ARENA_LIMIT);
	r = each_below(&each, config->document->root);
	arena_done(&each.arena);
	return r < 0 ? r : 0;
}
