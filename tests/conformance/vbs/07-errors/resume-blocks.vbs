' Where On Error Resume Next goes on after an error in the head, a test or the last statement of a
' compound statement. Attested by the published tests of Wine's engine, which also run on Windows.

Sub Branches
	On Error Resume Next
	If Fail() Then
		Echo "then"
	Else
		Echo "else"
	End If
	If False Then
		Echo "no"
	ElseIf Fail() Then
		Echo "elseif"
	Else
		Echo "else"
	End If
	If Fail() Then Echo "single" Else Echo "single else"
	If True Then
		Fail
	ElseIf Tell("tested") Then
		Echo "no"
	Else
		Echo "no"
	End If
	Echo Err.Number
End Sub

Sub Selects
	On Error Resume Next
	Select Case Fail()
	Case Empty
		Echo "no"
	Case Else
		Echo "no"
	End Select
	Select Case 1
	Case 0
		Echo "no"
	Case Fail()
		Echo "case"
	Case 1
		Echo "no"
	End Select
	Select Case 1
	Case 1
		Fail
	Case Tell("tested")
		Echo "no"
	End Select
	Select Case 1
	Case Fail()
	Case Tell("tested")
		Echo "no"
	End Select
	Echo "selected"
End Sub

Sub Whiles
	Dim n
	On Error Resume Next
	Do While Fail()
		Echo "do while"
		Exit Do
	Loop
	Do Until Fail()
		Echo "do until"
		Exit Do
	Loop
	n = 0
	While Fail()
		n = n + 1
		If n = 2 Then Exit Sub
		Echo "while"
	Wend
	Echo "no"
End Sub

Sub Untils
	Dim n
	On Error Resume Next
	n = 0
	Do
		n = n + 1
	Loop While Fail()
	Echo n
	Do
		n = n + 1
	Loop Until Fail()
	Echo n
End Sub

Sub Fors
	Dim i, n
	On Error Resume Next
	i = 6
	For i = Fail() To 100
		Echo "from", i, Err.Number
	Next
	Echo i, Err.Number
	For i = 100 To Fail()
		Echo "to", i
	Next
	For i = 1 To 2 Step Fail()
		Echo "step", i
	Next
	For i = "abc" To 2
		Echo "text", i
	Next
	Echo i, Err.Number
	' The bounds of an earlier turn are not used again.
	For n = 1 To 2
		For i = 1 To Limit(n)
			Echo "inner", n, i
		Next
	Next
	n = 0
	For i = 1 To 5
		n = n + 1
		If i = 3 Then i = "three"
	Next
	Echo n, i, Err.Number
End Sub

Sub Eachs
	Dim x
	On Error Resume Next
	x = 2
	For Each x In Fail()
		Echo "each", x, Err.Number
	Next
	Echo x, Err.Number
	Err.Clear
	For Each x In 42
		Echo "number", Err.Number
	Next
	Echo x, Err.Number
	For Each x In Array(1, 2)
		Fail
		Echo x
	Next
	Echo TypeName(x)
End Sub

Sub Withs
	On Error Resume Next
	With Fail()
		Echo "with", Err.Number
		.Member = 1
		Echo Err.Number
	End With
	Err.Clear
	With 42
	End With
	Echo Err.Number
	Err.Clear
	With Nothing
		Echo Err.Number
	End With
	Echo Err.Number
End Sub

Function Fail
	Fail = 1 / 0
End Function

Function Limit(n)
	If n = 2 Then Fail
	Limit = 2
End Function

Function Tell(text)
	Echo text
End Function

Branches
' expect: then
' expect: elseif
' expect: single
' expect: 11
Selects
' expect: case
' expect: selected
Whiles
' expect: do while
' expect: do until
' expect: while
Untils
' expect: 1
' expect: 2
Fors
' expect: from 6 11
' expect: 6 92
' expect: to 6
' expect: step 6
' expect: text 6
' expect: 6 92
' expect: inner 1 1
' expect: inner 1 2
' expect: inner 2 3
' expect: 3 three 13
Eachs
' expect: each 2 11
' expect: 2 451
' expect: number 451
' expect: 2 451
' expect: 1
' expect: 2
' expect: Empty
Withs
' expect: with 11
' expect: 424
' expect: 424
' expect: 0
' expect: 0
