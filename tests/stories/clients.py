# SPDX-License-Identifier: Apache-2.0
"""A load of keep-alive connections, in a process of its own, that remembers every answer.

    with Load(t.port, {"/low/": 16, "/high/": 64}) as load:
        ... do something to the server ...
        load.wait_answers(200)
    load.statuses("/high/")    -> {200: 1811, 502: 3}

A connection that the server cuts in the middle of an answer counts as status 0; one that is closed
between two answers is opened again, as a browser would.
"""
import collections
import multiprocessing
import queue
import selectors
import socket
import time


class _Client:
    def __init__(self, port, path):
        self.port, self.path, self.sock = port, path, None
        self.buffer = b""
        self.fresh = True

    def send(self):
        if self.sock is None:
            self.sock = socket.create_connection(("127.0.0.1", self.port), 30)
            self.fresh = True
        self.buffer = b""
        self.sock.sendall(f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def close(self):
        if self.sock:
            self.sock.close()
        self.sock = None

    def receive(self):
        """The status once the answer is whole, 0 when it was cut, None when more must come,
        -1 when the connection was closed before the answer began."""
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.close()
            return 0 if self.buffer or self.fresh else -1
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if b"content-length" in fields:
            whole = len(body) >= int(fields[b"content-length"])
        else:
            whole = body.endswith(b"0\r\n\r\n")
        if not whole:
            return None
        self.fresh = False
        status = int(head[9:12])
        if fields.get(b"connection") == b"close":
            self.close()
        return status


def _run(port, paths, results, stop):
    selector = selectors.DefaultSelector()

    def go(client):
        try:
            client.send()
        except OSError:
            client.close()
            results.put((client.path, 0))
            return
        selector.register(client.sock, selectors.EVENT_READ, client)

    for path, connections in paths.items():
        for _ in range(connections):
            go(_Client(port, path))
    while not stop.is_set():
        for key, _ in selector.select(0.2):
            client = key.data
            sock = client.sock
            status = client.receive()
            if status is None:
                continue
            selector.unregister(sock)
            if status >= 0:
                results.put((client.path, status))
            go(client)


class Load:
    def __init__(self, port, paths):
        self._results = multiprocessing.Queue()
        self._stop = multiprocessing.Event()
        self._process = multiprocessing.Process(
            target=_run, args=(port, paths, self._results, self._stop), daemon=True)
        self._counts = collections.defaultdict(collections.Counter)

    def __enter__(self):
        self._process.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._drain(1)
        self._process.join(10)
        self._drain(0)

    def _drain(self, patience):
        try:
            while True:
                path, status = self._results.get(True, patience) if patience else \
                    self._results.get_nowait()
                self._counts[path][status] += 1
        except queue.Empty:
            pass

    def wait_answers(self, more, path=None, status=None, limit=60):
        """Waits until `more` further answers (of that path, with that status) have come."""
        def count():
            return sum(n for p, by_status in self._counts.items() if path in (None, p)
                       for s, n in by_status.items() if status in (None, s))
        goal = count() + more
        end = time.monotonic() + limit
        while count() < goal:
            if time.monotonic() > end:
                raise TimeoutError(f"only {count() - goal + more} of {more} answers came: "
                                   f"{self._counts}")
            try:
                p, s = self._results.get(True, 1)
                self._counts[p][s] += 1
            except queue.Empty:
                pass

    def statuses(self, path):
        return dict(self._counts[path])
