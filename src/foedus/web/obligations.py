"""What a nation owes, as a checklist, and reports on it.

- What is owed is known to everybody; what was reported of it is labelled, and who may
  not read a report sees the line as one of which nothing was reported.
- Reports are made by the nation itself, or by the secretariat on its behalf.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.sheets import named_nation
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    RuleViolationError,
)
from foedus.guidance.commands import Reporting, report
from foedus.guidance.events import Progress
from foedus.guidance.obligations import Checklist, Line, checklist
from foedus.guidance.rules import SPEAKERS, whose
from foedus.guidance.standing import is_outside
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, printed_label, token
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.nations import NAMES, today, token_on
from foedus.web.rendering import see_other
from foedus.web.tables import csv_answer

STATES: Final[Mapping[Progress, tuple[str, str]]] = {
    Progress.PLANNED: ("Planned", ""),
    Progress.IN_PROGRESS: ("In progress", "run"),
    Progress.MET: ("Met", "good"),
    Progress.NOT_MET: ("Not met", "bad"),
    Progress.WAIVED: ("Waived", ""),
}
"""How far an obligation is met: the word, and how it is drawn."""

COLUMNS: Final = (
    *("as_of", "obligation", "under", "text", "status", "due", "overdue", "owner"),
    *("evidence", "label", "basis", "sources"),
)
"""Columns of the table for other software."""

DONE: Final = {"reported": "Reported. Below it stands with the label you gave it."}
"""What is said after an act, by the word in the address."""

TEXT_MAX: Final = 4_000
"""Characters of a field of the form."""

_REFUSED: Final = (ForbiddenError, InvalidInputError, LabelError, RuleViolationError)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the checklist as the page shows it.

    Attributes:
        state: a word, and how it is drawn.
        due: the day in words; empty where none is set.
        chip: of the report; None where nothing was reported.
        by: who reported.
    """

    line: Line
    state: tuple[str, str]
    due: str
    chip: Chip | None
    by: Token | None


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in, as it was."""

    obligation: str
    status: str = Progress.IN_PROGRESS.value
    due: str = ""
    owner: str = ""
    evidence: str = ""
    label: str = ""


async def show_obligations(site: Site, request: Request) -> Response:
    """Show what a nation owes on a day, with the last report of each."""
    viewer = require_session(site, request).account.viewer()
    wanted = request.query_params.get("report", "")
    fields = Fields(obligation=wanted) if wanted else None
    return _page(site, request, viewer, fields)


async def give_obligations(site: Site, request: Request) -> Response:
    """Give the checklist as a table for other software."""
    viewer = require_session(site, request).account.viewer()
    found, _, _ = _read(site, request, viewer)
    name = f"obligations-{found.nation}-{found.as_of}"
    return csv_answer(
        name, COLUMNS, (_cells(found, each) for each in found.obligations)
    )


async def report_obligation(site: Site, request: Request) -> Response:
    """Report how a nation meets an obligation."""
    session, form = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    code = named_nation(hub.alliance, request.path_params["code"])
    fields = Fields(
        obligation=form.get("obligation", ""),
        status=form.get("status", ""),
        due=form.get("due", "").strip(),
        owner=form.get("owner", "").strip(),
        evidence=form.get("evidence", "").strip(),
        label=form.get("label", "").strip(),
    )
    try:
        _, position = await report(hub.bureau, viewer, act, _reporting(code, fields))
    except _REFUSED as error:
        return _page(site, request, viewer, fields, error=error)
    await hub.seen([position])
    return see_other(f"/nations/{code}/obligations?done=reported")


def _reporting(code: NationCode, fields: Fields) -> Reporting:
    if fields.status not in set(Progress):
        raise InvalidInputError("choose how far it is met")
    try:
        due = date.fromisoformat(fields.due) if fields.due else None
    except ValueError as error:
        raise InvalidInputError("write the day it is due as 2027-06-30") from error
    return Reporting(
        nation=code,
        obligation=fields.obligation,
        status=Progress(fields.status),
        due=due,
        owner=fields.owner,
        evidence=fields.evidence,
        label=fields.label,
    )


def _page(
    site: Site,
    request: Request,
    viewer: Viewer,
    fields: Fields | None,
    *,
    error: FoedusError | None = None,
) -> Response:
    found, access, labels = _read(site, request, viewer)
    rows = [_row(each, access, viewer) for each in found.obligations]
    code, alliance = found.nation, access.alliance
    open_rows = [each for each in rows if _is_open(each.line)]
    only = request.query_params.get("only", "")
    shown = {"open": open_rows, "late": [each for each in rows if each.line.overdue]}
    may = _may_report(viewer, code, access)
    marking = page_marking(labels, access, viewer.nation)
    name = alliance.nations[code].name
    asked = [
        each for each in rows if fields and each.line.obligation == fields.obligation
    ]
    return site.renderer.page(
        "obligations.html",
        {
            **frame(site, request, Page(title=f"What {name} owes", marking=marking)),
            "code": code,
            "name": name,
            "token": token_on(alliance, code, found.as_of),
            "status": NAMES[alliance.status(code, found.as_of)],
            "outside": is_outside(alliance, code, found.as_of),
            "day": found.as_of.isoformat(),
            "words": in_words(found.as_of),
            "rows": shown.get(only, rows),
            "only": only if only in shown else "",
            "counts": (len(rows), len(open_rows), len(shown["late"])),
            "may_report": may,
            "fields": fields if may and asked else None,
            "asked": asked[0].line if asked else None,
            "states": [(each.value, STATES[each][0]) for each in Progress],
            "ready": ready_labels(access),
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def ready_labels(access: Access) -> list[str]:
    """Offer the labels that are asked for most; any other may be written."""
    level = access.alliance.levels[0].name
    return [f"{level} // REL TO MEMBERS", f"{level} // PUBLIC"]


def _read(
    site: Site, request: Request, viewer: Viewer
) -> tuple[Checklist, Access, Sequence[FixedLabel]]:
    day = asked_day(request, today(site.hub.clock))
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        code = named_nation(access.alliance, request.path_params["code"])
        found = checklist(seen.db, access, viewer, code, day)
    reports = [each.report for each in found.obligations if each.report]
    labels = [printed_label(each.label, each.author, access) for each in reports]
    return found, access, labels


def _cells(found: Checklist, each: Line) -> tuple[object, ...]:
    told = each.report
    return (
        *(found.as_of, each.obligation, each.under, each.text),
        *((told.status.value, told.due) if told else ("", "")),
        int(each.overdue),
        *((told.owner, told.evidence, told.label) if told else ("", "", "")),
        *(each.basis.value, " ".join(cited.sid for cited in each.source)),
    )


def _row(line: Line, access: Access, viewer: Viewer) -> Row:
    told = line.report
    if told is None:
        return Row(line=line, state=("Not reported", ""), due="", chip=None, by=None)
    label = printed_label(told.label, told.author, access)
    return Row(
        line=line,
        state=STATES[told.status],
        due=shortly(told.due) if told.due else "",
        chip=chip(label, access),
        by=token(told.author, access, own=told.author == viewer.nation),
    )


def _is_open(line: Line) -> bool:
    told = line.report
    return told is None or told.status not in {Progress.MET, Progress.WAIVED}


def _may_report(viewer: Viewer, code: NationCode, access: Access) -> bool:
    try:
        whose(viewer, code, access.alliance)
    except ForbiddenError:
        return False
    return bool(viewer.roles & SPEAKERS)
