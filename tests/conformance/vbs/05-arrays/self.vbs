' An array stored in an element of itself is stored as it was: it never holds itself.
Dim a(3), b(1, 1), c, d
a(1) = "x"
a(3) = a
Echo TypeName(a(3)), a(3)(1), TypeName(a(3)(3))
' expect: Variant() x Empty
b(0, 1) = b
Echo TypeName(b(0, 1)(0, 1))
' expect: Empty
c = Array(Array(1, 2), 3)
c(0)(1) = c
Echo c(0)(1)(0)(1), c(0)(1)(1), TypeName(c(0)(1)(0))
' expect: 2 3 Variant()
d = Array(Array(1, 2), 3)
Sub Put(x, y)
  x = y
End Sub
Put d(0), d
Echo d(0)(0)(1), d(0)(1)
' expect: 2 3
Function Same(x)
  Same = x
End Function
d(1) = Same(d)
Echo d(1)(1), TypeName(d(1)(0))
' expect: 3 Variant()
c = Array(Array(Array(1, 2), 3), 4)
c(0)(0)(1) = c
Echo c(0)(0)(1)(0)(0)(1), c(0)(0)(1)(1)
' expect: 2 4
