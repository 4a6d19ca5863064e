"""The one place where appends are decided, placed and chained; pure.

Every backend calls `sequence` inside its transaction, with the head and what it
knows of streams and ids as that transaction sees them.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from foedus.errors import ConflictError
from foedus.eventlog.draft import Draft
from foedus.eventlog.envelope import NO_DIGEST, chain, header
from foedus.eventlog.log import Outcome
from foedus.ids import START, Position

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


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction knows before it writes.

    Attributes:
        ids: positions of event ids among the drafts that are written already; may
            be empty where the backend refuses a second entry with one id.
        lasts: the last position of each stream that a draft has an expectation of;
            absent when the stream is empty.
        find: looks one event id up.
    """

    ids: Mapping[bytes, Position]
    lasts: Mapping[str, Position]
    find: Callable[[bytes], Position | None]


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
        if first is None and after is not None and lasts.get(stream, START) > after:
            first = known.find(draft.event_id)
            if first is None:
                outcomes.append(_conflict(draft))
                continue
        if first is not None:
            outcomes.append(first)
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


def _conflict(draft: Draft) -> ConflictError:
    return ConflictError(
        f"{draft.names[0]} has moved on since position {draft.after}; read it again"
    )
