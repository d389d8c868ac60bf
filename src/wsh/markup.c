/* SPDX-License-Identifier: Apache-2.0 */
/* See markup.h. */
#include "wsh/markup.h"

#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define NAME_MAX_BYTES 64

/* ---- moving ---- */

static bool at_end(const struct wsh_markup *m)
{
	return m->at >= m->t.length;
}

static char peek(const struct wsh_markup *m)
{
	return at_end(m) ? 0 : m->t.data[m->at];
}

static struct text rest(const struct wsh_markup *m)
{
	return (struct text){ m->t.data + m->at, m->t.length - m->at };
}

static bool looking_at(const struct wsh_markup *m, const char *what)
{
	return text_starts_with(rest(m), text_of(what));
}

static void skip(struct wsh_markup *m, size_t n)
{
	for (; n && !at_end(m); n--, m->at++) {
		unsigned char c = (unsigned char)m->t.data[m->at];

		if (c == '\n') {
			m->place.line++;
			m->place.column = 1;
		} else if ((c & 0xC0) != 0x80) {
			m->place.column++;
		}
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct wsh_markup *m)
{
	while (!at_end(m) && is_blank(peek(m)))
		skip(m, 1);
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

static struct text take_name(struct wsh_markup *m)
{
	size_t from = m->at;

	while (!at_end(m) && is_name_char(peek(m)))
		skip(m, 1);
	return (struct text){ m->t.data + from, m->at - from };
}

/* Bytes up to `what`, SIZE_MAX when it is not there. */
static size_t distance(const struct wsh_markup *m, const char *what)
{
	struct text t = rest(m);
	const char *found = t.length ? memmem(t.data, t.length, what, strlen(what)) : NULL;

	return found ? (size_t)(found - t.data) : SIZE_MAX;
}

int wsh_markup_fail(const struct wsh_markup *m, struct wsh_place place, struct error *err,
		    const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return error_set_at(err, -EINVAL, m->file, (int)place.line, (int)place.column,
			    WSH_MARKUP_FMT "%s", text);
}

void wsh_markup_init(struct wsh_markup *m, struct text t, uint32_t first_line, const char *file,
		     struct arena *arena)
{
	*m = (struct wsh_markup){
		.t = t, .place = { first_line, 1 }, .file = file, .arena = arena
	};
	m->strict = text_starts_with(t, TEXT("<?xml")) && t.length > 5 && is_blank(t.data[5]);
}

/* ---- entities ---- */

static size_t put_utf8(char32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)((0xF00 >> n) | c);
	return n;
}

/* "#65" or "#x41"; false for what is no character. */
static bool number_entity(struct text body, char32_t *ret)
{
	bool hex = body.length > 1 && (body.data[1] == 'x' || body.data[1] == 'X');
	char32_t c = 0;
	size_t i = hex ? 2 : 1;

	if (i >= body.length || body.length > 9)
		return false;
	for (; i < body.length; i++) {
		char d = text_lower(body.data[i]);
		int digit = d >= '0' && d <= '9'   ? d - '0'
			    : d >= 'a' && d <= 'f' ? d - 'a' + 10
						   : 99;

		if (digit >= (hex ? 16 : 10))
			return false;
		c = c * (hex ? 16 : 10) + (char32_t)digit;
	}
	*ret = c;
	return c && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/* The entity at the start of `t` ("&amp;..."): bytes of it, 0 when there is none. */
static size_t entity(struct text t, char out[4], size_t *ret_length)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {
		{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' }
	};
	const char *end = memchr(t.data, ';', t.length < 12 ? t.length : 12);
	char32_t c = 0;

	if (!end)
		return 0;
	struct text body = { t.data + 1, (size_t)(end - t.data) - 1 };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_equal(body, text_of(names[i].name)))
			c = (char32_t)names[i].c;
	if (!c && !(body.length && body.data[0] == '#' && number_entity(body, &c)))
		return 0;
	*ret_length = put_utf8(c, out);
	return body.length + 2;
}

/* `t` with its entities resolved, in the arena and NUL-terminated. A reference that is none is an
 * error in a strict file and text in a loose one. */
static int resolve(struct wsh_markup *m, struct text t, struct wsh_place place, struct text *ret,
		   struct error *err)
{
	char *out = arena_alloc(m->arena, t.length + 1);
	size_t n = 0;

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < t.length;) {
		char bytes[4];
		size_t length = 0, taken = 0;

		if (t.data[i] == '&') {
			taken = entity((struct text){ t.data + i, t.length - i }, bytes, &length);
			if (!taken && m->strict)
				return wsh_markup_fail(
					m, place, err,
					"'&' begins no entity here: write &amp;, or use "
					"<![CDATA[ ... ]]>");
		}
		/* No entity is shorter than the character it stands for. */
		memcpy(out + n, taken ? bytes : t.data + i, taken ? length : 1);
		n += taken ? length : 1;
		i += taken ? taken : 1;
	}
	out[n] = 0;
	*ret = (struct text){ out, n };
	return 0;
}

