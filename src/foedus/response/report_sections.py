"""What a report is told in, on a page as on paper: facts, and tables of cells.

A table without rows is left out. Words and numbers are made here once, so that page and
paper say the same.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from foedus.response.report import Clocks, Report
from foedus.response.report_plots import NONE, written

MARKS: Final = (
    ("delivered", "C1 delivered"),
    ("acknowledged", "C2 acknowledged"),
    ("answered", "C3 answered"),
    ("begun", "C4 begun"),
    ("done", "C5 done"),
    ("confirmed", "C6 confirmed"),
)
"""The clocks of a task, in order, and what people call them."""

_CLOCKS: Final = ("deliver", "acknowledge", "accept", "start", "complete", "confirm")
_COUNTS: Final = ("tasks", "done", "declined", "late", "unreachable", "reminded")
_MET: Final = {True: "met", False: "missed", None: "open"}


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """What stands in a cell; and whether it is a number, bad, or both."""

    text: str
    kind: Literal["", "number", "bad", "missed"] = ""


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """What stands at the head of a report.

    Attributes:
        reference: the id behind what is said, for machines; empty for none.
        page: where the hub shows it; empty for nowhere.
    """

    name: str
    text: str
    reference: str = ""
    page: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table with its heading.

    Attributes:
        widths: of the columns, for paper; how much of what is left each takes.
        caption: what the table needs to be read; empty for nothing.
    """

    title: str
    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


def instant(at: datetime | None) -> str:
    """Write an instant as everybody reads it; a dash for none."""
    return NONE if at is None else f"{_day(at)}, {at:%H:%M:%S} UTC"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def facts(report: Report) -> Iterator[Fact]:
    """Give what stands at the head of a report."""
    yield Fact("Run", f"of {_day(report.started)}", report.run, f"/runs/{report.run}")
    version = datetime.fromisoformat(report.modified)
    protocol = f"{report.name}, version of {_day(version)}"
    edition = f"{report.playbook}, {report.modified}"
    yield Fact("Protocol", protocol, edition, f"/protocols/{report.playbook}")
    yield Fact("Coordinator", report.coordinator)
    yield Fact("Started", instant(report.started))
    yield Fact("Ended", instant(report.ended))
    yield Fact("Outcome", report.status.value)
    cause = report.cause
    yield Fact("Started by", f"a {cause.by}", cause.reference, _page(cause.reference))
    if cause.reason:
        yield Fact("Reason", cause.reason)
    for each in report.evidence:
        yield Fact("Rests on", _kind(each), each, f"/objects/{each}")
    yield Fact("Told to", report.reader)


_PAGES: Final = {"decision": "decisions", "proposal": "proposals", "run": "runs"}


def _kind(name: str) -> str:
    """Say of what kind a thing is, by its id: a `course of action`."""
    return name.partition("--")[0].replace("-", " ")


def _page(name: str) -> str:
    """Tell where the hub shows a thing, by its id; empty for nowhere."""
    place = _PAGES.get(name.partition("--")[0])
    return f"/{place}/{name}" if place else ""


def summary(report: Report) -> str:
    """Say in a sentence how it went."""
    tasks = len(report.tasks)
    done = sum(each.done for each in report.nations)
    late = sum(each.late for each in report.nations)
    unreachable = sum(each.unreachable for each in report.nations)
    declined = sum(each.declined for each in report.nations)
    return (
        f"Tasks: {tasks}, of {len(report.nations)} nations; done: {done}, declined: "
        f"{declined}. Deadlines missed: {late} late, {unreachable} unreached."
    )


def sections(report: Report) -> Iterator[Section]:
    """Give the tables of a report that have rows, in their order."""
    every = (
        _named(report),
        _nations(report),
        _breaches(report),
        _decisions(report),
        _deviations(report),
        _improvements(report),
        _tasks(report),
        _timeline(report),
    )
    return (each for each in every if each.rows)


def _row(*cells: str | Cell) -> tuple[Cell, ...]:
    return tuple(each if isinstance(each, Cell) else Cell(each) for each in cells)


def _number(text: str) -> Cell:
    return Cell(text, "number")


