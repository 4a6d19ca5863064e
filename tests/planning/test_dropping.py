"""One nation less, for every nation."""

import msgspec
from hypothesis import given, settings

from foedus.planning.covering import cover
from foedus.planning.dropping import drop_each
from foedus.planning.forces import Need, Rotation, Situation
from foedus.planning.results import Drops
from tests.planning.test_forces import situation, task, unit
from tests.planning.worlds import situations

WHOLE_WINDOW = Rotation(tour=2, home=4, home_least=2)


def drops(*units: object, amount: float) -> Drops:
    commitments = task(needs=(Need(type="brigade", amount=amount),))
    return drop_each(
        situation(units=units, commitments=commitments, rotation=WHOLE_WINDOW)
    )


def test_a_nation_for_which_others_stand_in_opens_nothing_and_is_not_solved() -> None:
    found = drops(*unit(), *unit(id="u2", nation="FIN"), amount=1)

    assert [each.more for each in found.drops] == [0, 0]
    assert not any(each.solved_again or each.opens for each in found.drops)


def test_the_nation_without_which_most_is_missing_comes_first() -> None:
    units = (*unit(), *unit(id="u2", nation="FIN"), *unit(id="u3", nation="FIN"))
    found = drops(*units, amount=3)

    assert [(each.nation, each.more, each.in_use) for each in found.drops] == [
        ("FIN", 4, 2),
        ("POL", 2, 1),
    ]
    (opened,) = found.drops[0].opens
    assert (opened.commitment, opened.before, opened.after) == ("c1", 0, 4)
    assert found.drops[0].missing == (4,)


@settings(max_examples=10, deadline=None)
@given(situations())
def test_each_drop_is_what_a_plan_without_the_nation_says(made: Situation) -> None:
    found = drop_each(made)

    for each in found.drops:
        left = msgspec.structs.replace(
            made,
            units=tuple(one for one in made.units if one.nation != each.nation),
        )
        levels = cover(left).levels
        assert each.missing == tuple(one.missing for one in levels)
        assert each.more >= 0
