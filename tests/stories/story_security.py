# SPDX-License-Identifier: Apache-2.0
"""What others on the machine, and what a taken-over host, can and cannot do."""
import os
import re
import shutil
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


@also_sanitized
def story_hosts_that_were_taken_over_harm_only_their_own_pool(t):
    # A server whose dllhost is a program that means harm: found next to `surrogate`.
    programs = t.root / "bin"
    shutil.copytree(t.build / "bin", programs)
    shutil.copy(t.program("../tests/unit/scm/hostile-host"), programs / "dllhost")
    t.write("static.txt", "static")
    t.write("low/surrogate.app", "Low")
    t.write("low/default.asp", "<%= 6 * 7 %>")
    # Of several pools, so that none is yet stopped, or started anew only after a pause.
    pools = [f"evil{n}" for n in range(8)]
    for name in pools:
        t.write(f"{name}/surrogate.app", "High")
        t.write(f"{name}/default.asp", "never")
    t.build = t.root
    t.serve()
    t.stop()
    config = t.state / "config/applicationHost.config"
    config.write_text(config.read_text().replace(
        "<processModel ", '<processModel pingInterval="00:00:01" '
        'pingResponseTime="00:00:01" '))  # one that scribbles answers no ping either
    t.run_server()
    front = next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC")
    for name in pools * 3:
        clients = [t.connect() for _ in range(4)]
        for client in clients:
            client.sendall(f"POST /{name}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n"
                           "Connection: close\r\n\r\n0123456789".encode())
        t.equal(t.get("/static.txt").text, "static", "a file")
        t.equal(t.get("/low/").text, "42", "a page in process")
        for client in clients:  # whatever they are told, it ends
            try:
                while client.recv(65536):
                    pass
            except ConnectionResetError:
                pass
            client.close()
    t.check(any(e["id"] == 5127 for e in t.events()), "event 5127")
    t.check(front in [p["pid"] for p in t.status()["processes"]], "the front end is the same")
