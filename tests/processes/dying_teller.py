"""Processes that tell what clocks have come to, until somebody kills them.

Run with the folder of a hub, and how much faster than the machine's their time runs.
For each instant that it reads, in milliseconds, it starts one that begins there, and
waits until it is dead; starting anew each time would take seconds.
"""

import asyncio
import os
import sys
import time
from datetime import datetime
from pathlib import Path

from foedus import app
from foedus.clock import from_ms
from foedus.processes.escalating import settle


async def main(folder: Path, at_ms: int, speed: float) -> None:
    """Tell what is due, again and again."""
    begun = time.monotonic()

    def fast() -> datetime:
        return from_ms(at_ms + int((time.monotonic() - begun) * 1_000 * speed))

    hub = app.open_hub(folder, environment={}, clock=fast)
    hub.projector.start()
    escalator = hub.escalator
    begun = time.monotonic()
    print(f"ready {os.getpid()}", flush=True)  # noqa: T201 - to whoever kills it
    while True:
        await settle(escalator)
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    for line in sys.stdin:
        if os.fork() == 0:
            asyncio.run(main(Path(sys.argv[1]), int(line), float(sys.argv[2])))
        os.wait()
