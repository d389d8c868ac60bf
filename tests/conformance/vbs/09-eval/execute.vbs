Dim x, r
x = 5
Echo Eval("x * 2 + 1"), Eval("""a"" & ""b""")
' expect: 11 ab
Execute "x = x + 1 : y = x * 2"
Echo x, y
' expect: 6 12
ExecuteGlobal "Function Added(n) : Added = n + 100 : End Function"
Echo Added(1)
' expect: 101
Sub Local
  Dim l
  l = 3
  Execute "l = l + 1"
  Echo l, Eval("l * 10")
End Sub
Local
' expect: 4 40
ExecuteGlobal "Class Dyn : Public V : End Class"
Set r = Eval("New Dyn")
r.V = "dynamic" : Echo r.V
' expect: dynamic
If Eval("x = 6") Then Echo "compares"
' expect: compares
On Error Resume Next
Execute "x = ("
Echo Err.Number > 1000, Err.Description
' expect: True Syntax error
