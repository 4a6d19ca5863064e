"""A process that tells what clocks have come to, until somebody kills it.

Run with the folder of a hub, the instant at which it begins, in milliseconds, and how
much faster than the machine's its time runs.
"""

import asyncio
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
    print("ready", flush=True)  # noqa: T201 - to whoever kills it
    while True:
        await settle(escalator)
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
