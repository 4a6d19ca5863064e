"""A process that carries out one effect of a decision, and dies before it notes so.

Run with the folder of a hub and an instant; whoever goes on finds the effect done and
the note missing.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import msgspec

from foedus import app
from foedus.clock import StoppedClock
from foedus.processes.decisions import settle
from foedus.processes.decisions_effects import EXECUTORS, Done, Task, Work


async def die_after(work: Work, task: Task) -> Done:
    """Let the effect take place, and die as by `kill -9`."""
    await EXECUTORS[type(task.effect)](work, task)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")


async def main(folder: Path, at: datetime) -> None:
    """Settle what is due in a hub."""
    hub = app.open_hub(folder, environment={}, clock=StoppedClock(at))
    hub.projector.start()
    dying = dict.fromkeys(EXECUTORS, die_after)
    await settle(msgspec.structs.replace(hub.clerk(), executors=dying))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])))
