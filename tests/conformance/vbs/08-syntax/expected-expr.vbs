x = 
' error: 1023 line 1 column 5
