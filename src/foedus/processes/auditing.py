"""The auditor of clocks: it compares what should have been told with what was.

- It reckons by itself, from the histories of tasks in the log and not from the table of
  what is due (`auditing_expected`). A point that was due longer ago than `GRACE_MS` and
  stands in no history is written down as missing, once, and told as news; it is never
  told in place of what should have told it.
- Its heartbeat is its own: a mark in `state.db` each time it has looked, a stretch in
  the log every ten minutes. Whoever examines the hub sees when it looked last.
- Every process of a hub runs it, and one of them looks: who finds a fresh mark waits.
- While everything is held because the machine's clock was put, nothing is missing; and
  after a start, or a hold, those who tell have their time first.

Source: `response` reference, section 5.3.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import apsw
import msgspec
import structlog

from foedus.clock import Clock, to_ms
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Append, Event, Who
from foedus.eventlog.log import EventLog
from foedus.identity.store import StateStore
from foedus.ids import AccountId, Position, derived_event_id
from foedus.intel.reading import IntelReading, Snapshot
from foedus.processes.auditing_expected import (
    FOREVER,
    Case,
    Expected,
    Fact,
    Standstill,
    expected,
)
from foedus.processes.edge import Edge
from foedus.releasability.labelled import label_of
from foedus.releasability.labels import print_label
from foedus.response import due_reading
from foedus.response.assignments import Assignment, Clocks, TimeLimit, terms_of
from foedus.response.calendars import Calendar
from foedus.response.events import (
    AnyTaskEvent,
    RunStarted,
    TaskAccepted,
    TaskAcknowledged,
    TaskBegun,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDelivered,
    TaskDone,
    TaskEvent,
    TaskReturned,
    TaskSent,
    task_stream,
)
from foedus.response.firings import (
    AUDIT,
    ClockFired,
    ClockPaused,
    ClockResumed,
    ClocksAudited,
    FiringMissed,
    OfTask,
    clock_stream,
)
from foedus.response.ladders import Key
from foedus.response.runs import Run
from foedus.response.tasks import Task
from foedus.response.views import library_of

AUDITOR: Final = AccountId("account--00000000-0000-4000-8000-000000000008")
"""Stands in the log for the auditor of clocks."""

LOOK_EVERY_S: Final = 15.0
"""Seconds between two looks."""

FIRST_S: Final = 30.0
"""Seconds before the first look: a hub that starts catches up first."""

GRACE_MS: Final = 45_000
"""How long those who tell have; they promise ten seconds, and half a minute after an
hour without the hub. With `LOOK_EVERY_S` what is missing is found within 61 seconds."""

BEAT_MS: Final = 600_000
"""Milliseconds between two heartbeats in the log."""

BREATH_EVERY: Final = 50
"""Tasks that are reckoned in one go; then others are let at the processor."""

BREATH_S: Final = 0.002
"""Seconds that they are let."""

MARK: Final = "clocks.audited"
"""The setting in `state.db` that holds the last mark."""

_WHO_CAME_LATER: Final = """
SELECT DISTINCT substr(stream, 8)
  FROM log.entry
 WHERE position > :after
   AND (stream GLOB 'clocks/task--*' OR stream GLOB 'clocks/run--*')
"""

_MOVED: Final = """
SELECT task
  FROM task
 WHERE moved > :after OR (:all AND open = 1)
 ORDER BY run, number, nation
"""

_NAMED_CLOCKS: Final = """
SELECT subject
  FROM clock
 WHERE named <> ''
   AND (run IN (SELECT substr(stream, 6)
                  FROM log.entry
                 WHERE position > :after AND stream GLOB 'runs/run--*')
        OR (:all AND run IN (SELECT run FROM run WHERE open = 1)))
