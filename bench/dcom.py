# SPDX-License-Identifier: Apache-2.0
"""Calls of COM objects, one after the other: in the process, of another process by its local socket, over TCP; and a bare Unix socket.

The call adds two numbers. Roads take turns, on one processor, as in rpc.py. Needs bench/dcom-bench and bench/rpc-bench."""
import re

import rpc
import rpc_stage
from stage import Stage

TARGET = "host/localhost"
VTABLE, NAME = "vtable", "table"
HERE = [("vtable", VTABLE), ("IDispatch, a table of members", "class"), ("IDispatch, an interface's table", NAME)]
FAR = [("none", "raw", "ntlm", rpc.INTEGRITY), ("NTLM, integrity", VTABLE, "ntlm", rpc.INTEGRITY),
       ("NTLM, privacy", VTABLE, "ntlm", rpc.PRIVACY), ("NTLM, privacy, IDispatch", NAME, "ntlm", rpc.PRIVACY),
       ("Kerberos, integrity", VTABLE, "kerberos", rpc.INTEGRITY), ("Kerberos, privacy", VTABLE, "kerberos", rpc.PRIVACY)]


class Server:
    """dcom-bench --serve."""

    def __init__(self, stage):
        self.kdc = rpc_stage.Kdc(stage, TARGET)
        self.path = stage.root / "dcom"
        users = stage.write(stage.root / "users", f"DOM:{rpc_stage.USER}:{rpc_stage.PASSWORD}\n", 0o600)
        self.process = stage.start(str(stage.build / "bench/dcom-bench"), "--serve", self.path, "--ntlm", users, "--keytab",
                                   self.kdc.keytab, env=self.kdc.env)
        self.port = stage.wait_for(lambda: re.match(r"port (\d+)\n", self.process.out), "the server of objects")[1]


def roads(stage):
    server = Server(stage)
    made = [rpc.Road(stage, f"in the process, {name}", ["dcom-bench", "--call", call]) for name, call in HERE]
    for name, call in (("", VTABLE), (", IDispatch", NAME)):
        made.append(rpc.Road(stage, f"local socket{name}", ["dcom-bench", "--call", call, "--path", server.path], server.process))
    for name, call, service, level in FAR:
        args = ["dcom-bench", "--call", call, "--port", server.port, "--level", level,
                *rpc.security(service, rpc.ACCOUNTS, rpc_stage.PASSWORD, TARGET)]
        made.append(rpc.Road(stage, f"TCP, {name}", args, server.process, server.kdc.env))
    return made


def table(bare, made):
    wire, cpu = bare.best()
    lines = ["| road | calls/s | µs | µs/bare | CPU µs | CPU/bare |", "|---|" + "---|" * 5]
    for road in [bare, *made]:
        t, c = road.best()
        digits = 1 if t > 1 else 4
        lines.append(f"| {road.name} | {1e6 / t:,.0f} | {t:.{digits}f} | {t / wire:.{digits + 1}f} | {c:.{digits}f} "
                     f"| {c / cpu:.{digits + 1}f} |")
    return "\n".join(lines)


def run(build, folder, seconds, count, connections, full):
    stage = Stage(build, "bench")
    try:
        with rpc.on_one_processor():
            wire, made = rpc.bare(stage), roads(stage)
            rpc.measure_all([wire, *made], seconds, count)
        return f"### Calls of COM objects, one after the other, best of {count}\n\n{table(wire, made)}"
    finally:
        stage.close()
