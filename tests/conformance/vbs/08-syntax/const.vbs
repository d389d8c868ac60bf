Const a = b + 1
' error: 1045 line 1 column 13
