/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native code: when procedures get it, and that a program does the same with it and without it,
 * at the edges of what it does itself. The conformance suite runs with it as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "script/vbs/native.h"

#include <pthread.h>
#include <stdio.h>

/* ---- programs that tell what they do ---- */

struct host {
	struct automation_object object;
	struct buf told;
	struct vbs_engine *engine;
};

static HRESULT host_tell(struct automation_call *call)
{
	struct host *h = (struct host *)call->self;
	char *text;
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, 0, &s);

	if (FAILED(hr))
		return hr;
	text = bstr_to_utf8(s, NULL);
	SysFreeString(s);
	if (!text)
		return E_OUTOFMEMORY;
	buf_puts(&h->told, text);
	buf_puts(&h->told, " ");
	mem_free(text);
	return S_OK;
}

/* What the host has for Execute. */
static const char *included;

static HRESULT host_include(struct automation_call *call)
{
	return automation_return_text(call->result, text_of(included));
}

static HRESULT host_interrupt(struct automation_call *call)
{
	vbs_engine_interrupt(((struct host *)call->self)->engine, E_ABORT);
	return S_OK;
}

static void host_free(struct automation_object *self)
{
	(void)self;
}

static const struct automation_member members[] = {
	{ "Tell", 1, AUTOMATION_METHOD, 1, 1, host_tell },
	{ "Interrupt", 2, AUTOMATION_METHOD, 0, 0, host_interrupt },
	{ "Include", 3, AUTOMATION_METHOD, 0, 0, host_include },
};
static const struct automation_class class = {
	.name = "Host", .members = members, .member_count = ARRAY_LEN(members), .free = host_free
};

static struct vbs_program *must_compile(const char *text)
{
	const char *files[] = { "test.vbs" };
	struct vbs_segment segment = { text_of(text), 0, false, 1, 1 };
	struct vbs_source source = { files, 1, &segment, 1 };
	struct vbs_program *program = NULL;
	struct vbs_error error = { 0 };

	if (FAILED(vbs_compile(&source, &program, &error)))
		fail_msg("%u: %s in %s", error.line, error.description, text);
	return program;
}

/* What the program told and how it ended. */
static char *run(struct vbs_program *program, const struct vbs_limits *limits)
{
	struct vbs_error error = { 0 };
	struct host h = { 0 };
	HRESULT hr;

	automation_init(&h.object, &class);
	buf_init(&h.told, 1 << 20);
	assert_int_equal(vbs_engine_new(limits, NULL, &h.engine), S_OK);
	assert_int_equal(vbs_engine_add_object(h.engine, TEXT("Host"),
					       automation_dispatch(&h.object),
					       VBS_OBJECT_GLOBAL_MEMBERS),
			 S_OK);
	hr = vbs_engine_run(h.engine, program, &error);
	vbs_engine_free(h.engine);
	if (FAILED(hr))
		buf_printf(&h.told, "%d line %u", (int)(hr & 0xFFFF), error.line);
	vbs_error_done(&error);
	return buf_take(&h.told, NULL);
}

static void expect_mode(const char *text, const char *want, const struct vbs_limits *limits)
{
	struct vbs_program *program = must_compile(text);
	char *told = run(program, limits);

	vbs_program_unref(program);
	if (strcmp(told ? told : "", want))
		fail_msg("told '%s', expected '%s' (mode %d):\n%s", told, want, limits->native,
			 text);
	mem_free(told);
}

