/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a pattern of VBScript and writing it for PCRE2 (regexp-pattern.h). Called by
 * regexp-program.c when a pattern is used for the first time; the pattern comes from the script
 * and is not trusted.
 *
 * What is read, after ECMAScript 3, 15.10, and the VBScript reference, "Pattern Property":
 *
 *   |  ( )  (?: )  (?= )  (?! )      any other (? is error 5017; a ( without ) 5020, ) alone 5017
 *   * + ? {n} {n,} {n,m}, with ?     on an atom or a lookahead, else 5018; other braces are text
 *   .                                anything but \n: \r and the separators of Unicode match
 *   ^ $                              with Multiline also behind and before any \n or \r
 *   [ ] [^ ]                         nothing, anything; no classes of POSIX; a missing ] is 5019
 *   \d \w \s \b and their opposites  of ASCII: \s is blank, \t \n \v \f \r
 *   \f \n \r \t \v \cX \xHH \uHHHH   when what follows does not fit, the letter itself
 *   \N                               group N when that many were opened before it, else octal
 *   \ and anything else              that character; at the end 5017
 *
 * In a class a range that ends in \d and the like takes its - as text, and a range that runs
 * backwards is error 5021.
 *
 * The text written has the same meaning for PCRE2 in its plain 16-bit mode with \n as newline.
 * Case is ignored by PCRE2 for ASCII alone there, and here, unit by unit, for all others; only a
 * back reference that ignores case must know all letters at match time, so a pattern with one
 * is written for PCRE2_UCP.
 */
#include "library/vbscript/regexp-pattern.h"

#include "base/mem.h"
#include "library/vbscript/regexp-case.h"

#include <stdio.h>

#define TEXT_MAX (16u << 20) /* bytes for PCRE2 */
#define DEPTH_MAX 250        /* PCRE2's own limit of parentheses in each other */
#define COUNT_MAX 65535      /* PCRE2's limit of a quantifier */

enum { SYNTAX = 5017, QUANTIFIER, BRACKET, PARENTHESIS, RANGE };

/* What stands before the place: may a quantifier follow? */
enum before { BEFORE_NOTHING, BEFORE_ATOM };

struct reader {
	const char16_t *at, *end;
	unsigned flags;
	enum before before;
	unsigned depth, groups;
	struct regexp_pattern *out;
};

/* ---- writing ---- */

static void put_unit(struct reader *r, char16_t c)
{
	buf_put(&r->out->text, &c, sizeof c);
}

static void put_ascii(struct reader *r, const char *text)
{
	for (; *text; text++)
		put_unit(r, (char16_t)*text);
}

static bool is_word(char16_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_';
}

/* One unit that stands for itself, in a class or outside. */
static void put_literal(struct reader *r, char16_t c)
{
	if (c > ' ' && c < 0x7F && !is_word(c))
		put_unit(r, '\\');
	put_unit(r, c);
}

/* An atom that is one unit. */
static void put_atom(struct reader *r, char16_t c)
{
	char16_t forms[REGEXP_FORMS_MAX];
	size_t n = r->flags & REGEXP_IGNORE_CASE && c >= 0x80 ? regexp_case_forms(c, forms) : 1;

	r->before = BEFORE_ATOM;
	if (n == 1) {
		put_literal(r, c);
		return;
	}
	put_unit(r, '[');
	for (size_t i = 0; i < n; i++)
		put_literal(r, forms[i]);
	put_unit(r, ']');
}

static void put_range(struct reader *r, char16_t low, char16_t high)
{
	put_literal(r, low);
	if (low == high)
		return;
	put_unit(r, '-');
	put_literal(r, high);
}

