/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RegExp.Replace. The text to put in is read once into parts; the result grows in place. Called
 * under the object's lock.
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

static bool append(BSTR *to, const char16_t *units, size_t length)
{
	BSTR grown = length ? bstr_append(*to, units, length) : *to;

	if (length && !grown)
		return false;
	*to = grown;
	return true;
}

static bool append_part(BSTR *to, const struct part *part, const struct regexp_search *s,
			const char16_t *with)
{
	const size_t *at = s->offsets;

	switch (part->kind) {
	case PART_TEXT:
		return append(to, with + part->from, part->to - part->from);
	case PART_BEFORE:
		return append(to, s->text, at[0]);
	case PART_BEHIND:
		return append(to, s->text + at[1], s->length - at[1]);
	case PART_GROUP:
		at += part->from * 2;
		return at[0] == REGEXP_UNSET || append(to, s->text + at[0], at[1] - at[0]);
	}
	return false;
}

/* Goes through the matches. `*result` is NULL as long as none was found. */
static int replace_all(struct regexp_search *s, bool global, const struct parts *parts,
		       const char16_t *with, BSTR *result)
{
	size_t copied = 0;
	bool found, ok = true;
	int error;

	while (!(error = regexp_search_next(s, &found)) && found && ok) {
		if (!*result)
			*result = SysAllocStringLen(NULL, 0);
		ok = *result && append(result, s->text + copied, s->offsets[0] - copied);
		for (size_t i = 0; i < parts->count && ok; i++)
			ok = append_part(result, &parts->list[i], s, with);
		copied = s->offsets[1];
		if (!global)
			break;
	}
	if (!error && ok && *result)
		ok = append(result, s->text + copied, s->length - copied);
	return error ? error : ok ? 0 : 7;
}

int regexp_replace(struct regexp_search *s, bool global, BSTR text, BSTR with, BSTR *ret)
{
	struct parts parts = { .list = parts.few, .capacity = ARRAY_LEN(parts.few) };
	BSTR result = NULL;
	int error = 7;

	if (read_parts(&parts, with, SysStringLen(with), regexp_program_groups(s->program)))
		error = replace_all(s, global, &parts, with, &result);
	if (parts.list != parts.few)
		mem_free(parts.list);
	if (error) {
		SysFreeString(result);
		return error;
	}
	*ret = result ? result : bstr_ref(text);
	return 0;
}
