"""The nations: who is a member, a partner, and since when. Known to every account."""

from datetime import date
from typing import Final

import msgspec

from foedus.alliance.nations import Alliance, Participation
from foedus.alliance.statuses import Status
from foedus.api.operations import Answer, Asked, Closed, Operation, Part
from foedus.errors import NotFoundError
from foedus.ids import CommunityCode, NationCode


class NationLine(msgspec.Struct, frozen=True, kw_only=True):
    """A nation in a list.

    Attributes:
        since: the first day of the status; null where it never had another.
    """

    code: NationCode
    name: str
    status: Status
    since: date | None


class NationSheet(NationLine, frozen=True, kw_only=True):
    """Everything about one nation on a day.

    Attributes:
        as_of: the day.
        aliases: other names by which labels and people call it.
        communities: codes of the communities that it belongs to.
        frameworks: what it takes part in.
    """

    as_of: date
    aliases: tuple[str, ...]
    communities: tuple[CommunityCode, ...]
    frameworks: tuple[Participation, ...]


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


async def list_nations(asked: Asked) -> Answer:
    """List the nations with their status on a day, by code."""
    query = asked.asks(NationsQuery)
    alliance = asked.hub.alliance
    on = query.as_of or asked.at.date()
    lines = (_line(alliance, code, on) for code in sorted(alliance.nations))
    return Answer(value=[each for each in lines if query.status in (None, each.status)])


async def show_nation(asked: Asked) -> Answer:
    """Show one nation on a day, by its code, name or alias.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    alliance = asked.hub.alliance
    code = alliance.nation(asked.parts["code"])
    if code is None:
        raise NotFoundError(f"the pack of {alliance.name} has no such nation")
    on = asked.asks(DayQuery).as_of or asked.at.date()
    sheet = NationSheet(
        **msgspec.structs.asdict(_line(alliance, code, on)),
        as_of=on,
        aliases=tuple(alliance.nations[code].aliases),
        communities=tuple(
            community
            for community in sorted(alliance.communities)
            if code in alliance.members_of(community, on)
        ),
        frameworks=alliance.frameworks_of(code, on),
    )
    return Answer(value=sheet)


def _line(alliance: Alliance, code: NationCode, on: date) -> NationLine:
    return NationLine(
        code=code,
        name=alliance.nations[code].name,
        status=alliance.status(code, on),
        since=alliance.since(code, on),
    )


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
        parts={"code": Part(description="Its code, name or alias, in any case.")},
        query=DayQuery,
        errors=(404,),
    ),
)
