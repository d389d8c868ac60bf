<%@ Language="VBScript" %>
<%
Option Explicit

' A shop's front page: a table of goods, a little arithmetic, text, a dictionary. About 100 lines.

Class Item
    Public Name
    Public Price
    Public Stock

    Public Sub Init(sName, cPrice, nStock)
        Name = sName
        Price = cPrice
        Stock = nStock
    End Sub

    Public Property Get IsCheap()
        IsCheap = (Price < 10)
    End Property

    Public Function Label()
        If Stock = 0 Then
            Label = "sold out"
        ElseIf Stock < 5 Then
            Label = "only " & Stock & " left"
        Else
            Label = "in stock"
        End If
    End Function
End Class

Function NewItem(sName, cPrice, nStock)
    Dim oItem
    Set oItem = New Item
    oItem.Init sName, cPrice, nStock
    Set NewItem = oItem
End Function

Function Money(cValue)
    Money = FormatNumber(cValue, 2) & " EUR"
End Function

Function Total(aItems)
    Dim i, cSum
    cSum = 0
    For i = 0 To UBound(aItems)
        cSum = cSum + aItems(i).Price * aItems(i).Stock
    Next
    Total = cSum
End Function

Dim aItems(9), i, oSeen, sKind, sKey
For i = 0 To 9
    Set aItems(i) = NewItem("Article " & (i + 1), 3.5 * (i + 1), (i * 7) Mod 11)
Next

Set oSeen = Server.CreateObject("Scripting.Dictionary")
For i = 0 To 9
    Select Case aItems(i).Stock
        Case 0
            sKind = "none"
        Case 1, 2, 3, 4
            sKind = "few"
        Case Else
            sKind = "many"
    End Select
    If oSeen.Exists(sKind) Then
        oSeen(sKind) = oSeen(sKind) + 1
    Else
        oSeen.Add sKind, 1
    End If
Next
%>
<!DOCTYPE html>
<html>
<head><title>Shop</title></head>
<body>
<h1>Shop</h1>
<p>You asked for <%= Server.HTMLEncode(Request.ServerVariables("URL")) %>.</p>
<table>
<tr><th>Article</th><th>Price</th><th>Stock</th><th></th></tr>
<% For i = 0 To UBound(aItems) %>
<tr>
  <td><%= Server.HTMLEncode(aItems(i).Name) %></td>
  <td><%= Money(aItems(i).Price) %></td>
  <td><%= aItems(i).Label() %></td>
  <td><% If aItems(i).IsCheap Then %>cheap<% End If %></td>
</tr>
<% Next %>
</table>
<ul>
<% For Each sKey In oSeen.Keys %>
  <li><%= sKey %>: <%= oSeen(sKey) %></li>
<% Next %>
</ul>
<p>All goods together are worth <%= Money(Total(aItems)) %>.</p>
<p>Name backwards: <%= UCase(StrReverse("etagorruS")) %></p>
</body>
</html>
