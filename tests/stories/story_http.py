# SPDX-License-Identifier: Apache-2.0
"""The front end against clients that are many, slow, or mean."""
import os
import re
import resource
import socket
import threading

from stage import also_sanitized, long_story

SECRET = "the secret outside the site"


def status_of(answer):
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else None


def site_with_secret(t):
    t.write(t.root / "secret.txt", SECRET)
    t.write("index.htm", "home")
    t.write("file.txt", "inside")
    t.write("page.asp", "<%= 1 %>")
    t.write("folder/inner.txt", "inner")
    t.serve()


MALFORMED = {
    "both lengths": (b"POST /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "two lengths": (b"POST /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                    b"Content-Length: 6\r\n\r\nhello!", {400}),
    "a signed length": (b"POST /page.asp HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", {400}),
    "a list of lengths": (b"POST /page.asp HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", {400}),
    "bare LF": (b"GET /file.txt HTTP/1.1\nHost: a\n\n", {400}),
    "bare LF between fields": (b"GET /file.txt HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", {400}),
    "obs-fold": (b"GET /file.txt HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", {400}),
    "a blank before the colon": (b"GET /file.txt HTTP/1.1\r\nHost : a\r\n\r\n", {400}),
    "a bad chunk size": (b"POST /page.asp HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                         b"zz\r\nhello\r\n0\r\n\r\n", {400}),
    "a huge chunk size": (b"POST /page.asp HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          b"ffffffffffffffff1\r\nhello\r\n0\r\n\r\n", {400}),
    "a chunk without its end": (b"POST /page.asp HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                                b"\r\n5\r\nhelloX0\r\n\r\n", {400}),
    "an unknown coding": (b"POST /page.asp HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", {400, 501}),
    "no Host": (b"GET /file.txt HTTP/1.1\r\n\r\n", {400}),
    "two Hosts": (b"GET /file.txt HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
    "a NUL": (b"GET /file.txt HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", {400}),
    "a control character": (b"GET /fi\x01le.txt HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a wrong version": (b"GET /file.txt HTTP/3.7\r\nHost: a\r\n\r\n", {400, 505}),
    "no method": (b" /file.txt HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a long line": (b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", {400, 414}),
    "a long field": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70000 + b"\r\n\r\n", {400, 431}),
    "many fields": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000 + b"\r\n", {400, 431}),
    "rubbish": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
}


@also_sanitized
def story_malformed_requests_get_their_4xx(t):
    site_with_secret(t)
    for what, (request, expected) in MALFORMED.items():
        answer = t.raw(request)
        t.check(status_of(answer) in expected, f"{what}: expected {expected}, got {answer[:200]!r}")
        t.equal(answer.count(b"HTTP/1."), 1, f"{what}: number of answers, in {answer[:300]!r}")
    t.equal(t.get("/file.txt").text, "inside", "an honest request afterwards")


ESCAPES = [
    "/../secret.txt", "/folder/../../secret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
    "/..%2fsecret.txt", "/..%5csecret.txt", "/..\\secret.txt", "/folder\\..\\..\\secret.txt",
    "/%252e%252e/secret.txt", "/%252e%252e%252fsecret.txt", "/..%252fsecret.txt",
    "/%c0%ae%c0%ae/secret.txt", "/..%c0%afsecret.txt", "/%e0%80%ae%e0%80%ae/secret.txt",
    "/%uff0e%uff0e/secret.txt", "/.%2e/secret.txt", "/%2e./secret.txt", "/folder/%2e%2e/%2e%2e/secret.txt",
    "/....//secret.txt", "/.../secret.txt", "/./../secret.txt", "//../secret.txt", "/..;/secret.txt",
    "/../site/../secret.txt", "/folder/..%00/../secret.txt",
]
STRANGE = [
    "/file.txt%00.htm", "/file.txt%00", "/page.asp::$DATA", "/page.asp%3a%3a$DATA", "/file.txt:stream",
    "/PAGE~1.ASP", "/page.asp.", "/page.asp%20", "/page.asp%2e", "/%ff%fe", "/%zz", "/%", "/%u",
    "/web.config", "/bin/x", "/App_Data/x", "/global.asa",
]


@also_sanitized
def story_nothing_outside_the_site_is_reached(t):
    site_with_secret(t)
    t.write("global.asa", "<script runat=server language=vbscript>' private</script>")
    (t.site / "link.txt").symlink_to(t.root / "secret.txt")
    for path in ESCAPES + STRANGE + ["/link.txt"]:
        answer = t.raw(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                       .encode("latin-1"))
        t.check(SECRET.encode() not in answer, f"{path} gave away the secret")
        t.check(b"private" not in answer and b"<%" not in answer, f"{path} gave away a source")
        t.check(status_of(answer) in range(400, 500), f"{path}: expected 4xx, got {answer[:150]!r}")


@also_sanitized
def story_files_as_browsers_ask_for_them(t):
    site_with_secret(t)
    whole = t.get("/file.txt")
    t.equal((whole.status, whole.text, whole.headers["Content-Type"]), (200, "inside", "text/plain"),
            "a file")
    etag, modified = whole.headers["ETag"], whole.headers["Last-Modified"]
    t.equal(t.get("/file.txt", headers={"If-None-Match": etag}).status, 304, "If-None-Match")
    t.equal(t.get("/file.txt", headers={"If-Modified-Since": modified}).status, 304, "If-Modified-Since")
    part = t.get("/file.txt", headers={"Range": "bytes=2-4"})
    t.equal((part.status, part.text, part.headers["Content-Range"]), (206, "sid", "bytes 2-4/6"), "a range")
    t.equal(t.get("/file.txt", headers={"Range": "bytes=100-"}).status, 416, "a range behind the end")
    t.equal(t.request("HEAD", "/file.txt").headers["Content-Length"], "6", "HEAD")
    t.equal(t.get("/").text, "home", "the default document")
    t.equal(t.get("/folder").status, 301, "a folder without its slash")
    t.contains(t.get("/folder/").text, "403.14", "a folder without a default document")
    t.contains(t.get("/nonesuch").text, "404.0", "a file that is not there")


def story_pipelined_requests_are_answered_in_order(t):
    site_with_secret(t)
    answer = b""
    with t.connect() as client:
        client.sendall(b"GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"
                       b"GET /page.asp HTTP/1.1\r\nHost: a\r\n\r\n"
                       b"GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        while chunk := client.recv(65536):
            answer += chunk
    t.equal(answer.count(b"HTTP/1.1 200"), 3, f"answers in {answer!r}")
    t.check(answer.index(b"inside") < answer.index(b"inner"), "their order")


def story_a_broken_web_config_fails_its_own_folder_alone(t):
    site_with_secret(t)
    t.write("folder/web.config", "<configuration>\n<system.webServer>\n<handlers\n")
    answer = t.wait_for(lambda: (a := t.get("/folder/inner.txt")).status == 500 and a, "500")
    for part in ("500.19", "web.config", "0x8007000d", "not well-formed"):
        t.contains(answer.text.lower(), part, "the error page")
    t.equal(t.get("/file.txt").status, 200, "a file above it")


@long_story
def story_ten_thousand_idle_connections_are_held(t):
    wanted = 10000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    t.check(hard >= wanted + 500, f"this test needs {wanted + 500} descriptors, the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    site_with_secret(t)
    clients = []
    try:
        for _ in range(wanted):
            client = t.connect()
            client.sendall(b"GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n")
            t.check(client.recv(4096).startswith(b"HTTP/1.1 200"), "the first answer")
            clients.append(client)
        t.equal(t.get("/page.asp").text, "1", "a new client is served meanwhile")
        for client in clients[::100]:
            client.sendall(b"GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n")
            t.check(client.recv(4096).startswith(b"HTTP/1.1 200"), "an idle one is served again")
    finally:
        for client in clients:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def story_a_client_that_leaves_is_seen_by_its_page(t):
    t.write("wait.asp", """<% Response.Buffer = False
Application("left") = False
Dim i : i = 0
Do While Response.IsClientConnected And i < 100000000 : Response.Write "x" : i = i + 1 : Loop
Application("left") = Not Response.IsClientConnected %>""")
    t.write("left.asp", '<%= Application("left") %>')
    t.serve()
    with t.connect() as client:
        client.sendall(b"GET /wait.asp HTTP/1.1\r\nHost: a\r\n\r\n")
        t.check(client.recv(100), "the page streams")
    t.wait_for(lambda: t.get("/left.asp").text == "True", "the page to see it")


def story_a_full_queue_is_503(t):
    t.write("slow.asp", "<% Dim n : n = 0\nDo While n < 300000000 And Response.IsClientConnected : n = n + 1 : Loop %>")
    t.write(t.state / "config" / "applicationHost.config", f"""<configuration>
<system.applicationHost><applicationPools><add name="Small" queueLength="10"/></applicationPools>
<sites><site name="Default Web Site" id="1"><bindings>
<binding protocol="http" bindingInformation="127.0.0.1:{t.free_port()}:"/></bindings>
<application path="/" applicationPool="Small"><virtualDirectory path="/" physicalPath="{t.site}"/>
</application></site></sites></system.applicationHost></configuration>""")
    t.run_server()
    clients = [t.connect() for _ in range(120)]
    for client in clients:
        client.sendall(b"GET /slow.asp HTTP/1.1\r\nHost: a\r\n\r\n")
    refused = []

    def read(client):
        try:
            refused.append(status_of(client.recv(200)))
        except OSError:
            pass
    for client in clients:
        threading.Thread(target=read, args=(client,), daemon=True).start()
    t.wait_for(lambda: 503 in refused, "a 503")
    for client in clients:
        client.shutdown(socket.SHUT_RDWR)


@also_sanitized
def story_pipes_in_the_place_of_files_hold_nobody_up(t):
    for path in ("a/web.config", "b.txt", "c.asp"):
        (t.site / path).parent.mkdir(exist_ok=True)
        os.mkfifo(t.site / path)
    t.write("a/x.txt", "x")
    t.write("d.asp", '<!-- #include file="b.txt" -->')
    t.serve()
    # More often than there are loop threads, so that one that hangs is noticed.
    for _ in range(8):
        t.equal(t.get("/a/x.txt").status, 500, "a folder with a pipe as its configuration")
        t.equal(t.get("/b.txt").status, 404, "a pipe")
        t.equal(t.get("/c.asp").status, 404, "a pipe as page")
        t.equal(t.get("/d.asp").status, 500, "a pipe as include")


def story_clients_that_do_not_read_leave_room_for_others(t):
    t.write("web.config", """<configuration><system.webServer><asp><limits
 bufferingLimit="16000000"/></asp></system.webServer></configuration>""")
    t.write("large.asp", '<% Response.Write String(4000000, "x") %>')
    t.write("small.asp", "<%= 1 %>")
    t.serve()
    clients = []
    for _ in range(20):
        client = t.connect()
        client.sendall(b"GET /large.asp HTTP/1.1\r\nHost: a\r\n\r\n")
        t.check(client.recv(100), "the answer begins")
        clients.append(client)
    t.equal(t.get("/small.asp", timeout=20).text, "1", "a page, meanwhile")
    for client in clients:
        client.close()


@long_story
def story_a_head_that_never_ends_is_cut_off(t):
    site_with_secret(t)
    with t.connect(timeout=1) as client:
        client.sendall(b"GET /file.txt HTTP/1.1\r\nHost: a\r\nX: ")
        answer = []

        def closed():
            try:
                client.sendall(b"y")
                chunk = client.recv(4096)
                answer.append(chunk)
                return not chunk
            except socket.timeout:
                return False
            except ConnectionError:
                return True
        t.wait_for(closed, "the server to close", limit=90)
        t.check(status_of(b"".join(answer)) in (None, 400, 408), f"a 4xx or nothing: {answer}")
    t.equal(t.get("/file.txt").text, "inside", "an honest request afterwards")
