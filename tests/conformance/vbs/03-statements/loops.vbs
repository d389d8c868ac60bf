Dim i, j, s, x
For i = 1 To 3 : s = s & i : Next
Echo s, i
' expect: 123 4
s = ""
For i = 10 To 1 Step -3 : s = s & i & " " : Next
Echo s
' expect: 10 7 4 1
For i = 5 To 1 : Echo "never" : Next
Echo i
' expect: 5
s = ""
For x = 0 To 1 Step 0.25 : s = s & x & " " : Next
Echo s, TypeName(x)
' expect: 0 0.25 0.5 0.75 1  Double
i = 0
Do While i < 3 : i = i + 1 : Loop
Echo i
' expect: 3
Do Until i = 0 : i = i - 1 : Loop
Echo i
' expect: 0
Do : i = i + 1 : Loop While i < 5
Echo i
' expect: 5
Do : i = i - 1 : Loop Until i <= 2
Echo i
' expect: 2
While i < 10
  i = i + 3
Wend
Echo i
' expect: 11
Do
  i = i + 1
  If i > 20 Then Exit Do
Loop
Echo i
' expect: 21
For i = 1 To 3
  For j = 1 To 3
    If j = 2 Then Exit For
    Echo i & "," & j
  Next
Next
' expect: 1,1
' expect: 2,1
' expect: 3,1
For i = 1 To 10
  i = i + 2
Next
Echo i
' expect: 13
For i = 32766 To 32768 : s = TypeName(i) : Next
Echo s, i
' expect: Long 32769
Sub Locals()
  Dim k, t
  For k = 1 To 3 : t = t + k : Next
  Echo t, k
End Sub
Locals
' expect: 6 4
Sub Param(k)
  For k = 1 To 3 : Next
End Sub
x = 0
Param x
Echo x
' expect: 4
