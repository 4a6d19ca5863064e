"""The six clocks of a task, read from its instants alone.

- C1 deliver, C2 acknowledge, C3 accept (or decline), C4 start and C5 complete count
  from the order, so that nobody's silence keeps a clock from running; C6 confirm counts
  from the report that it is done. `from` names another instant.
- A later instant implies the earlier ones: who has started has acknowledged.
- A clock counts elapsed time, or the working time of the nation. It stands still only
  while a named authority has paused it.
- What happens at the deadline or after it is late, as an objection to a decision is.
- While finished work lies with the coordinator the nation's time stands still: if the
  work is returned, that time does not count. A return wants a new acknowledgement.
- Late is not declined, and neither is unreachable: never delivered.

Source: `response` reference, sections 4.3 (I5), 5.2 and 5.3.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Literal, get_args

import msgspec

from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.response import calendars
from foedus.response.calendars import Calendar
from foedus.response.periods import LONGEST_MS, WORKING_LONGEST_MS, parse_period

ClockName = Literal["deliver", "acknowledge", "accept", "start", "complete", "confirm"]
"""The clocks C1 to C6, in order."""

CLOCKS: Final[tuple[ClockName, ...]] = get_args(ClockName)

Moment = Literal[
    "assigned",
    "delivered",
    "acknowledged",
    "accepted",
    "declined",
    "started",
    "done",
    "returned",
    "confirmed",
    "closed",
]
"""What may happen to a task at an instant; `closed` is what ends it from outside."""

Start = Literal["assigned", "delivered", "acknowledged", "accepted", "started", "done"]
"""What a clock may count from."""

Basis = Literal["elapsed", "working"]
"""Every hour counts, or only the working hours of the nation."""

_ORDER: Final[tuple[Moment, ...]] = get_args(Start)

_PROGRESS: Final[frozenset[Moment]] = frozenset(
    {"accepted", "declined", "started", "done"}
)

_STOPS: Final[dict[ClockName, frozenset[Moment]]] = {
    "deliver": _PROGRESS | {"delivered", "acknowledged"},
    "acknowledge": _PROGRESS | {"acknowledged"},
    "accept": _PROGRESS,
    "start": frozenset({"started", "done", "declined"}),
    "complete": frozenset({"done", "declined"}),
    "confirm": frozenset({"confirmed", "returned"}),
}

_REOPENS: Final[dict[ClockName, frozenset[Moment]]] = {
    "start": frozenset({"accepted"}),
    "complete": frozenset({"accepted", "started", "returned"}),
}
"""What lets a clock that had stopped go on, without the time in between."""

TOLD_MAX: Final = 200
"""How often the rungs of a ladder are told together."""

_MONTH_MS: Final = 31 * 86_400_000

_NEVER: Final[frozenset[Moment]] = frozenset()


class Terms(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    forbid_unknown_fields=True,
):  # fmt: skip
    """How a clock is set.

    Attributes:
        within: how long it may take, such as `PT48H`; None is measured, but never
            late.
        basis: what counts.
        start: from which instant on; None is the clock's own.
        rearm: of the clock `acknowledge`, how long after an acknowledgement something
            has to follow before one is asked for again.
        name: what people call it, such as `48 h from the order to ready`.
    """

    within: str | None = None
    basis: Basis = "elapsed"
    start: Start | None = msgspec.field(name="from", default=None)
    rearm: str | None = None
    name: str = ""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """That something happened to a task, and when."""

    moment: Moment
    at_ms: int


class Pause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch in which clocks stand still, because an authority says so.

    Attributes:
        since_ms: from when on.
        until_ms: until when; None while it lasts.
        authority: the nation, or the body, that says so.
        clock: which clock; None for all.
        awaits: the other nation that is waited for, if one is.
    """

    since_ms: int
    until_ms: int | None = None
    authority: NationCode
    clock: ClockName | None = None
    awaits: NationCode | None = None


