# SPDX-License-Identifier: Apache-2.0
"""The server acts on a changed applicationHost.config by itself, and loses nothing by it."""
import http.client
import os
import re
import signal
import socket
import threading

from clients import Load
from stage import also_sanitized

CONFIG = "config/applicationHost.config"


def config(t):
    return t.state / CONFIG


def appcmd(t, *args, status=0):
    done = t.run("appcmd", *args)
    t.equal(done.status, status, f"status of {done}")
    return done.out


def replace(t, old, new):
    """Writes the file beside and renames it over, as appcmd and many editors do."""
    text = config(t).read_text()
    t.check(old in text, f"{old!r} is in the file")
    beside = config(t).with_name("new")
    beside.write_text(text.replace(old, new, 1))
    os.rename(beside, config(t))


def listens(t, port):
    try:
        t.connect(port, 5).close()
        return True
    except OSError:
        return False


def in_force(t):
    return t.status()["configuration"]


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def host_pids(t):
    return {p["pid"] for p in t.status()["processes"] if p["pool"]}


@also_sanitized
def story_a_site_added_by_appcmd_under_load_answers(t):
    t.write("default.asp", "<%= 6 * 7 %>")
    t.serve()
    other = t.write(t.root / "other/index.htm", "other").parent
    page = t.write(t.root / "other/page.asp", "<%= 6 * 9 %>")
    other.chmod(0o755)
    port = t.free_port()
    with Load(t.port, {"/": 8}) as load:
        load.wait_answers(50)
        appcmd(t, "add", "site", "/name:Other", f"/bindings:http/*:{port}:",
               f"/physicalPath:{other}")
        t.wait_for(lambda: t.get("/", port=port).text == "other", "the new site")
        t.equal(t.get(f"/{page.name}", port=port).text, "54", "a page of the new site")
        load.wait_answers(50)
    t.equal(set(load.statuses("/")), {200}, "the other answers meanwhile")


def story_many_sites_are_added_at_once(t):
    t.write("index.htm", "home")
    t.serve()
    sites = ""
    for i in range(1100):
        folder = t.write(t.root / f"many/{i}/index.htm", f"site {i}").parent
        sites += f"""<site name="Many {i}" id="{i + 10}"><bindings><binding protocol="http"
bindingInformation="*:{t.port}:{i}.test" /></bindings><application path="/"><virtualDirectory path="/"
physicalPath="{folder}" /></application></site>"""
    replace(t, "</sites>", sites + "</sites>")
    t.wait_for(lambda: t.get("/", headers={"Host": "1099.test"}).text == "site 1099", "the last of them")
    t.equal(t.get("/", headers={"Host": "0.test"}).text, "site 0", "the first of them")
    t.equal(t.get("/").text, "home", "the site that was there")
    t.equal(len(t.status()["sites"]), 1101, "all of them are told of")
    kill(fronts(t)["Running"][0])
    t.wait_for(lambda: t.get("/", headers={"Host": "7.test"}).text == "site 7", "a new front end has them too")


@also_sanitized
def story_a_binding_changes_and_a_removed_site_stops_answering(t):
    t.write("index.htm", "home")
    t.serve()
    first, second = t.free_port(), t.free_port()
    appcmd(t, "add", "site", "/name:Two", f"/bindings:http/*:{first}:", f"/physicalPath:{t.site}")
    t.wait_for(lambda: t.get("/", port=first).text == "home", "the first address")
    appcmd(t, "set", "site", "Two", f"/bindings:http/127.0.0.1:{second}:,http/*:{first}:two.test")
    t.wait_for(lambda: t.get("/", port=second).text == "home", "the second address")
    t.equal(t.get("/", port=first).status, 400, "a name that no site has, on a port that one has")
    t.equal(t.get("/", port=first, headers={"Host": "two.test"}).text, "home", "the name it has")
    appcmd(t, "delete", "site", "Two")
    t.wait_for(lambda: not listens(t, first) and not listens(t, second), "that nobody listens")
    t.equal(t.get("/").text, "home", "the other site")


