' Text that grows in an element: only that element, whoever shares the array or the text.
Class Box
  Private items
  Private Sub Class_Initialize
    Set items = CreateObject("Scripting.Dictionary")
  End Sub
  Public Default Property Get Item(k)
    Item = items(k)
  End Property
  Public Property Let Item(k, v)
    items(k) = v
  End Property
End Class
Dim a(3), b, c(2, 2), i, k, t
a(1) = "x"
b = a
t = a(1)
For i = 1 To 3
  a(1) = a(1) & "y" & i
Next
Echo a(1), b(1), t
' expect: xy1y2y3 x x
k = 2
For i = 1 To 3
  a(k) = a(k) & a(1)
  c(1, k) = c(1, k) & i & "-"
Next
Echo a(2), c(1, 2)
' expect: xy1y2y3xy1y2y3xy1y2y3 1-2-3-
' Not text, Null, itself.
a(0) = 5
a(0) = a(0) & 6
Echo a(0), TypeName(a(0))
' expect: 56 String
a(0) = Null
a(0) = a(0) & Null
Echo TypeName(a(0))
' expect: Null
a(0) = "ab"
a(0) = a(0) & a(0)
a(0) = a(0) & a(0)
Echo a(0)
' expect: abababab
' Objects are asked and told.
Set t = New Box
For i = 1 To 3
  t("k") = t("k") & i
Next
Echo t("k")
' expect: 123
Set k = CreateObject("Scripting.Dictionary")
For i = 1 To 3
  k("a") = k("a") & i
Next
Echo k("a"), k.Count
' expect: 123 1
Sub InProcedure(p)
  Dim v(1), n
  n = 1
  v(n) = "v"
  p(n - 1) = p(n - 1) & v(n)
  v(n) = v(n) & p(n - 1)
  Echo v(n), p(n - 1)
End Sub
InProcedure a
' expect: vababababv ababababv
a(4) = a(4) & "x"
' error: 9 line 67
