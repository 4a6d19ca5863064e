"""Which of a nation's own versions name an object."""

from foedus.intel.references import Referrer, referrers
from tests.intel.world import World, moment, report, thing, viewer

TWO = "NATO UNCLASSIFIED // REL TO NOR, POL"
SECRET = "NATO CONFIDENTIAL // REL TO NOR, POL"  # noqa: S105 - a label


def naming(world: World, name: str, number: int = 1) -> list[str]:
    """List what a viewer's nation has published that names a report."""
    with world.reading.snapshot() as seen:
        return [each.id for each in referrers(seen, viewer(name), report(number))]


async def test_a_nations_own_are_listed_to_it_alone(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("FIN0", thing(2, refs=[report(1)]))
    await world.put("NOR0", thing(3, refs=[report(1)]))

    assert naming(world, "FIN0") == [report(2)]
    assert naming(world, "POL0") == []


async def test_what_was_named_before_it_was_there_counts(world: World) -> None:
    await world.put("FIN0", thing(2, refs=[report(1)]))

    assert naming(world, "FIN0") == [report(2)]


async def test_of_each_the_newest_version_is_listed(world: World) -> None:
    await world.put("FIN0", thing(2, refs=[report(1)]))
    await world.put("FIN0", thing(2, refs=[report(1)], version=1))

    with world.reading.snapshot() as seen:
        found = referrers(seen, viewer("FIN0"), report(1))

    expected = Referrer(collection="c", id=report(2), type="report", version=moment(1))
    assert found == [expected]


async def test_what_lies_above_the_clearance_is_not_listed(world: World) -> None:
    await world.put("POL2", thing(2, SECRET, refs=[report(1)]))

    assert naming(world, "POL2") == [report(2)]
    assert naming(world, "POL1") == []


async def test_what_is_withdrawn_is_not_listed(world: World) -> None:
    await world.put("FIN0", thing(2, refs=[report(1)]))
    await world.withdraw("FIN0", report(2), "all")

    assert naming(world, "FIN0") == []


async def test_an_object_of_several_versions_does_not_name_itself(
    world: World,
) -> None:
    await world.put("POL0", thing(1, TWO), thing(1, TWO, version=1))

    assert naming(world, "POL0") == []


async def test_what_is_redacted_names_nothing_any_more(world: World) -> None:
    [outcome] = await world.post("FIN0", thing(2, refs=[report(1)]))
    assert world.query("SELECT count(*) FROM reference") == [(1,)]

    assert outcome.position is not None
    await world.redact(outcome.position)

    assert world.query("SELECT count(*) FROM reference") == [(0,)]
