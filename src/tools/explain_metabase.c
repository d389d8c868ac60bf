/* SPDX-License-Identifier: Apache-2.0 */
/* The metabase view on a command line; see explain.h. Output is that of adsutil.vbs. */
#include "tools/explain.h"

#include "base/buf.h"
#include "base/mem.h"
#include "config/metabase.h"
#include "tools/running.h"
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

/* The configuration, and who may ask the server for the rest. */
static int load(const struct client_running *running, struct config **ret, struct error *err)
{
	int r = explain_load(running->state_dir, ret, err);
	if (r == 0)
		config_metabase_running(*ret, &running->hook);
	return r;
}

int explain_metabase(const char *state_dir, const char *key, struct buf *out, struct error *err)
{
	struct printing printing = { out, key };
	struct client_running running;
	struct config *config = NULL;
	struct arena arena;

	arena_init(&arena, ARENA_MAX);
	client_running_init(&running, state_dir);
	int r = load(&running, &config, err);
	if (r == 0)
		r = config_metabase_each(config, key, &arena, put_data, &printing, err);
	if (r == 0)
		r = config_metabase_children(config, key, put_child, &printing, err);
	arena_done(&arena);
	config_unref(config);
	client_running_done(&running);
	return r;
}

/* The number of a property by name or number; 0: there is none. */
static uint32_t property_id(const char *name)
{
	uint64_t number = 0;
	uint32_t id = config_metabase_id(name);

	if (!id && text_to_u64(text_of(name), &number) && number <= UINT32_MAX)
		id = (uint32_t)number;
	return id;
}

/* Cuts "KEY/PROPERTY" in two. */
static int cut_property(char *property, const char **ret_key, uint32_t *ret_id, struct error *err)
{
	char *name = strrchr(property, '/');

	if (!name)
		return error_set(err, -EINVAL, "'%s' names no property of a key", property);
	*name++ = '\0';
	*ret_key = property;
	*ret_id = property_id(name);
	return *ret_id ? 0 : error_set(err, -ENOENT, "there is no metabase property '%s'", name);
}

int explain_metabase_get(const char *state_dir, const char *property, struct buf *out,
			 struct error *err)
{
	_cleanup_mem_ char *copy = mem_strdup(property);
	struct printing printing = { out, NULL };
	struct client_running running;
	struct config *config = NULL;
	struct metabase_data data;
	struct arena arena;
	const char *key;
	uint32_t id;

	if (!copy)
		return error_set(err, -ENOMEM, "out of memory");
	arena_init(&arena, ARENA_MAX);
	client_running_init(&running, state_dir);
	int r = cut_property(copy, &key, &id, err);
	if (r == 0)
		r = load(&running, &config, err);
	if (r == 0)
		r = config_metabase_get(config, key, id, METABASE_INHERIT | METABASE_INSERT_PATH,
					&arena, &data, err);
	if (r == 0)
		put_data(&printing, &data);
	else if (r == METABASE_NOT_SET)
		r = error_set(err, -ENOENT, "The parameter \"%s\" is not set at this node.",
			      strrchr(property, '/') + 1);
	arena_done(&arena);
	config_unref(config);
	client_running_done(&running);
	return r;
}

static void put_path(void *ctx, const char *key)
{
	buf_printf(ctx, "%s\n", key);
}

int explain_metabase_find(const char *state_dir, const char *property, struct buf *out,
			  struct error *err)
{
	_cleanup_mem_ char *copy = mem_strdup(property);
	struct client_running running;
	struct config *config = NULL;
	const char *key;
	uint32_t id;

	if (!copy)
		return error_set(err, -ENOMEM, "out of memory");
	client_running_init(&running, state_dir);
	int r = cut_property(copy, &key, &id, err);
	if (r == 0)
		r = load(&running, &config, err);
	if (r == 0)
		r = config_metabase_paths(config, key, id, 0, put_path, out, err);
	config_unref(config);
	client_running_done(&running);
	return r;
}

/* ---- writing ---- */

