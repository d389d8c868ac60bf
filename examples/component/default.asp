<%@ Language="VBScript" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<%
Dim basket, reason
On Error Resume Next
Set basket = Server.CreateObject("Example.Basket")
reason = Err.Description
On Error GoTo 0

PageBegin "A component in C", "Example.Basket is a shared object that this page's host has loaded."
If IsObject(basket) Then
	basket.Add "$1,200.50"
	basket.Add 0.1, 3
%><p><%= basket.Count %> things for <%= FormatCurrency(basket) %>.</p>
<%
Else
%><p class="note">The component is not registered yet: <%= Server.HTMLEncode(reason) %></p>
<pre>cd examples/component &amp;&amp; make &amp;&amp; regsvr ./basket.so</pre>
<%
End If
PageEnd
%>
