/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face of the engine: programs shared by engines, calls from outside, objects, errors with
 * their places, limits, interruption, reset; and every allocation failing once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "script/vbs/program.h"
#include "script/vbs/vbs.h"

/* ---- a host object that remembers what it was told ---- */

struct host {
	struct automation_object object;
	struct buf told;
	struct vbs_engine *engine; /* to interrupt */
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
	mem_free(text);
	return S_OK;
}

static HRESULT host_interrupt(struct automation_call *call)
{
	vbs_engine_interrupt(((struct host *)call->self)->engine, E_ABORT);
	return S_OK;
}

static HRESULT host_fail(struct automation_call *call)
{
	return automation_raise(call, (HRESULT)0x80040E14, "Provider", "no such table");
}

static HRESULT host_quit(struct automation_call *call)
{
	(void)call;
	return VBS_E_END_SCRIPT;
}

static const struct automation_member host_members[] = {
	{ "Tell", 1, AUTOMATION_METHOD, 1, 1, host_tell },
	{ "Interrupt", 2, AUTOMATION_METHOD, 0, 0, host_interrupt },
	{ "Fail", 3, AUTOMATION_METHOD, 0, 0, host_fail },
	{ "Quit", 4, AUTOMATION_METHOD, 0, 0, host_quit },
};
static void host_free(struct automation_object *self)
{
	(void)self;
}
static const struct automation_class host_class = { .name = "Host",
						    .members = host_members,
						    .member_count = ARRAY_LEN(host_members),
						    .free = host_free };

static HRESULT compile(const char *text, struct vbs_program **ret, struct vbs_error *error)
{
	const char *files[] = { "page.asp" };
	struct vbs_segment segment = { text_of(text), 0, false, 1, 1 };
	struct vbs_source source = { files, 1, &segment, 1 };

	return vbs_compile(&source, ret, error);
}

static struct vbs_program *must_compile(const char *text)
{
	struct vbs_program *program = NULL;
	struct vbs_error error = { 0 };
	HRESULT hr = compile(text, &program, &error);

	if (FAILED(hr))
		print_message("%u: %s\n", error.line, error.description);
	assert_int_equal(hr, S_OK);
	assert_null(vbs_verify(program, NULL, NULL));
	return program;
}

static void host_init(struct host *h, struct vbs_engine *engine)
{
	automation_init(&h->object, &host_class);
	buf_init(&h->told, 1 << 20);
	h->engine = engine;
	assert_int_equal(vbs_engine_add_object(engine, TEXT("Host"),
					       automation_dispatch(&h->object), 0),
			 S_OK);
}

/* Runs `text` with a Host and gives what it told; `error` may be NULL. */
static char *run_text(const char *text, const struct vbs_limits *limits, HRESULT want,
		      struct vbs_error *error)
{
	struct vbs_program *program = must_compile(text);
	struct vbs_engine *engine;
	struct host host;
	HRESULT hr;

	assert_int_equal(vbs_engine_new(limits, NULL, &engine), S_OK);
	host_init(&host, engine);
	hr = vbs_engine_run(engine, program, error);
	vbs_engine_free(engine);
	vbs_program_unref(program);
	assert_int_equal(hr, want);
	return buf_take(&host.told, NULL);
}

static void expect_told(const char *text, const char *want)
{
	char *told = run_text(text, NULL, S_OK, NULL);

	assert_string_equal(told ? told : "", want);
	mem_free(told);
}

static void test_runs(void **state)
{
	(void)state;
	expect_told("Host.Tell 1 + 2", "3");
	expect_told("For i = 1 To 3 : Host.Tell i : Next", "123");
	expect_told("", "");
}

/* The host's locale reaches the script and what the script calls; the script may change it, and
 * reset forgets it. Literals stay what they are. */
