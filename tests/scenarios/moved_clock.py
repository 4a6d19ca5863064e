"""A real server process whose clock stands still until a test moves it.

The instant is in a file; the process reads it whenever it asks for the time.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from granian import Granian
from starlette.applications import Starlette

from foedus import app
from tests.scenarios.installation import Installation, Server, free_port

FOLDER, CLOCK = "FOEDUS_STORY_FOLDER", "FOEDUS_STORY_CLOCK"
"""How the factory below is told where the hub and its clock are."""

MIDNIGHT_IN = timedelta(milliseconds=200)
"""How long before midnight the clock stands, so that the calendar, which sleeps until
midnight and no longer, looks again so often."""


class MovedClock:
    """The hand of a test on a server's clock.

    It stands shortly before midnight.

    Args:
        file: where the instant is kept.
        ends: the midnight, of which it stands just in front.
    """

    def __init__(self, file: Path, ends: datetime) -> None:
        self._file = file
        self.put(ends - MIDNIGHT_IN)

    @property
    def today(self) -> str:
        """The day on which it stands."""
        return self._at.date().isoformat()

    @property
    def tomorrow(self) -> str:
        """The day after."""
        return (self._at.date() + timedelta(days=1)).isoformat()

    def next_day(self) -> None:
        """Move it to the end of the next day."""
        self.put(self._at + timedelta(days=1))

    def put(self, at: datetime) -> None:
        """Put it to an instant."""
        self._at = at
        beside = self._file.with_suffix(".new")
        beside.write_text(at.isoformat())
        beside.replace(self._file)


class MovedClockServer(Server):
    """A server process over a copy of an installation, with such a clock.

    Args:
        hub: what is served.
        clock: the clock's file.
    """

    def __init__(self, hub: Installation, clock: Path) -> None:
        port = free_port()
        super().__init__(hub, port, ())
        self._command = [
            *(sys.executable, "-m", "tests.scenarios.moved_clock"),
            *(str(port), str(hub.folder), str(clock)),
        ]


def first_midnight() -> datetime:
    """Give a midnight that is ahead of everything the installation has recorded."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=2)


def application() -> Starlette:
    """Make the application of the folder and clock that the environment names."""
    file = Path(os.environ[CLOCK])
    folder = Path(os.environ[FOLDER])
    return app.asgi(
        app.open_hub(
            folder,
            environment={},
            clock=lambda: datetime.fromisoformat(file.read_text()),
        )
    )


def main(port: str, folder: str, clock: str) -> None:
    """Serve."""
    os.environ |= {FOLDER: folder, CLOCK: clock}
    Granian(
        "tests.scenarios.moved_clock:application",
        port=int(port),
        interface="asgi",  # type: ignore[arg-type]  # as on the command line
        factory=True,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
