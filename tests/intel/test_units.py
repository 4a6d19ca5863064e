"""Units: what one commit delivers in one collection, and how it is dated."""

from itertools import combinations, pairwise

import pytest

from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.intel.deliveries import CUSTOM, reach_type
from foedus.intel.pages import Filters
from foedus.intel.units import UNIT_REACHES_NARROW
from tests.intel.world import World, report, thing

NATIONS = sorted(nation.code for nation in load_pack("nato").nations)


async def test_a_large_unit_leaves_each_delivery_a_microsecond(world: World) -> None:
    many = [thing(n, "NU // REL TO NATO+") for n in range(1_001)]
    await world.put("POL0", *many)
    await world.change("MDA", Status.MEMBER)
    sizes = world.query("SELECT last - first + 1 FROM unit ORDER BY unit")
    assert sizes == [(1_003,), (502,), (500,), (1,)]
    dates = [each.added_us for each in world.walk("MDA0")]
    assert dates == sorted(set(dates))
    assert len(dates) == len(many) + 2
    assert dates[-1] % 1_000 == 0


@pytest.mark.parametrize("siblings", [0, 1_500])
async def test_hidden_siblings_do_not_part_what_is_visible(
    world: World, siblings: int
) -> None:
    hidden = [thing(10_000 + n, "NU // REL TO FIN") for n in range(siblings)]
    shown = [thing(n, "NU // PUBLIC") for n in range(3)]
    await world.put("POL0", shown[0], *hidden, *shown[1:])
    dates = [each.added_us for each in world.walk("SWE0") if each.nation]
    assert [b - a for a, b in pairwise(dates)] == [1, 1]


@pytest.mark.parametrize("reaches", [UNIT_REACHES_NARROW, UNIT_REACHES_NARROW + 1])
async def test_a_unit_dates_any_number_of_reaches(world: World, reaches: int) -> None:
    pairs = list(combinations(NATIONS, 2))[: reaches - 1]
    closed = [
        thing(n, f"NU // REL TO {', '.join(pair)}") for n, pair in enumerate(pairs)
    ]
    await world.put("POL0", *closed, thing(5_000, "NU // PUBLIC"))
    for reader in ("SWE0", "POL0"):
        dates = [each.added_us for each in world.walk(reader)]
        assert [b - a for a, b in pairwise(dates)] == [1] * (len(dates) - 1)
        assert dates[-1] % 1_000 == 0


async def test_custom_types_share_one_reach_and_are_told_apart(world: World) -> None:
    marked = [
        thing(n, "NU // PUBLIC", type=f"x-t{n}", id=f"x-t{n}--{report(n)[8:]}")
        for n in range(3)
    ]
    await world.put("POL0", *marked)
    assert world.query("SELECT DISTINCT type FROM reach") == [
        (CUSTOM,),
        ("marking-definition",),
    ]
    found = world.walk("SWE0", Filters(types=("x-t1",)))
    assert [each.type for each in found] == ["x-t1"]
    assert reach_type("indicator") == "indicator"


async def test_labels_that_mean_the_same_share_a_reach(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO"))
    await world.put("POL0", thing(2, "NU // REL TO NATO, POL"))
    await world.put("FRA0", thing(3, "NU // REL TO FRA, NATO"))
    assert world.query("SELECT count(*) FROM reach WHERE type = 'report'") == [(1,)]


async def test_labels_that_may_part_one_day_share_none(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO"))
    await world.put("POL0", thing(2, "NU // REL TO NATO+"))
    await world.put("MDA0", thing(3, "NU // REL TO NATO"))
    await world.put("GEO0", thing(4, "NU // REL TO NATO"))
    assert world.query("SELECT count(*) FROM reach WHERE type = 'report'") == [(4,)]
