Dim x
x = 5
If x = 5 Then Echo "one"
' expect: one
If x = 4 Then Echo "a" Else Echo "b"
' expect: b
If x = 4 Then
  Echo "four"
ElseIf x = 5 Then
  Echo "five"
Else
  Echo "other"
End If
' expect: five
If x > 1 Then If x > 10 Then Echo "big" Else Echo "middle"
' expect: middle
If x = 5 Then x = 6 : Echo x
' expect: 6
If x = 7 Then Echo "no" : Echo "never"
If x = 6 Then Echo "inline" End If
' expect: inline
If x = 1 Then
ElseIf x = 6 Then Echo "same line"
End If
' expect: same line