"""

_STATE: Final = "SELECT state FROM task WHERE task = :task"

_NOW: Final = "SELECT now FROM run WHERE run = :run"

_LABEL: Final = "SELECT label FROM clock WHERE subject = :name"

_CALENDARS: Final = """
SELECT json_extract(CAST(started AS TEXT), '$.calendars') FROM run WHERE run = :run
"""

_STEP_BEGAN: Final = """
SELECT min(began_ms) FROM activation WHERE run = :run AND step = :step
"""

_STEP_ENDED: Final = """
SELECT min(ended_ms) FROM activation WHERE run = :run AND step = :step
"""

_WORDS: Final[dict[type[Event], str]] = {
    TaskDelivered: "delivered",
    TaskAcknowledged: "acknowledged",
    TaskDelegated: "acknowledged",
    TaskAccepted: "accepted",
    TaskDeclined: "declined",
    TaskBegun: "started",
    TaskDone: "done",
    TaskSent: "started",
    TaskReturned: "returned",
    TaskConfirmed: "confirmed",
}

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_codec: Final = Codec(AnyTaskEvent | OfTask)

_task = msgspec.json.Decoder(Task).decode

_log = structlog.get_logger(__name__)


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The auditor's mark in `state.db`.

    Attributes:
        since_ms: since when it has looked without a gap.
        seen_ms: when it looked last.
        told_ms: when the log was told last.
        missed: what was found missing since then.
    """

    since_ms: int
    seen_ms: int
    told_ms: int
    tasks: int = 0
    missed: int = 0


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A point that was due and was not written.

    Attributes:
        label: the printed label of the task.
    """

    task: str
    due: Expected
    label: str


class Auditor:
    """Watches the clocks of all tasks.

    Args:
        log: where histories are read, and findings written.
        reading: where tasks are found.
        store: where the mark is.
        clock: the only teller of time.
    """

    def __init__(
        self, log: EventLog, reading: IntelReading, store: StateStore, clock: Clock
    ) -> None:
        self._log = log
        self._reading = reading
        self._store = store
        self._clock = clock
        self._awaited: dict[str, list[Expected]] = {}
        self._found: set[tuple[str, Key]] = set()
        self._upto = 0
        self._has_read = False
        self._fair_ms: int | None = None
        self._run = ""
        self._known: dict[str, Calendar] = {}

    async def look(self) -> int:
        """Look once, if nobody has just looked; give how much was missing.

        Raises:
            UnavailableError: the log, the views or `state.db` cannot be used now.
        """
        now_ms = to_ms(self._clock())
        before = await asyncio.to_thread(self._mark)
        if before is not None and self._is_fresh(before, now_ms):
            return 0
        missing = await asyncio.to_thread(self._missing, now_ms)
        for each in missing:
            await self._note(each, now_ms)
        await self._beat(before, now_ms, len(missing))
        return len(missing)

    def _is_fresh(self, mark: Mark, now_ms: int) -> bool:
        """Tell whether another process has looked; a mark from the future is none."""
        return 0 <= now_ms - mark.seen_ms < LOOK_EVERY_S * 500

    def _mark(self) -> Mark | None:
        return read_mark(self._store.setting(MARK))

    def _missing(self, now_ms: int) -> list[Missing]:
        with self._reading.snapshot() as seen:
            if due_reading.held(seen.db) is not None:
                self._fair_ms = None
                return []
            if self._fair_ms is None:
                self._fair_ms = now_ms
            self._take_in(seen.db)
            if now_ms - self._fair_ms < GRACE_MS:
                return []
            found = [
                each
                for each in self._late(seen.db, now_ms - GRACE_MS)
                if (each[0], each[1].key) not in self._found
            ]
            printed = [
                Missing(task=name, due=due, label=_printed(seen, name))
                for name, due in found
            ]
        self._found |= {(name, due.key) for name, due in found}
        return printed

    def _late(self, db: apsw.Connection, since_ms: int) -> list[tuple[str, Expected]]:
        """List what was due before an instant; read once more, lest it was written."""
        names = [
            name
            for name, awaited in self._awaited.items()
            if any(due.at_ms <= since_ms for due in awaited)
        ]
        return [
            (name, due)
            for name in names
            for due in self._reckoned(db, name)
            if due.at_ms <= since_ms
        ]

    def _take_in(self, db: apsw.Connection) -> None:
        """Reckon anew for everything to which something has happened."""
        after = {"after": self._upto, "all": not self._has_read}
        head = _first(db, "SELECT position FROM folded", {})
        names = [
            str(name)
            for statement in (_MOVED, _WHO_CAME_LATER, _NAMED_CLOCKS)
            for (name,) in db.execute(statement, after).fetchall()
        ]
        for number, name in enumerate(dict.fromkeys(names)):
            awaited = self._reckoned(db, name)
            if awaited:
                self._awaited[name] = awaited
            else:
                self._awaited.pop(name, None)
            if number % BREATH_EVERY == 0:
                time.sleep(BREATH_S)
        self._upto, self._has_read = head or 0, True

    def _reckoned(self, db: apsw.Connection, name: str) -> list[Expected]:
        """Give what a task, or a clock with a name, should tell and has not told."""
        told: set[Key] = set()
        erased: set[UUID] = set()
        stills: list[Standstill] = []
        for each in self._log.read(clock_stream(name)):
            if each.erased:
                erased.add(each.event_id)
                continue
            event = _codec.decode(each) if each.kind in _codec.kinds else None
            if isinstance(event, ClockFired):
                told |= {event.key, *event.instead_of}
            elif isinstance(event, ClockPaused):
                stills.append(Standstill(event.at_ms, FOREVER, event.clock))
            elif isinstance(event, ClockResumed):
                stills = [_ended(still, event) for still in stills]
        case = _named_case(db, name) if "/" in name else self._task_case(db, name)
        if case is None:
            return []
        began_ms = case.facts[0].at_ms
        case = msgspec.structs.replace(case, stills=(*case.stills, *stills))
        return [
            each
            for each in expected(case)
            if each.key not in told
            and not (erased and _event_id(began_ms, name, each.key) in erased)
        ]

    def _task_case(self, db: apsw.Connection, name: str) -> Case | None:
        raw = _first(db, _STATE, {"task": name})
        if raw is None:
            return None
        task = _task(raw)
        facts = [Fact(task.asked.asked_ms, "assigned")]
        for each in self._log.read(task_stream(name)):
            if each.erased or each.kind not in _codec.kinds:
                continue
            event = _codec.decode(each)
            word = _WORDS.get(type(event))
            if word is not None and isinstance(event, TaskEvent):
                facts.append(Fact(max(event.at_ms, facts[-1].at_ms), word))
        if task.ended_ms is not None:
            facts.append(Fact(max(task.ended_ms, facts[-1].at_ms), "closed"))
        calendar = self._calendars(db, task.asked.run).get(task.asked.nation)
        return Case(
            given=task.asked.plan,
            calendar=calendar,
            facts=tuple(facts),
            stills=_stills_of_run(db, task.asked.run),
        )

    def _calendars(self, db: apsw.Connection, run: str) -> dict[str, Calendar]:
        """Find the calendars in the start of a run; that of the last one is kept."""
        if self._run != run:
            listed = _first(db, _CALENDARS, {"run": run})
            found = msgspec.json.decode(listed or b"[]", type=list[Calendar])
            self._run, self._known = run, {each.nation: each for each in found}
        return self._known

    async def _note(self, missing: Missing, now_ms: int) -> None:
        key = missing.due.key
        event = FiringMissed(
            task=missing.task, key=key, due_ms=missing.due.at_ms, found_ms=now_ms
        )
        _log.error("clock_did_not_tell", late_ms=now_ms - missing.due.at_ms)
        words = (key.clock, key.point, key.turn, key.loop, "missed")
        event_id = derived_event_id(missing.due.at_ms, missing.task, *words)
        await self._append(
            Append(
                event_id=event_id,
                stream=clock_stream(missing.task),
                event=event,
                who=self._who(),
                label=missing.label,
            )
        )

    async def _beat(self, before: Mark | None, now_ms: int, missed: int) -> None:
        """Move the mark, and tell the log where that is due."""
        is_on = before is not None and abs(now_ms - before.seen_ms) < GRACE_MS
        mark = Mark(
            since_ms=before.since_ms if before is not None and is_on else now_ms,
            seen_ms=now_ms,
            told_ms=before.told_ms if before is not None and is_on else 0,
            tasks=len(self._awaited),
            missed=missed + (before.missed if before is not None and is_on else 0),
        )
        if now_ms - mark.told_ms >= BEAT_MS:
            beat = ClocksAudited(
                since_ms=mark.since_ms,
                until_ms=now_ms,
                position=self._upto,
                tasks=mark.tasks,
                missed=mark.missed,
            )
            event_id = derived_event_id(now_ms, AUDIT, mark.since_ms, now_ms)
            who = self._who()
            await self._append(
                Append(event_id=event_id, stream=AUDIT, event=beat, who=who)
            )
            mark = msgspec.structs.replace(mark, told_ms=now_ms, missed=0)
        text = msgspec.json.encode(mark).decode()
        await asyncio.to_thread(self._store.set_setting, MARK, text)

    def _who(self) -> Who:
        code = self._reading.access().alliance.code
        return Who(account=AUDITOR, nation=code, door="process")

    async def _append(self, request: Append) -> Position:
        return await self._log.append(request)


async def keep(auditor: Auditor, sleep: Sleep = asyncio.sleep) -> None:
    """Look for as long as the hub runs."""
    await sleep(FIRST_S)
    while True:
        with Edge("clocks_not_audited"):
            await auditor.look()
        await sleep(LOOK_EVERY_S)


def read_mark(text: str | None) -> Mark | None:
    """Read a mark; None if there is none that can be read."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Mark)
    except msgspec.MsgspecError:
        return None