/* Without native code, with it from the start, with it as it comes, and soon. */
static void expect(const char *text, const char *want)
{
	static const struct vbs_limits limits[] = {
		{ .native = VBS_NATIVE_NEVER },
		{ .native = VBS_NATIVE_ALWAYS },
		{ .native = VBS_NATIVE_HOT },
		{ .native = VBS_NATIVE_HOT, .turns = 7 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(limits); i++)
		expect_mode(text, want, &limits[i]);
}

/* ---- when ---- */

#define LOOP                                                                                       \
	"Function Sum(n)\n"                                                                        \
	"Dim i, s\n"                                                                               \
	"For i = 1 To n : s = s + i Mod 3 : Next\n"                                                \
	"Sum = s\n"                                                                                \
	"End Function\n"

static unsigned made(const char *text, enum vbs_native_mode mode)
{
	struct vbs_program *program = must_compile(text);
	unsigned count = 0;

	mem_free(run(program, &(struct vbs_limits){ .native = mode }));
	for (uint32_t i = 0; i < program->proc_count; i++)
		count += vbs_native_of(&program->procs[i]) != NULL;
	vbs_program_unref(program);
	return count;
}

static void test_when(void **state)
{
	(void)state;
	assert_int_equal(made(LOOP "Tell Sum(10)", VBS_NATIVE_HOT), 0);
	assert_int_equal(made(LOOP "Tell Sum(100000)", VBS_NATIVE_HOT), 1);
	assert_int_equal(made(LOOP "Tell Sum(100000)", VBS_NATIVE_NEVER), 0);
	assert_int_equal(made(LOOP "Tell Sum(10)", VBS_NATIVE_ALWAYS), 2);
	expect(LOOP "Tell Sum(100000)", "100000 ");
}

/* A procedure longer than native code may be is run all the same. */
static void test_too_long(void **state)
{
	struct buf b;
	char *text;

	(void)state;
	buf_init(&b, 8u << 20);
	buf_puts(&b, "Sub Long\n");
	for (unsigned i = 0; i < NATIVE_CODE_MAX; i++)
		buf_puts(&b, "n = n + 1\n");
	buf_puts(&b, "End Sub\nDim n, i\nFor i = 1 To 10 : Long : Next\nTell n");
	text = buf_take(&b, NULL);
	expect(text, "160000 ");
	assert_int_equal(made(text, VBS_NATIVE_ALWAYS), 1); /* the global code */
	mem_free(text);
}

/* ---- numbers ---- */

#define IN_LOOP(statements)                                                                        \
	"Sub Main\nDim i, n, m, a(3)\nFor i = 1 To 3000\n" statements "\nNext\n"                   \
	"Tell n : Tell TypeName(n)\nEnd Sub\nMain"

static void test_widening(void **state)
{
	(void)state;
	expect(IN_LOOP("n = 32767 : n = n + 1"), "32768 Long ");
	expect(IN_LOOP("n = -32768 : n = n - 1"), "-32769 Long ");
	expect(IN_LOOP("n = 2147483647 : n = n + 1"), "2147483648 Double ");
	expect(IN_LOOP("n = 65536 : n = n * n"), "4294967296 Double ");
	expect(IN_LOOP("n = 200 : n = n * n"), "40000 Long ");
	expect(IN_LOOP("n = 100000 : n = n - 99999"), "1 Long ");
	expect(IN_LOOP("n = 7 : m = 1.5 : n = n + m"), "8.5 Double ");
	expect(IN_LOOP("n = 0.5 : n = n + i"), "3000.5 Double ");
	expect(IN_LOOP("n = CByte(255) : n = n + 1"), "256 Integer ");
	expect(IN_LOOP("n = \"4\" : n = n + i"), "3004 Double ");
	expect(IN_LOOP("n = Empty : n = n + i"), "3000 Integer ");
	expect(IN_LOOP("n = 1E308 : m = n / 10 : n = m + n"), "1.1E+308 Double ");
}

static void test_overflow(void **state)
{
	(void)state;
	expect("Sub Main\nDim n, i\nn = 1E308\nFor i = 1 To 5\nn = n * 10\nNext\nEnd Sub\nMain",
	       "6 line 5");
	expect("Sub Main\nDim n, i\nFor i = 4 To 0 Step -1\nn = 8 \\ i\nTell n\nNext\nEnd "
	       "Sub\nMain",
	       "2 2 4 8 11 line 4");
	expect("Sub Main\nDim n, i\nFor i = 1 To -1 Step -1\nn = 8 / i\nTell n\nNext\nEnd "
	       "Sub\nMain",
	       "8 11 line 4");
}

static void test_division(void **state)
{
	(void)state;
	expect(IN_LOOP("n = -7 \\ 2"), "-3 Integer ");
	expect(IN_LOOP("n = -7 : n = n Mod 3"), "-1 Integer ");
	expect(IN_LOOP("n = 7 : m = -3 : n = n Mod m"), "1 Integer ");
	expect(IN_LOOP("n = 7.6 : n = n \\ 2"), "4 Long ");
	expect(IN_LOOP("n = 100000 : n = n \\ 7"), "14285 Long ");
	expect(IN_LOOP("n = i / 2"), "1500 Double ");
}

/* Constants are divided by in a way of their own. */
static void test_division_by_constants(void **state)
{
	static const int32_t divisors[] = { 1, 2, 3, 5, 7, 8, 10, 641, 4096, 10000, 32766, 32767 };
	static const int32_t numbers[] = { 0,     1,         -1,           6,     -6,
					   32767, -32768,    65536,        99999, -99999,
					   641,   INT32_MAX, INT32_MIN + 1 };
	char text[200], want[100];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(divisors); i++)
		for (unsigned k = 0; k < ARRAY_LEN(numbers); k++) {
			int32_t y = divisors[i], x = numbers[k];

			snprintf(text, sizeof text,
				 "Sub Main\nDim x\nx = %d\nTell x \\ %d\n"
				 "Tell x Mod %d\nEnd Sub\nMain",
				 x, y, y);
			snprintf(want, sizeof want, "%d %d ", x / y, x % y);
			expect_mode(text, want,
				    &(struct vbs_limits){ .native = VBS_NATIVE_ALWAYS });
		}
}

