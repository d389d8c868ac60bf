' option: --memory 4000000
' Bytes are charged like text, not sixteen times as much; what is let go can be had again.
Dim b, i, n
b = Host.Bytes(String(500000, "x"))
For i = 1 To 20
  b = Host.Bytes(b)
  n = n + LenB(MidB(b, 2))
Next
Echo n
' expect: 19999980
b = b & b & b & b
Echo "never"
' error: 7 line 11
