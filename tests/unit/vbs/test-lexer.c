/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer: tokens, their places, and where it refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "script/vbs/lexer.h"

struct lexed {
	struct arena arena;
	struct vbs_token *tokens;
	size_t count;
	struct vbs_fault fault;
};

static int lex(struct lexed *l, const struct vbs_segment *segments, size_t count)
{
	const char *files[] = { "a", "b" };
	struct vbs_source source = { files, 2, segments, count };
	struct vbs_symbols *symbols;

	*l = (struct lexed){ 0 };
	arena_init(&l->arena, 1 << 20);
	symbols = arena_new(&l->arena, struct vbs_symbols);
	assert_non_null(symbols);
	symbols->arena = &l->arena;
	return vbs_lex(&source, symbols, &l->tokens, &l->count, &l->fault);
}

static int lex_text(struct lexed *l, const char *text)
{
	struct vbs_segment segment = { text_of(text), 0, false, 1, 1 };

	return lex(l, &segment, 1);
}

static void test_types(void **state)
{
	static const uint8_t want[] = { T_NAME,   T_EQ,   T_NUMBER, T_AMP, T_NUMBER,
					T_STRING, T_DATE, T_NE,     T_LE,  T_GE,
					T_DOT,    T_NAME, T_END,    T_SUB, T_COLON,
					T_NAME,   T_EOL,  T_EOL,    T_EOF };
	struct lexed l;

	(void)state;
	assert_int_equal(lex_text(&l,
				  "x = 1.5e3 & &HFF \"a\"\"b\" #1/1/2000# >< =< => .y End SUB : "
				  "[end] ' rest"),
			 0);
	assert_int_equal(l.count, ARRAY_LEN(want));
	for (size_t i = 0; i < l.count; i++)
		assert_int_equal(l.tokens[i].type, want[i]);
	assert_true(text_equal(l.tokens[5].text, TEXT("a\"\"b")));
	arena_done(&l.arena);
}

/* Names are one symbol in any case. */
static void test_symbols(void **state)
{
	struct lexed l;

	(void)state;
	assert_int_equal(lex_text(&l, "Foo fOO [FOO] bar"), 0);
	assert_ptr_equal(l.tokens[0].symbol, l.tokens[1].symbol);
	assert_ptr_equal(l.tokens[0].symbol, l.tokens[2].symbol);
	assert_ptr_not_equal(l.tokens[0].symbol, l.tokens[3].symbol);
	arena_done(&l.arena);
}

static void test_places(void **state)
{
	static const struct vbs_segment segments[] = {
		{ { "a\r\n  \xC3\xBC\xC3\xBC b _\n c", 16 }, 0, false, 10, 4 },
		{ { "d", 1 }, 1, true, 3, 7 },
		{ { "e", 1 }, 1, false, 5, 1 },
	};
	static const struct {
		uint8_t type;
		uint16_t file;
		uint32_t line, column;
	} want[] = { { T_NAME, 0, 10, 4 }, { T_EOL, 0, 10, 5 },  { T_NAME, 0, 11, 3 },
		     { T_NAME, 0, 11, 6 }, { T_NAME, 0, 12, 2 }, { T_EOL, 0, 12, 3 },
		     { T_NAME, 1, 3, 7 },  { T_NAME, 1, 5, 1 },  { T_EOL, 1, 5, 2 } };
	struct lexed l;

	(void)state;
	assert_int_equal(lex(&l, segments, ARRAY_LEN(segments)), 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(l.tokens[i].type, want[i].type);
		assert_int_equal(l.tokens[i].place.file, want[i].file);
		assert_int_equal(l.tokens[i].place.line, want[i].line);
		assert_int_equal(l.tokens[i].place.column, want[i].column);
	}
	arena_done(&l.arena);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		int number;
		unsigned column;
	} cases[] = { { "x = \"ab", 1033, 8 },
		      { "a ? b", 1032, 3 },
		      { "[abc", 1007, 5 },
		      { "#1/1/2000", 1032, 1 },
		      { "a _ b", 1032, 3 } };
	struct lexed l;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(lex_text(&l, cases[i].text), cases[i].number);
		assert_int_equal(l.fault.place.column, cases[i].column);
		arena_done(&l.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests_name("vbs/lexer", tests, NULL, NULL);
}
