"""Forecasts: what would become of objects published now, and whom they would reach.

- Objects are judged as `commands.publish` judges them, and nothing is appended.
- What is told of an object is what its poster may know of it once it is stored: its
  label and its audience, by releases too. It depends on nothing that the poster
  cannot see.
- An identity does not narrow what it made, so here is the place to warn of one that
  goes to fewer.

Source: DESIGN §6, "Explain and preview"; `releasability` reference, section 3.
"""

import asyncio
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from foedus.alliance.past import load_past
from foedus.clock import to_ms
from foedus.eventlog.envelope import Act
from foedus.ids import NationCode
from foedus.intel.admission import (
    Admitted,
    Duplicate,
    Refused,
    Verdict,
    label_of_markings,
)
from foedus.intel.boards import Board
from foedus.intel.commands import Desk
from foedus.intel.covers import Covers
from foedus.intel.entitlements import load_releases
from foedus.intel.events import JoinedWith
from foedus.intel.explain import judge as judge_stored
from foedus.intel.explain import preview_fixed
from foedus.intel.judging import (
    Outcome,
    Request,
    awaited,
    judge,
    narrower_than,
    parse_all,
)
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.releases import NEWEST, Cover, Release, When
from foedus.releasability.join import FixedLabel, join
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.stix.objects import StixObject

NAMED_MAX = 10
"""Objects or nations that a remark names; it is read by people."""


_PENDING = "SELECT EXISTS (SELECT 1 FROM widening)"


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of one object, and whom it would reach.

    Attributes:
        id: as far as it could be read; empty otherwise.
        version: likewise.
        reason: why it would be refused, or remarks.
        label: the canonical text of the label it would have; empty where refused.
        sees: nations of which some person, cleared for the level, would see it.
        not: all other nations, and why not.
    """

    id: str
    version: str
    outcome: Literal["stored", "duplicate", "refused"]
    reason: str = ""
    label: str = ""
    sees: tuple[NationCode, ...] = ()
    others: Mapping[NationCode, str] = msgspec.field(name="not", default_factory=dict)


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whom something reaches.

    Attributes:
        level: of its label.
        others: all other nations, and why not.
    """

    label: str
    level: int
    sees: tuple[NationCode, ...]
    others: Mapping[NationCode, str]


async def forecast(
    desk: Desk, viewer: Viewer, act: Act, collection: str, objects: Sequence[bytes]
) -> list[Forecast]:
    """Tell what would become of objects if they were published now as one set.

    Args:
        desk: where.
        viewer: who would publish.
        act: the same, and when.
        collection: id or alias.
        objects: the JSON text of each object.

    Returns:
        A forecast for each object, in their order.

    Raises:
        NotFoundError: no such collection for this viewer.
        ForbiddenError: the viewer may only read it.
    """
    request = Request(
        viewer=viewer, act=act, collection=collection, ceiling=desk.ceiling
    )
    return await asyncio.to_thread(_forecast, desk, request, objects)


def _forecast(desk: Desk, request: Request, objects: Sequence[bytes]) -> list[Forecast]:
    parsed = parse_all(objects)
    read = [each for each in parsed if isinstance(each, StixObject)]
    with desk.reading.snapshot() as seen:
        board, verdicts = judge(seen, request, read)
        forecaster = _Forecaster(seen, board, read, verdicts)
        told = iter(forecaster.tell())
    return [
        _unread(each) if isinstance(each, Outcome) else next(told) for each in parsed
    ]


def _unread(each: Outcome) -> Forecast:
    return Forecast(
        id=each.id, version=each.version, outcome=each.outcome, reason=each.reason
    )


