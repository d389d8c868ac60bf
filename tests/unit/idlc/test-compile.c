/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The IDL compiler: what it says of files that are wrong, and where; what it writes for those that
 * are right; its limits; its allocations failing. What the tables mean is tested in tests/unit/ndr.
 */
#include "../unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "idl.h"

#include <errno.h>
#include <stdio.h>

#define BASICS                                                                                     \
	"typedef long HRESULT; typedef struct _G { unsigned long a; byte b[12]; } GUID;\n"         \
	"[object, uuid(00000000-0000-0000-C000-000000000046)] interface IUnknown "                 \
	"{ HRESULT q(void); HRESULT a(void); HRESULT r(void); }\n"
#define PLAIN "[uuid(12345778-1234-abcd-ef00-0123456789ac), version(1.0)] interface i {\n"

struct compiled {
	struct error err;
	struct buf header, tables;
	int result;
};

static const char *no_imports(struct idl *idl, const char *name, const char **path, size_t *size)
{
	static const char other[] = "typedef unsigned long DWORD; import \"main.idl\";";

	static const char base[] = BASICS
		"typedef struct P { long x; } P;\n"
		"[object, uuid(00112233-4455-6677-8899-AABBCCDDEE01)] interface IBase : IUnknown "
		"{ HRESULT Move([in] P *p); }";

	*path = name;
	if (!strcmp(name, "base.idl")) {
		*size = sizeof base - 1;
		return base;
	}
	*size = sizeof other - 1;
	return !strcmp(name, "circle.idl") || !strcmp(name, "main.idl") ? other : NULL;
}

static bool whole; /* --whole */

static void compile(struct compiled *c, const char *text)
{
	static const char native[] = "/* NotMe */ typedef int BOOL; struct VARIANT;";
	struct idl idl;

	*c = (struct compiled){ 0 };
	buf_init(&c->header, 16 << 20);
	buf_init(&c->tables, 16 << 20);
	c->result = idl_init(&idl, &c->err);
	if (!c->result)
		c->result = idl_add_native(&idl, native, sizeof native - 1);
	idl.open = no_imports;
	idl.whole = whole;
	struct idl_file *file =
		c->result ? NULL : idl_parse(&idl, "main.idl", "dir/main.idl", text, strlen(text));
	if (file && idl_emit_header(&idl, file, &c->header) == 0)
		(void)idl_emit_tables(&idl, file, &c->tables);
	c->result = c->result ? c->result : idl.result;
	idl_done(&idl);
}

static void compiled_done(struct compiled *c)
{
	buf_done(&c->header);
	buf_done(&c->tables);
}

/* ---- refusals ---- */

static const struct {
	const char *text;
	int line, column;
	const char *words; /* found in the message */
} refusals[] = {
	{ "typedef nothing x;", 1, 9, "unknown type nothing" },
	{ "\n  typedef long;", 2, 15, "a typedef needs a name" },
	{ "typedef long x", 1, 15, "expected \";\", but the file ends here" },
	{ "const long x = 08;", 1, 16, "\"08\" is not a number" },
	{ "const long x = y;", 1, 16, "not a constant: y" },
	{ "const long x = 1 / 0;", 1, 16, "not a constant" },
	{ "$", 1, 1, "a character that IDL does not know" },
	{ "/* open", 1, 1, "this comment has no end" },
	{ "cpp_quote(\"open", 1, 11, "this string has no end" },
	{ "#define\n", 1, 8, "expected a name behind #define" },
	{ "#if 1\n", 1, 2, "#if is not known here" },
	{ "#ifdef A\n", 2, 1, "#ifdef without #endif" },
	{ "#endif\n", 1, 2, "#endif without #ifdef" },
	{ "#define f(x) x\ntypedef f;", 2, 10, "the macro f needs its arguments" },
	{ "import \"no.idl\";", 1, 8, "cannot read \"no.idl\"" },
	{ "import \"circle.idl\";", 0, 0, "main.idl imports itself" },
	{ "[pink] interface i { }", 1, 2, "unknown attribute [pink]" },
	{ "[in] interface i { }", 1, 2, "[in] cannot stand here" },
	{ "interface i : j { }", 1, 15, "the base interface j is not defined yet" },
	{ "interface i { long f(); }", 1, 11, "it needs a uuid" },
	{ "[uuid(1234)] interface i { }", 1, 2, "\"1234\" is not a UUID" },
	{ PLAIN "} " PLAIN "}", 2, 72, "the interface i is defined a second time" },
	{ "struct s { long a; }; struct s { long b; };", 1, 32, "s is defined a second time" },
	{ "struct s { long a; }; enum s { A };", 1, 30, "s is another kind of type" },
	{ "struct s { long a[0]; };", 1, 19, "an array of 0 elements" },
	{ PLAIN "long f([in] void *p); }", 2, 19, "p of f cannot be sent: a pointer to void" },
	{ PLAIN "long f([in] long a[]); }", 2, 18,
	  "a of f cannot be sent: an array without size_is" },
	{ PLAIN "long f([in, size_is(n)] long *a); }", 2, 21, "there is no n here" },
	{ PLAIN "long f([in, size_is(*n)] long *a, [in] long n); }", 2, 23,
	  "this is not a pointer" },
	{ PLAIN "long f([in, size_is(d)] long *a, [in] double d); }", 2, 21,
	  "only use whole numbers" },
	{ PLAIN "long f([out] long a); }", 2, 19, "a of f must be a pointer" },
	{ PLAIN "typedef union { long a; } U; long f([in] U *u); }", 2, 45,
	  "U: a union without switch_type" },
	{ PLAIN "typedef [switch_type(long)] union { [case(1)] long a; } U; long f([in] U *u); }",
	  2, 75, "a union without switch_is" },
	{ PLAIN "struct s { [size_is(n)] long a[]; long n; }; long f([in] struct s *p); }", 2, 68,
	  "s: fields behind an array whose size is on the wire" },
	{ PLAIN "struct s { struct s t; }; long f([in] struct s *p); }", 2, 49,
	  "s: it contains itself" },
	{ PLAIN "struct s; long f([in] struct s *p); }", 2, 33, "s: s is never defined" },
	{ PLAIN "long f([in, range(1, n)] long n); }", 2, 13, "[range] needs constants" },
	{ PLAIN "long f([in, defaultvalue(\"x\")] long n); }", 2, 37,
	  "the defaultvalue of n must be a number" },
	{ PLAIN "long f([in, iid_is(n)] void *p, [in] long n); }", 2, 20, "iid_is needs an IID" },
	{ "[object, uuid(00000000-0000-0000-C000-000000000046), version(a)] interface i { }", 1, 54,
	  "\"a\" is not a version" },
};

