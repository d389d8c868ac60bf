' Forms that published libraries use.
' ---- new-and-call
Class Pair
	Public Name, Value
	Public Function Init(n, v) : Name = n : Value = v : Set Init = Me : End Function
	Public Property Get Both : Both = Name & "=" & Value : End Property
	Private Sub Class_Terminate : Echo "end " & Name : End Sub
End Class
Dim p
Set p = New Pair.Init("a", 1)
Echo p.Both
' expect: a=1
Echo New Pair.Init("b", 2).Both
' expect: end b
' expect: b=2
Echo TypeName(New Pair.Init("c", 3)), 1
' expect: end c
' expect: Pair 1
' expect: end a
' ---- method-and-property
Class Field
	Public Function Form : Form = "function" : End Function
	Public Property Get Form : Form = "property" : End Property
	Public Function Size : Size = 7 : End Function
	Public Property Let Size(v) : Echo "size " & v : End Property
End Class
Dim f
Set f = New Field
Echo f.Form, f.Size
' expect: property 7
f.Size = 9
' expect: size 9
' ---- procedures-in-blocks
If True Then
	Public Function Inside(a)
		Inside = a & "!"
	End Function
	Private Sub Within : Echo Inside("within") : End Sub
	Sub Plain : Echo Inside("plain") : End Sub
End If
Within
' expect: within!
Plain
' expect: plain!
' ---- two-gets
' error: 1041 line 51 column 9
Class A
	Public Property Get X : End Property
	Public Function Y : End Function
	Public Property Get Y : End Property
	Public Property Get Y : End Property
End Class
