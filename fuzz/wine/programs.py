# SPDX-License-Identifier: Apache-2.0
"""Random small VBScript programs that print a trace: loops, Select, ByRef and ByVal, classes,
arrays, errors. Bounded: no loop depends on what it does."""

HEAD = """\
Dim x, y, z, s, a(4), o
x = 1 : y = 2 : z = 3 : s = "s"
a(0) = 0 : a(1) = 0 : a(2) = 0 : a(3) = 0 : a(4) = 0
Sub Out(t)
  WScript.Echo t & " " & x & " " & y & " " & z & " " & s
End Sub
Sub ByR(ByRef p, ByVal q)
  p = p + q
  q = q * 2
  If p > 50 Then Exit Sub
  s = Left(s & "r", 12)
End Sub
Function Twice(n)
  If n > 3 Then
    Twice = n * 2
    Exit Function
  End If
  Twice = Twice(n + 1) + 1
End Function
Class Counter
  Public n
  Private m
  Private Sub Class_Initialize
    n = 10
  End Sub
  Private Sub Class_Terminate
    WScript.Echo "end " & n
  End Sub
  Public Property Get Half
    Half = n \\ 2
  End Property
  Public Property Let Half(v)
    n = v * 2
  End Property
  Public Function Add(v)
    n = n + v
    Add = n
  End Function
End Class
Set o = New Counter
"""


class Maker:
    def __init__(self, random):
        self.random = random
        self.loops = 0

    def number(self):
        return self.random.choice(["0", "1", "2", "3", "-1", "x", "y", "z", "x + 1", "y - 2", "z * 2",
                                   "x Mod 3", "Twice(2)", "a(1)", "o.n", "o.Half", "Len(s)", "UBound(a)"])

    def condition(self):
        return (f"{self.number()} {self.random.choice(['=', '<>', '<', '>', '<=', '>='])} "
                f"{self.number()}")

    def block(self, depth):
        return "".join(self.statement(depth - 1) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth):
        random, n, c = self.random, self.number, self.condition
        variable = random.choice("xyz")
        simple = [
            lambda: f"{variable} = ({n()}) Mod 100\n",
            lambda: f"s = Left(s & {n()}, 10)\n",
            lambda: f"Out \"{random.choice('abcdef')}\"\n",
            lambda: f"ByR {variable}, {n()}\n{variable} = {variable} Mod 90\n",
            lambda: f"ByR ({variable}), {n()}\n",
            lambda: f"Call ByR({variable}, {n()})\n{variable} = {variable} Mod 90\n",
            lambda: f"a({random.randint(0, 4)}) = ({n()}) Mod 50\n",
            lambda: f"ByR a({random.randint(0, 4)}), 1\n",
            lambda: f"o.n = ({n()}) Mod 60\n",
            lambda: f"o.Half = ({n()}) Mod 30\n",
            lambda: f"WScript.Echo o.Add({random.randint(0, 3)})\n",
            lambda: f"If {c()} Then {variable} = {random.randint(0, 9)} Else {variable} = 5\n",
            lambda: "Set o = New Counter\n",
            lambda: f"{variable} = Twice({random.randint(0, 5)})\n",
            lambda: f"On Error Resume Next\n{variable} = 1 \\ ({n()} - {n()})\n"
                    "WScript.Echo \"n \" & (Err.Number <> 0)\nErr.Clear\nOn Error GoTo 0\n",
            lambda: f"On Error Resume Next\nErr.Raise {random.randint(1, 9)}\n"
                    f"{variable} = {random.randint(0, 9)}\nWScript.Echo \"e \" & Err.Number\n"
                    "Err.Clear\nOn Error GoTo 0\n",
        ]
        if depth <= 0 or random.random() < 0.5:
            return random.choice(simple)()
        self.loops += 1
        i = f"i{self.loops}"
        block = lambda: self.block(depth)
        return random.choice([
            lambda: f"If {c()} Then\n{block()}ElseIf {c()} Then\n{block()}Else\n{block()}End If\n",
            lambda: f"For {i} = 0 To {random.randint(-1, 4)}\n{block()}Next\n",
            lambda: f"For {i} = 5 To {random.randint(0, 6)} Step -2\n{block()}"
                    f"If {c()} Then Exit For\nNext\nWScript.Echo {i}\n",
            lambda: f"{i} = 0\nDo While {i} < 3\n{i} = {i} + 1\n{block()}"
                    f"If {c()} Then Exit Do\nLoop\n",
            lambda: f"{i} = 0\nDo\n{i} = {i} + 1\n{block()}Loop Until {i} >= 2\n",
            lambda: f"{i} = 0\nWhile {i} < 2\n{i} = {i} + 1\n{block()}Wend\n",
            lambda: f"For Each {i} In Array(1, {n()}, \"t\")\nWScript.Echo {i}\n{block()}Next\n",
            lambda: f"For Each {i} In a\n{block()}Next\n",
            lambda: f"Select Case {n()}\nCase 0, {n()}\n{block()}Case {n()}\n{block()}"
                    f"Case Else\n{block()}End Select\n",
            # Of a variable that stays: Wine 8.0 asks the variable anew at each member.
            lambda: f"Set {i} = o\nWith {i}\n.n = .n + 1\n{block()}WScript.Echo .n\nEnd With\n"
                    f"Set {i} = Nothing\n",
        ])()


def make(random):
    maker = Maker(random)
    return HEAD + "".join(maker.statement(3) for _ in range(12)) + "Out \"end\"\n"
