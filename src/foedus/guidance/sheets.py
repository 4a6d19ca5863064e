"""The form of everything the guide tells: a text, where it is from, how it is known.

- Nothing is told without a source, a basis and a day.
- What the hub itself records is cited as such, and its basis is `recorded`; what is
  worked out from records is `derived`.
"""

from datetime import date
from typing import Final

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.nations import Alliance
from foedus.alliance.sourced import Basis, Sourced
from foedus.ids import NationCode

HUB: Final = "hub"
"""The id under which the hub cites itself; no source of a pack is meant by it."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is told.

    Attributes:
        source: where it is from; at least one.
        as_of: the day up to which it was looked at.
    """

    text: str
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three steps of a newcomer."""

    title: str
    items: tuple[Item, ...]


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """The three steps for one nation on one day."""

    nation: NationCode
    as_of: date
    steps: tuple[Step, Step, Step]


def hub_citation(alliance: Alliance) -> Citation:
    """Cite the hub itself."""
    return Citation(
        sid=HUB,
        title="the records of this hub",
        publisher=alliance.name,
        url="",
        dated="",
        opened=True,
    )


def from_record(alliance: Alliance, record: Sourced, text: str) -> Item:
    """Tell what a record of the pack says, with where the record is from."""
    return Item(
        text=text,
        source=citations(alliance, record.sources),
        basis=record.basis,
        as_of=record.as_of,
    )


def from_hub(
    alliance: Alliance, on: date, text: str, basis: Basis = Basis.DERIVED
) -> Item:
    """Tell what the hub works out, or has recorded, as of a day."""
    return Item(text=text, source=(hub_citation(alliance),), basis=basis, as_of=on)
