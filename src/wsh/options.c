/* SPDX-License-Identifier: Apache-2.0 */
/* See options.h. Called by wsh_main before anything else; owns nothing. */
#include "wsh/options.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>

enum id {
	ID_BATCH,
	ID_DEBUG,
	ID_ENGINE,
	ID_HOST,
	ID_INTERACTIVE,
	ID_JOB,
	ID_LOGO,
	ID_NOLOGO,
	ID_SAVE,
	ID_TIMEOUT,
	ID_DEBUGGER,
	ID_UNICODE,
	ID_HELP,
};

static const struct host_option {
	const char *name;
	enum id id;
	bool value; /* "//T:10" */
} host_options[] = {
	{ "B", ID_BATCH, false },   { "D", ID_DEBUG, false },       { "E", ID_ENGINE, true },
	{ "H", ID_HOST, true },     { "I", ID_INTERACTIVE, false }, { "Job", ID_JOB, true },
	{ "Logo", ID_LOGO, false }, { "Nologo", ID_NOLOGO, false }, { "S", ID_SAVE, false },
	{ "T", ID_TIMEOUT, true },  { "X", ID_DEBUGGER, false },    { "U", ID_UNICODE, false },
	{ "?", ID_HELP, false },
};

static const struct host_option *option_find(const char *arg, const char **ret_value)
{
	const char *name = arg + 2, *colon = strchr(name, ':');
	struct text key = { name, colon ? (size_t)(colon - name) : strlen(name) };

	for (size_t i = 0; i < ARRAY_LEN(host_options); i++)
		if (text_equal_nocase(key, text_of(host_options[i].name))) {
			*ret_value = colon ? colon + 1 : NULL;
			return &host_options[i];
		}
	return NULL;
}

static int set_timeout(struct wsh_options *o, const char *value, struct error *err)
{
	uint64_t seconds;

	if (!text_to_u64(text_of(value), &seconds) || seconds > WSH_TIMEOUT_MAX)
		return error_set(err, -EINVAL,
				 "Input Error: \"//T:%s\" is no number of seconds from 0 to %d.",
				 value, WSH_TIMEOUT_MAX);
	o->timeout = (int)seconds;
	return 0;
}

static int set_host(struct wsh_options *o, const char *value, struct error *err)
{
	if (!text_equal_nocase(text_of(value), TEXT("cscript")))
		return error_set(err, -EINVAL,
				 "Input Error: \"//H:%s\": there is no host but CScript here.",
				 value);
	o->mode = WSH_DEFAULT_HOST;
	return 0;
}

static int set_host_option(struct wsh_options *o, const char *arg, struct error *err)
{
	const char *value = NULL;
	const struct host_option *option = option_find(arg, &value);

	if (!option || option->value != (value != NULL) || (value && !*value))
		return error_set(err, -EINVAL, "Input Error: Unknown option \"%s\" specified.",
				 arg);
	switch (option->id) {
	case ID_BATCH:
	case ID_INTERACTIVE:
		o->batch = option->id == ID_BATCH;
		return 0;
	case ID_DEBUG:
	case ID_DEBUGGER:
		return error_set(err, -EINVAL, "Input Error: \"%s\": there is no script debugger.",
				 arg);
	case ID_ENGINE:
		o->engine = value;
		return 0;
	case ID_HOST:
		return set_host(o, value, err);
	case ID_JOB:
		o->job = value;
		return 0;
	case ID_LOGO:
	case ID_NOLOGO:
		o->no_logo = option->id == ID_NOLOGO;
		return 0;
	case ID_SAVE:
		return error_set(err, -EINVAL,
				 "Input Error: \"%s\": options are not saved; give them each time "
				 "or in an alias of your shell.",
				 arg);
	case ID_TIMEOUT:
		return set_timeout(o, value, err);
	case ID_UNICODE:
		o->unicode = true;
		return 0;
	case ID_HELP:
		o->mode = WSH_HELP;
		return 0;
	}
	return 0;
}

/* An option of ours at argv[*i], which may take the argument behind it. */
static int set_own_option(struct wsh_options *o, int argc, char **argv, int *i, struct error *err)
{
	static const struct {
		const char *name;
		enum wsh_mode mode;
	} modes[] = { { "--dump", WSH_DUMP },
		      { "--lint", WSH_LINT },
		      { "--help", WSH_HELP },
		      { "-h", WSH_HELP },
		      { "--version", WSH_VERSION } };
	const char *arg = argv[*i];

	for (size_t k = 0; k < ARRAY_LEN(modes); k++)
		if (!strcmp(arg, modes[k].name)) {
			o->mode = modes[k].mode;
			return 0;
		}
	if (!strncmp(arg, "--state=", 8)) {
		o->state = arg + 8;
		return 0;
	}
	if (strcmp(arg, "--state"))
		return error_set(err, -EINVAL, "Input Error: Unknown option \"%s\" specified.",
				 arg);
	if (*i + 1 >= argc)
		return error_set(err, -EINVAL, "Input Error: --state needs a folder behind it.");
	o->state = argv[++*i];
	return 0;
}

int wsh_options_parse(int argc, char **argv, struct wsh_options *ret, struct error *err)
{
	struct wsh_options o = { 0 };
	int kept = 0, r;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '/' && argv[i][1] == '/')
			r = set_host_option(&o, argv[i], err);
		else if (!o.script && argv[i][0] == '-' && argv[i][1])
			r = set_own_option(&o, argc, argv, &i, err);
		else {
			if (o.script)
				argv[kept++] = argv[i];
			else
				o.script = argv[i];
			r = 0;
		}
		if (r < 0)
			return r;
	}
	if (!o.script && (o.mode == WSH_DUMP || o.mode == WSH_LINT))
		return error_set(err, -EINVAL, "Input Error: %s needs a file.",
				 o.mode == WSH_DUMP ? "--dump" : "--lint");
	if (!o.script && o.mode == WSH_RUN)
		o.mode = WSH_HELP;
	o.arguments = (const char *const *)argv;
	o.argument_count = (size_t)kept;
	*ret = o;
	return 0;
}