static void test_comparisons(void **state)
{
	(void)state;
	expect(IN_LOOP("If i > 2999 Then n = i"), "3000 Integer ");
	expect(IN_LOOP("If i * 0.5 >= 1500 Then n = i"), "3000 Integer ");
	expect(IN_LOOP("If \"b\" > \"a\" And i = 5 Then n = i"), "5 Integer ");
	expect(IN_LOOP("m = (i = 7) : If m Then n = i"), "7 Integer ");
	expect(IN_LOOP("If Not (i < 3000) Then n = n + 1"), "1 Integer ");
	expect(IN_LOOP("m = Null : If m = i Then n = 1 Else n = 2"), "2 Integer ");
	expect(IN_LOOP("Do : n = n + 1 : Loop Until n Mod 7 = 0"), "21000 Integer ");
}

static void test_loops(void **state)
{
	(void)state;
	expect("Sub Main\nDim i\nFor i = 32766 To 32768 : Tell i : Next\nTell TypeName(i)\nEnd "
	       "Sub\n"
	       "Main",
	       "32766 32767 32768 Long ");
	expect("Sub Main\nDim i\nFor i = 3 To 1 Step -1 : Tell i : Next\nTell i\nEnd Sub\nMain",
	       "3 2 1 0 ");
	expect("Sub Main\nDim i\nFor i = 0 To 1 Step 0.5 : Tell i : Next\nEnd Sub\nMain",
	       "0 0.5 1 ");
	expect("Sub Count(i, n)\nFor i = 1 To n : Next\nEnd Sub\nDim k\nCount k, 5000\nTell k",
	       "5001 ");
	expect("Sub Main\nDim i\nFor i = 2147483646 To 2147483647\nTell i : Next\nTell i\nEnd Sub\n"
	       "Main",
	       "2147483646 2147483647 2147483648 ");
}

/* ---- variables and arrays ---- */

static void test_arrays(void **state)
{
	(void)state;
	expect(IN_LOOP("a(i Mod 4) = i : n = a(i Mod 4)"), "3000 Integer ");
	expect(IN_LOOP("a(1) = \"x\" & i : a(1) = a(1) & \"y\" : n = a(1)"), "x3000y String ");
	expect(IN_LOOP("a(2) = (i > 5) : n = a(2)"), "True Boolean ");
	expect("Sub Main\nDim a(2), i\nFor i = 0 To 3 : a(i) = i : Next\nEnd Sub\nMain",
	       "9 line 3");
	expect("Sub Fill(a)\nDim i\nFor i = 0 To 2 : a(i) = i * i : Next\nEnd Sub\n"
	       "Dim x(2), y\ny = x : Fill x : Tell x(2) : Tell IsEmpty(y(2))",
	       "4 True ");
	expect("Class C : Private Sub Class_Terminate : Tell \"end\" : End Sub : End Class\n"
	       "Sub Main\nDim a(1), i\nFor i = 0 To 1 : Set a(i) = New C : Next\n"
	       "For i = 0 To 1 : a(i) = i : Tell a(i) : Next\nEnd Sub\nMain",
	       "end 0 end 1 ");
}