static void test_locale(void **state)
{
	struct vbs_program *program =
		must_compile("Host.Tell 1.5 : Host.Tell \"|\" & GetLocale & \"|\" : "
			     "Host.Tell #1/2/2026# : SetLocale 2057");
	struct vbs_engine *engine;
	struct host host;

	(void)state;
	assert_int_equal(vbs_engine_new(NULL, NULL, &engine), S_OK);
	host_init(&host, engine);
	assert_int_equal(vbs_engine_locale(engine), 1033);
	assert_false(vbs_engine_set_locale(engine, 99999));
	assert_int_equal(vbs_engine_locale(engine), 1033);
	assert_true(vbs_engine_set_locale(engine, 1031));
	assert_int_equal(vbs_engine_run(engine, program, NULL), S_OK);
	assert_int_equal(vbs_engine_locale(engine), 2057);
	vbs_engine_reset(engine, true);
	assert_int_equal(vbs_engine_locale(engine), 1033);
	assert_true(vbs_engine_set_locale(engine, 0));
	vbs_engine_free(engine);
	vbs_program_unref(program);
	char *told = buf_take(&host.told, NULL);

	assert_string_equal(told, "1,5|1031|02.01.2026");
	mem_free(told);
}

static void test_program_is_shared(void **state)
{
	struct vbs_program *program =
		must_compile("n = n + 1 : Host.Tell n\n"
			     "Function Add(a, b) : Add = a + b : End Function");
	struct vbs_engine *a, *b;
	struct host ha, hb;

	(void)state;
	assert_true(vbs_program_has_procedure(program, TEXT("ADD")));
	assert_false(vbs_program_has_procedure(program, TEXT("Sub")));
	assert_true(vbs_program_size(program) > 100);
	assert_int_equal(vbs_engine_new(NULL, NULL, &a), S_OK);
	assert_int_equal(vbs_engine_new(NULL, NULL, &b), S_OK);
	host_init(&ha, a);
	host_init(&hb, b);
	assert_int_equal(vbs_engine_run(a, program, NULL), S_OK);
	assert_int_equal(vbs_engine_run(a, program, NULL), S_OK);
	assert_int_equal(vbs_engine_run(b, program, NULL), S_OK);
	assert_string_equal(buf_cstr(&ha.told), "12");
	assert_string_equal(buf_cstr(&hb.told), "1");
	/* After a reset the variables are gone and the object is still there. */
	vbs_engine_reset(a, true);
	assert_int_equal(vbs_engine_run(a, program, NULL), S_OK);
	assert_string_equal(buf_cstr(&ha.told), "121");
	vbs_engine_free(a);
	vbs_engine_free(b);
	vbs_program_unref(program);
	buf_done(&ha.told);
	buf_done(&hb.told);
}

static void test_call(void **state)
{
	struct vbs_program *program =
		must_compile("Function Add(a, b) : Add = a + b : End Function\n"
			     "Sub Bad : x = 1 \\ 0 : End Sub");
	VARIANT args[2] = { { .vt = VT_I4, .lVal = 40 }, { .vt = VT_I2, .iVal = 2 } };
	VARIANT result = { .vt = VT_EMPTY };
	struct vbs_error error = { 0 };
	struct vbs_engine *engine;

	(void)state;
	assert_int_equal(vbs_engine_new(NULL, NULL, &engine), S_OK);
	assert_int_equal(vbs_engine_run(engine, program, NULL), S_OK);
	assert_int_equal(vbs_engine_call(engine, TEXT("add"), args, 2, &result, NULL), S_OK);
	assert_int_equal(result.vt, VT_I4);
	assert_int_equal(result.lVal, 42);
	assert_int_equal(vbs_engine_call(engine, TEXT("none"), NULL, 0, NULL, NULL),
			 DISP_E_UNKNOWNNAME);
	assert_int_equal(vbs_engine_call(engine, TEXT("Bad"), NULL, 0, NULL, &error),
			 MAKE_SCRIPT_HRESULT(11));
	assert_int_equal(error.line, 2);
	assert_string_equal(error.line_text, "Sub Bad : x = 1 \\ 0 : End Sub");
	assert_string_equal(error.stack, "Bad (page.asp, line 2)");
	vbs_error_done(&error);
	assert_int_equal(vbs_engine_call(engine, TEXT("add"), args, 1, NULL, &error),
			 MAKE_SCRIPT_HRESULT(450));
	vbs_error_done(&error);
	vbs_engine_free(engine);
	vbs_program_unref(program);
}

