x = 12abc
' error: 1025 line 1 column 7
