"""The verbs of intelligence: open a collection, publish, withdraw.

Publishing is one command per object, appended together: each object is admitted or
refused for itself, and the admitted ones share a commit where they fit. An object
whose lane moved meanwhile is judged anew.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
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
from foedus.ids import (
    START,
    CollectionId,
    NationCode,
    Position,
    StixId,
    new_event_id,
)
from foedus.intel import admission, events, rules
from foedus.intel.admission import Admitted, Duplicate, Refused, Verdict
from foedus.intel.boards import Board, Post, board_of, ends_of_lanes
from foedus.intel.dating import in_commits
from foedus.intel.following import state
from foedus.intel.pages import VersionTerm
from foedus.intel.reading import IntelReading, Snapshot, Stored
from foedus.intel.rules import Opening
from foedus.intel.writing import Writer
from foedus.releasability.viewers import Viewer
from foedus.settings import Automation
from foedus.stix.objects import StixObject, parse_object

REFERRERS_NAMED = 10
"""Objects that a remark names; it is read by people."""

OUTCOMES_HERE_MAX = 500
"""Objects whose outcomes are put together on the event loop; of more, elsewhere."""

ATTEMPTS = 3
"""How often an object is judged anew because its lane moved meanwhile."""

LOOKS = 50
"""How often it is looked whether the views show what was faster, before that."""

LOOK_EVERY_S = 0.02


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where intelligence is published and read.

    Attributes:
        ceiling: the highest level that the hub may hold; None for no ceiling.
        automation: what the hub itself carries out of protocols.
    """

    log: EventLog
    reading: IntelReading
    ceiling: int | None = None
    automation: Automation = Automation()


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
        event = rules.open_collection(
            opening, viewer, seen.access.alliance, ceiling=desk.ceiling
        )
        taken = seen.has_collection(event.collection, event.alias)
    if taken:
        raise ConflictError(
            f"the alias {opening.alias!r} or the id is taken; choose another"
        )
    position = await desk.log.append(
        _append(act, event, events.collection_stream(event.alias), after=START)
    )
    return event.collection, position


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How objects are published.

    Attributes:
        replaces: whether a new version withdraws the older ones of its lane.
        origins: what an object of the request was made from, by its id.
        ties: what a relationship of the request is tied to, by its id.
        ending: what has waited for what it refers to, and is published now.
        dated: what is taken over from elsewhere, by id and version: since when it
            is there, in microseconds since 1970. Given in that order.
    """

    replaces: bool = False
    origins: Mapping[str, StixId] = {}
    ties: Mapping[str, Stored] = {}
    ending: tuple[Stored, ...] = ()
    dated: Mapping[tuple[str, int], int] = {}


PLAINLY = Manner()
"""As a client publishes: older versions stay where they are."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes, where, and how; `collection` is an id or an alias."""

    viewer: Viewer
    act: Act
    collection: str
    manner: Manner = PLAINLY


async def publish(  # noqa: PLR0913 - who, where and what; how is rarely said
    desk: Desk,
    viewer: Viewer,
    act: Act,
    collection: str,
    objects: Sequence[bytes],
    *,
    manner: Manner = PLAINLY,
) -> list[Outcome]:
    """Publish objects into a collection.

    Args:
        desk: where.
        viewer: who publishes.
        act: the same, and when the request arrived.
        collection: id or alias.
        objects: the JSON text of each object.
        manner: how.

    Returns:
        An outcome for each object, in their order.

    Raises:
        NotFoundError: no such collection for this viewer.
        ForbiddenError: the viewer may only read it.
        UnavailableError: the log takes no more now.
    """
    request = Request(viewer=viewer, act=act, collection=collection, manner=manner)
    parsed, judged = await asyncio.to_thread(_read, desk, request, objects)
    outcomes: list[Outcome | None] = [
        each if isinstance(each, Outcome) else None for each in parsed
    ]
    waiting = [place for place, each in enumerate(outcomes) if each is None]
    for attempt in range(ATTEMPTS):
        if attempt:
            await _catch_up(desk)
            batch = [_object(parsed[place]) for place in waiting]
            judged = await asyncio.to_thread(_judge, desk, request, batch)
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


async def _catch_up(desk: Desk) -> None:
    """Wait a little for the views: by older ones it would be judged as before."""
    head = desk.log.head()

    def position() -> int:
        with desk.reading.snapshot() as seen:
            return state(seen)[0]

    for _ in range(LOOKS):
        if await asyncio.to_thread(position) >= head:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def withdraw(
    desk: Desk,
    viewer: Viewer,
    act: Act,
    target: "Target",
) -> Position:
    """Withdraw versions of the viewer's own lane, or on behalf of another nation.

    Raises:
        NotFoundError: no such collection, or nothing of that lane is there for the
            viewer.
        ForbiddenError: the viewer may read but not write, or write but not read.
        RuleViolationError: it is another nation's, which has standing.
        ConflictError: somebody was faster; decide anew.
    """
    with desk.reading.snapshot() as seen:
        owner = rules.owner(viewer, target.nation, seen.access)
        if owner is viewer:
            collection = seen.collection(viewer, target.collection)
            rules.check_writable(collection.can_write, can_read=collection.can_read)
        else:
            collection = seen.any_collection(target.collection)
        stored = seen.stored(owner, [target.id])
        ends = ends_of_lanes(seen, owner, collection, stored, [target.id])
        lane = [
            each
            for each in stored
            if each.nation == owner.nation
            and each.collection == collection.key
            and each.label.level <= owner.clearance
        ]
    event = rules.withdraw(
        lane,
        target.versions,
        collection=collection.id,
        viewer=owner,
        reason=target.reason,
    )
    stream = events.lane_stream(collection.id, target.id, owner.nation)
    return await desk.log.append(_append(act, event, stream, after=ends[target.id]))


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is withdrawn: versions of one id in one collection.

    Attributes:
        nation: on whose behalf, where that nation has no standing; None for one's own.
    """

    collection: str
    id: str
    versions: tuple[VersionTerm, ...] = ("last",)
    reason: str = ""
    nation: NationCode | None = None


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A batch after admission: verdicts, and the appends of what is admitted."""

    objects: list[StixObject]
    verdicts: list[Verdict]
    definitions: list[Append]
    appends: dict[int, Append]
    remarks: dict[int, str]


