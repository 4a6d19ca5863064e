"""The map: how the nations stand on a day, on a map of the region or of the world.

- It works without a script: every day that brings a change is a link, and so is every
  nation; a slider, where scripts run, sends the same form, and keeps the keyboard.
- Fill, pattern and words say the same. What is drawn stands in a table, too.
- It draws what the pack says of nations and nothing that has a label.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.alliance.records import EVERYDAY_COMMUNITY
from foedus.alliance.sheets import community_sheet, named_nation
from foedus.alliance.statuses import Status
from foedus.ids import NationCode
from foedus.web.chips import Token
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import NAMES, standing, stretches, today, token_on
from foedus.web.outlines import Shape, View, draw

REGION: Final = View(
    name="region",
    width=784,
    height=640,
    scale=930,
    centre=(19.0, 53.0),
    shift=(-22.0, 28.0),
)
"""Europe from Iceland to the Caspian Sea."""

WORLD: Final = View(name="world", width=784, height=392, scale=144, step=1.8)

VIEWS: Final[Mapping[str, View]] = {each.name: each for each in (REGION, WORLD)}

ON_DARK: Final = frozenset({Status.MEMBER})
"""Statuses whose fill is so dark that a code on it is white."""

PLOT: Final = (752, 86)
"""Width and height of the plot of how many members there were."""

PLOT_FLOOR: Final = 66.5
PLOT_HEIGHT: Final = 52.0
PLOT_LEFT: Final = 8.0
PLOT_RIGHT: Final = 742.0

YEARS_APART: Final = 10
"""Years between two that are written below the plot."""

COUNTS_APART: Final = 26.0
"""Units between two counts that are written above the plot."""


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """A country on the map.

    Attributes:
        href: where it is selected; empty for one that the alliance does not list.
        css: how it is filled.
        title: what is said of it when it is pointed at.
        code: written on it; empty where there is no room.
        on_dark: whether the code stands on a dark fill.
    """

    shape: Shape
    href: str = ""
    css: str = ""
    title: str = ""
    code: str = ""
    on_dark: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which members came or left.

    Attributes:
        count: members from that day on.
        words: who came or left, and when.
    """

    day: date
    count: int
    words: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A word in a plot."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    css: str = ""


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """How many members there were, as steps.

    Attributes:
        line: the `d` of the line.
        band: the `d` of what lies below it.
        at: where the day of the page stands.
        title: what it shows, in one sentence.
    """

    line: str
    band: str
    at: float
    title: str
    marks: tuple[Mark, ...]


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """The nation that is told of beside the map."""

    token: Token
    standing: str
    before: str


async def show_map(site: Site, request: Request) -> Response:
    """Show how the nations stand on a day, on a map."""
    session = require_session(site, request)
    alliance = site.hub.alliance
    now = today(site.hub.clock)
    changes = list(member_changes(alliance, now))
    first = changes[0].day if changes else now
    day = asked_day(request, now, first)
    view = VIEWS.get(request.query_params.get("view", ""), REGION)
    chosen = request.query_params.get("nation", "") or session.account.nation
    selected = named_nation(alliance, chosen) if chosen != alliance.code else None
    # The first drawing of each takes a tenth of a second and more.
    await asyncio.to_thread(lambda: [draw(each) for each in (view, WORLD)])
    drawn = countries(alliance, view, day, selected)
    context = {
        **frame(site, request, Page(title="Map")),
        "view": view,
        "views": [("region", "Europe"), ("world", "World")],
        "day": day.isoformat(),
        "words": in_words(day),
        "short": shortly(day),
        "countries": drawn,
        "legend": legend(alliance, day),
        "absent": absent(alliance, view, drawn, day),
        "selected": _selected(alliance, selected, day) if selected else None,
        "nation": selected or "",
        "before": max((e for e in changes if e.day < day), key=_day, default=None),
        "after": min((e for e in changes if e.day > day), key=_day, default=None),
        "members": sum(
            alliance.status(code, day) is Status.MEMBER for code in alliance.nations
        ),
        "plot": plot(changes, now, day),
        "slider": (now - first).days,
        "slid": max(0, min((day - first).days, (now - first).days)),
        "slides": "day" in request.query_params,
    }
    return site.renderer.page("map.html", context)


def member_changes(alliance: Alliance, until: date) -> Iterator[Change]:
    """List the days until one on which members came or left, the oldest first."""
    code = alliance.community(EVERYDAY_COMMUNITY)
    assert code is not None, "every pack knows its members by this name"
    for each in community_sheet(alliance, code, until).generations:
        if each.since is not None:
            names = [alliance.nations[nation].name for nation in each.joined]
            names += [f"without {alliance.nations[left].name}" for left in each.left]
            who = names[0] if len(names) == 1 else f"{len(names)} nations"
            yield Change(
                day=each.since, count=each.count, words=f"{who}, {shortly(each.since)}"
            )


