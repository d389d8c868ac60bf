# SPDX-License-Identifier: Apache-2.0
"""Servers of Samba for stories and benchmarks: a domain controller with its KDC, and a server on its own. Each has an address of
its own in 127/8, since it wants the endpoint mapper's port. `t` needs what a Stage has: root, write, start, run, wait_for,
equal."""
import socket

from rpc_stage import EPMAPPER, REALM as KDC_REALM, free_address

PASSWORD, REALM, DOMAIN = "Secret1pw", "SAMBA.EXAMPLE", "SAMBA"


class Samba:
    """What both have in common: a folder, a smb.conf, a process."""

    def __init__(self, t, name):
        self.t, self.folder, self.address = t, t.root / name, free_address()
        self.folder.mkdir(mode=0o755)
        self.conf = self.folder / "smb.conf"
        self.ncalrpc = self.folder / "ncalrpc"
        self.process = None

    def write_conf(self, lines, shares=""):
        folders = "\n".join(f" {kind} = {self.folder}" for kind in
                            ("lock directory", "cache directory", "pid directory"))
        self.t.write(self.conf, f"""[global]
{lines}
 interfaces = {self.address}/8
 bind interfaces only = yes
{folders}
 ncalrpc dir = {self.ncalrpc}
 logging = file
 log file = {self.folder}/log
{shares}""")

    def run(self, *argv, stdin=None):
        done = self.t.run(*argv, stdin=stdin, timeout=150)
        self.t.equal(done.status, 0, f"status of {argv[0]}: {done.out[-2000:]}{done.err[-2000:]}")

    def listens(self, *ports):
        for port in ports:
            socket.create_connection((self.address, port), 5).close()
        return True

    def stop(self):
        self.process.popen.terminate()
        self.process.popen.wait(30)


class DomainController(Samba):
    """SAMBA.EXAMPLE; `host` is its name, `env` lets Kerberos find it."""

    host = f"dc1.{REALM.lower()}"
    user = kerberos_user = f"{REALM}\\Administrator"

    def __init__(self, t):
        super().__init__(t, "dc")
        self.run("/usr/bin/samba-tool", "domain", "provision", f"--targetdir={self.folder}", f"--realm={REALM}",
                 f"--domain={DOMAIN}", "--server-role=dc", f"--adminpass={PASSWORD}", "--host-name=dc1",
                 f"--host-ip={self.address}", "--dns-backend=NONE", f"--option=interfaces={self.address}/8",
                 "--option=bind interfaces only=yes")
        self.write_conf(f""" server role = active directory domain controller
 realm = {REALM}
 workgroup = {DOMAIN}
 netbios name = DC1
 server services = rpc, kdc
 private dir = {self.folder}/private
 state directory = {self.folder}/state
 binddns dir = {self.folder}/bind-dns""")
        t.write(self.folder / "krb5.conf", f"""[libdefaults]
 default_realm = {REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 {REALM} = {{
  kdc = {self.address}
 }}
""")
        self.env = {"KRB5_CONFIG": str(self.folder / "krb5.conf"), "KRB5CCNAME": f"FILE:{self.folder}/cache"}
        self.process = t.start("/usr/sbin/samba", "-i", "-M", "single", "--debug-stdout", "-s", self.conf)
        t.wait_for(lambda: self.listens(EPMAPPER, 88), "Samba's domain controller", limit=60)


class Standalone(Samba):
    """samba-dcerpcd with all its services and the share "data". With a Kdc of rpc_stage it knows its users too: root is the
    same there as here."""

    user, kerberos_user, host = "ALONE\\root", f"{KDC_REALM}\\root", "localhost"

    def __init__(self, t, kdc=None):
        super().__init__(t, "alone")
        self.env, more = {}, ""
        if kdc:
            kdc.add("root", PASSWORD)
            self.env = kdc.env
            more = f"\n realm = {KDC_REALM}\n kerberos method = dedicated keytab\n dedicated keytab file = {kdc.keytab}"
        self.write_conf(f""" server role = standalone server
 workgroup = ALONE
 netbios name = ALONE
 private dir = {self.folder}
 state directory = {self.folder}
 rpc start on demand helpers = no{more}""", f"[data]\n path = {self.folder}\n comment = Data\n")
        self.run("/usr/bin/smbpasswd", "-c", self.conf, "-s", "-a", "root", stdin=f"{PASSWORD}\n{PASSWORD}\n".encode())
        self.process = t.start("/usr/libexec/samba/samba-dcerpcd", "-F", "--debug-stdout", "-s", self.conf,
                               "--libexec-rpcds", env=self.env)
        t.wait_for(lambda: self.listens(EPMAPPER), "samba-dcerpcd", limit=60)
