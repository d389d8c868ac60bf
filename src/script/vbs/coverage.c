/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorder behind coverage.h: counters by the indices of the engine's own tables.
 */
#include "script/vbs/coverage.h"

#ifdef SURROGATE_FAULTS

#include "base/buf.h"
#include "base/mem.h"
#include "script/vbs/ast.h"
#include "script/vbs/builtin.h"
#include "script/vbs/errors.h"

#define BUILTINS_MAX 512

static const int numbers[] = {
#define X(number, text) number,
	VBS_ERRORS(X)
#undef X
};

/* Words of statements that the lexer knows as names. */
static const char *const names[] = { "default",  "erase",     "error", "explicit",
				     "property", "randomize", "step",  "stop" };

static const struct {
	const char *kind, *text;
	uint8_t type;
} tokens[] = {
#define X(name, text) { "word", text, T_##name },
	VBS_KEYWORDS(X)
#undef X
	/* clang-format off */
	{ "operator", "+", T_PLUS }, { "operator", "-", T_MINUS }, { "operator", "*", T_STAR },
	{ "operator", "/", T_SLASH }, { "operator", "\\", T_BACKSLASH }, { "operator", "^", T_CARET },
	{ "operator", "&", T_AMP }, { "operator", "=", T_EQ }, { "operator", "<>", T_NE },
	{ "operator", "<", T_LT }, { "operator", ">", T_GT }, { "operator", "<=", T_LE },
	{ "operator", ">=", T_GE }, { "sign", ":", T_COLON }, { "sign", "#", T_DATE },
	/* clang-format on */
};

static struct {
	int builtins[BUILTINS_MAX], failures[BUILTINS_MAX][ARRAY_LEN(numbers)];
	int types[UINT8_MAX + 1]; /* of tokens */
	int names[ARRAY_LEN(names)], errors[ARRAY_LEN(numbers)];
} seen;

static void count(int *at, int by)
{
	__atomic_add_fetch(at, by, __ATOMIC_RELAXED);
}

static int error_index(int number)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i] == number)
			return i;
	return -1;
}

void vbs_cover_builtin(unsigned index, HRESULT hr)
{
	int error = FAILED(hr) ? error_index(vbs_error_of_hresult(hr)) : -1;

	if (index >= BUILTINS_MAX)
		return;
	count(&seen.builtins[index], 1);
	if (error >= 0)
		count(&seen.failures[index][error], 1);
}

static void cover_token(const struct vbs_token *t)
{
	count(&seen.types[t->type], 1);
	if (t->type != T_NAME)
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_equal_nocase(t->symbol->text, text_of(names[i])))
			count(&seen.names[i], 1);
}

void vbs_cover_tokens(const struct vbs_tree *tree)
{
	for (size_t i = 0; i < tree->token_count; i++)
		if (!i || tree->tokens[i - 1].type != T_DOT)
			cover_token(&tree->tokens[i]);
}

void vbs_cover_error(int number, int by)
{
	int i = error_index(number);

	if (i >= 0)
		count(&seen.errors[i], by);
}

int vbs_coverage_errors(int number)
{
	int i = error_index(number);

	return i >= 0 ? __atomic_load_n(&seen.errors[i], __ATOMIC_RELAXED) : 0;
}

void vbs_coverage_reset(void)
{
	memset(&seen, 0, sizeof seen);
}

static void print(struct buf *out, bool all)
{
	for (unsigned i = 0; i < vbs_builtin_count() && i < BUILTINS_MAX; i++) {
		const struct vbs_builtin *b = vbs_builtin_at(i);

		if (all || seen.builtins[i] > 0)
			buf_printf(out, "%s %s\n", b->fn ? "function" : "constant", b->name);
		for (size_t k = 0; k < ARRAY_LEN(numbers) && !all; k++)
			if (seen.failures[i][k] > 0)
				buf_printf(out, "failure %s %d\n", b->name, numbers[k]);
	}
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		if (all || seen.types[tokens[i].type] > 0)
			buf_printf(out, "%s %s\n", tokens[i].kind, tokens[i].text);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (all || seen.names[i] > 0)
			buf_printf(out, "word %s\n", names[i]);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (all || seen.errors[i] > 0)
			buf_printf(out, "error %d%s%s\n", numbers[i], all ? " " : "",
				   all ? vbs_error_text(numbers[i]) : "");
}

void vbs_coverage_print(struct buf *out)
{
	print(out, false);
}

void vbs_coverage_print_all(struct buf *out)
{
	print(out, true);
}

#endif
