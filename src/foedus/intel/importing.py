"""Taking over another server's collections: begin, take in, end.

- Only empty collections are filled, and nobody has a right to them until the import
  has ended: nothing that arrives here comes between what is dated elsewhere.
- Whoever runs the same import again goes on where it stopped: what is stored already
  is a duplicate, and what follows is dated as it would have been.
- What is taken over passes the same admission as everything else, as of the day on
  which it was added there.

Source: DESIGN §6, "Imported information is judged by its older date".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    TooLargeError,
)
from foedus.eventlog.envelope import Act, Append, Event
from foedus.ids import START, CollectionId, Position, new_event_id
from foedus.intel import commands, events, imports
from foedus.intel.admission import VERSIONS_MAX
from foedus.intel.commands import Desk
from foedus.intel.dating import ALIKE_MAX, part_us
from foedus.intel.events import (
    ApiRoot,
    ImportBegun,
    ImportEnded,
    ImportTerms,
    Placed,
)
from foedus.intel.judging import Manner, Outcome, parse_all
from foedus.intel.reading import Snapshot
from foedus.intel.rights import PUBLISHERS
from foedus.intel.rules import OPENERS, Opening, open_collection
from foedus.releasability.viewers import Viewer
from foedus.stix.objects import parse_object

COLLECTIONS_MAX: Final = 1_000
"""Collections of one import. All of them stand in one event."""

SET_OBJECTS_MAX: Final = 10_000
"""Objects of one set, about. Each is joined with the older ones, which are stored."""

SET_BYTES_MAX: Final = 16 << 20
"""Bytes of the objects of one set, about; it takes several times that in memory."""

ALIAS_LENGTH_MAX: Final = 200
"""Characters of an alias that another server gave."""

_OWN_PATHS = """
.well-known account admin alliance api audit auth board calendars capabilities
collections compat consultations cost-shares decisions digests docs engagements
engagements.csv events exercises favicon.ico feeds frameworks glossary graphql
guidance guide health help home
hub identities inbox intel labels live log map measures measures.csv metrics misp
nations nations.csv objects planning plans plots proposals protocols publish readiness
recalls regions releases response robots.txt runs search settings sign-in sign-out state
static status stream tasks taxii taxii2 training units units.csv updates watch web
worlds
"""

RESERVED: Final = frozenset(_OWN_PATHS.split())
"""First segments of paths that the hub itself answers under, today or one day."""

_ROOT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,63}").fullmatch
_NO_ALIAS = re.compile(r"[^a-z0-9._-]+")
_ALIAS = re.compile(r"[a-z0-9._-]{1,64}").fullmatch


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A collection that is to be taken over.

    Attributes:
        root: the path of its API root.
        alias: what it is called there; None for nothing.
        can_read: whether accounts could read it there.
        can_write: whether they could write.
    """

    id: CollectionId
    root: str
    title: str
    description: str = ""
    alias: str | None = None
    can_read: bool = False
    can_write: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken over, and on which terms.

    Attributes:
        source: the SHA-256 of the file, in hexadecimal.
    """

    source: str
    terms: ImportTerms
    roots: tuple[ApiRoot, ...]
    collections: tuple[Planned, ...]


class Dated(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An object, and when it was added where it comes from.

    Attributes:
        id: as far as it could be read.
        raw: its JSON text.
        added_us: in microseconds since 1970.
        following: how many more were dated alike and come after it.
    """

    id: str
    raw: bytes
    added_us: int
    following: int = 0


def sets_of(
    objects: Iterable[Dated], *, objects_max: int = SET_OBJECTS_MAX
) -> Iterator[list[Dated]]:
    """Give objects as sets whose labels are joined; what shares a date stays together.

    Args:
        objects: oldest added first.
        objects_max: how many are one set, about.
    """
    gathered: list[Dated] = []
    versions: Counter[str] = Counter()
    size = 0
    for each in objects:
        versions[each.id] += 1
        if versions[each.id] > VERSIONS_MAX:
            yield gathered
            gathered, versions, size = [], Counter([each.id]), 0
        gathered.append(each)
        size += len(each.raw)
        is_full = len(gathered) >= objects_max or size >= SET_BYTES_MAX
        if is_full and not each.following % ALIKE_MAX:
            yield gathered
            gathered, versions, size = [], Counter(), 0
    if gathered:
        yield gathered


