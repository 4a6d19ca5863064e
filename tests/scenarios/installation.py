"""An installation as an operator has it: a data folder, the command, a server process.

Everything goes through `python -m foedus`, in processes of their own.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
from taxii2client.v21 import Collection

from foedus.settings import FILE

PASSWORD = "correct horse battery"  # noqa: S105 - of test accounts
TAXII = "application/taxii+json;version=2.1"

OPEN = "0a000000-0000-4000-8000-000000000001"
"""Everybody sees what is here."""

MEMBERS = "0a000000-0000-4000-8000-000000000002"
"""Members see what is here, if they are cleared."""

LABEL = "NATO RESTRICTED // REL TO NATO"

STARTS_WITHIN_S = 30
"""Seconds in which a server has to answer, on a machine that is busy with tests."""

LOOKS_AGAIN_S = 0.02
"""Seconds between two looks at a server that is starting."""

ENDS_WITHIN_S = 30
"""Seconds in which a command or a server has to end."""


class Installation:
    """A data folder and the command that works on it.

    Args:
        folder: the data folder; it need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(self, *words: str) -> list[str]:
        """Say how a command is started."""
        return [sys.executable, "-m", "foedus", "--data", str(self.folder), *words]

    def run(self, *words: str, stdin: str = "") -> Any:  # noqa: ANN401 - JSON
        """Run a command that has to succeed, and give its document."""
        done = subprocess.run(
            self.command("--json", *words),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN_S * 4,
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return json.loads(done.stdout or "null")

    def copy(self, folder: Path) -> "Installation":
        """Give a copy in another folder; nobody may be writing."""
        shutil.copytree(self.folder, folder)
        return Installation(folder)

    def serve(
        self, *words: str, log: Path | None = None, trust: Path | None = None
    ) -> "Server":
        """Start a server on a free port, and wait until it answers.

        Args:
            words: further words of the command.
            log: where what it says goes; nowhere by default.
            trust: the authority of its certificate; it speaks HTTP by default.
        """
        server = Server(self, free_port(), words, log=log, trust=trust)
        server.start()
        return server


def install(folder: Path) -> Installation:
    """Found NATO's hub with two members, a partner and two collections."""
    hub = Installation(folder)
    hub.run("init")
    # Stories act by the API with passwords; tests/web signs in with two factors.
    (folder / FILE).unlink()
    for name, nation, level in (
        ("pol", "POL", "NATO RESTRICTED"),
        ("fin", "FIN", "NATO RESTRICTED"),
        ("mda", "MDA", "NATO UNCLASSIFIED"),
    ):
        hub.run(
            *("account", "add", name, "--nation", nation, "--password-stdin"),
            *("--role", "reader,publisher", "--clearance", level),
            stdin=PASSWORD + "\n",
        )
    for collection, alias, label in (
        (OPEN, "open", "TLP:CLEAR"),
        (MEMBERS, "members", LABEL),
    ):
        hub.run(
            *("collection", "add", alias, "--id", collection, "--title", alias),
            *("--default-label", label, "--read", "PUBLIC", "--write", "MEMBERS"),
        )
    return hub


class Server:
    """A server process with its workers, which may be killed and started again.

    Args:
        hub: what is served.
        port: where.
        words: further words of the command.
        log: where what it says goes; nowhere by default.
        trust: the authority of its certificate; it speaks HTTP by default.
    """

    def __init__(
        self,
        hub: Installation,
        port: int,
        words: tuple[str, ...],
        *,
        log: Path | None = None,
        trust: Path | None = None,
    ) -> None:
        self._trust = ssl.create_default_context(cafile=trust) if trust else False
        self._log = Path(os.devnull) if log is None else log
        self._command = hub.command("serve", "--port", str(port), *words)
        self.url = f"{'https' if trust else 'http'}://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, start_new_session=True, stderr=log
            )
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                ready = httpx.get(f"{self.url}/health/ready", verify=self._trust)
                if ready.is_success:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(LOOKS_AGAIN_S)
                raise AssertionError(f"the server ended at once, with {code}")
        raise TimeoutError("the server did not start")

    @property
    def pid(self) -> int:
        """The process that supervises the workers."""
        assert self._process is not None, "it was started"
        return self._process.pid

    def kill(self) -> None:
        """Kill the server and all its workers at once."""
        assert self._process is not None, "it was started"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(ENDS_WITHIN_S)

    def stop(self) -> None:
        """Stop as an operator does."""
        assert self._process is not None, "it was started"
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_S)
        finally:
            self.kill()

    def workers(self) -> list[psutil.Process]:
        """Give the worker processes that live."""
        found = psutil.Process(self.pid).children()
        return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]

    def wait(self) -> int:
        """Wait until the server has ended, and give its exit code."""
        assert self._process is not None, "it was started"
        return self._process.wait(ENDS_WITHIN_S)

    def objects_url(self, collection: str) -> str:
        """Give where the objects of a collection are."""
        return f"{self.url}/taxii2/nato/collections/{collection}/objects/"

    def client(self, name: str) -> httpx.Client:
        """Give an HTTP client of an account, speaking TAXII."""
        return httpx.Client(
            auth=(name, PASSWORD),
            headers={"Accept": TAXII, "Content-Type": TAXII},
            timeout=ENDS_WITHIN_S,
        )

    def collection(self, name: str, collection: str) -> Collection:
        """Give a collection by taxii2-client, as an account; close it."""
        return Collection(
            f"{self.url}/taxii2/nato/collections/{collection}/",
            user=name,
            password=PASSWORD,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
