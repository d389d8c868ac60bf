/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads attributes the way browsers of ASP's time did: forgiving about blanks and quotes, strict
 * about ends. Used by the page compiler only.
 */
#include "asp/tags.h"

bool asp_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

size_t asp_find(struct text t, size_t from, struct text needle)
{
	if (needle.length > t.length)
		return t.length;
	char first[2] = { text_lower(needle.data[0]), text_upper(needle.data[0]) };
	for (size_t i = from; i + needle.length <= t.length; i++) {
		if (t.data[i] != first[0] && t.data[i] != first[1])
			continue;
		if (text_equal_nocase((struct text){ t.data + i, needle.length }, needle))
			return i;
	}
	return t.length;
}

bool asp_word_at(struct text t, size_t at, struct text word)
{
	if (at > t.length || t.length - at < word.length ||
	    !text_equal_nocase((struct text){ t.data + at, word.length }, word))
		return false;
	return at + word.length == t.length || !is_word(t.data[at + word.length]);
}

static void skip_space(struct text t, size_t *at)
{
	while (*at < t.length && asp_is_space(t.data[*at]))
		(*at)++;
}

static struct text take_name(struct text t, size_t *at)
{
	size_t start = *at;
	while (*at < t.length && !asp_is_space(t.data[*at]) && t.data[*at] != '=' &&
	       t.data[*at] != '>')
		(*at)++;
	return (struct text){ t.data + start, *at - start };
}

static int take_value(struct text t, size_t *at, bool tag, struct text *ret)
{
	char quote = *at < t.length ? t.data[*at] : '\0';
	if (quote == '"' || quote == '\'') {
		size_t start = ++*at;
		while (*at < t.length && t.data[*at] != quote)
			(*at)++;
		*ret = (struct text){ t.data + start, *at - start };
		if (*at == t.length)
			return ASP_TAG_QUOTE;
		(*at)++;
		return 0;
	}
	size_t start = *at;
	while (*at < t.length && !asp_is_space(t.data[*at]) && !(tag && t.data[*at] == '>'))
		(*at)++;
	*ret = (struct text){ t.data + start, *at - start };
	return 0;
}

int asp_attributes_parse(struct text t, size_t *at, bool tag,
			 struct asp_attribute out[ASP_ATTRIBUTES_MAX], size_t *ret_count)
{
	*ret_count = 0;
	for (;;) {
		skip_space(t, at);
		if (*at == t.length)
			return tag ? ASP_TAG_UNCLOSED : 0;
		if (tag && t.data[*at] == '>') {
			(*at)++;
			return 0;
		}
		if (*ret_count == ASP_ATTRIBUTES_MAX)
			return ASP_TAG_MANY;
		struct asp_attribute *a = &out[(*ret_count)++];
		*a = (struct asp_attribute){ .name = take_name(t, at), .value = { "", 0 } };
		if (a->name.length == 0) { /* "=" or ">" where no name is: step over it */
			(*ret_count)--;
			(*at)++;
			continue;
		}
		size_t next = *at;
		skip_space(t, &next);
		if (next == t.length || t.data[next] != '=')
			continue;
		*at = next + 1;
		skip_space(t, at);
		int r = take_value(t, at, tag, &a->value);
		if (r != 0)
			return r;
	}
}

struct text asp_attribute_get(const struct asp_attribute *attributes, size_t count,
			      struct text name)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal_nocase(attributes[i].name, name))
			return attributes[i].value;
	}
	return (struct text){ 0 };
}
