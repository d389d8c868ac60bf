Class Counter
  Private n
  Public Label
  Private list(2)
  Private Sub Class_Initialize
    n = 0 : Label = "new"
  End Sub
  Private Sub Class_Terminate
    Echo "end " & Label
  End Sub
  Public Default Function Add(by)
    n = n + by
    Add = n
  End Function
  Public Property Get Count : Count = n : End Property
  Public Property Let Count(v) : n = v : End Property
  Public Property Get Item(i) : Item = list(i) : End Property
  Public Property Let Item(i, v) : list(i) = v : End Property
  Public Property Set Other(o) : Set mOther = o : End Property
  Public Property Get Other : Set Other = mOther : End Property
  Private mOther
  Public Function Self : Set Self = Me : End Function
  Public Sub Twice : Hidden : Me.Twice2 : End Sub
  Private Sub Hidden : Echo "hidden", n : End Sub
  Public Sub Twice2 : Echo "public", Count : End Sub
End Class
Dim c, d
Set c = New Counter
Echo c(5), c.Add(2), c.Count, TypeName(c), IsObject(c)
' expect: 5 7 7 Counter True
c.Count = 20 : Echo c.Count
' expect: 20
c.Item(1) = "one" : Echo c.Item(1)
' expect: one
c.Label = "first"
Set d = New Counter
d.Label = "second"
Set c.Other = d
Echo c.Other.Label, c.Self.Self.Label
' expect: second first
c.Other.Label = "2nd"
Echo d.Label
' expect: 2nd
c.Twice
' expect: hidden 20
' expect: public 20
With c
  .Label = "with"
  Echo .Label, .Count
  With .Other : Echo .Label : End With
End With
' expect: with 20
' expect: 2nd
Set d = Nothing
Echo "before"
' expect: before
Set c = Nothing
' expect: end with
' expect: end 2nd
Sub Scope
  Dim t
  Set t = New Counter
  t.Label = "scoped"
End Sub
Scope
Echo "after"
' expect: end scoped
' expect: after
Set c = New Counter
c.Label = "last"
On Error Resume Next
c.Hidden : Echo Err.Number, Err.Description : Err.Clear
' expect: 438 Object doesn't support this property or method
c.Missing = 1 : Echo Err.Number : Err.Clear
' expect: 438
Set d = New Unknown : Echo Err.Number, Err.Description : Err.Clear
' expect: 506 Class not defined
d = c : Echo Err.Number : Err.Clear
' expect: 450
Set d = 5 : Echo Err.Number, Err.Description : Err.Clear
' expect: 424 Object required
Dim nope : nope.Foo : Echo Err.Number, Err.Description : Err.Clear
' expect: 424 Object required
Set nope = Nothing : nope.Foo : Echo Err.Number : Err.Clear
' expect: 424
Echo "done"
' expect: done
' expect: end last
