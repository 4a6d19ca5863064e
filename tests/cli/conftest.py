"""The command line as it is typed, and a data folder to type it for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from foedus.__main__ import load_app
from foedus.cli.root import foedus
from foedus.cli.station import Station
from foedus.clock import system_clock

Run = Callable[..., Result]

ROOT = Path(__file__).resolve().parent.parent.parent

STARTS_WITHIN_S = 30
"""Seconds for a server to start or stop, on a machine that is busy with tests."""

RESTRICTED = "NATO RESTRICTED // REL TO NATO, MDA"


def run_in(folder: Path, *words: str, input: str | None = None) -> Result:  # noqa: A002
    """Run a command on a data folder."""
    station = Station(load=load_app, clock=system_clock)
    result = CliRunner().invoke(
        foedus, [*words, "--data", str(folder)], input=input, obj=station
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded hub with a member, a partner and a collection, to be copied."""
    folder = tmp_path_factory.mktemp("cli") / "hub"
    assert run_in(folder, "init").exit_code == 0
    for name, nation in (("pol", "POL"), ("mda", "MDA"), ("fin", "FIN")):
        words = ("account", "add", name, "--nation", nation, "--clearance", "NR")
        result = run_in(folder, *words, "--role", "reader,publisher")
        assert result.exit_code == 0
    words = ("collection", "add", "indicators", "--title", "Indicators")
    rights = ("--read", "PUBLIC", "--write", "MEMBERS")
    assert run_in(folder, *words, *rights, "--default-label", RESTRICTED).exit_code == 0
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A hub of its own for each test."""
    copy = tmp_path / "hub"
    shutil.copytree(template, copy)
    return copy


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command on that hub."""

    def on_it(*words: str, input: str | None = None) -> Result:  # noqa: A002
        return run_in(folder, *words, input=input)

    return on_it


@pytest.fixture
def run_nowhere(tmp_path: Path) -> Run:
    """Run a command where there is no hub."""

    def on_nothing(*words: str, input: str | None = None) -> Result:  # noqa: A002
        return run_in(tmp_path / "nothing", *words, input=input)

    return on_nothing


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of two objects, one of which refers to the other."""
    made = "2026-01-01T00:00:00.000Z"
    common = {"spec_version": "2.1", "created": made, "modified": made}
    malware = "malware--11111111-1111-4111-8111-111111111111"
    objects = [
        {"type": "malware", "id": malware, "name": "M", "is_family": False, **common},
        {
            "type": "note",
            "id": "note--22222222-2222-4222-8222-222222222222",
            "content": "seen",
            "object_refs": [malware],
            **common,
        },
    ]
    path = tmp_path / "bundle.json"
    document = {
        "type": "bundle",
        "id": "bundle--33333333-3333-4333-8333-333333333333",
        "objects": objects,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


class Server:
    """A `foedus` that runs until it is told to stop."""

    def __init__(self, process: subprocess.Popen[str], first: dict[str, str]) -> None:
        self.process = process
        self.first = first
        self.url = first["url"]

    def stop(self, with_signal: int = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to stop, and give its exit code and what it wrote to stderr."""
        self.process.send_signal(with_signal)
        _, talk = self.process.communicate(timeout=STARTS_WITHIN_S)
        return self.process.returncode, talk


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[Server]:
    """Run `foedus serve` or `foedus demo` for a block, at any free port."""
    program = [sys.executable, "-m", "foedus", *words, "--data", str(folder)]
    process = subprocess.Popen(
        [*program, "--port", "0", "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None, "it was asked for"
        line = process.stdout.readline()
        assert line, process.communicate(timeout=STARTS_WITHIN_S)
        server = Server(process, json.loads(line))
        wait_until_ready(server.url)
        yield server
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=STARTS_WITHIN_S)


def wait_until_ready(url: str) -> None:
    """Wait until a server says that it is ready."""
    pause = threading.Event()
    for _ in range(STARTS_WITHIN_S * 50):
        try:
            httpx.get(f"{url}/health/ready").raise_for_status()
        except httpx.HTTPError:
            pause.wait(0.02)
        else:
            return
    raise TimeoutError("the server did not get ready")
