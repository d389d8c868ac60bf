' Test on short texts, Execute with groups and Replace on a long one. Lua does it with its
' patterns, which can do as much here.
Sub Main
  Dim re, i, s, n, m
  Set re = New RegExp
  re.Pattern = "^[\w.]+@\w+\.\w+$"
  For i = 1 To 200000 \ Parts
    If re.Test("user." & i & "@example.org") Then n = n + 1
    If re.Test("user." & i & " at example") Then n = n + 1
  Next
  Echo n
  For i = 1 To 2000
    s = s & "key" & i & "=" & i * 7 & ";  "
  Next
  re.Global = True
  n = 0
  re.Pattern = "(\w+)=(\d+)"
  For i = 1 To 50 \ Parts
    For Each m In re.Execute(s)
      n = n + Len(m.SubMatches(0)) + Len(m.SubMatches(1))
    Next
    n = n + Len(re.Replace(s, "$2:$1"))
  Next
  re.Pattern = "\s+"
  For i = 1 To 50 \ Parts
    n = n + Len(re.Replace(s, " "))
  Next
  Echo n
End Sub
Main
