"""The verbs of releases, and the steps in which what an act gave is delivered."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

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
from foedus.intel.release_previews import Preview, preview
from foedus.intel.releases import Draft, Release
from foedus.intel.widenings import Widening, load_widenings
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
    desk: Desk, viewer: Viewer, act: Act, draft: Draft, *, most: int | None = None
) -> tuple[ReleaseId, Preview, Position]:
    """Make a release; what it gives is delivered by the steps that follow.

    Args:
        desk: where.
        viewer: who releases.
        act: the same, and when.
        draft: what is released.
        most: how many versions to count, the newest first; None for all.

    Raises:
        ForbiddenError: the account may release nothing.
        InvalidInputError: a nation is unknown.
        LabelError: the selection is no label.
        RuleViolationError: the release goes beyond what may be released.
    """
    event, preview = await asyncio.to_thread(_propose, desk, viewer, act, draft, most)
    position = await desk.log.append(
        _append(act, event, release_stream(event.release), after=START)
    )
    return event.release, preview, position


async def dry_run(
    desk: Desk, viewer: Viewer, act: Act, draft: Draft, *, most: int | None = None
) -> Preview:
    """Tell what a release would make visible; as `add`."""
    _, preview = await asyncio.to_thread(_propose, desk, viewer, act, draft, most)
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


def decided(
    seen: Snapshot, draft: Draft, electorate: Sequence[NationCode], now: datetime
) -> Released:
    """Tell what nations would release together, if they decided on a draft.

    Raises:
        InvalidInputError: a nation is unknown.
        LabelError: the selection is no label.
        RuleViolationError: the release goes beyond what may be released.
    """
    event = releases.release(draft, _body(seen), seen.access, now)
    return msgspec.structs.replace(event, decided=tuple(electorate))


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


def _decided(desk: Desk, act: Act, draft: Draft, mandate: Mandate) -> Released:
    with desk.reading.snapshot() as seen:
        event = msgspec.structs.replace(
            decided(seen, draft, mandate.electorate, act.at),
            release=mandate.release,
            decision=mandate.decision,
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
    desk: Desk, viewer: Viewer, act: Act, draft: Draft, most: int | None
) -> tuple[Released, Preview]:
    with desk.reading.snapshot() as seen:
        event = releases.release(draft, viewer, seen.access, act.at)
        in_force: list[tuple[Any, ...]] = seen.db.execute(_IN_FORCE).fetchall()
        releases.check_number(event, dict(in_force))
        return event, preview(seen, event, to_ms(act.at), most)


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
