#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Surrogate side by side with nginx, Apache and Samba, in one run on one machine, and prints Markdown tables.

    bench/run.py [--build build] [--seconds 4] [--rounds 5] [--connections 64] [--half] [static] [pages] [idle] [cold] [rpc] [dcom]
"""
import argparse
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cold  # noqa: E402
import dcom  # noqa: E402
import idle  # noqa: E402
import pages  # noqa: E402
import peers  # noqa: E402
import rpc  # noqa: E402
import static  # noqa: E402

PARTS = {"static": static.run, "pages": pages.run, "cold": cold.run, "idle": idle.run, "rpc": rpc.run,
         "dcom": dcom.run}
# Programs that only benchmarks need, and nothing else builds.
PROGRAMS = {"rpc": ["bench/rpc-bench"], "dcom": ["bench/rpc-bench", "bench/dcom-bench"]}


def build(folder, parts):
    programs = sorted({program for part in parts for program in PROGRAMS.get(part, [])})
    if programs:
        subprocess.run(["ninja", "--quiet", "-C", folder, *programs], check=True)


def main():
    p = argparse.ArgumentParser(description="Measures Surrogate against nginx, Apache and Samba.")
    p.add_argument("parts", nargs="*", help="static, pages, cold, idle, rpc, dcom (default: all)")
    p.add_argument("--build", default=os.path.join(os.path.dirname(__file__), "..", "build"))
    p.add_argument("--seconds", type=int, default=4, help="of each measurement")
    p.add_argument("--rounds", type=int, default=5, help="the median of so many")
    p.add_argument("--connections", type=int, default=64)
    p.add_argument("--half", action="store_true", help="static: bench/static-server in place of the whole server")
    args = p.parse_args()
    lacking = peers.missing()
    if lacking:
        sys.exit("bench: install first: " + ", ".join(lacking) + "  (apt-get install nginx-light apache2 wrk)")
    parts = args.parts or list(PARTS)
    for part in parts:
        if part not in PARTS:
            sys.exit(f"bench: no such part: {part} (there are: {', '.join(PARTS)})")
    build(args.build, parts)
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="surrogate-bench-") as folder:
            print(PARTS[part](os.path.abspath(args.build), folder, args.seconds, args.rounds, args.connections,
                              not args.half), flush=True)
            print()


if __name__ == "__main__":
    main()
