/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a page apart: literal text, <% %>, <%= %>, <%@ %>, <script runat="server">,
 * <object runat="server"> and <!-- #include -->. Called by asp_page_compile on a worker thread.
 */
#include "asp/page-build.h"

#include "asp/codepage.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/class.h"
#include "com/locale.h"
#include "script/vbs/encoded.h"

#include <errno.h>

/* Where the parser is in one file. Places are found by counting forward from the last one, or from
 * where the literal text under way began: tags are looked into before the text in front of them is
 * taken, and a page may have 100,000. */
struct cursor {
	struct asp_build *b;
	struct text t;
	uint16_t file;
	size_t at;
	size_t counted;
	uint32_t line, column;
	struct {
		size_t counted;
		uint32_t line, column; /* line 0: none yet */
	} literal;
};

static struct asp_place place_at(struct cursor *c, size_t at)
{
	if (at < c->counted) {
		bool after = c->literal.line && at >= c->literal.counted;

		c->counted = after ? c->literal.counted : 0;
		c->line = after ? c->literal.line : 1;
		c->column = after ? c->literal.column : 1;
	}
	for (; c->counted < at; c->counted++) {
		char ch = c->t.data[c->counted];
		bool end = ch == '\n' || (ch == '\r' && (c->counted + 1 == c->t.length ||
							 c->t.data[c->counted + 1] != '\n'));
		c->column = end ? 1 : c->column + 1;
		c->line += end;
	}
	return (struct asp_place){ c->file, c->line, c->column };
}

static struct text slice(struct text t, size_t from, size_t to)
{
	return (struct text){ t.data + from, to - from };
}

static size_t skip_space(struct text t, size_t at)
{
	while (at < t.length && asp_is_space(t.data[at]))
		at++;
	return at;
}

struct text asp_parse_line(struct text t, uint32_t line)
{
	size_t start = 0;
	for (uint32_t n = 1; start <= t.length; n++) {
		size_t end = start;
		while (end < t.length && t.data[end] != '\n' && t.data[end] != '\r')
			end++;
		if (n == line)
			return slice(t, start, end);
		if (end == t.length)
			break;
		start = end + 1;
		if (t.data[end] == '\r' && start < t.length && t.data[start] == '\n')
			start++;
	}
	return (struct text){ "", 0 };
}

/* ---- directives ---- */

static bool parse_number(struct text t, uint32_t *ret)
{
	uint64_t n;
	if (!text_to_u64(text_trim(t), &n) || n > UINT32_MAX)
		return false;
	*ret = (uint32_t)n;
	return true;
}

uint32_t asp_parse_codepage(struct text bytes)
{
	struct asp_attribute attributes[ASP_ATTRIBUTES_MAX];
	size_t count, at = asp_find(bytes, 0, TEXT("<%"));
	if (at == bytes.length)
		return 0;
	at = skip_space(bytes, at + 2);
	size_t end = asp_find(bytes, at, TEXT("%>"));
	if (at == bytes.length || bytes.data[at] != '@' || end == bytes.length)
		return 0;
	struct text inside = slice(bytes, at + 1, end);
	size_t from = 0;
	uint32_t codepage;
	if (asp_attributes_parse(inside, &from, false, attributes, &count) != 0)
		return 0;
	struct text value = asp_attribute_get(attributes, count, TEXT("CODEPAGE"));
	return value.data && parse_number(value, &codepage) && asp_codepage_known(codepage)
		       ? codepage
		       : 0;
}

static bool is_vbscript(struct text language)
{
	language = text_trim(language);
	return text_equal_nocase(language, TEXT("vbscript")) ||
	       text_equal_nocase(language, TEXT("vbs")) ||
	       text_equal_nocase(language, TEXT("vbscript.encode"));
}

