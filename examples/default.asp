<%@ Language="VBScript" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<%
Sub Card(url, title, text)
%><div class="card"><h3><a href="<%= url %>"><%= title %></a></h3><p class="soft"><%= text %></p></div>
<%
End Sub

Dim greeting
Select Case True
	Case Hour(Now) < 12: greeting = "Good morning"
	Case Hour(Now) < 18: greeting = "Good afternoon"
	Case Else: greeting = "Good evening"
End Select

PageBegin greeting & " from Surrogate", _
	"This page is Classic ASP. VBScript compiled it, and a process of its own ran it, just now."
%>
<h2>What you are looking at</h2>
<p>The text above was written by a program in a page. The server found <code>default.asp</code>, compiled it
to bytecode once, and ran it in a supervised host process, apart from the process that speaks HTTP with
your browser. Reload, and the time changes; kill the process below, and the next request starts another.</p>

<div class="facts">
<div><b><%= FormatDateTime(Now, vbLongTime) %></b><span>time on the server</span></div>
<div><b><%= Request.ServerVariables("SURROGATE_PID") %></b><span>process</span></div>
<div><b><%= Encoded(Request.ServerVariables("SURROGATE_PROTECTION")) %></b><span>protection</span></div>
<div><b><%= Encoded(Request.ServerVariables("SURROGATE_USER")) %></b><span>user</span></div>
</div>
<p class="soft">Pool: <%= Encoded(Request.ServerVariables("SURROGATE_POOL")) %></p>

<h2>Things to try</h2>
<div class="cards">
<%
Card "guestbook/", "Guest book", "A form, checked and encoded, stored in a file with Scripting.FileSystemObject. Shares the pooled host (Medium)."
Card "shop/", "Shop", "Classes, include files, a cart in the Session and counters in the Application. Has a host to itself (High)."
Card "where.asp", "Where am I?", "Which process, user, pool and AppID served a page, and every server variable it can see."
Card "low/", "Low protection", "The same page inside the web server's own process: fast, and nothing between them."
Card "component/", "A component in C", "A shared object, registered with regsvr and loaded by this page's host. Its source is 350 lines to copy from."
Card "errors/", "Errors", "A run-time error and a compile error, with file, line, column and the line itself."
%></div>

<h2>How it is written</h2>
<pre><code>&lt;div&gt;&lt;b&gt;&lt;%= FormatDateTime(Now, vbLongTime) %&gt;&lt;/b&gt; time on the server&lt;/div&gt;</code></pre>
<p>The source of everything here is in the folder <code>examples/</code>. Change a page and reload: there is nothing to restart.
A file <code>surrogate.app</code> with one word in it makes a folder an application with a protection of its own.</p>
<% PageEnd %>
