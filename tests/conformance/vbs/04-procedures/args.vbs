Dim x, y, a(2)
Sub ByRefs(p) : p = p & "!" : End Sub
Sub ByVals(ByVal p) : p = p & "!" : End Sub
x = "a"
ByRefs x : Echo x
' expect: a!
ByVals x : Echo x
' expect: a!
ByRefs (x) : Echo x
' expect: a!
Call ByRefs(x) : Echo x
' expect: a!!
ByRefs "literal"
ByRefs x & ""
a(1) = "el"
ByRefs a(1) : Echo a(1)
' expect: el!
Function F(a, b) : F = a * 10 + b : End Function
Echo F(1, 2), F((3), 4)
' expect: 12 34
Function NoArgs : NoArgs = "none" : End Function
Echo NoArgs, NoArgs()
' expect: none none
Function Early(n)
  Early = "before"
  If n Then Exit Function
  Early = "after"
End Function
Echo Early(True), Early(False)
' expect: before after
Function Fib(n)
  If n < 2 Then Fib = n Else Fib = Fib(n - 1) + Fib(n - 2)
End Function
Echo Fib(15)
' expect: 610
Sub Chain(p) : ByRefs p : End Sub
x = "c" : Chain x : Echo x
' expect: c!
Sub Two(p, q) : p = 1 : q = q + p : End Sub
x = 5 : Two x, x : Echo x
' expect: 2
Function Ret : Ret = Array(1, 2, 3) : End Function
Echo Ret()(1), UBound(Ret())
' expect: 2 2
Sub NoParens : Echo "np" : End Sub
NoParens
Call NoParens
NoParens()
' expect: np
' expect: np
' expect: np
y = F(F(1, 1), F(2, 2))
Echo y
' expect: 132
