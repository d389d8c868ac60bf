' option: --memory 4000000
Dim i, s
For i = 1 To 2000
  s = String(10000, "x")
Next
Echo Len(s)
' expect: 10000
