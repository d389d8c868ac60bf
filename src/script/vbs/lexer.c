/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer (lexer.h). Pure; runs wherever a program is compiled. It reads UTF-8 byte by byte:
 * everything that has a meaning is ASCII, other letters may only be part of names and literals.
 */
#include "script/vbs/lexer.h"

#include "base/mem.h"
#include "script/vbs/builtin.h"

#define NAME_MAX_LENGTH 255
#define TOKENS_MAX (16u << 20)

struct lexer {
	struct vbs_symbols *symbols;
	struct vbs_token *tokens;
	size_t count, capacity;
	const char *at, *end, *line_start;
	const char *mark; /* a place in the line whose column is known: columns are linear */
	uint32_t mark_column;
	uint32_t line, base_column;
	uint16_t file;
	bool space, joined;
	struct vbs_fault *fault;
};

static const struct {
	const char *text;
	uint8_t length, type;
} words[] = {
#define X(name, text) { text, sizeof(text) - 1, T_##name },
	VBS_KEYWORDS(X)
#undef X
};

static uint8_t find_word(struct text t)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].length == t.length && ((words[i].text[0] ^ t.data[0]) & 0xDF) == 0 &&
		    text_equal_nocase((struct text){ words[i].text, words[i].length }, t))
			return words[i].type;
	return T_NAME;
}

struct vbs_symbol *vbs_symbol_intern(struct vbs_symbols *symbols, struct text name)
{
	struct vbs_symbol **bucket = &symbols->buckets[text_hash_nocase(name) % SYMBOL_BUCKETS];
	struct vbs_symbol *s;

	for (s = *bucket; s; s = s->next)
		if (text_equal_nocase(s->text, name))
			return s;
	s = arena_new(symbols->arena, struct vbs_symbol);
	if (!s)
		return NULL;
	s->text.data = arena_strndup(symbols->arena, name.data ? name.data : "", name.length);
	if (!s->text.data)
		return NULL;
	s->text.length = name.length;
	s->builtin = vbs_builtin_find(name);
	s->word = find_word(name);
	s->next = *bucket;
	*bucket = s;
	return s;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '_';
}

/* Columns count characters, not bytes. */
static struct vbs_place lexer_place(struct lexer *l, const char *at)
{
	uint32_t column;

	if (!l->mark || l->mark < l->line_start || l->mark > at) {
		l->mark = l->line_start;
		l->mark_column = l->base_column;
	}
	column = l->mark_column;
	for (const char *p = l->mark; p < at; p++)
		column += ((unsigned char)*p & 0xC0) != 0x80;
	l->mark = at;
	l->mark_column = column;
	return (struct vbs_place){ .file = l->file,
				   .line = l->line,
				   .column = column > UINT16_MAX ? UINT16_MAX : column };
}

static int lexer_fail(struct lexer *l, int number, const char *at)
{
	l->fault->number = number;
	l->fault->place = lexer_place(l, at);
	return number;
}

static int add(struct lexer *l, uint8_t type, const char *at, struct text text)
{
	struct vbs_token *t;

	if (l->count == l->capacity) {
		size_t capacity = l->capacity ? l->capacity * 2 : 256;

		t = l->count < TOKENS_MAX ? mem_realloc(l->tokens, capacity, sizeof *t) : NULL;
		if (!t) {
			l->fault->limit = l->count >= TOKENS_MAX;
			return lexer_fail(l, 1001, at);
		}
		l->tokens = t;
		l->capacity = capacity;
	}
	t = &l->tokens[l->count++];
	*t = (struct vbs_token){ .type = type,
				 .space = l->space,
				 .joined = l->joined,
				 .place = lexer_place(l, at),
				 .text = text };
	l->space = l->joined = false;
	return 0;
}

static void lexer_newline(struct lexer *l)
{
	if (*l->at == '\r' && l->at + 1 < l->end && l->at[1] == '\n')
		l->at++;
	l->at++;
	l->line++;
	l->line_start = l->at;
	l->base_column = 1;
}

