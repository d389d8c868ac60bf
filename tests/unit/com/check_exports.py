#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What components find in the programs that load them: the public headers' names, all, no others (TAP).

check_exports.py PROGRAM...
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
OF_COMPONENTS = re.compile(r"Dll[A-Z]\w*")  # they export these themselves
OF_THE_LINKER = {"_IO_stdin_used", "__bss_start", "__data_start", "_edata", "_end", "_start", "data_start",
                 "_init", "_fini"}


def declared():
    names = set()
    for header in (ROOT / "include/surrogate").glob("*.h"):
        text = header.read_text()
        for function in re.findall(r"^SURROGATE_API [^;(]*?\*?(\w+)\s*\(", text, re.M):
            names.add(function)
        for data in re.findall(r"^SURROGATE_API extern const struct \w+ ([^;]+);", text, re.M):
            names.update(re.findall(r"(\w+)(?:\[\w+\])?\s*(?:,|$)", data))
        for table in re.findall(r"#define \w*INTERFACE_IDS\(X\)((?:.*\\\n)*.*\n)", text):
            names.update("IID_" + name for name in re.findall(r"X\((\w+),", table))
    return {name for name in names if not OF_COMPONENTS.fullmatch(name)} | {"GUID_NULL"}


def exported(program):
    listing = subprocess.run(["nm", "-D", "--defined-only", program], capture_output=True, check=True,
                             text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listing.splitlines()}
    # Sanitizers export their own, and what stands in for the C library.
    ours = {name for name in names if not re.match(r"_|\w*(sanitizer|asan|ubsan|lsan)|sigaltstack", name)}
    return names, ours - OF_THE_LINKER - {"stderr", "stdout", "stdin", "environ"}


wanted = declared()
points = []
for program in sys.argv[1:]:
    name = pathlib.Path(program).name
    everything, ours = exported(program)
    missing = sorted(wanted - everything)
    points.append((not missing, f"{name} has what the headers declare", missing))
    # With a sanitizer linked in nobody can tell whose the others are.
    extra = [] if any("asan" in symbol for symbol in everything) else sorted(ours - wanted)
    points.append((not extra, f"{name} shows nothing else", extra))
print(f"1..{len(points)}")
for number, (ok, name, wrong) in enumerate(points, 1):
    for symbol in wrong[:20]:
        print(f"# {symbol}")
    print(f"{'ok' if ok else 'not ok'} {number} - {name}")
sys.exit(not (points and all(ok for ok, _, _ in points)))
