#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs each program of this folder with vbs-run and its twin with Lua 5.4, side by side, and
prints the best of five times (processor time of the child) and their ratio.

  bench/vbs/run.py [BUILD]"""
import math
import pathlib
import resource
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def best(argv):
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
    program = build / "tests" / "unit" / "vbs" / "vbs-run"
    lua = shutil.which("lua5.4")
    ratios = []
    print(f"{'case':10} {'vbs ms':>8} {'lua ms':>8} {'ratio':>6}")
    for path in sorted(HERE.glob("*.vbs")):
        ours = best([program, path])
        theirs = best([lua, path.with_suffix(".lua")]) if lua else None
        if theirs:
            ratios.append(ours / theirs)
            print(f"{path.stem:10} {ours * 1e3:8.0f} {theirs * 1e3:8.0f} {ours / theirs:6.2f}")
        else:
            print(f"{path.stem:10} {ours * 1e3:8.0f} {'-':>8} {'-':>6}")
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean of the ratios: {mean:.2f}")


main()
