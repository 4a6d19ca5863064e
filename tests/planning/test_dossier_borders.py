"""Borders by the table of the pack, before and after."""

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.planning.dossier_borders import border_change
from tests.planning.assessing import BEFORE_FINLAND, Stage
from tests.planning.conftest import Vectors


def test_finland_and_sweden_come_out_as_published(
    stage: Stage, vectors: Vectors
) -> None:
    steps = vectors("accession_border")["steps"]
    with stage.case("FIN", "member", on=BEFORE_FINLAND, together=("SWE",)) as case:
        found = border_change(case)

    assert found is not None
    orders = {order.nations: order.steps for order in found.orders}
    for name, step in zip(
        ("N30", "+FIN", "+FIN+SWE"), orders["FIN", "SWE"], strict=True
    ):
        assert step.outer.high == pytest.approx(steps[name]["external_km"], abs=0.5)
        assert step.shared.high == pytest.approx(steps[name]["internal_km"], abs=0.5)
    assert orders["FIN", "SWE"][-1] == orders["SWE", "FIN"][-1]
    assert orders["FIN", "SWE"][1].outer.low > orders["FIN", "SWE"][0].outer.high
    assert orders["SWE", "FIN"][1].outer.high < orders["SWE", "FIN"][0].outer.low
    [russia] = [each for each in found.by_neighbour if each.code == "RUS"]
    assert (russia.before.high, russia.after.high) == (1317, 2626)


def test_where_neighbours_disagree_the_answer_is_a_range(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        found = border_change(case)

    assert found is not None
    assert found.before.shared.high - found.before.shared.low == 20  # DEU and POL
    assert found.drawn is not None
    assert found.drawn.low == found.drawn.high == 519
    assert {each.code: each.becomes for each in found.neighbours} == {
        "UKR": "outer, to guard",
        "ROU": "shared between members",
    }


def test_a_border_that_one_side_alone_states_says_so(stage: Stage) -> None:
    with stage.case("MAR", "member") as case:
        found = border_change(case)

    assert found is not None
    [sahara] = [each for each in found.neighbours if each.code == "ESH"]
    assert (sahara.name, sahara.standing) == ("Western Sahara", "")
    assert list(sahara.stated) == ["ESH"]


def test_without_accession_no_border_of_the_alliance_changes(stage: Stage) -> None:
    with stage.case("MDA", "itpp") as case:
        found = border_change(case)

    assert found is not None
    assert not found.changes
    assert found.before == found.after
    assert found.drawn is None
    assert found.neighbours
    assert {each.becomes for each in found.neighbours} == {
        "outer, to guard",
        "outside the alliance",
    }


def test_the_table_of_the_pack_is_sourced_and_names_everybody() -> None:
    alliance = Alliance.from_pack(load_pack("nato"))
    [table] = alliance.pack.borders

    assert table.sources == ("factbook_2026",)
    codes = {code for row in table.rows for code in row.between}
    assert codes == (codes & alliance.nations.keys()) | table.others.keys()
