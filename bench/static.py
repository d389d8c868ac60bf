# SPDX-License-Identifier: Apache-2.0
"""A 1 KiB static file: Surrogate against nginx and Apache, kept-alive connections."""
import os

import load
import peers


def run(build, folder, seconds, count, connections, full):
    root = os.path.join(folder, "www")
    os.makedirs(root, exist_ok=True)
    os.chmod(folder, 0o755)
    with open(f"{root}/1k.html", "w") as f:
        f.write(("<p>A page of one kibibyte.</p>\n" * 40)[:1024])
    # Old enough for its stamp to be a validator.
    os.utime(f"{root}/1k.html", (1700000000, 1700000000))
    servers = []
    try:
        servers.append(peers.nginx(root, folder))
        servers.append(peers.nginx(root, folder, cached=True))
        servers.append(peers.apache(root, folder))
        servers.append(peers.surrogate(build, root, folder) if full else peers.static_server(build, root, folder))
        for server in servers:
            server.wait("/1k.html")
        results = load.rounds(servers, "/1k.html", seconds, count, connections)
    finally:
        for server in servers:
            server.stop()
    return f"### A 1 KiB file, {connections} kept-alive connections\n\n" + load.table(results, "nginx")
