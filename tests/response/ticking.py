"""Tasks with clocks on a log in memory; without a hub around them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import apsw
import msgspec

from foedus.clock import EPOCH, StoppedClock, from_ms
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Event, Redacted
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.projector import Projector
from foedus.ids import NationCode, Position
from foedus.releasability.labelled import LabelView
from foedus.releasability.news import NewsView
from foedus.response.assignments import Assignment, Clocks, Rung, TimeLimit
from foedus.response.calendars import Calendar
from foedus.response.due import ClockView
from foedus.response.events import ResponseEvent, RunStarted, TaskEvent, task_stream
from foedus.response.firings import ClockEvent, clock_stream
from foedus.response.tasks import Task
from foedus.response.views import ResponseView
from tests.response.books import book
from tests.response.running import Ledger

MINUTE: Final = 60_000
T0: Final = 1_795_420_800_000
"""Monday 23 November 2026, 08:00 UTC."""

NATIONS: Final = ("EST", "LVA")

GIVEN: Final = Assignment(
    nations=NATIONS,
    clocks=Clocks(
        acknowledge=TimeLimit(within="PT30M"),
        complete=TimeLimit(within="PT4H", name="4 h to look"),
    ),
    ladder=(
        Rung(clock="acknowledge", after="PT15M", tell="nation"),
        Rung(clock="acknowledge", after="PT20M", tell="coordinator", repeat=2),
    ),
    warnings=("50%",),
)

ONE_STEP: Final = book({"A": {"on_completion": "E"}, "E": {}})


CALENDARS: Final = tuple(
    Calendar(nation=NationCode(each), zone="Europe/Tallinn") for each in NATIONS
)


class Clocked(Ledger):
    """A log and its views, with clocks; one step asked of two nations."""

    def __init__(self, folder: Path) -> None:
        codec = Codec(ResponseEvent | ClockEvent | Redacted)
        self.clock = StoppedClock(from_ms(T0))
        self.log = MemoryEventLog(codec, self.clock)
        self.views = folder / "views.db"
        views = [LabelView(), NewsView(), ResponseView(), ClockView()]
        self.projector = Projector(self.log, self.views, codec, views)
        self.db = apsw.Connection(str(self.views))

    @property
    def now_ms(self) -> int:
        return (self.clock() - EPOCH) // (from_ms(1) - EPOCH)

    async def add(self, stream: str, event: Event, nation: str = "EST") -> Position:
        if isinstance(event, RunStarted):
            event = msgspec.structs.replace(event, calendars=CALENDARS)
        return await super().add(stream, event, nation)

    async def ask(
        self, given: Assignment = GIVEN, document: Mapping[str, object] = ONE_STEP
    ) -> Task:
        """Start a run; give the task of the first nation."""
        plans = {"A": (tuple(given.nations), given)}
        await self.start([document], given=plans)
        return self.tasks()[0]

    async def did(self, task: Task, event: TaskEvent) -> int:
        """Let a nation do something with a task."""
        return await self.add(task_stream(task.asked.task), event, task.asked.nation)

    async def ticked(self, task: Task, event: Event) -> int:
        """Write something of a clock."""
        return await self.add(clock_stream(task.asked.task), event, "NATO")

    def due(self, task: Task) -> int | None:
        """Tell after how many minutes a task tells something next."""
        found = self.db.execute(
            "SELECT due_ms FROM clock WHERE subject = ?", (task.asked.task,)
        ).get
        return None if found is None else (int(found) - T0) // MINUTE

    def news(self) -> list[dict[str, object]]:
        """Give what live readers were told of clocks."""
        rows = self.db.execute("SELECT document FROM news ORDER BY position, turn")
        told = [json.loads(document) for (document,) in rows]
        return [each for each in told if "clock" in each]
