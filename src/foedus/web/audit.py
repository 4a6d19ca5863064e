"""The auditor's page: is the log whole, who did what, who was given what.

- It is for auditors alone, of their own nation, up to their own clearance; what it is
  made of is decided by `identity.deeds`, `processes.receipt_sheets` and
  `identity.views`.
- How long the log is counts what is hidden, so only the alliance's own auditors are
  told; a nation's are told whether it is whole.
- It shows when, who and how often; never what was said.
"""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_ms
from foedus.errors import InvalidInputError
from foedus.folder.witnessing import (
    Outcome,
    Witnessed,
    last_witnessed,
    witness,
)
from foedus.hub import Hub
from foedus.identity.deeds import Deed, check_audits, deeds
from foedus.identity.views import AccountRow, accounts
from foedus.ids import AccountId, NationCode
from foedus.intel.reading import Snapshot
from foedus.processes.receipt_sheets import ReceiptSheet, receipts
from foedus.releasability.viewers import Role, Viewer
from foedus.web.days import shortly
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.tables import csv_answer
from foedus.web.watch_consumers import when

DEEDS_MAX: Final = 100
"""Deeds on the page; the table for other software has 500."""

RECEIPTS_MAX: Final = 50
"""Receipts on the page; likewise."""

ACCOUNTS_MAX: Final = 200
"""Accounts on the page; the API has the rest."""

DONE: Final = {"verified": "The log was read; what came of it stands below."}
"""What is said after an act, by the word in the address."""

DEED_COLUMNS: Final = ("day", "account", "did", "times", "door", "last")
RECEIPT_COLUMNS: Final = (
    *("day", "collection", "reader", "clearance", "door"),
    *("after", "until", "began", "ended"),
)

SAID: Final = {
    Outcome.WHOLE: ("good", "Whole", "Every entry of the log is what was written."),
    Outcome.PART: (
        "warn",
        "Read in part",
        "What was read is what was written. An operator verifies the rest.",
    ),
    Outcome.ALTERED: (
        "bad",
        "Altered",
        "An entry is not what was written. Tell the alliance's staff at once.",
    ),
}
"""What came of reading the log: how it is drawn, a word, and a sentence."""


class DeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A deed as the page shows it."""

    day: str
    account: str
    did: str
    kind: str
    times: int
    door: str
    last: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the page shows it."""

    name: str
    nation: str
    roles: str
    clearance: str
    holder: str
    opened: str
    closed: str


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the log.

    Attributes:
        entries: how many were read; 0 for who is not told.
        digest: of the chain there; empty for who is not told.
    """

    css: str
    word: str
    said: str
    at: str
    entries: int = 0
    digest: str = ""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        log: None before anybody has asked for a reading.
    """

    log: Log | None
    deeds: tuple[DeedRow, ...]
    receipts: tuple[ReceiptSheet, ...]
    people: tuple[Person, ...]


async def show_audit(site: Site, request: Request) -> Response:
    """Show an auditor what can be verified, who did what, and who was given what."""
    viewer = require_session(site, request).account.viewer()
    audit = await asyncio.to_thread(_read, site.hub, viewer)
    return site.renderer.page(
        "audit.html",
        {
            **frame(site, request, Page(title="Audit")),
            "audit": audit,
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "is_staff": viewer.nation == site.hub.alliance.code,
        },
    )


async def verify(site: Site, request: Request) -> Response:
    """Read the whole log against its chain, for an auditor."""
    session, _ = await signed_form(site, request)
    hub = site.hub
    check_audits(session.account.viewer(), hub.access)
    await asyncio.to_thread(witness, hub.folder, hub.store, hub.clock())
    return see_other("/audit?done=verified")


async def give_deeds(site: Site, request: Request) -> Response:
    """Give who did what as a table for other software."""
    viewer = require_session(site, request).account.viewer()
    before = _before(request)

    def read() -> list[DeedRow]:
        with site.hub.reading.snapshot() as seen:
            found = deeds(seen.db, seen.access, viewer, before=before)
        return _deed_rows(site.hub, found)

    rows = await asyncio.to_thread(read)
    return csv_answer(
        "deeds",
        DEED_COLUMNS,
        ((r.day, r.account, r.kind, r.times, r.door, r.last) for r in rows),
    )


