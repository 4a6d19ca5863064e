"""The measures and modules of the shipped pack."""

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import (
    READINESS_KEYS,
    load_pack,
    parse_pack,
    print_pack,
    with_guide,
)
from foedus.errors import InvalidInputError


def test_a_pack_says_what_a_measure_is_and_grades_none(nato: Alliance) -> None:
    told = print_pack(nato.pack).decode()

    assert {each.name for each in nato.pack.measures} >= {
        "Joint Air Patrols",
        "Cyber-Defence Coordination Center",
        "Rapid Reaction Force",
        "Border Surveillance Units",
    }
    assert all(each.note for each in nato.pack.measures)
    assert "Excellent" not in told


def test_a_module_teaches_standards_of_the_pack(nato: Alliance) -> None:
    known = {each.id for each in nato.pack.standards}

    assert all(set(each.teaches) <= known for each in nato.pack.modules)
    wrong = msgspec.structs.replace(nato.pack.modules[0], teaches=("stanag_0",))
    pack = msgspec.structs.replace(nato.pack, modules=(wrong,))
    with pytest.raises(InvalidInputError, match=r"modules\[0\].teaches: 'stanag_0'"):
        parse_pack(print_pack(pack))


def test_a_hub_with_a_guide_from_before_measures_gets_the_shipped_ones() -> None:
    shipped = load_pack("nato")
    old = msgspec.structs.replace(shipped, **dict.fromkeys(READINESS_KEYS, ()))

    new = with_guide(old)

    assert (new.measures, new.modules) == (shipped.measures, shipped.modules)
    assert new.duties is old.duties
