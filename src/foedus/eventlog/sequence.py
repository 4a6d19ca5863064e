"""The one place where appends are decided, placed and chained; pure.

Every backend calls `sequence` inside its transaction, with the head and what it
knows of streams and ids as that transaction sees them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from foedus.errors import (
    ConflictError,
    FoedusError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.codec import kind_of
from foedus.eventlog.draft import Draft, Erasure
from foedus.eventlog.envelope import NO_DIGEST, Redacted, chain, header
from foedus.ids import START, Position

Outcome = Position | FoedusError
"""What became of one append: its position, or why it was refused."""

REDACTION: Final = kind_of(Redacted)
"""The kind of redaction events."""

AHEAD_MS_MAX = 250
"""Milliseconds that arrivals may run ahead of the clock before commits are slowed.

Arrivals grow by at least one from commit to commit, so many commits in one
millisecond, or a clock that was set back, put them ahead.
"""

SLOWED_S = 0.001
"""Seconds that a commit waits when arrivals are too far ahead; never longer."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the chain.

    Attributes:
        position: of the last entry.
        digest: of the last entry.
        arrival_ms: of the last commit.
    """

    position: Position = START
    digest: bytes = NO_DIGEST
    arrival_ms: int = 0


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that a redaction names.

    Attributes:
        kind: the tag of its event.
        erased: whether it was redacted already.
    """

    kind: str
    erased: bool


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction knows before it writes.

    Attributes:
        ids: positions of event ids among the drafts that are written already; may
            be empty where the backend refuses a second entry with one id.
        lasts: the last position of each stream that a draft has an expectation of;
            absent when the stream is empty.
        find: looks one event id up.
        target: looks at one entry that is to be redacted.
    """

    ids: Mapping[bytes, Position]
    lasts: Mapping[str, Position]
    find: Callable[[bytes], Position | None]
    target: Callable[[Position], Target | None]


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A draft with its place and its digest."""

    position: Position
    draft: Draft
    digest: bytes


class Sequenced(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit will write, and what to answer.

    Attributes:
        placed: the entries to write, in order.
        outcomes: one for each draft, in order.
        head: the end of the chain afterwards.
    """

    placed: list[Placed]
    outcomes: list[Outcome]
    head: Head


def next_arrival_ms(head: Head, now_ms: int) -> int:
    """Give the arrival of the next commit: the clock, but past the last commit."""
    return max(now_ms, head.arrival_ms + 1)


def is_too_far_ahead(arrival_ms: int, now_ms: int) -> bool:
    """Tell whether the next commit should be slowed to let the clock catch up."""
    return arrival_ms + 1 - now_ms > AHEAD_MS_MAX


def sequence(
    drafts: Sequence[Draft], head: Head, known: Known, arrival_ms: int
) -> Sequenced:
    """Decide drafts in order, give places to those accepted, and chain them.

    Args:
        drafts: what is to be appended.
        head: the end of the chain, read inside the transaction.
        known: ids and streams, read inside the transaction.
        arrival_ms: the arrival of this commit.
    """
    ids, lasts = dict(known.ids), dict(known.lasts)
    position, digest = head.position, head.digest
    placed: list[Placed] = []
    outcomes: list[Outcome] = []
    for draft in drafts:
        stream, after = draft.names[0], draft.after
        first = ids.get(draft.event_id)
        if first is None and after is not None:
            refusal = _refusal(draft, lasts.get(stream, START), known)
            if refusal is not None:
                first = known.find(draft.event_id)
                if first is None:
                    outcomes.append(refusal)
                    continue
        if first is not None:
            outcomes.append(_retried(draft, first, known))
            continue
        position = Position(position + 1)
        line = header(position, arrival_ms, draft.fixed_header)
        digest = chain(digest, line, draft.commitment)
        placed.append(Placed(position, draft, digest))
        outcomes.append(position)
        ids[draft.event_id] = lasts[stream] = position
    if placed:
        head = Head(position=position, digest=digest, arrival_ms=arrival_ms)
    return Sequenced(placed=placed, outcomes=outcomes, head=head)


def _retried(draft: Draft, first: Position, known: Known) -> Outcome:
    """Answer a retry; one that erases, only if the first time was the same."""
    if draft.erases is not None:
        target = known.target(draft.erases.position)
        if target is None or not target.erased:
            return ConflictError("the id of this redaction belongs to another event")
    return first


def _refusal(draft: Draft, last: Position, known: Known) -> FoedusError | None:
    """Tell why a draft with an expectation is refused, unless it is a retry."""
    if draft.erases is not None:
        return _refused_erasure(draft.erases, last, known)
    if draft.after is not None and last > draft.after:
        return ConflictError(
            f"{draft.names[0]} has moved on since position {draft.after}; read it again"
        )
    return None


def _refused_erasure(
    erasure: Erasure, last: Position, known: Known
) -> FoedusError | None:
    """Tell why an entry is not erased; every redaction has a stream of its own."""
    position = erasure.position
    target = known.target(position)
    if target is None:
        return NotFoundError(f"the log has no entry at position {position}")
    if target.kind == REDACTION:
        return RuleViolationError(
            f"the entry at position {position} is a redaction; it stays, since it "
            f"vouches for what was erased"
        )
    if target.erased or last > START:
        return ConflictError(f"the entry at position {position} was redacted already")
    if erasure.kind not in {None, target.kind}:
        return InvalidInputError(
            f"what is left of the entry at position {position} must be of its kind, "
            f"{target.kind}"
        )
    return None
