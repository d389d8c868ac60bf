' option: --memory 200000
' The limit holds for objects too, again and again when a script goes on after error 7.
Class Node
End Class
Dim nodes(9999), i, made, refused
On Error Resume Next
For i = 0 To 9999
  Err.Clear
  Set nodes(i) = New Node
  If Err.Number = 7 Then refused = refused + 1 Else made = made + 1
Next
Echo made < 2000, made + refused ' expect: True 10000
