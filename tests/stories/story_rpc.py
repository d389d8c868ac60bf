# SPDX-License-Identifier: Apache-2.0
"""DCE/RPC judged by others: impacket and smbtorture against our server, our client against
Kerberos, tshark between them."""
import os
import re
import struct

from rpc_stage import (EPMAPPER, IMPACKET, Kdc, PASSWORD, REALM, Recorder, Server, USER, dissect, free_address,
                       impacket_transport, smbtorture)
from stage import also_sanitized, long_story

ECHO = ("60a15ec5-4de8-11d7-a637-005056a20182", "1.0")
ECHO_DATA, WHO = 1, 20
LEVELS = {"connect": 2, "packet": 4, "integrity": 5, "privacy": 6}


def impacket_dce(port, interface, host="127.0.0.1", level=1, service=None, kerberos=False):
    """A bound connection of impacket."""
    from impacket.uuid import uuidtup_to_bin
    link = impacket_transport(f"ncacn_ip_tcp:{host}[{port}]")
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
    t.equal(notes, [b"Echo", b"Endpoint mapper", b"Local security authority", b"Management"], "annotations")
    dce.disconnect()
    dce = impacket_dce(server.epmapper, None)
    found = epm.hept_map("127.0.0.1", uuidtup_to_bin(ECHO), protocol="ncacn_ip_tcp", dce=dce)
    t.equal(found, f"ncacn_ip_tcp:127.0.0.1[{server.echo}]", "where the echo interface is")
    dce.disconnect()
    done = t.run("/usr/bin/python3", f"{IMPACKET}/rpcmap.py",
                 "-auth-rpc", f"DOM/{USER}:{PASSWORD}",
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
            dce.disconnect()
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


ECHO_TESTS = [f"rpc.echo.echo.{name}" for name in ("addone", "echodata", "sinkdata", "sourcedata", "sleep")]
OPTIONS = ["connect", "packet", "sign", "seal", "sign,bigendian", "seal,bigendian"]


@long_story
def story_smbtorture_calls_at_each_level(t):
    server = Server(t)
    for option in [f"{o},{mechanism}" for mechanism in ("ntlm", "spnego") for o in OPTIONS]:
        # One sleeps, which shows that calls do not wait for each other; once is enough.
        tests = ECHO_TESTS if option == "seal,ntlm" else ECHO_TESTS[:-1]
        passed, failed, said = smbtorture(t, f"ncacn_ip_tcp:127.0.0.1[{server.echo},{option}]", *tests)
        t.equal((len(passed), failed), (len(tests), []), f"{option}: {said}")
    passed, _, said = smbtorture(t, f"ncacn_ip_tcp:127.0.0.1[{server.echo},seal,ntlm]", ECHO_TESTS[0],
                                 credentials=f"DOM\\{USER}%Wrong")
    t.equal(passed, [], f"with a wrong password: {said}")
    passed, _, said = smbtorture(t, f"ncacn_ip_tcp:127.0.0.1[{server.echo},seal,ntlm,ndr64]", ECHO_TESTS[0])
    t.contains(said, "NT_STATUS_RPC_UNSUPPORTED_NAME_SYNTAX", "NDR64 alone")
    server.stop()


def story_smbtorture_judges_endpoint_mapper(t):
    server = Server(t, "--entries", 10)
    tests = [f"rpc.epmapper.epmapper.{name}" for name in
             ("Map_simple", "Lookup_simple", "Lookup_terminate_search")]
    passed, failed, said = smbtorture(t, f"ncacn_ip_tcp:127.0.0.1[{server.epmapper}]", *tests)
    t.equal((len(passed), failed), (3, []), said)
    # Over a local socket entries are inserted and deleted as well.
    folder = t.root / "ncalrpc"
    folder.mkdir()
    local = Server(t, "--local", folder / "EPMAPPER")
    done = t.run("/usr/bin/smbtorture", "ncalrpc:[EPMAPPER]", f"--option=ncalrpc dir={folder}", "-U",
                 f"DOM\\{USER}%{PASSWORD}", "rpc.epmapper.epmapper.Map_full",
                 "rpc.epmapper.epmapper.Insert_noreplace")
    t.equal(len(re.findall(r"^success: ", done.out, re.M)), 2, done.out + done.err)
    local.stop()
    # From elsewhere they are not.
    passed, failed, said = smbtorture(t, f"ncacn_ip_tcp:127.0.0.1[{server.epmapper}]",
                                      "rpc.epmapper.epmapper.Insert_noreplace")
    t.contains(said, "NT_STATUS_ACCESS_DENIED", "inserting from elsewhere")
    server.stop()


@also_sanitized
def story_smbtorture_judges_binds(t):
    """With each mechanism, level and byte order a policy of lsarpc is opened, closed, and closed in vain; and a look-up of the
    endpoint mapper goes on over a second connection of its association group, and of no other."""
    server = Server(t, "--port", EPMAPPER, address=free_address())
    passed, failed, said = smbtorture(t, f"ncacn_ip_tcp:{server.address}", "rpc.bind")
    mechanisms = ["ntlm,sign", "ntlm,sign,seal", "spnego,sign", "spnego,sign,seal"]
    expected = [*mechanisms, *(f"bigendian,{m}" for m in mechanisms), "assoc_group_handles_external"]
    t.equal((passed, failed), (expected, []), said)
    server.stop()


@also_sanitized
def story_smbtorture_judges_management(t):
    server = Server(t, "--port", EPMAPPER, "--principal", "RPCSS/localhost", address=free_address())
    passed, failed, said = smbtorture(t, f"ncacn_ip_tcp:{server.address}", "rpc.mgmt")
    t.equal((passed, failed), (["mgmt"], []), said)
    # The test is content with a server that offers nothing.
    for name in ("epmapper", "rpcecho", "lsarpc"):
        about = re.search(rf"^Testing pipe '{name}'\n(.*?)^(?:Testing|time:)", said, re.M | re.S)[1]
        for words in ("server is listening", "refused to stop listening - WERR_ACCESS_DENIED",
                      "(ntlmssp) is 'RPCSS/localhost'", "'mgmt'", f"'{name}'"):
            t.contains(about, words, f"what it finds where {name} is")
    server.stop()


def client(t, server, *args, env=None, port=None):
    return t.run(str(t.build / "tests/unit/rpc/rpc-echo-client"),
                 f"ncacn_ip_tcp:localhost[{port or server.echo}]", *args, env=env)


@also_sanitized
def story_mgmt_tells_what_a_server_offers(t):
    server = Server(t, "--least", 5)
    for args in (["--level", 1], ["--service", "ntlm", "--level", 6, "--user", f"DOM\\{USER}",
                                  "--password", PASSWORD]):
        done = client(t, server, "--mgmt", *args)
        t.equal(done.out, "60a15ec5-4de8-11d7 1.0\n12345778-1234-abcd 0.0\nafa8bd80-7d8a-11c9 1.0\n", f"interfaces, {args}")
    # The echo interface wants packet integrity.
    done = client(t, server, "--level", 1)
    t.contains(done.out, "failed: 5 ", "a call without authentication")
    done = client(t, server, "--service", "ntlm", "--level", 5, "--user", f"DOM\\{USER}", "--password",
                  PASSWORD)
    t.equal(done.out, f"5 DOM\\{USER} 3\n", "a call at packet integrity")
    server.stop()


def story_our_client_with_kerberos(t):
    kdc = Kdc(t, "RPCSS/localhost", "host/localhost")
    server = Server(t, "--keytab", kdc.keytab, env=kdc.env)
    for service in ("kerberos", "negotiate"):
        for level in LEVELS.values():
            done = client(t, server, "--service", service, "--level", level, "--target",
                          "RPCSS/localhost", "--data", 30000, env=kdc.env)
            t.equal(done.out, f"{level} {USER}@{REALM} 3\n", f"{service} at level {level}")
        # identify, impersonate, delegate; without a target the host's own principal is meant
        for impersonation in (2, 3, 4):
            done = client(t, server, "--service", service, "--level", 6, "--impersonation",
                          impersonation, env=kdc.env)
            t.equal(done.out, f"6 {USER}@{REALM} {impersonation}\n", "the impersonation level")
    # A password instead of a ticket, and SPNEGO that falls back to NTLM.
    no_ticket = dict(kdc.env, KRB5CCNAME=f"FILE:{t.root}/none")
    done = client(t, server, "--service", "kerberos", "--level", 6, "--user", f"{REALM}\\{USER}",
                  "--password", PASSWORD, "--target", "RPCSS/localhost", env=no_ticket)
    t.equal(done.out, f"6 {USER}@{REALM} 3\n", "with a password")
    done = client(t, server, "--service", "kerberos", "--level", 6, env=no_ticket)
    t.equal(done.status, 1, "without a ticket")
    t.contains(done.out, "failed: 1825", "without a ticket")
    done = client(t, server, "--service", "negotiate", "--level", 6, "--user", f"DOM\\{USER}",
                  "--password", PASSWORD, env=no_ticket)
    t.equal(done.out, f"6 DOM\\{USER} 3\n", "SPNEGO without a KDC")
    server.stop()


def story_a_ticket_is_forwarded_at_level_delegate(t):
    kdc = Kdc(t, "RPCSS/localhost", "host/localhost", trusted_for_delegation=["RPCSS/localhost"])
    cache = t.root / "forwarded"
    server = Server(t, "--keytab", kdc.keytab, env=dict(kdc.env, RPC_ECHO_CACHE=f"FILE:{cache}"))
    for service in ("kerberos", "negotiate"):
        for target, by_policy, level in (("RPCSS", [], 4), ("host", [], 4), ("RPCSS", ["--by-policy"], 4),
                                         ("host", ["--by-policy"], 3)):
            done = client(t, server, "--service", service, "--level", 6, "--impersonation", 4, "--target",
                          f"{target}/localhost", *by_policy, env=kdc.env)
            t.equal(done.out, f"6 {USER}@{REALM} {level}\n", f"{service} to {target}, {by_policy}")
            expected = [f"{USER}@{REALM}", f"krbtgt/{REALM}@{REALM}"] if level == 4 else []
            t.equal(kdc.tickets(cache), expected, "what was forwarded")
            cache.unlink(missing_ok=True)
    server.stop()


@also_sanitized
def story_tshark_dissects_what_passes(t):
    server = Server(t)
    mapper, echo = Recorder(t, server.epmapper), Recorder(t, server.echo)
    done = client(t, server, "--mapper", "--epmapper", mapper.port)
    t.equal(done.status, 0, "asking the endpoint mapper")
    for service in ("ntlm", "negotiate"):
        for level in (1, *LEVELS.values()):
            done = client(t, server, "--service", service, "--level", level, "--user",
                          f"DOM\\{USER}", "--password", PASSWORD, "--data", 9000, port=echo.port)
            t.equal(done.status, 0, f"{service} at level {level}: {done.out}")
    done = client(t, server, "--service", "ntlm", "--level", 6, "--user", f"DOM\\{USER}",
                  "--password", "Wrong", port=echo.port)
    t.contains(done.out, "failed: 5 ", "a wrong password")
    for recorder in (mapper, echo):
        recorder.close()
    rows = dissect(t, mapper, "dcerpc.pkt_type", "epm.opnum", "epm.rc")
    t.equal([row[0] for row in rows], ["11", "12", "0", "2"], "messages with the endpoint mapper")
    t.equal(rows[2][1], "3", "ept_map")
    t.equal(rows[3][2], "0x00000000", "its result")
    # tshark knows nothing of the calls of echo.
    rows = dissect(t, echo, "dcerpc.pkt_type", "dcerpc.cn_flags", "ntlmssp.auth.username",
                   "dcerpc.cn_status", but=": not read$")
    types = {int(kind) for row in rows for kind in row[0].split(",")}
    t.equal(types, {0, 2, 3, 11, 12, 14, 15, 16}, "types of messages with echo")
    t.contains({row[2] for row in rows}, USER, "users in NTLM's messages")
    t.check(any("0x00000005" in row[3] for row in rows), "the fault of the wrong password")
    server.stop()
