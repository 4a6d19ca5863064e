"""The nations: who is a member, a partner, and since when. Known to every account."""

from datetime import date
from typing import Final

import msgspec

from foedus.alliance.sheets import (
    NationLine,
    NationSheet,
    StatusSheet,
    nation_lines,
    nation_sheet,
    status_sheet,
)
from foedus.alliance.statuses import Status
from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    Part,
)
from foedus.ids import NationCode


class DayQuery(Closed, frozen=True, kw_only=True):
    """On which day.

    Attributes:
        as_of: the day; today by default.
    """

    as_of: date | None = None


class NationsQuery(DayQuery, frozen=True, kw_only=True):
    """Which nations, and on which day.

    Attributes:
        status: only those of one status.
    """

    status: Status | None = None


class NewStatus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The status that a nation shall have.

    Attributes:
        since: its first day, past or to come; a day begins at 00:00 UTC.
    """

    status: Status
    since: date = msgspec.field(name="from")


class RecordedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A change of status that has been recorded.

    Attributes:
        since: its first day.
        acts: from when it acts on who may see what: `now`, or a day to come.
    """

    nation: NationCode
    status: Status
    since: date = msgspec.field(name="from")
    acts: str


async def list_nations(asked: Asked) -> Answer:
    """List the nations with their status on a day, by code."""
    query = asked.asks(NationsQuery)
    on = query.as_of or asked.at.date()
    return Answer(value=nation_lines(asked.hub.alliance, on, query.status))


async def show_nation(asked: Asked) -> Answer:
    """Show one nation on a day, by its code, name or alias.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    on = asked.asks(DayQuery).as_of or asked.at.date()
    return Answer(value=nation_sheet(asked.hub.alliance, asked.parts["code"], on))


async def show_status(asked: Asked) -> Answer:
    """Show what a nation was, is, and is recorded to become.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    access = asked.hub.access
    # What has its day today acts when that day has begun in the log, not before.
    return Answer(value=status_sheet(access.alliance, asked.parts["code"], access.on))


async def set_status(asked: Asked) -> Answer:
    """Record that a nation has another status from a day on.

    Raises:
        ForbiddenError: the one who asks is not of the secretariat or an operator.
        NotFoundError: the alliance knows no such nation.
        RuleViolationError: the change says nothing new, or is too far ahead.
        ConflictError: somebody was faster.
    """
    hub = asked.hub
    wanted = asked.sends(NewStatus)
    change = await hub.change_status(
        asked.account,
        asked.act,
        asked.parts["code"],
        status=wanted.status,
        since=wanted.since,
    )
    return Answer(
        value=RecordedStatus(
            nation=change.nation,
            status=change.status,
            since=change.since,
            acts=change.acts,
        )
    )


_PART: Final = {"code": Part(description="Its code, name or alias, in any case.")}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/nations",
        name="listNations",
        summary="The nations with their status on a day, by code.",
        handler=list_nations,
        gives=list[NationLine],
        query=NationsQuery,
    ),
    Operation(
        method="GET",
        path="/api/v1/nations/{code}",
        name="showNation",
        summary="One nation: status, communities and frameworks on a day.",
        handler=show_nation,
        gives=NationSheet,
        parts=_PART,
        query=DayQuery,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/status",
        name="showStatus",
        summary="One nation's status: what it was, is, and is recorded to become.",
        handler=show_status,
        gives=StatusSheet,
        parts=_PART,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/nations/{code}/status",
        name="setStatus",
        summary="Record another status; for the alliance's secretariat and operators.",
        handler=set_status,
        gives=RecordedStatus,
        parts=_PART,
        body=NewStatus,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
)
