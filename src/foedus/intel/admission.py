"""Admission: what becomes of each object of one POST, and under which label.

Pure. The invariants:

- An object is judged against the poster's *own lane*, and only as far as the posting
  account sees it; an id that exists but is hidden counts like one that does not.
- A newer version of another nation's visible id is refused (STIX: only the creator
  makes versions). A copy of it is joined with the lane the poster holds, so that a
  label is not laundered by re-posting. Observables with a computed id are facts:
  anybody states them for himself.
- A label is the join of the object's own markings (or the collection's default) and
  of the labels of what it refers to, as far as the posting account sees that: the
  same POST first, then its own lanes, then what it holds. The join is the least
  fixpoint over the POST, so order and cycles do not matter.
- Unknown markings, and labels above the account's clearance, are refused.

Source: DESIGN §6, "Join, once, at admission" and "Lanes"; STIX 2.1, section 3.6.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import orjson

from foedus.clock import EPOCH, from_ms
from foedus.errors import LabelError, RuleViolationError
from foedus.ids import StixId
from foedus.intel.boards import Board, settled_text
from foedus.intel.events import JoinedWith
from foedus.intel.joining import Draft, join_drafts, join_stored, oldest
from foedus.intel.reading import Stored
from foedus.releasability.ceilings import check_ceiling
from foedus.releasability.join import FixedLabel, fix, join_all, public
from foedus.releasability.labels import originator_only
from foedus.releasability.sources import Own, own_labels, read_label
from foedus.stix.identifiers import compute_id, is_deterministic
from foedus.stix.markings import (
    TlpDefinition,
)
from foedus.stix.objects import StixObject

AHEAD_MAX = timedelta(minutes=5)
"""How far `modified` may lie ahead of the arrival: clocks differ, by no more."""


VERSIONS_MAX = 100
"""Versions of one id in one request. Each is compared with all others of its id."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The object is not stored; the reason says what to do."""

    reason: str


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """The object is stored already; nothing changes and nothing is delivered."""

    reason: str = "stored already"


