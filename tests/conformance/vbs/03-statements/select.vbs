Dim i, s
For i = 1 To 6
  Select Case i
    Case 1
      Echo "one"
    Case 2, 3
      Echo "two or three"
    Case 2 + 2 : Echo "four"
    Case Else
      Echo "else"
  End Select
Next
' expect: one
' expect: two or three
' expect: two or three
' expect: four
' expect: else
' expect: else
s = "b"
Select Case s
  Case "a" : Echo "a"
  Case "b" : Echo "b"
End Select
' expect: b
Select Case True
  Case i < 5 : Echo "less"
  Case i > 5 : Echo "greater"
End Select
' expect: greater
Select Case i
End Select
