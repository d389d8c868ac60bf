#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Which attributes of the configuration act: docs/configuration-attributes.md. Prints TAP.

  check_acts.py --build build            checks
  check_acts.py --build build --write    writes the document

The tables that bind attributes to fields (src/config/bind.h) say it; the program list-acts reads
them. A field that is bound and that no code looks at would be a lie: each must be used somewhere.
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "configuration-attributes.md"
# A row of a table: BIND(struct x, field, "path") and the macros made of it.
ROW = re.compile(r'^\s*(?:BIND\(struct \w+, |[A-Z]+\()([a-z_.]+), "[\w/]+"\)', re.MULTILINE)
HEAD = """# Attributes that act

Made by `tests/check_acts.py --write` from the schema and the tables that bind it; what a section means is in
[configuration.md](configuration.md). Everything is read and checked; what is not under "acts" has no effect yet.

| section | acts | no effect |
|---|---|---|
"""


def listed(build):
    """{section: ([acts], [does not])} in the order of the schema."""
    out = subprocess.run([build / "tests/unit/config/list-acts"], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    sections = {}
    for line in out.splitlines():
        section, path, acts = line.split("\t")
        sections.setdefault(section, ([], []))[acts != "acts"].append(path)
    return sections


def short(paths):
    """`a`, `session/b`: attributes of one element together."""
    groups = {}
    for path in paths:
        element, _, name = path.rpartition("/")
        groups.setdefault(element, []).append(f"`{name}`")
    return "; ".join((f"`{element}`: " if element else "") + " ".join(names)
                     for element, names in groups.items())


def document(sections):
    """The manual's page; sections of which nothing acts share a line."""
    rows, none = [], []
    for section, (acts, idle) in sections.items():
        if acts:
            rows.append(f"| `{section}` | {short(acts)} | {short(idle)} |")
        else:
            none.append(f"`{section}`")
    return HEAD + "\n".join(rows) + "\n\nNothing of these acts: " + ", ".join(none) + ".\n"


def unused_fields():
    """Fields that a row binds and that no line of the sources but rows names behind '.' or '->'."""
    lines, fields = [], {}
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        text = path.read_text()
        if path.parent == ROOT / "src/config":
            for match in ROW.finditer(text):
                fields[match.group(1).rpartition(".")[2]] = path.name
        lines.append(ROW.sub("", text))
    code = "\n".join(lines)
    return [f"{field} ({where})" for field, where in sorted(fields.items())
            if not re.search(rf"(?:\.|->){field}\b", code)], len(fields)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    text = document(listed(args.build.resolve()))
    if args.write:
        DOCUMENT.write_text(text)
        return
    current = DOCUMENT.exists() and DOCUMENT.read_text() == text
    unused, count = unused_fields()
    print("1..2")
    print(("ok" if current else "not ok") + " 1 - the document says what acts")
    if not current:
        print(f"# write it: tests/check_acts.py --build {args.build} --write")
    print(("not ok" if unused or count < 100 else "ok") + f" 2 - {count} bound fields are used")
    for one in unused:
        print(f"# bound and never used: {one}")
    sys.exit(not current or bool(unused))


if __name__ == "__main__":
    main()
