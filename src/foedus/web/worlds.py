"""The worlds of a demo hub: nations side by side, each as it is.

- Each column is read by a real viewer through the ordinary queries; nothing is
  filtered here, and the table for the presenter holds what the columns hold.
- The page needs no sign-in, and exists only on a demo hub and on the machine that it
  runs on; elsewhere it is as if it had never been.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

import msgspec

from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel.explain import explain
from foedus.intel.pages import Filters
from foedus.intel.reading import Snapshot
from foedus.processes.demo_pack import INVENTED
from foedus.processes.demo_told import Line, read_lines
from foedus.releasability.access import Access
from foedus.web.chips import Chip, Token, chip, standing_sentence, token
from foedus.web.items import Item, key_of, newest_items

COLUMN_MAX: Final = 30
"""Items of a column: more than anybody scrolls in a presentation."""

LEDGER_MAX: Final = 12
"""Rows of the presenter's table: what is looked at after an act."""

VERSIONS_MAX: Final = 1_000
"""Versions of the table's things that are looked at."""

PRESENTER_ONLY: Final = "DEMO PRESENTER ONLY"
"""The audience of a page that shows all these worlds at once: no nation has that."""

ILLUSTRATIVE: Final = "Demonstration: illustrative status."
"""Is said wherever the page shows how an invented nation stands."""

NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")
"""Numbers of worlds in words."""


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What one nation sees.

    Attributes:
        place: the number of the column, from 0.
        sentence: how the nation stands, in words.
        items: as the nation has them.
        fresh: keys of those that came with what was said last, or after it.
        total: how many objects there are, as the nation counts them.
    """

    place: int
    nation: Token
    sentence: str
    items: tuple[Item, ...]
    fresh: frozenset[str]
    total: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that was published, who received it, and why nobody else did."""

    item: Item
    received: tuple[Token, ...]
    because: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A line of what just happened, for the presenter.

    Attributes:
        clock: the time of day, in UTC.
        instant: the same for machines.
    """

    act: str
    text: str
    clock: str
    instant: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page, at one moment."""

    worlds: tuple[World, ...]
    ledger: tuple[Row, ...]
    marking: Chip | None
    lines: tuple[Said, ...]


def read_board(hub: Hub, seats: Sequence[Account]) -> Board:
    """Read all worlds in one state of the views."""
    lines = read_lines(hub.store)
    # The dates of one commit reach back into the millisecond before it.
    since_us = (to_ms(lines[0].at) - 1) * 1_000 if lines else None
    with hub.reading.snapshot() as seen:
        worlds = tuple(
            _world(seen, hub, place, account, since_us=since_us)
            for place, account in enumerate(seats)
        )
        ledger = _ledger(seen, seats, worlds)
        marking = _marking(worlds, seen.access)
    return Board(
        worlds=worlds,
        ledger=ledger,
        marking=marking,
        lines=tuple(_said(line) for line in lines),
    )


def row_of(board: Board, stix_id: str) -> Row | None:
    """Find what the presenter's table says of a thing, if it is still there."""
    return next((row for row in board.ledger if row.item.id == stix_id), None)


def _said(line: Line) -> Said:
    at = line.at.astimezone(UTC)
    return Said(
        act=line.act,
        text=line.text,
        clock=f"{at:%H:%M:%S}",
        instant=at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


def _world(
    seen: Snapshot, hub: Hub, place: int, account: Account, *, since_us: int | None
) -> World:
    viewer = account.viewer()
    collections = seen.collections(viewer)
    items = newest_items(seen, viewer, collections, now=hub.clock(), limit=COLUMN_MAX)
    count = sum(seen.count(viewer, each) for each in collections)
    nation = token(account.nation, seen.access)
    things = "1 object" if count == 1 else f"{count} objects"
    return World(
        place=place,
        nation=nation,
        sentence=_sentence(account, seen.access),
        items=tuple(items),
        fresh=frozenset(
            item.key
            for item in items
            if since_us is not None and item.added_us >= since_us
        ),
        total=f"{things} in all collections, as {nation.name} counts them",
    )


def _sentence(account: Account, access: Access) -> str:
    standing = standing_sentence(account.nation, access.alliance, access)
    if account.nation == INVENTED:
        standing = f"{standing} {ILLUSTRATIVE}"
    level = access.alliance.levels[account.clearance].name
    return f"{standing} Its analyst is cleared to {level}."


def _ledger(
    seen: Snapshot, seats: Sequence[Account], worlds: Sequence[World]
) -> tuple[Row, ...]:
    items: dict[str, Item] = {}
    for world in worlds:
        for item in world.items:
            items.setdefault(item.key, item)
    newest = sorted(items.values(), key=lambda item: item.instant, reverse=True)
    shown = newest[:LEDGER_MAX]
    # What a release brings to one column may be too old for the others' columns.
    held = [_held(seen, seat, shown) for seat in seats]
    rows = []
    for item in shown:
        holders = [place for place, keys in enumerate(held) if item.key in keys]
        rows.append(
            Row(
                item=item,
                received=tuple(worlds[place].nation for place in holders),
                because=_because(seen, seats, item, holders),
            )
        )
    return tuple(rows)


def _held(seen: Snapshot, seat: Account, items: Sequence[Item]) -> set[str]:
    """Tell which of some versions a nation has, as the nation reads them."""
    viewer = seat.viewer()
    filters = Filters(ids=tuple({item.id for item in items}), versions=("all",))
    return {
        key_of(record)
        for each in seen.collections(viewer)
        for record in seen.page(
            viewer, each, filters, limit=VERSIONS_MAX, bodies=False
        ).records
    }


def _because(
    seen: Snapshot, seats: Sequence[Account], item: Item, holders: Sequence[int]
) -> str:
    """Say why those who have not received a thing have not."""
    others = [seat for place, seat in enumerate(seats) if place not in holders]
    if not others:
        return "Its audience holds everybody here"
    asker = seats[holders[0]].viewer()
    reasons: dict[str, None] = {}
    for seat in others:
        explanation = explain(seen, asker, item.id, seat.nation)
        if explanation.sees and seat.clearance < item.fixed.level:
            level = seen.access.alliance.levels[seat.clearance].name
            reasons[f"the analyst of {seat.nation} is cleared only to {level}"] = None
        elif not explanation.sees:
            reasons[explanation.why[-1].detail] = None
    return "; ".join(reasons)


def _marking(worlds: Sequence[World], access: Access) -> Chip | None:
    labels = [item.fixed for world in worlds for item in world.items]
    if not labels:
        return None
    highest = chip(max(labels, key=lambda label: label.level), access)
    return msgspec.structs.replace(
        highest, audience=(PRESENTER_ONLY,), caveats=(), light=""
    )
