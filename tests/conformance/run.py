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
is found as well.) --faults runs each file with its n-th allocation
failing, for every n, and wants an error or the expected output, never a crash:

  run.py --build build --faults [NAME ...]

known-gaps.txt lists the files that are known to fail.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import known_gaps  # noqa: E402 (the path comes first)


class Case:
    """One program: a file, or a part of one."""

    def __init__(self, path, part, lines):
        # vbs/07-errors/resume.vbs is vbs/07-errors-resume.
        self.file = "vbs/" + "-".join(path.relative_to(HERE / "vbs").with_suffix("").parts)
        self.name = f"{self.file}:{part}" if part else self.file
        self.path, self.part, self.source = path, part, "\n".join(lines)
        self.output, self.error, self.options = [], None, []
        for line in lines:
            if match := re.search(r"' expect: ?(.*)$", line):
                self.output.append(match[1].rstrip())
            elif match := re.search(r"' error: (-?\d+)(?: line (\d+))?(?: column (\d+))?", line):
                self.error = match.groups()
            elif match := re.search(r"' option: (.*)$", line):
                self.options += match[1].split()

    def run(self, program, options, timeout=20):
        """Status, output and complaints of vbs-run."""
        if not self.part:
            return self.start([program, *options, *self.options, self.path], timeout)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".vbs") as file:
            file.write(self.source)
            file.flush()
            return self.start([program, *options, *self.options, file.name], timeout)

    @staticmethod
    def start(argv, timeout):
        result = subprocess.run(argv, capture_output=True, timeout=timeout)
        return (result.returncode, result.stdout.decode("utf-8", "replace"),
                result.stderr.decode("utf-8", "replace"))


def file_cases(path):
    """The programs of a file; before each are as many empty lines as the file has lines there."""
    lines, parts = path.read_text(encoding="utf-8").splitlines(), []
    for i, line in enumerate(lines):
        if match := re.match(r"' ---- (\S+)$", line):
            parts.append((match[1], i))
    if not parts:
        return [Case(path, "", lines)]
    ends = [i for _, i in parts[1:]] + [len(lines)]
    return [Case(path, part, [""] * (i + 1) + lines[i + 1:end])
            for (part, i), end in zip(parts, ends)]


def all_cases():
    return [case for path in sorted((HERE / "vbs").rglob("*.vbs")) for case in file_cases(path)]


def check(program, case):
    """None, or what is wrong."""
    status, output, complaints = case.run(program, [])
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


def check_faults(program, case):
    """Every allocation fails once. A run ends with what is expected, or with an error."""
    # What Err shows may differ; what must not happen is a crash or a leak (the sanitizer's status).
    for n in range(1, 100000):
        status, _, complaints = case.run(program, ["--fault", str(n)])
        if status not in (0, 1, 2):
            return f"allocation {n}: status {status}: {complaints[:1500]}"
        if "FAULT-NOT-REACHED" in complaints:
            return None
    return "there is no end to its allocations"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("names", nargs="*", help="only tests whose name contains one of these")
    args = parser.parse_args()
    program = pathlib.Path(args.build).resolve() / "tests" / "unit" / "vbs" / "vbs-run"
    cases = all_cases()
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
            wrong = (check_faults if args.faults else check)(program, case)
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
