<%@ Language="VBScript" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<!--#include file="catalog.asp"-->
<%
Dim products, cart, id, total, ordered
Set products = Catalog()
Set cart = New ShoppingCart

If Request.Form("remove").Count > 0 Then
	cart.Remove Request.Form("remove").Item
	Response.Redirect "cart.asp"
ElseIf Request.Form("order") = "yes" Then
	Application.Lock
	Application("sold") = Application("sold") + cart.Count
	Application.UnLock
	cart.Clear
	Response.Redirect "cart.asp?ordered=1"
End If

PageBegin "Your cart", "It lives in the session object of this browser, in the memory of the shop's host."

If Request.QueryString("ordered") = "1" Then
%><p class="note">Thank you! Nothing will be delivered, as this is only an example.</p>
<%
End If

If cart.Count = 0 Then
%><p>The cart is empty. <a href="default.asp">Back to the goods</a></p>
<%
Else
	total = 0
%><form method="post" action="cart.asp">
<table>
<tr><th>Product</th><th class="number">Price</th><th class="number">Number</th><th class="number">Sum</th><th></th></tr>
<%
	For Each id In cart.Ids
		total = total + products(id).Price * cart.Quantity(id)
%><tr><td><%= Encoded(products(id).Name) %></td>
<td class="number"><%= Money(products(id).Price) %></td>
<td class="number"><%= cart.Quantity(id) %></td>
<td class="number"><%= Money(products(id).Price * cart.Quantity(id)) %></td>
<td><button class="plain" name="remove" value="<%= Encoded(id) %>">take one out</button></td></tr>
<%
	Next
%><tr><td><b>Total</b></td><td></td><td></td><td class="number"><b><%= Money(total) %></b></td><td></td></tr>
</table>
<button name="order" value="yes">Order</button>
<a href="default.asp" style="margin-left: 1rem">Back to the goods</a>
</form>
<%
End If
PageEnd
%>
