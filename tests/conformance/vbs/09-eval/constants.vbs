' A Const that ExecuteGlobal makes is a constant for all code, also for code compiled before.
Sub Show
    Echo made & "," & TypeName(made) & "," & text
End Sub
ExecuteGlobal "Const made = 7, text = ""seven"""
Show  ' expect: 7,Integer,seven
On Error Resume Next
made = 8
Echo Err.Number & "," & made  ' expect: 501,7
Err.Clear
Sub Inner
    ' One that Execute makes in a procedure is not.
    Execute "Const inside = 1: Echo inside"  ' expect: 1
End Sub
Inner
Echo TypeName(inside)  ' expect: Empty
