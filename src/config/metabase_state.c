/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data of the metabase that no configuration has: the states of sites and pools, and the commands
 * that start and stop them. They are asked of, and given to, whoever knows the server
 * (config_metabase_running). Called by metabase.c and metabase_session.c.
 */
#include "config/metabase_internal.h"

#include "config/metabase_table.h"

#include <errno.h>

#define X(id, name, place, part) { id, name, KIND_##place, STATE_##part },
const struct metabase_state_row config_metabase_states[] = { METABASE_STATE_TABLE(X) };
#undef X
const size_t config_metabase_state_count = ARRAY_LEN(config_metabase_states);

/* Values of ServerCommand and AppPoolCommand. */
enum { COMMAND_START = 1, COMMAND_STOP, COMMAND_PAUSE, COMMAND_CONTINUE };

const struct metabase_state_row *config_metabase_state_row(uint32_t id)
{
	for (size_t i = 0; i < config_metabase_state_count; i++) {
		if (config_metabase_states[i].id == id)
			return &config_metabase_states[i];
	}
	return NULL;
}

void config_metabase_running(struct config *config, const struct metabase_running *running)
{
	config->running = running;
}

/* The number of a site is one: the configuration was read. */
static struct metabase_object object_of(const struct metabase_place *place)
{
	uint64_t id = 0;

	if (place->pool)
		return (struct metabase_object){ 0, effective_text(place->pool, "name") };
	text_to_u64(text_of(effective_text(place->site, "id")), &id);
	return (struct metabase_object){ (uint32_t)id, effective_text(place->site, "name") };
}

/* A command is not kept: reading it finds nothing. */
int config_metabase_read_state(const struct config *config, const struct metabase_place *place,
			       const struct metabase_state_row *row, struct metabase_data *ret,
			       struct error *err)
{
	const struct metabase_running *running = config->running;
	enum metabase_state state = METABASE_STOPPED;
	uint32_t error = 0;

	if (!running || !(place->kinds & row->kind) || row->part == STATE_COMMAND)
		return METABASE_NOT_SET;
	struct metabase_object object = object_of(place);
	int r = running->state(running->ctx, &object, &state, &error, err);
	ret->type = METABASE_DWORD;
	ret->user_type = 1;
	ret->number = row->part == STATE_STATE ? (uint32_t)state : error;
	return r;
}

int config_metabase_command(const struct config *config, const struct metabase_place *place,
			    const struct metabase_data *data, struct error *err)
{
	const struct metabase_state_row *row = config_metabase_state_row(data->id);
	const struct metabase_running *running = config->running;
	const char *stop = row->kind == KIND_SITE ? "ServerCommand" : "AppPoolCommand";

	if (!(place->kinds & row->kind))
		return error_set(err, -EINVAL, "the metabase property %s has no place at %s",
				 row->name, place->key);
	if (row->part != STATE_COMMAND)
		return error_set(err, -EINVAL,
				 "%s is told by the server; set %s to start (1) or stop (2)",
				 row->name, stop);
	if (row->kind == KIND_SITE &&
	    (data->number == COMMAND_PAUSE || data->number == COMMAND_CONTINUE))
		return error_set(err, -ENOTSUP,
				 "sites are not paused or continued, as since IIS 7; set %s to "
				 "start (1) or stop (2)",
				 row->name);
	if (data->type != METABASE_DWORD ||
	    (data->number != COMMAND_START && data->number != COMMAND_STOP))
		return error_set(err, -EINVAL, "%s is 1 to start and 2 to stop", row->name);
	if (!running)
		return error_set(err, -ENOTSUP, "there is no server that could do the %s",
				 row->name);
	struct metabase_object object = object_of(place);
	return running->command(running->ctx, &object, data->number == COMMAND_START, err);
}