def story_an_address_becomes_wider_and_narrower(t):
    t.write("index.htm", "home")
    t.serve()
    for address in ("*", "127.0.0.1", "*"):
        appcmd(t, "set", "site", "Default Web Site", f"/bindings:http/{address}:{t.port}:")
        t.wait_for(lambda: in_force(t)["error"] == "" and t.get("/").text == "home",
                   f"the page at {address}")
    problems = [e for e in t.events() if e["id"] == 115]
    t.equal(problems, [], "addresses that could not be opened")


@also_sanitized
def story_a_changed_pool_recycles_and_loses_no_request(t):
    t.write("one/surrogate.app", "Pool One")
    t.write("one/slow.asp", "<% t = Timer: Do While Timer - t < 0.05: Loop %>ok")
    t.write("two/surrogate.app", "Pool Two")
    t.write("two/default.asp", "<%= Request.ServerVariables(\"SURROGATE_PID\") %>")
    t.serve()
    untouched = t.get("/two/").text

    def hosts():
        return {p["pid"] for p in t.status()["processes"] if p["pool"] == "One"}
    with Load(t.port, {"/one/slow.asp": 8}) as load:
        load.wait_answers(20)
        before = hosts()
        appcmd(t, "set", "apppool", "One", "/recycling.periodicRestart.requests:100000",
               "/processModel.idleTimeout:00:10:00")
        t.wait_for(lambda: hosts() and not hosts() & before, "a new host in the place of the old")
        load.wait_answers(20)
    t.equal(set(load.statuses("/one/slow.asp")), {200}, "the answers")
    t.equal(t.get("/two/").text, untouched, "the host of a pool that did not change")


@also_sanitized
def story_a_removed_pool_ends_after_its_requests(t):
    t.write("one/surrogate.app", "Pool One")
    t.write("one/slow.asp", "<% Set files = CreateObject(\"Scripting.FileSystemObject\")\n"
            "Do Until files.FileExists(Server.MapPath(\"end\")): Loop %>done")
    t.serve()
    t.get("/one/")
    slow = t.connect()
    slow.sendall(b"GET /one/slow.asp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    t.wait_for(lambda: any(p["active"] for p in t.status()["processes"] if p["pool"] == "One"),
               "that the request runs")
    replace(t, '<add name="One"', '<add name="Three"')
    replace(t, 'applicationPool="One"', 'applicationPool="Three"')
    t.wait_for(lambda: "Three" in [p["pool"] for p in t.status()["pools"]], "the changed pools")
    t.write("one/end", "")
    with slow.makefile("rb") as answer:
        text = answer.read().decode()
    t.contains(text, "200 OK", "the request that had begun")
    t.contains(text, "done", "its end")
    t.wait_for(lambda: not [p for p in t.status()["processes"] if p["pool"] == "One"],
               "that the host has ended")
    t.check("One" not in [p["pool"] for p in t.status()["pools"]], "the pool is gone")
    t.equal(t.get("/one/slow.asp").text, "done", "the application in its new pool")


@also_sanitized
def story_sessions_outlive_a_change_that_is_none_of_theirs(t):
    t.write("default.asp", "<% Session(\"n\") = Session(\"n\") + 1 %><%= Session(\"n\") %>")
    t.serve()
    answer = t.get("/")
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    port = t.free_port()
    appcmd(t, "add", "site", "/name:Two", f"/bindings:http/*:{port}:", f"/physicalPath:{t.site}")
    t.wait_for(lambda: listens(t, port), "the new site")
    t.equal(t.get("/", headers={"Cookie": cookie}).text, "2", "the session goes on")


