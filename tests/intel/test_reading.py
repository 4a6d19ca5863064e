import asyncio

import pytest

from foedus.alliance.nations import Status
from foedus.errors import NotFoundError
from foedus.intel.pages import Filters
from foedus.intel.reading import IntelReading
from foedus.releasability.viewers import Role
from tests.intel.world import World, report, thing, viewer

OURS = "NU // REL TO NATO"


async def test_collections_are_listed_with_what_the_viewer_may_do(
    world: World,
) -> None:
    await world.open("finnish", read="FIN", write="FIN")
    await world.open("drop", read="FIN", write="POL")
    rights = {
        name: {
            each.alias: (each.can_read, each.can_write)
            for each in world.reading.collections(viewer(name))
        }
        for name in ("FIN0", "POL0", "RUS0")
    }
    assert rights == {
        "FIN0": {"c": (True, True), "finnish": (True, True), "drop": (True, False)},
        "POL0": {"c": (True, True), "drop": (False, True)},
        "RUS0": {},
    }


async def test_who_may_only_write_reads_and_counts_nothing(world: World) -> None:
    await world.open("drop", read="FIN", write="POL", default_label="NU // PUBLIC")
    await world.put("POL0", thing(1), to="drop")
    assert world.ids("POL0", alias="drop") == []
    assert world.ids("FIN0", alias="drop") == [report(1)]
    counts = [
        world.reading.count(viewer(name), world.collection(name, "drop"))
        for name in ("POL0", "FIN0")
    ]
    assert counts == [0, 1]


async def test_objects_are_counted_as_the_viewer_counts_them(world: World) -> None:
    await world.put("POL0", thing(1), thing(1, version=1), thing(2))
    await world.put("FIN0", thing(3, "NU // REL TO FIN, SWE"), thing(1))
    counts = {
        name: world.reading.count(viewer(name), world.collection(name))
        for name in ("POL0", "SWE0")
    }
    assert counts["POL0"] == 2
    assert counts["SWE0"] == len(world.ids("SWE0", "last", defs=True))


async def test_a_count_follows_what_comes_goes_and_is_released(world: World) -> None:
    names = ("POL0", "POL3", "SWE0", "MDA0")

    def counted() -> list[int]:
        return [world.reading.count(viewer(n), world.collection(n)) for n in names]

    def listed() -> list[int]:
        return [len(set(world.ids(n, "last", defs=True))) for n in names]

    async def release() -> None:
        found.append(await world.release("POL0", "MDA", label=OURS))

    found: list[str] = []
    acts = [
        lambda: world.put("POL0", thing(1, OURS), thing(2, "NU // PUBLIC")),
        lambda: world.put("POL0", thing(1, OURS, version=1), thing(3, OURS)),
        lambda: world.put("SWE0", thing(4, "NU // REL TO SWE, MDA"), thing(2)),
        release,
        lambda: world.withdraw("POL0", report(3)),
        lambda: world.put("POL0", thing(5, OURS), thing(5, OURS, version=1)),
        lambda: world.end_release("POL0", found[0]),
        lambda: world.change("MDA", Status.NONE),
        lambda: world.put("POL0", thing(6, "NU // PUBLIC")),
        lambda: world.change("MDA", Status.PARTNER),
        lambda: world.recall("POL0", report(6)),
    ]
    told = []
    for act in acts:
        await act()
        assert counted() == listed()
        told.append(tuple(counted()))
    assert len(set(told)) > len(acts) // 2, "most acts change a count"


async def test_a_read_right_never_widens_a_label(world: World) -> None:
    await world.open("wide", read="PUBLIC", write="PUBLIC")
    await world.put("POL0", thing(1, "NU // REL TO FIN"), to="wide")
    assert world.ids("SWE0", alias="wide") == []


async def test_a_viewer_of_a_nation_that_is_not_there_has_no_collections(
    world: World,
) -> None:
    assert world.reading.collections(viewer("QQQ0", Role.READER)) == []


async def test_the_cache_key_moves_when_somebody_s_access_may_have(
    world: World,
) -> None:
    keys = [world.reading.cache_key()]
    await world.put("POL0", thing(1, "NU // REL TO FIN"))
    keys.append(world.reading.cache_key())
    await world.open("other")
    keys.append(world.reading.cache_key())
    world.later(days=1)
    await world.begin_day()
    keys.append(world.reading.cache_key())
    assert len(set(keys)) == len(keys)


async def test_a_snapshot_within_a_snapshot_sees_the_same(world: World) -> None:
    with world.reading.snapshot() as outer:
        await world.put("POL0", thing(1))
        found = world.reading.collection(viewer("POL0"), "c")
        assert world.reading.page(viewer("POL0"), found, Filters(), limit=1) == (
            outer.page(viewer("POL0"), found, Filters(), limit=1)
        )
        assert not outer.page(viewer("POL0"), found, Filters(), limit=1).records
    assert world.ids("POL0") == [report(1)]


async def test_any_thread_may_read(world: World) -> None:
    await world.put("POL0", thing(1))

    def read() -> int:
        found = world.reading.collection(viewer("POL0"), "c")
        count = world.reading.count(viewer("POL0"), found)
        world.reading.close()
        world.reading.close()
        return count

    assert await asyncio.gather(*[asyncio.to_thread(read) for _ in range(4)]) == [1] * 4


async def test_before_the_founding_there_is_nothing_to_see(world: World) -> None:
    folder = world.folder / "empty"
    folder.mkdir()
    empty = World(folder, world.clock)
    assert isinstance(empty.reading, IntelReading)
    with pytest.raises(NotFoundError, match="foedus init"):
        empty.reading.access()
    empty.close()
