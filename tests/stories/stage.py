# SPDX-License-Identifier: Apache-2.0
"""What stories stand on: a temporary state directory, the real processes, clients, waiting.

A story is a function `story_<what>(t)` in tests/stories/story_<subject>.py; `t` is a Stage:

    def story_a_page_is_served(t):
        t.write("default.asp", "<%= 6 * 7 %>")
        t.serve()
        t.equal(t.get("/").text, "42", "the page")

It never sleeps: it waits for a condition, with a bound. When it ends, everything it started is
stopped; a process that is still there then, or a sanitizer's report, makes it fail.
"""
import ctypes
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
SANITIZER_REPORT = re.compile(r"ERROR: (Address|Leak)Sanitizer|:\d+:\d+: runtime error: ")
TAIL_LINES = 25


class Failure(Exception):
    """Something was not as expected."""


class Skip(Exception):
    """This kernel or container lacks what the story is about."""


def also_sanitized(story):
    """Marks a story that is quick enough to be played with the sanitizer build too."""
    return story


def long_story(story):
    """Marks a story that may take ten minutes instead of three."""
    return story


class Response:
    def __init__(self, status, reason, headers, body):
        self.status, self.reason, self.headers, self.body = status, reason, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.reason}, {len(self.body)} bytes: {self.text[:300]!r}>"


class Done:
    """A command that has ended."""

    def __init__(self, argv, status, out, err):
        self.argv, self.status, self.out, self.err = argv, status, out, err

    def __repr__(self):
        return f"<{' '.join(self.argv)}: status {self.status}\n{self.out}{self.err}>"


class Process:
    """A program that runs; what it prints goes to files that `out` and `err` read."""

    def __init__(self, stage, name, argv, env, cwd):
        self.name = name
        self.out_path = stage.root / f"{name}.out"
        self.err_path = stage.root / f"{name}.err"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                                          stdout=out, stderr=err, start_new_session=True)
        self.pid = self.popen.pid

    @property
    def out(self):
        return self.out_path.read_text("utf-8", "replace")

    @property
    def err(self):
        return self.err_path.read_text("utf-8", "replace")

    @property
    def status(self):
        """None while it runs; negative when a signal ended it."""
        return self.popen.poll()

    def kill(self, signo=signal.SIGKILL):
        self.popen.send_signal(signo)


