/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small languages inside a page: attributes of a tag or a directive. Pure functions over text.
 */
#pragma once

#include "base/text.h"

#define ASP_ATTRIBUTES_MAX 32

struct asp_attribute {
	struct text name, value;
};

enum asp_tag_result {
	ASP_TAG_UNCLOSED = 1, /* no '>' (or no end of the text for a directive) */
	ASP_TAG_QUOTE,        /* a quoted value without its end; its name is the last attribute */
	ASP_TAG_MANY,         /* more than ASP_ATTRIBUTES_MAX */
};
/* Reads `name`, `name=value`, `name="value"` ... from t[*at] on, up to and over '>' when `tag`,
 * else to the end of `t`. Returns 0 or asp_tag_result; `*ret_count` is filled in any case. */
int asp_attributes_parse(struct text t, size_t *at, bool tag,
			 struct asp_attribute out[ASP_ATTRIBUTES_MAX], size_t *ret_count);
/* The value of attribute `name`, any case; data == NULL when it is not there. */
struct text asp_attribute_get(const struct asp_attribute *attributes, size_t count,
			      struct text name);

/* Position of `needle` (any case) in `t` from `from` on; t.length when it is not there. */
size_t asp_find(struct text t, size_t from, struct text needle);
bool asp_is_space(char c);
/* True when text at `at` begins with `word` (any case) and no letter or digit follows it. */
bool asp_word_at(struct text t, size_t at, struct text word);
