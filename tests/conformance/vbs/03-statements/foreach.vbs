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
' The variable is Empty after the last element.
For Each v In a
Next
Echo TypeName(v), TypeName(a(0))
' expect: Empty Integer
On Error Resume Next
For Each v In 5
  Echo "body"
Next
Echo Err.Number
' expect: body
' expect: 451
On Error GoTo 0
' The array of a variable is locked while it is walked, its elements are not (not attested for the
' elements that are still to come).
Dim e()
ReDim e(2)
e(0) = 1 : e(1) = 2 : e(2) = 3
s = ""
On Error Resume Next
For Each v In e
  s = s & v
  e(2) = 9
  ReDim e(5)
  s = s & "/" & Err.Number : Err.Clear
  Erase e
  s = s & "/" & Err.Number & " " : Err.Clear
Next
Echo s, UBound(e)
' expect: 1/10/10 2/10/10 9/10/10  2
ReDim e(1)
Echo Err.Number, UBound(e)
' expect: 0 1
Sub Leave
  For Each v In e
    Exit Sub
  Next
End Sub
Leave
For Each v In e
  Exit For
Next
For Each v In e
  For Each v In e : Next
  Err.Raise 5
  Exit For
Next
ReDim e(3)
Echo Err.Number, UBound(e)
' expect: 5 3
' What is no variable, or shares its array, is not in the way.
a = e
For Each v In a
  ReDim e(7)
Next
For Each v In (e)
  ReDim e(8)
Next
Echo UBound(a), UBound(e), Err.Number
' expect: 3 8 5
