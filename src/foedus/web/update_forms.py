"""Publishing a policy update, and further editions of one."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, ForbiddenError
from foedus.guidance.commands import Publishing, publish_as, publish_edition
from foedus.guidance.updates import UpdateSheet, find_update
from foedus.releasability.viewers import Viewer
from foedus.web.chips import chip, page_marking, printed_label
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.said_form import (
    FORM_BYTES_MAX,
    Asked,
    Say,
    Saying,
    day_of,
    say,
    show_form,
    speaks,
)

NAMES = ("title", "text", "effective")

NEW = Asked(
    template="update_new.html",
    title="Publish a policy update",
    action="/updates/new",
    names=NAMES,
)


async def show_new(site: Site, request: Request) -> Response:
    """Show the form for a policy update."""
    viewer = require_session(site, request).account.viewer()
    if not speaks(viewer, site.hub.access):
        raise ForbiddenError("who publishes an update speaks for a nation; ask one")
    form = {"effective": site.hub.clock().date().isoformat()}
    return show_form(site, request, NEW, form)


async def publish(site: Site, request: Request) -> Response:
    """Show who will see an update, publish it, or show the form again."""

    def prepare(viewer: Viewer, form: Mapping[str, str], label: str) -> Say:
        sent = _sent(site, form, label=label)
        return lambda act, name: publish_as(site.hub.bureau, viewer, act, name, sent)

    saying = Saying(asked=NEW, kind="update", place="/updates/{}?done=published")
    return await say(site, request, saying, prepare)


async def show_edition(site: Site, request: Request) -> Response:
    """Show the form for a further edition of the visitor's own nation's update."""
    viewer = require_session(site, request).account.viewer()
    found = _own(site, request, viewer)
    form = {
        "title": found.title,
        "text": found.text,
        "effective": site.hub.clock().date().isoformat(),
    }
    return _edition_form(site, request, viewer, form)


async def publish_further(site: Site, request: Request) -> Response:
    """Publish a further edition, under the label of the first."""
    session, form = await signed_form(site, request, FORM_BYTES_MAX)
    viewer, hub = session.account.viewer(), site.hub
    name = str(request.path_params["id"])
    act = hub.act(session.account, door="web", at=hub.clock())
    _own(site, request, viewer)
    try:
        sent = _sent(site, form, label="")
        edition, position = await publish_edition(hub.bureau, viewer, act, name, sent)
    except FoedusError as error:
        return _edition_form(site, request, viewer, form, error=error)
    await hub.seen([position])
    return see_other(f"/updates/{name}?edition={edition}&done=edition")


def _sent(site: Site, form: Mapping[str, str], *, label: str) -> Publishing:
    today = site.hub.clock().date()
    return Publishing(
        title=form.get("title", ""),
        text=form.get("text", "").replace("\r\n", "\n"),
        effective=day_of(form, "effective") or today,
        label=label,
    )


def _own(site: Site, request: Request, viewer: Viewer) -> UpdateSheet:
    with site.hub.reading.snapshot() as seen:
        name = str(request.path_params["id"])
        found = find_update(seen.db, seen.access, viewer, name)
        if found.author != viewer.nation or not speaks(viewer, seen.access):
            raise ForbiddenError(
                "only who published an update publishes a further edition of it"
            )
        return found


def _edition_form(
    site: Site,
    request: Request,
    viewer: Viewer,
    form: dict[str, str],
    *,
    error: FoedusError | None = None,
) -> Response:
    found = _own(site, request, viewer)
    access = site.hub.access
    fixed = printed_label(found.label, found.author, access)
    marking = page_marking([fixed], access, viewer.nation)
    return site.renderer.page(
        "update_edition.html",
        {
            **frame(site, request, Page(title="Further edition", marking=marking)),
            "update": found,
            "chip": chip(fixed, access),
            "form": {name: form.get(name, "") for name in NAMES},
            "error": error.detail if error else "",
        },
        status=error.status if error else 200,
    )
