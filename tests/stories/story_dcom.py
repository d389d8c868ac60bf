# SPDX-License-Identifier: Apache-2.0
"""DCOM judged by others: impacket creates and calls objects of rpcss, smbtorture asks its resolver,
tshark reads what passes."""
import os
import re
import threading
import time

from rpc_stage import (EPMAPPER, IMPACKET, Kdc, PASSWORD, REALM, Recorder, USER, dissect, free_address,
                       impacket_transport, smbtorture)
from stage import also_sanitized

DICTIONARY = "EE09B103-97E0-11CF-978F-00A02463E06F"
IMAGE = "02B01C80-E03D-101A-B294-00DD010F2BF9"  # what smbtorture asks for
INTEGRITY, PRIVACY = 5, 6
WINDOWS = {"EnableDCOM": r"HKLM\SOFTWARE\Microsoft\Ole", "LegacyAuthenticationLevel": r"HKLM\SOFTWARE\Microsoft\Ole",
           "Ports": r"HKLM\SOFTWARE\Microsoft\Rpc\Internet"}
SETTINGS = r"HKLM\SOFTWARE\Surrogate\DCOM"
ELSEWHERE = {"Ports": r"HKLM\SOFTWARE\Microsoft\Rpc\Internet", "LegacyAuthenticationLevel": r"HKLM\SOFTWARE\Microsoft\Ole"}


class Rpcss:
    """The server with the service RpcSs open to other machines, and what is written into its registry before; who asks for
    the class `stands_for` gets a dictionary."""

    def __init__(self, t, *classes, stands_for=None, kdc=None, address="127.0.0.1", port=0, **values):
        self.t, self.port = t, port or t.free_port()
        users = t.write(t.root / "users", f"DOM:{USER}:{PASSWORD}\n", 0o600)
        values = {"EnableDCOM": "Y", "Port": self.port, "Address": address,
                  "NtlmUsers": str(users), **({"Keytab": str(kdc.keytab)} if kdc else {}), **values}
        for name in classes or ["Scripting.Dictionary"]:
            values[f"Classes\\{name}"] = 1
        if stands_for:
            values[f"Classes\\{{{stands_for}}}"] = "Scripting.Dictionary"
        write_settings(t, values)
        t.serve()

    def pid(self):
        """Its process."""
        return next(p["pid"] for p in self.t.status()["processes"] if p["service"] == "RpcSs" and not p["appId"])

    def objects(self):
        """How many objects others hold, as the service control manager has heard."""
        return sum(p["active"] for p in self.t.status()["processes"] if p["service"] == "RpcSs" and p["appId"])

    def stop(self):
        """Ends the server, which must have lived until now and end well."""
        self.t.stop()

    def kill(self):
        """Ends all its processes as a power failure would."""
        server, self.t.server = self.t.server, None
        server.kill()
        server.popen.wait(20)
        self.t.wait_for(lambda: not [pid for pid, line in self.t.descendants() if "/bin/" in line and
                                     re.search("rpcss|dllhost|inetinfo", line)], "the end of all its processes")


def write_settings(t, values):
    """Values of the registry by their paths; names alone are DCOM's."""
    lines = ['Set sh = CreateObject("WScript.Shell")']
    for path, value in values.items():
        if path in WINDOWS:
            path = f"{WINDOWS[path]}\\{path}"
        elif not path.startswith("HK"):
            path = f"{SETTINGS}\\{path}"
        text = f'"{value}", "REG_SZ"' if isinstance(value, str) else f'{value}, "REG_DWORD"'
        lines.append(f'sh.RegWrite "{path}", {text}')
    t.state.mkdir(exist_ok=True)
    done = t.run("cscript", "//nologo", t.write(t.root / "settings.vbs", "\n".join(lines)))
    t.equal((done.out, done.err, done.status), ("", "", 0), "writing the settings")


