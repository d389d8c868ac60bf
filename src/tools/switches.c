/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one parser of Windows-style command lines; see switches.h. Called by the `main` of each tool
 * before anything else, in the caller's process; owns nothing, points into argv.
 */
#include "tools/switches.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One argument taken apart. */
struct part {
	struct text name;
	const char *value; /* after ':' or '=', NULL when there is none */
	bool takes_next;   /* "--name VALUE": the value may be the next argument */
};

/* False when `arg` is a positional argument. */
static bool part_split(const char *arg, struct part *part)
{
	bool slash = arg[0] == '/';
	bool dashes = arg[0] == '-' && arg[1] == '-';
	if (!slash && arg[0] != '-')
		return false;
	const char *name = arg + (dashes ? 2 : 1);
	size_t length = strcspn(name, dashes ? "=" : ":=");
	if (length == 0 || (slash && memchr(name, '/', length)))
		return false;
	part->name = (struct text){ name, length };
	part->value = name[length] ? name + length + 1 : NULL;
	part->takes_next = dashes;
	return true;
}

static bool is_help(struct text name)
{
	return text_equal(name, TEXT("?")) || text_equal_nocase(name, TEXT("h")) ||
	       text_equal_nocase(name, TEXT("help"));
}

static const struct switch_spec *spec_find(const struct switch_spec *specs, size_t count,
					   struct text name)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal_nocase(name, text_of(specs[i].name)) ||
		    (specs[i].alias && text_equal_nocase(name, text_of(specs[i].alias))))
			return &specs[i];
	}
	return NULL;
}

static int parse_bool(const char *value, bool *ret)
{
	static const char *const words[][2] = {
		{ "false", "true" }, { "f", "t" }, { "no", "yes" }, { "0", "1" }
	};
	if (!value) {
		*ret = true;
		return 0;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (int truth = 0; truth < 2; truth++) {
			if (text_equal_nocase(text_of(value), text_of(words[i][truth]))) {
				*ret = truth;
				return 0;
			}
		}
	}
	return -EINVAL;
}

static int spec_set(const struct switch_spec *spec, const char *arg, const char *value,
		    struct error *err)
{
	uint64_t number;

	switch (spec->kind) {
	case SWITCH_FLAG:
		if (value)
			return error_set(err, -EINVAL, "%s: this switch takes no value", arg);
		*(bool *)spec->value = true;
		return 0;
	case SWITCH_BOOL:
		if (parse_bool(value, spec->value) < 0)
			return error_set(err, -EINVAL, "%s: say true or false", arg);
		return 0;
	case SWITCH_TEXT:
		if (!value)
			return error_set(err, -EINVAL, "%s: a value is missing, as in /%s:VALUE",
					 arg, spec->name);
		*(const char **)spec->value = value;
		return 0;
	case SWITCH_U32:
		if (!value || !text_to_u64(text_of(value), &number) || number > UINT32_MAX)
			return error_set(err, -EINVAL, "%s: say a number, as in /%s:10", arg,
					 spec->name);
		*(uint32_t *)spec->value = (uint32_t)number;
		return 0;
	}
	return -EINVAL;
}

int switches_parse(int argc, char **argv, const struct switch_spec *specs, size_t spec_count,
		   int *ret_count, bool *ret_help, struct error *err)
{
	int count = 0;
	bool ended = false;

	*ret_help = false;
	for (int i = 1; i < argc; i++) {
		struct part part;
		if (!ended && !strcmp(argv[i], "--")) {
			ended = true;
			continue;
		}
		if (ended || !part_split(argv[i], &part)) {
			argv[count++] = argv[i];
			continue;
		}
		const struct switch_spec *spec = spec_find(specs, spec_count, part.name);
		if (!spec && is_help(part.name)) {
			*ret_help = true;
			continue;
		}
		if (!spec)
			return error_set(err, -EINVAL,
					 "%s: there is no such switch; --help lists them", argv[i]);
		const char *arg = argv[i];
		if (!part.value && part.takes_next && i + 1 < argc &&
		    (spec->kind == SWITCH_TEXT || spec->kind == SWITCH_U32))
			part.value = argv[++i];
		int r = spec_set(spec, arg, part.value, err);
		if (r < 0)
			return r;
	}
	argv[count] = NULL;
	*ret_count = count;
	return 0;
}

bool switches_version(int argc, char **argv, const char *tool)
{
	if (argc != 2 || strcmp(argv[1], "--version") != 0)
		return false;
	printf("%s " SURROGATE_VERSION "\n", tool);
	return true;
}

int switches_end(const char *tool, int status)
{
	bool lost = ferror(stdout) || fflush(stdout) != 0;
	/* One that was closed from the start lost nothing. */
	if (fclose(stdout) != 0 && errno != EBADF)
		lost = true;
	if (!lost)
		return status;
	fprintf(stderr, "%s: cannot write to standard output\n", tool);
	return status ? status : 1;
}
