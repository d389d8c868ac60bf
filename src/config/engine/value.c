/* SPDX-License-Identifier: Apache-2.0 */
/* Text forms and rules of values; see value.h. */
#include "config/engine/value.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPANDED_MAX (64 << 10)

bool value_bool(struct text t, bool *ret)
{
	if (text_equal_nocase(t, TEXT("true")))
		*ret = true;
	else if (text_equal_nocase(t, TEXT("false")))
		*ret = false;
	else
		return false;
	return true;
}

bool value_time(struct text t, int64_t *ret)
{
	uint64_t days = 0, hours, minutes, seconds;
	struct text rest = t;

	if (t.length > 32)
		return false;
	if (memchr(t.data, '.', t.length)) {
		if (!text_to_u64(text_cut(&rest, '.'), &days))
			return false;
	}
	if (!text_to_u64(text_cut(&rest, ':'), &hours) || !rest.data ||
	    !text_to_u64(text_cut(&rest, ':'), &minutes) || !rest.data ||
	    !text_to_u64(rest, &seconds))
		return false;
	if (days > 100000 || hours > 99999 || minutes > 59 || seconds > 59)
		return false;
	*ret = (int64_t)(((days * 24 + hours) * 60 + minutes) * 60 + seconds) * NSEC_PER_SEC;
	return true;
}

bool value_names(struct text t, const struct schema_name *names, bool several, uint32_t *ret)
{
	uint32_t value = 0;
	struct text rest = t;

	if (several && text_trim(t).length == 0) {
		*ret = 0;
		return true;
	}
	while (rest.data) {
		struct text one = several ? text_trim(text_cut(&rest, ',')) : rest;
		const struct schema_name *n = names;
		while (n->name && !text_equal_nocase(text_of(n->name), one))
			n++;
		if (!n->name)
			return false;
		value |= n->value;
		if (!several)
			break;
	}
	*ret = value;
	return true;
}

/* "A, B, C" after `start`. */
static const char *list_names(const struct schema_name *names, const char *start,
			      char why[ERROR_TEXT_MAX])
{
	int n = snprintf(why, ERROR_TEXT_MAX, "%s", start);
	for (; names->name && n > 0 && n < ERROR_TEXT_MAX; names++)
		n += snprintf(why + n, ERROR_TEXT_MAX - (size_t)n, "%s%s", names->name,
			      names[1].name ? ", " : "");
	return why;
}

static const char *check_integer(const struct schema_attribute *a, struct text t, int64_t *ret,
				 char why[ERROR_TEXT_MAX])
{
	uint64_t magnitude;
	bool has_sign = a->type != SCHEMA_UINT, has_range = a->rule == SCHEMA_INTEGER_RANGE;
	bool negative = has_sign && t.length > 0 && t.data[0] == '-';
	struct text digits = negative ? (struct text){ t.data + 1, t.length - 1 } : t;
	uint64_t most = a->type == SCHEMA_UINT                ? UINT32_MAX
			: a->type == SCHEMA_INT && !has_range ? INT32_MAX
							      : INT64_MAX;

	if (!text_to_u64(digits, &magnitude) || magnitude > most)
		return has_sign ? "Not a valid integer" : "Not a valid unsigned integer";
	int64_t value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	if (has_range && (value >= a->low && value <= a->high) == a->exclude) {
		snprintf(why, ERROR_TEXT_MAX,
			 "Integer value must %sbe between %" PRId64 " and %" PRId64 " inclusive",
			 a->exclude ? "not " : "", a->low, a->high);
		return why;
	}
	*ret = value;
	return NULL;
}

