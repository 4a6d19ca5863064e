"""Defence spending as the shipped pack tells it."""

import msgspec

from foedus.alliance.checks import faults
from foedus.alliance.pack import load_pack
from foedus.alliance.spending import SpendingRow
from foedus.ids import NationCode

PACK = load_pack("nato")
EDITIONS = {each.id: each for each in PACK.spending}


def test_the_first_edition_has_every_member_and_gives_the_published_count() -> None:
    edition = EDITIONS["2025-08"]
    at_goal = [each for each in edition.rows if each.percent.get("2024", 0) >= 2]
    assert len(edition.rows) == 32
    assert len(at_goal) == 18


def test_iceland_is_the_one_to_which_spending_does_not_apply() -> None:
    assert [each.nation for each in EDITIONS["2025-08"].rows if not each.applies] == [
        "ISL"
    ]


def test_editions_differ_where_they_restate() -> None:
    def poland(edition: str) -> float:
        rows = {each.nation: each for each in EDITIONS[edition].rows}
        return rows[NationCode("POL")].percent["2025"]

    assert poland("2025-08") != poland("2026-07")


def test_a_row_of_no_nation_or_no_year_of_the_edition_is_a_fault() -> None:
    edition = EDITIONS["2026-07"]
    for row in (
        SpendingRow(nation=NationCode("QQQ")),
        SpendingRow(nation=NationCode("FIN"), percent={"1999": 1.0}),
    ):
        wrong = msgspec.structs.replace(edition, rows=(row,))
        pack = msgspec.structs.replace(PACK, spending=(wrong,))
        assert any("$.spending[0]" in each for each in faults(pack))