static int lex_word(struct lexer *l, const char *start)
{
	bool member = l->count && l->tokens[l->count - 1].type == T_DOT;
	struct vbs_symbol *symbol;
	struct text t;

	while (l->at < l->end && is_word(*l->at))
		l->at++;
	t = (struct text){ start, l->at - start };
	if (t.length == 3 && !member && text_equal_nocase(t, TEXT("rem"))) {
		while (l->at < l->end && *l->at != '\n' && *l->at != '\r')
			l->at++;
		return 0;
	}
	if (t.length > NAME_MAX_LENGTH)
		return lexer_fail(l, 1030, start);
	symbol = vbs_symbol_intern(l->symbols, t);
	if (!symbol || add(l, symbol->word, start, t))
		return lexer_fail(l, 1001, start);
	l->tokens[l->count - 1].symbol = symbol;
	return 0;
}

static int lex_bracketed(struct lexer *l, const char *start)
{
	struct vbs_symbol *symbol;
	struct text t;

	for (l->at = start + 1; l->at < l->end && *l->at != ']'; l->at++)
		if (*l->at == '\n' || *l->at == '\r')
			return lexer_fail(l, 1007, l->at);
	if (l->at == l->end)
		return lexer_fail(l, 1007, l->at);
	t = (struct text){ start + 1, l->at - start - 1 };
	if (t.length > NAME_MAX_LENGTH)
		return lexer_fail(l, 1030, start);
	l->at++;
	symbol = vbs_symbol_intern(l->symbols, t);
	if (!symbol || add(l, T_NAME, start, t))
		return lexer_fail(l, 1001, start);
	l->tokens[l->count - 1].symbol = symbol;
	return 0;
}

static int lex_string(struct lexer *l, const char *start)
{
	for (l->at = start + 1;; l->at++) {
		if (l->at >= l->end || *l->at == '\n' || *l->at == '\r')
			return lexer_fail(l, 1033, l->at);
		if (*l->at == '"') {
			if (l->at + 1 < l->end && l->at[1] == '"')
				l->at++;
			else
				break;
		}
	}
	l->at++;
	return add(l, T_STRING, start, (struct text){ start + 1, l->at - start - 2 });
}

static int lex_date(struct lexer *l, const char *start)
{
	for (l->at = start + 1; l->at < l->end && *l->at != '#'; l->at++)
		if (*l->at == '\n' || *l->at == '\r')
			return lexer_fail(l, 1032, start);
	if (l->at == l->end)
		return lexer_fail(l, 1032, start);
	l->at++;
	return add(l, T_DATE, start, (struct text){ start + 1, l->at - start - 2 });
}

/* The end of the digits of "&H1F" or "&O17", NULL when they are none: "&" before a name that begins
 * so is an operator, as in a &hello. Digits end at a word: &h01or&h02 is an Or of two numbers. */
static const char *radix_end(struct lexer *l, const char *start)
{
	bool hex = (start[1] | 32) == 'h';
	const char *p = start + 2, *word;

	while (p < l->end && (hex ? is_digit(*p) || ((*p | 32) >= 'a' && (*p | 32) <= 'f')
				  : *p >= '0' && *p <= '7'))
		p++;
	if (p == start + 2)
		return NULL;
	for (word = p; word < l->end && is_word(*word);)
		word++;
	return word == p || find_word((struct text){ p, word - p }) != T_NAME ? p : NULL;
}

/* A number ends where its digits end, whatever follows: sites write `If n = 0Then`. */
static int lex_number(struct lexer *l, const char *start)
{
	if (*start == '&') {
		l->at = radix_end(l, start);
		if (l->at < l->end && *l->at == '&')
			l->at++;
		return add(l, T_NUMBER, start, (struct text){ start, l->at - start });
	}
	while (l->at < l->end && is_digit(*l->at))
		l->at++;
	if (l->at < l->end && *l->at == '.') {
		l->at++;
		while (l->at < l->end && is_digit(*l->at))
			l->at++;
	}
	if (l->at < l->end && (*l->at | 32) == 'e') {
		const char *p = l->at + 1;

		if (p < l->end && (*p == '+' || *p == '-'))
			p++;
		/* Without digits the E begins a word: `x = 1Else`. */
		if (p < l->end && is_digit(*p)) {
			while (p < l->end && is_digit(*p))
				p++;
			l->at = p;
		}
	}
	return add(l, T_NUMBER, start, (struct text){ start, l->at - start });
}

