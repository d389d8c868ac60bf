Dim a, v, s, m(1, 1)
a = Array(1, "two", 3.5)
For Each v In a : s = s & v & ";" : Next
Echo s
' expect: 1;two;3.5;
s = ""
m(0,0) = 1 : m(0,1) = 2 : m(1,0) = 3 : m(1,1) = 4
For Each v In m : s = s & v : Next
Echo s
' expect: 1324
For Each v In Array() : Echo "never" : Next
For Each v In Array(1,2,3)
  If v = 2 Then Exit For
Next
Echo v
' expect: 2
' The loop walks the elements of its start.
For Each v In a
  a = Empty
Next
Echo TypeName(v), TypeName(a)
' expect: Empty Empty
On Error Resume Next
For Each v In 5
  Echo "body"
Next
Echo Err.Number
' expect: body
' expect: 451
