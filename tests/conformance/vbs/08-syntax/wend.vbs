While 1
x=1
' error: 1018 line 4 column 1