/* A range of a class, with all forms of its letters where case is ignored. */
static void put_class_range(struct reader *r, char16_t low, char16_t high)
{
	char16_t forms[REGEXP_FORMS_MAX], c;
	size_t at = 0;

	put_range(r, low, high);
	if (!(r->flags & REGEXP_IGNORE_CASE) || high < 0x80)
		return;
	while ((c = regexp_case_next(&at))) {
		if (c < low || c > high)
			continue;
		size_t n = regexp_case_forms(c, forms);

		for (size_t i = 0; i < n; i++)
			if (forms[i] < low || forms[i] > high)
				put_literal(r, forms[i]);
	}
}

/* ---- classes with a letter ---- */

/* How \d, \w, \s and their opposites are written inside a class for PCRE2_UCP, under which PCRE2's
 * own mean all of Unicode. */
static const struct {
	char letter;
	const char *text;
} class_letters[] = {
	{ 'd', "0-9" },
	{ 'D', "\\x{0}-\\x{2f}\\x{3a}-\\x{ffff}" },
	{ 'w', "0-9A-Z_a-z" },
	{ 'W', "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{ffff}" },
	{ 's', "\\x{9}-\\x{d}\\x{20}" },
	{ 'S', "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{ffff}" },
};

#define WORD "[0-9A-Z_a-z]"

static const char *class_letter(char16_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(class_letters); i++)
		if ((char16_t)class_letters[i].letter == c)
			return class_letters[i].text;
	return NULL;
}

static void put_class_letter(struct reader *r, char16_t c, bool inside)
{
	if (!r->out->ucp) {
		put_unit(r, '\\');
		put_unit(r, c);
		return;
	}
	put_ascii(r, inside ? "" : "[");
	put_ascii(r, class_letter(c));
	put_ascii(r, inside ? "" : "]");
}

static void put_boundary(struct reader *r, char16_t c)
{
	if (!r->out->ucp)
		put_ascii(r, c == 'b' ? "\\b" : "\\B");
	else if (c == 'b')
		put_ascii(r, "(?:(?<=" WORD ")(?!" WORD ")|(?<!" WORD ")(?=" WORD "))");
	else
		put_ascii(r, "(?:(?<=" WORD ")(?=" WORD ")|(?<!" WORD ")(?!" WORD "))");
	r->before = BEFORE_NOTHING;
}

/* ---- escapes ---- */

