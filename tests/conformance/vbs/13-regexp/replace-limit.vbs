' A result has its own limit, whatever $` and $' make of the text.
Dim re
Set re = New RegExp
re.Global = True
re.Pattern = "a"
On Error Resume Next
Echo Len(re.Replace(String(100000, "a"), "$`$'"))
Echo Err.Number ' expect: 7
Err.Clear
Echo Len(re.Replace(String(1000, "a"), "$`$'")) ' expect: 999000
