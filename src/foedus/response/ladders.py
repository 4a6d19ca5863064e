"""Warnings and ladders: who is told when, as long as a clock runs.

- A ladder is an ordered list of rungs. Each is told its delay after the clock began, in
  the time that the clock counts, and again as often as it says; once each, per task.
- What the clock waits for stops the ladder. A return, or an acknowledgement that
  nothing followed, begins it anew.
- Warning points lie before a deadline: a share of the time, or so long before its end.
- Quiet hours of the nation may put off what the nation is told, and drop nothing; a
  deadline itself is never put off.
- What is not told has a reason.
- A plan is a snapshot: later changes of a playbook change no task that was given out.

Source: `response` reference, sections 5.2 and 5.3.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from typing import Final, Literal, NamedTuple, get_args

import msgspec

from foedus.clock import from_ms
from foedus.errors import InvalidInputError
from foedus.response import calendars
from foedus.response.assignments import Assignment, Rung, TimeLimit
from foedus.response.calendars import Calendar
from foedus.response.clocks import (
    CLOCKS,
    TOLD_MAX,
    ClockName,
    Course,
    Stretch,
    Terms,
    budget,
    check_period,
    check_repeated,
    check_terms,
    count_on,
    deadline_of,
    stretches,
)

WARNINGS: Final = ("50%", "80%", "PT1H")
"""The warning points where a playbook names none."""

RUNGS_MAX: Final = 200
"""Rungs of a ladder; as many as there may be nations of a step."""

REPEAT_MAX: Final = 100
"""How often a rung is told; whoever has not answered by then is to be called."""

PLANS_MAX: Final = 1_024
"""Plans that a process keeps; a run has one a step."""

WARNINGS_MAX: Final = 20
"""Warning points of a step."""

Told = Literal["nation", "coordinator", "duty-officer"]
"""Whom a rung tells; the duty officer is the coordinator's."""

DueKind = Literal["warned", "escalated", "breached"]
"""What becomes due: a reminder before a deadline, a rung, a deadline."""

_KINDS: Final[tuple[DueKind, ...]] = get_args(DueKind)

_SHARE: Final = re.compile(r"([1-9]\d?)%", re.ASCII)


DEADLINE: Final = "deadline"
"""The point of a clock at which its time is over."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The clocks, the ladder and the warnings of a task, as they were at its start."""

    clocks: dict[ClockName, Terms] = {}
    ladder: tuple[Rung, ...] = ()
    warnings: tuple[str, ...] = WARNINGS

    @property
    def needs_calendar(self) -> bool:
        """Whether anything of it depends on the nation's calendar."""
        return bool(self.clocks)


