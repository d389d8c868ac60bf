<%
' The frame of every example page: <!--#include virtual="/inc/page.asp"-->, then PageBegin, PageEnd.

Function Encoded(text)
	Encoded = Server.HTMLEncode(text & "")
End Function

Sub PageLink(url, text)
	Dim mark
	mark = ""
	If LCase(Request.ServerVariables("URL")) = LCase(url) Then mark = " class=""here"""
%><a href="<%= url %>"<%= mark %>><%= text %></a>
<%
End Sub

Sub PageBegin(title, subtitle)
%><!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= Encoded(title) %></title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><div class="wide">
<h1><%= Encoded(title) %></h1>
<p><%= Encoded(subtitle) %></p>
<nav>
<%
	PageLink "/default.asp", "Start"
	PageLink "/guestbook/default.asp", "Guest book"
	PageLink "/shop/default.asp", "Shop"
	PageLink "/where.asp", "Where am I?"
	PageLink "/low/default.asp", "Low"
	PageLink "/errors/default.asp", "Errors"
%></nav>
</div></header>
<main>
<%
End Sub

Sub PageEnd()
%></main>
<footer>Served by process <%= Request.ServerVariables("SURROGATE_PID") %> in pool
<%= Encoded(Request.ServerVariables("SURROGATE_POOL")) %> at <%= FormatDateTime(Now, vbLongTime) %>.</footer>
</body>
</html>
<%
End Sub
%>