/* ---- tags ---- */

static int take_value(struct wsh_markup *m, struct text *ret, struct error *err)
{
	struct wsh_place place = m->place;
	char quote = peek(m);
	size_t from;

	if (quote == '"' || quote == '\'') {
		char end[2] = { quote, 0 };

		skip(m, 1);
		size_t n = distance(m, end);

		if (n == SIZE_MAX)
			return wsh_markup_fail(m, place, err, "this value has no closing quote");
		*ret = (struct text){ m->t.data + m->at, n };
		skip(m, n + 1);
		return 0;
	}
	if (m->strict)
		return wsh_markup_fail(m, place, err, "expected a value in quotes");
	from = m->at;
	while (!at_end(m) && !is_blank(peek(m)) && peek(m) != '>' && !looking_at(m, "/>"))
		skip(m, 1);
	*ret = (struct text){ m->t.data + from, m->at - from };
	return 0;
}

static int take_attribute(struct wsh_markup *m, struct wsh_token *token, struct error *err)
{
	struct wsh_place place = m->place;
	struct text name = take_name(m), raw = { 0 }, value;
	int r;

	if (!name.length)
		return wsh_markup_fail(m, place, err, "expected an attribute or '>'");
	skip_blanks(m);
	if (peek(m) == '=') {
		skip(m, 1);
		skip_blanks(m);
		r = take_value(m, &raw, err);
		if (r)
			return r;
	} else if (m->strict) {
		return wsh_markup_fail(m, m->place, err, "expected '='");
	}
	r = resolve(m, raw, place, &value, err);
	if (r)
		return r;
	if (token->attribute_count == WSH_ATTRIBUTES_MAX)
		return wsh_markup_fail(m, place, err, "this element has too many attributes");
	token->attributes[token->attribute_count++] = (struct wsh_attribute){ name, value.data };
	return 0;
}

static int take_open(struct wsh_markup *m, struct wsh_token *token, struct error *err)
{
	token->kind = WSH_TOKEN_OPEN;
	skip(m, 1);
	token->name = take_name(m);
	for (;;) {
		skip_blanks(m);
		if (at_end(m))
			return wsh_markup_fail(m, token->place, err,
					       "the tag <" TEXT_FMT "> has no end",
					       TEXT_ARG(token->name));
		if (peek(m) == '>') {
			skip(m, 1);
			return 0;
		}
		if (looking_at(m, "/>")) {
			skip(m, 2);
			token->empty = true;
			return 0;
		}
		int r = take_attribute(m, token, err);

		if (r)
			return r;
	}
}

static int take_close(struct wsh_markup *m, struct wsh_token *token, struct error *err)
{
	token->kind = WSH_TOKEN_CLOSE;
	skip(m, 2);
	token->name = take_name(m);
	skip_blanks(m);
	if (peek(m) != '>')
		return wsh_markup_fail(m, m->place, err, "expected '>'");
	skip(m, 1);
	return 0;
}

/* What stands between two marks: <!-- -->, <? ?>, <![CDATA[ ]]>. */
static int take_section(struct wsh_markup *m, const char *from, const char *to,
			struct wsh_token *token, struct error *err)
{
	skip(m, strlen(from));
	token->content_place = m->place;
	size_t n = distance(m, to);

	if (n == SIZE_MAX)
		return wsh_markup_fail(m, token->place, err, "\"%s\" is missing", to);
	token->text = (struct text){ m->t.data + m->at, n };
	skip(m, n + strlen(to));
	return 0;
}

