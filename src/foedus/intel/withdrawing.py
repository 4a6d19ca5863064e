"""Withdrawing an object wherever one's nation has published it.

A withdrawal is of one collection. Here all collections are asked first, so that one
that refuses leaves everything as it was.

What a nation without standing published, it cannot withdraw: it sees nothing. The
secretariat does so on its behalf.

Source: DESIGN §6, "Order of judgement".
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from foedus.errors import InvalidInputError, NotFoundError
from foedus.eventlog.envelope import Act
from foedus.ids import NationCode, Position
from foedus.intel import rules
from foedus.intel.collections import Collection
from foedus.intel.commands import Desk, Target, withdraw
from foedus.intel.pages import VersionTerm
from foedus.intel.reading import Snapshot, Stored
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
        nation: by code or name, on whose behalf; None for one's own.
    """

    id: str
    version: str | None = None
    collection: str | None = None
    reason: str = ""
    nation: str | None = None


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
    """Withdraw versions of the viewer's own, or of a nation without standing.

    Returns:
        What was withdrawn, by collection, and the position to wait for.

    Raises:
        InvalidInputError: the version is none, or the reason is too long.
        NotFoundError: no such collection, or nothing of the own nation's is visible;
            or it is another nation's, and the viewer withdraws for none.
        ForbiddenError: the viewer may not write to one of the collections.
        RuleViolationError: it is another nation's, which has standing.
        ConflictError: somebody was faster; decide anew.
    """
    if len(wanted.reason) > REASON_LENGTH_MAX:
        raise InvalidInputError(f"a reason has at most {REASON_LENGTH_MAX} characters")
    term = _term(wanted.version)
    with desk.reading.snapshot() as seen:
        owner = rules.owner(viewer, _nation(wanted, viewer, seen), seen.access)
        collections = _collections(seen, viewer, wanted.collection, owner)
        found = list(_found(seen, owner, collections, (wanted.id, term)))
    if not found:
        whose = "your nation" if owner is viewer else owner.nation
        raise NotFoundError(f"no such object of {whose}'s; check the id")
    if owner is viewer:
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
            nation=owner.nation,
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


def _nation(wanted: Withdrawal, viewer: Viewer, seen: Snapshot) -> NationCode | None:
    """Tell which nation is meant; one that is none has no objects, like any other."""
    if wanted.nation is None or wanted.nation.upper() == viewer.nation:
        return None
    found = seen.access.alliance.nation(wanted.nation)
    return NationCode(wanted.nation) if found is None else found


def _collections(
    seen: Snapshot, viewer: Viewer, name: str | None, owner: Viewer
) -> Sequence[Collection]:
    if owner is not viewer:
        every = seen.every_collection()
        return every if name is None else [seen.any_collection(name)]
    return seen.collections(viewer) if name is None else [seen.collection(viewer, name)]


def _found(
    seen: Snapshot,
    owner: Viewer,
    collections: Sequence[Collection],
    wanted: tuple[str, VersionTerm],
) -> Iterator[tuple[Collection, Sequence[Stored]]]:
    """Find the owner's versions that are meant, as far as it is cleared for them."""
    stix_id, term = wanted
    own = [
        each
        for each in seen.stored(owner, [stix_id])
        if each.nation == owner.nation and each.label.level <= owner.clearance
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