@also_sanitized
def story_a_broken_file_changes_nothing_until_it_is_mended(t):
    t.write("index.htm", "home")
    t.serve()
    replace(t, "<sites>", "<sitez>")
    error = t.wait_for(lambda: in_force(t) if in_force(t)["error"] else None, "what status says")
    t.contains(error["file"], "applicationHost.config", "the file")
    t.check(error["line"] > 1, f"the line: {error}")
    t.equal(t.get("/").text, "home", "the site goes on")
    t.contains(t.run("surrogate", "status").out, "not in force", "status, for people")
    t.contains(t.run("surrogate", "configtest").err, "goes on with", "configtest")
    event = next(e for e in t.events() if e["id"] == 5172)
    for part in (str(config(t)), f"line number '{error['line']}'", "not well-formed"):
        t.contains(event["message"], part, "the event")
    text = config(t).read_text().replace("<sitez>", "<sites>")
    port = t.free_port()
    config(t).write_text(text.replace(f":{t.port}:", f":{port}:"))  # in place this time
    t.wait_for(lambda: t.get("/", port=port).text == "home", "the mended file")
    t.equal(in_force(t)["error"], "", "what status says then")
    t.equal(len([e for e in t.events() if e["id"] == 5172]), 1, "events")


def story_every_way_to_write_a_file_counts(t):
    t.write("index.htm", "home")
    t.serve()
    port = t.port

    def moved(write):
        nonlocal port
        now = t.free_port()
        write(config(t).read_text().replace(f":{port}:", f":{now}:"))
        t.wait_for(lambda: t.get("/", port=now).text == "home", f"the page after {write.__name__}")
        t.wait_for(lambda: not listens(t, port), "that the old address is closed")
        port = now

    def in_place(text):
        config(t).write_text(text)

    def piecemeal(text):
        with open(config(t), "w") as file:
            for i in range(0, len(text), 64):
                file.write(text[i:i + 64])
                file.flush()

    def renamed_over(text):
        beside = config(t).with_name(".applicationHost.config.swp")
        beside.write_text(text)
        os.rename(beside, config(t))

    def editors_dance(text):
        backup = config(t).with_name("applicationHost.config~")
        os.rename(config(t), backup)
        config(t).write_text(text)
        os.unlink(backup)

    def new_folder(text):
        folder = config(t).parent
        os.rename(folder, t.state / "config.old")
        folder.mkdir()
        config(t).write_text(text)

    for write in (in_place, piecemeal, renamed_over, editors_dance, new_folder, in_place):
        moved(write)
    t.equal([e for e in t.events() if e["id"] == 5172], [], "complaints")


@also_sanitized
def story_an_address_that_somebody_else_has_is_an_event_and_the_rest_goes_on(t):
    t.write("index.htm", "home")
    t.serve()
    good = t.free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bad = taken.getsockname()[1]
        appcmd(t, "add", "site", "/name:Two", f"/physicalPath:{t.site}",
               f"/bindings:http/127.0.0.1:{bad}:,http/127.0.0.1:{good}:")
        t.wait_for(lambda: t.get("/", port=good).text == "home", "the other address")
        t.wait_for(lambda: 115 in [e["id"] for e in t.events()], "the event")
    replace(t, "</sites>", " </sites>")
    t.wait_for(lambda: t.get("/", port=bad).text == "home", "the address, once it is free")


