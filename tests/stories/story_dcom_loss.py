# SPDX-License-Identifier: Apache-2.0
"""DCOM when one side dies: what a killed client held goes after three periods, and what a killed
server had is an error for those who held it."""
import pathlib
import re
import sys
import time

from rpc_stage import Kdc
from stage import also_sanitized
from story_dcom import Dcom, Resolver, Rpcss, failure

INVALID_OID = 1911

# Holds two objects by pings until it is killed.
HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from story_dcom import Dcom, Resolver
port = int(sys.argv[2])
clients = [Dcom(port), Dcom(port)]
held = [client.create() for client in clients]
oids = [d.interface.get_oid() for d in held]
pings = Resolver(port)
ping_set = pings.ComplexPing(0, 1, oids, [])["pSetId"]
print(*oids, flush=True)
while True:
    pings.SimplePing(ping_set)
    time.sleep(0.1)
"""


@also_sanitized
def story_what_a_killed_client_held_is_released(t):
    rpcss = Rpcss(t, PingPeriod=1)
    holder = t.start(sys.executable, t.write(t.root / "holder.py", HOLDER),
                     pathlib.Path(__file__).parent, rpcss.port, name="holder")
    oids = t.wait_for(lambda: re.match(r"(\d+) (\d+)\n", holder.out), "the client that holds two")
    clients = [Dcom(rpcss.port), Dcom(rpcss.port)]
    ours, unpinged = [client.create() for client in clients]
    pings = Resolver(rpcss.port)
    ping_set = pings.ComplexPing(0, 1, [ours.interface.get_oid()], [])["pSetId"]

    def ping_until(predicate, what):
        return t.wait_for(lambda: pings.SimplePing(ping_set) and predicate(), what)

    def check_gone(oid, what):
        t.equal(failure(lambda: pings.ComplexPing(ping_set, 2, [oid], [])), INVALID_OID, what)

    # Time passes for all: what nobody pings goes, and what both clients hold stays.
    ping_until(lambda: rpcss.objects() == 3, "the unpinged object")
    check_gone(unpinged.interface.get_oid(), "the unpinged object")
    t.equal(holder.status, None, "the status of the client that holds two")

    holder.kill()
    ping_until(lambda: rpcss.objects() == 1, "what the killed one held")
    for oid in oids.groups():
        check_gone(int(oid), "an object of the killed client")
    ours("Add", "key", "value")
    t.equal(ours("Count", get=True)["lVal"], 1, "the other client's object")
    rpcss.stop()


# What RPC_S_SERVER_UNAVAILABLE (0x800706BA) is to VBScript: error 462.
UNAVAILABLE = "1CE The remote server machine does not exist or is unavailable"

SCRIPT = """
Set files = CreateObject("Scripting.FileSystemObject")
Set d = CreateObject("Scripting.Dictionary", "localhost[{port}]")
d.Add "one", 1
WScript.Echo "holds " & d.Count
Wait "killed"
On Error Resume Next
n = d.Count
WScript.Echo "call " & Hex(Err.Number) & " " & Err.Description
Err.Clear
Set e = CreateObject("Scripting.Dictionary", "localhost[{port}]")
WScript.Echo "create " & Hex(Err.Number) & " " & Err.Description
Err.Clear
Wait "again"
Set e = CreateObject("Scripting.Dictionary", "localhost[{port}]")
e.Add "two", 2
e.Add "three", 3
WScript.Echo "new " & Hex(Err.Number) & " " & e.Count
Err.Clear
n = d.Count
WScript.Echo "old " & Hex(Err.Number) & " " & Err.Description

Sub Wait(name)
    Do Until files.FileExists("{folder}/" & name)
        WScript.Sleep 20
    Loop
End Sub
"""


@also_sanitized
def story_a_script_survives_the_death_of_the_server(t):
    kdc = Kdc(t, "RPCSS/localhost", "host/localhost")
    rpcss = Rpcss(t, kdc=kdc, Names="localhost")
    script = t.start("cscript", "//nologo", t.write(t.root / "hold.vbs", SCRIPT.format(
        port=rpcss.port, folder=t.root)), env=kdc.env)
    t.wait_for(lambda: script.out == "holds 1\n", "the script that holds an object")

    rpcss.kill()
    killed = time.monotonic()
    t.write(t.root / "killed", "")
    t.wait_for(lambda: "create " in script.out, "the call, and the activation, that fail")
    # A connection that is refused is known at once; ten seconds are for a machine that is silent.
    t.check(time.monotonic() - killed < 10, "the call failed only after the time-out")
    words = script.out.split("\n")
    t.equal(words[1], f"call {UNAVAILABLE}", "what the call was told")
    t.contains(words[2], f"create {UNAVAILABLE}: 'Scripting.Dictionary': cannot reach localhost: ",
               "what the activation was told")

    Rpcss(t, kdc=kdc, port=rpcss.port, Names="localhost")
    t.write(t.root / "again", "")
    t.wait_for(lambda: script.status is not None, "the end of the script")
    t.equal(script.err, "", "errors of the script")
    words = script.out.split("\n")
    t.equal(words[3:5], ["new 0 2", "old 80010108 The object invoked has disconnected from its "
                         "clients"], "the script with the new server")
