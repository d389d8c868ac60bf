# SPDX-License-Identifier: Apache-2.0
"""Pages: where they run, and what their errors say."""
from stage import also_sanitized

WHERE = '<%= Request.ServerVariables("SURROGATE_PID") %>'


@also_sanitized
def story_a_page_runs_in_a_process_of_its_own(t):
    t.write("default.asp", "<html><% For i = 1 To 3 %><b><%= i * i %></b><% Next %></html>")
    t.write("pid.asp", WHERE)
    t.serve()
    t.equal(t.get("/").text, "<html><b>1</b><b>4</b><b>9</b></html>", "the first page")
    pid = int(t.get("/pid.asp").text)
    processes = t.status()["processes"]
    host = next((p for p in processes if p["pid"] == pid), None)
    t.check(host, f"status lists the host {pid}: {processes}")
    t.equal(host["appId"], "{3D14228D-FBE1-11D0-995D-00C04FD919C1}", "its AppID")
    t.equal(host["protection"], "Medium", "its protection")
    front = next(p for p in processes if p["service"] == "W3SVC")
    t.check(front["pid"] != pid, "the host is not inetinfo")
    t.stop()
    t.equal(t.descendants(), [], "what runs after the end")


@also_sanitized
def story_each_protection_has_its_process(t):
    for folder, protection in (("low", "Low"), ("medium", "Medium"), ("high", "High"),
                               ("high2", "High"), ("pool", "Pool Accounting")):
        t.write(f"{folder}/surrogate.app", protection + "\n")
        t.write(f"{folder}/pid.asp", WHERE)
    t.write("pid.asp", WHERE)
    t.serve()
    pid = {f: int(t.get(f"/{f}/pid.asp").text) for f in ("low", "medium", "high", "high2", "pool")}
    root = int(t.get("/pid.asp").text)
    front = next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC")
    t.equal(pid["low"], front, "Low runs inside inetinfo")
    t.equal(pid["medium"], root, "Medium applications share a host")
    t.equal(len({pid["low"], pid["medium"], pid["high"], pid["high2"], pid["pool"]}), 5,
            "High applications and pools have hosts of their own")


@also_sanitized
def story_a_run_time_error_names_file_line_column(t):
    t.write("bad.asp", "<html>\n<%\nDim s\ns = \"x\"\ns = 1 + \"abc\"\n%>\n</html>\n")
    t.serve()
    answer = t.get("/bad.asp")
    t.equal(answer.status, 500, "status")
    for part in ("800a000d", "Type mismatch", "bad.asp", "line 5", "Microsoft VBScript runtime",
                 "s = 1 + "):
        t.contains(answer.text, part, "the error page")


@also_sanitized
def story_a_compile_error_names_file_line_column(t):
    t.write("bad.asp", "<% If x Then\n  y = = 2\nEnd If %>")
    t.serve()
    answer = t.get("/bad.asp")
    t.equal(answer.status, 500, "status")
    for part in ("800a03ff", "Expected expression", "bad.asp", "line 2", "Microsoft VBScript compilation",
                 "y = = 2"):
        t.contains(answer.text, part, "the error page")


def story_an_error_in_an_include_is_found_in_the_include(t):
    t.write("inc/lib.inc", "<%\nFunction Half(n)\n  Half = n / 0\nEnd Function\n%>")
    t.write("page.asp", "<!-- #include file=\"inc/lib.inc\" -->\n<%= Half(2) %>")
    t.serve()
    answer = t.get("/page.asp")
    t.equal(answer.status, 500, "status")
    for part in ("lib.inc", "line 3", "Division by zero", "800a000b"):
        t.contains(answer.text, part, "the error page")


@also_sanitized
def story_form_session_and_application(t):
    t.write("form.asp", """<% Session("n") = Session("n") + 1
Application.Lock : Application("all") = Application("all") + 1 : Application.Unlock
Response.Write Server.HTMLEncode(Request.Form("name")) & "," & Session("n") & "," & Application("all") %>""")
    t.serve()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    first = t.request("POST", "/form.asp", "name=J%C3%BCrgen+%3Cb%3E", headers)
    t.equal(first.text, "Jürgen &lt;b&gt;,1,1", "the first answer")
    cookie = first.headers["Set-Cookie"].split(";")[0]
    t.contains(cookie, "ASPSESSIONID", "the session's cookie")
    second = t.request("POST", "/form.asp", "name=x", dict(headers, Cookie=cookie))
    t.equal(second.text, "x,2,2", "the second answer, in the same session")
    t.equal(t.request("POST", "/form.asp", "name=x", headers).text, "x,1,3", "without the cookie")


def story_a_page_changes_and_is_compiled_again(t):
    t.write("page.asp", "<!-- #include file=\"part.inc\" -->one")
    t.write("part.inc", "<%= 1 %>")
    t.serve()
    t.equal(t.get("/page.asp").text, "1one", "at first")
    t.write("part.inc", "<%= 22 %>")
    t.wait_for(lambda: t.get("/page.asp").text == "22one", "the changed include")


def story_large_bodies_go_both_ways(t):
    t.write("echo.asp", """<% s = Request.Form("text")
Response.Write Len(s) & ":" & s & s & s %>""")
    t.write("web.config", """<configuration><system.webServer><asp><limits
 maxRequestEntityAllowed="8000000" bufferingLimit="16000000"/></asp></system.webServer></configuration>""")
    t.serve()
    text = "".join(chr(97 + i % 26) for i in range(1500000))
    answer = t.request("POST", "/echo.asp", "text=" + text,
                       {"Content-Type": "application/x-www-form-urlencoded"})
    t.equal(answer.status, 200, f"status ({answer.text[-600:] if answer.status != 200 else ''})")
    t.check(answer.text == f"1500000:{text}{text}{text}",
            f"4.5 MB come back as they should, got {len(answer.body)} bytes")


@also_sanitized
def story_classes_that_never_end_are_stopped(t):
    """Class_Terminate runs when the script is over; the time limit holds for it too."""
    t.write("loop.asp", """<% Server.ScriptTimeout = 1
Class C : Private Sub Class_Terminate : Do : Loop : End Sub : End Class
Set o = New C %>""")
    t.write("chain.asp", """<% Server.ScriptTimeout = 1
Class C : Private Sub Class_Terminate : Set x = New C : End Sub : End Class
Set o = New C : Set o = Nothing %>""")
    t.write("left.asp", """<% Server.ScriptTimeout = 1
Class C : Private Sub Class_Terminate : Set keep = New C : End Sub : End Class
Set keep = New C %>""")
    t.write("good.asp", "<% For i = 1 To 100000 : Next : Response.Write i %>")
    t.serve()
    for page in ("loop", "chain", "left"):
        t.check(t.get(f"/{page}.asp", timeout=20).status in (200, 500), f"{page} is answered")
    t.equal(t.get("/good.asp").text, "100001", "the next page")
