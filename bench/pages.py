# SPDX-License-Identifier: Apache-2.0
"""A page of 100 lines of Classic ASP at Low, Medium and High protection: what isolation costs, and the latency."""
import os
import shutil

import load
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = ("Low", "Medium", "High")


def site(folder):
    """The page as three applications, one for each protection."""
    os.chmod(folder, 0o755)
    root = os.path.join(folder, "www")
    os.makedirs(root)
    for level in LEVELS:
        shutil.copytree(os.path.join(HERE, "site"), os.path.join(root, level.lower()))
        with open(os.path.join(root, level.lower(), "surrogate.app"), "w") as f:
            f.write(level + "\n")
    return root


def run(build, folder, seconds, count, connections, full):
    root = site(folder)
    server = peers.surrogate(build, root, folder)
    try:
        views = []
        for level in LEVELS:
            server.wait(f"/{level.lower()}/page.asp")
            views.append(View(server, level))
        results = rounds(views, seconds, count, connections)
    finally:
        server.stop()
    return f"### A 100-line ASP page, {connections} kept-alive connections\n\n" + load.table(results, "Low")


class View:
    """One application of the server, under the name of its protection."""

    def __init__(self, server, level):
        self.name, self.path = level, f"/{level.lower()}/page.asp"
        self.port, self.cpu = server.port, server.cpu


def rounds(views, seconds, count, connections):
    """As load.rounds, each with its own path."""
    import statistics
    samples = {v.name: [] for v in views}
    for v in views:
        load.measure(v, v.path, 1, connections)
    for _ in range(count):
        for v in views:
            samples[v.name].append(load.measure(v, v.path, seconds, connections))
    return {name: load.Sample(statistics.median(x.rate for x in s), statistics.median(x.cpu for x in s),
                              {p: statistics.median(x.latency[p] for x in s) for p in ("50", "90", "99")},
                              "; ".join(x.errors for x in s if x.errors)) for name, s in samples.items()}
