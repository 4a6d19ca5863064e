import msgspec
import pytest

from foedus.errors import InvalidInputError
from foedus.planning.situation_surges import CRISIS, More, added_by, crisis_of
from foedus.readiness.reading import Held
from foedus.readiness.records import Commitment
from tests.readiness.making import held
from tests.readiness.world import DAY, POL

SAID = {"title": "Watch", "location": "Tapa", "since": DAY, "priority": 2}


def watch(*types: str) -> Held[Commitment]:
    needs = [{"type": each, "amount": 4} for each in types]
    return held(msgspec.convert({**SAID, "needs": needs}, Commitment))


def test_a_surge_adds_what_is_more_than_before() -> None:
    asked = watch("company", "ship")

    found = added_by(More(times=1.5), [asked])

    added = found[f"{asked.record}+"]
    assert [(each.type, each.amount) for each in added.content.needs] == [
        ("company", 2), ("ship", 2),
    ]  # fmt: skip
    assert (added.content.location, added.content.priority) == ("Tapa", 2)


def test_a_surge_of_one_capability_leaves_the_others() -> None:
    both, ships = watch("company", "ship"), watch("ship")

    found = added_by(More(times=3, capabilities=("company",)), [both, ships])

    ((name, added),) = found.items()
    assert name.startswith(both.record)
    assert [(each.type, each.amount) for each in added.content.needs] == [
        ("company", 8)
    ]


def test_a_capability_that_nobody_asks_for_is_refused_with_those_there_are() -> None:
    more = More(times=2, capabilities=("tank",))

    with pytest.raises(InvalidInputError, match="'tank'; they ask for company, ship"):
        added_by(more, [watch("ship"), watch("company")])


def test_a_crisis_is_a_commitment_that_nobody_has_recorded() -> None:
    more = More(crisis=watch("company").content)

    found = crisis_of(more, POL.nation)

    assert found is not None
    assert (found.record, found.content) == (CRISIS, more.crisis)
    assert added_by(more, [watch("company")]) == {}
    assert crisis_of(More(times=2), POL.nation) is None
