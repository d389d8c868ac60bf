# SPDX-License-Identifier: Apache-2.0
"""What others on the machine, and what a taken-over host, can and cannot do."""
import os
import re
import socket
import struct

from stage import Skip, also_sanitized

NOBODY = 65534
STATUS_QUERY = 18  # its place in CONTROL_MESSAGES (src/ipc/control.h), counted from one


def as_nobody(t, work):
    """Runs work(report) as an ordinary user; what it reported. It ends when the story ends."""
    if os.geteuid() != 0:
        raise Skip("needs root, to become somebody else")
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            work(lambda text: os.write(writer, text.encode()))
        finally:
            os._exit(0)
    os.close(writer)
    return pid, reader


@also_sanitized
def story_many_users_cannot_keep_the_administrator_out(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()

    def hold(report):
        held = []
        for _ in range(100):
            client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            client.connect(str(t.state / "run/scm.sock"))
            held.append(client)
        # The last that was let in has its answer when all before it are counted.
        held[0].send(struct.pack("<HHQ", STATUS_QUERY, 1, 0))
        report(f"{len(held)}, answered: {len(held[0].recv(65536)) > 0}")
        os.read(stay, 1)

    stay, leave = os.pipe()
    pid, reader = as_nobody(t, hold)
    t.equal(os.read(reader, 100), b"100, answered: True", "what the user holds")
    t.check(t.status()["processes"], "root is answered")
    os.write(leave, b"x")
    os.waitpid(pid, 0)


def readable_memory(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            begin, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if mode[0] == "r" and int(end, 16) - int(begin, 16) < 1 << 28:
                try:
                    memory.seek(int(begin, 16))
                    yield memory.read(int(end, 16) - int(begin, 16))
                except (OSError, OverflowError):
                    pass


def story_a_host_never_has_the_passwords_of_others(t):
    if os.geteuid() != 0:
        raise Skip("needs root, to look into a host")
    t.write("default.asp", '<%= Request.ServerVariables("SURROGATE_PID") %>')
    t.serve()
    t.stop()
    config = t.state / "config/applicationHost.config"
    config.write_text(config.read_text().replace(
        '<add name="DefaultAppPool" />',
        '<add name="DefaultAppPool" /><add name="Other"><processModel identityType="SpecificUser" '
        'userName="nobody" password="Tell-Nobody-73"/></add>'))
    t.run_server()
    host = int(t.get("/").text)
    front = next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC")
    for pid in (host, front):
        pages = list(readable_memory(pid))
        t.check(any(b"DefaultAppPool" in p for p in pages), f"{pid} knows the configuration")
        t.check(not any(b"Tell-Nobody-73" in p for p in pages), f"{pid} knows no password")