static void says_what_is_wrong(void **state)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		struct compiled c;

		compile(&c, refusals[i].text);
		if (c.result != -EINVAL || !strstr(c.err.text, refusals[i].words) ||
		    (refusals[i].line &&
		     (c.err.line != refusals[i].line || c.err.column != refusals[i].column ||
		      strcmp(c.err.file, "dir/main.idl") != 0)))
			print_message("# %s\n# gave %d (%d,%d) %s\n", refusals[i].text, c.result,
				      c.err.line, c.err.column, c.err.text),
				wrong++;
		compiled_done(&c);
	}
	assert_int_equal(wrong, 0);
}

/* ---- what is written ---- */

static void require_text(struct buf *b, const char *wanted)
{
	if (!strstr(buf_cstr(b), wanted))
		fail_msg("expected\n%s\nin\n%s", wanted, buf_cstr(b));
}

static void writes_c_types(void **state)
{
	struct compiled c;

	compile(&c,
		BASICS "#define N (2 + 1)\n"
		       "const short LIMIT = N * 4; const BOOL ours = 1;\n"
		       "typedef [v1_enum] enum tagE { A, B = 7, C } E;\n"
		       "typedef struct tagS { wchar_t name[N]; [unique] struct tagS *next; E e;\n"
		       " struct { hyper h; } inner; [size_is(e)] boolean flags[]; } S, *PS;\n"
		       "cpp_quote(\"/* as it is */\")\n"
		       "typedef union u switch (short k) v { case 1: long a; default: ; } U;\n");
	assert_int_equal(c.result, -EINVAL); /* BOOL is C's word, not IDL's */
	compiled_done(&c);
	compile(&c,
		BASICS "typedef long BOOL;\n#define N (2 + 1)\n#define PLAIN_NUMBER 0x10\n"
		       "const short LIMIT = N * 4;\n"
		       "typedef [v1_enum] enum tagE { A, B = 7, C } E;\n"
		       "typedef struct tagS { wchar_t name[N]; [unique] struct tagS *next; E e;\n"
		       " struct { hyper h; } inner; [size_is(e)] boolean flags[]; } S, *PS;\n"
		       "cpp_quote(\"/* as it is */\")\n"
		       "typedef union u switch (short k) v { case 1: long a; default: ; } U;\n");
	assert_int_equal(c.result, 0);
	require_text(&c.header, "#define LIMIT ((int16_t )12)");
	require_text(&c.header, "#define PLAIN_NUMBER 16");
	require_text(&c.header,
		     "enum tagE {\n\tA = (int32_t)0,\n\tB = (int32_t)7,\n\tC = (int32_t)8,\n};");
	require_text(&c.header, "struct tagS {\n\tchar16_t name[3];\n\tstruct tagS *next;\n\tE e;\n"
				"\tstruct {\n\t\tint64_t h;\n\t} inner;\n\tuint8_t flags[];\n};");
	require_text(&c.header, "typedef struct tagS *PS;");
	require_text(&c.header, "/* as it is */");
	require_text(&c.header, "struct u {\n\tint16_t k;\n\tunion {\n\t\tint32_t a;\n\t} v;\n};");
	assert_null(strstr(buf_cstr(&c.header), "BOOL"));
	compiled_done(&c);
}

