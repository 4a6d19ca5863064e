"""What clocks do: events of warnings, rungs and missed deadlines, and which are due.

- Each is written once, under an id derived from the task and the key of the point, in a
  history beside the task's own, so that no warning stands in a nation's way.
- After a time without the hub everything is made up for in the order in which it was
  due. Reminders that a later one says again are told once, by the later one; so are
  those before a deadline that is over too. A deadline is never left out.
- A reminder of a clock that has stopped meanwhile is written, and told to nobody.

Source: `response` reference, sections 5.3 and 5.4 (b).
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile
from typing import Final, Literal

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import NationCode
from foedus.response.clocks import ClockName, Owner, State
from foedus.response.ladders import Due, Key, Told

LATE_MS: Final = 10_000
"""How long after its instant something is told to count as told late."""

Jump = Literal["backward", "forward"]
"""Which way the clock of a machine was put."""


class ClockFired(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A point of a clock was reached.

    Attributes:
        key: which.
        due_ms: when it was due.
        fired_ms: when that was seen, by the clock of the machine.
        tell: whom it tells.
        instead_of: earlier points that it stands for.
        reason: why nobody is told; empty where somebody is.
    """

    task: str
    key: Key
    due_ms: int
    fired_ms: int
    tell: tuple[Told, ...] = ()
    instead_of: tuple[Key, ...] = ()
    reason: str = ""


class ClockWarned(ClockFired, frozen=True, kw_only=True, tag="response.clock-warned"):
    """A deadline comes near."""


class ClockEscalated(
    ClockFired, frozen=True, kw_only=True, tag="response.clock-escalated"
):
    """A rung of a ladder was reached."""


class ClockBreached(
    ClockFired, frozen=True, kw_only=True, tag="response.clock-breached"
):
    """A deadline was missed.

    Attributes:
        state: late, or unreachable.
        owner: whom the clock was waiting for.
    """

    state: State = State.LATE
    owner: Owner = "nation"


class ClockPaused(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.clock-paused"
):
    """An authority let clocks of a task stand still.

    Attributes:
        nation: the authority.
        clock: which clock; None for all.
        awaits: the other nation that is waited for.
        at_ms: from when on.
    """

    task: str
    nation: NationCode
    reason: str
    clock: ClockName | None = None
    awaits: NationCode | None = None
    at_ms: int


class ClockResumed(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.clock-resumed"
):
    """An authority let clocks of a task go on."""

    task: str
    nation: NationCode
    clock: ClockName | None = None
    reason: str = ""
    at_ms: int


class FiringMissed(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.firing-missed"
):
    """The auditor of clocks found that a point was reached and nothing was written.

    Attributes:
        key: which point.
        due_ms: when it was due.
        found_ms: when that was found.
    """

    task: str
    key: Key
    due_ms: int
    found_ms: int


class ClocksHeld(Event, frozen=True, kw_only=True, tag="response.clocks-held"):
    """The clock of a machine was put, and nothing is told until somebody looks.

    Attributes:
        jump: which way.
        was_ms: what it should have shown.
        is_ms: what it showed.
    """

    jump: Jump
    was_ms: int
    is_ms: int


class ClocksReleased(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.clocks-released"
):
    """What was held goes on.

    Attributes:
        cause: somebody confirmed the time, or the clock shows the right one again.
        at_ms: when.
    """

    cause: Literal["confirmed", "recovered"]
    at_ms: int


class ClocksAudited(Event, frozen=True, kw_only=True, tag="response.clocks-audited"):
    """The auditor's heartbeat: it has looked at all clocks in a stretch of time.

    Attributes:
        since_ms: from when on it has looked, every few seconds.
        until_ms: when it looked last.
        position: up to where it knew the log.
        tasks: how many tasks it watched at the end.
        missed: how much it found missing in the stretch.
    """

    since_ms: int
    until_ms: int
    position: int
    tasks: int
    missed: int


ClockEvent = (
    ClockWarned
    | ClockEscalated
    | ClockBreached
    | ClockPaused
    | ClockResumed
    | FiringMissed
    | ClocksHeld
    | ClocksReleased
    | ClocksAudited
)
"""Every kind of event of clocks."""

OfTask = ClockWarned | ClockEscalated | ClockBreached | ClockPaused | ClockResumed
"""What changes the clocks of one task."""

HOLDS: Final = "clocks/holds"
"""The history of the times at which everything was held."""

AUDIT: Final = "clocks/audit"
"""The history of the auditor's heartbeat."""


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """A point that is written now.

    Attributes:
        instead_of: earlier points that it stands for.
        reason: why nobody is told; empty where somebody is.
    """

    due: Due
    instead_of: tuple[Key, ...] = ()
    reason: str = ""


def clock_stream(task: str) -> str:
    """Name the history of the clocks of a task."""
    return f"clocks/{task}"


def next_due(foreseen: Iterable[Due], told: Collection[Key]) -> Due | None:
    """Give what a task tells next; None if it tells nothing more by itself.

    Args:
        foreseen: all that it tells, in order; read up to what is given.
        told: what is written already.
    """
    return next(
        (each for each in foreseen if each.reason is None and each.key not in told),
        None,
    )


def overdue(
    foreseen: Iterable[Due], told: Collection[Key], now_ms: int
) -> list[Firing]:
    """List what a task tells now, in the order in which it was due.

    Args:
        foreseen: all that it tells, in order; read up to now.
        told: what is written already.
        now_ms: until when.
    """
    due = [
        each
        for each in takewhile(lambda one: one.at_ms <= now_ms, foreseen)
        if each.reason is None and each.key not in told
    ]
    heirs = _heirs(due)
    silent: dict[Key, list[Key]] = {}
    for each in due:
        heir = heirs[each.key]
        if heir != each.key:
            silent.setdefault(heir, []).append(each.key)
    return [
        Firing(
            due=each,
            instead_of=tuple(silent.get(each.key, ())),
            reason=_void(each, now_ms),
        )
        for each in due
        if heirs[each.key] == each.key
    ]


def _heirs(due: Sequence[Due]) -> dict[Key, Key]:
    """Tell of each point which one says what it would have said: itself, or a later.

    A warning is said by the next warning or the deadline of its clock, a rung by the
    next time of the same rung; each for the time that the clock ran.
    """
    heirs: dict[Key, Key] = {}
    warned: dict[tuple[str, int], Key] = {}
    escalated: dict[tuple[str, int, str], Key] = {}
    for each in reversed(due):
        key = each.key
        run, rung = (key.clock, key.turn), (key.clock, key.turn, key.point)
        if each.kind == "escalated":
            heirs[key] = heirs[escalated[rung]] if rung in escalated else key
            escalated[rung] = key
            continue
        is_last = each.kind == "breached" or run not in warned
        heirs[key] = key if is_last else heirs[warned[run]]
        warned[run] = key
    return heirs


def _void(due: Due, now_ms: int) -> str:
    """Say why a reminder is told to nobody: its clock has stopped meanwhile."""
    if due.kind == "breached" or due.ended_ms is None or due.ended_ms > now_ms:
        return ""
    return "the clock stopped before it could be told"
