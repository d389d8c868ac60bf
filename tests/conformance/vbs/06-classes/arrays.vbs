Class Bag
  Public Items()
  Private n
  Public Sub Add(v)
    ReDim Preserve Items(n)
    Items(n) = v
    n = n + 1
  End Sub
  Public Function Total
    Dim i
    For i = 0 To n - 1 : Total = Total + Items(i) : Next
  End Function
End Class
Dim b, i
Set b = New Bag
For i = 1 To 10 : b.Add i : Next
Echo b.Total, b.Items(3), UBound(b.Items)
' expect: 55 4 9
Class NodeC
  Public Value, NextNode
End Class
Dim head, node
Set head = Nothing
For i = 1 To 5000
  Set node = New NodeC
  node.Value = i
  Set node.NextNode = head
  Set head = node
Next
Echo head.Value, head.NextNode.Value
' expect: 5000 4999
Set node = Nothing
Set head = Nothing
Echo "released"
' expect: released