class Stage:
    def __init__(self, build, name):
        self.build, self.name = pathlib.Path(build), name
        # Hosts run as other users than the tests: they must be able to walk to their site.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="surrogate-story-"))
        self.root.chmod(0o755)
        self.state = self.root / "state"
        self.site = self.root / "site"
        self.site.mkdir()
        self.port = None
        self.server = None
        self.processes = []
        sanitized = (self.build / "build.ninja").exists() and \
            "-fsanitize=" in (self.build / "build.ninja").read_text()
        self.patience = 4 if sanitized else 1
        # Whatever our processes leave behind becomes our child, so that nothing gets away.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        signal.signal(signal.SIGTERM, self._out_of_time)
        # A shell starts what it runs in the background with Ctrl-C ignored; the stories' programs are not.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    @staticmethod
    def _out_of_time(_signo, _frame):
        raise Failure("the story took too long")

    # Expectations

    def check(self, condition, message):
        if not condition:
            raise Failure(message)

    def equal(self, actual, expected, what):
        if actual != expected:
            raise Failure(f"{what}: expected {expected!r}, got {actual!r}")

    def contains(self, text, part, what):
        if part not in text:
            raise Failure(f"{what}: expected {part!r} in {text!r}")

    def wait_for(self, predicate, what, limit=20):
        """The first true value of predicate(), which is asked again and again; an OSError (a
        server that does not listen yet) counts as not yet. `limit` in seconds."""
        end = time.monotonic() + limit * self.patience
        pause = 0.005
        while True:
            try:
                last = predicate()
                if last:
                    return last
            except (OSError, http.client.HTTPException) as error:
                last = error
            self._server_must_live(what)
            if time.monotonic() > end:
                raise Failure(f"waited {limit * self.patience} s for {what}; at last: {last!r}")
            time.sleep(pause)
            pause = min(2 * pause, 0.1)

    def _server_must_live(self, what):
        if self.server and self.server.status is not None:
            raise Failure(f"the server ended (status {self.server.status}) while the story "
                          f"waited for {what}")

    # Files

    def write(self, path, content, mode=0o644):
        """A file under the site (or anywhere, when `path` is absolute)."""
        path = self.site / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return path

    # Processes

    def program(self, name):
        path = self.build / "bin" / name
        if not path.exists():
            raise Failure(f"{path} is not there: build it first")
        return str(path)

    def _environment(self, env):
        environment = dict(os.environ, SURROGATE_STATE=str(self.state), LC_ALL="C.UTF-8")
        # A host may not trace itself, which is how LeakSanitizer works; unit tests find leaks.
        environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        environment.update(env or {})
        return environment

    def start(self, program, *args, env=None, cwd=None, name=None):
        """Starts a program of the build (or any, by path) and returns a Process."""
        path = program if os.path.isabs(program) else self.program(program)
        name = name or f"{os.path.basename(program)}-{len(self.processes) + 1}"
        process = Process(self, name, [path, *map(str, args)], self._environment(env), cwd)
        self.processes.append(process)
        return process

    def run(self, program, *args, env=None, cwd=None, timeout=60, stdin=None):
        """Runs a program of the build to its end and returns a Done."""
        path = program if os.path.isabs(program) else self.program(program)
        argv = [path, *map(str, args)]
        try:
            done = subprocess.run(argv, env=self._environment(env), cwd=cwd, input=stdin,
                                  stdin=subprocess.DEVNULL if stdin is None else None,
                                  capture_output=True, timeout=timeout * self.patience)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{' '.join(argv)} did not end in {error.timeout} s") from None
        out, err = (s.decode("utf-8", "replace") for s in (done.stdout, done.stderr))
        if SANITIZER_REPORT.search(err):
            raise Failure(f"{' '.join(argv)}: a sanitizer reported:\n{err}")
        return Done([program, *map(str, args)], done.returncode, out, err)

    def free_port(self):
        """A port nobody listens on, below the range from which the kernel takes clients' ports."""
        while True:
            port = random.randrange(10240, 32000)
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue

    def serve(self, path=None, *options, env=None, port=None):
        """`surrogate serve` on the site (or `path`), up to the line that says its URL."""
        return self._start_server("serve", path or self.site, "--port",
                                  port or self.free_port(), *options, env=env)

    def run_server(self, *options, env=None):
        """`surrogate run`: the whole server on what is in the state directory."""
        return self._start_server("run", *options, env=env)

    def _start_server(self, command, *args, env=None):
        self.check(self.server is None or self.server.status is not None,
                   "the story's server runs already")
        self.server = self.start("surrogate", command, *args, "--state", self.state, env=env,
                                 name=f"surrogate-{len(self.processes) + 1}")
        url = self.wait_for(lambda: re.search(r"https?://[^/\s]*:(\d+)/?", self.server.out),
                            "the line with the server's URL", limit=60)
        self.port = int(url[1])
        return self.server

    def stop(self, limit=30):
        """Asks the server to end as Ctrl-C does, and expects that it does, with status 0."""
        server, self.server = self.server, None
        if not server:
            return
        if server.status is None:
            server.kill(signal.SIGTERM)
        try:
            status = server.popen.wait(limit * self.patience)
        except subprocess.TimeoutExpired:
            raise Failure(f"the server did not end in {limit} s after SIGTERM") from None
        self.equal(status, 0, "the server's exit status")

    def status(self):
        """What `surrogate status --json` says."""
        done = self.run("surrogate", "status", "--json", "--state", self.state)
        self.equal(done.status, 0, f"status of surrogate status ({done.err.strip()})")
        return json.loads(done.out)

    def events(self, channel="System"):
        """All events of a channel, newest first, as `wevtutil` gives them in JSON, one a line."""
        done = self.run("wevtutil", "qe", channel, "/f:json", "/rd:true", "/c:1000")
        self.equal(done.status, 0, f"status of wevtutil ({done.err.strip()})")
        return [json.loads(line) for line in done.out.splitlines()]

    # Clients

    def request(self, method, path, body=None, headers=None, port=None, timeout=30):
        client = http.client.HTTPConnection("127.0.0.1", port or self.port,
                                            timeout=timeout * self.patience)
        try:
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            return Response(answer.status, answer.reason, answer.headers, answer.read())
        finally:
            client.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def connect(self, port=None, timeout=30):
        """A plain TCP connection, for what http.client would never send."""
        return socket.create_connection(("127.0.0.1", port or self.port), timeout * self.patience)

    def raw(self, data, port=None, timeout=30):
        """Sends bytes, and returns all that comes until the server closes."""
        with self.connect(port, timeout) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while chunk := client.recv(65536):
                    answer += chunk
            except ConnectionResetError:
                pass
            return answer

    # The end

    def descendants(self):
        """Processes that came from this story: (pid, command line), zombies left out."""
        parents = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text()
                state, parent = stat.rpartition(")")[2].split()[:2]
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            except (OSError, ValueError):
                continue
            parents[int(entry.name)] = (int(parent), state, line or stat.split()[1])
        found = []
        for pid, (parent, state, line) in parents.items():
            while parent in parents and parent != os.getpid():
                parent = parents[parent][0]
            if parent == os.getpid() and state != "Z":
                found.append((pid, line))
        return found

    def close(self):
        """Stops everything; the list of what was wrong about the end."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        problems = []
        try:
            self.stop()
        except Failure as failure:
            problems.append(str(failure))
        for process in self.processes:
            if process.status is None and process is not self.server:
                process.kill(signal.SIGTERM)
        end = time.monotonic() + 5 * self.patience
        while (left := self.descendants()) and time.monotonic() < end:
            time.sleep(0.02)
        if left:
            problems.append("still running at the end: " +
                            "; ".join(f"{line} ({pid})" for pid, line in left))
        while left := self.descendants():
            for pid, _ in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.02)
        problems += [f"{p.name}: a sanitizer reported" for p in self.processes
                     if SANITIZER_REPORT.search(p.err)]
        self.tails = "\n".join(self._tail(p) for p in self.processes)
        shutil.rmtree(self.root, ignore_errors=True)
        return problems

    @staticmethod
    def _tail(process):
        parts = [f"--- {process.name}, status {process.status}"]
        for stream, text in (("out", process.out), ("err", process.err)):
            lines = text.rstrip().splitlines()
            report = next((i for i, line in enumerate(lines) if SANITIZER_REPORT.search(line)), None)
            lines = lines[-TAIL_LINES:] if report is None else lines[report:report + TAIL_LINES]
            parts += [f"  {stream}: {line}" for line in lines]
        return "\n".join(parts)

    def output_tails(self):
        return self.tails
