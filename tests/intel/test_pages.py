import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.intel.pages import Filters, Record, VersionTerm
from foedus.stix.timestamps import parse_us
from tests.intel.world import (
    ALL,
    World,
    address,
    moment,
    passing_world,
    report,
    thing,
    viewer,
)

ADDRESS = address("192.0.2.1")
OPEN, FINNISH = "NU // REL TO NATO+", "NU // REL TO FIN"


def us(second: int) -> int:
    return parse_us(moment(second))


async def versions_of(world: World) -> None:
    """Publish one report in three versions, of which Sweden sees two."""
    for version, label in enumerate((OPEN, FINNISH, OPEN)):
        await world.put("POL0", thing(1, label, version=version))


async def test_the_last_version_is_that_of_the_viewer(world: World) -> None:
    await world.put("POL0", thing(1, OPEN))
    await world.put("POL0", thing(1, FINNISH, version=1))
    assert found(world, "SWE0", Filters()) == [moment(0)]
    assert found(world, "FIN0", Filters()) == [moment(1)]


async def test_versions_are_chosen_by_place_or_instant(world: World) -> None:
    await versions_of(world)
    for terms, expected in (
        (("first",), [0]),
        (("last",), [2]),
        (("first", "last"), [0, 2]),
        (("all",), [0, 2]),
        ((us(2),), [2]),
        ((us(1),), []),
        ((us(0), "last"), [0, 2]),
    ):
        chosen = found(world, "SWE0", Filters(versions=terms))
        assert chosen == [moment(second) for second in expected]


async def test_of_several_specification_versions_the_latest_that_is_seen(
    world: World,
) -> None:
    older = thing(1, OPEN, version=2)
    del older["spec_version"]
    await world.put("POL0", older)
    await world.put("POL0", thing(1, FINNISH))
    for terms in ("last", "first", "all"):
        latest = Filters(versions=(terms,), latest_spec=True)
        assert found(world, "FIN0", latest) == [moment(0)]
        assert found(world, "SWE0", latest) == [moment(2)]
    assert found(world, "FIN0", Filters()) == [moment(2)]


async def test_the_first_version_is_that_of_the_viewer(world: World) -> None:
    await world.put("POL0", thing(1, FINNISH))
    await world.put("POL0", thing(1, OPEN, version=1))
    assert found(world, "SWE0", Filters(versions=("first",))) == [moment(1)]


async def test_a_version_that_arrives_late_is_not_the_last(world: World) -> None:
    await world.put("POL0", thing(1, version=2))
    await world.put("POL0", thing(1, version=1))
    assert found(world, "SWE0", Filters()) == [moment(2)]
    assert found(world, "SWE0", Filters(versions=("first",))) == [moment(1)]


async def test_an_id_given_twice_is_answered_once(world: World) -> None:
    await world.put("POL0", thing(1), thing(2))
    twice = Filters(ids=(report(1), report(2), report(1)))
    assert [each.id for each in world.walk("SWE0", twice)] == [report(1), report(2)]


async def test_ids_types_and_specifications_restrict(world: World) -> None:
    await world.put(
        "POL0", thing(1), thing(2, spec_version="2.0"), address("192.0.2.1")
    )

    def ids(**terms: object) -> list[str]:
        return [each.id for each in world.walk("SWE0", Filters(**terms))]

    ip = ADDRESS["id"]
    assert ids(types=("ipv4-addr",)) == [ip]
    assert ids(types=("report", "ipv4-addr")) == [report(1), report(2), ip]
    assert ids(types=("tool",)) == []
    assert ids(ids=(report(2), ip)) == [report(2), ip]
    assert ids(ids=(report(2), ip), types=("report",)) == [report(2)]
    assert ids(ids=(report(9),)) == []
    assert ids(spec_versions=("2.0",)) == [report(2)]
    assert ids(spec_versions=("2.0", "2.1")) == [report(1), report(2), ip]