def _first(db: apsw.Connection, statement: str, bindings: dict[str, Any]) -> Any:  # noqa: ANN401 - a column
    """Give the first column of the first row; None if there is none."""
    row = db.execute(statement, bindings).fetchone()
    return None if row is None else row[0]


def _printed(seen: Snapshot, name: str) -> str:
    """Print the label under which the clocks of a task, or a run's, are known."""
    number = _first(seen.db, _LABEL, {"name": name})
    label, _ = label_of(seen.db, number)
    return print_label(label.label, seen.access.alliance)


def _event_id(began_ms: int, name: str, key: Key) -> UUID:
    """Give the id under which a point is written, to know it when it is erased."""
    words = (key.clock, key.point, key.turn, key.loop, "fired")
    return derived_event_id(began_ms, name, *words)


def _ended(still: Standstill, event: ClockResumed) -> Standstill:
    if still.until_ms < FOREVER or still.clock != event.clock:
        return still
    return still._replace(until_ms=max(event.at_ms, still.since_ms))


def _stills_of_run(db: apsw.Connection, run: str) -> tuple[Standstill, ...]:
    """Tell when a whole run stood still; clocks with a name go on meanwhile."""
    now = msgspec.json.decode(_first(db, _NOW, {"run": run}), type=Run)
    return tuple(
        Standstill(
            each.since_ms, FOREVER if each.until_ms is None else each.until_ms, None
        )
        for each in now.stills
    )


