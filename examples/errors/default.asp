<%@ Language="VBScript" %>
<% Option Explicit %>
<!--#include virtual="/inc/page.asp"-->
<% PageBegin "Errors", "When a page is wrong, the server says what, in which file, on which line and column." %>
<div class="cards">
<div class="card"><h3><a href="runtime.asp">A run-time error</a></h3>
<p class="soft">The page compiles, begins to write, and then adds a word to a number.</p></div>
<div class="card"><h3><a href="compile.asp">A compile error</a></h3>
<p class="soft">An equals sign too many: the page never runs.</p></div>
<div class="card"><h3><a href="include.asp">A missing include</a></h3>
<p class="soft">The page asks for a file that is not there.</p></div>
</div>
<h2>In production</h2>
<p>With <code>scriptErrorSentToBrowser="false"</code> in the configuration browsers see one neutral sentence;
the Application event log (<code>wevtutil qe Application</code>) has the details either way.</p>
<% PageEnd %>
