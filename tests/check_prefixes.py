#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the names that folders export against the prefixes of ARCHITECTURE.md (TAP).

check_prefixes.py --build BUILD: every function a folder of src/ defines for others must begin
with a prefix that the table of folders gives to that folder; functions that the public headers
in include/surrogate declare are com's, or ndr's. A prefix is given once.
"""
import argparse
import pathlib
import re
import subprocess
import sys

PUBLIC = {"src/com", "src/ndr"}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def read_prefixes(page):
    """For each folder of the first table that lists `src/...`, its prefixes."""
    prefixes = {}
    for line in page.read_text().splitlines():
        row = re.match(r"\|\s*`(src/[\w/]+)`\s*\|[^|]*\|([^|]*)\|", line)
        if row:
            prefixes[row[1]] = re.findall(r"`(\w+_)`", row[2])
        elif prefixes:
            break
    return prefixes


def public_names():
    headers = (ROOT / "include/surrogate").glob("*.h")
    return {name for header in headers for name in re.findall(r"\b(\w+)\s*\(", header.read_text())}


def functions(library):
    listing = subprocess.run(["nm", "--defined-only", "--extern-only", library],
                             capture_output=True, check=True, text=True).stdout
    return re.findall(r"^[0-9a-f]+ [TW] (\w+)$", listing, re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    build = parser.parse_args().build.resolve()
    prefixes = read_prefixes(ROOT / "ARCHITECTURE.md")
    public = public_names()
    points = []

    def point(wrong, name):
        points.append(not wrong)
        for note in wrong:
            print(f"# {note}")
        print(f"{'not ok' if wrong else 'ok'} {len(points)} - {name}")

    given = [prefix for theirs in prefixes.values() for prefix in theirs]
    point([f"{p} is given to more than one folder" for p in set(given) if given.count(p) > 1],
          "each prefix is given once")
    for folder, mine in prefixes.items():
        libraries = sorted((build / folder).glob("*.a"))
        names = [name for library in libraries for name in functions(library)]
        missing = [] if names else [f"no function found in {build / folder}/*.a"]
        point(missing + [f"{name}: {folder} owns {' '.join(mine) or 'no prefix'}" for name in names
                         if not name.startswith(tuple(mine))
                         and not (folder in PUBLIC and name in public)],
              f"names of {folder}")
    print(f"1..{len(points)}")
    return 0 if all(points) else 1


if __name__ == "__main__":
    sys.exit(main())
