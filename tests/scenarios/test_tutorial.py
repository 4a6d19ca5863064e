"""The tutorial does what it says: every command of it is run, in its order."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-hour.md"
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Reader:
    """Follows the tutorial in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.printed: dict[str, str] = {}
        binaries = folder / "bin"
        binaries.mkdir()
        launcher = binaries / "foedus"
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m foedus "$@"\n')
        launcher.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "FOEDUS_DATA": str(folder / "first-hour"),
        }

    def run(self, line: str) -> None:
        line = line.replace(":8441", f":{self.port}")
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        self.printed[line] = done.stdout

    @contextmanager
    def serving(self, line: str) -> Iterator[None]:
        words = line.replace("8441", str(self.port)).split()
        server = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait(server)
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)

    def _wait(self, server: "subprocess.Popen[bytes]") -> None:
        pause = threading.Event()
        for _ in range(200):
            assert server.poll() is None, "the server ended by itself"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            pause.wait(0.1)
        pytest.fail("the server did not listen within 20 s")


def commands(text: str) -> list[str]:
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_first_hour_works_as_written(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    blocks = BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
    split = next(i for i, block in enumerate(blocks) if block[1] == "serve")
    for language, name, text in blocks[:split]:
        if language == "json":
            (tmp_path / name).write_text(text, encoding="utf-8")
        elif language == "console":
            for line in commands(text):
                reader.run(line)
    with reader.serving(commands(blocks[split][2])[0]):
        for language, _, text in blocks[split + 1 :]:
            if language == "console":
                for line in commands(text):
                    reader.run(line)

    exported = {
        line.rsplit(" ", 1)[1]: {each["id"] for each in json.loads(text)["objects"]}
        for line, text in reader.printed.items()
        if line.startswith("foedus intel export")
    }
    indicator = "indicator--d81f86b9-975b-4c0b-875e-810c5ad45a4f"
    domain = "domain-name--0cb919bd-5a29-56aa-b669-450a35ae0225"
    assert {indicator, domain} <= exported["nor-analyst"] == exported["swe-analyst"]
    assert exported["mda-analyst"] == {domain}
    served = next(text for line, text in reader.printed.items() if "curl" in line)
    assert [each["id"] for each in json.loads(served)["objects"]] == [domain]