static bool starts_tag(const struct wsh_markup *m)
{
	struct text t = rest(m);
	char c = t.length > 1 ? t.data[1] : 0;

	return c == '/' || c == '!' || c == '?' || (is_name_char(c) && (unsigned char)c < 0x80);
}

static int take_text(struct wsh_markup *m, struct wsh_token *token, struct error *err)
{
	size_t from = m->at;

	token->kind = WSH_TOKEN_TEXT;
	token->content_place = m->place;
	for (;;) {
		size_t n = distance(m, "<");

		skip(m, n == SIZE_MAX ? m->t.length - m->at : n);
		if (at_end(m) || m->strict || starts_tag(m))
			break;
		skip(m, 1); /* a '<' that is itself */
	}
	return resolve(m, (struct text){ m->t.data + from, m->at - from }, token->place,
		       &token->text, err);
}

int wsh_markup_next(struct wsh_markup *m, struct wsh_token *token, struct error *err)
{
	for (;;) {
		*token = (struct wsh_token){ .kind = WSH_TOKEN_END, .place = m->place };
		if (at_end(m))
			return 0;
		if (!looking_at(m, "<!--"))
			break;
		int r = take_section(m, "<!--", "-->", token, err);

		if (r)
			return r;
	}
	if (looking_at(m, "<![CDATA[")) {
		token->kind = WSH_TOKEN_CDATA;
		return take_section(m, "<![CDATA[", "]]>", token, err);
	}
	if (looking_at(m, "<?")) {
		token->kind = WSH_TOKEN_INSTRUCTION;
		return take_section(m, "<?", "?>", token, err);
	}
	if (peek(m) != '<' || (!m->strict && !starts_tag(m)))
		return take_text(m, token, err);
	if (looking_at(m, "</"))
		return take_close(m, token, err);
	if (!starts_tag(m) || looking_at(m, "<!"))
		return wsh_markup_fail(m, m->place, err,
				       "'<' begins no tag here: write &lt;, or use "
				       "<![CDATA[ ... ]]>");
	return take_open(m, token, err);
}

/* Bytes up to "</name", SIZE_MAX when it is not there. */
static size_t distance_to_close(const struct wsh_markup *m, struct text name)
{
	struct text t = rest(m);

	for (size_t i = 0; i + 2 + name.length <= t.length; i++) {
		const char *lt = memchr(t.data + i, '<', t.length - i);

		if (!lt)
			break;
		i = (size_t)(lt - t.data);
		struct text tag = { lt, t.length - i };

		if (tag.length >= 2 + name.length && lt[1] == '/' &&
		    text_equal_nocase((struct text){ lt + 2, name.length }, name))
			return i;
	}
	return SIZE_MAX;
}

static struct text trim(struct text t)
{
	while (t.length && is_blank(t.data[0]))
		t = (struct text){ t.data + 1, t.length - 1 };
	while (t.length && is_blank(t.data[t.length - 1]))
		t.length--;
	return t;
}

int wsh_markup_raw(struct wsh_markup *m, struct text name, struct wsh_token *token,
		   struct error *err)
{
	struct wsh_markup inner = *m;
	struct wsh_token close = { .place = m->place };
	size_t n = distance_to_close(m, name);

	*token = (struct wsh_token){ .kind = WSH_TOKEN_TEXT,
				     .place = m->place,
				     .content_place = m->place };
	if (n == SIZE_MAX)
		return wsh_markup_fail(m, m->place, err, "</" TEXT_FMT "> is missing",
				       TEXT_ARG(name));
	token->text = (struct text){ m->t.data + m->at, n };
	skip(m, n);
	struct text whole = trim(token->text);

	if (text_starts_with(whole, TEXT("<![CDATA[")) &&
	    text_ends_with_nocase(whole, TEXT("]]>"))) {
		size_t before = (size_t)(whole.data - token->text.data) + strlen("<![CDATA[");

		skip(&inner, before);
		token->kind = WSH_TOKEN_CDATA;
		token->content_place = inner.place;
		token->text = (struct text){ token->text.data + before,
					     whole.length - strlen("<![CDATA[]]>") };
	}
	return take_close(m, &close, err);
}

const char *wsh_token_get(const struct wsh_token *token, const char *name)
{
	for (size_t i = 0; i < token->attribute_count; i++)
		if (text_equal_nocase(token->attributes[i].name, text_of(name)))
			return token->attributes[i].value;
	return NULL;
}
