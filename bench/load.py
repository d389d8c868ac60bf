# SPDX-License-Identifier: Apache-2.0
"""Load by wrk, the processor time of the server meanwhile, and a table of both."""
import re
import statistics
import subprocess

UNIT = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


class Sample:
    def __init__(self, rate, cpu, latency, errors):
        self.rate, self.cpu, self.latency, self.errors = rate, cpu, latency, errors


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNIT[unit]


def measure(server, path, seconds, connections, threads=1):
    before = server.cpu()
    out = subprocess.run(["wrk", "--latency", f"-t{threads}", f"-c{connections}", f"-d{seconds}s",
                          f"http://127.0.0.1:{server.port}{path}"], capture_output=True, text=True, check=True).stdout
    used = server.cpu() - before
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    latency = {p: milliseconds(v) for p, v in re.findall(r"^\s+(50|75|90|99)%\s+(\S+)", out, re.M)}
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    lost = re.search(r"Socket errors: (.*)", out)
    errors = (bad.group(0) if bad else "") + (" " + lost.group(0) if lost else "")
    return Sample(requests / seconds, used / max(requests, 1) * 1e6, latency, errors.strip())


def rounds(servers, path, seconds, count, connections):
    """Takes turns, so that what else happens on the machine hits all alike. The medians."""
    samples = {s.name: [] for s in servers}
    for server in servers:
        measure(server, path, 1, connections)
    for _ in range(count):
        for server in servers:
            samples[server.name].append(measure(server, path, seconds, connections))
    return {name: Sample(statistics.median(x.rate for x in all_of), statistics.median(x.cpu for x in all_of),
                         {p: statistics.median(x.latency[p] for x in all_of) for p in ("50", "90", "99")},
                         "; ".join(x.errors for x in all_of if x.errors)) for name, all_of in samples.items()}


def table(results, base):
    """Markdown; ratios to the server `base`."""
    b = results[base]
    lines = [f"| server | requests/s | to {base} | CPU µs per request | to {base} | p50 ms | p90 ms | p99 ms |",
             "|---|---|---|---|---|---|---|---|"]
    for name, s in results.items():
        lines.append(f"| {name} | {s.rate:,.0f} | {s.rate / b.rate:.2f} | {s.cpu:.2f} | {s.cpu / b.cpu:.2f} | "
                     f"{s.latency['50']:.2f} | {s.latency['90']:.2f} | {s.latency['99']:.2f} |")
    for name, s in results.items():
        if s.errors:
            lines.append(f"\n**{name}: {s.errors}**")
    return "\n".join(lines)
