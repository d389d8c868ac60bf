Class Greeter
  Public Name
  Public Default Function Hello(x)
    Hello = "hello " & x & " from " & Name
  End Function
End Class
Function Twice(x) : Twice = x * 2 : End Function
Function Fails(x) : Fails = 1 / x : End Function
Dim g, r, v
Set g = New Greeter : g.Name = "g"
Echo Host.CallBack(g, "you")
' expect: hello you from g
Set r = GetRef("Twice")
Echo r(21), CallBack(r, 4), TypeName(r)
' expect: 42 8 Object
v = 1
Host.SetTo v, "changed" : Echo v
' expect: changed
SetTo v, Array(1, 2) : Echo v(1)
' expect: 2
On Error Resume Next
CallBack GetRef("Fails"), 0
Echo Err.Number, Err.Description, Err.Source
' expect: 11 Division by zero Microsoft VBScript runtime error
