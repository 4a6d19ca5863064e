"""What could be done for interoperability, read from how measures are rated.

The rating has four parts (`foedus.readiness.interoperability`): standards, pairs that
were tried, objectives that were evaluated, certificates. Here it is said, for each, how
much lacks to every word, and which single acts would add to it. `as_if` writes the
records that these acts would leave if they succeeded, so that the rating itself can say
what it would be.

A measure that is withheld from the viewer, or that has fewer than two contributors, is
left out: nothing about it can be planned.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations

import msgspec

from foedus.ids import NationCode
from foedus.planning.asks import AskExercises, Count, Occasion, Option, Part, Rated
from foedus.planning.results import Chosen
from foedus.readiness.interoperability import (
    BROKEN,
    FRESH,
    OLD,
    POINTS,
    SHARES,
    UNSHOWN,
    WORDS,
    rate_interoperability,
)
from foedus.readiness.ratings import NO_EVIDENCE, WITHHELD, Stock
from foedus.readiness.reading import C, Held
from foedus.readiness.records import (
    Adoption,
    Completion,
    Evaluation,
    Exercise,
    Objective,
    PairTest,
)

OBJECTIVES_MAX = 20
"""Objectives that one exercise may have evaluated; enough to mend one failure."""

TESTS = "tests"
"""The occasion at which pairs are tried, one for all measures."""

Pair = tuple[NationCode, NationCode]
"""Two nations, in the order of their codes."""

_ROUNDING = 1e-9


class Prices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What things cost, in whatever unit the budget has; these are only examples.

    Attributes:
        standard: until one nation applies one standard, shown.
        certificate: until one nation has certified people in one module.
        tests: to hold an occasion at which pairs are tried.
        pair: to try one pair there, successfully.
        exercise: to hold an exercise for one measure.
        objective: to have one objective evaluated there, as achieved.
    """

    standard: float = 10.0
    certificate: float = 2.0
    tests: float = 10.0
    pair: float = 1.0
    exercise: float = 20.0
    objective: float = 2.0


