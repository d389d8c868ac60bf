/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripting.Encoder: EncodeScriptFile(extension, text, flags, language) gives a script, or a page
 * with its scripts, in the encoded form of script/vbs/encoded.h. Runs in the thread of the script;
 * holds nothing.
 *
 * .vbs and .js are one script. In pages (.asp .asa .cdx .htm .html .hta) and in script components
 * (.wsf .sct .wsc) every <% %> and every <script> in VBScript or JScript is encoded and its
 * language becomes VBScript.Encode or JScript.Encode; a page of ASP that names no language gets a
 * directive. A line with "**Start Encode**" leaves what is in front of it readable. The flags mean
 * nothing, as on Windows.
 */
#include "library/scripting/scripting.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "library/scripting/errors.h"
#include "script/vbs/encoded.h"

#include <errno.h>

#define NONE SIZE_MAX

enum form { FORM_SCRIPT, FORM_PAGE, FORM_MARKUP };

static const struct {
	const char *extension;
	enum form form;
} forms[] = {
	{ "vbs", FORM_SCRIPT },  { "js", FORM_SCRIPT },  { "asp", FORM_PAGE },
	{ "asa", FORM_PAGE },    { "cdx", FORM_PAGE },   { "htm", FORM_MARKUP },
	{ "html", FORM_MARKUP }, { "hta", FORM_MARKUP }, { "wsf", FORM_MARKUP },
	{ "sct", FORM_MARKUP },  { "wsc", FORM_MARKUP },
};

static const struct {
	const char *name, *encoded;
} languages[] = {
	{ "VBScript", "VBScript.Encode" }, { "VBS", "VBScript.Encode" },
	{ "JScript", "JScript.Encode" },   { "JavaScript", "JScript.Encode" },
	{ "JS", "JScript.Encode" },
};

struct encoding {
	struct text t;
	struct text language; /* of scripts that do not say theirs */
	struct buf *out;
	bool directive; /* a directive was there */
	bool code;      /* <% %> was there */
	int error;
};

/* ---- text ---- */

static struct text part(struct text t, size_t from, size_t to)
{
	return (struct text){ t.data + from, to - from };
}

