/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RegExp.Replace. The text to put in is read once into parts. Called under the object's lock.
 *
 * Filled in (VBScript reference, "Replace Method"; JScript's lists the same): $1 to $99, a group
 * that the pattern has, empty when it took no part; $& the match, $` and $' what is before and
 * behind it, $$ a dollar sign. Any other $ is text.
 */
#include "library/vbscript/regexp.h"

#include "base/mem.h"
#include "com/bstr.h"

#define PARTS_MAX (1u << 20)

enum kind { PART_TEXT, PART_GROUP, PART_BEFORE, PART_BEHIND };

struct part {
	enum kind kind;
	size_t from, to; /* of the text to put in; `from` is the group's number */
};

struct parts {
	struct part *list;
	size_t count, capacity;
	struct part few[8];
};

static bool add(struct parts *p, enum kind kind, size_t from, size_t to)
{
	if (kind == PART_TEXT && from == to)
		return true;
	if (p->count == p->capacity) {
		size_t capacity = p->capacity * 2;
		struct part *grown = NULL;

		if (capacity <= PARTS_MAX)
			grown = mem_realloc(p->list == p->few ? NULL : p->list, capacity,
					    sizeof *grown);
		if (!grown)
			return false;
		if (p->list == p->few)
			memcpy(grown, p->few, sizeof p->few);
		p->list = grown;
		p->capacity = capacity;
	}
	p->list[p->count++] = (struct part){ kind, from, to };
	return true;
}

static bool is_digit(char16_t c)
{
	return c >= '0' && c <= '9';
}

/* The group that the digits at `at` name, two when there is such a group; 0: none. */
static unsigned group_number(const char16_t *at, const char16_t *end, unsigned groups,
			     size_t *ret_digits)
{
	unsigned one = is_digit(at[0]) ? at[0] - '0' : 0;
	unsigned two =
		is_digit(at[0]) && end - at > 1 && is_digit(at[1]) ? one * 10 + (at[1] - '0') : 0;

	*ret_digits = two && two <= groups ? 2 : 1;
	if (*ret_digits == 2)
		return two;
	return one <= groups ? one : 0;
}

/* What `$` and the unit behind it mean; the number of units they take together, 0: text. */
static size_t read_dollar(const char16_t *at, const char16_t *end, unsigned groups,
			  struct part *ret)
{
	size_t digits;

	if (end - at < 2)
		return 0;
	switch (at[1]) {
	case '&':
		*ret = (struct part){ PART_GROUP, 0, 0 };
		return 2;
	case '`':
		*ret = (struct part){ PART_BEFORE, 0, 0 };
		return 2;
	case '\'':
		*ret = (struct part){ PART_BEHIND, 0, 0 };
		return 2;
	default:
		ret->kind = PART_GROUP;
		ret->from = group_number(at + 1, end, groups, &digits);
		return ret->from ? 1 + digits : 0;
	}
}

static bool read_parts(struct parts *p, const char16_t *with, size_t length, unsigned groups)
{
	size_t from = 0, i = 0;
	bool ok = true;

	while (ok && i < length) {
		struct part part = { 0 };
		size_t taken =
			with[i] == '$' ? read_dollar(with + i, with + length, groups, &part) : 0;

		if (taken) {
			ok = add(p, PART_TEXT, from, i) && add(p, part.kind, part.from, part.to);
			i += taken;
			from = i;
		} else if (with[i] == '$' && i + 1 < length && with[i + 1] == '$') {
			/* The first of the two is the text. */
			ok = add(p, PART_TEXT, from, i + 1);
			i += 2;
			from = i;
		} else {
			i++;
		}
	}
	return ok && add(p, PART_TEXT, from, length);
}

/* ---- the result ---- */

/* Of a result: $` and $' can make it the square of the text, long before the script's own limit of
 * memory sees it. */
#define UNITS_MAX ((256u << 20) / sizeof(char16_t))

/* Grows without the care of a string, which it becomes at the end. */
struct output {
	char16_t *units;
	size_t length, capacity;
};

static bool grow(struct output *out, size_t more)
{
	size_t capacity = out->capacity * 2 + 64;
	char16_t *grown;

	if (more > UNITS_MAX - out->length)
		return false;
	if (capacity < out->length + more)
		capacity = out->length + more;
	if (capacity > UNITS_MAX)
		capacity = UNITS_MAX;
	grown = mem_realloc(out->units, capacity, sizeof *grown);
	if (!grown)
		return false;
	out->units = grown;
	out->capacity = capacity;
	return true;
}

static inline bool append(struct output *out, const char16_t *units, size_t length)
{
	if (!length)
		return true;
	if (length > out->capacity - out->length && !grow(out, length))
		return false;
	mem_copy(out->units + out->length, units, length * sizeof *units);
	out->length += length;
	return true;
}

static bool append_part(struct output *out, const struct part *part, const struct regexp_search *s,
			const char16_t *with)
{
	const size_t *at = s->offsets;

	switch (part->kind) {
	case PART_TEXT:
		return append(out, with + part->from, part->to - part->from);
	case PART_BEFORE:
		return append(out, s->text, at[0]);
	case PART_BEHIND:
		return append(out, s->text + at[1], s->length - at[1]);
	case PART_GROUP:
		at += part->from * 2;
		return at[0] == REGEXP_UNSET || append(out, s->text + at[0], at[1] - at[0]);
	}
	return false;
}

/* Goes through the matches; tells whether there was one. */
static int replace_all(struct regexp_search *s, bool global, const struct parts *parts,
		       const char16_t *with, struct output *out, bool *ret_any)
{
	size_t copied = 0;
	bool found, ok = true;
	int error;

	*ret_any = false;
	while (!(error = regexp_search_next(s, &found)) && found && ok) {
		/* Most results are about as long as the text. */
		if (!*ret_any)
			ok = grow(out, s->length);
		*ret_any = true;
		ok = ok && append(out, s->text + copied, s->offsets[0] - copied);
		for (size_t i = 0; i < parts->count && ok; i++)
			ok = append_part(out, &parts->list[i], s, with);
		copied = s->offsets[1];
		if (!global)
			break;
	}
	if (!error && ok && *ret_any)
		ok = append(out, s->text + copied, s->length - copied);
	return error ? error : ok ? 0 : 7;
}

int regexp_replace(struct regexp_search *s, bool global, BSTR text, BSTR with, BSTR *ret)
{
	struct parts parts = { .list = parts.few, .capacity = ARRAY_LEN(parts.few) };
	struct output out = { 0 };
	bool any = false;
	int error = 7;

	if (read_parts(&parts, with, SysStringLen(with), regexp_program_groups(s->program)))
		error = replace_all(s, global, &parts, with, &out, &any);
	if (parts.list != parts.few)
		mem_free(parts.list);
	if (!error) {
		*ret = any ? SysAllocStringLen(out.units, (UINT)out.length) : bstr_ref(text);
		error = any && !*ret ? 7 : 0;
	}
	mem_free(out.units);
	return error;
}
