# SPDX-License-Identifier: Apache-2.0
"""cscript --lint: what does not compile, and what looks like a mistake, by line and column."""

from stage import also_sanitized

SCRIPT = """Dim used, never
never = 1
used = 2
undeclared = used
Sub S(a, b)
    Dim y
    For i = 1 To 3: Next
    WScript.Echo a, b, undeclared
    Exit Sub
    y = b
End Sub
S 1
S used, 2
Function F()
    F = 1
End Function
Function F()
    F = 2
    Foo 1
    If F > 1 Then F = F() + Bar + Left("a")
End Function
WScript.Echo F, F(1), Now
Class K
    Private a
    Public Property Get P: P = a: End Property
End Class
Set k1 = New K: Set k2 = New Q
WScript.Echo k1, k2
WScript.Quit 1
WScript.Echo 2
"""

WARNINGS = """(1, 11) warning: 'never' is assigned but never read
(4, 1) warning: variable 'undeclared' is not declared
(6, 9) warning: 'y' is assigned but never read
(7, 9) warning: variable 'i' is not declared
(10, 5) warning: this is never reached
(12, 1) warning: 'S' takes 2 arguments, and is given 1
(17, 1) warning: 'F' is defined a second time: the one of line 14 is never called
(19, 5) warning: nothing declares or assigns 'Foo'
(20, 29) warning: nothing declares or assigns 'Bar'
(20, 35) warning: 'Left' takes 2 arguments, and is given 1
(22, 17) warning: 'F' takes 0 arguments, and is given 1
(27, 5) warning: variable 'k1' is not declared
(27, 21) warning: variable 'k2' is not declared
(27, 26) warning: there is no class 'Q'
(30, 1) warning: this is never reached
"""


def lint(t, *files):
    return t.run("cscript", "--lint", *files)


@also_sanitized
def story_lint_warns_of_what_looks_like_a_mistake(t):
    path = t.write("old.vbs", SCRIPT)
    done = lint(t, path)
    t.equal((done.out, done.err, done.status),
            ("".join(f"{path}{line}\n" for line in WARNINGS.splitlines()), "", 0), "warnings")


@also_sanitized
def story_lint_is_silent_about_good_code(t):
    good = t.write("good.vbs", """Option Explicit
Dim names, text, n
Const Limit = 3
Sub Swap(ByRef a, ByRef b)
    Dim c: c = a: a = b: b = c
End Sub
Function Twice(n)
    Twice = n * 2
End Function
Set names = CreateObject("Scripting.Dictionary")
names("x") = Limit
names.CompareMode = 1
ReDim list(3)
list(0) = Twice(2)
For n = 0 To 2: list(n) = n: Next
For Each text In list: WScript.Echo text: Next
Swap text, n
Call Swap(list(0), n)
list = Array(""" + ", ".join("1" * 200) + """)
If IsEmpty(n) Then WScript.Quit
With names: .Add "y", Err.Number & vbCrLf: End With
""")
    # What Execute makes is not known; nothing is said of names it may use.
    dynamic = t.write("dynamic.vbs", 'Dim a\na = 1\nExecuteGlobal "x = a"\nWScript.Echo x\n')
    job = t.write("job.wsf", '<job><reference object="Scripting.FileSystemObject"/>'
                             '<object id="d" progid="Scripting.Dictionary"/><resource id="r">x</resource>'
                             "<script>Function F: F = ForReading: End Function</script>"
                             '<script>WScript.Echo F, d.Count, getResource("r")</script></job>')
    done = lint(t, good, dynamic, job)
    t.equal((done.out, done.err, done.status), ("", "", 0), "nothing to say")


@also_sanitized
def story_lint_tells_what_does_not_compile(t):
    bad = t.write("bad.vbs", "x = 1\nIf x Then\n")
    page = t.write("site/bad.asp", "<html>\n<% If x Then %>\n")
    done = lint(t, bad, page, t.site / "none.vbs")
    t.check(done.out.startswith(f"{bad}(3, 1) Microsoft VBScript compilation error: "), f"{done}")
    t.check(f"\n{page}(" in done.out, f"{done}")
    t.equal((done.err, done.status),
            (f'Input Error: Can not find script file "{t.site}/none.vbs".\n', 1), f"{done}")


@also_sanitized
def story_lint_reads_pages_with_what_they_include(t):
    t.write("site/global.asa", '<object runat="server" scope="Application" id="Store" '
                               'progid="Scripting.Dictionary"></object>')
    t.write("site/inc/lib.inc", "<%\nDim shared\nFunction Lib(a)\n    Lib = a & shared\n"
                                "    wrong = 1\nEnd Function\n%>")
    pages = [t.write(f"site/shop/{name}.asp", '<!--#include virtual="/inc/lib.inc"-->\n<html>\n'
                     "<%= Lib(1, 2) %> <% Store(1) = Request(1): Response.Write total %>\n")
             for name in "ab"]
    done = lint(t, *pages)
    t.equal(done.status, 0, f"{done}")
    t.equal(done.out.splitlines(), [
        f"{t.site}/site/inc/lib.inc(5, 5) warning: variable 'wrong' is not declared",
        f"{t.site}/site/inc/lib.inc(5, 5) warning: 'wrong' is assigned but never read",
        f"{pages[0]}(3, 5) warning: 'Lib' takes 1 argument, and is given 2",
        f"{pages[0]}(3, 59) warning: nothing declares or assigns 'total'",
        f"{pages[1]}(3, 5) warning: 'Lib' takes 1 argument, and is given 2",
        f"{pages[1]}(3, 59) warning: nothing declares or assigns 'total'",
    ], "findings, those of an included file once")
    done = lint(t, t.site / "site/inc/lib.inc", t.write("plain.inc", "y = 1\nSub S: z = 1: End Sub"))
    t.equal(len(done.out.splitlines()), 5, f"{done}")
