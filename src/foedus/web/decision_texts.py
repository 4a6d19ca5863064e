"""Texts on their pages: drafted, amended, their versions, what changed, what they do.

- A text is typed as people write it: a line a paragraph, a line an effect; see
  `decisions.writing`. What was typed is never lost, also where it is refused.
- A version, a comparison and a preview show what the visitor may know and nothing else.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.clock import from_ms
from foedus.decisions import commands
from foedus.decisions.moves import Amend
from foedus.decisions.profiles import profiles
from foedus.decisions.seeing import speaks
from foedus.decisions.texts import Draft, Kind, Text
from foedus.decisions.versions import Version, compare_last, version, versions_of
from foedus.decisions.writing import (
    EFFECT_FORMS,
    read_annexes,
    read_effects,
    read_paragraphs,
    write_annexes,
    write_effects,
    write_paragraphs,
)
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
)
from foedus.identity.authenticator import Session
from foedus.intel.release_previews import GLANCE_VERSIONS
from foedus.processes.decisions_preview import EffectPreview, Question, preview_effects
from foedus.releasability.access import Access
from foedus.releasability.labels import parse_label
from foedus.web.chips import Chip, chip_of_label, page_marking
from foedus.web.decision_cards import EffectRow, effect_words
from foedus.web.decision_forms import Form, listed, may_amend, typed
from foedus.web.decision_moves import do_move, seen_of
from foedus.web.decisions import dossier_of, place_of
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.watch_consumers import when

TEXT_FORM_BYTES_MAX: Final = 524_288
"""Bytes of a form in which a text is typed; longer ones go by the command line."""

_DIGITS_MAX: Final = 6

PLAIN: Final = (
    "title",
    "summary",
    "label",
    "forum",
    "of",
    "without",
    "chair",
    "weights",
    "paragraphs",
    "annexes",
    "effects",
    "condition",
    "sunset",
    "kind",
    "profile",
    "follows",
)
"""The fields of the form."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """An effect as its reader is shown it before it is decided on.

    Attributes:
        counts: how many objects under each label.
        whole: whether everything was counted, and not the newest versions only.
    """

    row: EffectRow
    objects: int | None
    counts: tuple[tuple[Chip, int], ...]
    whole: bool
    refused: str


async def show_new(site: Site, request: Request) -> Response:
    """Give the form of a new text.

    Raises:
        ForbiddenError: the visitor speaks for nobody.
    """
    session = require_session(site, request)
    access = site.hub.access
    if not speaks(session.account.viewer(), access):
        raise ForbiddenError(
            "only delegates and the secretariat draft; ask one of your nation"
        )
    form = {"of": "MEMBERS", "profile": "nato", "kind": Kind.DECISION.value}
    follows = request.query_params.get("follows", "")
    return _form_page(site, request, form | {"follows": follows})


async def draft(site: Site, request: Request) -> Response:
    """Draft a text, for the visitor's nation and the chair alone."""
    session, form = await signed_form(site, request, bytes_max=TEXT_FORM_BYTES_MAX)
    hub = site.hub
    act = hub.act(session.account, door="web", at=hub.clock())
    try:
        sent = Draft(
            text=text_of(form),
            profile=typed(form, "profile") or "nato",
            follows=typed(form, "follows") or None,
        )
        floor = await asyncio.to_thread(hub.floor)
        viewer = session.account.viewer()
        name, position = await commands.draft(floor, viewer, act, sent)
    except FoedusError as error:
        return _form_page(site, request, form, error=error)
    await hub.seen([position])
    return see_other(f"/decisions/{name}?done=draft")


async def show_amend(site: Site, request: Request) -> Response:
    """Give the form of another text in place, filled with the one that stands.

    Raises:
        NotFoundError: there is no such decision for the visitor.
        ForbiddenError: only the proposer amends, and while it may be.
    """
    session = require_session(site, request)
    text, seen = await asyncio.to_thread(_amended, site, request, session)
    return _form_page(site, request, fields_of(text), amends=seen)


