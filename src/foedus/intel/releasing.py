"""The verbs of releases, and the steps in which what an act gave is delivered."""

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from foedus.alliance.past import Past, load_past
from foedus.clock import to_ms
from foedus.errors import ConflictError
from foedus.eventlog.envelope import Act, Append, Event
from foedus.ids import (
    START,
    DecisionId,
    NationCode,
    Position,
    ReleaseId,
    new_event_id,
)
from foedus.intel import releases
from foedus.intel.acts import candidates
from foedus.intel.commands import Desk
from foedus.intel.entitlements import load_releases
from foedus.intel.events import (
    ReleaseConsented,
    Released,
    Widened,
    release_stream,
    widening_stream,
)
from foedus.intel.leaving import last_key_until
from foedus.intel.reading import NOBODY, Snapshot
from foedus.intel.releases import DAY_MS, NEWEST, Cover, Draft, Release, When
from foedus.intel.widenings import Widening, load_widenings
from foedus.releasability.join import decode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Role, Viewer

STEP_DELIVERIES = 500
"""Deliveries of one step, at most. Whoever writes waits for one step, not for all."""

STEP_VERSIONS = 50_000
"""Versions that one step looks at, at most, whether it delivers them or not."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How much one step does.

    Attributes:
        deliveries: how many it makes at most, give or take those of one act.
        versions: how many it looks at, at most.
    """

    deliveries: int = STEP_DELIVERIES
    versions: int = STEP_VERSIONS


PACE = Pace()
"""As a hub delivers."""

_COVERED = """
SELECT v.collection, v.object, a.label, v.information, v.arrival, v.position
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.nation = :nation
   AND v.information >= :since
   AND v.withdrawn = 0
   AND v.flags & 24 = 0
 ORDER BY v.version
"""

_SEEN = """
SELECT v.collection, v.object, a.label, v.nation, v.information, v.arrival, v.position
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.information >= :since
   AND v.withdrawn = 0
   AND v.flags & 24 = 0
   AND EXISTS (SELECT 1 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
 ORDER BY v.version
"""

_IN_FORCE = """
SELECT t.nation, count(*)
  FROM release_to AS t
  JOIN release AS r ON r.release = t.release
 WHERE r.withdrawn = 0
 GROUP BY t.nation
"""

