# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured: each is started on a loopback port with a configuration of its own in a temporary
folder, and ended at the end. Standard library only."""
import os
import shutil
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def descendants(pid):
    """`pid` and all that it started, as the kernel knows them."""
    found, todo = [], [pid]
    while todo:
        at = todo.pop()
        found.append(at)
        try:
            for task in os.listdir(f"/proc/{at}/task"):
                with open(f"/proc/{at}/task/{task}/children") as f:
                    todo += [int(x) for x in f.read().split()]
        except OSError:
            pass
    return found


def cpu_of(pid):
    """User and system seconds of a process."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    except OSError:
        return 0.0


class Server:
    """A running server; `name` is what the tables call it."""

    def __init__(self, name, command, port, env=None):
        self.name, self.port = name, port
        self.log = open(os.devnull, "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=env, start_new_session=True)

    def wait(self, path="/", limit=20):
        """Until it answers `path` with 200."""
        end = time.monotonic() + limit
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 2) as s:
                    s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    if s.recv(64).startswith(b"HTTP/1.1 200"):
                        return self
            except OSError:
                pass
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{self.name} does not answer {path} on port {self.port}")

    def pids(self):
        return descendants(self.process.pid)

    def cpu(self):
        return sum(cpu_of(pid) for pid in self.pids())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()


NGINX = """daemon off; worker_processes 2; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections {connections}; }}
http {{
  include /etc/nginx/mime.types; sendfile on; tcp_nopush on; keepalive_requests 1000000000; keepalive_timeout 600;
  {cache}
  access_log {dir}/access.log combined buffer=64k flush=1s;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u;
  scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port} reuseport; root {root}; }}
}}
"""

APACHE = """ServerRoot {dir}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
TypesConfig /etc/mime.types
Listen 127.0.0.1:{port}
ServerName localhost
PidFile {dir}/apache.pid
ErrorLog {dir}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog {dir}/access.log combined
BufferedLogs On
DocumentRoot {root}
KeepAlive On
MaxKeepAliveRequests 0
StartServers 2
ThreadsPerChild 32
MaxRequestWorkers 64
<Directory {root}>
  Require all granted
</Directory>
"""


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def nginx(root, folder, cached=False, connections=4096):
    """nginx with two workers; `cached`: with open_file_cache, which it has off by default."""
    name = "nginx, open_file_cache" if cached else "nginx"
    here = os.path.join(folder, "nginx-cached" if cached else "nginx")
    os.makedirs(here)
    os.chmod(here, 0o777)
    port = free_port()
    cache = "open_file_cache max=1000 inactive=60s; open_file_cache_valid 1s;" if cached else ""
    write(f"{here}/nginx.conf", NGINX.format(dir=here, port=port, root=root, cache=cache, connections=2 * connections))
    return Server(name, ["/usr/sbin/nginx", "-p", here, "-e", f"{here}/error.log", "-c", f"{here}/nginx.conf"], port)


def apache(root, folder):
    here = os.path.join(folder, "apache")
    os.makedirs(here)
    port = free_port()
    write(f"{here}/apache.conf", APACHE.format(dir=here, port=port, root=root, modules="/usr/lib/apache2/modules"))
    return Server("Apache (event)", ["/usr/sbin/apache2", "-DFOREGROUND", "-f", f"{here}/apache.conf"], port)


def surrogate(build, root, folder, name="Surrogate", protection=None):
    """`surrogate serve`, with everything that belongs to it."""
    state = os.path.join(folder, "state-" + name.replace(" ", "-"))
    port = free_port()
    command = [f"{build}/bin/surrogate", "serve", root, "--port", str(port), "--state", state]
    if protection:
        command += ["--protection", protection]
    return Server(name, command, port)


def static_server(build, root, folder):
    """The static half alone (bench/static-server.c)."""
    state = os.path.join(folder, "state-static")
    os.makedirs(state)
    port = free_port()
    return Server("Surrogate, static half", [f"{build}/bench/static-server", root, str(port), "2", state], port)


def missing():
    """What has to be installed first."""
    return [p for p in ("/usr/sbin/nginx", "/usr/sbin/apache2") if not os.path.exists(p)] + (
        [] if shutil.which("wrk") else ["wrk"])
