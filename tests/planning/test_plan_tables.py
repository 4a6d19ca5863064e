from foedus.planning.covering import cover
from foedus.planning.plan_tables import (
    Told,
    filled_tables,
    gaps_table,
    loads_table,
    opens_table,
    periods_of,
    tours_table,
)
from foedus.planning.results import Opened
from tests.planning.plan_sheets import SITUATION

TOLD = Told(names={"u1": "First", "c1": "Watch"}, left={})
FOUND = cover(SITUATION)


def test_gaps_say_whether_anybody_could() -> None:
    rows = gaps_table(FOUND.gaps, TOLD).rows

    assert {row[0].text for row in rows} == {"Watch"}
    assert {row[1].text: row[5].text for row in rows}["ship"] == "yes"


def test_loads_have_a_column_a_period_and_say_where_nothing_is() -> None:
    table = loads_table(FOUND)

    assert table.head == ("capability", "1", "2", "3")
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert rows == {"company": ["6.00"] * 3, "ship": ["none"] * 3}


def test_what_is_filled_is_told_by_priority_and_by_commitment() -> None:
    by_priority, by_commitment = filled_tables(FOUND, TOLD)

    assert [cell.text for cell in by_priority.rows[0]] == ["1", "9", "2"]
    filled = {row[1].text: row[4].text for row in by_commitment.rows}
    assert filled == {"company": "33 %", "ship": "0 %"}


def test_tours_name_units_and_say_why() -> None:
    (row,) = tours_table(FOUND, TOLD).rows

    assert [cell.text for cell in row[:4]] == ["2 to 3", "First", "POL", "Watch"]
    assert "on station" in row[4].text


def test_who_loses_is_told_before_and_after() -> None:
    opened = Opened(commitment="c1", type="ship", priority=1, before=0, after=2.5)

    (row,) = opens_table([opened], TOLD).rows

    assert [cell.text for cell in row] == ["Watch", "ship", "1", "0", "2.5"]


def test_one_period_is_no_stretch() -> None:
    assert (periods_of(4, 4), periods_of(1, 3)) == ("4", "1 to 3")
