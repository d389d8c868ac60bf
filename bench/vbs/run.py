#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs each program of this folder with our cscript, and its twins with Lua 5.4 and PHP 8.2, and the same program with Wine's
cscript; prints milliseconds of processor time and the ratios of ours to theirs (below 1: ours is faster).

  bench/vbs/run.py [--build BUILD] [--rounds N] [--no-wine] [CASE ...]

Each figure is the best of N runs, less the best start-up time of the same program (an empty script). The programs take turns, so
that a machine that is slow for a while is slow for all of them. A program divides its work by
`Parts`. Wine, which is 30 to 300 times slower, does one part of WINE_PARTS in one run, and its time is multiplied by that; where a
program takes more than its share of time when there is more to do (appending to strings in Wine), this flatters Wine. All must print the same,
or the run fails; where Wine does not, its figure is left out and a line says so.
Processor time is that of the process; what wineserver does for Wine is not in it."""
import argparse
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WINE_PARTS = 50
WINE_PROGRAM = r"C:\windows\system32\cscript.exe"  # by its path it is this process, not start.exe's child
WINE_SECONDS = 30


class Failed(Exception):
    pass


def run(argv, cwd, timeout=WINE_SECONDS):
    """(seconds of processor time, output) of one run."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(argv, stdout=out, stderr=subprocess.DEVNULL, cwd=cwd,
                                 env=os.environ | {"WINEDEBUG": "-all"}, preexec_fn=lambda: limit(timeout))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode("utf-8", "replace").split()
    if child.returncode:
        raise Failed(f"{argv[0]}: status {child.returncode}")
    return usage.ru_utime + usage.ru_stime, text


def limit(seconds):
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def prologue(parts, echo):
    """One line, so that the lines of errors are still right."""
    sub = ": Sub Echo(ByVal x): WScript.Echo x: End Sub: " if echo else ": "
    return f"Const Parts = {parts} {sub}\r\n"


class Peer:
    """A program that runs cases: how to call it, and how it starts."""

    def __init__(self, name, parts, rounds):
        self.name, self.parts, self.rounds, self.startup = name, parts, rounds, 0.0

    def argv(self, case, folder, parts):
        raise NotImplementedError

    def output(self, case, folder, parts):
        return run(self.argv(case, folder, parts), folder)[1]

    def once(self, case, folder):
        return run(self.argv(case, folder, self.parts), folder)

    def without_startup(self, seconds):
        return max(seconds - self.startup, 0.0001) * self.parts


class Script(Peer):
    """Runs the .vbs file itself, behind a prologue."""

    def __init__(self, name, command, echo, parts, rounds):
        super().__init__(name, parts, rounds)
        self.command, self.echo = command, echo

    def argv(self, case, folder, parts):
        path = pathlib.Path(folder) / f"{case}-{parts}-{int(self.echo)}.vbs"
        source = HERE / f"{case}.vbs"
        path.write_text(prologue(parts, self.echo) + (source.read_text() if source.exists() else ""), newline="")
        return [*self.command, path.name]


class Twin(Peer):
    """Runs the case's twin in another language."""

    def __init__(self, name, command, suffix, rounds):
        super().__init__(name, 1, rounds)
        self.command, self.suffix = command, suffix

    def argv(self, case, folder, parts):
        path = HERE / f"{case}{self.suffix}"
        if not path.exists():
            path = pathlib.Path(folder) / f"empty{self.suffix}"
            path.write_text("")
        return [*self.command, path, str(parts)]


def our_program(build):
    cscript = build / "bin" / "cscript"
    if cscript.exists():
        return Script("cscript", [cscript, "//nologo"], True, 1, 0)
    return Script("vbs-run", [build / "tests" / "unit" / "vbs" / "vbs-run"], False, 1, 0)


