"""The page of working calendars: when each nation works, and where that is from.

- Every account reads them; a nation's duty officers and planners bring its own, and the
  alliance's own body brings anybody's.
- What is assumed says so. What was typed comes back where it is refused.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, InvalidInputError, UnauthorizedError
from foedus.identity.authenticator import Session
from foedus.ids import NationCode
from foedus.response.calendar_commands import (
    CalendarSheet,
    bring,
    find_calendar,
    list_calendars,
    may_bring,
)
from foedus.web.chips import Token, token
from foedus.web.decision_forms import typed
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""The days of the week, 1 to 7."""

FORM_BYTES_MAX: Final = 64 * 1024
"""Bytes of the form: a thousand free days have twelve thousand."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar of a nation, in a list."""

    nation: Token
    days: str
    sheet: CalendarSheet


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of a calendar holds.

    Attributes:
        days: which days of the week are worked, by their numbers.
        holidays: parted by blanks or lines.
    """

    zone: str
    days: frozenset[int]
    hours: str
    quiet: str
    holidays: str
    basis: str


async def show_calendars(site: Site, request: Request) -> Response:
    """List the calendars; show one in full, with the form for whoever may bring it.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    session = require_session(site, request)
    return await _page(site, request, session, request.query_params.get("nation", ""))


async def take(site: Site, request: Request) -> Response:
    """Take the calendar of a nation in, or give the form back with what is wrong.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    session, form = await signed_form(site, request, FORM_BYTES_MAX)
    hub, nation = site.hub, typed(form, "nation")
    fields = _fields_of(form)
    try:
        act = hub.act(session.account, door="web", at=hub.clock())
        raw = msgspec.json.encode([_written(nation, fields)])
        positions = await bring(hub.desk, session.account.viewer(), act, raw)
    except UnauthorizedError:
        raise
    except FoedusError as error:
        return await _page(site, request, session, nation, tried=(fields, error))
    await hub.seen(positions)
    return see_other(f"/calendars?nation={hub.alliance.nation(nation)}&done=1")


async def _page(
    site: Site,
    request: Request,
    session: Session,
    chosen: str,
    *,
    tried: tuple[Fields, FoedusError] | None = None,
) -> Response:
    viewer = session.account.viewer()

    def read() -> tuple[list[Row], CalendarSheet | None, bool]:
        with site.hub.reading.snapshot() as seen:
            access = seen.access
            rows = [
                Row(
                    nation=token(each.nation, access, own=each.nation == viewer.nation),
                    days=_in_words(each.days),
                    sheet=each,
                )
                for each in list_calendars(seen.db, access.alliance)
            ]
            own = access.alliance.nation(viewer.nation) or ""
            name = chosen or own
            if not name:
                return rows, None, False
            sheet = find_calendar(seen.db, access.alliance, name)
            return rows, sheet, may_bring(viewer, access, NationCode(sheet.nation))

    rows, sheet, may = await asyncio.to_thread(read)
    fields = tried[0] if tried else None if sheet is None else _fields(sheet)
    return site.renderer.page(
        "calendars.html",
        {
            **frame(site, request, Page(title="Working calendars")),
            "rows": rows,
            "chosen": next((each for each in rows if each.sheet == sheet), None),
            "may": may,
            "fields": fields,
            "days": list(enumerate(DAYS, start=1)),
            "error": tried[1].detail if tried else "",
            "done": request.query_params.get("done", "") == "1",
        },
        status=tried[1].status if tried else HTTPStatus.OK,
    )


def _in_words(days: tuple[int, ...]) -> str:
    if days == (1, 2, 3, 4, 5):
        return "Mon to Fri"
    return ", ".join(DAYS[each - 1] for each in days)


def _fields(sheet: CalendarSheet) -> Fields:
    return Fields(
        zone=sheet.zone,
        days=frozenset(sheet.days),
        hours=" ".join(sheet.hours),
        quiet=" ".join(sheet.quiet),
        holidays=" ".join(sheet.holidays),
        basis="" if sheet.assumed else sheet.basis,
    )


def _fields_of(form: Mapping[str, str]) -> Fields:
    return Fields(
        zone=typed(form, "zone"),
        days=frozenset(n for n, _ in enumerate(DAYS, start=1) if f"day-{n}" in form),
        hours=typed(form, "hours"),
        quiet=typed(form, "quiet"),
        holidays=typed(form, "holidays"),
        basis=typed(form, "basis"),
    )


def _written(nation: str, fields: Fields) -> dict[str, object]:
    """Write the form as a file of calendars has it."""
    if not fields.basis:
        raise InvalidInputError("say where it is from: a law, a duty roster")
    return {
        "nation": nation,
        "zone": fields.zone,
        "days": sorted(fields.days),
        "hours": fields.hours.split(),
        "quiet": fields.quiet.split(),
        "holidays": fields.holidays.replace(",", " ").split(),
        "basis": fields.basis,
    }
