' A long string that grows by appending, and pieces of short ones.
Dim s, i, t
For i = 1 To 1000000 \ Parts
  s = s & "line " & i & vbCrLf
Next
Echo Len(s)
t = 0
For i = 1 To 300000 \ Parts
  If InStr(Mid("abcdefghij", i Mod 5 + 1, 4), "e") > 0 Then t = t + 1
Next
Echo t
