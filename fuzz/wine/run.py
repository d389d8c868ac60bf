#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares VBScript with Wine's engine: run.py CSCRIPT [--count N] [--seed N] [--programs N]

Makes expressions (expressions.py) and small programs (programs.py) by chance, lets both engines
print type and value, or the error's number, of each, and looks for the smallest part on which
they disagree. explained.txt says who is right about what, and why; a disagreement that it does
not explain makes the status 1. Not run in CI: it needs the package wine.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from expressions import FUNCTIONS, PROLOGUE, Expressions, subtrees, wrap
import programs

HERE = pathlib.Path(__file__).resolve().parent
PER_SCRIPT = 2000
RESULT = re.compile(r"error -?\d+|[A-Z]\w+(\(\))?( .*)?", re.S)
# An argument of each kind that no function refuses.
HARMLESS = {"n": "2", "t": '"2"', "d": "40000", "e": "1", "i": '"d"', "f": "-1", "c": "0", "w": "1",
            "k": "1", "a": "Array(1)"}
KINDS = {name: kinds.replace("|", "") for name, kinds in FUNCTIONS}
HEAD = """\
On Error Resume Next
Function Q(s)
  Dim i, c, t
  t = ""
  For i = 1 To Len(s)
    c = Asc(Mid(s, i, 1))
    If c < 32 Or c > 126 Or c = 92 Then
      t = t & "\\" & Hex(c) & ";"
    Else
      t = t & Mid(s, i, 1)
    End If
  Next
  Q = t
End Function
Function U(v)
  If IsArray(v) Or IsNull(v) Or IsEmpty(v) Or IsObject(v) Then
    U = TypeName(v)
  Else
    U = TypeName(v) & " " & Q(CStr(v))
  End If
End Function
Sub P(i, n, v)
  If n <> 0 Then
    WScript.Echo i & " error " & n
  Else
    WScript.Echo i & " " & U(v)
  End If
End Sub
"""


class Engine:
    """One of the two: runs a script, gives its output."""

    def __init__(self, argv, environment=None):
        self.argv = argv
        self.environment = dict(os.environ, **(environment or {}))

    def run(self, text, timeout=60):
        with tempfile.TemporaryDirectory() as folder:
            # Wine takes a path that begins with a slash for an option.
            (pathlib.Path(folder) / "a.vbs").write_text(text, "latin-1")
            # Not to a pipe: the services that Wine starts with the first program keep it open.
            with open(pathlib.Path(folder) / "out", "w+b") as out:
                try:
                    subprocess.run([*self.argv, "//nologo", "a.vbs"], stdout=out, timeout=timeout,
                                   stderr=subprocess.DEVNULL, env=self.environment, cwd=folder)
                except subprocess.TimeoutExpired:
                    pass # what it said until then counts
                out.seek(0)
                return out.read().decode("latin-1").replace("\r\n", "\n")

    def evaluate(self, texts):
        """What comes of each expression: a list of "Type value", "error N" or "nothing"."""
        results = ["nothing"] * len(texts)
        start = 0
        while start < len(texts):
            body = [HEAD, PROLOGUE]
            for i in range(start, len(texts)):
                body.append(f"Err.Clear\nv = Empty\nv = {texts[i]}\nn = Err.Number\nErr.Clear\n"
                            f"P {i}, n, v\n")
            reached = start - 1
            for line in self.run("".join(body)).splitlines():
                number, _, result = line.partition(" ")
                if number.isdigit() and int(number) < len(texts):
                    reached = int(number)
                    results[reached] = result
            if reached < start and len(texts) - start > 1:
                # The script was refused: find out by halves for what.
                half = (start + len(texts)) // 2
                results[start:] = self.evaluate(texts[start:half]) + self.evaluate(texts[half:])
                break
            # An engine that ended early: go on behind the one it stopped at.
            start = reached + 2
        return results


def explanations(path):
    """Blocks of "key: value" lines, apart by empty lines; the patterns are matched as a whole."""
    found = []
    for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
        entry = {}
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            key, _, value = line.partition(": ")
            entry[key.strip()] = value
        if entry:
            found.append({**entry, **{key: re.compile(entry.get(key, ".*"), re.S)
                                      for key in ("expression", "wine", "ours")}})
    return found


def near(wine, ours, digits):
    """Two numbers of one type that agree to so many digits."""
    try:
        (kind, a), (other, b) = wine.split(" ", 1), ours.split(" ", 1)
        return kind == other and abs(float(a) - float(b)) <= 10 ** -digits * max(abs(float(a)), 1e-300)
    except ValueError:
        return False


