Option Explicit
Dim x
x = 1
y = 2
' error: 500 line 4
