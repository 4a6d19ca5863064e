"""How long it took others: dates of the last accessions, and an interval of them.

- The days between two steps are counted from real dates. What is known to the month
  alone counts from its first day and says so.
- The answer is from the shortest to the longest, never a point. If the next accession
  were like these, it would lie between them in (n - 1) of (n + 1) cases; nothing says
  that it is.
- Nothing tells whether or when an invitation comes: nothing is promised by a count.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.guidebook import Joiner, Stage
from foedus.alliance.records import Hold
from foedus.alliance.sourced import Basis, Precision
from foedus.alliance.statuses import Status
from foedus.ids import NationCode
from foedus.planning.cases import Case

INVITED: Final = "invitation"
PROTOCOL: Final = "protocols"
DEPOSIT: Final = "deposit"

FEW: Final = 2
"""Below so many precedents there is no interval."""

LAST_MAX: Final = 6
"""Nations that joined a framework last which are named."""


_STEPS: Final = {INVITED: "invitation", PROTOCOL: "protocol", DEPOSIT: "deposit"}


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """A dated stage of an accession.

    Attributes:
        after: days since the first dated stage that counts.
    """

    name: str
    step: str
    on: date
    precision: Precision
    after: int


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How one nation became a member.

    Attributes:
        undated: stages of which a source says something that is no date.
    """

    nation: NationCode
    name: str
    stages: tuple[Passed, ...]
    undated: tuple[str, ...]
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Days between two steps, over the precedents that have both dates.

    Attributes:
        since: the step at which it begins.
        until: that at which it ends.
        low: the shortest.
        high: the longest.
        rough: whether a date is known to the month alone.
        inside: the part of cases in which another like these lies between them.
    """

    since: str
    until: str
    nations: tuple[NationCode, ...]
    days: tuple[int, ...]
    low: int
    high: int
    rough: bool
    inside: str


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A nation that came into a framework, and when."""

    nation: NationCode
    name: str
    since: date
    precision: Precision


class Precedents(msgspec.Struct, frozen=True, kw_only=True):
    """How long it took others.

    Attributes:
        ways: the last accessions, the earliest first; empty where none tells anything.
        intervals: between steps; a target that nobody's record tells of has none.
        begins: from which day the interval to the target is counted, and why.
        earliest: the first day by the interval; null where there is none.
        latest: the last.
        joined: of a framework, who came in last.
        said: what follows, in sentences.
    """

    ways: tuple[Way, ...]
    intervals: tuple[Interval, ...]
    begins: date | None
    why: str
    earliest: date | None
    latest: date | None
    joined: tuple[Joined, ...]
    said: tuple[str, ...]


def precedents(case: Case) -> Precedents:
    """Tell how long it took others to become what is assessed."""
    if case.target.key not in (Status.MEMBER, Status.INVITEE):
        return _of_framework(case)
    ways = tuple(_ways(case))
    spans = {
        (since, until): found
        for since, until in _wanted(case)
        if (found := _interval(ways, since, until)) is not None
    }
    begins, why, first = _begins(case)
    last = DEPOSIT if case.target.key == Status.MEMBER else PROTOCOL
    span = spans.get((first, last))
    earliest = latest = None
    if span is not None:
        earliest = max(begins + timedelta(days=span.low), case.on)
        latest = begins + timedelta(days=span.high)
    return Precedents(
        ways=ways,
        intervals=tuple(spans.values()),
        begins=begins,
        why=why,
        earliest=earliest,
        latest=latest,
        joined=(),
        said=tuple(_sentences(case, span, latest)),
    )


def in_words(step: str) -> str:
    """Name a step as people do."""
    return _STEPS.get(step, step.replace("_", " "))


def _wanted(case: Case) -> Iterator[tuple[str, str]]:
    yield INVITED, PROTOCOL
    if case.target.key == Status.MEMBER:
        yield PROTOCOL, DEPOSIT
        yield INVITED, DEPOSIT


