Dim s, i, t
For i = 1 To 200000 : s = s & "x" : Next
Echo Len(s)
' expect: 200000
Function Build
  Dim b, k
  For k = 1 To 200000 : b = b & "a" & "b" : Next
  Build = Len(b)
End Function
Echo Build
' expect: 400000
' Appending to one name does not change another holder.
s = "a" : t = s : s = s & "b" : Echo s, t
' expect: ab a
s = s & s : Echo s
' expect: abab
Function Adds : s = s & "!" : Adds = "?" : End Function
s = "s" : s = s & Adds() : Echo s
' expect: s?