class Dcom:
    """impacket as a DCOM client of `port`; with `through` all its connections go there instead."""

    def __init__(self, port, level=INTEGRITY, through=None, kerberos=False):
        from impacket.dcerpc.v5 import dcomrt

        class Factory:
            @staticmethod
            def DCERPCTransportFactory(binding):  # pylint: disable=invalid-name
                if through:
                    binding = re.sub(r"\[\d+\]$", "", binding)
                return impacket_transport(binding if "[" in binding else f"{binding}[{through or port}]")

        class Pinger(threading.Timer):
            daemon = True
        # It knows no other port than 135, waits for 300 s, and does not let its process end while it pings.
        dcomrt.transport, dcomrt.Timer = Factory, Pinger
        if kerberos:
            self.connection = dcomrt.DCOMConnection("localhost", USER, "", REALM, authLevel=level,
                                                    doKerberos=True)
        else:
            self.connection = dcomrt.DCOMConnection("127.0.0.1", USER, PASSWORD, "DOM",
                                                    authLevel=level)

    def create(self, clsid=DICTIONARY):
        from impacket.dcerpc.v5.dcom import oaut
        from impacket.uuid import string_to_bin
        made = self.connection.CoCreateInstanceEx(string_to_bin(clsid), oaut.IID_IDispatch)
        return Automation(made)

    def close(self):
        self.connection.disconnect()


class Automation:
    """An object by IDispatch, with texts as arguments."""

    def __init__(self, interface):
        from impacket.dcerpc.v5.dcom import oaut
        self.oaut, self.interface = oaut, interface
        self.dispatch = oaut.IDispatch(interface)

    def _bstr(self, text):
        v = self.oaut.VARIANT(None, False)
        v["clSize"], v["vt"] = 5, self.oaut.VARENUM.VT_BSTR
        v["_varUnion"]["tag"] = self.oaut.VARENUM.VT_BSTR
        v["_varUnion"]["bstrVal"]["asData"] = text
        return v

    def __call__(self, name, *args, get=False, exception=True):
        from impacket.dcerpc.v5.dtypes import NULL
        member = self.dispatch.GetIDsOfNames((name,))[0]
        p = self.oaut.DISPPARAMS(None, False)
        p["rgdispidNamedArgs"], p["cArgs"], p["cNamedArgs"] = NULL, len(args), 0
        if not args:
            p["rgvarg"] = NULL
        for text in reversed(args):
            p["rgvarg"].append(self._bstr(text))
        kind = self.oaut.DISPATCH_PROPERTYGET if get else self.oaut.DISPATCH_METHOD
        kind |= 0 if exception else 0x40000  # DISPATCH_zeroExcepInfo: words of a failure go beside the result
        return self.dispatch.Invoke(member, 0x409, kind, p, 0, [], [])["pVarResult"]["_varUnion"]

    def release(self):
        self.dispatch.RemRelease()
        self.interface.disconnect()


def creating(port, clsid=DICTIONARY, **options):
    """The code with which creating an object fails; 0: it does not."""
    client = Dcom(port, **options)
    try:
        return failure(lambda: client.create(clsid))
    finally:
        client.close()


def failure(call):
    """The code of the exception that a call of impacket ends with; 0 without."""
    try:
        call()
        return 0
    except Exception as error:  # pylint: disable=broad-except
        return error.get_error_code()


def use_dictionary(t, port, level, **options):
    client = Dcom(port, level, **options)
    d = client.create()
    d("Add", "key", "value")
    t.equal(d("Item", "key", get=True)["bstrVal"]["asData"], "value", "an item")
    t.equal(d("Count", get=True)["lVal"], 1, "the count")
    try:
        d("Add", "key", "again")
        t.check(False, "a key twice is an error")
    except Exception as error:  # pylint: disable=broad-except
        raised = error.get_packet()["pExcepInfo"]
        t.equal(raised["scode"] & 0xffffffff, 0x800A01C9, "what the object raised")
        t.contains(raised["bstrDescription"]["asData"], "already associated", "its words")
    t.equal(failure(lambda: d.dispatch.GetIDsOfNames(("Nothing",))), 0x80020006, "no such name")
    d.release()
    client.close()


@also_sanitized
def story_impacket_creates_and_calls_an_object(t):
    for level in (INTEGRITY, PRIVACY):
        # impacket calls objects at the level that the server wants.
        rpcss = Rpcss(t, LegacyAuthenticationLevel=level)
        use_dictionary(t, rpcss.port, level)
        rpcss.stop()


@also_sanitized
def story_impacket_creates_an_object_with_kerberos(t):
    kdc = Kdc(t, "host/localhost")
    kdc.ticket("host/localhost")
    os.environ["KRB5CCNAME"] = str(kdc.cache)
    rpcss = Rpcss(t, kdc=kdc, Names="localhost", LegacyAuthenticationLevel=PRIVACY)
    # impacket 0.10 cannot sign alone with Kerberos in Python 3.
    use_dictionary(t, rpcss.port, PRIVACY, kerberos=True)
    rpcss.stop()


