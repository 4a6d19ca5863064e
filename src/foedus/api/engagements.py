"""What nations do together, as the one who asks may see it."""

from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.alliance.sheets import named_nation
from foedus.api.obligations import LabelWords, Words
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
from foedus.guidance import rules
from foedus.guidance.commands import Engaging, engage, report_engagement
from foedus.guidance.engagements import (
    EngagementSheet,
    Wanted,
    find_engagement,
    list_engagements,
)
from foedus.guidance.events import Course, EngagementKind, EngagementReported

NAME_MAX = 100
"""Characters of a nation's or a region's name."""

ID = "^engagement--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of an engagement is written."""

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=rules.TITLE_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=rules.NAMES_MAX)]


class EngagementsQuery(PageQuery, frozen=True, kw_only=True):
    """Which engagements.

    Attributes:
        nation: only those of one nation, by code, name or alias.
        region: only those in one region, as the data pack calls it.
    """

    nation: Annotated[str, msgspec.Meta(max_length=NAME_MAX)] = ""
    region: Annotated[str, msgspec.Meta(max_length=NAME_MAX)] = ""


class NewEngagement(Closed, frozen=True, kw_only=True):
    """The engagement that is to be recorded.

    Attributes:
        until: the day after its last; null where it is open.
        participants: nations by code, name or alias.
        regions: as the data pack calls them.
        label: who may see it; empty for one's own nation alone.
    """

    kind: EngagementKind
    title: Title
    purpose: Words
    since: date = msgspec.field(name="from")
    until: date | None = None
    participants: Names = ()
    regions: Names = ()
    status: Course = Course.PLANNED
    outcome: Words = ""
    label: LabelWords = ""


class Standing(Closed, frozen=True, kw_only=True):
    """How an engagement stands, and what came of it."""

    status: Course
    outcome: Words = ""


async def list_all(asked: Asked) -> Answer:
    """List the engagements that one may see, the latest to begin first.

    Raises:
        NotFoundError: the alliance knows no such nation.
        InvalidInputError: the data pack has no such region.
    """
    query = asked.asks(EngagementsQuery)
    with asked.hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        wanted = Wanted(
            nation=named_nation(alliance, query.nation) if query.nation else None,
            region=rules.regions([query.region], alliance)[0] if query.region else None,
            after=query.after or None,
            limit=query.limit + 1,
        )
        found = list_engagements(seen.db, seen.access, asked.viewer, wanted)
    shown = found[: query.limit]
    return Answer(
        value=shown, after=shown[-1].engagement if len(found) > len(shown) else ""
    )


async def add_engagement(asked: Asked) -> Answer:
    """Record an engagement.

    Raises:
        ForbiddenError: the one who asks does not speak for a nation.
        NotFoundError: a nation that takes part is unknown.
        InvalidInputError: a day cannot be meant, or a region is unknown.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance.
    """
    sent = asked.sends(NewEngagement)
    made, position = await engage(
        asked.hub.bureau,
        asked.viewer,
        asked.act,
        Engaging(
            kind=sent.kind,
            title=sent.title,
            purpose=sent.purpose,
            since=sent.since,
            until=sent.until,
            participants=sent.participants,
            regions=sent.regions,
            status=sent.status,
            outcome=sent.outcome,
            label=sent.label,
        ),
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, made), location=f"{asked.path}/{made}")


async def show_engagement(asked: Asked) -> Answer:
    """Show one engagement.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=_sheet(asked, asked.parts["id"]))


async def report_on_engagement(asked: Asked) -> Answer:
    """Say how an engagement stands, and what came of it.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: another nation recorded it.
        ConflictError: somebody was faster.
    """
    sent, name = asked.sends(Standing), asked.parts["id"]
    told = EngagementReported(
        engagement=name, status=sent.status, outcome=sent.outcome.strip()
    )
    position = await report_engagement(
        asked.hub.bureau, asked.viewer, asked.act, name, told
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, name))


def _sheet(asked: Asked, name: str) -> EngagementSheet:
    with asked.hub.reading.snapshot() as seen:
        return find_engagement(seen.db, seen.access, asked.viewer, name)


_PARTS: Final = {"id": Part(description="The engagement's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/engagements",
        name="listEngagements",
        summary="What nations do together, the latest to begin first.",
        handler=list_all,
        gives=list[EngagementSheet],
        query=EngagementsQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/engagements",
        name="addEngagement",
        summary="Record a project, exchange, mission, visit or joint exercise.",
        handler=add_engagement,
        gives=EngagementSheet,
        status=201,
        body=NewEngagement,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/engagements/{id}",
        name="showEngagement",
        summary="One engagement.",
        handler=show_engagement,
        gives=EngagementSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/engagements/{id}/report",
        name="reportEngagement",
        summary="Say how it stands and what came of it; for who recorded it.",
        handler=report_on_engagement,
        gives=EngagementSheet,
        parts=_PARTS,
        body=Standing,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
)