class Admitted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The object is to be stored.

    Attributes:
        label: the joined label.
        joined: what else it was joined with.
        information_ms: arrival of the oldest stored information in it; None where
            it is only this POST's own.
        stamped: whether the hub has to stamp it.
        unresolved: what it refers to and the poster cannot see.
        waits: whether it waits for that, for the poster's own nation's eyes only.
        ends_wait: whether it takes the place of the same version that waited.
        earlier: versions of the poster's own lane, some readers of which may not be
            reached by this one; looked for where it is revoked.
    """

    label: FixedLabel
    joined: tuple[JoinedWith, ...]
    information_ms: int | None
    stamped: bool
    unresolved: tuple[str, ...] = ()
    waits: bool = False
    ends_wait: bool = False
    earlier: tuple[Stored, ...] = ()


Verdict = Refused | Duplicate | Admitted


def admit(objects: Sequence[StixObject], board: Board) -> list[Verdict]:
    """Judge the objects of one POST, in their order; gives a verdict for each."""
    verdicts: dict[int, Verdict] = {}
    drafts: dict[int, Draft] = {}
    seen: dict[tuple[str, int], StixObject] = {}
    versions: Counter[str] = Counter()
    latest_us = (board.at + AHEAD_MAX - EPOCH) // timedelta(microseconds=1)
    for place, each in enumerate(objects):
        versions[each.id] += 1
        if versions[each.id] > VERSIONS_MAX:
            verdicts[place] = Refused(
                reason=f"more than {VERSIONS_MAX} versions of one id; send them apart"
            )
            continue
        judged = _judge(each, board, seen, latest_us=latest_us)
        if isinstance(judged, Draft):
            drafts[place] = judged
        else:
            verdicts[place] = judged
    by_id: dict[str, list[Draft]] = {}
    for draft in drafts.values():
        by_id.setdefault(draft.object.id, []).append(draft)
    join_drafts(drafts, by_id, board)
    for place, draft in drafts.items():
        verdicts[place] = _admitted(draft, by_id, board)
    return [verdicts[place] for place in range(len(objects))]


def _judge(
    each: StixObject,
    board: Board,
    seen: dict[tuple[str, int], StixObject],
    *,
    latest_us: int,
) -> Draft | Refused | Duplicate:
    settled = _hub_definition(each, board) or _judge_repetition(each, board, seen)
    if settled is not None:
        return settled
    try:
        _check_version(each, latest_us)
        _check_identity(each, board)
        _check_recalled(each, board)
        copied = _copied(each, board)
        own, travels = _own_label(each, board)
        _check_clearance(own, board)
    except RuleViolationError as error:
        about = "label: " if isinstance(error, LabelError) else ""
        return Refused(reason=about + error.detail)
    seen[(each.id, each.version_us)] = each
    dated_us = board.dated_us(each)
    draft = Draft(
        object=each,
        own=own,
        label=own,
        travels=travels,
        joined=[],
        unresolved=[],
        information_ms=None if dated_us is None else dated_us // 1_000,
    )
    for stored in copied:
        join_stored(draft, stored, board)
    return draft


def _check_version(each: StixObject, latest_us: int) -> None:
    if each.version_us > latest_us:
        raise RuleViolationError(
            f"its version {each.version} lies in the future; set the clock right"
        )


def _check_identity(each: StixObject, board: Board) -> None:
    """Refuse what is said in the name of another nation."""
    nation = board.registered.get(each.created_by_ref or "")
    if nation is not None and nation != board.nation:
        raise RuleViolationError(
            f"{each.created_by_ref} is registered to {nation}, which alone publishes "
            "under it; publish under an identity of your own"
        )


def _check_recalled(each: StixObject, board: Board) -> None:
    """Refuse what the poster knows to be recalled.

    Observables are facts: no nation's recall keeps another from reporting its own.
    Whoever never had what was recalled knows of no recall, and nothing is refused.
    """
    for recalled in board.recalled.get(each.id, ()):
        is_own = recalled.nation == board.nation
        if not is_own and _is_computed(each):
            continue
        on = from_ms(recalled.arrival_ms).date()
        if each.version_us <= recalled.until_us:
            raise RuleViolationError(
                f"{recalled.nation} recalled this version on {on}; "
                + (
                    "a correction needs a later `modified`"
                    if is_own
                    else "remove it everywhere, and confirm that"
                )
            )
        if not is_own and not board.own(each.id):
            raise RuleViolationError(
                f"{recalled.nation} recalled it on {on}, and only the nation that made "
                "the object makes new versions of it; publish an object of your own"
            )


def _check_clearance(own: FixedLabel, board: Board) -> None:
    if own.level > board.viewer.clearance:
        levels = board.access.alliance.levels
        raise LabelError(
            f"{levels[own.level].name} is above your clearance, "
            f"{levels[board.viewer.clearance].name}",
            code="above_clearance",
        )
    check_ceiling(own.level, board.ceiling, board.access.alliance)


def _hub_definition(each: StixObject, board: Board) -> Duplicate | None:
    """Keep the definition of a settled hub marking out of the nations' lanes.

    The hub itself delivers it, to exactly those who see an object that carries it. An
    unsettled one (`REL TO NATO`, undated) is an object like any other.
    """
    if each.type != "marking-definition":
        return None
    definition = board.definition(each.id)
    if definition is None or not settled_text(definition, board.access.alliance):
        return None
    return Duplicate(reason="the hub keeps the definitions of its own markings")


def _judge_repetition(
    each: StixObject, board: Board, seen: dict[tuple[str, int], StixObject]
) -> Refused | Duplicate | None:
    earlier = seen.get((each.id, each.version_us))
    if earlier is not None:
        if _same(earlier.raw, each.raw):
            return Duplicate(reason="given twice in this request")
        return Refused(
            reason="given twice in this request with different content; "
            "a change needs a later `modified`"
        )
    for stored in board.own(each.id):
        if (
            stored.collection == board.collection.key
            and stored.modified_us == each.version_us
        ):
            if _same(board.original(stored.key), each.raw):
                return Duplicate()
            return Refused(
                reason="another content is stored under this id and version; "
                "a change needs a later `modified`"
            )
    return None


def _copied(each: StixObject, board: Board) -> Sequence[Stored]:
    """Name the other nations' versions that this object is a copy of.

    Raises:
        RuleViolationError: it would be a newer version of another nation's object.
    """
    held = board.held(each.id)
    if not held or _is_computed(each):
        return ()
    own = board.own(each.id)
    if own and own[0].key < held[0].key:
        return ()
    if each.version_us > max(stored.modified_us for stored in held):
        raise RuleViolationError(
            "only the nation that made the object makes new versions of it; "
            "publish an object of your own that refers to it"
        )
    # All of them: a version's number is no proof of its content.
    return held


def _is_computed(each: StixObject) -> bool:
    if not is_deterministic(each.type):
        return False
    return compute_id(orjson.loads(each.raw)) == each.id


def _own_label(each: StixObject, board: Board) -> tuple[FixedLabel, bool]:
    """Give the join of an object's own markings or the default, and if it travels."""
    if each.type == "marking-definition" and isinstance(
        board.definition(each.id), TlpDefinition
    ):
        # The four lights are the same everywhere and hide nothing.
        return public(), True
    markings = (*each.marking_refs, *each.granular_marking_refs)
    day = board.day_of(each)
    found = board.own_labels.get((day, markings))
    if found is None:
        found = label_of_markings(markings, board, on=day)
        board.own_labels[day, markings] = found
    return found


