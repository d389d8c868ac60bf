' What must, and what need not, be separated by an end of line or a colon. Places and forms attested
' by the published tests of Wine's engine.

' ---- procedures
Sub A
	Echo "a" End Sub
Sub B() Echo "b" End Sub
Function C(n)
	C = n + 1 End Function
Class D
	Public F End Class
Class E
	Private V
	Public Default Property Get P
		P = 5 End Property End Class
If False Then
Sub InBlock() Echo "block" End Sub
End If
A : B : Echo C(1)
InBlock
Dim o
Set o = New E
Echo o
' expect: a
' expect: b
' expect: 2
' expect: block
' expect: 5
' ---- branches
If False Then
	Echo 1
Else Echo "else" End If
If False Then
	Echo 1
ElseIf True Then Echo "elseif" End If
If False Then
	Echo 1
Else
	Echo "lines" End If
If False Then
	Echo 1
Else
: Echo "colon"
End If
If False Then :
If False Then Echo 1 Else
If False Then Echo 1 Else:
If False Then Echo 1 Else Echo "one line" End If
If True Then Echo "nested" : If False Then Echo 1 Else Echo "inner"
If True Then If False Then Echo 1 Else Echo "dangling"
If False Then If True Then Echo 1 Else Echo 2
If True Then If False Then Echo 1 Else Echo "two" Else Echo 3
' expect: else
' expect: elseif
' expect: lines
' expect: colon
' expect: one line
' expect: nested
' expect: inner
' expect: dangling
' expect: two
' ---- cases
Select Case 4
	Case 0: Echo 0
	Case 4  Echo "four"
	Case Else Echo "else"
End Select
Select Case 1 :

	: Case 3, 4 :
Case Else:
	Echo "colons"
End Select
Select Case 0 : Case 1 : Case Else : End Select
' expect: four
' expect: colons
' ---- colons
Option Explicit  : : Dim W
W = 1 : : Rem rest : Echo "no"
While W < 3 : W = W + 1 : Wend
Do: :: W = W + 2 :::  : Loop Until W >= 7
Echo W
: Echo "first"
For W = 1 To 2 : : Echo W
Next
Class S : : Dim V
:
	Sub T : V = 1
	End Sub ::
End Class : :: Echo "class"
' expect: 7
' expect: first
' expect: 1
' expect: 2
' expect: class
' ---- continued
Class Chain
	Public Function Self()
		Set Self = Me
		Echo "self"
	End Function
End Class
Dim x, o
x =_
	3
x _
	= x _	 
	+ 1
Echo x
Set o = New Chain
o.Self().Self()
o.Self() _
.Self()
o _
.Self()
' expect: 4
' expect: self
' expect: self
' expect: self
' expect: self
' expect: self
' ---- endif
If 0 > 1 Then
	x = 0 End If
' error: 1025 line 124 column 8
' ---- elseif
If False Then
	x = 0
ElseIf True Then
	x = 1 End If
' error: 1025 line 130 column 8
' ---- else
If False Then
	x = 0
Else End If
' error: 1024 line 135 column 6
' ---- wend
While False
	x = 0 Wend
' error: 1025 line 139 column 8
' ---- loop
Do While False
	x = 0 Loop
' error: 1025 line 143 column 8
' ---- select
Select Case 42
	Case 42
		x = True End Select
' error: 1025 line 148 column 12
' ---- class
Class C End Class
' error: 1025 line 151 column 9
' ---- while
While False x = 1
Wend
' error: 1025 line 154 column 13
' ---- sub
Sub A x = 1
End Sub
' error: 1025 line 158 column 7
