"""Deliveries under random histories, and under the histories that need a name."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.alliance.past import load_past
from foedus.alliance.statuses import Status
from foedus.eventlog.database import open_writable
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements
from foedus.intel.pages import Record
from foedus.intel.views import IntelView
from foedus.releasability.views import Reaches
from foedus.stix.timestamps import parse_us
from tests.intel.histories import live
from tests.intel.world import World, moment, report, thing


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_everybody_meets_everything_that_is_for_it_exactly_once(seed: int) -> None:
    asyncio.run(live(seed, 40))


def test_histories_widen_often_and_a_rebuild_gives_every_table_again() -> None:
    histories = [asyncio.run(live(seed, 40, is_rebuilt=True)) for seed in range(4)]
    assert sum(each.gains for each in histories) >= 4


async def test_settling_again_changes_nothing(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"), thing(2, "NU // PUBLIC"))
    await world.put("FIN0", thing(1, "NU // REL TO PFP+"))
    before = world.dump()
    db = open_writable(world.folder / "views.db", synchronous="NORMAL")
    view = IntelView()
    view.load(db)
    reaches = Reaches()
    reaches.load(db)
    entitlements = Entitlements()
    entitlements.load(db)
    access = world.reading.access()
    entitlements.use(access, load_past(db, access.alliance))
    deliveries = Deliveries(reaches, entitlements)
    deliveries.load(db)
    for number in (1, 2):
        deliveries.settle(db, Place(collection=1, object=report(number)))
    deliveries.close(db, 0)
    db.close()
    assert world.dump() == before


async def test_a_viewer_keeps_the_lane_that_it_met_first(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    await world.put("FIN0", thing(1, "NU // REL TO FIN, SWE"))
    assert nations(world, "SWE0") == ["POL"]
    assert (nations(world, "POL0"), nations(world, "FIN0")) == (["POL"], ["FIN"])
    await world.withdraw("POL0", report(1))
    assert nations(world, "SWE0") == ["FIN"]
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    assert nations(world, "SWE0") == ["FIN"]


async def test_a_lane_is_kept_when_its_older_version_comes_anew(world: World) -> None:
    await world.change("MDA", Status.NONE)
    await world.put("FIN0", thing(1, "NU // REL TO PFP+"))
    await world.put("POL0", thing(1, "NU // REL TO POL, MDA"))
    await world.put("POL0", thing(1, "NU // REL TO POL, MDA", version=1))
    await world.change("MDA", Status.PARTNER)
    first, _ = (each.added_us for each in versions(world, "MDA0"))
    await world.withdraw("POL0", report(1))
    (older,) = versions(world, "MDA0")
    assert (older.nation, older.version) == ("POL", moment(0))
    assert older.added_us > first


async def test_a_withdrawal_brings_the_older_version_anew(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE", version=2))
    before = versions(world, "SWE0")
    await world.withdraw("POL0", report(1))
    (older,) = versions(world, "SWE0")
    assert older.version == before[0].version
    assert older.added_us > before[1].added_us
    await world.withdraw("POL0", report(1))
    assert versions(world, "SWE0") == []


async def test_a_withdrawal_leaves_alone_who_never_saw_the_newer(world: World) -> None:
    await world.put("POL3", thing(1, "NU // REL TO SWE"))
    await world.put("POL3", thing(1, "NATO SECRET // REL TO SWE", version=2))
    low = versions(world, "SWE0")
    assert len(versions(world, "SWE3")) == 2
    await world.withdraw("POL3", report(1))
    assert versions(world, "SWE0") == low
    assert versions(world, "SWE3") != low


async def test_of_one_version_given_twice_a_viewer_has_one(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO SWE"))
    await world.put("POL0", thing(1, "NU // REL TO SWE, FIN"))
    assert len(versions(world, "POL3")) == len(versions(world, "SWE3")) == 1
    assert len(versions(world, "SWE0")) == len(versions(world, "FIN3")) == 1
    (before,) = versions(world, "POL0")
    await world.withdraw("POL3", report(1), moment_us(0))
    assert versions(world, "SWE3") == versions(world, "SWE0") == []
    assert before.label.level == 0


async def test_dates_count_nothing_hidden(world: World) -> None:
    await world.put(
        "POL0",
        thing(1, "NU // PUBLIC"),
        thing(2, "NU // REL TO FIN"),
        thing(3, "NU // PUBLIC"),
        thing(4, "NU // REL TO FIN"),
    )
    swe = [each.added_us for each in world.walk("SWE0") if each.nation]
    assert swe[1] - swe[0] == 1
    assert swe[1] % 1_000 == 0


def nations(world: World, name: str) -> list[str]:
    return [each.nation for each in versions(world, name)]


def versions(world: World, name: str) -> list[Record]:
    """Give the reports that a viewer sees, in all versions."""
    return [each for each in world.walk(name) if each.type == "report"]


def moment_us(second: int) -> int:
    return parse_us(moment(second))