static void writes_interfaces(void **state)
{
	struct compiled c;

	compile(&c,
		BASICS "typedef [string] wchar_t *NAME;\n"
		       "[object, uuid(00112233-4455-6677-8899-AABBCCDDEEFF), dual] interface IFoo "
		       ": IUnknown {\n"
		       " [propget, id(4), helpstring(\"how (many)\")] HRESULT Count([out, retval] "
		       "long *n);\n"
		       " HRESULT Find([in] NAME name, [in, size_is(c)] GUID list[], [in] long c,\n"
		       "  [out, iid_is(id)] void **object, [in] GUID *id);\n"
		       "}\n"
		       "[uuid(00112233-4455-6677-8899-AABBCCDDEE00)] coclass Foo { [default] "
		       "interface IFoo; }\n");
	if (c.result)
		fail_msg("%d,%d %s", c.err.line, c.err.column, c.err.text);
	require_text(&c.header, "typedef struct IFooVtbl {\n\tIUNKNOWN_METHODS(IFoo)\n"
				"\tHRESULT (*get_Count)(IFoo *This, int32_t *n);\n");
	require_text(&c.header, "struct IFoo_Find {\n\tNAME name;\n\tGUID *list;\n\tint32_t c;\n"
				"\tvoid **object;\n\tGUID *id;\n\tHRESULT ReturnValue;\n};");
	require_text(&c.tables, "{ \"Count\", 3, 0x11, 4, sizeof(struct IFoo_get_Count), 2, ");
	require_text(&c.tables, "{ \"Find\", 4, 0x0, 0, sizeof(struct IFoo_Find), 6, ");
	require_text(&c.tables,
		     "const IID IID_IFoo = { 0x00112233, 0x4455, 0x6677, { 0x88, 0x99, ");
	require_text(&c.tables, "const CLSID CLSID_Foo = ");
	compiled_done(&c);
}

static bool has_text(struct buf *b, const char *text)
{
	return strstr(buf_cstr(b), text) != NULL;
}

/* The tables of another file are referred to, or all that is needed of them is there. */
static void may_need_no_other_tables(void **state)
{
	struct compiled c;

	for (int i = 0; i < 2; i++) {
		whole = i;
		compile(&c, "import \"base.idl\";\n"
			    "[object, uuid(00112233-4455-6677-8899-AABBCCDDEE02)] interface IMine "
			    ": IBase { HRESULT Stop([in] P *p, [in] IBase *b, [in, "
			    "defaultvalue(-2)] long n); }\n");
		whole = false;
		if (c.result)
			fail_msg("%d,%d %s", c.err.line, c.err.column, c.err.text);
		require_text(&c.tables, "const struct ndr_interface ndr_interface_IMine = { "
					"NDR_TABLES_VERSION, \"IMine\", ");
		require_text(&c.tables, "0x3, -2 }");
		assert_int_equal(has_text(&c.tables, "const struct ndr_type ndr_type_P = "), i);
		assert_int_equal(has_text(&c.tables, "ndr_interface_IBase = {"), i);
		assert_int_equal(has_text(&c.tables, "ndr_interface_IUnknown = {"), i);
		assert_int_equal(has_text(&c.tables, ".iid = &IID_IBase"), !i);
		assert_int_equal(has_text(&c.tables, "IID IID_IBase"), false);
		compiled_done(&c);
	}
}

/* ---- limits ---- */

static void has_limits(void **state)
{
	struct buf text;
	struct compiled c;

	buf_init(&text, 1 << 20);
	for (int i = 0; i < 200; i++)
		buf_puts(&text, "struct { ");
	compile(&c, buf_cstr(&text));
	assert_int_equal(c.result, -EINVAL);
	assert_non_null(strstr(c.err.text, "nested too deep"));
	compiled_done(&c);
	buf_clear(&text);
	buf_puts(&text, "const long x = ");
	for (int i = 0; i < 500; i++)
		buf_puts(&text, "-(");
	compile(&c, buf_cstr(&text));
	assert_non_null(strstr(c.err.text, "nested too deep"));
	compiled_done(&c);
	/* A macro that doubles itself 30 times. */
	buf_clear(&text);
	buf_puts(&text, "#define m0 1,1\n");
	for (int i = 1; i < 30; i++)
		buf_printf(&text, "#define m%d m%d, m%d\n", i, i - 1, i - 1);
	buf_puts(&text, "m29");
	compile(&c, buf_cstr(&text));
	assert_int_not_equal(c.result, 0);
	compiled_done(&c);
	buf_done(&text);
}

static int compile_something(void)
{
	struct compiled c;

	compile(&c, BASICS PLAIN "typedef struct s { short n; [size_is(n + 1)] long a[]; } S;\n"
				 "long f([in, string] wchar_t *t, [in, out] S **s); }");
	int r = c.result;
	compiled_done(&c);
	return r;
}

static void survives_failing_allocations(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, compile_something);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(writes_c_types),
		cmocka_unit_test(writes_interfaces),
		cmocka_unit_test(may_need_no_other_tables),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(survives_failing_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
