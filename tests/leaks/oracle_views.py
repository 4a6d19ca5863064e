"""What one view class is given, in which order, under which dates.

A view class knows nothing of any other: it is settled by walking over the versions it
is entitled to, in order of their arrival. That is the whole of non-interference.

Source: DESIGN §6, "Lanes", "Deliveries", "Date added"; releasability reference, 2.1.
"""

from collections.abc import Callable, Sequence

import msgspec

from tests.leaks.oracle_rows import Class, Row, Rules


class Delivery(msgspec.Struct, kw_only=True, eq=False):
    """One thing given to one view class; without a row it is a hub definition."""

    id: str
    version: str
    added_us: int
    row: Row | None = None
    act: int = 0


Entitled = Callable[[Row], bool]


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """An act, and what there is in a collection after it.

    Attributes:
        act: its number.
        at_ms: when it happened.
        gained_ms: when what had come before was delivered to those who gained it.
        rows: every version that was ever stored, in order of arrival.
    """

    act: int
    at_ms: int
    gained_ms: int
    rows: Sequence[Row]


class Settlement:
    """All that one view class was ever given.

    Attributes:
        gains: how often it was given what had come before.
        ever: the numbers of the versions that it was ever given.
        absent_since: the act by which its nation lost standing; null if it has it.
    """

    def __init__(self, view: Class, rules: Rules) -> None:
        self.view = view
        self.rules = rules
        self.gains = 0
        self.ever: set[int] = set()
        self.absent_since: int | None = None
        self._lists: dict[str, list[Delivery]] = {}
        self._lanes: dict[tuple[str, str], str] = {}
        self._could: dict[str, set[int]] = {}

    def deliveries(self, collection: str) -> list[Delivery]:
        """List what is there now, in order."""
        return list(self._lists.get(collection, ()))

    def follow(self, collection: str, moment: Following, entitled: Entitled) -> bool:
        """Let one collection follow what an act has changed; tell if it had to.

        First what arrived, and what the act took; what it gave to whoever could not
        see it before is delivered afterwards, and does nothing until then.
        """
        could = self._could.get(collection, set())
        may = [row for row in moment.rows if entitled(row)]
        can = {row.number for row in may}
        if can == could:
            return False
        self._could[collection] = can
        at_once = [r for r in may if r.number in could or r.act == moment.act]
        self._settle(collection, moment, at_once, moment.at_ms)
        if len(at_once) < len(may):
            self._settle(collection, moment, may, moment.gained_ms)
        return True

    def _settle(
        self, collection: str, moment: Following, may: list[Row], at_ms: int
    ) -> None:
        """Take what may not be seen any more, and deliver what was not."""
        before = self._lists.get(collection, [])
        numbers = {row.number for row in may}
        kept = [d for d in before if d.row is None or d.row.number in numbers]
        gained = self._gained(may, kept, collection)
        moved = self._resurfaced(before, kept, gained)
        kept = [d for d in kept if d.row is None or d.row not in moved]
        new = sorted([*moved, *gained], key=lambda row: row.number)
        if not new and len(kept) == len(before):
            return
        late = [row for row in new if row.act != moment.act]
        self.gains += len(late)
        self.ever |= {row.number for row in new}
        unit = self._unit(new, kept, is_arrival=not late)
        self._date(unit, moment, at_ms)
        self._lists[collection] = self._with_definitions(kept, unit)

    def _resurfaced(
        self, before: list[Delivery], kept: list[Delivery], gained: list[Row]
    ) -> list[Row]:
        """Find older versions that are the last again: a newer one went."""
        if not self.rules.older_version_comes_anew:
            return []
        found: list[Row] = []
        for lost in before:
            if lost.row is None or lost in kept:
                continue
            if not (lost.row.is_withdrawn or self.rules.any_narrowing_brings_the_older):
                continue
            if self.absent_since is not None and lost.act > self.absent_since:
                continue  # it came and went unseen: nothing is given twice for that
            older = [
                d.row
                for d in kept
                if d.row is not None
                and d.id == lost.id
                and d.row.nation == lost.row.nation
            ]
            older += [
                r for r in gained if (r.id, r.nation) == (lost.id, lost.row.nation)
            ]
            newest = max(older, key=lambda row: row.version, default=None)
            if newest in gained:
                continue
            if newest and newest.version < lost.version and newest not in found:
                found.append(newest)
        return found

    def _gained(
        self, may: list[Row], kept: list[Delivery], collection: str
    ) -> list[Row]:
        has = {(d.id, d.version) for d in kept}
        held = {(collection, row.id): set[str]() for row in may}
        for row in may:
            held[collection, row.id].add(row.nation)
        for key, lane in list(self._lanes.items()):
            if key[0] == collection and lane not in held.get(key, ()):
                del self._lanes[key]
        found: list[Row] = []
        for row in may:
            lane = self._lanes.setdefault((collection, row.id), row.nation)
            taken = (row.id, row.version) in has
            if self.rules.one_lane and (lane != row.nation or taken):
                continue
            if not self.rules.one_lane and any(row is d.row for d in kept):
                continue
            has.add((row.id, row.version))
            found.append(row)
        return found

    def _unit(
        self, new: list[Row], kept: list[Delivery], *, is_arrival: bool
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

    def _date(self, unit: list[Delivery], moment: Following, at_ms: int) -> None:
        """Date a unit: its last on the millisecond, the others just before."""
        step = 1
        if not self.rules.dates_rank_visible and moment.rows:
            last = moment.rows[-1].act
            posted = [row for row in moment.rows if row.act == last]
            step = max(1, len(posted) - len(unit) + 1)
        for place, each in enumerate(reversed(unit)):
            each.act = moment.act
            each.added_us = at_ms * 1000 - place * step

    def _with_definitions(
        self, kept: list[Delivery], unit: list[Delivery]
    ) -> list[Delivery]:
        """Put a unit behind what is kept; without definitions that nothing carries."""
        carried = {
            mark
            for each in (*kept, *unit)
            if each.row is not None
            for mark in each.row.marks
        }
        if self.rules.definitions_follow_carriers:
            kept = [d for d in kept if d.row is not None or d.id in carried]
        found = [*kept, *unit]
        if not self.rules.gains_come_last:
            found.sort(key=lambda each: each.row.number if each.row else -1)
        return found


def _definition(mark: str) -> Delivery:
    return Delivery(id=mark, version="2026-01-01T00:00:00.000Z", added_us=0)
