Dim g
g = "global"
Sub ShowGlobal : Echo g : End Sub
ShowGlobal
' expect: global
Sub Shadow
  Dim g
  g = "local"
  Echo g
End Sub
Shadow : Echo g
' expect: local
' expect: global
implicit = 5
Sub UseImplicit : Echo implicit : implicit = implicit + 1 : End Sub
UseImplicit : Echo implicit
' expect: 5
' expect: 6
Sub OwnLocal : onlyhere = 1 : Echo onlyhere : onlyhere = onlyhere + 1 : End Sub
OwnLocal : OwnLocal
' expect: 1
' expect: 1
Sub Fills(v) : v = "filled" : End Sub
Sub Outer : Fills unknown : Echo unknown : End Sub
Outer
' expect: filled
Const K = 42, T = "text"
Sub UseConst : Const L = 7 : Echo K + L, T : End Sub
UseConst
' expect: 49 text
Later
Sub Later : Echo "hoisted" : End Sub
' expect: hoisted
