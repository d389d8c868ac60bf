' ByRef is what arguments are without a word; parentheses around an argument make it a value.
Sub Plain(a) : a = a + 1 : End Sub
Sub Ref(ByRef a) : a = a + 1 : End Sub
Sub Val(ByVal a) : a = a + 1 : End Sub
Function Both(ByRef a, ByVal b) : a = a * 2 : b = b * 2 : Both = a + b : End Function
Dim x, y, a(1), d
x = 1 : Plain x : Echo x
' expect: 2
Ref x : Echo x
' expect: 3
Val x : Echo x
' expect: 3
Call Ref(x) : Echo x
' expect: 4
Ref (x) : Echo x
' expect: 4
Call Ref((x)) : Echo x
' expect: 4
y = 5 : Echo Both(x, y), x, y
' expect: 18 8 5
Echo Both((x), (y)), x, y
' expect: 26 8 5
' elements of arrays are references too; results and constants are not
a(0) = 1 : Ref a(0) : Plain a(0) : Echo a(0)
' expect: 3
Const c = 7
Ref c : Echo c
' expect: 7
Ref 3 : Ref Len("abc") : Ref x + 1 : Echo x
' expect: 8
Class Box
  Public Field
  Private hidden
  Public Property Get Prop : Prop = hidden : End Property
  Public Property Let Prop(v) : hidden = v : End Property
End Class
Set d = New Box
d.Field = 1 : Ref d.Field : Echo d.Field
' expect: 1
d.Prop = 1 : Ref d.Prop : Echo d.Prop
' expect: 1
' a reference handed on stays one
Sub Outer(ByRef v) : Ref v : Val v : Ref (v) : End Sub
x = 10 : Outer x : Echo x
' expect: 11
' and so do whole arrays
Sub Fill(ByRef v) : v(1) = "filled" : End Sub
Sub FillCopy(ByVal v) : v(1) = "copy" : End Sub
Fill a : Echo a(1)
' expect: filled
FillCopy a : Echo a(1)
' expect: filled
Sub Grow(ByRef v) : ReDim Preserve v(3) : v(3) = "new" : End Sub
Dim g() : ReDim g(1) : g(0) = "old" : Grow g : Echo UBound(g), g(0), g(3)
' expect: 3 old new
