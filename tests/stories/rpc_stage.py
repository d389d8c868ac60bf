# SPDX-License-Identifier: Apache-2.0
"""What the stories of DCE/RPC have in common: the server to judge, a KDC, a proxy that records."""
import os
import re
import socket
import struct
import subprocess
import threading

from dumps import findings, tshark

USER, PASSWORD, REALM = "alice", "Secret1", "TEST.EXAMPLE"
EPMAPPER = 135
IMPACKET = "/usr/share/doc/python3-impacket/examples"
IMPACKET_SECONDS = 60


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def free_address():
    """An address of this process on which nobody has the endpoint mapper's port: what others write
    asks port 135 and no other."""
    for n in range(os.getpid(), os.getpid() + 60000):
        address = f"127.53.{n // 250 % 250 + 1}.{n % 250 + 1}"
        with socket.socket() as s:
            try:
                s.bind((address, EPMAPPER))
                return address
            except OSError:
                continue
    raise OSError(f"no address has port {EPMAPPER} free, or it takes root to have it")


def smbtorture(t, target, *tests, env=None, credentials=f"DOM\\{USER}%{PASSWORD}"):
    """The names of the tests that passed and that failed, and all it said."""
    done = t.run("/usr/bin/smbtorture", target, "-U", credentials, *tests, env=env, timeout=120)
    passed = re.findall(r"^success: (\S+)", done.out, re.M)
    failed = re.findall(r"^(?:failure|error): (\S+)", done.out, re.M)
    return passed, failed, done.out + done.err


def impacket_transport(binding):
    """One of impacket's; waiting for an answer, too, ends after its time to connect."""
    from impacket.dcerpc.v5 import transport
    link = transport.DCERPCTransportFactory(binding)
    link.set_connect_timeout(IMPACKET_SECONDS)
    link.set_connect_timeout = lambda seconds: None  # DCOM's connections would set 300 s
    return link


class Server:
    """rpc-echo-server of the build; `epmapper` and `echo` are its ports, on `address`."""

    def __init__(self, t, *args, address="127.0.0.1", ntlm=True, env=None):
        users = t.write(t.root / "users", f"DOM:{USER}:{PASSWORD}\nDOM:bob:Secret2\n", 0o600)
        args = [*args, "--address", address, *(["--ntlm", users] if ntlm else [])]
        self.address = address
        self.t = t
        self.process = t.start(str(t.build / "tests/unit/rpc/rpc-echo-server"), *args, env=env)
        found = t.wait_for(lambda: re.match(r"epmapper (\d+) echo (\d+)\n", self.process.out)
                           or self._ended(), "the RPC server")
        self.epmapper, self.echo = int(found[1]), int(found[2])

    def _ended(self):
        self.t.check(self.process.status is None, f"the RPC server ended: {self.process.err}")

    def stop(self):
        """Ends it; it must have lived until now, and end well."""
        self.t.equal(self.process.status, None, "the RPC server's status")
        self.process.popen.terminate()
        self.t.equal(self.process.popen.wait(20), 0, "how the RPC server ended")
        self.t.check("ERROR:" not in self.process.err, self.process.err)


