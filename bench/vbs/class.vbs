' Calls of methods and properties.
Class Counter
  Private n
  Public Sub Add(by)
    n = n + by
  End Sub
  Public Property Get Value
    Value = n
  End Property
End Class
Dim c, i
Set c = New Counter
For i = 1 To 1000000 \ Parts
  c.Add 2
  If c.Value < 0 Then Echo "never"
Next
Echo c.Value
