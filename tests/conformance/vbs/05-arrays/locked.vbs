Dim a
ReDim a(2)
Sub Shrink(el)
  ReDim a(0)
End Sub
Shrink a(1)
' error: 10 line 4
