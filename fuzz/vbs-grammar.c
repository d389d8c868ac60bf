/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grammar of VBScript as a table of templates. `%x` in a template stands for a piece of the kind
 * x; which of the alternatives is taken says the next byte of the input. The first alternative of
 * each kind is the plainest: it is taken when the input is at its end, when the pieces nest too
 * deeply or when the program is long enough, so that every program ends.
 *
 * Called by fuzz-vbs-programs.c. Owns nothing.
 */
#include "vbs-grammar.h"

#include "base/mem.h"
#include "script/vbs/builtin.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 14
#define PIECES_MAX 250
#define QUOTES_MAX 2

enum scope { IN_GLOBAL, IN_PROC, IN_CLASS };

struct maker {
	const uint8_t *in, *end;
	char *out;
	size_t length;
	unsigned depth, pieces, quotes;
	enum scope scope;
	char unit; /* '0' global code, '1' a Sub, '2' a Function, '3' a Property */
	char class;
};

struct rule {
	char kind;
	const char *const *templates;
	unsigned count;
};

#define RULE(kind, ...)                                                                            \
	{                                                                                          \
		kind, (const char *const[]){ __VA_ARGS__ },                                        \
			sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)              \
	}

/* clang-format off */
static const struct rule rules[] = {
	/* a statement */
	RULE('S', "Echo %e\n", "%t = %e\n", "%t = %e\n", "%v = %v & %s\n", "%v = %v & %v & %e\n",
	     "%v = %v + %d\n", "Set %v = %o\n", "Set %t = %o\n", "If %e Then %i\n", "If %e Then %i Else %i\n",
	     "If %e Then\n%bElse\n%bEnd If\n", "If %e Then\n%bElseIf %e Then\n%bEnd If\n",
	     "For %v = %d To %d\n%bNext\n", "For %v = %e To %e Step %e\n%bIf %e Then Exit For\nNext\n",
	     "For Each %v In %c\n%bNext\n", "For Each %v In %A\nReDim %A(%d)\n%bNext\n",
	     "For Each %v In %A\n%bIf %e Then Exit For\nNext\n",
	     "Do While %e\n%bIf %e Then Exit Do\nLoop\n", "Do\n%bLoop Until %e\n",
	     "Do\n%bIf %e Then Exit Do\n%bLoop\n", "While %e\n%bWend\n",
	     "Select Case %e\nCase %e, %e\n%bCase %e\n%bCase Else\n%bEnd Select\n",
	     "Select Case %e\nCase %e\n%bEnd Select\n",
	     "With %h\n%wEnd With\n", "With New C0\n%wEnd With\n", "With %o\n%wEnd With\n", "On Error Resume Next\n", "On Error GoTo 0\n", "%x", "Quit\n",
	     "Erase %A\n", "ReDim %A(%d)\n", "ReDim %A(%d, %d)\n", "ReDim Preserve %A(%d)\n",
	     "ReDim Preserve %A(%e, %e)\n", "Execute %q\n", "ExecuteGlobal %q\n", "%v = Eval(%Q)\n",
	     "S0 %v, %e\n", "Call S0(%v, %v)\n", "S1 (%v), %A(%d)\n", "%v = %F\n", "Call %F\n",
	     "Err.Raise %d, %s, %s\n", "Err.Clear\n", "Echo Err.Number, Err.Source, %e\n",
	     "Swap %v, %A(%d)\n", "Swap %t, %t\n", "Swap %A(%d), %A(%d)\n", "%h.Run %e\n", "Call %h.Run(%v)\n",
	     "SetTo %v, %e\n", "SetTo %t, %o\n", "Echo CallBack(%o, %e)\n", "Set %v = Nothing\n",
	     "Randomize %d\n", "%h.Add %e, %e\n", "%h.RemoveAll\n", "%h(%e) = %e\n", "Set %h(%e) = %o\n",
	     "%h.Remove %e\n", "%h.Value(%e) = %e\n", "Set %h.Value(%d) = %o\n", "%h.f0 = %e\n",
	     "%h.f1(%d) = %e\n", "%A = %A\n", "%v = %A\n", "%A(%d) = %A\n", "%M.Run %e\n", "Err = %d\n"),
	/* statements */
	RULE('b', "%S", "%S%S", "%S%S%S", ""),
	/* in a With */
	RULE('w', "%S", ".f0 = %e\n%S", ".f1(%d) = %e\n", ".Value(%e) = .f0 + %e\n", ".Run .Value(%e)\n%S",
	     "Echo .f0, .Count\n", ".Add %e, %e\nEcho .Item(%e)\n", "With .f0\n%wEnd With\n",
	     "Set .f0 = %o\n%w%w", ".f0 = .f0 & %s\n"),
	/* a statement on the line of an If */
	RULE('i', "Echo %e", "%t = %e", "%v = %v & %e", "Set %v = %o", "%v = %F", "S0 %v, %e", "Err.Clear",
	     "Erase %A", "%v = 1: %v = %v & 2"),
	/* what can be assigned */
	RULE('t', "%v", "%v", "%A(%d)", "%A(%d, %d)", "%A(%e)", "%h.f0", "%h.f1(%d)", "%h(%e)", "%h.Value(%d)",
	     "a3(%d)(%d)", "%v(%e)", "%h.f0.f0"),
	/* an array variable */
	RULE('A', "a0", "a1", "a2", "a3", "f1", "%v"),
	/* a collection */
	RULE('c', "%A", "%v", "Array(%e, %e)", "%o", "%B", "%h.Keys", "%h.Items", "%h.f1", "Bytes(%s)"),
	/* an object */
	RULE('o', "g2", "g3", "%v", "New C0", "New C1", "Nothing", "d", "GetRef(\"F0\")", "Err", "%M",
	     "CreateObject(\"Scripting.Dictionary\")", "%A(%d)", "%h.Self", "New RegExp", "GetRef(%s)",
	     "%F", "(%o)", "%e"),
	/* what a member can be asked of */
	RULE('h', "g2", "g3", "d", "%v", "%A(%d)", "%M", "%h.Self", "%h.f0", "F0(%v, %e)", "Err", "g2", "%h(%d)",
	     "d(%e)", "a3(%d)", "p0", "l0"),
	/* a call of a function */
	RULE('F', "F0(%v, %e)", "F1(%e)", "F0(%v, %v)", "F0(%A(%d), %e)", "%h(%e)", "%h.Value(%e)", "F1((%v))",
	     "F1(%A)", "%h.Self.Value(%d)", "F0(%e)", "F0(%v, , %v)"),
	/* an expression */
	RULE('e', "%v", "%l", "%l", "%e %O %e", "%e %O %e", "%e %R %e", "%e & %e", "(%e)", "Not %e", "-%e",
	     "%B", "%B", "%B", "%B", "%A(%d)", "%A(%e, %e)", "%F", "%h.f0", "%o Is %o", "Array(%e, %e, %e)",
	     "Eval(%Q)", "%o", "%s", "%d", "%A", "%h.Count", "%h.Exists(%e)", "%h.Item(%e)", "a3(%d)(%d)",
	     "%v(%d)", "Err.Number", "Bytes(%s)", "+%e", "%v ^ %d", "%K"),
	RULE('O', "+", "-", "*", "/", "\\", "Mod", "^", "And", "Or", "Xor", "Eqv", "Imp"),
	RULE('R', "=", "<>", "<", ">", "<=", ">=", "Is"),
	/* a small number, mostly */
	RULE('d', "0", "1", "2", "3", "4", "-1", "%d + 1", "%v", "1.5", "\"2\"", "%e", "UBound(%A)", "7"),
	/* a text, mostly */
	RULE('s', "\"a\"", "\"\"", "\"abc\"", "\"F0\"", "%v", "String(%d, %s)", "%s & %s", "CStr(%e)", "Space(300)",
	     "\"1,234.5\"", "\"\xC3\xA9\xE6\x97\xA5\"", "Left(%s, %d)", "Mid(%s, %d)", "Replace(%s, %s, %s)",
	     "vbCrLf", "Chr(%d)", "Join(%A, %s)", "UCase(%s)", "\"Scripting.Dictionary\"", "\"yyyy\"", "\"d\"",
	     "Hex(%e)", "TypeName(%e)", "ChrB(65)", "ChrW(&HD800)", "LCase(%s)", "Trim(%s)", "\" 12 \""),
	/* a literal */
	RULE('l', "0", "1", "-1", "2", "3", "10", "255", "256", "32767", "32768", "-32768", "65535", "65536",
	     "2147483647", "2147483648", "-2147483648", "1.5", "2.5", "-0.5", "1e300", "1e-300", "1e15",
	     "922337203685477.5807", "&HFF", "&HFFFF", "&HFFFF&", "&O17", "&H80000000", "\"\"", "\"12\"",
	     "\"1e5\"", "\"&H1F\"", "\"true\"", "\"2/29/2000\"", "Null", "Empty", "True", "False", "Nothing",
	     "#1/31/2000#", "#12:30:00 PM#", "#12/31/9999 11:59:59 PM#", "CByte(200)", "CCur(\"1.23\")",
	     "CSng(1.1)", "CDate(40000.25)", "vbNullString", "CCur(922337203685477)", "CSng(3e38)", "CDbl(0)",
	     "k0", "k1", "CVar", "1e308", "-0.0"),
	RULE('k', "0", "-1", "\"k\"", "1.5", "&HFFFF", "Null", "Empty", "True", "#1/31/2000#", "2147483648"),
	RULE('K', "k0", "k1", "vbTextCompare", "vbUseDefault", "vbObjectError", "vbSunday"),
	/* code in a text */
	RULE('C', "%b", "%S", "Dim n%n\nn%n = %e\n%b", "Function F%n(x, y)\n%bF%n = %e\nEnd Function\n",
	     "Class C%n\nPublic f0\nSub Run(x)\n%bEnd Sub\nEnd Class\n", "Const k%n = %k\n%S"),
	RULE('n', "0", "1", "2", "3"),
	/* declarations */
	RULE('P', "ByRef ", "ByVal ", ""),
	RULE('L', "Dim l0, l1\n", "Dim l0, l1, a2()\n", "Dim l0, l1, a0(2)\nConst k0 = %k\n",
	     "Dim l0, l1\nOn Error Resume Next\n"),
	RULE('D', "", "Option Explicit\n", ""),
};

