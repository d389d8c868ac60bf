/* SPDX-License-Identifier: Apache-2.0 */
/* appcmd's way to a server that runs, and appcmd itself: which verb goes where. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "tools/client.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <stdio.h>

#define OUTPUT_MAX (64u << 20)
#define ARENA_MAX ((size_t)256 << 20)

static bool word_is(const char *word, const char *what)
{
	return text_equal_nocase(text_of(word), text_of(what));
}

int appcmd_status(const struct appcmd *a, void (*fn)(void *ctx, const struct control_message *m),
		  void *ctx)
{
	struct control_status_query query = { 0 };
	struct error err;
	return client_ask(a->state, CONTROL_STATUS_QUERY, &query, fn, ctx, &err);
}

static const struct {
	const char *verb, *done;
	enum control_pool_verb pool;
} controls[] = {
	{ "start", "successfully started.", CONTROL_POOL_START },
	{ "stop", "successfully stopped", CONTROL_POOL_STOP },
	{ "recycle", "successfully recycled", CONTROL_POOL_RECYCLE },
};

static int control_one(struct appcmd *a, const struct appcmd_kind *kind, size_t verb,
		       const char *name)
{
	struct control_pool_control message = { .verb = controls[verb].pool,
						.pool = text_of(name) };
	struct error *err = &a->err;

	if (!strcmp(kind->name, "SITE")) {
		int status = appcmd_site_control(a, name, message.verb == CONTROL_POOL_START);
		if (status)
			return status;
	} else if (client_ask(a->state, CONTROL_POOL_CONTROL, &message, NULL, NULL, err)) {
		return appcmd_failure(a);
	}
	printf("\"%s\" %s\n", name, controls[verb].done);
	return 0;
}

int appcmd_control(struct appcmd *a, const struct appcmd_kind *kind)
{
	struct appcmd_objects objects = { 0 };
	size_t verb = 0;
	int status;

	while (!word_is(a->verb, controls[verb].verb))
		verb++;
	appcmd_take(a, "wait"); /* an answer comes when it is done */
	appcmd_take(a, "timeout");
	status = appcmd_select_named(a, kind, &objects);
	for (size_t i = 0; i < objects.count && status == 0; i++)
		status = control_one(a, kind, verb, objects.items[i].values[0]);
	return status;
}

/* ---- which verb goes where ---- */

static bool has_verb(const struct appcmd_kind *kind, const char *verb)
{
	struct text rest = text_of(kind->verbs);
	while (rest.data) {
		if (text_equal_nocase(text_cut(&rest, ' '), text_of(verb)))
			return true;
	}
	return false;
}

/* A word as the messages repeat it. */
static const char *upper(const char *word, char out[64])
{
	size_t i = 0;
	while (i < 63 && word[i]) {
		out[i] = text_upper(word[i]);
		i++;
	}
	out[i] = '\0';
	return out;
}

static int run(struct appcmd *a)
{
	const struct appcmd_kind *kind = a->kind ? appcmd_kind(a->kind) : NULL;
	char word[64];

	if (!kind) {
		printf("Object '%s' is not supported.  Run 'appcmd.exe /?' to display supported "
		       "objects.\n",
		       upper(a->kind ? a->kind : a->verb, word));
		return APPCMD_BAD_ARGUMENT;
	}
	if (!has_verb(kind, a->verb)) {
		printf("Command '%s' is not supported on object '%s'. Run 'appcmd.exe %s /?'\n"
		       "to display supported commands.\n",
		       upper(a->verb, word), kind->name, kind->name);
		return APPCMD_BAD_ARGUMENT;
	}
	if (!strcmp(kind->name, "CONFIG"))
		return appcmd_config(a);
	if (!strcmp(kind->name, "BACKUP"))
		return appcmd_backup(a);
	if (!strcmp(kind->name, "MODULE"))
		return appcmd_module(a, kind);
	if (!strcmp(kind->name, "TRACE"))
		return appcmd_trace(a);
	if (word_is(a->verb, "list"))
		return appcmd_list(a, kind);
	if (word_is(a->verb, "set"))
		return appcmd_set(a, kind);
	if (word_is(a->verb, "add"))
		return appcmd_add(a, kind);
	if (word_is(a->verb, "delete"))
		return appcmd_delete(a, kind);
	return appcmd_control(a, kind);
}

/* The file that all is about; false: there is none, which was said. */
static bool name_file(struct appcmd *a)
{
	const char *given = a->apphostconfig ? a->apphostconfig : "";

	a->state = state_directory(a->state);
	if (!*given) {
		if (state_config_file(a->state, a->file, &a->err) < 0)
			appcmd_failure(a);
		return !a->err.code;
	}
	if (strlen(given) < sizeof(a->file)) {
		memcpy(a->file, given, strlen(given) + 1);
		return true;
	}
	appcmd_error(0, "The name of applicationHost.config is longer than a path can be.");
	return false;
}

int appcmd_main(int argc, char **argv)
{
	_cleanup_mem_ struct appcmd *a = mem_new(struct appcmd);
	int status;

	if (!a)
		return appcmd_error(APPCMD_FAILED, "out of memory");
	arena_init(&a->arena, ARENA_MAX);
	buf_init(&a->out, OUTPUT_MAX);
	if (!appcmd_parse(a, argc, argv)) {
		status = APPCMD_BAD_ARGUMENT;
	} else if (a->help || !a->verb) {
		bool reads = a->section || a->identifier; /* what can be set there */
		status = !reads || name_file(a) ? appcmd_help(a) : APPCMD_BAD_ARGUMENT;
		status = a->help ? status : APPCMD_BAD_ARGUMENT;
	} else if (!name_file(a)) {
		status = APPCMD_BAD_ARGUMENT;
	} else {
		status = run(a);
		if (buf_failed(&a->out))
			status = appcmd_error(APPCMD_FAILED, "the output is too long");
		fwrite(a->out.data, 1, a->out.length, stdout);
	}
	xml_free(a->input);
	config_unref(a->server);
	buf_done(&a->out);
	arena_done(&a->arena);
	return status;
}
