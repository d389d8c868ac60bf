# SPDX-License-Identifier: Apache-2.0
"""Components in processes of their own: asked for by pages, scripts and other machines, started and watched by the
service control manager."""
import os
import pwd
import shutil
import signal

from rpc_stage import Kdc, REALM, USER
from stage import also_sanitized
from story_com import component, regsvr, script
from story_dcom import DICTIONARY, PRIVACY, Dcom, Rpcss, creating, write_settings

APP = "{0DD00DD0-0000-0000-0500-000000000000}"
WORKER = "0DD00DD0-0000-0000-0400-000000000000"
CLASS_NOT_REGISTERED, CALL_FAILED, ACCESS_DENIED = 0x80040154, 0x800706BE, 0x80070005
CREATE = 'Set w = CreateObject("Test.Worker", "localhost")\n'


def stage(t, **values):
    """Test.Worker is registered, and what the registry says."""
    worker = component(t, "worker")
    write_settings(t, values)
    regsvr(t, "/s", worker)


def said(t, code):
    done = script(t, code)
    t.equal((done.err, done.status), ("", 0), f"{done}")
    return done.out.strip()


def hosts(t):
    """The processes of Test.Worker's application."""
    return [pid for pid, line in t.descendants() if f"/Processid:{APP}" in line]


def events(t, *numbers):
    return [e for e in t.events() if e["id"] in numbers]


@also_sanitized
def story_a_class_runs_in_a_process_of_its_own(t):
    stage(t)
    t.write("worker.asp", f"<% {CREATE} w.Value = \"kept\" %><%= w.Pid & \" \" & w.User & \" \" & w.Value %>")
    t.serve()
    t.equal(hosts(t), [], "before anybody asks")
    pid, user, value = t.get("/worker.asp").text.split()
    t.equal([int(pid)], hosts(t), "the process that tells its number")
    t.equal(value, "kept", "what it keeps")
    if os.geteuid() == 0:
        t.equal(user, f"COM\\{APP}", "who it runs as")
    # All who ask share it, and each has an object of his own.
    t.equal(said(t, CREATE + "WScript.Echo w.Pid, IsEmpty(w.Value)"), f"{pid} -1", "a script's")
    # Without a server's name it is made where it is asked for, as the class allows.
    inside = said(t, 'Set w = CreateObject("Test.Worker")\nWScript.Echo w.Pid')
    t.check(inside != pid, "in the script's own process")
    done = script(t, CREATE + 'On Error Resume Next\nw.Call CreateObject("Scripting.Dictionary")\nWScript.Echo Hex(Err.Number)')
    t.equal(done.out, "8001011C\n", "an object of the script, which others could not call")
    t.equal(said(t, CREATE + "WScript.Echo w.Caller"), pwd.getpwuid(os.geteuid()).pw_name, "who called")
    t.stop()
    t.equal(hosts(t), [], "after the end of the server")


@also_sanitized
def story_a_crash_of_components_is_told_and_the_next_one_works(t):
    stage(t)
    t.write("crash.asp", f"<% {CREATE} On Error Resume Next\nw.Crash %><%= Err.Number %> <%= w.Pid %>|<% Err.Clear"
            f"\n{CREATE}%><%= w.Pid %>")
    t.serve()
    first = said(t, CREATE + "WScript.Echo w.Pid")
    error, second = t.get("/crash.asp").text.split("|")
    t.equal(int(error.split()[0]) & 0xffffffff, CALL_FAILED, f"what the caller sees: {error}")
    t.check(second and second != first, f"another process: {first}, {second}")
    t.wait_for(lambda: events(t, 37), "event 37")
    # Killed between two calls: an object is lost, the class is not.
    done = script(t, CREATE + f"""
CreateObject("WScript.Shell").Run "kill -9 {second}", 0, True
On Error Resume Next
x = w.Value
WScript.Echo Err.Number
On Error GoTo 0
Set w = CreateObject("Test.Worker", ".")
WScript.Echo w.Pid <> {second}""")
    t.equal((done.out, done.err), ("462\n-1\n", ""), f"{done}")


@also_sanitized
def story_a_process_without_objects_ends(t):
    stage(t, **{f"HKCR\\AppID\\{APP}\\IdleSeconds": 0})
    t.serve()
    done = t.start("cscript", "//nologo", t.write("hold.vbs", CREATE + "WScript.Echo w.Pid\nWScript.StdIn.ReadLine"))
    pid = said(t, CREATE + "WScript.Echo w.Pid")
    t.wait_for(lambda: not hosts(t), "the end of the process")
    again = said(t, CREATE + "WScript.Echo w.Pid")
    t.check(again != pid, "another one for who comes later")
    t.equal(events(t, 37, 10010), [], "an end that was meant is no event")
    t.check(done, "")


