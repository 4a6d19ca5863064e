"""Home: what waits for the visitor first, then what changed since the last watch.

- Every role has its section, in one order for everybody; who has several roles gets
  several sections. The first one gives the page its one primary action.
- What waits is told by whoever makes a nation wait (`inbox.PROVIDERS`).
- Everything is read as the visitor, beside the event loop.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_us, to_ms
from foedus.guidance.obligations import Line, checklist
from foedus.identity.accounts import Account
from foedus.intel.collections import Collection
from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Role, Viewer
from foedus.web.chips import Chip, chip, page_marking
from foedus.web.days import shortly
from foedus.web.decision_cards import Hour, duration, hours_of
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.inbox import PROVIDERS, SOON_S
from foedus.web.items import Item, newest_items
from foedus.web.waiting import Waiting
from foedus.web.watch import FIRST
from foedus.web.watch_consumers import when

NEWEST_MAX: Final = 25
"""Rows of what changed lately: a screen and a half."""

WAITING_MAX: Final = 8
"""Rows of what waits; the inbox has the rest."""

DUE_MAX: Final = 3
"""Obligations that are named as next; the checklist has the rest."""

LAGS_S: Final = 2.0
"""Seconds behind the log from which on an operator is told."""

SOON: Final = timedelta(seconds=SOON_S)
"""What is left of a clock that is marked as soon over."""

OVER: Final = "over"
"""What a clock says that has run out."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits.

    Attributes:
        left: what is left of the time for it, in words; empty where there is no end.
        css: whether it is soon, or over.
        instant: until when; `hours` is that in the capital, the alliance's zone and
            UTC.
    """

    waiting: Waiting
    chip: Chip
    left: str
    css: str
    instant: str
    hours: tuple[Hour, ...]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What a role comes to the hub for, with its next steps.

    Attributes:
        links: where to go on: an address and its words; the first is the next act.
    """

    title: str
    said: str
    links: tuple[tuple[str, str], ...]


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """How the visitor's nation stands with what it owes.

    Attributes:
        following: what is due next, with its day in words.
    """

    owed: int
    late: int
    following: tuple[tuple[Line, str], ...]


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        since: the last watch, in words.
        fresh: how many of the rows came since then.
        waiting: the first of what waits; `waits` is how many there are.
    """

    since: str
    is_first: bool
    items: tuple[Item, ...]
    fresh: int
    waiting: tuple[Row, ...]
    waits: int
    duties: Duties | None
    collections: tuple[Collection, ...]
    may_publish: bool
    marking: Chip | None


async def show_home(site: Site, request: Request) -> Response:
    """Show what waits for the visitor, what changed, and where to go."""
    account = require_session(site, request).account
    found = await asyncio.to_thread(_read, site, account)
    page = Page(title="Home", marking=found.marking)
    parts = list(sections(account.viewer(), found, lag_s=site.hub.projector.lag_s()))
    return site.renderer.page(
        "home.html",
        {
            **frame(site, request, page),
            "home": found,
            "sections": parts,
            "primary": parts[0].links[0] if parts else None,
        },
    )


def sections(viewer: Viewer, home: Home, *, lag_s: float) -> Iterable[Section]:
    """Give the sections of a viewer's roles, in one order for everybody."""
    roles, nation = viewer.roles, viewer.nation
    if home.may_publish:
        yield Section(
            title="Share",
            said="Say what you know, with exactly the audience that you mean.",
            links=(("/publish", "Publish intelligence"), ("/search", "Search")),
        )
    if Role.DUTY_OFFICER in roles:
        yield Section(
            title="On watch",
            said="What arrives now, recalls to confirm, and how consumers fare.",
            links=(("/watch", "Open the watch"), ("/recalls", "Recalls")),
        )
    if roles & {Role.DELEGATE, Role.SECRETARIAT}:
        yield Section(
            title="Decide",
            said="What lies before the nations, and what silence will mean.",
            links=(("/inbox", "Open the inbox"), ("/decisions", "All decisions")),
        )
    if Role.PLANNER in roles:
        yield Section(
            title="Plan",
            said="What is there, what it rests on, and how nations differ.",
            links=(("/plans", "Run coverage"), ("/measures", "Measures")),
        )
    if Role.OPERATOR in roles:
        yield _health(lag_s)
    if Role.AUDITOR in roles:
        yield Section(
            title="Audit",
            said=f"On which days what {nation} originated was read, and by whom.",
            links=(("/audit", "Open the audit"), ("/releases", "Releases")),
        )


