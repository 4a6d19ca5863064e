"""When a collection may be opened, and what withdrawing takes. Pure."""

import re
from collections.abc import Sequence
from uuid import UUID

import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import CollectionId, NationCode, StixId, new_collection_id
from foedus.intel.events import CollectionOpened, Rights, Withdrawn
from foedus.intel.pages import VersionTerm
from foedus.intel.reading import Stored
from foedus.releasability.access import Access
from foedus.releasability.ceilings import check_ceiling
from foedus.releasability.labels import print_label
from foedus.releasability.sources import read_label
from foedus.releasability.viewers import Role, Viewer

_ALIAS = re.compile(r"[a-z0-9._-]{1,64}")

TITLE_LENGTH_MAX = 200
"""Characters of a collection's title; it stands in lists."""

HOLD_MINUTES_MAX = 1_440
"""Minutes that a collection may hold versions: a day; then they are out of date."""

OPENERS = frozenset({Role.OPERATOR, Role.SECRETARIAT})
"""Roles of the alliance's own body that may open a collection, and withdraw on behalf
of a nation that cannot."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What a new collection shall be.

    Attributes:
        id: a UUID; None to mint one.
        default_label: what unmarked input gets, in any form `read_label` takes;
            None means the originator only.
        read: who may read: codes of nations and communities and names of roles,
            comma-separated; `PUBLIC` is everybody.
        write: who may write, likewise; empty means nobody.
        tear_lines: whether an object with marked properties is published together
            with its tear line.
        hold_minutes: how long a version waits for what it refers to; 0 for not at all.
    """

    alias: str
    title: str
    description: str = ""
    id: str | None = None
    default_label: str | None = None
    read: str = "MEMBERS"
    write: str = ""
    tear_lines: bool = False
    hold_minutes: int = 0


def open_collection(
    opening: Opening, viewer: Viewer, alliance: Alliance, *, ceiling: int | None = None
) -> CollectionOpened:
    """Decide whether a collection may be opened.

    Raises:
        ForbiddenError: the viewer is no operator or secretariat of the body.
        InvalidInputError: a name, an id or a right is not what it must be.
        LabelError: the default label is none, or above the hub's ceiling.
    """
    if viewer.nation != alliance.code or not viewer.roles & OPENERS:
        raise ForbiddenError("only the alliance's own body opens collections")
    if not _ALIAS.fullmatch(opening.alias):
        raise InvalidInputError(
            "an alias is 1 to 64 characters of a-z, 0-9, '.', '_' and '-'"
        )
    if opening.alias in {".", ".."} or _is_uuid(opening.alias):
        raise InvalidInputError("an alias is a word of its own, no UUID and no dots")
    if not 1 <= len(opening.title) <= TITLE_LENGTH_MAX:
        raise InvalidInputError(f"a title has 1 to {TITLE_LENGTH_MAX} characters")
    if not 0 <= opening.hold_minutes <= HOLD_MINUTES_MAX:
        raise InvalidInputError(
            f"references are held for 1 to {HOLD_MINUTES_MAX} minutes, or 0 for not"
        )
    default = opening.default_label
    if default is not None:
        label = read_label(default, alliance)
        if ceiling is not None:
            check_ceiling(label.level, ceiling, alliance)
        default = print_label(label, alliance)
    return CollectionOpened(
        collection=_collection_id(opening.id),
        alias=opening.alias,
        title=opening.title,
        description=opening.description,
        default_label=default,
        read=parse_rights(opening.read, alliance),
        write=parse_rights(opening.write, alliance),
        tear_lines=opening.tear_lines,
        hold_minutes=opening.hold_minutes,
    )


def parse_rights(text: str, alliance: Alliance) -> Rights:
    """Read who has a right, from codes separated by commas.

    Raises:
        InvalidInputError: a word is no nation, community or role.
    """
    nations: list[str] = []
    communities: list[str] = []
    roles: list[str] = []
    for word in (part.strip() for part in text.split(",") if part.strip()):
        if word.upper() == "PUBLIC":
            communities.append("PUBLIC")
        elif word in set(Role):
            roles.append(word)
        elif community := alliance.community(word):
            communities.append(community)
        elif nation := alliance.nation(word):
            nations.append(nation)
        elif word.upper() == alliance.code:
            nations.append(alliance.code)
        else:
            raise InvalidInputError(
                f"{word!r} is no nation, community or role of {alliance.name}; "
                "list the nations, or the communities"
            )
    return Rights(
        nations=tuple(nations), communities=tuple(communities), roles=tuple(roles)
    )


def owner(viewer: Viewer, nation: NationCode | None, access: Access) -> Viewer:
    """Tell as whom something is withdrawn: oneself, or a nation without standing.

    Such a nation sees nothing, its own included, so the alliance's own body withdraws
    on its behalf, up to the clearance of who does. Whatever the answer, it depends on
    nothing but who asks and on statuses, which are known to all.

    Args:
        viewer: who withdraws.
        nation: whose versions; None for the viewer's own nation.
        access: who has standing.

    Raises:
        NotFoundError: to this viewer other nations' versions are not there.
        RuleViolationError: the nation has standing and withdraws its own itself.
    """
    if nation is None or nation == viewer.nation:
        return viewer
    if viewer.nation != access.alliance.code or not viewer.roles & OPENERS:
        raise NotFoundError("no such object of your nation's; check the id")
    if access.standing(nation):
        raise RuleViolationError(
            f"{nation} has standing and withdraws its own itself; ask it to"
        )
    return msgspec.structs.replace(viewer, nation=nation)


def withdraw(
    lane: Sequence[Stored],
    terms: Sequence[VersionTerm],
    *,
    collection: CollectionId,
    viewer: Viewer,
    reason: str = "",
) -> Withdrawn:
    """Decide which versions of the poster's own lane go.

    Args:
        lane: the versions of the lane that the posting account sees.
        terms: which of them; `all`, `last`, `first` and instants in microseconds.
        collection: where.
        viewer: whose nation's lane it is; it takes nothing above its clearance.
        reason: why; kept in the log.

    Raises:
        NotFoundError: there is no such version in what the account sees.
    """
    instants = sorted(each.modified_us for each in lane)
    wanted: set[int] = set()
    for term in terms:
        match term:
            case "all":
                wanted.update(instants)
            case "last":
                wanted.update(instants[-1:])
            case "first":
                wanted.update(instants[:1])
            case _:
                wanted.update({term} & set(instants))
    if not wanted:
        raise NotFoundError("no such object of your nation's; check the id")
    return Withdrawn(
        collection=collection,
        id=StixId(lane[0].id),
        nation=viewer.nation,
        versions=tuple(sorted(wanted)),
        reason=reason,
        clearance=viewer.clearance,
    )


def _collection_id(text: str | None) -> CollectionId:
    if text is None:
        return new_collection_id()
    try:
        found = UUID(text)
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is no UUID") from error
    if str(found) != text.lower():
        raise InvalidInputError(f"write the id as {found}")
    return CollectionId(str(found))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def check_writable(can_write: bool, *, can_read: bool) -> None:  # noqa: FBT001
    """Refuse to write where the right is missing.

    Raises:
        NotFoundError: the viewer may not read it either, so it is not there.
        ForbiddenError: the viewer may only read it.
    """
    if can_write:
        return
    if can_read:
        raise ForbiddenError("you may read this collection but not write to it")
    raise NotFoundError("no such collection; list those that are there for you")
