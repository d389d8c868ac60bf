Class Pt : Public X, Y : End Class
Dim p, r
Set p = New Pt
With p
  .X = 1
  .Y = .X + 1
  If .Y = 2 Then Echo "ok"
End With
' expect: ok
Function Make : Set Make = New Pt : Make.X = 7 : End Function
With Make
  Echo .X
End With
' expect: 7
For i = 1 To 2
  With New Pt
    .X = i
    If i = 1 Then Exit For
  End With
Next
Echo i
' expect: 1
On Error Resume Next
With Nothing : .X = 1 : End With
Echo Err.Number
' expect: 424
