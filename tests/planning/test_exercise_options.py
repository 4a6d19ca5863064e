"""Options, tried by the rating's own method: what is said to rise does rise."""

import os
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.planning.asks import AskExercises
from foedus.planning.exercise_options import Prices, Rateable, as_if, exercises_ask
from foedus.planning.exercising import choose
from foedus.planning.results import ExercisePlan
from foedus.readiness.interoperability import rate_interoperability
from foedus.readiness.ratings import NO_EVIDENCE, Stock
from tests.readiness.making import (
    adopted,
    certified,
    evaluated,
    exercise,
    requirement,
    stock,
    tried,
)

NATIONS = ("FIN", "POL", "SWE")
ASKS = requirement(
    contributors=list(NATIONS),
    standards=["stanag_4774"],
    modules=["labels_and_binding"],
)
LIGHTS = exercise()
EXAMPLES = int(os.environ.get("FOEDUS_PLANS", "12"))


def asked(made: Stock, budget: float) -> AskExercises:
    patrols = Rateable(name="Patrols", stock=made)
    return exercises_ask({"patrols": patrols}, budget, Prices())


def planned(made: Stock, budget: float) -> ExercisePlan:
    return choose(asked(made, budget))


def after(made: Stock, found: ExercisePlan) -> str:
    return rate_interoperability(as_if(made, "patrols", found.chosen)).word


def test_without_evidence_something_of_every_nation_is_planned() -> None:
    made = stock(asks=ASKS)
    found = planned(made, 1_000.0)

    assert rate_interoperability(made).word == NO_EVIDENCE
    assert (found.raised[0].before, found.raised[0].after) == (NO_EVIDENCE, "Excellent")
    assert after(made, found) == "Excellent"


def test_what_is_withheld_or_has_one_contributor_cannot_be_planned() -> None:
    hidden = msgspec.structs.replace(stock(asks=ASKS), adoptions=(adopted("POL"),))
    alone = stock(asks=requirement(contributors=["POL"]))

    assert asked(hidden, 9.0).measures == ()
    assert asked(alone, 9.0).measures == ()


def test_a_pair_counts_for_every_measure_that_needs_it() -> None:
    made = stock(asks=requirement(contributors=["POL", "SWE"]))
    twice = {
        each: Rateable(name=each, stock=made, weight=weight)
        for each, weight in (("a", 1.0), ("b", 2.0))
    }
    found = exercises_ask(twice, 9.0, Prices())
    (pair,) = (each for each in found.options if each.kind == "pair")

    assert {each.measure for each in pair.counts} == {"a", "b"}
    assert [each.weight for each in found.measures] == [1.0, 2.0]


def test_a_pair_tries_again_all_that_failed_for_any_measure() -> None:
    asks = requirement(contributors=["POL", "SWE"])
    link = (tried("POL", "SWE", "issue"), tried("POL", "SWE", subject="mail"))
    voice = (tried("POL", "SWE", "limited", subject="Voice"),)
    both = {
        name: Rateable(
            name=name, stock=msgspec.structs.replace(stock(asks=asks), tests=tests)
        )
        for name, tests in (("a", link), ("b", voice))
    }
    found = exercises_ask(both, 9.0, Prices())
    (pair,) = (each for each in found.options if each.kind == "pair")

    assert pair.said == "POL and SWE try again: link, voice"
    assert pair.cost == 2
    assert [(each.points, each.mends) for each in pair.counts] == [
        (1, True),
        (0.5, False),
    ]


@st.composite
def stocks(draw: st.DrawFn) -> Stock:
    results = st.sampled_from([None, "success", "limited", "issue"])
    grades = st.sampled_from(["achieved", "partly", "not-achieved"])
    some = st.sets(st.sampled_from(NATIONS))
    made = msgspec.structs.replace(
        stock(asks=ASKS),
        tests=tuple(
            tried(*pair.split(), result, subject=subject)
            for pair in ("FIN POL", "FIN SWE", "POL SWE")
            for subject in ("link", "voice")
            if (result := draw(results))
        ),
        adoptions=tuple(adopted(each) for each in sorted(draw(some))),
        completions=tuple(certified(each) for each in sorted(draw(some))),
        exercises={LIGHTS.record: LIGHTS},
        evaluations=tuple(
            evaluated(LIGHTS, each) for each in draw(st.lists(grades, max_size=2))
        ),
    )
    later = timedelta(days=draw(st.sampled_from([0, 300])))
    return msgspec.structs.replace(made, on=made.on + later)


@settings(max_examples=EXAMPLES, deadline=None)
@given(stocks(), st.sampled_from([12.0, 30.0, 60.0, 200.0]))
def test_the_rating_itself_says_what_the_plan_says(made: Stock, budget: float) -> None:
    before = rate_interoperability(made).word
    found = planned(made, budget)

    assert after(made, found) == (found.raised[0].after if found.raised else before)
    assert found.spent.gain == pytest.approx(found.spent.bound)
