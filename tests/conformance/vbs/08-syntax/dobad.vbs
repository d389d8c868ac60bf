Do x = 1
Loop
' error: 1028 line 1 column 4