@also_sanitized
def story_objects_keep_their_process(t):
    stage(t, **{f"HKCR\\AppID\\{APP}\\IdleSeconds": 0})
    t.write("keep.asp", f"<% If Not IsObject(Session(\"w\")) Then\n{CREATE} w.Value = 7\nSet Session(\"w\") = w\n"
            "End If %><%= Session(\"w\").Pid & \" \" & Session(\"w\").Value %>")
    t.serve()
    first = t.get("/keep.asp")
    t.equal(first.text.split()[1:], ["7"], "the object that the session keeps")
    cookie = {"Cookie": first.headers["Set-Cookie"].split(";")[0]}
    # Others come and go; the session's object stays, and its process with it.
    for _ in range(3):
        said(t, CREATE + "WScript.Echo w.Pid")
    t.equal(t.get("/keep.asp", headers=cookie).text, first.text, "the object of the session")


@also_sanitized
def story_a_host_that_says_nothing_is_event_10010(t):
    folder = t.root / "bin"
    folder.mkdir()
    for name in ["surrogate", "surrogate-launch", "rpcss", "inetinfo"]:
        shutil.copy(t.build / "bin" / name, folder / name)
    shutil.copy(t.build / "tests/components/silent-host", folder / "dllhost")
    stage(t, **{"LaunchTimeout": 1})
    (t.state / "config").mkdir(exist_ok=True)
    t.write("default.asp", "")
    server = t.start(str(folder / "surrogate"), "serve", t.site, "--port", t.free_port(), "--state", t.state,
                     name="silent")
    t.wait_for(lambda: "Serving" in server.out, "the server")
    done = script(t, "On Error Resume Next\n" + CREATE + "WScript.Echo Err.Number, Err.Description")
    t.contains(done.out, "429", "the error")
    t.contains(done.out, "Server execution failed (0x80080005), and the System log", "its words")
    event = t.wait_for(lambda: events(t, 10010), "event 10010")[0]
    t.contains(str(event), WORKER, "the class that was asked for")
    t.wait_for(lambda: not hosts(t), "the end of the silent process")
    server.kill(signal.SIGTERM)
    t.equal(server.popen.wait(20), 0, "the server's end")


@also_sanitized
def story_a_process_offers_a_class_of_its_own(t):
    stage(t, **{f"HKCR\\AppID\\{APP}\\RunAs": pwd.getpwuid(os.geteuid()).pw_name})
    t.serve()
    offered = 'GetObject("new:{0DD00DD0-0000-0000-0600-000000000000}")'
    done = script(t, CREATE + f"""
On Error Resume Next
{offered}.Value
WScript.Echo Hex(Err.Number) : Err.Clear
cookie = w.Offer
Set o = {offered}
o.Value = "its own"
WScript.Echo o.Pid = w.Pid, o.Value, IsEmpty(w.Value)
w.Revoke CLng(cookie)
Err.Clear
{offered}.Value
WScript.Echo Err.Number <> 0, o.Value""")
    t.equal((done.out, done.err), ("1AD\n-1 its own -1\n-1 its own\n", ""), f"{done}")


@also_sanitized
def story_a_class_is_made_on_the_machine_its_application_names(t):
    stage(t, **{f"HKCR\\AppID\\{APP}\\RemoteServerName": "127.0.0.1[1]"})
    t.equal(said(t, 'WScript.Echo CreateObject("Test.Worker").Pid > 0'), "-1", "a class whose file is here")
    absent = "{0DD00DD0-0000-0000-0700-000000000000}"
    code = f'On Error Resume Next\nSet w = GetObject("new:{absent}")\nWScript.Echo Err.Number, Err.Description'
    t.contains(said(t, code), "429", "a class that nobody has")
    write_settings(t, {f"HKCR\\CLSID\\{absent}\\AppID": APP})
    t.contains(said(t, code), "cannot reach 127.0.0.1", "which machine was asked")


@also_sanitized
def story_a_class_without_a_file_is_an_error_of_its_own(t):
    stage(t)
    t.serve()
    (t.root / "components/worker.so").unlink()
    done = script(t, "On Error Resume Next\n" + CREATE + "WScript.Echo Err.Number <> 0")
    t.equal(done.out, "-1\n", f"{done}")
    t.equal(len(hosts(t)), 1, "the process lives on")


@also_sanitized
def story_a_crash_of_rpcss_leaves_objects_and_their_processes_alone(t):
    stage(t)
    t.write("keep.asp", f"<% If Not IsObject(Session(\"w\")) Then\n{CREATE} Set Session(\"w\") = w\n"
            "End If %><%= Session(\"w\").Pid %>")
    t.serve()
    first = t.get("/keep.asp")
    cookie = {"Cookie": first.headers["Set-Cookie"].split(";")[0]}
    for _ in range(2):
        rpcss = [pid for pid, line in t.descendants() if "rpcss" in line]
        os.kill(rpcss[0], signal.SIGKILL)
        # The next one comes soon, its socket was open all the time, and the first who asks is served.
        t.equal(said(t, CREATE + "WScript.Echo w.Pid"), first.text, "the process that a new object is in")
        t.equal(t.get("/keep.asp", headers=cookie).text, first.text, "the object of the session")


