' option: --memory 4000000
Dim a, i
s = "0123456789"
For i = 1 To 1000
  s = s & s
Next
' error: 7 line 5
