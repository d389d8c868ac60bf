x = 1 2
' error: 1025 line 1 column 7
