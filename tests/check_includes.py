#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the #include lines against the folder table of ARCHITECTURE.md (TAP).

The first table of that page whose first column is `src/<folder>` gives the order: a folder may
include itself, the folders above it, and include/surrogate. Each header must compile alone; with
--build, also against the headers that a build makes of idl/.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PUBLIC = ROOT / "include"


def read_order(page):
    """The folders of the first table that lists `src/...`, in order."""
    order = []
    for line in page.read_text().splitlines():
        row = re.match(r"\|\s*`(src/[\w/]+)`\s*\|", line)
        if row:
            order.append(row[1])
        elif order:
            break
    return order


def folder_of(path, order):
    """The folder of the table that `path` (relative to the root) is in, or None."""
    inside = [f for f in order if str(path).startswith(f + "/")]
    return max(inside, key=len, default=None)


def resolve(including, name):
    """The file a quoted name means, relative to the root, or None when there is none."""
    for start in (including.parent, ROOT / "src", PUBLIC):
        path = pathlib.Path(os.path.normpath(start / name))
        if path.exists():
            return path.relative_to(ROOT)
    return None


def wrong_includes(path, order):
    mine = folder_of(path.relative_to(ROOT), order)
    if mine is None:
        yield f"{path.relative_to(ROOT)}: its folder is not in the table of ARCHITECTURE.md"
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not include:
            continue
        where = f"{path.relative_to(ROOT)}:{number}"
        target = resolve(path, include[1])
        if target is None:
            if not re.search(r"\.inc$", include[1]):  # made by the build
                yield f"{where}: there is no {include[1]}"
            continue
        theirs = folder_of(target, order)
        if target.is_relative_to("include/surrogate"):
            continue
        if theirs is None:
            yield f"{where}: {target} is in no folder of the table"
        elif order.index(theirs) > order.index(mine):
            yield f"{where}: {mine} may not use {theirs}, which stands below it"


def compiles_alone(header, build):
    command = [os.environ.get("CC", "cc"), "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Werror",
               "-fsyntax-only", f"-I{PUBLIC}", f"-I{ROOT / 'src'}", f"-I{build}", "-x", "c",
               "-include", str(header), "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True)
    return header, done.returncode == 0, done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    build = parser.parse_args().build
    order = read_order(ROOT / "ARCHITECTURE.md")
    sources = sorted((ROOT / "src").rglob("*.[ch]"))
    headers = [p for p in sources if p.suffix == ".h"] + sorted(PUBLIC.rglob("*.h"))
    points = []

    def point(ok, name, notes=()):
        points.append(ok)
        for note in notes:
            print(f"# {note}")
        print(f"{'ok' if ok else 'not ok'} {len(points)} - {name}")

    point(bool(order), "ARCHITECTURE.md has the table of folders",
          () if order else ["expected rows that begin with | `src/<folder>` |"])
    by_folder = {folder: [] for folder in order}
    strays = []
    for path in sources:
        by_folder.get(folder_of(path.relative_to(ROOT), order), strays).append(path)
    for folder, paths in {**by_folder, "other folders": strays}.items():
        wrong = [text for path in paths for text in wrong_includes(path, order)]
        point(not wrong, f"order of {folder}", wrong)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, ok, text in pool.map(compiles_alone, headers, [build] * len(headers)):
            point(ok, f"{header.relative_to(ROOT)} compiles alone", text.splitlines()[:20])
    print(f"1..{len(points)}")
    return 0 if all(points) else 1


if __name__ == "__main__":
    sys.exit(main())