def countries(
    alliance: Alliance, view: View, day: date, selected: NationCode | None
) -> list[Country]:
    """Give the countries of a view as they stand on a day."""
    nations = {
        record.iso_numeric or code: code for code, record in alliance.nations.items()
    }
    return [
        _country(alliance, shape, nations.get(shape.id), day, selected)
        for shape in draw(view)
    ]


def _country(
    alliance: Alliance,
    shape: Shape,
    code: NationCode | None,
    day: date,
    selected: NationCode | None,
) -> Country:
    if code is None:
        return Country(shape=shape)
    status = alliance.status(code, day)
    css = "" if status is Status.NONE else status.value
    return Country(
        shape=shape,
        href=code,
        css=f"{css} here".strip() if code == selected else css,
        title=f"{alliance.nations[code].name}: {NAMES[status].lower()}",
        code=code if shape.has_label and status is not Status.NONE else "",
        on_dark=status in ON_DARK,
    )


def legend(alliance: Alliance, day: date) -> list[tuple[str, str, int]]:
    """Count the nations of each status: its fill, its name, how many."""
    held = [alliance.status(code, day) for code in alliance.nations]
    return [
        (status.value, name, held.count(status))
        for status, name in NAMES.items()
        if status is not Status.NONE
    ]


def absent(
    alliance: Alliance, view: View, drawn: list[Country], day: date
) -> list[str]:
    """Say which nations of a status are not on the map, and where they are."""
    here = {each.href for each in drawn}
    ids = {shape.id for shape in draw(WORLD)}
    elsewhere: dict[Status, list[str]] = {}
    nowhere = []
    for code, record in sorted(alliance.nations.items(), key=lambda each: each[1].name):
        status = alliance.status(code, day)
        if code in here or status is Status.NONE:
            continue
        if view is not WORLD and (record.iso_numeric or code) in ids:
            elsewhere.setdefault(status, []).append(record.name)
        else:
            nowhere.append(record.name)
    said = [
        f"{name}, on the world map: {', '.join(elsewhere[status])}."
        for status, name in NAMES.items()
        if status in elsewhere
    ]
    if nowhere:
        said.append(f"Without an outline: {', '.join(nowhere)}.")
    return said


def plot(changes: list[Change], until: date, day: date) -> Plot | None:
    """Draw how many members there were; None where there never was a change."""
    if not changes:
        return None
    first = changes[0].day
    days = max(1, (until - first).days)
    most = max(each.count for each in changes)

    def x(at: date) -> float:
        share = min(1.0, max(0.0, (at - first).days / days))
        return round(PLOT_LEFT + share * (PLOT_RIGHT - PLOT_LEFT), 1)

    def y(count: int) -> float:
        return round(PLOT_FLOOR - PLOT_HEIGHT * count / most, 1)

    line = f"M{x(first)},{y(changes[0].count)}"
    for each in changes[1:]:
        line += f"H{x(each.day)}V{y(each.count)}"
    line += f"H{PLOT_RIGHT}"
    marks = [*_counts(changes, x, y), *_years(first, until, x)]
    return Plot(
        line=line,
        band=f"{line}V{PLOT_FLOOR}H{x(first)}Z",
        at=x(day),
        title=f"Number of members from {changes[0].count} in {first.year} to "
        f"{changes[-1].count} in {changes[-1].day.year}",
        marks=tuple(marks),
    )


def _counts(
    changes: list[Change], x: Callable[[date], float], y: Callable[[int], float]
) -> Iterator[Mark]:
    """Write counts above the steps, from the last backwards, where there is room."""
    free = PLOT_RIGHT + COUNTS_APART
    first = changes[0]
    for each in reversed(changes):
        at = x(each.day)
        room = free - at >= COUNTS_APART
        if room and (each is first or at - x(first.day) >= COUNTS_APART):
            is_last = each is changes[-1]
            yield Mark(
                x=PLOT_RIGHT if is_last else at,
                y=y(each.count) - 6,
                text=str(each.count),
                anchor="end" if is_last else "start",
                css="t1" if is_last else "strong" if each is first else "",
            )
            free = PLOT_RIGHT - COUNTS_APART if is_last else at


def _years(first: date, until: date, x: Callable[[date], float]) -> Iterator[Mark]:
    """Write the years below: the first, and then every tenth."""
    yield Mark(x=x(first), y=82, text=str(first.year), anchor="start")
    year = (first.year // YEARS_APART + 1) * YEARS_APART
    while year <= until.year:
        at = x(date(year, 1, 1))
        if at - x(first) >= 2 * COUNTS_APART and PLOT_RIGHT - at >= COUNTS_APART / 2:
            yield Mark(x=at, y=82, text=str(year))
        year += YEARS_APART


def _selected(alliance: Alliance, code: NationCode, day: date) -> Selected:
    past = [each for each in stretches(alliance, code, day) if not each.css]
    return Selected(
        token=token_on(alliance, code, day),
        standing=standing(alliance, code, day),
        before="; ".join(f"{each.words}, {each.days}" for each in past[:2]),
    )


def _day(change: Change) -> date:
    return change.day
