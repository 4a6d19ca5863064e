"""What to do for a budget, tried against every choice there is."""

from itertools import product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.planning.asks import AskExercises, Count, Occasion, Option, Part, Rated
from foedus.planning.exercising import choose
from foedus.planning.results import Ending, ExercisePlan

WORDS = ("Poor", "Good", "Excellent")


def act(name: str, part: str, cost: float = 1.0, **more: object) -> Option:
    count = Count(measure="m", part=part, points=1.0, mends=bool(more.pop("mends", 0)))
    return Option(
        id=name,
        kind="pair",
        names=(name,),
        said=name,
        cost=cost,
        counts=(count,),
        **more,
    )


def ask(*options: Option, budget: float, parts: tuple[Part, ...]) -> AskExercises:
    return AskExercises(
        words=WORDS,
        measures=(Rated(measure="m", name="m", word=0, parts=parts),),
        options=options,
        occasions=(Occasion(id="o", said="held", cost=5.0),),
        budget=budget,
    )


def ids(found: ExercisePlan) -> set[str]:
    return {each.id for each in found.chosen}


PAIRS = Part(name="Pairs", needs=(0.0, 1.0, 2.0))
PEOPLE = Part(name="People", needs=(0.0, 0.0, 1.0))


def test_a_step_takes_enough_in_every_part_and_the_cheapest_wins() -> None:
    options = (act("a", "Pairs"), act("b", "Pairs"), act("c", "People", cost=4.0))
    small = choose(ask(*options, budget=3.0, parts=(PAIRS, PEOPLE)))
    whole = choose(ask(*options, budget=6.0, parts=(PAIRS, PEOPLE)))

    assert small.spent.gain == small.spent.bound == 1
    assert small.spent.cost == 1
    assert (small.raised[0].before, small.raised[0].after) == ("Poor", "Good")
    assert ids(whole) == {"a", "b", "c"}
    assert whole.raised[0].after == "Excellent"
    assert sum(each.worth for each in whole.chosen) == pytest.approx(2)
    assert "people of m, from Poor to Excellent" in whole.chosen[-1].why
    assert [each.gain for each in whole.frontier] == [1, 1, 1, 2]


def test_an_occasion_is_paid_once_by_those_who_use_it() -> None:
    options = (act("a", "Pairs", occasion="o"), act("b", "Pairs", occasion="o"))

    assert choose(ask(*options, budget=6.9, parts=(PAIRS,))).spent.gain == 1
    found = choose(ask(*options, budget=7.0, parts=(PAIRS,)))
    assert found.spent.gain == 2
    assert [each.cost for each in found.chosen] == [3.5, 3.5]


def test_what_was_never_tried_is_not_begun_if_it_cannot_be_brought_far_enough() -> None:
    idle = Part(name="Pairs", needs=(0.0, 2.0, 2.0), idle_to=1)
    people = Part(name="People", needs=(0.0, 1.0, 1.0))
    options = (act("a", "Pairs"), act("b", "Pairs"), act("c", "People"))

    assert ids(choose(ask(*options, budget=2.0, parts=(idle, people)))) == {"c"}
    found = choose(ask(*options, budget=3.0, parts=(idle, people)))
    assert found.raised[0].after == "Excellent"


def test_what_is_broken_holds_everything_down_until_it_is_mended() -> None:
    part = Part(name="Pairs", needs=(0.0, 1.0, 1.0), broken=1, broken_to=1)
    options = (act("a", "Pairs"), act("b", "Pairs", cost=3.0, mends=True))

    assert ids(choose(ask(*options, budget=2.0, parts=(part,)))) == {"a"}
    assert "b" in ids(choose(ask(*options, budget=3.0, parts=(part,))))


def test_what_makes_no_sense_is_refused() -> None:
    option = act("a", "Pairs")
    for bad in (
        ask(option, budget=-1.0, parts=(PAIRS,)),
        ask(option, option, budget=1.0, parts=(PAIRS,)),
        ask(act("a", "Pairs", occasion="x"), budget=1.0, parts=(PAIRS,)),
        ask(option, budget=1.0, parts=(Part(name="Pairs", needs=(0.0,)),)),
    ):
        with pytest.raises(InvalidInputError):
            choose(bad)


@st.composite
def asks(draw: st.DrawFn) -> AskExercises:
    names = ("m", "n")
    needs = st.lists(st.integers(0, 3), min_size=3, max_size=3).map(sorted)
    count = st.builds(
        Count,
        measure=st.sampled_from(names),
        part=st.sampled_from(["Pairs", "People"]),
        points=st.sampled_from([0.5, 1.0]),
    )
    options = draw(
        st.lists(
            st.tuples(count, st.sampled_from([1.0, 3.0]), st.booleans()), max_size=6
        )
    )
    return AskExercises(
        words=WORDS,
        measures=tuple(
            Rated(
                measure=name,
                name=name,
                word=0,
                weight=draw(st.sampled_from([1.0, 2.0])),
                parts=tuple(
                    Part(name=part, needs=(0.0, *map(float, draw(needs)[1:])))
                    for part in ("Pairs", "People")
                ),
            )
            for name in names
        ),
        options=tuple(
            Option(
                id=str(number),
                kind="pair",
                names=(str(number),),
                said="",
                cost=cost,
                counts=(own,),
                occasion="o" if held else "",
            )
            for number, (own, cost, held) in enumerate(options)
        ),
        occasions=(Occasion(id="o", said="held", cost=2.0),),
        budget=draw(st.sampled_from([2.0, 5.0, 9.0])),
    )


def _gain(asked: AskExercises, done: tuple[Option, ...]) -> float:
    """Rate anew, and add up the steps."""
    total = 0.0
    for each in asked.measures:
        reached = [
            word
            for word in range(3)
            if all(
                sum(
                    one.points
                    for option in done
                    for one in option.counts
                    if (one.measure, one.part) == (each.measure, part.name)
                )
                >= part.needs[word]
                for part in each.parts
            )
        ]
        total += max(reached) * each.weight
    return total


def _cost(done: tuple[Option, ...]) -> float:
    held = 2.0 if any(each.occasion for each in done) else 0.0
    return sum(each.cost for each in done) + held


@settings(max_examples=12, deadline=None)
@given(asks())
def test_no_choice_gains_more_than_the_plan_and_its_bound(asked: AskExercises) -> None:
    found = choose(asked)
    best = max(
        _gain(asked, done)
        for picked in product((False, True), repeat=len(asked.options))
        if _cost(
            done := tuple(
                each for each, yes in zip(asked.options, picked, strict=True) if yes
            )
        )
        <= asked.budget
    )

    assert found.solved.ending is Ending.PROVEN
    assert found.spent.gain == found.spent.bound == best
    assert found.spent.cost <= asked.budget
    chosen = tuple(each for each in asked.options if each.id in ids(found))
    assert _gain(asked, chosen) == best
    assert msgspec.json.decode(msgspec.json.encode(found), type=ExercisePlan) == found
