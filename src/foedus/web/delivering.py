"""Tasks that a page shows are delivered by that (C1); its head alone shows none."""

from collections.abc import Iterable

from starlette.requests import Request

from foedus.identity.authenticator import Session
from foedus.ids import Position
from foedus.response.commands import note_shown
from foedus.response.tasks import Task
from foedus.web.frame import Site


async def deliver(
    site: Site, request: Request, session: Session, shown: Iterable[Task]
) -> list[Position]:
    """Note that a visitor is shown tasks, by a page that has a body.

    Returns:
        The positions of what was written.
    """
    if request.method == "HEAD":
        return []
    act = site.hub.act(session.account, door="web", at=site.hub.clock())
    return await note_shown(site.hub.desk, session.account.viewer(), act, shown)
