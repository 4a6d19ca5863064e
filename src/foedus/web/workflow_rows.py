"""The rows of a drawn workflow: what can stand higher up is moved there.

Steps are placed first so that nothing meets: what follows a failure below everything
else. Here each of these is moved up to the first row in which neither its steps nor the
lines to and from them meet a step, or run along another line; then empty rows go.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

Place = tuple[int, int]
"""Column and row."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What leads to a step.

    Attributes:
        lane: the row in which the line runs; None for that of the step it comes from.
    """

    source: str
    word: str = ""
    lane: int | None = None
    is_failure: bool = False


Ways = Sequence[tuple[Way, str]]
"""Each with the step that it leads to."""

_STEP: Final = 1_000
"""How many lines that run along each other are as bad as one through a step; and below
how many as two steps at one place, which never is."""

_SAME: Final = 1_000_000


class _Lines(msgspec.Struct, frozen=True, kw_only=True):
    """The places that lines run through from side to side, and from above to below."""

    across: set[Place]
    down: set[Place]


def pack(
    places: Mapping[str, Place], ways: Ways, movable: Sequence[Sequence[str]]
) -> tuple[dict[str, Place], list[tuple[Way, str]]]:
    """Move steps up, and leave empty rows out.

    Args:
        places: where each step stands.
        ways: what leads to which.
        movable: steps that stand in one row and are moved together.

    Returns:
        Where each step stands now, and what leads to it.
    """
    packed = dict(places)
    rightmost_first = sorted(movable, key=lambda each: -places[each[0]][0])
    for group in rightmost_first * 2:  # the second time there is more room
        packed |= _moved(packed, group, _row(packed, ways, group))
    return _without_gaps(packed, ways)


def _moved(
    places: Mapping[str, Place], group: Sequence[str], row: int
) -> dict[str, Place]:
    return {each: (places[each][0], row) for each in group}


def _row(places: Mapping[str, Place], ways: Ways, group: Sequence[str]) -> int:
    """Find the first row in which a group is met by least."""
    inside, now = set(group), places[group[0]][1]
    own = [each for each in ways if each[0].source in inside or each[1] in inside]
    theirs = _lines(places, [each for each in ways if each not in own])
    steps = {place for name, place in places.items() if name not in inside}

    def met(row: int) -> int:
        moved = _moved(places, group, row)
        stands, ours = set(moved.values()), _lines({**places, **moved}, own)
        return (
            _SAME * len(stands & steps)
            + _STEP * len(stands & (theirs.across | theirs.down))
            + _STEP * len((ours.across | ours.down) & steps)
            + len(ours.across & theirs.across)
            + len(ours.down & theirs.down)
        )

    entry = [way.source for way, to in own if to in inside and way.source not in inside]
    first = 1 + max((places[each][1] for each in entry), default=0)
    return min(range(min(first, now), now + 1), key=lambda row: (met(row), row))


def _lines(places: Mapping[str, Place], ways: Ways) -> _Lines:
    lines = _Lines(across=set(), down=set())
    for way, target in ways:
        source, end = places[way.source], places[target]
        lines.across.update(_across(way, source, end))
        lines.down.update(_down(way, source, end))
    return lines


def _across(way: Way, source: Place, end: Place) -> Iterator[Place]:
    if way.is_failure:  # turns below the step that failed
        return ((column, end[1]) for column in range(source[0], end[0]))
    row = source[1] if way.lane is None else way.lane
    return ((column, row) for column in range(source[0] + 1, end[0]))


def _down(way: Way, source: Place, end: Place) -> Iterator[Place]:
    """Give what a line runs through that leaves downwards, or leads back upwards."""
    if way.is_failure and end[0] > source[0]:
        return ((source[0], row) for row in range(source[1] + 1, end[1] + 1))
    if end[0] <= source[0]:
        last = source[1] + (end[0] != source[0])
        return ((end[0], row) for row in range(end[1] + 1, last))
    return iter(())


def _without_gaps(
    places: Mapping[str, Place], ways: Ways
) -> tuple[dict[str, Place], list[tuple[Way, str]]]:
    lanes = {way.lane for way, _ in ways if way.lane is not None}
    used = sorted({row for _, row in places.values()} | lanes)
    at = {row: place for place, row in enumerate(used)}
    rows = {name: (column, at[row]) for name, (column, row) in places.items()}
    return rows, [
        (way, target)
        if way.lane is None
        else (msgspec.structs.replace(way, lane=at[way.lane]), target)
        for way, target in ways
    ]
