"""One entry as a backend stores it: all columns, in one order."""

from functools import lru_cache
from typing import Final, cast
from uuid import UUID

import msgspec

from foedus.errors import CorruptLogError
from foedus.eventlog.envelope import Recorded, Who
from foedus.eventlog.sequence import Placed
from foedus.ids import Position

Row = tuple[
    int,  # position
    bytes,  # event id
    str,  # stream
    str,  # kind
    str,  # account
    str,  # nation
    str,  # door
    str | None,  # by
    int,  # arrival in ms
    str | None,  # label text; None only if it was lost
    bytes | None,  # salt
    bytes,  # commitment
    bytes,  # digest
    bytes | None,  # body; last, so that the other columns are read without it
]
"""Every column of an entry, in the order of the table."""

KIND: Final = 3
"""The place of the kind in a row."""

ARRIVAL: Final = 8
"""The place of the arrival in a row."""

BODY: Final = 13
"""The place of the body in a row."""


def row_of(placed: Placed, arrival_ms: int) -> Row:
    """Lay an entry out as a row."""
    draft = placed.draft
    return (
        placed.position,
        draft.event_id,
        *draft.names,
        arrival_ms,
        draft.label,
        draft.salt,
        draft.commitment,
        placed.digest,
        draft.body,
    )


def erased_row(row: Row) -> Row:
    """Give a row without body and salt."""
    (*before, _salt, commitment, digest, _body) = row
    return cast("Row", (*before, None, commitment, digest, None))  # as it was split


def recorded_from(placed: Placed, arrival_ms: int) -> Recorded:
    """Give an entry as it will be read."""
    draft = placed.draft
    stream, kind, account, nation, door, by = draft.names
    return Recorded(
        position=placed.position,
        event_id=msgspec.convert(draft.event_id, UUID),
        stream=stream,
        kind=kind,
        who=_who(account, nation, door, by),
        arrival_ms=arrival_ms,
        label=draft.label,
        body=draft.body,
    )


def recorded_of(row: Row, residue: bytes | None = None) -> Recorded:
    """Read a row as an entry.

    Args:
        row: the row.
        residue: what is left of it, if it was redacted.

    Raises:
        CorruptLogError: the label of the entry is gone; it may be shown to nobody.
    """
    (
        position,
        event_id,
        stream,
        kind,
        account,
        nation,
        door,
        by,
        arrival_ms,
        label,
        _salt,
        _commitment,
        _digest,
        body,
    ) = row
    if label is None:
        raise CorruptLogError(
            f"the label of the entry at position {position} is gone",
            position=position,
        )
    return Recorded(
        position=Position(position),
        # Three times as fast as `UUID`, which checks its arguments.
        event_id=msgspec.convert(event_id, UUID),
        stream=stream,
        kind=kind,
        who=_who(account, nation, door, by),
        arrival_ms=arrival_ms,
        label=label,
        body=body,
        residue=residue,
    )


@lru_cache(maxsize=1_024)
def _who(account: str, nation: str, door: str, by: str | None) -> Who:
    """Give one object for all entries of one writer."""
    return Who(account=account, nation=nation, door=door, by=by)
