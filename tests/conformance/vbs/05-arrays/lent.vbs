' An array one of whose elements is passed ByRef: it is locked, and what takes it meanwhile gets a
' copy of its own, which the element's new value does not reach.
' ---- locked
Dim a
a = Array(1, 2, 3)
Sub S(ByRef v)
  a = 5
End Sub
S a(0)
' error: 10 line 7
' ---- copies
Dim a, b
Class Holder: Public O: End Class
Dim h: Set h = New Holder
Sub ToGlobal(ByRef v): b = (a): v = 7: Echo b(0), a(0): End Sub
Sub ToField(ByRef v): h.O = (a): v = 8: Echo h.O(0), a(0): End Sub
Sub ToLocal(ByRef v): Dim c: c = a: v = 9: Echo c(0), a(0): End Sub
Sub ToParameter(ByVal c, ByRef v): v = 10: Echo c(0), a(0): End Sub
a = Array(1)
ToGlobal a(0)
Dim i
For i = 1 To 2
  ToField a(0)
Next
ToLocal a(0)
ToParameter a, a(0)
' expect: 1 7
' expect: 7 8
' expect: 8 8
' expect: 8 9
' expect: 9 10
' ---- join
' An argument that replaces the array.
Class C
  Public Default Property Get D: a = 5: D = ",": End Property
End Class
Dim a, o: Set o = New C
a = Array("x", "y")
Echo Join(a, o)
' expect: x,y
