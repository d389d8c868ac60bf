/* SPDX-License-Identifier: Apache-2.0 */
/* The metabase view on a command line; see explain.h. Output is that of adsutil.vbs. */
#include "tools/explain.h"

#include "base/buf.h"
#include "base/mem.h"
#include "config/metabase.h"
#include "tools/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_MAX ((size_t)64 << 20)

/* ---- reading ---- */

struct printing {
	struct buf *out;
	const char *key;
};

static void put_list(struct buf *out, const struct metabase_data *data)
{
	struct text rest = data->text;
	size_t count = 0;

	for (size_t i = 0; i < rest.length; i++)
		count += rest.data[i] == '\0';
	buf_printf(out, ": (LIST)  (%zu Items)\n", count);
	while (rest.length) {
		struct text one = text_cut(&rest, '\0');
		buf_printf(out, "  \"" TEXT_FMT "\"\n", TEXT_ARG(one));
	}
}

static void put_data(void *ctx, const struct metabase_data *data)
{
	const struct printing *p = ctx;
	const char *name = config_metabase_name(data->id);
	char number[16];

	snprintf(number, sizeof(number), "%u", data->id);
	buf_printf(p->out, "%-32s", name ? name : number);
	if (data->attributes & METABASE_SECURE)
		buf_puts(p->out, ": (STRING) \"**********\"\n");
	else if (data->type == METABASE_DWORD)
		buf_printf(p->out, ": (INTEGER) %u\n", data->number);
	else if (data->type == METABASE_MULTISZ)
		put_list(p->out, data);
	else
		buf_printf(p->out, ": (STRING) \"" TEXT_FMT "\"\n", TEXT_ARG(data->text));
}

static void put_child(void *ctx, const char *name)
{
	const struct printing *p = ctx;
	struct text key = text_of(p->key);

	while (key.length && key.data[0] == '/')
		key = (struct text){ key.data + 1, key.length - 1 };
	buf_printf(p->out, "[/" TEXT_FMT "%s%s]\n", TEXT_ARG(key), key.length ? "/" : "", name);
}

int explain_metabase(const char *state_dir, const char *key, struct buf *out, struct error *err)
{
	struct printing printing = { out, key };
	struct config *config = NULL;
	struct arena arena;

	arena_init(&arena, ARENA_MAX);
	int r = explain_load(state_dir, &config, err);
	if (r == 0)
		r = config_metabase_each(config, key, &arena, put_data, &printing, err);
	if (r == 0)
		r = config_metabase_children(config, key, put_child, &printing, err);
	arena_done(&arena);
	config_unref(config);
	return r;
}

/* ---- writing ---- */

static int read_value(uint32_t id, char *value, struct metabase_data *ret, struct error *err)
{
	uint64_t number;
	char *end;

	*ret = (struct metabase_data){ .id = id,
				       .type = config_metabase_type(id),
				       .text = text_of(value) };
	if (ret->type == METABASE_MULTISZ) {
		for (char *c = value; *c; c++)
			*c = *c == ',' ? '\0' : *c;
		ret->text.length += *value != '\0'; /* the last one's zero byte */
		return 0;
	}
	if (ret->type != METABASE_DWORD)
		return 0;
	number = strtoull(value, &end, 0);
	if (!*value || *end || number > UINT32_MAX) {
		/* What the configuration does not know may be a text. */
		if (config_metabase_name(id) && strncmp(config_metabase_name(id), "App", 3) != 0)
			return error_set(err, -EINVAL, "'%s' is no number", value);
		ret->type = METABASE_STRING;
	}
	ret->number = (uint32_t)number;
	return 0;
}

int explain_metabase_set(const char *state_dir, const char *property, const char *value,
			 struct error *err)
{
	_cleanup_mem_ char *key = mem_strdup(property), *copy = mem_strdup(value);
	char *name = key ? strrchr(key, '/') : NULL, path[PATH_MAX];
	struct config_commit *commit = NULL;
	struct config *config = NULL;
	struct metabase_data data;

	if (!key || !copy)
		return error_set(err, -ENOMEM, "out of memory");
	if (!name)
		return error_set(err, -EINVAL, "'%s' names no property of a key", property);
	*name++ = '\0';
	uint32_t id = config_metabase_id(name);
	if (!id)
		return error_set(err, -ENOENT, "there is no metabase property '%s'", name);
	int r = read_value(id, copy, &data, err);
	if (r == 0)
		r = state_config_file(state_dir, path, err);
	if (r == 0)
		r = config_commit_server(path, state_dir, &config, &commit, err);
	if (r == 0)
		r = config_metabase_set(config, commit, key, &data, err);
	if (r == 0)
		r = config_commit_write(commit, err);
	config_commit_free(commit);
	config_unref(config);
	return r;
}
