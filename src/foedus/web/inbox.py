"""The inbox of a delegation: what waits for it, until when, and what silence will mean.

Each capability that can make a nation wait gives a provider; the page asks all of them
and puts what they tell in one order: what ends first, then what has no end. A provider
reads as the visitor, so what is hidden from the visitor is not there.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_ms
from foedus.decisions import reading
from foedus.decisions.seeing import speaks
from foedus.decisions.sheets import line_of
from foedus.decisions.states import Phase
from foedus.decisions.waiting import consulted, wanted
from foedus.guidance.updates import list_updates
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, chip, page_marking
from foedus.web.decision_cards import Hour, clock_of, duration, hours_of, position_of
from foedus.web.delivering import deliver
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.tasks import tasks_waiting
from foedus.web.updates import awaits, make_row
from foedus.web.waiting import Provider, Waiting
from foedus.web.watch import recalls_waiting

ROWS_MAX: Final = 200
"""Things on the page: more than anybody answers in a day."""

UPDATES_MAX: Final = 25
"""Policy updates that are looked at, the last published first; their page has all."""

SOON_S: Final = 3_600
"""A clock that has no more than an hour left is *soon*."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits, as the page shows it.

    Attributes:
        left: what is left, in words; "" where there is no end.
        css: whether that is soon, or over.
        hours: the end as it reads in the capital, in the alliance's zone and in UTC.
    """

    waiting: Waiting
    chip: Chip
    left: str
    css: str
    instant: str
    hours: tuple[Hour, ...]


async def show_inbox(site: Site, request: Request) -> Response:
    """Show what waits for the visitor's nation, what ends first first.

    Tasks among it are delivered by that (C1).
    """
    session = require_session(site, request)
    viewer = session.account.viewer()
    now = site.hub.clock()

    def read() -> tuple[list[Row], list[Row], Chip | None, bool]:
        with site.hub.reading.snapshot() as seen:
            found = in_order(PROVIDERS, seen, viewer, now)
            rows = [_row(each, viewer, seen, now) for each in found]
            labels = [each.label for each in found]
            marking = page_marking(labels, seen.access, viewer.nation)
            due = [each for each in rows if not each.waiting.answered]
            rest = [each for each in rows if each.waiting.answered]
            return due, rest, marking, speaks(viewer, seen.access)

    due, rest, marking, may_speak = await asyncio.to_thread(read)
    shown = [each.waiting.task for each in (*due, *rest) if each.waiting.task]
    await deliver(site, request, session, shown)
    return site.renderer.page(
        "inbox.html",
        {
            **frame(site, request, Page(title="Inbox", marking=marking)),
            "due": due,
            "rest": rest,
            "speaks": may_speak,
        },
    )


def in_order(
    providers: Iterable[Provider], seen: Snapshot, viewer: Viewer, now: datetime
) -> list[Waiting]:
    """Put what providers tell in one order: what ends first, then what has no end."""
    found = (each for ask in providers for each in ask(seen, viewer, now))
    return sorted(found, key=_order)[:ROWS_MAX]


def decisions_waiting(
    seen: Snapshot, viewer: Viewer, now: datetime
) -> Iterable[Waiting]:
    """Tell which decisions want something of the viewer's nation."""
    for found in reading.list_decisions(seen.db, seen.access, viewer, limit=ROWS_MAX):
        asked = wanted(found, viewer.nation)
        if asked is None:
            continue
        line = line_of(found, viewer, seen.access)
        clock = clock_of(found, viewer, seen.access, now)
        runs = clock is not None and clock.css != "over"
        votes = viewer.nation in found.electorate and found.phase is not Phase.ADOPTED
        said = position_of(found, viewer.nation, line.position)
        yield Waiting(
            href=f"/decisions/{found.id}",
            kind=line.forum,
            title=line.title,
            wanted=asked.words,
            means=line.silence_means if runs else "",
            said=said if votes else "",
            until=None if asked.until_ms is None else from_ms(asked.until_ms),
            label=found.label,
            answered=asked.answered,
        )


def consultations_waiting(
    seen: Snapshot, viewer: Viewer, _: datetime
) -> Iterable[Waiting]:
    """Tell which consultations want something of the viewer's nation."""
    for found in reading.list_consultations(
        seen.db, seen.access, viewer, limit=ROWS_MAX
    ):
        asked = consulted(found, viewer.nation)
        if asked is not None:
            yield Waiting(
                href=f"/consultations/{found.id}",
                kind=f"Consultation under {found.article}",
                title=found.title,
                wanted=asked.words,
                label=found.label,
                answered=asked.answered,
            )


def recalls_to_confirm(
    seen: Snapshot, viewer: Viewer, _: datetime
) -> Iterable[Waiting]:
    """Tell which recalls the viewer's nation has yet to confirm."""
    for each, label in recalls_waiting(seen, viewer):
        yield Waiting(
            href=f"/recalls/{each.recall}",
            kind=f"Recall by {each.nation.name}",
            title=each.reason or "Taken back with its original",
            wanted="Remove it, and confirm that you have.",
            label=label,
        )


def updates_to_acknowledge(
    seen: Snapshot, viewer: Viewer, _: datetime
) -> Iterable[Waiting]:
    """Tell which policy updates the viewer's nation has yet to acknowledge."""
    access = seen.access
    for each in list_updates(seen.db, access, viewer, limit=UPDATES_MAX):
        row = make_row(each, access, viewer)
        if awaits(row, viewer):
            yield Waiting(
                href=f"/updates/{each.update}",
                kind="Policy update",
                title=each.title,
                wanted=f"Read edition {each.edition}, and acknowledge it.",
                label=row.fixed,
            )


PROVIDERS: tuple[Provider, ...] = (
    decisions_waiting,
    consultations_waiting,
    recalls_to_confirm,
    tasks_waiting,
    updates_to_acknowledge,
)
"""Whoever can make a nation wait; a further capability adds its own here."""


def _order(each: Waiting) -> tuple[bool, float, str, str, str]:
    ends = 0.0 if each.until is None else each.until.timestamp()
    return each.until is None, ends, each.kind, each.title, each.href


def _row(each: Waiting, viewer: Viewer, seen: Snapshot, now: datetime) -> Row:
    if each.until is None:
        chip_of = chip(each.label, seen.access)
        return Row(waiting=each, chip=chip_of, left="", css="", instant="", hours=())
    left = each.until - now
    over, soon = left.total_seconds() <= 0, left.total_seconds() <= SOON_S
    return Row(
        waiting=each,
        chip=chip(each.label, seen.access),
        left="" if over else duration(left),
        css="over" if over else "soon" if soon else "",
        instant=each.until.isoformat(timespec="seconds").replace("+00:00", "Z"),
        hours=hours_of(each.until, viewer.nation, seen.access),
    )
