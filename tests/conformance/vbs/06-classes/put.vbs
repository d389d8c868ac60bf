' What properties get. Attested by the published tests of Wine's engine.
Class Plain
	Public V
	Public Default Property Get D
		D = V
	End Property
End Class
Class Box
	Public Kind, Field, List(2), Any
	Public Property Let Obj(v)
		Kind = TypeName(v)
	End Property
	Public Property Let Pair(key, v)
		Kind = key & "=" & v
	End Property
	Public Property Let Many(a, b, c, d, e, f, g, h, i, j)
		Kind = a & b & c & d & e & f & g & h & i & j
	End Property
	Public Property Set Child(key, o)
		Kind = key & ":" & TypeName(o)
	End Property
	Public Property Let Item(i, v)
		Kind = "item " & i & " " & TypeName(v)
	End Property
	Public Default Property Get Item(i)
		Item = i * 2
	End Property
	Public Property Get OnlyGet
		OnlyGet = 1
	End Property
End Class
Dim b, p, x
Set b = New Box
Set p = New Plain
p.V = 42
' Let gets the object, not its default.
b.Obj = p
Echo b.Kind
b.Pair("old") = "new"
Echo b.Kind
b.Many(1, 2, 3, 4, 5, 6, 7, 8, 9) = 0
Echo b.Kind
Set b.Child("k") = Nothing
Echo b.Kind
Set b.Child("k") = p
Echo b.Kind
b(3) = 5
Echo b.Kind, b(4), b.Item(5)
b(3) = p
Echo b.Kind
' A field gets the default.
b.Field = p
Echo TypeName(b.Field), b.Field
b.List(1) = "one"
Echo b.List(1), b.List("1")
b.Any = Array(1, 2)
Echo b.Any(1)
b.Kind() = "empty parentheses"
Echo b.Kind
' expect: Plain
' expect: old=new
' expect: 1234567890
' expect: k:Nothing
' expect: k:Plain
' expect: item 3 Integer 8 10
' expect: item 3 Plain
' expect: Integer 42
' expect: one one
' expect: 2
' expect: empty parentheses
On Error Resume Next
Set b.Obj = p : Tell
Set b.Obj = 5 : Tell
b.OnlyGet = 2 : Tell
x = b.Kind(0) : Tell
b.Kind(0) = 5 : Tell
x = b.Kind(0, 1) : Tell
b.Kind("k") = 5 : Tell
x = b.Missing : Tell
b.Pair = 1 : Tell
' expect: 438 Object doesn't support this property or method
' expect: 424 Object required
' expect: 438 Object doesn't support this property or method
' expect: 438 Object doesn't support this property or method
' expect: 438 Object doesn't support this property or method
' expect: 438 Object doesn't support this property or method
' expect: 438 Object doesn't support this property or method
' expect: 438 Object doesn't support this property or method
' expect: 450 Wrong number of arguments or invalid property assignment
Sub Tell
	Echo Err.Number, Err.Description
	Err.Clear
End Sub
