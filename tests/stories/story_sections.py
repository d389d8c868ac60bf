# SPDX-License-Identifier: Apache-2.0
"""Sections of the configuration as clients see them: the real front end, files, pages and logs."""
import gzip
import time

from stage import also_sanitized

PAGE = "<% For i = 1 To 2000 : Response.Write \"line \" & i & vbLf : Next %>"


def serve(t, web_server="", site="", host="", pools=""):
    """A site with one application; the arguments are what its applicationHost.config says more."""
    port = t.free_port()
    t.write(t.state / "config" / "applicationHost.config", f"""<configuration>
<system.applicationHost><applicationPools><add name="Pool">{pools}</add></applicationPools>
<sites><site name="Site" id="1"><bindings><binding protocol="http" bindingInformation="127.0.0.1:{port}:" />
</bindings><application path="/" applicationPool="Pool"><virtualDirectory path="/" physicalPath="{t.site}" />
</application>{site}</site></sites>{host}</system.applicationHost>
<location path="Site"><system.webServer>{web_server}</system.webServer></location></configuration>""")
    t.port = port
    t.run_server()


def logged(t, folder="W3SVC1"):
    return "".join(f.read_text("utf-8") for f in sorted((t.state / "logs" / folder).glob("*.log")))


@also_sanitized
def story_a_site_that_moved(t):
    t.write("old/web.config", """<configuration><system.webServer>
<httpRedirect enabled="true" destination="/new" httpResponseStatus="Permanent" />
<httpProtocol><redirectHeaders><add name="X-Why" value="moved" /></redirectHeaders></httpProtocol>
</system.webServer></configuration>""")
    t.write("new/page.asp", "<%= Request.QueryString(\"id\") %>")
    t.serve()
    answer = t.get("/old/page.asp?id=7")
    t.equal((answer.status, answer.headers["Location"], answer.headers["X-Why"]),
            (301, "/new/page.asp?id=7", "moved"), "the redirect")
    t.equal(t.get(answer.headers["Location"]).text, "7", "where it leads")
    t.equal(t.get("/old").headers["Location"], "/new", "the folder itself")


@also_sanitized
def story_pages_and_files_are_compressed(t):
    t.write("page.asp", PAGE)
    t.write("flush.asp", "<% Response.Write \"first\" : Response.Flush : Response.Write \"last\" %>")
    t.write("file.css", "body { margin: 0 } " * 1000)
    t.serve()
    wants = {"Accept-Encoding": "gzip"}
    plain = t.get("/page.asp")
    packed = t.get("/page.asp", headers=wants)
    t.check("Content-Encoding" not in plain.headers, "nobody asked")
    t.equal((packed.headers["Content-Encoding"], packed.headers["Vary"]), ("gzip", "Accept-Encoding"),
            "the page's head")
    t.equal(gzip.decompress(packed.body), plain.body, "the page")
    t.check(len(packed.body) < len(plain.body) / 2, "the page is smaller")
    t.equal(gzip.decompress(t.get("/flush.asp", headers=wants).body), b"firstlast", "a page that flushes")
    first = t.get("/file.css", headers=wants)
    t.check("Content-Encoding" not in first.headers, "a file asked for once")
    # Each loop counts its own, and a file that was written just now is read anew.
    second = t.wait_for(lambda: (lambda a: "Content-Encoding" in a.headers and a)(t.get("/file.css", headers=wants)),
                        "a file asked for often is compressed")
    t.equal(gzip.decompress(second.body), first.body, "the file")
    third = t.get("/file.css", headers={**wants, "If-None-Match": second.headers["ETag"]})
    t.equal(third.status, 304, "its validator")


