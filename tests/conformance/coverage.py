#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What of VBScript the conformance suite covers; prints TAP.

  coverage.py --build build            checks
  coverage.py --build build --write    writes docs/vbscript-coverage.md

The engine itself says what there is (vbs-run --tables) and what a run used (vbs-run --coverage):
built-ins called, constants, words and operators compiled, errors raised. Every one must be used
by a program of the suite, and every error must end one, at a line and a column that the program
names. Errors that cannot come are listed with the reason in not-raised.txt; one that comes all
the same is wrong there.

The committed table is out of date when something is missing from it, or when a program that it
names no longer covers what it says.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from cases import all_cases, has_faults, runner  # noqa: E402 (the path comes first)

DOCUMENT = HERE.parent.parent / "docs" / "vbscript-coverage.md"
SHOWN = 3  # files named for one thing

KINDS = {
    "function": "Built-in functions",
    "constant": "Constants",
    "word": "Words of statements and operators",
    "operator": "Operators",
    "sign": "Signs",
    "error": "Errors",
}


def record(program, case):
    """What a run of the program used: lines of vbs-run --coverage."""
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as file:
        case.run(program, ["--coverage", file.name], timeout=60)
        return set(file.read().splitlines())


def not_raised():
    """Reasons by number, of the errors that cannot come."""
    lines = (HERE / "not-raised.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(None, 1) for line in lines if line.strip() and line[0] != "#")


class Coverage:
    def __init__(self, program):
        tables = subprocess.run([program, "--tables"], capture_output=True, text=True, check=True)
        self.items, self.texts = [], {}
        for line in tables.stdout.splitlines():
            kind, name, *text = line.split(" ", 2)
            self.items.append((kind, name))
            self.texts[kind, name] = text[0] if text else ""
        self.cases = all_cases()
        self.used = collections.defaultdict(list)      # (kind, name) -> names of programs
        self.failures = collections.defaultdict(set)   # function -> error numbers it gave
        self.ends = collections.defaultdict(list)      # error number -> programs that end with it
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for case, facts in zip(self.cases, pool.map(lambda c: record(program, c), self.cases)):
                self.add(case, facts)

    def add(self, case, facts):
        for fact in facts:
            kind, name, *rest = fact.split(" ")
            if kind == "failure":
                self.failures[name].add(int(rest[0]))
            else:
                self.used[kind, name].append(case.name)
        # Raised, so not by Err.Raise, and the end of the program at a known place.
        if case.error and all(case.error) and f"error {case.error[0]}" in facts:
            self.ends[case.error[0]].append(case.name)

    def covering(self, kind, name):
        """The programs that cover a thing; those that cover little else come first."""
        names = self.ends[name] if kind == "error" else self.used[kind, name]
        chapters = {"function": "10-", "constant": "10-", "error": "07-"}
        return sorted(names, key=lambda n: (not n.startswith("vbs/" + chapters.get(kind, "0")), n))

    def holes(self):
        """(kind, name, what is wrong)"""
        listed = not_raised()
        for kind, name in self.items:
            if kind == "error" and name in listed:
                if self.used[kind, name]:
                    yield kind, name, (f"{self.used[kind, name][0]} raises it, but not-raised.txt "
                                       f"says: {listed[name]}")
            elif kind == "error" and not self.ends[name]:
                raised = ", ".join(self.used[kind, name][:SHOWN])
                yield kind, name, ("no program ends with it at a named line and column"
                                   + (f" (raised by {raised})" if raised else ""))
            elif not self.covering(kind, name):
                yield kind, name, "no program uses it"
        for number in sorted(set(listed) - {name for kind, name in self.items if kind == "error"}):
            yield "error", number, "is in not-raised.txt, but it is none of the documented errors"


def cell(text):
    return text.replace("|", "\\|")


def short(names):
    """Names of programs as a table shows them. No counts: those would change with every file."""
    return ", ".join(name.removeprefix("vbs/") for name in names[:SHOWN])


def document(coverage):
    listed, lines = not_raised(), []
    lines += ["# What the conformance suite covers of VBScript", "",
              "Made by `tests/conformance/coverage.py --write`: do not edit. The engine records what "
              "each program of `tests/conformance/vbs` uses; `chapter-topic` stands for "
              "`chapter/topic.vbs`, what follows a colon is one of the programs of that file. Of "
              f"each thing at most {SHOWN} programs are named.", ""]
    for kind, title in KINDS.items():
        items = [name for k, name in coverage.items if k == kind]
        if kind != "error":
            items.sort(key=str.lower)
        lines += [f"## {title} ({len(items)})", ""]
        heads = {"function": ["function", "its errors", "programs"],
                 "error": ["number", "text", "programs that end with it at a tested line and column"]}
        head = heads.get(kind, [kind, "programs"])
        lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        for name in items:
            row = [f"`{name}`" if kind != "error" else name]
            if kind == "function":
                row.append(", ".join(map(str, sorted(coverage.failures[name]))))
            if kind == "error":
                row.append(coverage.texts[kind, name])
            if kind == "error" and name in listed:
                row.append(f"*not raised:* {listed[name]}")
            else:
                row.append(short(coverage.covering(kind, name)))
            lines.append("| " + " | ".join(map(cell, row)) + " |")
        lines.append("")
    return "\n".join(lines)


def committed():
    """(kind, name) -> the programs that the committed table names."""
    rows, kind = {}, None
    titles = {title: kind for kind, title in KINDS.items()}
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    for line in text.splitlines():
        if match := re.match(r"## (.*) \(\d+\)$", line):
            kind = titles.get(match[1])
        elif kind and line.startswith("| ") and not line.startswith(f"| {kind} |"):
            cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
            if cells[0] == "number":
                continue
            names = [] if cells[-1].startswith("*") else [
                "vbs/" + n for n in cells[-1].split(", ") if n]
            rows[kind, cells[0].strip("`")] = names
    return rows


def stale(coverage):
    """What is wrong with the committed table, a line each."""
    rows = committed()
    for item in coverage.items:
        if item not in rows:
            yield f"{item[0]} {item[1]} is not in it"
            continue
        gone = set(rows[item]) - set(coverage.covering(*item))
        if gone:
            yield f"{', '.join(sorted(gone))} does not cover {item[0]} {item[1]}"
    for kind, name in sorted(set(rows) - set(coverage.items)):
        yield f"there is no {kind} {name}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    program = runner(args.build)
    if not has_faults(program):
        print(f"{args.build} is not built with -Dfaults=true")
        return 77
    coverage = Coverage(program)
    if args.write:
        DOCUMENT.write_text(document(coverage), encoding="utf-8")
    holes = {(kind, name): wrong for kind, name, wrong in coverage.holes()}
    points = [(f"{kind} {name}", holes.pop((kind, name), None)) for kind, name in coverage.items]
    points += [(f"{kind} {name}", wrong) for (kind, name), wrong in holes.items()]
    wrong = list(stale(coverage))
    points.append((f"docs/{DOCUMENT.name}", "; ".join(wrong[:3]) + "; run coverage.py --write"
                   if wrong else None))
    print(f"1..{len(points)}")
    for name, wrong in points:
        print(f"not ok {name}\n# {wrong}" if wrong else f"ok {name}")
    return 1 if any(wrong for _, wrong in points) else 0


if __name__ == "__main__":
    sys.exit(main())
