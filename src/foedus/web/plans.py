"""Plans in the browser: made, listed, and told with their plots, tables and files.

- A page tells one plan as the document that paper and files are made of.
- To make one is a form; the page of the plan follows. What cannot be meant is said
  beside the form, and nothing typed is lost.
- Plans that are for planners alone are shown to these, and otherwise leave no trace.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from http import HTTPStatus
from typing import Final, get_args

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from foedus.identity.authenticator import Session
from foedus.paper.documents import Document, Plot
from foedus.planning.commands import Again, make, make_again
from foedus.planning.horizons import PERIODS, Horizon
from foedus.planning.plan_words import TITLES, document_of
from foedus.planning.plans import RESTRICTED, Kind, Question, Within
from foedus.planning.progress import Tell
from foedus.planning.rules import MAKERS, PLANNERS, check_may_plan
from foedus.planning.situation_surges import More
from foedus.planning.views import PlanLine, PlanSheet, find_plan, list_plans
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, page_marking, printed_label, token
from foedus.web.days import in_words
from foedus.web.decision_cards import Hour, hours_of
from foedus.web.frame import Page, Site, error_page, frame, require_session, signed_form
from foedus.web.plan_making import Done, Making
from foedus.web.readiness import marking_of
from foedus.web.rendering import page_headers
from foedus.web.run_reports import POLICY
from foedus.web.tables import csv_answer

ROWS_MAX: Final = 100
"""Plans on a page, the last made first; the API has all."""


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What the form holds, as it was typed."""

    kind: str = "coverage"
    as_of: str = ""
    periods: str = str(PERIODS)
    times: str = "2"
    hours: str = "48"
    label: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as the page lists it.

    Attributes:
        made: when, as it reads in the capital, in the alliance's zone and in UTC.
    """

    line: PlanLine
    title: str
    day: str
    maker: Token
    made: tuple[Hour, ...]
    chip: Chip | None


async def show_plans(site: Site, request: Request) -> Response:
    """List the plans that the visitor may see, with a form to make one."""
    session = require_session(site, request)
    today = site.hub.clock().date()
    fields = Fields(as_of=today.isoformat())
    return await _list_page(site, request, session, fields, None)


async def make_plan(site: Site, request: Request) -> Response:
    """Make a plan, or give the form back with what is wrong.

    Raises:
        UnauthorizedError: nobody is signed in.
        ForbiddenError: the form comes from elsewhere.
    """
    session, form = await signed_form(site, request)
    fields = msgspec.convert(
        {name: form.get(name, "").strip() for name in Fields.__struct_fields__}, Fields
    )
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())

    async def work(tell: Tell) -> Done:
        question = _question(fields)
        planner, label = hub.planner, fields.label
        filed = await make(planner, viewer, act, question, label=label, tell=tell)
        await hub.seen([filed.position])
        return Done(location=f"/plans/{filed.plan}")

    async def refused(error: FoedusError) -> Response:
        return await _list_page(site, request, session, fields, error)

    title = TITLES.get(fields.kind, "Plan")
    context = {**frame(site, request, Page(title=title)), "title": title}
    page = site.renderer.fragment("plan_making.html", context)
    return Making(work, page, refused)


async def make_plan_again(site: Site, request: Request) -> Response:
    """Make a plan again from its own inputs, and say whether the same comes out.

    Raises:
        UnauthorizedError: nobody is signed in.
        ForbiddenError: the form comes from elsewhere, or the visitor does not plan.
        NotFoundError: there is none of this id, or not for the visitor.
    """
    session, _ = await signed_form(site, request)
    plan, viewer = request.path_params["id"], session.account.viewer()

    async def work(tell: Tell) -> Done:
        found = await make_again(site.hub.planner, viewer, plan, tell=tell)
        return Done(location=f"/plans/{plan}", said=" ".join(_of_again(found)))

    async def refused(error: FoedusError) -> Response:
        return error_page(site, request, error)

    title = "Make it again"
    context = {**frame(site, request, Page(title=title)), "title": title}
    return Making(work, site.renderer.fragment("plan_making.html", context), refused)


def _of_again(found: Again) -> Iterator[str]:
    if found.equal:
        yield "the same comes out."
    else:
        yield f"not the same comes out: {', '.join(found.differs)} differ."
    if found.solver != found.solver_then:
        yield f"Solved by {found.solver}, and then by {found.solver_then}."
    if found.register_changed:
        yield "The register says something else today: make a new plan to see it."


async def show_plan(site: Site, request: Request) -> Response:
    """Show one plan.

    Raises:
        NotFoundError: there is none of this id, or not for the visitor.
    """
    sheet, document = await _told(site, request)
    note = "Illustrative plan" if sheet.line.illustrative else ""
    page = Page(
        title=document.title,
        marking=marking_of(document.label, site.hub.alliance),
        note=note,
    )
    return site.renderer.page(
        "plan.html",
        {
            **frame(site, request, page),
            "told": document,
            "plan": sheet.line.plan,
            "may_again": _may_make(site, request, sheet.line.kind),
            "drawing": _drawing,
        },
    )


def _may_make(site: Site, request: Request, kind: Kind) -> bool:
    viewer = require_session(site, request).account.viewer()
    try:
        check_may_plan(viewer, site.hub.access, kind)
    except ForbiddenError:
        return False
    return True


async def give_table(site: Site, request: Request) -> Response:
    """Give a table of a plan as a file.

    Raises:
        NotFoundError: there is no such plan, or it has no table of this name.
    """
    _, document = await _told(site, request)
    wanted = request.path_params["table"]
    for chapter in document.chapters:
        for each in chapter.tables:
            if each.name == wanted:
                rows = [[cell.text for cell in row] for row in each.rows]
                return csv_answer(f"plan-{wanted}", each.head, rows)
    raise NotFoundError("no such table")


async def give_page(site: Site, request: Request) -> Response:
    """Give a plan as a page to keep.

    Raises:
        NotFoundError: there is none of this id, or not for the visitor.
    """

    def written(document: Document) -> bytes:
        from foedus.paper.html import as_html  # noqa: PLC0415 - rarely asked for

        return as_html(document)

    answer = Response(await _written(site, request, written), media_type="text/html")
    answer.headers.update(page_headers() | {"Content-Security-Policy": POLICY})
    return answer


async def give_paper(site: Site, request: Request) -> Response:
    """Give a plan on paper.

    Raises:
        NotFoundError: there is none of this id, or not for the visitor.
    """

    def written(document: Document) -> bytes:
        from foedus.paper.pdf import as_pdf  # noqa: PLC0415 - takes its time

        return as_pdf(document)

    paper = await _written(site, request, written)
    answer = Response(paper, media_type="application/pdf")
    answer.headers.update(page_headers())
    answer.headers["Content-Disposition"] = 'inline; filename="plan.pdf"'
    return answer


async def give_record(site: Site, request: Request) -> Response:
    """Give a plan with all that went in and came out, as JSON.

    Raises:
        NotFoundError: there is none of this id, or not for the visitor.
    """
    sheet, _ = await _told(site, request)
    answer = Response(msgspec.json.encode(sheet), media_type="application/json")
    answer.headers.update(page_headers())
    answer.headers["Content-Disposition"] = 'attachment; filename="plan.json"'
    return answer


async def _list_page(
    site: Site,
    request: Request,
    session: Session,
    fields: Fields,
    error: FoedusError | None,
) -> Response:
    viewer = session.account.viewer()
    rows, marking = await asyncio.to_thread(_rows, site, viewer)
    kinds = [
        (kind, TITLES[kind])
        for kind in get_args(Kind)
        if viewer.roles & (PLANNERS if kind in RESTRICTED else MAKERS)
    ]
    return site.renderer.page(
        "plans.html",
        {
            **frame(site, request, Page(title="Plans", marking=marking)),
            "rows": rows[:ROWS_MAX],
            "more": len(rows) > ROWS_MAX,
            "kinds": kinds,
            "fields": fields,
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _rows(site: Site, viewer: Viewer) -> tuple[list[Row], Chip | None]:
    with site.hub.reading.snapshot() as seen:
        lines = list_plans(seen.db, seen.access, viewer, limit=ROWS_MAX + 1)
        labels = {printed_label(each.label, each.author, seen.access) for each in lines}
        marking = page_marking(labels, seen.access, viewer.nation)
        access = seen.access
    rows = [
        Row(
            line=each,
            title=TITLES[each.kind],
            day=in_words(each.as_of),
            maker=token(each.author, access, own=each.author == viewer.nation),
            made=hours_of(each.made, viewer.nation, access),
            chip=marking_of(each.label, access.alliance),
        )
        for each in lines
    ]
    return rows, marking


def _question(fields: Fields) -> Question:
    """Read what is asked.

    Raises:
        InvalidInputError: a number or a date is none.
    """
    said: dict[str, object] = {"kind": fields.kind}
    said["horizon"] = Horizon(
        as_of=_date(fields.as_of), periods=int(_number("Periods", fields.periods))
    )
    if fields.kind == "surge":
        said["more"] = {"times": _number("How many times", fields.times)}
    if fields.kind == "closure":
        said["within"] = {"hours": _number("Hours", fields.hours)}
    try:
        more = msgspec.convert(said["more"], More) if "more" in said else None
        within = msgspec.convert(said["within"], Within) if "within" in said else None
        return msgspec.convert({**said, "more": more, "within": within}, Question)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error).replace(" - at `$.", " - in `")) from error


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("As of: write a date such as 2026-11-23") from error


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(f"{name}: {text!r} is no number") from error


async def _written(
    site: Site, request: Request, write: Callable[[Document], bytes]
) -> bytes:
    _, document = await _told(site, request)
    return await asyncio.to_thread(write, document)


async def _told(site: Site, request: Request) -> tuple[PlanSheet, Document]:
    viewer = require_session(site, request).account.viewer()
    plan = request.path_params["id"]

    def read() -> tuple[PlanSheet, Document]:
        with site.hub.reading.snapshot() as seen:
            sheet = find_plan(seen.db, seen.access, viewer, plan)
        return sheet, document_of(sheet)

    return await asyncio.to_thread(read)


def _drawing(plot: Plot) -> Markup:
    """Let a drawing stand on the page: what is written in it is escaped already."""
    return Markup(plot.svg)  # noqa: S704 - drawn by `foedus.paper.drawings`
