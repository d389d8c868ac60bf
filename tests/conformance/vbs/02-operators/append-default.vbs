' s = s & object: the left text is that of before, whatever the object's default property does to s.
Class C
  Public Default Property Get D: s = "changed": D = "tail": End Property
End Class
Dim s, o: Set o = New C
s = "start": s = s & o
Echo s
' expect: starttail
