"""What a report is made of: of a run, what one viewer may see, and nothing else.

- Steps, tasks, what was said of them and what their clocks told are filtered inside the
  SQL, each by its own label. What went into the run itself is the coordinator's.
- Everything follows from the log: no clock, no chance. Without anything new in the log
  the same is read at any time, on every node.
- The reference names the entries that are told by a digest of their commitments, which
  say nothing to who does not hold them; positions and the chain are told to auditors
  of the whole log alone.
"""

import hashlib
from typing import Any, Final

import apsw
import msgspec

from foedus.errors import NotFoundError
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.labelled import readable_labels
from foedus.releasability.viewers import Role, Viewer
from foedus.response.events import AnyTaskEvent
from foedus.response.firings import (
    ClockBreached,
    ClockEscalated,
    ClockFired,
    ClockWarned,
)
from foedus.response.library import Library
from foedus.response.queries import FoundRun, StepRow, find_run, steps_of, tasks_of_run
from foedus.response.tasks import Instants, Task, is_inside
from foedus.response.views import library_of

ENTRIES_MAX: Final = 100_000
"""Entries of a run that a report tells; a run has 20,000 steps at most."""

Rows = list[tuple[Any, ...]]

_MOVES: Final = """
SELECT e.position, e.task, e.body
  FROM response_event AS e
  JOIN task AS t ON t.task = e.task
 WHERE e.run = :run
   AND substr(:readable, t.label, 1) = x'01'
 ORDER BY e.position
 LIMIT :limit
"""

_INPUTS: Final = """
SELECT position
  FROM response_event
 WHERE run = :run AND task = ''
 ORDER BY position
 LIMIT :limit
"""

_FIRINGS: Final = """
SELECT f.position, f.kind, f.body
  FROM clock AS c
  JOIN clock_firing AS f ON f.subject = c.subject
 WHERE c.run = :run
   AND c.named = ''
   AND substr(:readable, c.label, 1) = x'01'
 ORDER BY f.due_ms, f.subject, f.clock, f.point, f.turn, f.loop
 LIMIT :limit
"""

_PAUSES: Final = """
SELECT c.subject, p.clock, p.since_ms, p.until_ms, p.authority, p.awaits, p.reason
  FROM clock AS c
  JOIN clock_pause AS p ON p.subject = c.subject
 WHERE c.run = :run
   AND c.named = ''
   AND p.whole = 0
   AND substr(:readable, c.label, 1) = x'01'
 ORDER BY p.since_ms, c.subject, p.position
 LIMIT :limit
"""

_COMMITMENTS: Final = """
SELECT commitment
  FROM log.entry
 WHERE position IN (SELECT value FROM json_each(:positions))
 ORDER BY position
"""

_RANGE: Final = """
SELECT min(position), max(position)
  FROM (SELECT position FROM response_event WHERE run = :run
        UNION ALL
        SELECT position FROM clock_entry WHERE run = :run)
"""

_DIGEST: Final = "SELECT digest FROM log.entry WHERE position = :position"

_KINDS: Final = {
    "warned": msgspec.json.Decoder(ClockWarned).decode,
    "escalated": msgspec.json.Decoder(ClockEscalated).decode,
    "breached": msgspec.json.Decoder(ClockBreached).decode,
}

_move = msgspec.json.Decoder(AnyTaskEvent).decode


class Pause(msgspec.Struct, frozen=True, array_like=True):
    """That an authority let clocks of a task stand still."""

    task: str
    clock: str | None
    since_ms: int
    until_ms: int | None
    authority: NationCode
    awaits: NationCode | None
    reason: str


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run stands in the whole log; for auditors of all of it.

    Attributes:
        first: the position of its first entry.
        last: that of its last.
        digest: of the chain at the last, in hexadecimal.
    """

    first: int
    last: int
    digest: str


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What in the log a report rests on.

    Attributes:
        entries: how many entries it tells.
        digest: SHA-256 of their commitments in the order of the log, in hexadecimal.
        chain: null but for auditors of the whole log.
    """

    entries: int
    digest: str
    chain: Chain | None


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """All that a report is made of.

    Attributes:
        moves: what was done with tasks, by their ids.
        library: the playbooks of the run; None if one was erased.
        is_inside: whether it is the coordinator's own.
    """

    found: FoundRun
    steps: list[StepRow]
    tasks: list[Task]
    moves: list[tuple[str, AnyTaskEvent]]
    firings: list[ClockFired]
    pauses: list[Pause]
    library: Library | None
    reference: Reference
    is_inside: bool


def read(seen: Snapshot, viewer: Viewer, run: str) -> Material:
    """Read what a viewer may see of a run.

    Raises:
        NotFoundError: there is no such run, or not for this viewer.
    """
    found = find_run(seen.db, seen.access, viewer, run)
    if found is None:
        raise NotFoundError(f"no run {run}; list the runs")
    where: dict[str, Any] = {
        "run": run,
        "readable": readable_labels(seen.db, seen.access, viewer),
        "limit": ENTRIES_MAX,
    }
    moves: Rows = seen.db.execute(_MOVES, where).fetchall()
    # One entry may stand for several points of a clock, each with a row.
    firings = {row[0]: row for row in seen.db.execute(_FIRINGS, where)}
    inputs: Rows = seen.db.execute(_INPUTS, where).fetchall()
    tasks = [
        each
        if is_inside(each, viewer.nation)
        else msgspec.structs.replace(each, passed=Instants())
        for each in tasks_of_run(seen.db, seen.access, viewer, run)
    ]
    shown = {each.asked.task for each in tasks}
    coordinates = viewer.nation == found.run.coordinator
    told = [*(row[0] for row in moves), *firings]
    told += [row[0] for row in (inputs if coordinates else inputs[:1])]
    return Material(
        found=found,
        steps=steps_of(seen.db, seen.access, viewer, run),
        tasks=tasks,
        moves=[(task, _move(body)) for _, task, body in moves if task in shown],
        firings=[
            fired
            for _, kind, body in firings.values()
            if (fired := _KINDS[kind](body)).task in shown
        ],
        pauses=[each for each in _pauses(seen.db, where) if each.task in shown],
        library=library_of(seen.db, found.started),
        reference=_reference(seen.db, run, told, whole=_audits(seen, viewer)),
        is_inside=coordinates,
    )


def _pauses(db: apsw.Connection, where: dict[str, Any]) -> list[Pause]:
    return msgspec.convert(db.execute(_PAUSES, where).fetchall(), list[Pause])


def _audits(seen: Snapshot, viewer: Viewer) -> bool:
    """Tell whether somebody may know places in the whole log."""
    is_body = viewer.nation == seen.access.alliance.code
    return is_body and bool(viewer.roles & {Role.AUDITOR, Role.OPERATOR})


def _chain(db: apsw.Connection, run: str) -> Chain:
    """Give where all of a run stands, told or not."""
    first, last = db.execute(_RANGE, {"run": run}).get
    digest: Any = db.execute(_DIGEST, {"position": last}).get
    return Chain(first=first, last=last, digest=bytes(digest).hex())


def _reference(
    db: apsw.Connection, run: str, told: list[int], *, whole: bool
) -> Reference:
    positions = sorted(set(told))
    bindings = {"positions": msgspec.json.encode(positions).decode()}
    digest = hashlib.sha256()
    for (commitment,) in db.execute(_COMMITMENTS, bindings):
        digest.update(bytes(commitment))
    chain = _chain(db, run) if whole else None
    return Reference(entries=len(positions), digest=digest.hexdigest(), chain=chain)
