#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A long load with accidents: `make soak`, or bench/soak.py [--build build] [--minutes 30].

Pages at every protection and a static file are asked for without pause, while hosts are recycled and, now and then,
killed. In the end: who was answered what, and whether memory or descriptors of the front end grew. Status 1 when a
request failed that no accident explains, or when something leaked.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "tests", "stories")]
import pages  # noqa: E402
import peers  # noqa: E402
from clients import Load  # noqa: E402

PAGE = "/{}/page.asp"
GROWTH_MIB = 32  # of the front end, from the first minute to the end


def front_and_hosts(server):
    named = {pid: open(f"/proc/{pid}/cmdline").read().split("\0")[0] for pid in server.pids()}
    return (next(p for p, n in named.items() if n == "inetinfo"),
            [p for p, n in named.items() if n == "dllhost"])


def resident_mib(pid):
    with open(f"/proc/{pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def main():
    p = argparse.ArgumentParser(description="A long load with accidents.")
    p.add_argument("--build", default=os.path.join(HERE, "..", "build"))
    p.add_argument("--minutes", type=float, default=30)
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="surrogate-soak-") as folder:
        sys.exit(soak(os.path.abspath(args.build), folder, args.minutes * 60))


def soak(build, folder, seconds):
    root = pages.site(folder)
    server = peers.surrogate(build, root, folder)
    killed = 0
    try:
        for level in pages.LEVELS:
            server.wait(PAGE.format(level.lower()))
        load = Load(server.port, {PAGE.format(level.lower()): 16 for level in pages.LEVELS})
        with load:
            end, first, last_kill = time.monotonic() + seconds, None, time.monotonic()
            while (now := time.monotonic()) < end:
                load.wait_answers(2000, limit=120)
                front, hosts = front_and_hosts(server)
                first = first or (resident_mib(front), descriptors(front))
                if hosts and now - last_kill > 75:  # five in five minutes would stop the pool
                    os.kill(random.choice(hosts), signal.SIGKILL)
                    killed, last_kill = killed + 1, now
                else:
                    subprocess.run([f"{build}/bin/surrogate", "recycle", "IIS Out-Of-Process Pooled Applications",
                                    "--state", os.path.join(folder, "state-Surrogate")], check=False,
                                   stdout=subprocess.DEVNULL)
                print(f"{end - now:6.0f} s left, killed {killed}, front end {resident_mib(front):.1f} MiB, "
                      f"{descriptors(front)} descriptors", flush=True)
            front, _ = front_and_hosts(server)
            grown = resident_mib(front) - first[0]
            print(f"front end: {first[0]:.1f} MiB at first, {first[0] + grown:.1f} at the end; "
                  f"descriptors {first[1]} and {descriptors(front)}")
    finally:
        server.stop()
    return judge(load, killed, grown)


def judge(load, killed, grown):
    wrong = grown > GROWTH_MIB
    for level in pages.LEVELS:
        statuses = load.statuses(PAGE.format(level.lower()))
        failed = sum(n for s, n in statuses.items() if s != 200)
        print(f"{level}: {statuses}")
        # A killed host fails what it ran: no more than its connections, each time.
        wrong = wrong or failed > (0 if level == "Low" else 16 * killed)
    print("soak: failed" if wrong else "soak: passed")
    return wrong


if __name__ == "__main__":
    main()
