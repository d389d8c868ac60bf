# SPDX-License-Identifier: Apache-2.0
"""What happens to whom when something dies."""
import os
import shutil
import signal

from clients import Load
from stage import also_sanitized, long_story

PAGE = """<% Dim i, s
For i = 1 To 2000 : s = s & "x" : Next
Response.Write Request.ServerVariables("SURROGATE_PID") %>"""


def three_applications(t):
    for folder, protection in (("low", "Low"), ("high", "High"), ("other", "High")):
        t.write(f"{folder}/surrogate.app", protection)
        t.write(f"{folder}/default.asp", PAGE)
    t.write("static.txt", "static")
    t.serve()
    return int(t.get("/high/").text)


def host_of(t, folder):
    return int(t.wait_for(lambda: (a := t.get(f"/{folder}/")).status == 200 and a.text,
                          f"an answer of /{folder}/"))


@long_story
def story_a_killed_host_fails_only_its_own_requests(t):
    pid = three_applications(t)
    with Load(t.port, {"/high/": 64, "/low/": 4, "/other/": 4, "/static.txt": 4}) as load:
        load.wait_answers(500, "/high/", 200)
        os.kill(pid, signal.SIGKILL)
        load.wait_answers(500, "/high/", 200)
        load.wait_answers(50, "/low/", 200)
    for path in ("/low/", "/other/", "/static.txt"):
        t.equal(set(load.statuses(path)), {200}, f"answers of {path} {load.statuses(path)}")
    failed = {s: n for s, n in load.statuses("/high/").items() if s != 200}
    t.check(set(failed) <= {502, 503, 0}, f"failures are 502 or 503: {failed}")
    t.check(sum(failed.values()) <= 64, f"only what was under way failed: {failed}")
    t.check(host_of(t, "high") != pid, "a new host serves")
    event = next((e for e in t.events() if e["id"] == 5009), None)
    t.check(event and str(pid) in event["message"], f"event 5009 names the process: {event}")


@long_story
def story_five_deaths_stop_the_pool(t):
    three_applications(t)
    for _ in range(5):
        os.kill(host_of(t, "high"), signal.SIGKILL)
        t.wait_for(lambda: all(p["state"] != "Dying" for p in t.status()["processes"]),
                   "the death to be seen")
    answer = t.wait_for(lambda: (a := t.get("/high/")).status == 503 and a, "503")
    t.contains(answer.text, "503", "the page")
    t.check(any(e["id"] == 5002 for e in t.events()), "event 5002")
    t.equal(t.get("/other/").status, 200, "another application")
    pool = next(p for p in t.status()["pools"] if "high" in p["pool"].lower() and
                p["state"] == "Stopped")
    t.check(pool["reason"], f"status says why: {pool}")
    done = t.run("surrogate", "start-pool", pool["pool"])
    t.equal((done.status, done.out), (0, f'"{pool["pool"]}" successfully started\n'), f"{done}")
    t.equal(t.get("/high/").status, 200, "the application, started again")
    done = t.run("surrogate", "stop-pool", pool["pool"])
    t.equal(done.status, 0, f"{done}")
    t.wait_for(lambda: t.get("/high/").status == 503, "503 of a pool that an administrator stopped")
    t.equal(t.get("/other/").status, 200, "another application")


@long_story
def story_twenty_recycles_under_load_lose_nothing(t):
    pid = three_applications(t)
    pool = next(p["pool"] for p in t.status()["processes"] if p["pid"] == pid)
    pids = {pid}
    with Load(t.port, {"/high/": 64}) as load:
        load.wait_answers(200, "/high/", 200)
        for _ in range(20):
            old = {p["pid"] for p in t.status()["processes"] if p["pool"] == pool}
            done = t.run("surrogate", "recycle", pool)
            t.equal(done.status, 0, f"recycle: {done}")
            t.wait_for(lambda: not old & {p["pid"] for p in t.status()["processes"]},
                       "the old host to leave")
            pids |= {p["pid"] for p in t.status()["processes"] if p["pool"] == pool}
            load.wait_answers(50, "/high/", 200)
    t.equal(set(load.statuses("/high/")), {200}, f"answers: {load.statuses('/high/')}")
    t.check(len(pids) >= 20, f"there were as many hosts: {len(pids)}")


@also_sanitized
def story_a_host_that_never_registers(t):
    # A server whose dllhost is a program that does nothing: found next to `surrogate`.
    programs = t.root / "bin"
    shutil.copytree(t.build / "bin", programs)
    shutil.copy(t.program("../tests/unit/scm/idle-host"), programs / "dllhost")
    t.write("default.asp", "never")
    t.write(t.state / "config" / "applicationHost.config", f"""<configuration>
<system.applicationHost><applicationPools><add name="Slow"><processModel startupTimeLimit="00:00:02"/>
</add></applicationPools><sites><site name="Default Web Site" id="1"><bindings>
<binding protocol="http" bindingInformation="127.0.0.1:{t.free_port()}:"/></bindings>
<application path="/" applicationPool="Slow"><virtualDirectory path="/" physicalPath="{t.site}"/>
</application></site></sites></system.applicationHost></configuration>""")
    t.build = t.root
    t.run_server()
    answer = t.get("/")
    t.equal(answer.status, 500, "status")
    t.contains(answer.text, "80080005", "the reason in the page (Server execution failed)")
    t.check(any(e["id"] == 10010 for e in t.events()), "event 10010")


@also_sanitized
def story_a_killed_front_end_comes_back_and_hosts_live_on(t):
    t.write("default.asp", '<% Session("x") = 1 : Response.Write '
            'Request.ServerVariables("SURROGATE_PID") %>')
    t.serve()
    host = int(t.get("/").text)
    front = next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC")
    os.kill(front, signal.SIGKILL)
    again = t.wait_for(lambda: (a := t.get("/")).status == 200 and int(a.text), "an answer")
    t.equal(again, host, "the host that answers")


@also_sanitized
def story_nothing_survives_a_killed_control_manager(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    t.equal(t.get("/").text, "1", "the page")
    server, t.server = t.server, None
    server.kill(signal.SIGKILL)
    server.popen.wait()
    t.wait_for(lambda: not t.descendants(), "all processes to end")
    t.serve()
    t.equal(t.get("/").text, "1", "the page, after a new start on the same state")
