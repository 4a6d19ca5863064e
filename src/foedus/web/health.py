"""The operator's page: how the hub is, in sentences, and what to do about it.

- It is for the operators of the alliance's own body.
- Figures are taken while the page is made; what `foedus doctor` looks at takes seconds,
  so it is looked at when it is asked for, and shown until the next time.
- Nothing on it has a label: no content, no names of persons, no decision.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus import __version__
from foedus.clock import from_ms, to_ms
from foedus.errors import ForbiddenError
from foedus.folder.examining import Examined, examine_and_keep, last_examined
from foedus.folder.findings import Case, Finding, Level
from foedus.folder.formats import LOG, STATE, VIEWS
from foedus.folder.known import remembered
from foedus.folder.witnessing import last_witnessed
from foedus.gauges import measure
from foedus.hub import Hub
from foedus.releasability.viewers import Role, Viewer
from foedus.telemetry import catalogue
from foedus.telemetry.ledger import Key, Snapshot
from foedus.web.audit import SAID
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.watch_consumers import SILENT, in_words, when

SECONDS: Final = 3.0
"""Seconds for each file and for the chain: somebody waits for the page."""

BACKUP_LATE: Final = timedelta(days=7)
"""A hub whose last backup is older has lost a week on a bad day."""

LAGS_S: Final = 2.0
"""Seconds behind the log from which on views are behind; commits take a moment."""

FREE_LOW: Final = 1024**3
"""Bytes below which somebody should make room."""

OVERDUE_S: Final = 30.0
"""Seconds that something of a clock may be due untold."""

TWO_DIGITS: Final = 10
"""From here on an amount is written without a fraction."""

PORT: Final = 8440
"""Where a hub listens unless told otherwise."""

DONE: Final = {"examined": "Everything was looked at; what was found stands below."}
"""What is said after an act, by the word in the address."""

STATES: Final = {Level.OK: "good", Level.WARN: "warn", Level.ERROR: "bad"}
"""How a finding is drawn."""

WORDS: Final = {Level.OK: "well", Level.WARN: "see to it", Level.ERROR: "wrong"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the hub: how it is, in a sentence.

    Attributes:
        css: how it is drawn: `good`, `warn` or `bad`.
        todo: what to do; empty where there is nothing to do.
    """

    name: str
    css: str
    said: str
    todo: str = ""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of this process."""

    name: str
    means: str
    value: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        examined: when the look of `foedus doctor` was taken, in words.
    """

    lines: tuple[Line, ...]
    findings: tuple[tuple[Finding, str, str], ...]
    examined: str
    metrics: tuple[Metric, ...]


async def show_health(site: Site, request: Request) -> Response:
    """Show an operator how the hub is."""
    _check(require_session(site, request).account.viewer(), site.hub)
    health = await asyncio.to_thread(_read, site.hub)
    return site.renderer.page(
        "health.html",
        {
            **frame(site, request, Page(title="Health")),
            "health": health,
            "is_well": all(each.css == "good" for each in health.lines),
            "version": __version__,
            "done": DONE.get(request.query_params.get("done", ""), ""),
        },
    )


async def examine(site: Site, request: Request) -> Response:
    """Look at everything that `foedus doctor` looks at, for an operator."""
    session, _ = await signed_form(site, request)
    hub = site.hub
    _check(session.account.viewer(), hub)
    case = Case(
        folder=hub.folder,
        at=hub.clock(),
        environment=os.environ,
        views_version=hub.projector.version,
        port=request.url.port or PORT,
        seconds=SECONDS,
    )
    await asyncio.to_thread(examine_and_keep, case, hub.store, case.at)
    return see_other("/hub/health?done=examined")


def is_operator(viewer: Viewer, body: str) -> bool:
    """Tell whether the page is for somebody."""
    return viewer.nation == body and Role.OPERATOR in viewer.roles


def _check(viewer: Viewer, hub: Hub) -> None:
    if not is_operator(viewer, hub.alliance.code):
        raise ForbiddenError("this is for the operators of the alliance's own body")


def _read(hub: Hub) -> Health:
    now = hub.clock()
    examined = last_examined(hub.store)
    measured = measure(hub)
    return Health(
        lines=tuple(_lines(hub, now, measured.gauges)),
        findings=() if examined is None else tuple(_findings(examined)),
        examined="" if examined is None else when(from_ms(examined.at_ms)),
        metrics=tuple(_metrics(measured)),
    )


def _findings(examined: Examined) -> Iterator[tuple[Finding, str, str]]:
    order = [Level.ERROR, Level.WARN, Level.OK]
    for each in sorted(examined.findings, key=lambda found: order.index(found.level)):
        yield each, STATES[each.level], WORDS[each.level]


def _lines(hub: Hub, now: datetime, gauges: Mapping[Key, float]) -> Iterator[Line]:
    yield _views(hub)
    yield _log(hub)
    yield _backup(hub, now)
    yield _storage(hub)
    yield _processes(hub, gauges)
    yield _programs(hub, now)
    yield _clocks(gauges)