@also_sanitized
def story_a_script_creates_an_object_on_another_machine(t):
    kdc = Kdc(t, "RPCSS/localhost", "host/localhost")
    rpcss = Rpcss(t, kdc=kdc, Names="localhost, 127.0.0.1", PingPeriod=1)
    script = t.write(t.root / "remote.vbs", f"""
Set d = CreateObject("Scripting.Dictionary", "localhost[{rpcss.port}]")
d.Add "one", 1
d.Add "two", "zwei"
d("one") = d("one") + 41
WScript.Echo d.Count & " " & d("one") & " " & d("two")
For Each key In d.Keys
    WScript.Echo key
Next
Set inner = CreateObject("Scripting.Dictionary", "localhost[{rpcss.port}]")
inner.Add "deep", 7
Set d("inner") = inner
WScript.Echo d("inner")("deep")
On Error Resume Next
d.Add "one", 2
WScript.Echo Hex(Err.Number) & " " & Err.Description
Err.Clear
Set e = CreateObject("Scripting.FileSystemObject", "localhost[{rpcss.port}]")
WScript.Echo Hex(Err.Number)
""")
    done = t.run("cscript", "//nologo", script, env=kdc.env)
    t.equal(done.err, "", "errors of the script")
    t.equal(done.out.split("\n")[:5], ["2 42 zwei", "one", "two", "7", "1C9 This key is already "
            "associated with an element of this collection"], "what it did")
    t.check(done.out.split("\n")[5] != "0", "a class that is not for others")
    rpcss.stop()


@also_sanitized
def story_activation_is_refused_to_who_may_not(t):
    rpcss = Rpcss(t)
    t.check(creating(rpcss.port, level=2) in (5, 0x80070005), "activation at connect level")
    event = t.wait_for(lambda: [e for e in t.events() if e["id"] == 10036], "event 10036")[0]
    t.equal((event["pid"], event["source"], event["level"]),
            (rpcss.pid(), "Microsoft-Windows-DistributedCOM", "Error"), "the event")
    t.equal(event["parameters"], ["DOM", USER, "S-1-0-0", "127.0.0.1"], "whom it names")
    t.equal(creating(rpcss.port, IMAGE), 0x80040154, "a class that is not for others")
    rpcss.stop()


@also_sanitized
def story_refusals_go_to_the_event_log_in_measure(t):
    rpcss = Rpcss(t)
    started = time.monotonic()
    for _ in range(30):
        creating(rpcss.port, level=2)
    count = len([e for e in t.events() if e["id"] == 10036])
    # A burst of 20, and two a second.
    most = 20 + 2 * (time.monotonic() - started)
    t.check(20 <= count <= most, f"{count} events of 30 refusals, {most} at most")
    rpcss.stop()


@also_sanitized
def story_impacket_gets_and_releases_interfaces(t):
    from impacket.dcerpc.v5 import dcomrt
    from impacket.dcerpc.v5.dcom import oaut
    from impacket.uuid import string_to_bin
    rpcss = Rpcss(t)
    client = Dcom(rpcss.port, PRIVACY)
    d = client.create()
    unknown = dcomrt.IRemUnknown2(d.interface)
    again = unknown.RemQueryInterface(3, (oaut.IID_IDispatch,))
    t.equal((again.get_iPid(), again.get_oxid()), (d.interface.get_iPid(), d.interface.get_oxid()),
            "the same interface of the same object")
    enumerator = string_to_bin("00020404-0000-0000-C000-000000000046")
    t.equal(failure(lambda: unknown.RemQueryInterface(1, (enumerator,))), 0x80004002, "an interface it has not")
    t.equal([result["Data"] for result in unknown.RemAddRef()["pResults"]], [0], "one reference more")
    references = dcomrt.OBJREF_STANDARD(d.interface.get_objRef())["std"]["cPublicRefs"] + 3 + 1
    for _ in range(references):
        t.equal(d("Count", get=True)["lVal"], 0, "a call while there is a reference")
        t.equal(unknown.RemRelease()["ErrorCode"], 0, "releasing")
    try:
        d("Count", get=True)
        t.check(False, "a call of what was released is an error")
    except Exception as error:  # pylint: disable=broad-except
        t.contains(str(error), "RPC_E_DISCONNECTED", "a call of what was released")
    d.interface.disconnect()
    client.close()
    rpcss.stop()