static int directive_apply(struct asp_build *b, const struct asp_attribute *a,
			   struct asp_place place)
{
	static const char *const transactions[] = { "REQUIRED", "REQUIRES_NEW", "SUPPORTED",
						    "NOT_SUPPORTED", "DISABLED" };
	struct text value = text_trim(a->value);
	if (text_equal_nocase(a->name, TEXT("LANGUAGE")))
		return is_vbscript(value) ? 0 : asp_build_fail(b, 129, value, place);
	if (text_equal_nocase(a->name, TEXT("CODEPAGE"))) {
		uint32_t n;
		if (value.length == 0)
			return asp_build_fail(b, 202, value, place);
		return parse_number(value, &n) && asp_codepage_known(n)
			       ? 0 /* asp_parse_codepage has read it before */
			       : asp_build_fail(b, 203, value, place);
	}
	if (text_equal_nocase(a->name, TEXT("LCID"))) {
		if (value.length == 0)
			return asp_build_fail(b, 219, value, place);
		return parse_number(value, &b->page->lcid) && locale_find(b->page->lcid)
			       ? 0
			       : asp_build_fail(b, 220, value, place);
	}
	if (text_equal_nocase(a->name, TEXT("ENABLESESSIONSTATE"))) {
		b->page->session = !text_equal_nocase(value, TEXT("false"));
		return 0;
	}
	if (text_equal_nocase(a->name, TEXT("TRANSACTION"))) {
		for (size_t i = 0; i < ARRAY_LEN(transactions); i++) {
			if (text_equal_nocase(value, text_of(transactions[i])))
				return 0;
		}
		return asp_build_fail(b, 209, value, place);
	}
	return asp_build_fail(b, 221, a->name, place);
}

static int parse_directive(struct cursor *c, struct text inside, struct asp_place place)
{
	struct asp_build *b = c->b;
	struct asp_attribute attributes[ASP_ATTRIBUTES_MAX];
	size_t count, at = 0;
	if (b->directive_seen)
		return asp_build_fail(b, 141, TEXT(""), place);
	/* Sites keep the directive in a file that every page includes first: what an included file
	 * begins with is as good as the page's own, as long as nothing was said before it. */
	if (b->code_seen || (c->file != 0 && b->text_seen))
		return asp_build_fail(b, 140, TEXT(""), place);
	b->directive_seen = true;
	int r = asp_attributes_parse(inside, &at, false, attributes, &count);
	if (r == ASP_TAG_QUOTE)
		return asp_build_fail(b, 125, attributes[count - 1].name, place);
	for (size_t i = 0; i < count; i++) {
		r = directive_apply(b, &attributes[i], place);
		if (r != 0)
			return r;
	}
	return asp_build_flush(b, ASP_PIECE_CODE);
}

/* ---- encoded code ---- */

/* The code between `from` and `to`, decoded where Scripting.Encoder was at work. Places within it
 * are those of the encoded text. */
static int take_code(struct cursor *c, size_t from, size_t to, struct text *ret)
{
	struct asp_build *b = c->b;
	struct text code = slice(c->t, from, to);
	struct error err;
	struct buf plain;
	*ret = code;
	if (!vbs_is_encoded(code))
		return 0;
	buf_init(&plain, code.length);
	int r = vbs_decode(code, &plain, &err);
	if (r == 0) {
		char *copy = arena_dup(&b->work, plain.length ? plain.data : "", plain.length);
		*ret = (struct text){ copy, plain.length };
		r = copy ? 0 : -ENOMEM;
	}
	buf_done(&plain);
	return r == -EBADMSG ? asp_build_fail(b, 101, text_of(err.text), place_at(c, from)) : r;
}

/* ---- <% ---- */

static int parse_code(struct cursor *c, size_t start)
{
	struct asp_place place = place_at(c, start);
	if (c->b->options->global)
		return asp_build_fail(c->b, 137, TEXT(""), place);
	size_t end = asp_find(c->t, start + 2, TEXT("%>"));
	if (end == c->t.length)
		return asp_build_fail(c->b, 116, TEXT(""), place);
	c->at = end + 2;
	size_t first = skip_space(c->t, start + 2);
	if (first < end && c->t.data[first] == '@')
		return parse_directive(c, slice(c->t, first + 1, end), place);
	struct text code;
	bool output = first < end && c->t.data[first] == '=';
	size_t from = output ? first + 1 : start + 2;
	int r = take_code(c, from, end, &code);
	if (r != 0)
		return r;
	return output ? asp_build_output(c->b, code, place_at(c, from))
		      : asp_build_code(c->b, code, place_at(c, from));
}

/* ---- #include ---- */