class Course(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What has happened to a task so far, in order."""

    marks: tuple[Mark, ...] = ()
    pauses: tuple[Pause, ...] = ()


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a clock runs.

    Attributes:
        turn: 0 the first time; each return or re-arming begins another.
        start_ms: when it began.
        end_ms: when it stopped; None while it runs.
        by: what stopped it.
        still: stretches within it that do not count; an end of None lasts.
        followed: whether something followed the acknowledgement that stopped it.
    """

    turn: int
    start_ms: int
    end_ms: int | None = None
    by: Moment | None = None
    still: tuple[tuple[int, int | None], ...] = ()
    followed: bool = False


class State(StrEnum):
    """How a clock stands.

    Attributes:
        WAITING: it has not begun.
        RUNNING: it runs, and there is time left.
        PAUSED: an authority has stopped it.
        MET: what it waited for came in time.
        LATE: that came too late, or has not come and the time is over.
        DECLINED: the nation declined, which is an answer.
        UNREACHABLE: the time is over, and the task never reached the nation.
        CLOSED: the task ended from outside.
    """

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"


Owner = Literal["nation", "hub", "other-nation", "coordinator", "nobody"]
"""Whom a clock waits for."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a clock stands at an instant.

    Attributes:
        deadline_ms: until when; None where there is no deadline, the clock has not
            begun, or it stands still.
        is_late: whether the deadline was reached before what it waited for.
        owner: whom it waits for; `nobody` where it has not begun or is over.
    """

    clock: ClockName
    state: State
    turn: int = 0
    start_ms: int | None = None
    end_ms: int | None = None
    deadline_ms: int | None = None
    is_late: bool = False
    owner: Owner = "nobody"


def check_terms(clock: ClockName, terms: Terms) -> None:
    """Refuse terms that nothing can be counted by.

    Raises:
        InvalidInputError: a period is none, or is days in working time; or a property
            is another clock's.
    """
    for text in (terms.within, terms.rearm):
        if text is not None:
            check_period(text, terms.basis)
    if terms.rearm is not None and clock != "acknowledge":
        raise InvalidInputError("only the clock acknowledge is re-armed")
    if terms.start is not None and terms.start in _STOPS[clock]:
        raise InvalidInputError(f"{terms.start} ends the clock {clock}; begin before")


def check_period(text: str, basis: Basis) -> None:
    """Refuse what is no period of a basis.

    Raises:
        InvalidInputError: it is none, or is days in working time, or too much of it.
    """
    period = parse_period(text)
    if basis == "working" and (period.months or period.has_days):
        raise InvalidInputError(
            f"{text!r} is in days, and working days differ; write hours, as PT16H"
        )
    if basis == "working" and period.ms > WORKING_LONGEST_MS:
        raise InvalidInputError(
            f"{text!r} is more than a year of work; write PT2000H at most"
        )


def check_repeated(text: str, repeat: int, basis: Basis) -> None:
    """Refuse what is told again and again for longer than a period of a basis lasts.

    Raises:
        InvalidInputError: it is; the text says how long at most.
    """
    longest_ms = WORKING_LONGEST_MS if basis == "working" else LONGEST_MS
    period = parse_period(text)
    # A month has 31 days at most; nobody knows yet when it begins.
    whole_ms = (period.months * _MONTH_MS + period.ms) * repeat
    if repeat > 1 and whole_ms > longest_ms:
        raise InvalidInputError(
            f"{repeat} times {text} is too long; it may be "
            f"{longest_ms // 3_600_000:,} hours in all"
        )


def budget(text: str, start_ms: int) -> int:
    """Give the milliseconds of a period that begins at an instant."""
    return parse_period(text).from_instant(start_ms)


def stretches(clock: ClockName, terms: Terms, course: Course) -> list[Stretch]:
    """List every time that a clock ran, in order; the last one may still run."""
    start = terms.start or ("done" if clock == "confirm" else "assigned")
    found: list[Stretch] = []
    for mark in course.marks:
        if mark.moment == "closed":
            _rearm(found, terms, mark.at_ms)
            _stop(found, mark)
            break
        _advance(clock, start, terms, found, mark)
    else:
        _rearm(found, terms, None)
    return [_with_pauses(each, clock, course.pauses) for each in found]


def count_on(stretch: Stretch, amount_ms: int, calendar: Calendar | None) -> int | None:
    """Give the instant by which a stretch has counted so much.

    Args:
        stretch: the time that the clock runs; that it has stopped changes nothing.
        amount_ms: how much.
        calendar: whose working time counts; None counts all.

    Returns:
        The instant; None if the clock stands still before, and nobody knows for how
        long.
    """
    at, left = stretch.start_ms, amount_ms
    for since_ms, until_ms in stretch.still:
        counted = _between(at, since_ms, calendar) if since_ms > at else 0
        if counted >= left:
            break
        if until_ms is None:
            return None
        left -= counted
        at = max(at, until_ms)
    return at + left if calendar is None else calendars.add(calendar, at, left)


def counted(stretch: Stretch, now_ms: int, calendar: Calendar | None) -> int:
    """Tell how much a stretch has counted by an instant."""
    end = now_ms if stretch.end_ms is None else min(now_ms, stretch.end_ms)
    at, found = stretch.start_ms, 0
    for since_ms, until_ms in stretch.still:
        found += _between(at, min(since_ms, end), calendar)
        at = max(at, end if until_ms is None else until_ms)
    return found + _between(at, end, calendar)


def deadline_of(
    terms: Terms, stretch: Stretch, calendar: Calendar | None
) -> int | None:
    """Give when a stretch has to end; None if never, or while nobody can tell."""
    if terms.within is None:
        return None
    used = calendar if terms.basis == "working" else None
    return count_on(stretch, budget(terms.within, stretch.start_ms), used)


def standing(
    clock: ClockName,
    terms: Terms,
    course: Course,
    calendar: Calendar | None,
    now_ms: int,
) -> Standing:
    """Tell how a clock stands at an instant, the last time that it ran."""
    runs = [each for each in stretches(clock, terms, course) if each.start_ms <= now_ms]
    if not runs:
        return Standing(clock=clock, state=State.WAITING)
    last = runs[-1]
    due_ms = deadline_of(terms, last, calendar)
    ended = last.end_ms is not None and last.end_ms <= now_ms
    until = now_ms if last.end_ms is None else min(last.end_ms, now_ms)
    is_late = due_ms is not None and until >= due_ms
    delivered = any(each.moment in _STOPS["deliver"] for each in course.marks)
    if ended:
        state = _ended(last, is_late=is_late)
        owner: Owner = "nobody"
    else:
        pause = _pause_at(clock, course.pauses, now_ms)
        state = _open(is_late=is_late, paused=pause is not None, delivered=delivered)
        owner = _owner(clock, pause, delivered=delivered)
    return Standing(
        clock=clock,
        state=state,
        turn=last.turn,
        start_ms=last.start_ms,
        end_ms=last.end_ms if ended else None,
        deadline_ms=due_ms,
        is_late=is_late,
        owner=owner,
    )


def paused(
    pauses: Sequence[Pause], at_ms: int, clock: ClockName | None
) -> Pause | None:
    """Give the pause of exactly this clock, or of all, that lasts at an instant."""
    return next(
        (
            each
            for each in pauses
            if each.clock == clock
            and each.since_ms <= at_ms
            and (each.until_ms is None or at_ms < each.until_ms)
        ),
        None,
    )


def _advance(
    clock: ClockName, start: Moment, terms: Terms, found: list[Stretch], mark: Mark
) -> None:
    """Let a clock begin, stop or go on by one more instant."""
    _rearm(found, terms, mark.at_ms, progress=mark.moment in _PROGRESS)
    last = found[-1] if found else None
    if last is not None and last.end_ms is not None:
        if mark.moment in _PROGRESS and last.by == "acknowledged":
            found[-1] = msgspec.structs.replace(last, followed=True)
        if mark.moment in _REOPENS.get(clock, _NEVER) and last.by != mark.moment:
            gap = (last.end_ms, mark.at_ms)
            found[-1] = msgspec.structs.replace(
                last, end_ms=None, by=None, still=(*last.still, gap)
            )
        elif _begins_anew(clock, mark.moment):
            found.append(Stretch(turn=last.turn + 1, start_ms=mark.at_ms))
    elif last is None and _implies(mark.moment, start):
        found.append(Stretch(turn=0, start_ms=mark.at_ms))
    if mark.moment in _STOPS[clock]:
        _stop(found, mark)


def _begins_anew(clock: ClockName, moment: Moment) -> bool:
    return (clock, moment) in {("acknowledge", "returned"), ("confirm", "done")}


def _implies(moment: Moment, start: Moment) -> bool:
    """Tell whether an instant is the one to count from, or one that comes after it."""
    return moment in _ORDER and _ORDER.index(moment) >= _ORDER.index(start)


def _stop(found: list[Stretch], mark: Mark) -> None:
    if found and found[-1].end_ms is None:
        end_ms = max(mark.at_ms, found[-1].start_ms)
        found[-1] = msgspec.structs.replace(found[-1], end_ms=end_ms, by=mark.moment)


def _rearm(
    found: list[Stretch], terms: Terms, at_ms: int | None, *, progress: bool = False
) -> None:
    """Ask for another acknowledgement if nothing followed the last one in time.

    Args:
        found: the stretches of the clock so far.
        terms: how it is set.
        at_ms: when the next thing happens; None if nothing has.
        progress: whether that is what an acknowledgement promises.
    """
    last = found[-1] if found else None
    if terms.rearm is None or last is None or last.by != "acknowledged":
        return
    if last.followed:
        return
    assert last.end_ms is not None, "something stopped it"
    again_ms = last.end_ms + budget(terms.rearm, last.end_ms)
    if at_ms is None or again_ms < at_ms or (again_ms == at_ms and not progress):
        found.append(Stretch(turn=last.turn + 1, start_ms=again_ms))


def _with_pauses(
    stretch: Stretch, clock: ClockName, pauses: Iterable[Pause]
) -> Stretch:
    still = [*stretch.still]
    still += [
        (each.since_ms, each.until_ms) for each in pauses if each.clock in (None, clock)
    ]
    return msgspec.structs.replace(stretch, still=tuple(sorted(still, key=_first_open)))


def _first_open(span: tuple[int, int | None]) -> tuple[int, bool, int]:
    return span[0], span[1] is None, span[1] or 0


def _between(start_ms: int, end_ms: int, calendar: Calendar | None) -> int:
    if end_ms <= start_ms:
        return 0
    if calendar is None:
        return end_ms - start_ms
    return calendars.worked(calendar, start_ms, end_ms)


def _pause_at(clock: ClockName, pauses: Sequence[Pause], now_ms: int) -> Pause | None:
    return paused(pauses, now_ms, clock) or paused(pauses, now_ms, None)


def _ended(stretch: Stretch, *, is_late: bool) -> State:
    if stretch.by == "closed":
        return State.CLOSED
    if stretch.by == "declined":
        return State.DECLINED
    return State.LATE if is_late else State.MET


def _open(*, is_late: bool, paused: bool, delivered: bool) -> State:
    if is_late:
        return State.LATE if delivered else State.UNREACHABLE
    return State.PAUSED if paused else State.RUNNING


def _owner(clock: ClockName, pause: Pause | None, *, delivered: bool) -> Owner:
    """Tell whom a running clock waits for."""
    if pause is not None:
        return "coordinator" if pause.awaits is None else "other-nation"
    if clock == "confirm":
        return "coordinator"
    return "nation" if delivered else "hub"
