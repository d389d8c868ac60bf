' When Class_Terminate runs: at the end of the last reference, at once; what is left at the end of
' the script goes newest first. That an error in it is lost is not attested.
Class T
  Public N
  Private Sub Class_Terminate
    Echo "end", N
  End Sub
End Class
Function Mk(n) : Set Mk = New T : Mk.N = n : End Function
Sub Scope
  Dim a, b
  Set a = Mk("a") : Set b = Mk("b")
  Echo "leaving"
End Sub
Scope
Echo "1"
Mk "dropped"
Echo "2"
x = Mk("expr").N
Echo "3"
Set g = Mk("g1")
Set g = Mk("g2")
Echo "4"
g = 5
Echo "5"
Dim arr(1)
Set arr(0) = Mk("arr0") : Set arr(1) = Mk("arr1")
Erase arr
Echo "6"
With Mk("with")
  Echo .N
End With
Echo "7"
Class E1
  Private Sub Class_Initialize
    Err.Raise 1000, "src", "init failed"
  End Sub
End Class
Class E2
  Private Sub Class_Terminate
    Err.Raise 1001, "src", "term failed"
  End Sub
End Class
On Error Resume Next
h = "old"
Set h = New E1
Echo Err.Number, Err.Description, h
Err.Clear
Set k = New E2
Set k = Nothing
Echo Err.Number, Err.Description
Err.Clear
Sub Fails
  Dim a
  Set a = Mk("in failed")
  x = 1/0
End Sub
Fails
Echo Err.Number
On Error GoTo 0
Function Id(ByVal o) : Set Id = o : End Function
Set g = Id(Mk("id"))
Set g = Nothing
Echo "8"
Set last2 = Mk("last2")
Set last1 = Mk("last1")
Echo "done"
' expect: leaving
' expect: end a
' expect: end b
' expect: 1
' expect: end dropped
' expect: 2
' expect: end expr
' expect: 3
' expect: end g1
' expect: 4
' expect: end g2
' expect: 5
' expect: end arr0
' expect: end arr1
' expect: 6
' expect: with
' expect: end with
' expect: 7
' expect: 1000 init failed old
' expect: 0
' expect: end in failed
' expect: 11
' expect: end id
' expect: 8
' expect: done
' expect: end last2
' expect: end last1
