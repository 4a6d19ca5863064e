"""Boards: what the objects of one POST are judged by.

Everything that admission may ask lies on the board before it begins, read from one
state of the views, so that admission itself is pure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import from_us
from foedus.errors import LabelError
from foedus.eventlog.envelope import Act
from foedus.ids import START, NationCode, Position
from foedus.intel.collections import Collection
from foedus.intel.definitions import HUB_LANE, carried_by_own
from foedus.intel.identities import registered
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.recalls import Blocked, blocked
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.labels import is_settled, parse_label
from foedus.releasability.viewers import Viewer
from foedus.stix.markings import (
    TLP_1,
    TLP_2,
    Definition,
    HubDefinition,
    TlpDefinition,
    read_definition,
)
from foedus.stix.objects import StixObject, parse_object

OwnLabels = dict[tuple[date, tuple[str, ...]], tuple[FixedLabel, bool]]
"""What lists of markings mean on a day, and whether they express it."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What one POST is judged by: who, where, when, and what the poster can know.

    Attributes:
        known: stored versions by id, in order of arrival; of all lanes, so that each
            has to be judged before it is used.
        readable: keys of the collections that the poster may read.
        original: gives the bytes of a stored version as they were sent.
        definition: gives the marking definition of an id, as the poster can know it.
        registered: to which nations the identities named in the POST belong.
        ceiling: the highest level that the hub may hold.
        ties: the one version that is meant by a reference to its id, by the id of
            what refers to it.
        ending: what has waited and is judged now, by id and version: since when.
        dated: what is taken over from elsewhere, likewise: when it was added there,
            in microseconds since 1970.
        has_releases: whether anything of the poster's nation was ever released.
        recalled: what the poster knows to be recalled, by id.
        own_labels: what each list of markings was found to mean on a day.
    """

    viewer: Viewer
    access: Access
    collection: Collection
    at: datetime
    known: Mapping[str, Sequence[Stored]]
    readable: frozenset[int]
    original: Callable[[int], bytes]
    definition: Callable[[str], Definition | None]
    registered: Mapping[str, NationCode] = {}
    ceiling: int
    ties: Mapping[str, Stored] = {}
    has_releases: bool = False
    ending: Mapping[tuple[str, int], int] = {}
    dated: Mapping[tuple[str, int], int] = {}
    recalled: Mapping[str, Sequence[Blocked]] = {}
    own_labels: OwnLabels = {}

    @property
    def nation(self) -> NationCode:
        """The nation that publishes."""
        return self.viewer.nation

    @property
    def holds(self) -> bool:
        """Whether versions wait here for what they refer to."""
        return bool(self.collection.hold_minutes)

    def ends(self, each: StixObject) -> bool:
        """Tell whether an object has waited and is judged now."""
        return (each.id, each.version_us) in self.ending

    def waited_since(self, each: StixObject) -> int | None:
        """Tell when an object that has waited arrived, in milliseconds."""
        return self.ending.get((each.id, each.version_us))

    def dated_us(self, each: StixObject) -> int | None:
        """Tell since when an object is elsewhere that is taken over from there."""
        return self.dated.get((each.id, each.version_us))

    def day_of(self, each: StixObject) -> date:
        """Give the day by which an object's label is fixed."""
        dated_us = self.dated_us(each)
        return self.access.on if dated_us is None else from_us(dated_us).date()

    def own(self, stix_id: str) -> Sequence[Stored]:
        """Give the poster's own versions of an id, as far as it is cleared for them."""
        if stix_id not in self.known:
            return ()
        return [
            each
            for each in self.known.get(stix_id, ())
            if each.nation == self.nation and each.label.level <= self.viewer.clearance
        ]

    def held(self, stix_id: str) -> Sequence[Stored]:
        """Give the other nations' versions of an id that the poster holds."""
        if stix_id not in self.known:
            return ()
        return [
            each
            for each in self.known.get(stix_id, ())
            if each.held
            and each.nation not in (self.nation, "")
            and each.collection in self.readable
        ]