static size_t find(struct text t, size_t from, struct text needle)
{
	for (size_t i = from; i + needle.length <= t.length; i++)
		if (text_equal_nocase(part(t, i, i + needle.length), needle))
			return i;
	return NONE;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_word(char c)
{
	return (text_lower(c) >= 'a' && text_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t skip_space(struct text t, size_t at)
{
	while (at < t.length && is_space(t.data[at]))
		at++;
	return at;
}

/* The value of attribute `name` in the inside of a tag: data is NULL when it is not there. */
static struct text attribute(struct text tag, struct text name)
{
	for (size_t at = 0; at < tag.length;) {
		char c = tag.data[at];

		if (c == '"' || c == '\'') { /* the value of another one */
			const char *end = memchr(tag.data + at + 1, c, tag.length - at - 1);

			at = end ? (size_t)(end - tag.data) + 1 : tag.length;
			continue;
		}
		size_t start = at;

		while (at < tag.length && is_word(tag.data[at]))
			at++;
		if (at == start) {
			at++;
			continue;
		}
		size_t value = skip_space(tag, at);

		if (!text_equal_nocase(part(tag, start, at), name) || value == tag.length ||
		    tag.data[value] != '=')
			continue;
		value = skip_space(tag, value + 1);
		if (value < tag.length && (tag.data[value] == '"' || tag.data[value] == '\''))
			value++;
		for (at = value; at < tag.length && (is_word(tag.data[at]) || tag.data[at] == '.');)
			at++;
		return part(tag, value, at);
	}
	return (struct text){ 0 };
}

/* "VBScript.Encode" for "VBScript"; NULL for a language that has no encoded form. */
static const char *encoded_language(struct text language)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (text_equal_nocase(text_trim(language), text_of(languages[i].name)))
			return languages[i].encoded;
	return NULL;
}

/* ---- encoding ---- */

/* The text of one script. */
static void put_script(struct encoding *e, struct text code)
{
	size_t mark = find(code, 0, TEXT("**Start Encode**"));
	size_t from = mark == NONE ? 0 : mark + sizeof "**Start Encode**" - 1;

	buf_put_text(e->out, part(code, 0, from));
	if (!e->error)
		e->error = vbs_encode(part(code, from, code.length), e->out);
}

/* The inside of a tag or a directive with its language replaced, or put in at its end. */
static void put_tag(struct encoding *e, struct text tag, struct text value, const char *language)
{
	if (!value.data) {
		buf_put_text(e->out, tag);
		buf_printf(e->out, " language=\"%s\"", language);
		return;
	}
	size_t at = (size_t)(value.data - tag.data);

	buf_put_text(e->out, part(tag, 0, at));
	buf_puts(e->out, language);
	buf_put_text(e->out, part(tag, at + value.length, tag.length));
}

static void put_directive(struct encoding *e, struct text inside)
{
	struct text language = attribute(inside, TEXT("language"));
	const char *encoded = encoded_language(language.data ? language : e->language);

	e->directive = true;
	/* Code that follows is in this language. */
	if (language.data)
		e->language = language;
	if (!encoded) {
		buf_put_text(e->out, inside);
		return;
	}
	struct text words = inside;

	while (words.length && is_space(words.data[words.length - 1]))
		words.length--;
	put_tag(e, words, language, encoded);
	buf_put_text(e->out, part(inside, words.length, inside.length));
}

/* <% ... %>; returns what is behind it. */
static size_t put_code(struct encoding *e, size_t at)
{
	size_t end = find(e->t, at + 2, TEXT("%>")), first = skip_space(e->t, at + 2);

	if (end == NONE)
		end = e->t.length;
	if (first < end && e->t.data[first] == '@') {
		buf_put_text(e->out, part(e->t, at, first + 1));
		put_directive(e, part(e->t, first + 1, end));
		return end;
	}
	size_t from = first < end && e->t.data[first] == '=' ? first + 1 : at + 2;

	e->code = true;
	buf_put_text(e->out, part(e->t, at, from));
	if (encoded_language(e->language))
		put_script(e, part(e->t, from, end));
	else
		buf_put_text(e->out, part(e->t, from, end));
	return end;
}

/* <script ...> ... </script>; returns what is behind the code. */
static size_t put_element(struct encoding *e, size_t at)
{
	size_t close = find(e->t, at, TEXT(">"));
	size_t end = close == NONE ? NONE : find(e->t, close, TEXT("</script"));

	if (end == NONE) {
		buf_put_text(e->out, part(e->t, at, e->t.length));
		return e->t.length;
	}
	struct text tag = part(e->t, at, close), code = part(e->t, close + 1, end);
	struct text language = attribute(tag, TEXT("language"));
	const char *encoded = encoded_language(language.data ? language : e->language);

	if (!encoded || attribute(tag, TEXT("src")).data || skip_space(code, 0) == code.length) {
		buf_put_text(e->out, part(e->t, at, end));
		return end;
	}
	put_tag(e, tag, language, encoded);
	buf_putc(e->out, '>');
	put_script(e, code);
	return end;
}

static void put_page(struct encoding *e)
{
	size_t copied = 0;

	for (size_t at = 0; at + 1 < e->t.length; at++) {
		bool element =
			e->t.length - at > 7 &&
			text_starts_with_nocase(part(e->t, at, e->t.length), TEXT("<script")) &&
			!is_word(e->t.data[at + 7]);

		if (e->t.data[at] != '<' || (e->t.data[at + 1] != '%' && !element))
			continue;
		buf_put_text(e->out, part(e->t, copied, at));
		copied = element ? put_element(e, at) : put_code(e, at);
		at = copied ? copied - 1 : 0;
	}
	buf_put_text(e->out, part(e->t, copied, e->t.length));
}

static int encode(struct encoding *e, enum form form)
{
	struct text directive = TEXT("<%@ LANGUAGE = VBScript.Encode %>\r\n");

	if (form == FORM_SCRIPT) {
		put_script(e, e->t);
	} else {
		put_page(e);
		if (form == FORM_PAGE && e->code && !e->directive &&
		    text_equal_nocase(e->language, TEXT("VBScript"))) {
			/* The page is in memory twice as it is; once more to put this in front. */
			struct buf body = *e->out;

			buf_init(e->out, body.limit + directive.length);
			buf_put_text(e->out, directive);
			buf_put_text(e->out, buf_text(&body));
			e->error = e->error ? e->error : buf_failed(&body);
			buf_done(&body);
		}
	}
	return e->error ? e->error : buf_failed(e->out);
}

/* ---- the class ---- */

static bool form_of(struct text extension, enum form *ret)
{
	if (extension.length && extension.data[0] == '.')
		extension = part(extension, 1, extension.length);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (text_equal_nocase(extension, text_of(forms[i].extension))) {
			*ret = forms[i].form;
			return true;
		}
	return false;
}

static HRESULT argument(struct automation_call *call, UINT i, char **ret, size_t *ret_length)
{
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, i, &s);

	if (FAILED(hr))
		return hr;
	*ret = bstr_to_utf8(s, ret_length);
	SysFreeString(s);
	return *ret ? S_OK : E_OUTOFMEMORY;
}

static HRESULT encoder_encode(struct automation_call *call)
{
	_cleanup_mem_ char *extension = NULL, *text = NULL, *language = NULL;
	size_t lengths[3] = { 0 };
	enum form form;
	struct buf out;
	HRESULT hr = argument(call, 0, &extension, &lengths[0]);

	if (SUCCEEDED(hr))
		hr = argument(call, 1, &text, &lengths[1]);
	if (SUCCEEDED(hr))
		hr = argument(call, 3, &language, &lengths[2]);
	if (FAILED(hr))
		return hr;
	if (!form_of((struct text){ extension, lengths[0] }, &form))
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	buf_init(&out, 4 * (size_t)BSTR_MAX_BYTES);
	struct encoding e = {
		.t = { text, lengths[1] },
		.language = lengths[2] ? (struct text){ language, lengths[2] } : TEXT("VBScript"),
		.out = &out,
	};
	int r = encode(&e, form);

	hr = r < 0 ? E_OUTOFMEMORY : automation_return_text(call->result, buf_text(&out));
	buf_done(&out);
	return hr;
}

static const struct automation_member encoder_members[] = {
	{ "EncodeScriptFile", 1610678272, AUTOMATION_METHOD, 4, 4, encoder_encode },
};

static void encoder_free(struct automation_object *object)
{
	mem_free(object);
}

static const struct automation_class encoder_class = {
	.name = "Encoder",
	.members = encoder_members,
	.member_count = ARRAY_LEN(encoder_members),
	.free = encoder_free,
};

HRESULT scripting_encoder_new(IUnknown **ret)
{
	struct automation_object *self = mem_new(struct automation_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(self, &encoder_class);
	*ret = (IUnknown *)(void *)automation_dispatch(self);
	return S_OK;
}
