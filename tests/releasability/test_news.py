"""News: told by views as they fold, and given to whoever may read their label."""

from pathlib import Path

import pytest

from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import fix
from foedus.releasability.labelled import readable_labels
from foedus.releasability.labels import parse_label
from foedus.releasability.news import (
    KEPT_MS,
    NO_NAME,
    Name,
    Spot,
    Wanted,
    items_after,
    last_recall,
    recalls_after,
    spot_of,
)
from tests.intel.world import World, viewer

MEMBERS = "NU // REL TO NATO"
PUBLIC = "NU // PUBLIC"
FIRST = Spot(0, 0, 0)
ALL = Wanted()


def told(world: World, name: str, wanted: Wanted = ALL) -> list[str]:
    with world.reading.snapshot() as seen:
        readable = readable_labels(seen.db, seen.access, viewer(name))
        found = items_after(seen.db, readable, wanted, FIRST, limit=100)
    return [each.thing for each in found]


def recalls(world: World, name: str, after: Name = NO_NAME) -> list[Name]:
    with world.reading.snapshot() as seen:
        readable = readable_labels(seen.db, seen.access, viewer(name))
        found = recalls_after(seen.db, readable, after, limit=100)
    return [each.name for each in found]


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await World.found(tmp_path)


async def test_what_is_told_is_read_in_order_by_whom_its_label_lets(
    world: World,
) -> None:
    for thing, label in (("a", PUBLIC), ("b", MEMBERS), ("c", PUBLIC)):
        await world.cry("POL0", thing, label)
    assert told(world, "FIN0") == ["a", "b", "c"]
    assert told(world, "MDA0") == ["a", "c"]


async def test_an_item_says_what_it_is_about_of_whom_and_under_which_label(
    world: World,
) -> None:
    position = await world.cry("POL0", "run--1", MEMBERS, about="task", type="run")
    with world.reading.snapshot() as seen:
        readable = readable_labels(seen.db, seen.access, viewer("FIN0"))
        (found,) = items_after(seen.db, readable, ALL, FIRST, limit=100)
        assert seen.access.entitled(found.label, found.nation) == reached(seen.access)
    assert (found.kind, found.thing, found.type) == ("task", "run--1", "run")
    assert found.nation == "POL"
    assert found.spot.position == position


def reached(access: Access) -> int:
    """Give the classes that the label of members reaches."""
    label = fix(
        parse_label(MEMBERS, access.alliance),
        access.alliance,
        on=access.on,
        originator=NationCode("POL"),
    )
    return access.entitled(label, NationCode("POL"))


async def test_only_the_wanted_kinds_and_types_are_read(world: World) -> None:
    await world.cry("POL0", "a", PUBLIC)
    await world.cry("POL0", "b", PUBLIC, about="task", type="run")
    await world.cry("POL0", "c", PUBLIC, about="recall", type="indicator")
    assert told(world, "FIN0", Wanted(kinds=("task", "recall"))) == ["b"]
    assert told(world, "FIN0", Wanted(types=("decision",))) == ["a"]


async def test_recalls_stand_in_an_order_of_their_own(world: World) -> None:
    for thing, label in (("a", MEMBERS), ("b", PUBLIC)):
        await world.cry("POL0", thing, label, about="recall", type="tool")
    first, second = recalls(world, "FIN0")
    assert recalls(world, "FIN0", first) == [second] == recalls(world, "MDA0")
    with world.reading.snapshot() as seen:
        readable = readable_labels(seen.db, seen.access, viewer("MDA0"))
        assert last_recall(seen.db, readable, NO_NAME) == second
        assert last_recall(seen.db, b"", NO_NAME) == NO_NAME


async def test_a_name_says_what_was_told_and_nothing_else(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = await World.found(tmp_path_factory.mktemp("other"))
    for each in (world, other):
        if each is world:
            await each.cry("POL0", "hidden", MEMBERS, about="recall", type="tool")
        each.later(hours=1)
        await each.cry("POL0", "a", PUBLIC, about="recall", type="tool")
    assert recalls(world, "MDA0") == recalls(other, "MDA0")
    other.close()


async def test_an_item_is_found_by_its_name_or_else_its_commit(world: World) -> None:
    await world.cry("POL0", "a", PUBLIC)
    with world.reading.snapshot() as seen:
        readable = readable_labels(seen.db, seen.access, viewer("FIN0"))
        (item,) = items_after(seen.db, readable, ALL, FIRST, limit=1)
        assert spot_of(seen.db, item.name) == item.spot
        gone = item.name._replace(low=1)
        assert spot_of(seen.db, gone) < item.spot


async def test_news_are_forgotten_after_a_month_and_rebuilt_alike(
    world: World,
) -> None:
    await world.cry("POL0", "a", PUBLIC)
    world.later(days=KEPT_MS / 86_400_000, seconds=-1)
    await world.cry("POL0", "b", PUBLIC)
    assert told(world, "FIN0") == ["a", "b"]
    world.later(seconds=2)
    await world.cry("POL0", "c", PUBLIC)
    assert told(world, "FIN0") == ["b", "c"]
    folded = world.dump()
    world.projector.rebuild()
    assert world.dump() == folded


async def test_what_a_redacted_entry_told_goes_with_it(world: World) -> None:
    gone = await world.cry("POL0", "a", PUBLIC)
    await world.cry("POL0", "b", PUBLIC)
    await world.redact(gone)
    assert told(world, "FIN0") == ["b"]
    folded = world.dump()
    world.projector.rebuild()
    assert world.dump()["news"] == folded["news"]