@also_sanitized
def story_impacket_lists_what_rpcss_offers(t):
    address = free_address()
    rpcss = Rpcss(t, address=address, port=EPMAPPER)
    done = t.run("/usr/bin/python3", f"{IMPACKET}/rpcdump.py", address)
    found = re.findall(rf"^UUID    : (\S+) (v\S+) (.*)\nBindings: \n +ncacn_ip_tcp:{address}\[135\]\n", done.out, re.M)
    t.equal(set(found), {
        ("E1AF8308-5D1F-11C9-91A4-08002B14A0FA", "v3.0", "Endpoint mapper"),
        ("AFA8BD80-7D8A-11C9-BEF4-08002B102989", "v1.0", "Management"),
        ("99FCFEC4-5260-101B-BBCB-00AA0021347A", "v0.0", "DCOM object resolver"),
        ("4D9F4AB8-7D1C-11CF-861E-0020AF6E7C57", "v0.0", "DCOM activation"),
        ("000001A0-0000-0000-C000-000000000046", "v0.0", "DCOM activation"),
    }, f"what rpcdump finds: {done}")
    t.contains(done.out, "Received 5 endpoints.", "and no more")
    # What objects have is not in the endpoint map, but offered at the same port.
    for args in (["-auth-level", 1], ["-auth-rpc", f"DOM/{USER}:{PASSWORD}"]):
        done = t.run("/usr/bin/python3", f"{IMPACKET}/rpcmap.py", *args, f"ncacn_ip_tcp:{address}[135]")
        offered = set(re.findall(r"^UUID: (\S+) v", done.out, re.M))
        objects = {f"{number}-0000-0000-C000-000000000046" for number in ("00000131", "00000143", "00020400", "00000001")}
        t.equal(({uuid for uuid, _, _ in found} | objects) - offered, set(), f"what rpcmap does not find: {done}")
    rpcss.stop()


def connect(port):
    return impacket_transport(f"ncacn_ip_tcp:127.0.0.1[{port}]").get_dce_rpc()


class Resolver:
    """The methods of IObjectExporter by their names; each call on a connection of its own, as impacket has it."""

    def __init__(self, port):
        self.port = port

    def __getattr__(self, name):
        from impacket.dcerpc.v5 import dcomrt

        def call(*args):
            dce = connect(self.port)
            try:
                return getattr(dcomrt.IObjectExporter(dce), name)(*args)
            finally:
                dce.disconnect()
        return call


@also_sanitized
def story_clients_learn_where_objects_are(t):
    ports = t.free_port()
    rpcss = Rpcss(t, Names="outside.example, 127.0.0.1", Ports=f"{ports}-{ports + 20}")
    resolver = Resolver(rpcss.port)
    t.equal(resolver.ServerAlive()["ErrorCode"], 0, "ServerAlive")
    names = [b["aNetworkAddr"].rstrip("\0") for b in resolver.ServerAlive2()]
    t.equal(names, ["outside.example", "127.0.0.1"], "how the machine is called, without ports")
    client = Dcom(rpcss.port)
    d = client.create()
    found = resolver.ResolveOxid2(d.interface.get_oxid(), (7,))
    where = [re.fullmatch(r"(.+)\[(\d+)\]", b["aNetworkAddr"].rstrip("\0")) for b in found]
    t.equal([w[1] for w in where], names, "how the exporter is called")
    t.check(all(ports <= int(w[2]) <= ports + 20 for w in where), "a port of the range")
    t.check(int(where[0][2]) != rpcss.port, "a port of its own")
    t.equal(failure(lambda: resolver.ResolveOxid2(12345, (7,))), 1910, "no such exporter")
    t.equal(failure(lambda: resolver.SimplePing(77)), 1912, "no such ping set")
    ping = resolver.ComplexPing(0, 1, [d.interface.get_oid()], [])
    t.equal(resolver.SimplePing(ping["pSetId"])["ErrorCode"], 0, "a ping of the set")
    d.release()
    client.close()
    rpcss.stop()


@also_sanitized
def story_no_port_opens_unless_the_registry_says_so(t):
    rpcss = Rpcss(t, EnableDCOM="N")
    try:
        t.connect(rpcss.port).close()
        t.check(False, "nobody listens")
    except ConnectionRefusedError:
        pass
    t.check(rpcss.pid(), "callers of this machine are served")
    rpcss.stop()


