x = Me
' error: 1037 line 1 column 5