class _Forecaster:
    """Tells what would become of the objects of one request.

    Args:
        seen: the state by which they were judged.
        board: what they were judged by.
        objects: in their order.
        verdicts: of each of them.
    """

    def __init__(
        self,
        seen: Snapshot,
        board: Board,
        objects: Sequence[StixObject],
        verdicts: Sequence[Verdict],
    ) -> None:
        self._seen = seen
        self._board = board
        self._judged = list(zip(objects, verdicts, strict=True))
        self._reaches = _Reaches(seen, board, to_ms(board.at))
        self._admitted: dict[str, list[tuple[StixObject, Admitted]]] = {}
        for each, verdict in self._judged:
            if isinstance(verdict, Admitted):
                self._admitted.setdefault(each.id, []).append((each, verdict))
        self._referrers = seen.referrers(board.viewer, list(self._admitted))
        self._makers = self._reaches_of_makers()

    def tell(self) -> list[Forecast]:
        """Give the forecast of each object."""
        told: list[Forecast] = []
        first: dict[tuple[str, int], Reach] = {}
        for each, verdict in self._judged:
            reach = first.get((each.id, each.version_us)) or self._reach(each, verdict)
            if reach is not None:
                first[(each.id, each.version_us)] = reach
            told.append(self._told(each, verdict, reach))
        return told

    def _reach(self, each: StixObject, verdict: Verdict) -> Reach | None:
        match verdict:
            case Admitted():
                return self._reaches.of(verdict)
            case Duplicate():
                return self._reaches.of_stored(self._stored(each))
            case Refused():
                return None

    def _told(
        self, each: StixObject, verdict: Verdict, reach: Reach | None
    ) -> Forecast:
        if isinstance(verdict, Refused):
            return Forecast(
                id=each.id,
                version=each.version,
                outcome="refused",
                reason=verdict.reason,
            )
        is_new = isinstance(verdict, Admitted)
        remarks = [verdict.reason] if isinstance(verdict, Duplicate) else []
        if isinstance(verdict, Admitted) and reach is not None:
            remarks = self._remarks(each, verdict, reach)
        return Forecast(
            id=each.id,
            version=each.version,
            outcome="stored" if is_new else "duplicate",
            reason="; ".join(filter(None, remarks)),
            label=reach.label if reach else "",
            sees=reach.sees if reach else (),
            others=reach.others if reach else {},
        )

    def _stored(self, each: StixObject) -> list[Stored]:
        """Give what is stored already of the same version of the own lane."""
        return [
            stored
            for stored in self._board.own(each.id)
            if stored.collection == self._board.collection.key
            and stored.modified_us == each.version_us
        ]

    # Remarks

    def _remarks(self, each: StixObject, verdict: Admitted, reach: Reach) -> list[str]:
        remarks = [*each.warnings, self._joined(each, verdict)]
        if verdict.waits:
            remarks.append(awaited(verdict))
        elif each.id in self._referrers:
            found = self._referrers[each.id]
            remarks.append(narrower_than(found, verdict, self._board))
        remarks.append(self._narrower_maker(each, reach))
        if verdict.earlier:
            remarks.append("who saw an earlier version only is told that it is revoked")
        if self._board.collection.tear_lines and each.granular_marking_refs:
            remarks.append("the collection publishes its tear line, too, if it has one")
        return remarks

    def _joined(self, each: StixObject, verdict: Admitted) -> str:
        """Name what a label was joined with; what narrowed it alone, if any did."""
        if not verdict.joined:
            return ""
        markings = (*each.marking_refs, *each.granular_marking_refs)
        own, _ = label_of_markings(markings, self._board)
        narrowing = {
            other.id
            for other in verdict.joined
            for label in self._labels(other)
            if join(own, label, originator=self._board.nation) != own
        }
        if narrowing:
            return f"narrowed by what it is joined with: {_named(narrowing)}"
        return f"joined with {_named({other.id for other in verdict.joined})}"

    def _labels(self, joined: JoinedWith) -> Iterator[FixedLabel]:
        """Give the label of what something was joined with."""
        for each, verdict in self._admitted.get(joined.id, ()):
            if each.version == joined.version:
                yield verdict.label
        nation = joined.nation or self._board.nation
        collection = joined.collection or self._board.collection.id
        for stored in self._board.known.get(joined.id, ()):
            is_it = stored.nation == nation and stored.collection_id == collection
            if is_it and stored.version == joined.version:
                yield stored.label

    # Identities

    def _reaches_of_makers(self) -> dict[str, Reach]:
        """Tell whom the identities reach that are named as makers and can be seen."""
        named = {each.created_by_ref for each, _ in self._judged} - {None}
        makers = sorted(each for each in named if each is not None)
        known: dict[str, list[Stored]] = {}
        for stored in self._seen.stored(self._board.viewer, makers):
            known.setdefault(stored.id, []).append(stored)
        board = msgspec.structs.replace(self._board, known=known)
        found: dict[str, Reach] = {}
        for each in makers:
            if each in self._admitted:
                newest, verdict = max(
                    self._admitted[each], key=lambda one: one[0].version_us
                )
                reach = self._reach(newest, verdict)
            else:
                reach = self._reaches.of_stored(board.own(each) or board.held(each))
            if reach is not None:
                found[each] = reach
        return found

    def _narrower_maker(self, each: StixObject, reach: Reach) -> str:
        maker = self._makers.get(each.created_by_ref or "")
        if maker is None:
            return ""
        without = set(reach.sees) - set(maker.sees)
        if without:
            return f"its {each.created_by_ref} goes to fewer: not to {_named(without)}"
        if maker.level > reach.level:
            level = self._board.access.alliance.levels[maker.level].name
            return f"its {each.created_by_ref} goes to fewer: it is {level}"
        return ""


