' ---- hex
x = &H1FFFFFFFF
' error: 1031 line 2 column 5
' ---- exponent
x = 1e400
' error: 1031 line 5 column 5
' ---- underscore
x = 1_000
' error: 1032 line 8 column 6
' ---- suffix
x = 5&
' error: 1002 line 11 column 7
