For i = 1 2
Next
' error: 1013 line 1 column 11