class _Reaches:
    """Tells whom things reach, each kind of thing once."""

    def __init__(self, seen: Snapshot, board: Board, now_ms: int) -> None:
        self._seen = seen
        self._board = board
        self._now_ms = now_ms
        self._covers = Covers(seen, board.viewer)
        self._found: dict[tuple[FixedLabel, int | None, bool], Reach] = {}
        self._found_stored: dict[Hashable, Reach] = {}
        self._is_anything_pending = bool(seen.db.execute(_PENDING).get)

    def of(self, new: Admitted) -> Reach:
        """Tell whom something new reaches: by its label, or an ongoing release.

        What waits no release covers.
        """
        key = (new.label, new.information_ms, new.waits)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._of(new)
        return found

    def of_stored(self, versions: Sequence[Stored]) -> Reach | None:
        """Tell whom a stored version reaches now; None where there is none."""
        if not versions:
            return None
        ordered = sorted(versions, key=lambda each: (each.modified_us, each.key))
        key = tuple(self._kind(each) for each in ordered)
        found = self._found_stored.get(key)
        if found is None:
            found = self._found_stored[key] = self._of_stored(ordered)
        return found

    def _kind(self, stored: Stored) -> Hashable:
        """Give what decides whom a version reaches."""
        if self._is_anything_pending:
            return stored.key
        releases = tuple(each.key for each in self._covers.of(stored))
        return stored.label, stored.nation, stored.collection, releases

    def _of_stored(self, versions: list[Stored]) -> Reach:
        newest = versions[-1]
        alliance = self._board.access.alliance
        sees, others = [], {}
        for nation in sorted(alliance.nations):
            found = judge_stored(self._covers, versions, nation)
            if found.sees:
                sees.append(nation)
            else:
                others[nation] = found.why[-1].detail
        return Reach(
            label=print_label(newest.label.label, alliance),
            level=newest.label.level,
            sees=tuple(sees),
            others=others,
        )

    def _of(self, new: Admitted) -> Reach:
        access, nation = self._board.access, self._board.nation
        label = new.label
        by_label = preview_fixed(label, access, nation)
        released = {
            each
            for each in self._released(label, new.information_ms)
            if access.standing(each) and not new.waits
        }
        sees, others = [], dict(by_label.others)
        for each in sorted(
            {*by_label.sees, *released} & access.alliance.nations.keys()
        ):
            if self._seen.can_read(self._board.collection.key, each, label.level):
                sees.append(each)
                others.pop(each, None)
            else:
                others[each] = f"{each} may not read the collection"
        return Reach(
            label=by_label.canonical,
            level=label.level,
            sees=tuple(sees),
            others=dict(sorted(others.items())),
        )

    def _released(
        self, label: FixedLabel, information_ms: int | None
    ) -> Iterator[NationCode]:
        """Name the nations to which releases "from now on" let something new go."""
        since = self._now_ms if information_ms is None else information_ms
        for release, cover in self._ongoing:
            if cover.covers(
                label,
                self._board.nation,
                release.consents,
                When(since, self._now_ms, NEWEST),
            ):
                yield from release.event.to

    @cached_property
    def _ongoing(self) -> list[tuple[Release, Cover]]:
        past = load_past(self._seen.db, self._board.access.alliance)
        return [
            (each, Cover(each.event, each.arrival_ms, each.position, past))
            for each in load_releases(self._seen.db)
            if each.event.ongoing and not each.withdrawn
        ]


def _named(words: Iterable[str]) -> str:
    """List a few words."""
    listed = sorted(words)
    more = len(listed) - NAMED_MAX
    named = ", ".join(listed[:NAMED_MAX])
    return f"{named} and {more} more" if more > 0 else named
