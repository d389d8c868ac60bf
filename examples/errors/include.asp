<html>
<body>
<!--#include file="no-such-file.inc"-->
</body>
</html>