static int include_file(struct cursor *c, struct text name, bool is_virtual, struct asp_place place)
{
	struct asp_build *b = c->b;
	bool slash = name.length && (name.data[0] == '/' || name.data[0] == '\\');
	if (slash && !is_virtual)
		return asp_build_fail(b, 130, name, place);
	struct buf url;
	buf_init(&url, 4096);
	int r = asp_url_resolve(b->files[c->file].url, name, b->options->parent_paths, &url);
	uint16_t index = 0;
	if (r == 0)
		r = asp_build_file(b, buf_text(&url), &index);
	buf_done(&url);
	if (r == -ENOMEM)
		return r;
	if (r == ASP_URL_PARENT)
		return asp_build_fail(b, 131, name, place);
	if (r == -ENOBUFS)
		return asp_build_fail(b, 101, TEXT("the page includes too much"), place);
	if (r != 0)
		return asp_build_fail(b, 126, name, place);
	for (size_t i = 0; i < b->depth; i++) {
		if (b->stack[i] == index)
			return asp_build_fail(b, 135, name, place);
	}
	if (b->depth == ASP_INCLUDE_DEPTH)
		return asp_build_fail(b, 101, TEXT("includes are nested too deeply"), place);
	return asp_parse_file(b, index);
}

static bool include_at(struct text t, size_t at, size_t *ret_after)
{
	if (!text_starts_with(slice(t, at, t.length), TEXT("<!--")))
		return false;
	at = skip_space(t, at + 4);
	if (!asp_word_at(t, at, TEXT("#include")))
		return false;
	*ret_after = at + 8;
	return true;
}

static int parse_include(struct cursor *c, size_t start, size_t after)
{
	struct asp_build *b = c->b;
	struct asp_attribute attributes[ASP_ATTRIBUTES_MAX];
	struct asp_place place = place_at(c, start);
	size_t count, at = 0, end = asp_find(c->t, after, TEXT("-->"));
	if (end == c->t.length)
		return asp_build_fail(b, 127, TEXT(""), place);
	int r = asp_attributes_parse(slice(c->t, after, end), &at, false, attributes, &count);
	if (r == ASP_TAG_QUOTE)
		return asp_build_fail(b, 125, attributes[count - 1].name, place);
	c->at = end + 3;
	struct text file = asp_attribute_get(attributes, count, TEXT("file"));
	struct text path = asp_attribute_get(attributes, count, TEXT("virtual"));
	if (file.length)
		return include_file(c, file, false, place);
	if (path.length)
		return include_file(c, path, true, place);
	return asp_build_fail(b, 128, TEXT(""), place);
}

/* ---- <script runat="server"> and <object runat="server"> ---- */

/* Reads the attributes of a tag. `*ret_server` is false for tags that are the browser's, whatever
 * is wrong with them. */
static int parse_tag(struct cursor *c, size_t *at, unsigned unclosed,
		     struct asp_attribute *attributes, size_t *ret_count, bool *ret_server,
		     struct asp_place place)
{
	int r = asp_attributes_parse(c->t, at, true, attributes, ret_count);
	struct text runat = asp_attribute_get(attributes, *ret_count, TEXT("runat"));
	*ret_server = runat.data != NULL;
	if (!runat.data)
		return 0;
	if (r == ASP_TAG_QUOTE)
		return asp_build_fail(c->b, 125, attributes[*ret_count - 1].name, place);
	if (r != 0)
		return asp_build_fail(c->b, unclosed, TEXT(""), place);
	if (!text_equal_nocase(text_trim(runat), TEXT("server")))
		return asp_build_fail(c->b, 120, TEXT(""), place);
	return 0;
}

/* The content of a server script may include files, which are code as well. */
static int parse_script_text(struct cursor *c, size_t from, size_t to)
{
	struct asp_build *b = c->b;
	struct text inside = slice(c->t, from, to);
	size_t bad = asp_find(inside, 0, TEXT("<%"));
	if (bad < inside.length)
		return asp_build_fail(b, 138, TEXT(""), place_at(c, from + bad));
	int r = take_code(c, from, to, &inside);
	return r ? r : asp_build_script(b, inside, place_at(c, from));
}

