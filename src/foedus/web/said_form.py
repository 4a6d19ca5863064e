"""Saying something to others on behalf of one's nation: look first, then say it.

- What updates and engagements have in common: the label that is built by choices, who
  will see it, and a form that is sent twice says it once.
- Nothing is said before the visitor has seen to whom it goes.
"""

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import to_ms
from foedus.errors import ConflictError, FoedusError, InvalidInputError
from foedus.eventlog.envelope import Act
from foedus.guidance.rules import SPEAKERS
from foedus.identity.authenticator import Session
from foedus.ids import Position
from foedus.releasability.access import Access
from foedus.releasability.labelling import label_for
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, tokens
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.publish_form import Fields, choices, label_of, read_fields
from foedus.web.rendering import see_other

FORM_BYTES_MAX = 1 << 20
"""Bytes of a form: the longest text has 100,000 characters, each up to twelve bytes
when it is sent."""

BUILDER = ("level", "who", "nations", "controlled", "no-onward")
"""Names of the fields by which a label is built."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """Who would see what was filled in.

    Attributes:
        label: as it is printed; what the command is given.
        button: what saying it is called.
    """

    label: str
    chip: Chip
    sees: tuple[Token, ...]
    button: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A page that asks for something to be said.

    Attributes:
        template: of the form.
        title: of the page.
        action: where it is sent.
        names: of its own fields.
        context: what it needs besides.
    """

    template: str
    title: str
    action: str
    names: tuple[str, ...]
    context: Mapping[str, object] = {}


def speaks(viewer: Viewer, access: Access) -> bool:
    """Tell whether a viewer says something on behalf of a nation here."""
    return access.standing(viewer.nation) and bool(viewer.roles & SPEAKERS)


def show_form(
    site: Site,
    request: Request,
    asked: Asked,
    form: Mapping[str, str],
    *,
    error: FoedusError | None = None,
) -> Response:
    """Show the form, with what was filled in."""
    viewer = require_session(site, request).account.viewer()
    page = Page(title=asked.title)
    return site.renderer.page(
        asked.template,
        {
            **frame(site, request, page),
            **asked.context,
            **choices(site.hub.alliance, viewer, ceiling=site.hub.ceiling),
            "action": asked.action,
            "fields": read_fields(form, Fields(at="")),
            "form": {name: form.get(name, "") for name in asked.names},
            "seed": form.get("seed", "") or str(to_ms(site.hub.clock())),
            "error": error.detail if error else "",
        },
        status=error.status if error else 200,
    )


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """What is said by a form.

    Attributes:
        asked: the page that asks for it.
        kind: the first part of its id.
        place: the address at which it stands then; `{}` is its id.
    """

    asked: Asked
    kind: str
    place: str


Say = Callable[[Act, str], Awaitable[Position]]
"""Says it, under an id."""

Prepare = Callable[[Viewer, Mapping[str, str], str], Say]
"""Reads a form under a printed label; refuses what is wrong before anybody looks."""


async def say(
    site: Site, request: Request, saying: Saying, prepare: Prepare
) -> Response:
    """Show who will see what a form says, say it, or show the form again."""
    session, form = await signed_form(site, request, FORM_BYTES_MAX)
    viewer, asked, hub = session.account.viewer(), saying.asked, site.hub
    if "change" in form:
        return show_form(site, request, asked, form)
    name = name_of(site, saying.kind, session, form)
    then = see_other(saying.place.format(name))
    try:
        looked = look(site, viewer, form)
        prepared = prepare(viewer, form, looked.label)
        if "publish" not in form:
            return show_look(site, request, asked, form, looked)
        act = hub.act(session.account, door="web", at=hub.clock())
        position = await prepared(act, name)
    except ConflictError:
        return then  # sent twice
    except FoedusError as error:
        return show_form(site, request, asked, form, error=error)
    await hub.seen([position])
    return then


def show_look(
    site: Site,
    request: Request,
    asked: Asked,
    form: Mapping[str, str],
    looked: Looked,
) -> Response:
    """Show who would see it, before anything is said."""
    names = (*asked.names, *BUILDER, "seed")
    page = Page(title=asked.title, marking=looked.chip)
    return site.renderer.page(
        "said_look.html",
        {
            **frame(site, request, page),
            "action": asked.action,
            "heading": asked.title,
            "said": [(name, form[name]) for name in asked.names if form.get(name)],
            "hidden": [(name, form[name]) for name in names if name in form],
            "looked": looked,
        },
    )


def look(site: Site, viewer: Viewer, form: Mapping[str, str]) -> Looked:
    """Tell who would see what is said under the label that was built.

    Raises:
        FoedusError: the label is none, or not for this viewer.
    """
    hub = site.hub
    access = hub.access
    text = print_label(
        label_of(read_fields(form, Fields(at="")), access.alliance), access.alliance
    )
    ceiling = None if hub.settings.ceiling is None else hub.ceiling
    fixed = label_for(text, viewer, access, on=access.on, ceiling=ceiling)
    nations = access.audience(fixed) | {viewer.nation}
    sees = sorted(each for each in nations if access.standing(each))
    others = [each for each in sees if each != viewer.nation]
    count = f"{len(sees)} nations" if len(others) > 1 else "".join(others)
    return Looked(
        label=text,
        chip=chip(fixed, access),
        sees=tokens(sees, access, viewer.nation),
        button=f"Publish to {count}" if others else "Publish to your nation only",
    )


def name_of(site: Site, kind: str, session: Session, form: Mapping[str, str]) -> str:
    """Give the id of what a form says: the same form, the same id.

    It is made from the instant at which the form was shown and from a secret of the
    session, so nobody else can tell it beforehand.
    """
    secret = site.hub.authenticator.csrf_token(session)
    words = f"{kind}\n{secret}\n{form.get('seed', '')}"
    digest = hashlib.sha256(words.encode()).digest()
    return f"{kind}--{uuid.UUID(bytes=digest[:16], version=4)}"


def day_of(form: Mapping[str, str], name: str) -> date | None:
    """Read a day; None where none was filled in.

    Raises:
        InvalidInputError: it is no day.
    """
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInputError(f"{name}: write a day as in 2026-11-23") from error
