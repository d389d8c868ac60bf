# SPDX-License-Identifier: Apache-2.0
"""Random VBScript expressions, as trees: (text, children). Every one is a function of its operands
alone: nothing that looks at the clock, at chance or at the machine."""

# Names that the script's prologue sets: subtypes that have no literal, and variables, whose
# comparisons follow other rules than those of literals.
PROLOGUE = """\
vi = 7 : vl = 100000 : vd = 2.5 : vs = "12" : vt = "abc" : vn = Null : vb = True : vz = 0 : vm = -3
vc = CCur("1.25") : vy = CByte(9) : vf = CSng(1.5) : vw = CDate(40000.25) : ve = Empty : vx = ""
"""
ATOMS = (
    "0 1 2 3 -1 10 255 256 32767 32768 -32768 65535 65536 2147483647 2147483648 -2147483648 "
    "1.5 2.5 -0.5 0.1 3.14159 1e15 1e16 123456.789 1e-5 1e300 &HFF &HFFFF &HFFFF& &H7FFFFFFF "
    "100 1000 86400 40000 -2.5 3.5 "
    "vi vl vd vs vt vn vb vz vm vc vy vf vw ve vx vi vd vs vt "
    "Null Empty True False").split() + [
        '""', '"a"', '"abc"', '"ABC"', '"12"', '"-7"', '" 3 "', '"1.5"', '"1e2"', '"&H1F"', '"true"',
        '"1,234.5"', '"$5.00"', '"2/29/2000"', '"12:30:45"', '"Hello World"', '"a,b,,c"', '"x"',
        '"banana"', '"\u00e9"', '"50%"', '"(5)"', '"0"', '"1-2-2003"', '"March 5, 2010"',
        "#1/31/2000#", "#2/29/2004#", "#12:30:00 PM#", "#7/4/1999 23:59:59#", "#1/1/1900#",
        "CByte(200)", "CCur(\"-12.345\")", "CSng(0.1)", "CDbl(7)", "CDate(0.5)", "CLng(5)", "CInt(6)",
        "CCur(1000000)", "CBool(0)", "CStr(12)", "CDate(-1.25)"]
NUMBERS = "0 1 2 3 4 -1 5 7 1.5 2.5 vi vz vm vd vy vs \"2\" 10 100".split()
TEXTS = ['""', '"a"', '"abc"', '"ABC"', '"Hello World"', '"banana"', '"a,b,,c"', "vt", "vx", '" x "',
         '"na"', '","', '"B"', '"12"', '"\u00e9t\u00e9"', "vs"]
DATES = ["#1/31/2000#", "#2/29/2004#", "#12:30:00 PM#", "#7/4/1999 23:59:59#", "#1/1/1900#", "vw",
         "40000", "36526.75", '"2/29/2000"', '"12:30:45"', "#12/31/1999 11:59:59 PM#", "#3/1/2001#",
         "CDate(-1.25)", "0", "vd"]
INTERVALS = ['"yyyy"', '"q"', '"m"', '"y"', '"d"', '"w"', '"ww"', '"h"', '"n"', '"s"', '"x"', '"D"']
FLAGS = ["-2", "-1", "0"]
COMPARES = ["0", "1", "vbTextCompare", "vbBinaryCompare", "2", "-1"]
DAYS = ["0", "1", "2", "3", "4", "5", "6", "7", "8"]
WEEKS = ["0", "1", "2", "3", "4"]
BINARY = "+ - * / \\ Mod ^ & And Or Xor Eqv Imp = <> < > <= >=".split()

# Functions that Wine 8.0 has too (it has no AscW, ChrW, DatePart, Join, nor those of bytes): name and the kinds of its arguments (n number, t text, d date, e anything, i interval,
# f flag, c compare, w day of the week, k first week, a array); what stands behind | may be left out.
FUNCTIONS = [line.split() for line in """\
CBool e
CByte e
CCur e
CDate e
CDbl e
CInt e
CLng e
CSng e
CStr e
Hex e
Oct e
Asc t
Chr n
TypeName e
VarType e
IsArray e
IsDate e
IsEmpty e
IsNull e
IsNumeric e
IsObject e
Len e
Left tn
Right tn
Mid tn|n
InStr tt
InStr nttc
InStrRev tt|nc
Replace ttt|nnc
UCase t
LCase t
Trim t
LTrim t
RTrim t
Space n
String nt
StrReverse t
StrComp tt|c
UBound a
LBound a
Abs e
Int e
Fix e
Round e|n
Sgn e
Sqr e
Exp n
Log e
Sin n
Cos n
Tan n
Atn e
RGB nnn
DateSerial nnn
TimeSerial nnn
Year d
Month d
Day d
Hour d
Minute d
Second d
Weekday d|w
WeekdayName n|fw
MonthName n|f
DateAdd ind
FormatNumber e|nfff
FormatCurrency e|nfff
FormatPercent e|nfff
FormatDateTime d|w""".splitlines()]
POOLS = {"n": NUMBERS, "t": TEXTS, "d": DATES, "i": INTERVALS, "f": FLAGS, "c": COMPARES, "w": DAYS,
         "k": WEEKS, "e": ATOMS,
         "a": ["Array(1, \"b\", 2.5)", "Array()", "Split(\"a,b,,c\", \",\")", "Split(\"a b\")",
               "Array(\"x\")", "Split(\"\")",
               "Split(\"aXbxc\", \"x\", -1, 1)", "Split(\"a,b,c\", \",\", 2)"]}


class Expressions:
    """Makes expressions: make() gives (text, children)."""

    def __init__(self, random):
        self.random = random

    def atom(self, kind):
        pool = ATOMS if self.random.random() < 0.12 and kind != "a" else POOLS[kind]
        return self.random.choice(pool), []

    def call(self, depth):
        name, kinds = self.random.choice(FUNCTIONS)
        needed, _, more = kinds.partition("|")
        kinds = needed + more[:self.random.randint(0, len(more))]
        children = [self.make(depth - 1, kind) for kind in kinds]
        return f"{name}({', '.join(text for text, _ in children)})", children

    def make(self, depth, kind="e"):
        """`kind` says what a leaf shall be; deeper down anything goes."""
        random = self.random
        if depth <= 0 or kind in "aifcwk" or (kind != "e" and random.random() < 0.6):
            return self.atom(kind)
        what = random.random()
        if what < 0.42:
            left, right = self.make(depth - 1), self.make(depth - 1)
            operator = random.choice(BINARY)
            return f"{wrap(left)} {operator} {wrap(right)}", [left, right]
        if what < 0.48:
            inner = self.make(depth - 1)
            return f"{random.choice(['-', 'Not '])}{wrap(inner)}", [inner]
        return self.call(depth)


def wrap(expression):
    """An operand: in parentheses unless it is a literal or a name, which keep their own rules."""
    text, children = expression
    return f"({text})" if children else text


def subtrees(expression):
    """The expression and all in it, smallest first."""
    found = [expression]
    for child in expression[1]:
        found += subtrees(child)
    return sorted(found, key=lambda e: len(e[0]))
