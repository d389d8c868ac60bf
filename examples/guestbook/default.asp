<%@ Language="VBScript" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<!--#include file="book.asp"-->
<%
Dim name, text, problem
name = Trim(Request.Form("name"))
text = Trim(Request.Form("text"))
problem = ""

If Request.ServerVariables("REQUEST_METHOD") = "POST" Then
	If name = "" Then
		problem = "Please say who you are."
	ElseIf Len(name) > 60 Then
		problem = "That name is very long. Sixty letters must do."
	ElseIf text = "" Then
		problem = "Please write something."
	ElseIf Len(text) > 1000 Then
		problem = "That is a lot of text. Please keep to a thousand letters."
	Else
		BookAdd name, text
		' A reload must not write the entry again.
		Response.Redirect "default.asp?thanks=1"
	End If
End If

PageBegin "Guest book", "Say hello. Entries are kept in a file, and nothing you type is ever taken for HTML."

If problem <> "" Then
%><p class="note bad"><%= Encoded(problem) %></p>
<%
ElseIf Request.QueryString("thanks") = "1" Then
%><p class="note">Thank you, your entry is in the book.</p>
<%
End If
%>
<form class="card" method="post" action="default.asp">
<label for="name">Your name</label>
<input type="text" id="name" name="name" maxlength="60" value="<%= Encoded(name) %>">
<label for="text">Your words</label>
<textarea id="text" name="text" rows="4" maxlength="1000"><%= Encoded(text) %></textarea>
<button>Write into the book</button>
</form>

<h2>Entries</h2>
<%
Dim entries, i, parts
entries = BookRead()
If UBound(entries) < 0 Then
%><p class="soft">The book is empty. Yours would be the first entry.</p>
<%
End If
For i = UBound(entries) To 0 Step -1
	parts = Split(entries(i), vbTab)
	If UBound(parts) = 2 Then
%><div class="entry"><b><%= Encoded(Unpacked(parts(1))) %></b> <span class="soft"><%= Encoded(parts(0)) %></span>
<p><%= Encoded(Unpacked(parts(2))) %></p></div>
<%
	End If
Next
PageEnd
%>