def find_peers(rounds, wine):
    peers, notes = [], []
    for name, program, suffix in (("Lua", "lua5.4", ".lua"), ("PHP", "php8.2", ".php")):
        if path := shutil.which(program):
            peers.append(Twin(name, [path], suffix, rounds))
        else:
            notes.append(f"no {program}: column {name} is empty")
    path = shutil.which("wine")
    if path and wine:
        peer = Script("Wine", [path, WINE_PROGRAM, "//nologo"], True, WINE_PARTS, 1)
        try:
            with tempfile.TemporaryDirectory() as folder:
                peer.output("empty", folder, 1)  # the first start makes Wine's folder
            peers.append(peer)
        except Failed as e:
            notes.append(f"Wine does not run cscript ({e}): try wineboot -i")
    elif wine:
        notes.append("no wine: column Wine is empty")
    return peers, notes


def take_turns(case, ours, peers, folder, notes):
    """The best seconds of each peer that can do it, and what it printed."""
    best, out = {}, [p for p in peers if isinstance(p, Twin) and not (HERE / f"{case}{p.suffix}").exists()]
    for turn in range(ours.rounds):
        for peer in [ours, *peers]:
            if peer in out or turn >= peer.rounds:
                continue
            try:
                seconds, said = peer.once(case, folder)
            except Failed as e:
                if peer is ours:
                    raise
                notes.append(f"{case}: {e}")
                out.append(peer)
                best.pop(peer, None)
                continue
            best[peer] = min(seconds, best[peer][0]) if peer in best else seconds, said
    return best


def measure(case, ours, peers, folder, notes):
    best = take_turns(case, ours, peers, folder, notes)
    seconds, text = best.pop(ours)
    row = {ours.name: ours.without_startup(seconds)}
    for peer, (theirs, said) in best.items():
        wanted = text if peer.parts == 1 else ours.output(case, folder, peer.parts)
        if said != wanted and isinstance(peer, Twin):
            raise Failed(f"{case}: {ours.name} prints {wanted}, {peer.name} {said}")
        if said != wanted:
            notes.append(f"{case}: Wine prints '{' '.join(said)}', not '{' '.join(wanted)}': left out")
            continue
        row[peer.name] = peer.without_startup(theirs)
    return row


def show(name, row, names):
    cells = [f"{row[n] * 1e3:9.0f}" if n in row else f"{'-':>9}" for n in names]
    ratios = [f"{row[names[0]] / row[n]:9.3f}" if n in row else f"{'-':>9}" for n in names[1:]]
    print(f"{name:12}" + "".join(cells) + " |" + "".join(ratios), flush=True)


def main():
    p = argparse.ArgumentParser(description="Measures VBScript against Lua, PHP and Wine.")
    p.add_argument("cases", nargs="*")
    p.add_argument("--build", default=HERE.parent.parent / "build", type=pathlib.Path)
    p.add_argument("--rounds", default=5, type=int)
    p.add_argument("--no-wine", action="store_true")
    args = p.parse_args()
    ours = our_program(args.build.resolve())
    ours.rounds = args.rounds
    peers, notes = find_peers(args.rounds, not args.no_wine)
    names = [ours.name] + [peer.name for peer in peers]
    rows = []
    print(f"{'ms':12}" + "".join(f"{n:>9}" for n in names) + " |" + "".join(f"{'/' + n:>9}" for n in names[1:]))
    with tempfile.TemporaryDirectory(prefix="surrogate-bench-") as folder:
        for peer in [ours, *peers]:
            peer.startup = min(run(peer.argv("empty", folder, 1), folder)[0] for _ in range(max(peer.rounds, 3)))
        show("(start-up)", {peer.name: peer.startup for peer in [ours, *peers]}, names)
        for case in args.cases or sorted(path.stem for path in HERE.glob("*.vbs")):
            rows.append(measure(case, ours, peers, folder, notes))
            show(case, rows[-1], names)
    means = []
    for name in names[1:]:
        ratios = [row[names[0]] / row[name] for row in rows if name in row]
        means.append(math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan)
    print(f"{'geometric mean of the ratios':{12 + 9 * len(names)}} |" + "".join(f"{m:9.3f}" for m in means))
    for note in notes:
        print(note)
    if "Wine" in names:
        print(f"Wine: one part of {WINE_PARTS} of the work, once, times {WINE_PARTS}.")


try:
    main()
except Failed as failure:
    sys.exit(f"bench/vbs: {failure}")
