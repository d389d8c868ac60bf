/* SPDX-License-Identifier: Apache-2.0 */
/* See running.h. */
#include "tools/running.h"

#include "base/map.h"
#include "base/mem.h"
#include "tools/client.h"

#include <errno.h>
#include <stdio.h>

#define OBJECTS_MAX 400000 /* XML_ELEMENTS_MAX: no configuration has more */
#define ARENA_MAX ((size_t)64 << 20)

struct known {
	enum metabase_state state;
	uint32_t error;
};

/* ---- what the server says ---- */

static enum metabase_state state_of(struct text word)
{
	static const char *const words[] = {
		[METABASE_STARTING] = "Starting",
		[METABASE_STARTED] = "Started",
		[METABASE_STOPPING] = "Stopping",
	};

	for (size_t i = METABASE_STARTING; i < ARRAY_LEN(words); i++) {
		if (text_equal(word, text_of(words[i])))
			return (enum metabase_state)i;
	}
	return METABASE_STOPPED;
}

static void note(struct client_running *r, struct map *map, struct text key, struct text state,
		 uint32_t error)
{
	struct known *known = arena_new(&r->arena, struct known);

	if (!known || map_put(map, key, known, NULL) < 0)
		r->result = -ENOMEM;
	else
		*known = (struct known){ state_of(state), error };
}

static void site_key(uint64_t site, char out[24])
{
	snprintf(out, 24, "%llu", (unsigned long long)site);
}

static void on_answer(void *ctx, const struct control_message *m)
{
	struct client_running *r = ctx;
	char key[24];

	if (m->type == CONTROL_STATUS_POOL)
		note(r, r->pools, m->status_pool.pool, m->status_pool.state, 0);
	if (m->type != CONTROL_STATUS_SITE)
		return;
	site_key(m->status_site.id, key);
	note(r, r->sites, text_of(key), m->status_site.state, (uint32_t)m->status_site.error);
}

static void forget(struct client_running *r)
{
	r->sites = map_free(r->sites, NULL);
	r->pools = map_free(r->pools, NULL);
}

/* There is none: nobody listens, or nobody can behind a name as long as that. */
static bool absent(int result)
{
	return result == -ENOENT || result == -ECONNREFUSED || result == -ENAMETOOLONG;
}

/* Where nobody answers nothing is known, and nothing runs. */
static int ask(struct client_running *r, struct error *err)
{
	struct control_status_query query = { 0 };
	struct error none = { 0 };

	if (r->sites)
		return 0;
	r->sites = map_new(OBJECTS_MAX, 0);
	r->pools = map_new(OBJECTS_MAX, MAP_NOCASE);
	r->result = r->sites && r->pools ? 0 : -ENOMEM;
	int result = r->result;
	if (result == 0)
		result =
			client_ask(r->state_dir, CONTROL_STATUS_QUERY, &query, on_answer, r, &none);
	if (r->result < 0 || (result != 0 && !absent(result))) {
		forget(r);
		return r->result < 0 ? error_set(err, r->result, "out of memory")
				     : error_set(err, -EIO, "%s", none.text);
	}
	return 0;
}

static const struct known *find(const struct client_running *r,
				const struct metabase_object *object)
{
	char key[24];

	site_key(object->site, key);
	return object->site ? map_get(r->sites, text_of(key))
			    : map_get(r->pools, text_of(object->name));
}

/* ---- the hook ---- */

/* What the server does not know does not run. */
static int state(void *ctx, const struct metabase_object *object, enum metabase_state *ret,
		 uint32_t *ret_error, struct error *err)
{
	struct client_running *r = ctx;

	int result = ask(r, err);
	if (result < 0)
		return result;
	const struct known *known = find(r, object);
	*ret = known ? known->state : METABASE_STOPPED;
	*ret_error = known ? known->error : 0;
	return 0;
}

static int command(void *ctx, const struct metabase_object *object, bool start, struct error *err)
{
	struct client_running *r = ctx;
	struct control_site_control site = { start ? CONTROL_SITE_START : CONTROL_SITE_STOP,
					     text_of(object->name) };
	struct control_pool_control pool = { start ? CONTROL_POOL_START : CONTROL_POOL_STOP,
					     text_of(object->name) };

	int result = ask(r, err);
	if (result < 0)
		return result;
	const struct known *known = find(r, object);
	if (known && known->state == (start ? METABASE_STARTED : METABASE_STOPPED) && !known->error)
		return 0;
	forget(r);
	result =
		client_ask(r->state_dir, object->site ? CONTROL_SITE_CONTROL : CONTROL_POOL_CONTROL,
			   object->site ? (const void *)&site : &pool, NULL, NULL, err);
	if (result > 0 && err)
		err->hresult = 0x80070000u | (uint32_t)result;
	return result > 0 ? -EIO : result;
}

void client_running_init(struct client_running *r, const char *state_dir)
{
	*r = (struct client_running){ .hook = { state, command, r }, .state_dir = state_dir };
	arena_init(&r->arena, ARENA_MAX);
}

void client_running_done(struct client_running *r)
{
	forget(r);
	arena_done(&r->arena);
}