/* What is between the strings of a list: a comma, but where strings have commas themselves. */
static char separator(uint32_t id, const char *value)
{
	static const char *const with_commas[] = { "HttpErrors", "ScriptMaps", "MimeMap" };
	bool commas = strchr(value, '|');

	for (size_t i = 0; i < ARRAY_LEN(with_commas); i++)
		commas |= config_metabase_id(with_commas[i]) == id;
	return commas ? '|' : ',';
}

static int read_value(uint32_t id, char *value, struct metabase_data *ret, struct error *err)
{
	uint64_t number;
	char *end;

	*ret = (struct metabase_data){ .id = id,
				       .type = config_metabase_type(id),
				       .text = text_of(value) };
	if (ret->type == METABASE_MULTISZ) {
		char between = separator(id, value);
		for (char *c = value; *c; c++)
			*c = *c == between ? '\0' : *c;
		ret->text.length += *value != '\0'; /* the last one's zero byte */
		return 0;
	}
	if (ret->type != METABASE_DWORD)
		return 0;
	number = strtoull(value, &end, 0);
	if (!*value || *end || number > UINT32_MAX) {
		/* What has no name may be a text. */
		if (config_metabase_name(id))
			return error_set(err, -EINVAL, "'%s' is no number", value);
		ret->type = METABASE_STRING;
	}
	ret->number = (uint32_t)number;
	return 0;
}

int explain_metabase_set(const char *state_dir, const char *property, const char *value,
			 struct error *err)
{
	_cleanup_mem_ char *copy = mem_strdup(property), *text = mem_strdup(value);
	struct client_running running;
	struct metabase *metabase = NULL;
	struct metabase_data data;
	char path[PATH_MAX];
	const char *key;
	uint32_t id;

	if (!copy || !text)
		return error_set(err, -ENOMEM, "out of memory");
	client_running_init(&running, state_dir);
	int r = cut_property(copy, &key, &id, err);
	if (r == 0)
		r = read_value(id, text, &data, err);
	if (r == 0)
		r = state_config_file(state_dir, path, err);
	if (r == 0)
		r = config_metabase_open(path, state_dir, &metabase, err);
	if (r == 0) {
		config_metabase_running(config_metabase_config(metabase), &running.hook);
		r = config_metabase_set(metabase, key, &data, err);
	}
	if (r == 0)
		r = config_metabase_save(metabase, err);
	config_metabase_close(metabase);
	client_running_done(&running);
	return r;
}

/* A key, or a property of one. */
static int delete_any(struct metabase *metabase, const char *what, struct error *err)
{
	_cleanup_mem_ char *copy = mem_strdup(what);
	const char *name = strrchr(what, '/'), *key;
	uint32_t id;

	if (!copy)
		return error_set(err, -ENOMEM, "out of memory");
	int r = config_metabase_children(config_metabase_config(metabase), what, NULL, NULL, err);
	if (r == 0 || !name || !property_id(name + 1))
		return r < 0 ? r : config_metabase_delete_key(metabase, what, err);
	*err = (struct error){ 0 };
	r = cut_property(copy, &key, &id, err);
	if (r == 0)
		r = config_metabase_delete(metabase, key, id, 0, err);
	return r == METABASE_NOT_SET
		       ? error_set(err, -ENOENT, "The parameter \"%s\" is not set at this node.",
				   name + 1)
		       : r;
}

int explain_metabase_change(const char *state_dir, enum explain_change change, const char *first,
			    const char *second, struct error *err)
{
	struct metabase *metabase = NULL;
	char path[PATH_MAX];

	int r = state_config_file(state_dir, path, err);
	if (r == 0)
		r = config_metabase_open(path, state_dir, &metabase, err);
	if (r == 0 && change == EXPLAIN_CREATE)
		r = config_metabase_add_key(metabase, first, err);
	else if (r == 0 && change == EXPLAIN_DELETE)
		r = delete_any(metabase, first, err);
	else if (r == 0 && change == EXPLAIN_RENAME)
		r = config_metabase_rename_key(metabase, first, second, err);
	else if (r == 0)
		r = config_metabase_copy_key(metabase, first, second, false, change == EXPLAIN_MOVE,
					     err);
	if (r == 0)
		r = config_metabase_save(metabase, err);
	config_metabase_close(metabase);
	return r;
}
