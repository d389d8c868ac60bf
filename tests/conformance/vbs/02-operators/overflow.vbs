Dim x
On Error Resume Next
x = 1e308 * 10 : Echo Err.Number, Err.Description : Err.Clear
' expect: 6 Overflow
x = 3000000000 \ 1 : Echo Err.Number : Err.Clear
' expect: 6
x = 1 / 0 : Echo Err.Number : Err.Clear
' expect: 11
x = 0 / 0 : Echo Err.Number : Err.Clear
' expect: 6
x = 1 \ 0 : Echo Err.Number : Err.Clear
' expect: 11
x = 5 Mod 0 : Echo Err.Number : Err.Clear
' expect: 11
x = CInt(40000) : Echo Err.Number : Err.Clear
' expect: 6
x = CByte(-1) : Echo Err.Number : Err.Clear
' expect: 6
x = (-1) ^ 0.5 : Echo Err.Number : Err.Clear
' expect: 5
x = "abc" * 2 : Echo Err.Number, Err.Description : Err.Clear
' expect: 13 Type mismatch
x = CLng(Null) : Echo Err.Number, Err.Description : Err.Clear
' expect: 94 Invalid use of Null