def _ways(case: Case) -> Iterator[Way]:
    """List the accessions that had ended on the day."""
    for joiner in case.before.pack.joiners:
        stages = _stages(joiner)
        if joiner.nation == case.nation or not stages or stages[-1].on > case.on:
            continue
        yield Way(
            nation=joiner.nation,
            name=case.before.nations[joiner.nation].name,
            stages=stages,
            undated=tuple(
                f"{each.name}: {each.said}" for each in joiner.stages if each.said
            ),
            source=citations(case.before, joiner.sources),
            basis=joiner.basis,
            as_of=joiner.as_of,
        )


def _stages(joiner: Joiner) -> tuple[Passed, ...]:
    dated = [each for each in joiner.stages if each.day is not None]
    zero = next((each.day for each in dated if each.step == INVITED), None)
    if zero is None:
        return ()
    return tuple(_passed(each, zero) for each in dated)


def _passed(stage: Stage, zero: date) -> Passed:
    assert stage.day is not None, "only dated stages are counted"
    return Passed(
        name=stage.name,
        step=stage.step,
        on=stage.day,
        precision=stage.precision,
        after=(stage.day - zero).days,
    )


def _interval(ways: tuple[Way, ...], since: str, until: str) -> Interval | None:
    found: list[tuple[Way, Passed, Passed]] = []
    for way in ways:
        by_step = {each.step: each for each in way.stages if each.step}
        if since in by_step and until in by_step:
            found.append((way, by_step[since], by_step[until]))
    if len(found) < FEW:
        return None
    days = [(last.on - first.on).days for _, first, last in found]
    number = len(found)
    return Interval(
        since=since,
        until=until,
        nations=tuple(way.nation for way, _, _ in found),
        days=tuple(days),
        low=min(days),
        high=max(days),
        rough=any(
            "day" not in (first.precision, last.precision)
            or first.precision != last.precision
            for _, first, last in found
        ),
        inside=f"{number - 1} of {number + 1}",
    )


def _begins(case: Case) -> tuple[date, str, str]:
    """Tell from which day the interval is counted, why, and from which step."""
    held = _held(case, "invitee")
    if held is not None and case.target.key == Status.MEMBER:
        return held.since, f"its protocol was signed on {held.since}", PROTOCOL
    held = _held(case, "invited")
    if held is not None:
        return held.since, f"it was invited on {held.since}", INVITED
    why = f"as if it were invited on {case.on}; nothing says that it will be"
    return case.on, why, INVITED


def _held(case: Case, word: str) -> Hold | None:
    for hold in case.before.nations[case.nation].history:
        is_open = hold.until is None or case.on < hold.until
        if hold.word == word and hold.since <= case.on and is_open:
            return hold
    return None


def _sentences(case: Case, span: Interval | None, latest: date | None) -> Iterator[str]:
    if span is None:
        yield (
            f"Fewer than {FEW} accessions with dates are on record up to {case.on}: "
            "there is no interval."
        )
        return
    yield (
        f"From {in_words(span.since)} to {in_words(span.until)} it took {span.low} to "
        f"{span.high} days in the last {len(span.days)} accessions."
    )
    yield (
        f"With {len(span.days)} precedents, another like them would lie between these "
        f"in {span.inside} cases; nothing says that it is like them."
    )
    if latest is not None and latest < case.on:
        yield "It has taken longer already than every precedent."


def _of_framework(case: Case) -> Precedents:
    joined: tuple[Joined, ...] = ()
    if case.target.kind == "framework":
        joined = tuple(_joined(case))
    nobody = "Nothing on record says how long it takes; there is no interval."
    if joined:
        gaps = [(b.since - a.since).days for a, b in pairwise(joined)]
        nobody += f" The last {len(joined)} to come in are named with their dates"
        nobody += f", {min(gaps)} to {max(gaps)} days apart." if gaps else "."
    return Precedents(
        ways=(),
        intervals=(),
        begins=None,
        why="",
        earliest=None,
        latest=None,
        joined=joined,
        said=(nobody,),
    )


def _joined(case: Case) -> list[Joined]:
    found = [
        Joined(
            nation=each.nation,
            name=case.before.nations[each.nation].name,
            since=each.since,
            precision=each.precision,
        )
        for each in case.before.participations(case.target.key)
        if each.since is not None and each.since <= case.on
    ]
    return found[-LAST_MAX:]
