"""Recalling an object, and confirming that one's nation has removed it.

- Who recalls: the nation that published it, where the account may publish or is its
  duty officer; or the alliance's own duty officer, as far as it sees the object.
- All versions go that whoever recalls sees, from all collections, and whatever was made
  from them. One recall, though it may concern several collections.
- Whoever may not know the object is told that there is none, as of any other id.

Source: DESIGN §3, "Recall"; §6, "Lanes" and "Non-interference"; ADR 18.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ConflictError,
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act, Append
from foedus.ids import (
    START,
    NationCode,
    Position,
    RecallId,
    StixId,
    new_event_id,
    new_recall_id,
)
from foedus.intel import events, recalls
from foedus.intel.boards import ends_of_lanes
from foedus.intel.collections import Collection
from foedus.intel.commands import Desk
from foedus.intel.events import RecallAcknowledged, Recalled, RecalledPart
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.recalls import Recall
from foedus.releasability.viewers import Role, Viewer

REASON_LENGTH_MAX: Final = 2_000
"""Characters of a reason; everybody reads it who had the object."""

ATTEMPTS: Final = 3
"""How often a recall is decided anew because a lane moved meanwhile."""

PARTS_MAX: Final = 1_000
"""Parts of one object that go with it, in one collection: it has one a nation."""

_TORN = """
SELECT DISTINCT object
  FROM version
 WHERE origin IN (SELECT value FROM json_each(:origins))
   AND object <> :object
   AND type <> 'relationship'
   AND withdrawn = 0
 ORDER BY object
 LIMIT :limit
"""


class Recalling(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be recalled.

    Attributes:
        id: a STIX id.
        reason: why; everybody reads it who had the object.
        nation: whose, by code or name; for the alliance's duty officer, where several
            nations have published it. None for one's own, or the only one.
    """

    id: str
    reason: str
    nation: str | None = None


