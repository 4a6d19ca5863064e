"""Land borders of an alliance: outside and inside, before and after an accession.

Lengths come from a table that says who stated them, never from a map: outlines give
1,103 to 1,222 km for a border that is stated as 1,309. Where two neighbours state
different lengths, both are kept and the larger counts.

- The outer border is that with nations that are no members; a candidate's own
  neighbours decide whether it grows or shrinks.
- Two candidates are added in either order, since the sign of the change may depend
  on it.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from itertools import permutations

import msgspec
import numpy as np

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.games import FloatArray

CANDIDATES_MAX = 6
"""Candidates whose orders are all shown: 720 of them."""


class Border(msgspec.Struct, frozen=True, kw_only=True):
    """A land border, as its two sides state it.

    Attributes:
        stated: the lengths in km by who states them; the larger counts.
    """

    between: tuple[str, str]
    stated: Mapping[str, float]

    @property
    def km(self) -> float:
        """The length that counts."""
        return max(self.stated.values())

    @property
    def range_km(self) -> tuple[float, float]:
        """The smaller and the larger statement."""
        return min(self.stated.values()), max(self.stated.values())


class BorderSums(msgspec.Struct, frozen=True, kw_only=True):
    """The land borders of an alliance.

    Attributes:
        external_km: with nations outside.
        internal_km: between members.
        by_neighbour: the outer border by nation outside.
    """

    members: int
    external_km: float
    internal_km: float
    by_neighbour: Mapping[str, float]


class BorderRange(msgspec.Struct, frozen=True, kw_only=True):
    """The change of the outer border when lengths are known as ranges.

    Attributes:
        median: of all draws.
        low: below it lie 5 % of the draws.
        high: below it lie 95 %.
        longer: the part of the draws in which the border grows.
        draws: how many there were.
    """

    median: float
    low: float
    high: float
    longer: float
    draws: int


def read_borders(text: str) -> tuple[Border, ...]:
    """Read a table `iso3_a,iso3_b,km_stated_by_a,km_stated_by_b`.

    Raises:
        InvalidInputError: a column is missing, or a row states no length or no number.
    """
    rows = csv.DictReader(io.StringIO(text))
    wanted = {"iso3_a", "iso3_b", "km_stated_by_a", "km_stated_by_b"}
    if missing := wanted - set(rows.fieldnames or ()):
        raise InvalidInputError(f"the first row names no {min(missing)!r}")
    return tuple(_border(number, row) for number, row in enumerate(rows, start=2))


def _border(number: int, row: Mapping[str, str]) -> Border:
    one, other = row["iso3_a"], row["iso3_b"]
    stated = {}
    for side, key in ((one, "km_stated_by_a"), (other, "km_stated_by_b")):
        if not row[key]:
            continue
        try:
            stated[side] = float(row[key])
        except ValueError as error:
            raise InvalidInputError(
                f"row {number}: {row[key]!r} is no number"
            ) from error
    if not stated or not all(0 <= km < float("inf") for km in stated.values()):
        raise InvalidInputError(f"row {number}: no side states a length")
    return Border(between=(one, other), stated=stated)


def border_sums(borders: Iterable[Border], members: Iterable[str]) -> BorderSums:
    """Add up the land borders of an alliance."""
    inside = frozenset(members)
    internal = 0.0
    by_neighbour: dict[str, float] = {}
    for border in borders:
        outside = [code for code in border.between if code not in inside]
        if not outside:
            internal += border.km
        elif len(outside) == 1:
            by_neighbour[outside[0]] = by_neighbour.get(outside[0], 0.0) + border.km
    return BorderSums(
        members=len(inside),
        external_km=sum(by_neighbour.values()),
        internal_km=internal,
        by_neighbour=by_neighbour,
    )


def in_every_order(
    borders: Iterable[Border], members: Iterable[str], candidates: Iterable[str]
) -> Mapping[tuple[str, ...], tuple[BorderSums, ...]]:
    """Add candidates one after another, in every order.

    Returns:
        By order, the sums before the first and after each.

    Raises:
        InvalidInputError: a candidate is a member already, or named twice.
        TooLargeError: there are too many orders.
    """
    known, inside, joining = tuple(borders), frozenset(members), tuple(candidates)
    if inside & set(joining) or len(set(joining)) < len(joining):
        raise InvalidInputError("candidates are no members yet, and named once each")
    if len(joining) > CANDIDATES_MAX:
        raise TooLargeError(f"at most {CANDIDATES_MAX} candidates at once")
    return {
        order: tuple(
            border_sums(known, inside | set(order[:step]))
            for step in range(len(order) + 1)
        )
        for order in permutations(joining)
    }


def external_change(
    borders: Iterable[Border],
    members: Iterable[str],
    candidate: str,
    *,
    seed: int,
    draws: int = 1_000,
) -> BorderRange:
    """Draw lengths between what the sides state, and say how the outer border changes.

    The same draw of every length serves both the alliance with and the one without
    the candidate, so that what does not change cannot blur what does.
    """
    known, before = tuple(borders), frozenset(members)
    after = before | {candidate}
    ranges = np.array([border.range_km for border in known]).reshape(-1, 2)
    sign = np.array(
        [_outer(border, after) - _outer(border, before) for border in known]
    )
    parts = np.random.default_rng(seed).random((draws, len(known)))
    lengths: FloatArray = ranges[:, 0] + parts * (ranges[:, 1] - ranges[:, 0])
    change = lengths @ sign
    low, median, high = np.quantile(change, [0.05, 0.5, 0.95]).tolist()
    longer = float((change > 0).mean())
    return BorderRange(median=median, low=low, high=high, longer=longer, draws=draws)


def _outer(border: Border, members: frozenset[str]) -> float:
    return float(sum(code in members for code in border.between) == 1)