def chunked(t, *chunks):
    """Status and text of what /body.asp answers to a body in these chunks."""
    with t.connect() as s:
        s.sendall(b"POST /body.asp HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                  b"Transfer-Encoding: chunked\r\n\r\n")
        s.sendall(b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n")
        answer = s.makefile("rb").read().decode("latin-1")
    return int(answer.split()[1]), answer.partition("\r\n\r\n")[2]


def story_a_folder_of_logs_is_made(t):
    t.write("index.htm", "home")
    serve(t, site=f'<logFile directory="{t.root}/other" />')
    t.equal(t.get("/index.htm").text, "home", "the page")
    t.stop()
    log = "".join(f.read_text() for f in (t.root / "other/W3SVC1").glob("*.log"))
    t.contains(log, "GET /index.htm", "the log")


@also_sanitized
def story_requests_are_filtered(t):
    t.write("web.config", """<configuration><system.webServer><security><requestFiltering removeServerHeader="true">
<requestLimits maxAllowedContentLength="100"><headerLimits><add header="X-Small" sizeLimit="3" /></headerLimits>
</requestLimits>
<filteringRules><filteringRule name="sql" scanQueryString="true"><denyStrings><add string="drop" /></denyStrings>
</filteringRule></filteringRules></requestFiltering></security></system.webServer></configuration>""")
    t.write("page.asp", "ok")
    t.write("body.asp", "<% Response.Write LenB(Request.BinaryRead(1000)) %>")
    t.serve()
    t.equal(t.get("/page.asp").text, "ok", "a good request")
    t.equal(chunked(t, b"x" * 100), (200, "100"), "a body in chunks that is short enough")
    t.equal(chunked(t, b"x" * 60, b"y" * 41)[0], 413, "a long body in chunks")
    t.check("Server" not in t.get("/page.asp").headers, "the Server field")
    t.equal(t.get("/page.asp?q=dr%6Fp").status, 404, "a denied string")
    t.equal(t.get("/page.asp", headers={"X-Small": "1234"}).status, 431, "a long header")
    t.equal(t.request("POST", "/page.asp", body=b"x" * 101).status, 413, "a long body")
    t.stop()
    log = logged(t)
    for line in ("404 19 ", "431 0 ", "413 1 "):
        t.contains(log, line, "the log")


@also_sanitized
def story_addresses_and_rules_keep_people_out(t):
    t.write("open.htm", "open")
    t.write("closed.htm", "closed")
    t.write("form/index.asp", "<%= Request.ServerVariables(\"REQUEST_METHOD\") %>")
    t.write("web.config", """<configuration>
<location path="closed.htm"><system.webServer><security><authorization><add accessType="Deny" users="?" />
</authorization></security></system.webServer></location>
<location path="form"><system.webServer><security><authorization><add accessType="Deny" users="?" verbs="POST" />
</authorization></security></system.webServer></location></configuration>""")
    serve(t, """<security><ipSecurity allowUnlisted="false" enableProxyMode="true">
<add ipAddress="127.0.0.1" allowed="true" /><add ipAddress="10.0.0.0" subnetMask="255.0.0.0" allowed="true" />
</ipSecurity></security>""")
    t.equal(t.get("/open.htm").text, "open", "from here")
    t.equal(t.get("/open.htm", headers={"X-Forwarded-For": "10.1.2.3"}).status, 200, "through a proxy")
    t.equal(t.get("/open.htm", headers={"X-Forwarded-For": "192.0.2.1"}).status, 403, "an address that is not listed")
    t.equal(t.get("/closed.htm").status, 401, "a file that is closed")
    t.equal(t.get("/form/").text, "GET", "a verb that is open")
    t.equal(t.request("POST", "/form/", body=b"").status, 401, "a verb that is closed")
    t.stop()
    log = logged(t)
    t.contains(log, "403 6 5", "the log")
    t.contains(log, "401 2 5", "the log")


@also_sanitized
def story_error_pages_in_every_mode(t):
    t.write("missing.asp", "<% Response.Status = \"404 Not Found\" %>asp:<%= Request.QueryString %>")
    t.write("own.asp", "<% Response.Status = \"410 Gone\" %>own words")
    t.write("empty.asp", "<% Response.Status = \"410 Gone\" %>")
    folder = t.root / "errors"
    t.write(folder / "de" / "410.htm", "weg")
    t.write(folder / "en-US" / "410.htm", "gone")
    errors = f"""<httpErrors errorMode="Custom" existingResponse="%s">
<error statusCode="404" path="/missing.asp" responseMode="ExecuteURL" />
<error statusCode="410" prefixLanguageFilePath="{folder}" path="410.htm" />
<error statusCode="403" path="https://example.com/no" responseMode="Redirect" /></httpErrors>"""
    serve(t, errors % "Auto")
    t.contains(t.get("/nothing?x").text, "asp:404;http://127.0.0.1:", "an executed page")
    t.equal(t.get("/").headers["Location"], "https://example.com/no", "a redirect")
    t.equal(t.get("/own.asp").text, "own words", "Auto: a page's own words")
    t.equal(t.get("/empty.asp").text, "gone", "Auto: a page without words")
    t.stop()
    serve(t, errors % "Replace")
    answer = t.get("/own.asp", headers={"Accept-Language": "de-CH"})
    t.equal((answer.status, answer.text), (410, "weg"), "Replace")
    t.stop()
    serve(t, errors % "PassThrough")
    t.equal(t.get("/empty.asp").text, "", "PassThrough")


@also_sanitized
def story_one_log_of_all_sites_with_fields_of_ones_own(t):
    t.write("page.asp", "<% Response.AddHeader \"X-Trace\", \"abc\" %>ok")
    serve(t, site="""<logFile logExtFileFlags="Method, UriStem, HttpStatus"><customFields>
<add logFieldName="x-trace" sourceName="X-Trace" sourceType="ResponseHeader" />
<add logFieldName="x-for" sourceName="X-Forwarded-For" sourceType="RequestHeader" /></customFields></logFile>""")
    t.get("/page.asp", headers={"X-Forwarded-For": "192.0.2.9"})
    t.stop()
    t.contains(logged(t), "#Fields: cs-method cs-uri-stem sc-status x-trace x-for\nGET /page.asp 200 abc 192.0.2.9\n",
               "the log")
    serve(t, host="""<log centralLogFileMode="CentralW3C"><centralW3CLogFile period="MaxSize" /></log>""")
    t.get("/page.asp")
    t.stop()
    t.contains((t.state / "logs/W3SVC/u_extend1.log").read_text(), " W3SVC1 ", "the central log")


@also_sanitized
def story_pages_add_to_the_log(t):
    t.write("page.asp", "<% Response.AppendToLog \"sold=3\" %>ok")
    t.write("bad.asp", "<% x = y.z %>")
    serve(t, """<asp errorsToNTLog="false" calcLineNumber="true" />""")
    t.equal(t.get("/page.asp?q=1&").text, "ok", "the page")
    t.check("Surrogate-Log" not in t.get("/page.asp").headers, "a field of ours")
    t.equal(t.get("/bad.asp").status, 500, "an error")
    t.check(not t.events("Application"), "an event although errorsToNTLog is off")
    t.stop()
    log = logged(t)
    t.contains(log, "GET /page.asp q=1&sold=3 ", "the log")
    t.contains(log, "GET /bad.asp |1|800a01", "the error in the log")


@also_sanitized
def story_pages_without_chunks(t):
    t.write("page.asp", "<% Response.Buffer = False %>a<% x = 1 %>b")
    serve(t, """<asp enableChunkedEncoding="false" />""")
    answer = t.raw(b"GET /page.asp HTTP/1.1\r\nHost: a\r\n\r\n")
    t.check(b"chunked" not in answer, f"{answer}")
    t.check(b"Connection: close" in answer and answer.endswith(b"\r\n\r\nab"), f"{answer}")


@also_sanitized
def story_a_pool_has_its_processors(t):
    t.write("page.asp", "<%= Request.ServerVariables(\"SURROGATE_PID\") %>")
    serve(t, pools="""<cpu smpAffinitized="true" smpProcessorAffinityMask="1" />""")
    pid = t.get("/page.asp").text
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        allowed = next(line for line in status if line.startswith("Cpus_allowed_list:"))
    t.equal(allowed.split()[1], "0", "the processors of the host")


@also_sanitized
def story_a_stopped_pool_hangs_up_when_a_balancer_shall_see_it(t):
    t.write("page.asp", "ok")
    serve(t, pools="""<failure loadBalancerCapabilities="TcpLevel" />""")
    t.equal(t.get("/page.asp").text, "ok", "while it serves")
    t.equal(t.run("surrogate", "stop-pool", "Pool").status, 0, "stop-pool")
    t.wait_for(lambda: t.raw(b"GET /page.asp HTTP/1.1\r\nHost: a\r\n\r\n") == b"", "no answer")


@also_sanitized
def story_the_server_has_so_many_bytes_a_second(t):
    t.write("large.bin", "x" * 100000)
    t.write("page.asp", "<% For i = 1 To 1000 : Response.Write String(50, \"y\") : Next %>")
    serve(t, host="""<webLimits maxGlobalBandwidth="100000" />""")
    begun = time.monotonic()
    t.equal(len(t.get("/large.bin").body), 100000, "a file")
    t.equal(t.get("/page.asp").text, "y" * 50000, "a page")
    t.check(time.monotonic() - begun > 1.2, "150000 bytes took no time")
