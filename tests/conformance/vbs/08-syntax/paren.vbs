x = (1 + 2
' error: 1006 line 1 column 11
