"""Taking a situation apart by type."""

from foedus.planning.forces import Need
from foedus.planning.parts import parts_of
from tests.planning.test_forces import situation, task, unit


def test_each_type_that_is_needed_is_a_part_with_its_own_units_and_needs() -> None:
    needs = (
        Need(type="ship", amount=1),
        Need(type="brigade", amount=2),
        Need(type="drone", amount=0),
    )
    units = (*unit(), *unit(id="u2", type="drone"), *unit(id="u3", type="radar"))
    parts = parts_of(situation(units=units, commitments=task(needs=needs)))

    assert [each.type for each in parts] == ["ship", "brigade"]
    assert [len(each.situation.units) for each in parts] == [0, 1]
    assert [
        [need.type for one in each.situation.commitments for need in one.needs]
        for each in parts
    ] == [["ship"], ["brigade"]]