class Recallable(msgspec.Struct, frozen=True, kw_only=True):
    """What a viewer would recall.

    Attributes:
        nation: whose versions.
        lanes: the versions, by collection, oldest first.
    """

    nation: NationCode
    lanes: dict[int, list[Stored]]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A recall that was made.

    Attributes:
        collections: the aliases of those from which versions went.
        versions: as they were written, oldest first.
        position: of its last event, for waiting.
    """

    recall: RecallId
    id: StixId
    collections: tuple[str, ...]
    versions: tuple[str, ...]
    position: Position


async def recall(desk: Desk, viewer: Viewer, act: Act, wanted: Recalling) -> Made:
    """Recall all that the viewer sees of an object, from whoever received it.

    Raises:
        InvalidInputError: there is no reason, or too long a one; or several nations
            have published it, and none is named.
        NotFoundError: there is no such object for the viewer.
        ForbiddenError: the viewer sees it, but may not recall it.
        ConflictError: others publish under the same id all the time; try again.
    """
    reason = check_reason(wanted.reason)
    wanted = msgspec.structs.replace(wanted, reason=reason)
    recall_id = new_recall_id()
    torn: dict[str, RecallId] = {}
    done: dict[str, Recalled] = {}
    versions: dict[str, None] = {}
    position = START
    for _ in range(ATTEMPTS):
        decided = await asyncio.to_thread(
            _decide, desk, viewer, wanted, (recall_id, torn)
        )
        left = {k: v for k, v in decided.items() if k not in done}
        results = await desk.log.append_many(
            [
                _append(act, each.event, each.stream, each.after)
                for each in left.values()
            ]
        )
        for (alias, each), result in zip(left.items(), results, strict=True):
            if isinstance(result, ConflictError):
                continue
            if isinstance(result, FoedusError):
                raise result
            done[alias] = each.event
            versions |= dict.fromkeys(each.written)
            position = max(position, result)
        if done.keys() >= decided.keys():
            return Made(
                recall=recall_id,
                id=StixId(wanted.id),
                collections=tuple(sorted(done)),
                versions=tuple(versions),
                position=position,
            )
    raise ConflictError("others publish the same object at the same moment; try again")


async def acknowledge(
    desk: Desk, viewer: Viewer, act: Act, name: str
) -> tuple[list[Recall], Position]:
    """Confirm that the viewer's nation has removed what was recalled.

    Confirming again changes nothing.

    Args:
        desk: where.
        viewer: of the nation that has removed it.
        act: the same, and when.
        name: the id of the recall, or of the object that was recalled.

    Returns:
        The recalls, and the position to wait for; `START` where nothing was new.

    Raises:
        NotFoundError: there is no such recall for the viewer.
        ForbiddenError: the viewer only audits.
        RuleViolationError: it is the nation's own; those confirm who received it.
    """
    with desk.reading.snapshot() as seen:
        found = recalls.named(seen, viewer, name)
        check_may_acknowledge(viewer, found)
        due = [
            each
            for each in found
            if any(
                line.nation == viewer.nation and line.acknowledged is None
                for line in recalls.ledger(seen, viewer, each)
            )
        ]
    appends = [
        _append(
            act,
            RecallAcknowledged(recall=each.recall, nation=viewer.nation),
            events.acknowledgement_stream(each.recall, viewer.nation),
            START,
        )
        for each in due
    ]
    position = START
    for result in await desk.log.append_many(appends) if appends else []:
        if isinstance(result, ConflictError):  # somebody of the nation was faster
            continue
        if isinstance(result, FoedusError):
            raise result
        position = max(position, result)
    return found, position


def check_reason(text: str) -> str:
    """Give a reason as it is kept.

    Raises:
        InvalidInputError: there is none, or it is too long.
    """
    reason = text.strip()
    if not 1 <= len(reason) <= REASON_LENGTH_MAX:
        raise InvalidInputError(
            f"say why in 1 to {REASON_LENGTH_MAX} characters; everybody reads it who "
            "had the object"
        )
    return reason


def check_may_acknowledge(viewer: Viewer, found: Sequence[Recall]) -> None:
    """Refuse to confirm for a nation that has nothing to confirm, or by an auditor.

    Raises:
        ForbiddenError: the viewer only audits.
        RuleViolationError: what was recalled is all the nation's own.
    """
    if not viewer.roles - {Role.AUDITOR}:
        raise ForbiddenError("an auditor confirms nothing for the nation")
    if all(each.nation == viewer.nation for each in found):
        raise RuleViolationError(
            "it was your nation's own; those confirm who had received it"
        )


def recallable(
    seen: Snapshot, viewer: Viewer, stix_id: str, nation: str | None = None
) -> Recallable:
    """Find what a viewer would recall of an object.

    Raises:
        InvalidInputError: several nations have published it, and none is named.
        NotFoundError: there is no such object for the viewer.
        ForbiddenError: the viewer sees it, but may not recall it.
    """
    collections = {each.key: each for each in seen.collections(viewer)}
    stored = [
        each
        for each in seen.stored(viewer, [stix_id])
        if each.nation and each.collection in collections
    ]
    owner = _owner(seen, viewer, nation)
    own = [
        each
        for each in stored
        if each.nation == viewer.nation and each.label.level <= viewer.clearance
    ]
    if own and owner in (None, viewer.nation):
        return _own(viewer, own, collections)
    held = [
        each
        for each in stored
        if each.held
        and each.nation != viewer.nation
        and owner in (None, each.nation)
        and collections[each.collection].can_read
    ]
    if not held:
        raise NotFoundError(f"no object {stix_id}; check the id")
    _check_duty(seen, viewer, held)
    nations = sorted({each.nation for each in held})
    if len(nations) > 1:
        raise InvalidInputError(
            f"{', '.join(nations)} have published it; name one of them"
        )
    return Recallable(nation=nations[0], lanes=_by_collection(held))


def _own(
    viewer: Viewer, own: Sequence[Stored], collections: Mapping[int, Collection]
) -> Recallable:
    lanes = _by_collection(
        each for each in own if _may_recall(viewer, collections[each.collection])
    )
    if not lanes:
        raise ForbiddenError(
            "recalling it needs the right to publish there; ask a publisher or duty "
            "officer of your nation"
        )
    return Recallable(nation=viewer.nation, lanes=lanes)


def _owner(seen: Snapshot, viewer: Viewer, nation: str | None) -> NationCode | None:
    """Tell which nation is named; one that is none has no objects, like any other."""
    if nation is None:
        return None
    if nation.upper() == viewer.nation:
        return viewer.nation
    return seen.access.alliance.nation(nation) or NationCode(nation)


def _may_recall(viewer: Viewer, collection: Collection) -> bool:
    is_duty = Role.DUTY_OFFICER in viewer.roles and collection.can_read
    return collection.can_write or is_duty


def _check_duty(seen: Snapshot, viewer: Viewer, others: Sequence[Stored]) -> None:
    """Refuse to recall what is another nation's, but for the alliance's duty officer.

    Raises:
        ForbiddenError: the viewer is none.
    """
    is_body = viewer.nation == seen.access.alliance.code
    if not is_body or Role.DUTY_OFFICER not in viewer.roles:
        whose = ", ".join(sorted({each.nation for each in others}))
        raise ForbiddenError(
            f"only {whose}, which published it, and the alliance's duty officer recall "
            "it; ask them"
        )


def _by_collection(found: Iterable[Stored]) -> dict[int, list[Stored]]:
    lanes: dict[int, list[Stored]] = {}
    for each in sorted(found, key=lambda each: (each.modified_us, each.key)):
        lanes.setdefault(each.collection, []).append(each)
    return lanes


class _Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What is recalled from one collection."""

    event: Recalled
    stream: str
    after: Position
    written: tuple[str, ...]


