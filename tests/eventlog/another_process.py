"""What other processes do beside a test: append, fold, listen.

Started as `python -m tests.eventlog.another_process VERB FOLDER …`.
"""

import asyncio
import subprocess
import sys
import uuid
from pathlib import Path

from foedus.clock import system_clock
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import Projector
from foedus.eventlog.sqlite import open_sqlite_log
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, Counted, Sums, an_append

ROOT = Path(__file__).resolve().parent.parent.parent


def start(verb: str, *arguments: object) -> subprocess.Popen[str]:
    """Start another process that does something to a data folder."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.eventlog.another_process",
            verb,
            *map(str, arguments),
        ],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def append(log: EventLog, name: str, count: int) -> None:
    """Append to a stream, one after another, and print each acknowledgement."""
    for number in range(count):
        event_id = uuid.uuid4()
        request = an_append(name, event=Counted(number=number), event_id=event_id)
        position = await log.append(request)
        print(position, event_id, flush=True)  # noqa: T201 - what the test reads


async def append_beside(log: EventLog, name: str, count: int) -> None:
    """Append by eight tasks at once."""
    async with asyncio.TaskGroup() as tasks:
        for task in range(8):
            tasks.create_task(append(log, f"{name}/{task}", count))


async def tail(log: EventLog, count: int) -> None:
    """Print the positions of the first entries as they come."""
    print("listening", flush=True)  # noqa: T201 - as above
    seen = 0
    async for recorded in log.tail(START):
        print(recorded.position, flush=True)  # noqa: T201 - as above
        seen += 1
        if seen == count:
            return


async def fold(log: EventLog, folder: Path, position: int) -> None:
    """Fold in the background until the views have reached a position."""
    projector = Projector(log, folder / "views.db", CODEC, [Sums()])
    projector.start()
    reached = 0
    async with asyncio.timeout(60):
        while reached < position:
            reached += 1
            await projector.wait(Position(reached), timeout_s=60)
    projector.close()


def main() -> None:
    verb, folder, *rest = sys.argv[1:]
    log = open_sqlite_log(Path(folder), CODEC, system_clock)
    match verb:
        case "append":
            asyncio.run(append_beside(log, rest[0], int(rest[1])))
        case "tail":
            asyncio.run(tail(log, int(rest[0])))
        case "fold":
            asyncio.run(fold(log, Path(folder), int(rest[0])))
    log.close()


if __name__ == "__main__":
    main()