async def test_a_page_after_an_instant_excludes_it(world: World) -> None:
    await world.put("POL0", *(thing(number) for number in range(3)))
    dates = [each.added_us for each in world.walk("SWE0")]
    for place, date in enumerate(dates):
        after = Filters(added_after_us=date)
        assert [each.added_us for each in world.walk("SWE0", after)] == (
            dates[place + 1 :]
        )
    assert len(world.walk("SWE0", Filters(added_after_us=dates[0] - 1))) == 3
    assert len(world.walk("SWE0", Filters(added_after_us=0))) == 3
    assert world.walk("SWE0", Filters(added_after_us=2**62)) == []


async def test_a_page_says_whether_there_is_more(world: World) -> None:
    await world.put("POL0", *(thing(number) for number in range(3)))
    for limit, more in ((1, True), (2, True), (3, False), (4, False)):
        page = world.reading.page(
            viewer("SWE0"), world.collection("SWE0"), Filters(), limit=limit
        )
        assert (len(page.records), page.more) == (min(limit, 3), more)


async def test_without_bodies_everything_else_is_the_same(world: World) -> None:
    await world.put("POL0", thing(1, OPEN), address("192.0.2.1"))
    for filters in (Filters(), ALL, Filters(ids=(report(1),))):
        full, keys = (
            world.reading.page(
                viewer("SWE0"),
                world.collection("SWE0"),
                filters,
                limit=10,
                bodies=bodies,
            ).records
            for bodies in (True, False)
        )
        assert {each.raw for each in keys} == {b""}
        assert [key(each) for each in keys] == [key(each) for each in full]


async def test_what_is_visible_is_found_behind_many_hidden_blocks(
    world: World,
) -> None:
    await world.open("quiet", default_label="NU // ORIGINATOR ONLY")
    await world.put("POL0", thing(1, OPEN), to="quiet")
    hidden = [address(f"10.{n >> 8}.{n & 255}.1") for n in range(2_200)]
    await world.put("FIN0", *hidden, to="quiet")
    assert world.ids("SWE0", alias="quiet") == [report(1)]
    await world.put("POL0", thing(2, OPEN), to="quiet")
    assert world.ids("SWE0", alias="quiet") == [report(1), report(2)]
    assert len(world.ids("FIN0", alias="quiet")) == len(hidden) + 2


async def test_collections_have_orders_of_their_own(world: World) -> None:
    await world.open("other", default_label="NU // PUBLIC")
    await world.put("POL0", thing(1))
    await world.put("FIN0", thing(1), to="other")
    await world.put("POL0", thing(2))
    assert world.ids("SWE0") == [report(1), report(2)]
    assert world.ids("SWE0", alias="other") == [report(1)]


@settings(max_examples=12)
@given(
    st.lists(st.sampled_from([OPEN, FINNISH, "NU // PUBLIC"]), max_size=8),
    st.integers(1, 4),
    st.sampled_from([("all",), ("last",), ("first",), ("first", "last"), (us(0),)]),
)
def test_pages_of_any_size_make_up_the_whole(
    labels: list[str], limit: int, versions: tuple[VersionTerm, ...]
) -> None:
    asyncio.run(_pages(labels, Filters(versions=versions), limit))


async def _pages(labels: list[str], filters: Filters, limit: int) -> None:
    async with passing_world() as world:
        for place, label in enumerate(labels):
            number, version = place % 3, place // 3
            await world.post("POL0", thing(number, label, version=version))
        for name in ("SWE0", "FIN0"):
            whole = [key(each) for each in world.walk(name, filters)]
            pages = [key(each) for each in world.walk(name, filters, limit=limit)]
            assert pages == whole
            assert len(set(whole)) == len(whole)


def found(world: World, name: str, filters: Filters) -> list[str]:
    return [each.version for each in world.walk(name, filters) if each.type == "report"]


def key(each: Record) -> tuple[str, str, int, str]:
    return (each.id, each.version, each.added_us, each.nation)