def label_of_markings(
    markings: tuple[str, ...], board: Board, *, on: date | None = None
) -> tuple[FixedLabel, bool]:
    """Give the label that some markings make, and whether they express it.

    No markings make the collection's default.

    Args:
        markings: by id.
        board: where.
        on: the day by which closed terms are fixed; None for today.

    Raises:
        LabelError: one of them is unknown, or cannot be enforced.
    """
    own = _read_markings(markings, board)
    alliance = board.access.alliance
    labels = own.labels
    if not labels and board.collection.default_label is None:
        labels = (originator_only(0),)
    elif not labels:
        labels = (read_label(board.collection.default_label or "", alliance),)
    fixed = [
        fix(label, alliance, on=on or board.access.on, originator=board.nation)
        for label in labels
    ]
    joined = join_all(fixed, originator=board.nation)
    return joined, own.travels and bool(own.labels)


def _read_markings(markings: tuple[str, ...], board: Board) -> Own:
    definitions = []
    for marking in markings:
        definition = board.definition(marking)
        if definition is None:
            raise LabelError(
                f"{marking} is not known here; send its definition along",
                code="unknown_marking",
            )
        definitions.append(definition)
    return own_labels(definitions, board.access.alliance)


def _admitted(
    draft: Draft, by_id: dict[str, list[Draft]], board: Board
) -> Admitted | Refused:
    try:
        check_ceiling(draft.label.level, board.ceiling, board.access.alliance)
    except LabelError as error:
        return Refused(reason=f"label: {error.detail}")
    if draft.waits:
        return _waiting(draft, board)
    joined = [_joined_with(stored, board) for stored in draft.joined]
    for reference in draft.object.references:
        joined += [
            JoinedWith(id=StixId(reference), version=other.object.version)
            for other in by_id.get(reference, ())
            if other is not draft
        ]
    expressed = draft.travels and draft.label == draft.own
    return Admitted(
        label=draft.label,
        joined=tuple(joined),
        information_ms=oldest(draft.information_ms, board.waited_since(draft.object)),
        stamped=not (expressed or draft.label.is_public),
        unresolved=tuple(draft.unresolved),
        ends_wait=board.ends(draft.object),
        earlier=_earlier(draft, board) if draft.object.revoked else (),
    )


def _waiting(draft: Draft, board: Board) -> Admitted:
    """Admit what waits, for its own nation alone; its label is joined later."""
    alone = fix(
        originator_only(draft.label.level),
        board.access.alliance,
        on=board.access.on,
        originator=board.nation,
    )
    return Admitted(
        label=alone,
        joined=(),
        information_ms=None,
        stamped=True,
        unresolved=tuple(dict.fromkeys(draft.unresolved)),
        waits=True,
    )


def _earlier(draft: Draft, board: Board) -> tuple[Stored, ...]:
    """Name the earlier versions whose readers a revoked one may fail to reach.

    Of those under one label the newest, unless a release tells them apart by age.
    """
    found: dict[object, Stored] = {}
    own = board.own(draft.object.id)
    for stored in sorted(own, key=lambda each: (each.modified_us, each.key)):
        is_earlier = (
            stored.collection == board.collection.key
            and stored.modified_us < draft.object.version_us
        )
        wider = board.access.entitled(stored.label, board.nation) & ~(
            board.access.entitled(draft.label, board.nation)
        )
        if is_earlier and (wider or board.has_releases):
            found[stored.key if board.has_releases else stored.label] = stored
    return tuple(found.values())


def _joined_with(stored: Stored, board: Board) -> JoinedWith:
    is_here = stored.collection == board.collection.key
    return JoinedWith(
        id=stored.id,
        version=stored.version,
        collection=None if is_here else stored.collection_id,
        nation=None if stored.nation == board.nation else stored.nation,
    )


def _same(stored: bytes, given: bytes) -> bool:
    return stored == given or (
        orjson.dumps(orjson.loads(stored), option=orjson.OPT_SORT_KEYS)
        == orjson.dumps(orjson.loads(given), option=orjson.OPT_SORT_KEYS)
    )
