Sub S(a)
Dim a
End Sub
' error: 1041 line 2 column 5
