Echo("a", "b")
' error: 1044 line 1 column 15
