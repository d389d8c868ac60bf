/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of appcmd; see appcmd.h. */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>

/* "/name:value"; brackets and quotes may hold colons. */
static bool split(char *word, struct appcmd_parameter *ret)
{
	char quote = '\0';
	int depth = 0;

	*ret = (struct appcmd_parameter){ .name = word };
	for (char *c = word; *c; c++) {
		if (quote)
			quote = *c == quote ? '\0' : quote;
		else if (depth && (*c == '\'' || *c == '"'))
			quote = *c;
		else if (*c == '[')
			depth++;
		else if (*c == ']')
			depth--;
		if (*c == ':' && !quote && !depth) {
			*c = '\0';
			ret->value = c + 1;
			break;
		}
	}
	return *ret->name && !quote && !depth;
}

/* Documents pasted from a word processor have an en dash for the switch. */
static const char *switch_of(const char *word)
{
	if (word[0] == '/' || word[0] == '-')
		return word + 1;
	return strncmp(word, "\xe2\x80\x93", 3) ? NULL : word + 3;
}

static bool is(const struct appcmd_parameter *p, const char *name)
{
	return text_equal_nocase(text_of(p->name), text_of(name));
}

static void show_config(struct appcmd *a, const char *value)
{
	a->config = true;
	a->config_all = !strcmp(value, "*");
}

/* A general parameter; false: it is one of the object's. */
static bool general(struct appcmd *a, const struct appcmd_parameter *p)
{
	const char *value = p->value ? p->value : "";

	if (is(p, "?"))
		a->help = true;
	else if (is(p, "xml"))
		a->xml = true;
	else if (is(p, "json"))
		a->json = true;
	else if (is(p, "in"))
		a->in = true;
	else if (is(p, "text"))
		a->text = *value ? value : NULL;
	else if (is(p, "config"))
		show_config(a, value);
	else if (is(p, "commit"))
		a->commit = value;
	else if (is(p, "section"))
		a->section = value;
	else if (is(p, "apphostconfig"))
		a->apphostconfig = value;
	else if (is(p, "metadata"))
		a->metadata = true;
	else
		return is(p, "debug");
	return true;
}

static bool add_word(struct appcmd *a, char *word)
{
	struct appcmd_parameter p;
	const char *name = switch_of(word);
	const char **plain[] = { &a->verb, &a->kind, &a->identifier };

	if (!strcmp(word, "-")) {
		a->in = true;
		return true;
	}
	for (size_t i = 0; !name && i < ARRAY_LEN(plain); i++) {
		if (!*plain[i]) {
			*plain[i] = word;
			return true;
		}
	}
	if (!name || !split(word + (name - word), &p) || a->count == APPCMD_PARAMETERS_MAX) {
		appcmd_error(0, "The parameter '%s' must begin with a / or - (HRESULT=80070057).",
			     word);
		return false;
	}
	if (p.name[0] == '!')
		p.name++;
	else if (general(a, &p))
		return true;
	a->parameters[a->count++] = p;
	return true;
}

bool appcmd_parse(struct appcmd *a, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--state") && i + 1 < argc)
			a->state = argv[++i];
		else if (!strncmp(argv[i], "--state=", 8))
			a->state = argv[i] + 8;
		else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			a->help = true;
		else if (!add_word(a, argv[i]))
			return false;
	}
	return true;
}

const char *appcmd_take(struct appcmd *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++) {
		if (is(&a->parameters[i], name)) {
			a->parameters[i].used = true;
			return a->parameters[i].value ? a->parameters[i].value : "";
		}
	}
	return NULL;
}

const char *appcmd_peek(struct appcmd *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++) {
		if (is(&a->parameters[i], name))
			return a->parameters[i].value ? a->parameters[i].value : "";
	}
	return NULL;
}

bool appcmd_word(const char *word, const char *what)
{
	return word && text_equal_nocase(text_of(word), text_of(what));
}
