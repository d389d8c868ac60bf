' Functions from GetRef and default members are procedures like others: they call each other as
' deep as procedures do, and their arguments may be references.
Class Sum
  Public Default Function Upto(n)
    If n = 0 Then Upto = 0 Else Upto = n + Me.Again(n - 1)
  End Function
  Public Function Again(n)
    Dim o
    Set o = Me
    Again = o(n)
  End Function
End Class
Function Down(n)
  Dim f
  Set f = GetRef("Down")
  If n = 0 Then Down = "bottom" Else Down = f(n - 1)
End Function
Sub Change(x, y)
  x = x + 1
  y = x
End Sub
Function Twice(ByVal x)
  x = x * 2
  Twice = x
End Function
Dim f, s, p, q
Echo Down(800)
' expect: bottom
Set s = New Sum
Echo s(400), s.Upto(3)
' expect: 80200 6
Set f = GetRef("Change")
p = 1
f p, q
f (p), q
Echo p, q
' expect: 2 3
Set f = GetRef("Twice")
Echo f(p), p, f(f(p) + 1)
' expect: 4 2 10
On Error Resume Next
f 1, 2, 3
Echo Err.Number
' expect: 450
Err.Clear
Echo f(1, 2)
Echo Err.Number
' expect: 450
