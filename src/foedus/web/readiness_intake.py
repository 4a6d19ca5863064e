"""The page on which units are brought: a table, typed or pasted, whole or not at all.

What was sent is never lost: where it is refused, the form comes back with it and with
the rows that are wrong. Whoever brings troops without reports is told what they raise.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, ForbiddenError, UnauthorizedError
from foedus.identity.authenticator import Session
from foedus.readiness.intake import filled, take_in
from foedus.readiness.rules import NOT_COUNTED, SPEAKERS
from foedus.readiness.tables import UnitRow, read_units
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other

TABLE_BYTES_MAX: Final = 1024 * 1024
"""What may be pasted: some five thousand rows; larger tables come by command or API."""

EXAMPLE: Final = (
    "nation,name,type,size,measures,since,posture,notice_h,as_of,valid_until,evidence\n"
)
"""The first line of a table that has what a rating needs."""


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What the form holds."""

    table: str = EXAMPLE
    label: str = ""


def may_bring(session: Session) -> bool:
    """Tell whether somebody records anything for a nation."""
    return bool(session.account.viewer().roles & SPEAKERS)


async def show_new(site: Site, request: Request) -> Response:
    """Show the form.

    Raises:
        ForbiddenError: the account records nothing for a nation.
    """
    session = require_session(site, request)
    _check(session)
    return _page(site, request, Fields())


async def take(site: Site, request: Request) -> Response:
    """Take the table in, or give the form back with what is wrong.

    Raises:
        UnauthorizedError: nobody is signed in.
        ForbiddenError: the form comes from elsewhere.
    """
    session, form = await signed_form(site, request, TABLE_BYTES_MAX)
    _check(session)
    fields = Fields(table=form.get("table", ""), label=form.get("label", "").strip())
    try:
        recorded, bare = await _take(site, session, fields)
    except UnauthorizedError:
        raise
    except FoedusError as error:
        return _page(site, request, fields, error)
    return see_other(f"/units?recorded={recorded}{'&bare=1' if bare else ''}")


def said_after(query: Mapping[str, str]) -> str:
    """Say what became of a table, by the address that follows it."""
    recorded = query.get("recorded", "")
    if not (recorded.isascii() and recorded.isdigit()) or len(recorded) > 6:  # noqa: PLR2004
        return ""
    said = f"{int(recorded)} recorded."
    remark = f"{NOT_COUNTED[:1].upper()}{NOT_COUNTED[1:]}."
    return f"{said} {remark}" if query.get("bare") else said


async def _take(site: Site, session: Session, fields: Fields) -> tuple[int, bool]:
    """Take the table in; tell how much was new, and whether a unit has no report."""
    hub = site.hub
    sent = await asyncio.to_thread(read_units, fields.table.encode(), "csv")
    sent = [filled(each, fields.label, illustrative=False) for each in sent]
    act = hub.act(session.account, door="web", at=hub.clock())
    taken = await take_in(hub.register, session.account.viewer(), act, sent)
    await hub.seen([each.position for each in taken.recorded])
    return len(taken.recorded), NOT_COUNTED in taken.remarks


def _check(session: Session) -> None:
    if not may_bring(session):
        names = ", ".join(sorted(SPEAKERS))
        raise ForbiddenError(f"this takes one of the roles {names}; ask who has one")


def _page(
    site: Site, request: Request, fields: Fields, error: FoedusError | None = None
) -> Response:
    return site.renderer.page(
        "units_new.html",
        {
            **frame(site, request, Page(title="Bring units")),
            "fields": fields,
            "error": error.detail if error else "",
            "columns": UnitRow.__struct_fields__,
            "remark": NOT_COUNTED,
        },
        status=error.status if error else HTTPStatus.OK,
    )
