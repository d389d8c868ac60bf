<html>
<body>
<p>This line is written, then forgotten: the error page takes its place.</p>
<%
Dim price, quantity
price = 12.5
quantity = "three"
Response.Write "<p>Total: " & price * quantity & "</p>"
%>
</body>
</html>