static void test_errors(void **state)
{
	struct vbs_error error = { 0 };

	(void)state;
	mem_free(run_text("Sub A\n  Host.Fail\nEnd Sub\nA", NULL, (HRESULT)0x80040E14, &error));
	assert_int_equal(error.kind, VBS_ERROR_RAISED);
	assert_string_equal(error.source, "Provider");
	assert_string_equal(error.description, "no such table");
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 3);
	assert_string_equal(error.file, "page.asp");
	assert_string_equal(error.stack, "A (page.asp, line 2)\n(global) (page.asp, line 4)");
	vbs_error_done(&error);
	mem_free(run_text("x = CInt(\"a\")", NULL, MAKE_SCRIPT_HRESULT(13), &error));
	assert_int_equal(error.kind, VBS_ERROR_RUNTIME);
	assert_string_equal(error.source, "Microsoft VBScript runtime error");
	vbs_error_done(&error);
	mem_free(run_text("On Error Resume Next : Host.Quit : Host.Tell 1", NULL, VBS_E_END_SCRIPT,
			  &error));
	vbs_error_done(&error);
}

static void test_compile_error(void **state)
{
	struct vbs_program *program = NULL;
	struct vbs_error error = { 0 };

	(void)state;
	assert_int_equal(compile("x = 1\ny = (2 + \n", &program, &error),
			 MAKE_SCRIPT_HRESULT(1002));
	assert_null(program);
	assert_int_equal(error.kind, VBS_ERROR_COMPILE);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 10);
	assert_string_equal(error.source, "Microsoft VBScript compilation error");
	assert_string_equal(error.description, "Syntax error");
	assert_string_equal(error.line_text, "y = (2 + ");
	assert_null(error.stack);
	vbs_error_done(&error);
}

/* Code between literal text: places are those of the page, statements end with their segment. */
static void test_segments(void **state)
{
	const char *files[] = { "page.asp", "inc.asp" };
	struct vbs_segment segments[] = {
		{ TEXT("If x = 0 Then"), 0, false, 1, 3 },
		{ TEXT("Host.Tell("), 0, true, 2, 1 },
		{ TEXT("x + 1"), 0, true, 2, 10 },
		{ TEXT(")"), 0, false, 2, 20 },
		{ TEXT("End If"), 0, false, 3, 3 },
		{ TEXT("\n  y = 1 / x"), 1, false, 7, 5 },
	};
	struct vbs_source source = { files, 2, segments, ARRAY_LEN(segments) };
	struct vbs_program *program = NULL;
	struct vbs_error error = { 0 };
	struct vbs_engine *engine;
	struct host host;

	(void)state;
	assert_int_equal(vbs_compile(&source, &program, &error), S_OK);
	assert_int_equal(vbs_engine_new(NULL, NULL, &engine), S_OK);
	host_init(&host, engine);
	assert_int_equal(vbs_engine_run(engine, program, &error), MAKE_SCRIPT_HRESULT(11));
	assert_string_equal(buf_cstr(&host.told), "1");
	assert_string_equal(error.file, "inc.asp");
	assert_int_equal(error.line, 8);
	assert_int_equal(error.column, 3);
	vbs_error_done(&error);
	vbs_engine_free(engine);
	vbs_program_unref(program);
	buf_done(&host.told);
}

static void test_limits(void **state)
{
	struct vbs_limits time = { .time_ns = 1000000 }, memory = { .memory = 1 << 20 };
	struct vbs_limits depth = { .depth = 20 };
	struct vbs_error error = { 0 };

	(void)state;
	mem_free(run_text("On Error Resume Next : Do : Loop", &time, E_ABORT, &error));
	vbs_error_done(&error);
	/* Few turns, much work in each: the clock is looked at long before the 500th. */
	mem_free(run_text("ReDim a(100000) : Do : n = n + 1 : If n > 500 Then Err.Raise 5\n"
			  "x = Join(a, \"text\") : Loop",
			  &time, E_ABORT, &error));
	vbs_error_done(&error);
	/* Instances that end and make another: no loop, no call. */
	mem_free(run_text("Class C : Private Sub Class_Terminate : Set x = New C : End Sub\n"
			  "End Class : Set o = New C : Set o = Nothing : Do : Loop",
			  &time, E_ABORT, &error));
	vbs_error_done(&error);
	mem_free(run_text("Do : s = s & \"xxxxxxxxxx\" : Loop", &memory, MAKE_SCRIPT_HRESULT(7),
			  &error));
	vbs_error_done(&error);
	mem_free(run_text("Dim a() : n = 1\nDo : ReDim Preserve a(n) : n = n * 2 : Loop", &memory,
			  MAKE_SCRIPT_HRESULT(7), &error));
	assert_int_equal(error.line, 2);
	vbs_error_done(&error);
	mem_free(run_text("Sub A : A : End Sub : A", &depth, MAKE_SCRIPT_HRESULT(28), &error));
	vbs_error_done(&error);
	mem_free(
		run_text("Class C : Public Default Function F : F = Me : End Function : End Class\n"
			 "Set o = New C : x = o",
			 NULL, MAKE_SCRIPT_HRESULT(28), &error));
	vbs_error_done(&error);
	mem_free(run_text("On Error Resume Next : Host.Interrupt : Do : Loop", NULL, E_ABORT,
			  &error));
	vbs_error_done(&error);
}

