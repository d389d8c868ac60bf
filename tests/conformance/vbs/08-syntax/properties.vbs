' The procedures of one property take the same arguments; Default belongs to procedures.
' ---- get-more-than-let
' error: 1051 line 7 column 1
Class A
	Property Get X(i)
	End Property
Property Let X(v)
	End Property
End Class
' ---- let-more-than-get
' error: 1051 line 15 column 1
Class A
	Property Get X
	End Property
Property Let X(i, v)
	End Property
End Class
' ---- let-and-set
' error: 1051 line 23 column 1
Class A
	Property Let X(i, v)
	End Property
Property Set X(v)
	End Property
End Class
' ---- let-first
' error: 1051 line 31 column 1
Class A
	Property Let X(i, v)
	End Property
Property Get X()
	End Property
End Class
' ---- consistent
Class A
	Private m
	Property Get X(i) : X = m & i : End Property
	Property Let X(i, v) : m = v & i : End Property
	Property Set X(i, v) : m = TypeName(v) & i : End Property
	Property Get Y : Y = m : End Property
	Property Let Z(v) : m = v : End Property
End Class
Set o = New A
o.X(1) = "let" : Echo o.X(2)
' expect: let12
Set o.X(3) = o : Echo o.X(4)
' expect: A34
o.Z = 5 : Echo o.Y
' expect: 5
' ---- default-field
' error: 1056 line 53 column 16
Class A
Public Default x
End Class
' ---- default-const
' error: 1056 line 58 column 16
Class A
Public Default Const x = 1
End Class
' ---- field-named-default
Class A
	Public Default
	Private b
End Class
Set o = New A : o.Default = 5 : Echo o.Default
' expect: 5
' ---- fields-named-default
Class A
	Public Default, b
End Class
Set o = New A : o.Default = 6 : o.b = 7 : Echo o.Default, o.b
' expect: 6 7
