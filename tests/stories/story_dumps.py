# SPDX-License-Identifier: Apache-2.0
"""What passes, word for word: tshark's text of exchanges is compared with tests/stories/dumps/, and it finds nothing wrong in
them. Clients are impacket, which says what it likes, and ours."""
from dumps import expected, findings
from rpc_stage import Kdc, PASSWORD, Recorder, Server, USER
from stage import also_sanitized
from story_dcom import Dcom, INTEGRITY, PRIVACY, Resolver, Rpcss, failure, use_dictionary
from story_rpc import client

# tshark reads the results of ServerAlive2 without the padding behind the addresses, so they are to be an even number of
# characters: as with one name of this length.
NAME = "127.0.0.1"
READ_SEALED = ["-o", f"ntlmssp.nt_password:{PASSWORD}"]


def call_all(t, port):
    """Each call that a dump shows, once or twice."""
    from impacket.dcerpc.v5 import dcomrt
    from impacket.dcerpc.v5.dcom import oaut
    from impacket.uuid import string_to_bin
    impacket = Dcom(port, INTEGRITY, through=port)
    d = impacket.create()
    d("Add", "key", "value")
    t.equal(d("Item", "key", get=True)["bstrVal"]["asData"], "value", "an item")
    failure(lambda: d("Add", "key", "again"))
    failure(lambda: d.dispatch.GetIDsOfNames(("Nothing",)))
    unknown = dcomrt.IRemUnknown2(d.interface)
    unknown.RemQueryInterface(1, (oaut.IID_IDispatch,))
    failure(lambda: unknown.RemQueryInterface(1, (string_to_bin("00020404-0000-0000-C000-000000000046"),)))
    resolver = Resolver(port)
    resolver.ServerAlive2()
    resolver.ResolveOxid2(d.interface.get_oxid(), (7,))
    ping = resolver.ComplexPing(0, 1, [d.interface.get_oid()], [])
    resolver.SimplePing(ping["pSetId"])
    failure(lambda: resolver.SimplePing(77))
    release(unknown, 6)
    t.contains(str(raised(lambda: d("Count", get=True))), "RPC_E_DISCONNECTED", "a call of what was released")
    d.interface.disconnect()
    impacket.close()


def release(unknown, count):
    """Several references at once, which impacket has no function for."""
    from impacket.dcerpc.v5 import dcomrt
    reference, request = dcomrt.REMINTERFACEREF(), dcomrt.RemRelease()
    reference["ipid"], reference["cPublicRefs"] = unknown.get_iPid(), count
    request["ORPCthis"] = unknown.get_cinstance().get_ORPCthis()
    request["ORPCthis"]["flags"] = 0
    request["cInterfaceRefs"] = 1
    request["InterfaceRefs"].append(reference)
    unknown.request(request, dcomrt.IID_IRemUnknown, unknown.get_ipidRemUnknown())


def raised(call):
    """The exception that it ends with."""
    try:
        return call()
    except Exception as error:  # pylint: disable=broad-except
        return error


@also_sanitized
def story_what_impacket_hears(t):
    rpcss = Rpcss(t, Names=NAME)
    recorder = Recorder(t, rpcss.port)
    call_all(t, recorder.port)
    recorder.close()
    t.equal(findings(t, recorder), [], "what tshark finds")
    # Connections in the order of their beginning: each question to the resolver has one of its own.
    expected(t, recorder, "activation", "tcp.stream == 0")
    expected(t, recorder, "object", "tcp.stream == 1")
    expected(t, recorder, "resolver", "tcp.stream >= 2")
    rpcss.stop()


@also_sanitized
def story_what_is_sealed_can_be_read_with_the_key(t):
    rpcss = Rpcss(t, Names=NAME, LegacyAuthenticationLevel=PRIVACY)
    recorder = Recorder(t, rpcss.port)
    use_dictionary(t, rpcss.port, PRIVACY, through=recorder.port)
    recorder.close()
    t.equal(findings(t, recorder, options=READ_SEALED), [], "what tshark finds")
    expected(t, recorder, "sealed", "dispatch && frame.number < 13", READ_SEALED)
    rpcss.stop()


class Recorded:
    """rpcss that takes tickets, behind a recorder at the address that it gives as its own; tshark has its key."""

    address = "127.0.0.2"

    def __init__(self, t):
        self.t, self.kdc = t, Kdc(t, f"RPCSS/{self.address}", "host/localhost")
        self.keys = ["-K", self.kdc.keytab, "-o", "kerberos.decrypt:TRUE"]
        self.rpcss = Rpcss(t, kdc=self.kdc, Names=self.address)
        self.recorder = Recorder(t, self.rpcss.port, address=self.address)

    def script(self, *lines):
        """Runs a script, in which MACHINE is the server."""
        text = "\n".join([f'Const MACHINE = "{self.address}[{self.rpcss.port}]"', *lines])
        done = self.t.run("cscript", "//nologo", self.t.write(self.t.root / "remote.vbs", text), env=self.kdc.env)
        self.t.equal(done.err, "", "errors of the script")
        self.recorder.close()
        self.rpcss.stop()
        return done.out


@also_sanitized
def story_what_our_client_says(t):
    server = Recorded(t)
    out = server.script('Set d = CreateObject("Scripting.Dictionary", MACHINE)', 'd.Add "one", 1', 'WScript.Echo d("one")')
    t.equal(out, "1\n", "what the script said")
    t.equal(findings(t, server.recorder, options=server.keys), [], "what tshark finds")
    expected(t, server.recorder, "client", options=server.keys)


@also_sanitized
def story_our_client_gives_values_of_all_types(t):
    """And gets them, objects as well. What tshark 4.0 cannot read is not among them: Null, arrays of VARIANTs, enumerators."""
    server = Recorded(t)
    values = ["CByte(200)", "-5", "70000", "1.5", "CSng(2.5)", "#2026-01-02#", "CCur(3.25)", "True", "Empty", "inner"]
    out = server.script('Set outer = CreateObject("Scripting.Dictionary", MACHINE)',
                        'Set inner = CreateObject("Scripting.Dictionary", MACHINE)',
                        *[f'outer.Add {key}, {value}' for key, value in enumerate(values)],
                        'WScript.Echo outer(3) & " " & TypeName(outer(6)) & " " & outer(9).Count')
    t.equal(out, "1.5 Currency 0\n", "what the script said")
    t.equal(findings(t, server.recorder, options=server.keys), [], "what tshark finds")
    expected(t, server.recorder, "variants", "dispatch && dcerpc.opnum == 6 && dcerpc.pkt_type == 0", server.keys)


@also_sanitized
def story_what_the_endpoint_mapper_says(t):
    server = Server(t)
    recorder = Recorder(t, server.epmapper)
    done = client(t, server, "--mapper", "--epmapper", recorder.port)
    t.equal(done.status, 0, f"asking the endpoint mapper: {done.out}")
    recorder.close()
    t.equal(findings(t, recorder), [], "what tshark finds")
    expected(t, recorder, "epmapper")
    server.stop()