def _clock_cells(clocks: Clocks, missed: Sequence[str] = ()) -> Iterator[Cell]:
    """Write the six clocks; a missed one is marked."""
    for (mark, _), name in zip(MARKS, _CLOCKS, strict=True):
        text = written(getattr(clocks, mark))
        yield Cell(f"{text} !", "missed") if name in missed else _number(text)


def _named(report: Report) -> Section:
    return Section(
        title="Named clocks",
        head=("clock", "from", "to", "within", "took", ""),
        widths=(5, 4, 4, 2, 2, 2),
        rows=tuple(
            _row(
                each.name,
                instant(each.since),
                instant(each.until),
                _number(written(each.within_s)),
                _number(written(each.took_s)),
                Cell(_MET[each.met], "bad" if each.met is False else ""),
            )
            for each in report.named
        ),
    )


def _nations(report: Report) -> Section:
    return Section(
        title="Nations",
        head=(
            "nation",
            *(_COUNTS[:4]),
            "unreached",
            "reminded",
            *(words for _, words in MARKS),
        ),
        widths=(3, *(2,) * 6, *(3,) * 6),
        caption="Medians from asked, of the tasks that passed each mark.",
        rows=tuple(
            _row(
                each.nation,
                *(_number(str(getattr(each, name))) for name in _COUNTS),
                *_clock_cells(each.median),
            )
            for each in report.nations
        ),
    )


def _breaches(report: Report) -> Section:
    return Section(
        title="Missed deadlines",
        head=(
            "due",
            "nation",
            "step",
            "clock",
            "came",
            "late by",
            "cause",
            "waiting for",
        ),
        widths=(4, 2, 5, 3, 4, 2, 3, 3),
        rows=tuple(
            _row(
                instant(each.due),
                each.nation,
                each.step,
                each.clock,
                instant(each.happened),
                _number(written(each.late_s)),
                Cell(each.cause, "bad"),
                each.waiting_for,
            )
            for each in report.breaches
        ),
    )


def _decisions(report: Report) -> Section:
    return Section(
        title="Decisions",
        head=("title", "phase", "ended", "for", "id"),
        widths=(5, 2, 4, 4, 5),
        rows=tuple(
            _row(
                each.title,
                each.phase,
                instant(each.effective),
                each.step or "the start",
                each.decision,
            )
            for each in report.decisions
        ),
    )


def _deviations(report: Report) -> Section:
    return Section(
        title="Deviations from the protocol",
        head=("when", "what", "step", "nation", "text"),
        widths=(4, 4, 5, 2, 6),
        rows=tuple(
            _row(instant(each.at), each.what, each.step, each.nation or "", each.text)
            for each in report.deviations
        ),
    )


def _improvements(report: Report) -> Section:
    return Section(
        title="Improvements, by outcomes of the NIST CSF 2.0",
        head=("outcome", "asks for", "found", "times", "nations"),
        widths=(2, 7, 6, 1, 4),
        rows=tuple(
            _row(
                each.outcome,
                each.says,
                each.finding,
                _number(str(each.count)),
                " ".join(each.nations),
            )
            for each in report.improvements
        ),
    )


def _tasks(report: Report) -> Section:
    return Section(
        title="Tasks",
        head=(
            "asked after",
            "step",
            "nation",
            "standing",
            *(words for _, words in MARKS),
            "said",
        ),
        widths=(3, 5, 2, 3, *(3,) * 6, 5),
        caption="Asked: how long after the start of the run; C1 to C6: after that.",
        rows=tuple(
            _row(
                _number(written(_since(report, each.asked))),
                each.step,
                each.nation,
                each.standing.value,
                *_clock_cells(each.clocks, each.missed),
                each.text,
            )
            for each in report.tasks
        ),
    )


def _since(report: Report, at: datetime) -> int:
    return max(0, int((at - report.started).total_seconds()))


def _timeline(report: Report) -> Section:
    return Section(
        title="Time line",
        head=("when", "what", "step", "nation", "text"),
        widths=(4, 4, 5, 2, 6),
        rows=tuple(
            _row(instant(each.at), each.what, each.step, each.nation or "", each.text)
            for each in report.timeline
        ),
    )
