/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer and its macros; see lexer.h. A macro's tokens are kept as they were read; while they
 * are given out the macro itself is an ordinary name, as in C.
 */
#include "lexer.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

struct macro {
	const char *name;
	struct token *tokens;
	unsigned count;
	const char *params[8];
	unsigned param_count;
	bool takes_arguments;
};

struct expansion {
	struct expansion *outer;
	const struct macro *macro; /* NULL: an argument */
	const struct token *tokens;
	unsigned count, next;
	/* The arguments that the macro was used with. */
	const struct token *args[8];
	unsigned arg_counts[8];
};

#define MACRO_TOKENS_MAX 256

int lexer_init(struct lexer *lexer, struct idl *idl, struct idl_file *file, const char *path,
	       const char *text, size_t size)
{
	*lexer = (struct lexer){ .idl = idl,
				 .file = file,
				 .at = text,
				 .end = text + size,
				 .line_start = text,
				 .place = { path, 1, 1 },
				 .fresh = true };
	lexer->macros = map_new(IDL_NAMES_MAX, 0);
	if (!lexer->macros) {
		idl_fail(idl, NULL, "out of memory");
		return idl->result;
	}
	lexer_next(lexer);
	return idl->result;
}

void lexer_done(struct lexer *lexer)
{
	map_free(lexer->macros, NULL);
}

/* ---- characters ---- */

static int peek(const struct lexer *l, size_t ahead)
{
	return (size_t)(l->end - l->at) > ahead ? (unsigned char)l->at[ahead] : -1;
}

static void step(struct lexer *l)
{
	if (*l->at++ == '\n') {
		l->place.line++;
		l->line_start = l->at;
		l->fresh = true;
	}
}

static struct idl_place here(const struct lexer *l)
{
	return (struct idl_place){ l->place.file, l->place.line, (int)(l->at - l->line_start) + 1 };
}

/* Blanks and comments; with `in_line` the end of a line is no blank. */
static void skip_blanks(struct lexer *l, bool in_line)
{
	for (;;) {
		int c = peek(l, 0);

		if (c == '\\' &&
		    (peek(l, 1) == '\n' || (peek(l, 1) == '\r' && peek(l, 2) == '\n'))) {
			step(l);
			bool fresh = l->fresh;
			if (peek(l, 0) == '\r')
				step(l);
			step(l);
			l->fresh = fresh;
		} else if (c == '/' && peek(l, 1) == '/') {
			while (peek(l, 0) >= 0 && peek(l, 0) != '\n')
				step(l);
		} else if (c == '/' && peek(l, 1) == '*') {
			struct idl_place began = here(l);
			bool fresh = l->fresh;

			step(l);
			step(l);
			while (peek(l, 0) >= 0 && !(peek(l, 0) == '*' && peek(l, 1) == '/'))
				step(l);
			if (peek(l, 0) < 0) {
				idl_fail(l->idl, &began, "this comment has no end");
				return;
			}
			step(l);
			step(l);
			l->fresh = fresh || (l->fresh && !in_line);
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' ||
			   (c == '\n' && !in_line)) {
			step(l);
		} else {
			return;
		}
	}
}

/* ---- tokens of the text ---- */

static void read_number(struct lexer *l, struct token *t)
{
	const char *start = l->at;
	bool real = false;

	while (isalnum(peek(l, 0)) || peek(l, 0) == '.') {
		real = real || peek(l, 0) == '.';
		step(l);
	}
	t->kind = TOKEN_NUMBER;
	t->text = arena_strndup(&l->idl->arena, start, (size_t)(l->at - start));
	if (!t->text) {
		idl_fail(l->idl, &t->place, "out of memory");
		return;
	}
	if (real)
		return;
	char *end;
	errno = 0;
	t->value = (int64_t)strtoull(t->text, &end, 0);
	while (*end && strchr("uUlL", *end))
		end++;
	if (*end || errno)
		idl_fail(l->idl, &t->place, "\"%.60s\" is not a number", t->text);
}

static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case '0':
		return '\0';
	default:
		return c;
	}
}

