#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the conformance files of the script engines and prints TAP.

A file carries its expectations in comments:

  ' expect: text             the next line of output (blanks at the end do not count)
  ' error: 13 line 4 column 3    the run ends with this error; line and column may be left out
  ' option: --depth 50       options for vbs-run
  ' ---- name                the file is several programs: here begins one. Lines count from the
                             file's beginning; what is before the first is no program.

Files are sorted by chapter: vbs/NN-chapter/topic.vbs, which is the test vbs/NN-chapter-topic, or
one test vbs/NN-chapter-topic:name for each program of the file. (A file vbs/NN-chapter-topic.vbs
is found as well.)

--faults runs each program with its n-th allocation failing, for every n. It must do what it does
otherwise or end in an error (or handle one), never crash and never leak:

  run.py --build build --faults [--budget MS] [NAME ...]

--native runs them twice: with native code for every procedure from the start, and with what runs
for a moment taken for hot, so that native code knows what calls have met.

known-gaps.txt lists the files that are known to fail.
"""
import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import known_gaps  # noqa: E402 (the path comes first)
from cases import all_cases, has_faults, runner  # noqa: E402


def check(program, case, options):
    """None, or what is wrong."""
    status, output, complaints = case.run(program, options)
    output, seen = output.splitlines(), None
    if output and (match := re.match(r"! .*?\((\d+), (\d+)\) .*\[(-?\d+)\]$", output[-1])):
        seen = (match[3], match[1], match[2])
        last = output.pop()
    output = [line.rstrip() for line in output]
    if status not in (0, 1):
        return f"status {status}: {complaints[-600:]}"
    for i, (want, got) in enumerate(zip(case.output, output)):
        if want != got:
            return f"output line {i + 1}: expected '{want}', got '{got}'"
    if len(case.output) != len(output):
        extra = (output + case.output)[min(len(case.output), len(output)):][:1]
        return f"expected {len(case.output)} lines, got {len(output)}: '{extra[0]}'" + (
            f"; {last}" if seen else "")
    if seen and not case.error:
        return f"unexpected error: {last}"
    if case.error and not seen:
        return f"expected error {case.error[0]}"
    if case.error and any(want and want != got for want, got in zip(case.error, seen)):
        return f"expected error {case.error}, got {last}"
    return None


def check_faults(program, case, budget, options):
    """Every allocation fails once: the run ends as it should or with an error, without a leak."""
    status, output, complaints = case.run(program, ["--faults", str(budget), *options],
                                          timeout=3600)
    return None if status == 0 else f"status {status}\n{output}{complaints[-1500:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--budget", type=int, default=0, metavar="MS",
                        help="with --faults: about how long for one program")
    parser.add_argument("--native", action="store_true")
    parser.add_argument("names", nargs="*", help="only tests whose name contains one of these")
    args = parser.parse_args()
    program = runner(args.build)
    if args.faults and not has_faults(program):
        print(f"{args.build} is not built with -Dfaults=true")
        return 77
    cases = all_cases()
    modes = [["--native"], ["--turns", "7"]] if args.native else [[]]
    failed = 0
    gaps = {} if args.faults else known_gaps.read("vbs/")
    gone = [] if args.names else sorted(set(gaps) - {case.name for case in cases})
    if args.names:
        cases = [case for case in cases if any(name in case.name for name in args.names)]
    print(f"1..{len(cases) + len(gone)}")
    for name in gone:
        failed += 1
        print(f"not ok {name}: there is no such test, but it is listed as a known gap")
    for case in cases:
        try:
            wrong = next(filter(None, (
                check_faults(program, case, args.budget, mode) if args.faults else
                check(program, case, mode) for mode in modes)), None)
        except subprocess.TimeoutExpired:
            wrong = "no end within 20 seconds"
        name = case.name
        if wrong and name in gaps:
            print(f"ok {name}: {gaps[name]} # SKIP known gap")
            continue
        if name in gaps:
            wrong = known_gaps.passed(gaps[name])
        if wrong:
            failed += 1
            print(f"not ok {name}: {wrong.splitlines()[0]}")
            for line in wrong.splitlines()[1:]:
                print(f"# {line}")
        else:
            print(f"ok {name}")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
