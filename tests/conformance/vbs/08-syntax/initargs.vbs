Class C
Sub Class_Initialize(a)
End Sub
End Class
' error: 1053 line 2 column 1