static void read_quoted(struct lexer *l, struct token *t)
{
	char quote = *l->at, *to;
	const char *start = l->at + 1, *p = start;

	while (p < l->end && *p != quote && *p != '\n')
		p += *p == '\\' && p + 1 < l->end ? 2 : 1;
	if (p >= l->end || *p != quote) {
		idl_fail(l->idl, &t->place, "this string has no end");
		return;
	}
	to = arena_alloc(&l->idl->arena, (size_t)(p - start) + 1);
	if (!to) {
		idl_fail(l->idl, &t->place, "out of memory");
		return;
	}
	t->kind = TOKEN_STRING;
	t->text = to;
	for (const char *from = start; from < p; from++)
		*to++ = *from == '\\' ? escaped(*++from) : *from;
	*to = '\0';
	while (l->at <= p)
		step(l);
	if (quote == '\'') {
		t->kind = TOKEN_NUMBER;
		t->value = (unsigned char)t->text[0];
	}
}

static void read_token(struct lexer *l, struct token *t)
{
	static const char pairs[][2] = { { '<', '<' }, { '>', '>' }, { '&', '&' },
					 { '|', '|' }, { '=', '=' }, { '!', '=' },
					 { '<', '=' }, { '>', '=' }, { '-', '>' } };
	int c = peek(l, 0);

	*t = (struct token){ .place = here(l) };
	if (c < 0)
		return;
	l->fresh = false;
	if (isalpha(c) || c == '_') {
		const char *start = l->at;

		while (isalnum(peek(l, 0)) || peek(l, 0) == '_')
			step(l);
		t->kind = TOKEN_NAME;
		t->text = arena_strndup(&l->idl->arena, start, (size_t)(l->at - start));
		if (!t->text)
			idl_fail(l->idl, &t->place, "out of memory");
		return;
	}
	if (isdigit(c)) {
		read_number(l, t);
		return;
	}
	if (c == '"' || c == '\'') {
		read_quoted(l, t);
		return;
	}
	t->kind = TOKEN_PUNCT;
	t->punct = c;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (c == pairs[i][0] && peek(l, 1) == pairs[i][1])
			t->punct = PUNCT2(c, pairs[i][1]);
	}
	step(l);
	if (t->punct > 0xFF)
		step(l);
	else if (!strchr("{}()[];:,.*=<>+-/%&|^~!?", c))
		idl_fail(l->idl, &t->place, "a character that IDL does not know");
}

/* ---- macros ---- */

static bool is_punct(const struct token *t, int punct)
{
	return t->kind == TOKEN_PUNCT && t->punct == punct;
}

static void read_params(struct lexer *l, struct macro *m)
{
	struct token t;

	m->takes_arguments = true;
	step(l);
	for (;;) {
		skip_blanks(l, true);
		read_token(l, &t);
		if (is_punct(&t, ')'))
			return;
		if (t.kind != TOKEN_NAME || m->param_count == ARRAY_LEN(m->params)) {
			idl_fail(l->idl, &t.place, "expected at most %zu names of parameters here",
				 ARRAY_LEN(m->params));
			return;
		}
		m->params[m->param_count++] = t.text;
		skip_blanks(l, true);
		if (peek(l, 0) == ',')
			step(l);
	}
}

/* What is nothing but a number is for C too. */
static void export_number(struct lexer *l, const struct macro *m)
{
	bool number = m->count == 1 && m->tokens[0].kind == TOKEN_NUMBER && !m->takes_arguments;
	struct idl_item *item = number ? idl_new(l->idl, struct idl_item) : NULL;

	if (!item)
		return;
	*item = (struct idl_item){ .kind = IDL_ITEM_CONST,
				   .name = m->name,
				   .value = m->tokens[0].value };
	*l->file->tail = item;
	l->file->tail = &item->next;
}

