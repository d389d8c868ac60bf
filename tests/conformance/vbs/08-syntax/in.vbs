For Each a b
Next
' error: 1046 line 1 column 12
