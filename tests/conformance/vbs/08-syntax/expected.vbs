' What the parser expected and did not find: errors 1002 to 1029.
' ---- 1002-1
' error: 1002 line 4 column 9
x = 1 Is
' ---- 1002-2
' error: 1002 line 7 column 4
On Foo Resume Next
' ---- 1002-3
' error: 1002 line 10 column 4
x =
' ---- 1002-4
' error: 1002 line 13 column 8
x = 1 +
' ---- 1002-5
' error: 1002 line 16 column 6
x = (
' ---- 1002-6
' error: 1002 line 19 column 6
x = ()
' ---- 1002-7
' error: 1002 line 22 column 4
If Then
' ---- 1002-8
' error: 1002 line 25 column 5
x = *3
' ---- 1002-9
' error: 1002 line 28 column 6
While
Wend
' ---- 1002-10
' error: 1002 line 32 column 9
Do While
Loop
' ---- 1002-11
' error: 1002 line 36 column 12
x = f(1,,)+
' ---- 1002-12
' error: 1002 line 39 column 9
For i = To 3
Next
' ---- 1002-13
' error: 1002 line 43 column 13
For i = 1 To
Next
' ---- 1002-14
' error: 1002 line 47 column 8
x = Not
' ---- 1002-15
' error: 1002 line 50 column 12
Select Case
End Select
' ---- 1002-16
' error: 1002 line 54 column 9
x = 1 + )
' ---- 1005-1
' error: 1005 line 58 column 8
Dim a
ReDim a
' ---- 1005-2
' error: 1005 line 61 column 8
ReDim a, b(3)
' ---- 1006-1
' error: 1006 line 64 column 8
Dim a(3
' ---- 1006-2
' error: 1006 line 67 column 8
Sub f(a
End Sub
' ---- 1006-3
' error: 1006 line 71 column 11
x = f(1, 2
' ---- 1006-4
' error: 1006 line 74 column 11
x = (1 + 2
' ---- 1006-5
' error: 1006 line 77 column 10
ReDim a(3
' ---- 1007-1
' error: 1007 line 80 column 9
x = [abc
' ---- 1007-2
' error: 1007 line 83 column 9
[abc = 1
' ---- 1010-1
' error: 1010 line 86 column 5
Dim 1
' ---- 1010-2
' error: 1010 line 89 column 7
Const = 1
' ---- 1010-3
' error: 1010 line 92 column 4
Sub
End Sub
' ---- 1010-4
' error: 1010 line 96 column 7
x = a.
' ---- 1010-5
' error: 1010 line 99 column 5
Set = 3
' ---- 1010-6
' error: 1010 line 102 column 5
For 1 = 1 To 2
Next
' ---- 1010-7
' error: 1010 line 106 column 10
For Each 1 In x
Next
' ---- 1010-8
' error: 1010 line 110 column 6
Class
End Class
' ---- 1010-9
' error: 1010 line 114 column 10
Function 1
End Function
' ---- 1010-10
' error: 1010 line 118 column 7
Sub f(1)
End Sub
' ---- 1010-11
' error: 1010 line 122 column 9
Sub f(a,)
End Sub
' ---- 1010-12
' error: 1010 line 126 column 7
Dim a,
' ---- 1010-13
' error: 1010 line 129 column 12
Set x = New
' ---- 1010-14
' error: 1010 line 132 column 13
Set x = New 1
' ---- 1010-15
' error: 1010 line 135 column 5
Dim If
' ---- 1010-16
' error: 1010 line 139 column 8
Class A
Private
End Class
' ---- 1011-1
' error: 1011 line 143 column 8
Const a
' ---- 1011-2
' error: 1011 line 146 column 6
Set x
' ---- 1011-3
' error: 1011 line 149 column 7
For i To 3
Next
' ---- 1011-4
' error: 1011 line 153 column 7
Set x 3
' ---- 1012-1
' error: 1012 line 158 column 4
If a Then
x = 1
End
' ---- 1012-2
' error: 1012 line 163 column 5
If a Then
x = 1
End Sub
' ---- 1012-3
' error: 1012 line 167 column 5
If a Then
End With
' ---- 1013-1
' error: 1013 line 170 column 10
For i = 1
Next
' ---- 1013-2
' error: 1013 line 174 column 11
For i = 1 Step 2
Next
' ---- 1014-1
' error: 1014 line 179 column 1
If a Then
' ---- 1014-2
' error: 1014 line 182 column 1
Sub f
' ---- 1014-3
' error: 1014 line 185 column 1
Function f
' ---- 1014-4
' error: 1014 line 188 column 1
Class A
' ---- 1014-5
' error: 1014 line 191 column 1
With x
' ---- 1014-6
' error: 1014 line 194 column 1
Select Case x
' ---- 1014-7
' error: 1014 line 198 column 1
Class A
Property Get x
' ---- 1015-1
' error: 1015 line 201 column 5
Function f
End Sub
' ---- 1015-2
' error: 1015 line 205 column 4
Function f
End
' ---- 1016-1
' error: 1016 line 209 column 5
Sub f
End Function
' ---- 1016-2
' error: 1016 line 213 column 5
Sub f
End If
' ---- 1017-1
' error: 1017 line 216 column 5
If a
' ---- 1017-2
' error: 1017 line 219 column 5
If a
End If
' ---- 1017-3
' error: 1017 line 223 column 6
If a x = 3
' ---- 1017-4
' error: 1017 line 227 column 9
If a Then
ElseIf b
End If
' ---- 1018-1
' error: 1018 line 232 column 1
While a
' ---- 1018-2
' error: 1018 line 236 column 1
While a
x = 1
' ---- 1019-1
' error: 1019 line 239 column 1
Do
' ---- 1020-1
' error: 1020 line 242 column 1
For i = 1 To 2
' ---- 1020-2
' error: 1020 line 246 column 1
For Each i In x
x = 1
' ---- 1021-1
' error: 1021 line 248 column 8
Select 1
End Select
' ---- 1021-2
' error: 1021 line 252 column 8
Select x
' ---- 1022-1
' error: 1022 line 256 column 5
Select Case 1
End If
' ---- 1022-2
' error: 1022 line 261 column 4
Select Case 1
Case 1
End
' ---- 1024-1
' error: 1024 line 264 column 1
)
' ---- 1024-2
' error: 1024 line 267 column 1
= 3
' ---- 1024-3
' error: 1024 line 270 column 1
1 = 2
' ---- 1024-4
' error: 1024 line 273 column 1
"a"
' ---- 1024-5
' error: 1024 line 276 column 1
End If
' ---- 1024-6
' error: 1024 line 279 column 1
End Sub
' ---- 1024-7
' error: 1024 line 282 column 1
End
' ---- 1024-8
' error: 1024 line 285 column 1
Then
' ---- 1024-9
' error: 1024 line 288 column 1
To
' ---- 1024-10
' error: 1024 line 292 column 1
Option Explicit
Option Explicit
' ---- 1024-11
' error: 1024 line 296 column 1
x = 1
Option Explicit
' ---- 1024-12
' error: 1024 line 299 column 1
ElseIf a Then
' ---- 1024-13
' error: 1024 line 302 column 1
Wend
' ---- 1024-14
' error: 1024 line 305 column 1
Case 1
' ---- 1024-15
' error: 1024 line 308 column 1
End Class
' ---- 1024-16
' error: 1024 line 311 column 1
ByVal x
' ---- 1025-1
' error: 1025 line 314 column 7
x = 1 2
' ---- 1025-2
' error: 1025 line 317 column 7
Dim a b
' ---- 1025-3
' error: 1025 line 321 column 9
Sub f
End Sub x
' ---- 1025-4
' error: 1025 line 325 column 6
For i = 1 To 2
Next i
' ---- 1025-5
' error: 1025 line 328 column 7
x = 1 Then
' ---- 1025-6
' error: 1025 line 332 column 8
If a Then
End If x
' ---- 1025-7
' error: 1025 line 335 column 9
Erase a b
' ---- 1025-8
' error: 1025 line 338 column 9
Exit Do x
' ---- 1025-9
' error: 1025 line 341 column 5
f 1 2
' ---- 1025-10
' error: 1025 line 344 column 7
a.b c d
' ---- 1025-11
' error: 1025 line 347 column 22
On Error Resume Next x
' ---- 1025-12
' error: 1025 line 350 column 13
Const a = 1 b
' ---- 1025-13
' error: 1025 line 353 column 11
Set x = y z
' ---- 1025-14
' error: 1025 line 356 column 9
While a x
Wend
' ---- 1025-15
' error: 1025 line 360 column 9
Class A B
End Class
' ---- 1026-1
' error: 1026 line 364 column 7
Dim a(b)
' ---- 1026-2
' error: 1026 line 367 column 8
Dim a(-1)
' ---- 1026-3
' error: 1026 line 370 column 7
Dim a("1")
' ---- 1026-4
' error: 1026 line 373 column 7
Dim a(1.5)
' ---- 1026-5
' error: 1026 line 376 column 8
Dim a(1+1)
' ---- 1028-1
' error: 1028 line 379 column 4
Do 1
Loop
' ---- 1028-2
' error: 1028 line 383 column 4
Do x = 1
Loop
' ---- 1029-1
' error: 1029 line 388 column 5
With x
End If
' ---- 1029-2
' error: 1029 line 392 column 4
With x
End
