#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The code in docs/extend.md is the example that is compiled and tested (TAP)."""
import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
page = (here.parents[2] / "docs" / "extend.md").read_text()
# Without the licence line and the comment that names the page.
example = "".join((here / "example-basket.c").read_text().splitlines(keepends=True)[2:])
blocks = re.findall(r"^```c\n(.*?)^```$", page, re.M | re.S)

ok = example in blocks
print("1..1")
print("ok 1 - the page shows the example" if ok else
      "not ok 1 - docs/extend.md and tests/unit/com/example-basket.c differ: copy the file there")
sys.exit(not ok)
