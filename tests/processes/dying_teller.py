"""A process that tells what clocks have come to, until somebody kills it.

Run with the folder of a hub, the instant at which a faster time began, by the machine's
clock, and how fast it runs: so that every process that is started has the same time.
"""

import asyncio
import sys
import time
from datetime import datetime
from pathlib import Path

import msgspec

from foedus import app
from foedus.clock import from_ms
from foedus.processes.escalating import settle
from tests.processes.clockwork import T0


def fast_clock(began_s: float, speed: float) -> datetime:
    """Tell the faster time."""
    return from_ms(T0 + int((time.time() - began_s) * 1_000 * speed))


async def main(folder: Path, began_s: float, speed: float) -> None:
    """Tell what is due, again and again."""
    hub = app.open_hub(folder, environment={}, clock=lambda: fast_clock(began_s, speed))
    hub.projector.start()
    escalator = msgspec.structs.replace(hub.escalator)
    print("ready", flush=True)  # noqa: T201 - to whoever kills it
    while True:
        await settle(escalator)
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
