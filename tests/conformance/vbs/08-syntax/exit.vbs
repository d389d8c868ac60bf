Exit For
' error: 1039 line 1 column 1
