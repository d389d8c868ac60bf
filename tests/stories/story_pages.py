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


def story_the_log_names_the_calls_that_led_to_an_error(t):
    t.write("shop.asp", """<%
Class Basket
  Public Sub Total(n)
    If n Then Total n - 1 Else Err.Raise 13
  End Sub
End Class
Set b = New Basket
b.Total 1
%>""")
    t.serve()
    t.equal(t.get("/shop.asp").status, 500, "status")
    event = t.wait_for(lambda: next((e for e in t.events("Application") if e["id"] == 5), None),
                       "event 5 in the Application log")
    t.contains(event["message"], "Calls: Basket.Total (/shop.asp, line 4);"
               "Basket.Total (/shop.asp, line 4);(global) (/shop.asp, line 8)", "the event")


@also_sanitized
def story_a_compile_error_names_file_line_column(t):
    t.write("bad.asp", "<% If x Then\n  y = = 2\nEnd If %>")
    t.serve()
    answer = t.get("/bad.asp")
    t.equal(answer.status, 500, "status")
    for part in ("800a03ea", "Syntax error", "bad.asp", "line 2", "Microsoft VBScript compilation",
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


LARGE = """<configuration><system.webServer><asp><limits
 maxRequestEntityAllowed="8000000" bufferingLimit="16000000"/></asp></system.webServer></configuration>"""


@also_sanitized
def story_bytes_come_back_as_they_were_sent(t):
    t.write("echo.asp", """<% n = Request.TotalBytes
b = Request.BinaryRead(n)
Response.ContentType = "application/octet-stream"
Response.AddHeader "X-Bytes", TypeName(b) & " " & VarType(b) & " " & n & " " & UBound(b) & " " & LenB(b)
Response.BinaryWrite b %>""")
    t.write("wrong.asp", """<% Response.BinaryWrite Array(1, 2) %>""")
    t.write("web.config", LARGE)
    t.serve()
    body = bytes(range(256)) * (3000000 // 256) + b"odd"
    answer = t.request("POST", "/echo.asp", body, {"Content-Type": "application/octet-stream"})
    t.equal(answer.status, 200, f"status ({answer.text[-600:] if answer.status != 200 else ''})")
    n = len(body)
    t.equal(answer.headers["X-Bytes"], f"Byte() 8209 {n} {n - 1} {n}", "what the script saw")
    t.check(answer.body == body, f"{n} bytes come back as they were sent, got {len(answer.body)}")
    t.contains(t.get("/wrong.asp").text, "ASP 0106", "an array that is not one of bytes")


# How sites without an upload component do it: the body's bytes, cut up by InStrB and MidB.
UPLOAD = '''<%
Option Explicit
Function Bytes(text)
  Dim i
  For i = 1 To Len(text)
    Bytes = Bytes & ChrB(Asc(Mid(text, i, 1)))
  Next
End Function
Function Text(bytes)
  Dim i
  For i = 1 To LenB(bytes)
    Text = Text & Chr(AscB(MidB(bytes, i, 1)))
  Next
End Function
Function Between(text, before, after)
  Dim from, upTo
  from = InStr(1, text, before, 1)
  If from = 0 Then Exit Function
  from = from + Len(before)
  upTo = InStr(from, text, after)
  If upTo = 0 Then upTo = Len(text) + 1
  Between = Mid(text, from, upTo - from)
End Function
Dim body, mark, crlf, at, headEnd, partEnd, head, parts, name
crlf = ChrB(13) & ChrB(10)
body = Request.BinaryRead(Request.TotalBytes)
mark = LeftB(body, InStrB(body, crlf) - 1)
Set parts = Server.CreateObject("Scripting.Dictionary")
at = LenB(mark) + 3
Do While at < LenB(body)
  headEnd = InStrB(at, body, crlf & crlf)
  If headEnd = 0 Then Exit Do
  head = Text(MidB(body, at, headEnd - at))
  partEnd = InStrB(headEnd + 4, body, crlf & mark)
  name = Between(head, "; name=""", """")
  parts.Add name, MidB(body, headEnd + 4, partEnd - headEnd - 4)
  Response.AddHeader "X-Part-" & name, Between(head, "filename=""", """") & "|" & LenB(parts(name))
  at = partEnd + 2 + LenB(mark) + 2
Loop
Response.AddHeader "X-Title", Text(parts("title"))
If InStrB(parts("file"), Bytes("needle")) > 0 Then Response.AddHeader "X-Needle", "found"
Response.ContentType = "application/octet-stream"
Response.BinaryWrite parts("file")
%>'''


@also_sanitized
def story_a_script_takes_an_upload_apart(t):
    t.write("upload.asp", UPLOAD)
    t.write("web.config", LARGE)
    t.serve()
    mark = b"--------------------------7d9"
    file = bytes(range(256)) * 1000 + b"\r\n--almost a boundary\r\n needle" + bytes(range(255, 0, -1))
    parts = [(b'name="title"', b"", b"A picture, 100 %"),
             (b'name="file"; filename="all bytes.bin"', b"\r\nContent-Type: image/x-any", file),
             (b'name="empty"; filename=""', b"\r\nContent-Type: application/octet-stream", b"")]
    body = b"".join(b"--" + mark + b"\r\nContent-Disposition: form-data; " + head + more +
                    b"\r\n\r\n" + content + b"\r\n" for head, more, content in parts) + b"--" + mark + b"--\r\n"
    answer = t.request("POST", "/upload.asp", body,
                       {"Content-Type": "multipart/form-data; boundary=" + mark.decode()})
    t.equal(answer.status, 200, f"status ({answer.text[-600:] if answer.status != 200 else ''})")
    t.equal([answer.headers[k] for k in ("X-Title", "X-Part-title", "X-Part-file", "X-Part-empty", "X-Needle")],
            ["A picture, 100 %", "|16", f"all bytes.bin|{len(file)}", "|0", "found"], "what was found")
    t.check(answer.body == file, f"the file comes out whole: {len(answer.body)} of {len(file)} bytes")


def story_a_time_limit_is_kept_over_long_calls(t):
    t.write("long.asp", """<% Server.ScriptTimeout = 1
s = String(20000000, "x")
Do : n = InStr(s, "zz") : Loop %>""")
    t.serve()
    answer = t.get("/long.asp", timeout=60)
    t.equal(answer.status, 500, "status")
    t.contains(answer.text, "ASP 0113", "the error page (script timed out)")


def story_a_page_that_hoards_ends_in_an_error(t):
    t.write("eat.asp", """<% Set d = CreateObject("Scripting.Dictionary")
Do : d.Add d.Count, String(1000000, "x") & d.Count : Loop %>""")
    t.write("small.asp", "<%= 1 %>")
    t.write(t.state / "config" / "applicationHost.config", f"""<configuration>
<system.applicationHost><applicationPools><add name="Small"><recycling>
<periodicRestart privateMemory="100000"/></recycling></add></applicationPools><sites>
<site name="Default Web Site" id="1"><bindings>
<binding protocol="http" bindingInformation="127.0.0.1:{t.free_port()}:"/></bindings>
<application path="/" applicationPool="Small"><virtualDirectory path="/" physicalPath="{t.site}"/>
</application></site></sites></system.applicationHost><system.webServer><asp errorsToNTLog="true"/></system.webServer></configuration>""")
    t.run_server()
    t.equal(t.get("/eat.asp").status, 500, "the page that hoards")
    t.wait_for(lambda: any("Out of memory" in e["message"] for e in t.events("Application")),
               "the event that says why")
    t.equal(t.get("/small.asp").text, "1", "another page of the same pool")
