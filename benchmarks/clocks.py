"""Clocks of tasks: 200 due a second, an hour without the hub, a suppressed escalation.

Steps are asked of 50 nations at once, so that 50 clocks fall due at the same instant.
Lateness is from the instant at which something was due to the commit that tells it, as
the log has it. While it is measured the server serves nobody else.

Variables: FOEDUS_BENCH_RATE, _SECONDS, _OVERDUE.
"""

import asyncio
import itertools
import json
import tempfile
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec
from _figures import Figure, say, size
from _hub import free_port, serve

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.eventlog.database import open_readable
from foedus.eventlog.envelope import Append, Event, Who
from foedus.folder.formats import VIEWS
from foedus.hub import Hub
from foedus.ids import NationCode, new_event_id
from foedus.releasability.join import FixedLabel, encode_label
from foedus.response.assignments import Assignment, Clocks, Rung, TimeLimit
from foedus.response.calendars import calendar_of
from foedus.response.events import (
    Edition,
    Plan,
    PlaybookImported,
    RunStarted,
    playbook_stream,
    run_stream,
)

NATIONS: Final = 50
"""Of how many nations a step is asked."""

LEAD_S: Final = 30.0
"""Seconds from the last preparation to the first instant; the server starts in them."""

SETTLE_S: Final = 12.0
"""Seconds after the last instant in which everything has to be told."""

PATIENCE_S: Final = 180.0
"""Seconds after which a figure is given up."""

HOUR_MS: Final = 3_600_000

COORDINATOR: Final = NationCode("NATO")
LABEL: Final = msgspec.Raw(encode_label(FixedLabel(level=0)))
MODIFIED: Final = "2026-01-01T00:00:00.000Z"
PLAYBOOK: Final = "playbook--6a0c2f7e-5f0a-4f39-9a52-0d2f6b1f7a10"
START: Final = "start--6a0c2f7e-5f0a-4f39-9a52-0d2f6b1f7a11"
ACTION: Final = "action--6a0c2f7e-5f0a-4f39-9a52-0d2f6b1f7a12"
END: Final = "end--6a0c2f7e-5f0a-4f39-9a52-0d2f6b1f7a13"
AGENT: Final = "organization--6a0c2f7e-5f0a-4f39-9a52-0d2f6b1f7a14"

ONE_DEADLINE: Final = Assignment(
    clocks=Clocks(acknowledge=TimeLimit(within="PT1H")), warnings=()
)
"""Each task tells one thing, an hour after it was asked."""

A_LADDER: Final = Assignment(
    clocks=Clocks(acknowledge=TimeLimit(within="PT30M")),
    ladder=(
        Rung(clock="acknowledge", after="PT10M", tell="nation", repeat=2),
        Rung(clock="acknowledge", after="PT20M", tell="coordinator"),
    ),
)
"""Each task has told seven things within half an hour, of which four are repeated."""


def document() -> dict[str, Any]:
    """Write a playbook of one step."""
    command = {"type": "manual", "command": "Look, and say what was found."}
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": PLAYBOOK,
        "name": "Look at once",
        "created_by": "identity--6a0c2f7e-5f0a-4f39-9a52-0d2f6b1f7a15",
        "created": MODIFIED,
        "modified": MODIFIED,
        "workflow_start": START,
        "workflow": {
            START: {"type": "start", "on_completion": ACTION},
            ACTION: {
                "type": "action",
                "name": "Look",
                "commands": [command],
                "agent": AGENT,
                "timeout": 864_000_000,
                "on_completion": END,
            },
            END: {"type": "end"},
        },
        "agent_definitions": {AGENT: {"type": "organization", "name": "A nation"}},
    }


def request(stream: str, event: Event, at_ms: int) -> Append:
    """Write an event as the coordinator."""
    return Append(
        event_id=new_event_id(at_ms),
        stream=stream,
        event=event,
        who=Who(account="account--bench", nation=COORDINATOR, door="bench"),
        label="NATO UNCLASSIFIED // REL TO NATO",
    )


