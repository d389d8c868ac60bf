#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one `appcmd` command costs that changes many objects: bench/edits.py [--build build] [SITES ...]

For each number of sites a file is made, and the sites are set, all of them named on standard input by what `list site
/xml` printed; then deleted likewise. Processor time of appcmd, the least of 5.
"""
import argparse
import os
import pathlib
import subprocess
import tempfile

ROUNDS = 5
SITE = """            <site name="Site {0}" id="{0}">
                <application path="/" applicationPool="Pool">
                    <virtualDirectory path="/" physicalPath="{1}" />
                </application>
                <bindings>
                    <binding protocol="http" bindingInformation="*:80:s{0}.example.com" />
                    <binding protocol="https" bindingInformation="*:443:s{0}.example.com" />
                </bindings>
                <logFile directory="/var/log/s{0}" />
            </site>
"""
CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<configuration>
    <system.applicationHost>
        <applicationPools>
            <add name="Pool" />
        </applicationPools>
        <sites>
{}        </sites>
    </system.applicationHost>
</configuration>
"""
COMMANDS = [("set", "site", "/in", "/limits.maxConnections:5"),
            ("set", "site", "/in", "/bindings:http/*:81:x", "/serverAutoStart:false"),
            ("delete", "site", "/in")]


def appcmd(build, state, words, given):
    """Runs it; gives what it printed, and its processor time in ms."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as source:
        source.write(given)
        source.seek(0)
        child = subprocess.Popen([build / "bin/appcmd", *words, "--state", state], stdin=source, stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"appcmd {' '.join(words)}: status {child.returncode}")
        out.seek(0)
        return out.read(), (used.ru_utime + used.ru_stime) * 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("sites", type=int, nargs="*", default=[375, 750, 1500, 3000])
    options = parser.parse_args()
    build = options.build.resolve()
    print("sites".rjust(6), *(" ".join(words[:2] + words[3:]) for words in COMMANDS), sep="  |  ")
    for count in options.sites:
        with tempfile.TemporaryDirectory() as folder:
            state = pathlib.Path(folder)
            file = state / "config/applicationHost.config"
            file.parent.mkdir()
            text = CONFIG.format("".join(SITE.format(i, folder) for i in range(1, count + 1)))
            file.write_text(text)
            names, _ = appcmd(build, state, ("list", "site", "/xml"), b"")
            line = []
            for words in COMMANDS:
                times = []
                for _ in range(ROUNDS):
                    file.write_text(text)
                    times.append(appcmd(build, state, words, names)[1])
                line.append(f"{min(times):.0f} ms")
        print(str(count).rjust(6), *line, sep="  |  ", flush=True)


if __name__ == "__main__":
    main()
