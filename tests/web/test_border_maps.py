"""A map of a nation's borders."""

from datetime import date

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.sourced import Basis
from foedus.ids import NationCode
from foedus.planning.dossier_borders import BorderChange, Km, Neighbour, Sums
from foedus.web.border_maps import border_map

NATO = Alliance.from_pack(load_pack("nato"))
NOTHING = Sums(members=0, outer=Km(low=0, high=0), shared=Km(low=0, high=0))


def found(*neighbours: tuple[str, float, str]) -> BorderChange:
    return BorderChange(
        changes=True,
        before=NOTHING,
        after=NOTHING,
        neighbours=tuple(
            Neighbour(
                code=code,
                name=code,
                standing="",
                km=Km(low=km, high=km),
                stated={code: km},
                becomes=becomes,
            )
            for code, km, becomes in neighbours
        ),
        by_neighbour=(),
        drawn=None,
        orders=(),
        table="t",
        measure="km",
        note="",
        source=(),
        basis=Basis.READ,
        as_of=date(2026, 2, 1),
    )


MOLDOVA = found(
    ("UKR", 1202, "outer, to guard"), ("ROU", 683, "shared between members")
)


def test_the_nation_and_its_neighbours_are_drawn_as_they_would_be() -> None:
    drawn = border_map(NATO, NationCode("MDA"), MOLDOVA)

    assert drawn is not None
    by_code = {each.code: each.css for each in drawn.countries if each.code}
    assert by_code == {"MDA": "here", "UKR": "outer", "ROU": "shared"}
    assert "UKR 1,202 km, outer, to guard" in drawn.title
    assert drawn.undrawn == ()


def test_what_is_shown_lies_within_the_map() -> None:
    iceland = border_map(NATO, NationCode("ISL"), MOLDOVA)

    assert iceland is not None
    left, top, width, height = map(int, iceland.box.split())
    assert 0 <= left <= 784 - width
    assert 0 <= top <= 640 - height


@pytest.mark.parametrize("code", ["AUS", "MNG"])
def test_who_is_far_away_is_drawn_on_the_world(code: str) -> None:
    drawn = border_map(NATO, NationCode(code), MOLDOVA)

    assert drawn is not None
    assert drawn.box == "0 0 784 392"


def test_without_neighbours_there_is_no_map() -> None:
    assert border_map(NATO, NationCode("MDA"), found()) is None


def test_a_neighbour_without_an_outline_is_named() -> None:
    drawn = border_map(
        NATO, NationCode("MDA"), found(("QQQ", 5, "outside the alliance"))
    )

    assert drawn is not None
    assert drawn.undrawn == ("QQQ",)
