"""The verbs of intelligence: open a collection, publish, withdraw.

Publishing is one command per object, appended together: each object is admitted or
refused for itself, and the admitted ones share a commit where they fit. An object
whose lane moved meanwhile is judged anew.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ConflictError,
    FoedusError,
)
from foedus.eventlog.envelope import Act, Append, Event
from foedus.eventlog.log import EventLog
from foedus.ids import (
    START,
    CollectionId,
    NationCode,
    Position,
    new_event_id,
)
from foedus.intel import events, rules
from foedus.intel.admission import Admitted, Duplicate, Refused, Verdict
from foedus.intel.boards import ends_of_lanes
from foedus.intel.dating import in_commits
from foedus.intel.following import state
from foedus.intel.gathering import Gathering
from foedus.intel.judging import (
    PLAINLY,
    Judged,
    Manner,
    Outcome,
    Request,
    judge_all,
)
from foedus.intel.pages import VersionTerm
from foedus.intel.reading import IntelReading
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Viewer
from foedus.settings import Automation
from foedus.stix.objects import StixObject

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
        gathering: brings together what is to be judged.
    """

    log: EventLog
    reading: IntelReading
    ceiling: int | None = None
    automation: Automation = Automation()
    gathering: Gathering = msgspec.field(default_factory=Gathering)


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
    request = Request(
        viewer=viewer,
        act=act,
        collection=collection,
        ceiling=desk.ceiling,
        manner=manner,
    )
    parsed, judged = await desk.gathering.judge(desk.reading, request, objects)
    outcomes: list[Outcome | None] = [
        each if isinstance(each, Outcome) else None for each in parsed
    ]
    waiting = [place for place, each in enumerate(outcomes) if each is None]
    for attempt in range(ATTEMPTS):
        if attempt:
            await _catch_up(desk)
            again = [(request, [_object(parsed[place]) for place in waiting])]
            (judged,) = await asyncio.to_thread(judge_all, desk.reading, again)
        done = await _append_all(desk, judged)
        for place, outcome in zip(waiting, done, strict=True):
            outcomes[place] = outcome
        waiting = [place for place in waiting if outcomes[place] is None]
        if not waiting:
            break
    return [
        each if each is not None else _overtaken(_object(parsed[place]))
        for place, each in enumerate(outcomes)
    ]


def _object(parsed: StixObject | Outcome) -> StixObject:
    assert isinstance(parsed, StixObject), "only what was read waits to be judged"
    return parsed


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


async def _append_all(desk: Desk, judged: Judged) -> list[Outcome | None]:
    """Append what was admitted; None for what has to be judged anew."""
    results: list[Position | FoedusError] = []
    appends = [*judged.definitions.values(), *judged.appends.values()]
    for part in in_commits(appends):
        done = await desk.log.append_many(part)
        results += done
        for each in done:
            # What follows may need what was refused.
            if isinstance(each, FoedusError) and not isinstance(each, ConflictError):
                raise each
    desk.gathering.note_defined(
        [
            marking
            for marking, result in zip(judged.definitions, results, strict=False)
            # Somebody else has defined it.
            if isinstance(result, (int, ConflictError))
        ]
    )
    if len(judged.objects) > OUTCOMES_HERE_MAX:
        return await asyncio.to_thread(_outcomes, judged, results)
    return _outcomes(judged, results)


def _outcomes(
    judged: Judged, results: Sequence[Position | FoedusError]
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
