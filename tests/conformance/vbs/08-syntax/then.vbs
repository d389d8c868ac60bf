If 1
End If
' error: 1017 line 1 column 5
