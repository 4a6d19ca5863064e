"""The page that starts a protocol: what is set, whom it asks, and who will see it.

Nothing is started before the page has said whom the run asks and who will see it. A
start is refused with the list where somebody is asked who could not see what is asked.
"""

import asyncio
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, ForbiddenError, NotFoundError
from foedus.identity.authenticator import Session
from foedus.ids import AccountId, NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.viewers import Viewer
from foedus.response import commands
from foedus.response.events import Plan
from foedus.response.planning import Planned, Starting
from foedus.response.seeing import ACTING, directs
from foedus.web.chips import Chip, Token, chip, page_marking, tokens
from foedus.web.decision_forms import typed
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.protocols import find, variables_of
from foedus.web.rendering import see_other
from foedus.web.task_forms import Form

RESPONDED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until the first steps are asked; the rest follows."""

LAUNCH: Final = "launch-"
"""What stands before the name of a variable in the form."""

NAMED_MAX: Final = 60
"""Nations that a preview names; it counts the rest."""

_ANYBODY: Final = AccountId("account--anybody")


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the run that would be started, and of whom it is asked.

    Attributes:
        sent: whether the hub itself would send it, or why not; "" where no machine
            could do it.
    """

    name: str
    nations: tuple[Token, ...]
    chip: Chip
    sent: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it would be started.

    Attributes:
        seen_by: the nations whose accounts may see that it runs, if cleared for it.
        more: how many of these are not named.
    """

    chip: Chip
    exercise: bool
    seen_by: tuple[Token, ...]
    more: int
    steps: tuple[Asking, ...]


async def show_start(site: Site, request: Request) -> Response:
    """Show what may be set before a protocol is started.

    Raises:
        NotFoundError: there is no such protocol for the visitor.
        ForbiddenError: the visitor starts no runs.
    """
    session = require_session(site, request)
    return await _page(site, request, session, {})


async def start(site: Site, request: Request) -> Response:
    """Preview what a form would start, or start it.

    Raises:
        NotFoundError: there is no such protocol for the visitor.
    """
    session, form = await signed_form(site, request)
    hub, name = site.hub, str(request.path_params["id"])
    if form.get("do") != "start":
        return await _page(site, request, session, form, asked=True)
    try:
        act = hub.act(session.account, door="web", at=hub.clock())
        run, position = await commands.start(
            hub.desk, session.account.viewer(), act, _starting(name, form)
        )
    except FoedusError as error:
        return await _page(site, request, session, form, error=error)
    await hub.seen([position])
    await hub.responded(within_s=RESPONDED_WITHIN_S)
    return see_other(f"/runs/{run}?done=start")


async def _page(  # noqa: PLR0913 - what a page of a form is made of
    site: Site,
    request: Request,
    session: Session,
    form: Form,
    *,
    asked: bool = False,
    error: FoedusError | None = None,
) -> Response:
    viewer, name = session.account.viewer(), str(request.path_params["id"])

    def read() -> tuple[dict[str, object], Chip | None, FoedusError | None]:
        with site.hub.reading.snapshot() as seen:
            found = find(seen, viewer, name)
            if found.shelved is None:
                raise NotFoundError("import the protocol first")
            if not directs(viewer, seen.access):
                raise ForbiddenError("only a duty officer starts a protocol")
            preview, refusal = None, error
            if asked:
                preview, refusal = _tried(site, seen, session, name, form)
            labels = [found.shelved.label]
            card: dict[str, object] = {
                "book": found.playbook,
                "variables": variables_of(found.playbook),
                "chip": chip(found.shelved.label, seen.access),
                "preview": preview,
            }
            return card, page_marking(labels, seen.access, viewer.nation), refusal

    card, marking, refusal = await asyncio.to_thread(read)
    return site.renderer.page(
        "protocol_start.html",
        {
            **frame(site, request, Page(title="Start a protocol", marking=marking)),
            **card,
            "form": form,
            "error": refusal.detail if refusal else "",
        },
        status=refusal.status if refusal else HTTPStatus.OK,
    )


def _tried(
    site: Site, seen: Snapshot, session: Session, name: str, form: Form
) -> tuple[Preview | None, FoedusError | None]:
    viewer, hub = session.account.viewer(), site.hub
    act = hub.act(session.account, door="web", at=hub.clock())
    try:
        planned = commands.plan_start(
            hub.desk, seen, viewer, act, _starting(name, form)
        )
    except FoedusError as error:
        return None, error
    return _preview(seen, viewer, planned), None


def _starting(name: str, form: Form) -> Starting:
    lines = (each.strip() for each in form.get("evidence", "").splitlines())
    return Starting(
        playbook=name,
        launch={
            field.removeprefix(LAUNCH): said.strip()
            for field, said in form.items()
            if field.startswith(LAUNCH) and said.strip()
        },
        label=typed(form, "label"),
        evidence=tuple(each for each in lines if each),
        reason=typed(form, "reason"),
        exercise=True if form.get("exercise") == "yes" else None,
    )


def _preview(seen: Snapshot, viewer: Viewer, planned: Planned) -> Preview:
    access = seen.access
    names = {
        (each.edition.version, step_id): step.label
        for found in planned.editions
        if (each := find(seen, viewer, found.playbook, found.modified).shelved)
        for step_id, step in each.playbook.workflow.items()
    }
    readers = _readers(access, planned.label, viewer.nation)
    return Preview(
        chip=chip(planned.label, access),
        exercise=planned.exercise,
        seen_by=tokens(readers[:NAMED_MAX], access, viewer.nation),
        more=max(0, len(readers) - NAMED_MAX),
        steps=tuple(
            Asking(
                name=names.get((each.version, each.step), each.step),
                nations=tokens(each.nations, access, viewer.nation),
                chip=chip(decode_label(bytes(each.label)), access),
                sent=_sent(each),
            )
            for each in planned.plans
        ),
    )


def _sent(plan: Plan) -> str:
    if plan.sends is not None:
        if plan.sends.needed:
            return f"The hub sends it itself once {plan.sends.needed} persons agree."
        return "The hub sends it itself, at once."
    return f"By hand: {plan.by_hand}." if plan.by_hand else ""


def _readers(
    access: Access, label: FixedLabel, coordinator: NationCode
) -> list[NationCode]:
    """List the nations that a label reaches; who of them is cleared is not told."""
    return [
        code
        for code in sorted(access.alliance.nations)
        if access.may_see(
            Viewer(
                nation=code,
                clearance=label.label.level,
                roles=ACTING,
                account=_ANYBODY,
            ),
            label,
            coordinator,
        )
    ]
