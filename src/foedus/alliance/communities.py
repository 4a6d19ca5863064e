"""Which nations a community consists of, day by day.

- A community is the union of what its criteria give, while it exists.
- *Closed* resolution leaves out nations that are suspended on the day; *open*
  resolution keeps them, since their standing is asked when they read.
- A community whose nations are not known consists of nobody.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import assert_never

import msgspec

from foedus.alliance.histories import ALWAYS, FOREVER, Span, Timeline, span
from foedus.alliance.records import (
    ByCommunity,
    ByStatus,
    ByWord,
    Community,
    Criterion,
    Listed,
    Nation,
    Seat,
)
from foedus.alliance.statuses import Status
from foedus.ids import CommunityCode, NationCode

Spans = Mapping[NationCode, tuple[Span, ...]]
"""When each nation belongs; a nation's spans may touch or overlap."""


class Generations(msgspec.Struct, frozen=True, kw_only=True):
    """The sets of nations a community had, one after the other without gaps."""

    starts: tuple[date, ...]
    sets: tuple[frozenset[NationCode], ...]

    def nations(self, on: date) -> frozenset[NationCode]:
        """Give the nations that belong on a day."""
        return self.sets[bisect_right(self.starts, on) - 1]

    def since(self, on: date) -> date:
        """Give the day on which the set that holds on a day began."""
        return self.starts[bisect_right(self.starts, on) - 1]


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """A community without (`closed`) and with (`open`) its suspended nations."""

    closed: Generations
    open: Generations


def resolve(
    communities: Mapping[CommunityCode, Community],
    nations: Mapping[NationCode, Nation],
    timelines: Mapping[NationCode, Timeline],
) -> dict[CommunityCode, Resolution]:
    """Work out every community of an alliance on every day."""
    resolver = _Resolver(communities, nations, timelines)
    return {code: resolver.resolution(code) for code in communities}


def seats_spans(seats: Iterable[Seat]) -> Spans:
    """Give the spans of nations that are listed one by one."""
    found: defaultdict[NationCode, list[Span]] = defaultdict(list)
    for seat in seats:
        found[seat.nation].append(span(seat.since, seat.until))
    return {nation: tuple(spans) for nation, spans in found.items()}


def words_spans(nations: Iterable[Nation], words: Iterable[str]) -> Spans:
    """Give the spans over which nations hold any of some words."""
    wanted = frozenset(words)
    return {
        nation.code: tuple(
            span(hold.since, hold.until)
            for hold in nation.history
            if hold.word in wanted
        )
        for nation in nations
    }


class _Resolver:
    """Resolves communities that may consist of each other, each of them once."""

    def __init__(
        self,
        communities: Mapping[CommunityCode, Community],
        nations: Mapping[NationCode, Nation],
        timelines: Mapping[NationCode, Timeline],
    ) -> None:
        self._communities = communities
        self._nations = nations
        self._timelines = timelines
        self._done: dict[CommunityCode, Spans] = {}
        self._suspended = {
            nation: _status_spans(each, {Status.SUSPENDED}, gated=True)
            for nation, each in timelines.items()
        }

    def resolution(self, code: CommunityCode) -> Resolution:
        spans = self._spans(code)
        closed = {
            nation: _without(each, self._suspended[nation])
            for nation, each in spans.items()
        }
        return Resolution(closed=_sweep(closed), open=_sweep(spans))

    def _spans(self, code: CommunityCode) -> Spans:
        if code not in self._done:
            community = self._communities[code]
            life = span(community.since, community.until)
            criteria = community.criteria if community.known else ()
            self._done[code] = _union(
                (self._criterion(each) for each in criteria), life=life
            )
        return self._done[code]

    def _criterion(self, criterion: Criterion) -> Spans:
        match criterion:
            case ByStatus(statuses=statuses):
                return {
                    nation: _status_spans(each, set(statuses), gated=False)
                    for nation, each in self._timelines.items()
                }
            case ByWord(words=words, only=only):
                nations = [self._nations[code] for code in only]
                return words_spans(nations or self._nations.values(), words)
            case Listed(seats=seats):
                return seats_spans(seats)
            case ByCommunity(communities=communities):
                return _union(map(self._spans, communities), life=(ALWAYS, FOREVER))
            case _:
                assert_never(criterion)


def _status_spans(
    timeline: Timeline, statuses: set[Status], *, gated: bool
) -> tuple[Span, ...]:
    """Find when a nation has one of some statuses.

    Args:
        timeline: the nation's standing.
        statuses: what to look for.
        gated: suspension hides what lies under it.
    """
    return tuple(
        span(stretch.since, stretch.until)
        for stretch in timeline.stretches
        if (stretch.status if gated else stretch.underlying) in statuses
    )


def _union(parts: Iterable[Spans], *, life: Span) -> Spans:
    found: defaultdict[NationCode, list[Span]] = defaultdict(list)
    for part in parts:
        for nation, spans in part.items():
            clipped = [(max(a, life[0]), min(b, life[1])) for a, b in spans]
            found[nation] += [(a, b) for a, b in clipped if a < b]
    return {nation: tuple(spans) for nation, spans in found.items()}


def _without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    left = list(spans)
    for low, high in holes:
        left = [
            piece
            for a, b in left
            for piece in ((a, min(b, low)), (max(a, high), b))
            if piece[0] < piece[1]
        ]
    return tuple(left)


def _sweep(spans: Spans) -> Generations:
    steps: defaultdict[date, list[tuple[NationCode, int]]] = defaultdict(list)
    steps[ALWAYS] = []
    for nation, each in spans.items():
        for since, until in each:
            steps[since].append((nation, 1))
            steps[until].append((nation, -1))
    steps.pop(FOREVER, None)
    count: defaultdict[NationCode, int] = defaultdict(int)
    here: set[NationCode] = set()
    found: list[tuple[date, frozenset[NationCode]]] = []
    for day in sorted(steps):
        for nation, step in steps[day]:
            count[nation] += step
        changed = {nation for nation, _ in steps[day]}
        here -= changed
        here |= {nation for nation in changed if count[nation]}
        present = frozenset(here)
        if not found or found[-1][1] != present:
            found.append((day, present))
    return Generations(
        starts=tuple(day for day, _ in found), sets=tuple(each for _, each in found)
    )
