"""The plots of a dossier: before and after as slopes, borders, openings, precedents.

What is known as a range is drawn as one; nothing is drawn of what is not known. Each
plot has its table beside it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from foedus.intel.openings import Group
from foedus.intel.openings import Way as Stand
from foedus.paper.documents import Plot
from foedus.paper.drawings import (
    box,
    dot,
    line,
    shape,
    shortened,
    spread,
    svg,
    words,
)
from foedus.planning.dossier_borders import BorderChange, Km, Neighbour
from foedus.planning.dossier_coverage import CoverageChange, Kept
from foedus.planning.dossier_measures import MeasureChange
from foedus.planning.dossier_precedents import (
    DEPOSIT,
    PROTOCOL,
    Interval,
    Passed,
    Precedents,
    Way,
    in_words,
)

WIDTH: Final = 720

_LEFT: Final = 176.0
_RIGHT: Final = 600.0
_ROW: Final = 20.0
_THICK: Final = 11.0
_NAME_MAX: Final = 26

_FROM: Final = 270.0
_TO: Final = 450.0
"""Where slopes begin and end, from left to right."""

_TOP: Final = 34.0
_TALL: Final = 170.0
_GAP: Final = 15.0
"""Between two lines of words on one side of a slope chart."""

_BECOMES: Final = {
    "shared between members": "f1",
    "outer, to guard": "f2",
    "outside the alliance": "off",
}

_STANDS: Final = {Stand.SEEN: "f1", Stand.OPENS: "f2", Stand.CLOSES: "fk"}
"""How what is counted is filled; what stays closed is grey."""

_STEPS: Final = (PROTOCOL, DEPOSIT)
"""Steps that are named in the plot of precedents."""

UNSAID: Final = ("Withheld", "No evidence", "Variable")
"""What is no grade; it stands below all grades, apart from them."""

CAPABILITY: Final = (*UNSAID, "None", "Low", "Medium", "High")
INTEROPERABILITY: Final = (
    *UNSAID[:2],
    *("Poor", "Fair", "Good", "Very Good", "Excellent"),
)


class Slope(msgspec.Struct, frozen=True, kw_only=True):
    """Something before and after, each at least and at most.

    Attributes:
        says: what is written at its beginning, and at its end.
        css: how its line is drawn: `l1`, or `l2` for what the dossier is about.
    """

    name: str
    before: tuple[float, float]
    after: tuple[float, float]
    says: tuple[str, str]
    css: str = "l1"


def kilometres(km: Km) -> str:
    """Write a length; as a range where the sides differ."""
    if km.low == km.high:
        return f"{km.high:,.0f} km"
    return f"{km.low:,.0f} to {km.high:,.0f} km"


def border_plots(found: BorderChange) -> Iterator[Plot]:
    """Draw the outer border before and after, and the nation's neighbours."""
    if found.changes:
        totals = (
            ("Outer border", found.before.outer, found.after.outer, "l2"),
            ("Shared border", found.before.shared, found.after.shared, "l1"),
        )
        yield slopes(
            "Outer and shared land border of the alliance, without and with",
            "Lengths from the table, never from a map.",
            [_of_km(*each) for each in totals],
        )
    if found.by_neighbour:
        yield slopes(
            "Outer border by neighbour, where it changes",
            "What begins or ends at zero is no outer border on that side.",
            [_of_km(each.name, each.before, each.after) for each in found.by_neighbour],
        )
    if found.neighbours:
        yield _neighbours(found.neighbours)


def rating_plots(measures: Sequence[MeasureChange]) -> Iterator[Plot]:
    """Draw grades without and with, where anything is known at all."""
    for place, (name, scale) in enumerate(
        (("Capability", CAPABILITY), ("Interoperability", INTEROPERABILITY))
    ):
        index = 2 * place  # readiness, between the two, is no ladder of grades
        rows = [
            (each.name, each.words[index].without, each.words[index].with_it)
            for each in measures
        ]
        if any(word not in UNSAID[:2] for _, *pair in rows for word in pair):
            yield _ladder(f"{name} of measures, without and with", scale, rows)


def coverage_plots(found: CoverageChange) -> Iterator[Plot]:
    """Draw what can be kept up for ever, over all draws, where anything is known."""
    if found.kept:
        yield slopes(
            "What can be kept up for ever, of what is asked at most",
            "In percent, the middle of all draws; the band holds 90 of 100 of them.",
            [_of_kept(each) for each in found.kept],
        )


