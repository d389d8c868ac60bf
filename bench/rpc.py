# SPDX-License-Identifier: Apache-2.0
"""Calls of DCE/RPC, one after the other: our client and server, the same client and Samba's server, a bare Unix socket.

The call is is_server_listening of the management interface, which both servers have; Samba answers it on the thread of its
connections. Roads take turns, and the best of the rounds counts: on a busy machine the others say how busy it was. All share
a processor. Needs bench/rpc-bench, and the packages of the stories of RPC."""
import contextlib
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "stories"))
import rpc_stage  # noqa: E402
import samba_stage  # noqa: E402
from stage import Stage  # noqa: E402

INTEGRITY, PRIVACY = 5, 6
ACCOUNTS = {"ntlm": f"DOM\\{rpc_stage.USER}", "kerberos": f"{rpc_stage.REALM}\\{rpc_stage.USER}"}
LEVELS = [("local socket", "local", None, 1), ("TCP", "tcp", None, 1),
          ("TCP, NTLM, integrity", "tcp", "ntlm", INTEGRITY), ("TCP, NTLM, privacy", "tcp", "ntlm", PRIVACY),
          ("TCP, Kerberos, integrity", "tcp", "kerberos", INTEGRITY),
          ("TCP, Kerberos, privacy", "tcp", "kerberos", PRIVACY)]


class Road:
    """A way to call; `args` begin with a program of bench/, `server` is the process that answers, None for what the program does on
    its own."""

    def __init__(self, stage, name, args, server=None, env=None):
        program, *rest = map(str, args)
        self.argv = [str(stage.build / "bench" / program), *rest]
        self.name, self.server, self.env = name, server, dict(os.environ, **(env or {}))
        self.micros, self.cpu = [], []

    def measure(self, seconds):
        before = processor_time(self.server)
        done = subprocess.run([*self.argv, "--seconds", str(seconds)], env=self.env, capture_output=True, text=True,
                              timeout=seconds + 60)
        if done.returncode:
            sys.exit(f"bench: {self.name}: {done.stderr}")
        calls, time, cpu = map(int, done.stdout.split())
        self.micros.append(time / calls / 1000)
        self.cpu.append((cpu + processor_time(self.server) - before) / calls / 1000)

    def best(self):
        return min(self.micros), min(self.cpu)


def processor_time(server):
    """Nanoseconds that a server has had, all its processes and threads."""
    if not server:
        return 0
    total = 0
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            # Each server has a session of its own.
            if os.getsid(int(process.name)) == server.pid:
                total += sum(int(f.read_text().split()[0]) for f in process.glob("task/*/schedstat"))
        except OSError:
            continue
    return total


def ours(stage):
    kdc = rpc_stage.Kdc(stage, "host/localhost")
    local = stage.root / "local"
    server = rpc_stage.Server(stage, "--keytab", kdc.keytab, "--echo-local", local, env=kdc.env)
    places = {"local": f"ncalrpc:[{local}]", "tcp": f"ncacn_ip_tcp:127.0.0.1[{server.echo}]"}
    return roads(stage, places, ACCOUNTS, rpc_stage.PASSWORD, "host/localhost", server.process, kdc.env)


def sambas(stage):
    dc = samba_stage.DomainController(stage)
    places = {"local": f"ncalrpc:[{dc.ncalrpc}/EPMAPPER]", "tcp": f"ncacn_ip_tcp:{dc.address}[{samba_stage.EPMAPPER}]"}
    users = {"ntlm": dc.user, "kerberos": dc.user}
    return roads(stage, places, users, samba_stage.PASSWORD, f"host/{dc.host}", dc.process, dc.env)


def roads(stage, places, users, password, target, process, env):
    made = []
    for name, place, service, level in LEVELS:
        args = ["rpc-bench", places[place], "--level", level, *security(service, users, password, target)]
        made.append(Road(stage, name, args, process, env))
    return made


def security(service, users, password, target):
    """What a client's command line says of it."""
    if not service:
        return []
    args = ["--service", service, "--user", users[service], "--password", password]
    return args + ["--target", target] if service == "kerberos" else args


def bare(stage):
    return Road(stage, "bare Unix socket", ["rpc-bench", "--bare"])


@contextlib.contextmanager
def on_one_processor():
    """All that is started meanwhile shares one: calls that come one after the other need no more, and on a virtual machine waking
    another one up costs several times what a call does, whoever makes it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measure_all(every, seconds, count):
    for _ in range(count):
        for road in every:
            road.measure(seconds)


def table(bare, us, them):
    wire, cpu = bare.best()
    lines = ["| road | calls/s | µs | µs/bare | CPU µs | CPU/bare | Samba calls/s | Samba CPU µs | ours/Samba calls/s "
             "| ours/Samba CPU |", "|---|" + "---|" * 9,
             f"| bare Unix socket | {1e6 / wire:,.0f} | {wire:.1f} | 1 | {cpu:.1f} | 1 | | | | |"]
    for a, b in zip(us, them):
        (t, c), (other, other_cpu) = a.best(), b.best()
        lines.append(f"| {a.name} | {1e6 / t:,.0f} | {t:.1f} | {t / wire:.2f} | {c:.1f} | {c / cpu:.2f} "
                     f"| {1e6 / other:,.0f} | {other_cpu:.1f} | {other / t:.2f} | {c / other_cpu:.2f} |")
    return "\n".join(lines)


def run(build, folder, seconds, count, connections, full):
    stage = Stage(build, "bench")
    try:
        with on_one_processor():
            wire, us, them = bare(stage), ours(stage), sambas(stage)
            measure_all([wire, *(road for both in zip(us, them) for road in both)], seconds, count)
        return f"### Calls of DCE/RPC, one after the other, best of {count}\n\n{table(wire, us, them)}"
    finally:
        stage.close()