async def begin(desk: Desk, viewer: Viewer, act: Act, plan: Plan) -> Position | None:
    """Begin an import, or find that it has begun.

    Args:
        desk: where.
        viewer: who opens collections for the alliance's own body.
        act: the same, and when.
        plan: what is taken over.

    Returns:
        Where its begin stands in the log; None if it had begun before.

    Raises:
        ForbiddenError: the viewer may not open collections.
        InvalidInputError: a path, a name or a right is not what it must be.
        LabelError: the default label is none, or above the hub's ceiling.
        TooLargeError: there are too many collections.
        ConflictError: it has ended, or has begun on other terms; or a collection is
            not empty, or a path is taken.
    """
    with desk.reading.snapshot() as seen:
        found = imports.find_import(seen.db, plan.source)
        if found is not None:
            _check_same(found, plan)
            return None
        event = _begun(seen, viewer, plan, desk.ceiling)
    return await _append(desk, act, event, plan.source, after=START)


async def open_collections(
    desk: Desk, viewer: Viewer, act: Act, plan: Plan
) -> list[Position]:
    """Open the collections of an import that are not there yet.

    Raises:
        LabelError: the default label is none.
        InvalidInputError: a part of an opening is not what it must be.
        ConflictError: one was filled in the moment before the import began.
    """
    with desk.reading.snapshot() as seen:
        there = {each.id for each in seen.every_collection()}
        aliases = hub_aliases(plan, {each.alias for each in seen.every_collection()})
    positions = []
    for each in plan.collections:
        if each.id in there:
            continue
        opening = _opening(each, aliases[each.id], plan.terms)
        _, position = await commands.open_collection(desk, viewer, act, opening)
        positions.append(position)
    return positions


def check_untouched(desk: Desk, plan: Plan) -> None:
    """See that nothing came into a collection while the import began.

    Raises:
        ConflictError: something did.
    """
    with desk.reading.snapshot() as seen:
        for each in plan.collections:
            if imports.holds_anything(seen.db, each.id):
                raise ConflictError(_not_empty(each.id))


async def take_in(
    desk: Desk,
    viewer: Viewer,
    act: Act,
    collection: CollectionId,
    objects: Sequence[Dated],
) -> list[Outcome]:
    """Publish objects with the dates that they had.

    Args:
        desk: where.
        viewer: on whose behalf.
        act: the same, and when.
        collection: one of an import that has begun and not ended.
        objects: oldest added first, also from call to call.

    Returns:
        An outcome for each object, in their order.

    Raises:
        ForbiddenError: the viewer publishes nothing, or the collection is not of an
            import that goes on.
        UnavailableError: the log takes no more now.
    """
    with desk.reading.snapshot() as seen:
        _check_open(seen, viewer, collection)
    dated: dict[tuple[str, int], int] = {}
    for each in objects:
        try:
            head = parse_object(each.raw)
        except (InvalidInputError, TooLargeError):
            continue  # Its outcome says so.
        at = part_us(each.added_us, each.following)
        dated.setdefault((head.id, head.version_us), at)
    raws = [each.raw for each in objects]
    if not dated:
        return [each for each in parse_all(raws) if isinstance(each, Outcome)]
    manner = Manner(dated=dated)
    return await commands.publish(desk, viewer, act, collection, raws, manner=manner)


async def end(desk: Desk, act: Act, plan: Plan) -> Position:
    """End an import: everything comes into sight.

    Raises:
        ConflictError: somebody was faster.
    """
    *_, last = desk.log.read(_stream(plan.source))
    event = ImportEnded(source=plan.source)
    return await _append(desk, act, event, plan.source, after=last.position)


def hub_aliases(plan: Plan, taken: Iterable[str]) -> dict[CollectionId, str]:
    """Give each collection's alias in the hub: the one it had, where that can be."""
    given: dict[CollectionId, str] = {}
    gone = set(taken)
    for each in plan.collections:
        alias = each.alias
        if alias is None or alias in gone or not _ALIAS(alias):
            root = _NO_ALIAS.sub("-", each.root.lower())[:40]
            alias = f"{root}-{each.id[:8]}"
        given[each.id] = alias
        gone.add(alias)
    return given


def _opening(planned: Planned, alias: str, terms: ImportTerms) -> Opening:
    return Opening(
        id=planned.id,
        alias=alias,
        title=planned.title,
        description=planned.description,
        default_label=terms.default_label,
        read=terms.read if planned.can_read else "",
        write=terms.write if planned.can_write else "",
    )


