"""Interoperability: whether the contributors can work together, by what was shown.

- Four parts: standards that all apply, pairs that were tried, objectives that were
  evaluated, people who are certified. Each has a share; the lowest part is the answer,
  since a plenty of standards makes up for no failed link.
- What was not shown is not averaged away: a pair that was never tried does not hold.
- Evidence ages: tests and evaluations count for `OLD`; without an evaluation within
  `FRESH` nothing is Excellent.

Source: reference planning.md, section 1.4: weakest needed link, evidence with age.
"""

from datetime import date, timedelta
from itertools import combinations
from typing import Final

import msgspec

from foedus.ids import NationCode
from foedus.readiness.ratings import (
    MORE_TROOPS,
    Cited,
    Rating,
    Stock,
    any_illustrative,
    cite,
    nothing,
    withheld,
)
from foedus.readiness.reading import Held
from foedus.readiness.records import PairTest

WORDS: Final = ("Poor", "Fair", "Good", "Very Good", "Excellent")

SHARES: Final = (0.0, 0.25, 0.5, 0.8, 0.95)
"""From which share each word begins."""

OLD: Final = timedelta(days=730)
"""Tests and evaluations older than this count no more."""

FRESH: Final = timedelta(days=365)
"""Without an evaluation younger than this nothing is Excellent."""

POINTS: Final = {
    "success": 1.0,
    "limited": 0.5,
    "issue": 0.0,
    "achieved": 1.0,
    "partly": 0.5,
    "not-achieved": 0.0,
}
"""What a test or an evaluation counts."""

UNSHOWN: Final = WORDS.index("Good")
"""More than this nothing is where no pair was tried, or no objective evaluated."""