static const char head[] =
	"%DDim g0, g1, g2, g3, d, a0(3), a1(1, 2), a2(), a3\nConst k0 = 7, k1 = \"k\"\n";
static const char *const beginnings[] = {
	"a3 = Array(1, \"b\", Array(1.5, Empty))\n",
	"Set d = CreateObject(\"Scripting.Dictionary\")\n",
	"On Error Resume Next\n",
	"Set g2 = New C0\n",
};
static const char *const procs[] = {
	"%2Function F0(%Pp0, %Pp1)\n%L%bF0 = %e\nEnd Function\n",
	"%1Sub S0(%Pp0, %Pp1)\n%L%bEnd Sub\n",
	"%1Sub S1(%Pp0, %Pp1)\n%L%b%bEnd Sub\n",
	"%2Function F1(%Pp0)\nDim p1\n%L%bIf %e Then Exit Function\nSet F1 = %o\nF1 = %e\nEnd Function\n",
	"%0Sub Swap(x, y)\nDim t\nt = x\nx = y\ny = t\nEnd Sub\n",
};
static const char *const members[] = {
	"%2Public Function Run(%Pp0)\nDim p1\n%L%bRun = %e\nEnd Function\n",
	"%1Private Sub Class_Terminate\nDim p0, p1\n%L%bEnd Sub\n",
	"%3Public Default Property Get Value(%Pp0)\nDim p1\n%LValue = %e\n%bEnd Property\n",
	"%3Public Property Let Value(p0, %Pp1)\n%L%bEnd Property\n",
	"%3Public Property Set Value(p0, p1)\n%LSet f0 = p1\n%bEnd Property\n",
	"Public Property Get Self\nSet Self = Me\nEnd Property\n",
	"%1Private Sub Class_Initialize\nDim p0, p1, l0, l1\n%bEnd Sub\n",
	"%3Public Property Get Count\nDim p0, p1\n%LCount = %e\nEnd Property\n",
};
/* clang-format on */