class Scene:
    """A hub into whose log runs are written as if they had been started.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hub: Hub | None = None

    async def found(self) -> None:
        """Found the hub, and bring the playbook."""
        hub = await app.create(self.folder, load_pack("nato"), environment={})
        imported = PlaybookImported(
            playbook=PLAYBOOK,
            modified=MODIFIED,
            nation=COORDINATOR,
            label=LABEL,
            source=msgspec.Raw(json.dumps(document()).encode()),
        )
        stream = playbook_stream(PLAYBOOK, COORDINATOR)
        await hub.log.append(request(stream, imported, 1))
        hub.projector.catch_up()
        app.close_hub(hub)

    async def ask(self, instants: Iterable[int], given: Assignment) -> None:
        """Start a run at each instant, of fifty nations each."""
        hub = app.open_hub(self.folder, environment={})
        nations = sorted(hub.alliance.nations)[:NATIONS]
        requests = [
            request(run_stream(each.run), each, each.at_ms)
            for each in (started(at_ms, given, nations) for at_ms in instants)
        ]
        await hub.log.append_many(requests)
        hub.projector.catch_up()
        app.close_hub(hub)

    def told(self) -> list[tuple[int, int]]:
        """Give when each thing was due and told, in the order of the log."""
        db = open_readable(self.folder / VIEWS)
        try:
            rows: list[tuple[int, int]] = db.execute(
                "SELECT due_ms, arrival_ms FROM clock_firing"
                " WHERE reason NOT LIKE 'told by%' ORDER BY position"
            ).fetchall()
        finally:
            db.close()
        return rows

    def waiting(self) -> int:
        """Count the tasks that have something due."""
        db = open_readable(self.folder / VIEWS)
        try:
            return int(
                db.execute(
                    "SELECT count(*) FROM clock WHERE due_ms <= :now",
                    {"now": int(time.time() * 1_000)},
                ).get
            )
        finally:
            db.close()


def started(at_ms: int, given: Assignment, nations: list[NationCode]) -> RunStarted:
    """Make the start of a run."""
    name = f"run--{uuid.uuid4()}"
    edition = Edition(playbook=PLAYBOOK, modified=MODIFIED, nation=COORDINATOR)
    plan = Plan(
        version=edition.version,
        step=ACTION,
        nations=tuple(nations),
        given=given,
        label=LABEL,
    )
    return RunStarted(
        run=name,
        seed=uuid.uuid4().hex,
        coordinator=COORDINATOR,
        editions=(edition,),
        plans=(plan,),
        calendars=tuple(map(calendar_of, nations)),
        at_ms=at_ms,
        label=LABEL,
    )


def until(is_so: Any, patience_s: float = PATIENCE_S) -> float:  # noqa: ANN401 - a question
    """Wait until something is so; give the seconds."""
    begun = time.perf_counter()
    while not is_so():
        if time.perf_counter() - begun > patience_s:
            return patience_s
        time.sleep(0.1)
    return time.perf_counter() - begun


def percentile(values: list[float], share: float) -> float:
    """Give the value below which a share of all lies."""
    return sorted(values)[int(share * (len(values) - 1))]


def flow(folder: Path, rate: int, seconds: int) -> None:
    """Let so many clocks fall due each second, while the hub serves."""
    scene = Scene(folder)
    asyncio.run(scene.found())
    runs = rate * seconds // NATIONS
    apart_ms = NATIONS * 1_000 // rate
    # Folding 50 tasks takes some hundredths of a second; the first are due behind it.
    prepared_s = LEAD_S + runs * 0.1
    base_ms = int((time.time() + prepared_s) * 1_000)
    instants = [base_ms - HOUR_MS + number * apart_ms for number in range(runs)]
    asyncio.run(scene.ask(instants, ONE_DEADLINE))
    with serve(folder, free_port()) as server:
        server.wait("/health/ready")
        assert time.time() * 1_000 < base_ms, "preparing took longer than foreseen"
        before = server.cpu()
        time.sleep(base_ms / 1_000 + seconds + SETTLE_S - time.time())
        used = (server.cpu() - before) / (rate * seconds)
    late = [(told - due) / 1_000 for due, told in scene.told()]
    bar("clocks_told", len(late) / (runs * NATIONS) * 100, "%", least=100)
    bar("clocks_late_p50", percentile(late, 0.5), "s", most=2)
    bar("clocks_late_p99", percentile(late, 0.99), "s", most=2)
    bar("clocks_late_worst", max(late), "s", most=10)
    watched("clocks_cpu", used * 1e6, "us each")


def hour_down(folder: Path, overdue: int) -> None:
    """Start a hub after an hour in which tasks have fallen due."""
    scene = Scene(folder)
    asyncio.run(scene.found())
    runs = overdue // NATIONS
    now_ms = int(time.time() * 1_000)
    apart_ms = HOUR_MS // runs
    instants = [now_ms - 2 * HOUR_MS + number * apart_ms for number in range(runs)]
    asyncio.run(scene.ask(instants, A_LADDER))
    with serve(folder, free_port()) as server:
        server.wait("/health/ready")
        seconds, used = until(lambda: not scene.waiting()), server.cpu()
    told = scene.told()
    dues = [due for due, _ in told]
    bar("clocks_hour_down", seconds, "s", most=30)
    watched("clocks_hour_down_cpu", used, "s")
    bar("clocks_hour_down_told", len(told) / (runs * NATIONS), "a task", least=3)
    out_of_order = sum(a > b for a, b in itertools.pairwise(dues))
    bar("clocks_hour_down_out_of_order", out_of_order, "times", most=0)


def suppressed(folder: Path) -> None:
    """Suppress what is due behind the hub's back, until the auditor finds it."""
    scene = Scene(folder)
    asyncio.run(scene.found())
    due_ms = int((time.time() + LEAD_S) * 1_000)
    asyncio.run(scene.ask([due_ms - HOUR_MS], ONE_DEADLINE))
    with serve(folder, free_port()) as server:
        server.wait("/health/ready")
        suppress(folder)
        until(lambda: missed(folder) == NATIONS)
        found_s = (time.time() * 1_000 - due_ms) / 1_000
    told = len(scene.told())
    bar("clocks_suppressed_found_after", found_s, "s", most=120)
    bar("clocks_suppressed_told", told, "times", most=0)