static int script_source(struct cursor *c, struct text name, struct asp_place place)
{
	struct asp_build *b = c->b;
	struct buf url;
	uint16_t index = 0;
	buf_init(&url, 4096);
	int r = asp_url_resolve(b->files[c->file].url, name, b->options->parent_paths, &url);
	if (r == 0)
		r = asp_build_file(b, buf_text(&url), &index);
	buf_done(&url);
	if (r == -ENOMEM)
		return r;
	if (r != 0)
		return asp_build_fail(b, 126, name, place);
	struct cursor file = {
		.b = b, .t = b->files[index].text, .file = index, .line = 1, .column = 1
	};
	struct text code;
	r = take_code(&file, 0, file.t.length, &code);
	return r ? r : asp_build_script(b, code, (struct asp_place){ index, 1, 1 });
}

static int parse_script(struct cursor *c, size_t start, bool *ret_server)
{
	struct asp_attribute attributes[ASP_ATTRIBUTES_MAX];
	struct asp_build *b = c->b;
	size_t count, at = start + 7;
	struct asp_place place = place_at(c, start);
	int r = parse_tag(c, &at, 117, attributes, &count, ret_server, place);
	if (r != 0 || !*ret_server)
		return r;
	struct text language = asp_attribute_get(attributes, count, TEXT("language"));
	if (!language.data)
		language = text_of(b->options->language);
	if (!is_vbscript(language))
		return asp_build_fail(b, 129, language, place);
	size_t end = asp_find(c->t, at, TEXT("</script"));
	size_t close = skip_space(c->t, end == c->t.length ? end : end + 8);
	if (close == c->t.length || c->t.data[close] != '>')
		return asp_build_fail(b, 117, TEXT(""), place);
	c->at = close + 1;
	struct text source = asp_attribute_get(attributes, count, TEXT("src"));
	if (source.length)
		return script_source(c, source, place);
	return parse_script_text(c, at, end);
}

static bool is_reserved(struct text id)
{
	static const char *const names[] = { "Request",     "Response",      "Server", "Session",
					     "Application", "ObjectContext", "Err" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (text_equal_nocase(id, text_of(names[i])))
			return true;
	}
	return false;
}

static bool class_of(const struct asp_attribute *attributes, size_t count, CLSID *ret)
{
	struct text clsid = asp_attribute_get(attributes, count, TEXT("classid"));
	struct text progid = asp_attribute_get(attributes, count, TEXT("progid"));
	if (text_starts_with_nocase(clsid, TEXT("clsid:")))
		clsid = slice(clsid, 6, clsid.length);
	if (clsid.length)
		return guid_parse(clsid, ret) == 0;
	BSTR name = progid.length ? bstr_from_text(progid) : NULL;
	bool found = name && SUCCEEDED(CLSIDFromProgID(name, ret));
	SysFreeString(name);
	return found;
}

static int declare(struct asp_build *b, const struct asp_attribute *attributes, size_t count,
		   struct asp_place place)
{
	struct asp_declared_object object = {
		.id = text_trim(asp_attribute_get(attributes, count, TEXT("id"))),
	};
	struct text scope = text_trim(asp_attribute_get(attributes, count, TEXT("scope")));
	if (object.id.length == 0)
		return asp_build_fail(b, 123, TEXT(""), place);
	if (is_reserved(object.id))
		return asp_build_fail(b, 136, object.id, place);
	if (text_equal_nocase(scope, TEXT("application")))
		object.scope = ASP_SCOPE_APPLICATION;
	else if (text_equal_nocase(scope, TEXT("session")))
		object.scope = ASP_SCOPE_SESSION;
	else if (scope.length && !text_equal_nocase(scope, TEXT("page")))
		return asp_build_fail(b, b->options->global ? 122 : 121, object.id, place);
	if (b->options->global != (object.scope != ASP_SCOPE_PAGE))
		return asp_build_fail(b, b->options->global ? 122 : 121, object.id, place);
	if (!class_of(attributes, count, &object.clsid))
		return asp_build_fail(b, 119, object.id, place);
	return asp_build_object(b, &object);
}

