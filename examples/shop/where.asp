<%@ Language="VBScript" EnableSessionState="False" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<!--#include virtual="/inc/where.asp"-->
<%
PageBegin "Where am I?", "The answer of this application: compare process and pool with the others'."
ShowWhere
PageEnd
%>
