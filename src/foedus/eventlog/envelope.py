"""What an entry of the log is: an event, who wrote it, and how it is chained.

- The header covers every column of an entry but salt and body, in one
  canonical serialisation: a JSON array as RFC 8785 would write it.
- commitment = SHA-256(salt ‖ body); digest = SHA-256(previous ‖ header ‖ commitment).
- An erased body and salt leave header, commitment and digest as they were.
"""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from foedus.ids import Position

SALT_BYTES = 16
"""Random bytes before a body in its commitment, so that it cannot be guessed."""

NO_DIGEST = bytes(32)
"""What stands before the first entry of the chain."""


Names = tuple[str, str, str, str, str, str | None]
"""Stream, kind, account, nation, door and by, in the order of the header."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What happened; each concrete event sets `tag="area.past-tense"`.

    Events are permanent: new fields are optional, a tag is never reused. A field
    of original bytes is a `msgspec.Raw` and the last one, so that the bytes stand
    verbatim at the end of the body.
    """


NOTHING = msgspec.Raw(b"null")
"""Stands where a field of JSON holds none."""


class Redacted(Event, frozen=True, kw_only=True, tag="log.redacted"):
    """The body and salt of an earlier entry were erased.

    Attributes:
        position: the entry that was erased.
        reason: why.
        residue: an event of the same kind that says what of the erased one is no
            content but is needed to fold the log again; `NOTHING` when nothing is.
    """

    position: Position
    reason: str = ""
    residue: msgspec.Raw = NOTHING


def redaction_stream(position: int) -> str:
    """Name the history of the redaction of one entry."""
    return f"log/redactions/{position}"


def residue_of(body: bytes) -> bytes | None:
    """Read the residue in the body of a redaction event; None if it has none.

    Raises:
        msgspec.MsgspecError: the body is no redaction event.
    """
    residue = bytes(msgspec.json.decode(body, type=Redacted).residue)
    return None if residue == bytes(NOTHING) else residue


class Who(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who wrote an event, and by which door.

    Attributes:
        account: the opaque account id.
        nation: the account's nation, or the code of the alliance's own body.
        door: the surface, such as `taxii`, `web`, `cli`.
        by: the operator who acted on the account's behalf; None when nobody did.
    """

    account: str
    nation: str
    door: str
    by: str | None = None


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, by which door, and when.

    Attributes:
        at: the instant of arrival, taken once by the surface.
    """

    who: Who
    at: datetime


class Append(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event to be appended to one stream.

    Attributes:
        event_id: minted by the command; a retry brings the same id.
        stream: the history that the event belongs to.
        event: what happened.
        who: who says so.
        label: the canonical label text; empty means unlabelled.
        after: refuse if the stream has an entry past this position; None means
            no expectation, `START` that the stream must be empty.
    """

    event_id: UUID
    stream: str
    event: Event
    who: Who
    label: str = ""
    after: Position | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry as it stands in the log; `Codec.decode` gives its event.

    Attributes:
        position: its place, from 1, without gaps.
        event_id: the id that the command minted.
        stream: the history that it belongs to.
        kind: the tag of the event.
        who: who wrote it.
        arrival_ms: the instant of its commit in ms since 1970; entries share it
            exactly when they share a commit.
        label: the canonical label text; empty means unlabelled.
        body: the event's JSON; None when it was redacted.
        residue: of an entry that was redacted, the JSON of the event that is left
            of it; None if nothing is.
    """

    position: Position
    event_id: UUID
    stream: str
    kind: str
    who: Who
    arrival_ms: int
    label: str
    body: bytes | None
    residue: bytes | None = None

    @property
    def erased(self) -> bool:
        """Whether the entry was redacted."""
        return self.body is None


def fixed_header(event_id: bytes, names: Names, label: str) -> bytes:
    """Write the part of an entry's header that does not depend on its place.

    Args:
        event_id: the sixteen bytes of the id.
        names: stream, kind, account, nation, door, by.
        label: the canonical label text.

    Raises:
        UnicodeEncodeError: a name is not text that UTF-8 can carry.
    """
    return _ENCODER.encode((event_id.hex(), *names, label))


def header(position: int, arrival_ms: int, fixed: bytes) -> bytes:
    """Write the header of an entry: one JSON array of all its columns.

    The order is position, arrival, event id in hexadecimal, stream, kind, account,
    nation, door, by, label.

    Source: RFC 8785 (JSON canonicalization scheme), section 3.2.
    """
    return b"[%d,%d,%b" % (position, arrival_ms, fixed[1:])


def commit_to(salt: bytes, body: bytes) -> bytes:
    """Commit to a body without telling it: SHA-256 of salt and body."""
    digest = hashlib.sha256(salt)
    digest.update(body)
    return digest.digest()


def chain(previous: bytes, header_bytes: bytes, commitment: bytes) -> bytes:
    """Give the digest of an entry from that of the entry before it."""
    return hashlib.sha256(previous + header_bytes + commitment).digest()


_ENCODER = msgspec.json.Encoder()
