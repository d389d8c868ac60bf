<%
' Which process, as whom, in which pool, under which protection: ShowWhere.

Sub WhereRow(title, name)
%><tr><th><%= title %></th><td><%= Encoded(Request.ServerVariables(name)) %></td></tr>
<%
End Sub

Sub ShowWhere()
%><table>
<%
	WhereRow "Process", "SURROGATE_PID"
	WhereRow "User", "SURROGATE_USER"
	WhereRow "Protection", "SURROGATE_PROTECTION"
	WhereRow "Pool", "SURROGATE_POOL"
	WhereRow "AppID", "SURROGATE_APPID"
	WhereRow "Application", "APPL_MD_PATH"
	WhereRow "Page", "PATH_TRANSLATED"
	WhereRow "Server", "SERVER_SOFTWARE"
%></table>
<%
End Sub
%>
