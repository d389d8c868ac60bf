' ---- redim
' A Class_Terminate that replaces the array whose end it was.
Class C
  Private Sub Class_Terminate: a = 5: End Sub
End Class
Dim a
ReDim a(2): Set a(2) = New C
ReDim Preserve a(1)
Echo UBound(a)
' expect: 1
' ---- erase
Class C
  Private Sub Class_Terminate: a = 5: End Sub
End Class
Dim a(2): Set a(1) = New C
Erase a
Echo UBound(a)
' expect: 2
' ---- element
' The array goes while its element is written.
Class C
  Private Sub Class_Terminate: Erase a: End Sub
End Class
Dim a
Sub Local
  ReDim a(3): Set a(0) = New C
  a(0) = 5
End Sub
Sub Given(ByRef b)
  ReDim b(3): Set b(0) = New C
  b(0) = 5
End Sub
Local
Given a
Echo TypeName(a)
' expect: Variant()
' ---- rows
' An element that stays is written while others go.
Class C
  Private Sub Class_Terminate: a(0, 0) = "new " & Empty: End Sub
End Class
Dim a
ReDim a(1, 2): a(0, 0) = "old " & Empty: Set a(1, 2) = New C
ReDim Preserve a(1, 1)
Echo a(0, 0)
' expect: new
' ---- tail
' Elements that went cannot be filled again.
Class C
  Public N
  Private Sub Class_Terminate
    log = log & N
    On Error Resume Next
    If N = 2 Then Set a(2) = New C
  End Sub
End Class
Dim a, log, i
ReDim a(4)
For i = 0 To 4: Set a(i) = New C: a(i).N = i: Next
ReDim Preserve a(1)
Echo log, UBound(a)
' expect: 234 1
' ---- result
' The object whose method gives it ends with the call.
Class C
  Public Default Property Get Item(i)
    Set x = Nothing
    Item = "result " & i
  End Property
  Private Sub Class_Terminate
    Dim other: other = Junk("other")
  End Sub
End Class
Function Junk(s): Junk = s & "1": End Function
Sub Show(ByRef v): Echo v: End Sub
Dim x: Set x = New C
Show x(0)
' expect: result 0
' ---- refused
' What a refused call was given does not stay behind.
Function None: None = 1: End Function
Sub Try
  Dim f, x: Set f = GetRef("None")
  On Error Resume Next
  x = f("a" & 1)
  Echo Err.Number
End Sub
Try
' expect: 450