def ends_of_lanes(
    seen: Snapshot,
    viewer: Viewer,
    collection: Collection,
    known: Iterable[Stored],
    ids: Sequence[str],
) -> dict[str, Position]:
    """Tell where the history of each of the poster's lanes ends."""
    ends = {
        stix_id: Position(position)
        for stix_id, position in seen.withdrawals(
            collection.key, viewer.nation, ids
        ).items()
    }
    for stored in known:
        if stored.nation == viewer.nation and stored.collection == collection.key:
            ends[stored.id] = max(stored.position, ends.get(stored.id, START))
    return ends


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes, where, when, and up to which level the hub takes anything.

    Attributes:
        ties: as on the board.
        ending: what has waited, and is published now.
        dated: what is taken over from elsewhere, by id and version: since when it
            is there, in microseconds since 1970.
    """

    viewer: Viewer
    act: Act
    collection: Collection
    ceiling: int | None
    ties: Mapping[str, Stored] = {}
    ending: tuple[Stored, ...] = ()
    dated: Mapping[tuple[str, int], int] = {}


def board_of(seen: Snapshot, post: Post, objects: Sequence[StixObject]) -> Board:
    """Gather what the objects of a POST are judged by."""
    (board,) = boards_of(seen, [(post, objects)])
    return board


def boards_of(
    seen: Snapshot, posts: Sequence[tuple[Post, Sequence[StixObject]]]
) -> list[Board]:
    """Gather at once what several POSTs of one viewer are judged by, each for itself.

    What is read of one is on the boards of all: whatever is asked of a board is asked
    by id. What a POST says itself, its definitions, is on its own alone.
    """
    viewer = posts[0][0].viewer
    every = [each for _, objects in posts for each in objects]
    ending = {each.key for post, _ in posts for each in post.ending}
    known: dict[str, list[Stored]] = {}
    for stored in seen.stored(viewer, sorted(wanted_ids(every))):
        if stored.key not in ending:
            known.setdefault(stored.id, []).append(stored)
    collections = seen.collections(viewer)
    readable = frozenset(each.key for each in collections if each.can_read)
    identities = {each.created_by_ref for each in every if each.created_by_ref}
    known_by_all = _Definitions(seen, viewer, known, {}, readable)
    own_labels: OwnLabels = {}
    shared = Board(
        viewer=viewer,
        access=seen.access,
        collection=posts[0][0].collection,
        at=posts[0][0].act.at,
        known=known,
        readable=readable,
        original=seen.original,
        definition=known_by_all,
        registered=registered(seen.db, identities),
        ceiling=0,
        has_releases=seen.has_releases(viewer.nation),
        recalled=blocked(seen.db, viewer, collections, [each.id for each in every]),
        own_labels=own_labels,
    )
    highest = len(seen.access.alliance.levels) - 1
    boards = []
    for post, objects in posts:
        given = {each.id: each for each in objects if each.type == "marking-definition"}
        own = _Definitions(seen, viewer, known, given, readable) if given else None
        boards.append(
            msgspec.structs.replace(
                shared,
                collection=post.collection,
                at=post.act.at,
                definition=own or known_by_all,
                own_labels={} if own else own_labels,
                ceiling=highest if post.ceiling is None else post.ceiling,
                ties=post.ties,
                ending={
                    (each.id, each.modified_us): each.information_ms
                    for each in post.ending
                },
                dated=post.dated,
            )
        )
    return boards


class _Definitions:
    """Looks up marking definitions, as far as the poster can know them.

    It knows what it sees, and what its own versions are or carry, delivered or not.

    Args:
        seen: one state of the views.
        viewer: the poster.
        known: the versions that are stored, by id.
        given: the definitions of the request, by id.
        readable: collections that the poster reads.
    """

    def __init__(
        self,
        seen: Snapshot,
        viewer: Viewer,
        known: Mapping[str, Sequence[Stored]],
        given: Mapping[str, StixObject],
        readable: frozenset[int],
    ) -> None:
        self._seen = seen
        self._viewer = viewer
        self._known = known
        self._given = given
        self._readable = readable
        self._found: dict[str, Definition | None] = {}
        self._carried: frozenset[int] | None = None

    def __call__(self, marking: str) -> Definition | None:
        """Give a definition; None where there is none that the poster can know."""
        if marking in _LIGHTS:
            return _LIGHTS[marking]
        if marking not in self._found:
            self._found[marking] = self._look_up(marking)
        return self._found[marking]

    def _look_up(self, marking: str) -> Definition | None:
        # What is stored and known goes before what the request says of it.
        for stored in self._known.get(marking, ()):
            if self._is_known(stored):
                return read_definition(parse_object(self._seen.original(stored.key)))
        given = self._given.get(marking)
        return None if given is None else read_definition(given)

    def _is_known(self, stored: Stored) -> bool:
        if stored.held and stored.collection in self._readable:
            return True
        if stored.nation == HUB_LANE:
            return stored.key in self._carried_by_own()
        return stored.nation == self._viewer.nation and (
            stored.label.level <= self._viewer.clearance
        )

    def _carried_by_own(self) -> frozenset[int]:
        if self._carried is None:
            every = (each for versions in self._known.values() for each in versions)
            kept = [each.key for each in every if each.nation == HUB_LANE]
            self._carried = carried_by_own(self._seen.db, self._viewer, kept)
        return self._carried


_LIGHTS: dict[str, Definition] = {
    str(marking): TlpDefinition(version=version, name=name)
    for version, lights in ((1, TLP_1), (2, TLP_2))
    for name, marking in lights.items()
}


def wanted_ids(objects: Iterable[StixObject]) -> set[str]:
    """Name all ids that judging some objects needs to know of."""
    ids: set[str] = set()
    for each in objects:
        ids.add(each.id)
        ids.update(each.references)
        ids.update(each.marking_refs)
        ids.update(each.granular_marking_refs)
    return ids


def settled_text(definition: Definition, alliance: Alliance) -> str | None:
    """Give the text of a hub marking whose meaning no day changes; None for others."""
    if not isinstance(definition, HubDefinition):
        return None
    try:
        label = parse_label(definition.text, alliance)
    except LabelError:
        return None
    return definition.text if is_settled(label) else None
