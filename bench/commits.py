#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writers of one applicationHost.config that are killed: `make soak`, or bench/commits.py [--build build] [--commits 10000].

Each writer sets the queue length of a pool of its own to one number after the other, with appcmd; a part of them is killed
(SIGKILL) at a random moment. After each the file must be whole, and hold the number that was acknowledged, or, after a kill,
the one before or the new one. Writers that find that somebody else was faster are refused, and try again. In the end the
file must be valid, nobody's number lost, and no more files left behind than history keeps. Status 1 when any of it fails.
"""
import argparse
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
WRITERS = 4
KILLED = 0.25  # of the commits
LENGTH_MIN, LENGTH_MAX = 10, 65535  # what the schema allows
SHARING_VIOLATION = "hresult:80070020"  # somebody else has changed the file meanwhile
FILLER = 200  # pools that nobody touches: a file of 15 KB
CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<!-- of the administrator -->
<configuration>
    <system.applicationHost>
        <applicationPools>
{}        </applicationPools>
    </system.applicationHost>
</configuration>
"""


class Wrong(Exception):
    pass


class Writer(threading.Thread):
    """Sets the numbers of one pool; `acked` is the last that must be there, `maybe` a later one that may be."""

    def __init__(self, soak, number):
        super().__init__(daemon=True)
        self.soak, self.pool, self.random = soak, f"Written{number}", random.Random(number)
        self.acked, self.maybe, self.acknowledged, self.killed, self.refused = LENGTH_MIN, None, 0, 0, 0
        self.wrong, self.usual = None, 0.05

    def run(self):
        try:
            while self.soak.more():
                self.commit(self.acked % LENGTH_MAX + 1 if self.acked < LENGTH_MAX else LENGTH_MIN)
                self.look()
        except Exception as e:  # told by the main thread
            self.wrong = e

    def commit(self, number):
        began = time.monotonic()
        child = subprocess.Popen([*self.soak.appcmd, "set", "apppool", self.pool, f"/queueLength:{number}"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if self.random.random() < KILLED:
            try:
                child.wait(self.random.uniform(0, self.usual * 1.5))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
        said = child.communicate()[0].decode()
        if child.returncode == 0:
            self.usual = 0.9 * self.usual + 0.1 * (time.monotonic() - began)
            self.acked, self.maybe = number, None
            self.acknowledged += 1
            self.soak.count()
        elif child.returncode == -signal.SIGKILL:
            self.maybe = number
            self.killed += 1
        else:
            self.refused += 1  # the file must be as it was
            if SHARING_VIOLATION not in said:
                raise Wrong(f"{self.pool}: status {child.returncode}: {said}")

    def look(self):
        there = self.soak.numbers()[self.pool]
        if there not in (self.acked, self.maybe):
            raise Wrong(f"{self.pool} has {there}, acknowledged was {self.acked}, killed was {self.maybe}")
        self.acked, self.maybe = there, None


class Soak:
    def __init__(self, build, folder, commits):
        self.appcmd = [os.path.join(build, "bin", "appcmd"), "--state", folder]
        self.surrogate, self.state = os.path.join(build, "bin", "surrogate"), folder
        self.file = pathlib.Path(folder, "config", "applicationHost.config")
        self.commits, self.done, self.lock, self.stop = commits, 0, threading.Lock(), False
        self.file.parent.mkdir(parents=True)
        pools = [f"Written{i}" for i in range(WRITERS)] + [f"Other{i}" for i in range(FILLER)]
        self.file.write_text(CONFIG.format("".join(f'            <add name="{p}" queueLength="{LENGTH_MIN}" />\n'
                                                   for p in pools)))
        self.others = self.without_numbers()

    def more(self):
        return self.done < self.commits and not self.stop

    def count(self):
        with self.lock:
            self.done += 1

    def without_numbers(self):
        return re.sub(r'(name="Written\d+" queueLength=)"\d+"', r"\1", self.file.read_text())

    def numbers(self):
        """Reads the file as anybody would; what is not whole is no XML."""
        text = self.file.read_bytes()
        try:
            tree = xml.etree.ElementTree.fromstring(text)
        except xml.etree.ElementTree.ParseError as e:
            raise Wrong(f"torn: {e}: {text[-200:]!r}") from e
        return {e.get("name"): int(e.get("queueLength")) for e in tree.iter("add")}

    def judge(self, writers):
        for w in writers:
            w.look()
        if self.without_numbers() != self.others:
            raise Wrong("something else in the file has changed")
        subprocess.run([self.surrogate, "configtest", "--state", self.state], check=True, stdout=subprocess.DEVNULL)
        left = sorted(str(p.relative_to(self.file.parent)) for p in self.file.parent.iterdir())
        print(f"beside the file: {left}")
        if len(left) > 2 + WRITERS:
            raise Wrong("files of killed writers are left behind")


def soak(build, folder, commits):
    s = Soak(build, folder, commits)
    writers = [Writer(s, i) for i in range(WRITERS)]
    for w in writers:
        w.start()
    while alive := [w for w in writers if w.is_alive()]:
        alive[0].join(10)
        s.stop = any(w.wrong for w in writers)
        print(f"{s.done} of {commits} commits, {sum(w.killed for w in writers)} writers killed, "
              f"{sum(w.refused for w in writers)} refused", flush=True)
    for w in writers:
        if w.wrong:
            raise w.wrong
    s.judge(writers)


def main():
    p = argparse.ArgumentParser(description="Commits with accidents.")
    p.add_argument("--build", default=os.path.join(HERE, "..", "build"))
    p.add_argument("--commits", type=int, default=10000)
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="surrogate-commits-") as folder:
        try:
            soak(os.path.abspath(args.build), os.path.join(folder, "state"), args.commits)
        except Wrong as e:
            sys.exit(f"commits: failed: {e}")
    print("commits: passed")


if __name__ == "__main__":
    main()
