"""What the demo has told, and what it says of it: kept in `state.db`.

How much was told is written down before it is told, so that a crash loses a story of
the demo and never passes its limits. What is said is for the presenter alone.
"""

from datetime import datetime
from typing import Final

import msgspec

from foedus.identity.store import StateStore

TOLD: Final = "demo.told"
"""The setting that holds how much has been told."""

SAID: Final = "demo.said"
"""The setting that holds what was said lately."""

SAID_MAX: Final = 6
"""Lines that are kept: as many as somebody who came late reads."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How much has been told.

    Attributes:
        stories: of the book.
        objects: at most; a beat without an object counts as one.
        beats: stories and scenes.
    """

    stories: int = 0
    objects: int = 0
    beats: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What just happened, in plain words.

    Attributes:
        act: the part of the play that it belongs to.
    """

    at: datetime
    act: str
    text: str


def read_told(store: StateStore) -> Told:
    """Tell how much has been told."""
    raw = store.setting(TOLD)
    return msgspec.json.decode(raw, type=Told) if raw else Told()


def write_told(store: StateStore, told: Told) -> None:
    """Write down how much will have been told."""
    store.set_setting(TOLD, msgspec.json.encode(told).decode())


def read_lines(store: StateStore) -> tuple[Line, ...]:
    """Give what was said lately, newest first; nothing on a hub that is no demo."""
    raw = store.setting(SAID)
    return msgspec.json.decode(raw, type=tuple[Line, ...]) if raw else ()


def say(store: StateStore, line: Line) -> None:
    """Say what has happened."""
    lines = (line, *read_lines(store))[:SAID_MAX]
    store.set_setting(SAID, msgspec.json.encode(lines).decode())