def mended(tree):
    """The expression with each of its operands in turn replaced by a harmless one."""
    text, children = tree
    name = text.partition("(")[0]
    inner = [child for child, _ in children]
    if name in KINDS and text == f"{name}({', '.join(inner)})":
        for i in range(len(inner)):
            parts = inner[:i] + [HARMLESS[KINDS[name][i]]] + inner[i + 1:]
            yield f"{name}({', '.join(parts)})"
    elif len(children) == 2:
        left, right = map(wrap, children)
        operator = text[len(left):len(text) - len(right)]
        yield "1" + operator + right
        yield left + operator + "1"


def explain(entries, text, wine, ours, two_wrong=lambda: True):
    """The name of the first block that fits. A block with `two` is about expressions that are
    wrong in two places."""
    return next((e["name"] for e in entries if e["expression"].fullmatch(text)
                 and e["wine"].fullmatch(wine) and e["ours"].fullmatch(ours)
                 and ("near" not in e or near(wine, ours, int(e["near"])))
                 and ("two" not in e or two_wrong())), None)


class Comparison:
    def __init__(self, wine, ours, entries):
        self.wine, self.ours, self.entries = wine, ours, entries
        self.counts = collections.Counter()
        self.unexplained = {}

    def disagreements(self, texts):
        """{text: (wine, ours)} of those that differ."""
        found = {}
        for at in range(0, len(texts), PER_SCRIPT):
            part = texts[at:at + PER_SCRIPT]
            for text, a, b in zip(part, self.wine.evaluate(part), self.ours.evaluate(part)):
                if a != b:
                    found[text] = (a, b)
        return found

    def two_wrong(self, tree):
        """Whether what mends one operand leaves an error, in one of the engines at least."""
        texts = list(mended(tree))
        good = [text for text, result in zip(texts, self.ours.evaluate(texts))
                if not result.startswith("error")]
        return bool(texts) and all(r.startswith("error") for r in self.wine.evaluate(good))

    def judge(self, trees):
        """The smallest disagreeing part of each expression, explained or kept."""
        differing = self.disagreements([text for text, _ in trees])
        guilty = [tree for tree in trees if tree[0] in differing]
        parts = {text for tree in guilty for text, _ in subtrees(tree)} - set(differing)
        differing |= self.disagreements(sorted(parts))
        for tree in guilty:
            part = next((t for t in subtrees(tree) if self.differs(t[0], differing)), None)
            if not part:
                continue
            text = part[0]
            wine, ours = differing[text]
            name = explain(self.entries, text, wine, ours, lambda t=part: self.two_wrong(t))
            self.counts[name] += 1
            if not name:
                self.unexplained[text] = (wine, ours)
                print(f"# {text}  |  wine {wine}  |  ours {ours}", file=sys.stderr, flush=True)

    def differs(self, text, differing):
        """Asks Wine once more where it gave no result: it ends at times, and takes the rest of
        the script with it."""
        if text in differing and not RESULT.fullmatch(differing[text][0]):
            ours = differing.pop(text)[1]
            wine = self.wine.evaluate([text])[0]
            if wine != ours:
                differing[text] = (wine, ours)
        return text in differing

    def judge_program(self, text):
        a, b = self.wine.run(text), self.ours.run(text)
        if a == b:
            return
        lines = [(x, y) for x, y in zip(a.splitlines() + ["nothing"], b.splitlines() + ["nothing"])
                 if x != y] or [("nothing", "nothing")]
        name = explain(self.entries, text, *lines[0])
        self.counts[name] += 1
        if not name:
            self.unexplained[text] = lines[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cscript", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=20000, help="expressions")
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=60, help="unexplained ones to print")
    parser.add_argument("--expression", action="append", default=[], help="just this one")
    args = parser.parse_args()
    comparison = Comparison(Engine(["wine", "cscript.exe"], {"WINEDEBUG": "-all"}),
                            Engine([args.cscript.resolve()]),
                            explanations(HERE / "explained.txt"))
    if args.expression:
        for text in args.expression:
            print(f"{text}\n  wine {comparison.wine.evaluate([text])[0]}\n"
                  f"  ours {comparison.ours.evaluate([text])[0]}")
        return 0
    maker = Expressions(random.Random(args.seed))
    done = 0
    while done < args.count:
        size = min(PER_SCRIPT, args.count - done)
        comparison.judge([maker.make(1 + (done + i) % 3) for i in range(size)])
        done += size
        print(f"# {done} expressions, {sum(comparison.counts.values())} disagreements, "
              f"{len(comparison.unexplained)} unexplained", file=sys.stderr, flush=True)
    chance = random.Random(args.seed)
    for _ in range(args.programs):
        comparison.judge_program(programs.make(chance))
    for name, count in comparison.counts.most_common():
        print(f"{count:7} {name or 'UNEXPLAINED'}")
    shown = sorted(comparison.unexplained.items(), key=lambda item: len(item[0]))[:args.show]
    for text, (wine, ours) in shown:
        print(f"{text[-1500:] if chr(10) in text else text}  |  wine {wine}  |  ours {ours}")
    return 1 if comparison.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