class Key(msgspec.Struct, frozen=True, omit_defaults=True, order=True):
    """What is told once of a task: by which clock, and which of its points.

    Attributes:
        point: a warning point, `deadline`, or the number of a rung from 0.
        turn: which time that the clock runs.
        loop: which time that the rung is told.
    """

    clock: ClockName
    point: str
    turn: int = 0
    loop: int = 0


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is told at an instant.

    Attributes:
        at_ms: when it is told.
        planned_ms: when it would have been without quiet hours.
        tell: whom.
        ended_ms: when its clock stopped; None while it runs.
        reason: why it is not told; None if it is.
    """

    key: Key
    kind: DueKind
    at_ms: int
    planned_ms: int
    tell: tuple[Told, ...]
    ended_ms: int | None = None
    reason: str | None = None


def make_plan(
    clocks: Mapping[ClockName, Terms],
    ladder: Sequence[Rung] = (),
    warnings: Sequence[str] | None = None,
) -> Plan:
    """Make the snapshot that a task is given out with.

    Raises:
        InvalidInputError: a period is none, a rung is of a clock that does not run, or
            there are too many of something.
    """
    points = WARNINGS if warnings is None else tuple(warnings)
    for name, terms in clocks.items():
        check_terms(name, terms)
    for each in points:
        if _SHARE.fullmatch(each) is None:
            check_period(each, "elapsed")
    if len(points) > WARNINGS_MAX or len(set(points)) < len(points):
        raise InvalidInputError(
            f"name at most {WARNINGS_MAX} warning points, and each once"
        )
    if len(ladder) > RUNGS_MAX:
        raise InvalidInputError(f"a ladder has at most {RUNGS_MAX} rungs")
    if sum(rung.repeat for rung in ladder) > TOLD_MAX:
        raise InvalidInputError(f"a ladder tells at most {TOLD_MAX} times in all")
    for rung in ladder:
        _check_rung(rung, clocks)
    return Plan(
        clocks={name: clocks[name] for name in CLOCKS if name in clocks},
        ladder=tuple(ladder),
        warnings=points,
    )


@lru_cache(maxsize=PLANS_MAX)
def plan_of(assignment: Assignment) -> Plan:
    """Give the plan of a step, as its assignment says.

    A step that has a ladder of acknowledgement has that clock, too, and a step whose
    rungs name a clock without a deadline is measured by it.
    """
    given = {
        name: limit
        for name in CLOCKS
        if (limit := getattr(assignment.clocks, name, None)) is not None
    }
    terms = {name: _terms(limit) for name, limit in given.items()}
    for rung in assignment.ladder:
        terms.setdefault(rung.clock, Terms())
    return Plan(
        clocks={name: terms[name] for name in CLOCKS if name in terms},
        ladder=assignment.ladder,
        warnings=assignment.warnings,
    )


def _terms(limit: TimeLimit) -> Terms:
    return Terms(
        within=limit.within or None,
        basis=limit.basis,
        start=limit.start,
        rearm=limit.rearm or None,
        name=limit.name,
    )


def foreseen(plan: Plan, course: Course, calendar: Calendar | None) -> list[Due]:
    """List all that `foresee` gives."""
    return list(foresee(plan, course, calendar))


def foresee(plan: Plan, course: Course, calendar: Calendar | None) -> Iterator[Due]:
    """Give all that a task tells, in the order in which it is due.

    A rung is worked out when it comes: whoever asks only for the next thing pays for
    no more, however long the ladder is.

    Args:
        plan: its clocks, ladder and warnings.
        course: what has happened to it so far.
        calendar: the nation's, as it was when the task was given out.

    Returns:
        What was due and what will be if nothing else happens; with a reason, what is
        not told.
    """
    rows = [
        row
        for name, terms in plan.clocks.items()
        for stretch in stretches(name, terms, course)
        for row in _of_run(_Run(plan, name, terms, stretch, calendar))
    ]
    return merge(*rows, key=_order)


def _order(due: Due) -> tuple[int, int, int, Key]:
    return due.at_ms, due.planned_ms, _KINDS.index(due.kind), due.key


class _Run(NamedTuple):
    """One time that a clock of a task runs."""

    plan: Plan
    name: ClockName
    terms: Terms
    stretch: Stretch
    calendar: Calendar | None

    def after(self, amount_ms: int) -> int | None:
        """Give the instant by which it has counted so much."""
        used = self.calendar if self.terms.basis == "working" else None
        return count_on(self.stretch, amount_ms, used)

    def key(self, point: str, loop: int = 0) -> Key:
        """Name one of its points."""
        return Key(self.name, point, self.stretch.turn, loop)


def _check_rung(rung: Rung, clocks: Mapping[ClockName, Terms]) -> None:
    if rung.clock not in clocks:
        raise InvalidInputError(
            f"a rung is of the clock {rung.clock}, which the step has not; add it"
        )
    check_period(rung.after, clocks[rung.clock].basis)
    if not 1 <= rung.repeat <= REPEAT_MAX:
        raise InvalidInputError(f"a rung is told 1 to {REPEAT_MAX} times")
    check_repeated(rung.after, rung.repeat, clocks[rung.clock].basis)


def _of_run(run: _Run) -> Iterator[Iterable[Due]]:
    """Give rows of what a run of a clock tells, each in the order of `_order`."""
    due_ms = deadline_of(run.terms, run.stretch, run.calendar)
    if run.terms.within is not None:
        # What was due before a pause is due, though the deadline is not known.
        yield sorted(_warnings(run, run.terms.within, due_ms), key=_order)
    if due_ms is not None:
        yield [_deadline(run, due_ms)]
    for number, rung in enumerate(run.plan.ladder):
        if rung.clock == run.name:
            yield _told_by(run, number, rung)


def _deadline(run: _Run, due_ms: int) -> Due:
    end_ms = run.stretch.end_ms
    # What comes at the deadline is late; so the deadline was missed.
    in_time = end_ms is not None and end_ms < due_ms
    return Due(
        key=run.key(DEADLINE),
        kind="breached",
        at_ms=due_ms,
        planned_ms=due_ms,
        tell=("nation", "coordinator", "duty-officer"),
        ended_ms=end_ms,
        reason=_stopped(run.stretch) if in_time else None,
    )


def _warnings(run: _Run, within: str, due_ms: int | None) -> Iterator[Due]:
    """List the warnings before a deadline; of those of one instant, the first.

    Quiet hours put none off beyond the deadline, which says it all.
    """
    whole = budget(within, run.stretch.start_ms)
    seen: set[int] = set()
    for point in run.plan.warnings:
        amount = _before(point, whole, run.stretch.start_ms)
        at_ms = run.after(amount) if 0 < amount < whole else None
        if at_ms is None or amount in seen:
            continue
        seen.add(amount)
        yield _reminder(run, run.key(point), at_ms, "nation", latest_ms=due_ms)


def _told_by(run: _Run, number: int, rung: Rung) -> Iterator[Due]:
    delay = budget(rung.after, run.stretch.start_ms)
    for loop in range(rung.repeat):
        at_ms = run.after(delay * (loop + 1))
        if at_ms is None:
            return  # the clock stands still, for what is later too
        yield _reminder(run, run.key(str(number), loop), at_ms, rung.tell)


def _reminder(
    run: _Run, key: Key, planned_ms: int, tell: Told, *, latest_ms: int | None = None
) -> Due:
    """Make what quiet hours may put off, and what the end of the clock makes void."""
    at_ms, reason = planned_ms, None
    if tell == "nation" and run.calendar is not None:
        at_ms = calendars.after_quiet(run.calendar, planned_ms)
        at_ms = at_ms if latest_ms is None else min(at_ms, latest_ms)
    end_ms = run.stretch.end_ms
    if end_ms is not None and end_ms <= at_ms:
        reason = _stopped(run.stretch)
        if end_ms > planned_ms:
            reason += "; quiet hours had put it off"
    return Due(
        key=key,
        kind="escalated" if key.point.isdigit() else "warned",
        at_ms=at_ms,
        planned_ms=planned_ms,
        tell=(tell,),
        ended_ms=end_ms,
        reason=reason,
    )


def _before(point: str, whole: int, start_ms: int) -> int:
    """Give how much has been counted when a warning point is reached."""
    share = _SHARE.fullmatch(point)
    if share is not None:
        return whole * int(share[1]) // 100
    return whole - budget(point, start_ms)


def _stopped(stretch: Stretch) -> str:
    assert stretch.end_ms is not None, "it has stopped"
    return f"{stretch.by} before, at {from_ms(stretch.end_ms):%Y-%m-%d %H:%M:%S} UTC"
