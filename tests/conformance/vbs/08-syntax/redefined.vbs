Dim a
Dim a
' error: 1041 line 2 column 5
