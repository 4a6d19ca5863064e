"""Working calendars that nations and operators bring: the verb, and what is known.

- A nation brings its own; the alliance's own body brings any. Each says where it is
  from. The last one brought counts, for runs that start from then on.
- Calendars are no secret: every account of the hub may read them.
"""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any, Final

import apsw
import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import to_ms
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from foedus.eventlog.envelope import Act, Append
from foedus.ids import NationCode, Position, new_event_id
from foedus.intel.commands import Desk
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer
from foedus.response.calendars import (
    ASSUMED,
    HOLIDAYS_MAX,
    Calendar,
    calendar_of,
    check_calendar,
)
from foedus.response.events import CalendarSet, calendar_stream

CALENDARS_MAX: Final = 300
"""Calendars of one file; there are fewer nations."""

FILE_BYTES_MAX: Final = 1_048_576
"""Bytes of a file: some three hundred calendars of two hundred days each."""

OF_NATIONS: Final = frozenset({Role.DUTY_OFFICER, Role.PLANNER})
"""Roles that bring the calendar of their own nation."""

OF_THE_BODY: Final = frozenset({Role.OPERATOR, Role.SECRETARIAT})
"""Roles of the alliance's own body that bring anybody's."""

_BROUGHT = """
SELECT body
  FROM calendar
 WHERE nation = :nation
 ORDER BY position DESC
 LIMIT 1
"""

_NOBODY: Final = "your account brings no calendars: duty officers and planners do"

_calendar = msgspec.json.Decoder(Calendar).decode


class CalendarSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A working calendar as it is shown.

    Attributes:
        assumed: nothing better is known.
    """

    nation: NationCode
    zone: str
    days: tuple[int, ...]
    hours: tuple[str, ...]
    holidays: tuple[str, ...]
    quiet: tuple[str, ...]
    basis: str
    assumed: bool


class Brought(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calendar as a file has it.

    Attributes:
        nation: its code or name.
        zone: in which its hours are meant; that of its capital without.
        days: which days of the week are worked; 1 is Monday.
        hours: stretches of a working day, in order.
        holidays: `2026-12-24`, or `12-24` for every year.
        quiet: hours at which reminders wait.
        basis: where all this is from.
    """

    nation: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    zone: Annotated[str, msgspec.Meta(max_length=64)] = ""
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    hours: tuple[str, ...] = ("08:00-17:00",)
    holidays: Annotated[tuple[str, ...], msgspec.Meta(max_length=HOLIDAYS_MAX)] = ()
    quiet: tuple[str, ...] = ()
    basis: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


_file = msgspec.json.Decoder(
    Annotated[list[Brought], msgspec.Meta(min_length=1, max_length=CALENDARS_MAX)]
).decode


async def bring(desk: Desk, viewer: Viewer, act: Act, raw: bytes) -> list[Position]:
    """Take in the calendars of a file, all or none.

    Args:
        desk: where the log is.
        viewer: who brings them.
        act: by which door, and when.
        raw: a list of calendars in JSON.

    Raises:
        InvalidInputError: it is none, or nothing could be counted by one of them.
        ForbiddenError: the account may not bring one of them.
    """
    access = desk.reading.access()
    if not viewer.roles & (OF_NATIONS | OF_THE_BODY):
        raise ForbiddenError(_NOBODY)
    found = await asyncio.to_thread(read_calendars, raw, access.alliance)
    for each in found:
        _check_may(viewer, access, each.nation)
    outcomes = await desk.log.append_many(
        [
            Append(
                event_id=new_event_id(to_ms(act.at)),
                stream=calendar_stream(each.nation),
                event=CalendarSet(nation=viewer.nation, calendar=each),
                who=act.who,
            )
            for each in found
        ]
    )
    for outcome in outcomes:
        if isinstance(outcome, FoedusError):
            raise outcome
    return [each for each in outcomes if isinstance(each, int)]


def read_calendars(raw: bytes, alliance: Alliance) -> list[Calendar]:
    """Read a file of calendars; the detail of a refusal names the nation.

    Raises:
        InvalidInputError: it is none, or nothing could be counted by one of them.
    """
    try:
        brought = _file(raw)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise InvalidInputError(
            f"the file holds no list of calendars: {error}"
        ) from error
    found: dict[NationCode, Calendar] = {}
    for each in brought:
        nation = alliance.nation(each.nation)
        if nation is None:
            raise InvalidInputError(f"no nation {each.nation!a}; see 'nation list'")
        if nation in found:
            raise InvalidInputError(f"{nation} is there twice; give each once")
        words = msgspec.structs.asdict(each)
        words |= {"nation": nation, "zone": each.zone or calendar_of(nation).zone}
        calendar = Calendar(**words)
        try:
            check_calendar(calendar)
        except InvalidInputError as error:
            raise InvalidInputError(f"{nation}: {error.detail}") from error
        found[nation] = calendar
    return list(found.values())


def calendar_known(db: apsw.Connection, nation: NationCode) -> Calendar:
    """Give the calendar of a nation: what was brought last, or what is assumed."""
    row: tuple[Any, ...] | None = db.execute(_BROUGHT, {"nation": nation}).fetchone()
    return calendar_of(nation) if row is None else _calendar(row[0])


def calendars_known(
    db: apsw.Connection, nations: Iterable[NationCode]
) -> tuple[Calendar, ...]:
    """Give the calendars of nations, in the order of their codes."""
    return tuple(calendar_known(db, each) for each in sorted(nations))


def list_calendars(db: apsw.Connection, alliance: Alliance) -> list[CalendarSheet]:
    """Show the calendar of each nation, in the order of their codes."""
    return list(map(_sheet, calendars_known(db, alliance.nations)))


def find_calendar(
    db: apsw.Connection, alliance: Alliance, nation: str
) -> CalendarSheet:
    """Show the calendar of a nation.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    code = alliance.nation(nation)
    if code is None:
        raise NotFoundError(f"no nation {nation[:100]!a}; list the nations")
    return _sheet(calendar_known(db, code))


def _sheet(calendar: Calendar) -> CalendarSheet:
    return CalendarSheet(
        **msgspec.structs.asdict(calendar), assumed=calendar.basis == ASSUMED
    )


def may_bring(viewer: Viewer, access: Access, nation: NationCode) -> bool:
    """Tell whether an account may bring the calendar of a nation."""
    if viewer.nation == access.alliance.code and viewer.roles & OF_THE_BODY:
        return True
    is_own = viewer.nation == nation and bool(viewer.roles & OF_NATIONS)
    return is_own and access.standing(nation)


def _check_may(viewer: Viewer, access: Access, nation: NationCode) -> None:
    if not may_bring(viewer, access, nation):
        raise ForbiddenError(
            f"you may not bring the calendar of {nation}: its duty officers and "
            "planners do, or the alliance's own body"
        )
