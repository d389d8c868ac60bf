#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the fuzzers of a build over their corpora: run.py BUILD PLAIN [NAME[=RUNS]...]

Each target gets RUNS, or --runs, inputs (a million), at the most --seconds. They are cut into as
many parts as there are processors, each with a seed of its own, and as many parts run at a time.
Most are run by libFuzzer, from BUILD, with a dictionary fuzz/<name>.dict when there is one; what it
finds worth keeping goes to BUILD/corpus/<name>. Those of RANDOM are run by replay.c, from PLAIN, a
build with the same checks and without libFuzzer's counters: inputs made by chance from the corpus.

Findings go to BUILD/findings. Prints how far each part is every half minute, and at the end one
line for each target and one for all. Status 1: a finding, or a part that did not come to the end.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROCESSORS = len(os.sched_getaffinity(0))

# Short inputs for those whose time goes with the size, and libFuzzer's plain choice among the kept
# ones: its entropic one takes longer than running a small program.
OPTIONS = {
    "config": ["-entropic=0"],
    "vbs": ["-max_len=300", "-entropic=0"],
}
# Targets that make something valid of any bytes: chance covers as much of the code with an input as
# guidance does, and libFuzzer's bookkeeping takes several times as long as the input.
RANDOM = ["vbs-programs"]

# Short stacks of allocations and little memory kept aside: half of the time otherwise. Replaying a
# finding has both.
ASAN_OPTIONS = ("allocator_may_return_null=1:malloc_context_size=1:quarantine_size_mb=4:"
                "thread_local_quarantine_size_kb=64")
RSS_LIMIT_MB = 2048


@dataclasses.dataclass
class Part:
    target: str
    number: int
    runs: int
    seed: int

    def __str__(self):
        return f"{self.target}.{self.number}"


@dataclasses.dataclass
class Result:
    part: Part
    done: int
    ok: bool
    seconds: float
    log: pathlib.Path


def parts_of(name, runs, seed):
    share = -(-runs // PROCESSORS)
    return [Part(name, i + 1, min(share, runs - i * share), seed + i)
            for i in range(PROCESSORS) if i * share < runs]


def command(part, args):
    """What runs the part, in the folder of findings."""
    kept, seeds = args.build / "corpus" / part.target, ROOT / "fuzz" / "corpus" / part.target
    kept.mkdir(parents=True, exist_ok=True)
    corpus = [kept, seeds] if seeds.is_dir() else [kept]
    if part.target in RANDOM:
        return [args.plain / "fuzz" / f"replay-{part.target}", "--random", str(part.runs),
                str(part.seed), *corpus]
    words = ROOT / "fuzz" / f"{part.target}.dict"
    return [args.build / "fuzz" / f"fuzz-{part.target}", f"-runs={part.runs}",
            f"-seed={part.seed}", "-timeout=20", f"-rss_limit_mb={RSS_LIMIT_MB}",
            "-print_final_stats=1", f"-artifact_prefix={part.target}-",
            *OPTIONS.get(part.target, []),
            *([f"-dict={words}"] if words.exists() else []), *corpus]


def environment(part):
    # libFuzzer keeps to the limit of memory by itself, and writes the input down.
    limit = f":hard_rss_limit_mb={RSS_LIMIT_MB}" if part.target in RANDOM else ""
    return dict(os.environ, ASAN_OPTIONS=ASAN_OPTIONS + limit,
                UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")


def inputs_done(text):
    """How many inputs a log of libFuzzer or of replay.c tells of."""
    ended = re.findall(r"stat::number_of_executed_units: (\d+)|^(\d+) inputs passed|"
                       r"^input (\d+) failed", text, re.M)
    running = re.findall(r"^#\s?(\d+)", text, re.M)
    return int("".join(ended[-1]) if ended else running[-1] if running else 0)


def wait(process, part, log, seconds):
    """Its status, or None when it was ended because its time was over."""
    began = said = time.monotonic()
    while True:
        try:
            return process.wait(1)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
        if now - began > seconds:
            process.terminate()
            process.wait()
            return None
        if now - said >= 30:
            said = now
            done = inputs_done(log.read_text("utf-8", "replace"))
            print(f"{part}: {done:,} of {part.runs:,}, {done / (now - began):,.0f}/s", flush=True)


def fuzz(part, args):
    log, findings = args.build / f"fuzz-{part}.log", args.build / "findings"
    findings.mkdir(exist_ok=True)
    began = time.monotonic()
    with open(log, "wb") as out:
        process = subprocess.Popen(command(part, args), stdout=out, stderr=subprocess.STDOUT,
                                   cwd=findings, env=environment(part))
    status = wait(process, part, log, args.seconds)
    done = inputs_done(log.read_text("utf-8", "replace"))
    return Result(part, done, status == 0 and done >= part.runs, time.monotonic() - began, log)


def report(name, results):
    """The line of a target whose parts have all ended; whether all is well."""
    ok = all(r.ok for r in results)
    done, busy = sum(r.done for r in results), sum(r.seconds for r in results)
    print(f"{'passed' if ok else 'FAILED'} {name}: {done:,} inputs in "
          f"{max(r.seconds for r in results):.0f} s, {done / busy:,.0f}/s on each processor",
          flush=True)
    for r in results:
        if not r.ok:
            print(f"see {r.log}:")
            print("\n".join(r.log.read_text("utf-8", "replace").splitlines()[-30:]), flush=True)
    return ok


def run_all(parts, args):
    results = {part.target: [] for part in parts}
    good, began = True, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(PROCESSORS) as pool:
        futures = [pool.submit(fuzz, part, args) for part in parts]
        try:
            for future in concurrent.futures.as_completed(futures):
                result = future.result()
                name = result.part.target
                results[name].append(result)
                if len(results[name]) == sum(p.target == name for p in parts):
                    good = report(name, results[name]) and good
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    total = sum(r.done for of_target in results.values() for r in of_target)
    seconds = time.monotonic() - began
    print(f"{total:,} inputs in {seconds:.0f} s, {total / seconds:,.0f}/s", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("plain", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--runs", type=int, default=1000000)
    parser.add_argument("--seconds", type=int, default=3600, help="at the most, for each part")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1000000000,
                        help="of the first part; the others count on from it")
    args = parser.parse_args()
    args.build, args.plain = args.build.resolve(), args.plain.resolve()
    there = sorted(p.name.removeprefix("fuzz-") for p in (args.build / "fuzz").glob("fuzz-*")
                   if p.is_file() and os.access(p, os.X_OK))
    wanted = {}
    for name in args.names or there:
        name, _, runs = name.partition("=")
        wanted[name] = int(runs or args.runs)
    unknown = set(wanted) - set(there)
    if unknown or not there:
        sys.exit(f"no target {' '.join(sorted(unknown))}; there are: {' '.join(there) or 'none'}")
    print(f"seed {args.seed}", flush=True)
    parts = [p for name, runs in wanted.items() for p in parts_of(name, runs, args.seed)]
    return 0 if run_all(parts, args) else 1


if __name__ == "__main__":
    sys.exit(main())
