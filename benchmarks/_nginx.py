"""nginx and wrk, where they are installed: the most that a machine can serve."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import _hub

SECONDS = 4
"""Of one measurement."""

_CONFIGURATION = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def is_here() -> bool:
    """Tell whether both are installed."""
    return all(map(shutil.which, ("nginx", "wrk")))


def serve(folder: Path, page: bytes) -> _hub.Server:
    """Start to serve one page as a file, under `/page`."""
    port = _hub.free_port()
    (folder / "www").mkdir(parents=True)
    (folder / "www" / "page").write_bytes(page)
    folder.chmod(0o755)
    # Its worker would else be somebody who cannot look into this folder.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, user=user))
    return _hub.Server(["nginx", "-c", str(configuration)], port, {})


def rate(url: str, *, connections: int, headers: dict[str, str]) -> float:
    """Ask for one URL over and over; gives the requests a second."""
    lines = [f"-H{name}: {value}" for name, value in headers.items()]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", *lines, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])
