"""Reading the whole log against its chain, and remembering what came of it.

Auditors ask for it on a page, operators are told of it. How many entries there are
counts what is hidden, so it is for the alliance's own body alone.
"""

from contextlib import closing
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.errors import CorruptLogError
from foedus.eventlog.database import open_readable
from foedus.eventlog.entries import read_head, verify_on
from foedus.eventlog.sequence import Head
from foedus.folder.formats import LOG
from foedus.identity.store import StateStore

SECONDS_MAX: Final = 30.0
"""Seconds that somebody waits for a page; `foedus log verify` takes what it needs."""

AGAIN: Final = timedelta(minutes=1)
"""Within it nothing is read again: reading costs a core for as long as it takes."""

SETTING: Final = "log.witnessed"
"""The setting in `state.db` that holds what came of the last reading."""


class Outcome(StrEnum):
    """What came of reading the log.

    Attributes:
        WHOLE: every entry is what was written.
        PART: there was no time for all; those that were read are.
        ALTERED: an entry is not what was written.
    """

    WHOLE = "whole"
    PART = "part"
    ALTERED = "altered"


class Witnessed(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of the log.

    Attributes:
        at_ms: when it began, in milliseconds since 1970.
        position: of the last entry that is good; for the alliance's own body alone.
        digest: of the chain there, as hexadecimal digits; likewise.
    """

    at_ms: int
    outcome: Outcome
    position: int = 0
    digest: str = ""


def last_witnessed(store: StateStore) -> Witnessed | None:
    """Give what came of the last reading; None if nobody ever asked for one."""
    raw = store.setting(SETTING)
    return None if raw is None else msgspec.json.decode(raw, type=Witnessed)


def witness(
    folder: Path, store: StateStore, at: datetime, *, seconds: float = SECONDS_MAX
) -> Witnessed:
    """Read the whole log against its chain, unless that was done just now.

    Args:
        folder: the data folder.
        store: where the outcome is kept.
        at: now.
        seconds: after which to stop.
    """
    known = last_witnessed(store)
    if known is not None and timedelta() <= at - from_ms(known.at_ms) < AGAIN:
        return known
    found = _read(folder / LOG, to_ms(at), seconds)
    store.set_setting(SETTING, msgspec.json.encode(found).decode())
    return found


def _read(log: Path, at_ms: int, seconds: float) -> Witnessed:
    try:
        with closing(open_readable(log)) as db:
            head = read_head(db)
        good = verify_on(log, Head(), seconds)
    except CorruptLogError:
        return Witnessed(at_ms=at_ms, outcome=Outcome.ALTERED)
    is_whole = good.position >= head.position
    return Witnessed(
        at_ms=at_ms,
        outcome=Outcome.WHOLE if is_whole else Outcome.PART,
        position=good.position,
        digest=good.digest.hex(),
    )
