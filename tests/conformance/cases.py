# SPDX-License-Identifier: Apache-2.0
"""The programs of the conformance suite, as run.py describes them. Used by run.py and
coverage.py."""
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def runner(build):
    return pathlib.Path(build).resolve() / "tests" / "unit" / "vbs" / "vbs-run"


def has_faults(program):
    """Whether the build has -Dfaults=true: recording and failing allocations need it."""
    return subprocess.run([program, "--tables"], capture_output=True).returncode == 0


class Case:
    """One program: a file, or a part of one."""

    def __init__(self, path, part, lines):
        # vbs/07-errors/resume.vbs is vbs/07-errors-resume.
        self.file = "vbs/" + "-".join(path.relative_to(HERE / "vbs").with_suffix("").parts)
        self.name = f"{self.file}:{part}" if part else self.file
        self.path, self.part, self.source = path, part, "\n".join(lines) + "\n"
        self.output, self.error, self.options = [], None, []
        for line in lines:
            if match := re.search(r"' expect: ?(.*)$", line):
                self.output.append(match[1].rstrip())
            elif match := re.search(r"' error: (-?\d+)(?: line (\d+))?(?: column (\d+))?", line):
                self.error = match.groups()
            elif match := re.search(r"' option: (.*)$", line):
                self.options += match[1].split()

    def run(self, program, options, timeout=20):
        """Status, output and complaints of vbs-run, in an empty folder of its own."""
        with tempfile.TemporaryDirectory() as folder:
            path = self.path
            if self.part:
                path = pathlib.Path(folder) / "part.vbs"
                path.write_text(self.source, encoding="utf-8")
            result = subprocess.run([program, *options, *self.options, path], cwd=folder,
                                    capture_output=True, timeout=timeout)
        return (result.returncode, result.stdout.decode("utf-8", "replace"),
                result.stderr.decode("utf-8", "replace"))


def file_cases(path):
    """The programs of a file; before each are as many empty lines as the file has lines there."""
    lines, parts = path.read_text(encoding="utf-8").splitlines(), []
    for i, line in enumerate(lines):
        if match := re.match(r"' ---- (\S+)$", line):
            parts.append((match[1], i))
    if not parts:
        return [Case(path, "", lines)]
    ends = [i for _, i in parts[1:]] + [len(lines)]
    return [Case(path, part, [""] * (i + 1) + lines[i + 1:end])
            for (part, i), end in zip(parts, ends)]


def all_cases():
    return [case for path in sorted((HERE / "vbs").rglob("*.vbs")) for case in file_cases(path)]
