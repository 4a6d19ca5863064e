"""Joining the labels of one POST: what is stored once, the rest to a fixpoint.

The join is the least fixpoint over the POST, so order and cycles do not matter.

Source: DESIGN §6, "Join, once, at admission"; the lattice model of Denning (1976).
"""

import msgspec

from foedus.intel.boards import Board
from foedus.intel.reading import Stored
from foedus.releasability.join import FixedLabel, join
from foedus.stix.objects import StixObject


class Draft(msgspec.Struct, kw_only=True):
    """An object that is admitted, while its label is still being joined.

    Attributes:
        own: what its own markings, or the default, make.
        label: the join so far.
        travels: whether its own markings express `own` to others.
        joined: the stored versions it was joined with.
        unresolved: what it refers to and the poster cannot see.
        information_ms: arrival of the oldest stored information in it.
        waits: whether it waits for what it refers to.
    """

    object: StixObject
    own: FixedLabel
    label: FixedLabel
    travels: bool
    joined: list[Stored]
    unresolved: list[str]
    information_ms: int | None
    waits: bool = False


def join_stored(draft: Draft, stored: Stored, board: Board) -> None:
    """Join a draft with one stored version."""
    if stored.label is not draft.label:
        draft.label = join(
            draft.label,
            stored.label,
            originator=board.nation,
        )
    draft.joined.append(stored)
    draft.information_ms = oldest(draft.information_ms, stored.information_ms)


def join_drafts(
    drafts: dict[int, Draft], by_id: dict[str, list[Draft]], board: Board
) -> None:
    """Join what the drafts refer to: what is stored once, the rest to a fixpoint."""
    referrers: dict[str, list[Draft]] = {}
    for draft in drafts.values():
        for reference in draft.object.references:
            if reference in by_id:
                referrers.setdefault(reference, []).append(draft)
            else:
                _resolve(draft, reference, board)
    waiting = [draft for draft in drafts.values() if draft.object.id in referrers]
    while waiting:
        referred = waiting.pop()
        for draft in referrers[referred.object.id]:
            changed = _absorb(draft, referred, board)
            if changed and draft.object.id in referrers:
                waiting.append(draft)
    if board.holds:
        _hold(drafts, referrers, board)


def _resolve(draft: Draft, reference: str, board: Board) -> None:
    """Join a draft with what is stored of a reference, or note that nothing is."""
    found = _referred(reference, board) if reference in board.known else []
    tied = board.ties.get(draft.object.id)
    if tied is not None and tied.id == reference:
        found = [tied]
    if board.holds and any(stored.waits for stored in found):
        found = []
    for stored in found:
        join_stored(draft, stored, board)
    if not found:
        draft.unresolved.append(reference)


def _hold(
    drafts: dict[int, Draft], referrers: dict[str, list[Draft]], board: Board
) -> None:
    """Let wait what refers to something unseen, and what refers to what waits."""
    held = [
        draft
        for draft in drafts.values()
        if draft.unresolved and not board.ends(draft.object)
    ]
    for draft in held:
        draft.waits = True
    while held:
        referred = held.pop()
        for draft in referrers.get(referred.object.id, ()):
            draft.unresolved.append(referred.object.id)
            if not draft.waits and not board.ends(draft.object):
                draft.waits = True
                held.append(draft)


def _absorb(draft: Draft, referred: Draft, board: Board) -> bool:
    label = draft.label
    if label is not referred.label:
        label = join(
            label,
            referred.label,
            originator=board.nation,
        )
    information_ms = oldest(draft.information_ms, referred.information_ms)
    changed = information_ms != draft.information_ms
    if label is not draft.label and label != draft.label:
        changed = True
        draft.label = label
    draft.information_ms = information_ms
    return changed


def _referred(reference: str, board: Board) -> list[Stored]:
    """Give the versions behind a reference: own lanes first, else what is held.

    Of each lane the newest that the poster sees.
    """
    newest: dict[tuple[int, str], Stored] = {}
    for stored in board.own(reference) or board.held(reference):
        lane = (stored.collection, stored.nation)
        if lane not in newest or newest[lane].modified_us < stored.modified_us:
            newest[lane] = stored
    return list(newest.values())


def oldest(a: int | None, b: int | None) -> int | None:
    """Give the earlier of two instants, as far as they are known."""
    if a is None or b is None:
        return b if a is None else a
    return min(a, b)
