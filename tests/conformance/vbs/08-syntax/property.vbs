Class C
Property Foo
End Property
End Class
' error: 1049 line 2 column 10