/* With next to no time a run ends at the first look at the clock. */
static void test_turns(void **state)
{
	struct vbs_limits few = { .time_ns = 1, .turns = 100 };
	struct vbs_limits usual = { .time_ns = 1 };
	struct vbs_error error = { 0 };

	(void)state;
	mem_free(run_text("For i = 1 To 90 : n = n + i : Next", &few, S_OK, &error));
	mem_free(run_text("For i = 1 To 110 : n = n + i : Next", &few, E_ABORT, &error));
	vbs_error_done(&error);
	mem_free(run_text("For i = 1 To 1900 : n = n + i : Next", &usual, S_OK, &error));
	mem_free(run_text("For i = 1 To 2100 : n = n + i : Next", &usual, E_ABORT, &error));
	vbs_error_done(&error);
}

/* Deep calls of procedures with all registers find room on the stack, whatever the depth is. */
static void test_wide_calls(void **state)
{
	struct vbs_limits shallow = { .depth = 3 };
	struct vbs_error error = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	buf_printf(&b, "Function F(n) : Dim v0");
	for (unsigned i = 1; i < 200; i++)
		buf_printf(&b, ", v%u", i);
	buf_printf(&b, " : v199 = n : If n > 0 Then F = F(n - 1) + v199\nEnd Function\n");
	buf_printf(&b, "If F(1) <> 1 Then Err.Raise 5\nF 2");
	mem_free(run_text(buf_cstr(&b), &shallow, MAKE_SCRIPT_HRESULT(28), &error));
	assert_int_equal(error.line, 1);
	vbs_error_done(&error);
	buf_done(&b);
}

/* An instance that is held from outside outlives its engine, disconnected. */
static void test_outlives(void **state)
{
	struct vbs_program *program =
		must_compile("Class C : Public V : End Class\n"
			     "Function Make : Set Make = New C : Make.V = 5 : End Function");
	VARIANT object = { .vt = VT_EMPTY }, value = { .vt = VT_EMPTY };
	EXCEPINFO x = { 0 };
	struct vbs_engine *engine;
	DISPID id;

	(void)state;
	assert_int_equal(vbs_engine_new(NULL, NULL, &engine), S_OK);
	assert_int_equal(vbs_engine_run(engine, program, NULL), S_OK);
	assert_int_equal(vbs_engine_call(engine, TEXT("Make"), NULL, 0, &object, NULL), S_OK);
	assert_int_equal(object.vt, VT_DISPATCH);
	assert_int_equal(automation_dispid(object.pdispVal, TEXT("v"), &id), S_OK);
	assert_int_equal(automation_invoke(object.pdispVal, id, DISPATCH_PROPERTYGET, NULL, 0,
					   &value, &x),
			 S_OK);
	assert_int_equal(value.iVal, 5);
	vbs_engine_free(engine);
	vbs_program_unref(program);
	assert_int_equal(automation_invoke(object.pdispVal, id, DISPATCH_PROPERTYGET, NULL, 0,
					   &value, &x),
			 RPC_E_DISCONNECTED);
	VariantClear(&object);
}

static void test_dump(void **state)
{
	struct vbs_program *program = must_compile("x = 1\nSub S(a) : a = a & \"t\" : End Sub");
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	vbs_program_dump(program, &out);
	assert_non_null(strstr(buf_cstr(&out), "proc (global)"));
	assert_non_null(strstr(buf_cstr(&out), "APPEND"));
	buf_done(&out);
	vbs_program_unref(program);
}