class Rateable(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that may be planned for.

    Attributes:
        name: what it is called.
        stock: what is before the viewer of it.
    """

    name: str
    stock: Stock
    weight: float = 1.0


def exercises_ask(
    rateable: Mapping[str, Rateable], budget: float, prices: Prices
) -> AskExercises:
    """Say what could be done, what it counts for and what it costs.

    Args:
        rateable: the measures, by key or id.
        budget: in the unit of the prices.
        prices: what each kind of act costs.
    """
    measures: list[Rated] = []
    options: dict[str, Option] = {}
    occasions = [Occasion(id=TESTS, said="pairs are tried", cost=prices.tests)]
    for measure, each in rateable.items():
        stock = each.stock
        word = rate_interoperability(stock).word
        if word == WITHHELD or len(stock.contributors) < 2:  # noqa: PLR2004 - it takes two
            continue
        parts, acts = _parts(measure, stock, prices)
        if word == NO_EVIDENCE:
            parts, acts = _shown(measure, stock, parts, acts)
        for act in acts:
            known = options.get(act.id)
            options[act.id] = act if known is None else _joined(known, act, prices)
        measures.append(
            Rated(
                measure=measure,
                name=each.name,
                word=-1 if word == NO_EVIDENCE else WORDS.index(word),
                parts=parts,
                weight=each.weight,
            )
        )
        said = f"an exercise of {measure}"
        occasions.append(
            Occasion(id=f"exercise {measure}", said=said, cost=prices.exercise)
        )
    return AskExercises(
        words=WORDS,
        measures=tuple(measures),
        options=tuple(options.values()),
        occasions=tuple(occasions),
        budget=budget,
    )


def as_if(stock: Stock, measure: str, chosen: Iterable[Chosen]) -> Stock:
    """Add the records that acts would leave if they succeeded today.

    Args:
        stock: what is before the viewer of a measure.
        measure: its key.
        chosen: what is done; exercises of other measures leave nothing here.
    """
    for each in chosen:
        if each.kind != "objective" or each.names == (measure,):
            stock = _done(stock, each)
    return stock


def _done(stock: Stock, act: Chosen) -> Stock:
    """Add the record of one act."""
    on, shown = stock.on, "as if it had succeeded"
    nation = NationCode(act.names[0])
    if act.kind == "standard":
        adoption = Adoption(
            nation=nation, standard=act.names[1], since=on, evidence=shown
        )
        adoptions = (*stock.adoptions, _held(stock, adoption))
        return msgspec.structs.replace(stock, adoptions=adoptions)
    if act.kind == "certificate":
        completion = Completion(
            module=act.names[1], nation=nation, people=1, on=on, certificate=shown
        )
        completions = (*stock.completions, _held(stock, completion))
        return msgspec.structs.replace(stock, completions=completions)
    if act.kind == "pair":
        tests = [
            PairTest(
                first=nation,
                second=NationCode(act.names[1]),
                subject=subject,
                result="success",
                on=on,
                evidence=shown,
            )
            for subject in act.names[2:] or ("all that they need",)
        ]
        held = tuple(_held(stock, each) for each in tests)
        return msgspec.structs.replace(stock, tests=held + stock.tests)
    exercise = Exercise(
        name=shown, since=on, until=on, objectives=(Objective(id="o", text="works"),)
    )
    evaluation = Evaluation(
        exercise="as-if", objective="o", grade="achieved", on=on, evidence=shown
    )
    return msgspec.structs.replace(
        stock,
        exercises={**stock.exercises, "as-if": _held(stock, exercise)},
        evaluations=(_held(stock, evaluation), *stock.evaluations),
    )


def _shown(
    measure: str, stock: Stock, parts: tuple[Part, ...], acts: list[Option]
) -> tuple[tuple[Part, ...], list[Option]]:
    """Ask for something of every nation that is named, else nothing can be rated."""
    fresh = {
        nation: Part(name=f"Anything of {nation}", needs=(1.0,) * len(WORDS))
        for nation in stock.named
    }
    more = [
        msgspec.structs.replace(
            act,
            counts=act.counts
            + tuple(
                Count(measure=measure, part=fresh[NationCode(name)].name, points=1.0)
                for name in act.names
                if NationCode(name) in fresh
            ),
        )
        for act in acts
    ]
    return (*parts, *fresh.values()), more


def _held(stock: Stock, content: C) -> Held[C]:
    return Held(
        record="as-if",
        author=NationCode(""),
        recorded=stock.on,
        illustrative=True,
        label="",
        content=content,
    )


def _parts(
    measure: str, stock: Stock, prices: Prices
) -> tuple[tuple[Part, ...], list[Option]]:
    """Say what lacks in each part, and what would add to it."""
    found = (
        _standards(measure, stock, prices),
        _pairs(measure, stock, prices),
        _objectives(measure, stock, prices),
        _certificates(measure, stock, prices),
    )
    present = [each for each in found if each is not None]
    return (
        tuple(part for part, _ in present),
        [option for _, options in present for option in options],
    )


def _standards(
    measure: str, stock: Stock, prices: Prices
) -> tuple[Part, list[Option]] | None:
    wanted = stock.requirement.content.standards if stock.requirement else ()
    held = {
        (each.content.nation, each.content.standard)
        for each in stock.adoptions
        if each.content.evidence.strip()
    }
    lacks = [
        (nation, each)
        for nation in stock.contributors
        for each in wanted
        if (nation, each) not in held
    ]
    if not wanted:
        return None
    asked = len(wanted) * len(stock.contributors)
    part = Part(name="Standards", needs=_lacking(asked, asked - len(lacks)))
    return part, [
        Option(
            id=f"standard {nation} {standard}",
            kind="standard",
            names=(nation, standard),
            said=f"{nation} applies {standard}, shown",
            cost=prices.standard,
            counts=(Count(measure=measure, part=part.name, points=1.0),),
        )
        for nation, standard in lacks
    ]


def _certificates(
    measure: str, stock: Stock, prices: Prices
) -> tuple[Part, list[Option]] | None:
    wanted = stock.requirement.content.modules if stock.requirement else ()
    held = {(each.content.nation, each.content.module) for each in stock.completions}
    lacks = [
        (nation, each)
        for nation in stock.contributors
        for each in wanted
        if (nation, each) not in held
    ]
    if not wanted:
        return None
    asked = len(wanted) * len(stock.contributors)
    part = Part(name="Certificates", needs=_lacking(asked, asked - len(lacks)))
    return part, [
        Option(
            id=f"certificate {nation} {module}",
            kind="certificate",
            names=(nation, module),
            said=f"{nation} certifies people in {module}",
            cost=prices.certificate,
            counts=(Count(measure=measure, part=part.name, points=1.0),),
        )
        for nation, module in lacks
    ]


def _pairs(measure: str, stock: Stock, prices: Prices) -> tuple[Part, list[Option]]:
    tested = _tested(stock)
    needed = list(combinations(sorted(stock.contributors), 2))
    points = {
        pair: min(POINTS[result] for result in tested[pair].values())
        for pair in needed
        if pair in tested
    }
    part = Part(
        name="Pairs",
        needs=_lacking(len(needed), sum(points.values())),
        idle_to=-1 if points else UNSHOWN,
        broken=sum(each == POINTS["issue"] for each in points.values()),
        broken_to=BROKEN,
    )
    return part, [
        _test(measure, pair, tested.get(pair, {}), prices)
        for pair in needed
        if points.get(pair) != POINTS["success"]
    ]


def _tested(stock: Stock) -> dict[Pair, dict[str, str]]:
    """Give the last result of each pair, by what was tried."""
    found: dict[Pair, dict[str, str]] = {}
    for each in stock.tests:  # the latest first
        test = each.content
        if test.evidence.strip() and test.on > stock.on - OLD:
            one, other = sorted((test.first, test.second))
            subject = " ".join(test.subject.split()).casefold()
            found.setdefault((one, other), {}).setdefault(subject, test.result)
    return found


def _test(
    measure: str, pair: Pair, results: Mapping[str, str], prices: Prices
) -> Option:
    """Let a pair try what does not work, or try anything at all."""
    one, other = pair
    failed = [each for each, result in results.items() if result != "success"]
    least = min((POINTS[each] for each in results.values()), default=None)
    count = Count(
        measure=measure,
        part="Pairs",
        points=POINTS["success"] - (least or 0.0),
        mends=least == POINTS["issue"],
    )
    return _pair((one, other, *failed), (count,), prices)


def _pair(names: tuple[str, ...], counts: tuple[Count, ...], prices: Prices) -> Option:
    """Make the option of a pair; behind the two stands what they try again."""
    one, other, *failed = names
    again = f"again: {', '.join(failed)}" if failed else "their systems together"
    return Option(
        id=f"pair {one} {other}",
        kind="pair",
        names=names,
        said=f"{one} and {other} try {again}",
        cost=prices.pair * max(1, len(failed)),
        counts=counts,
        occasion=TESTS,
    )


def _joined(known: Option, act: Option, prices: Prices) -> Option:
    """Let one act count for two measures; a pair tries again what failed in either."""
    counts = known.counts + act.counts
    if act.kind != "pair":
        return msgspec.structs.replace(act, counts=counts)
    return _pair(tuple(dict.fromkeys(known.names + act.names)), counts, prices)


def _objectives(
    measure: str, stock: Stock, prices: Prices
) -> tuple[Part, list[Option]]:
    grades = []
    for each in stock.evaluations:
        exercise = stock.exercises[each.content.exercise].content
        about = {one.id: one.about for one in exercise.objectives}
        tells = about.get(each.content.objective) == "interoperability"
        if tells and each.content.evidence.strip() and each.content.on > stock.on - OLD:
            grades.append((POINTS[each.content.grade], each.content.on))
    fresh = any(on > stock.on - FRESH for _, on in grades)
    needs = [_more(grades, share) for share in SHARES]
    if not fresh:
        needs[-1] = max(1.0, needs[-1])
    part = Part(name="Exercises", needs=tuple(needs), idle_to=-1 if grades else UNSHOWN)
    count = Count(measure=measure, part=part.name, points=1.0)
    return part, [
        Option(
            id=f"objective {measure} {number}",
            kind="objective",
            names=(measure,),
            said="an objective of an exercise is evaluated as achieved",
            cost=prices.objective,
            counts=(count,),
            occasion=f"exercise {measure}",
        )
        for number in range(1, min(OBJECTIVES_MAX, int(max(needs))) + 1)
    ]


def _more(grades: list[tuple[float, date]], share: float) -> float:
    """Count the achieved objectives that lift the average to a share."""
    points, number = sum(point for point, _ in grades), len(grades)
    if not number:
        return 1.0
    return float(max(0, math.ceil((share * number - points) / (1 - share) - _ROUNDING)))


def _lacking(asked: int, shown: float) -> tuple[float, ...]:
    """Give the points that lack to each word."""
    return tuple(max(0.0, share * asked - shown - _ROUNDING) for share in SHARES)
