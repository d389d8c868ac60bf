' Errors 1037 to 1058: statements where they cannot be, names twice, members of classes.
' ---- 1037-1
' error: 1037 line 4 column 5
x = Me
' ---- 1037-2
' error: 1037 line 8 column 5
Sub f
x = Me
End Sub
' ---- 1038-1
' error: 1038 line 12 column 1
Loop
' ---- 1039-1
' error: 1039 line 15 column 1
Exit Sub
' ---- 1039-2
' error: 1039 line 18 column 1
Exit Function
' ---- 1039-3
' error: 1039 line 21 column 1
Exit Property
' ---- 1039-4
' error: 1039 line 24 column 1
Exit For
' ---- 1039-5
' error: 1039 line 27 column 1
Exit Do
' ---- 1039-6
' error: 1039 line 31 column 1
Sub f
Exit Function
End Sub
' ---- 1039-7
' error: 1039 line 36 column 1
Function f
Exit Sub
End Function
' ---- 1039-8
' error: 1039 line 41 column 1
Do
Exit For
Loop
' ---- 1039-9
' error: 1039 line 46 column 1
For i = 1 To 2
Exit Do
Next
' ---- 1039-10
' error: 1039 line 51 column 1
While a
Exit Do
Wend
' ---- 1040-1
' error: 1040 line 55 column 10
For a(1) = 1 To 2
Next
' ---- 1041-1
' error: 1041 line 60 column 5
Dim a
Dim a
' ---- 1041-2
' error: 1041 line 64 column 7
Const a = 1
Const a = 2
' ---- 1041-3
' error: 1041 line 69 column 5
Sub f
End Sub
Dim f
' ---- 1041-4
' error: 1041 line 74 column 1
Class A
End Class
Class A
End Class
' ---- 1041-5
' error: 1041 line 80 column 5
Class A
Dim x
Dim x
End Class
' ---- 1041-6
' error: 1041 line 86 column 1
Class A
Dim x
Sub x
End Sub
End Class
' ---- 1041-7
' error: 1041 line 91 column 10
Sub f(a, a)
End Sub
' ---- 1041-8
' error: 1041 line 96 column 5
Sub f(a)
Dim a
End Sub
' ---- 1041-9
' error: 1041 line 102 column 5
Sub f
Dim a
Dim a
End Sub
' ---- 1041-10
' error: 1041 line 108 column 5
Sub f
Const a = 1
Dim a
End Sub
' ---- 1041-11
' error: 1041 line 115 column 1
Class A
Property Get x
End Property
Property Get x
End Property
End Class
' ---- 1041-12
' error: 1041 line 122 column 7
Option Explicit
Dim a
Const a = 1
' ---- 1044-1
' error: 1044 line 125 column 8
f(1, 2)
' ---- 1044-2
' error: 1044 line 128 column 9
f (1, 2)
' ---- 1044-3
' error: 1044 line 131 column 10
a.f(1, 2)
' ---- 1044-4
' error: 1044 line 136 column 7
Sub f(a,b)
End Sub
f(1,2)
' ---- 1045-1
' error: 1045 line 139 column 13
Const a = 1 + 2
' ---- 1045-2
' error: 1045 line 142 column 11
Const a = f(1)
' ---- 1045-3
' error: 1045 line 145 column 11
Const a = -"x"
' ---- 1045-4
' error: 1045 line 148 column 11
Const a = Array(1)
' ---- 1046-1
' error: 1046 line 151 column 12
For Each x y
Next
' ---- 1046-2
' error: 1046 line 155 column 11
For Each x
Next
' ---- 1046-3
' error: 1046 line 159 column 12
For Each x = y
Next
' ---- 1047-1
' error: 1047 line 164 column 4
Class A
End
' ---- 1047-2
' error: 1047 line 168 column 5
Class A
End Sub
' ---- 1047-3
' error: 1047 line 172 column 5
Class A
End If
' ---- 1048-1
' error: 1048 line 175 column 1
Property Get x
End Property
' ---- 1048-2
' error: 1048 line 179 column 8
Public Default Sub f
End Sub
' ---- 1049-1
' error: 1049 line 184 column 10
Class A
Property x
End Property
End Class
' ---- 1049-2
' error: 1049 line 190 column 10
Class A
Property Foo x
End Property
End Class
' ---- 1050-1
' error: 1050 line 197 column 5
Class A
Property Get x
End Sub
End Class
' ---- 1050-2
' error: 1050 line 203 column 4
Class A
Property Get x
End
End Class
' ---- 1050-3
' error: 1050 line 209 column 5
Class A
Property Get x
End Function
End Class
' ---- 1052-1
' error: 1052 line 216 column 16
Class A
Public Default Function x
End Function
Public Default Function y
End Function
End Class
' ---- 1052-2
' error: 1052 line 224 column 16
Class A
Public Default Property Get x
End Property
Public Default Sub y
End Sub
End Class
' ---- 1053-1
' error: 1053 line 230 column 1
Class A
Sub Class_Initialize(x)
End Sub
End Class
' ---- 1053-2
' error: 1053 line 236 column 1
Class A
Sub Class_Terminate(x)
End Sub
End Class
' ---- 1054-1
' error: 1054 line 242 column 1
Class A
Property Let x
End Property
End Class
' ---- 1054-2
' error: 1054 line 248 column 1
Class A
Property Set x()
End Property
End Class
' ---- 1055-1
' error: 1055 line 253 column 1
Next
' ---- 1055-2
' error: 1055 line 256 column 1
Next i
' ---- 1057-1
' error: 1057 line 260 column 17
Class A
Private Default Sub x
End Sub
End Class
' ---- 1057-2
' error: 1057 line 266 column 1
Class A
Default Sub x
End Sub
End Class
' ---- 1057-3
' error: 1057 line 272 column 17
Class A
Private Default Function x
End Function
End Class
' ---- 1058-1
' error: 1058 line 278 column 16
Class A
Public Default Property Let x(y)
End Property
End Class
' ---- 1058-2
' error: 1058 line 284 column 16
Class A
Public Default Property Set x(y)
End Property
End Class