BROKEN: Final = WORDS.index("Fair")
"""More than this nothing is where a pair that is needed does not work."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One of the four parts.

    Attributes:
        share: of what is asked that was shown; None where nothing was.
        at_most: the best word that it allows, whatever its share.
        cited: what it rests on.
        gaps: what is missing, in words.
    """

    name: str
    share: float | None
    said: str
    at_most: int = len(WORDS) - 1
    cited: tuple[Cited, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def index(self) -> int:
        """The place of its word."""
        if self.share is None:
            return self.at_most
        reached = [n for n, least in enumerate(SHARES) if self.share >= least]
        return min(self.at_most, reached[-1])


def rate_interoperability(stock: Stock) -> Rating:
    """Rate whether the contributors to a measure can work together."""
    nations = stock.contributors
    if len(nations) < 2:  # noqa: PLR2004 - it takes two
        return nothing("fewer than two contributors are known")
    every = (_standards(stock), _pairs(stock), _exercises(stock), _people(stock))
    parts = [each for each in every if each is not None]
    if not any(each.cited for each in parts):
        return nothing(
            "no standard, test, evaluation or certificate",
            change="Standards applied, pairs tried, objectives evaluated.",
        )
    unseen = _unseen(stock)
    if unseen:
        return withheld(unseen, "standard, test or certificate")
    return _rated(parts, stock.on)


def _rated(parts: list[Part], on: date) -> Rating:
    lowest = min(parts, key=lambda each: each.index)
    best = max(each.index for each in parts)
    cited = tuple(each for part in parts for each in part.cited)
    word = WORDS[lowest.index]
    return Rating(
        word=word,
        basis=lowest.said,
        uncertainty=(
            f"{word} in every part."
            if best == lowest.index
            else f"Parts from {word} to {WORDS[best]}; the lowest is said."
        ),
        steps=(
            *(f"{each.name}: {each.said}: {WORDS[each.index]}" for each in parts),
            f"The lowest is {lowest.name.lower()}, so it is {word} as of {on}.",
        ),
        rests_on=cited,
        would_change=(*(gap for part in parts for gap in part.gaps[:3]), MORE_TROOPS),
        illustrative=any_illustrative(cited),
    )


def _unseen(stock: Stock) -> tuple[NationCode, ...]:
    """Name contributors of whom no record of this kind is before the viewer."""
    seen = {
        *(each.content.nation for each in stock.adoptions),
        *(each.content.nation for each in stock.completions),
        *(each.content.nation for each in stock.evaluations),
        *(each.content.first for each in stock.tests),
        *(each.content.second for each in stock.tests),
    }
    return tuple(sorted(set(stock.named) - seen))


def _standards(stock: Stock) -> Part | None:
    wanted = stock.requirement.content.standards if stock.requirement else ()
    if not wanted:
        return None
    held = {
        (each.content.nation, each.content.standard): each
        for each in stock.adoptions
        if each.content.evidence.strip()
    }
    asked = [(nation, each) for nation in stock.contributors for each in wanted]
    shown = [held[each] for each in asked if each in held]
    return Part(
        name="Standards",
        share=len(shown) / len(asked),
        said=f"{len(shown)} of {len(asked)} standards applied",
        cited=tuple(
            cite(
                each,
                nation=each.content.nation,
                on=each.content.since,
                text=f"{each.content.nation} applies {each.content.standard}, "
                f"{each.content.shown}: {each.content.evidence}",
            )
            for each in shown
        ),
        gaps=tuple(
            f"{nation} applying {standard}, shown."
            for nation, standard in asked
            if (nation, standard) not in held
        ),
    )


Pair = tuple[NationCode, NationCode]
"""Two nations, in the order of their codes."""


def _pairs(stock: Stock) -> Part:
    tested = _tested(stock)
    needed = list(combinations(sorted(stock.contributors), 2))
    tried = {pair: tested[pair] for pair in needed if pair in tested}
    if not tried:
        return Part(
            name="Pairs",
            share=None,
            said="no pair was tried in two years",
            at_most=UNSHOWN,
            gaps=("A test between two of the contributors.",),
        )
    last = {pair: [each[0] for each in by.values()] for pair, by in tried.items()}
    points = {
        pair: min(POINTS[each.content.result] for each in tests)
        for pair, tests in last.items()
    }
    work = list(points.values()).count(1.0)
    broken = min(points.values()) == POINTS["issue"]
    return Part(
        name="Pairs",
        share=sum(points.values()) / len(needed),
        said=f"{work} of {len(needed)} pairs work{_weakest(stock, tried)}",
        at_most=BROKEN if broken else len(WORDS) - 1,
        cited=tuple(_cite_test(each) for tests in last.values() for each in tests),
        gaps=tuple(
            f"A successful test between {one} and {other}."
            for one, other in needed
            if points.get((one, other)) != 1.0
        ),
    )


def _tested(stock: Stock) -> dict[Pair, dict[str, list[Held[PairTest]]]]:
    """Give the tests that count of each pair, by what was tried, the latest first.

    What was tried last says how that stands, and the weakest of them how the pair
    does: that something else works hides no failed link.
    """
    found: dict[Pair, dict[str, list[Held[PairTest]]]] = {}
    for each in stock.tests:  # the latest first
        test = each.content
        if test.evidence.strip() and test.on > stock.on - OLD:
            one, other = sorted((test.first, test.second))
            subject = " ".join(test.subject.split()).casefold()
            found.setdefault((one, other), {}).setdefault(subject, []).append(each)
    return found


def _weakest(stock: Stock, tried: dict[Pair, dict[str, list[Held[PairTest]]]]) -> str:
    """Say of the weakest pair how likely the next test is to pass.

    Source: reference planning.md, section 1.4: (s + l/2 + 1) / (n + 2), each test
    counting half as much for every year of its age.
    """
    chances = []
    for pair, by_subject in tried.items():
        for tests in by_subject.values():
            passed = number = 0.0
            for each in tests:
                weight = 0.5 ** ((stock.on - each.content.on) / FRESH)
                number += weight
                passed += weight * POINTS[each.content.result]
            chances.append(((passed + 1) / (number + 2), pair))
    chance, (one, other) = min(chances)
    return f"; {one} and {other} would pass again in about {chance * 10:.0f} of 10"


def _cite_test(held: Held[PairTest]) -> Cited:
    test = held.content
    text = f"{test.first} and {test.second}, {test.subject}: {test.result}"
    return cite(held, nation=test.first, on=test.on, text=f"{text}: {test.evidence}")


def _exercises(stock: Stock) -> Part:
    found = []
    for each in stock.evaluations:
        exercise = stock.exercises[each.content.exercise].content
        about = {one.id: one.about for one in exercise.objectives}
        tells = about.get(each.content.objective) == "interoperability"
        if tells and each.content.evidence.strip() and each.content.on > stock.on - OLD:
            found.append((each, exercise.name))
    if not found:
        return Part(
            name="Exercises",
            share=None,
            said="no objective was evaluated in two years",
            at_most=UNSHOWN,
            gaps=("An evaluated exercise; taking part alone shows nothing.",),
        )
    newest = max(each.content.on for each, _ in found)
    fresh = newest > stock.on - FRESH
    points = [POINTS[each.content.grade] for each, _ in found]
    return Part(
        name="Exercises",
        share=sum(points) / len(points),
        said=f"{points.count(1.0)} of {len(points)} objectives achieved",
        at_most=len(WORDS) - (1 if fresh else 2),
        cited=tuple(
            cite(
                each,
                nation=each.content.nation,
                on=each.content.on,
                text=f"{name}, {each.content.objective}: {each.content.grade}: "
                f"{each.content.evidence}",
            )
            for each, name in found
        ),
        gaps=() if fresh else ("An exercise evaluated within the last year.",),
    )


def _people(stock: Stock) -> Part | None:
    wanted = stock.requirement.content.modules if stock.requirement else ()
    if not wanted:
        return None
    held = {
        (each.content.nation, each.content.module): each for each in stock.completions
    }
    asked = [(nation, each) for nation in stock.contributors for each in wanted]
    shown = [held[each] for each in asked if each in held]
    return Part(
        name="Certificates",
        share=len(shown) / len(asked),
        said=f"{len(shown)} of {len(asked)} modules certified",
        cited=tuple(
            cite(
                each,
                nation=each.content.nation,
                on=each.content.on,
                text=f"{each.content.people} of {each.content.nation} certified in "
                f"{each.content.module}: {each.content.certificate}",
            )
            for each in shown
        ),
        gaps=tuple(
            f"Certified people of {nation} in {module}."
            for nation, module in asked
            if (nation, module) not in held
        ),
    )