def openings_plot(groups: Sequence[Group]) -> Plot | None:
    """Draw how many objects of each label would stand how."""
    if not groups:
        return None
    by_label: dict[str, list[Group]] = {}
    for each in groups:
        by_label.setdefault(each.label, []).append(each)
    most = max(sum(each.objects for each in found) for found in by_label.values())
    unit = (WIDTH - 40.0) / most
    drawn: list[str] = []
    for place, (label, found) in enumerate(sorted(by_label.items())):
        y = place * 2 * _ROW + 12
        drawn.append(words((0, y), shortened(label, 90)))
        x = 0.0
        for each in sorted(found, key=lambda one: _order(one.way)):
            width = each.objects * unit
            css = _STANDS.get(each.way, "off")
            drawn.append(box((x, y + 5), (width, _THICK), css))
            x += width
        total = sum(each.objects for each in found)
        drawn.append(words((x + 6, y + 14), str(total), css="strong"))
    height = int(len(by_label) * 2 * _ROW + 4)
    title = "Objects that you see, by label and by how they would stand"
    return Plot(
        title=title,
        caption="Blue: seen already; orange: would open; grey: stays closed; black: "
        "would close.",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def precedents_plot(found: Precedents) -> Plot | None:
    """Draw the accessions as lines of days, with the interval behind them."""
    if not found.ways:
        return None
    spans = {(each.since, each.until): each for each in found.intervals}
    whole = spans.get(("invitation", "deposit")) or next(iter(spans.values()), None)
    passed = [[one for one in way.stages if one.after >= 0] for way in found.ways]
    most = max(one.after for stages in passed for one in stages) or 1

    def x(days: float) -> float:
        return round(_LEFT + (WIDTH - 20 - _LEFT) * days / most, 1)

    bottom = len(found.ways) * 2 * _ROW + 8
    drawn = _band(whole, x(whole.low), x(whole.high), bottom) if whole else []
    for place, (way, stages) in enumerate(zip(found.ways, passed, strict=True)):
        drawn += _way(way, [(one, x(one.after)) for one in stages], place)
    for days in range(0, most + 1, 100):
        drawn.append(words((x(days), bottom + 14), str(days), anchor="middle"))
    drawn.append(line((_LEFT, bottom), (WIDTH - 20, bottom), "axis"))
    title = "Days since the invitation in the last accessions"
    height = int(bottom + 22)
    return Plot(
        title=title,
        caption="A dot for each dated stage; the band is from the shortest to the "
        "longest, between the steps that are named.",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def slopes(title: str, caption: str, rows: Sequence[Slope]) -> Plot:
    """Draw what is before and after as lines, with words at both ends."""
    most = max(1.0, *(each for row in rows for each in (*row.before, *row.after)))
    tall = max(_TALL, _GAP * len(rows))

    def y(value: float) -> float:
        return round(_TOP + tall * (1 - value / most), 1)

    lefts = spread([y(sum(row.before) / 2) for row in rows], _GAP, _TOP + tall)
    rights = spread([y(sum(row.after) / 2) for row in rows], _GAP, _TOP + tall)
    drawn = _posts(tall)
    for row, left, right in zip(rows, lefts, rights, strict=True):
        edge = [y(each) for each in (*row.before, *row.after)]
        drawn += _slope(row.css, edge)
        name = shortened(row.name, _NAME_MAX)
        says = f"{name}: {row.says[0]}"
        drawn.append(words((_FROM - 10, left + 4), says, anchor="end"))
        drawn.append(words((_TO + 10, right + 4), f"{name}: {row.says[1]}"))
    height = int(_TOP + tall + 16)
    return Plot(
        title=title,
        caption=caption,
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def _of_km(name: str, before: Km, after: Km, css: str = "l1") -> Slope:
    return Slope(
        name=name,
        before=(before.low, before.high),
        after=(after.low, after.high),
        says=(kilometres(before), kilometres(after)),
        css=css,
    )


def _of_kept(each: Kept) -> Slope:
    middles = (each.without.middle, each.with_it.middle)
    return Slope(
        name=each.type,
        before=(100 * each.without.low, 100 * each.without.high),
        after=(100 * each.with_it.low, 100 * each.with_it.high),
        says=(f"{100 * middles[0]:.0f} %", f"{100 * middles[1]:.0f} %"),
        css="l2",
    )


def _posts(tall: float) -> list[str]:
    return [
        words((_FROM, 16), "without", anchor="middle", css="strong"),
        words((_TO, 16), "with", anchor="middle", css="strong"),
        line((_FROM, 24), (_FROM, _TOP + tall + 6), "axis"),
        line((_TO, 24), (_TO, _TOP + tall + 6), "axis"),
    ]


def _slope(css: str, edge: Sequence[float]) -> Iterator[str]:
    """Draw one line; between its edges where it is a range."""
    before_low, before_high, after_low, after_high = edge
    if (before_low, after_low) != (before_high, after_high):
        corners = [
            (_FROM, before_low),
            (_FROM, before_high),
            (_TO, after_high),
            (_TO, after_low),
        ]
        yield shape(corners, "b2" if css == "l2" else "band")
    start, end = (before_low + before_high) / 2, (after_low + after_high) / 2
    yield line((_FROM, start), (_TO, end), css)
    fill = "f2" if css == "l2" else "f1"
    yield dot((_FROM, start), fill)
    yield dot((_TO, end), fill)


def _ladder(
    title: str, scale: Sequence[str], rows: Sequence[tuple[str, str, str]]
) -> Plot:
    """Draw words on a ladder; those that are no grades stand apart, below it."""
    step = 30.0
    tall = step * len(scale)

    def y(word: str) -> float:
        place = scale.index(word) if word in scale else 0
        return _TOP + tall + 8 - step * (place + (word not in UNSAID))

    lefts = spread([y(without) for _, without, _ in rows], 13, _TOP + tall + 8)
    rights = spread([y(with_it) for *_, with_it in rows], 13, _TOP + tall + 8)
    drawn = [*_posts(tall + 8)]
    for word in scale:
        drawn.append(words(((_FROM + _TO) / 2, y(word) - 3), word, anchor="middle"))
        drawn.append(line((_FROM, y(word)), (_TO, y(word)), "grid"))
    for place, (name, without, with_it) in enumerate(rows):
        short = shortened(name, 36)
        css = "l1" if without == with_it else "l2"
        drawn += _slope(css, [y(without), y(without), y(with_it), y(with_it)])
        drawn.append(words((_FROM - 10, lefts[place] + 4), short, anchor="end"))
        drawn.append(words((_TO + 10, rights[place] + 4), short))
    height = int(_TOP + tall + 26)
    return Plot(
        title=title,
        caption="Dashed where the word differs. What is withheld or not known is no "
        "grade and stands below the ladder.",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def _neighbours(found: Sequence[Neighbour]) -> Plot:
    most = max(each.km.high for each in found)
    drawn: list[str] = []
    for place, each in enumerate(found):
        y = place * _ROW + 4
        x = _LEFT + (_RIGHT - _LEFT) * each.km.high / most
        sure = _LEFT + (_RIGHT - _LEFT) * each.km.low / most
        drawn.append(words((_LEFT - 8, y + 10), shortened(each.name, 28), anchor="end"))
        drawn.append(box((_LEFT, y), (sure - _LEFT, _THICK), _BECOMES[each.becomes]))
        if x > sure:
            drawn.append(box((sure, y), (x - sure, _THICK), "open"))
        drawn.append(words((x + 6, y + 10), kilometres(each.km), css="strong"))
    height = int(len(found) * _ROW + 8)
    title = "Land borders of the nation, and what each would be"
    return Plot(
        title=title,
        caption="Blue: shared between members; orange: outer border to guard; grey: "
        "outside. Open at its end: stated by one side alone.",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def _order(way: Stand) -> int:
    return list(Stand).index(way)


def _band(span: Interval, low: float, high: float, bottom: float) -> list[str]:
    said = f"{span.low} to {span.high} days"
    return [
        box((low, 0), (high - low, bottom), "band"),
        words(((low + high) / 2, bottom - 4), said, anchor="middle", css="strong"),
    ]


def _way(way: Way, stages: Sequence[tuple[Passed, float]], place: int) -> Iterator[str]:
    """Draw one accession; the steps that intervals are between lie on top."""
    y = place * 2 * _ROW + 18
    yield words((_LEFT - 10, y + 4), shortened(way.name, 28), anchor="end")
    first, last = stages[0][1], stages[-1][1]
    yield line((first, y), (last, y), "lk")
    for stage, x in sorted(stages, key=lambda each: each[0].step in _STEPS):
        is_step = stage.step in _STEPS
        yield dot((x, y), "f2" if is_step else "f1")
        if is_step:
            yield words((x, y + 16), in_words(stage.step), anchor="middle")
