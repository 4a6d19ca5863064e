"""Tear lines: the releasable part of an object with marked properties, published.

STIX allows one representation of a version, so nothing is cut out in passing: who may
not see every marked property does not see the object. A tear line is an object of its
own, without the withheld properties; a relationship `derived-from`, seen only where
the original is, ties the two. Withdrawing the original takes both along.

Source: DESIGN §6, "Granular markings".
"""

import asyncio
from collections.abc import Sequence

from foedus.errors import InvalidInputError, NotFoundError, RuleViolationError
from foedus.eventlog.envelope import Act
from foedus.ids import CollectionId, StixId
from foedus.intel import commands, rules
from foedus.intel.admission import label_of_markings
from foedus.intel.boards import Post, board_of
from foedus.intel.collections import Collection
from foedus.intel.commands import Desk
from foedus.intel.judging import Manner, Outcome
from foedus.intel.reading import Snapshot, Stored
from foedus.releasability.join import join
from foedus.releasability.viewers import Viewer
from foedus.stix.objects import StixObject, parse_object
from foedus.stix.tearing import derived_from, derived_from_id, tear, tear_line_id

UNTIED = frozenset(
    {"extension-definition", "language-content", "relationship", "sighting"}
)
"""Types that no relationship may lead to or from, so that a tear line cannot be tied.

Source: STIX 2.1, section 5.1.2, `source_ref` and `target_ref`.
"""

_GRANULAR = b'"granular_markings"'


async def tear_line(
    desk: Desk, viewer: Viewer, act: Act, stix_id: str, collection: str | None = None
) -> list[Outcome]:
    """Publish the tear line of an object of one's own nation.

    Args:
        desk: where.
        viewer: who publishes.
        act: the same, and when.
        stix_id: the object; of its versions the newest.
        collection: id or alias; may be left out where only one has the object.

    Returns:
        The outcomes of the tear line and of the relationship that ties it.

    Raises:
        NotFoundError: there is no such object of one's own nation.
        InvalidInputError: the object is in several collections, or nothing of it
            can be left out.
        RuleViolationError: it has no marked properties, or is of a type that has no
            tear lines.
        ForbiddenError: the viewer may not publish there.
    """
    where, objects, manner = await asyncio.to_thread(
        _torn, desk, viewer, act, stix_id, collection
    )
    return await commands.publish(desk, viewer, act, where, objects, manner=manner)


async def follow(
    desk: Desk,
    viewer: Viewer,
    act: Act,
    collection: str,
    published: Sequence[tuple[bytes, Outcome]],
) -> list[Outcome]:
    """Publish the tear lines of what was just published, where the collection says so.

    Returns:
        The outcomes of what was published, with a remark where there is a tear line.
    """
    outcomes = [outcome for _, outcome in published]
    marked = [
        place
        for place, (raw, outcome) in enumerate(published)
        if outcome.outcome == "stored" and _GRANULAR in raw
    ]
    if not marked or not desk.reading.collection(viewer, collection).tear_lines:
        return outcomes
    for place in marked:
        outcomes[place] = await _follow_one(
            desk, viewer, act, collection, outcomes[place]
        )
    return outcomes


async def _follow_one(
    desk: Desk, viewer: Viewer, act: Act, collection: str, outcome: Outcome
) -> Outcome:
    try:
        made = await tear_line(desk, viewer, act, outcome.id, collection)
    except (InvalidInputError, RuleViolationError) as error:
        remark, position = f"no tear line: {error.detail}", outcome.position
    else:
        line = made[0]
        remark = f"tear line {line.id} {line.outcome}"
        position = max(
            (each.position for each in (outcome, *made) if each.position is not None),
            default=None,
        )
    reason = "; ".join(filter(None, [outcome.reason, remark]))
    return Outcome(
        id=outcome.id,
        version=outcome.version,
        outcome=outcome.outcome,
        reason=reason,
        position=position,
    )


def _torn(
    desk: Desk, viewer: Viewer, act: Act, stix_id: str, name: str | None
) -> tuple[CollectionId, list[bytes], Manner]:
    with desk.reading.snapshot() as seen:
        stored, collection = _own(seen, viewer, stix_id, name)
        rules.check_writable(collection.can_write, can_read=collection.can_read)
        original = parse_object(seen.original(stored.key))
        if original.type in UNTIED:
            raise RuleViolationError(
                f"a {original.type} has no tear line: STIX lets no relationship lead "
                "to one; publish another that says less"
            )
        if not original.granular_marking_refs:
            raise RuleViolationError(
                f"no property of {stix_id} carries a marking of its own; to reach "
                "more nations publish a new version under a wider marking"
            )
        post = Post(viewer=viewer, act=act, collection=collection, ceiling=desk.ceiling)
        withheld = _withheld(seen, post, original)
    line = tear_line_id(original.type, viewer.nation, original.id)
    torn = tear(original.raw, withheld=withheld.__contains__, new_id=line)
    tie = derived_from(
        line, original.id, created=original.created, modified=original.modified
    )
    origin = StixId(original.id)
    tie_id = derived_from_id(line)
    # Nothing but this version: the tie is seen wherever the original is.
    manner = Manner(origins={line: origin, tie_id: origin}, ties={tie_id: stored})
    return collection.id, [torn, tie], manner


def _own(
    seen: Snapshot, viewer: Viewer, stix_id: str, name: str | None
) -> tuple[Stored, Collection]:
    """Find the newest version of the viewer's own lane, and where it is."""
    collections = {each.key: each for each in seen.collections(viewer)}
    if name is not None:
        wanted = seen.collection(viewer, name)
        collections = {wanted.key: wanted}
    own = [
        each
        for each in seen.stored(viewer, [stix_id])
        if each.nation == viewer.nation
        and each.label.level <= viewer.clearance
        and each.collection in collections
    ]
    if not own:
        raise NotFoundError(f"no object {stix_id} of {viewer.nation}; check the id")
    if len({each.collection for each in own}) > 1:
        raise InvalidInputError(f"{stix_id} is in several collections; name one")
    # Of two that others of the nation posted under one number, the one it is shown.
    newest = max(own, key=lambda each: (each.modified_us, each.held, each.key))
    return newest, collections[newest.collection]


def _withheld(seen: Snapshot, post: Post, original: StixObject) -> frozenset[str]:
    """Tell which of the granular markings narrow what the object itself says."""
    board = board_of(seen, post, [original])
    own, _ = label_of_markings(original.marking_refs, board)
    narrowing = set()
    for marking in original.granular_marking_refs:
        label, _ = label_of_markings((marking,), board)
        if join(own, label, originator=board.nation) != own:
            narrowing.add(marking)
    return frozenset(narrowing)
