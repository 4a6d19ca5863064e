"""Withdrawing an object wherever one's nation has published it.

A withdrawal is of one collection. Here all collections are asked first, so that one
that refuses leaves everything as it was.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from foedus.errors import InvalidInputError, NotFoundError
from foedus.eventlog.envelope import Act
from foedus.ids import Position
from foedus.intel import rules
from foedus.intel.commands import Desk, Target, withdraw
from foedus.intel.pages import VersionTerm
from foedus.intel.reading import Collection, Snapshot, Stored
from foedus.releasability.viewers import Viewer
from foedus.stix.timestamps import parse_instant

REASON_LENGTH_MAX = 2_000
"""Characters of a reason; it is read by people."""

_WORDS: Final[dict[str, VersionTerm]] = {"first": "first", "last": "last", "all": "all"}


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be withdrawn.

    Attributes:
        id: a STIX id.
        version: a version as it is written, or `first`, `last`; None or `all` is all
            that the account sees of its nation's own.
        collection: id or alias; None for every one in which the nation has published
            the object.
        reason: why; kept in the log.
    """

    id: str
    version: str | None = None
    collection: str | None = None
    reason: str = ""


class Withdrew(msgspec.Struct, frozen=True, kw_only=True):
    """What was withdrawn from a collection.

    Attributes:
        collection: its alias.
        versions: as they were written, oldest first.
    """

    collection: str
    versions: tuple[str, ...]


async def withdraw_object(
    desk: Desk, viewer: Viewer, act: Act, wanted: Withdrawal
) -> tuple[list[Withdrew], Position]:
    """Withdraw versions of the viewer's own.

    Returns:
        What was withdrawn, by collection, and the position to wait for.

    Raises:
        InvalidInputError: the version is none, or the reason is too long.
        NotFoundError: no such collection, or nothing of the own nation's is visible.
        ForbiddenError: the viewer may not write to one of the collections.
        ConflictError: somebody was faster; decide anew.
    """
    if len(wanted.reason) > REASON_LENGTH_MAX:
        raise InvalidInputError(f"a reason has at most {REASON_LENGTH_MAX} characters")
    term = _term(wanted.version)
    with desk.reading.snapshot() as seen:
        found = list(_found(seen, viewer, wanted, term))
    if not found:
        raise NotFoundError("no such object of your nation's")
    for collection, _ in found:
        rules.check_writable(collection.can_write, can_read=collection.can_read)
    withdrew = []
    for collection, versions in found:
        instants = tuple(dict.fromkeys(each.modified_us for each in versions))
        target = Target(
            collection=collection.id,
            id=wanted.id,
            versions=instants,
            reason=wanted.reason,
        )
        position = await withdraw(desk, viewer, act, target)
        texts = tuple(each.version for each in versions)
        withdrew.append(Withdrew(collection=collection.alias, versions=texts))
    return withdrew, position


def _term(text: str | None) -> VersionTerm:
    if text is None:
        return "all"
    if text in _WORDS:
        return _WORDS[text]
    try:
        return parse_instant(text).us
    except InvalidInputError as error:
        raise InvalidInputError(
            "the version is none; write it as the object does, or first, last or all"
        ) from error


def _found(
    seen: Snapshot, viewer: Viewer, wanted: Withdrawal, term: VersionTerm
) -> Iterator[tuple[Collection, Sequence[Stored]]]:
    """Find the own nation's versions that are meant, as far as the viewer sees them."""
    collections = (
        seen.collections(viewer)
        if wanted.collection is None
        else [seen.collection(viewer, wanted.collection)]
    )
    own = [
        each
        for each in seen.stored(viewer, [wanted.id])
        if each.nation == viewer.nation and each.label.level <= viewer.clearance
    ]
    for collection in collections:
        lane = [each for each in own if each.collection == collection.key]
        lane.sort(key=lambda each: (each.modified_us, each.key))
        if meant := _meant(lane, term):
            yield collection, meant


def _meant(lane: list[Stored], term: VersionTerm) -> list[Stored]:
    match term:
        case "all":
            return lane
        case "first" | "last":
            ends = lane[:1] if term == "first" else lane[-1:]
            return [each for each in lane if each.modified_us == ends[0].modified_us]
        case _:
            return [each for each in lane if each.modified_us == term]
