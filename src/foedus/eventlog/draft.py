"""Appends made ready for the sequencer: encoded, salted, committed to, checked.

Everything that can be wrong with one append is found here, so that it harms
nobody who shares its commit.
"""

import os
from collections.abc import Sequence

import msgspec

from foedus.errors import FoedusError, InvalidInputError, TooLargeError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import (
    SALT_BYTES,
    Append,
    Names,
    Redacted,
    commit_to,
    fixed_header,
    redaction_stream,
    residue_of,
)
from foedus.ids import START, Position

BODY_BYTES_MAX = 16 * 1024 * 1024
"""Bytes of one event. Far above any object a surface admits; bounds a commit."""

HEADER_BYTES_MAX = 8 * 1024
"""Bytes of the header of one entry. Names and labels are short; a label of all
nations of the world needs less than 2 kB."""


class Erasure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a redaction erases.

    Attributes:
        position: the entry whose body and salt go.
        kind: of the residue, and so of the entry; None when there is no residue.
    """

    position: Position
    kind: str | None


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An append made ready: encoded, salted and committed to, but without a place.

    Attributes:
        event_id: the sixteen bytes of the id.
        names: stream, kind, account, nation, door, by, as the entry holds them.
        label: the canonical label text.
        after: the expectation of the append.
        salt: sixteen random bytes.
        body: the event's JSON.
        commitment: SHA-256 of salt and body.
        fixed_header: the part of the header that does not depend on the place.
        size: bytes that the entry takes, near enough for limits.
        erases: what the commit of this entry erases; None for all but redactions.
    """

    event_id: bytes
    names: Names
    label: str
    after: Position | None
    salt: bytes
    body: bytes
    commitment: bytes
    fixed_header: bytes
    size: int
    erases: Erasure | None = None

    @property
    def stream(self) -> str:
        """The stream to append to."""
        return self.names[0]

    @property
    def nation(self) -> str:
        """The nation on whose behalf it is appended."""
        return self.names[3]


def draft_all(codec: Codec, requests: Sequence[Append]) -> list[Draft | FoedusError]:
    """Make appends ready, each with its own outcome, in order."""
    salts = os.urandom(SALT_BYTES * len(requests))
    drafts: list[Draft | FoedusError] = []
    for index, request in enumerate(requests):
        salt = salts[SALT_BYTES * index : SALT_BYTES * (index + 1)]
        try:
            drafts.append(_draft(codec, request, salt))
        except FoedusError as error:
            drafts.append(error)
    return drafts


def draft_redaction(codec: Codec, request: Append) -> Draft:
    """Make a redaction ready.

    Raises:
        InvalidInputError: the event is no redaction, its stream is not the one of
            this redaction, or its residue is no event.
        TooLargeError: the event or its names are above the limit of bytes.
    """
    event = request.event
    if not isinstance(event, Redacted):
        raise InvalidInputError("only an event of the kind log.redacted erases")
    stream = redaction_stream(event.position)
    if request.stream != stream:
        raise InvalidInputError(f"the stream of this redaction is {stream}")
    draft = _draft(codec, request, os.urandom(SALT_BYTES))
    residue = residue_of(draft.body)
    kind = None if residue is None else codec.kind_in(residue)
    erasure = Erasure(position=event.position, kind=kind)
    return msgspec.structs.replace(draft, after=START, erases=erasure)


def _draft(codec: Codec, request: Append, salt: bytes) -> Draft:
    who = request.who
    kind, body = codec.encode(request.event)
    names = (request.stream, kind, who.account, who.nation, who.door, who.by)
    event_id = request.event_id.bytes
    fixed = _checked_header(event_id, names, request.label)
    if len(body) > BODY_BYTES_MAX:
        raise TooLargeError(f"an event may have at most {BODY_BYTES_MAX} bytes")
    return Draft(
        event_id,
        names,
        request.label,
        request.after,
        salt,
        body,
        commit_to(salt, body),
        fixed,
        len(body) + len(fixed),
    )


def _checked_header(event_id: bytes, names: Names, label: str) -> bytes:
    if "" in names:
        raise InvalidInputError(
            "stream, account, nation and door of an append must not be empty"
        )
    try:
        fixed = fixed_header(event_id, names, label)
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            "stream, account, nation, door and label must be valid Unicode text"
        ) from error
    # A single letter is found many times as fast as six.
    if b"\\" in fixed and b"\\u0000" in fixed:
        raise InvalidInputError("an entry's names must not hold the character NUL")
    if len(fixed) > HEADER_BYTES_MAX:
        raise TooLargeError(
            f"names and label of an append may have at most {HEADER_BYTES_MAX} bytes"
        )
    return fixed