@also_sanitized
def story_who_is_refused_does_not_fill_the_log(t):
    stage(t)
    write_settings(t, {f"HKCR\\AppID\\{APP}\\DllSurrogate": "/usr/bin/other"})
    t.serve()
    done = script(t, "On Error Resume Next\nFor i = 1 To 500\n" + CREATE + "Next\nWScript.Echo Err.Number")
    t.equal(done.out, "429\n", f"{done}")
    count = len(events(t, 10000))
    t.check(20 <= count <= 100, f"events for five hundred refusals: {count}")


def story_constructors_that_do_not_return_hold_up_nobody_else(t):
    stage(t)
    regsvr(t, "/s", component(t, "stuck"))
    regsvr(t, "/s", component(t, "basket"))
    t.serve()
    code = t.write("sleep.vbs", 'Set w = CreateObject("Test.Sleeper", "localhost")')
    sleepers = [t.start("cscript", "//nologo", code, name=f"sleeper-{i}") for i in range(80)]
    threads = lambda: len(os.listdir(f"/proc/{hosts(t)[0]}/task"))
    t.wait_for(lambda: hosts(t) and threads() > 64, "the host's threads, all of which sleep")
    t.equal(said(t, 'WScript.Echo TypeName(CreateObject("Example.Basket", "localhost")) <> ""'), "-1", "another class")
    for sleeper in sleepers:
        sleeper.kill()
    os.kill(hosts(t)[0], signal.SIGKILL)  # it would not end before it must


@also_sanitized
def story_a_class_that_fails_leaves_its_process_alone(t):
    stage(t)
    regsvr(t, "/s", component(t, "stuck"))
    t.serve()
    # Whatever the constructor says, even that a machine is not there: the process has an object.
    done = script(t, CREATE + """w.Value = "kept"
On Error Resume Next
For i = 1 To 6
    Set o = CreateObject("Test.Caller", "localhost")
Next
WScript.Echo Hex(Err.Number), InStr(Err.Description, "RpcSs")
On Error GoTo 0
WScript.Echo w.Value""")
    t.equal((done.out, done.err), ("1CE 0\nkept\n", ""), f"{done}")
    t.equal(len(hosts(t)), 1, "processes")


@also_sanitized
def story_other_machines_reach_what_the_registry_offers(t):
    stage(t)
    port = Rpcss(t, "Test.Worker", "Scripting.Dictionary").port
    t.equal(creating(port, "0D43FE01-F093-11CF-8940-00A0C9054228"), CLASS_NOT_REGISTERED, "one that is not offered")
    t.equal(creating(port, WORKER, level=2), ACCESS_DENIED, "without a signature")
    t.wait_for(lambda: events(t, 10036), "event 10036")
    here = said(t, CREATE + "WScript.Echo w.Pid")
    client, other = Dcom(port, PRIVACY), Dcom(port)
    worker, d = client.create(WORKER), other.create(DICTIONARY)
    t.equal(str(worker("Pid", get=True)["lVal"]), here, "the process that others have")
    t.equal(worker("Caller", get=True)["bstrVal"]["asData"], f"DOM\\{USER}", "who calls")
    d("Add", "key", "value")
    t.equal(d("Count", get=True)["lVal"], 1, "a class without an application of its own")
    t.equal(len([line for _, line in t.descendants() if "B4624C96" in line]), 1, "its process")
    os.kill(int(here), signal.SIGKILL)
    try:
        worker("Pid", get=True)
        t.check(False, "a call of an object that is gone")
    except Exception as error:  # pylint: disable=broad-except
        t.contains(str(error), "RPC_E_DISCONNECTED", "what the client sees")
    t.equal(d("Count", get=True)["lVal"], 1, "the other process lives")
    client.close()  # of all: it keeps one table for a thread
    client = Dcom(port)
    t.check(str(client.create(WORKER)("Pid", get=True)["lVal"]) != here, "a new process")
    client.close()


@also_sanitized
def story_other_machines_come_with_tickets(t):
    kdc = Kdc(t, "host/localhost")
    kdc.keytab.chmod(0o600)
    kdc.ticket("host/localhost")
    os.environ["KRB5CCNAME"] = str(kdc.cache)
    stage(t)
    port = Rpcss(t, "Test.Worker", kdc=kdc, Names="localhost", LegacyAuthenticationLevel=PRIVACY).port
    client = Dcom(port, PRIVACY, kerberos=True)
    worker = client.create(WORKER)
    t.equal(worker("Caller", get=True)["bstrVal"]["asData"], f"{USER}@{REALM}", "who calls")
    worker.release()
    client.close()
