' What Eval, Execute and ExecuteGlobal see and make in procedures and methods. Attested by the
' published tests of Wine's engine but for what is marked.

' ---- locals
Option Explicit
Dim shared
Sub A
	Dim a1
	a1 = 10
	Execute "a1 = 20 : Dim made : made = a1 + 1"
	Echo a1, made
	' not in the source of the procedure
	Execute "Dim hidden : hidden = 7"
	Echo Eval("hidden + 1"), Eval("HIDDEN = 7")
	Execute "ReDim arr(2) : arr(1) = 20"
	Echo arr(1), UBound(arr)
	Execute "Dim a1"
	Echo a1
	' evaluated in evaluated code (not attested)
	Execute "Execute ""a1 = a1 + hidden"" : Dim inner : inner = 1"
	Echo a1, Eval("inner")
	Execute "shared = ""set"""
End Sub
Function F(x, ByVal y)
	F = 1
	Execute "x = x + 1 : y = y + 1 : F = F + 10"
	Execute "Dim v : v = 55"
	F = F + v
End Function
A
Echo shared
shared = 5
Echo F(shared, shared), shared
On Error Resume Next
A2
Sub A2
	On Error Resume Next
	Echo missing
	Echo Err.Number
	missing = 1
	Echo Err.Number
	Execute "Dim missing : missing = 2"
	Echo missing
End Sub
' expect: 20 21
' expect: 8 True
' expect: 20 2
' expect: 20
' expect: 27 1
' expect: set
' expect: 66 6
' expect: 500
' expect: 500
' expect: 2
' ---- ends
' The names end with the procedure.
Sub A
	Execute "Dim made : made = 1 : other = 2"
	Echo made, other
End Sub
Sub B
	Echo TypeName(Eval("made")), TypeName(Eval("other"))
End Sub
A
B
Echo TypeName(Eval("made"))
' expect: 1 2
' expect: Empty Empty
' expect: Empty
' ---- many
' A procedure with more variables than registers.
Sub Many
	Dim i, names
	For i = 1 To 300
		Execute "Dim n" & i & " : n" & i & " = " & i
	Next
	Echo Eval("n1 + n150 + n300")
	For i = 1 To 300
		names = names & " + n" & i
	Next
	On Error Resume Next
	Echo Eval("0 + n1 + n2 + n3")
End Sub
Many
' expect: 451
' expect: 6
' ---- methods
Class C
	Private f, list(2)
	Public Sub S
		f = 3 : list(1) = "one"
		Execute "f = f + 1 : T 9 : P = 5 : list(2) = ""two"""
		Echo f, Eval("f * 2"), Eval("P"), Eval("Me.P"), Eval("list(1) & list(2)")
		Echo Eval("Q(2) + Q(3)"), Eval("Me Is Self")
	End Sub
	Private Sub T(x)
		Echo "T", x
	End Sub
	Public Property Get P
		P = f + 100
	End Property
	Public Property Let P(v)
		f = f + v
	End Property
	Private Function Q(n)
		Q = n * n
	End Function
	Public Function Self
		Set Self = Me
	End Function
End Class
Dim o
Set o = New C
o.S
' expect: T 9
' expect: 9 18 109 109 onetwo
' expect: 13 True
' ---- global
Sub A
	ExecuteGlobal "Dim g : g = 123"
	ExecuteGlobal "Function Twice(n) : Twice = n * 2 : End Function"
	Echo Twice(g)
End Sub
A
Echo g
Execute "Dim h : h = 77 : Class K : Public V : End Class"
Echo h, TypeName(New K)
Execute "Option Explicit : Dim e1 : e1 = 1"
Execute "e2 = 2"
Echo e1 + e2
' expect: 246
' expect: 123
' expect: 77 K
' expect: 3
' ---- values
' Eval gives back what is no text; objects are asked for their default.
Class Source
	Public Default Function Text
		Text = "1 + 2"
	End Function
End Class
Class Plain
End Class
Dim s, r
Set s = New Source
Echo Eval(42), TypeName(Eval(3.5)), IsNull(Eval(Null)), IsEmpty(Eval(Empty)), Eval(s), TypeName(Eval(""))
On Error Resume Next
r = Eval(New Plain) : Echo Err.Number : Err.Clear
r = Eval(Nothing) : Echo Err.Number : Err.Clear
Execute 42 : Echo Err.Number : Err.Clear
Execute Null : Echo Err.Number : Err.Clear
ExecuteGlobal Empty : Echo Err.Number : Err.Clear
ExecuteGlobal New Plain : Echo Err.Number : Err.Clear
' expect: 42 Double True True 3 Empty
' expect: 438
' expect: 91
' expect: 13
' expect: 13
' expect: 13
' expect: 438
' ---- errors
On Error Resume Next
Eval "1 + "
Echo Err.Number, Err.Description, Err.Source
Err.Clear
Execute "x = "
Echo Err.Number, Err.Source
Err.Clear
Eval "Dim x"
Echo Err.Number
Err.Clear
Execute "Option Explicit : undeclared = 1"
Echo Err.Number, Err.Source
Err.Clear
Execute "x = 1 / 0 : Echo ""not reached"""
Echo Err.Number, Err.Source
' expect: 1002 Syntax error Microsoft VBScript compilation error
' expect: 1002 Microsoft VBScript compilation error
' expect: 1002
' expect: 500 Microsoft VBScript runtime error
' expect: 11 Microsoft VBScript runtime error
' ---- place
Execute "x = 1" & vbLf & " y = 1 / 0"
' error: 11 line 2 column 2
' ---- constants
' Constants are seen like variables, and cannot be assigned to (not attested).
Const k = 5, t = "text", neg = -1.5
Sub A
	Const local = "mine", k = 6
	Echo Eval("k"), Eval("local & t"), Eval("neg * 2")
	Execute "Echo local, k : Const inner = 1 : Echo inner"
	Echo TypeName(Eval("inner"))
	ExecuteGlobal "Echo k, t"
End Sub
A
Echo Eval("k + 1"), Eval("t")
Execute "Const made = ""made"""
Echo Eval("made")
Execute "Sub B : Echo made, k : End Sub"
B
On Error Resume Next
Execute "k = 7"
Echo Err.Number, k
' expect: 6 minetext -3
' expect: mine 6
' expect: 1
' expect: Empty
' expect: 5 text
' expect: 6 text
' expect: made
' expect: made 5
' expect: 501 5
