"""Whether the entries are what was written; pure, streaming, in bounded memory.

- Positions run from 1 to the head without a gap.
- Every column of every entry is what its digest says.
- A body that is gone must have been redacted by an event that names it.

What this cannot see: a whole log rewritten with its chain. Signed checkpoints kept
elsewhere see that.
"""

import contextlib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice

import msgspec

from foedus.errors import CorruptLogError
from foedus.eventlog.envelope import (
    SALT_BYTES,
    Redacted,
    chain,
    commit_to,
    fixed_header,
    header,
)
from foedus.eventlog.log import Progress
from foedus.eventlog.row import ARRIVAL, Row
from foedus.eventlog.sequence import Head
from foedus.ids import Position

PROGRESS_ENTRIES = 1000
"""Entries between two reports of progress."""


def verify_rows(
    rows: Iterable[Row],
    head: Head,
    *,
    redacted: AbstractSet[int] = frozenset(),
    progress: Progress | None = None,
) -> Position:
    """Check rows from the first entry to the head.

    Args:
        rows: every entry, in order of position.
        head: the end of the chain as the log has noted it.
        redacted: positions that redaction events name.
        progress: told now and then the last position that is good.

    Returns:
        The last position.

    Raises:
        CorruptLogError: an entry is not what was written; it names the first.
    """
    good = Head()
    for good in follow(islice(rows, head.position), Head(), redacted=redacted):
        if progress is not None and good.position % PROGRESS_ENTRIES == 0:
            progress(good.position)
    position = good.position
    if position != head.position:
        raise corrupt(position + 1, f"is missing; the log had {head.position} entries")
    if good != head:
        raise corrupt(max(position, 1), "is not the end that the log has noted")
    if progress is not None:
        progress(position)
    return position


def follow(
    rows: Iterable[Row], good: Head, *, redacted: AbstractSet[int]
) -> Iterator[Head]:
    """Check rows that follow a place, and give the place that each of them is.

    Args:
        rows: in order of position.
        good: the place that they follow.
        redacted: positions that redaction events name.

    Raises:
        CorruptLogError: an entry is not what was written.
    """
    for row in rows:
        expected = Position(good.position + 1)
        if row[0] != expected:
            raise corrupt(expected, f"is missing; {row[0]} follows")
        digest = _checked(row, good.digest, may_be_erased=expected in redacted)
        good = Head(position=expected, digest=digest, arrival_ms=row[ARRIVAL])
        yield good


def positions_redacted(redactions: Iterable[tuple[int, bytes | None]]) -> set[int]:
    """Give the positions that redaction events name.

    Args:
        redactions: position and body of each redaction event.
    """
    positions: set[int] = set()
    for position, body in redactions:
        # One that cannot be read claims nothing, and fails in the chain.
        with contextlib.suppress(msgspec.MsgspecError):
            named = msgspec.json.decode(body or b"", type=Redacted).position
            if named < position:
                positions.add(named)
    return positions


def corrupt(position: int, why: str) -> CorruptLogError:
    """Make the error that names a position."""
    return CorruptLogError(f"the entry at position {position} {why}", position=position)


def _checked(row: Row, previous: bytes, *, may_be_erased: bool) -> bytes:
    """Give the digest of a row after checking it."""
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
        salt,
        commitment,
        digest,
        body,
    ) = row
    if label is None:
        raise corrupt(position, "has lost its label")
    if salt is None and body is None:
        if not may_be_erased:
            raise corrupt(position, "was erased, and no redaction names it")
    elif not _is_committed(salt, body, commitment):
        raise corrupt(position, "has another body than was written")
    try:
        names = (stream, kind, account, nation, door, by)
        fixed = fixed_header(event_id, names, label)
        line = header(position, arrival_ms, fixed)
        found = chain(previous, line, commitment)
    except (TypeError, ValueError, AttributeError) as error:
        raise corrupt(position, "holds what cannot have been written") from error
    if found != digest or type(arrival_ms) is not int:
        raise corrupt(position, "is not what was written")
    return found


def _is_committed(salt: bytes | None, body: bytes | None, commitment: bytes) -> bool:
    return (
        isinstance(salt, bytes)
        and isinstance(body, bytes)
        and len(salt) == SALT_BYTES
        and commit_to(salt, body) == commitment
    )