def _read(
    desk: Desk, request: Request, objects: Sequence[bytes]
) -> tuple[list[StixObject | Outcome], _Judged]:
    """Read the objects of a request, and judge those that can be read."""
    parsed = parse_all(objects)
    batch = [each for each in parsed if isinstance(each, StixObject)]
    return parsed, _judge(desk, request, batch)


def parse_all(objects: Sequence[bytes]) -> list[StixObject | Outcome]:
    """Read the objects of a request; what cannot be read has its outcome already."""
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


def judge(
    seen: Snapshot, desk: Desk, request: Request, objects: list[StixObject]
) -> tuple[Board, list[Verdict]]:
    """Judge objects as they are judged when they are published.

    Raises:
        NotFoundError: no such collection for this viewer.
        ForbiddenError: the viewer may only read it.
    """
    viewer = request.viewer
    if request.manner.dated:
        # Nobody has a right to what is being taken over, and nothing waits.
        collection = seen.any_collection(request.collection)
        collection = msgspec.structs.replace(collection, hold_minutes=0)
    else:
        collection = seen.collection(viewer, request.collection)
        if not request.manner.ending:
            rules.check_writable(collection.can_write, can_read=collection.can_read)
    post = Post(
        viewer=viewer,
        act=request.act,
        collection=collection,
        ceiling=desk.ceiling,
        ties=request.manner.ties,
        ending=request.manner.ending,
        dated=request.manner.dated,
    )
    board = board_of(seen, post, objects)
    verdicts = admission.within_quota(
        admission.admit(objects, board), seen.labels_of(viewer.nation)
    )
    assert None not in verdicts, "every object was judged"
    return board, [each for each in verdicts if each is not None]


def _judge(desk: Desk, request: Request, objects: list[StixObject]) -> _Judged:
    viewer, act = request.viewer, request.act
    with desk.reading.snapshot() as seen:
        board, verdicts = judge(seen, desk, request, objects)
        ids = [each.id for each in objects]
        own = [one for stix_id in ids for one in board.known.get(stix_id, ())]
        own += request.manner.ending
        ends = ends_of_lanes(seen, viewer, board.collection, own, ids)
        referrers = seen.referrers(viewer, ids)
    writer = Writer(
        act, board, origins=request.manner.origins, replaces=request.manner.replaces
    )
    appends: dict[int, Append] = {}
    remarks: dict[int, str] = {}
    for place, (each, verdict) in enumerate(zip(objects, verdicts, strict=True)):
        if isinstance(verdict, Admitted):
            after = ends.get(each.id, START) if each.id not in writer.met else None
            appends[place] = writer.published(each, verdict, after)
            if verdict.waits:
                remarks[place] = awaited(verdict)
            elif each.id in referrers:
                remarks[place] = narrower_than(referrers[each.id], verdict, board)
    return _Judged(
        objects=objects,
        verdicts=verdicts,
        definitions=list(writer.definitions.values()),
        appends=appends,
        remarks=remarks,
    )


def awaited(verdict: Admitted) -> str:
    """Name what a version waits for."""
    named = ", ".join(verdict.unresolved[:REFERRERS_NAMED])
    return (
        f"waits, for your nation's eyes only, until what it refers to is here: {named}"
    )


def narrower_than(referrers: Iterable[Stored], verdict: Admitted, board: Board) -> str:
    """Name the poster's own objects that go further than what they refer to."""
    reached = board.access.entitled(verdict.label, board.nation)
    wider = sorted(
        {
            each.id
            for each in referrers
            if board.access.entitled(each.label, board.nation) & ~reached
        }
    )
    if not wider:
        return ""
    named = ", ".join(wider[:REFERRERS_NAMED])
    more = f" and {len(wider) - REFERRERS_NAMED} more"
    return (
        f"goes to fewer than what refers to it: {named}"
        f"{more if len(wider) > REFERRERS_NAMED else ''}; "
        "withdraw those if that was not meant"
    )


async def _append_all(desk: Desk, judged: _Judged) -> list[Outcome | None]:
    """Append what was admitted; None for what has to be judged anew."""
    results: list[Position | FoedusError] = []
    for part in in_commits([*judged.definitions, *judged.appends.values()]):
        results += await desk.log.append_many(part)
    if len(judged.objects) > OUTCOMES_HERE_MAX:
        return await asyncio.to_thread(_outcomes, judged, results)
    return _outcomes(judged, results)


def _outcomes(
    judged: _Judged, results: Sequence[Position | FoedusError]
) -> list[Outcome | None]:
    of_appends = results[len(judged.definitions) :]
    positions = dict(zip(judged.appends, of_appends, strict=True))
    return [
        _outcome(each, verdict, positions.get(place), judged.remarks.get(place, ""))
        for place, (each, verdict) in enumerate(
            zip(judged.objects, judged.verdicts, strict=True)
        )
    ]


def _outcome(
    each: StixObject,
    verdict: Verdict,
    result: Position | FoedusError | None,
    remark: str,
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
                reason="; ".join([*each.warnings, *([remark] if remark else [])]),
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
