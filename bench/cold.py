# SPDX-License-Identifier: Apache-2.0
"""The first request to a host that does not run yet, from connect to last byte, and what an idle host keeps resident."""
import os
import shutil
import socket
import statistics
import time

import peers

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTS = 20


def run(build, folder, seconds, count, connections, full):
    os.chmod(folder, 0o755)
    root = os.path.join(folder, "www")
    for i in range(HOSTS):
        shutil.copytree(os.path.join(HERE, "site"), os.path.join(root, f"app{i}"))
        with open(os.path.join(root, f"app{i}", "surrogate.app"), "w") as f:
            f.write("High\n")
    with open(os.path.join(root, "index.htm"), "w") as f:
        f.write("up")
    server = peers.surrogate(build, root, folder)
    try:
        server.wait("/index.htm")
        cold = [first_request(server.port, f"/app{i}/page.asp") for i in range(HOSTS)]
        warm = [first_request(server.port, f"/app{i}/page.asp") for i in range(HOSTS)]
        rss, own = zip(*(memory(pid) for pid in hosts(server)))
    finally:
        server.stop()
    return "\n".join([
        f"### A cold host: the 100-line page, {HOSTS} applications at High protection", "",
        "| | min | median | max |", "|---|---|---|---|",
        row("first request, ms", cold), row("second request, ms", warm),
        row("resident memory of the idle host, MiB", rss), row("of it not shared with others, MiB", own)])


def row(name, values):
    return f"| {name} | {min(values):.1f} | {statistics.median(values):.1f} | {max(values):.1f} |"


def first_request(port, path):
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := s.recv(65536):
            answer += chunk
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"{path}: {answer[:200]!r}")
    return (time.perf_counter() - began) * 1000


def hosts(server):
    return [pid for pid in server.pids() if open(f"/proc/{pid}/cmdline").read().startswith("dllhost")]


def memory(pid):
    """Resident, and private, in MiB."""
    fields = {}
    for line in open(f"/proc/{pid}/smaps_rollup"):
        parts = line.split()
        if parts[-1] == "kB":
            fields[parts[0]] = int(parts[1]) / 1024
    return fields["Rss:"], fields["Private_Clean:"] + fields["Private_Dirty:"]