def _decide(
    desk: Desk,
    viewer: Viewer,
    wanted: Recalling,
    ids: tuple[RecallId, dict[str, RecallId]],
) -> dict[str, _Decided]:
    """Decide what goes, by the alias of the collection.

    Args:
        desk: where.
        viewer: who recalls.
        wanted: what is to be recalled.
        ids: of the recall, and of those of parts; a part is given one where it has
            none yet.
    """
    recall_id, torn = ids
    with desk.reading.snapshot() as seen:
        found = recallable(seen, viewer, wanted.id, wanted.nation)
        collections = {each.key: each for each in seen.collections(viewer)}
        owner = msgspec.structs.replace(viewer, nation=found.nation)
        stored = seen.stored(viewer, [wanted.id])
        decided = {}
        for key, lane in found.lanes.items():
            collection = collections[key]
            made = []
            for part in _parts(seen, wanted.id, lane):
                part_id = torn.setdefault(part, new_recall_id())
                made.append(RecalledPart(id=StixId(part), recall=part_id))
            event = Recalled(
                recall=recall_id,
                collection=collection.id,
                id=StixId(wanted.id),
                type=lane[0].type,
                nation=found.nation,
                versions=tuple(dict.fromkeys(each.modified_us for each in lane)),
                clearance=viewer.clearance,
                reason=wanted.reason,
                parts=tuple(made),
            )
            ends = ends_of_lanes(seen, owner, collection, stored, [wanted.id])
            decided[collection.alias] = _Decided(
                event=event,
                stream=events.lane_stream(collection.id, wanted.id, found.nation),
                after=ends[wanted.id],
                written=tuple(dict.fromkeys(each.version for each in lane)),
            )
    return decided


def _parts(seen: Snapshot, stix_id: str, lane: Sequence[Stored]) -> list[str]:
    """Name what was made from some versions and has an id of its own."""
    bindings = {
        "origins": msgspec.json.encode([each.key for each in lane]).decode(),
        "object": stix_id,
        "limit": PARTS_MAX,
    }
    rows: list[tuple[Any, ...]] = seen.db.execute(_TORN, bindings).fetchall()
    return [str(part) for (part,) in rows]


def _append(
    act: Act, event: Recalled | RecallAcknowledged, stream: str, after: Position
) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=stream,
        event=event,
        who=act.who,
        after=after,
    )
