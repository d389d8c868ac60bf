If 1 Then
x = 1
' error: 1014 line 4 column 1
