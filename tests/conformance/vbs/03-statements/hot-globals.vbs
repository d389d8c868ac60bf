' Loops of global code keep variables in registers; that must not be seen.
' ---- errors
Dim i, n, a(3), s
On Error Resume Next
For i = 1 To 4
  n = n + 1
  a(i) = i
  If Err.Number Then s = s & i & ":" & Err.Number & ";" : Err.Clear
  n = n + "x"
  n = n + 1
Next
Echo i, n, s
' expect: 5 8 2:13;3:13;4:9;
Echo a(1), a(3)
' expect: 1 3
' ---- procedures
Dim i, total, text
Sub Add(x)
  total = total + x
  x = x + 10
  text = text & i & " "
End Sub
For i = 1 To 40
  Add i
  If total > 100 Then Exit For
Next
Echo i, total, text
' expect: 45 70 11 22 33 44
' ---- objects
Class C
  Public v
End Class
Dim o, i, k
For i = 1 To 3
  Set o = New C
  o.v = i
  k = k + o.v
  If i = 2 Then Set o = Nothing
Next
Echo k, o.v
' expect: 6 3
For Each i In Array(1, 2, 3)
  k = k & i
Next
Echo k, TypeName(i)
' expect: 6123 Empty
' ---- line
Dim i, z
For i = 1 To 3
  z = z + 1
  If i = 3 Then z = z \ 0
Next
' error: 11 line 51