static unsigned pick(struct maker *m, unsigned below)
{
	if (m->in == m->end)
		return 0;
	return *m->in++ % below;
}

static void put(struct maker *m, const char *text, size_t length)
{
	if (length > PROGRAM_MAX - m->length)
		length = PROGRAM_MAX - m->length;
	memcpy(m->out + m->length, text, length);
	m->length += length;
}

static void expand(struct maker *m, const char *template);

static void put_kind(struct maker *m, char kind);

/* A variable that the place can see, or a name nobody declared. */
static void put_variable(struct maker *m)
{
	static const char *const names[] = { "g0", "g1", "g2", "g3", "p0", "l0",
					     "p1", "l1", "m",  "f0", "g0", "n0" };
	static const unsigned counts[] = { 4, 8, 12 };
	const char *name = names[pick(m, counts[m->scope])];

	put(m, name, strlen(name));
}

/* A built-in of the engine's own table with arguments of any type, sometimes one too many. What
 * depends on the clock is left out, so that every run does the same. */
static void put_builtin(struct maker *m)
{
	static const char *const clocks[] = { "Now", "Date", "Time", "Timer" };
	static const char arguments[] = "evlsdeAo";
	const struct vbs_builtin *b;
	unsigned n = pick(m, 256), argc;

	if (n >= vbs_builtin_count() || !(b = vbs_builtin_at(n))->fn)
		b = vbs_builtin_at(0);
	for (size_t i = 0; i < ARRAY_LEN(clocks); i++)
		if (!strcmp(b->name, clocks[i]))
			b = vbs_builtin_at(0);
	argc = b->min_args + pick(m, (b->max_args > 6 ? 6 : b->max_args) - b->min_args + 1);
	if (!strcmp(b->name, "Randomize"))
		argc = 1; /* without one it looks at the clock */
	if (!argc) {
		put(m, b->name, strlen(b->name));
		return;
	}
	put(m, b->name, strlen(b->name));
	put(m, "(", 1);
	for (unsigned i = 0; i < argc; i++) {
		if (i)
			put(m, ", ", 2);
		put_kind(m, arguments[pick(m, sizeof arguments - 1)]);
	}
	put(m, ")", 1);
}

