"""Recalls as a viewer may know them."""

import pytest

from foedus.errors import NotFoundError
from foedus.intel.recalls import blocked, find, label_of, named, recalls
from foedus.releasability.labels import print_label
from tests.intel.world import World, report, thing, viewer

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"
SECRET = "NATO CONFIDENTIAL // REL TO NOR, POL"  # noqa: S105 - a label


async def test_they_are_listed_newest_first_and_behind_one_another(
    world: World,
) -> None:
    await world.put("POL0", *(thing(each, THREE) for each in range(1, 4)))
    for number in range(1, 4):
        await world.recall("POL0", report(number))

    with world.reading.snapshot() as seen:
        newest, *older = recalls(seen, viewer("FIN0"))
        behind = recalls(seen, viewer("FIN0"), before=newest, limit=1)

    assert [each.id for each in (newest, *older)] == [report(3), report(2), report(1)]
    assert behind == older[:1]


async def test_one_object_may_be_recalled_twice(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    first = await world.recall("POL0", report(1))
    await world.put("POL0", thing(1, THREE, version=1))
    second = await world.recall("POL0", report(1))

    with world.reading.snapshot() as seen:
        found = named(seen, viewer("FIN0"), report(1))

    assert [each.recall for each in found] == [first.recall, second.recall]


async def test_the_label_is_that_of_the_newest_version_that_the_viewer_had(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL2", thing(1, SECRET, version=1))
    made = await world.recall("POL2", report(1))

    with world.reading.snapshot() as seen:
        found = [
            label_of(seen, who, find(seen, who, made.recall))
            for who in (viewer("FIN0"), viewer("NOR2"))
        ]
        said = [print_label(each.label, seen.access.alliance) for each in found]

    assert said == [THREE, SECRET]


async def test_to_who_never_had_it_nothing_is_blocked(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    with world.reading.snapshot() as seen:
        of = {
            name: blocked(
                seen.db, viewer(name), seen.collections(viewer(name)), [report(1)]
            )
            for name in ("FIN0", "SWE0")
        }

    assert of["FIN0"].keys() == {report(1)}
    assert of["SWE0"] == {}


async def test_a_recall_that_is_none_is_not_found(world: World) -> None:
    with world.reading.snapshot() as seen, pytest.raises(NotFoundError, match="list"):
        find(seen, viewer("POL0"), "recall--none")