static int hex_digit(char16_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `digits` hexadecimal digits at the place, which moves behind them; else the letter is text. */
static char16_t read_hex(struct reader *r, unsigned digits, char16_t letter)
{
	unsigned value = 0;

	if (r->end - r->at < (ptrdiff_t)digits)
		return letter;
	for (unsigned i = 0; i < digits; i++) {
		int d = hex_digit(r->at[i]);

		if (d < 0)
			return letter;
		value = value * 16 + (unsigned)d;
	}
	r->at += digits;
	return (char16_t)value;
}

static char16_t read_control(struct reader *r)
{
	char16_t c = r->at < r->end ? *r->at : 0;

	if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
		return 'c';
	r->at++;
	return c & 0x1F;
}

/* Up to three octal digits, no more than 0377, the first of which is `first`. */
static char16_t read_octal(struct reader *r, char16_t first)
{
	unsigned value = first - '0', most = first <= '3' ? 2 : 1;

	for (; most && r->at < r->end && *r->at >= '0' && *r->at <= '7'; most--)
		value = value * 8 + (*r->at++ - '0');
	return (char16_t)value;
}

/* The unit that the escape `c` stands for; the place is behind `c`. */
static char16_t read_escape(struct reader *r, char16_t c)
{
	switch (c) {
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'v':
		return '\v';
	case 'c':
		return read_control(r);
	case 'x':
		return read_hex(r, 2, 'x');
	case 'u':
		return read_hex(r, 4, 'u');
	default:
		return c >= '0' && c <= '7' ? read_octal(r, c) : c;
	}
}

/* \1 to \99 when that many groups were opened: the longest number that is one. */
static bool read_reference(struct reader *r, char16_t first)
{
	unsigned one = first - '0', two = 0;
	char text[16];

	if (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		two = one * 10 + (*r->at - '0');
	if (two && two <= r->groups) {
		r->at++;
		one = two;
	} else if (one > r->groups) {
		return false;
	}
	snprintf(text, sizeof text, "\\g{%u}", one);
	put_ascii(r, text);
	r->before = BEFORE_ATOM;
	return true;
}

static int read_backslash(struct reader *r)
{
	char16_t c;

	if (r->at == r->end)
		return SYNTAX;
	c = *r->at++;
	if (c == 'b' || c == 'B') {
		put_boundary(r, c);
	} else if (class_letter(c)) {
		put_class_letter(r, c, false);
		r->before = BEFORE_ATOM;
	} else if (!(c >= '1' && c <= '9' && read_reference(r, c))) {
		put_atom(r, read_escape(r, c));
	}
	return 0;
}

/* ---- classes ---- */

/* One member of a class: a unit, or a letter that stands for many. */
struct member {
	bool letter;
	char16_t c;
};

static int read_member(struct reader *r, struct member *ret)
{
	char16_t c = *r->at++;

	*ret = (struct member){ .c = c };
	if (c != '\\')
		return 0;
	if (r->at == r->end)
		return SYNTAX;
	c = *r->at++;
	if (class_letter(c))
		*ret = (struct member){ .letter = true, .c = c };
	else
		ret->c = c == 'b' ? '\b' : read_escape(r, c);
	return 0;
}

static void put_member(struct reader *r, const struct member *m)
{
	if (m->letter)
		put_class_letter(r, m->c, true);
	else
		put_class_range(r, m->c, m->c);
}

static int read_members(struct reader *r)
{
	while (r->at < r->end && *r->at != ']') {
		struct member low, high;
		int error = read_member(r, &low);

		if (error)
			return error;
		if (r->end - r->at < 2 || r->at[0] != '-' || r->at[1] == ']') {
			put_member(r, &low);
			continue;
		}
		r->at++;
		error = read_member(r, &high);
		if (error)
			return error;
		if (low.letter || high.letter) {
			put_member(r, &low);
			put_literal(r, '-');
			put_member(r, &high);
		} else if (low.c > high.c) {
			return RANGE;
		} else {
			put_class_range(r, low.c, high.c);
		}
	}
	return r->at < r->end ? 0 : BRACKET;
}

static int read_class(struct reader *r)
{
	bool negated = r->at < r->end && *r->at == '^';
	int error;

	r->at += negated;
	r->before = BEFORE_ATOM;
	if (r->at < r->end && *r->at == ']') {
		put_ascii(r, negated ? "[\\x{0}-\\x{ffff}]" : "(?!)");
		r->at++;
		return 0;
	}
	put_ascii(r, negated ? "[^" : "[");
	error = read_members(r);
	if (error)
		return error;
	r->at++;
	put_unit(r, ']');
	return 0;
}

/* ---- quantifiers ---- */

static bool read_number(const char16_t **at, const char16_t *end, unsigned *ret)
{
	const char16_t *from = *at;

	for (*ret = 0; *at < end && **at >= '0' && **at <= '9'; ++*at)
		if (*ret <= COUNT_MAX)
			*ret = *ret * 10 + (unsigned)(**at - '0');
	return *at > from;
}

/* {n}, {n,} or {n,m} at the place, which moves behind it; false: the brace is text. */
static bool read_braces(struct reader *r, unsigned *ret_least, unsigned *ret_most)
{
	const char16_t *at = r->at;

	if (!read_number(&at, r->end, ret_least))
		return false;
	*ret_most = *ret_least;
	if (at < r->end && *at == ',') {
		at++;
		if (!read_number(&at, r->end, ret_most))
			*ret_most = UINT32_MAX;
	}
	if (at == r->end || *at != '}')
		return false;
	r->at = at + 1;
	return true;
}

static int put_quantifier(struct reader *r, const char *text)
{
	if (r->before != BEFORE_ATOM)
		return QUANTIFIER;
	put_ascii(r, text);
	if (r->at < r->end && *r->at == '?') {
		r->at++;
		put_unit(r, '?');
	}
	r->before = BEFORE_NOTHING;
	return 0;
}

static int read_brace(struct reader *r)
{
	unsigned least, most;
	char text[32];

	if (!read_braces(r, &least, &most)) {
		put_atom(r, '{');
		return 0;
	}
	if (least > most)
		return SYNTAX;
	/* No text is that long that often; without an upper end it is nearly the same. */
	if (least > COUNT_MAX)
		return 7;
	if (most > COUNT_MAX)
		snprintf(text, sizeof text, "{%u,}", least);
	else
		snprintf(text, sizeof text, "{%u,%u}", least, most);
	return put_quantifier(r, text);
}

/* ---- groups ---- */

static int read_open(struct reader *r)
{
	char16_t kind = 0;

	if (r->at < r->end && *r->at == '?') {
		if (r->end - r->at < 2)
			return SYNTAX;
		kind = r->at[1];
		if (kind != ':' && kind != '=' && kind != '!')
			return SYNTAX;
		r->at += 2;
	}
	if (++r->depth > DEPTH_MAX)
		return 7;
	put_unit(r, '(');
	if (kind) {
		put_unit(r, '?');
		put_unit(r, kind);
	} else {
		r->groups++;
	}
	r->before = BEFORE_NOTHING;
	return 0;
}

static int read_close(struct reader *r)
{
	if (!r->depth)
		return SYNTAX;
	r->depth--;
	put_unit(r, ')');
	r->before = BEFORE_ATOM;
	return 0;
}

/* ^ and $ */
static void put_anchor(struct reader *r, char16_t c)
{
	bool lines = r->flags & REGEXP_MULTILINE;

	if (c == '^')
		put_ascii(r, lines ? "(?<![^\\n\\r])" : "^");
	else
		put_ascii(r, lines ? "(?![^\\n\\r])" : "\\z");
	r->before = BEFORE_NOTHING;
}

/* ---- the pass ---- */

static int read_one(struct reader *r)
{
	char16_t c = *r->at++;

	switch (c) {
	case '\\':
		return read_backslash(r);
	case '[':
		return read_class(r);
	case '(':
		return read_open(r);
	case ')':
		return read_close(r);
	case '{':
		return read_brace(r);
	case '*':
		return put_quantifier(r, "*");
	case '+':
		return put_quantifier(r, "+");
	case '?':
		return put_quantifier(r, "?");
	case '^':
	case '$':
		put_anchor(r, c);
		return 0;
	case '|':
		put_unit(r, '|');
		r->before = BEFORE_NOTHING;
		return 0;
	case '.':
		put_unit(r, '.');
		r->before = BEFORE_ATOM;
		return 0;
	default:
		put_atom(r, c);
		return 0;
	}
}

/* Whether a \ is followed by a digit somewhere: perhaps a back reference. */
static bool may_refer(const char16_t *at, const char16_t *end)
{
	for (; end - at >= 2; at++) {
		if (at[0] != '\\')
			continue;
		if (at[1] >= '1' && at[1] <= '9')
			return true;
		at++;
	}
	return false;
}

int regexp_pattern_translate(const char16_t *pattern, size_t length, unsigned flags,
			     struct regexp_pattern *ret)
{
	struct reader r = { .at = pattern, .end = pattern + length, .flags = flags, .out = ret };
	int error = length > REGEXP_PATTERN_MAX ? 7 : 0;

	*ret = (struct regexp_pattern){ .ucp = flags & REGEXP_IGNORE_CASE &&
					       may_refer(r.at, r.end) };
	buf_init(&ret->text, TEXT_MAX);
	while (!error && r.at < r.end)
		error = read_one(&r);
	if (!error && r.depth)
		error = PARENTHESIS;
	if (!error && buf_failed(&ret->text))
		error = 7;
	if (error)
		buf_done(&ret->text);
	ret->groups = r.groups;
	return error;
}
