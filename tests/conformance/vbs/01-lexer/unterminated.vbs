' error: 1033 line 2 column 12
x = "no end
