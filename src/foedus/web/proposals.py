"""The page of a proposal: what was seen, what would be started, and who decides.

A person approves or dismisses; above a set impact two persons do, or one with an
adopted decision. Who approved is told to nobody.
"""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, NotFoundError
from foedus.identity.authenticator import Session
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.response.proposals import Phase
from foedus.response.proposals_commands import Approving, approve, dismiss
from foedus.response.proposals_sheets import proposal_sheet
from foedus.response.proposals_views import find_proposal
from foedus.response.seeing import directs
from foedus.response.shelf import find_edition
from foedus.web.chips import Chip, chip, page_marking, tokens
from foedus.web.decision_forms import typed
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.items import items_of
from foedus.web.rendering import see_other
from foedus.web.task_forms import Form

PHASES: Final = {
    Phase.OPEN: ("waits for a person", "run"),
    Phase.APPROVED: ("approved", "good"),
    Phase.DISMISSED: ("dismissed", ""),
}
"""The word for each phase, and the class that draws it."""

DONE: Final = {
    "approve": "Your approval is recorded.",
    "dismiss": "Dismissed.",
}
"""What is said after an act, by the word in the address."""


async def show_proposal(site: Site, request: Request) -> Response:
    """Show one proposal.

    Raises:
        NotFoundError: there is none for the visitor.
    """
    session = require_session(site, request)
    return await _page(site, request, session)


async def act(site: Site, request: Request) -> Response:
    """Approve or dismiss what was proposed.

    Raises:
        NotFoundError: there is no such act, or no such proposal for the visitor.
    """
    session, form = await signed_form(site, request)
    verb, name = request.path_params["act"], str(request.path_params["id"])
    if verb not in DONE:
        raise NotFoundError("no such page")
    hub, viewer = site.hub, session.account.viewer()
    done = hub.act(session.account, door="web", at=hub.clock())
    try:
        if verb == "approve":
            sent = Approving(
                decision=typed(form, "decision"), label=typed(form, "label")
            )
            written = await approve(hub.desk, viewer, done, name, sent)
        else:
            reason = typed(form, "reason")
            written = await dismiss(hub.desk, viewer, done, name, reason)
    except NotFoundError:
        raise
    except FoedusError as error:
        return await _page(site, request, session, error=error, form=form)
    await hub.seen(written)
    return see_other(f"/proposals/{name}?done={verb}")


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Form | None = None,
) -> Response:
    viewer, name = session.account.viewer(), str(request.path_params["id"])
    now = site.hub.clock()

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return _card(seen, viewer, name, now)

    card, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "proposal.html",
        {
            **frame(site, request, Page(title="Proposal", marking=marking)),
            **card,
            "form": form or {},
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _card(
    seen: Snapshot, viewer: Viewer, name: str, now: datetime
) -> tuple[dict[str, object], Chip | None]:
    access = seen.access
    found = find_proposal(seen.db, access, viewer, name)
    sheet = proposal_sheet(seen, viewer, found)
    is_officer = directs(viewer, access)
    edition = found.edition
    protocol = find_edition(
        seen.db, access, viewer, edition.playbook, edition.modified
    ) or find_edition(seen.db, access, viewer, edition.playbook)
    ids = dict.fromkeys(each.id for each in sheet.evidence)
    items = items_of(seen, viewer, tuple(ids), now=now)
    card: dict[str, object] = {
        "sheet": sheet,
        "protocol": protocol.playbook.name if protocol else found.name,
        "evidence": [(each, items.get(each)) for each in ids],
        "launch": {
            each.strip("_").replace("_", " ").capitalize(): value
            for each, value in sheet.launch.items()
        },
        "state": PHASES[sheet.phase],
        "chip": chip(found.label, access),
        "sighted": tokens(sheet.sighted_by, access, viewer.nation),
        "may_approve": is_officer and sheet.phase is Phase.OPEN and not sheet.agreed,
        "may_dismiss": is_officer and sheet.phase is not Phase.DISMISSED,
    }
    labels = [found.label, *(each.fixed for each in items.values())]
    return card, page_marking(labels, access, viewer.nation)