static void test_references(void **state)
{
	(void)state;
	expect("Sub Add(x)\nx = x + 1\nEnd Sub\nSub Main\nDim i, n\n"
	       "For i = 1 To 3000 : Add n : Next\nTell n\nEnd Sub\nMain",
	       "3000 ");
	expect("Sub Add(ByVal x)\nx = x + 1\nEnd Sub\nSub Main\nDim i, n\nn = 5\n"
	       "For i = 1 To 3000 : Add n : Next\nTell n\nEnd Sub\nMain",
	       "5 ");
	/* The variable that is known to be a number becomes a text behind the loop's back. */
	expect("Sub Change(x)\nx = \"t\" & x\nEnd Sub\nSub Main\nDim i, n\n"
	       "For i = 1 To 3 : n = i : n = n + 1 : Change n : Tell n : Next\nEnd Sub\nMain",
	       "t2 t3 t4 ");
	expect("Dim n\nSub Main\nDim i\nFor i = 1 To 3000 : n = n + 1 : Execute \"n = n + 1\" : "
	       "Next\n"
	       "Tell n\nEnd Sub\nMain",
	       "6000 ");
}

/* A default property changes its index, and the value it gets. */
static void test_index_by_reference(void **state)
{
	static const char classes[] =
		"Class S\nPublic Default Property Get Item(k)\nItem = k : k = \"g\" & k\n"
		"End Property\nPublic Property Let Item(k, v)\nk = \"k\" & k : v = \"v\" & v\n"
		"End Property\nEnd Class\n"
		"Sub Main\nDim i, n, o, s\nSet o = New S\nFor s = 1 To 2\ni = 5 : n = 6\n";
	char text[700];

	(void)state;
	snprintf(text, sizeof text, "%s%s", classes,
		 "o(i) = n\ni = i & 1 : n = n & 2\nTell i : Tell n\nNext\nEnd Sub\nMain");
	expect(text, "k51 62 k51 62 ");
	snprintf(text, sizeof text, "%s%s", classes,
		 "i = i + 1 : n = o(i)\ni = i & 1\nTell i : Tell n\nNext\nEnd Sub\nMain");
	expect(text, "g61 6 g61 6 ");
}

/* ---- calls ---- */

static void test_calls(void **state)
{
	(void)state;
	expect("Function Fib(n)\nIf n < 2 Then Fib = n Else Fib = Fib(n - 1) + Fib(n - 2)\n"
	       "End Function\nTell Fib(20)",
	       "6765 ");
	expect("Function F(s)\nF = s & \"x\"\nEnd Function\nDim i, t\n"
	       "For i = 1 To 3000 : t = F(\"a\") : Next\nTell t",
	       "ax ");
	expect("Sub Deep(n)\nDeep n + 1\nEnd Sub\nDeep 1", "28 line 2");
	expect("Function Deep(n)\nDeep = Deep(n + 1) + 1\nEnd Function\nOn Error Resume Next\n"
	       "Tell Deep(1)\nTell Err.Number",
	       "28 ");
	expect("Sub Two(a, b)\nEnd Sub\nSub Main\nTwo 1\nEnd Sub\nMain", "450 line 4");
}

static void test_methods(void **state)
{
	static const char count[] =
		"Class Counter\nPrivate n\nPublic Sub Add(by)\nn = n + by\nEnd Sub\n"
		"Public Property Get Value\nValue = n\nEnd Property\n"
		"Public Property Let Value(v)\nn = v\nEnd Property\n"
		"Private Sub Class_Terminate\nTell \"end\"\nEnd Sub\nEnd Class\n"
		"Dim c, i\nSet c = New Counter\nFor i = 1 To 3000 : c.Add 2 : c.Value = c.Value + "
		"1\n"
		"Next\nTell c.Value\nSet c = Nothing\nTell \"after\"";

	(void)state;
	expect(count, "9000 end after ");
	/* The last reference to the object goes while its method runs. */
	expect("Class C\nPublic Function Go\nSet x = Nothing\nGo = \"gone\"\nEnd Function\n"
	       "Private Sub Class_Terminate\nTell \"end\"\nEnd Sub\nEnd Class\n"
	       "Dim x, i\nFor i = 1 To 2\nSet x = New C\nTell x.Go\nNext",
	       "end gone end gone ");
	expect("Class A\nPublic Function Who\nWho = \"A\"\nEnd Function\nEnd Class\n"
	       "Class B\nPublic Function Who\nWho = \"B\"\nEnd Function\nEnd Class\n"
	       "Dim o(1), i, s\nSet o(0) = New A\nSet o(1) = New B\n"
	       "For i = 1 To 6000 : s = o(i Mod 2).Who : Next\nTell s & o(1).Who",
	       "AB ");
}

