"""Judging what is published: read, judged, and written as the events that it becomes.

What several requests of one viewer publish at the same time is judged from one look
at the views, each request for itself; `Gathering` brings them together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from foedus.errors import InvalidInputError, TooLargeError
from foedus.eventlog.envelope import Act, Append
from foedus.ids import START, Position, StixId
from foedus.intel import admission, rules
from foedus.intel.admission import Admitted, Verdict
from foedus.intel.boards import Board, Post, boards_of, ends_of_lanes
from foedus.intel.quotas import Quota
from foedus.intel.reading import IntelReading, Snapshot, Stored
from foedus.intel.writing import Marking, Printer, Writer
from foedus.releasability.viewers import Viewer
from foedus.stix.objects import StixObject, parse_object

REFERRERS_NAMED = 10
"""Objects that a remark names; it is read by people."""


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
    """Who publishes, where, and how.

    Attributes:
        collection: an id or an alias.
        ceiling: the highest level that the hub may hold; None for no ceiling.
    """

    viewer: Viewer
    act: Act
    collection: str
    ceiling: int | None = None
    manner: Manner = PLAINLY


Given = tuple[Request, Sequence[StixObject]]
"""A request, and those of its objects that could be read."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a request comes to: verdicts, and the appends of what is admitted.

    Attributes:
        definitions: of the hub's markings that its objects carry, to be defined first.
        appends: by the place of the object.
        remarks: likewise.
    """

    objects: Sequence[StixObject]
    verdicts: Sequence[Verdict]
    definitions: Mapping[Marking, Append]
    appends: Mapping[int, Append]
    remarks: Mapping[int, str]


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


def judge(
    seen: Snapshot, request: Request, objects: Sequence[StixObject]
) -> tuple[Board, Sequence[Verdict]]:
    """Judge objects as they are judged when they are published.

    Raises:
        NotFoundError: no such collection for this viewer.
        ForbiddenError: the viewer may only read it.
    """
    (judged,) = _judge(seen, [(request, objects)])
    return judged


def judge_all(
    reading: IntelReading,
    given: Sequence[Given],
    defined: Collection[Marking] = frozenset(),
) -> list[Judged]:
    """Judge requests of one viewer for one collection, and write what is admitted.

    Args:
        reading: from where they are judged.
        given: the requests. Of several, each publishes plainly.
        defined: markings whose definitions are in the log for certain.

    Raises:
        NotFoundError: no such collection for this viewer.
        ForbiddenError: the viewer may only read it.
    """
    first, _ = given[0]
    alike = {(each.viewer, each.collection, each.ceiling) for each, _ in given}
    assert len(alike) == 1, "what is judged together is of one viewer and collection"
    assert len(given) == 1 or all(each.manner is PLAINLY for each, _ in given)
    ids = [each.id for _, objects in given for each in objects]
    with reading.snapshot() as seen:
        judged = _judge(seen, given)
        board, _ = judged[0]
        own = [one for stix_id in ids for one in board.known.get(stix_id, ())]
        own += first.manner.ending
        ends = ends_of_lanes(seen, first.viewer, board.collection, own, ids)
        referrers = seen.referrers(first.viewer, ids)
        printer = Printer(seen.access.alliance, defined)
        return [
            _write(
                (request, objects),
                verdicts,
                Writer(
                    request.act,
                    board,
                    printer,
                    origins=request.manner.origins,
                    replaces=request.manner.replaces,
                ),
                ends=ends,
                referrers=referrers,
            )
            for (request, objects), (board, verdicts) in zip(given, judged, strict=True)
        ]


def _judge(
    seen: Snapshot, given: Sequence[Given]
) -> list[tuple[Board, Sequence[Verdict]]]:
    """Give of each request the board and a verdict for each of its objects."""
    first, _ = given[0]
    viewer, manner = first.viewer, first.manner
    if manner.dated:
        # Nobody has a right to what is being taken over, and nothing waits.
        collection = seen.any_collection(first.collection)
        collection = msgspec.structs.replace(collection, hold_minutes=0)
    else:
        collection = seen.collection(viewer, first.collection)
        if not manner.ending:
            rules.check_writable(collection.can_write, can_read=collection.can_read)
    posts = [
        (
            Post(
                viewer=viewer,
                act=request.act,
                collection=collection,
                ceiling=request.ceiling,
                ties=request.manner.ties,
                ending=request.manner.ending,
                dated=request.manner.dated,
            ),
            objects,
        )
        for request, objects in given
    ]
    quota = Quota(seen.labels_of(viewer.nation))
    boards = boards_of(seen, posts)
    return [
        (board, quota.within(admission.admit(objects, board)))
        for board, (_, objects) in zip(boards, posts, strict=True)
    ]


def _write(
    given: Given,
    verdicts: Sequence[Verdict],
    writer: Writer,
    *,
    ends: Mapping[str, Position],
    referrers: Mapping[str, Sequence[Stored]],
) -> Judged:
    """Write what is admitted, and remark on it."""
    _, objects = given
    appends: dict[int, Append] = {}
    remarks: dict[int, str] = {}
    for place, (each, verdict) in enumerate(zip(objects, verdicts, strict=True)):
        if isinstance(verdict, Admitted):
            after = ends.get(each.id, START) if each.id not in writer.met else None
            appends[place] = writer.published(each, verdict, after)
            if verdict.waits:
                remarks[place] = awaited(verdict)
            elif each.id in referrers:
                found = referrers[each.id]
                remarks[place] = narrower_than(found, verdict, writer.board)
    return Judged(
        objects=objects,
        verdicts=verdicts,
        definitions=writer.definitions,
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
