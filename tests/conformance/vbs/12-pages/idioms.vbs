' Forms that pages are full of.
Class Field
  Public Value
  Public Default Property Get V : V = Value : End Property
  Public Property Let Text(s) : Value = "<" & s & ">" : End Property
End Class
Class Rs
  Private f(3)
  Private Sub Class_Initialize
    Dim i
    For i = 0 To 3 : Set f(i) = New Field : f(i).Value = "v" & i : Next
  End Sub
  Public Default Property Get Fields(i) : Set Fields = f(i) : End Property
  Public Property Let Fields(i, x) : f(i).Value = x : End Property
  Public Function Find(a, b) : Find = a & "-" & b : End Function
End Class
Class Page
  Public Sub Write(s) : Echo s : End Sub
  Public Property Get Rs1 : Set Rs1 = recs : End Property
End Class
Dim recs, Response, a(2), d, s, i
Set recs = New Rs
Set Response = New Page
Response.Write recs(1)
' expect: v1
Response.Write(recs(2) & "!")
' expect: v2!
Response.Write ("a") & "b"
' expect: ab
Response.Write recs.Fields(1).Value & recs(1).Value
' expect: v1v1
recs(1) = "new" : Response.Write recs(1)
' expect: new
recs.Fields(2).Value = "deep" : Response.Write recs(2)
' expect: deep
recs.Fields(2).Text = "t" : Response.Write recs(2)
' expect: <t>
Set a(1) = recs(0)
a(1).Value = "in array" : Response.Write a(1).Value & "," & recs(0)
' expect: in array,in array
s = recs.Find (1, 2)
Response.Write s
' expect: 1-2
If Not IsNull(s) And s <> "" Then Response.Write "both"
' expect: both
If s = "x" Then
  Response.Write "no"
Else If s = "1-2" Then
  Response.Write "nested"
End If
End If
' expect: nested
s = "a"&s&"c"
Response.Write s&"x"&i&oldname
' expect: a1-2cx
s = recs(1) & recs(3)
Response.Write TypeName(recs(1)) & TypeName(recs(1).Value) & VarType(recs(1))
' expect: FieldString8
d = recs(1)
Response.Write TypeName(d)
' expect: String
Response.Write Response.Rs1.Fields(3)
' expect: v3
With Response
  .Write .Rs1.Fields(3)
  If .Rs1.Fields(3) = "v3" Then .Write "eq"
End With
' expect: v3
' expect: eq
Function Pad(n)
  If n < 10 Then Pad = "0" & n : Exit Function
  Pad = n
End Function
Response.Write Pad(5) & Pad(12)
' expect: 0512
For Each i In Array("a", "b")
  Select Case i
  Case "a" ' first
    Response.Write "is a"
  Case Else
    Response.Write "is " & i
  End Select
Next
' expect: is a
' expect: is b
Response.Write UCase(Left("hello", 1)) & Mid("hello", 2)
' expect: Hello
Dim rows : rows = Array(Array("k", 1), Array("l", 2))
For i = 0 To UBound(rows) : Response.Write rows(i)(0) & "=" & rows(i)(1) : Next
' expect: k=1
' expect: l=2
On Error Resume Next
Response.Write recs(9)
If Err.Number <> 0 Then Response.Write "error " & Err.Number & " " & Err.Description
' expect: error 9 Subscript out of range
On Error GoTo 0
