"""The worlds of a demo hub: three nations side by side, each as it is.

- Each column is read by a real viewer through the ordinary queries; nothing is
  filtered here, and the table for the presenter is made of the columns alone.
- The page needs no sign-in, and exists only on a demo hub and on the machine that it
  runs on; elsewhere it is as if it had never been.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel.explain import explain
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.web.chips import Chip, Token, chip, standing_sentence, token
from foedus.web.items import Item, newest_items

COLUMN_MAX: Final = 30
"""Items of a column: more than anybody scrolls in a presentation."""

LEDGER_MAX: Final = 12
"""Rows of the presenter's table. Less than a column, so that every column tells
whether it has the thing."""

PRESENTER_ONLY: Final = "DEMO PRESENTER ONLY"
"""The audience of a page that shows three worlds at once: no nation has all three."""


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What one nation sees.

    Attributes:
        place: the number of the column, from 0.
        sentence: how the nation stands, in words.
        total: how many objects there are, as the nation counts them.
    """

    place: int
    nation: Token
    sentence: str
    items: tuple[Item, ...]
    total: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that was published, who received it, and why nobody else did."""

    item: Item
    received: tuple[Token, ...]
    because: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page, at one moment."""

    worlds: tuple[World, ...]
    ledger: tuple[Row, ...]
    marking: Chip | None


def read_board(hub: Hub, seats: Sequence[Account]) -> Board:
    """Read all worlds in one state of the views."""
    with hub.reading.snapshot() as seen:
        worlds = tuple(
            _world(seen, hub, place, account) for place, account in enumerate(seats)
        )
        ledger = _ledger(seen, seats, worlds)
        marking = _marking(worlds, seen.access)
    return Board(worlds=worlds, ledger=ledger, marking=marking)


def row_of(board: Board, stix_id: str) -> Row | None:
    """Find what the presenter's table says of a thing, if it is still there."""
    return next((row for row in board.ledger if row.item.id == stix_id), None)


def _world(seen: Snapshot, hub: Hub, place: int, account: Account) -> World:
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
        total=f"{things} in all collections, as {nation.name} counts them",
    )


def _sentence(account: Account, access: Access) -> str:
    standing = standing_sentence(account.nation, access.alliance, access)
    level = access.alliance.levels[account.clearance].name
    return f"{standing} Its analyst is cleared to {level}."


def _ledger(
    seen: Snapshot, seats: Sequence[Account], worlds: Sequence[World]
) -> tuple[Row, ...]:
    holders: dict[str, list[int]] = {}
    items: dict[str, Item] = {}
    for world in worlds:
        for item in world.items:
            items.setdefault(item.key, item)
            holders.setdefault(item.key, []).append(world.place)
    newest = sorted(items.values(), key=lambda item: item.instant, reverse=True)
    return tuple(
        Row(
            item=item,
            received=tuple(worlds[place].nation for place in holders[item.key]),
            because=_because(seen, seats, item, holders[item.key]),
        )
        for item in newest[:LEDGER_MAX]
    )


def _because(
    seen: Snapshot, seats: Sequence[Account], item: Item, holders: Sequence[int]
) -> str:
    """Say why those who have not received a thing have not."""
    others = [seat for place, seat in enumerate(seats) if place not in holders]
    if not others:
        return "Its audience holds all three"
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
