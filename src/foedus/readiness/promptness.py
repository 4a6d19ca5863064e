"""Readiness: how soon what is needed can act, from notices and patterns.

- Of each type the quickest units are taken until `ENOUGH` of the need is there; the
  slowest posture among them is the answer. Where less is there, all that count are.
- Hours of different clocks are never compared: then the answer is that they differ.
- Hours are said with their clock: a notice to move is no time on station.
"""

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Final

from foedus.readiness.ratings import (
    MORE_TROOPS,
    Count,
    Rating,
    Ready,
    Stock,
    any_illustrative,
    cite_report,
    count,
    in_words,
    nothing,
    withheld,
)
from foedus.readiness.records import Need, Posture

ENOUGH: Final = 0.9
"""The share of a need that has to be there before the rest is waited for."""

DIFFERENT_CLOCKS: Final = "Different clocks"

_SLOWER: Final[tuple[Posture, ...]] = (
    "continuous",
    "at-notice",
    "on-demand",
    "periodic",
)
"""Postures, the promptest first."""

_DAYS_FROM_H: Final = 120
"""Notices of five days and more are said in days."""

CLOCKS: Final = {
    "ready-to-move": "to move",
    "departed": "to depart",
    "arrived": "to arrive",
    "on-station": "on station",
}


def rate_readiness(stock: Stock) -> Rating:
    """Rate how soon what a measure needs can act."""
    found = count(stock)
    if not found.ready:
        return nothing(
            "no unit with a valid report",
            left=found.left,
            change="Reports on its units that name what shows them.",
        )
    if found.unseen:
        return withheld(found.unseen, "report on a unit")
    needs = stock.requirement.content.needs if stock.requirement else ()
    taken, enough = _taken(found, needs)
    if not taken:
        return nothing("no unit of a type that is needed", left=found.left)
    return _rated(stock, found, taken, enough=enough)


def _taken(found: Count, needs: tuple[Need, ...]) -> tuple[list[Ready], bool]:
    """Take the quickest units until enough is there; tell whether enough is."""
    if not needs:
        return sorted(found.ready, key=_quickness), True
    taken: list[Ready] = []
    enough = True
    for need in needs:
        there = 0.0
        wanted = ENOUGH * need.amount
        for each in sorted(found.ready, key=_quickness):
            if each.unit.content.type == need.type and there < wanted:
                taken.append(each)
                there += each.there
        enough = enough and there >= wanted
    return taken, enough


def _quickness(ready: Ready) -> tuple[int, float, int, str]:
    """Order units, the promptest first; of what comes at times the most frequent."""
    report = ready.report.content
    return (
        _SLOWER.index(report.posture),
        report.notice_h or 0.0,
        -(report.windows or 0),
        ready.unit.record,
    )


def _rated(stock: Stock, found: Count, taken: list[Ready], *, enough: bool) -> Rating:
    slowest = max(taken, key=_quickness)
    posture = slowest.report.content.posture
    word, basis, uncertainty = _said(stock, taken, posture)
    rests_on = tuple(cite_report(each) for each in taken)
    shown = [each.report.content.shown for each in taken]
    return Rating(
        word=word,
        basis=basis,
        uncertainty=f"{uncertainty} {_how_shown(shown)}".strip(),
        steps=(
            f"{len(found.ready)} units count; the quickest {len(taken)} are taken, "
            + (
                f"with which {ENOUGH:.0%} of each need is there."
                if enough
                else f"and less than {ENOUGH:.0%} of a need is there even with all: "
                "this says how soon what is there can act."
            ),
            (
                f"The slowest of them is {slowest.unit.content.name}: "
                f"{in_words(slowest.report.content)}."
            ),
            f"So it is {word}.",
        ),
        rests_on=rests_on,
        not_counted=found.left,
        would_change=(*_changes(taken, slowest), MORE_TROOPS),
        illustrative=any_illustrative(rests_on),
    )


def _said(stock: Stock, taken: list[Ready], posture: Posture) -> tuple[str, str, str]:
    """Give word, basis and uncertainty by the slowest posture."""
    reports = [each.report.content for each in taken]
    hours = sorted(each.notice_h for each in reports if each.notice_h is not None)
    match posture:
        case "continuous":
            days = gap_free_days(stock, taken)
            return "Continuous", f"without a gap for {days} days", ""
        case "periodic":
            windows = [each.windows for each in reports if each.windows is not None]
            least, most = min(windows), max(windows)
            times = f"{least}" if least == most else f"{least} to {most}"
            return "Periodic", f"{times} times a year", "Between the times, nothing."
        case "on-demand":
            basis = f"median answer {median(hours):g} h"
            return "On-Demand", basis, f"From {hours[0]:g} to {hours[-1]:g} h."
        case "at-notice":
            return _at_notice(taken, hours)


def _at_notice(taken: list[Ready], hours: list[float]) -> tuple[str, str, str]:
    clocks = sorted(
        {
            each.report.content.clock
            for each in taken
            if each.report.content.posture == "at-notice"
        }
    )
    if len(clocks) > 1:
        return (
            DIFFERENT_CLOCKS,
            f"hours until {' and '.join(clocks)}",
            "Hours of different clocks are not compared; report them by one clock.",
        )
    spread = f"From {hours[0]:g} to {hours[-1]:g} h among the units taken."
    return (
        f"Within {duration(hours[-1])}",
        f"{CLOCKS[clocks[0]]}, from the order",
        spread if hours[0] != hours[-1] else "All units taken say the same.",
    )


def duration(hours: float) -> str:
    """Write hours; in days where these are many and whole."""
    if hours >= _DAYS_FROM_H and hours % 24 == 0:
        return f"{hours / 24:g} days"
    return f"{hours:g} hours"


def gap_free_days(stock: Stock, taken: list[Ready]) -> int:
    """Count for how many days reports of continuous presence follow without a gap."""
    stretches = sorted(
        (
            (each.content.as_of, each.content.valid_until)
            for ready in taken
            for each in stock.reports[ready.unit.record]
            if each.content.posture == "continuous" and each.content.evidence.strip()
        ),
        reverse=True,
    )
    start: date = stock.on
    for since, until in stretches:
        if until >= start:
            start = min(start, since)
    return (stock.on - start).days


def _how_shown(shown: Sequence[str]) -> str:
    said = shown.count("declared")
    if not said:
        return "Every report was inspected or exercised."
    return f"{said} of {len(shown)} reports are declared by their nation alone."


def _changes(taken: list[Ready], slowest: Ready) -> tuple[str, ...]:
    soonest = min(taken, key=lambda each: each.report.content.valid_until)
    return (
        (
            f"A quicker report with evidence on {slowest.unit.content.name}, the "
            "slowest that is needed."
        ),
        (
            f"The report on {soonest.unit.content.name} expires on "
            f"{soonest.report.content.valid_until}; then a slower unit takes its "
            "place, or none."
        ),
    )
