# SPDX-License-Identifier: Apache-2.0
"""Our client against Samba's servers: calls of published IDL, through the compiled tables."""
import re

from rpc_stage import EPMAPPER, Kdc, Recorder, dissect, impacket_transport
from samba_stage import DomainController, PASSWORD, Standalone
from stage import long_story

SAMR = ["SamrConnect5", "SamrEnumerateDomainsInSamServer", "SamrLookupDomainInSamServer", "SamrOpenDomain",
        "SamrEnumerateUsersInDomain", "SamrCloseHandle"]
LSA = ["LsarOpenPolicy2", "LsarQueryInformationPolicy", "LsarLookupNames", "LsarLookupSids", "LsarClose"]
SRVSVC = ["NetrServerGetInfo", "NetrShareEnum"]
NONE, CONNECT, PACKET, INTEGRITY, PRIVACY = 1, 2, 4, 5, 6


def names(text):
    """The texts of RPC_UNICODE_STRINGs."""
    return re.findall(r'Buffer: "(.*)"\n', text)


class Client:
    """rpc-caller with the credentials of a server's user."""

    def __init__(self, t, server, service, level, **env):
        self.t, self.server, self.env = t, server, env
        user = server.user if service == "ntlm" else server.kerberos_user
        self.args = ["--level", level, "--account", user.split("\\")[1]]
        if level != NONE:
            self.args += ["--service", service, "--user", user, "--password", PASSWORD]
        if service != "ntlm":
            self.args += ["--target", f"host/{server.host}"]
        self.what = f"{service} at level {level}"

    def call(self, binding, *calls):
        return self.t.run(str(self.t.build / "tests/unit/rpc/rpc-caller"), binding, *self.args, *calls, env=self.env)

    def good(self, binding, *calls):
        done = self.call(binding, *calls)
        self.t.equal((done.status, done.err), (0, ""), f"{self.what}: {done.out[-600:]}")
        return done.out


def levels(t, server):
    yield Client(t, server, "ntlm", NONE)
    for service in ("ntlm", "kerberos", "negotiate"):
        for level in (PACKET, INTEGRITY, PRIVACY):
            yield Client(t, server, service, level, **server.env)


def check_accounts(t, client, binding):
    found = names(client.good(binding, *SAMR))
    t.equal(found[:2], ["SAMBA", "BUILTIN"], f"domains, {client.what}")
    t.equal({"Administrator", "Guest", "krbtgt", "DC1$"} - set(found[2:]), set(), f"users that are missing, {client.what}")


def check_policy(t, client, binding):
    out = client.good(binding, *LSA)
    t.contains(out, "RelativeId: 500\n", f"what the name stands for, {client.what}")
    t.equal(re.findall(r"Use: (\S+)", out), ["SidTypeUser", "SidTypeUser", "SidTypeDomain"], f"kinds, {client.what}")
    t.equal(names(out)[-2:], ["Administrator", "SAMBA"], f"whose the SIDs are, {client.what}")


@long_story
def story_a_domain_controller_of_samba(t):
    dc = DomainController(t)
    tcp, local = f"ncacn_ip_tcp:{dc.address}", f"ncalrpc:[{dc.ncalrpc}/DEFAULT]"
    for client in levels(t, dc):
        check_accounts(t, client, tcp)
        check_policy(t, client, local)
        # Over TCP Samba hears the call, and lets nobody open a policy (dcesrv_lsa.c); what [MS-LSAT] 2.1 has for TCP, LsarLookupSids3
        # and LsarLookupNames4, needs no policy, but the secure channel of a machine of the domain.
        t.contains(client.call(tcp, LSA[0]).out, "LsarOpenPolicy2 failed: 5 ", f"a policy over TCP, {client.what}")
    # At connect level Samba offers neither, by default.
    for service in ("ntlm", "kerberos", "negotiate"):
        client = Client(t, dc, service, CONNECT, **dc.env)
        t.contains(client.call(tcp, SAMR[0]).out, "SamrConnect5 failed: 5 ", f"accounts, {client.what}")
        # It does the management interface. The call has no parameters.
        done = t.run(str(t.build / "tests/unit/rpc/rpc-echo-client"), f"{tcp}[{EPMAPPER}]", "--mgmt", *client.args[4:],
                     "--level", CONNECT, env=dc.env)
        t.contains(done.out, "e1af8308-5d1f-11c9 3.0\n", f"interfaces, {client.what}")
    anyone = Client(t, dc, "ntlm", NONE)
    out = anyone.good(f"{tcp}[{EPMAPPER}]", "ept_map", "ept_lookup")
    for name in ("samr", "lsarpc", "netlogon"):
        t.contains(out, f'annotation: "{name}"', "the endpoint map")
    wrong = Client(t, dc, "ntlm", PRIVACY)
    wrong.args[-1] = "Wrong"
    # So Samba answers a call behind a handshake that it refused; Windows says 5.
    t.contains(wrong.call(tcp, SAMR[0]).out, "SamrConnect5 failed: 1728 ", "a wrong password")
    check_record(t, dc)
    dc.stop()


