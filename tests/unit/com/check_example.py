#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The code that pages of docs/ show is code that is compiled and tested (TAP)."""
import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
ROOT = here.parents[2]


def blocks(page):
    return re.findall(r"^```c\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.M | re.S)


# Without the licence line and the comment that names the page.
example = "".join((here / "example-basket.c").read_text().splitlines(keepends=True)[2:])
component = (ROOT / "examples/component/basket.c").read_text()
shown = [block for block in blocks("extend.md") if block.startswith("static")]

points = [
    (example in blocks("classes.md"), "classes.md shows the example",
     "docs/classes.md and tests/unit/com/example-basket.c differ: copy the file there"),
    (shown and all(block in component for block in shown), "extend.md shows pieces of the component",
     "docs/extend.md shows code that is not in examples/component/basket.c"),
]
print(f"1..{len(points)}")
for number, (ok, name, wrong) in enumerate(points, 1):
    print(f"ok {number} - {name}" if ok else f"not ok {number} - {wrong}")
sys.exit(not all(ok for ok, _, _ in points))
