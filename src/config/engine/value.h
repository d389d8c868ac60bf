/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of attributes: their text forms, ranges and rules, and what IIS says of wrong ones (the
 * validator texts of the configuration system). Pure functions, but for the environment.
 */
#pragma once

#include "config/engine/schema.h"

/* Nanoseconds; false when it is none. */
bool value_time(struct text t, int64_t *ret);
/* "[d.]hh:mm:ss" */
void value_format_time(int64_t seconds, char out[32]);
bool value_bool(struct text t, bool *ret);
bool value_names(struct text t, const struct schema_name *names, bool several, uint32_t *ret);
/* Checks `value` and gives the number it stands for (0 for strings; nanoseconds for times). NULL,
 * or a text that says what is wrong, in `why`. */
const char *value_check(const struct schema_attribute *attribute, const char *value, int64_t *ret,
			char why[ERROR_TEXT_MAX]);

/* The parts of "[enc:PROVIDER:DATA:enc]"; false: it is not of that form, and so plain text. */
bool value_encrypted(const char *value, struct text *ret_provider, struct text *ret_data);

/* `value` with every %NAME% replaced, in `arena`; names without a value stay as they are.
 * `state_dir` (may be NULL) stands for %SURROGATE_STATE%. NULL: no memory. */
const char *value_expand(const char *value, const char *state_dir, struct arena *arena);
