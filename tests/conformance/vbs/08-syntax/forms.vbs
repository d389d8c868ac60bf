' Forms that must parse.
Dim a, b, c
a = 1: b = 2 : c = 3
Call Echo("one")
' expect: one
Echo "x" : Echo "y"
' expect: x
' expect: y
Echo (1 + 2) * 3
' expect: 9
Echo ("a") & "b"
' expect: ab
Echo (1), (2)
' expect: 1 2
Echo -a, Not False
' expect: -1 True
If a = 1 Then : Echo "colon" : End If
' expect: colon
Select Case a : Case 1 Echo "odd" : End Select
' expect: odd
Sub P(x) Echo x End Sub
P 5
' expect: 5
Function G() G = 7 End Function
Echo G
' expect: 7
Dim property, default, error, explicit, step
property = 1 : default = 2 : step = 3
Echo property + default + step
' expect: 6
With Host
  .Echo "with"
  .Echo .Echo
End With
' expect: with
' expect:
' expect:
Public pub
Private priv
pub = 1
Echo pub
' expect: 1
Let a = 9
Echo a
' expect: 9
Echo a > 5 And b < 3, a <> b, a => b, b =< a
' expect: True True True True
