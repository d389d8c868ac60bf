Dim a(3), b(), m(2, 3), c
Echo UBound(a), LBound(a), UBound(m, 1), UBound(m, 2), IsArray(a), TypeName(a), VarType(a)
' expect: 3 0 2 3 True Variant() 8204
a(0) = 1 : a(3) = "x" : a("1") = 5 : a(1.6) = 7
Echo a(0), a(3), a(1), a(2), TypeName(a(2))
' expect: 1 x 5 7 Integer
ReDim b(1)
b(0) = "p" : b(1) = "q"
ReDim Preserve b(2)
Echo b(0) & b(1) & b(2), UBound(b)
' expect: pq 2
ReDim b(1)
Echo TypeName(b(0))
' expect: Empty
m(1, 2) = "cell"
Echo m(1, 2), TypeName(m(2, 1))
' expect: cell Empty
' Arrays are values.
c = a
c(0) = 99
Echo a(0), c(0)
' expect: 1 99
Erase a
Echo TypeName(a(0)), UBound(a)
' expect: Empty 3
c = Array(Array(1, 2), Array(3, 4))
Echo c(1)(0)
' expect: 3
c(1)(0) = 33
Echo c(1)(0)
' expect: 33
ReDim d(2, 2)
d(1, 1) = 5
ReDim Preserve d(2, 4)
Echo d(1, 1), UBound(d, 2)
' expect: 5 4
Sub Change(arr) : arr(0) = "changed" : End Sub
c = Array(1) : Change c : Echo c(0)
' expect: changed
Sub ChangeVal(ByVal arr) : arr(0) = "again" : End Sub
ChangeVal c : Echo c(0)
' expect: changed
On Error Resume Next
a(4) = 1 : Echo Err.Number, Err.Description : Err.Clear
' expect: 9 Subscript out of range
Echo m(1) : Echo Err.Number : Err.Clear
' expect: 9
ReDim a(5) : Echo Err.Number : Err.Clear
' expect: 10
Erase b : Echo UBound(b) : Echo Err.Number : Err.Clear
' expect: 9
c = 5 : c(0) = 1 : Echo Err.Number : Err.Clear
' expect: 13
a("x") = 1 : Echo Err.Number : Err.Clear
' expect: 13
