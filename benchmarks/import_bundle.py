"""Publishing one large bundle: memory and speed of `foedus intel publish`.

The bundle is synthetic, of FOEDUS_BENCH_IMPORT_MB megabytes. FOEDUS_BENCH_IMPORT_FILE
names a bundle of one's own to publish besides. Memory is the highest resident set of
the process of the command, as the kernel counted it.
"""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _hub
import _objects
from _figures import Figure, say, size

MEGABYTES = size("IMPORT_MB", 500)
OWN = os.environ.get("FOEDUS_BENCH_IMPORT_FILE")
REAL = Path(__file__).parents[2] / "shared/data/attack/ics-attack-18.1.json"

RESIDENT_MAX_MB = 700
"""The bar: one set of 30,000 objects at most, whatever the file holds."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        asyncio.run(_hub.found(folder))
        made = Path(scratch) / "made.json"
        write(made, MEGABYTES << 20)
        files = {f"synthetic, {MEGABYTES} MB": made, "ATT&CK ICS 18.1": REAL}
        if OWN:
            files[Path(OWN).name] = Path(OWN)
        for name, file in files.items():
            if file.is_file():
                tell(name, file, folder)


def write(file: Path, length: int) -> None:
    """Write a bundle of about so many bytes: ATT&CK over and over, under new ids."""
    objects = _objects.source()
    with file.open("wb") as written:
        written.write(b'{"type": "bundle", "id": "bundle--1", "objects": [')
        for seed in itertools.count():
            between = b",\n" if seed else b""
            written.write(between + b",\n".join(_objects.clone(objects, seed)))
            if written.tell() > length:
                break
        written.write(b"]}")


def tell(name: str, file: Path, folder: Path) -> None:
    """Publish one file in a process of its own, and say what it took."""
    where = ["--collection", "bench", "--as", _hub.PUBLISHER, "--data", str(folder)]
    words = [sys.executable, "-m", "foedus", "intel", "publish", str(file), *where]
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    megabytes = file.stat().st_size / (1 << 20)
    resident = used.ru_maxrss / 1024
    figure = f"publish a bundle, {name}"
    say(
        Figure(
            figure=f"{figure}: highest resident memory",
            value=resident,
            unit="MB",
            bar=f"≤ {RESIDENT_MAX_MB} MB",
            met=resident <= RESIDENT_MAX_MB,
        )
    )
    say(Figure(figure=f"{figure}: speed", value=megabytes / seconds, unit="MB/s"))
    cpu = (used.ru_utime + used.ru_stime) / megabytes
    say(Figure(figure=f"{figure}: CPU", value=cpu, unit="s/MB"))


if __name__ == "__main__":
    main()