static int parse_object(struct cursor *c, size_t start, bool *ret_server)
{
	struct asp_attribute attributes[ASP_ATTRIBUTES_MAX];
	size_t count, at = start + 7;
	struct asp_place place = place_at(c, start);
	int r = parse_tag(c, &at, 118, attributes, &count, ret_server, place);
	if (r != 0 || !*ret_server)
		return r;
	bool closed = at >= 2 && c->t.data[at - 2] == '/';
	if (!closed) {
		size_t end = asp_find(c->t, at, TEXT("</object"));
		size_t close = skip_space(c->t, end == c->t.length ? end : end + 8);
		if (close == c->t.length || c->t.data[close] != '>')
			return asp_build_fail(c->b, 118, TEXT(""), place);
		if (asp_find(slice(c->t, at, end), 0, TEXT("<object")) < end - at)
			return asp_build_fail(c->b, 139, TEXT(""), place);
		at = close + 1;
	}
	c->at = at;
	return declare(c->b, attributes, count, place);
}

/* ---- the whole ---- */

enum special { SPECIAL_NONE, SPECIAL_CODE, SPECIAL_INCLUDE, SPECIAL_SCRIPT, SPECIAL_OBJECT };

static enum special special_at(struct text t, size_t at, size_t *ret_after)
{
	if (at + 1 == t.length)
		return SPECIAL_NONE;
	switch (t.data[at + 1]) {
	case '%':
		return SPECIAL_CODE;
	case '!':
		return include_at(t, at, ret_after) ? SPECIAL_INCLUDE : SPECIAL_NONE;
	case 's':
	case 'S':
		return asp_word_at(t, at + 1, TEXT("script")) ? SPECIAL_SCRIPT : SPECIAL_NONE;
	case 'o':
	case 'O':
		return asp_word_at(t, at + 1, TEXT("object")) ? SPECIAL_OBJECT : SPECIAL_NONE;
	default:
		return SPECIAL_NONE;
	}
}

static int parse_special(struct cursor *c, size_t at, enum special kind, size_t after,
			 bool *ret_taken)
{
	*ret_taken = true;
	switch (kind) {
	case SPECIAL_CODE:
		return parse_code(c, at);
	case SPECIAL_INCLUDE:
		return parse_include(c, at, after);
	case SPECIAL_SCRIPT:
		return parse_script(c, at, ret_taken);
	case SPECIAL_OBJECT:
		return parse_object(c, at, ret_taken);
	default:
		*ret_taken = false;
		return 0;
	}
}

static int take_literal(struct cursor *c, size_t from, size_t to)
{
	struct asp_place place = place_at(c, from);

	c->literal.counted = c->counted;
	c->literal.line = c->line;
	c->literal.column = c->column;
	return asp_build_literal(c->b, slice(c->t, from, to), place);
}

static int parse_text(struct cursor *c)
{
	size_t literal = 0; /* where the literal text under way began */
	while (c->at < c->t.length) {
		const char *lt = memchr(c->t.data + c->at, '<', c->t.length - c->at);
		if (!lt)
			break;
		size_t at = (size_t)(lt - c->t.data), after = 0;
		bool taken = false;
		enum special kind = special_at(c->t, at, &after);
		int r = 0;
		if (kind == SPECIAL_CODE || kind == SPECIAL_INCLUDE) {
			/* What stands in front comes first; a tag may yet turn out to be text. */
			r = take_literal(c, literal, at);
			literal = at;
		}
		if (r == 0)
			r = parse_special(c, at, kind, after, &taken);
		if (r != 0)
			return r;
		if (!taken) {
			c->at = at + 1;
			continue;
		}
		/* A server's script or object leaves no trace in the text around it. */
		r = take_literal(c, literal, at);
		if (r != 0)
			return r;
		literal = c->at;
	}
	return take_literal(c, literal, c->t.length);
}

int asp_parse_file(struct asp_build *b, uint16_t index)
{
	struct cursor c = {
		.b = b, .t = b->files[index].text, .file = index, .line = 1, .column = 1
	};
	b->expanded += c.t.length;
	if (b->expanded > ASP_PAGE_MAX)
		return asp_build_fail(b, 101, TEXT("the page includes too much"),
				      (struct asp_place){ index, 1, 1 });
	b->stack[b->depth++] = index;
	int r = parse_text(&c);
	b->depth--;
	return r;
}