static void define(struct lexer *l, const struct token *name)
{
	struct macro *m = idl_new(l->idl, struct macro);
	struct token tokens[MACRO_TOKENS_MAX];

	if (!m)
		return;
	m->name = name->text;
	if (peek(l, 0) == '(')
		read_params(l, m);
	for (skip_blanks(l, true); !l->idl->result; skip_blanks(l, true)) {
		if (peek(l, 0) < 0 || peek(l, 0) == '\n')
			break;
		if (m->count == MACRO_TOKENS_MAX) {
			idl_fail(l->idl, &name->place, "a macro has at most %d tokens",
				 MACRO_TOKENS_MAX);
			return;
		}
		read_token(l, &tokens[m->count++]);
	}
	m->tokens = idl_alloc(l->idl, (m->count + 1) * sizeof(*m->tokens));
	if (!m->tokens)
		return;
	memcpy(m->tokens, tokens, m->count * sizeof(*tokens));
	export_number(l, m);
	if (map_put(l->macros, text_of(m->name), m, NULL) < 0)
		idl_fail(l->idl, &name->place, "too many macros, or out of memory");
}

/* What comes behind "#". Conditions are only of the kinds that ask whether a name is defined. */
static void directive(struct lexer *l)
{
	struct token word, name = { 0 };

	skip_blanks(l, true);
	read_token(l, &word);
	if (word.kind != TOKEN_NAME) {
		idl_fail(l->idl, &word.place, "expected a directive behind #");
		return;
	}
	bool ifdef = !strcmp(word.text, "ifdef"), ifndef = !strcmp(word.text, "ifndef");
	bool names = ifdef || ifndef || !strcmp(word.text, "define") || !strcmp(word.text, "undef");

	if (names) {
		skip_blanks(l, true);
		name.place = here(l);
		if (peek(l, 0) != '\n')
			read_token(l, &name);
		if (name.kind != TOKEN_NAME) {
			idl_fail(l->idl, &name.place, "expected a name behind #%.20s", word.text);
			return;
		}
	}
	if (ifdef || ifndef) {
		l->conditions++;
		if (!l->skipping && (map_get(l->macros, text_of(name.text)) != NULL) == ifndef)
			l->skipping = l->conditions;
	} else if (!strcmp(word.text, "else") || !strcmp(word.text, "endif")) {
		bool end = word.text[1] == 'n';

		if (!l->conditions)
			idl_fail(l->idl, &word.place, "#%s without #ifdef", word.text);
		else if (l->skipping == l->conditions)
			l->skipping = 0;
		else if (!l->skipping && !end)
			l->skipping = l->conditions;
		l->conditions -= end && l->conditions;
	} else if (l->skipping) {
		/* Not ours to look at. */
	} else if (!strcmp(word.text, "define")) {
		define(l, &name);
	} else if (!strcmp(word.text, "undef")) {
		map_remove(l->macros, text_of(name.text));
	} else if (strcmp(word.text, "pragma") != 0) {
		idl_fail(l->idl, &word.place,
			 "#%.20s is not known here: use import for IDL, cpp_quote for C",
			 word.text);
	}
	while (peek(l, 0) >= 0 && peek(l, 0) != '\n')
		step(l);
}

/* The next token, of a macro being replaced or of the text; not replaced yet. */
static void next_raw(struct lexer *l, struct token *t)
{
	while (l->expansions && l->expansions->next == l->expansions->count) {
		l->expansions = l->expansions->outer;
		l->expansion_depth--;
	}
	if (l->expansions) {
		*t = l->expansions->tokens[l->expansions->next++];
		t->place = l->now.place;
		return;
	}
	for (;;) {
		skip_blanks(l, false);
		if (l->idl->result)
			break;
		if (l->fresh && peek(l, 0) == '#') {
			step(l);
			directive(l);
		} else if (l->skipping && peek(l, 0) >= 0) {
			while (peek(l, 0) >= 0 && peek(l, 0) != '\n')
				step(l);
		} else {
			break;
		}
	}
	if (l->idl->result) {
		*t = (struct token){ .place = here(l) };
		return;
	}
	read_token(l, t);
	if (t->kind == TOKEN_END && l->conditions)
		idl_fail(l->idl, &t->place, "#ifdef without #endif");
}