async def give_receipts(site: Site, request: Request) -> Response:
    """Give the receipts as a table for other software."""
    viewer = require_session(site, request).account.viewer()
    before = _before(request)

    def read() -> list[ReceiptSheet]:
        with site.hub.reading.snapshot() as seen:
            return _receipts(site.hub, seen, viewer, before)

    found = await asyncio.to_thread(read)
    return csv_answer("receipts", RECEIPT_COLUMNS, map(_receipt_cells, found))


def _read(hub: Hub, viewer: Viewer) -> Audit:
    is_staff = viewer.nation == hub.alliance.code
    with hub.reading.snapshot() as seen:
        done = deeds(seen.db, seen.access, viewer, limit=DEEDS_MAX)
        given = _receipts(hub, seen, viewer, None)[:RECEIPTS_MAX]
        body = NationCode(seen.access.alliance.code)
        people = accounts(seen.db, viewer, body=body, limit=ACCOUNTS_MAX)
        levels = [each.name for each in seen.access.alliance.levels]
    names = hub.keyring.names.of_all([each.account_id for each in people])
    return Audit(
        log=_log(last_witnessed(hub.store), is_staff=is_staff),
        deeds=tuple(_deed_rows(hub, done)),
        receipts=tuple(given),
        people=tuple(_person(each, names, levels) for each in people),
    )


def _log(found: Witnessed | None, *, is_staff: bool) -> Log | None:
    if found is None:
        return None
    css, word, said = SAID[found.outcome]
    return Log(
        css=css,
        word=word,
        said=said,
        at=when(from_ms(found.at_ms)),
        entries=found.position if is_staff else 0,
        digest=found.digest if is_staff else "",
    )


def _receipts(
    hub: Hub, seen: Snapshot, viewer: Viewer, before: date | None
) -> list[ReceiptSheet]:
    found = receipts(seen, hub.receipts.receipts, viewer, before=before)
    names = hub.keyring.names.of_all(
        [AccountId(each.reader) for each in found if each.reader]
    )
    return [
        msgspec.structs.replace(each, reader=names.get(AccountId(each.reader)))
        if each.reader
        else each
        for each in found
    ]


def _deed_rows(hub: Hub, found: Iterable[Deed]) -> list[DeedRow]:
    listed = list(found)
    names = hub.keyring.names.of_all([each.account for each in listed])
    return [
        DeedRow(
            day=each.day.isoformat(),
            account=names.get(each.account, each.account),
            did=did(each.kind),
            kind=each.kind,
            times=each.times,
            door=each.door,
            last=f"{from_ms(each.last_ms):%H:%M} UTC",
        )
        for each in listed
    ]


def did(kind: str) -> str:
    """Write a kind of entry as people say it: `Published (intelligence)`."""
    area, _, what = kind.partition(".")
    words = what.replace("-", " ")
    return f"{words[:1].upper()}{words[1:]} ({AREAS.get(area, area)})"


AREAS: Final = {
    "alliance": "the alliance",
    "decisions": "decisions",
    "guidance": "guidance",
    "identity": "accounts",
    "intel": "intelligence",
    "log": "the log",
    "readiness": "readiness",
    "response": "protocols",
}
"""What entries are about, by the first word of their kind."""


def _person(row: AccountRow, names: dict[AccountId, str], levels: list[str]) -> Person:
    facts = row.facts()
    closed_ms = row.closed_ms
    return Person(
        name=names.get(row.account_id, row.account_id),
        nation=row.nation,
        roles=", ".join(sorted(facts.roles)),
        clearance=levels[row.clearance] if row.clearance < len(levels) else "",
        holder=row.holder.value,
        opened=shortly(from_ms(row.opened_ms).date()),
        closed="" if closed_ms is None else shortly(from_ms(closed_ms).date()),
    )


def _receipt_cells(each: ReceiptSheet) -> tuple[object, ...]:
    return (
        *(each.day, each.collection, each.reader or "persons", each.clearance),
        *(each.door, each.after.isoformat(), each.until.isoformat()),
        *(each.began.isoformat(), each.ended.isoformat()),
    )


def _before(request: Request) -> date | None:
    text = request.query_params.get("before", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInputError("before: write a day as in 2026-11-23") from error


def is_auditor(viewer: Viewer) -> bool:
    """Tell whether the page is for somebody."""
    return Role.AUDITOR in viewer.roles