def _health(lag_s: float) -> Section:
    behind = f"The views are {lag_s:.0f} s behind the log: run “foedus doctor”."
    fine = "The views are up to date with the log. “foedus doctor” looks at the rest."
    return Section(
        title="Operate",
        said=fine if lag_s < LAGS_S else behind,
        links=(("/hub/health", "Open the health"),),
    )


def _read(site: Site, account: Account) -> Home:
    hub, viewer, now = site.hub, account.viewer(), site.hub.clock()
    marked_us = hub.keyring.watches.until_us(account.id)
    since_us = to_ms(now - FIRST) * 1_000 if marked_us is None else marked_us
    with hub.reading.snapshot() as seen:
        collections = seen.collections(viewer)
        items = newest_items(seen, viewer, collections, now=now, limit=NEWEST_MAX)
        waits = [each for each in waiting(seen, viewer, now) if not each.answered]
        rows = [_row(seen, viewer, each, now) for each in waits[:WAITING_MAX]]
        labels: list[FixedLabel] = [each.label for each in waits[:WAITING_MAX]]
        labels += [each.fixed for each in items]
        return Home(
            since=when(from_us(since_us)),
            is_first=marked_us is None,
            items=tuple(items),
            fresh=sum(each.added_us > since_us for each in items),
            waiting=tuple(rows),
            waits=len(waits),
            duties=_duties(seen, viewer, now),
            collections=tuple(collections),
            may_publish=any(each.can_write for each in collections),
            marking=page_marking(labels, seen.access, viewer.nation),
        )


def waiting(seen: Snapshot, viewer: Viewer, now: datetime) -> list[Waiting]:
    """Tell what waits for a viewer, what ends first first."""
    found = [each for ask in PROVIDERS for each in ask(seen, viewer, now)]
    return sorted(found, key=_order)


def _duties(seen: Snapshot, viewer: Viewer, now: datetime) -> Duties | None:
    access = seen.access
    if viewer.nation not in access.alliance.nations:
        return None
    found = checklist(seen.db, access, viewer, viewer.nation, now.date())
    dated = [
        (each.report.due, each)
        for each in found.obligations
        if each.report and each.report.due
        if each.overdue or each.report.due >= now.date()
    ]
    dated.sort(key=_by_day)
    return Duties(
        owed=len(found.obligations),
        late=sum(each.overdue for each in found.obligations),
        following=tuple((each, shortly(due)) for due, each in dated[:DUE_MAX]),
    )


def _by_day(each: tuple[object, Line]) -> tuple[str, str]:
    return str(each[0]), each[1].obligation


def _order(each: Waiting) -> tuple[bool, float, str, str, str]:
    ends = 0.0 if each.until is None else each.until.timestamp()
    return each.until is None, ends, each.kind, each.title, each.href


def rest_of(time: timedelta) -> str:
    """Say how much time is left, or that it is over."""
    return f"{duration(time)} left" if time > timedelta(0) else OVER


def _row(seen: Snapshot, viewer: Viewer, each: Waiting, now: datetime) -> Row:
    marked = chip(each.label, seen.access)
    if each.until is None:
        return Row(waiting=each, chip=marked, left="", css="", instant="", hours=())
    rest = each.until - now
    return Row(
        waiting=each,
        chip=marked,
        left=rest_of(rest),
        css="over" if rest <= timedelta(0) else "soon" if rest <= SOON else "",
        instant=each.until.isoformat(timespec="seconds").replace("+00:00", "Z"),
        hours=hours_of(each.until, viewer.nation, seen.access),
    )