async def amend(site: Site, request: Request) -> Response:
    """Put another text in place: a new version, and no clock."""
    session, form = await signed_form(site, request, bytes_max=TEXT_FORM_BYTES_MAX)
    name, seen = str(request.path_params["id"]), form.get("seen", "")
    try:
        move = Amend(text=text_of(form))
        await do_move(site, session, name, move, seen)
    except NotFoundError:
        raise
    except FoedusError as error:
        await asyncio.to_thread(_amended, site, request, session)
        return _form_page(site, request, form, amends=seen, error=error)
    return see_other(f"/decisions/{name}?done=amend")


async def show_version(site: Site, request: Request) -> Response:
    """Show a version of a text as it was last.

    Raises:
        NotFoundError: there is none, or not for the visitor.
    """
    require_session(site, request)
    found, title, marking = await asyncio.to_thread(_versions, site, request)
    number = _number(request.path_params["number"])
    shown = version(found, number)
    return site.renderer.page(
        "decision_version.html",
        {
            **frame(site, request, Page(title=f"Version {number}", marking=marking)),
            "decision": request.path_params["id"],
            "title": title,
            "version": shown,
            "since": when(from_ms(shown.since_ms)),
            "numbers": [each.number for each in found],
            "effects": write_effects(shown.text.effects).splitlines(),
        },
    )


async def show_diff(site: Site, request: Request) -> Response:
    """Show what changed between two versions; by default the last two.

    Raises:
        NotFoundError: there is no such version for the visitor.
    """
    require_session(site, request)
    found, title, marking = await asyncio.to_thread(_versions, site, request)
    asked = request.query_params
    older = _number(asked["from"]) if asked.get("from") else None
    newer = _number(asked["to"]) if asked.get("to") else None
    changed = await asyncio.to_thread(compare_last, found, older=older, newer=newer)
    return site.renderer.page(
        "decision_diff.html",
        {
            **frame(site, request, Page(title="What changed", marking=marking)),
            "decision": request.path_params["id"],
            "title": title,
            "diff": changed,
            "numbers": [each.number for each in found],
        },
    )


