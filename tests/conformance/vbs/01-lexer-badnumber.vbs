x = 12abc
' error: 1031 line 1 column 7
