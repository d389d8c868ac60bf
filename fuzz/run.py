#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the libFuzzer programs of a build over their corpora: run.py BUILD [NAME[=RUNS]...]

Each target gets RUNS, or --runs, inputs (a million), at the most --seconds; two targets run at a
time. A dictionary fuzz/<name>.dict is used when there is one. What libFuzzer finds worth keeping
goes to BUILD/corpus/<name>, findings to BUILD/findings. Prints how far each target is every half
minute, and at the end one line for each. Status 1: a finding, or a target that did not come to
the end.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


# Short inputs for those whose time goes with the size, and libFuzzer's plain choice among the kept
# ones: its entropic one takes longer than running a small program.
OPTIONS = {
    "vbs": ["-max_len=300", "-entropic=0"],
    "vbs-programs": ["-max_len=100", "-entropic=0", "-len_control=0", "-use_cmp=0"],
}


def last_line(path):
    lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    return next((line for line in reversed(lines) if line.startswith("#")), "starting")


def fuzz(build, name, runs, args):
    """Runs one target; (name, it ended well, inputs, seconds, log)."""
    kept, findings, log = build / "corpus" / name, build / "findings", build / f"fuzz-{name}.log"
    kept.mkdir(parents=True, exist_ok=True)
    findings.mkdir(exist_ok=True)
    began = time.monotonic()
    argv = [build / "fuzz" / f"fuzz-{name}", f"-runs={runs}",
            f"-max_total_time={args.seconds}", "-timeout=20", "-rss_limit_mb=2048",
            "-print_final_stats=1", f"-artifact_prefix={findings}/{name}-",
            *OPTIONS.get(name, [])]
    words = ROOT / "fuzz" / f"{name}.dict"
    argv += [f"-dict={words}"] if words.exists() else []
    argv += [kept]
    seeds = ROOT / "fuzz" / "corpus" / name
    argv += [seeds] if seeds.is_dir() else []
    # Short stacks of allocations and little memory kept aside: half of the time otherwise. Replaying
    # a finding has both.
    options = dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1:malloc_context_size=1:"
                   "quarantine_size_mb=4:thread_local_quarantine_size_kb=64",
                   UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
    with open(log, "wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT, env=options)
    said = began
    while True:
        try:
            status = process.wait(1)
            break
        except subprocess.TimeoutExpired:
            if time.monotonic() - said >= 30:
                said = time.monotonic()
                print(f"{name}: {last_line(log)}", flush=True)
    text = log.read_text("utf-8", "replace")
    executed = re.search(r"stat::number_of_executed_units: (\d+)", text)
    inputs = int(executed[1]) if executed else 0
    return name, status == 0 and inputs >= runs, inputs, time.monotonic() - began, log


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--runs", type=int, default=1000000)
    parser.add_argument("--seconds", type=int, default=3600, help="at the most, for each target")
    args = parser.parse_args()
    build = args.build.resolve()
    there = sorted(p.name.removeprefix("fuzz-") for p in (build / "fuzz").glob("fuzz-*")
                   if p.is_file() and os.access(p, os.X_OK))
    wanted = {}
    for name in args.names or there:
        name, _, runs = name.partition("=")
        wanted[name] = int(runs or args.runs)
    unknown = set(wanted) - set(there)
    if unknown or not there:
        sys.exit(f"no target {' '.join(sorted(unknown))}; there are: {' '.join(there) or 'none'}")
    good = True
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(fuzz, build, name, runs, args) for name, runs in wanted.items()]
        for future in concurrent.futures.as_completed(futures):
            name, ok, inputs, seconds, log = future.result()
            good = good and ok
            print(f"{'passed' if ok else 'FAILED'} {name}: {inputs} inputs in {seconds:.0f} s"
                  + ("" if ok else f"; see {log}"), flush=True)
            if not ok:
                print("\n".join(log.read_text("utf-8", "replace").splitlines()[-30:]))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