async def show_preview(site: Site, request: Request) -> Response:
    """Show what a text would do if it were adopted now, in the visitor's world.

    The newest versions are counted; all of them only for who asks for `all`.

    Raises:
        NotFoundError: there is no such decision for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    most = None if request.query_params.get("all") else GLANCE_VERSIONS
    question = Question(viewer=viewer, now=site.hub.clock(), most=most)

    def read() -> tuple[str, list[Preview], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            found = dossier_of(request, seen, viewer).decision
            made = preview_effects(seen, question, found)
            labels = [found.label]
            marking = page_marking(labels, seen.access, viewer.nation)
            shown = [_preview(each, seen.access) for each in made]
            return found.text.title, shown, marking

    title, previews, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "decision_preview.html",
        {
            **frame(site, request, Page(title="Before it is decided", marking=marking)),
            "decision": request.path_params["id"],
            "title": title,
            "previews": previews,
            "most": GLANCE_VERSIONS,
        },
    )


def text_of(form: Form) -> Text:
    """Read the text that a form holds.

    Raises:
        InvalidInputError: a field is wrong; the detail names it.
    """
    words: dict[str, object] = {
        "title": typed(form, "title"),
        "summary": typed(form, "summary"),
        "label": typed(form, "label"),
        "forum": {
            "name": typed(form, "forum"),
            "of": listed(typed(form, "of")),
            "without": listed(typed(form, "without")),
            "chair": typed(form, "chair") or None,
            "weights": _weights(typed(form, "weights")),
        },
        "condition": typed(form, "condition"),
        "sunset": typed(form, "sunset") or None,
        "kind": typed(form, "kind") or Kind.DECISION.value,
    }
    try:
        text = msgspec.convert(
            {**words, "paragraphs": [{"verb": "notes", "text": "-"}]}, Text
        )
        return msgspec.convert(
            msgspec.to_builtins(
                msgspec.structs.replace(
                    text,
                    paragraphs=read_paragraphs(form.get("paragraphs", "")),
                    annexes=read_annexes(form.get("annexes", "")),
                    effects=read_effects(form.get("effects", "")),
                )
            ),
            Text,
        )
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the text is wrong: {error}") from error


def fields_of(text: Text) -> dict[str, str]:
    """Write a text into the fields of the form."""
    forum = text.forum
    return {
        "title": text.title,
        "summary": text.summary,
        "label": text.label,
        "forum": forum.name,
        "of": ", ".join(forum.of),
        "without": ", ".join(forum.without),
        "chair": forum.chair or "",
        "weights": ", ".join(f"{code}={n}" for code, n in forum.weights.items()),
        "paragraphs": write_paragraphs(text.paragraphs),
        "annexes": write_annexes(text.annexes),
        "effects": write_effects(text.effects),
        "condition": text.condition,
        "sunset": "" if text.sunset is None else text.sunset.isoformat(),
        "kind": text.kind.value,
    }


def _weights(text: str) -> dict[str, int]:
    found = {}
    for each in listed(text):
        code, _, count = each.partition("=")
        if not count.strip().isdecimal():
            raise InvalidInputError(
                f"weights: {each[:40]!r} is none; write FIN=5600000, POL=36600000"
            )
        found[code.strip()] = int(count[:12])
    return found


def _form_page(
    site: Site,
    request: Request,
    form: Mapping[str, str],
    *,
    amends: str = "",
    error: FoedusError | None = None,
) -> Response:
    fields = {name: form.get(name, "") for name in PLAIN}
    marking = _typed_marking(fields["label"], site.hub.alliance)
    title = "Amend the text" if amends else "Draft a text"
    return site.renderer.page(
        "decision_text.html",
        {
            **frame(site, request, Page(title=title, marking=marking)),
            "form": fields,
            "seen": amends,
            "decision": request.path_params.get("id", ""),
            "profiles": profiles().values(),
            "forms": EFFECT_FORMS,
            "today": date.fromisoformat(f"{site.hub.clock():%Y-%m-%d}"),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _typed_marking(text: str, alliance: Alliance) -> Chip | None:
    """Give the marking of a form by what was typed as its label, if that is one."""
    try:
        return chip_of_label(parse_label(text, alliance), alliance) if text else None
    except LabelError:
        return None


def _amended(site: Site, request: Request, session: Session) -> tuple[Text, str]:
    viewer = session.account.viewer()
    with site.hub.reading.snapshot() as seen:
        found = dossier_of(request, seen, viewer).decision
        if not may_amend(place_of(site, seen, viewer, found)):
            raise ForbiddenError(
                f"only the proposer, {found.proposer}, amends the text, and as long as "
                "it is not decided; under silence an amendment of yours is a break"
            )
        return found.text, seen_of(found)


def _versions(
    site: Site, request: Request
) -> tuple[tuple[Version, ...], str, Chip | None]:
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        dossier = dossier_of(request, seen, viewer)
        found = versions_of(dossier.moments)
        labels = [each.decision.label for each in dossier.moments if each.told]
        marking = page_marking(labels, seen.access, viewer.nation)
        return found, dossier.decision.text.title, marking


def _preview(found: EffectPreview, access: Access) -> Preview:
    what, meaning = effect_words(found.effect, access.alliance)
    counts = tuple(
        (chip_of_label(parse_label(label, access.alliance), access.alliance), count)
        for label, count in sorted(found.by_label.items())
    )
    row = EffectRow(what=what, meaning=meaning, state="proposed", css="", note="")
    return Preview(
        row=row,
        objects=found.objects,
        counts=counts,
        whole=found.whole,
        refused=found.refused,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX):
        raise NotFoundError("there is no such version; see the versions that there are")
    return int(text)
