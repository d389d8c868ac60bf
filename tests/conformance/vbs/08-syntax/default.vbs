Class C
Public Default Sub A
End Sub
Public Default Sub B
End Sub
End Class
' error: 1052 line 4 column 16
