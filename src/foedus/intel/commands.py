"""The verbs of intelligence: open a collection, publish, withdraw.

Publishing is one command per object, appended together: each object is admitted or
refused for itself, and the admitted ones share a commit where they fit. An object
whose lane moved meanwhile is judged anew.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ConflictError,
    FoedusError,
    InvalidInputError,
    TooLargeError,
)
from foedus.eventlog.envelope import Act, Append, Event
from foedus.eventlog.log import EventLog
from foedus.ids import START, CollectionId, Position, StixId, event_ids, new_event_id
from foedus.intel import admission, events, rules
from foedus.intel.admission import Admitted, Duplicate, Refused, Verdict
from foedus.intel.events import MarkingDefined, Published
from foedus.intel.pages import VersionTerm
from foedus.intel.reading import Collection, IntelReading, Snapshot, Stored
from foedus.intel.rules import Opening
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.stix.markings import (
    TLP_1,
    TLP_2,
    Definition,
    TlpDefinition,
    hub_marking_id,
    make_hub_definition,
    read_definition,
)
from foedus.stix.objects import StixObject, parse_object
from foedus.stix.stamp import stamp_object

ATTEMPTS = 3
"""How often an object is judged anew because its lane moved meanwhile."""


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where intelligence is published and read."""

    log: EventLog
    reading: IntelReading


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one object of a request.

    Attributes:
        id: as far as it could be read; empty otherwise.
        version: likewise.
        reason: why it was refused, or a remark.
        position: where it stands in the log, for waiting; None unless stored.
    """

    id: str
    version: str
    outcome: Literal["stored", "duplicate", "refused"]
    reason: str = ""
    position: Position | None = None


async def open_collection(
    desk: Desk, viewer: Viewer, act: Act, opening: Opening
) -> tuple[CollectionId, Position]:
    """Open a collection.

    Raises:
        ForbiddenError: the viewer may not.
        InvalidInputError: a part of the opening is not what it must be.
        LabelError: the default label is none.
        ConflictError: the alias or the id is taken.
    """
    with desk.reading.snapshot() as seen:
        event = rules.open_collection(opening, viewer, seen.access.alliance)
        taken = seen.has_collection(event.collection, event.alias)
    if taken:
        raise ConflictError(f"the alias {opening.alias!r} or the id is taken")
    position = await desk.log.append(
        _append(act, event, events.collection_stream(event.alias), after=START)
    )
    return event.collection, position


async def publish(
    desk: Desk,
    viewer: Viewer,
    act: Act,
    collection: str,
    objects: Sequence[bytes],
) -> list[Outcome]:
    """Publish objects into a collection.

    Args:
        desk: where.
        viewer: who publishes.
        act: the same, and when the request arrived.
        collection: id or alias.
        objects: the JSON text of each object.

    Returns:
        An outcome for each object, in their order.

    Raises:
        NotFoundError: no such collection for this viewer.
        ForbiddenError: the viewer may only read it.
        UnavailableError: the log takes no more now.
    """
    parsed = await asyncio.to_thread(_parse_all, objects)
    outcomes: list[Outcome | None] = [
        each if isinstance(each, Outcome) else None for each in parsed
    ]
    waiting = [place for place, each in enumerate(outcomes) if each is None]
    for _ in range(ATTEMPTS):
        batch = [_object(parsed[place]) for place in waiting]
        judged = await asyncio.to_thread(_judge, desk, viewer, act, collection, batch)
        again = []
        done = await _append_all(desk, judged)
        for place, outcome in zip(waiting, done, strict=True):
            if outcome is None:
                again.append(place)
            outcomes[place] = outcome
        waiting = again
        if not waiting:
            break
    return [
        each if each is not None else _overtaken(_object(parsed[place]))
        for place, each in enumerate(outcomes)
    ]


async def withdraw(
    desk: Desk,
    viewer: Viewer,
    act: Act,
    target: "Target",
) -> Position:
    """Withdraw versions of the viewer's own lane.

    Raises:
        NotFoundError: no such collection, or nothing of the own lane is visible.
        ForbiddenError: the viewer may read but not write, or write but not read.
        ConflictError: somebody was faster; decide anew.
    """
    with desk.reading.snapshot() as seen:
        collection = seen.collection(viewer, target.collection)
        rules.check_writable(collection.can_write, can_read=collection.can_read)
        stored = seen.stored(viewer, [target.id])
        ends = _ends(seen, viewer, collection, stored, [target.id])
        lane = [
            each
            for each in stored
            if each.nation == viewer.nation
            and each.collection == collection.key
            and each.label.level <= viewer.clearance
        ]
    event = rules.withdraw(
        lane,
        target.versions,
        collection=collection.id,
        viewer=viewer,
        reason=target.reason,
    )
    stream = events.lane_stream(collection.id, target.id, viewer.nation)
    return await desk.log.append(_append(act, event, stream, after=ends[target.id]))


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is withdrawn: versions of one id in one collection."""

    collection: str
    id: str
    versions: tuple[VersionTerm, ...] = ("last",)
    reason: str = ""


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A batch after admission: verdicts, and the appends of what is admitted."""

    objects: list[StixObject]
    verdicts: list[Verdict]
    definitions: list[Append]
    appends: dict[int, Append]


def _parse_all(objects: Sequence[bytes]) -> list[StixObject | Outcome]:
    parsed: list[StixObject | Outcome] = []
    for raw in objects:
        try:
            parsed.append(parse_object(raw))
        except (InvalidInputError, TooLargeError) as error:
            stix_id, version = _name_of(raw)
            parsed.append(
                Outcome(
                    id=stix_id, version=version, outcome="refused", reason=error.detail
                )
            )
    return parsed


class _Named(msgspec.Struct):
    id: str = ""
    modified: str = ""
    created: str = ""


def _name_of(raw: bytes) -> tuple[str, str]:
    """Read id and version of what was refused, as far as they can be read."""
    try:
        named = msgspec.json.decode(raw, type=_Named)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", ""
    return named.id[:200], (named.modified or named.created)[:100]


def _object(parsed: StixObject | Outcome) -> StixObject:
    assert isinstance(parsed, StixObject), "only what was read waits to be judged"
    return parsed


def _judge(
    desk: Desk,
    viewer: Viewer,
    act: Act,
    name: str,
    objects: list[StixObject],
) -> _Judged:
    with desk.reading.snapshot() as seen:
        collection = seen.collection(viewer, name)
        rules.check_writable(collection.can_write, can_read=collection.can_read)
        board = _board(seen, viewer, collection, act, objects)
        verdicts = admission.within_quota(
            admission.admit(objects, board), seen.labels_of(viewer.nation)
        )
        own = [one for each in objects for one in board.known.get(each.id, ())]
        ends = _ends(seen, viewer, collection, own, [each.id for each in objects])
    writer = _Writer(act=act, viewer=viewer, collection=collection, board=board)
    appends: dict[int, Append] = {}
    kept: list[Verdict] = []
    for place, (each, verdict) in enumerate(zip(objects, verdicts, strict=True)):
        assert verdict is not None, "every object was judged"
        kept.append(verdict)
        if isinstance(verdict, Admitted):
            after = ends.get(each.id, START) if each.id not in writer.met else None
            appends[place] = writer.published(each, verdict, after)
    return _Judged(
        objects=objects,
        verdicts=kept,
        definitions=list(writer.definitions.values()),
        appends=appends,
    )


def _ends(
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


def _board(
    seen: Snapshot,
    viewer: Viewer,
    collection: Collection,
    act: Act,
    objects: list[StixObject],
) -> admission.Desk:
    known: dict[str, list[Stored]] = {}
    for stored in seen.stored(viewer, sorted(admission.wanted_ids(objects))):
        known.setdefault(stored.id, []).append(stored)
    readable = frozenset(each.key for each in seen.collections(viewer) if each.can_read)
    return admission.Desk(
        viewer=viewer,
        access=seen.access,
        collection=collection,
        at=act.at,
        known=known,
        readable=readable,
        original=seen.original,
        definition=_definitions(seen, viewer, known, objects, readable),
    )


def _definitions(
    seen: Snapshot,
    viewer: Viewer,
    known: dict[str, list[Stored]],
    objects: list[StixObject],
    readable: frozenset[int],
) -> Callable[[str], Definition | None]:
    """Make the look-up of marking definitions, as far as the poster can know them."""
    given = {each.id: each for each in objects if each.type == "marking-definition"}
    found: dict[str, Definition | None] = {}

    def look_up(marking: str) -> Definition | None:
        if marking in _LIGHTS:
            return _LIGHTS[marking]
        if marking not in found:
            found[marking] = _find(marking)
        return found[marking]

    def _find(marking: str) -> Definition | None:
        # What is stored and known goes before what the request says of it.
        for stored in known.get(marking, ()):
            own = stored.nation == viewer.nation and (
                stored.label.level <= viewer.clearance
            )
            if own or (stored.held and stored.collection in readable):
                return read_definition(parse_object(seen.original(stored.key)))
        return read_definition(given[marking]) if marking in given else None

    return look_up


_LIGHTS: dict[str, Definition] = {
    str(marking): TlpDefinition(version=version, name=name)
    for version, lights in ((1, TLP_1), (2, TLP_2))
    for name, marking in lights.items()
}


class _Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A label as the events of one batch need it."""

    text: str
    encoded: msgspec.Raw
    marking: StixId