def _views(hub: Hub) -> Line:
    behind = hub.projector.lag_s()
    if behind < LAGS_S:
        return Line(name="Views", css="good", said="They show all of the log.")
    return Line(
        name="Views",
        css="bad",
        said=f"They are {behind:.0f} seconds behind the log.",
        todo="If they stay behind, look for fold_failed in the hub's own log and run "
        "“foedus views rebuild”.",
    )


def _log(hub: Hub) -> Line:
    found = last_witnessed(hub.store)
    if found is None:
        return Line(
            name="Log",
            css="warn",
            said=f"{hub.log.head()} entries; nobody has read all of them lately.",
            todo="Run “foedus log verify”, or let an auditor verify it.",
        )
    css, _, said = SAID[found.outcome]
    at = when(from_ms(found.at_ms))
    return Line(
        name="Log", css=css, said=f"{hub.log.head()} entries. {said} Read {at}."
    )


def _backup(hub: Hub, now: datetime) -> Line:
    known = remembered(hub.folder / STATE)
    todo = "Run “foedus backup -o FILE” every day, and copy the file elsewhere."
    if not known:
        return Line(
            name="Backup", css="warn", said="No backup was ever made.", todo=todo
        )
    age = max(now - from_ms(known[0].made_ms), timedelta())
    is_late = age > BACKUP_LATE
    missing = "" if known[0].is_there else " It is not where it was written any more."
    return Line(
        name="Backup",
        css="warn" if is_late else "good",
        said=f"The last one was made {in_words(age)} ago.{missing}",
        todo=todo if is_late else "",
    )


def _storage(hub: Hub) -> Line:
    free = shutil.disk_usage(hub.folder).free
    sizes = ", ".join(
        f"{name} {_size(hub.folder / name)}" for name in (LOG, VIEWS, STATE)
    )
    return Line(
        name="Storage",
        css="good" if free >= FREE_LOW else "warn",
        said=f"{_amount(free)} free; {sizes}.",
        todo="" if free >= FREE_LOW else "Make room before the disk is full.",
    )


def _processes(hub: Hub, gauges: Mapping[Key, float]) -> Line:
    working = hub.gate.figures()
    here = {key[0]: value for key, value in gauges.items()}
    memory = _amount(int(here.get(catalogue.MEMORY, 0)))
    files = int(here.get(catalogue.FILES, 0))
    return Line(
        name="This process",
        css="good",
        said=f"{memory} of memory, {files} files open; {working.in_flight} requests "
        f"in hand, {working.waiting} waiting.",
    )


def _programs(hub: Hub, now: datetime) -> Line:
    found = hub.consumers.consumers.all(to_ms(now))
    connected = [each for each in found if each.is_open]
    stalled = sum(now - from_ms(each.heard_ms) > SILENT for each in connected)
    said = f"{len(connected)} programs are connected live"
    if not stalled:
        return Line(name="Consumers", css="good", said=f"{said}, and none is stalled.")
    return Line(
        name="Consumers",
        css="warn",
        said=f"{said}; {stalled} take nothing.",
        todo="Their nations see which on their watch; ask them.",
    )


def _clocks(gauges: Mapping[Key, float]) -> Line:
    running = int(gauges.get((catalogue.CLOCKS,), 0))
    missed = int(gauges.get((catalogue.CLOCKS_MISSED,), 0))
    overdue_s = gauges.get((catalogue.CLOCKS_OVERDUE_S,), 0.0)
    if gauges.get((catalogue.CLOCKS_HELD,)):
        return Line(
            name="Clocks",
            css="bad",
            said="Nothing is told of any clock: the machine's clock was put.",
            todo="Set it right, or run “foedus protocol clocks --confirm”.",
        )
    if missed or overdue_s > OVERDUE_S:
        return Line(
            name="Clocks",
            css="bad" if missed else "warn",
            said=f"{missed} points of clocks did not come; something is due for "
            f"{overdue_s:.0f} seconds.",
            todo="Ask the nations of the tasks, and see the hub's own log.",
        )
    return Line(
        name="Clocks", css="good", said=f"{running} tasks have clocks, none is behind."
    )


def _metrics(found: Snapshot) -> Iterator[Metric]:
    for key, value in sorted(found.gauges.items()):
        metric = catalogue.BY_NAME[key[0]]
        if metric.name != catalogue.BUILD:
            yield Metric(
                name=metric.name, means=metric.means, value=_number(value, metric.name)
            )


def _number(value: float, name: str) -> str:
    if name.endswith("_bytes"):
        return _amount(int(value))
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _size(path: Path) -> str:
    beside = [path, path.with_name(f"{path.name}-wal")]
    return _amount(sum(each.stat().st_size for each in beside if each.exists()))


def _amount(size: int) -> str:
    """Write an amount of bytes in its largest unit, to two digits or more."""
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= one:
            amount = size / one
            return (
                f"{amount:.0f} {unit}"
                if amount >= TWO_DIGITS
                else f"{amount:.1f} {unit}"
            )
    return f"{size} bytes"
