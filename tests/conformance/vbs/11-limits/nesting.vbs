Dim s, i, n
s = "1"
For i = 1 To 1000 : s = "(" & s & ")" : Next
On Error Resume Next
Echo Eval(s)
Echo Err.Number
' expect: 1001
s = "1"
For i = 1 To 1000 : s = s & "+1" : Next
Err.Clear
Echo Eval(s), Err.Number
' expect: 1001 0
For i = 1 To 6000 : s = s & "+1" : Next
Err.Clear
Echo Eval(s)
Echo Err.Number
' expect: 1001
Dim a
a = Array(1)
For i = 1 To 100000 : a = Array(a) : Next
a = Empty
Echo "freed"
' expect: freed
s = "If n = 0 Then" & vbLf & Replace(Space(50000), " ", "ElseIf n = 1 Then" & vbLf & "n = 1" & vbLf)
s = s & "Else" & vbLf & "Echo n" & vbLf & "End If"
n = 2
Execute s
' expect: 2
