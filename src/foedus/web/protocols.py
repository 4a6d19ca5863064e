"""Pages of protocols: what there is, what each asks of whom, and against which clocks.

What a nation has imported stands first, then the catalogue: protocols that come with
the hub and are imported when they are first needed. The catalogue is in every hub, so
that it tells nothing of anybody.
"""

import asyncio
import re
from collections.abc import Collection
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, NotFoundError
from foedus.identity.authenticator import Session
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.response import catalogue, importing
from foedus.response.assignments import terms_of
from foedus.response.cacao import Playbook, Step
from foedus.response.catalogue_drawing import draw as lines_of
from foedus.response.catalogue_drawing import facts_of, write_clocks
from foedus.response.findings import Finding
from foedus.response.runs import playbook_of
from foedus.response.seeing import directs
from foedus.response.shelf import Shelved, editions, list_playbooks, open_edition
from foedus.response.validation import validate
from foedus.response.vocabulary import StepKind
from foedus.stix.strict_json import read_object
from foedus.web.chips import Chip, Token, chip, page_marking, token
from foedus.web.decision_forms import typed
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import page_headers, see_other
from foedus.web.workflows import Look, draw

LISTED_MAX: Final = 100
"""Protocols of a list; the API has the rest."""

SOURCES_MAX: Final = 50
"""Sources of a protocol that are shown."""

FINDINGS_KEPT: Final = 64
"""Playbooks whose findings a process keeps; each is found by all its bytes."""

SAID: Final = {"import": "Imported. It can be started now."}
"""What is said after an act, by the word in the address."""