class _Writer:
    """Writes the events of one batch."""

    def __init__(
        self, *, act: Act, viewer: Viewer, collection: Collection, board: admission.Desk
    ) -> None:
        self._who = act.who
        self._event_ids = event_ids(to_ms(act.at))
        self._nation = viewer.nation
        self._collection = collection.id
        self._alliance = board.access.alliance
        self._printed: dict[FixedLabel, _Printed] = {}
        self.met: set[str] = set()
        self.definitions: dict[StixId, Append] = {}

    def _print(self, label: FixedLabel) -> _Printed:
        """Print a label once."""
        found = self._printed.get(label)
        if found is None:
            text = print_label(label.label, self._alliance)
            found = self._printed[label] = _Printed(
                text=text,
                encoded=msgspec.Raw(encode_label(label)),
                marking=hub_marking_id(text),
            )
        return found

    def published(
        self, each: StixObject, verdict: Admitted, after: Position | None
    ) -> Append:
        """Write one object's event, stamped where it has to be."""
        self.met.add(each.id)
        raw, splice, marking = each.raw, None, None
        printed = self._print(verdict.label)
        if verdict.stamped:
            marking = printed.marking
            if marking not in self.definitions:
                self.definitions[marking] = self._defined(marking, printed.text)
            raw, cut = stamp_object(each, marking)
            splice = (cut.offset, cut.length) if cut is not None else None
        event = Published(
            collection=self._collection,
            id=StixId(each.id),
            type=each.type,
            version=each.version,
            version_us=each.version_us,
            nation=self._nation,
            label=printed.encoded,
            joined=verdict.joined,
            information_ms=verdict.information_ms,
            spec_version=each.spec_version,
            created_by=each.created_by_ref,
            revoked=each.revoked,
            splice=splice,
            stamp=marking,
            object=msgspec.Raw(raw),
        )
        stream = events.lane_stream(self._collection, each.id, self._nation)
        return self._append(event, stream, after, printed.text)

    def _defined(self, marking: StixId, text: str) -> Append:
        """Write the event that defines a marking in the collection."""
        event = MarkingDefined(
            collection=self._collection,
            id=marking,
            text=text,
            object=msgspec.Raw(make_hub_definition(text)),
        )
        stream = events.marking_stream(self._collection, marking)
        return self._append(event, stream, START, text)

    def _append(
        self, event: Event, stream: str, after: Position | None, label: str
    ) -> Append:
        return Append(
            event_id=next(self._event_ids),
            stream=stream,
            event=event,
            who=self._who,
            label=label,
            after=after,
        )