def suppress(folder: Path) -> None:
    """Let nothing be due, as a fault of the table might."""
    db = apsw.Connection(str(folder / VIEWS))
    db.set_busy_timeout(5_000)
    db.execute("UPDATE clock SET due_ms = NULL").fetchall()
    db.close()


def missed(folder: Path) -> int:
    """Count what the auditor found."""
    db = open_readable(folder / VIEWS)
    try:
        return int(db.execute("SELECT count(*) FROM clock_missed").get)
    finally:
        db.close()


def bar(
    figure: str,
    value: float,
    unit: str,
    *,
    most: float | None = None,
    least: float | None = None,
) -> None:
    """Print a figure that has to be at most, or at least, so much."""
    met = (most is None or value <= most) and (least is None or value >= least)
    wanted = f"at most {most:g}" if most is not None else f"at least {least:g}"
    say(Figure(figure=figure, value=value, unit=unit, bar=f"{wanted} {unit}", met=met))


def watched(figure: str, value: float, unit: str) -> None:
    """Print a figure that is only watched."""
    say(Figure(figure=figure, value=value, unit=unit))


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as parent:
        flow(Path(parent) / "flow", size("RATE", 200), size("SECONDS", 30))
        hour_down(Path(parent) / "down", size("OVERDUE", 10_000))
        suppressed(Path(parent) / "quiet")


if __name__ == "__main__":
    main()
