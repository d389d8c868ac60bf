<%@ Language="VBScript" EnableSessionState="False" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<!--#include virtual="/inc/where.asp"-->
<%
PageBegin "Where am I?", "What served this page, and everything it was told about your request."
ShowWhere
%>
<h2>The same question elsewhere</h2>
<p><a href="/low/">Low</a> answers from inside the web server,
<a href="/guestbook/where.asp">Medium</a> from the pooled host, <a href="/shop/where.asp">High</a> from the shop's own.</p>
<h2>Server variables</h2>
<table>
<%
Dim name
For Each name In Request.ServerVariables
	If Left(name, 4) <> "ALL_" And Left(name, 10) <> "SURROGATE_" Then
%><tr><th><%= Encoded(name) %></th><td><%= Encoded(Request.ServerVariables(name)) %></td></tr>
<%
	End If
Next
%></table>
<% PageEnd %>
