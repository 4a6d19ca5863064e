"""The linear programme of the 48-hour test.

Columns: the moves; then what they add up to by need and bucket, by lift and release
and bucket, by place and release and bucket (tonnes, then units); then what is missing.
Sums have columns of their own, so that a move stands in five rows only.

Rows: units of a group; the definitions of the sums; cumulative cover and what is
missing make up the need; cumulative work and reception are within the limits.
"""

import msgspec
import numpy as np

from foedus.planning.asks import AskClosure
from foedus.planning.closing_moves import (
    MOVED,
    RELEASES_H,
    Group,
    Moves,
    buckets_of,
    needs_of,
)
from foedus.planning.games import BoolArray, FloatArray, IntArray
from foedus.planning.solver import Columns, Programme, Rows

DEADLINE_WEIGHT = 1_000.0
"""What is missing by the deadline, against what is missing in another bucket."""

MOVE_WEIGHT = 1e-4
"""Of a unit that moves, so that nobody moves for nothing."""


class Limit(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Something that can do only so much an hour, and which moves ask it to.

    Attributes:
        of: the moves that do, by place.
        release: from which hour on they do, by number.
        takes: how much one unit takes.
        per_h: how much can be done.
    """

    of: IntArray
    release: IntArray
    takes: FloatArray
    per_h: float


class Sheet:
    """Rows that are written one after another; columns likewise."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._rows: list[tuple[float, float]] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []

    def add_columns(self, count: int) -> IntArray:
        """Add columns, and give their places."""
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_rows(self, count: int, lower: float, upper: float) -> int:
        """Add rows, and give the place of the first one."""
        self._rows += [(lower, upper)] * count
        return len(self._rows) - count

    def bound(self, row: int, lower: float, upper: float) -> None:
        """Change between what a row lies."""
        self._rows[row] = (lower, upper)

    def put(self, rows: IntArray, columns: IntArray, values: FloatArray) -> None:
        """Write entries."""
        self._entries.append((rows, columns, values))

    def rows(self) -> Rows:
        """Give all rows."""
        rows, columns, values = (
            np.concatenate(parts) for parts in zip(*self._entries, strict=True)
        )
        order = np.argsort(rows, kind="stable")
        counts = np.bincount(rows, minlength=len(self._rows))
        bounds = np.array(self._rows, dtype=np.float64).reshape(-1, 2)
        return Rows(
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            columns=columns[order].astype(np.int32),
            values=values[order],
            lower=bounds[:, 0].copy(),
            upper=bounds[:, 1].copy(),
        )


def limits_of(ask: AskClosure, moves: Moves) -> list[Limit]:
    """List what lift and reception can do."""
    if ask.clock not in MOVED:
        return []
    found = []
    for number, lift in enumerate(ask.lifts):
        of = np.flatnonzero(moves.lift == number)
        release = moves.departs[of]
        found.append(
            Limit(
                of=of, release=release, takes=moves.work[of], per_h=lift.tonne_km_per_h
            )
        )
    for number, place in enumerate(ask.places):
        of = np.flatnonzero(moves.place == number)
        for per_h, takes in (
            (place.tonnes_per_h, moves.tonnes[of]),
            (place.units_per_h, np.ones(len(of))),
        ):
            if per_h is not None:
                release = moves.arrives[of]
                found.append(Limit(of=of, release=release, takes=takes, per_h=per_h))
    return found


def may_do(limit: Limit, buckets: FloatArray) -> FloatArray:
    """Give how much can be done from each release to each bucket."""
    hours = buckets[None, :] - np.array(RELEASES_H)[:, None]
    return np.asarray(limit.per_h * np.maximum(hours, 0.0))


def programme_of(
    ask: AskClosure, groups: tuple[Group, ...], moves: Moves
) -> tuple[Programme, IntArray]:
    """Build the programme.

    Returns:
        It, and the columns of what is missing by need and bucket.
    """
    sheet = Sheet(len(moves.group))
    buckets = np.array(buckets_of(ask.hours))
    everyone = np.arange(len(moves.group))
    first = sheet.add_rows(len(groups), -np.inf, 0.0)
    for place, group in enumerate(groups):
        sheet.bound(first + place, -np.inf, float(len(group.units)))
    sheet.put(first + moves.group, everyone, np.ones(len(everyone)))
    missing = _put_needs(sheet, ask, moves)
    for limit in limits_of(ask, moves):
        _put_limit(sheet, limit, moves.bucket[limit.of], buckets)
    cost = np.zeros(sheet.columns)
    cost[everyone] = MOVE_WEIGHT
    cost[missing] = np.where(buckets == ask.hours, DEADLINE_WEIGHT, 1.0)
    nothing: BoolArray = np.zeros(sheet.columns, dtype=np.bool_)
    columns = Columns(
        cost=cost,
        lower=np.zeros(sheet.columns),
        upper=np.full(sheet.columns, np.inf),
        whole=nothing,
    )
    return Programme(columns, sheet.rows()), missing


def wanted_of(ask: AskClosure) -> FloatArray:
    """Give how much of each need is wanted."""
    return np.array(
        [need.amount for place in ask.places for need in place.needs], dtype=np.float64
    )


def _put_needs(sheet: Sheet, ask: AskClosure, moves: Moves) -> IntArray:
    """Write how cover adds up; gives the columns of what is missing."""
    needs, buckets = len(needs_of(ask.places)), len(buckets_of(ask.hours))
    sums = sheet.add_columns(needs * buckets).reshape(needs, buckets)
    missing = sheet.add_columns(needs * buckets).reshape(needs, buckets)
    first = sheet.add_rows(needs * buckets, 0.0, 0.0)
    own = moves.need * buckets + moves.bucket
    sheet.put(first + own, np.arange(len(own)), moves.strength)
    every = np.arange(needs * buckets)
    sheet.put(first + every, sums.ravel(), -np.ones(len(every)))
    for need, wanted in enumerate(wanted_of(ask)):
        for bucket in range(buckets):
            row = sheet.add_rows(1, float(wanted), np.inf)
            columns = np.append(sums[need, : bucket + 1], missing[need, bucket])
            sheet.put(np.full(len(columns), row), columns, np.ones(len(columns)))
    return missing


def _put_limit(
    sheet: Sheet, limit: Limit, bucket: IntArray, buckets: FloatArray
) -> None:
    """Write that no more is done than can be done, from any hour to any other."""
    shape = (len(RELEASES_H), len(buckets))
    count = shape[0] * shape[1]
    sums = sheet.add_columns(count).reshape(shape)
    first = sheet.add_rows(count, 0.0, 0.0)
    sheet.put(first + limit.release * shape[1] + bucket, limit.of, limit.takes)
    sheet.put(first + np.arange(count), sums.ravel(), -np.ones(count))
    most = may_do(limit, buckets)
    for release, bucket_ in np.ndindex(shape):
        columns = sums[release:, : bucket_ + 1].ravel()
        row = sheet.add_rows(1, -np.inf, float(most[release, bucket_]))
        sheet.put(np.full(len(columns), row), columns, np.ones(len(columns)))
