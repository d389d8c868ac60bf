# SPDX-License-Identifier: Apache-2.0
"""Tests of what is known to be missing: conformance/known-gaps.txt. Used by both run.py."""
import pathlib

LIST = pathlib.Path(__file__).resolve().parent / "conformance" / "known-gaps.txt"


def read(prefix):
    """Reasons by test name, of the tests whose name begins with `prefix`."""
    lines = [line.split(None, 1) for line in LIST.read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    return {line[0]: line[1] if len(line) > 1 else "no reason given"
            for line in lines if line[0].startswith(prefix)}


def passed(reason):
    return f"this known gap passes; take it out of {LIST.name} (it said: {reason})"