static bool expanding(const struct lexer *l, const struct macro *m)
{
	for (const struct expansion *e = l->expansions; e; e = e->outer) {
		if (e->macro == m)
			return true;
	}
	return false;
}

static struct expansion *push(struct lexer *l, const struct macro *m, const struct token *tokens,
			      unsigned count)
{
	struct expansion *e = idl_new(l->idl, struct expansion);

	if (!e)
		return NULL;
	if (l->expansion_depth++ == IDL_DEPTH_MAX)
		return idl_fail(l->idl, &l->now.place, "macros are nested too deep");
	*e = (struct expansion){
		.outer = l->expansions, .macro = m, .tokens = tokens, .count = count
	};
	return e;
}

/* Reads "(a, b)" behind a macro's name. False: there was no "(". */
static bool read_arguments(struct lexer *l, const struct macro *m, struct expansion *e)
{
	struct token tokens[MACRO_TOKENS_MAX], t;
	unsigned count = 0, depth = 1, arg = 0;

	next_raw(l, &t);
	if (!is_punct(&t, '(')) {
		idl_fail(l->idl, &t.place, "the macro %.60s needs its arguments", m->name);
		return false;
	}
	while (!l->idl->result) {
		next_raw(l, &t);
		depth += is_punct(&t, '(');
		depth -= is_punct(&t, ')');
		if (t.kind == TOKEN_END || count == MACRO_TOKENS_MAX) {
			idl_fail(l->idl, &t.place, "the arguments of %.60s have no end", m->name);
		} else if (depth == 0 || (depth == 1 && is_punct(&t, ','))) {
			struct token *copy = idl_alloc(l->idl, (count + 1) * sizeof(t));

			if (copy && arg < ARRAY_LEN(e->args)) {
				memcpy(copy, tokens, count * sizeof(t));
				e->args[arg] = copy;
				e->arg_counts[arg++] = count;
			}
			count = 0;
			if (depth == 0)
				return true;
		} else {
			tokens[count++] = t;
		}
	}
	return false;
}

/* Whether `t` is to be replaced; then what replaces it is next. */
static bool replace(struct lexer *l, const struct token *t)
{
	struct expansion *e = l->expansions;

	if (t->kind != TOKEN_NAME)
		return false;
	for (unsigned i = 0; e && e->macro && i < e->macro->param_count; i++) {
		if (strcmp(t->text, e->macro->params[i]) != 0)
			continue;
		struct expansion *arg =
			push(l, NULL, e->args[i], e->args[i] ? e->arg_counts[i] : 0);
		if (arg)
			l->expansions = arg;
		return true;
	}
	const struct macro *m = map_get(l->macros, text_of(t->text));
	if (!m || expanding(l, m))
		return false;
	e = push(l, m, m->tokens, m->count);
	if (!e || (m->takes_arguments && !read_arguments(l, m, e)))
		return true;
	/* Reading the arguments may have ended expansions that were open. */
	e->outer = l->expansions;
	l->expansions = e;
	return true;
}

void lexer_next(struct lexer *l)
{
	struct token t;

	do {
		if (++l->idl->tokens > IDL_TOKENS_MAX)
			idl_fail(l->idl, &l->now.place, "too much text");
		next_raw(l, &t);
		if (l->idl->result) {
			l->now = (struct token){ .place = t.place };
			return;
		}
	} while (replace(l, &t));
	l->now = t;
	if (l->idl->result)
		l->now = (struct token){ .place = t.place };
}

const char *lexer_raw(struct lexer *l)
{
	const char *start = l->at, *end = l->at;
	struct idl_place began = here(l);

	while (peek(l, 0) >= 0 && peek(l, 0) != ')' && peek(l, 0) != '\n')
		step(l);
	end = l->at;
	if (peek(l, 0) != ')' || l->expansions)
		return idl_fail(l->idl, &began, "expected ) on this line");
	struct text t = text_trim((struct text){ start, (size_t)(end - start) });
	const char *copy = arena_strndup(&l->idl->arena, t.data, t.length);
	if (!copy)
		return idl_fail(l->idl, &began, "out of memory");
	lexer_next(l);
	return copy;
}
