' Constants, arguments, literals and single-line statements, side by side.
Const a = 5, b = -3, c = #1/2/2003#, d = "x", e = True, f = Null, g = 1.5e3, h = &HFF
Echo a, b, c, d, e, IsNull(f), g, h
If fwd = 99 Then Echo "fwd"
Const fwd = 99
If False Then Const hid = "str"
Echo hid
Sub CT
  Const a = 1
  Dim b : b = 2
  Echo a, b, Eval("a")
End Sub
CT
Sub P(c) : Echo c : End Sub
P 42
Private q1 : q1 = 43 : Public q2 : q2 = 44
Echo q1, q2
Private Const pc = 4
Public Const pd = 5
Echo pc, pd
Function Rec(n)
  If n = 0 Then Rec = 1 : Exit Function
  Rec = n * Rec(n - 1)
End Function
Echo Rec(5)
Function Arr
  Dim r(2) : r(1) = "in" : Arr = r
End Function
Echo Arr()(1)
Sub Chg(x) : x = x + 1 : End Sub
v = 1 : Chg v : Echo v
Chg (v) : Echo v
Call Chg(v) : Echo v
Call Chg((v)) : Echo v
Chg a : Echo a
Class FF : Public X, L(2) : End Class
Set o = New FF : o.X = 1 : Chg o.X : Echo o.X
o.L(1) = 5 : Chg o.L(1) : Echo o.L(1)
ReDim da(2) : da(1) = 7 : Chg da(1) : Echo da(1)
Echo Not True = False, Not 1 > 2, 1 < 2 < 3, 2 > 1 = True, "a" & 1 + 2, 5 Imp 3, 5 Eqv 3
Echo o Is Nothing, Not o Is Nothing
x = f - 1 : Echo IsNull(x)
Sub W(n) : Echo "W", n : End Sub
W -1
W - 1
W(-1)
Dim i, s : For i = 1 To 3 : If i = 2 Then s = s & "two" Else s = s & i
Next : Echo s
Rem whole
x = 1 : Rem after
Echo x ' c
If x = 1 Then Echo "one" Else If x = 2 Then Echo "two" Else Echo "other"
x = 3
If x = 1 Then Echo "one" Else If x = 2 Then Echo "two" Else Echo "other"
Select Case x Mod 2 : Case 1 : Echo "odd" : Case Else : Echo "even" : End Select
Do : x = x - 1 : If x = 0 Then Exit Do
Loop
Echo x
With o : .X = 3 : Echo .X, .L(1) : End With
' expect: 5 -3 1/2/2003 x True True 1500 255
' expect: fwd
' expect: str
' expect: 1 2 1
' expect: 42
' expect: 43 44
' expect: 4 5
' expect: 120
' expect: in
' expect: 2
' expect: 2
' expect: 3
' expect: 3
' expect: 5
' expect: 1
' expect: 5
' expect: 8
' expect: True True True True a3 -5 -7
' expect: False True
' expect: True
' expect: W -1
' expect: W -1
' expect: W -1
' expect: 1two3
' expect: 1
' expect: one
' expect: other
' expect: odd
' expect: 0
' expect: 3 5
