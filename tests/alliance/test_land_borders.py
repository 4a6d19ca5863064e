"""Land borders in a pack."""

import msgspec

from foedus.alliance.checks import faults
from foedus.alliance.land_borders import BorderRow
from foedus.alliance.pack import load_pack
from foedus.alliance.records import Pack

NATO = load_pack("nato")


def with_rows(*rows: BorderRow) -> Pack:
    [table] = NATO.borders
    return msgspec.structs.replace(
        NATO, borders=(msgspec.structs.replace(table, rows=rows),)
    )


def test_lengths_are_stated_by_their_sides_and_above_zero() -> None:
    other = BorderRow(between=("FIN", "SWE"), stated={"NOR": 5.0})
    nothing = BorderRow(between=("FIN", "NOR"), stated={})
    zero = BorderRow(between=("NOR", "SWE"), stated={"NOR": 0.0})

    found = list(faults(with_rows(other, nothing, zero)))

    assert [each.partition(":")[0] for each in found] == [
        f"$.borders[0].rows[{n}].stated" for n in range(3)
    ]


def test_a_border_stands_there_once_and_names_whom_the_pack_knows() -> None:
    border = BorderRow(between=("FIN", "SWE"), stated={"FIN": 545.0})
    turned = BorderRow(between=("SWE", "FIN"), stated={"SWE": 545.0})
    stranger = BorderRow(between=("FIN", "QQQ"), stated={"FIN": 1.0})

    assert any("rows" in each for each in faults(with_rows(border, turned)))
    assert any("QQQ" in each for each in faults(with_rows(stranger)))
    assert not list(faults(NATO))