def check_record(t, dc):
    """tshark finds nothing wrong in what passes."""
    out = t.run(str(t.build / "tests/unit/rpc/rpc-echo-client"), f"ncacn_ip_tcp:{dc.address}[{EPMAPPER}]", "--mapper")
    t.equal(out.out, f"at {EPMAPPER}\n", "where the endpoint mapper is")
    mapper, samr = Recorder(t, EPMAPPER, dc.address), Recorder(t, samr_port(t, dc), dc.address)
    Client(t, dc, "ntlm", NONE).good(f"ncacn_ip_tcp:127.0.0.1[{mapper.port}]", "ept_map", "ept_lookup")
    for client in levels(t, dc):
        check_accounts(t, client, f"ncacn_ip_tcp:127.0.0.1[{samr.port}]")
    for recorder in (mapper, samr):
        recorder.close()
    # It cannot read the towers of local sockets in Samba's answers, nor null ones.
    rows = dissect(t, mapper, "dcerpc.pkt_type", "epm.opnum", but="^(Map|Lookup) response")
    t.equal([row for row in rows if row[0] == "0"], [["0", "3"], ["0", "2"]], "requests to the endpoint mapper")
    # It has the keys, so it reads what is sealed as well.
    rows = dissect(t, samr, "dcerpc.pkt_type", "dcerpc.opnum", "samr.opnum", "dcerpc.encrypted_stub_data", options=[
        "-K", dc.folder / "private/secrets.keytab", "-o", "kerberos.decrypt:TRUE", "-o", f"ntlmssp.nt_password:{PASSWORD}"])
    one = [row[2] for row in rows if row[0] == "0"][:7]
    t.equal(one, ["64", "6", "5", "7", "13", "1", "1"], "requests of one client")
    t.equal(sum(row[3] != "" for row in rows), 3 * 2 * len(one), "messages that were sealed")


def samr_port(t, dc):
    """Where the endpoint mapper says that samr is."""
    from impacket.dcerpc.v5 import epm
    from impacket.uuid import uuidtup_to_bin
    link = impacket_transport(f"ncacn_ip_tcp:{dc.address}[{EPMAPPER}]").get_dce_rpc()
    link.connect()
    found = epm.hept_map(dc.address, uuidtup_to_bin(("12345778-1234-abcd-ef00-0123456789ac", "1.0")),
                         protocol="ncacn_ip_tcp", dce=link)
    link.disconnect()
    return int(re.search(r"\[(\d+)\]", found)[1])


@long_story
def story_a_server_of_samba_on_its_own(t):
    # A server that belongs to no domain takes tickets without a PAC.
    server = Standalone(t, Kdc(t, "host/localhost", pac=False))
    for client in levels(t, server):
        out = client.good(f"ncacn_ip_tcp:{server.address}", *SRVSVC)
        t.contains(out, 'sv101_name: "ALONE"', f"the server, {client.what}")
        t.equal(re.findall(r'netname: "(\S+)"', out), ["data", "IPC$"], f"shares, {client.what}")
        t.contains(out, 'shi1_remark: "Data"', f"the comment, {client.what}")
    server.stop()