@also_sanitized
def story_smbtorture_activates_and_resolves(t):
    address = free_address()
    rpcss = Rpcss(t, stands_for=IMAGE, address=address, port=EPMAPPER)
    shim = t.build / "tests/unit/rpc/smbtorture-remact.so"
    env = {"LD_PRELOAD": str(shim)}  # it says what is wrong with smbtorture
    binding = f"ncacn_ip_tcp:{address}[sign]"
    passed, failed, said = smbtorture(t, binding, "rpc.remact", env=env)
    t.equal((passed, failed), (["remact.RemoteActivation"], []), said)
    passed, failed, said = smbtorture(t, binding, "rpc.oxidresolve", env=env)
    t.equal(passed, [f"oxidresolver.{name}" for name in ("ServerAlive", "ServerAlive2", "ResolveOxid", "ResolveOxid2")],
            said)
    # The tests of pings are faulty: one sends an IPID, of 16 bytes, as the number of an object, of 8; the other a number of
    # a set that it never got.
    t.equal(failed, ["oxidresolver.ComplexPing", "oxidresolver.SimplePing"], said)
    t.contains(said, "ComplexPing: NT code 0xc00006c6", "an array of fewer bytes than there are")
    t.contains(said, "WERR_OR_INVALID_SET", "no such set")
    passed, failed, said = smbtorture(t, binding, "rpc.mgmt")
    t.equal((passed, failed), (["mgmt"], []), said)
    for name in ("epmapper", "IOXIDResolver", "IRemoteActivation"):
        t.contains(said, f"Testing pipe '{name}'\n\tserver is listening", "what is managed")
    rpcss.stop()


@also_sanitized
def story_words_of_a_failed_method_come_back(t):
    from story_com import component, regsvr
    regsvr(t, component(t, "basket"))
    kdc = Kdc(t, "RPCSS/localhost", "host/localhost")
    rpcss = Rpcss(t, "Example.Basket", kdc=kdc, Names="localhost, 127.0.0.1")
    script = t.write(t.root / "words.vbs", f"""
Set b = CreateObject("Example.Basket", "localhost[{rpcss.port}]")
On Error Resume Next
b.Add 1, 0
WScript.Echo Hex(Err.Number) & " " & Err.Source & ": " & Err.Description
""")
    done = t.run("cscript", "//nologo", script, env=kdc.env)
    t.equal((done.out, done.err), ("80070057 Example.Basket: A basket takes one thing or more.\n", ""),
            "what the script hears")
    recorder = Recorder(t, rpcss.port)
    client = Dcom(rpcss.port, through=recorder.port)
    basket = client.create("B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11")
    failure(lambda: basket("Add", "1", "0", exception=False))
    basket.release()
    client.close()
    recorder.close()
    rows = dissect(t, recorder, "dcom.extent.id", "dcom.hresult", "_ws.col.Info")
    t.equal([row[:2] for row in rows if row[0]],
            [["0000031c-0000-0000-c000-000000000046", "0x80070057"]], "what tshark reads beside the result")
    rpcss.stop()


def text(bstr):
    """What an impacket BSTR says."""
    return bstr["asData"]


@also_sanitized
def story_impacket_reads_type_information(t):
    """The ITypeInfo that a component's IDispatch has over the tables of its IDL."""
    from story_com import component, regsvr
    regsvr(t, component(t, "basket"))
    rpcss = Rpcss(t, "Example.Basket", Names="127.0.0.1")
    client = Dcom(rpcss.port)
    basket = client.create("B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11")
    info = basket.dispatch.GetTypeInfo()
    about = info.GetTypeAttr()["ppTypeAttr"]
    # TKIND_DISPATCH; dual, OLE automation, dispatchable.
    t.equal((about["typeKind"], about["cFuncs"], about["cImplTypes"], about["wTypeFlags"]), (4, 3, 1, 0x1140),
            "what IBasket is")
    t.equal(bytes(about["guid"]).hex(), "9e4b0d5a1b8c7c4e9c550b1e7d2a9f30", "its identifier")
    members = {}
    for index in range(about["cFuncs"]):
        function = info.GetFuncDesc(index)["ppFuncDesc"]
        names = [text(name) for name in info.GetNames(function["memid"])["rgBstrNames"]]
        members[names[0]] = (function["memid"], function["invkind"], names[1:], function["cParamsOpt"],
                             function["elemdescFunc"]["tdesc"]["vt"])
    void, integer, currency = 24, 3, 6
    t.equal(members, {"Add": (2, 1, ["price", "count"], 1, void), "Count": (1, 2, [], 0, integer),
                      "Total": (0, 2, [], 0, currency)}, "its members")
    said = info.GetDocumentation(-1)
    t.equal(text(said["pBstrName"]), "IBasket", "its name")
    info.RemRelease()
    basket.release()
    client.close()
    rpcss.stop()