class ProtocolRow(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol in a list.

    Attributes:
        nation: whose it is here; None for one of the catalogue.
        clocks: with a name: from what to what each of them runs.
        asks: how many steps are asked of somebody.
        exercise_of: the id of the same as an exercise, in the catalogue; empty where
            that stands by itself.
    """

    playbook: str
    name: str
    description: str
    nation: Token | None
    chip: Chip | None
    exercise: bool
    impact: int | None
    clocks: tuple[str, ...]
    asks: int
    exercise_of: str = ""


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step in the table behind the drawing.

    Attributes:
        depth: how far it stands inside of others.
        way: what leads to it; empty for what follows.
        facts: who does it, until when, and what it waits for.
    """

    anchor: str
    depth: int
    way: str
    name: str
    text: str
    facts: tuple[str, ...]


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A value that whoever starts the protocol may set."""

    name: str
    label: str
    kind: str
    value: str
    hint: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a protocol rests on."""

    name: str
    text: str
    url: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol that a page is about.

    Attributes:
        shelved: the edition, where a nation has brought it; None for the catalogue's.
        name: in the catalogue; "" for what a nation has brought.
        versions: when each edition that the viewer may see was modified.
    """

    playbook: Playbook
    shelved: Shelved | None = None
    name: str = ""
    versions: tuple[str, ...] = ()


async def show_protocols(site: Site, request: Request) -> Response:
    """List the protocols that the visitor may see, and those of the catalogue."""
    viewer = require_session(site, request).account.viewer()

    def read() -> dict[str, object]:
        with site.hub.reading.snapshot() as seen:
            found = _imported(seen, viewer)
            access = seen.access
            here = {each.edition.playbook for each in found}
            labels = [each.label for each in found]
            return {
                "rows": [_row_of(each, viewer, seen) for each in found],
                "catalogue": _rest(here),
                "may_start": directs(viewer, access),
                "marking": page_marking(labels, access, viewer.nation),
            }

    shown = await asyncio.to_thread(read)
    marking = shown.pop("marking")
    assert marking is None or isinstance(marking, Chip), "the marking of the page"
    page = Page(title="Protocols", marking=marking)
    return site.renderer.page("protocols.html", {**frame(site, request, page), **shown})


async def show_protocol(site: Site, request: Request) -> Response:
    """Show one protocol: its workflow, whom it asks, and its clocks.

    Raises:
        NotFoundError: there is none for the visitor.
    """
    session = require_session(site, request)
    return await _page(site, request, session)


async def give_document(site: Site, request: Request) -> Response:
    """Give a protocol as it was imported, byte for byte.

    Raises:
        NotFoundError: there is none for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    name = str(request.path_params["id"])

    def read() -> bytes:
        with site.hub.reading.snapshot() as seen:
            asked = request.query_params.get("modified", "")
            return find(seen, viewer, name, asked).playbook.source

    answer = Response(await asyncio.to_thread(read), media_type="application/json")
    answer.headers.update(page_headers())
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


async def take(site: Site, request: Request) -> Response:
    """Import a protocol of the catalogue, and what it calls.

    Raises:
        NotFoundError: there is none of this id in the catalogue.
    """
    session, form = await signed_form(site, request)
    hub, name = site.hub, str(request.path_params["id"])
    known = {
        each.id: word
        for each, word in zip(_catalogue(), catalogue.names(), strict=True)
    }
    if name not in known:
        raise NotFoundError(f"no protocol {name} in the catalogue")
    try:
        for raw in catalogue.with_children(known[name]):
            sent = importing.Importing(raw=raw, label=typed(form, "label"))
            act = hub.act(session.account, door="web", at=hub.clock())
            viewer = session.account.viewer()
            _, position = await importing.import_playbook(hub.desk, viewer, act, sent)
            await hub.seen([position])
    except FoedusError as error:
        return await _page(site, request, session, error=error)
    return see_other(f"/protocols/{name}?done=import")


def find(seen: Snapshot, viewer: Viewer, name: str, modified: str = "") -> Found:
    """Find a protocol: one that the viewer may see, or else one of the catalogue.

    Raises:
        NotFoundError: there is none for the viewer.
    """
    lane = editions(seen.db, seen.access, viewer, name)
    versions = tuple(dict.fromkeys(each.edition.modified for each in lane))
    for each in lane:
        if modified in ("", each.edition.modified):
            shelved = open_edition(seen.db, each)
            playbook = shelved.playbook
            return Found(playbook=playbook, shelved=shelved, versions=versions)
    for playbook, word in zip(_catalogue(), catalogue.names(), strict=True):
        if playbook.id == name and not lane and modified in ("", playbook.modified):
            return Found(playbook=playbook, name=word, versions=(playbook.modified,))
    raise NotFoundError(f"no protocol {name}; list the protocols")


def variables_of(playbook: Playbook) -> tuple[Variable, ...]:
    """Give the values that whoever starts a protocol may set."""
    declared = read_object(playbook.source).get("playbook_variables")
    written = declared if isinstance(declared, dict) else {}
    return tuple(
        Variable(
            name=name,
            label=name.strip("_").replace("_", " ").capitalize(),
            kind=each.kind,
            value=each.value or "",
            hint=str(_object(written.get(name)).get("description", "")),
        )
        for name, each in playbook.variables.items()
        if each.external
    )


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
) -> Response:
    viewer, name = session.account.viewer(), str(request.path_params["id"])
    modified = request.query_params.get("modified", "")

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return _card(seen, viewer, find(seen, viewer, name, modified))

    card, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "protocol.html",
        {
            **frame(site, request, Page(title="Protocol", marking=marking)),
            **card,
            "done": SAID.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _card(
    seen: Snapshot, viewer: Viewer, found: Found
) -> tuple[dict[str, object], Chip | None]:
    access, book, shelved = seen.access, found.playbook, found.shelved
    steps = steps_of(book)
    labels = [] if shelved is None else [shelved.label]
    card: dict[str, object] = {
        "book": book,
        "row": _row(book) if shelved is None else _row_of(shelved, viewer, seen),
        "steps": steps,
        "drawing": draw(book, _looks(steps)),
        "variables": variables_of(book),
        "clocks": tuple(write_clocks(book)),
        "findings": _findings(book.source, book.bare_words),
        "sources": _sources(book),
        "versions": found.versions,
        "is_here": shelved is not None,
        "may_start": directs(viewer, access),
    }
    return card, page_marking(labels, access, viewer.nation)


def steps_of(playbook: Playbook) -> tuple[StepRow, ...]:
    """Set the steps out, in the order in which a person reads them."""
    return tuple(
        StepRow(
            anchor=line.step.id,
            depth=line.depth,
            way=line.way,
            name=line.text,
            text=_described(line.step),
            facts=tuple(_in_words(each) for each in facts_of(line.step)),
        )
        for line in lines_of(playbook)
        if line.step is not None and line.step.kind is not StepKind.START
    )


def _in_words(text: str) -> str:
    """Name variables as people do: `affected nation`."""
    return _variable(lambda found: found[1].replace("_", " ").strip(), text)


_variable: Final = re.compile(r"__([A-Za-z][A-Za-z0-9_-]*?)__(?::value)?").sub


def _described(step: Step) -> str:
    """Give what a step says: its description, then its commands in words."""
    said = [step.description, *(each.text for each in step.commands)]
    return _in_words("\n".join(each for each in said if each))


def _looks(steps: tuple[StepRow, ...]) -> dict[str, Look]:
    return {
        each.anchor: Look(
            note=_short(each.facts[0]) if each.facts else "", href=f"#{each.anchor}"
        )
        for each in steps
    }


def _short(text: str) -> str:
    return text if len(text) <= _NOTE_LENGTH else f"{text[: _NOTE_LENGTH - 1]}…"


_NOTE_LENGTH: Final = 27


@lru_cache(maxsize=FINDINGS_KEPT)
def _findings(source: bytes, lenient: bool) -> tuple[Finding, ...]:  # noqa: FBT001 - a key
    return validate(source, lenient=lenient).findings


def _sources(playbook: Playbook) -> list[Source]:
    listed = read_object(playbook.source).get("external_references")
    found = []
    for each in (listed if isinstance(listed, list) else [])[:SOURCES_MAX]:
        written = _object(each)
        found.append(
            Source(
                name=str(written.get("name", "")),
                text=str(written.get("description", "")),
                url=str(written.get("url", "")),
            )
        )
    return found


def _imported(seen: Snapshot, viewer: Viewer) -> list[Shelved]:
    titles = list_playbooks(seen.db, seen.access, viewer, limit=LISTED_MAX)
    return [open_edition(seen.db, each) for each in titles]


@cache
def _catalogue() -> tuple[Playbook, ...]:
    """Give the protocols of the catalogue, in the order of their names there."""
    return tuple(playbook_of(catalogue.raw(each), False) for each in catalogue.names())


def _rest(here: Collection[str]) -> list[ProtocolRow]:
    """Give what is not imported yet, each with its exercise in one row."""
    known = dict(zip(catalogue.names(), _catalogue(), strict=True))
    rows = []
    for name in catalogue.NAMES:
        real, exercise = known[name], known[name + catalogue.EXERCISE]
        left = [each for each in (real, exercise) if each.id not in here]
        if left:
            both = exercise.id if len(left) > 1 else ""
            rows.append(msgspec.structs.replace(_row(left[0]), exercise_of=both))
    return rows


def _row_of(found: Shelved, viewer: Viewer, seen: Snapshot) -> ProtocolRow:
    nation = found.edition.nation
    return msgspec.structs.replace(
        _row(found.playbook),
        nation=token(nation, seen.access, own=nation == viewer.nation),
        chip=chip(found.label, seen.access),
    )


def _row(playbook: Playbook) -> ProtocolRow:
    kinds = [each.kind for each in playbook.workflow.values()]
    return ProtocolRow(
        playbook=playbook.id,
        name=playbook.name,
        description=playbook.description,
        nation=None,
        chip=None,
        exercise=terms_of(playbook).exercise,
        impact=playbook.impact or None,
        clocks=tuple(write_clocks(playbook)),
        asks=kinds.count(StepKind.ACTION),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
