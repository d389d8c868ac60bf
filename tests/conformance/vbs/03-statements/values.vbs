' A value alone is no statement that does anything: a constant is no procedure, and what Eval
' gives is thrown away.
On Error Resume Next
vbCr
Echo Err.Number ' expect: 13
Err.Clear
vbRed
Echo Err.Number ' expect: 13
Err.Clear
Eval "String(100, ""x"")"
Echo Err.Number ' expect: 0
Eval("Array(1, 2)")
Echo Err.Number ' expect: 0
