"""A hub with runs whose clocks are kept; without accounts, and without surfaces."""

import json
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import StoppedClock, from_ms, to_ms
from foedus.eventlog.envelope import Append, Event, Who
from foedus.hub import Hub
from foedus.ids import NationCode, Position, new_event_id
from foedus.processes.escalating import Escalator
from foedus.processes.escalating_watch import TimeWatch
from foedus.releasability.join import FixedLabel, encode_label
from foedus.response.assignments import Assignment, Clocks, Rung, TimeLimit
from foedus.response.calendars import Calendar
from foedus.response.events import (
    Edition,
    Plan,
    PlaybookImported,
    RunStarted,
    TaskEvent,
    playbook_stream,
    run_stream,
    task_stream,
)
from foedus.response.machine import Limits
from foedus.response.tasks import task_id
from tests.response.books import book, read

MINUTE: Final = 60_000
T0: Final = 1_795_420_800_000
"""Monday 23 November 2026, 08:00 UTC."""

EST: Final = NationCode("EST")
LABEL: Final = msgspec.Raw(encode_label(FixedLabel(level=0)))
ONE_STEP: Final = book({"A": {"on_completion": "E", "timeout": 86_400_000}, "E": {}})
SEED: Final = "0" * 32
FIRST: Final = 2
"""The number of the first activation of a run."""

GIVEN: Final = Assignment(
    clocks=Clocks(
        acknowledge=TimeLimit(within="PT30M"), complete=TimeLimit(within="PT4H")
    ),
    ladder=(
        Rung(clock="acknowledge", after="PT15M", tell="nation"),
        Rung(clock="acknowledge", after="PT20M", tell="coordinator", repeat=2),
    ),
    warnings=("50%",),
)


class Steady:
    """A clock that nobody sets; moved by the tests alone."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def found(folder: Path) -> None:
    """Found a hub with a playbook of one step."""
    clock = StoppedClock(from_ms(T0 - MINUTE))
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    read_book = read(ONE_STEP, at_run_time=True)
    imported = PlaybookImported(
        playbook=read_book.id,
        modified=read_book.modified,
        nation=EST,
        label=LABEL,
        source=msgspec.Raw(json.dumps(ONE_STEP).encode()),
    )
    await append(hub, playbook_stream(read_book.id, EST), imported)
    hub.projector.catch_up()
    app.close_hub(hub)


async def append(hub: Hub, stream: str, event: Event, nation: str = "EST") -> Position:
    """Write an event, as if somebody of a nation had."""
    return await hub.log.append(
        Append(
            event_id=new_event_id(to_ms(hub.clock())),
            stream=stream,
            event=event,
            who=Who(account="account--1", nation=nation, door="test"),
        )
    )


def started(
    name: str, nations: Sequence[str], given: Assignment, at_ms: int
) -> RunStarted:
    """Make the start of a run that asks nations to do one step."""
    read_book = read(ONE_STEP, at_run_time=True)
    (step,) = (each for each in read_book.workflow.values() if each.name == "A")
    plan = Plan(
        version=read_book.version,
        step=step.id,
        nations=tuple(map(NationCode, nations)),
        given=given,
        label=LABEL,
    )
    return RunStarted(
        run=name,
        seed=SEED + name,
        coordinator=EST,
        editions=(
            Edition(playbook=read_book.id, modified=read_book.modified, nation=EST),
        ),
        plans=(plan,),
        calendars=tuple(
            Calendar(nation=each, zone="Europe/Tallinn") for each in plan.nations
        ),
        limits=Limits(),
        at_ms=at_ms,
        label=LABEL,
    )


def task_of(run: str, nation: str) -> str:
    """Give the id of the task that a run asks of a nation."""
    return task_id(SEED + run, FIRST, nation)


class Works:
    """A hub, its clock, and the one that nobody can set."""

    def __init__(self, founded: Path, folder: Path) -> None:
        self.folder = folder / "data"
        shutil.copytree(founded, self.folder)
        self.clock = StoppedClock(from_ms(T0))
        self.steady = Steady()
        self.hub = self._open()
        self.escalator = self.another()

    def _open(self) -> Hub:
        hub = app.open_hub(self.folder, environment={}, clock=self.clock)
        hub.projector.start()
        return hub

    def another_hub(self) -> Hub:
        """Open the hub anew, after it was closed."""
        return self._open()

    def another(self) -> Escalator:
        """Make what tells, as another process of the hub has it."""
        return Escalator(
            desk=self.hub.desk,
            projector=self.hub.projector,
            clock=self.clock,
            watch=TimeWatch(self.clock, self.steady),
        )

    def reopen(self) -> None:
        """Close the hub and open it anew, from its files."""
        app.close_hub(self.hub)
        self.hub = self._open()
        self.escalator = self.another()

    def pass_minutes(self, minutes: float) -> None:
        """Let time pass, by both clocks."""
        self.clock.set(from_ms(to_ms(self.clock()) + round(minutes * MINUTE)))
        self.steady.seconds += minutes * 60

    def put_by(self, minutes: float) -> None:
        """Put the clock of the machine."""
        self.clock.set(from_ms(to_ms(self.clock()) + round(minutes * MINUTE)))

    async def start(
        self, nations: Sequence[str] = ("EST",), given: Assignment = GIVEN
    ) -> str:
        """Start a run; give the id of the first nation's task."""
        name = f"run--{uuid.uuid4()}"
        event = started(name, nations, given, to_ms(self.clock()))
        await self.add(run_stream(name), event)
        return task_of(name, nations[0])

    async def add(self, stream: str, event: Event, nation: str = "EST") -> None:
        """Write an event, and wait until it can be read."""
        await self.hub.seen([await append(self.hub, stream, event, nation)])

    async def did(self, task: str, event: TaskEvent) -> None:
        """Let a nation do something with a task."""
        await self.add(task_stream(task), event)

    def fired(self) -> list[str]:
        """Give what was told, in the order of the log, with the minute it was due."""
        with self.hub.reading.snapshot() as seen:
            rows = seen.db.execute(
                "SELECT due_ms, kind, clock, point, loop FROM clock_firing"
                " WHERE reason = '' ORDER BY position, clock, point, turn, loop"
            ).fetchall()
        return [
            f"{(due_ms - T0) // MINUTE} {kind} {clock} {point}/{loop}"
            for due_ms, kind, clock, point, loop in rows
        ]
