"""What one view class is given, in which order, under which dates.

A view class knows nothing of any other: it is settled by walking over the versions it
is entitled to, in order of their arrival. That is the whole of non-interference.

Source: DESIGN §6, "Lanes", "Deliveries", "Date added"; releasability reference, 2.1.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tests.leaks.oracle import Row, Rules


class Class(msgspec.Struct, frozen=True):
    """A nation, or the body, and a clearance."""

    nation: str
    clearance: int


class Delivery(msgspec.Struct, kw_only=True, eq=False):
    """One thing given to one view class; without a row it is a hub definition."""

    id: str
    version: str
    added_us: int
    row: "Row | None" = None


Entitled = Callable[["Row"], bool]


class Settlement:
    """All that one view class was ever given."""

    def __init__(self, view: Class, rules: "Rules") -> None:
        self.view = view
        self.rules = rules
        self.gains = 0
        self.ever: set[int] = set()
        self._lists: dict[str, list[Delivery]] = {}
        self._lanes: dict[tuple[str, str], str] = {}

    def deliveries(self, collection: str) -> list[Delivery]:
        """List what is there now, in order."""
        return list(self._lists.get(collection, ()))

    def follow(
        self,
        rows: "Sequence[Row]",
        collection: str,
        act: int,
        at_ms: int,
        entitled: Entitled,
    ) -> None:
        """Let one collection follow what an act has changed."""
        arrived = [row for row in rows if row.act == act]
        before = self._lists.get(collection, [])
        kept = [d for d in before if d.row is None or entitled(d.row)]
        moved = self._resurfaced(before, kept)
        kept = [d for d in kept if d.row is None or d.row not in moved]
        new = sorted(
            [*moved, *self._gained(rows, kept, collection, entitled, moved)],
            key=lambda row: row.number,
        )
        is_arrival = all(row in arrived for row in new)
        self.gains += sum(row not in arrived for row in new)
        self.ever |= {row.number for row in new}
        self._lists[collection] = self._with_definitions(
            kept, self._unit(new, kept, is_arrival=is_arrival), at_ms, rows
        )

    def _resurfaced(self, before: list[Delivery], kept: list[Delivery]) -> "list[Row]":
        """Find older versions that are the last again: a newer one was withdrawn."""
        if not self.rules.older_version_comes_anew:
            return []
        found: list[Row] = []
        for lost in before:
            if lost.row is None or not lost.row.is_withdrawn or lost in kept:
                continue
            older = [
                d.row
                for d in kept
                if d.row is not None
                and d.id == lost.id
                and d.row.nation == lost.row.nation
            ]
            newest = max(older, key=lambda row: row.version, default=None)
            if newest and newest.version < lost.version and newest not in found:
                found.append(newest)
        return found

    def _gained(
        self,
        rows: "Sequence[Row]",
        kept: list[Delivery],
        collection: str,
        entitled: Entitled,
        moved: "Sequence[Row]",
    ) -> "list[Row]":
        has = {(d.id, d.version) for d in kept} | {(r.id, r.version) for r in moved}
        may = [row for row in rows if entitled(row)]
        for stix_id in {row.id for row in rows}:
            lane = self._lanes.get((collection, stix_id))
            if not any(row.id == stix_id and row.nation == lane for row in may):
                self._lanes.pop((collection, stix_id), None)
        found: list[Row] = []
        for row in may:
            lane = self._lanes.setdefault((collection, row.id), row.nation)
            taken = (row.id, row.version) in has
            if self.rules.one_lane and (lane != row.nation or taken):
                continue
            if not self.rules.one_lane and row in [d.row for d in kept]:
                continue
            has.add((row.id, row.version))
            found.append(row)
        return found

    def _unit(
        self, new: "list[Row]", kept: list[Delivery], *, is_arrival: bool
    ) -> list[Delivery]:
        """Put each definition before the first object that carries it.

        What arrives comes one by one, each with its definition just before it; of
        what is given anew all the definitions come first, by id.
        """
        there = {d.id for d in kept if d.row is None}
        unit: list[Delivery] = []
        if not is_arrival:
            marks = {mark for row in new for mark in row.marks} - there
            unit += [_definition(mark) for mark in sorted(marks)]
            there |= marks
        for row in new:
            for mark in row.marks:
                if mark not in there:
                    there.add(mark)
                    unit.append(_definition(mark))
            unit.append(Delivery(id=row.id, version=row.version, added_us=0, row=row))
        return unit

    def _with_definitions(
        self,
        kept: list[Delivery],
        unit: list[Delivery],
        at_ms: int,
        rows: "Sequence[Row]",
    ) -> list[Delivery]:
        carried = {
            mark
            for each in (*kept, *unit)
            if each.row is not None
            for mark in each.row.marks
        }
        if self.rules.definitions_follow_carriers:
            kept = [d for d in kept if d.row is not None or d.id in carried]
        step = 1
        if not self.rules.dates_rank_visible and rows:
            posted = [row for row in rows if row.act == rows[-1].act]
            step = max(1, len(posted) - len(unit) + 1)
        for place, each in enumerate(reversed(unit)):
            each.added_us = at_ms * 1000 - place * step
        found = [*kept, *unit]
        if not self.rules.gains_come_last:
            found.sort(key=lambda each: each.row.number if each.row else -1)
        return found


def _definition(mark: str) -> Delivery:
    return Delivery(id=mark, version="2026-01-01T00:00:00.000Z", added_us=0)
