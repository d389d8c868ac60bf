' Errors of ReDim, Erase and of elements outside. The numbers of the published tests of Wine's engine.
Dim x, y, i
On Error Resume Next
For Each i In "abc" : Echo "body" : Next : Echo Err.Number : Err.Clear
Dim fx(3) : ReDim fx(3) : Echo Err.Number : Err.Clear
ReDim fx("abc") : Echo Err.Number : Err.Clear
x = Array(1) : ReDim x("abc") : Echo Err.Number : Err.Clear
ReDim Preserve x("abc") : Echo Err.Number : Err.Clear
ReDim x(1,3) : ReDim Preserve x(2,3) : Echo Err.Number : Err.Clear
ReDim Preserve x(1,5) : Echo Err.Number, UBound(x,2) : Err.Clear
ReDim Preserve x(1) : Echo Err.Number : Err.Clear
ReDim x(-1) : Echo Err.Number, UBound(x), LBound(x) : Err.Clear
ReDim x(-2) : Echo Err.Number : Err.Clear
Dim d2(3,3), d1(3), dd() : 
y = d2(0) : Echo Err.Number : Err.Clear
y = d1(0,0) : Echo Err.Number : Err.Clear
d2(0)=1 : Echo Err.Number : Err.Clear
y = dd(0) : Echo Err.Number : Err.Clear
y = UBound(dd) : Echo Err.Number : Err.Clear
Erase dd : Echo Err.Number : Err.Clear
For Each i In dd : Echo "x" : Next : Echo Err.Number : Err.Clear
y = d1(4) : Echo Err.Number : Err.Clear
y = d1("1") : Echo Err.Number : Err.Clear
y = d1("x") : Echo Err.Number : Err.Clear
y = d1(1.5) : Echo Err.Number : Err.Clear
' expect: body
' expect: 451
' expect: 10
' expect: 13
' expect: 13
' expect: 13
' expect: 9
' expect: 0 5
' expect: 9
' expect: 0 -1 0
' expect: 9
' expect: 9
' expect: 9
' expect: 9
' expect: 9
' expect: 9
' expect: 0
' expect: 0
' expect: 9
' expect: 0
' expect: 13
' expect: 0
