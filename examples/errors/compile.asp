<html>
<body>
<%
Dim total
total = = 12.5
Response.Write total
%>
</body>
</html>
