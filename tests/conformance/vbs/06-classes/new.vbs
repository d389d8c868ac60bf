' New. Attested by the published tests of Wine's engine.

' ---- undefined
Option Explicit
Dim x, notAClass
On Error Resume Next
Set x = New NoSuchClass
Echo Err.Number
Err.Clear
Set x = New notAClass
Echo Err.Number
' expect: 500
' expect: 506
' ---- implicit
On Error Resume Next
Set x = New NoSuchClass
Echo Err.Number
' expect: 506
' ---- regexp
' A class of the script that is called so is never found.
Class RegExp
	Public Own
End Class
Dim regexp1
Set regexp1 = New RegExp
Echo regexp1.Global, TypeName(regexp1)
' expect: False IRegExp2
' ---- name
' A variable may be called like the class.
Dim box
Class Crate
	Public V
End Class
Set box = New Crate
Echo TypeName(box), (New Crate).V = Empty
With New Crate
	.V = 3
	Echo .V
End With
' expect: Crate True
' expect: 3
