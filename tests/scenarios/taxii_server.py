"""A real server process over a founded data folder.

Run by granian as `tests.scenarios.taxii_server:application`; the tests use `serving`.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette

from foedus import app

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS_WITHIN_S = 30


def application() -> Starlette:
    """Make the application of the folder that `FOEDUS_DATA` names."""
    return app.asgi(app.open_hub(Path(os.environ["FOEDUS_DATA"])))


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder for a block, and give the URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable,
            *("-m", "granian", "--interface", "asgi", "--factory"),
            *("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
            "tests.scenarios.taxii_server:application",
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "FOEDUS_DATA": str(folder),
            "FOEDUS_PUBLIC_URL": url,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        },
    )
    try:
        _wait_until_live(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=STARTS_WITHIN_S)


def _wait_until_live(url: str, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(STARTS_WITHIN_S * 20):
        assert process.poll() is None, "the server ended at once"
        try:
            httpx.get(f"{url}/health/live").raise_for_status()
        except httpx.HTTPError:
            pause.wait(0.05)
        else:
            return
    raise TimeoutError("the server did not start")
