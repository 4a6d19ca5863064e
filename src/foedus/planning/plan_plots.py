"""The plots of a plan: load as a heat map, units on a time line, nations, hours.

Each stands beside a table that says the same; what a colour means is written in it.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from foedus.paper.documents import Plot
from foedus.paper.drawings import box, line, shape, shortened, svg, words
from foedus.planning.results import Closing, Closure, Coverage, Drops, Load, Tour

WIDTH: Final = 720

LOAD_THIN: Final = 0.8
"""From here on a capability is thin; above one it cannot last."""

ROWS_MAX: Final = 60
"""Units on one drawing; the table has all."""

CURVES_MAX: Final = 8
"""Needs on one drawing, those with most missing first."""

NATIONS_MAX: Final = 80
"""Nations on one drawing: every alliance that there is."""

_LEFT: Final = 176.0
_RIGHT: Final = 712.0
_ROW: Final = 20.0
_TOP: Final = 20.0
_NAME_MAX: Final = 28
_TALL: Final = 34.0
"""From one curve to the next."""

_END: Final = 620.0
"""Where curves end: what is there at last stands behind them."""

Names = Mapping[str, str]


def load_plot(found: Coverage) -> Plot | None:
    """Draw how loaded each capability is in each period."""
    types = list(dict.fromkeys(each.type for each in found.loads))
    if not types:
        return None
    step = (_RIGHT - _LEFT) / found.periods
    height = _TOP + _ROW * len(types) + 4
    title = "Load by capability and period"
    drawn = [*_heads(found.periods, step)]
    for place, kind in enumerate(types):
        y = _TOP + place * _ROW
        drawn.append(_name(kind, y))
    for each in found.loads:
        corner = (
            _LEFT + (each.period - 1) * step,
            _TOP + types.index(each.type) * _ROW,
        )
        drawn += _cell(each, corner, step)
    return Plot(
        title=title,
        caption=(
            f"Warm: above 1, cannot last. Cool: from {LOAD_THIN:g}, thin. Grey: below. "
            "Dashed: wanted, and nothing is there. Empty: nothing is wanted."
        ),
        svg=svg(title, (WIDTH, round(height)), drawn),
        width=WIDTH,
        height=round(height),
    )


def tours_plot(found: Coverage, names: Names) -> Plot | None:
    """Draw which unit is where in which periods."""
    by_unit: dict[str, list[Tour]] = {}
    for each in found.tours:
        by_unit.setdefault(each.unit, []).append(each)
    if not by_unit:
        return None
    marks = _marks(found.tours)
    step = (_RIGHT - _LEFT) / found.periods
    drawn = [*_heads(found.periods, step)]
    units = list(by_unit)[:ROWS_MAX]
    for place, unit in enumerate(units):
        y = _TOP + place * _ROW
        drawn.append(_name(names.get(unit, unit), y))
        for tour in by_unit[unit]:
            drawn += _stay(tour, marks[tour.commitment], y, step)
    height = round(_TOP + _ROW * len(units) + 4)
    legend = ", ".join(
        f"{mark} {names.get(name, name)}" for name, mark in marks.items()
    )
    title = "Units and where they are, period by period"
    more = (
        f" The first {ROWS_MAX} units; the table has all."
        if (len(by_unit) > ROWS_MAX)
        else ""
    )
    return Plot(
        title=title,
        caption=f"{legend}. Tinted before a tour: rest that lacks to the goal.{more}",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def drops_plot(found: Drops) -> Plot | None:
    """Draw what is missing without each nation, in the order of codes."""
    drops = found.drops[:NATIONS_MAX]
    most = max((each.more for each in drops), default=0.0)
    if not drops:
        return None
    drawn = []
    for place, each in enumerate(drops):
        y = 4 + place * _ROW
        drawn.append(_name(each.nation, y))
        length = (620 - _LEFT) * each.more / most if most else 0.0
        if each.more > 0:
            drawn.append(box((_LEFT, y + 4), (length, 12), "f2"))
        at = (_LEFT + length + 6, y + 14)
        drawn.append(words(at, f"{each.more:g}", css="strong"))
    height = round(4 + _ROW * len(drops) + 4)
    title = "Missing beyond what is missing anyway, without each nation"
    return Plot(
        title=title,
        caption="Amount times periods, in the order of codes.",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def closure_plot(found: Closure, names: Names) -> Plot | None:
    """Draw how much of each need has closed after how many hours."""
    needs: dict[tuple[str, str], list[Closing]] = {}
    for each in found.curve:
        needs.setdefault((each.location, each.type), []).append(each)
    if not needs:
        return None
    chosen = sorted(needs.values(), key=_closed_at_last)[:CURVES_MAX]
    hours = [each.hours for each in chosen[0]]
    between = (_END - _LEFT) / max(1, len(hours) - 1)
    xs = [_LEFT + between * place for place in range(len(hours))]
    drawn: list[str] = []
    for place, curve in enumerate(chosen):
        drawn += _curve(curve, xs, names, _TOP + (place + 1) * _TALL)
    bottom = _TOP + len(chosen) * _TALL
    for hour, x in zip(hours, xs, strict=True):
        drawn.append(words((x, bottom + 16), f"{hour:g} h", anchor="middle"))
    if found.hours in hours:
        x = xs[hours.index(found.hours)]
        drawn.append(line((x, _TOP - 6), (x, bottom), "limit"))
    height = round(bottom + 24)
    title = f"Closed, of what is wanted, {found.clock.replace('-', ' ')} by the hour"
    return Plot(
        title=title,
        caption=f"The dashed line stands at {found.hours:g} h. Steps, not slopes: a "
        "unit is there or is not. Behind each: what is there at last, of what is "
        "wanted.",
        svg=svg(title, (WIDTH, height), drawn),
        width=WIDTH,
        height=height,
    )


def _heads(periods: int, step: float) -> Iterator[str]:
    every = max(1, round(24 / step))
    for period in range(1, periods + 1, every):
        at = (_LEFT + (period - 0.5) * step, _TOP - 6)
        yield words(at, str(period), anchor="middle")


def _name(text: str, y: float) -> str:
    return words((_LEFT - 8, y + 14), shortened(text, _NAME_MAX), anchor="end")


def _cell(each: Load, corner: tuple[float, float], step: float) -> Iterator[str]:
    if not each.wanted:
        return
    css, said = "open", "none"
    if each.load is not None:
        css = "b2" if each.load > 1 else "band" if each.load >= LOAD_THIN else "off"
        said = f"{each.load:.1f}"
    yield box((corner[0] + 1, corner[1] + 1), (step - 2, _ROW - 2), css)
    if step >= 24:  # noqa: PLR2004 - room for three letters
        at = (corner[0] + step / 2, corner[1] + 14)
        yield words(at, said, anchor="middle", css="strong")


def _marks(tours: Sequence[Tour]) -> dict[str, str]:
    """Give each commitment a letter, or two."""
    names = list(dict.fromkeys(each.commitment for each in tours))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {
        name: letters[place % 26] * (1 + place // 26)
        for place, name in enumerate(names)
    }


def _stay(tour: Tour, mark: str, y: float, step: float) -> Iterator[str]:
    start = _LEFT + (tour.first - 1) * step
    width = (tour.last - tour.first + 1) * step
    if tour.debt and tour.rest:
        rest = tour.rest * step
        yield box((start - rest, y + 6), (rest, _ROW - 12), "b2")
    yield box((start + 1, y + 2), (width - 2, _ROW - 4), "band")
    yield words((start + width / 2, y + 14), mark, anchor="middle", css="strong")


def _share(each: Closing) -> float:
    return min(1.0, each.there / each.wanted) if each.wanted else 1.0


def _closed_at_last(curve: Sequence[Closing]) -> float:
    return sum(map(_share, curve))


def _curve(
    curve: Sequence[Closing], xs: Sequence[float], names: Names, bottom: float
) -> Iterator[str]:
    """Draw how much of one need has closed, as an area of steps."""
    first, last = curve[0], curve[-1]
    tall = _TALL - 10
    called = f"{names.get(first.location, first.location)}, {first.type}"
    yield words((_LEFT - 8, bottom - 4), shortened(called, _NAME_MAX), anchor="end")
    ys = [bottom - tall * _share(each) for each in curve]
    corners = [(xs[0], bottom)]
    for x, y in zip(xs, ys, strict=True):
        corners += [(x, corners[-1][1]), (x, y)]
    if any(each.there for each in curve):
        yield shape([*corners, (xs[-1], bottom)], "band")
        for one, other in itertools.pairwise(corners[1:]):
            yield line(one, other, "l1")
    yield line((xs[0], bottom), (xs[-1], bottom), "axis")
    said = f"{last.there:g} of {last.wanted:g}"
    yield words((xs[-1] + 8, bottom - 4), said, css="strong")