void value_format_time(int64_t seconds, char out[32])
{
	if (seconds >= 86400)
		snprintf(out, 32, "%" PRId64 ".%02d:%02d:%02d", seconds / 86400,
			 (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		snprintf(out, 32, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
			 (int)(seconds % 60));
}

static const char *check_time(const struct schema_attribute *a, struct text t, int64_t *ret,
			      char why[ERROR_TEXT_MAX])
{
	char low[32], high[32];
	int64_t value;

	if (!value_time(t, &value))
		return "Not a valid timespan, which is [days.]hours:minutes:seconds";
	int64_t seconds = value / NSEC_PER_SEC;
	bool inside = seconds >= a->low && seconds <= a->high;
	bool wrong = inside == a->exclude || (a->step > 1 && seconds % a->step != 0);
	if (a->rule == SCHEMA_TIME_RANGE && wrong) {
		value_format_time(a->low, low);
		value_format_time(a->high, high);
		snprintf(why, ERROR_TEXT_MAX,
			 "Timespan value must %sbe between %s and %s seconds inclusive, with a "
			 "granularity of %" PRId64 " seconds",
			 a->exclude ? "not " : "", low, high, a->step);
		return why;
	}
	*ret = value;
	return NULL;
}

/* Begins with "/", does not end with one (but for the root), has no "." or ".." segment. */
static bool path_valid(struct text t, const char *forbidden)
{
	if (t.length == 0 || t.data[0] != '/')
		return false;
	for (size_t i = 0; i < t.length; i++) {
		if ((unsigned char)t.data[i] < 0x20 || strchr(forbidden, t.data[i]))
			return false;
	}
	if (t.length == 1)
		return true;
	struct text rest = { t.data + 1, t.length - 1 };
	while (rest.data) {
		struct text part = text_cut(&rest, '/');
		if (part.length == 0 || text_equal(part, TEXT(".")) || text_equal(part, TEXT("..")))
			return false;
	}
	return true;
}

static bool name_valid(struct text t, const char *forbidden)
{
	for (size_t i = 0; i < t.length; i++) {
		if ((unsigned char)t.data[i] < 0x20 || strchr(forbidden, t.data[i]))
			return false;
	}
	return t.length > 0 && t.length <= 256;
}

static const char *check_string(const struct schema_attribute *a, struct text t)
{
	switch (a->rule) {
	case SCHEMA_ANY:
	case SCHEMA_INTEGER_RANGE:
	case SCHEMA_TIME_RANGE:
		return NULL;
	case SCHEMA_TRIMMED:
		return text_trim(t).length == t.length ? NULL : "String must be trimmed";
	case SCHEMA_NON_EMPTY:
		return t.length ? NULL : "String must not be empty";
	case SCHEMA_POOL_NAME: /* an empty one means: the default */
		return t.length == 0 || name_valid(t, "\\/\"|<>:*?][+=;,@&")
			       ? NULL
			       : "Invalid application pool name";
	case SCHEMA_SITE_NAME:
		return name_valid(t, "\\/?;:@&=+$,|\"<>") ? NULL : "Invalid site name";
	case SCHEMA_APPLICATION_PATH:
		return path_valid(t, "\\?;:@&=+$,|\"<>*") ? NULL : "Invalid application path";
	case SCHEMA_VDIR_PATH:
		return path_valid(t, "\\?;:@&=+$,|\"<>*") ? NULL : "Invalid virtual directory path";
	}
	return NULL;
}

const char *value_check(const struct schema_attribute *a, const char *value, int64_t *ret,
			char why[ERROR_TEXT_MAX])
{
	struct text t = text_of(value);
	uint32_t number = 0;
	bool truth = false;

	switch (a->type) {
	case SCHEMA_BOOL:
		if (!value_bool(t, &truth))
			return "Boolean must be one of true, false";
		*ret = truth;
		return NULL;
	case SCHEMA_UINT:
	case SCHEMA_INT:
	case SCHEMA_INT64:
		return check_integer(a, t, ret, why);
	case SCHEMA_ENUM:
		if (!value_names(t, a->names, false, &number))
			return list_names(a->names, "Enum must be one of ", why);
		*ret = number;
		return NULL;
	case SCHEMA_FLAGS:
		if (!value_names(t, a->names, true, &number))
			return list_names(a->names, "Flags must be some combination of ", why);
		*ret = number;
		return NULL;
	case SCHEMA_TIME:
		return check_time(a, t, ret, why);
	case SCHEMA_STRING:
		*ret = 0;
		return check_string(a, t);
	}
	return NULL;
}

/* What Windows has, so that files from there mean something: drive letters are left out where a
 * path is used. */
static const char *windows_variable(struct text name)
{
	static const struct {
		const char *name, *value;
	} known[] = {
		{ "SystemDrive", "C:" },
		{ "SystemRoot", "C:\\Windows" },
		{ "windir", "C:\\Windows" },
		{ "ProgramFiles", "C:\\Program Files" },
		{ "ProgramFiles(x86)", "C:\\Program Files (x86)" },
		{ "ProgramData", "C:\\ProgramData" },
	};
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (text_equal_nocase(name, text_of(known[i].name)))
			return known[i].value;
	}
	return NULL;
}

/* The value of one %NAME%, NULL when there is none. */
static const char *variable(struct text name, const char *state_dir)
{
	char copy[128];
	if (text_equal_nocase(name, TEXT("SURROGATE_STATE")) && state_dir)
		return state_dir;
	if (name.length == 0 || name.length >= sizeof(copy))
		return NULL;
	memcpy(copy, name.data, name.length);
	copy[name.length] = '\0';
	const char *value = getenv(copy);
	return value ? value : windows_variable(name);
}

const char *value_expand(const char *value, const char *state_dir, struct arena *arena)
{
	struct buf out;
	const char *at = value;

	if (!strchr(value, '%'))
		return value;
	buf_init(&out, EXPANDED_MAX);
	while (*at) {
		const char *percent = strchr(at, '%');
		const char *end = percent ? strchr(percent + 1, '%') : NULL;
		if (!end) {
			buf_puts(&out, at);
			break;
		}
		struct text name = { percent + 1, (size_t)(end - percent - 1) };
		const char *found = variable(name, state_dir);
		buf_put(&out, at, (size_t)(percent - at));
		if (found)
			buf_puts(&out, found);
		else
			buf_put(&out, percent, (size_t)(end - percent));
		at = found ? end + 1 : end;
	}
	const char *copy = buf_failed(&out)
				   ? NULL
				   : arena_strndup(arena, out.data ? out.data : "", out.length);
	buf_done(&out);
	return copy;
}

/* ---- encrypted values ---- */

bool value_encrypted(const char *value, struct text *ret_provider, struct text *ret_data)
{
	static const char begin[] = "[enc:", end[] = ":enc]";
	size_t length = strlen(value), around = strlen(begin) + strlen(end);
	struct text rest = { value + strlen(begin), length - around };

	if (length < around || strncmp(value, begin, strlen(begin)) != 0 ||
	    strcmp(value + length - strlen(end), end) != 0)
		return false;
	*ret_provider = text_cut(&rest, ':');
	*ret_data = rest;
	return ret_provider->length && rest.data && !memchr(rest.data, ':', rest.length);
}
