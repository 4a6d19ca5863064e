"""Releases: acts that let further nations see what an audience could."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Annotated, Final

import msgspec

from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    PageQuery,
    Part,
)
from foedus.errors import InvalidInputError
from foedus.eventlog.envelope import Act
from foedus.ids import Position, ReleaseId
from foedus.intel import releasing
from foedus.intel.commands import Desk
from foedus.intel.entitlements import load_releases
from foedus.intel.releases import REASON_LENGTH_MAX, Draft, find
from foedus.intel.sheets import (
    ReleaseMade,
    ReleaseSheet,
    release_made,
    release_sheet,
)
from foedus.releasability.viewers import Viewer

DELIVERED_WITHIN_S = 2.0
"""Seconds that an answer waits until everything is delivered; the rest follows."""

NATIONS_MAX = 1_000
"""Nations and communities in a list: every one of a pack, by some name."""

WORDS_MAX = 100
"""Characters of a nation's name."""

LABEL_LENGTH_MAX = 4_096
"""Characters of a label, as elsewhere."""

ID = "^release--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a release is written."""

Named = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)], ...],
    msgspec.Meta(max_length=NATIONS_MAX),
]
Reason = Annotated[str, msgspec.Meta(max_length=REASON_LENGTH_MAX)]


class Releases(msgspec.Struct, frozen=True, kw_only=True):
    """Releases, in the order in which they were made."""

    releases: list[ReleaseSheet]


class NewRelease(Closed, frozen=True, kw_only=True):
    """The release that is to be made.

    Attributes:
        to: who shall see it: nations, and communities as they stand today.
        label: what this audience could see, up to its level, is released.
        since: only information that arrived on that day or later.
        from_now_on: whether what arrives later is released, too.
        include_controlled: whether what is under originator control is released,
            too, where all who control agree.
        ask: nations that are asked to let it cover what they originated.
        reason: why; kept in the log.
        dry_run: only count what it would release.
    """

    to: Named
    label: Annotated[str, msgspec.Meta(max_length=LABEL_LENGTH_MAX)]
    since: date
    from_now_on: bool = False
    include_controlled: bool = False
    ask: Named = ()
    reason: Reason = ""
    dry_run: bool = False


class ReleaseEnd(Closed, frozen=True, kw_only=True):
    """Why a release ends.

    Attributes:
        reason: kept in the log.
    """

    reason: Reason = ""


async def list_releases(asked: Asked) -> Answer:
    """List the releases that one may know of, in the order in which they were made.

    Raises:
        InvalidInputError: the page is to begin behind a release that is none.
    """
    page = asked.asks(PageQuery)
    with asked.hub.reading.snapshot() as seen:
        found = releasing.shown(seen, asked.viewer)
    start = 0
    if page.after:
        places = [each.event.release for each in found]
        if page.after not in places:
            raise InvalidInputError("after: no such release; begin anew without it")
        start = places.index(ReleaseId(page.after)) + 1
    shown = [release_sheet(each) for each in found[start : start + page.limit]]
    more = start + page.limit < len(found)
    return Answer(
        value=Releases(releases=shown), after=shown[-1].release if more else ""
    )


async def add_release(asked: Asked) -> Answer:
    """Make a release, or tell what it would make visible.

    Raises:
        ForbiddenError: the one who asks may release nothing.
        InvalidInputError: a nation is unknown, or there is nobody to release to.
        LabelError: the label is none.
        RuleViolationError: it goes beyond what may be released.
    """
    hub = asked.hub
    sent = asked.sends(NewRelease)
    draft = Draft(
        to=sent.to,
        label=sent.label,
        since=sent.since,
        from_now_on=sent.from_now_on,
        include_controlled=sent.include_controlled,
        ask=sent.ask,
        reason=sent.reason,
    )
    if sent.dry_run:
        preview = await releasing.dry_run(hub.desk, asked.viewer, asked.act, draft)
        return Answer(value=release_made(None, preview), status=HTTPStatus.OK)
    release, preview, position = await releasing.add(
        hub.desk, asked.viewer, asked.act, draft
    )
    await hub.seen([position])
    await hub.delivered(within_s=DELIVERED_WITHIN_S)
    return Answer(
        value=release_made(release, preview), location=f"{asked.path}/{release}"
    )


async def show_release(asked: Asked) -> Answer:
    """Show one release.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=_sheet(asked))


async def consent_to_release(asked: Asked) -> Answer:
    """Let a release cover what one's own nation originated.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks may not.
        RuleViolationError: the nation was not asked, or the release is withdrawn.
        ConflictError: it has consented already, or somebody was faster.
    """
    return await _change(asked, releasing.consent)


async def withdraw_release(asked: Asked) -> Answer:
    """End a release, or one's own nation's consent to it.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks may not.
        ConflictError: it is withdrawn already, or somebody was faster.
    """
    reason = asked.sends(ReleaseEnd).reason
    return await _change(asked, partial(releasing.withdraw, reason=reason))


async def _change(
    asked: Asked, verb: Callable[[Desk, Viewer, Act, str], Awaitable[Position]]
) -> Answer:
    hub = asked.hub
    position = await verb(hub.desk, asked.viewer, asked.act, asked.parts["id"])
    await hub.seen([position])
    await hub.delivered(within_s=DELIVERED_WITHIN_S)
    return Answer(value=_sheet(asked))


def _sheet(asked: Asked) -> ReleaseSheet:
    with asked.hub.reading.snapshot() as seen:
        name = asked.parts["id"]
        return release_sheet(
            find(load_releases(seen.db), name, asked.viewer, seen.access)
        )


_PARTS: Final = {"id": Part(description="The release's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/releases",
        name="listReleases",
        summary="The releases that one may know of, in the order they were made.",
        handler=list_releases,
        gives=Releases,
        query=PageQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/releases",
        name="addRelease",
        summary="Let further nations see what an audience could, or count it.",
        handler=add_release,
        gives=ReleaseMade,
        status=201,
        also=(200,),
        body=NewRelease,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/releases/{id}",
        name="showRelease",
        summary="One release.",
        handler=show_release,
        gives=ReleaseSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/releases/{id}/consent",
        name="consentToRelease",
        summary="Let a release cover what one's own nation originated.",
        handler=consent_to_release,
        gives=ReleaseSheet,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/releases/{id}/withdraw",
        name="withdrawRelease",
        summary="End a release, or one's own nation's consent to it.",
        handler=withdraw_release,
        gives=ReleaseSheet,
        parts=_PARTS,
        body=ReleaseEnd,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
)
