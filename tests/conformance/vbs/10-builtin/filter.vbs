' Filter: every text holds the empty one; what conversions of its arguments do to the array.
Dim a, o
a = Filter(Array("a", "b"), "")
Echo UBound(a)
' expect: 1
a = Filter(Array("a", ""), "", False)
Echo UBound(a)
' expect: -1
Class Changer
  Public Default Property Get Text
    Erase a
    Text = "b"
  End Property
End Class
Set o = New Changer
a = Array("ab", "c", "b")
a = Filter(a, o)
Echo Join(a, ",")
' expect: ab,b
