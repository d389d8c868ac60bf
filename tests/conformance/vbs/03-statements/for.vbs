' Subtypes and bounds of For. The subtypes of variables counted by other than Integers are not attested.
Dim x, y, i, s
' For tests
s = "" : For i = 5 To 3 Step True : s = s & i & " " : Next : Echo s
z = 4 : s = "" : For i = 5 To z Step 3-4 : s = s & i & " " : z = 0 : Next : Echo s
s = "" : For i = "1" To "2.5" Step "0.5" : s = s & i & " " : Next : Echo s
s = "" : For i = Empty To 3 : s = s & i & " " : Next : Echo s, i
s = "" : For i = 5 To 8 : s = s & i & " " : i = i + 1 : Next : Echo s
s = "" : For i = 1 To 0 : s = "x" : Next : Echo s, i
s = "" : For i = CByte(1) To 3 : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i)
s = "" : For i = CCur(1) To 3 : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i)
s = "" : For i = 1 To CCur(3) : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i)
s = "" : For i = #1/1/2000# To #1/3/2000# : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i), i
s = "" : For i = 1 To 2 Step 0.5 : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i), i
s = "" : For i = CLng(1) To 2 : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i)
s = "" : For i = 1 To CLng(2) : s = s & TypeName(i) & " " : Next : Echo s, TypeName(i)
On Error Resume Next
For i = 32766 To 32767 : Next : Echo i, TypeName(i), Err.Number
Err.Clear
For i = CByte(254) To 255 : Next : Echo i, TypeName(i), Err.Number
Err.Clear
For i = 1 To Null : Echo "b" : Next : Echo Err.Number
Err.Clear
n = 0
For i = 1 To 3 Step 0
 n = n + 1
 If n > 3 Then Exit For
Next
Echo n
Err.Clear
For i = 2147483646 To 2147483647 : Next : Echo i, TypeName(i), Err.Number
' expect: 5 4 3
' expect: 5 4
' expect: 1 1.5 2 2.5
' expect: 0 1 2 3  4
' expect: 5 7
' expect:  1
' expect: Integer Integer Integer  Integer
' expect: Currency Currency Currency  Currency
' expect: Integer Integer Integer  Integer
' expect: Date Date Date  Date 1/4/2000
' expect: Integer Double Double  Double 2.5
' expect: Long Long  Long
' expect: Integer Integer  Integer
' expect: 32768 Long 0
' expect: 256 Integer 0
' expect: b
' expect: 92
' expect: 4
' expect: 2147483648 Double 0
