"""The plots of a report, drawn by hand as SVG: equal reports, equal bytes.

Colours stand both as attributes, for paper, and as classes, for pages that have their
own. What a plot shows also stands in a table; so a plot is one picture to a reader who
cannot see it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from foedus.response.catalogue import MARK
from foedus.response.report import NationRow, Report, TaskRow

NONE: Final = "-"
"""What stands for a time that there is not."""

BARS_MAX: Final = 60
"""Bars of one plot: what fits on two pages; those with missed deadlines go first."""

WIDTH: Final = 720
_LEFT: Final = 220
_RIGHT: Final = 12
_ROW: Final = 16
_TOP: Final = 6
_FOOT: Final = 22
_TICKS: Final = 5
_NAME_MAX: Final = 34

_INK: Final = "#454d57"
_LINE: Final = "#e1e3e3"
_WAITED: Final = "#d9b36b"
_WORKED: Final = "#5f8ec9"
_BAD: Final = "#ab251e"

_STEPS: Final = (
    ("s", 1),
    ("min", 60),
    ("h", 3_600),
    ("d", 86_400),
)


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A plot and what is written under it.

    Attributes:
        height: where `WIDTH` is its width.
    """

    title: str
    caption: str
    svg: str
    height: int


def plots_of(report: Report) -> Iterator[Plot]:
    """Draw the plots for which there is anything to draw."""
    if report.tasks:
        yield _gantt(report)
    if any(each.median.acknowledged is not None for each in report.nations):
        yield _answers(report)
    if any(each.late or each.unreachable or each.declined for each in report.nations):
        yield _causes(report.nations)


def written(seconds: int | None) -> str:
    """Write a length of time as a person says it; a dash for none."""
    if seconds is None:
        return NONE
    sign = "-" if seconds < 0 else ""
    left, parts = abs(seconds), []
    for unit, size in reversed(_STEPS):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return sign + " ".join(parts[:2]) if parts else "0 s"


class _Scale(msgspec.Struct, frozen=True, kw_only=True):
    """Where instants, or lengths of time, stand from left to right."""

    since: datetime
    seconds: float

    def x(self, seconds: float) -> str:
        share = min(max(seconds / self.seconds, 0.0), 1.0)
        return f"{_LEFT + share * (WIDTH - _LEFT - _RIGHT):.1f}"

    def at(self, instant: datetime) -> str:
        return self.x((instant - self.since).total_seconds())


def _gantt(report: Report) -> Plot:
    tasks = _chosen(report.tasks)
    until = max(_until(report), report.started + timedelta(seconds=1))
    scale = _Scale(
        since=report.started, seconds=(until - report.started).total_seconds()
    )
    drawn = [*_axis(scale, len(tasks))]
    for number, task in enumerate(tasks):
        step = task.step.removeprefix(MARK)  # the head of the report says it already
        drawn += _name(number, f"{task.nation}  {step}")
        drawn += _bar(number, task, scale, task.ended or until)
    left = len(report.tasks) - len(tasks)
    return Plot(
        title="Tasks over time",
        caption="Amber until acknowledged, blue until done; red at the end where a "
        "deadline was missed."
        + (f" {left} more tasks are in the table." if left else ""),
        svg=_svg("Tasks over time", len(tasks), drawn),
        height=_height(len(tasks)),
    )


def _chosen(tasks: Sequence[TaskRow]) -> list[TaskRow]:
    """Give the tasks that are drawn, in order; those with missed deadlines first."""
    ranked = sorted(tasks, key=lambda each: (not each.missed, each.asked, each.task))
    kept = {each.task for each in ranked[:BARS_MAX]}
    found = [each for each in tasks if each.task in kept]
    return sorted(found, key=lambda each: (each.asked, each.step, each.nation))


def _until(report: Report) -> datetime:
    if report.ended is not None:
        return report.ended
    return report.timeline[-1].at if report.timeline else report.started


def _bar(number: int, task: TaskRow, scale: _Scale, until: datetime) -> Iterator[str]:
    passed = task.clocks

    def at(seconds: int | None) -> datetime:
        if seconds is None:
            return until
        return min(task.asked + timedelta(seconds=seconds), until)

    known, done = at(passed.acknowledged), at(passed.done)
    yield _box(number, (scale.at(task.asked), scale.at(known)), ("waited", _WAITED))
    if passed.acknowledged is not None:
        yield _box(number, (scale.at(known), scale.at(done)), ("worked", _WORKED))
    if task.missed:
        y, x = _TOP + number * _ROW, scale.at(done)
        yield (
            f'<line class="bad" x1="{x}" x2="{x}" y1="{y}" y2="{y + _ROW - 3}" '
            f'stroke="{_BAD}" stroke-width="2.5"/>'
        )