/* The piece as a text literal: what is run by Execute, ExecuteGlobal and Eval. */
static void put_quoted(struct maker *m, char kind)
{
	char inner[PROGRAM_MAX / 8];
	size_t start = m->length, length;
	char unit = m->unit;

	if (m->quotes == QUOTES_MAX) {
		put(m, "\"1\"", 3);
		return;
	}
	m->quotes++;
	m->unit = '0';
	put_kind(m, kind);
	m->unit = unit;
	m->quotes--;
	length = m->length - start;
	if (length > sizeof inner)
		length = 0;
	memcpy(inner, m->out + start, length);
	m->length = start;
	put(m, "\"", 1);
	for (size_t i = 0; i < length; i++) {
		if (inner[i] == '"')
			put(m, "\"\"", 2);
		else if (inner[i] == '\n')
			put(m, "\" & vbLf & \"", 12);
		else
			put(m, &inner[i], 1);
	}
	put(m, "\"", 1);
}

static void put_kind(struct maker *m, char kind)
{
	static const char *const exits[] = { "Quit\n", "If %e Then Exit Sub\n",
					     "If %e Then Exit Function\n",
					     "If %e Then Exit Property\n" };
	const struct rule *rule = rules;
	unsigned n;

	switch (kind) {
	case 'v':
		put_variable(m);
		return;
	case 'B':
		put_builtin(m);
		return;
	case 'q':
		put_quoted(m, 'C');
		return;
	case 'Q':
		put_quoted(m, 'e');
		return;
	case 'M':
		put(m, m->scope == IN_CLASS ? "Me" : "g2", 2);
		return;
	case 'N':
		put(m, &m->class, 1);
		return;
	case 'x':
		expand(m, exits[m->unit - '0']);
		return;
	case '0':
	case '1':
	case '2':
	case '3':
		m->unit = kind;
		return;
	default:
		break;
	}
	while (rule->kind != kind)
		rule++;
	n = pick(m, rule->count);
	m->pieces++;
	if (m->depth >= DEPTH_MAX || m->pieces > PIECES_MAX || m->length > PROGRAM_MAX / 2)
		n = 0;
	m->depth++;
	expand(m, rule->templates[n]);
	m->depth--;
}

static void expand(struct maker *m, const char *template)
{
	for (const char *p = template; *p; p++) {
		if (*p != '%')
			put(m, p, 1);
		else
			put_kind(m, *++p);
	}
}

/* Those of `pieces` whose bits are set in `chosen`. */
static void put_chosen(struct maker *m, const char *const *pieces, unsigned count, unsigned chosen)
{
	for (unsigned i = 0; i < count; i++)
		if (chosen >> i & 1)
			expand(m, pieces[i]);
}

size_t vbs_grammar_program(const uint8_t *data, size_t size, char *out)
{
	struct maker m = { .in = data, .end = data + size, .out = out, .unit = '0', .class = '0' };
	unsigned classes = pick(&m, 3), procedures = pick(&m, 256);

	expand(&m, head);
	put_chosen(&m, beginnings, ARRAY_LEN(beginnings), pick(&m, 16));
	m.scope = IN_CLASS;
	for (; classes--; m.class ++) {
		expand(&m, "Class C%N\nPublic f0, f1(2)\nPrivate m\n");
		put_chosen(&m, members, ARRAY_LEN(members), pick(&m, 256));
		expand(&m, "End Class\n");
	}
	m.scope = IN_PROC;
	put_chosen(&m, procs, ARRAY_LEN(procs), procedures);
	m.scope = IN_GLOBAL;
	m.unit = '0';
	do
		put_kind(&m, 'S');
	while (m.in < m.end && m.pieces < PIECES_MAX);
	return m.length;
}