class Kdc:
    """A KDC of MIT for TEST.EXAMPLE on a high port, with alice and keys for services."""

    def __init__(self, t, *services, trusted_for_delegation=(), pac=True):
        self.t, self.folder = t, t.root / "kdc"
        self.folder.mkdir(mode=0o700)
        port, f = free_port(), self.folder
        self.keytab, self.cache = f / "keytab", f / "cache"
        t.write(f / "krb5.conf", f"""[libdefaults]
 default_realm = {REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 forwardable = true
[realms]
 {REALM} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = {REALM}
""")
        t.write(f / "kdc.conf", f"""[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {REALM} = {{
  database_name = {f}/principal
  key_stash_file = {f}/stash
  acl_file = {f}/acl
  disable_pac = {"false" if pac else "true"}
 }}
[logging]
 kdc = FILE:{f}/kdc.log
""")
        self.env = {"KRB5_CONFIG": str(f / "krb5.conf"), "KRB5_KDC_PROFILE": str(f / "kdc.conf"),
                    "KRB5CCNAME": f"FILE:{self.cache}"}
        self._run("/usr/sbin/kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
        self.add(USER, PASSWORD)
        for service in services:
            trusted = "+" if service in trusted_for_delegation else "-"
            self._kadmin(f"addprinc -randkey {trusted}ok_as_delegate {service}")
            self._kadmin(f"ktadd -k {self.keytab} {service}")
        self.process = t.start("/usr/sbin/krb5kdc", "-n", env=self.env, name="krb5kdc")
        t.wait_for(lambda: self._kinit() == 0, "a ticket of the KDC")

    def _environment(self):
        return dict(os.environ, **self.env)

    def _run(self, *argv, check=True, **options):
        done = subprocess.run(argv, env=self._environment(), capture_output=True, text=True,
                              timeout=60, check=False, **options)
        if check:
            self.t.equal(done.returncode, 0, f"status of {argv}: {done.stdout}{done.stderr}")
        return done.returncode

    def _kadmin(self, query):
        self._run("/usr/sbin/kadmin.local", "-r", REALM, "-q", query)

    def _kinit(self):
        return self._run("/usr/bin/kinit", USER, input=f"{PASSWORD}\n", check=False)

    def add(self, name, password):
        """A user more."""
        self._kadmin(f"addprinc -pw {password} {name}")

    def tickets(self, cache):
        """Whose tickets for which services a cache has."""
        done = subprocess.run(["/usr/bin/klist", "-c", cache], env=self._environment(), text=True,
                              capture_output=True, timeout=60, check=False)
        owner = re.findall(r"Default principal: (\S+)", done.stdout)
        return owner + re.findall(r"(\S+/\S+@\S+)$", done.stdout, re.M)

    def ticket(self, service):
        """A ticket for a service, in the cache."""
        self._run("/usr/bin/kvno", service)


class Recorder:
    """A proxy in front of a port that writes what passes as packets of a pcap file. It has a port of its own, or with
    `address` the same port of that address."""

    def __init__(self, t, port, host="127.0.0.1", address=None):
        self.path, self.target, self.host = t.root / f"record-{port}.pcap", port, host
        self.lock, self.threads, self.clients = threading.Lock(), [], 0
        self.file = open(self.path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
        self.listener = socket.create_server((address, port) if address else ("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._thread(self._accept)

    def _thread(self, *call):
        thread = threading.Thread(target=call[0], args=call[1:], daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection((self.host, self.target))
            self.clients += 1
            state = {"client": 1, "server": 1, "port": 20000 + self.clients}
            self._thread(self._pump, client, server, "client", state)
            self._thread(self._pump, server, client, "server", state)

    def _pump(self, source, sink, side, state):
        try:
            while data := source.recv(65536):
                # As IP would carry it: tshark puts messages together again.
                for at in range(0, len(data), 16000):
                    self._packet(data[at:at + 16000], side, state)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _packet(self, data, side, state):
        other = "server" if side == "client" else "client"
        with self.lock:
            ports = (state["port"], self.target) if side == "client" else (self.target, state["port"])
            tcp = struct.pack(">HHIIBBHHH", *ports, state[side], state[other], 0x50, 0x18, 65535, 0, 0)
            state[side] += len(data)
            ends = b"\x7f\0\0\1" * 2
            ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0) + ends
            packet = ip + tcp + data
            self.file.write(struct.pack("<IIII", self.clients, 0, len(packet), len(packet)) + packet)

    def close(self):
        self.listener.close()
        for thread in self.threads[1:]:
            thread.join(10)
        with self.lock:
            self.file.close()


def dissect(t, recorder, *fields, but=None, options=()):
    """What tshark sees in a record: one list of the fields for each message. It must find nothing wrong, and be able to read
    each call; `but` is a pattern of findings to pass over, `options` may give it keys."""
    extract = [part for field in fields for part in ("-e", field)]
    out = tshark(t, recorder, "-T", "fields", "-E", "separator=;", "-E", "occurrence=a", *extract, "-Y", "dcerpc", options=options)
    t.equal(findings(t, recorder, but, options), [], "what tshark finds")
    return [line.split(";") for line in out.splitlines()]