def _begun(
    seen: Snapshot, viewer: Viewer, plan: Plan, ceiling: int | None
) -> ImportBegun:
    """Decide whether an import may begin."""
    alliance = seen.access.alliance
    if viewer.nation != alliance.code or not viewer.roles & OPENERS:
        raise ForbiddenError("only the alliance's own body takes collections over")
    if not plan.collections:
        raise InvalidInputError("there is no collection in it; nothing to take over")
    if len(plan.collections) > COLLECTIONS_MAX:
        raise TooLargeError(f"more than {COLLECTIONS_MAX} collections; split the file")
    for root in plan.roots:
        _check_root(seen, root)
    _check_names(plan)
    aliases = hub_aliases(plan, {each.alias for each in seen.every_collection()})
    for each in plan.collections:
        _check_empty(seen, each.id)
        opening = _opening(each, aliases[each.id], plan.terms)
        open_collection(opening, viewer, alliance, ceiling=ceiling)
    return ImportBegun(
        source=plan.source,
        terms=plan.terms,
        roots=plan.roots,
        collections=tuple(
            Placed(
                collection=each.id,
                root=each.root,
                alias=None if each.alias == aliases[each.id] else each.alias,
            )
            for each in plan.collections
        ),
    )


def _check_root(seen: Snapshot, root: ApiRoot) -> None:
    if _ROOT(root.path) is None or root.path.lower() in RESERVED:
        raise InvalidInputError(
            f"the hub cannot answer below /{root.path[:64]!a}/: a path is 1 to "
            "64 letters, digits and any of '._~-', and none that the hub has itself; "
            "rename the API root in the file"
        )
    if imports.find_root(seen.db, root.path) is not None:
        raise ConflictError(f"there is an API root /{root.path}/ already")


def _check_names(plan: Plan) -> None:
    ids = Counter(each.id for each in plan.collections)
    aliases = Counter(
        (each.root, each.alias) for each in plan.collections if each.alias is not None
    )
    twice = [name for name, count in (*ids.items(), *aliases.items()) if count > 1]
    if twice:
        raise InvalidInputError(f"two collections are called {twice[0]}; rename one")
    for _, alias in aliases:
        if not alias or "/" in alias or len(alias) > ALIAS_LENGTH_MAX:
            raise InvalidInputError(f"{alias[:64]!a} is no alias; rename it")


def _check_empty(seen: Snapshot, collection: CollectionId) -> None:
    source = imports.source_of(seen.db, collection)
    if source is not None:
        raise ConflictError(
            f"collection {collection} is of another import, of a file whose SHA-256 "
            f"is {source}"
        )
    if imports.holds_anything(seen.db, collection):
        raise ConflictError(_not_empty(collection))


def _not_empty(collection: CollectionId) -> str:
    return (
        f"collection {collection} is not empty, and older dates cannot come behind "
        "newer ones; import into a hub that does not have it"
    )


def _check_same(found: imports.Import, plan: Plan) -> None:
    if found.ended:
        raise ConflictError("this file was taken over already; nothing to do")
    if found.terms != plan.terms:
        terms = found.terms
        raise ConflictError(
            "this import was begun on other terms; run it as before, with the same "
            f"--as, --read {terms.read or '(nobody)'}, --write "
            f"{terms.write or '(nobody)'} and --default-label "
            f"{terms.default_label or '(none)'}"
        )


def _check_open(seen: Snapshot, viewer: Viewer, collection: CollectionId) -> None:
    source = imports.source_of(seen.db, collection)
    found = None if source is None else imports.find_import(seen.db, source)
    if found is None or found.ended:
        raise ForbiddenError("nothing is being taken over into this collection")
    if found.terms.account != viewer.account:
        raise ForbiddenError("the import is on another account's behalf")
    if not viewer.roles & PUBLISHERS or not seen.access.standing(viewer.nation):
        raise ForbiddenError(
            "objects are taken over on behalf of an account that publishes; give one "
            "with the role publisher, of a nation that has standing"
        )


def _stream(source: str) -> str:
    return events.import_stream(source)


async def _append(
    desk: Desk, act: Act, event: Event, source: str, *, after: Position
) -> Position:
    return await desk.log.append(
        Append(
            event_id=new_event_id(to_ms(act.at)),
            stream=_stream(source),
            event=event,
            who=act.who,
            after=after,
        )
    )
