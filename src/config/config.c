/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a snapshot and counting its users; see config.h. Any process, any thread: a snapshot is
 * built by one thread and constant after that.
 */
#include "config/snapshot.h"

#include <errno.h>

static struct config *config_free(struct config *config)
{
	xml_free(config->document);
	map_free(config->pools.by_name, NULL);
	arena_done(&config->arena);
	schema_unref(config->schema);
	return mem_free(config);
}

/* What is said of the server as a whole: outside of locations, and in those without a path. */
static int apply_server(struct config *config, struct error *err)
{
	const struct xml_element *root = config->document->root;
	struct level_source source = {
		.merge = { .arena = &config->arena,
			   .err = err,
			   .replaced = config->schema->installed },
	};

	int r = level_apply(&config->base, root, &source);
	for (const struct xml_element *e = root->first; e && r == 0; e = e->next) {
		if (strcmp(e->name, "location") != 0)
			continue;
		struct location location = section_location(e);
		if (location.path.length)
			continue;
		r = level_apply(&config->base, e, &source);
		if (r == 0)
			r = level_lock(&config->base, e, location.mode, err);
	}
	return r;
}

/* The level of the server: the installed defaults and applicationHost.config. */
static int build_base(struct config *config, struct error *err)
{
	int r = level_init(&config->base, config->schema, &config->arena);
	if (r < 0)
		return error_set(err, r, "out of memory");
	r = section_rules_override(config->schema, config->document, config->base.rules, err);
	return r < 0 ? r : apply_server(config, err);
}

static int config_build(struct config *config, struct text xml, const char *path,
			const char *state_dir, struct error *err)
{
	int r = config_bundle_schema(&xml, &config->schema, err);
	if (r == 0)
		r = xml_parse(xml, path, &config->document, err);
	if (r == 0)
		r = sections_check(config->schema, config->document, config->schema->installed,
				   err);
	if (r == 0 && state_dir) {
		config->state_dir = arena_strndup(&config->arena, state_dir, strlen(state_dir));
		if (!config->state_dir)
			r = error_set(err, -ENOMEM, "out of memory");
	}
	if (r == 0)
		r = build_base(config, err);
	if (r == 0)
		r = config_pools_read(config, err);
	if (r == 0)
		r = config_server_read(config, err);
	if (r == 0)
		r = config_sites_read(config, err);
	if (r == 0 &&
	    config_mime_map(level_section(&config->base, "system.webServer/staticContent"),
			    &config->arena, &config->mime) < 0)
		r = error_set(err, -ENOMEM, "out of memory");
	return r;
}

int config_parse(struct text xml, const char *path, const char *state_dir, struct config **ret,
		 struct error *err)
{
	struct config *config = mem_new(struct config);
	if (!config)
		return error_set(err, -ENOMEM, "out of memory");
	config->references = 1;
	arena_init(&config->arena, SNAPSHOT_ARENA_LIMIT);
	int r = config_build(config, xml, path, state_dir, err);
	if (r < 0) {
		config_free(config);
		return r;
	}
	*ret = config;
	return 0;
}

int config_load(const char *path, const char *state_dir, struct config **ret, struct error *err)
{
	_cleanup_mem_ char *data = NULL;
	size_t length;

	int r = config_read(path, &data, &length, err);
	if (r < 0)
		return r;
	return config_parse((struct text){ data, length }, path, state_dir, ret, err);
}

struct config *config_ref(struct config *config)
{
	__atomic_add_fetch(&config->references, 1, __ATOMIC_RELAXED);
	return config;
}

struct config *config_unref(struct config *config)
{
	if (config && __atomic_sub_fetch(&config->references, 1, __ATOMIC_ACQ_REL) == 0)
		config_free(config);
	return NULL;
}