/* A shared program calls classes of others, which are gone when the next engine runs it; other
 * classes have taken their places in memory then, now and again. */
static void test_classes_of_others(void **state)
{
	static const char *const classes[] = {
		"Class C\nFunction Go(n)\nGo = n '%s\nEnd Function\nEnd Class\n",
		"Class C\nFunction Go(n)\nDim a, b, c, d\nc = c + n : d = d & n\n"
		"Go = d & \"-\" & c & (n - c) '%s\nEnd Function\nEnd Class\n",
	};
	static const char shared[] =
		"Dim o\nSub Main\nDim i, s\nFor i = 1 To 1500 : s = o.Go(i) : Next\n"
		"Tell s\nEnd Sub\nExecuteGlobal Include\nSet o = New C\nMain\n";
	struct vbs_program *program = must_compile(shared);
	char text[400], comment[151];

	(void)state;
	memset(comment, '-', 150);
	comment[150] = 0;
	for (unsigned i = 0; i < 600; i++) {
		char *told;

		if (i % 100 == 50) {
			vbs_program_unref(program);
			program = must_compile(shared);
		}
		snprintf(text, sizeof text, classes[i % 2], &comment[150 - i / 2 % 150]);
		included = text;
		told = run(program, &(struct vbs_limits){ .turns = 499 });
		assert_string_equal(told, i % 2 ? "1500-15000 " : "1500 ");
		mem_free(told);
	}
	vbs_program_unref(program);
}

static void test_errors(void **state)
{
	(void)state;
	expect("Sub Main\nDim i, n\nOn Error Resume Next\nFor i = 1 To 3000\nn = n + 1 / (i Mod "
	       "2)\n"
	       "Next\nTell n : Tell Err.Number\nEnd Sub\nMain",
	       "1500 11 ");
	expect("Function F(i)\nF = 1 \\ i\nEnd Function\nSub Main\nDim i, n\nFor i = 2999 To 0 "
	       "Step -1\n"
	       "n = n + F(i)\nNext\nEnd Sub\nMain",
	       "11 line 2");
}

/* ---- limits ---- */

static void test_limits(void **state)
{
	static const char endless[] =
		"Sub Main\nDim i\nDo\ni = (i + 1) Mod 1000\nLoop\nEnd Sub\nMain";
	static const char interrupted[] =
		"Sub Main\nDim i\nInterrupt\nDo\ni = (i + 1) Mod 1000\nLoop\nEnd Sub\nMain";

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		enum vbs_native_mode mode = i ? VBS_NATIVE_ALWAYS : VBS_NATIVE_NEVER;

		expect_mode(endless, "16388 line 4",
			    &(struct vbs_limits){ .time_ns = 1, .native = mode });
		expect_mode(interrupted, "16388 line 3", &(struct vbs_limits){ .native = mode });
		expect_mode("Sub Deep(n)\nTell n : Deep n + 1\nEnd Sub\nDeep 1",
			    "1 2 3 4 28 line 2",
			    &(struct vbs_limits){ .depth = 5, .native = mode });
	}
}

/* ---- threads ---- */

static void *run_in_thread(void *program)
{
	return run(program, NULL);
}

/* All find the same procedure hot. */
static void test_threads(void **state)
{
	struct vbs_program *program = must_compile(LOOP "Tell Sum(200000)");
	pthread_t threads[4];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_in_thread, program), 0);
	for (unsigned i = 0; i < ARRAY_LEN(threads); i++) {
		void *told;

		pthread_join(threads[i], &told);
		assert_string_equal(told, "200001 ");
		mem_free(told);
	}
	vbs_program_unref(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_widening),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_division),
		cmocka_unit_test(test_division_by_constants),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_index_by_reference),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_classes_of_others),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
