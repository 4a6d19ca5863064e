"""Working calendars of nations: shown to every account, brought by whoever may."""

from typing import Final

import msgspec

from foedus.api.operations import Answer, Asked, Door, Keep, Operation, Part
from foedus.response import calendar_commands
from foedus.response.calendar_commands import (
    FILE_BYTES_MAX,
    CalendarSheet,
    find_calendar,
    list_calendars,
)


class Calendars(msgspec.Struct, frozen=True, kw_only=True):
    """Working calendars, by the codes of their nations."""

    calendars: list[CalendarSheet]


async def show_calendars(asked: Asked) -> Answer:
    """List the calendar of each nation."""
    return Answer(value=_listed(asked))


async def show_calendar(asked: Asked) -> Answer:
    """Show the calendar of one nation.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    with asked.hub.reading.snapshot() as seen:
        found = find_calendar(seen.db, seen.access.alliance, asked.parts["code"])
    return Answer(value=found)


async def bring_calendars(asked: Asked) -> Answer:
    """Take in calendars, all or none.

    Raises:
        InvalidInputError: they are none, or nothing could be counted by one of them.
        ForbiddenError: the one who asks may not bring one of them.
    """
    positions = await calendar_commands.bring(
        asked.hub.desk, asked.viewer, asked.act, bytes(asked.sends(msgspec.Raw))
    )
    await asked.hub.seen(positions)
    return Answer(value=_listed(asked))


def _listed(asked: Asked) -> Calendars:
    with asked.hub.reading.snapshot() as seen:
        found = list_calendars(seen.db, seen.access.alliance)
    return Calendars(calendars=found)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/calendars",
        name="listCalendars",
        summary="The working calendar of each nation, and where it is from.",
        handler=show_calendars,
        gives=Calendars,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/calendars",
        name="bringCalendars",
        summary="Take in working calendars, all or none; gives all that there are.",
        handler=bring_calendars,
        gives=Calendars,
        body=msgspec.Raw,
        body_bytes_max=FILE_BYTES_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403,),
    ),
    Operation(
        method="GET",
        path="/api/v1/calendars/{code}",
        name="showCalendar",
        summary="The working calendar of a nation, by its code or name.",
        handler=show_calendar,
        gives=CalendarSheet,
        parts={"code": Part(description="The nation's code or name.")},
        keep=Keep.NOBODY,
        errors=(404,),
    ),
)
