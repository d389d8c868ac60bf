/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler by what it makes: which instructions a source leads to, that everything verifies,
 * that no nesting or length of a source is more than an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "script/vbs/program.h"
#include "script/vbs/vbs.h"

static HRESULT compile(struct text code, struct vbs_program **ret)
{
	const char *files[] = { "x.vbs" };
	struct vbs_segment segment = { code, 0, false, 1, 1 };
	struct vbs_source source = { files, 1, &segment, 1 };

	return vbs_compile(&source, ret, NULL);
}

/* What the compiler is meant to find: a word of the disassembly that must, or must not, be there */
static const struct {
	const char *source, *with, *without;
} shapes[] = {
	{ "Sub S : Dim i : For i = 1 To 9 : Next : End Sub", "FORINC", "SETG" },
	{ "For i = 1 To 9 Step 2 : Next", "FORLOOP", NULL },
	{ "Sub S : Dim t : t = t & \"x\" : End Sub", "CAT      r1 r1", "APPEND" },
	{ "t = t & f(1)\nFunction f(x) : End Function", "APPEND", NULL },
	{ "Sub S : Dim n : If n < 5 Then n = 1\nEnd Sub", "JLTI", "LT  " },
	{ "Sub S : Dim n : If n < \"x\" Then n = 1\nEnd Sub", "JLTK", "LT  " },
	/* A variable is written once, at the end: what comes before may still read it. */
	{ "Sub S : Dim n : n = n Mod 1000 - 5 : End Sub", "ADDI     r1 r2 -5", "LOADI" },
	{ "Sub S : Dim n : n = (n + 1) * n : End Sub", "MUL      r1 r2 r1", NULL },
	{ "x = 1 : y = x + 1", "GETG", "REFG" },
	{ "For i = 1 To 9 : n = n + i : Next", "BOUND", NULL },
	{ "For i = 1 To 9 : n = n + i : Next : Execute n", "GETG", "BOUND" },
	{ "Dim a(5) : a(1) = a(1) & \"x\"", "APPEND", NULL },
	{ "Class C : Dim n : Sub S : n = n + 1 : End Sub : End Class", "SETM", "SETR" },
	{ "Sub S : Dim a, b : If a >= b Then a = 1\nEnd Sub", "JGE", NULL },
	{ "Sub S : Dim n : n = n + 1 : End Sub", "ADDI     r1 r1 1", "LOADK" },
	{ "Dim a(5) : x = a(1)", "INDEX", "CALLV" },
	{ "Dim a(5) : a(1) = 2", "SETI", "PUTV" },
	{ "Dim a(5) : f a(1)\nSub f(x) : End Sub", "ELEM", NULL },
	{ "x = Len(\"a\")", "CALLB", "CALLG" },
	{ "Function Len(x) : End Function\nx = Len(1)", "CALLG", "CALLB" },
	{ "Response.Write \"a\"", "CALLM", "PUTM" },
	{ "Const K = 5 : x = K", "LOADI", "REFG" },
	{ "Class C : Dim n : Sub S : n = 1 : Other : End Sub\nSub Other : End Sub : End Class",
	  "CALLP", "CALLM" },
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct vbs_program *program = NULL;
		struct buf out;

		assert_int_equal(compile(text_of(shapes[i].source), &program), S_OK);
		assert_null(vbs_verify(program, NULL, NULL));
		buf_init(&out, 1 << 16);
		vbs_program_dump(program, &out);
		if (!strstr(buf_cstr(&out), shapes[i].with) ||
		    (shapes[i].without && strstr(buf_cstr(&out), shapes[i].without)))
			fail_msg("%s:\n%s", shapes[i].source, buf_cstr(&out));
		buf_done(&out);
		vbs_program_unref(program);
	}
}

/* `head`, `count` times `middle`, `count` times `tail`. */
static HRESULT compile_repeated(const char *head, const char *middle, const char *tail, int count)
{
	struct vbs_program *program = NULL;
	struct buf b;
	HRESULT hr;

	buf_init(&b, 16u << 20);
	buf_puts(&b, head);
	for (int i = 0; i < count; i++)
		buf_puts(&b, middle);
	for (int i = 0; i < count; i++)
		buf_puts(&b, tail);
	assert_int_equal(buf_failed(&b), 0);
	hr = compile(buf_text(&b), &program);
	if (SUCCEEDED(hr))
		assert_null(vbs_verify(program, NULL, NULL));
	vbs_program_unref(program);
	buf_done(&b);
	return hr;
}

static void test_deep(void **state)
{
	const HRESULT too_deep = MAKE_SCRIPT_HRESULT(1001);

	(void)state;
	assert_int_equal(compile_repeated("x = ", "(", "", 100000), too_deep);
	assert_int_equal(compile_repeated("x = 1", "+1", "", 100000), too_deep);
	assert_int_equal(compile_repeated("x = ", "Not ", "", 100000), too_deep);
	assert_int_equal(compile_repeated("x = a", ".b", "", 100000), too_deep);
	assert_int_equal(compile_repeated("x = a", "(1)", "", 100000), too_deep);
	assert_int_equal(compile_repeated("", "If 1 Then\n", "End If\n", 100000), too_deep);
	assert_int_equal(compile_repeated("", "If 1 Then ", "", 100000), too_deep);
	assert_int_equal(compile_repeated("x = 1", "&1", "", 1000), S_OK);
	assert_int_equal(compile_repeated("", "If 1 Then\n", "End If\n", 100), S_OK);
	/* Length is no depth. */
	assert_int_equal(compile_repeated("If 1 Then\n", "ElseIf 1 Then\n", "", 5000),
			 MAKE_SCRIPT_HRESULT(1014));
	assert_int_equal(compile_repeated("", "x = x + 1\n", "", 50000), S_OK);
}

/* More locals than there are registers. */
static void test_many_locals(void **state)
{
	struct vbs_program *program = NULL;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_puts(&b, "Sub S\n");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "Dim v%d : v%d = %d\n", i, i, i);
	buf_puts(&b, "v999 = v0 + v500 & v999\nEnd Sub");
	assert_int_equal(compile(buf_text(&b), &program), S_OK);
	assert_null(vbs_verify(program, NULL, NULL));
	vbs_program_unref(program);
	buf_done(&b);
}

/* Every cut of a source compiles or is an error; nothing else happens. */
static void test_cut(void **state)
{
	static const char text[] =
		"Option Explicit\nDim a(2), b\nClass C\nPublic Default Property Get X(i) : X = i : "
		"End Property\nEnd Class\nSub S(ByVal p, q) : With q : .r = p & \"\"\"\" : End "
		"With : "
		"End Sub\nSelect Case b Case 1, 2 : For Each b In a : Exit For : Next Case "
		"Else\nDo "
		"Until b > #1/1/2000# : b = -b ^ 2 Mod &HFF : Loop\nEnd Select\nReDim Preserve "
		"a(b, 3)";

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		struct vbs_program *program = NULL;

		if (SUCCEEDED(compile((struct text){ text, n }, &program)))
			assert_null(vbs_verify(program, NULL, NULL));
		vbs_program_unref(program);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_many_locals),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("vbs/compiler", tests, NULL, NULL);
}
