<%@ Language="VBScript" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<!--#include file="catalog.asp"-->
<%
Dim products, cart, product, id
Set products = Catalog()
Set cart = New ShoppingCart

If Request.Form("buy").Count > 0 Then
	If products.Exists(Request.Form("buy").Item) Then cart.Add Request.Form("buy").Item
	Response.Redirect "default.asp"
End If

PageBegin "A small shop", "Six things, a cart in your session, and a process that serves nothing else."
%>
<div class="facts">
<div><b><%= cart.Count %></b><span>in your <a href="cart.asp">cart</a></span></div>
<div><b><%= Application("visitors") %></b><span>visitors since <%= FormatDateTime(Application("started"), vbShortTime) %></span></div>
<div><b><%= Application("sold") %></b><span>things sold</span></div>
</div>

<h2>Today's goods</h2>
<form method="post" action="default.asp">
<div class="cards">
<%
For Each id In products.Keys
	Set product = products(id)
%><div class="card">
<h3><%= Encoded(product.Name) %></h3>
<p class="soft"><%= Encoded(product.Text) %></p>
<span class="price"><%= Money(product.Price) %></span><br>
<button name="buy" value="<%= Encoded(id) %>">Into the cart</button>
</div>
<%
Next
%></div>
</form>
<% PageEnd %>