_NEXT = """
SELECT version, position, information,
       audience IN (SELECT value FROM json_each(:audiences))
  FROM version
 WHERE version > :after
   AND version <= :until
   AND withdrawn = 0
 ORDER BY version
 LIMIT :limit
"""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a release makes visible that was not, before it is made.

    Attributes:
        objects: how many objects.
        by_label: how many under each label; each object by its last version.
    """

    objects: int
    by_label: dict[str, int]


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """By which adopted decision something is released.

    Attributes:
        electorate: the nations that decided; the release covers what they originated.
        release: the id of the release, derived from the decision.
        event_id: of the event, likewise, so that it is made once.
    """

    decision: DecisionId
    electorate: tuple[NationCode, ...]
    release: ReleaseId
    event_id: UUID


# Making and ending


async def add(
    desk: Desk, viewer: Viewer, act: Act, draft: Draft
) -> tuple[ReleaseId, Preview, Position]:
    """Make a release; what it gives is delivered by the steps that follow.

    Raises:
        ForbiddenError: the account may release nothing.
        InvalidInputError: a nation is unknown.
        LabelError: the selection is no label.
        RuleViolationError: the release goes beyond what may be released.
    """
    event, preview = await asyncio.to_thread(_propose, desk, viewer, act, draft)
    position = await desk.log.append(
        _append(act, event, release_stream(event.release), after=START)
    )
    return event.release, preview, position


async def dry_run(desk: Desk, viewer: Viewer, act: Act, draft: Draft) -> Preview:
    """Tell what a release would make visible; raises as `add`."""
    _, preview = await asyncio.to_thread(_propose, desk, viewer, act, draft)
    return preview


async def add_decided(desk: Desk, act: Act, draft: Draft, mandate: Mandate) -> Position:
    """Make the release that an adopted decision asks for, once.

    Raises:
        InvalidInputError: a nation is unknown.
        LabelError: the selection is no label.
        RuleViolationError: the release goes beyond what may be released.
    """
    stream = release_stream(mandate.release)
    made = await asyncio.to_thread(desk.log.read, stream)
    if made:
        return made[0].position
    event = await asyncio.to_thread(_decided, desk, act, draft, mandate)
    request = _append(act, event, stream, after=START)
    request = msgspec.structs.replace(request, event_id=mandate.event_id)
    return await desk.log.append(request)


async def consent(desk: Desk, viewer: Viewer, act: Act, name: str) -> Position:
    """Let a release cover what one's own nation originated.

    Raises:
        NotFoundError: there is no such release for this viewer.
        ForbiddenError: the account may not.
        RuleViolationError: the nation was not asked.
        ConflictError: it has consented already, or somebody was faster.
    """
    with desk.reading.snapshot() as seen:
        found = releases.find(load_releases(seen.db), name, viewer, seen.access)
        nation = releases.consent(found, viewer, seen.access)
    event = ReleaseConsented(release=found.event.release, nation=nation)
    stream = release_stream(found.event.release)
    return await desk.log.append(_append(act, event, stream, after=found.last))


async def withdraw(
    desk: Desk, viewer: Viewer, act: Act, name: str, reason: str = ""
) -> Position:
    """End a release, or one's own nation's consent to it.

    Raises:
        NotFoundError: there is no such release for this viewer.
        ForbiddenError: the account may not.
        ConflictError: it is withdrawn already, or somebody was faster.
    """
    with desk.reading.snapshot() as seen:
        found = releases.find(load_releases(seen.db), name, viewer, seen.access)
        event = releases.withdraw(found, viewer, seen.access, reason)
    stream = release_stream(found.event.release)
    return await desk.log.append(_append(act, event, stream, after=found.last))


# Asking


def shown(seen: Snapshot, viewer: Viewer) -> list[Release]:
    """List the releases that a viewer may know of, in order."""
    return [
        each
        for each in load_releases(seen.db)
        if releases.is_shown(each, viewer, seen.access)
    ]


def preview(seen: Snapshot, event: Released, arrival_ms: int) -> Preview:
    """Tell what a release gives of its author's own information.

    A function of what the author's nation originated, and of releases of its own:
    which of it somebody else's lane hides from a receiver is not looked at.
    """
    past = load_past(seen.db, seen.access.alliance)
    cover = Cover(event, arrival_ms, NEWEST, past)
    covers = [_Covering(cover, event, (), NEWEST)]
    covers += [
        _Covering(
            Cover(each.event, each.arrival_ms, each.position, past),
            each.event,
            each.consents,
            NEWEST if each.event.ongoing else each.position,
        )
        for each in load_releases(seen.db)
        if event.nation in (each.event.nation, *each.event.decided)
        and not each.withdrawn
    ]
    gains = _Gains(seen, covers, past)
    labels: dict[tuple[int, str], bytes] = {}
    bindings: dict[str, str | int] = {
        "nation": event.nation,
        "since": event.since_ms,
    }
    rows: Iterator[tuple[Any, ...]] = seen.db.execute(_COVERED, bindings)
    for collection, stix_id, raw, *when in rows:
        if gains.any(collection, raw, event.nation, When(*when)):
            labels[(collection, stix_id)] = raw
    return _preview_of(seen, labels)


def preview_decided(
    seen: Snapshot,
    viewer: Viewer,
    draft: Draft,
    electorate: Sequence[NationCode],
    *,
    now: datetime,
) -> Preview:
    """Tell what a decision would release, of what one reader sees.

    A function of what the reader has been given, and of releases that the reader may
    know of.

    Raises:
        InvalidInputError: a nation is unknown.
        LabelError: the selection is no label.
        RuleViolationError: the release goes beyond what may be released.
    """
    body = _body(seen)
    event = msgspec.structs.replace(
        releases.release(draft, body, seen.access, now), decided=tuple(electorate)
    )
    past = load_past(seen.db, seen.access.alliance)
    new = _Covering(
        Cover(event, to_ms(now), NEWEST, past), event, event.decided, NEWEST
    )
    earlier = [
        _Covering(
            Cover(each.event, each.arrival_ms, each.position, past),
            each.event,
            each.consents,
            NEWEST if each.event.ongoing else each.position,
        )
        for each in shown(seen, viewer)
        if not each.withdrawn
    ]
    gains = _Gains(seen, [new, *earlier], past)
    bindings = {"since": event.since_ms, "readable": seen.readable(viewer)}
    labels: dict[tuple[int, str], bytes] = {}
    rows: Iterator[tuple[Any, ...]] = seen.db.execute(_SEEN, bindings)
    for collection, stix_id, raw, nation, *when in rows:
        if gains.any(collection, raw, NationCode(nation), When(*when)):
            labels[(collection, stix_id)] = raw
    return _preview_of(seen, labels)


class _Covering(NamedTuple):
    """A release, and the position up to which it covers what arrives."""

    cover: Cover
    event: Released
    consents: tuple[NationCode, ...]
    until: int


class _Gains:
    """Whether anybody gains by the first of some releases; judged once for many.

    Args:
        seen: one state of the views.
        covers: the new release, and those before it.
        past: what was known of the alliance, and when.
    """

    def __init__(self, seen: Snapshot, covers: Sequence[_Covering], past: Past) -> None:
        self._seen = seen
        self._covers = covers
        self._past = past
        self._ends = sorted(each.until for each in covers)
        self._known: dict[tuple[object, ...], bool] = {}

    def any(self, collection: int, raw: bytes, of: NationCode, when: When) -> bool:
        """Tell whether a nation gains something.

        Args:
            collection: where the thing stands.
            raw: its label, encoded.
            of: whose it is.
            when: when it arrived.
        """
        # What is covered depends on the days, on which releases came later, and on
        # what was known of the alliance.
        key = (
            collection,
            raw,
            of,
            when.information_ms // DAY_MS,
            when.arrival_ms // DAY_MS,
            bisect_left(self._ends, when.position),
            self._past.turn(when.position),
            self._past.turn_at(when.information_ms),
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = bool(self._gaining(collection, raw, of, when))
        return found

    def _gaining(
        self, collection: int, raw: bytes, of: NationCode, when: When
    ) -> set[NationCode]:
        label = decode_label(raw)
        new, *earlier = self._covers
        if not new.cover.covers(label, of, new.consents, when):
            return set()
        gaining = _readers(self._seen, collection, label.level, new.event.to)
        gaining -= self._seen.access.audience(label) | {of}
        for each in earlier:
            if each.until < when.position or not gaining:
                continue
            if each.cover.covers(label, of, each.consents, when):
                gaining -= set(each.event.to)
        return gaining


def _readers(
    seen: Snapshot, collection: int, level: int, nations: Sequence[NationCode]
) -> set[NationCode]:
    return {each for each in nations if seen.can_read(collection, each, level)}


def _preview_of(seen: Snapshot, labels: dict[tuple[int, str], bytes]) -> Preview:
    by_label: Counter[str] = Counter()
    for raw, count in Counter(labels.values()).items():
        by_label[print_label(decode_label(raw).label, seen.access.alliance)] += count
    return Preview(objects=len(labels), by_label=dict(by_label))


def _decided(desk: Desk, act: Act, draft: Draft, mandate: Mandate) -> Released:
    with desk.reading.snapshot() as seen:
        proposed = releases.release(draft, _body(seen), seen.access, act.at)
        event = msgspec.structs.replace(
            proposed,
            release=mandate.release,
            decision=mandate.decision,
            decided=mandate.electorate,
        )
        in_force: list[tuple[Any, ...]] = seen.db.execute(_IN_FORCE).fetchall()
        releases.check_number(event, dict(in_force))
        return event


def _body(seen: Snapshot) -> Viewer:
    """Act as the alliance itself, which releases what its nations have decided on."""
    alliance = seen.access.alliance
    return Viewer(
        nation=NationCode(alliance.code),
        clearance=len(alliance.levels) - 1,
        roles=frozenset({Role.SECRETARIAT}),
        account=NOBODY,
    )


def _propose(
    desk: Desk, viewer: Viewer, act: Act, draft: Draft
) -> tuple[Released, Preview]:
    with desk.reading.snapshot() as seen:
        event = releases.release(draft, viewer, seen.access, act.at)
        in_force: list[tuple[Any, ...]] = seen.db.execute(_IN_FORCE).fetchall()
        releases.check_number(event, dict(in_force))
        return event, preview(seen, event, to_ms(act.at))


# Steps


def waiting(seen: Snapshot) -> list[Widening]:
    """List the acts whose gains are not all delivered, oldest first."""
    return load_widenings(seen.db)


def next_step(seen: Snapshot, widening: Widening, pace: Pace = PACE) -> Position:
    """Tell up to which position the next step of an act should deliver."""
    originators: frozenset[NationCode] = frozenset()
    since = 0
    if widening.release:
        for each in load_releases(seen.db):
            if each.key == widening.release:
                originators, since = each.originators, each.event.since_ms
    audiences = candidates(seen.db, widening, originators)
    bindings: dict[str, str | int] = {
        "audiences": msgspec.json.encode(audiences).decode(),
        "after": last_key_until(seen.db, widening.progress),
        "until": last_key_until(seen.db, widening.until),
        "limit": pace.versions,
    }
    count = looked = 0
    position = Position(widening.until)
    rows: Iterator[tuple[Any, ...]] = seen.db.execute(_NEXT, bindings)
    for _, at, information, is_candidate in rows:
        count += bool(is_candidate and information >= since)
        if count > pace.deliveries:
            return position
        looked, position = looked + 1, Position(at)
    return position if looked == pace.versions else Position(widening.until)


async def step(desk: Desk, act: Act, pace: Pace = PACE) -> Position | None:
    """Deliver the next step of the oldest act that has anything left.

    Any process may do it: all propose a step after the same position, and the log
    lets one win.

    Returns:
        The position to wait for; None if nothing is left to deliver.
    """
    proposed = await asyncio.to_thread(_next_widened, desk, pace)
    if proposed is None:
        return None
    event, after = proposed
    request = _append(act, event, widening_stream(event.cause), after=after)
    try:
        return await desk.log.append(request)
    except ConflictError:
        # Somebody else delivers this one; it is in the log already.
        return desk.log.head()


def _next_widened(desk: Desk, pace: Pace) -> tuple[Widened, Position] | None:
    with desk.reading.snapshot() as seen:
        for widening in waiting(seen):
            event = Widened(
                cause=Position(widening.cause), until=next_step(seen, widening, pace)
            )
            return event, Position(widening.last)
    return None


def _append(act: Act, event: Event, stream: str, *, after: Position) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=stream,
        event=event,
        who=act.who,
        after=after,
    )