def _named_case(db: apsw.Connection, name: str) -> Case | None:
    """Tell how a clock with a name stands, by the steps of its run."""
    run, _, number = name.partition("/")
    raw = _first(db, "SELECT started FROM run WHERE run = :run", {"run": run})
    started = None if raw is None else msgspec.json.decode(raw, type=RunStarted)
    library = None if started is None else library_of(db, started)
    if started is None or library is None:
        return None
    terms = terms_of(library.version(started.editions[0].version))
    clock = terms.named_clocks[int(number)]
    now = msgspec.json.decode(_first(db, _NOW, {"run": run}), type=Run)
    began: int | None = now.started_ms
    if clock.since:
        began = _first(db, _STEP_BEGAN, {"run": run, "step": clock.since})
    ended: int | None = now.ended_ms
    if clock.until:
        ended = _first(db, _STEP_ENDED, {"run": run, "step": clock.until})
    if began is None:
        return None
    facts = [Fact(began, "assigned")]
    facts += [Fact(max(ended, began), "done")] if ended is not None else []
    if now.ended_ms is not None:
        facts.append(Fact(max(now.ended_ms, facts[-1].at_ms), "closed"))
    given = Assignment(clocks=Clocks(complete=TimeLimit(within=clock.within)))
    return Case(given=given, calendar=None, facts=tuple(facts))
