#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every test of the project and counts it.

  unit         the cmocka programs of the build (TAP; each of their tests counts)
  fuzz         the replay of each fuzz corpus
  includes     tests/check_includes.py and check_prefixes.py: the folder order of ARCHITECTURE.md,
               and which folder owns which names
  conformance  tests/conformance/run.py, when it is there (TAP; each case counts), as it is and
               with failing allocations; what of the language they cover
  story        the functions story_* of tests/stories/story_*.py, on the real processes

A failing test prints its name, what was expected and the end of its output. The last line is
"N passed, N failed", and the exit status is 0 only when nothing failed.
"""
import argparse
import ast
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import known_gaps

ROOT = pathlib.Path(__file__).resolve().parent.parent
STORIES = ROOT / "tests" / "stories"
KINDS = ["unit", "fuzz", "includes", "conformance", "story"]
TAIL_LINES = 40
FAULTS_MS = 60  # for each conformance program; `make faults` takes much longer
SKIP_STATUS = 77  # as in Automake and Meson

# A test may ask for more memory than there is, to see the refusal; a finding ends the program.
SANITIZER_ENV = {
    "ASAN_OPTIONS": "allocator_may_return_null=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


class Result:
    def __init__(self, name, outcome, detail=""):
        self.name, self.outcome, self.detail = name, outcome, detail


class Job:
    """One program to start; its output becomes one result or, with TAP, many."""

    def __init__(self, kind, name, argv, env=None, tap=False, timeout=300):
        self.kind, self.name, self.argv, self.tap = kind, name, [str(a) for a in argv], tap
        self.env, self.timeout = env or {}, timeout

    def run(self):
        began = time.monotonic()
        try:
            status, output = run_program(self.argv, self.env, self.timeout)
            results = (read_tap(self.name, output, status) if self.tap else
                       [read_status(self.name, output, status)])
        except OSError as error:
            results = [Result(self.name, "failed", f"cannot start {self.argv[0]}: {error}")]
        return self, results, time.monotonic() - began


def run_program(argv, env, timeout):
    """Status (None when it had to be ended) and output of a program in a session of its own."""
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", PYTHONDONTWRITEBYTECODE="1")
    for name, value in SANITIZER_ENV.items():
        environment.setdefault(name, value)
    environment.update(env)
    with subprocess.Popen(argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
            status = process.returncode
        except subprocess.TimeoutExpired:
            # SIGTERM first: a story then still tells where it was and ends what it started.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                output, _ = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
            status = None
    return status, output.decode("utf-8", "replace")


def tail(output):
    lines = output.rstrip().splitlines()
    cut = ["..."] if len(lines) > TAIL_LINES else []
    return "\n".join(cut + lines[-TAIL_LINES:])


def status_text(status):
    if status is None:
        return "it did not end in time"
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    return f"its exit status was {status}"


def read_status(name, output, status):
    if status == 0:
        return Result(name, "passed")
    if status == SKIP_STATUS:
        return Result(name, "skipped", tail(output))
    return Result(name, "failed", f"expected exit status 0; {status_text(status)}\n{tail(output)}")


def read_tap(name, output, status):
    """One result for each test point; a program that ends early or badly fails once more."""
    results, planned, notes = [], 0, []
    for line in output.splitlines():
        plan = re.fullmatch(r"1\.\.(\d+)(.*)", line)
        point = re.match(r"(not )?ok\b[ \d]*(?:- )?(.*)", line)
        if plan:
            planned += int(plan[1])
        elif point:
            title, skip = re.subn(r"\s*# SKIP.*", "", point[2], flags=re.I)
            outcome = "skipped" if skip else "failed" if point[1] else "passed"
            results.append(Result(f"{name}/{title}", outcome))
            if outcome == "failed":
                results[-1].detail = "\n".join(notes[-TAIL_LINES:])
            notes = []
        else:
            # What a test says comes before its point with some programs, after it with others.
            if results and results[-1].outcome == "failed" and line.startswith("#"):
                results[-1].detail += "\n" + line
            notes.append(line)
    failed = any(r.outcome == "failed" for r in results)
    if not results and status == SKIP_STATUS:
        return [Result(name, "skipped", tail(output))]
    if len(results) != planned or (status != 0 and not failed) or not results:
        results.append(Result(name, "failed", f"expected {planned} tests and exit status 0; "
                              f"there were {len(results)}, and {status_text(status)}\n"
                              f"{tail(output)}"))
    return results


def build_jobs(build):
    """Unit tests and fuzz replays, as the build itself lists them."""
    try:
        listing = subprocess.run(["/usr/bin/meson", "introspect", "--tests", str(build)],
                                 capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"cannot list the tests of {build}: {error}\n"
                 f"Build it first: /usr/bin/meson setup {build} -Dfaults=true && ninja -C {build}")
    for test in json.loads(listing.stdout):
        kind = test["suite"][0].split(":")[-1]
        if kind in ("unit", "fuzz"):
            yield Job(kind, test["name"], test["cmd"], test.get("env"),
                      tap=test["protocol"] == "tap")


def decorator_names(function):
    return {d.id for d in function.decorator_list if isinstance(d, ast.Name)}


def story_jobs(build, mark, marked_only):
    """Reads the stories without running them. `mark` is put behind their names."""
    for path in sorted(STORIES.glob("story_*.py")):
        name = path.stem.removeprefix("story_")
        play = ["/usr/bin/python3", STORIES / "play.py", build, path]
        try:
            tree = ast.parse(path.read_text(), str(path))
        except SyntaxError:
            yield Job("story", f"story/{name}", play + ["*"])  # which then says what is wrong
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("story_"):
                continue
            marks = decorator_names(node)
            if marked_only and "also_sanitized" not in marks:
                continue
            title = node.name.removeprefix("story_")
            yield Job("story", f"story/{name}/{title}{mark}", play + [node.name],
                      timeout=600 if "long_story" in marks else 180)


def all_jobs(args):
    build = args.build
    stories = args.stories_build or build
    if {"unit", "fuzz"} & set(args.kind):
        yield from (job for job in build_jobs(build) if job.kind in args.kind)
    if "includes" in args.kind:
        yield Job("includes", "includes",
                  ["/usr/bin/python3", ROOT / "tests/check_includes.py", "--build", build],
                  tap=True)
        yield Job("includes", "prefixes",
                  ["/usr/bin/python3", ROOT / "tests/check_prefixes.py", "--build", build],
                  tap=True)
        yield Job("includes", "acts",
                  ["/usr/bin/python3", ROOT / "tests/check_acts.py", "--build", build], tap=True)
    conformance = ROOT / "tests" / "conformance" / "run.py"
    if "conformance" in args.kind and conformance.exists():
        yield Job("conformance", "conformance",
                  ["/usr/bin/python3", conformance, "--build", build], tap=True, timeout=900)
        yield Job("conformance", "conformance-native",
                  ["/usr/bin/python3", conformance, "--build", build, "--native"], tap=True,
                  timeout=900)
        yield Job("conformance", "conformance-faults",
                  ["/usr/bin/python3", conformance, "--build", build, "--faults", "--budget",
                   FAULTS_MS], tap=True, timeout=1800)
        yield Job("conformance", "coverage",
                  ["/usr/bin/python3", conformance.with_name("coverage.py"), "--build", build],
                  tap=True)
    if "story" in args.kind:
        yield from story_jobs(stories, "", marked_only=False)
        if stories != build:
            yield from story_jobs(build, " (sanitized)", marked_only=True)


def judge_gaps(results):
    """A story that is a known gap is skipped, and an error when it passes."""
    gaps = known_gaps.read("story/")
    for result in results:
        reason = gaps.get(result.name.removesuffix(" (sanitized)"))
        if reason and result.outcome == "failed":
            result.outcome, result.detail = "skipped", f"known gap: {reason}"
        elif reason and result.outcome == "passed":
            result.outcome, result.detail = "failed", known_gaps.passed(reason)


def report(job, results, seconds):
    bad = [r for r in results if r.outcome != "passed"]
    for result in bad:
        label = "FAILED " if result.outcome == "failed" else "skipped"
        text = "".join(f"\n    {line}" for line in result.detail.strip().splitlines())
        print(f"{label} {result.name}{text}")
    if not bad:
        count = f" ({len(results)} tests)" if job.tap else ""
        print(f"passed  {job.name}{count} {seconds:.1f} s")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build",
                        help="build directory (default: build)")
    parser.add_argument("--stories-build", type=pathlib.Path,
                        help="play the stories with this build, and only those marked "
                        "@also_sanitized with the other one too")
    parser.add_argument("--only", action="append", metavar="SUBSTRING",
                        help="only programs and stories whose name contains this; repeatable")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind; repeatable")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default: 2)")
    parser.add_argument("--repeat", type=int, default=1,
                        help="run each this many times; with more jobs than processors this finds "
                        "tests that depend on timing")
    args = parser.parse_args()
    args.kind = args.kind or KINDS
    args.build = args.build.resolve()
    args.stories_build = args.stories_build and args.stories_build.resolve()

    jobs = [job for job in all_jobs(args)
            if not args.only or any(part in job.name for part in args.only)]
    if args.list:
        print("\n".join(job.name for job in jobs))
        return 0
    jobs *= args.repeat
    counts, failed = {"passed": 0, "failed": 0, "skipped": 0}, []
    if "story" in args.kind and not args.only:
        failed += [f"{name}: a known gap, but no story"
                   for name in sorted(set(known_gaps.read("story/")) - {j.name for j in jobs})]
        counts["failed"] += len(failed)
    with concurrent.futures.ThreadPoolExecutor(max(1, args.jobs)) as pool:
        for future in concurrent.futures.as_completed([pool.submit(job.run) for job in jobs]):
            job, results, seconds = future.result()
            judge_gaps(results)
            report(job, results, seconds)
            for result in results:
                counts[result.outcome] += 1
            failed += [r.name for r in results if r.outcome == "failed"]
    if not jobs:
        print("no test has such a name")
    if failed:
        print("failed:\n  " + "\n  ".join(sorted(set(failed))))
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if failed or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