static int lex_operator(struct lexer *l, const char *start)
{
	static const struct {
		char text[3];
		uint8_t type;
	} operators[] = {
		{ "<>", T_NE },    { "><", T_NE },        { "<=", T_LE },   { "=<", T_LE },
		{ ">=", T_GE },    { "=>", T_GE },        { "<", T_LT },    { ">", T_GT },
		{ "=", T_EQ },     { "+", T_PLUS },       { "-", T_MINUS }, { "*", T_STAR },
		{ "/", T_SLASH },  { "\\", T_BACKSLASH }, { "^", T_CARET }, { "&", T_AMP },
		{ "(", T_LPAREN }, { ")", T_RPAREN },     { ",", T_COMMA }, { ".", T_DOT },
		{ ":", T_COLON },
	};

	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		size_t n = strlen(operators[i].text);

		if ((size_t)(l->end - start) >= n && !memcmp(start, operators[i].text, n)) {
			l->at = start + n;
			return add(l, operators[i].type, start, (struct text){ start, n });
		}
	}
	return lexer_fail(l, 1032, start);
}

/* "_" before the end of the line joins it with the next one. */
static int lex_continuation(struct lexer *l, const char *start)
{
	const char *p = start + 1;

	while (p < l->end && (*p == ' ' || *p == '\t'))
		p++;
	if (p < l->end && *p != '\n' && *p != '\r')
		return lexer_fail(l, 1032, start);
	l->at = p;
	if (p < l->end)
		lexer_newline(l);
	l->space = l->joined = true;
	return 0;
}

static int lex_one(struct lexer *l)
{
	const char *start = l->at;
	char c = *start, next = start + 1 < l->end ? start[1] : 0;
	int n;

	switch (c) {
	case ' ':
	case '\t':
	case '\v':
	case '\f':
		l->at++;
		l->space = true;
		return 0;
	case '\r':
	case '\n':
		n = add(l, T_EOL, start, (struct text){ start, 0 });
		lexer_newline(l);
		return n;
	case '\'':
		while (l->at < l->end && *l->at != '\n' && *l->at != '\r')
			l->at++;
		return 0;
	case '"':
		return lex_string(l, start);
	case '#':
		return lex_date(l, start);
	case '[':
		return lex_bracketed(l, start);
	case '_':
		return lex_continuation(l, start);
	case '&':
		if (((next | 32) == 'h' || (next | 32) == 'o') && radix_end(l, start))
			return lex_number(l, start);
		return lex_operator(l, start);
	case '.':
		if (is_digit(next))
			return lex_number(l, start);
		return lex_operator(l, start);
	default:
		if (is_digit(c))
			return lex_number(l, start);
		if (is_letter(c))
			return lex_word(l, start);
		return lex_operator(l, start);
	}
}

static int lex_segment(struct lexer *l, const struct vbs_segment *segment)
{
	l->at = l->line_start = segment->code.data ? segment->code.data : "";
	l->mark = NULL;
	l->end = l->at + segment->code.length;
	l->line = segment->line ? segment->line : 1;
	l->base_column = segment->column ? segment->column : 1;
	l->file = segment->file;
	if (l->line == 1 && l->base_column == 1 && segment->code.length >= 3 &&
	    !memcmp(l->at, "\xEF\xBB\xBF", 3))
		l->at += 3, l->line_start += 3;
	while (l->at < l->end) {
		int n = lex_one(l);

		if (n)
			return n;
	}
	l->space = true;
	return segment->continues ? 0 : add(l, T_EOL, l->at, (struct text){ l->at, 0 });
}

int vbs_lex(const struct vbs_source *source, struct vbs_symbols *symbols,
	    struct vbs_token **ret_tokens, size_t *ret_count, struct vbs_fault *fault)
{
	struct lexer l = { .symbols = symbols, .fault = fault, .line = 1, .base_column = 1 };
	struct vbs_token *tokens = NULL;
	int n = 0;

	l.at = l.end = l.line_start = "";
	for (size_t i = 0; i < source->segment_count && !n; i++)
		n = lex_segment(&l, &source->segments[i]);
	if (!n)
		n = add(&l, T_EOL, l.at, (struct text){ l.at, 0 });
	if (!n)
		n = add(&l, T_EOF, l.at, (struct text){ l.at, 0 });
	if (!n) {
		tokens = arena_dup(symbols->arena, l.tokens, l.count * sizeof *tokens);
		if (!tokens)
			n = lexer_fail(&l, 1001, l.at);
	}
	mem_free(l.tokens);
	if (n)
		return n;
	*ret_tokens = tokens;
	*ret_count = l.count;
	return 0;
}
