# SPDX-License-Identifier: Apache-2.0
"""DCE/RPC judged by others: impacket and smbtorture against our server, our client against
Kerberos, tshark between them."""
import os
import re
import struct

from rpc_stage import Kdc, PASSWORD, REALM, Recorder, Server, USER, dissect
from stage import also_sanitized, long_story

ECHO = ("60a15ec5-4de8-11d7-a637-005056a20182", "1.0")
ECHO_DATA, WHO = 1, 20
LEVELS = {"connect": 2, "packet": 4, "integrity": 5, "privacy": 6}


def impacket_dce(port, interface, host="127.0.0.1", level=1, service=None, kerberos=False):
    """A bound connection of impacket."""
    from impacket.dcerpc.v5 import transport
    from impacket.uuid import uuidtup_to_bin
    link = transport.DCERPCTransportFactory(f"ncacn_ip_tcp:{host}[{port}]")
    if service:
        link.set_credentials(USER, "" if kerberos else PASSWORD, REALM if kerberos else "DOM")
    if kerberos:
        link.set_kerberos(True)
    dce = link.get_dce_rpc()
    if service:
        dce.set_auth_type(service)
    dce.set_auth_level(level)
    dce.connect()
    if interface:
        dce.bind(uuidtup_to_bin(interface))
    return dce


def call(dce, opnum, stub):
    dce.call(opnum, stub)
    return dce.recv()


def who(dce):
    return call(dce, WHO, b"\0\0\0\0")[4:].rstrip(b"\xbb\0").decode()


def check_echo(t, dce, length, what):
    data = bytes(i * 5 & 255 for i in range(length))
    head = struct.pack("<I", length)
    t.equal(call(dce, ECHO_DATA, head + head + data)[:4 + length], head + data, what)


@also_sanitized
def story_impacket_lists_the_endpoint_map(t):
    from impacket.dcerpc.v5 import epm
    from impacket.uuid import uuidtup_to_bin
    server = Server(t)
    dce = impacket_dce(server.epmapper, None)
    entries = epm.hept_lookup(None, dce=dce)
    seen = {epm.PrintStringBinding(entry["tower"]["Floors"]) for entry in entries}
    t.equal(seen, {f"ncacn_ip_tcp:127.0.0.1[{server.epmapper}]",
                   f"ncacn_ip_tcp:127.0.0.1[{server.echo}]"}, "bindings in the map")
    notes = sorted({entry["annotation"].rstrip(b"\0") for entry in entries})
    t.equal(notes, [b"Echo", b"Endpoint mapper", b"Management"], "annotations")
    dce.disconnect()
    dce = impacket_dce(server.epmapper, None)
    found = epm.hept_map("127.0.0.1", uuidtup_to_bin(ECHO), protocol="ncacn_ip_tcp", dce=dce)
    t.equal(found, f"ncacn_ip_tcp:127.0.0.1[{server.echo}]", "where the echo interface is")
    dce.disconnect()
    done = t.run("/usr/bin/python3", "/usr/share/doc/python3-impacket/examples/rpcmap.py",
                 f"ncacn_ip_tcp:127.0.0.1[{server.echo}]")
    t.contains(done.out.upper(), ECHO[0].upper(), "what rpcmap finds through mgmt")
    server.stop()


@also_sanitized
def story_impacket_calls_at_each_level_with_ntlm(t):
    from impacket.dcerpc.v5 import rpcrt
    server = Server(t)
    for name, level in LEVELS.items():
        dce = impacket_dce(server.echo, ECHO, level=level, service=rpcrt.RPC_C_AUTHN_WINNT)
        if name == "packet":
            # impacket sends no signature at this level, which must not pass.
            try:
                who(dce)
            except Exception as error:  # pylint: disable=broad-except
                t.contains(str(error), "access_denied", "the refusal")
            else:
                t.check(False, "a request without its signature was served")
            continue
        t.equal(who(dce), f"{level} DOM\\{USER} 3", f"the caller at level {name}")
        check_echo(t, dce, 20000, f"data at level {name}")
        dce.disconnect()
    server.stop()


def story_impacket_calls_at_each_level_with_kerberos(t):
    from impacket.dcerpc.v5 import rpcrt
    kdc = Kdc(t, "host/localhost")
    kdc.ticket("host/localhost")
    os.environ["KRB5CCNAME"] = str(kdc.cache)
    server = Server(t, "--keytab", kdc.keytab, env=kdc.env)
    # The signature without encryption of impacket 0.10 does not work in Python 3.
    for name in ("connect", "privacy"):
        level = LEVELS[name]
        dce = impacket_dce(server.echo, ECHO, host="localhost", level=level, kerberos=True,
                           service=rpcrt.RPC_C_AUTHN_GSS_NEGOTIATE)
        t.equal(who(dce), f"{level} {USER}@{REALM} 3", f"the caller at level {name}")
        check_echo(t, dce, 20000, f"data at level {name}")
        dce.disconnect()
    server.stop()
