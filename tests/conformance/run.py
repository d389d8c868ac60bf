#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the conformance files of the script engines and prints TAP.

A file carries its expectations in comments:

  ' expect: text             the next line of output (blanks at the end do not count)
  ' error: 13 line 4 column 3    the run ends with this error; line and column may be left out
  ' option: --depth 50       options for vbs-run

Files are sorted by chapter in their names: NN-chapter-topic.vbs. A number of --fault files runs
each file with its n-th allocation failing, for every n, and wants an error or the expected
output, never a crash:  run.py --build build --faults [NAME ...]

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


def expectations(path):
    lines, error, options = [], None, []
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.search(r"' expect: ?(.*)$", line):
            lines.append(match[1].rstrip())
        elif match := re.search(r"' error: (-?\d+)(?: line (\d+))?(?: column (\d+))?", line):
            error = match.groups()
        elif match := re.search(r"' option: (.*)$", line):
            options += match[1].split()
    return lines, error, options


def run(program, path, options):
    return subprocess.run([program, *options, path], capture_output=True, timeout=20)


def check(program, path):
    """None, or what is wrong."""
    lines, error, options = expectations(path)
    result = run(program, path, options)
    output = result.stdout.decode("utf-8", "replace").splitlines()
    seen = None
    if output and (match := re.match(r"! .*?\((\d+), (\d+)\) .*\[(-?\d+)\]$", output[-1])):
        seen = (match[3], match[1], match[2])
        last = output.pop()
    output = [line.rstrip() for line in output]
    if result.returncode not in (0, 1):
        return f"status {result.returncode}: {result.stderr.decode('utf-8', 'replace')[-600:]}"
    for i, (want, got) in enumerate(zip(lines, output)):
        if want != got:
            return f"output line {i + 1}: expected '{want}', got '{got}'"
    if len(lines) != len(output):
        extra = (output + lines)[min(len(lines), len(output)):][:1]
        return f"expected {len(lines)} lines, got {len(output)}: '{extra[0]}'" + (
            f"; {last}" if seen else "")
    if seen and not error:
        return f"unexpected error: {last}"
    if error and not seen:
        return f"expected error {error[0]}"
    if error and any(want and want != got for want, got in zip(error, seen)):
        return f"expected error {error}, got {last}"
    return None


def check_faults(program, path):
    """Every allocation fails once. A run ends with what is expected, or with an error."""
    _, _, options = expectations(path)
    # What Err shows may differ; what must not happen is a crash or a leak (the sanitizer's status).
    for n in range(1, 100000):
        result = run(program, path, ["--fault", str(n), *options])
        if result.returncode not in (0, 1, 2):
            return f"allocation {n}: status {result.returncode}: " + \
                result.stderr.decode("utf-8", "replace")[:1500]
        if b"FAULT-NOT-REACHED" in result.stderr:
            return None
    return "there is no end to its allocations"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    program = pathlib.Path(args.build).resolve() / "tests" / "unit" / "vbs" / "vbs-run"
    paths = sorted((HERE / "vbs").glob("*.vbs"))
    if args.names:
        paths = [p for p in paths if any(name in p.name for name in args.names)]
    failed = 0
    gaps = {} if args.faults else known_gaps.read("vbs/")
    gone = [] if args.names else sorted(set(gaps) - {f"vbs/{p.stem}" for p in paths})
    print(f"1..{len(paths) + len(gone)}")
    for name in gone:
        failed += 1
        print(f"not ok {name}: there is no such test, but it is listed as a known gap")
    for path in paths:
        try:
            wrong = (check_faults if args.faults else check)(program, path)
        except subprocess.TimeoutExpired:
            wrong = "no end within 20 seconds"
        name = f"vbs/{path.stem}"
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
