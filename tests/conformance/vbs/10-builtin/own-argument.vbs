' A variable that is an argument of what is assigned to it: read before it is written, and kept
' when the function fails. The variable is the last of its procedure, so that its register may be
' the one in front of the arguments.
Sub Texts
  Dim x
  x = "hello"
  x = Left(x, 2) & "b" : Echo x
  ' expect: heb
  x = Replace(x, "b", "c") & "d" & 1 : Echo x
  ' expect: hecd1
End Sub
Sub Values
  Dim x
  x = "abc"
  x = Len(x) + 1 : Echo x
  ' expect: 4
  x = -Len(x) : Echo x
  ' expect: -1
  x = "abc"
  x = UCase(x) = "ABC" : Echo x
  ' expect: True
  x = "12"
  x = CInt(x) + CInt(x) : Echo x
  ' expect: 24
  x = Array(1, 2)
  x = UBound(x) * 3 : Echo x
  ' expect: 3
End Sub
Sub Failures
  Dim x
  On Error Resume Next
  x = "keep"
  x = CInt(x) + 1 : Echo x
  ' expect: keep
  x = CInt(x) & "a" & x : Echo x
  ' expect: keep
  x = -CInt(x) : Echo x
  ' expect: keep
End Sub
Function Named(x)
  Named = "p:" & x
  Named = Left(Named, 3) & "!" & Right(Named, 1)
End Function
Texts
Values
Failures
Echo Named("zz")
' expect: p:z!z