/* The verifier sees broken code. */
static void test_verify(void **state)
{
	struct vbs_program *program = must_compile("For i = 1 To 2 : x = i : Next");
	uint32_t *code = program->procs[0].code, saved, proc, pc;

	(void)state;
	saved = code[0];
	code[0] = 0xFF;
	assert_non_null(vbs_verify(program, &proc, &pc));
	code[0] = OP_MAKE(VBS_MOVE, 254, 0, 0);
	assert_non_null(vbs_verify(program, &proc, &pc));
	code[0] = saved;
	saved = code[program->procs[0].code_count - 1];
	code[program->procs[0].code_count - 1] = VBS_NOP;
	assert_non_null(vbs_verify(program, &proc, &pc));
	code[program->procs[0].code_count - 1] = saved;
	assert_null(vbs_verify(program, &proc, &pc));
	vbs_program_unref(program);
}

#ifdef SURROGATE_FAULTS
static const char everything[] =
	"Option Explicit\n"
	"Dim a, b(3), s, i, o, v\n"
	"Class C\n"
	"  Public P, Q(2)\n"
	"  Private Sub Class_Initialize : P = \"p\" : Q(1) = 1 : End Sub\n"
	"  Private Sub Class_Terminate : s = s & P : End Sub\n"
	"  Public Default Property Get D(x) : D = x & P : End Property\n"
	"  Public Property Let L(x) : P = x : End Property\n"
	"End Class\n"
	"Function F(x, ByVal y) : y = y & x : x = y : F = Array(x, y) : End Function\n"
	"For i = 0 To 3 : b(i) = \"item\" & i : s = s & b(i) : Next\n"
	"Set o = New C : o.L = \"let\" : s = s & o(1) & o.Q(1)\n"
	"a = F(b(1), s) : ReDim a(2, 2) : a(1, 1) = Split(\"a,b,c\", \",\")\n"
	"For Each v In a(1, 1) : s = s & UCase(v) : Next\n"
	"s = Replace(s, \"i\", \"--\") & Join(b, \";\") & Eval(\"1 + 1\") & FormatNumber(1234.5)\n"
	"Execute \"s = s & 1\"\n"
	"With o : .P = Now : s = s & .P : End With\n"
	"On Error Resume Next\n"
	"s = s & 1 \\ 0 : s = s & Err.Description : Err.Raise 5, \"x\", \"y\"\n"
	"Host.Tell s : Host.Fail : Set v = GetRef(\"F\") : v 1, 2\n"
	"Select Case s Case \"a\", \"b\" : i = 1 Case Else : i = 2 End Select\n"
	"Set o = Nothing\n";

static void test_faults(void **state)
{
	(void)state;
	for (uint64_t n = 1;; n++) {
		struct vbs_program *program = NULL;
		struct vbs_engine *engine = NULL;
		struct vbs_error error = { 0 };
		struct host host;
		bool reached;

		automation_init(&host.object, &host_class);
		buf_init(&host.told, 1 << 20);
		fault_arm(FAULT_ALLOC, n, false);
		if (SUCCEEDED(compile(everything, &program, &error)) &&
		    SUCCEEDED(vbs_engine_new(NULL, NULL, &engine)) &&
		    SUCCEEDED(vbs_engine_add_object(engine, TEXT("Host"),
						    automation_dispatch(&host.object), 0)))
			vbs_engine_run(engine, program, &error);
		reached = fault_count(FAULT_ALLOC) >= n;
		vbs_engine_free(engine);
		fault_arm(FAULT_ALLOC, 0, false);
		vbs_program_unref(program);
		vbs_error_done(&error);
		buf_done(&host.told);
		if (!reached)
			break;
		assert_true(n < 100000);
	}
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_program_is_shared),
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_compile_error),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_wide_calls),
		cmocka_unit_test(test_outlives),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_verify),
#ifdef SURROGATE_FAULTS
		cmocka_unit_test(test_faults),
#endif
	};

	return cmocka_run_group_tests_name("vbs/engine", tests, NULL, NULL);
}
