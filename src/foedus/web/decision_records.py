"""The signed record of a decision: taken, and checked, also one that was kept."""

import asyncio
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_ms
from foedus.decisions import reading, records
from foedus.decisions.records import Record
from foedus.decisions.states import Phase
from foedus.errors import FoedusError, InvalidInputError
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, page_marking
from foedus.web.decision_cards import PHASES
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import page_headers
from foedus.web.watch_consumers import when

RECORD_BYTES_MAX: Final = 2_000_000
"""Bytes of a record that is pasted into the page: the longest text with its annexes."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of a record found.

    Attributes:
        ended: when the procedure ended, in words; "" while it goes on.
        own: whether the key is that of this hub.
    """

    record: Record
    outcome: str
    phase: Phase
    ended: str
    steps: int
    own: bool


async def give_record(site: Site, request: Request) -> Response:
    """Give the signed record, which proves the outcome without the hub.

    Raises:
        NotFoundError: there is no such decision for the visitor.
        ForbiddenError: the visitor only observes it.
    """
    viewer = require_session(site, request).account.viewer()
    name = str(request.path_params["id"])
    content, _, _ = await asyncio.to_thread(_read, site, viewer, name)
    attached = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return Response(
        content, media_type="application/json", headers={**page_headers(), **attached}
    )


async def show_verification(site: Site, request: Request) -> Response:
    """Check the record of a decision as it stands, and ask for one that was kept.

    Raises:
        NotFoundError: there is no such decision for the visitor.
        ForbiddenError: the visitor only observes it.
    """
    viewer = require_session(site, request).account.viewer()
    return await _page(site, request, viewer)


async def verify_record(site: Site, request: Request) -> Response:
    """Check a record that somebody kept, against the key of this hub."""
    session, form = await signed_form(site, request, bytes_max=RECORD_BYTES_MAX)
    kept = form.get("record", "").strip()
    return await _page(site, request, session.account.viewer(), kept=kept)


async def _page(
    site: Site, request: Request, viewer: Viewer, *, kept: str | None = None
) -> Response:
    name = str(request.path_params["id"])

    def work() -> tuple[Checked | None, str, str, Chip | None]:
        own, title, marking = _read(site, viewer, name)
        document = own if kept is None else kept.encode()
        try:
            if not document:
                raise InvalidInputError("paste the whole record first")
            return _check(site, document), "", title, marking
        except FoedusError as error:
            return None, error.detail, title, marking

    checked, error, title, marking = await asyncio.to_thread(work)
    key = records.public_key(site.hub.store.key(records.KEY))
    return site.renderer.page(
        "decision_record.html",
        {
            **frame(site, request, Page(title="Record", marking=marking)),
            "decision": name,
            "title": title,
            "checked": checked,
            "error": error,
            "key": key,
            "kept": kept,
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
    )


def _check(site: Site, document: bytes) -> Checked:
    record = records.verify(document)
    ended = ""
    if record.effective_ms is not None:
        ended = when(from_ms(record.effective_ms))
    return Checked(
        record=record,
        outcome=PHASES[record.outcome][0],
        phase=record.outcome,
        ended=ended,
        steps=len(record.events),
        own=record.key == records.public_key(site.hub.store.key(records.KEY)),
    )


def _read(site: Site, viewer: Viewer, name: str) -> tuple[bytes, str, Chip | None]:
    """Make the record; give it with the title of the text and the page's marking."""
    secret = site.hub.store.key(records.KEY)
    with site.hub.reading.snapshot() as seen:
        found, entries = reading.read_record(seen.db, seen.access, viewer, name)
        marking = page_marking([found.label], seen.access, viewer.nation)
        lines = records.lines_of(entries)
        content = records.record_of(found, lines, _body(seen), secret)
    return content, found.text.title, marking


def _body(seen: Snapshot) -> NationCode:
    return NationCode(seen.access.alliance.code)