def _answers(report: Report) -> Plot:
    """Draw how long each nation took to acknowledge: a dot a task, a line a median."""
    nations = [each for each in report.nations if each.median.acknowledged is not None][
        :BARS_MAX
    ]
    longest = max(each.clocks.acknowledged or 0 for each in report.tasks)
    at_least = _TICKS - 1  # seconds: a mark for each, and none twice
    scale = _Scale(since=report.started, seconds=float(max(longest, at_least)))
    drawn = [*_axis(scale, len(nations), lengths=True)]
    for number, nation in enumerate(nations):
        drawn += _name(number, nation.nation)
        y = _TOP + number * _ROW
        took = [
            each.clocks.acknowledged
            for each in report.tasks
            if each.nation == nation.nation and each.clocks.acknowledged is not None
        ]
        drawn += [
            f'<circle class="worked" cx="{x}" cy="{y + 6.5}" r="3" fill="{_WORKED}" '
            'fill-opacity="0.6"/>'
            for x in sorted({scale.x(each) for each in took})
        ]
        x = scale.x(nation.median.acknowledged or 0)
        drawn.append(
            f'<line class="ink" x1="{x}" x2="{x}" y1="{y}" y2="{y + _ROW - 3}" '
            f'stroke="{_INK}" stroke-width="2"/>'
        )
    return Plot(
        title="Time to acknowledge",
        caption="A dot for each task, from asked to acknowledged; a line at the median "
        "of each nation.",
        svg=_svg("Time to acknowledge by nation", len(nations), drawn),
        height=_height(len(nations)),
    )


def _causes(nations: Sequence[NationRow]) -> Plot:
    """Draw what was missed, and why, by nation."""
    rows = [each for each in nations if each.late or each.unreachable or each.declined][
        :BARS_MAX
    ]
    most = max(each.late + each.unreachable + each.declined for each in rows)
    width = (WIDTH - _LEFT - _RIGHT) / most
    drawn: list[str] = []
    for number, each in enumerate(rows):
        drawn += _name(number, each.nation)
        start = 0
        for count, css, colour in (
            (each.late, "bad", _BAD),
            (each.unreachable, "ink", _INK),
            (each.declined, "waited", _WAITED),
        ):
            ends = (
                f"{_LEFT + start * width:.1f}",
                f"{_LEFT + (start + count) * width:.1f}",
            )
            if count:
                drawn.append(_box(number, ends, (css, colour)))
            start += count
        drawn.append(_text(_LEFT + start * width - 5, number, str(start)))
    return Plot(
        title="Late, unreachable, declined",
        caption="Deadlines missed late (red) and unreached (grey), and tasks declined "
        "(amber), which is an answer.",
        svg=_svg("Late, unreachable and declined by nation", len(rows), drawn),
        height=_height(len(rows)),
    )


def _axis(scale: _Scale, rows: int, *, lengths: bool = False) -> Iterator[str]:
    """Draw upright lines with what they stand for below."""
    bottom = _TOP + rows * _ROW
    for number in range(_TICKS):
        seconds = scale.seconds * number / (_TICKS - 1)
        x = scale.x(seconds)
        anchor = ("start", "middle", "end")[(number > 0) + (number == _TICKS - 1)]
        said = written(int(seconds))
        if not lengths and number:
            said = f"+{said}"
        elif not lengths:
            said = "start"
        yield (
            f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}" '
            f'stroke="{_LINE}"/>'
        )
        yield (
            f'<text x="{x}" y="{bottom + 14}" text-anchor="{anchor}" '
            f'font-size="10" fill="{_INK}">{said}</text>'
        )


def _name(number: int, text: str) -> Iterator[str]:
    short = text if len(text) <= _NAME_MAX else text[: _NAME_MAX - 1] + "…"
    y = _TOP + number * _ROW + 10
    yield (
        f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end" font-size="11" '
        f'fill="{_INK}">{escape(short)}</text>'
    )


def _text(x: float, number: int, text: str) -> str:
    y = _TOP + number * _ROW + 10
    return (
        f'<text class="on" x="{x:.1f}" y="{y}" text-anchor="end" font-size="10" '
        f'fill="#ffffff">{text}</text>'
    )


def _box(number: int, ends: tuple[str, str], style: tuple[str, str]) -> str:
    (left, right), (css, colour) = ends, style
    width = max(float(right) - float(left), 1.0)
    return (
        f'<rect class="{css}" x="{left}" y="{_TOP + number * _ROW}" '
        f'width="{width:.1f}" height="{_ROW - 3}" fill="{colour}"/>'
    )


def _height(rows: int) -> int:
    return _TOP + rows * _ROW + _FOOT


def _svg(title: str, rows: int, drawn: Sequence[str]) -> str:
    height = _height(rows)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label={quoteattr(title)} '
        'font-family="Libertinus Serif">'
    )
    return head + "".join(drawn) + "</svg>"
