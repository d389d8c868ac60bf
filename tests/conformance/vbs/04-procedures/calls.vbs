' Forms of calls, parentheses that make arguments values, and what cannot be called, indexed or
' assigned. The forms and numbers of the published tests of Wine's engine.
Dim x, y, z, a1(8), obj
Sub seta0(arr) : arr(0) = 2 : End Sub
Function fa(arr) : arr(0) = 2 : fa = 1 : End Function
x = Array(1) : call (((seta0))) ((x)) : Echo x(0)
x = Array(1) : call (((seta0))) (x) : Echo x(0)
x = Array(Array(3)) : seta0 x(0) : Echo x(0)(0)
x = Array(Array(3)) : seta0 (x(0)) : Echo x(0)(0)
y = (fa)(x) : Echo y
y = ((x))(0) : Echo y
x = Array(Array("a", 0)) : x(0)(1) = 5 : Echo x(0)(1)
Set x(0)(1) = Nothing : Echo x(0)(1) Is Nothing
Function GetNested() : GetNested = Array(Array(1, 2), Array(3, 4)) : End Function
Echo GetNested()(1)(0), Split("1;2", ";")(1), Array(10,20,30)(1), Len(GetNested()(0)(0))
Sub S2(a, b) : Echo a, b : End Sub
S2 (2) * 8, 7
S2 8 * (2), 7
Sub S1(a) : Echo a : End Sub
S1(10 \ 2) + 1
S1(10)+5
S1(10) Mod 3
S1(10)<>10
S1(1) And 1
S1(Nothing) Is Nothing
S1("hi")&"!"
S1 Mid ("hello", 2) & "x"
S1 1 = 1
S1 Not 1 = 0
S1 -1
x = CInt (2) * 3 : Echo x
Class TC
 Public Sub Check(a, b) : Echo a, b : End Sub
 Public Default Property Get Item(i) : Set Item = Me : End Property
End Class
Set obj = New TC
obj.Check (2) * 8, 7
obj(0).Check (2) * 8, 7
Call obj(0).Check(1, 2)
Call (New TC).Check(3, 4)
Dim po(3), pi
pi = Array(1,3,5)
po(pi(1) And 1) = 99 : Echo po(1)
' calling
On Error Resume Next
x = 42 : x : Echo Err.Number : Err.Clear
x = "s" : x : Echo Err.Number : Err.Clear
Dim emp : emp : Echo Err.Number : Err.Clear
x = Array(Nothing) : x(0)(0) = 5 : Echo Err.Number : Err.Clear
x = Array(42) : x(0)(0) = 5 : Echo Err.Number : Err.Clear
x = 42 : y = x(0) : Echo Err.Number : Err.Clear
x(0) = 1 : Echo Err.Number : Err.Clear
x = Null : x(0) = 1 : Echo Err.Number : Err.Clear
Const c10 = 10
c10 = 99 : Echo Err.Number : Err.Clear
Set c10 = Nothing : Echo Err.Number : Err.Clear
S1 = 10 : Echo Err.Number : Err.Clear
Sub inside : inside = 5 : End Sub
inside : Echo Err.Number : Err.Clear
Erase x : Echo Err.Number : Err.Clear
x = Empty : Erase x : Echo Err.Number : Err.Clear
Set x = Nothing : Erase x : Echo Err.Number : Err.Clear
S2 1 : Echo Err.Number : Err.Clear
S2 1, 2, 3 : Echo Err.Number : Err.Clear
x = fa() : Echo Err.Number : Err.Clear
' expect: 1
' expect: 2
' expect: 2
' expect: 3
' expect: 1
' expect: 2
' expect: 5
' expect: True
' expect: 3 2 20 1
' expect: 16 7
' expect: 16 7
' expect: 6
' expect: 15
' expect: 1
' expect: False
' expect: 1
' expect: True
' expect: hi!
' expect: ellox
' expect: True
' expect: True
' expect: -1
' expect: 6
' expect: 16 7
' expect: 16 7
' expect: 1 2
' expect: 3 4
' expect: 99
' expect: 13
' expect: 13
' expect: 13
' expect: 13
' expect: 13
' expect: 13
' expect: 13
' expect: 13
' expect: 501
' expect: 501
' expect: 501
' expect: 501
' expect: 13
' expect: 13
' expect: 13
' expect: 450
' expect: 450
' expect: 450
