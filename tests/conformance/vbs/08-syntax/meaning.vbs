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
' error: 1040 line 55 column 9
For a.b = 1 To 2
Next
' ---- 1040-2
' error: 1040 line 59 column 10
For a(1) = 1 To 2
Next
' ---- 1040-3
' error: 1040 line 63 column 15
For Each a(1) In x
Next
' ---- 1041-1
' error: 1041 line 68 column 5
Dim a
Dim a
' ---- 1041-2
' error: 1041 line 72 column 7
Const a = 1
Const a = 2
' ---- 1041-3
' error: 1041 line 77 column 5
Sub f
End Sub
Dim f
' ---- 1041-4
' error: 1041 line 82 column 1
Class A
End Class
Class A
End Class
' ---- 1041-5
' error: 1041 line 88 column 5
Class A
Dim x
Dim x
End Class
' ---- 1041-6
' error: 1041 line 94 column 1
Class A
Dim x
Sub x
End Sub
End Class
' ---- 1041-7
' error: 1041 line 99 column 10
Sub f(a, a)
End Sub
' ---- 1041-8
' error: 1041 line 104 column 5
Sub f(a)
Dim a
End Sub
' ---- 1041-9
' error: 1041 line 110 column 5
Sub f
Dim a
Dim a
End Sub
' ---- 1041-10
' error: 1041 line 116 column 5
Sub f
Const a = 1
Dim a
End Sub
' ---- 1041-11
' error: 1041 line 123 column 1
Class A
Property Get x
End Property
Property Get x
End Property
End Class
' ---- 1041-12
' error: 1041 line 130 column 7
Option Explicit
Dim a
Const a = 1
' ---- 1044-1
' error: 1044 line 133 column 8
f(1, 2)
' ---- 1044-2
' error: 1044 line 136 column 9
f (1, 2)
' ---- 1044-3
' error: 1044 line 139 column 10
a.f(1, 2)
' ---- 1044-4
' error: 1044 line 144 column 7
Sub f(a,b)
End Sub
f(1,2)
' ---- 1045-1
' error: 1045 line 147 column 13
Const a = 1 + 2
' ---- 1045-2
' error: 1045 line 150 column 11
Const a = f(1)
' ---- 1045-3
' error: 1045 line 153 column 11
Const a = -"x"
' ---- 1045-4
' error: 1045 line 156 column 11
Const a = Array(1)
' ---- 1046-1
' error: 1046 line 159 column 12
For Each x y
Next
' ---- 1046-2
' error: 1046 line 163 column 11
For Each x
Next
' ---- 1046-3
' error: 1046 line 167 column 12
For Each x = y
Next
' ---- 1047-1
' error: 1047 line 172 column 4
Class A
End
' ---- 1047-2
' error: 1047 line 176 column 5
Class A
End Sub
' ---- 1047-3
' error: 1047 line 180 column 5
Class A
End If
' ---- 1048-1
' error: 1048 line 183 column 1
Property Get x
End Property
' ---- 1048-2
' error: 1048 line 187 column 8
Public Default Sub f
End Sub
' ---- 1049-1
' error: 1049 line 192 column 10
Class A
Property x
End Property
End Class
' ---- 1049-2
' error: 1049 line 198 column 10
Class A
Property Foo x
End Property
End Class
' ---- 1050-1
' error: 1050 line 205 column 5
Class A
Property Get x
End Sub
End Class
' ---- 1050-2
' error: 1050 line 211 column 4
Class A
Property Get x
End
End Class
' ---- 1050-3
' error: 1050 line 217 column 5
Class A
Property Get x
End Function
End Class
' ---- 1052-1
' error: 1052 line 224 column 16
Class A
Public Default Function x
End Function
Public Default Function y
End Function
End Class
' ---- 1052-2
' error: 1052 line 232 column 16
Class A
Public Default Property Get x
End Property
Public Default Sub y
End Sub
End Class
' ---- 1053-1
' error: 1053 line 238 column 1
Class A
Sub Class_Initialize(x)
End Sub
End Class
' ---- 1053-2
' error: 1053 line 244 column 1
Class A
Sub Class_Terminate(x)
End Sub
End Class
' ---- 1054-1
' error: 1054 line 250 column 1
Class A
Property Let x
End Property
End Class
' ---- 1054-2
' error: 1054 line 256 column 1
Class A
Property Set x()
End Property
End Class
' ---- 1055-1
' error: 1055 line 261 column 1
Next
' ---- 1055-2
' error: 1055 line 264 column 1
Next i
' ---- 1057-1
' error: 1057 line 268 column 17
Class A
Private Default Sub x
End Sub
End Class
' ---- 1057-2
' error: 1057 line 274 column 1
Class A
Default Sub x
End Sub
End Class
' ---- 1057-3
' error: 1057 line 280 column 17
Class A
Private Default Function x
End Function
End Class
' ---- 1058-1
' error: 1058 line 286 column 16
Class A
Public Default Property Let x(y)
End Property
End Class
' ---- 1058-2
' error: 1058 line 292 column 16
Class A
Public Default Property Set x(y)
End Property
End Class
