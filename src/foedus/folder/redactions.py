"""What was redacted, as a list that outlives the hub, and is heeded by a restore.

A backup from before a redaction holds what was erased. Whoever keeps this list
elsewhere erases it again in the restored folder, before anybody sees it. The list
holds no content: of an erased entry it has what the log itself still says of it.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import apsw
import msgspec

from foedus.errors import ConflictError, InvalidInputError
from foedus.eventlog.database import open_readable
from foedus.eventlog.envelope import Append, Redacted, Who, redaction_stream
from foedus.eventlog.log import EventLog
from foedus.ids import Position

LISTED_BYTES_MAX = 256 * 1024 * 1024
"""Bytes of a list; a line has one or two kilobytes."""

_REDACTED = """
SELECT r.position, r.event_id, r.account, r.nation, r.door, r."by",
       (SELECT text FROM label WHERE id = r.label), r.body
  FROM entry AS r
 WHERE r.kind = 'log.redacted' AND r.position > :after
 ORDER BY r.position
"""

_COMMITMENT = "SELECT commitment FROM entry WHERE position = :position"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One redaction.

    Attributes:
        at: its own position.
        event_id: its id.
        who: who redacted.
        label: its label.
        redacted: what it says: which entry, why, and what is left of that.
        commitment: of the entry that was erased, so that it is known again.
    """

    at: Position
    event_id: UUID
    who: Who
    label: str
    redacted: Redacted
    commitment: str


def listed(log: Path, *, after: int = 0) -> Iterator[Listed]:
    """List what was redacted in a log.

    Args:
        log: the file.
        after: the position after which redactions are listed.
    """
    with closing(open_readable(log)) as db:
        for row in db.execute(_REDACTED, {"after": after}):
            position, event_id, account, nation, door, by, label, body = row
            redacted = msgspec.json.decode(body, type=Redacted)
            yield Listed(
                at=Position(position),
                event_id=UUID(bytes=event_id),
                who=Who(account=account, nation=nation, door=door, by=by),
                label=label,
                redacted=redacted,
                commitment=_commitment(db, redacted.position) or "",
            )


def read_list(path: Path) -> list[Listed]:
    """Read a list that `foedus log redactions` wrote.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        if path.stat().st_size > LISTED_BYTES_MAX:
            raise InvalidInputError(f"{path.name} is too long for a list of redactions")
        text = path.read_bytes()
        if text.startswith(b"["):
            return msgspec.json.decode(text, type=list[Listed])
        return msgspec.json.Decoder(Listed).decode_lines(text)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"{path.name} is no list of redactions: make it by 'foedus log redactions'"
        ) from error


async def heed(log: EventLog, path: Path, listed: Iterable[Listed]) -> list[Position]:
    """Erase in a restored log what was redacted since the backup.

    Args:
        log: the restored log.
        path: its file.
        listed: what was redacted.

    Returns:
        The entries that were erased.

    Raises:
        InvalidInputError: an entry is another one: the list is another hub's.
    """
    erased: list[Position] = []
    for each in listed:
        with closing(open_readable(path)) as db:
            commitment = _commitment(db, each.redacted.position)
        if commitment is None:
            continue  # It was written after the backup, and is not there.
        if commitment != each.commitment:
            raise InvalidInputError(
                f"entry {each.redacted.position} is not the one that was redacted; "
                "the list belongs to another hub"
            )
        if await _erase(log, each):
            erased.append(each.redacted.position)
    return erased


async def _erase(log: EventLog, each: Listed) -> bool:
    head = log.head()
    request = Append(
        event_id=each.event_id,
        stream=redaction_stream(each.redacted.position),
        event=each.redacted,
        who=each.who,
        label=each.label,
    )
    try:
        return await log.redact(request) > head
    except ConflictError:
        return False  # The backup is younger than this redaction.


def _commitment(db: apsw.Connection, position: int) -> str | None:
    for (commitment,) in db.execute(_COMMITMENT, {"position": position}):
        return bytes(commitment).hex()
    return None
