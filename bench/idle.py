# SPDX-License-Identifier: Apache-2.0
"""Ten thousand kept-alive connections at rest: what one costs in memory of the server, and all of them in time."""
import os
import resource
import socket
import time

import peers

REQUEST = b"GET /1k.html HTTP/1.1\r\nHost: localhost\r\n\r\n"
WARM, WANTED, WATCHED = 200, 10000, 5


def anonymous(server):
    """Bytes of its own that all processes of a server hold."""
    total = 0
    for pid in peers.descendants(server.process.pid):
        with open(f"/proc/{pid}/status") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("RssAnon:"))
    return total * 1024


def ask(server, clients, count):
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", server.port), 10)
        client.sendall(REQUEST)
        client.recv(4096)
        clients.append(client)


def measure(server):
    clients = []
    try:
        ask(server, clients, WARM)
        before = anonymous(server)
        ask(server, clients, WANTED)
        each = (anonymous(server) - before) / WANTED
        used = server.cpu()
        time.sleep(WATCHED)
        return each, (server.cpu() - used) / WATCHED * 100
    finally:
        for client in clients:
            client.close()


def run(build, folder, seconds, count, connections, full):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    root = os.path.join(folder, "www")
    os.makedirs(root)
    os.chmod(folder, 0o755)
    with open(f"{root}/1k.html", "w") as f:
        f.write("x" * 1024)
    lines = [f"### {WANTED:,} idle connections\n", "| server | bytes each | % of a processor, all of them |", "|---|---|---|"]
    for start in (lambda: peers.nginx(root, folder, connections=WANTED),
                  lambda: peers.surrogate(build, root, folder) if full else peers.static_server(build, root, folder)):
        server = start().wait("/1k.html")
        try:
            each, percent = measure(server)
        finally:
            server.stop()
        lines.append(f"| {server.name} | {each:,.0f} | {percent:.2f} |")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return "\n".join(lines)