def story_many_quick_changes_end_in_the_last_state(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    last = t.free_port()
    text = config(t).read_text()
    with Load(t.port, {"/": 4}) as load:
        load.wait_answers(10)
        for i in range(100):
            pools = f'<add name="Pool {i}" startMode="AlwaysRunning" />'
            port = last if i == 99 else t.port
            new = text.replace("</sites>", f"""<site name="Quick" id="7"><application path="/">
<virtualDirectory path="/" physicalPath="{t.site}" /></application>
<bindings><binding protocol="http" bindingInformation="127.0.0.1:{port}:quick.test" /></bindings>
</site></sites>""").replace("<applicationPools>", "<applicationPools>" + pools)
            beside = config(t).with_name("new")
            beside.write_text(new)
            os.rename(beside, config(t))
        t.wait_for(lambda: t.get("/", port=last, headers={"Host": "quick.test"}).text == "1",
                   "the last state")
        load.wait_answers(10)
    t.equal(set(load.statuses("/")), {200}, "the answers meanwhile")

    def pools():
        return {p["pool"] for p in t.status()["processes"] if p["pool"].startswith("Pool ")}
    t.wait_for(lambda: pools() == {"Pool 99"}, "the hosts of the last state", limit=60)


def story_killed_processes_between_changes_come_back_with_the_last_state(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    for _ in range(3):
        port = t.free_port()
        t.wait_for(lambda: t.get("/").text == "1", "the page")
        processes = [p for p in t.status()["processes"] if p["service"] != "SCM"]
        appcmd(t, "set", "site", "Default Web Site",
               f"/bindings:http/127.0.0.1:{t.port}:,http/127.0.0.1:{port}:")
        for process in processes:
            kill(process["pid"])
        t.wait_for(lambda: t.get("/", port=port).text == "1", "the page at its new address",
                   limit=60)


@also_sanitized
def story_sites_start_and_stop_one_by_one(t):
    t.write("index.htm", "home")
    t.serve()
    name = "Default Web Site"
    appcmd(t, "add", "site", "/name:Two", f"/bindings:http/127.0.0.1:{t.port}:two.test",
           f"/physicalPath:{t.site}")

    def of(site, port=None):
        return t.get("/", port=port, headers={"Host": site})
    t.wait_for(lambda: len(t.status()["sites"]) == 2, "both sites")
    t.equal(of("two.test").text, "home", "a shared address")
    t.equal(appcmd(t, "stop", "site", name), f'"{name}" successfully stopped\n', "stop")
    t.equal(of("localhost").status, 400, "the stopped one, on an address that another one has")
    t.equal(of("two.test").text, "home", "the other one")
    t.contains(appcmd(t, "list", "site", name), "state:Stopped", "list site")
    t.equal(appcmd(t, "list", "site", "/state:Started", "/text:name"), "Two\n", "by state")
    appcmd(t, "stop", "site", "Two")
    t.check(not listens(t, t.port), "nobody listens")
    t.equal(appcmd(t, "start", "site", name), f'"{name}" successfully started.\n', "start")
    t.equal(of("localhost").text, "home", "at once")
    t.contains(appcmd(t, "start", "site", name, status=0x20), "80070420", "a second start")
    t.contains(appcmd(t, "stop", "site", "Two", status=0x26), "80070426", "a second stop")
    appcmd(t, "stop", "site", "None", status=1168 & 255)
    appcmd(t, "set", "site", name, "/limits.maxUrlSegments:20")
    replace(t, "</sites>", "  </sites>")
    t.wait_for(lambda: in_force(t)["version"] > 5, "the change")
    t.contains(appcmd(t, "list", "site", "Two"), "state:Stopped", "a change starts nothing")
    t.equal(t.run("iisreset").status, 0, "iisreset")
    t.equal(of("two.test").text, "home", "with the service all start that shall")
    appcmd(t, "set", "site", "Two", "/serverAutoStart:false")
    t.equal(t.run("iisreset").status, 0, "iisreset")
    t.wait_for(lambda: "state:Stopped" in appcmd(t, "list", "site", "Two"), "one that shall not")
    appcmd(t, "start", "site", "Two")
    t.equal(of("two.test").text, "home", "started by hand")


@also_sanitized
def story_a_site_whose_address_is_taken_is_stopped(t):
    t.write("index.htm", "home")
    t.serve()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        appcmd(t, "add", "site", "/name:Two", f"/bindings:http/127.0.0.1:{port}:",
               f"/physicalPath:{t.site}")
        t.wait_for(lambda: "state:Stopped" in appcmd(t, "list", "site", "Two"), "the state")
        t.contains(appcmd(t, "start", "site", "Two", status=32), "80070020", "a start in vain")
    appcmd(t, "start", "site", "Two")
    t.equal(t.get("/", port=port).text, "home", "once the address is free")


@also_sanitized
def story_the_metabase_tells_states_and_takes_commands(t):
    t.write("index.htm", "home")
    t.write("default.asp", "<%= 6 * 7 %>")

    def metabase(verb, *words, status=0):
        done = t.run("surrogate", "metabase" + verb, *words)
        t.equal(done.status, status, f"metabase{verb} {words}: {done.out}{done.err}")
        return done.out + done.err

    def number(datum):
        return int(metabase("-get", datum).rsplit(" ", 1)[1])
    t.serve()
    appcmd(t, "add", "apppool", "/name:Shop")
    appcmd(t, "set", "app", "Default Web Site/", "/applicationPool:Shop")
    metabase("-delete", "W3SVC/1/ROOT/AppIsolated")
    t.wait_for(lambda: t.get("/default.asp").text == "42" and
               "Shop" in {p["pool"] for p in t.status()["processes"]}, "the page")
    t.wait_for(lambda: number("W3SVC/AppPools/Shop/AppPoolState") == 2, "the pool's state")
    t.contains(metabase("", "W3SVC/1"), "ServerState                     : (INTEGER) 2\n", "enumerated")
    before = config(t).read_bytes()
    metabase("-set", "W3SVC/1/ServerCommand", "2")
    t.equal(number("W3SVC/1/ServerState"), 4, "stopped")
    t.equal(number("W3SVC/1/Win32Error"), 0, "as it was told to")
    t.check(not listens(t, t.port), "nobody listens")
    metabase("-set", "W3SVC/1/ServerCommand", "2")
    t.contains(appcmd(t, "list", "site"), "state:Stopped", "appcmd says so too")
    metabase("-set", "W3SVC/1/ServerCommand", "1")
    t.equal(t.get("/index.htm").text, "home", "started")
    t.equal(number("W3SVC/1/ServerState"), 2, "started")
    t.contains(metabase("-set", "W3SVC/1/ServerCommand", "3", status=1), "not paused", "a pause")
    metabase("-set", "W3SVC/AppPools/Shop/AppPoolCommand", "2")
    t.equal(number("W3SVC/AppPools/Shop/AppPoolState"), 4, "the pool is stopped")
    t.wait_for(lambda: t.get("/default.asp").status == 503, "the page")
    metabase("-set", "W3SVC/AppPools/Shop/AppPoolCommand", "1")
    t.wait_for(lambda: t.get("/default.asp").text == "42", "the page")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        metabase("-create", "W3SVC/2/ROOT")
        metabase("-set", "W3SVC/2/ROOT/Path", str(t.site))
        metabase("-set", "W3SVC/2/ServerBindings", f"127.0.0.1:{port}:")
        t.wait_for(lambda: number("W3SVC/2/Win32Error") == 32, "why the second one does not run")
        t.equal(number("W3SVC/2/ServerState"), 4, "the second one")
        metabase("-set", "W3SVC/2/ServerCommand", "1", status=1)
    metabase("-set", "W3SVC/2/ServerCommand", "1")
    t.equal((number("W3SVC/2/ServerState"), number("W3SVC/2/Win32Error")), (2, 0), "the second one")
    metabase("-delete", "W3SVC/2")
    t.equal(re.sub(rb"\s*<customMetadata>\s*</customMetadata>", b"", config(t).read_bytes()), before,
            "commands write nothing")
    t.equal(t.run("surrogate", "stop").status, 0, "stop")
    t.wait_for(lambda: t.server.status is not None, "its end")
    t.equal(number("W3SVC/1/ServerState"), 4, "without a server")
    t.equal(number("W3SVC/AppPools/Shop/AppPoolState"), 4, "without a server")
    t.contains(metabase("-set", "W3SVC/1/ServerCommand", "1", status=1), "no Surrogate server runs",
               "a command without a server")


@also_sanitized
def story_requests_that_run_are_listed(t):
    t.write("slow.asp", "<% t = Timer: Do While Timer - t < 20 And Response.IsClientConnected: Loop %>")
    t.serve(None, "--protection", "high")
    t.equal(appcmd(t, "list", "request"), "", "none")
    client = t.connect()
    client.sendall(b"GET /slow.asp?a=%20b HTTP/1.1\r\nHost: localhost\r\n\r\n")
    def listed():
        out = t.run("appcmd", "list", "request").out
        return out if "ExecuteRequestHandler" in out else None
    line = t.wait_for(listed, "the request, once a worker has it")
    t.contains(line, '(url:GET /slow.asp?a=%20b,time:', "list request")
    t.contains(line, ' msec,client:localhost,stage:ExecuteRequestHandler,module:IsapiModule)', "it")
    host = next(p for p in t.status()["processes"] if p["pool"])
    for filters, found in ((["/elapsed:100000"], False), (["/elapsed:0"], True),
                           (["/url:/slow.asp"], True), (["/url:/other.asp"], False),
                           (["/site.name:Default Web Site"], True), (["/site.name:Other"], False),
                           ([f"/apppool.name:{host['pool']}"], True), (["/apppool.name:x"], False),
                           ([f"/wp.name:{host['pid']}"], True), (["/wp.name:1"], False)):
        out = t.run("appcmd", "list", "request", *filters).out
        t.equal(bool(out), found, f"list request {filters}")
    wp = t.run("appcmd", "list", "wp", "/xml").out
    done = t.run("appcmd", "list", "request", "/in", stdin=wp.encode())
    t.contains(done.out, "/slow.asp", "list wp /xml | list request /in")
    t.equal(t.run("appcmd", "list", "wp", "/site.name:Default Web Site").out,
            f'WP "{host["pid"]}" (applicationPool:{host["pool"]})\n', "list wp of a site")
    t.equal(t.run("appcmd", "list", "wp", "/site.name:Other").out, "", "list wp of no site")
    client.close()
    t.wait_for(lambda: not t.run("appcmd", "list", "request").out, "its end")


@also_sanitized
def story_asp_settings_of_a_web_config_are_noticed(t):
    t.write("default.asp", "<% Session(\"n\") = Session(\"n\") + 1 %><%= Session(\"n\") %> <%= Session.Timeout %>")
    t.serve()
    answer = t.get("/")
    t.equal(answer.text, "1 20", "the default")
    headers = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}
    t.write("web.config", """<configuration><system.webServer><asp><session timeout="00:07:00"/></asp>
</system.webServer></configuration>""")
    t.wait_for(lambda: t.get("/").text == "1 7", "the new setting, of a new session")
    t.equal(t.get("/", headers=headers).text, "2 20", "the session that was there goes on")
    t.write("web.config", "<configuration><broken></configuration>")
    t.wait_for(lambda: t.get("/").status == 500, "500.19")
    (t.site / "web.config").unlink()
    t.wait_for(lambda: t.get("/").text == "1 20", "the default again")


def fronts(t):
    """inetinfo processes by state: {"Running": [pid], "Draining": [pid, ...]}"""
    found = {}
    for process in t.status()["processes"]:
        if process["service"] == "W3SVC":
            found.setdefault(process["state"], []).append(process["pid"])
    return found


def add_site_elsewhere(t, name, port):
    """A site, of a pool of its own, in a folder that no process can see yet."""
    t.write(t.root / name / "index.htm", name)
    (t.root / name).chmod(0o755)
    replace(t, "</sites>", f"""<site name="{name}" id="{port}">
<application path="/" applicationPool="DefaultAppPool">
<virtualDirectory path="/" physicalPath="{t.root / name}" /></application>
<bindings><binding protocol="http" bindingInformation="127.0.0.1:{port}:" /></bindings></site>
</sites>""")
    t.wait_for(lambda: t.get("/", port=port).text == name, f"the site {name}")


@also_sanitized
def story_a_front_end_that_is_replaced_finishes_what_it_has_begun(t):
    t.write("slow.asp", "<% Response.Write \"begun \": Response.Flush\n"
            "Do Until Application(\"go\"): Loop %>ended")
    t.write("go.asp", "<% Application(\"go\") = True %>")
    t.serve()
    slow = t.connect()
    slow.sendall(b"GET /slow.asp HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = b""
    while b"begun" not in answer:
        answer += slow.recv(4096)
    first = fronts(t)["Running"]
    ports = [t.free_port() for _ in range(2)]
    for i, port in enumerate(ports):
        add_site_elsewhere(t, f"other{i}", port)
    now = fronts(t)
    t.check(now["Running"] != first and set(first) <= set(now["Draining"]), f"they are {now}")
    t.contains(t.run("appcmd", "list", "request").out, "/slow.asp", "the request is still listed")
    t.equal(t.get("/go.asp").status, 200, "the new one reaches the same host")
    with slow.makefile("rb") as rest:
        answer += rest.read()
    t.contains(answer.decode(), "ended", "the answer of the old one, whole")
    t.wait_for(lambda: "Draining" not in fronts(t), "that the old ones have ended")
    t.equal(t.run("iisreset").status, 0, "iisreset")
    for i, port in enumerate(ports):
        t.equal(t.get("/", port=port).text, f"other{i}", "the sites after it")


def story_nothing_is_lost_on_kept_connections_while_front_ends_are_replaced(t):
    """A POST is not said twice: who gets no answer to it does not know whether it was done."""
    t.write("post.asp", "<%= Request.TotalBytes %>")
    t.serve()
    lost, answers, done = [], [], threading.Event()

    def ask():
        client = http.client.HTTPConnection("127.0.0.1", t.port, timeout=60)
        while not done.is_set():
            try:
                client.request("POST", "/post.asp", b"12345")
                answers.append(client.getresponse().read())
            except (OSError, http.client.HTTPException) as error:
                lost.append(repr(error))
                client.close()

    clients = [threading.Thread(target=ask) for _ in range(6)]
    for client in clients:
        client.start()
    for i in range(4):
        before = fronts(t)["Running"]
        add_site_elsewhere(t, f"new{i}", t.free_port())
        t.check(fronts(t)["Running"] != before, "another front end")
    done.set()
    for client in clients:
        client.join()
    t.equal(lost, [], "what was not answered")
    t.equal(set(answers), {b"5"}, "the answers")


def story_limits_of_connections_take_effect(t):
    t.write("index.htm", "home")
    t.serve()
    appcmd(t, "set", "config", "/section:system.applicationHost/webLimits", "/connectionTimeout:00:00:01")
    before = fronts(t)["Running"]
    t.wait_for(lambda: fronts(t).get("Running", before) != before, "another front end")
    with t.connect(timeout=10) as idle:
        t.equal(idle.recv(1), b"", "the end of a connection without a request, long before two minutes")
    t.equal(t.get("/").text, "home", "the page")


@also_sanitized
def story_a_stop_does_not_wait_for_a_front_end_that_finishes(t):
    t.write("endless.asp", "<% Server.ScriptTimeout = 600: Response.Write \"begun \": Response.Flush\n"
            "Do While Response.IsClientConnected: Loop %>")
    t.write("index.htm", "home")
    t.serve()
    for port in (t.free_port(), t.free_port()):
        endless = t.connect()
        endless.sendall(b"GET /endless.asp HTTP/1.1\r\nHost: localhost\r\n\r\n")
        t.check(b"200" in endless.recv(4096), "it runs")
        add_site_elsewhere(t, f"other{port}", port)
        t.check(fronts(t)["Draining"], "one is left behind")
        t.equal(t.run("iisreset", "/timeout:1").status, 0, "iisreset")
        t.check("Draining" not in fronts(t), "none is, after it")
        t.equal(t.get("/").text, "home", "the page")
        endless.close()


def story_hosts_drain_for_both_front_ends(t):
    t.write("slow.asp", "<% t = Timer: Do While Timer - t < 2: Loop %>ended")
    t.write("pid.asp", "<%= Request.ServerVariables(\"SURROGATE_PID\") %>")
    t.serve(None, "--protection", "high")
    pid = t.get("/pid.asp").text
    pool = next(p["pool"] for p in t.status()["processes"] if p["pool"])
    slow = [t.connect() for _ in range(4)]
    for one in slow:
        one.sendall(b"GET /slow.asp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    t.wait_for(lambda: len(t.run("appcmd", "list", "request").out.splitlines()) == 4, "they run")
    add_site_elsewhere(t, "other", t.free_port())
    t.equal(t.run("surrogate", "recycle", pool).status, 0, "recycle")
    t.wait_for(lambda: t.get("/pid.asp").text != pid, "the new host")
    for one in slow:
        with one.makefile("rb") as answer:
            t.contains(answer.read().decode(), "ended", "what ran in the old one")
    t.wait_for(lambda: int(pid) not in host_pids(t), "that it has ended")


def story_front_ends_that_are_killed_while_one_replaces_another(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    for i in range(4):
        port = t.free_port()
        t.write(t.root / f"other{i}/index.htm", "other")
        (t.root / f"other{i}").chmod(0o755)
        appcmd(t, "add", "site", f"/name:other{i}", f"/bindings:http/127.0.0.1:{port}:",
               f"/physicalPath:{t.root / f'other{i}'}")
        if i % 2:  # at once, or when the next one is there already
            t.wait_for(lambda: len([p for p in t.descendants() if "inetinfo" in p[1]]) > 1
                       or t.get("/", port=port).text == "other", "the next one")
        for pid in [p[0] for p in t.descendants() if p[1].startswith("inetinfo")]:
            kill(pid)
        t.wait_for(lambda: t.get("/", port=port).text == "other", "the new site", limit=60)
        t.wait_for(lambda: t.get("/").text == "1", "the old site", limit=60)


def story_a_redirected_file_is_watched_where_it_is(t):
    t.write("index.htm", "home")
    t.serve()
    text, shared = config(t).read_text(), t.root / "shared"
    shared.mkdir()
    port, last = t.free_port(), t.free_port()
    (shared / "applicationHost.config").write_text(text.replace(f":{t.port}:", f":{port}:"))
    (t.state / "config/redirection.config").write_text(f"""<configuration>
<configurationRedirection enabled="true" path="{shared}" /></configuration>""")
    t.wait_for(lambda: t.get("/", port=port).text == "home", "the file it leads to")
    (shared / "applicationHost.config").write_text(text.replace(f":{t.port}:", f":{last}:"))
    t.wait_for(lambda: t.get("/", port=last).text == "home", "a change of that one")
    (t.state / "config/redirection.config").unlink()
    t.wait_for(lambda: t.get("/").text == "home", "the file that was there first")


def story_a_schema_of_the_user_is_watched_too(t):
    def schema(kind):
        return f"""<configSchema><sectionSchema name="mine">
<attribute name="colour" type="{kind}"/></sectionSchema></configSchema>"""
    t.write("index.htm", "home")
    t.serve()
    t.write(t.state / "config/schema/mine.xml", schema("int"))
    replace(t, "<configuration>", """<configuration><configSections><section name="mine"/>
</configSections><mine colour="red"/>""")
    t.wait_for(lambda: "colour" in in_force(t)["error"], "the complaint")
    t.write(t.state / "config/schema/mine.xml", schema("string"))
    t.wait_for(lambda: not in_force(t)["error"], "that all is well with another schema")