async def _append_all(desk: Desk, judged: _Judged) -> list[Outcome | None]:
    """Append what was admitted; None for what has to be judged anew."""
    places = list(judged.appends)
    results = await desk.log.append_many(
        [*judged.definitions, *(judged.appends[place] for place in places)]
    )
    positions = dict(zip(places, results[len(judged.definitions) :], strict=True))
    return [
        _outcome(each, verdict, positions.get(place))
        for place, (each, verdict) in enumerate(
            zip(judged.objects, judged.verdicts, strict=True)
        )
    ]


def _outcome(
    each: StixObject, verdict: Verdict, result: Position | FoedusError | None
) -> Outcome | None:
    match verdict:
        case Refused() | Duplicate():
            return Outcome(
                id=each.id,
                version=each.version,
                outcome="refused" if isinstance(verdict, Refused) else "duplicate",
                reason=verdict.reason,
            )
        case Admitted():
            if isinstance(result, ConflictError):
                return None
            if isinstance(result, FoedusError):
                raise result
            return Outcome(
                id=each.id,
                version=each.version,
                outcome="stored",
                reason="; ".join(each.warnings),
                position=result,
            )


def _overtaken(each: StixObject) -> Outcome:
    return Outcome(
        id=each.id,
        version=each.version,
        outcome="refused",
        reason="others publish the same object at the same moment; send it again",
    )


def _append(
    act: Act,
    event: Event,
    stream: str,
    *,
    after: Position,
) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=stream,
        event=event,
        who=act.who,
        after=after,
    )
