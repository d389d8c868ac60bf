/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a snapshot and counting its users; see config.h. Any process, any thread: a snapshot is
 * built by one thread and constant after that.
 */
#include "config/snapshot.h"

#include "base/sys.h"
#include "config/defaults.h"

#include <errno.h>

static struct config *config_free(struct config *config)
{
	xml_free(config->document);
	xml_free(config->defaults);
	arena_done(&config->arena);
	return mem_free(config);
}

/* Customised metadata must not say two things of one key. */
static int check_metadata(struct config *config, struct error *err)
{
	struct schema_context ctx = { &config->arena, config->state_dir, err };
	struct schema_entries keys = { 0 };
	const struct xml_element *section =
		sections_find(config->document->root, "system.applicationHost/customMetadata");
	int r = section ? schema_merge(section, &schema_keys, &keys, &ctx) : 0;

	for (size_t i = 0; i < keys.count && r == 0; i++) {
		struct schema_entries properties = { 0 };
		r = schema_merge(keys.items[i], &schema_properties, &properties, &ctx);
	}
	return r;
}

static int config_build(struct config *config, struct text xml, const char *path,
			const char *state_dir, struct error *err)
{
	struct text defaults = { config_defaults, config_defaults_length };

	int r = xml_parse(defaults, "(installed defaults)", &config->defaults, err);
	if (r == 0)
		r = xml_parse(xml, path, &config->document, err);
	if (r == 0)
		r = sections_check(config->document, NULL, err);
	if (r == 0 && state_dir) {
		config->state_dir = arena_strndup(&config->arena, state_dir, strlen(state_dir));
		if (!config->state_dir)
			r = error_set(err, -ENOMEM, "out of memory");
	}
	if (r == 0)
		r = config_pools_read(config, err);
	if (r == 0)
		r = check_metadata(config, err);
	if (r == 0)
		r = config_sites_read(config, err);
	if (r == 0)
		r = level_server(config, err);
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

	int r = sys_read_file(path, XML_SIZE_MAX, &data, &length);
	if (r < 0) {
		error_set_at(err, r, path, 0, 0, "Cannot read configuration file: %s",
			     error_errno_text(r));
		return r == -EFBIG ? -EINVAL : r;
	}
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
